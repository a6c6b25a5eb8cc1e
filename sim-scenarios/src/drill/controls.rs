//! The controls of a system by their names, and what each changes in the model.

use super::act::Stop;
use super::habits::Family;
use super::machine::Machine;
use super::wire::Use;
use sim_core::tcp::tuning::{AckPolicy, OnOverflow, Switchable, Tuning};
use sim_core::wire::{Micros, millis};

/// Controls that only have their usual value here: name, that value.
const USUAL: [(&str, &[&str]); 45] = [
    ("net.inet.tcp.ecn.enable", &["0", "2"]),
    ("net.inet.tcp.path_mtu_discovery", &["0", "1"]),
    ("net.inet.tcp.cc.algorithm", &["newreno", "cubic"]),
    ("net.inet.tcp.fastopen.enabled", &["0"]),
    ("net.inet.tcp.fastopen.server_enable", &["0"]),
    ("net.inet.tcp.fastopen.client_enable", &["0"]),
    ("net.inet.tcp.syncookies", &["0", "1"]),
    ("net.inet.tcp.tolerate_missing_ts", &["0", "1"]),
    ("net.inet.tcp.always_keepalive", &["0", "1"]),
    ("net.inet.tcp.pmtud_blackhole_detection", &["0"]),
    ("net.inet.tcp.functions_default", &["freebsd"]),
    ("net.inet.tcp.recvbuf_auto", &["0", "1"]),
    ("net.inet.tcp.sendbuf_auto", &["0", "1"]),
    ("net.inet.tcp.hostcache.enable", &["0", "1"]),
    ("net.inet.tcp.do_lrd", &["0"]),
    ("net.inet.tcp.rfc3042", &["1"]),
    ("net.inet.tcp.rfc3390", &["1"]),
    ("net.inet.tcp.rfc3465", &["0", "1"]),
    ("net.inet.tcp.rfc6675_pipe", &["0"]),
    ("net.inet.tcp.newcwv", &["0"]),
    ("net.inet.tcp.do_prr", &["0", "1"]),
    ("net.inet.tcp.syncookies_only", &["0"]),
    ("net.inet.tcp.fast_finwait2_recycle", &["0"]),
    ("net.inet.tcp.nolocaltimewait", &["0", "1"]),
    ("net.inet.tcp.minmss", &["216"]),
    ("net.inet.tcp.insecure_ack", &["0"]),
    ("net.inet.tcp.require_unique_port", &["0", "1"]),
    ("net.inet.tcp.maxunacktime", &["0"]),
    ("net.ipv4.tcp_reordering", &["3"]),
    ("net.ipv4.tcp_recovery", &["0", "1"]),
    ("net.ipv4.tcp_thin_linear_timeouts", &["0"]),
    ("net.ipv4.tcp_adv_win_scale", &["1"]),
    ("net.ipv4.tcp_app_win", &["31"]),
    ("net.ipv4.tcp_workaround_signed_windows", &["0", "1"]),
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

/// Controls whose number changes nothing that is here: how segments are batched on their way out (a
/// script sees segments), what is kept for other connections, what is logged.
const WITHOUT_EFFECT: [&str; 27] = [
    "kern.timecounter.alloweddeviation",
    "kern.ipc.soacceptqueue",
    "kern.ipc.somaxconn",
    "net.inet.icmp.icmplim",
    "net.inet.tcp.tso",
    "net.inet.tcp.log_in_vain",
    "net.inet.tcp.log_debug",
    "net.inet.tcp.maxtcptw",
    "net.inet.tcp.isn_reseed_interval",
    "net.inet.tcp.per_cpu_timers",
    "net.inet.tcp.ts_offset_per_conn",
    "net.inet.tcp.syncache.hashsize",
    "net.inet.tcp.syncache.bucketlimit",
    "net.inet.tcp.syncache.cachelimit",
    "net.core.somaxconn",
    "net.ipv4.tcp_max_syn_backlog",
    "net.ipv4.tcp_max_tw_buckets",
    "net.ipv4.tcp_limit_output_bytes",
    "net.ipv4.tcp_challenge_ack_limit",
    "net.ipv4.tcp_retries1",
    "net.ipv4.tcp_moderate_rcvbuf",
    "net.ipv4.tcp_base_mss",
    "net.ipv4.tcp_ecn_fallback",
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
    if WITHOUT_EFFECT.contains(&name.as_str()) {
        return number().map(drop);
    }
    if let Some(list) = name.strip_suffix(".purgenow").or_else(|| name.strip_suffix(".purge")) {
        // Nothing is remembered from one script to the next.
        return if list.ends_with("hostcache") { Ok(()) } else { Err(refused()) };
    }
    let changed = options(machine, &name, value)
        || habits(machine, &name, value)
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
        buffers(machine, "net.ipv4.tcp_wmem", "4096 262144 4194304");
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

/// What is a habit of the stack's here.
fn habits(machine: &mut Machine, name: &str, value: &str) -> bool {
    match (name, value) {
        // 3 and 4 send loss probes; the other values meant an early retransmit that is gone.
        ("net.ipv4.tcp_early_retrans", "0" | "1" | "2" | "3" | "4") => {
            machine.habits.probes = Use::of(value == "3" || value == "4");
        }
        ("net.ipv4.tcp_retries2", count) => {
            let Ok(count) = count.parse() else { return false };
            machine.counts.0 = count;
        }
        // 0 stands for 8 (net/ipv4/tcp_timer.c tcp_orphan_retries).
        ("net.ipv4.tcp_orphan_retries", count) => {
            let Ok(count) = count.parse::<u8>() else { return false };
            machine.counts.1 = if count == 0 { 8 } else { count };
        }
        ("net.inet.tcp.icmp_may_rst", "0" | "1") => {
            machine.icmp_may_rst = Use::of(value == "1");
        }
        ("net.inet.tcp.rexmit_drop_options", "0" | "1") => {
            machine.drops_options = Use::of(value == "1");
        }
        ("net.inet.tcp.keepidle" | "net.inet.tcp.keepintvl", ms) => {
            let Ok(ms) = ms.parse::<u64>() else { return false };
            let keep = &mut machine.keep;
            let place = if name.ends_with("idle") { &mut keep.idle } else { &mut keep.interval };
            *place = Some(ms / 1_000);
        }
        ("net.ipv4.tcp_keepalive_time", count) => machine.keep.idle = count.parse().ok(),
        ("net.ipv4.tcp_keepalive_intvl", count) => machine.keep.interval = count.parse().ok(),
        ("net.inet.tcp.keepcnt" | "net.ipv4.tcp_keepalive_probes", count) => {
            machine.keep.count = count.parse().ok();
        }
        ("net.inet.tcp.keepinit", ms) => {
            let Ok(ms) = ms.parse() else { return false };
            machine.habits.opening = millis(ms);
            machine.tuning().controls.opening = millis(ms);
        }
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
            machine.rcv_memory = *usual;
            machine.fit_window(0);
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
        ("net.ipv4.tcp_wmem", [_, usual, largest]) => {
            (machine.send_memory.usual, machine.send_memory.most) = (*usual, *largest);
            return true;
        }
        ("net.ipv4.tcp_notsent_lowat", _) => {
            machine.send_memory.usual_lowat = first;
            return true;
        }
        ("net.ipv4.tcp_min_tso_segs", _) => {
            machine.send_memory.burst = first;
            return true;
        }
        ("net.core.wmem_max", _) => return true,
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

const fn overflow(n: u64) -> OnOverflow {
    if n == 0 { OnOverflow::Drop } else { OnOverflow::Reset }
}
