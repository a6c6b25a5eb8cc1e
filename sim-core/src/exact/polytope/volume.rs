//! Volumes, by cutting a set into simplices.

use super::Polytope;
use super::build::Set;
use crate::exact::linear::determinant;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

impl Polytope {
    /// Its volume (length, area) in as many dimensions as it has variables; `None` if it has no
    /// end. A set that is flat has none: 0. The set without variables has volume 1.
    #[must_use]
    pub fn volume(&self) -> Option<BigRational> {
        if !self.is_bounded() {
            return None;
        }
        let n = self.variables();
        if self.dimension() < n {
            return Some(BigRational::zero());
        }
        let all = Set::of(self.0.generators.iter().map(|_| true));
        let facets: Vec<Set> =
            self.0.columns().into_iter().map(|it| it.on).filter(|it| !it.is_empty()).collect();
        let mut simplices = Vec::new();
        triangulate(&all, &facets, &mut Vec::with_capacity(n + 1), n, &mut simplices);
        let sizes = simplices.iter().map(|corners| self.simplex(corners));
        let factorial = (1..=n).fold(BigInt::one(), |all, k| all * k);
        Some(sizes.sum::<BigRational>() / factorial)
    }

    /// `n!` times the volume of a simplex.
    fn simplex(&self, corners: &[usize]) -> BigRational {
        let row = |at: &usize| self.0.generators[*at].row.iter().copied().map(BigInt::from);
        let rows: Vec<Vec<BigInt>> = corners.iter().map(|at| row(at).collect()).collect();
        let heights = rows.iter().fold(BigInt::one(), |all, row| all * &row[0]);
        BigRational::new(determinant(rows).abs(), heights)
    }
}

/// Cones from the first corner of a face over its facets that do not hold it.
fn triangulate(
    face: &Set,
    facets: &[Set],
    apexes: &mut Vec<usize>,
    dimension: usize,
    simplices: &mut Vec<Vec<usize>>,
) {
    let Some(apex) = face.members().next() else { return };
    apexes.push(apex);
    if dimension == 0 {
        simplices.push(apexes.clone());
        apexes.pop();
        return;
    }
    let mut smaller: Vec<Set> = Vec::new();
    for facet in facets.iter().map(|facet| face.and(facet)).filter(|it| it != face) {
        if smaller.iter().any(|other| facet.is_within(other)) {
            continue;
        }
        smaller.retain(|other| !other.is_within(&facet));
        smaller.push(facet);
    }
    for facet in smaller.iter().filter(|it| !it.contains(apex)) {
        triangulate(facet, facets, apexes, dimension - 1, simplices);
    }
    apexes.pop();
}
