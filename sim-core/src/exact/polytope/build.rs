//! From rows and generators to a shape: which faces are needed.

use super::{Face, Generator, MOST_FACES, Polytope, Shape};
use crate::exact::Overflow;
use crate::exact::inequality::Kind;
use smallvec::SmallVec;
use std::sync::Arc;

/// A set of generators by their places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::exact) struct Set(SmallVec<[u64; 2]>);

impl Set {
    pub(super) fn of(members: impl Iterator<Item = bool>) -> Set {
        let mut words = SmallVec::new();
        for (at, member) in members.enumerate() {
            if at % 64 == 0 {
                words.push(0);
            }
            words[at / 64] |= u64::from(member) << (at % 64);
        }
        Set(words)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn contains(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    pub(super) fn is_within(&self, other: &Set) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own & !other == 0)
    }

    pub(super) fn and(&self, other: &Set) -> Set {
        Set(self.0.iter().zip(&other.0).map(|(own, other)| own & other).collect())
    }

    pub(super) fn members(&self) -> impl Iterator<Item = usize> {
        let bits = |word: u64| (0..64).filter(move |bit| word >> bit & 1 == 1);
        let words = self.0.iter().enumerate();
        words.flat_map(move |(at, word)| bits(*word).map(move |bit| 64 * at + bit))
    }
}

/// A face with the generators on it.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) face: Face,
    pub(super) on: Set,
}

impl Shape {
    pub(super) fn columns(&self) -> Vec<Column> {
        let on = |at: usize| Set::of(self.generators.iter().map(|it| it.on >> at & 1 == 1));
        let faces = self.faces.iter().enumerate();
        faces.map(|(at, face)| Column { face: face.clone(), on: on(at) }).collect()
    }

    /// The same without faces that another one makes superfluous.
    pub(super) fn without_idle_faces(self) -> Shape {
        let kept = needed(self.columns(), self.generators.len());
        assemble(self.variables, self.generators, &kept)
    }
}

/// Which of the columns over so many generators are needed; the first, the height, always is.
///
/// Faces of the closure are sets of generators, and the facets are the largest of those that are
/// not everything. What lies on a smaller face is needed only if it is strict and nothing strict
/// covers it. All that hold with equality everywhere are kept: they span the complement.
pub(super) fn needed(columns: Vec<Column>, generators: usize) -> Vec<Column> {
    let mut columns = columns.into_iter();
    let Some(height) = columns.next() else { return Vec::new() };
    let everything = Set::of((0..generators).map(|_| true));
    let mut flat = Vec::new();
    let mut proper: Vec<Column> = Vec::new();
    for column in columns {
        // Nothing is there, or only directions.
        if column.on.is_within(&height.on) {
            continue;
        }
        if column.on == everything {
            flat.push(column);
            continue;
        }
        match proper.iter_mut().find(|it| it.on == column.on) {
            Some(same) => same.face.kind = same.face.kind.stricter(column.face.kind),
            None => proper.push(column),
        }
    }
    let is_idle = |it: &Column| {
        let covers = |other: &&Column| match (it.face.kind, other.face.kind) {
            (Kind::AtLeast, _) | (Kind::Above, Kind::Above) => true,
            (Kind::Above, Kind::AtLeast) => false,
        };
        let mut others = proper.iter().filter(|other| other.on != it.on).filter(covers);
        others.any(|other| it.on.is_within(&other.on))
    };
    let facets: Vec<bool> = proper.iter().map(|it| !is_idle(it)).collect();
    let proper = proper.into_iter().zip(facets).filter_map(|(it, kept)| kept.then_some(it));
    std::iter::once(height).chain(flat).chain(proper).collect()
}

/// A shape from generators and the columns over them.
pub(super) fn settle(
    variables: usize,
    generators: Vec<Generator>,
    columns: &[Column],
) -> Result<Shape, Overflow> {
    if columns.len() > MOST_FACES {
        return Err(Overflow);
    }
    Ok(assemble(variables, generators, columns))
}

/// [`settle`] for at most [`MOST_FACES`] columns.
fn assemble(variables: usize, mut generators: Vec<Generator>, columns: &[Column]) -> Shape {
    let mut strict = 0;
    for (at, generator) in generators.iter_mut().enumerate() {
        let bits = columns.iter().enumerate().filter(|(_, it)| it.on.contains(at));
        generator.on = bits.fold(0, |all, (face, _)| all | 1 << face);
    }
    for (at, column) in columns.iter().enumerate() {
        strict |= u128::from(column.face.kind == Kind::Above) << at;
    }
    let faces = columns.iter().map(|it| it.face.clone()).collect();
    Shape { variables, faces, generators, strict }
}

impl From<Shape> for Polytope {
    fn from(shape: Shape) -> Polytope {
        Polytope(Arc::new(shape))
    }
}
