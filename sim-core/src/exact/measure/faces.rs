//! The integral over a polytope, from face to smaller face.
//!
//! Integrating along one variable leaves the antiderivative at the upper end less that at the lower
//! end, and the ends are facets: the integral is a sum over facets, each seen along that variable,
//! with the variable replaced by what it is on the facet (the divergence theorem). The next
//! variable does the same with the facets' facets, down to corners. All faces of a dimension are
//! seen along the same variables, so what comes to a face from several larger ones is added before
//! it goes on: the work grows with the number of faces, not with the number of ways down to a
//! corner. Faces parallel to the variable have nothing to give. Faces at infinity have nothing
//! either, because the density vanishes there with all its antiderivatives.

use super::integrand::{Integrand, Linear};
use super::law::Piece;
use super::value::Exact;
use crate::exact::Polytope;
use crate::exact::polytope::lattice::{Lattice, Set};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use std::collections::BTreeMap;

/// What has come to a face so far.
struct Visit {
    /// Each variable that is gone, as a form of those that are left.
    gone: Vec<(usize, Linear)>,
    /// All variables, gone or not.
    variables: usize,
    integrand: Integrand,
}

/// The integral of the product of the pieces' densities, one a variable, over a set that lies
/// within their ends.
pub(super) fn integral(set: &Polytope, pieces: &[&Piece]) -> Exact {
    let variables = set.variables();
    if set.dimension() < variables {
        return Exact::zero();
    }
    let lattice = set.lattice();
    let first = Visit { gone: Vec::new(), variables, integrand: density(pieces) };
    let mut level = BTreeMap::from([(lattice.all(), first)]);
    for n in order(&lattice, variables) {
        let mut next = BTreeMap::new();
        for (face, visit) in level {
            step(&lattice, &face, &visit, n, &mut next);
        }
        level = next;
    }
    Exact::sum(level.into_values().flat_map(|visit| visit.integrand.constants()))
}

fn density(pieces: &[&Piece]) -> Integrand {
    let mut product = Integrand::one(pieces.len());
    for (n, piece) in pieces.iter().enumerate() {
        let factors = piece.density.iter();
        let summands = factors.map(|it| product.times(n, it.power, &it.coefficient, &it.rate));
        product = summands.fold(Integrand::default(), Integrand::plus);
    }
    product
}

/// Variables that few faces know first: the others are parallel and give nothing.
fn order(lattice: &Lattice, variables: usize) -> Vec<usize> {
    let knows = |row: &[i128], n: usize| row.get(n + 1).is_some_and(|it| *it != 0);
    let mut order: Vec<usize> = (0..variables).collect();
    order.sort_by_key(|n| lattice.rows().filter(|row| knows(row, *n)).count());
    order
}

/// From a face to its facets, along a variable.
fn step(lattice: &Lattice, face: &Set, visit: &Visit, n: usize, next: &mut BTreeMap<Set, Visit>) {
    let whole = visit.integrand.antiderivative(n);
    for (facet, row) in lattice.facets(face) {
        let row = seen(row, visit);
        let slope = &row[n + 1];
        if slope.is_zero() {
            continue;
        }
        // Below the facet where the form falls with the variable, above it where it rises.
        let sign = -slope.signum();
        let mut form: Linear = row.iter().map(|it| -it / slope).collect();
        form[n + 1] = BigRational::zero();
        let there = next.entry(facet).or_insert_with(|| {
            let gone = visit.gone.iter().map(|(m, of)| (*m, replaced(of, n, &form)));
            let gone = gone.chain([(n, form.clone())]).collect();
            Visit { gone, variables: visit.variables, integrand: Integrand::default() }
        });
        whole.put(n, &form, &sign, &mut there.integrand);
    }
}

/// A face's row over the variables that are left.
fn seen(row: &[i128], visit: &Visit) -> Linear {
    let number = |at: usize| BigInt::from(row.get(at).copied().unwrap_or(0));
    let mut seen: Linear =
        (0..=visit.variables).map(|at| BigRational::from_integer(number(at))).collect();
    for (n, form) in &visit.gone {
        let factor = std::mem::replace(&mut seen[n + 1], BigRational::zero());
        if !factor.is_zero() {
            seen.iter_mut().zip(form).for_each(|(own, form)| *own += &factor * form);
        }
    }
    seen
}

/// A form with another form in the place of a variable.
fn replaced(of: &Linear, n: usize, form: &Linear) -> Linear {
    let mut new = of.clone();
    let factor = std::mem::replace(&mut new[n + 1], BigRational::zero());
    if !factor.is_zero() {
        new.iter_mut().zip(form).for_each(|(own, form)| *own += &factor * form);
    }
    new
}
