//! How much a set weighs under independent laws, one a variable: exactly.
//!
//! The answer is a sum of fractions times exponentials of fractions ([`Exact`]); for laws without
//! exponentials it is a fraction.
//!
//! First the set is taken apart: variables that no face ties together multiply, pieces of a law
//! add, a point of a law is a slice. What is left is one polytope with one smooth density, which
//! `faces` integrates. A law with many pieces (a histogram) on several variables that are tied
//! together costs as many pieces as lie across the rim of the set.

mod decimal;
mod enclosure;
mod faces;
mod integrand;
mod law;
mod value;

pub use decimal::{down, up};
pub use law::{Bin, Law, MOST_STAGES, Unfit};
pub use value::Exact;

use super::{Affine, Inequality, Overflow, Polytope, Ratio};
use law::{Part, Piece};
use num_bigint::BigInt;
use num_rational::BigRational;

/// The probability that a point drawn from the laws (one a variable, independent) is in the set.
///
/// # Errors
/// Coordinates that do not fit.
///
/// # Panics
/// If there are not as many laws as variables.
pub fn measure(set: &Polytope, laws: &[Law]) -> Result<Exact, Overflow> {
    assert_eq!(laws.len(), set.variables(), "one law a variable");
    let mut set = set.clone();
    for (n, law) in laws.iter().enumerate() {
        let (from, to) = law.ends();
        match between(&set, n, from, to)? {
            Some(part) => set = part,
            None => return Ok(Exact::zero()),
        }
    }
    let parts: Vec<&[Part]> = laws.iter().map(Law::parts).collect();
    weigh(&set, &parts)
}

/// The part of a set where a variable is between two ends, both included.
fn between(
    set: &Polytope,
    n: usize,
    from: Ratio,
    to: Option<Ratio>,
) -> Result<Option<Polytope>, Overflow> {
    let above = Affine::variable(n).minus(&Affine::ratio(from))?;
    let part = set.cut(&Inequality::at_least(above))?;
    match (part, to) {
        (Some(part), Some(to)) => {
            let below = Affine::ratio(to).minus(&Affine::variable(n))?;
            part.cut(&Inequality::at_least(below))
        }
        (part, _) => Ok(part),
    }
}

/// The weight of a set that lies within the ends of the laws' parts.
fn weigh(set: &Polytope, parts: &[&[Part]]) -> Result<Exact, Overflow> {
    let (mut set, mut parts) = (set.clone(), parts.to_vec());
    let mut weight = Exact::one();
    let mut n = 0;
    while n < parts.len() {
        match parts[n] {
            [Part::Point { at, mass }] => {
                let Some(slice) = set.slice(n, *at)? else { return Ok(Exact::zero()) };
                set = slice;
                weight = weight.scaled(mass);
                parts.remove(n);
            }
            [] | [Part::Piece(_)] | [_, _, ..] => n += 1,
        }
    }
    for (variables, factor) in set.components()? {
        let own: Vec<&[Part]> = variables.iter().map(|n| parts[*n]).collect();
        weight = weight.product(&tied(&factor, &own)?);
        if weight.is_zero() {
            break;
        }
    }
    Ok(weight)
}

/// The weight of a set whose variables are tied together.
fn tied(set: &Polytope, parts: &[&[Part]]) -> Result<Exact, Overflow> {
    if let [alone] = parts {
        return line(set, alone);
    }
    // The law with the fewest parts that are more than one.
    let many = parts.iter().enumerate().filter(|it| it.1.len() > 1);
    let Some((n, several)) = many.min_by_key(|it| it.1.len()) else {
        let pieces: Vec<&Piece> = parts.iter().filter_map(|it| it[0].piece()).collect();
        return Ok(faces::integral(set, &pieces));
    };
    let mut sum = Exact::zero();
    for part in several.chunks(1) {
        let (from, to) = part[0].ends();
        let Some(within) = between(set, n, from, to)? else { continue };
        let mut parts = parts.to_vec();
        parts[n] = part;
        sum = sum.plus(&weigh(&within, &parts)?);
    }
    Ok(sum)
}

/// The weight of an interval under one law.
fn line(set: &Polytope, parts: &[Part]) -> Result<Exact, Overflow> {
    let range = set.range(&Affine::variable(0))?;
    let (from, to) = (range.least.value(), range.greatest.value());
    let mut sum = Exact::zero();
    for part in parts {
        match part {
            Part::Point { at, mass } => {
                if set.contains(&[*at])? {
                    sum = sum.plus(&Exact::fraction(mass.clone()));
                }
            }
            Part::Piece(piece) => {
                let inside = from.is_none_or(|from| from <= piece.from)
                    && to.is_none_or(|to| piece.to.is_some_and(|end| end <= to));
                if inside {
                    sum = sum.plus(&Exact::fraction(piece.mass.clone()));
                } else if let Some(within) = between(set, 0, piece.from, piece.to)? {
                    sum = sum.plus(&faces::integral(&within, &[piece]));
                }
            }
        }
    }
    Ok(sum)
}

/// A fraction of `i128` as one of big integers.
fn big(ratio: Ratio) -> BigRational {
    BigRational::new_raw(BigInt::from(*ratio.numer()), BigInt::from(*ratio.denom()))
}

#[cfg(test)]
mod tests;
