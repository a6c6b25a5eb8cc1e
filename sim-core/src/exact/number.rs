//! Checked arithmetic in `i128`, with a short way for numbers that fit in 64 bits.

use super::{Overflow, Ratio};
use smallvec::SmallVec;
use std::cmp::Ordering;

/// A row of numbers: the constant (or the common denominator) first, then one a variable.
pub(super) type Row = SmallVec<[i128; 6]>;

/// Greatest common divisor; of nothing but zeros it is 0.
pub(super) fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        if let (Ok(a), Ok(b)) = (u64::try_from(a), u64::try_from(b)) {
            return u128::from(num_integer::gcd(a, b));
        }
        (a, b) = (b, a % b);
    }
    a
}

/// Greatest common divisor of many numbers.
pub(super) fn gcd_of(numbers: &[i128]) -> u128 {
    let mut all = 0;
    for number in numbers {
        all = gcd(all, number.unsigned_abs());
        if all == 1 {
            break;
        }
    }
    all
}

/// Divides all by what they have in common. Zeros stay.
pub(super) fn reduce(numbers: &mut [i128]) -> Result<(), Overflow> {
    let common = gcd_of(numbers);
    if common > 1 {
        let common = i128::try_from(common).map_err(|_| Overflow)?;
        numbers.iter_mut().for_each(|number| *number /= common);
    }
    Ok(())
}

#[inline]
pub(super) fn mul(a: i128, b: i128) -> Result<i128, Overflow> {
    match (i64::try_from(a), i64::try_from(b)) {
        (Ok(a), Ok(b)) => Ok(i128::from(a) * i128::from(b)),
        (Err(_), _) | (_, Err(_)) => a.checked_mul(b).ok_or(Overflow),
    }
}

#[inline]
pub(super) fn add(a: i128, b: i128) -> Result<i128, Overflow> {
    a.checked_add(b).ok_or(Overflow)
}

/// Sum of the products, as far as the shorter one goes.
#[inline]
pub(super) fn dot(a: &[i128], b: &[i128]) -> Result<i128, Overflow> {
    let mut sum = 0;
    for (a, b) in a.iter().zip(b) {
        sum = add(sum, mul(*a, *b)?)?;
    }
    Ok(sum)
}

/// `numerator / denominator` in lowest terms.
pub(super) fn ratio(numerator: i128, denominator: i128) -> Result<Ratio, Overflow> {
    if denominator == 0 {
        return Err(Overflow);
    }
    let mut both = [numerator, denominator];
    reduce(&mut both)?;
    if both[1] < 0 {
        for number in &mut both {
            *number = number.checked_neg().ok_or(Overflow)?;
        }
    }
    Ok(Ratio::new_raw(both[0], both[1]))
}

/// Compares fractions with positive denominators, not necessarily in lowest terms.
pub(super) fn compare(a: (i128, i128), b: (i128, i128)) -> Ordering {
    match (mul(a.0, b.1), mul(b.0, a.1)) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Err(_), _) | (_, Err(_)) => Ratio::new_raw(a.0, a.1).cmp(&Ratio::new_raw(b.0, b.1)),
    }
}

/// A point as whole numbers over a common denominator, which comes first.
pub(super) fn homogeneous(point: &[Ratio]) -> Result<Row, Overflow> {
    let mut common = 1_i128;
    for at in point {
        let shared = i128::try_from(gcd_of(&[common, *at.denom()])).map_err(|_| Overflow)?;
        common = mul(common, at.denom() / shared)?;
    }
    let mut row = Row::new();
    row.push(common);
    for at in point {
        row.push(mul(*at.numer(), common / at.denom())?);
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divisors_of_large_and_small_numbers() {
        assert_eq!(gcd(0, 0), 0);
        assert_eq!(gcd(12, 18), 6);
        assert_eq!(gcd(1 << 100, 3 << 70), 1 << 70);
        assert_eq!(gcd_of(&[i128::MIN, 1 << 90]), 1 << 90);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(mul(1 << 100, 1 << 27), Err(Overflow));
        assert_eq!(add(i128::MAX, 1), Err(Overflow));
        assert_eq!(ratio(i128::MIN, -1), Err(Overflow));
        assert_eq!(ratio(1, 0), Err(Overflow));
        assert_eq!(ratio(6, -4), Ok(Ratio::new(-3, 2)));
    }

    #[test]
    fn fractions_are_compared_where_their_products_do_not_fit() {
        let large = i128::MAX - 1;
        assert_eq!(compare((large, large + 1), (large - 1, large)), Ordering::Greater);
        assert_eq!(compare((-1, 3), (-2, 6)), Ordering::Equal);
    }

    #[test]
    fn a_point_over_one_denominator() {
        let row = homogeneous(&[Ratio::new(1, 6), Ratio::new(-3, 4), Ratio::new(2, 1)]);
        assert_eq!(row.as_deref(), Ok(&[12, 2, -9, 24][..]));
    }
}
