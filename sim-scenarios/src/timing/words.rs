//! Inequalities of parameters as people write them: what is added stands on both sides, nothing is
//! subtracted.

use super::Parameter;
use crate::units::show_time;
use sim_core::exact::{Affine, Inequality, Kind, Ratio};

/// A time that need not be whole microseconds: exact if it has few digits, else a fraction.
#[must_use]
pub fn exact_time(us: Ratio) -> String {
    let whole = |us: i128| u64::try_from(us).map_or_else(|_| format!("{us}us"), show_time);
    if us.is_integer() {
        whole(us.to_integer())
    } else if (us * 8).is_integer() {
        // Halves, quarters and eighths have three decimals at most.
        format!("{}us", decimal(us))
    } else {
        format!("{}/{}us", us.numer(), us.denom())
    }
}

fn decimal(us: Ratio) -> String {
    let thousandths = (us * 1_000).to_integer();
    let text = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An inequality: `rtt + 2 gap > 2 late + 20ms`.
#[must_use]
pub fn inequality(what: &Inequality, parameters: &[Parameter]) -> String {
    let (left, right) = sides(&what.form, parameters);
    // What is alone stands on the left.
    let (sign, mirrored) = match what.kind {
        Kind::AtLeast => (">=", "<="),
        Kind::Above => (">", "<"),
    };
    match left.terms.is_empty() {
        false => format!("{} {sign} {}", left.text(), right.text()),
        true => format!("{} {mirrored} {}", right.text(), left.text()),
    }
}

/// Where a form is zero: `rtt + 2 gap = 2 late + 20ms`.
#[must_use]
pub fn equation(form: &Affine, parameters: &[Parameter]) -> String {
    let (left, right) = sides(form, parameters);
    match left.terms.is_empty() {
        false => format!("{} = {}", left.text(), right.text()),
        true => format!("{} = {}", right.text(), left.text()),
    }
}

/// What is added up on one side.
#[derive(Debug, Default)]
struct Side {
    terms: Vec<String>,
    constant: Option<String>,
}

impl Side {
    fn text(&self) -> String {
        let all: Vec<&str> = self.terms.iter().chain(&self.constant).map(String::as_str).collect();
        if all.is_empty() { "0ms".to_owned() } else { all.join(" + ") }
    }
}

fn sides(form: &Affine, parameters: &[Parameter]) -> (Side, Side) {
    let (mut left, mut right) = (Side::default(), Side::default());
    let scale = scale(form, parameters.len());
    let zero = Ratio::from_integer(0);
    for (n, parameter) in parameters.iter().enumerate() {
        let (numerator, denominator) = form.coefficient(n);
        let factor = Ratio::new(numerator, denominator) * scale;
        let term = |factor: Ratio| match factor.is_integer() && factor.to_integer() == 1 {
            true => parameter.of.to_string(),
            false => format!("{factor} {}", parameter.of),
        };
        match factor.cmp(&zero) {
            std::cmp::Ordering::Greater => left.terms.push(term(factor)),
            std::cmp::Ordering::Less => right.terms.push(term(-factor)),
            std::cmp::Ordering::Equal => {}
        }
    }
    let (numerator, denominator) = form.constant_term();
    let constant = Ratio::new(numerator, denominator) * scale;
    match constant.cmp(&zero) {
        std::cmp::Ordering::Greater => left.constant = Some(exact_time(constant)),
        std::cmp::Ordering::Less => right.constant = Some(exact_time(-constant)),
        std::cmp::Ordering::Equal => {}
    }
    (left, right)
}

/// By what a form is multiplied: coefficients become whole and have no common divisor.
fn scale(form: &Affine, variables: usize) -> Ratio {
    let factors = (0..variables).map(|n| form.coefficient(n)).filter(|(n, _)| *n != 0);
    let (mut denominators, mut numerators) = (1_i128, 0_i128);
    for (numerator, denominator) in factors {
        denominators = denominators / gcd(denominators, denominator) * denominator;
        numerators = gcd(numerators, numerator);
    }
    Ratio::new(denominators, gcd(numerators, 0).max(1))
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::super::Of;
    use super::*;
    use crate::case::Key;

    fn parameters() -> Vec<Parameter> {
        let keys = [Key::Rtt, Key::Gap, Key::Late];
        keys.map(|key| Parameter { of: Of::Delay(key), low: 0, high: 1 }).to_vec()
    }

    #[test]
    fn nothing_is_subtracted_and_factors_are_whole() {
        let rows: [(i128, [i128; 3], i128, &str); 6] = [
            (-20_000, [1, 0, 0], 1, "rtt > 20ms"),
            (20_000, [-1, 0, 0], 1, "rtt < 20ms"),
            (0, [1, 2, -4], 2, "rtt + 2 gap > 4 late"),
            (-5_000, [2, 0, -4], 1, "rtt > 2 late + 2500us"),
            (-1, [3, -2, 0], 1, "3 rtt > 2 gap + 1us"),
            (0, [0, -1, -1], 1, "gap + late < 0ms"),
        ];
        for (constant, factors, over, says) in rows {
            let form = Affine::of(constant, &factors, over).expect("small numbers");
            assert_eq!(inequality(&Inequality::above(form), &parameters()), says);
        }
    }

    #[test]
    fn times_are_exact() {
        let rows = [
            ((20_000, 1), "20ms"),
            ((1, 2), "0.5us"),
            ((2_501, 2), "1250.5us"),
            ((10, 3), "10/3us"),
        ];
        for ((numerator, denominator), says) in rows {
            assert_eq!(exact_time(Ratio::new(numerator, denominator)), says);
        }
    }
}
