//! Laws of one variable: points with a mass, and pieces with a density.

use super::big;
use crate::exact::Ratio;
use crate::wire::law::Shape;
use crate::wire::{self, Micros};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// The most stages of an Erlang law.
pub const MOST_STAGES: u32 = 64;

/// A law of one variable, of weight 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Law(Vec<Part>);

/// Something that a law is the sum of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Point { at: Ratio, mass: BigRational },
    Piece(Piece),
}

/// A density between two ends; `None` is no upper end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) from: Ratio,
    pub(super) to: Option<Ratio>,
    pub(super) density: Vec<Term>,
    /// The density's integral from end to end.
    pub(super) mass: BigRational,
}

/// `coefficient * x^power * exp(-rate * x)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) coefficient: BigRational,
    pub(super) power: u16,
    pub(super) rate: BigRational,
}

/// A bin of a histogram: its ends and its weight. Within a bin everything is alike likely; a bin
/// whose ends are the same is a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    /// The lower end.
    pub from: Ratio,
    /// The upper end.
    pub to: Ratio,
    /// How much of the whole, relative to the other bins.
    pub weight: u64,
}

/// Why numbers do not make a law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// An end below its beginning.
    #[error("from {0} to {1}: the first must not exceed the second")]
    Reversed(Ratio, Ratio),
    /// A mode out of range.
    #[error("a mode of {mode}: allowed are {from} to {to}")]
    Mode {
        /// The mode.
        mode: Ratio,
        /// The lower end.
        from: Ratio,
        /// The upper end.
        to: Ratio,
    },
    /// A mean that is not positive.
    #[error("a mean of {0}: allowed are positive ones")]
    Mean(Ratio),
    /// A number of stages out of range.
    #[error("{0} stages: allowed are 1 to {MOST_STAGES}")]
    Stages(u32),
    /// Bins without weight.
    #[error("bins without any weight: at least one needs some")]
    Weightless,
}

impl Law {
    /// Always the same.
    #[must_use]
    pub fn constant(at: Ratio) -> Law {
        Law(vec![Part::Point { at, mass: BigRational::one() }])
    }

    /// Everything between two ends alike likely.
    ///
    /// # Errors
    /// Ends the wrong way round.
    pub fn uniform(from: Ratio, to: Ratio) -> Result<Law, Unfit> {
        if to < from {
            return Err(Unfit::Reversed(from, to));
        }
        Ok(Law(vec![even(from, to, BigRational::one())]))
    }

    /// Intervals and points with weights, which may overlap.
    ///
    /// # Errors
    /// A bin with its ends the wrong way round; no weight at all.
    pub fn histogram(bins: &[Bin]) -> Result<Law, Unfit> {
        if let Some(bin) = bins.iter().find(|bin| bin.to < bin.from) {
            return Err(Unfit::Reversed(bin.from, bin.to));
        }
        let bins: Vec<&Bin> = bins.iter().filter(|bin| bin.weight > 0).collect();
        let whole: BigInt = bins.iter().map(|bin| BigInt::from(bin.weight)).sum();
        if whole.is_zero() {
            return Err(Unfit::Weightless);
        }
        let share = |bin: &Bin| BigRational::new(BigInt::from(bin.weight), whole.clone());
        Ok(Law(bins.into_iter().map(|bin| even(bin.from, bin.to, share(bin))).collect()))
    }

    /// A density that rises in a straight line to its mode and falls in one behind it.
    ///
    /// # Errors
    /// Ends the wrong way round, or a mode that is not between them.
    pub fn triangular(from: Ratio, mode: Ratio, to: Ratio) -> Result<Law, Unfit> {
        if to < from {
            return Err(Unfit::Reversed(from, to));
        }
        if mode < from || to < mode {
            return Err(Unfit::Mode { mode, from, to });
        }
        if from == to {
            return Ok(Law::constant(from));
        }
        let width = big(to) - big(from);
        // The side from its foot to the mode: a triangle as high as 2 / width.
        let side = |foot: Ratio| {
            let leg = big(mode) - big(foot);
            let slope = BigRational::from_integer(BigInt::from(2)) / (&width * &leg);
            let density = vec![term(-&slope * big(foot), 0), term(slope, 1)];
            let (from, to) = (foot.min(mode), Some(foot.max(mode)));
            Part::Piece(Piece { from, to, density, mass: leg.abs() / &width })
        };
        let sides = [from, to].into_iter().filter(|foot| *foot != mode).map(side);
        Ok(Law(sides.collect()))
    }

    /// Waiting for something that may come at any instant.
    ///
    /// # Errors
    /// A mean that is not positive.
    pub fn exponential(mean: Ratio) -> Result<Law, Unfit> {
        Law::erlang(1, mean)
    }

    /// The sum of so many exponential stages, with this mean in all.
    ///
    /// # Errors
    /// A mean that is not positive; stages other than 1 to [`MOST_STAGES`].
    pub fn erlang(stages: u32, mean: Ratio) -> Result<Law, Unfit> {
        if !(1..=MOST_STAGES).contains(&stages) {
            return Err(Unfit::Stages(stages));
        }
        if *mean.numer() <= 0 {
            return Err(Unfit::Mean(mean));
        }
        let rate = BigRational::from_integer(BigInt::from(stages)) / big(mean);
        let mut coefficient = rate.clone();
        for stage in 1..stages {
            coefficient = coefficient * &rate / BigInt::from(stage);
        }
        let power = u16::try_from(stages - 1).unwrap_or(u16::MAX);
        let density = vec![Term { coefficient, power, rate }];
        let (from, mass) = (Ratio::zero(), BigRational::one());
        Ok(Law(vec![Part::Piece(Piece { from, to: None, density, mass })]))
    }

    /// The least and the greatest that may be drawn; `None` is no end.
    #[must_use]
    pub fn ends(&self) -> (Ratio, Option<Ratio>) {
        let ends = || self.0.iter().map(Part::ends);
        let from = ends().map(|it| it.0).min().unwrap_or_else(Ratio::zero);
        let without_end = ends().any(|it| it.1.is_none());
        (from, ends().filter_map(|it| it.1).max().filter(|_| !without_end))
    }

    /// How many pieces and points it is the sum of. What it costs to weigh a set grows with the
    /// product of these over the variables that are tied together, in the worst case.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.0.len()
    }

    /// A scenario's law of durations, in microseconds; `None` for log-normal laws, and for gamma
    /// laws whose shape is no whole number up to [`MOST_STAGES`]: they have no closed form here.
    ///
    /// Scenarios draw whole microseconds and cut tails at a quantile of 2^-32; here all fractions
    /// between the ends are alike likely, and tails have no end.
    #[must_use]
    pub fn of_durations(law: wire::Law) -> Option<Law> {
        let us = |us: Micros| Ratio::from_integer(us.into());
        match law {
            wire::Law::Fixed(at) => Some(Law::constant(us(at))),
            wire::Law::Uniform(lo, hi) => Law::uniform(us(lo), us(hi)).ok(),
            wire::Law::Shaped(curve) => match curve.shape() {
                Shape::Exponential { mean } => Law::exponential(us(*mean)).ok(),
                Shape::LogNormal { median: _, p99: _ } => None,
                Shape::Gamma { shape_milli, mean } => {
                    let stages = shape_milli.is_multiple_of(1000).then_some(shape_milli / 1000);
                    Law::erlang(stages?, us(*mean)).ok()
                }
                Shape::Triangular { lo, mode, hi } => {
                    Law::triangular(us(*lo), us(*mode), us(*hi)).ok()
                }
                Shape::Histogram(bins) => {
                    let bin = |it: &wire::law::Bin| Bin {
                        from: us(it.lo),
                        to: us(it.hi),
                        weight: it.weight,
                    };
                    Law::histogram(&bins.iter().map(bin).collect::<Vec<_>>()).ok()
                }
            },
        }
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.0
    }
}

impl Part {
    pub(super) fn ends(&self) -> (Ratio, Option<Ratio>) {
        match self {
            Part::Point { at, mass: _ } => (*at, Some(*at)),
            Part::Piece(piece) => (piece.from, piece.to),
        }
    }

    pub(super) fn piece(&self) -> Option<&Piece> {
        match self {
            Part::Point { .. } => None,
            Part::Piece(piece) => Some(piece),
        }
    }
}

fn term(coefficient: BigRational, power: u16) -> Term {
    Term { coefficient, power, rate: BigRational::zero() }
}

/// A mass spread evenly between two ends.
fn even(from: Ratio, to: Ratio, mass: BigRational) -> Part {
    if from == to {
        return Part::Point { at: from, mass };
    }
    let density = vec![term(&mass / (big(to) - big(from)), 0)];
    Part::Piece(Piece { from, to: Some(to), density, mass })
}
