//! The controls of a system by their names, and what each changes in the model.

use super::act::Stop;
use super::habits::Family;
use super::machine::Machine;
use super::wire::Use;
use sim_core::tcp::tuning::{AckPolicy, OnOverflow, Switchable, Tuning};
use sim_core::wire::{Micros, millis};

/// Controls that only have their usual value here: name, that value.
const USUAL: [(&str, &[&str]); 27] = [
    ("net.inet.tcp.ecn.enable", &["0", "2"]),
    ("net.inet.tcp.path_mtu_discovery", &["0", "1"]),
    ("net.inet.tcp.cc.algorithm", &["newreno", "cubic"]),
    ("net.inet.tcp.fastopen.enabled", &["0"]),
    ("net.inet.tcp.fastopen.server_enable", &["0"]),
    ("net.inet.tcp.fastopen.client_enable", &["0"]),
    ("net.inet.tcp.syncookies", &["0", "1"]),
    ("net.inet.tcp.rexmit_drop_options", &["0"]),
    ("net.inet.tcp.tolerate_missing_ts", &["0", "1"]),
    ("net.inet.tcp.always_keepalive", &["0", "1"]),
    ("net.inet.tcp.pmtud_blackhole_detection", &["0"]),
    ("net.inet.tcp.functions_default", &["freebsd"]),
    ("net.inet.tcp.recvbuf_auto", &["0", "1"]),
    ("net.inet.tcp.sendbuf_auto", &["0", "1"]),
    ("net.inet.tcp.hostcache.enable", &["0", "1"]),
    ("net.inet.tcp.do_lrd", &["0"]),
    ("net.ipv4.tcp_ecn", &["0", "2"]),
    ("net.ipv4.tcp_fastopen", &["0", "1"]),
    ("net.ipv4.tcp_congestion_control", &["cubic", "reno"]),
    ("net.ipv4.tcp_mtu_probing", &["0"]),
    ("net.ipv4.tcp_syncookies", &["0", "1"]),
    ("net.ipv4.tcp_no_metrics_save", &["0", "1"]),
    ("net.ipv4.tcp_autocorking", &["0", "1"]),
    ("net.ipv4.tcp_shrink_window", &["0"]),
    ("net.ipv4.tcp_tw_reuse", &["0", "1", "2"]),
    ("net.ipv4.tcp_slow_start_after_idle", &["0", "1"]),
    ("net.ipv4.tcp_frto", &["0", "2"]),
];

/// Controls that say how segments are batched on their way out: a script sees segments.
const BATCHING: [&str; 5] = [
    "net.ipv4.tcp_min_tso_segs",
    "net.ipv4.tcp_tso_win_divisor",
    "net.ipv4.tcp_tso_rtt_log",
    "net.ipv4.tcp_pacing_ss_ratio",
    "net.ipv4.tcp_pacing_ca_ratio",
];

/// Sets a control.
pub(super) fn set(machine: &mut Machine, name: &str, value: &str) -> Result<(), Stop> {
    let name = canonical(name);
    let refused = || Stop::Unsupported(format!("control {name}={value}"));
    if let Some((_, usual)) = USUAL.iter().find(|(it, _)| *it == name) {
        return if usual.contains(&value) { Ok(()) } else { Err(refused()) };
    }
    let number = || value.parse::<u64>().map_err(|_| refused());
    if BATCHING.contains(&name.as_str()) {
        return number().map(drop);
    }
    if let Some(list) = name.strip_suffix(".purgenow").or_else(|| name.strip_suffix(".purge")) {
        // Nothing is remembered from one script to the next.
        return if list.ends_with("hostcache") { Ok(()) } else { Err(refused()) };
    }
    let changed = options(machine, &name, value)
        || buffers(machine, &name, value)
        || match value.parse() {
            Ok(n) => tuned(machine.tuning(), &name, n),
            Err(_) => false,
        };
    if changed { Ok(()) } else { number().and_then(|_| Err(refused())) }
}

/// What a suite's `defaults.sh` says: every stack here begins with its own defaults, and Linux's
/// suites (gtests, selftests) raise the largest receive buffer to 15 MiB.
pub(super) fn defaults(machine: &mut Machine) {
    if machine.habits.family == Family::Linux {
        buffers(machine, "net.ipv4.tcp_rmem", "4096 540000 15728640");
    }
}

/// `/proc/sys/net/ipv4/tcp_sack` is `net.ipv4.tcp_sack`.
fn canonical(name: &str) -> String {
    match name.strip_prefix("/proc/sys/") {
        Some(path) => path.replace('/', "."),
        None => name.to_owned(),
    }
}

const fn switch(n: u64) -> Switchable {
    if n == 0 { Switchable::Off } else { Switchable::On }
}

/// Which options a SYN offers.
fn options(machine: &mut Machine, name: &str, value: &str) -> bool {
    let Ok(n) = value.parse::<u64>() else { return false };
    let on = Use::of(n != 0);
    let shift = machine.habits.shift_for(machine.habits.largest_buffer);
    let allowed = &mut machine.allowed;
    match name {
        // 1 is both; 2 and 3 are one of them (RFC 1323 in FreeBSD's counting).
        "net.inet.tcp.rfc1323" => {
            allowed.wscale = (n == 1 || n == 2).then_some(shift);
            allowed.timestamps = Use::of(n == 1 || n == 3);
        }
        "net.inet.tcp.sack.enable" | "net.ipv4.tcp_sack" => allowed.sack = on,
        "net.ipv4.tcp_timestamps" => allowed.timestamps = on,
        "net.ipv4.tcp_window_scaling" => allowed.wscale = on.is().then_some(shift),
        _ => return false,
    }
    true
}

/// How large buffers are.
fn buffers(machine: &mut Machine, name: &str, value: &str) -> bool {
    let numbers: Vec<u32> = value.split_whitespace().filter_map(|it| it.parse().ok()).collect();
    let Some(first) = numbers.first().copied() else { return false };
    let largest = match (name, numbers.as_slice()) {
        ("kern.ipc.maxsockbuf", _) => first,
        ("net.ipv4.tcp_rmem", [_, usual, largest]) => {
            let (room, offer) = first_room(*usual);
            machine.habits.buffers.0 = room;
            (machine.tuning().rcv_buf, machine.tuning().syn_wnd) = (room, offer);
            *largest
        }
        ("net.core.rmem_max", _) => first.max(machine.habits.largest_buffer),
        ("net.inet.tcp.recvspace", _) => {
            machine.habits.buffers.0 = first;
            machine.tuning().rcv_buf = first;
            return true;
        }
        ("net.inet.tcp.sendspace", _) => {
            machine.habits.buffers.1 = first;
            machine.tuning().snd_buf = first;
            return true;
        }
        ("net.ipv4.tcp_wmem" | "net.core.wmem_max", _) => return true,
        _ => return false,
    };
    machine.habits.largest_buffer = largest;
    if machine.allowed.wscale.is_some() {
        machine.allowed.wscale = Some(machine.habits.shift_for(largest));
    }
    true
}

fn small(n: u64) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

/// Numbers and switches of the stack itself.
fn tuned(tuning: &mut Tuning, name: &str, n: u64) -> bool {
    let seconds = |n: u64| -> Micros { n.saturating_mul(1_000_000) };
    match name {
        "net.inet.tcp.insecure_rst" => tuning.controls.insecure_rst = switch(n),
        "net.inet.tcp.insecure_syn" => tuning.controls.insecure_syn = switch(n),
        "net.inet.tcp.drop_synfin" => tuning.controls.drop_syn_fin = switch(n),
        "net.inet.tcp.blackhole" => tuning.controls.silent_closed = switch(n),
        "net.inet.tcp.rexmit_initial" => tuning.rto_syn = millis(n),
        "net.inet.tcp.rexmit_slop" => tuning.rto_min = millis(n),
        "net.inet.tcp.rexmit_min" => {}
        "net.inet.tcp.msl" => tuning.time_wait = millis(n.saturating_mul(2)),
        "net.inet.tcp.finwait2_timeout" => tuning.fin_wait_2 = millis(n),
        "net.inet.tcp.delacktime" => tuning.delayed_ack = millis(n),
        "net.inet.tcp.delayed_ack" if n == 0 => tuning.ack = AckPolicy::Every,
        "net.inet.tcp.delayed_ack" => tuning.ack = AckPolicy::EverySecond,
        "net.inet.tcp.initcwnd_segments" => tuning.initial_cwnd = u32::try_from(n).unwrap_or(10),
        "net.inet.tcp.syncache.rexmtlimit" => tuning.retries_syn_ack = small(n),
        "net.inet.tcp.syncache.rst_on_sock_fail" => tuning.on_overflow = overflow(n),
        "net.inet.tcp.ack_war_cnt" | "net.inet.tcp.ack_war_timewindow" => tuning.challenge = 0,
        "net.inet.tcp.mssdflt" | "net.inet.tcp.v6mssdflt" => {}
        "net.ipv4.tcp_abort_on_overflow" => tuning.on_overflow = overflow(n),
        "net.ipv4.tcp_rfc1337" => tuning.rfc1337 = switch(n),
        "net.ipv4.tcp_fin_timeout" => tuning.fin_wait_2 = seconds(n),
        "net.ipv4.tcp_syn_retries" => tuning.retries_syn = small(n),
        "net.ipv4.tcp_syn_linear_timeouts" => tuning.syn_linear = small(n),
        "net.ipv4.tcp_synack_retries" => tuning.retries_syn_ack = small(n),
        "net.ipv4.tcp_orphan_retries" => {
            tuning.retries_orphan = if n == 0 { 8 } else { small(n) };
        }
        "net.ipv4.tcp_retries2" => tuning.retries = small(n),
        "net.ipv4.tcp_max_orphans" => {
            tuning.max_orphans = u16::try_from(n).unwrap_or(u16::MAX);
        }
        "net.ipv4.tcp_invalid_ratelimit" => {
            (tuning.challenge, tuning.unacceptable) = (millis(n), millis(n));
        }
        "net.ipv4.tcp_rto_min_us" => tuning.rto_min = n,
        "net.ipv4.tcp_rto_max_ms" => tuning.rto_max = millis(n),
        _ => return false,
    }
    true
}

/// What a receive buffer of so much memory offers in the beginning, and in a SYN
/// (net/ipv4/tcp_output.c tcp_select_initial_window): half of it, in whole segments. A window that
/// is scaled begins with what a SYN could say.
const fn first_room(memory: u32) -> (u32, u32) {
    let half = memory / 2;
    let whole = if half > 1_460 { half - half % 1_460 } else { half };
    if whole > 65_535 { (65_536, 65_535) } else { (whole, whole) }
}

const fn overflow(n: u64) -> OnOverflow {
    if n == 0 { OnOverflow::Drop } else { OnOverflow::Reset }
}
