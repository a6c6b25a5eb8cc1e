//! Small systems of linear equations in fractions of big integers.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

/// Rows in reduced echelon form, each with the column of its leading 1.
#[derive(Clone, Debug)]
pub(super) struct Echelon(Vec<(usize, Vec<BigRational>)>);

impl Echelon {
    /// Leading numbers are looked for in these columns, in this order.
    pub(super) fn of(
        mut rows: Vec<Vec<BigRational>>,
        columns: impl Iterator<Item = usize>,
    ) -> Echelon {
        let mut done: Vec<(usize, Vec<BigRational>)> = Vec::new();
        for column in columns {
            let Some(at) = rows.iter().position(|row| !row[column].is_zero()) else { continue };
            let mut lead = rows.swap_remove(at);
            let first = lead[column].clone();
            lead.iter_mut().for_each(|number| *number /= &first);
            let others = rows.iter_mut().chain(done.iter_mut().map(|it| &mut it.1));
            others.for_each(|row| clear(row, column, &lead));
            done.push((column, lead));
        }
        Echelon(done)
    }

    pub(super) fn rank(&self) -> usize {
        self.0.len()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[BigRational]> {
        self.0.iter().map(|it| it.1.as_slice())
    }

    /// Takes multiples of the rows away until no leading column is left.
    pub(super) fn reduce(&self, row: &mut [BigRational]) {
        self.0.iter().for_each(|(column, lead)| clear(row, *column, lead));
    }
}

fn clear(row: &mut [BigRational], column: usize, lead: &[BigRational]) {
    let factor = row[column].clone();
    if !factor.is_zero() {
        row.iter_mut().zip(lead).for_each(|(number, lead)| *number -= &factor * lead);
    }
}

pub(super) fn fractions(row: &[i128]) -> Vec<BigRational> {
    row.iter().map(|number| BigRational::from_integer(BigInt::from(*number))).collect()
}

/// The determinant of a square matrix, by Bareiss' elimination: every division comes out even.
pub(super) fn determinant(mut rows: Vec<Vec<BigInt>>) -> BigInt {
    let size = rows.len();
    let mut sign = BigInt::one();
    let mut last = BigInt::one();
    for step in 0..size.saturating_sub(1) {
        let Some(at) = (step..size).find(|at| !rows[*at][step].is_zero()) else {
            return BigInt::zero();
        };
        if at != step {
            rows.swap(at, step);
            sign = -sign;
        }
        let (above, below) = rows.split_at_mut(step + 1);
        let lead = &above[step];
        for row in below {
            for column in step + 1..size {
                row[column] = (&row[column] * &lead[step] - &row[step] * &lead[column]) / &last;
            }
        }
        last = lead[step].clone();
    }
    rows.last().and_then(|row| row.last()).map_or_else(BigInt::one, |it| it * sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn determinants_by_hand() {
        let of = |rows: &[&[i64]]| {
            let row = |row: &&[i64]| row.iter().map(|it| BigInt::from(*it)).collect();
            determinant(rows.iter().map(row).collect())
        };
        assert_eq!(of(&[]), BigInt::from(1));
        assert_eq!(of(&[&[7]]), BigInt::from(7));
        assert_eq!(of(&[&[0, 2], &[3, 4]]), BigInt::from(-6));
        assert_eq!(of(&[&[2, 0, 1], &[1, 3, 2], &[1, 1, 1]]), BigInt::from(0));
        assert_eq!(of(&[&[0, 0, 1], &[0, 1, 0], &[1, 0, 0]]), BigInt::from(-1));
    }

    #[test]
    fn an_echelon_has_the_rank_and_reduces_its_own_rows_to_nothing() {
        let rows = vec![fractions(&[1, 2, 3]), fractions(&[2, 4, 7]), fractions(&[3, 6, 10])];
        let echelon = Echelon::of(rows.clone(), 0..3);
        assert_eq!(echelon.rank(), 2);
        for mut row in rows {
            echelon.reduce(&mut row);
            assert!(row.iter().all(Zero::is_zero));
        }
    }
}
