//! The sending half: acknowledged, in flight, written but not sent, and what holds it back.

use super::sock::Switch;
use smallvec::SmallVec;

/// Everything counted from ISS: the SYN is 0, the first byte 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SendHalf {
    /// SND.UNA.
    pub una: u32,
    /// SND.NXT: one past the highest number ever sent.
    pub nxt: u32,
    /// One past the last byte written; the FIN, when there is one, has this number.
    pub end: u32,
    /// The FIN.
    pub fin: Fin,
    /// SND.WND: what the peer allows beyond SND.UNA.
    pub wnd: u32,
    /// The largest window the peer has ever offered.
    pub largest: u32,
    /// SND.WL1: the peer's sequence number that last moved the window.
    pub wl1: u32,
    /// Congestion window, in segments.
    pub cwnd: u32,
    /// Slow-start threshold, in segments; `u32::MAX` before the first loss.
    pub ssthresh: u32,
    /// ACKs counted towards the next segment of congestion avoidance.
    pub counted: u32,
    /// Duplicate ACKs in a row.
    pub dupacks: u8,
    /// Repairing a loss.
    pub repair: Repair,
    /// Times the timer has been doubled (RTO or persist).
    pub backoff: u8,
    /// Ends of sent segments that are shorter than MSS: where the cut lies that arithmetic cannot
    /// know. Sorted; those up to SND.UNA are dropped.
    pub cuts: SmallVec<[u32; 2]>,
    /// End of the last short segment sent (Minshall's variable), 0 for none.
    pub small: u32,
}

/// The FIN's way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fin {
    /// Nobody has closed.
    No,
    /// Behind the data that is not sent yet.
    Queued,
    /// Sent once at least.
    Sent,
}

/// Repairing a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Repair {
    /// Nothing is known to be lost.
    None,
    /// The timer fired: everything up to `high` is sent again, `next` is the next of it.
    Timeout {
        /// Next number to send again.
        next: u32,
        /// SND.NXT when the timer fired.
        high: u32,
    },
    /// Three duplicate ACKs: the first missing segment is sent again, until `high` is acknowledged.
    Fast {
        /// SND.NXT when the loss was noticed.
        high: u32,
    },
    /// Nothing is known to be lost, but a loss probe is out, until `high` is acknowledged.
    Probed {
        /// SND.NXT when the probe was sent.
        high: u32,
        /// It was sent before.
        again: Switch,
    },
}

impl SendHalf {
    /// After the SYN (`una` 0, `nxt` 1).
    #[must_use]
    pub fn opened(cwnd: u32, wnd: u32, wl1: u32) -> SendHalf {
        SendHalf {
            una: 0,
            nxt: 1,
            end: 1,
            fin: Fin::No,
            wnd,
            largest: wnd,
            wl1,
            cwnd,
            ssthresh: u32::MAX,
            counted: 0,
            dupacks: 0,
            repair: Repair::None,
            backoff: 0,
            cuts: SmallVec::new(),
            small: 0,
        }
    }

    /// One past the last number there is to send, FIN included.
    #[must_use]
    pub const fn limit(&self) -> u32 {
        match self.fin {
            Fin::No => self.end,
            Fin::Queued | Fin::Sent => self.end + 1,
        }
    }

    /// Bytes written and not sent yet.
    #[must_use]
    pub const fn unsent(&self) -> u32 {
        self.end.saturating_sub(self.nxt)
    }

    /// Bytes that occupy the send buffer.
    #[must_use]
    pub fn held(&self) -> u32 {
        self.end.saturating_sub(self.una.max(1))
    }

    /// Everything that was sent has been acknowledged.
    #[must_use]
    pub const fn all_acked(&self) -> bool {
        self.una == self.nxt
    }

    /// Right edge of the peer's window.
    #[must_use]
    pub const fn edge(&self) -> u32 {
        self.una.saturating_add(self.wnd)
    }

    /// How many segments lie between two numbers, `from` a boundary.
    #[must_use]
    pub fn segments(&self, from: u32, to: u32, mss: u32) -> u32 {
        let mut count = 0;
        let mut at = from;
        for cut in self.cuts.iter().copied().filter(|cut| *cut > from && *cut < to) {
            count += (cut - at).div_ceil(mss);
            at = cut;
        }
        count + (to - at).div_ceil(mss)
    }

    /// Segments that count as in flight (RFC 5681's FlightSize, duplicates taken as arrived).
    #[must_use]
    pub fn in_flight(&self, mss: u32) -> u32 {
        match self.repair {
            Repair::None | Repair::Probed { .. } => {
                self.segments(self.una, self.nxt, mss).saturating_sub(u32::from(self.dupacks))
            }
            Repair::Fast { high: _ } => (self.segments(self.una, self.nxt, mss) + 1)
                .saturating_sub(u32::from(self.dupacks) + 1),
            Repair::Timeout { next, high } => {
                self.segments(self.una, next.max(self.una), mss)
                    + self.segments(high.max(self.una), self.nxt, mss)
            }
        }
    }

    pub(super) fn check(&self) {
        assert!(self.una <= self.nxt && self.nxt <= self.limit(), "una, nxt, limit in order");
        assert!(self.fin != Fin::Sent || self.nxt == self.end + 1, "a sent FIN ends the numbers");
        assert!(self.fin == Fin::Sent || self.nxt <= self.end.max(1));
        assert!(self.cwnd > 0, "a congestion window lets one segment out");
        assert!(self.cuts.windows(2).all(|pair| pair[0] < pair[1]), "cuts are sorted");
        assert!(self.cuts.iter().all(|cut| *cut > self.una && *cut <= self.nxt));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_counted_between_cuts() {
        let mut snd = SendHalf::opened(10, 65_535, 0);
        snd.una = 1;
        snd.cuts.extend([101, 3101]);
        // 1..101 is one short segment, 101..3101 are 1460 + 1460 + 80, 3101..4561 is one full one.
        assert_eq!(snd.segments(1, 4561, 1460), 5);
        assert_eq!(snd.segments(101, 3101, 1460), 3);
        assert_eq!(snd.segments(1, 1, 1460), 0);
    }

    /// 1..4561 sent in segments of 1460 and cuts, the timer has fired, the first is out again.
    #[test]
    fn what_the_timer_gave_up_does_not_count_as_in_flight() {
        let mut snd = SendHalf::opened(10, 65_535, 0);
        (snd.una, snd.nxt, snd.end) = (1, 5841, 5841);
        assert_eq!(snd.in_flight(1460), 4);
        snd.dupacks = 2;
        assert_eq!(snd.in_flight(1460), 2);
        snd.repair = Repair::Fast { high: 5841 };
        assert_eq!(snd.in_flight(1460), 2, "the one that is sent again stands for the lost one");
        snd.repair = Repair::Timeout { next: 1461, high: 4381 };
        assert_eq!(snd.in_flight(1460), 2, "one again, one that is new");
    }

    /// Every pair of numbers that contradict each other.
    #[test]
    fn contradictions_are_noticed() {
        let sound = || {
            let mut snd = SendHalf::opened(10, 65_535, 0);
            (snd.una, snd.nxt, snd.end) = (101, 301, 401);
            snd.cuts.extend([201, 301]);
            snd
        };
        sound().check();
        let spoilers: [fn(&mut SendHalf); 8] = [
            |snd| snd.una = 302,
            |snd| snd.nxt = 402,
            |snd| snd.fin = Fin::Sent,
            |snd| (snd.nxt, snd.fin) = (402, Fin::Queued),
            |snd| snd.cwnd = 0,
            |snd| snd.cuts.swap(0, 1),
            |snd| snd.una = 201,
            |snd| snd.nxt = 300,
        ];
        for (n, spoil) in spoilers.into_iter().enumerate() {
            let mut snd = sound();
            spoil(&mut snd);
            let noticed = std::panic::catch_unwind(|| snd.check());
            assert!(noticed.is_err(), "spoiler {n}: {snd:?}");
        }
    }
}
