//! Exact numbers in print.

use num_traits::ToPrimitive;
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::exact::BigRational;
use sim_core::exact::measure::Exact;
use std::cmp::Ordering;

/// A probability, or a difference between two.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Probability {
    /// A fraction, or a sum of fractions times exponentials of fractions.
    exact: String,
    /// Whether it is a fraction.
    rational: bool,
    /// It lies between these two decimals: at most 10^-15 apart.
    low: String,
    high: String,
}

pub(super) fn probability(of: &Exact) -> Probability {
    let (low, high) = decimals(of, 15);
    Probability { exact: of.to_string(), rational: of.as_rational().is_some(), low, high }
}

/// The most signs of a fraction that is printed beside its decimals.
const SHORT: usize = 24;

/// The most digits behind the point that are looked at for one that is not 0.
const MOST_DIGITS: u32 = 40;

/// A fraction, where it is a short one.
pub(super) fn fraction(of: &Exact) -> Option<String> {
    of.as_rational().map(|value| value.to_string()).filter(|text| text.len() <= SHORT)
}

/// In percent, without the sign for it: all digits, or the first ones of a fraction and three dots,
/// or two decimals that the value lies between.
pub(super) fn percent(of: &Exact) -> String {
    let of = of.scaled(&BigRational::from_integer(100.into()));
    if of.sign() == Ordering::Less {
        return format!("-{}", positive(&Exact::zero().minus(&of)));
    }
    positive(&of)
}

/// In percent for a narrow column: two digits behind the point, or the first two that count.
pub(super) fn short_percent(of: &Exact) -> String {
    let hundredfold = of.scaled(&BigRational::from_integer(100.into()));
    match hundredfold.interval(200).0.to_f64().unwrap_or(0.0) {
        _ if of.is_zero() => "0 %".to_owned(),
        share if share >= 0.01 => format!("{share:.2} %"),
        share => format!("{share:.1e} %"),
    }
}

/// A share on the command line, exactly as it is written: 0.001, 1e-6 or 0.1%.
pub(super) fn share(text: &str) -> Result<BigRational, String> {
    let expected = || "write a share of runs from 0 to 1, as in 0.001, 1e-6 or 0.1%".to_owned();
    let text = text.trim();
    let (number, points) = match text.strip_suffix('%') {
        Some(points) => (points.trim_end(), 2),
        None => (text, 0),
    };
    let (digits, power) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let power: i32 = power.parse().map_err(|_| expected())?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{part}");
    let plain =
        !all.is_empty() && all.len() <= MOST_SIGNS && all.chars().all(|sign| sign.is_ascii_digit());
    if !plain || !(-MOST_POWER..=MOST_POWER).contains(&power) {
        return Err(expected());
    }
    let value: BigRational = all.parse().map_err(|_| expected())?;
    let behind = i32::try_from(part.len()).map_err(|_| expected())?;
    let ten = BigRational::from_integer(10.into());
    let value = value * ten.pow(power - behind - points);
    if value > BigRational::from_integer(1.into()) { Err(expected()) } else { Ok(value) }
}

/// The most signs and the largest power of ten of a share.
const MOST_SIGNS: usize = 40;
const MOST_POWER: i32 = 60;

/// Two decimals that it lies between; what is not negative has no sign.
pub(super) fn decimals(of: &Exact, digits: u32) -> (String, String) {
    let (low, high) = of.decimals(digits);
    match low.strip_prefix('-') {
        Some(size) if of.sign() != Ordering::Less => {
            (size.replace(|sign: char| sign.is_ascii_digit(), "0"), high)
        }
        Some(_) | None => (low, high),
    }
}

fn positive(of: &Exact) -> String {
    // Nine digits, or more where they would all be 0.
    let mut digits = 9;
    let (from, to) = loop {
        let (from, to) = of.decimals(digits);
        let nothing = |text: &str| text.chars().all(|sign| matches!(sign, '0' | '.' | '-'));
        if of.is_zero() || !nothing(&from) {
            break (from, to);
        }
        if digits > MOST_DIGITS {
            return format!("less than 10^-{}", digits - 4);
        }
        digits += 4;
    };
    match of.as_rational() {
        Some(_) if from == to => trimmed(&from),
        Some(_) => format!("{from}..."),
        None => format!("{from} to {to}"),
    }
}

fn trimmed(text: &str) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numerator: i64, denominator: i64) -> Exact {
        Exact::fraction(BigRational::new(numerator.into(), denominator.into()))
    }

    #[test]
    fn shares_are_read_exactly() {
        let rows = [
            ("0.001", Some((1, 1_000))),
            ("1e-6", Some((1, 1_000_000))),
            ("2.5E-1", Some((1, 4))),
            ("0.1%", Some((1, 1_000))),
            ("100 %", Some((1, 1))),
            ("0", Some((0, 1))),
            ("1.01", None),
            ("-0.1", None),
            ("", None),
            (".", None),
            ("%", None),
            ("1e", None),
            ("1e-999999999", None),
            ("a", None),
        ];
        for (text, says) in rows {
            let says = says.map(|(n, d): (i64, i64)| BigRational::new(n.into(), d.into()));
            assert_eq!(share(text).ok(), says, "{text:?}");
        }
    }

    #[test]
    fn short_percents_fit_a_column() {
        let rows = [(of(0, 1), "0 %"), (of(5, 19), "26.32 %"), (of(1, 3_000_000), "3.3e-5 %")];
        for (exact, says) in rows {
            assert_eq!(short_percent(&exact), says);
        }
    }

    #[test]
    fn percent_are_whole_or_cut_but_never_rounded() {
        let rows = [
            (of(0, 1), "0", Some("0")),
            (of(1, 1), "100", Some("1")),
            (of(1, 8), "12.5", Some("1/8")),
            (of(5, 19), "26.315789473...", Some("5/19")),
            (of(-5, 19), "-26.315789473...", Some("-5/19")),
            (
                of(1, i64::MAX).product(&of(1, i64::MAX)).product(&of(1, i64::MAX)),
                "less than 10^-37",
                None,
            ),
            (of(1, 3_000_000_000_000), "0.0000000000333...", Some("1/3000000000000")),
        ];
        for (exact, text, short) in rows {
            assert_eq!((percent(&exact).as_str(), fraction(&exact).as_deref()), (text, short));
        }
    }
}
