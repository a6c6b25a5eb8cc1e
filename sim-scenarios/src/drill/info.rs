//! `%{ assert tcpi_state == TCP_ESTABLISHED }%`: comparisons of what TCP_INFO says.

use super::act::{Differs, Stop};
use super::habits::Family;
use super::machine::{Machine, socket_of};
use sim_core::tcp::{Opening, Phase, Repair, Sock};
use sim_core::wire::State;

/// Checks every assertion of a piece of code.
pub(super) fn check(machine: &Machine, code: &str) -> Result<(), Stop> {
    for line in code.lines().flat_map(|line| line.split(';')) {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() || line == "pass" || line.starts_with("import ") {
            continue;
        }
        let unsupported = || Stop::Unsupported(format!("code {line:?}"));
        let claim = line.strip_prefix("assert").ok_or_else(unsupported)?;
        // A message may follow.
        let claim = claim.split(',').next().unwrap_or(claim).trim();
        let claim = claim.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(claim);
        for part in claim.split(" and ") {
            compare(machine, part.trim()).ok_or_else(unsupported)??;
        }
    }
    Ok(())
}

const OPERATORS: [&str; 6] = ["==", "!=", "<=", ">=", "<", ">"];

/// One comparison; `None` where it is none, or of something nobody knows here.
fn compare(machine: &Machine, claim: &str) -> Option<Result<(), Stop>> {
    let operator = OPERATORS.into_iter().find(|it| claim.contains(it))?;
    let (left, right) = claim.split_once(operator)?;
    let (left, right) = (value(machine, left.trim())?, value(machine, right.trim())?);
    let holds = match operator {
        "==" => left == right,
        "!=" => left != right,
        "<=" => left <= right,
        ">=" => left >= right,
        "<" => left < right,
        _ => left > right,
    };
    if holds {
        return Some(Ok(()));
    }
    let expected = claim.to_owned();
    let got = format!("{left} and {right}");
    Some(Err(Stop::Differs(Differs { expected, got })))
}

fn value(machine: &Machine, text: &str) -> Option<i64> {
    if let Ok(n) = text.parse() {
        return Some(n);
    }
    if let Some(n) = STATES.iter().find(|(_, names)| names.contains(&text)) {
        return Some(n.0);
    }
    if let Some((left, right)) = text.split_once('*') {
        return value(machine, left.trim())?.checked_mul(value(machine, right.trim())?);
    }
    match text {
        "TCP_CA_Open" => return Some(0),
        "TCP_CA_Disorder" => return Some(1),
        "TCP_CA_CWR" => return Some(2),
        "TCP_CA_Recovery" => return Some(3),
        "TCP_CA_Loss" => return Some(4),
        _ => {}
    }
    let line = machine.line()?;
    let sock = socket_of(machine.table(), line.id)?;
    // Linux keeps no state behind the descriptor of a connection that waits: it reads CLOSE.
    if text == "tcpi_state"
        && machine.habits.family == Family::Linux
        && matches!(sock.phase, Phase::Waiting(_))
    {
        return Some(state_number(State::Closed));
    }
    field(sock, text)
}

/// Numbers of the states, as Linux counts them, by all their names.
const STATES: [(i64, &[&str]); 11] = [
    (1, &["TCP_ESTABLISHED", "TCPS_ESTABLISHED"]),
    (2, &["TCP_SYN_SENT", "TCPS_SYN_SENT"]),
    (3, &["TCP_SYN_RECV", "TCPS_SYN_RECEIVED"]),
    (4, &["TCP_FIN_WAIT1", "TCPS_FIN_WAIT_1"]),
    (5, &["TCP_FIN_WAIT2", "TCPS_FIN_WAIT_2"]),
    (6, &["TCP_TIME_WAIT", "TCPS_TIME_WAIT"]),
    (7, &["TCP_CLOSE", "TCPS_CLOSED"]),
    (8, &["TCP_CLOSE_WAIT", "TCPS_CLOSE_WAIT"]),
    (9, &["TCP_LAST_ACK", "TCPS_LAST_ACK"]),
    (10, &["TCP_LISTEN", "TCPS_LISTEN"]),
    (11, &["TCP_CLOSING", "TCPS_CLOSING"]),
];

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
        "tcpi_backoff" | "tcpi_retransmits" => i64::from(snd.backoff),
        "tcpi_notsent_bytes" => i64::from(snd.unsent()),
        "tcpi_snd_ssthresh" => match snd.ssthresh {
            u32::MAX => 2_147_483_647,
            segments => i64::from(segments),
        },
        "tcpi_ca_state" => match snd.repair {
            Repair::None if snd.dupacks > 0 => 1,
            Repair::None => 0,
            Repair::Fast { .. } => 3,
            Repair::Timeout { .. } => 4,
        },
        _ => return None,
    })
}
