//! The control part of a state: everything but the counters.

use super::{CloseModel, Side};

/// The states of a connection that has been established.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the standard's names")]
pub enum Phase {
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
    Closed,
}

/// How the reply ended for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Not known yet.
    Undecided,
    /// End of stream, the whole reply read.
    SeenToEnd,
    /// A reset, the whole reply read.
    SeenThenReset,
    /// End of stream, the reply short.
    Truncated,
    /// A reset, the reply short.
    Lost,
}

impl Outcome {
    /// Every outcome, in the order of the tables.
    pub const ALL: [Self; 5] =
        [Self::Undecided, Self::SeenToEnd, Self::SeenThenReset, Self::Truncated, Self::Lost];
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ClientAt {
    Sending,
    Reading,
    Closing,
    Done,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ServerAt {
    Accepting,
    Serving,
    Draining,
    Closing,
    Done,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    Data,
    Fin,
    AckOfFin,
    Reset,
}

/// A channel: two bits a symbol, the oldest highest, below a bit that marks the end.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Wire(u32);

impl Wire {
    const EMPTY: Self = Self(1);

    pub(super) const fn len(self) -> u32 {
        (31 - self.0.leading_zeros()) / 2
    }

    pub(super) fn push(&mut self, symbol: Symbol) {
        self.0 = self.0 << 2 | symbol as u32;
    }

    pub(super) fn pop(&mut self) -> Option<Symbol> {
        let symbol = self.iter().next()?;
        let below = 1 << (2 * (self.len() - 1));
        self.0 = self.0 & (below - 1) | below;
        Some(symbol)
    }

    fn iter(self) -> impl Iterator<Item = Symbol> {
        (0..self.len()).rev().map(move |at| match self.0 >> (2 * at) & 3 {
            0 => Symbol::Data,
            1 => Symbol::Fin,
            2 => Symbol::AckOfFin,
            _ => Symbol::Reset,
        })
    }

    fn has(self, symbol: Symbol) -> bool {
        self.iter().any(|one| one == symbol)
    }
}

/// An endpoint sends at most one reset.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reset {
    Unsent,
    Sent,
}

/// Whether the application still holds the socket.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Handle {
    Held,
    Orphaned,
}

/// What one endpoint has besides its counters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct End {
    pub(super) phase: Phase,
    /// A FIN waits behind the send buffer.
    pub(super) fin_queued: bool,
    /// The peer's FIN has arrived.
    pub(super) eof: bool,
    /// A reset is still to be reported to the application.
    pub(super) error: bool,
    pub(super) reset: Reset,
    pub(super) handle: Handle,
    /// What is on its way from here.
    pub(super) wire: Wire,
}

/// Everything in a state but the counters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Control {
    pub(super) ends: [End; 2],
    pub(super) client: ClientAt,
    pub(super) server: ServerAt,
    pub(super) outcome: Outcome,
}

impl Control {
    pub(super) const fn initial(model: &CloseModel) -> Self {
        let end = End {
            phase: Phase::Established,
            fin_queued: false,
            eof: false,
            error: false,
            reset: Reset::Unsent,
            handle: Handle::Held,
            wire: Wire::EMPTY,
        };
        let client = if model.request == 0 { ClientAt::Reading } else { ClientAt::Sending };
        let server = ServerAt::Accepting;
        Self { ends: [end; 2], client, server, outcome: Outcome::Undecided }
    }

    /// How the reply ended for the client.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// State of a side's connection.
    #[must_use]
    pub const fn phase(&self, side: Side) -> Phase {
        self.ends[side.at()].phase
    }

    /// Share of the measure. Data on a wire weighs against it, so a constant keeps it above zero.
    pub(super) fn measure(&self) -> u64 {
        let ends = self.ends.iter().map(|end| {
            let fin = match (end.fin_queued, end.wire.has(Symbol::Fin), end.phase) {
                (true, _, _) => 1,
                (false, true, _) => 2,
                (false, false, Phase::Established | Phase::CloseWait) => 0,
                (false, false, _) => 3,
            };
            let ack = step(end.eof, end.wire.has(Symbol::AckOfFin));
            let reset = step(end.reset == Reset::Sent, end.wire.has(Symbol::Reset));
            let data = end.wire.iter().filter(|&one| one == Symbol::Data).count() as u64;
            fin + ack + reset + u64::from(end.phase == Phase::Closed) + 64 - 2 * data
        });
        ends.sum::<u64>() + self.client as u64 + self.server as u64
    }
}

/// Progress of something that is sent once: not yet, on its way, arrived.
const fn step(sent: bool, on_wire: bool) -> u64 {
    match (sent, on_wire) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => 2,
    }
}
