//! Linear forms with a constant: `(3 + 2 x0 - x2) / 2`.

use super::number::{self, Row};
use super::{Overflow, Ratio};

/// A constant plus a multiple of each variable, over a common positive denominator.
///
/// Coefficients that were never mentioned are 0, so forms over few variables can be combined with
/// forms over more. Kept in lowest terms: equal forms are equal values. The order is one for
/// sorting and says nothing about which form is larger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Affine {
    /// The constant, then the coefficients; the last is not 0 unless it is the constant.
    row: Row,
    denominator: i128,
}

impl Affine {
    /// The same everywhere.
    #[must_use]
    pub fn constant(value: i128) -> Affine {
        Affine { row: Row::from_slice(&[value]), denominator: 1 }
    }

    /// The variable with this number, from 0.
    #[must_use]
    pub fn variable(n: usize) -> Affine {
        let mut row = Row::from_elem(0, n + 2);
        row[n + 1] = 1;
        Affine { row, denominator: 1 }
    }

    /// `(constant + sum of coefficients[i] * variable i) / denominator`.
    ///
    /// # Errors
    /// A denominator of 0, and numbers that do not fit.
    pub fn of(
        constant: i128,
        coefficients: &[i128],
        denominator: i128,
    ) -> Result<Affine, Overflow> {
        let mut row = Row::new();
        row.push(constant);
        row.extend_from_slice(coefficients);
        Affine::normal(row, denominator)
    }

    /// A constant that need not be whole.
    #[must_use]
    pub fn ratio(value: Ratio) -> Affine {
        Affine { row: Row::from_slice(&[*value.numer()]), denominator: *value.denom() }
    }

    fn normal(mut row: Row, mut denominator: i128) -> Result<Affine, Overflow> {
        if denominator == 0 {
            return Err(Overflow);
        }
        while row.len() > 1 && row.last() == Some(&0) {
            row.pop();
        }
        if denominator != 1 {
            row.push(denominator);
            number::reduce(&mut row)?;
            denominator = row.pop().ok_or(Overflow)?;
        }
        if denominator < 0 {
            for number in row.iter_mut().chain([&mut denominator]) {
                *number = number.checked_neg().ok_or(Overflow)?;
            }
        }
        Ok(Affine { row, denominator })
    }

    /// `self + sign * other`.
    fn combined(&self, other: &Affine, sign: i128) -> Result<Affine, Overflow> {
        let both = [self.denominator, other.denominator];
        let common = i128::try_from(number::gcd_of(&both)).map_err(|_| Overflow)?;
        let of_self = other.denominator / common;
        let of_other = number::mul(sign, self.denominator / common)?;
        let long = self.row.len().max(other.row.len());
        let mut row = Row::with_capacity(long + 1);
        for at in 0..long {
            let left = number::mul(self.row.get(at).copied().unwrap_or(0), of_self)?;
            let right = number::mul(other.row.get(at).copied().unwrap_or(0), of_other)?;
            row.push(number::add(left, right)?);
        }
        Affine::normal(row, number::mul(self.denominator, of_self)?)
    }

    /// The sum.
    ///
    /// # Errors
    /// Numbers that do not fit.
    pub fn plus(&self, other: &Affine) -> Result<Affine, Overflow> {
        self.combined(other, 1)
    }

    /// The difference.
    ///
    /// # Errors
    /// Numbers that do not fit.
    pub fn minus(&self, other: &Affine) -> Result<Affine, Overflow> {
        self.combined(other, -1)
    }

    /// `numerator / denominator` times as much.
    ///
    /// # Errors
    /// A denominator of 0, and numbers that do not fit.
    pub fn times(&self, numerator: i128, denominator: i128) -> Result<Affine, Overflow> {
        let factor = number::ratio(numerator, denominator)?;
        let mut row = self.row.clone();
        for number in &mut row {
            *number = number::mul(*number, *factor.numer())?;
        }
        Affine::normal(row, number::mul(self.denominator, *factor.denom())?)
    }

    /// The same with the other sign.
    ///
    /// # Errors
    /// Numbers that do not fit.
    pub fn negated(&self) -> Result<Affine, Overflow> {
        self.times(-1, 1)
    }

    /// Whether no variable has a part in it.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.row.len() == 1
    }

    /// The coefficient of a variable as numerator and positive denominator in lowest terms.
    #[must_use]
    pub fn coefficient(&self, n: usize) -> (i128, i128) {
        self.over(n + 1)
    }

    /// The constant as numerator and positive denominator in lowest terms.
    #[must_use]
    pub fn constant_term(&self) -> (i128, i128) {
        self.over(0)
    }

    fn over(&self, at: usize) -> (i128, i128) {
        let numerator = self.row.get(at).copied().unwrap_or(0);
        let common = number::gcd_of(&[numerator, self.denominator]);
        // A divisor of the denominator fits.
        let common = i128::try_from(common).unwrap_or(1);
        (numerator / common, self.denominator / common)
    }

    /// One more than the largest number of a variable that has a part in it; 0 for constants.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.row.len() - 1
    }

    /// Its value at a point: one coordinate a variable.
    ///
    /// # Errors
    /// Numbers that do not fit.
    ///
    /// # Panics
    /// If the point has fewer coordinates than the form has variables.
    pub fn at(&self, point: &[Ratio]) -> Result<Ratio, Overflow> {
        assert!(point.len() >= self.variables(), "a point without some of the form's variables");
        let point = number::homogeneous(&point[..self.variables()])?;
        let value = number::ratio(number::dot(&self.row, &point)?, self.denominator)?;
        number::ratio(*value.numer(), number::mul(*value.denom(), point[0])?)
    }

    /// Its value where the variables are whole, as numerator and positive denominator, not in
    /// lowest terms; `None` where a number does not fit.
    pub(crate) fn at_whole(&self, of: impl Fn(usize) -> i128) -> Option<(i128, i128)> {
        let mut sum = *self.row.first()?;
        for (n, times) in self.row[1..].iter().enumerate().filter(|(_, times)| **times != 0) {
            sum = number::add(sum, number::mul(*times, of(n)).ok()?).ok()?;
        }
        Some((sum, self.denominator))
    }

    /// The constant and the coefficients, without the denominator: the same sign everywhere.
    pub(super) fn row(&self) -> &[i128] {
        &self.row
    }

    pub(super) fn denominator(&self) -> i128 {
        self.denominator
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(constant: i128, coefficients: &[i128], denominator: i128) -> Affine {
        Affine::of(constant, coefficients, denominator).expect("small numbers")
    }

    #[test]
    fn equal_forms_are_equal_values() {
        assert_eq!(form(2, &[4, 0, 0], 6), form(-1, &[-2], -3));
        assert_eq!(Affine::variable(1).minus(&Affine::variable(1)), Ok(Affine::constant(0)));
        assert_eq!(form(0, &[0, 0], 7), Affine::constant(0));
    }

    #[test]
    fn sums_over_different_variables_and_denominators() {
        let sum = form(1, &[1], 2).plus(&form(1, &[0, 0, 5], 3)).expect("small numbers");
        assert_eq!(sum, form(5, &[3, 0, 10], 6));
        assert_eq!(sum.coefficient(0), (1, 2));
        assert_eq!(sum.coefficient(1), (0, 1));
        assert_eq!(sum.coefficient(7), (0, 1));
        assert_eq!(sum.constant_term(), (5, 6));
        assert_eq!((sum.variables(), sum.is_constant()), (3, false));
    }

    #[test]
    fn multiples_and_values() {
        let half = form(3, &[2, -1], 1).times(-1, 2).expect("small numbers");
        assert_eq!(half, form(-3, &[-2, 1], 2));
        assert_eq!(half.at(&[Ratio::new(1, 3), Ratio::new(1, 2)]), Ok(Ratio::new(-19, 12)));
        assert_eq!(half.times(0, 5), Ok(Affine::constant(0)));
        assert_eq!(half.times(1, 0), Err(Overflow));
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let large = Affine::constant(i128::MAX);
        assert_eq!(large.plus(&Affine::constant(1)), Err(Overflow));
        assert_eq!(large.times(2, 1), Err(Overflow));
        assert_eq!(Affine::constant(i128::MIN).negated(), Err(Overflow));
        let fine = form(0, &[1], 1 << 90);
        assert_eq!(fine.plus(&form(0, &[1], (1 << 90) - 1)), Err(Overflow));
    }
}
