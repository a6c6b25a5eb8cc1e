//! Durations: microseconds, the laws they are drawn from, and when a timer is due.

/// Microseconds of virtual time.
pub type Micros = u64;

/// `n` milliseconds in [`Micros`].
#[must_use]
pub const fn millis(n: u64) -> Micros {
    n * 1000
}

/// How long something takes, as a law over runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Law {
    /// Always this long.
    Fixed(Micros),
    /// Any whole number of microseconds from the first to the second, both included, alike likely.
    Uniform(Micros, Micros),
}

impl Law {
    /// No time at all.
    pub const ZERO: Law = Law::Fixed(0);

    /// The longest it can take.
    #[must_use]
    pub const fn longest(self) -> Micros {
        match self {
            Law::Fixed(us) => us,
            Law::Uniform(lo, hi) => {
                if lo > hi {
                    lo
                } else {
                    hi
                }
            }
        }
    }

    /// The shortest it can take.
    #[must_use]
    pub const fn shortest(self) -> Micros {
        match self {
            Law::Fixed(us) | Law::Uniform(us, _) => us,
        }
    }

    /// The value at `share` of the way through the law; `share` runs over the whole of `u64`.
    ///
    /// Multiplication instead of a remainder: no bias that a tally could see, and no loop.
    #[must_use]
    pub const fn at(self, share: u64) -> Micros {
        match self {
            Law::Fixed(us) => us,
            Law::Uniform(lo, hi) => {
                if hi <= lo {
                    return lo;
                }
                let width = (hi - lo) as u128 + 1;
                lo + ((share as u128 * width) >> 64) as u64
            }
        }
    }
}

/// When a timer is due. The model never knows the time; the pace turns this into an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Due {
    /// So long from now.
    After(Micros),
    /// At this instant of the run.
    At(Micros),
    /// The nominal round trip of the path plus `floor`, doubled `backoff` times, at most `cap`.
    Rto {
        /// Added to the nominal round trip: the stack's minimum.
        floor: Micros,
        /// How often the timer has been doubled.
        backoff: u8,
        /// The longest the stack ever waits.
        cap: Micros,
    },
}

impl Due {
    /// The instant it stands for, on a path with this nominal round trip.
    #[must_use]
    pub const fn instant(self, now: Micros, round_trip: Micros) -> Micros {
        match self {
            Due::After(us) => now + us,
            Due::At(at) => {
                if at > now {
                    at
                } else {
                    now
                }
            }
            Due::Rto { floor, backoff, cap } => {
                let shift = if backoff > 20 { 20 } else { backoff };
                let wait = (round_trip + floor) << shift;
                now + if wait > cap { cap } else { wait }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uniform_law_reaches_both_of_its_ends() {
        let law = Law::Uniform(10, 13);
        assert_eq!(law.at(0), 10);
        assert_eq!(law.at(u64::MAX), 13);
        assert_eq!(law.at(u64::MAX / 2), 11);
    }

    #[test]
    fn backing_off_doubles_and_stops_at_the_cap() {
        let due = |backoff| Due::Rto { floor: 200, backoff, cap: 1000 }.instant(5, 60);
        assert_eq!([due(0), due(1), due(2), due(9)], [265, 525, 1005, 1005]);
    }
}
