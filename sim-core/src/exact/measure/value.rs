//! Sums of fractions times exponentials of fractions.

use super::enclosure;
use num_rational::BigRational;
use num_traits::{One, Zero};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

/// `q0 e^r0 + q1 e^r1 + ...`, exactly. No exponent is positive, no two are the same, no `q` is 0;
/// so equal sums are equal values (exponentials of different fractions are linearly independent
/// over the fractions: Lindemann and Weierstrass).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exact {
    /// `(q, r)`, the largest exponent first.
    terms: Vec<(BigRational, BigRational)>,
}

impl Exact {
    /// 0.
    #[must_use]
    pub fn zero() -> Exact {
        Exact { terms: Vec::new() }
    }

    /// 1.
    #[must_use]
    pub fn one() -> Exact {
        Exact::fraction(BigRational::one())
    }

    /// A fraction.
    #[must_use]
    pub fn fraction(value: BigRational) -> Exact {
        Exact::sum([(value, BigRational::zero())])
    }

    pub(super) fn sum(terms: impl IntoIterator<Item = (BigRational, BigRational)>) -> Exact {
        let mut by_exponent: BTreeMap<BigRational, BigRational> = BTreeMap::new();
        for (factor, exponent) in terms {
            *by_exponent.entry(exponent).or_insert_with(BigRational::zero) += factor;
        }
        let terms = by_exponent.into_iter().rev().map(|(exponent, factor)| (factor, exponent));
        Exact { terms: terms.filter(|it| !it.0.is_zero()).collect() }
    }

    /// The terms as `(q, r)`, the largest exponent first.
    #[must_use]
    pub fn terms(&self) -> &[(BigRational, BigRational)] {
        &self.terms
    }

    /// Whether it is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    /// Its value, if no exponential is left.
    #[must_use]
    pub fn as_rational(&self) -> Option<BigRational> {
        match &self.terms[..] {
            [] => Some(BigRational::zero()),
            [(value, exponent)] if exponent.is_zero() => Some(value.clone()),
            [_, ..] => None,
        }
    }

    /// The sum.
    #[must_use]
    pub fn plus(&self, other: &Exact) -> Exact {
        Exact::sum(self.terms.iter().chain(&other.terms).cloned())
    }

    /// The difference.
    #[must_use]
    pub fn minus(&self, other: &Exact) -> Exact {
        self.plus(&other.scaled(&-BigRational::one()))
    }

    /// The product.
    #[must_use]
    pub fn product(&self, other: &Exact) -> Exact {
        let with = |(q, r): &(BigRational, BigRational)| {
            let (q, r) = (q.clone(), r.clone());
            other.terms.iter().map(move |it| (&q * &it.0, &r + &it.1))
        };
        Exact::sum(self.terms.iter().flat_map(with))
    }

    /// A multiple.
    #[must_use]
    pub fn scaled(&self, by: &BigRational) -> Exact {
        Exact::sum(self.terms.iter().map(|(q, r)| (q * by, r.clone())))
    }

    /// Whether it is above 0, 0 or below. Two ends are brought together until they are on one side
    /// of 0; what is 0 is the empty sum, so this comes to an end.
    #[must_use]
    pub fn sign(&self) -> Ordering {
        let zero = BigRational::zero();
        let mut bits = 32;
        loop {
            if self.is_zero() {
                return Ordering::Equal;
            }
            let (from, to) = self.interval(bits);
            if from > zero {
                return Ordering::Greater;
            }
            if to < zero {
                return Ordering::Less;
            }
            bits *= 2;
        }
    }

    /// Two fractions that it lies between, at most `2^-bits` apart; the same one twice if no
    /// exponential is left.
    #[must_use]
    pub fn interval(&self, bits: u32) -> (BigRational, BigRational) {
        match self.as_rational() {
            Some(value) => (value.clone(), value),
            None => enclosure::of_sum(&self.terms, bits),
        }
    }

    /// Two decimals that it lies between, with so many digits behind the point: the last digit of
    /// the second is usually one more than that of the first, and the same if the value has no more
    /// digits.
    #[must_use]
    pub fn decimals(&self, digits: u32) -> (String, String) {
        // A digit has 3.33 bits; the enclosure is a thousand times narrower than the last one.
        let (from, to) = self.interval(digits.saturating_mul(10) / 3 + 12);
        (super::down(&from, digits), super::up(&to, digits))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Exact) -> Ordering {
        self.minus(other).sign()
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return write!(f, "0");
        }
        for (at, (factor, exponent)) in self.terms.iter().enumerate() {
            let negative = factor < &BigRational::zero();
            match (at, negative) {
                (0, true) => write!(f, "-")?,
                (0, false) => {}
                (_, true) => write!(f, " - ")?,
                (_, false) => write!(f, " + ")?,
            }
            let size = if negative { -factor } else { factor.clone() };
            match (exponent.is_zero(), size.is_one()) {
                (true, _) => write!(f, "{size}")?,
                (false, true) => write!(f, "e^({exponent})")?,
                (false, false) => write!(f, "{size} e^({exponent})")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_precisely_as_it_takes() {
        let of = |over: i64| Exact::fraction(BigRational::new(1.into(), over.into()));
        let near = of(3).plus(&of(10).product(&of(i64::MAX)));
        assert!(near > of(3) && of(3) < near);
        assert_eq!(near.cmp(&near.clone()), Ordering::Equal);
        // e^-1 = 0.36787944117144233 and a little more.
        let e = Exact::sum([(BigRational::one(), -BigRational::one())]);
        let digits = |n: i64| BigRational::new(n.into(), 10_i64.pow(17).into());
        assert!(e > Exact::fraction(digits(36_787_944_117_144_232)));
        assert!(e < Exact::fraction(digits(36_787_944_117_144_234)));
    }
}
