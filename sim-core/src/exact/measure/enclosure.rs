//! Certain bounds of exponentials: whole numbers over a power of two, rounded outward.

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// Bounds of a sum of `q e^r` with `r <= 0`, at most `2^-bits` apart.
pub(super) fn of_sum(
    terms: &[(BigRational, BigRational)],
    bits: u32,
) -> (BigRational, BigRational) {
    let width = BigRational::new(BigInt::one(), BigInt::one() << bits);
    // Large factors that cancel need as many more bits; what else is lost is found by trying.
    let largest = terms.iter().map(|it| it.0.to_integer().bits()).max().unwrap_or(0);
    let mut precision = u64::from(bits) + largest + 16;
    loop {
        let (mut from, mut to) = (BigRational::zero(), BigRational::zero());
        for (factor, exponent) in terms {
            let (low, high) = exponential(exponent, precision);
            let [low, high] = [low, high].map(|it| over(it, precision) * factor);
            let (low, high) = if factor.is_negative() { (high, low) } else { (low, high) };
            from += low;
            to += high;
        }
        if &to - &from <= width {
            return (from, to);
        }
        precision *= 2;
    }
}

fn over(numerator: BigInt, precision: u64) -> BigRational {
    BigRational::new(numerator, BigInt::one() << precision)
}

/// Bounds of `e^exponent` as multiples of `2^-precision`. The exponent is not positive.
fn exponential(exponent: &BigRational, precision: u64) -> (BigInt, BigInt) {
    debug_assert!(!exponent.is_positive(), "densities fall");
    let size = exponent.abs();
    // e^-x = (e^(-x / 2^k))^(2^k), with x / 2^k at most 2^-8, for a series of few terms.
    let halvings = size.to_integer().bits() + 8;
    // Each squaring doubles the error of a number below 1.
    let digits = precision + halvings + 16;
    let numerator = size.numer() << digits;
    let divisor = size.denom() << halvings;
    let (low, high) = (&numerator / &divisor, &numerator / &divisor + 1);
    let (mut least, mut most) = (series(&high, digits).0, series(&low, digits).1);
    for _ in 0..halvings {
        least = (&least * &least) >> digits;
        most = ((&most * &most) >> digits) + 1;
    }
    let drop = digits - precision;
    (least >> drop, (most >> drop) + 1)
}

/// Bounds of `e^-x` for a small `x >= 0`, both as multiples of `2^-digits`: the sum of
/// `(-x)^n / n!`, whose terms fall and change sign, so that the rest is less than the next term.
fn series(x: &BigInt, digits: u64) -> (BigInt, BigInt) {
    let one = BigInt::one() << digits;
    let (mut low, mut high) = (one.clone(), one.clone());
    // The term lies between these; rounding down and up.
    let (mut least, mut most) = (one.clone(), one);
    let mut n = 0_u32;
    loop {
        n += 1;
        least = ((&least * x) >> digits) / n;
        most = ((&most * x) >> digits) / n + 1;
        if n.is_multiple_of(2) {
            low += &least;
            high += &most;
        } else {
            low -= &most;
            high -= &least;
        }
        if most <= BigInt::from(2) {
            // The rest is less than the next term, which is less than this one.
            let low = low - &most;
            let low = if low.sign() == Sign::Minus { BigInt::zero() } else { low };
            return (low, high + most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numerator: i64, denominator: i64) -> BigRational {
        BigRational::new(BigInt::from(numerator), BigInt::from(denominator))
    }

    #[test]
    fn one_over_e_to_forty_digits() {
        // OEIS A068985.
        let digits = "3678794411714423215955237701614608674458";
        let known = BigRational::new(digits.parse().expect("a number"), BigInt::from(10).pow(40));
        let (from, to) = of_sum(&[(of(1, 1), of(-1, 1))], 128);
        assert!(from <= known.clone() + of(1, 1) / BigInt::from(10).pow(40) && known <= to);
        assert!(&to - &from <= BigRational::new(BigInt::one(), BigInt::one() << 128));
        assert!(to - known < of(1, 1) / BigInt::from(10).pow(38));
    }

    #[test]
    fn products_of_exponentials_agree_with_the_exponential_of_the_sum() {
        let (a, b) = (of(-355, 113), of(-2_000, 7));
        let (one, other) = (exponential(&a, 600), exponential(&b, 600));
        let both = exponential(&(a + b), 600);
        assert!((&one.0 * &other.0) >> 600 <= both.1);
        assert!(((&one.1 * &other.1) >> 600) + 1 >= both.0);
        assert!(both.0 > BigInt::zero());
    }

    #[test]
    fn what_is_too_small_to_be_seen_is_still_enclosed() {
        let (from, to) = of_sum(&[(of(1, 1), of(-1_000_000_000, 1))], 64);
        assert!(from.is_zero() && to.is_positive());
    }

    #[test]
    fn large_factors_cancel() {
        // 10^30 (e^-1 - e^-1.000...) is small.
        let large = BigRational::from_integer(BigInt::from(10).pow(30));
        let near = of(-1, 1) - of(1, 1) / BigInt::from(10).pow(30);
        let (from, to) = of_sum(&[(large.clone(), of(-1, 1)), (-large, near)], 60);
        assert!(from > of(3_678, 10_000) && to < of(3_679, 10_000));
    }
}
