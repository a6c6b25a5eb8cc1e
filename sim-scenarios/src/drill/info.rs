//! `%{ assert tcpi_state == TCP_ESTABLISHED }%`: comparisons of what TCP_INFO says.

mod claim;

use super::act::{Stop, differs};
use super::habits::{Family, Offers};
use super::machine::{Machine, socket_of};
use super::wire::Line;
use claim::Statement;
use sim_core::tcp::{Opening, Phase, Repair, Sock, Switch, Timer};
use sim_core::wire::{Micros, State};

/// A sum of numbers, worked out.
pub(super) fn sum(text: &str) -> Option<i64> {
    claim::value(text, &|_| None).map(|outcome| outcome.value)
}

/// Checks every assertion of a piece of code.
pub(super) fn check(machine: &Machine, code: &str) -> Result<(), Stop> {
    // A line that ends in a backslash goes on.
    let code = code.replace("\\\n", " ");
    for statement in claim::statements(&code) {
        let text = match statement {
            Statement::Assert(text) => text,
            Statement::Nothing => continue,
            Statement::Other(line) => return Err(Stop::Unsupported(format!("code {line:?}"))),
        };
        let names = |name: &str| value(machine, name);
        let outcome = claim::value(text, &names)
            .ok_or_else(|| Stop::Unsupported(format!("code \"assert {text}\"")))?;
        if outcome.value == 0 {
            let seen: Vec<String> = outcome.seen.iter().map(i64::to_string).collect();
            return differs(text, seen.join(" and "));
        }
    }
    Ok(())
}

/// What a name stands for; `None` where nobody knows here.
fn value(machine: &Machine, text: &str) -> Option<i64> {
    if let Some(n) = STATES.iter().find(|(_, names)| names.contains(&text)) {
        return Some(n.0);
    }
    if let Some((bit, _)) = OPTIONS.iter().find(|(_, name)| *name == text) {
        return Some(*bit);
    }
    match text {
        "TCP_CA_Open" => return Some(0),
        "TCP_CA_Disorder" => return Some(1),
        "TCP_CA_CWR" => return Some(2),
        "TCP_CA_Recovery" => return Some(3),
        "TCP_CA_Loss" => return Some(4),
        _ => {}
    }
    let Some(line) = machine.line() else { return unconnected(machine, text) };
    if text == "tcpi_options" && machine.habits.offers == Offers::Everything {
        return Some(options(line));
    }
    let sock = socket_of(machine.table(), line.id)?;
    // Linux keeps no state behind the descriptor of a connection that waits: it reads CLOSE.
    if text == "tcpi_state"
        && machine.habits.family == Family::Linux
        && matches!(sock.phase, Phase::Waiting(_))
    {
        return Some(state_number(State::Closed));
    }
    of_line(machine, text).or_else(|| field(sock, text))
}

/// What is known of a connection beyond its state: what was agreed, and when something came.
fn of_line(machine: &Machine, name: &str) -> Option<i64> {
    let line = machine.line()?;
    let ago = |at: Micros| i64::try_from((machine.now() - at) / 1_000).ok();
    match name {
        // What our own SYN has said, options not deducted.
        "tcpi_advmss" if line.opened_at.is_some() => Some(i64::from(machine.setup.tuning[0].mss)),
        // Of text; before any, of the handshake (net/ipv4/tcp.c tcp_get_info, lrcvtime).
        "tcpi_last_data_recv" => ago(line.acks.text_at().or(line.opened_at)?),
        "tcpi_busy_time" | "tcpi_rwnd_limited" | "tcpi_sndbuf_limited"
            if machine.counts_memory() =>
        {
            let which = match name {
                "tcpi_busy_time" => 0,
                "tcpi_rwnd_limited" => 1,
                _ => 2,
            };
            i64::try_from(machine.spent()?[which]).ok()
        }
        "tcpi_rcv_mss" => {
            let sock = socket_of(machine.table(), line.id)?;
            let memory = sock.conn()?.rcv.memory.as_ref()?;
            Some(i64::from(memory.mss()))
        }
        "tcpi_rtt" => machine.srtt().and_then(|us| i64::try_from(us).ok()),
        _ => None,
    }
}

/// What a socket says that has met nobody yet.
fn unconnected(machine: &Machine, text: &str) -> Option<i64> {
    let only = machine.table().iter().next().filter(|_| machine.table().iter().count() == 1)?;
    (text == "tcpi_state").then(|| state_number(only.state()))
}

/// Numbers of the states, as Linux counts them, by all their names: Linux's, FreeBSD's, and those
/// that a tool has for both.
const STATES: [(i64, [&str; 3]); 11] = [
    (1, ["TCP_ESTABLISHED", "TCPS_ESTABLISHED", "TCPI_ESTABLISHED"]),
    (2, ["TCP_SYN_SENT", "TCPS_SYN_SENT", "TCPI_SYN_SENT"]),
    (3, ["TCP_SYN_RECV", "TCPS_SYN_RECEIVED", "TCPI_SYN_RECEIVED"]),
    (4, ["TCP_FIN_WAIT1", "TCPS_FIN_WAIT_1", "TCPI_FIN_WAIT_1"]),
    (5, ["TCP_FIN_WAIT2", "TCPS_FIN_WAIT_2", "TCPI_FIN_WAIT_2"]),
    (6, ["TCP_TIME_WAIT", "TCPS_TIME_WAIT", "TCPI_TIME_WAIT"]),
    (7, ["TCP_CLOSE", "TCPS_CLOSED", "TCPI_CLOSED"]),
    (8, ["TCP_CLOSE_WAIT", "TCPS_CLOSE_WAIT", "TCPI_CLOSE_WAIT"]),
    (9, ["TCP_LAST_ACK", "TCPS_LAST_ACK", "TCPI_LAST_ACK"]),
    (10, ["TCP_LISTEN", "TCPS_LISTEN", "TCPI_LISTEN"]),
    (11, ["TCP_CLOSING", "TCPS_CLOSING", "TCPI_CLOSING"]),
];

/// Options in use, as both systems count them.
const OPTIONS: [(i64, &str); 6] = [
    (1, "TCPI_OPT_TIMESTAMPS"),
    (2, "TCPI_OPT_SACK"),
    (4, "TCPI_OPT_WSCALE"),
    (8, "TCPI_OPT_ECN"),
    (16, "TCPI_OPT_ECN_SEEN"),
    (32, "TCPI_OPT_SYN_DATA"),
];

/// What `tcpi_options` says of a connection.
fn options(line: &Line) -> i64 {
    let bit = |is: bool, bit: i64| if is { bit } else { 0 };
    bit(line.timestamps.is(), 1) + bit(line.sack.is(), 2) + bit(line.wscale.is_some(), 4)
}

const fn state_number(state: State) -> i64 {
    match state {
        State::Established => 1,
        State::SynSent => 2,
        State::SynReceived => 3,
        State::FinWait1 => 4,
        State::FinWait2 => 5,
        State::TimeWait => 6,
        State::Closed => 7,
        State::CloseWait => 8,
        State::LastAck => 9,
        State::Listen => 10,
        State::Closing => 11,
    }
}

fn field(sock: &Sock, name: &str) -> Option<i64> {
    if name == "tcpi_state" {
        return Some(state_number(sock.state()));
    }
    if let Phase::Opening(Opening::SynSent { backoff, .. } | Opening::SynReceived { backoff, .. }) =
        &sock.phase
    {
        return match name {
            "tcpi_backoff" | "tcpi_retransmits" => Some(i64::from(*backoff)),
            _ => None,
        };
    }
    let conn = sock.conn()?;
    let mss = u32::from(conn.mss);
    let snd = &conn.snd;
    Some(match name {
        "tcpi_snd_mss" => i64::from(mss),
        "tcpi_snd_cwnd" | "tcpi_cwnd" => i64::from(snd.cwnd),
        "tcpi_unacked" => i64::from(snd.segments(snd.una, snd.nxt, mss)),
        "tcpi_backoff" => i64::from(snd.backoff),
        // While a window is probed the same count is of probes (net/ipv4/tcp_output.c
        // tcp_send_probe0).
        "tcpi_retransmits" | "tcpi_probes" => {
            let probing = sock.timers.contains(Timer::Persist);
            let counts = probing == (name == "tcpi_probes");
            i64::from(if counts { snd.backoff } else { 0 })
        }
        "tcpi_bytes_received" => {
            let fin = i64::from(conn.rcv.fin == Switch::On);
            i64::from(conn.rcv.nxt) - 1 - fin
        }
        "tcpi_notsent_bytes" => i64::from(snd.unsent()),
        "tcpi_snd_ssthresh" => match snd.ssthresh {
            u32::MAX => 2_147_483_647,
            segments => i64::from(segments),
        },
        "tcpi_ca_state" => match snd.repair {
            Repair::None | Repair::Probed { .. } if snd.dupacks > 0 => 1,
            Repair::None | Repair::Probed { .. } => 0,
            Repair::Fast { .. } => 3,
            Repair::Timeout { .. } => 4,
        },
        _ => return None,
    })
}
