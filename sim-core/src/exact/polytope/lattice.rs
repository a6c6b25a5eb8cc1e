//! A closed polytope's faces as sets of generators; sets as products.

pub(in crate::exact) use super::build::Set;

use super::build::{Column, settle};
use super::{Generator, Polytope};
use crate::exact::Overflow;
use crate::exact::number;

/// The faces of the closure, each as the set of its generators.
pub(in crate::exact) struct Lattice {
    all: Set,
    at_infinity: Set,
    columns: Vec<Column>,
}

impl Lattice {
    pub(in crate::exact) fn all(&self) -> Set {
        self.all.clone()
    }

    /// The rows of the whole polytope's faces.
    pub(in crate::exact) fn rows(&self) -> impl Iterator<Item = &[i128]> {
        self.columns.iter().map(|it| it.face.row.as_slice())
    }

    /// The largest faces of a face that are not at infinity, each with a row (constant and
    /// coefficients) that is 0 on it and positive on the rest of the face.
    pub(in crate::exact) fn facets(&self, face: &Set) -> Vec<(Set, &[i128])> {
        let mut largest: Vec<(Set, &[i128])> = Vec::new();
        for column in &self.columns {
            let part = face.and(&column.on);
            if part == *face || part.is_within(&self.at_infinity) {
                continue;
            }
            if largest.iter().any(|other| part.is_within(&other.0)) {
                continue;
            }
            largest.retain(|other| !other.0.is_within(&part));
            largest.push((part, &column.face.row));
        }
        largest
    }
}

impl Polytope {
    pub(in crate::exact) fn lattice(&self) -> Lattice {
        let mut columns = self.0.columns();
        let height = columns.remove(0);
        let all = Set::of(self.0.generators.iter().map(|_| true));
        Lattice { all, at_infinity: height.on, columns }
    }

    /// The set as a product: variables that no face ties together, directly or by way of others,
    /// are in different factors. Each factor has its variables' numbers here, ascending, and is
    /// numbered by their places in that list.
    pub(in crate::exact) fn components(&self) -> Result<Vec<(Vec<usize>, Polytope)>, Overflow> {
        let mut group: Vec<usize> = (0..self.variables()).collect();
        for face in &self.0.faces {
            let known =
                || (0..group.len()).filter(|n| face.row.get(n + 1).is_some_and(|it| *it != 0));
            let tied: Vec<usize> = known().map(|n| group[n]).collect();
            let Some(first) = tied.iter().min().copied() else { continue };
            group.iter_mut().filter(|it| tied.contains(it)).for_each(|it| *it = first);
        }
        let mut firsts = group.clone();
        firsts.sort_unstable();
        firsts.dedup();
        if firsts.len() == 1 {
            return Ok(vec![((0..self.variables()).collect(), self.clone())]);
        }
        let members = |first: usize| (0..group.len()).filter(|n| group[*n] == first).collect();
        let factor = |first: usize| {
            let variables: Vec<usize> = members(first);
            self.factor(&variables).map(|it| (variables, it))
        };
        firsts.into_iter().map(factor).collect()
    }

    /// One factor of a product.
    fn factor(&self, variables: &[usize]) -> Result<Polytope, Overflow> {
        let mut places = Vec::new();
        let mut generators: Vec<Generator> = Vec::new();
        for (at, it) in self.0.generators.iter().enumerate() {
            let own = variables.iter().map(|n| it.row[n + 1]);
            let mut row: number::Row = std::iter::once(it.row[0]).chain(own).collect();
            number::reduce(&mut row)?;
            // Another factor's direction is nothing here.
            let is_there = row.iter().any(|number| *number != 0);
            if is_there && generators.iter().all(|other| other.row != row) {
                generators.push(Generator { row, on: 0 });
                places.push(at);
            }
        }
        let mut columns = Vec::new();
        for (first, column) in self.0.columns().into_iter().enumerate() {
            let number = |n: &usize| column.face.row.get(n + 1).copied().unwrap_or(0);
            let mut face = column.face.clone();
            face.row.truncate(1);
            face.row.extend(variables.iter().map(number));
            if first == 0 || face.row[1..].iter().any(|number| *number != 0) {
                let on = Set::of(places.iter().map(|at| column.on.contains(*at)));
                columns.push(Column { face, on });
            }
        }
        settle(variables.len(), generators, &columns).map(Polytope::from)
    }
}
