//! What a set is given by: its dimension and the fewest inequalities.

use super::{Face, Generator, Polytope};
use crate::exact::linear::{Echelon, fractions};
use crate::exact::{Affine, Inequality, Kind, Overflow};
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

impl Polytope {
    /// The dimension of the smallest flat that holds it: as many as it has variables if it has a
    /// volume, 0 for a point.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.variables() - self.flat().rank()
    }

    /// The equations that hold everywhere: leading coefficients are those of the last variables.
    fn flat(&self) -> Echelon {
        let n = self.variables();
        let faces = self.0.faces.iter().enumerate().skip(1);
        let everywhere = |at: usize| self.0.generators.iter().all(|it| it.on >> at & 1 == 1);
        let flat = faces.filter(|(at, _)| everywhere(*at)).map(|(_, face)| wide(face, n));
        Echelon::of(flat.collect(), (1..=n).rev())
    }

    /// The fewest inequalities that say which points are in it, in an order that depends on the
    /// set alone: equations first (as two inequalities each, solved for the last variable), then
    /// the facets, then what takes smaller faces away. Coefficients are whole and without a common
    /// divisor.
    ///
    /// # Errors
    /// Numbers that do not fit.
    pub fn irredundant(&self) -> Result<Vec<Inequality>, Overflow> {
        let flat = self.flat();
        let mut equations = Vec::new();
        for row in flat.rows() {
            let form = form(row)?;
            equations.push(Inequality::at_least(form.negated()?));
            equations.push(Inequality::at_least(form));
        }
        equations.sort();
        let (mut facets, mut smaller) = (Vec::new(), Vec::new());
        for (at, face) in self.0.faces.iter().enumerate().skip(1) {
            let form = if flat.rank() == 0 {
                Affine::of(face.row[0], &face.row[1..], 1)?
            } else {
                let mut row = wide(face, self.variables());
                flat.reduce(&mut row);
                if row[1..].iter().all(Zero::is_zero) {
                    continue;
                }
                form(&row)?
            };
            let inequality = Inequality { form, kind: face.kind };
            match (face.kind, self.is_facet(at)) {
                (Kind::AtLeast, _) | (Kind::Above, true) => facets.push(inequality),
                (Kind::Above, false) => smaller.push(inequality),
            }
        }
        facets.sort();
        smaller.sort();
        Ok(equations.into_iter().chain(facets).chain(smaller).collect())
    }

    /// Whether no other face holds all of its generators.
    fn is_facet(&self, at: usize) -> bool {
        let on = |it: &&Generator| it.on >> at & 1 == 1;
        let shared = |all: u128, it: &Generator| all & it.on;
        let everywhere = self.0.generators.iter().fold(u128::MAX, shared);
        let here = self.0.generators.iter().filter(on).fold(u128::MAX, shared);
        here & !everywhere == 1 << at
    }
}

/// A face's row with a number for each variable.
fn wide(face: &Face, variables: usize) -> Vec<BigRational> {
    let mut row = fractions(&face.row);
    row.resize(variables + 1, BigRational::zero());
    row
}

/// The smallest whole multiple.
fn form(row: &[BigRational]) -> Result<Affine, Overflow> {
    let common = row.iter().fold(BigInt::one(), |all, it| all.lcm(it.denom()));
    let whole: Vec<BigInt> = row.iter().map(|it| it.numer() * (&common / it.denom())).collect();
    let divisor = whole.iter().fold(BigInt::zero(), |all, it| all.gcd(it));
    let small = |it: &BigInt| (it / &divisor).to_i128().ok_or(Overflow);
    let small: Vec<i128> = whole.iter().map(small).collect::<Result<_, _>>()?;
    Affine::of(small[0], &small[1..], 1)
}
