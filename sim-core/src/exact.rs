//! Exact mathematics for symbolic time: linear forms over named quantities, the convex sets that
//! inequalities between them cut out, and how much a set weighs under given laws.
//!
//! Nothing here is a float and nothing is rounded. Numbers are `i128` where they are bounded by
//! what somebody wrote down (delays in microseconds and small multiples of them), checked at every
//! step: what does not fit is an [`Overflow`], never a wrong number. Volumes and measures, whose
//! numbers grow with the number of variables, are fractions of big integers.
//!
//! Variables have numbers, from 0. What they stand for is not known here.

mod affine;
mod inequality;
mod linear;
pub mod measure;
mod number;
mod polytope;
pub mod union;

pub use affine::Affine;
pub use inequality::{Inequality, Kind};
pub use num_rational::BigRational;
pub use polytope::{Belonging, Bound, Edge, Polygon, Polytope, Range};

/// A fraction of two `i128`, in lowest terms with a positive denominator.
pub type Ratio = num_rational::Ratio<i128>;

/// A number did not fit in an `i128`, or a set has more than 127 faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("a number has become too large for exact arithmetic: use rounder times or fewer variables")]
pub struct Overflow;
