//! Fractions as decimals, rounded to one side.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;

/// The largest decimal with so many digits behind the point that is not above the value.
#[must_use]
pub fn down(value: &BigRational, digits: u32) -> String {
    let scaled = value * BigInt::from(10).pow(digits);
    printed(&scaled.floor().to_integer(), digits)
}

/// The smallest decimal with so many digits behind the point that is not below the value.
#[must_use]
pub fn up(value: &BigRational, digits: u32) -> String {
    let scaled = value * BigInt::from(10).pow(digits);
    printed(&scaled.ceil().to_integer(), digits)
}

fn printed(scaled: &BigInt, digits: u32) -> String {
    let sign = if scaled.is_negative() { "-" } else { "" };
    let digits = digits as usize;
    let text = format!("{:0>1$}", scaled.abs().to_string(), digits + 1);
    let (whole, rest) = text.split_at(text.len() - digits);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_rounded_outward() {
        let of = |n: i64, d: i64| BigRational::new(BigInt::from(n), BigInt::from(d));
        assert_eq!((down(&of(1, 3), 4), up(&of(1, 3), 4)), ("0.3333".into(), "0.3334".into()));
        assert_eq!((down(&of(-1, 3), 2), up(&of(-1, 3), 2)), ("-0.34".into(), "-0.33".into()));
        assert_eq!((down(&of(5, 4), 2), up(&of(5, 4), 2)), ("1.25".into(), "1.25".into()));
        assert_eq!((down(&of(1, 300), 2), up(&of(299, 300), 0)), ("0.00".into(), "1".into()));
    }
}
