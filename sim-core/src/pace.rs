//! Floor 7: which enabled action may happen now. Time is a filter over actions, not a field of the
//! state.
//!
//! | pace | what may happen |
//! |---|---|
//! | [`PaceName::Free`] | anything that is enabled |
//! | [`PaceName::Racing`] | quiet timers only when nothing else can happen |
//! | [`PaceName::Quiet`] | every timer only when nothing else can happen, the racing ones first |
//! | [`PaceName::Clocked`] | what virtual time says, see [`clocked`] |
//!
//! Where durations are parameters, virtual time is symbolic: see [`symbolic`].

pub mod clocked;
pub mod interval;
pub mod symbolic;

use crate::script::{self, LaneId, LaneTimer, Op, Script, Turned};
use crate::socket::Call;
use crate::tcp::Timer;
use crate::wire::{Law, Micros, Side};
use crate::world::{Action, Actions, Host, Setup, World};

/// A pace's name: no verdict is printed without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum PaceName {
    /// Any order.
    Free,
    /// Deliveries, turns and racing timers in any order; quiet timers when nothing else can happen.
    Racing,
    /// Every timer waits until nothing else can happen.
    Quiet,
    /// Virtual time.
    Clocked,
}

impl PaceName {
    /// As on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            PaceName::Free => "free",
            PaceName::Racing => "racing",
            PaceName::Quiet => "quiet",
            PaceName::Clocked => "clocked",
        }
    }
}

/// Whether a timer races with deliveries and turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// It may fire at any time.
    Racing,
    /// It is longer than anything that may be under way.
    Quiet,
}

/// The class of a stack's timer. A delayed ACK is short; everything else is longer than a round
/// trip by construction.
#[must_use]
pub const fn stack_class(timer: Timer) -> Class {
    match timer {
        Timer::DelayedAck => Class::Racing,
        Timer::Retransmit
        | Timer::Persist
        | Timer::FinWait2
        | Timer::TimeWait
        | Timer::Challenge
        | Timer::UserTimeout
        | Timer::LossProbe => Class::Quiet,
    }
}

/// The longest that everything but timers can take, from the upper ends of the setup's delays: four
/// round trips (handshake, request, reply, a reset's detour), and every wake-up and gap once;
/// and the slack of a setup that stands for a larger one.
#[must_use]
pub fn worst_case(setup: &Setup) -> Micros {
    let scripts: Micros = Side::BOTH
        .into_iter()
        .filter_map(|side| setup.script(side))
        .map(|script| {
            script.lanes.iter().flat_map(|lane| &lane.lines).map(line_longest).sum::<u64>()
        })
        .sum();
    let jitter: Micros = setup.links.iter().map(|link| link.jitter.longest()).sum();
    (setup.path.longest() + jitter) * 4 + scripts + setup.slack
}

fn line_longest(line: &crate::script::Line) -> Micros {
    let repeats = match line.op {
        Op::Write { total, chunk, .. } => u64::from(total.div_ceil(chunk.max(1)).saturating_sub(1)),
        Op::Read { .. } => 1,
        Op::Call(_)
        | Op::Try(_)
        | Op::Poll { .. }
        | Op::Sleep(_)
        | Op::SleepUntil(_)
        | Op::Spawn(_)
        | Op::Join(_)
        | Op::Stop(_)
        | Op::Jump => 0,
    };
    line.wake.longest() + line.gap.longest() * repeats
}

/// A close that lingers waits for whole seconds, so for one at least (microseconds).
const SHORTEST_LINGER: u64 = 1_000_000;

/// The class of a lane's timer: racing unless it is longer than the worst case.
#[must_use]
pub fn lane_class(setup: &Setup, script: &Script, lane: u8, at: u8, timer: LaneTimer) -> Class {
    let Some(line) = script.lanes[lane as usize].lines.get(at as usize) else {
        return Class::Racing;
    };
    let shortest = match (timer, line.op) {
        (LaneTimer::Sleep, Op::Sleep(law)) => law.shortest(),
        (LaneTimer::Sleep, Op::Call(Call::Close(_)) | Op::Try(Call::Close(_))) => SHORTEST_LINGER,
        (LaneTimer::Sleep, _) => 0,
        (LaneTimer::Idle, _) => line.limit.idle.unwrap_or(0),
        (LaneTimer::Total, _) => line.limit.total.unwrap_or(0),
    };
    if shortest > worst_case(setup) { Class::Quiet } else { Class::Racing }
}

/// The class of an action that is a timer; `None` for everything else.
#[must_use]
pub fn class(setup: &Setup, world: &World, action: Action) -> Option<Class> {
    match action {
        Action::Fire(side, _, _) | Action::Wake(side, _, _) => {
            class_on(setup, &world.hosts[side.index()], action)
        }
        Action::Turn(..)
        | Action::Deliver(..)
        | Action::Lose(..)
        | Action::Repeat(..)
        | Action::Call(..)
        | Action::Inject(..) => None,
    }
}

/// The same, where only the host is at hand that the action is about.
pub(crate) fn class_on(setup: &Setup, host: &Host, action: Action) -> Option<Class> {
    match action {
        Action::Fire(_, _, timer) => Some(stack_class(timer)),
        Action::Wake(side, lane, timer) => {
            let script = setup.script(side)?;
            let state = &host.app.lanes[lane.0 as usize];
            match state.at {
                crate::script::At::Line(at) => Some(lane_class(setup, script, lane.0, at, timer)),
                crate::script::At::Dormant | crate::script::At::Ended => Some(Class::Racing),
            }
        }
        Action::Turn(..)
        | Action::Deliver(..)
        | Action::Lose(..)
        | Action::Repeat(..)
        | Action::Call(..)
        | Action::Inject(..) => None,
    }
}

/// Takes out of the enabled actions what this pace does not permit now: actions come in ranks, and
/// only those of the lowest rank that is there may happen.
pub fn permit(pace: PaceName, setup: &Setup, world: &World, actions: &mut Actions) {
    let rank = |action: &Action| rank(pace, class(setup, world, *action));
    let lowest = actions.iter().map(rank).min();
    actions.retain(|action| Some(rank(action)) == lowest);
}

/// The rank of an action of this class.
pub(crate) const fn rank(pace: PaceName, class: Option<Class>) -> u8 {
    match (pace, class) {
        (PaceName::Free | PaceName::Clocked, _) | (PaceName::Racing | PaceName::Quiet, None) => 0,
        (PaceName::Racing, Some(Class::Racing)) => 0,
        (PaceName::Racing, Some(Class::Quiet)) | (PaceName::Quiet, Some(Class::Racing)) => 1,
        (PaceName::Quiet, Some(Class::Quiet)) => 2,
    }
}

/// From when on a lane can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LaneWait {
    /// It cannot.
    Never,
    /// From the instant that was found before.
    AsBefore,
    /// After a delay under this law.
    Anew(Law),
}

/// What a lane waits for once something has happened on its host; `waits`: whether it has an
/// instant already; `turned`: who took a turn.
#[inline(always)]
fn lane_wait(
    setup: &Setup,
    script: &Script,
    world: &World,
    (side, lane): (Side, LaneId),
    waits: bool,
    turned: Option<(LaneId, Turned)>,
) -> LaneWait {
    let host = &world.hosts[side.index()];
    let snd_buf = setup.tuning[side.index()].snd_buf;
    if !script::runnable(script, &host.app, &host.table, lane, snd_buf) {
        return LaneWait::Never;
    }
    if waits && turned.is_none_or(|(id, _)| id != lane) {
        return LaneWait::AsBefore;
    }
    let same = matches!(turned, Some((id, Turned::Same)) if id == lane);
    let n = lane.0 as usize;
    LaneWait::Anew(match host.app.lanes[n].at {
        script::At::Line(at) => {
            let line = &script.lanes[n].lines[at as usize];
            if same { line.gap } else { line.wake }
        }
        script::At::Dormant | script::At::Ended => Law::ZERO,
    })
}

/// Every timer of the setup's scripts with its class, for the report.
#[must_use]
pub fn classes(setup: &Setup) -> Vec<(Side, String, Micros, Class)> {
    let mut list = Vec::new();
    for side in Side::BOTH {
        let Some(script) = setup.script(side) else { continue };
        for (n, lane) in script.lanes.iter().enumerate() {
            for (at, line) in lane.lines.iter().enumerate() {
                let (Ok(n), Ok(at)) = (u8::try_from(n), u8::try_from(at)) else { continue };
                let sleep = match line.op {
                    Op::Sleep(law) => Some(law),
                    Op::SleepUntil(us) => Some(Law::Fixed(us)),
                    Op::Call(_)
                    | Op::Try(_)
                    | Op::Read { .. }
                    | Op::Write { .. }
                    | Op::Poll { .. }
                    | Op::Spawn(_)
                    | Op::Join(_)
                    | Op::Stop(_)
                    | Op::Jump => None,
                };
                let all = [
                    (LaneTimer::Sleep, "sleep", sleep.map(Law::shortest)),
                    (LaneTimer::Idle, "idle limit", line.limit.idle),
                    (LaneTimer::Total, "total limit", line.limit.total),
                ];
                for (timer, words, us) in all {
                    if let Some(us) = us {
                        let class = lane_class(setup, script, n, at, timer);
                        list.push((side, format!("{} {words}", lane.name), us, class));
                    }
                }
            }
        }
    }
    list
}
