//! What a host looks like over time: the connection's state, its two buffers, its threads.

use super::scale::{Scale, Tenths};
use crate::render::run::{Run, states};
use sim_core::script::{self, At, LaneId};
use sim_core::tcp::Phase;
use sim_core::wire::{Side, State};
use sim_core::world::World;

/// A stretch in which a host has one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Band {
    /// Upper edge.
    pub top: Tenths,
    /// Lower edge.
    pub bottom: Tenths,
    /// The state.
    pub state: State,
    /// The step that entered it.
    pub step: usize,
}

impl Band {
    /// How much of the band its name takes.
    pub(super) fn name_height(&self) -> Tenths {
        Tenths::try_from(self.state.name().len()).unwrap_or(0) * 60
    }

    /// Whether the name can be written into it.
    pub(super) fn has_room(&self) -> bool {
        self.bottom - self.top > self.name_height() + 40
    }
}

/// The states of a side, one after the other.
pub(super) fn bands(run: &Run<'_>, side: Side, at: &[u64], scale: &Scale) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    let mut now: Option<State> = None;
    for (step, state) in states(run.story, side, run.reply).into_iter().enumerate() {
        if state == now {
            continue;
        }
        let y = scale.y(at[step]);
        if let (Some(_), Some(last)) = (now, bands.last_mut()) {
            last.bottom = y;
        }
        if let Some(state) = state {
            bands.push(Band { top: y, bottom: scale.bottom(), state, step });
        }
        now = state;
    }
    bands
}

/// A buffer over time.
#[derive(Clone, Debug, Default)]
pub(super) struct Level {
    /// From this height on, so many bytes.
    pub steps: Vec<(Tenths, u32)>,
    /// The most there were.
    pub most: u32,
}

/// Which buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Queue {
    /// Written, and not acknowledged by the peer.
    Held,
    /// Arrived in order, and not read by the application.
    Unread,
}

fn bytes(world: &World, side: Side, run: &Run<'_>, queue: Queue) -> u32 {
    let socks = world.hosts[side.index()].table.iter().filter(|sock| sock.conn == run.reply.conn);
    socks
        .map(|sock| match (queue, &sock.phase) {
            (Queue::Held, Phase::Open(open)) => open.snd.end.saturating_sub(open.snd.una.max(1)),
            (
                Queue::Held,
                Phase::Closed(_) | Phase::Listen(_) | Phase::Opening(_) | Phase::Waiting(_),
            ) => 0,
            (Queue::Unread, _) => sock.unread().len(),
        })
        .sum()
}

/// A buffer of a side over time. Within a pixel only the most is kept, and the last.
pub(super) fn level(
    run: &Run<'_>,
    (side, queue): (Side, Queue),
    at: &[u64],
    scale: &Scale,
) -> Level {
    let mut level = Level::default();
    let mut push = |y: Tenths, n: u32| match level.steps.last() {
        Some((_, last)) if *last == n => {}
        Some(_) | None => level.steps.push((y, n)),
    };
    // The pixel that is being looked at: its height, the most in it, the last in it.
    let mut here: Option<(Tenths, u32, u32)> = None;
    let mut most = 0;
    for (step, at) in run.story.steps.iter().zip(at) {
        let n = bytes(&step.after, side, run, queue);
        most = n.max(most);
        let y = scale.y(*at) / 10 * 10;
        here = match here {
            Some((top, peak, _)) if top == y => Some((top, peak.max(n), n)),
            Some((top, peak, last)) => {
                push(top, peak);
                push(top + 10, last);
                Some((y, n, n))
            }
            None => Some((y, n, n)),
        };
    }
    if let Some((top, peak, last)) = here {
        push(top, peak);
        push(top + 10, last);
    }
    level.most = most;
    level
}

/// What a thread of control is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// It can go on: it works, or has not been woken yet.
    Goes,
    /// For something to read, for room to write, for a peer, for a timer.
    Waits,
}

/// A stretch of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Upper edge.
    pub top: Tenths,
    /// Lower edge.
    pub bottom: Tenths,
    /// What it is doing.
    pub doing: Doing,
}

fn doing(run: &Run<'_>, side: Side, lane: usize, world: &World) -> Option<Doing> {
    let host = &world.hosts[side.index()];
    let id = LaneId(u8::try_from(lane).ok()?);
    match host.app.lanes.get(lane)?.at {
        At::Dormant | At::Ended => None,
        At::Line(_) => {
            let snd_buf = run.setup.tuning[side.index()].snd_buf;
            let script = run.setup.script(side)?;
            let goes = script::runnable(script, &host.app, &host.table, id, snd_buf);
            Some(if goes { Doing::Goes } else { Doing::Waits })
        }
    }
}

/// A thread over time.
pub(super) fn stretches(
    run: &Run<'_>,
    (side, lane): (Side, usize),
    at: &[u64],
    scale: &Scale,
) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut now: Option<Doing> = None;
    for (step, at) in run.story.steps.iter().zip(at) {
        let doing = doing(run, side, lane, &step.after);
        if doing == now {
            continue;
        }
        let y = scale.y(*at);
        if let (Some(_), Some(last)) = (now, stretches.last_mut()) {
            last.bottom = y;
        }
        if let Some(doing) = doing {
            stretches.push(Stretch { top: y, bottom: scale.bottom(), doing });
        }
        now = doing;
    }
    stretches.retain(|stretch| stretch.bottom > stretch.top);
    stretches
}
