//! One step of a story in words, for every renderer that shows steps.

use super::words::{self, lane_timer};
use sim_core::report::outcome::Reply;
use sim_core::report::trace::Step;
use sim_core::script::{LaneEvent, Script};
use sim_core::socket::{Call, Return};
use sim_core::tcp::{Errno, Note, Phase};
use sim_core::wire::{ConnId, Segment, Side};
use sim_core::world::ledger::ledger;
use sim_core::world::{Action, Event, Setup, World};

/// An error waits for the next call.
const PENDING: &str = "error pending:";

/// What a step shows.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// What arrived or was lost, at which side it was expected.
    pub arrived: Option<(Side, Segment, Fate)>,
    /// Calls and returns, timers, errors, states, by side.
    pub says: [Vec<String>; 2],
    /// Segments that were sent, by side.
    pub sent: [Vec<Segment>; 2],
}

/// What became of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrived.
    Arrived,
    /// It was lost.
    Lost,
}

impl Shown {
    /// Nothing anybody would want to see.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.arrived.is_none()
            && self.says.iter().all(Vec::is_empty)
            && self.sent.iter().all(Vec::is_empty)
    }
}

/// Bytes that lie about at a side: readable and unread, written and not sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buffers {
    /// In the receive queue.
    pub unread: u32,
    /// In the send queue, never sent so far.
    pub unsent: u32,
}

/// The buffers of a side's connection.
#[must_use]
pub fn buffers(world: &World, side: Side, conn: ConnId) -> Buffers {
    let mut sum = Buffers::default();
    for sock in world.hosts[side.index()].table.iter().filter(|sock| sock.conn == conn) {
        sum.unread += sock.unread().len();
        if let Phase::Open(open) = &sock.phase {
            sum.unsent += open.snd.end.saturating_sub(open.snd.nxt.max(1));
        }
    }
    sum
}

/// The step in words.
#[must_use]
pub fn show(setup: &Setup, before: Option<&World>, step: &Step, reply: Reply) -> Shown {
    let mut shown = Shown::default();
    match step.action {
        Some(Action::Fire(side, _, timer)) => {
            shown.says[side.index()].push(format!("{} timer fires", timer.words()));
        }
        Some(Action::Wake(side, _, timer)) => {
            shown.says[side.index()].push(lane_timer(timer).to_owned());
        }
        Some(
            Action::Turn(..)
            | Action::Deliver(..)
            | Action::Lose(..)
            | Action::Repeat(..)
            | Action::Call(..)
            | Action::Inject(..),
        )
        | None => {}
    }
    let mut open: Vec<(Side, Call)> = Vec::new();
    for event in &step.events {
        one(setup, event, &mut open, &mut shown);
    }
    for (side, call) in open {
        shown.says[side.index()].push(format!("{} waits", words::call(call)));
    }
    // Calls first, then what they led to.
    for says in &mut shown.says {
        says.sort_by_key(|say| say.starts_with('[') || say.starts_with(PENDING));
    }
    if let (Some(before), Some(side)) = (before, actor(step)) {
        for gone in newly_gone(before, &step.after, reply) {
            shown.says[side.index()].push(gone);
        }
    }
    shown
}

fn one(setup: &Setup, event: &Event, open: &mut Vec<(Side, Call)>, shown: &mut Shown) {
    match *event {
        Event::Arrived(side, segment) => shown.arrived = Some((side, segment, Fate::Arrived)),
        Event::Lost(side, segment) => shown.arrived = Some((side, segment, Fate::Lost)),
        Event::Lane(side, LaneEvent::Called(_, call)) => open.push((side, call)),
        Event::Lane(side, LaneEvent::Returned(lane, call, returned)) => {
            open.retain(|known| *known != (side, call));
            let who = lane_name(setup.script(side), lane.0 as usize);
            let text = if returned == Return::Error(Errno::Again) {
                // A look that found nothing.
                format!("{who}{}: nothing yet", words::call(call))
            } else {
                format!("{who}{} = {}", words::call(call), words::returned(returned))
            };
            shown.says[side.index()].push(text);
        }
        Event::Lane(
            _,
            LaneEvent::Armed(..)
            | LaneEvent::Disarmed(..)
            | LaneEvent::Limited(..)
            | LaneEvent::Ended(_),
        ) => {}
        Event::Puppet(side, call, returned) => {
            let text = format!("{} = {}", words::call(call), words::returned(returned));
            shown.says[side.index()].push(text);
        }
        Event::Kernel(side, note) => kernel(side, note, shown),
    }
}

fn kernel(side: Side, note: Note, shown: &mut Shown) {
    let says = &mut shown.says[side.index()];
    match note {
        Note::Sent(segment) => shown.sent[side.index()].push(segment),
        Note::Entered(_, state) => says.push(format!("[{}]", state.name())),
        Note::Failed(_, errno) => says.push(format!("{PENDING} {}", errno.name())),
        Note::Applied(_)
        | Note::Asked(..)
        | Note::Armed(..)
        | Note::Disarmed(..)
        | Note::Gone { .. } => {}
    }
}

/// "reader: " where there is more than one thread of control.
#[must_use]
pub fn lane_name(script: Option<&Script>, lane: usize) -> String {
    match script {
        Some(script) if script.lanes.len() > 1 => format!("{}: ", script.lanes[lane].name),
        Some(_) | None => String::new(),
    }
}

/// Whose step it is.
#[must_use]
pub fn actor(step: &Step) -> Option<Side> {
    Some(match step.action? {
        Action::Turn(side, _)
        | Action::Deliver(side, _)
        | Action::Lose(side, _)
        | Action::Repeat(side, _)
        | Action::Fire(side, _, _)
        | Action::Wake(side, _, _)
        | Action::Call(side, _)
        | Action::Inject(side, _) => side,
    })
}

/// Bytes of the answer that are nowhere any more since this step.
#[must_use]
pub fn newly_gone(before: &World, after: &World, reply: Reply) -> Vec<String> {
    let then = ledger(before, reply.from, reply.conn);
    let now = ledger(after, reply.from, reply.conn);
    let mut lines = Vec::new();
    for (why, count) in &now.gone {
        let had = then.gone.iter().find(|(known, _)| known == why).map_or(0, |(_, n)| *n);
        if *count > had {
            let bytes = words::count(u64::from(count - had), "byte");
            lines.push(format!("{bytes} of the answer gone: {}", why.words()));
        }
    }
    lines
}
