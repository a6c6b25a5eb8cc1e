//! What happens to both: calls and crafted segments, as the peer knows how to count them.

use proptest::collection::vec;
use proptest::prelude::*;
use sim_core::wire::{Flags, State};

/// How a connection comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// connect(), answered.
    Active,
    /// listen(), a SYN and its ACK, accepted.
    Passive,
    /// connect(): the SYN is out.
    SynSent,
    /// listen(): nobody has come yet.
    Listening,
}

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The application writes so many bytes.
    Write(u32),
    /// It reads so many.
    Read(u32),
    /// It ends its half and keeps the handle.
    Finish,
    /// It closes: no call comes after that.
    Close,
    /// It aborts: no call comes after that.
    Abort,
    /// The peer sends a segment.
    Arrives(Crafted),
    /// So much time passes that the next timer fires.
    Pass,
}

/// A segment, in numbers of the peer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crafted {
    /// SYN, FIN, RST or none.
    pub flags: Flags,
    /// Where it begins.
    pub seq: (SeqFrom, i32),
    /// What it acknowledges.
    pub ack: Option<(AckFrom, i32)>,
    /// How much text.
    pub len: u32,
    /// What the peer offers.
    pub wnd: u32,
}

/// What a segment's number is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeqFrom {
    /// What the peer has not sent yet.
    Next,
    /// The last ACK the stack sent.
    Acked,
    /// The end of what it offers.
    Edge,
}

/// What an ACK is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckFrom {
    /// Everything the stack has sent.
    Sent,
    /// What the peer has acknowledged before.
    Before,
}

/// What the peer knows. Numbers count from the initial ones: a SYN is 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Peer {
    /// What it sends next.
    pub next: u32,
    /// The highest ACK of the stack's.
    pub acked: u32,
    /// One past what the stack is ready to take.
    pub edge: u32,
    /// One past the highest number the stack has sent.
    pub sent: u32,
    /// What the peer has acknowledged.
    pub una: u32,
}

/// A segment as it goes out, in numbers that count from the initial ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    pub flags: Flags,
    pub seq: u32,
    pub ack: Option<u32>,
    pub len: u32,
    pub wnd: u32,
}

/// A segment that the stack has sent. A RST for no connection may have the number 0, which counts
/// from nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    pub flags: Flags,
    pub seq: Option<i32>,
    pub ack: Option<i32>,
    pub len: u32,
    pub wnd: u32,
}

/// What a call returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// There was no call, or it says nothing.
    Nothing,
    /// So many bytes.
    Count(u32),
    /// Not yet.
    Waits,
    /// The end of the stream.
    Eof,
    /// An error.
    Error,
}

/// Everything that can be seen of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub sent: Vec<Sent>,
    pub told: Told,
    pub state: State,
}

impl Peer {
    /// The segment's numbers. There is only one first SYN.
    pub fn resolve(&self, crafted: Crafted) -> Wire {
        let Crafted { flags, seq: (from, by), ack, len, wnd } = crafted;
        let base = match from {
            SeqFrom::Next => self.next,
            SeqFrom::Acked => self.acked,
            SeqFrom::Edge => self.edge,
        };
        let opening = self.next == 0;
        let ack = ack.map(|(from, by)| match from {
            AckFrom::Sent => self.sent.wrapping_add_signed(by),
            AckFrom::Before => self.una.wrapping_add_signed(by),
        });
        let seq = if opening && flags.syn() { 0 } else { base.wrapping_add_signed(by) };
        let len = if flags.syn() || flags.rst() { 0 } else { len };
        Wire { flags, seq, ack, len, wnd }
    }

    /// What it remembers of what it sent.
    pub fn sends(&mut self, wire: &Wire) {
        let len = wire.len + u32::from(wire.flags.fin()) + u32::from(wire.flags.syn());
        let begun = self.next > 0 || wire.flags.syn();
        if begun && wire.seq <= self.next && !wire.flags.rst() {
            self.next = self.next.max(wire.seq.wrapping_add(len));
        }
        if let Some(ack) = wire.ack.filter(|ack| *ack > self.una && *ack <= self.sent) {
            self.una = ack;
        }
    }

    /// What it learns from what the stack sends.
    pub fn sees(&mut self, sent: &[Sent]) {
        let number = |it: i32| u32::try_from(it).unwrap_or(0);
        for segment in sent.iter().filter(|segment| !segment.flags.rst()) {
            let len = segment.len + u32::from(segment.flags.fin()) + u32::from(segment.flags.syn());
            self.sent = self.sent.max(segment.seq.map_or(0, number) + len);
            if let Some(ack) = segment.ack.map(number) {
                self.acked = self.acked.max(ack);
                self.edge = self.edge.max(ack + segment.wnd);
            }
        }
    }
}

fn crafted() -> impl Strategy<Value = Crafted> {
    let flags = prop_oneof![
        8 => Just(Flags::NONE),
        3 => Just(Flags::FIN),
        2 => Just(Flags::RST),
        1 => Just(Flags::SYN),
    ];
    let seq = prop_oneof![
        8 => Just((SeqFrom::Next, 0)),
        2 => (Just(SeqFrom::Next), prop::sample::select(vec![-100, -1, 1, 50, 100])),
        2 => (Just(SeqFrom::Acked), prop::sample::select(vec![-101, -1, 0])),
        1 => (Just(SeqFrom::Edge), prop::sample::select(vec![-50, -1, 0, 1])),
    ];
    let ack = prop_oneof![
        8 => Just(Some((AckFrom::Sent, 0))),
        3 => Just(Some((AckFrom::Before, 0))),
        2 => (Just(AckFrom::Before), prop::sample::select(vec![-1, 50, 100])).prop_map(Some),
        1 => (Just(AckFrom::Sent), prop::sample::select(vec![-1, 1, 9])).prop_map(Some),
        1 => Just(None),
    ];
    let len = prop::sample::select(vec![0, 0, 0, 30, 100, 100]);
    let wnd = prop::sample::select(vec![1_000, 1_000, 1_000, 300, 50, 0]);
    (flags, seq, ack, len, wnd).prop_map(|(flags, seq, ack, len, wnd)| Crafted {
        flags,
        seq,
        ack,
        len,
        wnd,
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => crafted().prop_map(Step::Arrives),
        3 => prop::sample::select(vec![30, 100, 250, 400]).prop_map(Step::Write),
        4 => prop::sample::select(vec![50, 100, 400]).prop_map(Step::Read),
        2 => Just(Step::Finish),
        1 => Just(Step::Close),
        1 => Just(Step::Abort),
        3 => Just(Step::Pass),
    ]
}

/// An opening and what follows.
pub fn cases() -> impl Strategy<Value = (Opening, Vec<Step>)> {
    let opening = prop_oneof![
        4 => Just(Opening::Active),
        3 => Just(Opening::Passive),
        1 => Just(Opening::SynSent),
        1 => Just(Opening::Listening),
    ];
    (opening, vec(step(), 1..14))
}
