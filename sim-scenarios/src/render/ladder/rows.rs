//! Rows and arrows of a ladder.

use crate::render::step::{Buffers, Fate, Shown, actor, buffers, show};
use crate::render::words::{self, ms};
use sim_core::report::outcome::Reply;
use sim_core::report::trace::{Step, Story};
use sim_core::socket::Call;
use sim_core::wire::{Segment, Side};
use sim_core::world::{Action, Event, Setup, World};
use std::collections::VecDeque;

/// A row.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Instant or step number, as printed.
    pub when: String,
    /// Where it stands, for the slant of arrows.
    pub place: u64,
    /// What the two sides say.
    pub says: [Vec<String>; 2],
    /// What leaves or arrives, a line each.
    pub wire: Vec<Wire>,
}

/// Something at an end of the wire.
#[derive(Clone, Debug)]
pub(super) enum Wire {
    /// This side sends it.
    Leaves(Side, String),
    /// It arrives at this side.
    Arrives(Side, String),
    /// It was lost on the way to this side.
    Lost(Side, String),
}

/// A segment's way, by row numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrow {
    /// Who sent it.
    pub from: Side,
    /// In which row.
    pub leaves: usize,
    /// In which row it arrives, or is lost.
    pub ends: usize,
}

/// A row in the making: several steps at one instant may share it.
struct Draft {
    at: Option<u64>,
    step: usize,
    says: [Vec<String>; 2],
    buffers: [[Buffers; 2]; 2],
    sent: [Vec<Segment>; 2],
    arrived: Vec<(Side, Segment, Fate)>,
    closes: [bool; 2],
    /// Row in which what arrived was sent.
    origin: Option<usize>,
}

/// The rows of a story and the arrows between them.
pub(super) fn rows(setup: &Setup, story: &Story, reply: Reply) -> (Vec<Row>, Vec<Arrow>) {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut arrows: Vec<Arrow> = Vec::new();
    let mut flying: [VecDeque<(usize, Segment)>; 2] = [VecDeque::new(), VecDeque::new()];
    let mut before: Option<&World> = None;
    for (n, step) in story.steps.iter().enumerate() {
        let shown = show(setup, before, step, reply);
        let origin = taken(step, &mut flying);
        let then = before.replace(&step.after);
        let changed = then.is_some_and(|then| both(then, reply) != both(&step.after, reply));
        if shown.is_empty() && !changed {
            continue;
        }
        let joins = drafts.last().is_some_and(|last| joins(last, step, &shown, origin));
        if !joins {
            let start = then.map_or_else(Default::default, |then| both(then, reply));
            drafts.push(Draft {
                at: step.at,
                step: n,
                says: [Vec::new(), Vec::new()],
                buffers: [start, start],
                sent: [Vec::new(), Vec::new()],
                arrived: Vec::new(),
                closes: [false; 2],
                origin,
            });
        }
        let here = drafts.len() - 1;
        if let (Some(leaves), Some((side, _, _))) = (origin, shown.arrived) {
            arrows.push(Arrow { from: side.peer(), leaves, ends: here });
        }
        for side in Side::BOTH {
            flying[side.index()].extend(shown.sent[side.index()].iter().map(|s| (here, *s)));
        }
        add(&mut drafts[here], step, shown, both(&step.after, reply));
    }
    spread(drafts, arrows)
}

fn both(world: &World, reply: Reply) -> [Buffers; 2] {
    Side::BOTH.map(|side| buffers(world, side, reply.conn))
}

/// Takes what a step delivers or loses off the wire: the row in which it was sent.
fn taken(step: &Step, flying: &mut [VecDeque<(usize, Segment)>; 2]) -> Option<usize> {
    match step.action? {
        Action::Deliver(side, n) | Action::Lose(side, n) => {
            flying[side.peer().index()].remove(usize::from(n)).map(|(row, _)| row)
        }
        Action::Repeat(side, n) => {
            flying[side.peer().index()].get(usize::from(n)).map(|(row, _)| *row)
        }
        Action::Turn(..)
        | Action::Fire(..)
        | Action::Wake(..)
        | Action::Call(..)
        | Action::Inject(..) => None,
    }
}

/// Whether a step is one more arrival of the burst that the last row shows.
fn joins(last: &Draft, step: &Step, shown: &Shown, origin: Option<usize>) -> bool {
    let (Some((side, segment, Fate::Arrived)), Some(origin)) = (shown.arrived, origin) else {
        return false;
    };
    let Some((last_side, before, Fate::Arrived)) = last.arrived.last().copied() else {
        return false;
    };
    last_side == side
        && last.origin == Some(origin)
        && last.at == step.at
        && together(&before, &segment)
        && last.says.iter().all(|says| says.iter().all(|say| say.starts_with('[')))
}

/// Whether two segments are told in one breath: text after text, ACK after ACK, RST after RST.
fn together(a: &Segment, b: &Segment) -> bool {
    let bare = |s: &Segment| !s.flags.syn() && !s.flags.rst() && !s.flags.fin();
    let text = |s: &Segment| !s.text.is_empty();
    let ack = |s: &Segment| bare(s) && !text(s);
    let rst = |s: &Segment| s.flags.rst() && !text(s);
    (rst(a) && rst(b))
        || (bare(a) && text(a) && text(b) && !b.flags.syn() && a.text.end == b.text.start)
        || (ack(a) && ack(b))
}

fn add(draft: &mut Draft, step: &Step, shown: Shown, after: [Buffers; 2]) {
    let Shown { arrived, says, sent } = shown;
    draft.arrived.extend(arrived);
    for (at, says) in says.into_iter().enumerate() {
        draft.says[at].extend(says);
    }
    for (at, sent) in sent.into_iter().enumerate() {
        draft.sent[at].extend(sent);
    }
    draft.buffers[1] = after;
    if let (Some(side), true) = (actor(step), step.events.iter().any(closes)) {
        draft.closes[side.index()] = true;
    }
}

fn closes(event: &Event) -> bool {
    use sim_core::script::LaneEvent;
    matches!(
        event,
        Event::Lane(_, LaneEvent::Called(_, Call::Close(_) | Call::TryClose(_) | Call::Exit))
            | Event::Puppet(_, Call::Close(_) | Call::TryClose(_) | Call::Exit, _)
    )
}

/// Drafts as rows, with a row more where an arrow would otherwise have no way to go.
fn spread(drafts: Vec<Draft>, arrows: Vec<Arrow>) -> (Vec<Row>, Vec<Arrow>) {
    let mut rows: Vec<Row> = Vec::new();
    let mut number = Vec::with_capacity(drafts.len());
    for (n, draft) in drafts.iter().enumerate() {
        number.push(rows.len());
        rows.push(row(n, draft));
        let steep = arrows.iter().any(|arrow| arrow.leaves == n && arrow.ends == n + 1);
        if let (true, Some(next)) = (steep, drafts.get(n + 1)) {
            let place = place(n, draft).midpoint(place(n + 1, next));
            rows.push(Row { place, ..Row::default() });
        }
    }
    let mut arrows: Vec<Arrow> = arrows
        .into_iter()
        .map(|a| Arrow { leaves: number[a.leaves], ends: number[a.ends], ..a })
        .collect();
    arrows.dedup_by_key(|arrow| (arrow.from, arrow.leaves, arrow.ends));
    (rows, arrows)
}

fn place(n: usize, draft: &Draft) -> u64 {
    draft.at.unwrap_or(n as u64 * 2)
}

fn row(n: usize, draft: &Draft) -> Row {
    let mut row = Row {
        when: draft.at.map_or_else(|| draft.step.to_string(), ms),
        place: place(n, draft),
        says: draft.says.clone(),
        wire: Vec::new(),
    };
    for side in Side::BOTH {
        let [then, now] = draft.buffers.map(|both| both[side.index()]);
        let says = &mut row.says[side.index()];
        if then.unread != now.unread {
            says.push(match (now.unread, draft.closes[side.index()]) {
                // What the client leaves is said as gone already.
                (0, true) if side == Side::A => continue,
                (0, true) => format!("leaves {} unread", words::thousands(then.unread.into())),
                (n, _) => format!("unread: {}", words::thousands(n.into())),
            });
        }
        if then.unsent != now.unsent {
            says.push(format!("unsent: {}", words::thousands(now.unsent.into())));
        }
    }
    if let Some((side, _, fate)) = draft.arrived.first().copied() {
        let label = label(&draft.arrived.iter().map(|(_, s, _)| *s).collect::<Vec<_>>());
        row.wire.push(match fate {
            Fate::Arrived => Wire::Arrives(side, label),
            Fate::Lost => Wire::Lost(side, label),
        });
    }
    for side in Side::BOTH {
        for burst in bursts(&draft.sent[side.index()]) {
            row.wire.push(Wire::Leaves(side, label(burst)));
        }
    }
    row
}

/// Segments that are told in one breath.
fn bursts(sent: &[Segment]) -> Vec<&[Segment]> {
    sent.chunk_by(together).collect()
}

fn label(burst: &[Segment]) -> String {
    let (Some(first), Some(last)) = (burst.first(), burst.last()) else { return String::new() };
    let mut whole = *last;
    if !first.text.is_empty() {
        whole.text.start = first.text.start;
    }
    let times = if burst.len() > 1 { format!(" x{}", burst.len()) } else { String::new() };
    format!("{}{times}", words::segment(&whole))
}
