//! Exact numbers in print.

use sim_core::exact::BigRational;
use sim_core::exact::measure::Exact;
use std::cmp::Ordering;

/// The most signs of a fraction that is printed beside its decimals.
const SHORT: usize = 24;

/// The most digits behind the point that are looked at for one that is not 0.
const MOST_DIGITS: u32 = 40;

/// Which of two is larger. They are compared ever more precisely until they part; what is equal is
/// equal as a sum, so this comes to an end.
pub(super) fn compare(a: &Exact, b: &Exact) -> Ordering {
    sign(&a.minus(b))
}

/// Whether it is above 0.
pub(super) fn sign(of: &Exact) -> Ordering {
    let zero = BigRational::default();
    let mut bits = 32;
    loop {
        if of.is_zero() {
            return Ordering::Equal;
        }
        let (from, to) = of.interval(bits);
        if from > zero {
            return Ordering::Greater;
        }
        if to < zero {
            return Ordering::Less;
        }
        bits *= 2;
    }
}

/// A fraction, where it is a short one.
pub(super) fn fraction(of: &Exact) -> Option<String> {
    of.as_rational().map(|value| value.to_string()).filter(|text| text.len() <= SHORT)
}

/// In percent, without the sign for it: all digits, or the first ones of a fraction and three dots,
/// or two decimals that the value lies between.
pub(super) fn percent(of: &Exact) -> String {
    let of = of.scaled(&BigRational::from_integer(100.into()));
    if sign(&of) == Ordering::Less {
        return format!("-{}", positive(&Exact::zero().minus(&of)));
    }
    positive(&of)
}

/// Two decimals that it lies between; what is not negative has no sign.
pub(super) fn decimals(of: &Exact, digits: u32) -> (String, String) {
    let (low, high) = of.decimals(digits);
    match low.strip_prefix('-') {
        Some(size) if sign(of) != Ordering::Less => {
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

    #[test]
    fn numbers_are_compared_as_precisely_as_it_takes() {
        let near = of(1, 3).plus(&of(1, 10).product(&of(1, i64::MAX)));
        assert_eq!(compare(&near, &of(1, 3)), Ordering::Greater);
        assert_eq!(compare(&of(1, 3), &near), Ordering::Less);
        assert_eq!(compare(&near, &near), Ordering::Equal);
    }
}
