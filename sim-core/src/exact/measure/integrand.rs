//! Sums of `c * x0^a0 * x1^a1 ... * exp(l0 x0 + l1 x1 ... + m)`, and their antiderivatives.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};
use smallvec::SmallVec;
use std::collections::BTreeMap;

/// A constant, then a coefficient a variable.
pub(super) type Linear = Vec<BigRational>;

/// The power of each variable.
type Powers = SmallVec<[u16; 8]>;

/// A polynomial: coefficients that are not 0.
type Polynomial = BTreeMap<Powers, BigRational>;

/// Polynomials, each with what is in its exponential. No two have the same there.
#[derive(Clone, Debug, Default)]
pub(super) struct Integrand(Vec<(Linear, Polynomial)>);

impl Integrand {
    /// 1, over so many variables.
    pub(super) fn one(variables: usize) -> Integrand {
        let exponent = vec![BigRational::zero(); variables + 1];
        let powers = Powers::from_elem(0, variables);
        Integrand(vec![(exponent, Polynomial::from([(powers, BigRational::one())]))])
    }

    fn add(&mut self, exponent: Linear, polynomial: Polynomial) {
        match self.0.iter_mut().find(|it| it.0 == exponent) {
            Some((_, sum)) => {
                for (powers, coefficient) in polynomial {
                    add(sum, powers, coefficient);
                }
            }
            None => self.0.push((exponent, polynomial)),
        }
    }

    /// Times `coefficient * x_n^power * exp(-rate * x_n)`, for a variable that is not in it yet.
    pub(super) fn times(
        &self,
        n: usize,
        power: u16,
        coefficient: &BigRational,
        rate: &BigRational,
    ) -> Integrand {
        let mut product = Integrand::default();
        for (exponent, polynomial) in &self.0 {
            let mut exponent = exponent.clone();
            exponent[n + 1] -= rate;
            let terms = polynomial.iter().map(|(powers, old)| {
                let mut powers = powers.clone();
                powers[n] += power;
                (powers, old * coefficient)
            });
            product.add(exponent, terms.collect());
        }
        product
    }

    pub(super) fn plus(mut self, other: Integrand) -> Integrand {
        for (exponent, polynomial) in other.0 {
            self.add(exponent, polynomial);
        }
        self
    }

    /// The antiderivative along a variable that has no constant of its own: where the exponential
    /// vanishes, it does.
    pub(super) fn antiderivative(&self, n: usize) -> Integrand {
        let mut whole = Integrand::default();
        for (exponent, polynomial) in &self.0 {
            let slope = &exponent[n + 1];
            let mut sum = Polynomial::new();
            for (powers, coefficient) in polynomial {
                if slope.is_zero() {
                    let mut powers = powers.clone();
                    powers[n] += 1;
                    let divisor = BigInt::from(powers[n]);
                    add(&mut sum, powers, coefficient / divisor);
                } else {
                    by_parts(&mut sum, powers, coefficient, n, slope);
                }
            }
            whole.add(exponent.clone(), sum);
        }
        whole
    }

    /// Adds this, with a linear form in the place of a variable, to a sum.
    pub(super) fn put(&self, n: usize, form: &Linear, sign: &BigRational, sum: &mut Integrand) {
        for (exponent, polynomial) in &self.0 {
            let mut exponent = exponent.clone();
            let slope = std::mem::replace(&mut exponent[n + 1], BigRational::zero());
            if !slope.is_zero() {
                for (own, form) in exponent.iter_mut().zip(form) {
                    *own += &slope * form;
                }
            }
            sum.add(exponent, horner(polynomial, n, form, sign));
        }
    }

    /// What is left when no variable is: coefficients and exponents.
    pub(super) fn constants(self) -> impl Iterator<Item = (BigRational, BigRational)> {
        self.0.into_iter().flat_map(|(mut exponent, polynomial)| {
            let exponent = exponent.swap_remove(0);
            polynomial.into_values().map(move |it| (it, exponent.clone()))
        })
    }
}

fn add(sum: &mut Polynomial, powers: Powers, coefficient: BigRational) {
    match sum.entry(powers) {
        std::collections::btree_map::Entry::Vacant(place) => {
            if !coefficient.is_zero() {
                place.insert(coefficient);
            }
        }
        std::collections::btree_map::Entry::Occupied(mut place) => {
            *place.get_mut() += coefficient;
            if place.get().is_zero() {
                place.remove();
            }
        }
    }
}

/// `x^a e^(lx)` integrated: `e^(lx) (x^a / l - a x^(a-1) / l^2 + a (a-1) x^(a-2) / l^3 ...)`.
fn by_parts(
    sum: &mut Polynomial,
    powers: &Powers,
    coefficient: &BigRational,
    n: usize,
    slope: &BigRational,
) {
    let mut powers = powers.clone();
    let mut coefficient = coefficient / slope;
    loop {
        add(sum, powers.clone(), coefficient.clone());
        let Some(lower) = powers[n].checked_sub(1) else { return };
        coefficient = -coefficient * BigInt::from(powers[n]) / slope;
        powers[n] = lower;
    }
}

/// A polynomial with a linear form in the place of a variable, by Horner's rule.
fn horner(polynomial: &Polynomial, n: usize, form: &Linear, sign: &BigRational) -> Polynomial {
    let highest = polynomial.keys().map(|powers| powers[n]).max().unwrap_or(0);
    let mut by_power = vec![Polynomial::new(); usize::from(highest) + 1];
    for (powers, coefficient) in polynomial {
        let mut powers = powers.clone();
        let power = std::mem::replace(&mut powers[n], 0);
        by_power[usize::from(power)].insert(powers, coefficient * sign);
    }
    let mut sum = Polynomial::new();
    while let Some(lower) = by_power.pop() {
        let mut next = lower;
        for (powers, coefficient) in &sum {
            for (at, factor) in form.iter().enumerate().filter(|it| !it.1.is_zero()) {
                let mut powers = powers.clone();
                if let Some(variable) = at.checked_sub(1) {
                    powers[variable] += 1;
                }
                add(&mut next, powers, coefficient * factor);
            }
        }
        sum = next;
    }
    sum
}
