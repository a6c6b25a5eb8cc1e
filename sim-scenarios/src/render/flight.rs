//! Segments from the step that sent them to the step in which they arrived or were lost.

use super::Names;
use super::run::Run;
use super::words;
use sim_core::report::explain::{Chain, Link, Trigger, explain};
use sim_core::report::trace::{Step, Story};
use sim_core::tcp::Note;
use sim_core::wire::{Segment, Side};
use sim_core::world::{Action, Event};
use std::collections::VecDeque;

/// A segment's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    /// Who sent it.
    pub from: Side,
    /// What it is.
    pub segment: Segment,
    /// In which step it was sent. A segment from outside is sent in the step in which it arrives.
    pub sent: usize,
    /// What became of it.
    pub end: End,
}

/// What became of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It arrived in this step.
    Arrived(usize),
    /// The link lost it in this step.
    Lost(usize),
    /// It was still on its way when the story stopped.
    UnderWay,
}

impl End {
    /// In which step.
    #[must_use]
    pub const fn step(self) -> Option<usize> {
        match self {
            End::Arrived(step) | End::Lost(step) => Some(step),
            End::UnderWay => None,
        }
    }
}

impl Flight {
    /// "RST, client to server, sent 34.140 ms, arrived 44.722 ms".
    #[must_use]
    pub fn sentence(&self, run: &Run<'_>) -> String {
        let end = match self.end {
            End::Arrived(step) => format!("arrived {}", run.when(step)),
            End::Lost(step) => format!("lost {}", run.when(step)),
            End::UnderWay => "still on its way".to_owned(),
        };
        let (from, to) = (Names::of(self.from), Names::of(self.from.peer()));
        let what = words::segment(&self.segment);
        format!("{what}, {from} to {to}, sent {}, {end}", run.when(self.sent))
    }
}

/// Every segment of a story, in the order of sending; a copy that a link made follows as a flight
/// of its own.
#[must_use]
pub fn flights(story: &Story) -> Vec<Flight> {
    let mut flights: Vec<Flight> = Vec::new();
    let mut on_link: [VecDeque<usize>; 2] = [VecDeque::new(), VecDeque::new()];
    for (n, step) in story.steps.iter().enumerate() {
        take_off(n, step, &mut on_link, &mut flights);
        for event in &step.events {
            if let Event::Kernel(from, Note::Sent(segment)) = *event {
                on_link[from.index()].push_back(flights.len());
                flights.push(Flight { from, segment, sent: n, end: End::UnderWay });
            }
        }
    }
    flights
}

/// What a step takes off a link gets its end.
fn take_off(n: usize, step: &Step, on_link: &mut [VecDeque<usize>; 2], flights: &mut Vec<Flight>) {
    let Some(action) = step.action else { return };
    match action {
        Action::Deliver(side, at) => {
            if let Some(flight) = on_link[side.peer().index()].remove(usize::from(at)) {
                flights[flight].end = End::Arrived(n);
            }
        }
        Action::Lose(side, at) => {
            if let Some(flight) = on_link[side.peer().index()].remove(usize::from(at)) {
                flights[flight].end = End::Lost(n);
            }
        }
        Action::Repeat(side, at) => {
            if let Some(flight) = on_link[side.peer().index()].get(usize::from(at)) {
                flights.push(Flight { end: End::Arrived(n), ..flights[*flight] });
            }
        }
        Action::Inject(side, segment) => {
            flights.push(Flight { from: side.peer(), segment, sent: n, end: End::Arrived(n) });
        }
        Action::Turn(..) | Action::Fire(..) | Action::Wake(..) | Action::Call(..) => {}
    }
}

/// The flight that decided: the segment which, by the chain of causes, destroyed bytes of the
/// answer or made the client stop; where no arrival did, the reset that the closer sent instead of
/// them. `None` where all of the answer was read or no segment had to do with it.
#[must_use]
pub fn deciding(run: &Run<'_>, flights: &[Flight]) -> Option<usize> {
    let Chain { links } = explain(run.story, run.reply);
    let ended_here = |link: &Link| {
        flights.iter().position(|flight| {
            let here = match (link.by, flight.end) {
                (Trigger::Segment(_), End::Arrived(step)) | (Trigger::Loss, End::Lost(step)) => {
                    step == link.step
                }
                (Trigger::Segment(_) | Trigger::Loss | Trigger::Call(_) | Trigger::Timer, _) => {
                    false
                }
            };
            here && flight.from == link.side.peer()
        })
    };
    let reset_here = |link: &Link| {
        flights.iter().position(|flight| {
            flight.sent == link.step && flight.from == link.side && flight.segment.flags.rst()
        })
    };
    links.iter().find_map(ended_here).or_else(|| links.iter().find_map(reset_here))
}

/// What a segment is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SYN, with or without ACK.
    Syn,
    /// Text.
    Data,
    /// An ACK alone.
    Ack,
    /// A FIN, with or without text.
    Fin,
    /// A reset.
    Rst,
}

impl Kind {
    /// The kind of a segment.
    #[must_use]
    pub const fn of(segment: &Segment) -> Kind {
        if segment.flags.rst() {
            Kind::Rst
        } else if segment.flags.syn() {
            Kind::Syn
        } else if segment.flags.fin() {
            Kind::Fin
        } else if segment.text.is_empty() {
            Kind::Ack
        } else {
            Kind::Data
        }
    }

    /// In small letters.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Syn => "syn",
            Kind::Data => "data",
            Kind::Ack => "ack",
            Kind::Fin => "fin",
            Kind::Rst => "rst",
        }
    }
}

/// Whether two segments are told in one breath: text after text, ACK after ACK, RST after RST.
#[must_use]
pub fn together(a: &Segment, b: &Segment) -> bool {
    let (of_a, of_b) = (Kind::of(a), Kind::of(b));
    match of_a {
        Kind::Data => (of_b == Kind::Data || of_b == Kind::Fin) && a.text.end == b.text.start,
        Kind::Ack | Kind::Rst => of_a == of_b && a.text.is_empty() && b.text.is_empty(),
        Kind::Syn | Kind::Fin => false,
    }
}

/// Segments that are told in one breath, in words: "3 segments, 4,096 bytes".
#[must_use]
pub fn burst_words(burst: &[&Flight]) -> String {
    let (Some(first), Some(last)) = (burst.first(), burst.last()) else { return String::new() };
    let count = words::count(burst.len() as u64, "segment");
    match Kind::of(&first.segment) {
        Kind::Data => {
            let fin = if last.segment.flags.fin() { " + FIN" } else { "" };
            let bytes = last.segment.text.end.saturating_sub(first.segment.text.start);
            format!("{count}, {}{fin}", words::count(u64::from(bytes), "byte"))
        }
        Kind::Ack => match (first.segment.ack, last.segment.ack) {
            (Some(a), Some(b)) if a != b => {
                format!("{count}, ACK {} to {}", a.raw(), b.raw())
            }
            (_, Some(ack)) => format!("{count}, ACK {}", ack.raw()),
            (_, None) => count,
        },
        Kind::Rst => format!("{count}, RST"),
        Kind::Syn | Kind::Fin => count,
    }
}
