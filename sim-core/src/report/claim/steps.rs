//! Claims about one step.

use super::ClaimName;
use super::arrows::is_arrow;
use crate::script::LaneEvent;
use crate::socket::{self, Call};
use crate::tcp::{ArriveTable, Fin, Linger, Note, Owner, Phase, Sock, Stage};
use crate::wire::{ConnId, Side, State};
use crate::world::{Action, Event, World};

/// Calls `broken` with every claim that this step violates.
pub(super) fn check(
    before: &World,
    action: Action,
    events: &[Event],
    after: &World,
    mut broken: impl FnMut(ClaimName),
) {
    if !arrows(before, events) {
        broken(ClaimName::Arrows);
    }
    if !numbers(after) {
        broken(ClaimName::Numbers);
    }
    if !resets(action, events, before) {
        broken(ClaimName::RstCause);
    }
    if !closes(before, events, after) {
        broken(ClaimName::CloseFin);
    }
    if !prefix(after) {
        broken(ClaimName::Prefix);
    }
    if !whole_eof(events, after) {
        broken(ClaimName::WholeEof);
    }
}

/// The state of a connection as its table shows it: the living socket, or what waits for it.
fn state_of(table: &ArriveTable, conn: ConnId) -> State {
    let states = table.iter().filter(|sock| sock.conn == conn).map(Sock::state);
    states.max_by_key(|state| *state != State::Closed).unwrap_or(State::Closed)
}

fn arrows(before: &World, events: &[Event]) -> bool {
    let mut known: Vec<(Side, ConnId, State)> = Vec::new();
    for event in events {
        let Event::Kernel(side, Note::Entered(conn, to)) = *event else { continue };
        let place = known.iter().position(|(s, c, _)| (*s, *c) == (side, conn));
        let from = place.map_or_else(
            || state_of(&before.hosts[side.index()].table, conn),
            |place| known[place].2,
        );
        if conn != ConnId::NONE && from != to && !is_arrow(from, to) {
            return false;
        }
        match place {
            Some(place) => known[place].2 = to,
            None => known.push((side, conn, to)),
        }
    }
    true
}

/// What each side believes to be acknowledged has been received by the other, and what was received
/// was sent.
fn numbers(world: &World) -> bool {
    let [a, b] = &world.hosts;
    let pairs = a.table.iter().flat_map(|ours| {
        b.table.iter().filter(move |theirs| theirs.conn == ours.conn).map(move |theirs| (ours, theirs))
    });
    for (ours, theirs) in pairs {
        let (Phase::Open(ours), Phase::Open(theirs)) = (&ours.phase, &theirs.phase) else {
            continue;
        };
        // Numbers can only be compared within one incarnation of the connection.
        if ours.iss != theirs.irs || theirs.iss != ours.irs {
            continue;
        }
        for (one, other) in [(ours, theirs), (theirs, ours)] {
            if one.snd.una > other.rcv.nxt || other.rcv.nxt > one.snd.nxt.max(1) {
                return false;
            }
        }
    }
    true
}

/// The rules that may send a RST.
const CAUSES: [&str; 12] = [
    "output.abort",
    "closed.reply",
    "listen.ack",
    "syn_sent.bad_ack",
    "syn_received.bad_ack",
    "syn_received.syn_inside",
    "syn_received.queue_full",
    "syn.reset",
    "ack.bad_handshake",
    "ack.no_fin_wait_2",
    "text.late_reset",
    "waiting.mini_data",
];

fn resets(action: Action, events: &[Event], before: &World) -> bool {
    let sent = events.iter().any(|event| {
        matches!(event, Event::Kernel(_, Note::Sent(segment)) if segment.flags.rst())
    });
    if !sent {
        return true;
    }
    let arrived_rst = match action {
        Action::Deliver(side, n) | Action::Repeat(side, n) => before.links[side.peer().index()]
            .flight
            .get(n as usize)
            .is_some_and(|segment| segment.flags.rst()),
        Action::Inject(_, segment) => segment.flags.rst(),
        Action::Turn(..)
        | Action::Lose(..)
        | Action::Fire(..)
        | Action::Wake(..)
        | Action::Call(..) => false,
    };
    let caused = events.iter().any(|event| {
        matches!(event, Event::Kernel(_, Note::Applied(rule)) if CAUSES.contains(&rule.id))
    });
    caused && !arrived_rst
}

/// close() of the last descriptor of a connection on which everything was read.
fn closes(before: &World, events: &[Event], after: &World) -> bool {
    events.iter().all(|event| {
        let (side, call) = match *event {
            Event::Lane(side, LaneEvent::Called(_, call)) => (side, call),
            Event::Puppet(side, call, _) => (side, call),
            Event::Arrived(..) | Event::Lost(..) | Event::Lane(..) | Event::Kernel(..) => {
                return true;
            }
        };
        let Call::Close(fd) = call else { return true };
        let table = &before.hosts[side.index()].table;
        let Some(sock) = socket::find(table, fd).map(|at| &table[at]) else { return true };
        let Phase::Open(conn) = &sock.phase else { return true };
        let last = matches!(sock.owner, Owner::Descriptors(bits) if bits.count_ones() == 1);
        let ordinary = last
            && conn.rcv.unread().is_empty()
            && sock.linger != Linger::Abort
            && matches!(conn.stage, Stage::Established | Stage::CloseWait);
        !ordinary || ends_in_fin(events, after, side, sock.conn)
    })
}

fn ends_in_fin(events: &[Event], after: &World, side: Side, conn: ConnId) -> bool {
    let reset = events.iter().any(|event| {
        matches!(event, Event::Kernel(by, Note::Sent(segment)) if *by == side && segment.flags.rst())
    });
    let queued = after.hosts[side.index()].table.iter().any(|sock| {
        sock.conn == conn && sock.conn().is_none_or(|conn| conn.snd.fin != Fin::No)
    });
    !reset && queued
}

fn prefix(after: &World) -> bool {
    Side::BOTH.into_iter().all(|side| {
        let readers = &after.hosts[side.peer().index()].app;
        readers.accounts.iter().all(|account| {
            account.read <= after.hosts[side.index()].app.account(account.conn).wrote
        })
    })
}

fn whole_eof(events: &[Event], after: &World) -> bool {
    events.iter().all(|event| match *event {
        Event::Lane(side, LaneEvent::Returned(_, Call::Read(..), socket::Return::Eof)) => {
            let reader = &after.hosts[side.index()].app;
            reader.accounts.iter().all(|account| {
                let wrote = after.hosts[side.peer().index()].app.account(account.conn).wrote;
                account.told != crate::script::Told::Eof || account.read >= wrote
            })
        }
        Event::Lane(..)
        | Event::Arrived(..)
        | Event::Lost(..)
        | Event::Puppet(..)
        | Event::Kernel(..) => true,
    })
}
