//! What a stack shows a script beyond what the model decides: how its options lie, which segments
//! it marks with PSH, what its socket options and flags are called. Nothing here changes what
//! happens to a connection.

use super::script::Bits;
use sim_core::profile::Profile;
use sim_core::tcp::Conn;
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

impl Habits {
    /// Of a stack.
    pub(super) fn of(profile: &Profile) -> Habits {
        match profile.name {
            // net/ipv4/tcp_output.c tcp_options_write; sysctl tcp_rmem, tcp_wmem: 131072 and 16384
            // bytes of memory, here as what they hold.
            "linux" => Habits {
                family: Family::Linux,
                offers: Offers::Everything,
                define: "Linux",
                buffers: (64_240, 87_040),
                largest_buffer: 6_291_456,
            },
            // sys/netinet/tcp_output.c tcp_addoptions; kern.ipc.maxsockbuf, net.inet.tcp.recvspace,
            // net.inet.tcp.sendspace.
            "freebsd" => Habits {
                family: Family::Bsd,
                offers: Offers::Everything,
                define: "FreeBSD",
                buffers: (65_536, 32_768),
                largest_buffer: 2_097_152,
            },
            "openbsd" | "netbsd" | "macos" => Habits {
                family: Family::Bsd,
                offers: Offers::Unsaid,
                define: "BSD",
                buffers: (65_536, 32_768),
                largest_buffer: 2_097_152,
            },
            "rfc9293" => Habits {
                family: Family::Standard,
                offers: Offers::Unsaid,
                define: "STANDARD",
                buffers: (65_535, 65_536),
                largest_buffer: 65_535,
            },
            _ => Habits {
                family: Family::Linux,
                offers: Offers::Unsaid,
                define: "OTHER",
                buffers: (65_535, 65_536),
                largest_buffer: 65_535,
            },
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

    /// What the model adds its minimum to.
    pub(super) fn beyond(&self, family: Family, least: Micros) -> Micros {
        match family {
            Family::Linux => (self.srtt + self.variance).saturating_sub(least),
            Family::Bsd => self.srtt + self.variance,
            Family::Standard => (self.srtt + self.variance).saturating_sub(least),
        }
    }
}
