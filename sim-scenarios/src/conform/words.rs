//! How recorded rows write things down: segments, states, results of calls.

use sim_core::socket::{self, Fd, Return};
use sim_core::tcp::arrive::Table;
use sim_core::tcp::{Opening, Owner, Phase, Sock, WaitStage};
use sim_core::wire::{Segment, Seq, State};

/// A state's name as the kernel writes it.
pub(super) const fn state(state: State) -> &'static str {
    match state {
        State::Closed => "CLOSE",
        State::Listen => "LISTEN",
        State::SynSent => "SYN_SENT",
        State::SynReceived => "SYN_RECV",
        State::Established => "ESTABLISHED",
        State::FinWait1 => "FIN_WAIT1",
        State::FinWait2 => "FIN_WAIT2",
        State::CloseWait => "CLOSE_WAIT",
        State::Closing => "CLOSING",
        State::LastAck => "LAST_ACK",
        State::TimeWait => "TIME_WAIT",
    }
}

/// SYN, FIN, RST and ACK as letters; `-` where none is set.
pub(super) fn flags(segment: &Segment) -> String {
    let set = [
        (segment.flags.syn(), 'S'),
        (segment.flags.fin(), 'F'),
        (segment.flags.rst(), 'R'),
        (segment.ack.is_some(), 'A'),
    ];
    let letters: String = set.iter().filter(|(on, _)| *on).map(|(_, letter)| *letter).collect();
    if letters.is_empty() { "-".to_owned() } else { letters }
}

/// What a call returned, as a row writes it. `started` is what a call says that goes on.
pub(super) fn returned(value: Return, started: &str) -> String {
    match value {
        Return::Done => "0".to_owned(),
        Return::Count(n) => n.to_string(),
        Return::Eof => "EOF".to_owned(),
        Return::Error(errno) | Return::Pending(Some(errno)) => errno.name().to_owned(),
        Return::Pending(None) => "0".to_owned(),
        Return::Ready(bits) => bits.names(),
        Return::Would(_) => started.to_owned(),
    }
}

/// What SIOCINQ says: readable bytes, a FIN not counted.
pub(super) fn inq(table: &Table, fd: Fd) -> String {
    match socket::find(table, fd).map(|at| &table[at]) {
        None => "EBADF".to_owned(),
        Some(sock) if matches!(sock.phase, Phase::Listen(_)) => "EINVAL".to_owned(),
        Some(sock) => sock.unread().len().to_string(),
    }
}

/// What SIOCOUTQ says: bytes that are not acknowledged; SYN and FIN count.
pub(super) fn outq(table: &Table, fd: Fd) -> String {
    match socket::find(table, fd).map(|at| &table[at]) {
        None => "EBADF".to_owned(),
        Some(sock) => match &sock.phase {
            Phase::Listen(_) => "EINVAL".to_owned(),
            Phase::Open(conn) if conn.snd.una > 0 => (conn.snd.limit() - conn.snd.una).to_string(),
            Phase::Open(_) | Phase::Opening(_) | Phase::Closed(_) | Phase::Waiting(_) => {
                "0".to_owned()
            }
        },
    }
}

/// The state a descriptor reads (`tcp_info`).
pub(super) fn fd_state(table: &Table, fd: Fd) -> &'static str {
    socket::find(table, fd).map_or("EBADF", |at| state(table[at].state()))
}

/// The host's connections as a row lists them, sorted; the listener is left out.
pub(super) fn table(table: &Table) -> Vec<String> {
    let mut list: Vec<String> = table.iter().filter_map(entry).collect();
    list.sort();
    list
}

fn entry(sock: &Sock) -> Option<String> {
    let name = state(sock.state());
    match &sock.phase {
        Phase::Closed(_) | Phase::Listen(_) => None,
        Phase::Opening(Opening::SynReceived { .. }) => Some(format!("{name}:req")),
        Phase::Waiting(waiting) => match waiting.stage {
            WaitStage::FinWait2 | WaitStage::TimeWait => Some(format!("{name}:tw")),
        },
        Phase::Opening(Opening::SynSent { .. }) | Phase::Open(_) => Some(match sock.owner {
            Owner::Descriptors(_) => name.to_owned(),
            Owner::Orphaned | Owner::Queued => format!("{name}:nofd"),
        }),
    }
}

/// A number counted from `origin`.
pub(super) fn relative(seq: Seq, origin: Seq) -> i64 {
    i64::from(seq.since(origin))
}
