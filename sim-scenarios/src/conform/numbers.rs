//! From a row's profile and sysctls to a stack's numbers.

use serde_json::Value;
use sim_core::profile::LINUX;
use sim_core::tcp::tuning::{AckPolicy, OnOverflow, Switchable, Tuning};
use sim_core::wire::{Micros, millis};

/// What the rows were recorded on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Environment {
    /// No timestamps, no SACK, every segment acknowledged.
    Plain,
    /// As the kernel comes; `mss` is what a segment holds.
    Stock {
        /// With timestamps on both ends 12 bytes less than the option says.
        mss: u16,
        /// Whether the peer does SACK as well.
        sack: Switchable,
    },
}

/// The constant from which the kernel computes how long it retries.
const RTO_BASE: Micros = 200_000;

/// Numbers for a row.
///
/// # Errors
/// A sysctl that means nothing here.
pub(super) fn tuning(
    environment: Environment,
    sysctl: &[(String, Value)],
    rto_min: Micros,
    round_trip: Micros,
) -> Result<Tuning, String> {
    let mut tuning = LINUX.tuning.resolve().map_err(|halt| halt.to_string())?;
    match environment {
        Environment::Plain => {
            tuning.ack = AckPolicy::Every;
            tuning.sack = Switchable::Off;
        }
        Environment::Stock { mss, sack } => {
            tuning.mss = mss;
            tuning.sack = sack;
        }
    }
    tuning.rto_min = rto_min;
    let mut retries = (None, None);
    for (name, value) in sysctl {
        let number = value.as_str().map_or_else(|| value.as_u64(), |text| text.parse().ok());
        let n = number.ok_or_else(|| format!("unsupported value of sysctl {name}"))?;
        match name.trim_start_matches("net.ipv4.") {
            "tcp_fin_timeout" => tuning.fin_wait_2 = millis(n * 1000),
            "tcp_rfc1337" => tuning.rfc1337 = switch(n),
            "tcp_abort_on_overflow" => {
                tuning.on_overflow = if n > 0 { OnOverflow::Reset } else { OnOverflow::Drop };
            }
            "tcp_rto_min_us" => tuning.rto_min = n,
            "tcp_orphan_retries" => retries.0 = Some(if n == 0 { 8 } else { n }),
            "tcp_retries2" => retries.1 = Some(n),
            "tcp_syn_retries" => tuning.retries_syn = small(n),
            "tcp_synack_retries" => tuning.retries_syn_ack = small(n),
            "tcp_max_orphans" => tuning.max_orphans = u16::try_from(n).unwrap_or(u16::MAX),
            "tcp_invalid_ratelimit" => tuning.challenge = millis(n),
            _ => return Err(format!("unsupported sysctl {name}")),
        }
    }
    let rto = tuning.rto_min + round_trip;
    // include/net/tcp.h tcp_fin_time: never less than three and a half timeouts.
    tuning.fin_wait_2 = tuning.fin_wait_2.max((rto << 2) - (rto >> 1));
    if let Some(limit) = retries.0 {
        tuning.retries_orphan = retransmissions(limit, rto);
    }
    if let Some(limit) = retries.1 {
        tuning.retries = retransmissions(limit, rto);
    }
    Ok(tuning)
}

fn small(n: u64) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

const fn switch(n: u64) -> Switchable {
    if n > 0 { Switchable::On } else { Switchable::Off }
}

/// The kernel turns a number of retries into a time, counted from the first retransmission, as if
/// each timeout were a power of two of 200 ms (`net/ipv4/tcp_timer.c` retransmits_timed_out,
/// tcp_model_timeout). So many retransmissions fit into it where the timeout really is `rto`.
fn retransmissions(limit: u64, rto: Micros) -> u8 {
    let limit = limit.min(15);
    let time = ((2u64 << limit) - 1) * RTO_BASE;
    let fits = (1u8..40).find(|n| ((2u64 << n) - 2).saturating_mul(rto) >= time);
    fits.unwrap_or(u8::MAX)
}

/// The sysctls of one side, from an object or from `name=value`.
pub(super) fn sysctls(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
        }
        Value::String(text) => text
            .split_once('=')
            .map(|(name, value)| (name.to_owned(), Value::String(value.to_owned())))
            .into_iter()
            .collect(),
        Value::Array(list) => match list.as_slice() {
            [Value::String(name), value, ..] => vec![(name.clone(), value.clone())],
            _ => Vec::new(),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::retransmissions;

    #[test]
    fn retries_are_a_time() {
        // Two fit into 600 ms of 100 ms timeouts; two into 1400 ms of 260 ms timeouts.
        assert_eq!(retransmissions(1, 100_000), 2);
        assert_eq!(retransmissions(2, 260_000), 2);
        assert_eq!(retransmissions(8, 200_000), 9);
    }
}
