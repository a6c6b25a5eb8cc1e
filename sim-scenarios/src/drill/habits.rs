//! What a stack shows a script beyond what the model decides: how its options lie, which segments
//! it marks with PSH, what its socket options and flags are called. Nothing here changes what
//! happens to a connection.

use super::script::{Bits, Packet};
use super::wire::Use;
use sim_core::profile::Profile;
use sim_core::tcp::Conn;
use sim_core::tcp::tuning::ProbeAfter;
use sim_core::wire::Micros;

/// A stack as a script sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Habits {
    /// Which family of systems its names, numbers and layouts are of.
    pub(super) family: Family,
    /// Whether its SYN offers more than an MSS.
    pub(super) offers: Offers,
    /// The name that `#ifdef` knows it by.
    pub(super) define: &'static str,
    /// Receive and send buffer of a fresh socket, in bytes of payload.
    pub(super) buffers: (u32, u32),
    /// The largest receive buffer; decides the window scale that is offered.
    pub(super) largest_buffer: u32,
    /// How long an attempt to connect may last; 0 where only retransmissions are counted.
    pub(super) opening: Micros,
    /// How often a SYN is sent again in that time, where that is not what ends it.
    pub(super) syns: Option<u8>,
    /// Whether flights that nobody answers are probed.
    pub(super) probes: Use,
}

/// Whose names, numbers and layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Linux.
    Linux,
    /// The BSDs.
    Bsd,
    /// Nobody's: the standard alone.
    Standard,
}

/// What a SYN offers besides an MSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offers {
    /// Window scale, SACK and timestamps, where nobody has switched them off.
    Everything,
    /// What a script writes is taken as it is: the standard asks for none of it and forbids none.
    Unsaid,
}

/// Probes of a connection that is silent, as options and controls have them; none is ever sent, as
/// no script waits so long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Keep {
    /// TCP_KEEPIDLE, in seconds.
    pub(super) idle: Option<u64>,
    /// TCP_KEEPINTVL, in seconds.
    pub(super) interval: Option<u64>,
    /// TCP_KEEPCNT.
    pub(super) count: Option<u64>,
}

impl Keep {
    /// The number of an option.
    pub(super) fn of(&mut self, option: &str) -> Option<&mut Option<u64>> {
        match option {
            "TCP_KEEPIDLE" => Some(&mut self.idle),
            "TCP_KEEPINTVL" => Some(&mut self.interval),
            "TCP_KEEPCNT" => Some(&mut self.count),
            _ => None,
        }
    }
}

impl Habits {
    /// Of a stack.
    pub(super) fn of(profile: &Profile) -> Habits {
        match profile.name {
            // net/ipv4/tcp_output.c tcp_options_write; sysctl tcp_rmem, tcp_wmem: 131072 and 16384
            // bytes of memory, here as what they hold. The largest was 6 MiB up to 6.15.
            "linux" | "linux-6-12" => Habits {
                family: Family::Linux,
                offers: Offers::Everything,
                define: "Linux",
                buffers: (64_240, 87_040),
                largest_buffer: if profile.name == "linux" { 33_554_432 } else { 6_291_456 },
                opening: 0,
                syns: None,
                probes: Use::Yes,
            },
            // sys/netinet/tcp_output.c tcp_addoptions; kern.ipc.maxsockbuf, net.inet.tcp.recvspace,
            // net.inet.tcp.sendspace; tcp_timer.h TCPTV_KEEP_INIT, TCP_MAXRXTSHIFT.
            "freebsd" => Habits {
                family: Family::Bsd,
                offers: Offers::Everything,
                define: "FreeBSD",
                buffers: (65_536, 32_768),
                largest_buffer: 2_097_152,
                opening: 75_000_000,
                syns: Some(12),
                probes: Use::No,
            },
            "openbsd" | "netbsd" | "macos" => Habits {
                family: Family::Bsd,
                offers: Offers::Unsaid,
                define: "BSD",
                buffers: (65_536, 32_768),
                largest_buffer: 2_097_152,
                opening: 0,
                syns: None,
                probes: Use::No,
            },
            "rfc9293" => Habits {
                family: Family::Standard,
                offers: Offers::Unsaid,
                define: "STANDARD",
                buffers: (65_535, 65_536),
                largest_buffer: 65_535,
                opening: 0,
                syns: None,
                probes: Use::No,
            },
            _ => Habits {
                family: Family::Linux,
                offers: Offers::Unsaid,
                define: "OTHER",
                buffers: (65_535, 65_536),
                largest_buffer: 65_535,
                opening: 0,
                syns: None,
                probes: Use::No,
            },
        }
    }

    /// What a socket says of its probes that has been told nothing (sys/netinet/tcp_timer.h
    /// TCPTV_KEEP_IDLE, include/net/tcp.h TCP_KEEPALIVE_TIME and what follows them).
    pub(super) fn keep(&self) -> Keep {
        let of = |count| Keep { idle: Some(7_200), interval: Some(75), count: Some(count) };
        match (self.offers, self.family) {
            (Offers::Everything, Family::Bsd) => of(8),
            (Offers::Everything, Family::Linux) => of(9),
            (Offers::Everything | Offers::Unsaid, _) => Keep::default(),
        }
    }

    /// The packets of a fresh socket, where that is known (net.ipv4.ip_default_ttl, IPDEFTTL).
    pub(super) fn packet(&self) -> Packet {
        match self.offers {
            Offers::Everything => Packet { ttl: Some(64), tos: Some(0) },
            Offers::Unsaid => Packet::default(),
        }
    }

    /// What segments that go out as one carry besides: Linux marks the end of each such burst with
    /// PSH (net/ipv4/tcp_output.c __tcp_transmit_skb: tcp_skb_pcount(skb) > 1).
    pub(super) fn of_a_burst(&self) -> Bits {
        match self.family {
            Family::Linux => Bits::PSH,
            Family::Bsd | Family::Standard => Bits::default(),
        }
    }

    /// Where text within a write of so many bytes is marked with PSH: on Linux once more than half
    /// of the largest window of the peer's has been written since the last mark, behind a buffer
    /// of its own that is full and not the last (net/ipv4/tcp.c tcp_sendmsg_locked, forced_push;
    /// include/net/tcp.h tcp_bound_to_half_wnd).
    pub(super) fn forced_pushes(self, conn: &Conn, left: u32, marked: Option<u32>) -> Vec<u32> {
        match self.family {
            Family::Linux => {}
            Family::Bsd | Family::Standard => return Vec::new(),
        }
        let half = conn.snd.largest / 2;
        let mss = u32::from(conn.mss).max(1);
        let full = (half / mss * mss).max(mss);
        let mut marked = marked.unwrap_or(1);
        let (mut at, end) = (conn.snd.end + full, conn.snd.end.saturating_add(left));
        let mut marks = Vec::new();
        while at < end {
            if at > marked + half {
                marks.push(at);
                marked = at;
            }
            at += full;
        }
        marks
    }

    /// The window scale that a buffer of this size asks for.
    pub(super) fn shift_for(self, largest: u32) -> u8 {
        let fits = |shift: &u8| (65_535u64 << shift) >= u64::from(largest);
        (0..14).find(fits).unwrap_or(14)
    }
}

/// What a receive buffer of so much memory offers in the beginning, and in a SYN
/// (net/ipv4/tcp_output.c tcp_select_initial_window): half of it, in whole segments. A window that
/// is scaled begins with what a SYN could say.
pub(super) fn first_room(memory: u32, mss: u16) -> (u32, u32) {
    let (half, mss) = (memory / 2, u32::from(mss.max(1)));
    let whole = if half > mss { half - half % mss } else { half };
    if whole > 65_535 { (65_536, 65_535) } else { (whole, whole) }
}

/// How long Linux goes on sending text again (net/ipv4/tcp_timer.c tcp_model_timeout): as long as
/// `count` retransmissions take that begin at the least timeout.
pub(super) fn time_of(count: u8, most: Micros) -> Micros {
    const LEAST: Micros = 200_000;
    let doubled = (most / LEAST).max(1).ilog2();
    let count = u32::from(count);
    if count <= doubled {
        ((2 << count) - 1) * LEAST
    } else {
        ((2 << doubled) - 1) * LEAST + u64::from(count - doubled) * most
    }
}

/// How a stack turns round trips into a retransmission timeout: the value that comes on top of the
/// profile's minimum. Times in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RoundTrip {
    srtt: u64,
    /// Four times the mean deviation, as the timeout uses it.
    deviation: u64,
    /// Linux's: the largest deviation of this round trip, and what the timeout is made of.
    peak: u64,
    variance: u64,
    measured: bool,
}

impl RoundTrip {
    /// The smoothed round trip, once there is one.
    pub(super) fn smoothed(&self) -> Option<Micros> {
        self.measured.then_some(self.srtt)
    }

    /// One more measurement.
    pub(super) fn measured(&mut self, family: Family, sample: Micros, least: Micros) {
        let sample = sample.max(1);
        if !self.measured {
            self.measured = true;
            (self.srtt, self.deviation) = (sample, sample * 2);
            self.peak = self.deviation.max(least);
            self.variance = self.peak;
            return;
        }
        let error = sample.abs_diff(self.srtt);
        self.srtt = (self.srtt * 7 + sample) / 8;
        self.deviation = self.deviation - self.deviation / 4 + error;
        if family == Family::Linux {
            // net/ipv4/tcp_input.c tcp_rtt_estimator, one measurement a round trip.
            self.peak = self.peak.max(self.deviation);
            self.variance = if self.peak > self.variance {
                self.peak
            } else {
                self.variance - (self.variance - self.peak) / 4
            };
            self.peak = least;
        } else {
            self.variance = self.deviation;
        }
    }

    /// When a flight is probed (net/ipv4/tcp_output.c tcp_schedule_loss_probe): two round trips,
    /// and what an ACK may be held back. Where the retransmission timer fires sooner, that is when.
    pub(super) fn probe_after(&self, least: Micros) -> ProbeAfter {
        if !self.measured {
            return ProbeAfter { one: 1_000_000, several: 1_000_000 };
        }
        ProbeAfter { one: self.srtt * 2 + least, several: self.srtt * 2 + 2_000 }
    }

    /// What the model adds its minimum to.
    pub(super) fn beyond(&self, family: Family, least: Micros) -> Micros {
        match family {
            Family::Linux => (self.srtt + self.variance).saturating_sub(least),
            Family::Bsd => self.srtt + self.variance,
            Family::Standard => (self.srtt + self.variance).saturating_sub(least),
        }
    }
}
