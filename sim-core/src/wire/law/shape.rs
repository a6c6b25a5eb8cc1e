//! What a law's shape is given by, and which numbers are refused.

use super::bins::{self, Bin};
use super::quantile;
use super::{DAY, Micros};

/// The parameters of a law that has a curve: whole numbers, so that equal laws hash equally.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Shape {
    /// Waiting for something that may come at any instant.
    Exponential {
        /// The mean, 1 us to a day.
        mean: Micros,
    },
    /// A product of many influences: what latencies of networks and services look like.
    LogNormal {
        /// Half of the draws are shorter, from 1 us.
        median: Micros,
        /// 99 of 100 draws are shorter: more than the median, at most [`SPREAD`] times it.
        p99: Micros,
    },
    /// A sum of exponential stages, as many as the shape says (not necessarily a whole number).
    Gamma {
        /// The shape in thousandths, [`SHAPES`].
        shape_milli: u32,
        /// The mean, 1 us to a day.
        mean: Micros,
    },
    /// Between two ends, most often about a third: all that somebody knows who has estimates only.
    Triangular {
        /// The shortest.
        lo: Micros,
        /// What is likeliest.
        mode: Micros,
        /// The longest, more than the shortest.
        hi: Micros,
    },
    /// What was measured: intervals that do not overlap, shortest first.
    Histogram(Vec<Bin>),
}

/// p99 is at most so many medians: a sigma of 3.96.
pub const SPREAD: u64 = 10_000;
/// Shapes of a gamma law, in thousandths.
pub const SHAPES: std::ops::RangeInclusive<u32> = 100..=1_000_000;
/// Sigmas of a log-normal law, in thousandths.
pub const SIGMAS: std::ops::RangeInclusive<u32> = 1..=3_900;

/// Why numbers do not make a law.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A duration that is too long.
    #[error("a duration of {0} us: allowed are 0 to {DAY} us (a day)")]
    Duration(Micros),
    /// A mean out of range.
    #[error("a mean of {0} us: allowed are 1 to {DAY} us (a day)")]
    Mean(Micros),
    /// A median out of range.
    #[error("a median of {0} us: allowed are 1 to {DAY} us (a day)")]
    Median(Micros),
    /// A 99th percentile out of range.
    #[error(
        "a 99th percentile of {p99} us with a median of {median} us: allowed is more than the \
         median, and at most {SPREAD} times it"
    )]
    Percentile {
        /// The median.
        median: Micros,
        /// The percentile.
        p99: Micros,
    },
    /// A sigma out of range, in thousandths.
    #[error(
        "a sigma of {0} thousandths: allowed are {least} to {most} thousandths",
        least = SIGMAS.start(),
        most = SIGMAS.end()
    )]
    Sigma(u32),
    /// A gamma law's shape out of range, in thousandths.
    #[error(
        "a shape of {0} thousandths: allowed are {least} to {most} thousandths",
        least = SHAPES.start(),
        most = SHAPES.end()
    )]
    Shape(u32),
    /// The tail is too long.
    #[error(
        "the quantile 1 - 2^-{bits} of this law is {0} us: allowed are at most {DAY} us (a day); \
         choose a smaller mean, median or 99th percentile",
        bits = super::TAIL_BITS
    )]
    Tail(Micros),
    /// Three times that make no triangle.
    #[error(
        "a triangle from {lo} us over {mode} us to {hi} us: allowed are times in this order, the \
         last more than the first and at most {DAY} us (a day)"
    )]
    Triangle {
        /// The first.
        lo: Micros,
        /// The second.
        mode: Micros,
        /// The third.
        hi: Micros,
    },
    /// An interval whose ends are the wrong way round.
    #[error("an interval from {0} us to {1} us: its first number must not exceed its second")]
    Reversed(Micros, Micros),
    /// Intervals that overlap or are out of order.
    #[error(
        "a bin that ends at {0} us before one that begins at {1} us: bins come in order and may \
         share no more than an end"
    )]
    Overlap(Micros, Micros),
    /// A weight of zero.
    #[error("the bin from {0} us to {1} us has weight 0: allowed are weights from 1")]
    Weightless(Micros, Micros),
    /// Weights that are too large together.
    #[error("weights of {0} in all: allowed are at most {most}", most = bins::MOST_WEIGHT)]
    Weight(u64),
    /// No bins or too many.
    #[error("{0} bins: allowed are 1 to {most}", most = bins::MOST_BINS)]
    Bins(usize),
    /// Nothing was measured.
    #[error("no samples: a histogram needs at least one")]
    NoSamples,
}

impl Shape {
    /// A log-normal law from its median and its sigma (the standard deviation of the logarithm) in
    /// thousandths; kept as median and 99th percentile, which is rounded to whole microseconds.
    ///
    /// # Errors
    /// Numbers that make no law.
    pub fn log_normal(median: Micros, sigma_milli: u32) -> Result<Shape, Unfit> {
        if !SIGMAS.contains(&sigma_milli) {
            return Err(Unfit::Sigma(sigma_milli));
        }
        let p99 = quantile::p99(median, f64::from(sigma_milli) / 1000.0);
        let shape = Shape::LogNormal { median, p99 };
        shape.check()?;
        Ok(shape)
    }

    /// Whether these numbers make a law. (Whether its tail is short enough is known only when its
    /// curve has been computed.)
    ///
    /// # Errors
    /// The first of them that is not allowed, with what is.
    pub fn check(&self) -> Result<(), Unfit> {
        let up_to_a_day = 1..=DAY;
        let fits = |us: Micros, unfit: fn(Micros) -> Unfit| {
            if up_to_a_day.contains(&us) { Ok(()) } else { Err(unfit(us)) }
        };
        match self {
            Shape::Exponential { mean } => fits(*mean, Unfit::Mean),
            Shape::LogNormal { median, p99 } => {
                let (median, p99) = (*median, *p99);
                fits(median, Unfit::Median)?;
                if p99 > median && p99 <= median * SPREAD {
                    return Ok(());
                }
                Err(Unfit::Percentile { median, p99 })
            }
            Shape::Gamma { shape_milli, mean } => {
                if !SHAPES.contains(shape_milli) {
                    return Err(Unfit::Shape(*shape_milli));
                }
                fits(*mean, Unfit::Mean)
            }
            Shape::Triangular { lo, mode, hi } => {
                let (lo, mode, hi) = (*lo, *mode, *hi);
                let fits = lo <= mode && mode <= hi && lo < hi && hi <= DAY;
                if fits { Ok(()) } else { Err(Unfit::Triangle { lo, mode, hi }) }
            }
            Shape::Histogram(bins) => bins::check(bins),
        }
    }
}
