//! Claims about one step.

use super::ClaimName;
use super::arrows::is_arrow;
use crate::drive::space::Local;
use crate::script::LaneEvent;
use crate::socket::{self, Call};
use crate::tcp::{ArriveTable, Fin, Linger, Note, Owner, Phase, Sock, Stage};
use crate::wire::{ConnId, State};
use crate::world::{Event, Host};

/// The claims a host's step can violate by itself, each with its bit; the last bit says that a
/// reader was told of the end of the stream.
const LOCAL: [(u16, ClaimName); 3] =
    [(1, ClaimName::Arrows), (2, ClaimName::RstCause), (4, ClaimName::CloseFin)];
const EOF: u16 = 8;

/// Looks at one host's step.
pub(super) fn local(step: &Local<'_>) -> u16 {
    let bit = |holds: bool, bit: u16| if holds { 0 } else { bit };
    bit(arrows(step), 1) | bit(resets(step), 2) | bit(closes(step), 4) | bit(!eof(step.events), EOF)
}

/// The claims that are violated, from what [`local`] said.
pub(super) fn named(flags: u16) -> impl Iterator<Item = ClaimName> {
    LOCAL.into_iter().filter(move |(bit, _)| flags & bit != 0).map(|(_, claim)| claim)
}

/// Whether a reader was told of the end of the stream.
pub(super) const fn told_eof(flags: u16) -> bool {
    flags & EOF != 0
}

/// Looks at what two hosts believe of each other.
pub(super) fn state(hosts: [&Host; 2], mut broken: impl FnMut(ClaimName)) {
    if !numbers(hosts) {
        broken(ClaimName::Numbers);
    }
    if !prefix(hosts) {
        broken(ClaimName::Prefix);
    }
}

/// The state of a connection as its table shows it: the living socket, or what waits for it.
fn state_of(table: &ArriveTable, conn: ConnId) -> State {
    let states = table.iter().filter(|sock| sock.conn == conn).map(Sock::state);
    states.max_by_key(|state| *state != State::Closed).unwrap_or(State::Closed)
}

fn arrows(step: &Local<'_>) -> bool {
    let mut known: Vec<(ConnId, State)> = Vec::new();
    for event in step.events {
        let Event::Kernel(side, Note::Entered(conn, to)) = *event else { continue };
        if side != step.side {
            continue;
        }
        let place = known.iter().position(|(c, _)| *c == conn);
        let from = place.map_or_else(|| state_of(&step.before.table, conn), |place| known[place].1);
        if conn != ConnId::NONE && from != to && !is_arrow(from, to) {
            return false;
        }
        match place {
            Some(place) => known[place].1 = to,
            None => known.push((conn, to)),
        }
    }
    true
}

/// What each side believes to be acknowledged has been received by the other, and what was received
/// was sent.
fn numbers([a, b]: [&Host; 2]) -> bool {
    let pairs = a.table.iter().flat_map(|ours| {
        b.table
            .iter()
            .filter(move |theirs| theirs.conn == ours.conn)
            .map(move |theirs| (ours, theirs))
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
const CAUSES: [&str; 13] = [
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
    "text.overlap_reset",
    "waiting.mini_data",
];

fn resets(step: &Local<'_>) -> bool {
    let sent = step
        .events
        .iter()
        .any(|event| matches!(event, Event::Kernel(_, Note::Sent(segment)) if segment.flags.rst()));
    if !sent {
        return true;
    }
    let answers_rst = step.arrived.is_some_and(|segment| segment.flags.rst());
    let caused = step.events.iter().any(
        |event| matches!(event, Event::Kernel(_, Note::Applied(rule)) if CAUSES.contains(&rule.id)),
    );
    caused && !answers_rst
}

/// close() of the last descriptor of a connection on which everything was read.
fn closes(step: &Local<'_>) -> bool {
    step.events.iter().all(|event| {
        let call = match *event {
            Event::Lane(_, LaneEvent::Called(_, call)) | Event::Puppet(_, call, _) => call,
            Event::Arrived(..) | Event::Lost(..) | Event::Lane(..) | Event::Kernel(..) => {
                return true;
            }
        };
        let (Call::Close(fd) | Call::TryClose(fd)) = call else { return true };
        let table = &step.before.table;
        let Some(sock) = socket::find(table, fd).map(|at| &table[at]) else { return true };
        let Phase::Open(conn) = &sock.phase else { return true };
        let last = matches!(sock.owner, Owner::Descriptors(bits) if bits.count_ones() == 1);
        let ordinary = last
            && conn.rcv.unread().is_empty()
            && sock.linger != Linger::Abort
            && matches!(conn.stage, Stage::Established | Stage::CloseWait);
        !ordinary || ends_in_fin(step, sock.conn)
    })
}

fn ends_in_fin(step: &Local<'_>, conn: ConnId) -> bool {
    let reset = step
        .events
        .iter()
        .any(|event| matches!(event, Event::Kernel(_, Note::Sent(segment)) if segment.flags.rst()));
    let queued =
        step.after.table.iter().any(|sock| {
            sock.conn == conn && sock.conn().is_none_or(|conn| conn.snd.fin != Fin::No)
        });
    !reset && queued
}

fn prefix(hosts: [&Host; 2]) -> bool {
    [(0, 1), (1, 0)].into_iter().all(|(writer, reader): (usize, usize)| {
        hosts[reader]
            .app
            .accounts
            .iter()
            .all(|account| account.read <= hosts[writer].app.account(account.conn).wrote)
    })
}

fn eof(events: &[Event]) -> bool {
    let is_eof = |event: &Event| {
        matches!(event, Event::Lane(_, LaneEvent::Returned(_, Call::Read(..), socket::Return::Eof)))
    };
    events.iter().any(is_eof)
}

/// Whether everybody who was told of the end has read all that was written.
pub(super) fn whole_eof(hosts: [&Host; 2]) -> bool {
    [(0, 1), (1, 0)].into_iter().all(|(writer, reader): (usize, usize)| {
        hosts[reader].app.accounts.iter().all(|account| {
            let wrote = hosts[writer].app.account(account.conn).wrote;
            account.told != crate::script::Told::Eof || account.read >= wrote
        })
    })
}
