//! Durations: microseconds, the laws they are drawn from, and when a timer is due.

mod bins;
mod curve;
mod knots;
mod quantile;
mod shape;
#[cfg(test)]
mod tests;
mod triangle;

pub use bins::{Bin, MOST_BINS, MOST_WEIGHT};
pub use curve::Curve;
pub use shape::{SHAPES, SIGMAS, SPREAD, Shape, Unfit};

/// Microseconds of virtual time.
pub type Micros = u64;

/// The longest duration that a law may give.
pub const DAY: Micros = 86_400_000_000;

/// Laws without an end are cut at their quantiles 2^-32 and 1 - 2^-32: a draw beyond counts as the
/// quantile. One draw in two thousand million is changed at either end.
pub const TAIL_BITS: u32 = 32;

/// `n` milliseconds in [`Micros`].
#[must_use]
pub const fn millis(n: u64) -> Micros {
    n * 1000
}

/// How long something takes, as a law over runs.
///
/// A draw is a function of one share of the `u64`, longer with a larger share: see [`Law::at`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Law {
    /// Always this long.
    Fixed(Micros),
    /// Any whole number of microseconds from the first to the second, both included, alike likely.
    Uniform(Micros, Micros),
    /// Exponential, log-normal, gamma or measured; made by [`Law::exponential`] and its like.
    Shaped(Curve),
}

/// What the two ends of a law are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The law's own: nothing is shorter or longer.
    Own,
    /// The law has a tail, which is cut at a quantile: [`TAIL_BITS`].
    Cut,
}

impl Law {
    /// No time at all.
    pub const ZERO: Law = Law::Fixed(0);

    /// Exponential with this mean.
    ///
    /// # Errors
    /// As [`Curve::new`].
    pub fn exponential(mean: Micros) -> Result<Law, Unfit> {
        Curve::new(Shape::Exponential { mean }).map(Law::Shaped)
    }

    /// Log-normal with this median and this 99th percentile. See [`Shape::log_normal`] for sigma.
    ///
    /// # Errors
    /// As [`Curve::new`].
    pub fn log_normal(median: Micros, p99: Micros) -> Result<Law, Unfit> {
        Curve::new(Shape::LogNormal { median, p99 }).map(Law::Shaped)
    }

    /// Gamma with this shape in thousandths and this mean.
    ///
    /// # Errors
    /// As [`Curve::new`].
    pub fn gamma(shape_milli: u32, mean: Micros) -> Result<Law, Unfit> {
        Curve::new(Shape::Gamma { shape_milli, mean }).map(Law::Shaped)
    }

    /// Triangular: the shortest, the likeliest, the longest.
    ///
    /// # Errors
    /// As [`Curve::new`].
    pub fn triangular(lo: Micros, mode: Micros, hi: Micros) -> Result<Law, Unfit> {
        Curve::new(Shape::Triangular { lo, mode, hi }).map(Law::Shaped)
    }

    /// A histogram.
    ///
    /// # Errors
    /// As [`Curve::new`].
    pub fn histogram(bins: Vec<Bin>) -> Result<Law, Unfit> {
        Curve::new(Shape::Histogram(bins)).map(Law::Shaped)
    }

    /// What was measured, in any order, as a histogram of at most so many bins: each holds about as
    /// many samples as any other and reaches from its shortest to its longest.
    ///
    /// # Errors
    /// As [`Curve::new`], and no samples.
    pub fn measured(samples: &[Micros], most_bins: usize) -> Result<Law, Unfit> {
        Law::histogram(bins::of_samples(samples, most_bins)?)
    }

    /// Whether its numbers make a law. A curve has been checked when it was made.
    ///
    /// # Errors
    /// What is not allowed, with what is.
    pub const fn check(self) -> Result<(), Unfit> {
        match self {
            Law::Fixed(us) if us > DAY => Err(Unfit::Duration(us)),
            Law::Uniform(lo, hi) if lo > hi => Err(Unfit::Reversed(lo, hi)),
            Law::Uniform(_, hi) if hi > DAY => Err(Unfit::Duration(hi)),
            Law::Fixed(_) | Law::Uniform(..) | Law::Shaped(_) => Ok(()),
        }
    }

    /// The longest it can take; [`Law::bound`] says what that rests on.
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
            Law::Shaped(curve) => curve.longest(),
        }
    }

    /// The shortest it can take.
    #[must_use]
    pub const fn shortest(self) -> Micros {
        match self {
            Law::Fixed(us) | Law::Uniform(us, _) => us,
            Law::Shaped(curve) => curve.shortest(),
        }
    }

    /// The shortest and the longest that the law itself gives: no longest where it has a tail,
    /// whose cut is none of its own.
    #[must_use]
    pub const fn support(self) -> (Micros, Option<Micros>) {
        match self.bound() {
            Bound::Own => (self.shortest(), Some(self.longest())),
            Bound::Cut => (0, None),
        }
    }

    /// Whether [`Law::shortest`] and [`Law::longest`] are the law's own ends.
    #[must_use]
    pub const fn bound(self) -> Bound {
        match self {
            Law::Fixed(_) | Law::Uniform(..) => Bound::Own,
            Law::Shaped(curve) => match curve.shape() {
                Shape::Histogram(_) | Shape::Triangular { .. } => Bound::Own,
                Shape::Exponential { .. } | Shape::LogNormal { .. } | Shape::Gamma { .. } => {
                    Bound::Cut
                }
            },
        }
    }

    /// The value at `share` of the way through the law; `share` runs over the whole of `u64`.
    ///
    /// Multiplication instead of a remainder: no bias that a tally could see, and no loop.
    #[must_use]
    #[inline]
    pub fn at(self, share: u64) -> Micros {
        match self {
            Law::Fixed(us) => us,
            Law::Uniform(lo, hi) => {
                if hi <= lo {
                    return lo;
                }
                let width = u128::from(hi - lo) + 1;
                lo + ((u128::from(share) * width) >> 64) as u64
            }
            Law::Shaped(curve) => curve.at(share),
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
        /// What the doubling takes in.
        growth: Growth,
    },
}

/// What is doubled when a timer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Growth {
    /// The whole wait.
    Whole,
    /// The round trip alone: what is added to it stays.
    RoundTrip,
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
            Due::Rto { floor, backoff, cap, growth } => {
                let shift = if backoff > 20 { 20 } else { backoff };
                let wait = match growth {
                    Growth::Whole => (round_trip + floor) << shift,
                    Growth::RoundTrip => (round_trip << shift) + floor,
                };
                now + if wait > cap { cap } else { wait }
            }
        }
    }
}
