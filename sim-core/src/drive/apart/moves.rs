//! What can be done in every world alike, whatever has happened in it.

use super::CONN;
use super::forged::Forged;
use crate::answer::Halt;
use crate::socket::{Call, Fd, Return, Which};
use crate::tcp::{Linger, Timer};
use crate::wire::{ConnId, Side};
use crate::world::{self, Action, Event, Setup, World};

/// A's descriptor.
const FD_A: Fd = Fd(0);
/// B's listener and its connection.
const FD_B: Fd = Fd(0);
const FD_B_CONN: Fd = Fd(1);

/// A move. Where there is nothing to deliver, to lose or to fire, nothing happens: time passes and
/// the path is the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// An application makes a call.
    Call(Side, Call),
    /// The oldest segment on its way to this side arrives.
    Deliver(Side),
    /// The oldest segment on its way to this side is lost.
    Lose(Side),
    /// So much time passes that this timer fires where it is armed.
    Pass(Side, Timer),
    /// Everything on its way arrives, and what that draws.
    Settle,
    /// A third party's segment arrives at this side, in the peer's name.
    Forge(Side, Forged),
}

/// Where a search begins, and what is tried from there.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) begins: Begins,
    /// What has happened before the first move that counts.
    pub(super) opening: &'static [Move],
    /// The first moves of every way from there.
    pub(super) first: &'static [Move],
    /// What may follow.
    pub(super) moves: &'static [Move],
}

/// What a way begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Begins {
    /// The handshake of a connection that the stack in question has opened.
    Handshake,
    /// A listener of the stack in question, with room for one.
    Listener,
}

impl Begins {
    /// What has happened then.
    pub(super) fn opening(self) -> &'static [Move] {
        match self {
            Begins::Handshake => &OPENING,
            Begins::Listener => &LISTENING,
        }
    }
}

/// Plain ways first, so that one of them is found where there is one; then a third party joins in,
/// at a fresh connection and at one on which something was read; then listeners.
pub(super) static GROUNDS: [Ground; 4] = [
    Ground { begins: Begins::Handshake, opening: &OPENING, first: &[], moves: &ALL },
    Ground { begins: Begins::Handshake, opening: &OPENING, first: &[], moves: &FORGED },
    Ground { begins: Begins::Handshake, opening: &OPENING, first: &READ, moves: &FORGED },
    Ground { begins: Begins::Listener, opening: &LISTENING, first: &[], moves: &CALLERS },
];

/// How a connection comes about.
const OPENING: [Move; 4] = [
    Move::Call(Side::B, Call::Listen(FD_B, 4)),
    Move::Call(Side::A, Call::Connect(FD_A, CONN)),
    Move::Settle,
    Move::Call(Side::B, Call::Accept(FD_B, FD_B_CONN)),
];

/// The peer writes, and what it wrote is read.
const READ: [Move; 3] = [
    Move::Call(Side::B, Call::Write(FD_B_CONN, 100)),
    Move::Settle,
    Move::Call(Side::A, Call::Read(FD_A, 1_000)),
];

/// With a third party on the path: nothing is lost and no timer fires besides.
const FORGED: [Move; 16] = [
    Move::Forge(Side::A, Forged::RstExact),
    Move::Forge(Side::A, Forged::RstInWindow),
    Move::Forge(Side::A, Forged::Syn),
    Move::Forge(Side::A, Forged::FutureAck),
    Move::Forge(Side::A, Forged::FinAgain),
    Move::Settle,
    Move::Deliver(Side::A),
    Move::Deliver(Side::B),
    Move::Call(Side::A, Call::Read(FD_A, 1_000)),
    Move::Call(Side::B, Call::Read(FD_B_CONN, 1_000)),
    Move::Call(Side::A, Call::Write(FD_A, 100)),
    Move::Call(Side::B, Call::Write(FD_B_CONN, 100)),
    Move::Call(Side::A, Call::Close(FD_A)),
    Move::Call(Side::B, Call::Close(FD_B_CONN)),
    Move::Call(Side::A, Call::Shutdown(FD_A, Which::Wr)),
    Move::Call(Side::B, Call::Shutdown(FD_B_CONN, Which::Wr)),
];

/// Somebody listens, with room for one.
const LISTENING: [Move; 1] = [Move::Call(Side::A, Call::Listen(FD_A, 1))];

/// Up to three callers, of whom some may be turned away.
const CALLERS: [Move; 12] = [
    Move::Call(Side::B, Call::Connect(Fd(0), ConnId(0))),
    Move::Call(Side::B, Call::Connect(Fd(1), ConnId(1))),
    Move::Call(Side::B, Call::Connect(Fd(2), ConnId(2))),
    Move::Settle,
    Move::Deliver(Side::A),
    Move::Deliver(Side::B),
    Move::Call(Side::A, Call::Accept(FD_A, Fd(1))),
    Move::Call(Side::A, Call::Close(FD_A)),
    Move::Call(Side::B, Call::Read(Fd(0), 1_000)),
    Move::Call(Side::B, Call::Read(Fd(1), 1_000)),
    Move::Call(Side::B, Call::Read(Fd(2), 1_000)),
    Move::Pass(Side::B, Timer::Retransmit),
];

/// Every plain move.
const ALL: [Move; 24] = [
    Move::Deliver(Side::A),
    Move::Deliver(Side::B),
    Move::Call(Side::A, Call::Read(FD_A, 1_000)),
    Move::Call(Side::B, Call::Read(FD_B_CONN, 1_000)),
    Move::Call(Side::A, Call::Write(FD_A, 100)),
    Move::Call(Side::B, Call::Write(FD_B_CONN, 100)),
    Move::Call(Side::A, Call::Close(FD_A)),
    Move::Call(Side::B, Call::Close(FD_B_CONN)),
    Move::Call(Side::A, Call::Shutdown(FD_A, Which::Wr)),
    Move::Call(Side::B, Call::Shutdown(FD_B_CONN, Which::Wr)),
    Move::Call(Side::A, Call::Shutdown(FD_A, Which::Rd)),
    Move::Call(Side::A, Call::Shutdown(FD_A, Which::RdWr)),
    Move::Call(Side::A, Call::SetLinger(FD_A, Linger::Abort)),
    Move::Call(Side::B, Call::SetLinger(FD_B_CONN, Linger::Abort)),
    Move::Call(Side::A, Call::SetLinger(FD_A, Linger::Seconds(2))),
    Move::Call(Side::A, Call::TryClose(FD_A)),
    Move::Call(Side::A, Call::CloseEnds(FD_A)),
    Move::Lose(Side::A),
    Move::Lose(Side::B),
    Move::Pass(Side::A, Timer::DelayedAck),
    Move::Pass(Side::A, Timer::Retransmit),
    Move::Pass(Side::B, Timer::Retransmit),
    Move::Pass(Side::A, Timer::FinWait2),
    Move::Pass(Side::A, Timer::TimeWait),
];

/// What a path has used up. It is the same for every stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Course {
    writes: [u8; 2],
    losses: u8,
    forged: u8,
    closed: [Closing; 2],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Closing {
    #[default]
    Open,
    Called,
    Over,
}

impl Course {
    /// Writes of one side.
    const WRITES: u8 = 2;
    /// Losses in all.
    const LOSSES: u8 = 2;
    /// A third party's segments in all.
    const FORGED: u8 = 1;

    /// The course after a move, where that leads anywhere.
    pub(super) fn after(mut self, by: Move) -> Option<Course> {
        match by {
            Move::Call(side, call) => {
                let closing = &mut self.closed[side.index()];
                match (*closing, call) {
                    (Closing::Open, Call::CloseEnds(_)) => return None,
                    (Closing::Open, Call::Close(_) | Call::TryClose(_)) => {
                        *closing = Closing::Called;
                    }
                    (Closing::Called, Call::CloseEnds(_)) => *closing = Closing::Over,
                    (Closing::Called | Closing::Over, _) => return None,
                    (Closing::Open, _) => {}
                }
                if let Call::Write(..) = call {
                    let writes = &mut self.writes[side.index()];
                    *writes += 1;
                    return (*writes <= Course::WRITES).then_some(self);
                }
                Some(self)
            }
            Move::Lose(_) => {
                self.losses += 1;
                (self.losses <= Course::LOSSES).then_some(self)
            }
            Move::Forge(..) => {
                self.forged += 1;
                (self.forged <= Course::FORGED).then_some(self)
            }
            Move::Deliver(_) | Move::Pass(..) | Move::Settle => Some(self),
        }
    }
}

/// Makes a move; what a call returned comes back.
pub(super) fn make(setup: &Setup, world: &mut World, by: Move) -> Result<Option<Return>, Halt> {
    let mut told = None;
    if let Some(action) = action(world, by) {
        let mut events: Vec<Event> = Vec::new();
        world::apply(setup, world, action, &mut events)?;
        told = events.iter().rev().find_map(|event| match event {
            Event::Puppet(_, _, returned) => Some(*returned),
            Event::Arrived(..) | Event::Lost(..) | Event::Lane(..) | Event::Kernel(..) => None,
        });
    }
    if by == Move::Settle {
        while let Some(side) = Side::BOTH.into_iter().find(|side| arrives(world, *side)) {
            world::apply(setup, world, Action::Deliver(side, 0), &mut ())?;
        }
    }
    Ok(told)
}

fn arrives(world: &World, side: Side) -> bool {
    !world.links[side.peer().index()].flight.is_empty()
}

/// What a move comes to in this world.
fn action(world: &World, by: Move) -> Option<Action> {
    match by {
        Move::Call(side, call) => Some(Action::Call(side, call)),
        Move::Deliver(side) => arrives(world, side).then_some(Action::Deliver(side, 0)),
        Move::Lose(side) => arrives(world, side).then_some(Action::Lose(side, 0)),
        Move::Pass(side, timer) => {
            let mut table = world.hosts[side.index()].table.iter();
            let armed = table.find(|sock| sock.timers.contains(timer))?;
            Some(Action::Fire(side, armed.conn, timer))
        }
        Move::Forge(side, forged) => {
            let table = &world.hosts[side.index()].table;
            let conn = table.iter().find_map(|sock| sock.conn())?;
            Some(Action::Inject(side, forged.segment(conn)?))
        }
        Move::Settle => None,
    }
}
