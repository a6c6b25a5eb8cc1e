//! What a rule may touch besides the socket in hand: the answers, the wire, the event stream.

use super::{Errno, Gone, Rule, Sock, TcpRules, Timer, tuning::Tuning};
use crate::answer::{Answer, Basis, Halt, Question, Which};
use crate::wire::{ConnId, Due, Segment, Span, State};
use std::collections::VecDeque;

/// What a stack does, as seen by an observer inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Note {
    /// A segment went onto the wire.
    Sent(Segment),
    /// A rule decided.
    Applied(&'static Rule),
    /// A rule asked the profile.
    Asked(Question, Basis),
    /// A connection changed its state.
    Entered(ConnId, State),
    /// A timer was armed (again).
    Armed(ConnId, Timer, Due),
    /// A timer was disarmed.
    Disarmed(ConnId, Timer),
    /// An error became pending.
    Failed(ConnId, Errno),
    /// Bytes left every place from which they could still be read. A mark: bytes of the span that
    /// are still further on (in flight, readable, read) are not gone yet.
    Gone {
        /// The connection.
        conn: ConnId,
        /// Whose bytes.
        whose: Whose,
        /// Which, as offsets of the stream.
        span: Span,
        /// Why.
        why: Gone,
    },
}

/// Whose bytes, seen from the stack that speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whose {
    /// What this side's application wrote.
    Ours,
    /// What the peer's application wrote.
    Theirs,
}

/// Where notes go.
pub trait NoteSink {
    /// Takes one.
    fn note(&mut self, note: Note);
}

/// The surroundings of a rule.
pub struct Cx<'a, S: NoteSink> {
    /// Behaviour.
    pub rules: &'a TcpRules,
    /// Numbers.
    pub tuning: &'a Tuning,
    /// Segments on their way to the peer.
    pub wire: &'a mut VecDeque<Segment>,
    /// How many of them there may be.
    pub room: usize,
    /// The event stream.
    pub sink: &'a mut S,
    /// A socket that this step brought into being.
    pub born: Option<Sock>,
    /// How the host's table stands, for the rules that depend on it.
    pub table: TableView,
}

/// What a rule may know of the other sockets of its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TableView {
    /// Connections waiting to be accepted.
    pub queued: u8,
    /// Connections closed by their application and not finished yet.
    pub orphans: u8,
}

impl<S: NoteSink> Cx<'_, S> {
    /// Asks the profile, and says so.
    pub fn ask<T: Copy>(&mut self, (name, answer): (Question, &Answer<T>)) -> Result<T, Halt> {
        self.sink.note(Note::Asked(name, answer.basis()));
        answer.value().ok_or(Halt::Unanswered(name))
    }

    /// Says which rule decided.
    pub fn apply(&mut self, rule: &'static Rule) {
        self.sink.note(Note::Applied(rule));
    }

    /// Puts a segment on the wire.
    pub fn send(&mut self, segment: Segment) -> Result<(), Halt> {
        if self.wire.len() >= self.room {
            return Err(Halt::Limit(Which::InFlight));
        }
        self.wire.push_back(segment);
        self.sink.note(Note::Sent(segment));
        Ok(())
    }

    /// Arms a timer, from the beginning if it was armed.
    pub fn arm(&mut self, timers: &mut super::Timers, conn: ConnId, timer: Timer, due: Due) {
        timers.insert(timer);
        self.sink.note(Note::Armed(conn, timer, due));
    }

    /// Disarms a timer that may be armed.
    pub fn disarm(&mut self, timers: &mut super::Timers, conn: ConnId, timer: Timer) {
        if timers.contains(timer) {
            timers.remove(timer);
            self.sink.note(Note::Disarmed(conn, timer));
        }
    }

    /// Disarms everything.
    pub fn disarm_all(&mut self, timers: &mut super::Timers, conn: ConnId) {
        for timer in timers.iter() {
            self.disarm(timers, conn, timer);
        }
    }

    /// Marks bytes as gone.
    pub fn gone(&mut self, conn: ConnId, whose: Whose, span: Span, why: Gone) {
        if !span.is_empty() {
            self.sink.note(Note::Gone { conn, whose, span, why });
        }
    }
}
