//! Options that are numbers of the stack: how long is waited, how much fits. The model has them for
//! a host, not for a socket: one connection is under test.

use super::told::{Stop, Told};
use crate::drill::habits::Family;
use crate::drill::machine::Machine;
use sim_core::tcp::Errno;
use sim_core::tcp::tuning::UserTimeout;
use sim_core::wire::millis;

/// What a stack says that has no such option.
const NO_OPTION: Told = Told::Refused("ENOPROTOOPT");

/// The most that SO_SNDBUF and SO_RCVBUF ask for (net.core.wmem_max and rmem_max of 6.18).
const MOST: u32 = 4_194_304;

/// The families that know an option by this name.
fn is_known(family: Family, option: &str) -> bool {
    match (family, option) {
        (Family::Linux, "TCP_SYNCNT" | "TCP_USER_TIMEOUT" | "TCP_LINGER2" | "TCP_MAXSEG") => true,
        (Family::Bsd, "TCP_KEEPINIT" | "TCP_MAXSEG") => true,
        // RFC 5482 names the user timeout as a parameter of OPEN and SEND; how is not said.
        (Family::Standard, "TCP_USER_TIMEOUT") => true,
        (Family::Linux | Family::Bsd | Family::Standard, _) => false,
    }
}

/// setsockopt().
pub(super) fn set(machine: &mut Machine, option: &str, number: i64) -> Result<Told, Stop> {
    let family = machine.habits.family;
    if !is_known(family, option) {
        return Ok(NO_OPTION);
    }
    let bad = || Ok(Told::Error(Errno::InvalidArgument));
    let Ok(n) = u64::try_from(number) else { return bad() };
    match option {
        // net/ipv4/tcp.c tcp_sock_set_syncnt; a listener's requests count by it too.
        "TCP_SYNCNT" => {
            let Some(count) = u8::try_from(n).ok().filter(|n| (1..128).contains(n)) else {
                return bad();
            };
            (machine.tuning().retries_syn, machine.tuning().retries_syn_ack) = (count, count);
        }
        "TCP_USER_TIMEOUT" => {
            machine.tuning().controls.user_timeout = match (n, family) {
                (0, _) => UserTimeout::Never,
                (ms, Family::Linux) => UserTimeout::SinceResent(millis(ms)),
                (ms, Family::Bsd | Family::Standard) => UserTimeout::SinceSent(millis(ms)),
            };
        }
        // 0 is what the system's control says.
        "TCP_KEEPINIT" => {
            let seconds = n.saturating_mul(1_000_000);
            let usual = machine.habits.opening;
            machine.tuning().controls.opening = if seconds == 0 { usual } else { seconds };
        }
        "TCP_LINGER2" if n > 0 => machine.tuning().fin_wait_2 = n.min(120) * 1_000_000,
        "TCP_MAXSEG" if family == Family::Linux => {
            let mss = u16::try_from(n).ok().filter(|n| (88..=32_767).contains(n));
            let Some(mss) = mss else { return bad() };
            machine.tuning().mss = machine.tuning().mss.min(mss);
        }
        _ => return Err(Stop::Unsupported(format!("setsockopt({option}) of {number}"))),
    }
    Ok(Told::Number(0))
}

/// getsockopt(): the number, or what the call says instead.
pub(super) fn get(machine: &mut Machine, option: &str) -> Result<Result<i64, Told>, Stop> {
    if !is_known(machine.habits.family, option) {
        return Ok(Err(NO_OPTION));
    }
    let tuning = machine.tuning();
    let found = match option {
        "TCP_SYNCNT" => u64::from(tuning.retries_syn),
        "TCP_USER_TIMEOUT" => match tuning.controls.user_timeout {
            UserTimeout::Never => 0,
            UserTimeout::SinceSent(us) | UserTimeout::SinceResent(us) => us / 1_000,
        },
        "TCP_KEEPINIT" => tuning.controls.opening / 1_000_000,
        "TCP_LINGER2" => tuning.fin_wait_2 / 1_000_000,
        _ => return Err(Stop::Unsupported(format!("getsockopt({option})"))),
    };
    Ok(Ok(i64::try_from(found).unwrap_or(i64::MAX)))
}

/// What Linux makes of a size that is asked for: memory, twice as much (net/core/sock.c
/// sock_setsockopt).
pub(super) fn memory(bytes: u32) -> u32 {
    bytes.min(MOST) * 2
}

/// How much text a send buffer of this size takes. Of Linux's memory a sixteenth goes to what is
/// around the text, written in large pieces; it is not counted piece by piece here.
pub(super) fn send_room(family: Family, bytes: u32) -> u32 {
    match family {
        Family::Linux => {
            let memory = memory(bytes).max(4_608);
            memory - memory / 16
        }
        Family::Bsd | Family::Standard => bytes,
    }
}
