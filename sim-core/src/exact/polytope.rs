//! Convex sets given by inequalities, kept together with their corners and rays.
//!
//! A set of `n` variables is a cone of `n + 1` coordinates cut at height 1: a corner `x` is the ray
//! `(w, w x)`, a direction in which the set goes on for ever is a ray of height 0. All are whole
//! numbers without a common divisor. The double description method keeps faces and generators in
//! step, so that "how large can this form get" is a walk over the generators.
//!
//! Strict inequalities: the set is its closure without some of its faces. Every variable has a
//! lower end, so no set contains a line.

mod build;
mod cut;
mod describe;
pub(super) mod lattice;
mod look;
mod plane;
mod point;
mod reduce;
mod volume;

pub use look::{Bound, Range};
pub use plane::{Belonging, Edge, Polygon};

use super::inequality::Kind;
use super::number::{self, Row};
use super::{Overflow, Ratio};
use std::sync::Arc;

/// A convex set that is not empty. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Polytope(Arc<Shape>);

#[derive(Clone, Debug)]
struct Shape {
    variables: usize,
    /// The first says that the height is not negative. Those that hold with equality everywhere,
    /// those that are facets of the closure, and strict ones that take a smaller face away.
    faces: Vec<Face>,
    generators: Vec<Generator>,
    /// Bits of the faces that are strict.
    strict: u128,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Face {
    /// Constant and coefficients: not negative in the set.
    row: Row,
    kind: Kind,
}

#[derive(Clone, Debug)]
struct Generator {
    /// Height and coordinates.
    row: Row,
    /// Bits of the faces that it lies on.
    on: u128,
}

/// Faces have bits.
const MOST_FACES: usize = 128;

impl Generator {
    /// Whether it is a corner (or a direction).
    fn is_corner(&self) -> bool {
        self.row[0] > 0
    }
}

impl Shape {
    /// The bits of the strict faces that all of these generators lie on: not 0 if what they span
    /// is no part of the set.
    fn taken_away<'a>(&self, generators: impl IntoIterator<Item = &'a Generator>) -> u128 {
        generators.into_iter().fold(self.strict, |all, it| all & it.on)
    }
}

impl Polytope {
    /// The set of the only point without coordinates.
    fn point() -> Polytope {
        let height = Face { row: Row::from_slice(&[1]), kind: Kind::AtLeast };
        let point = Generator { row: Row::from_slice(&[1]), on: 0 };
        let (faces, generators) = (vec![height], vec![point]);
        Polytope(Arc::new(Shape { variables: 0, faces, generators, strict: 0 }))
    }

    /// All points between two ends a variable, both included; `None` is no upper end.
    ///
    /// Empty (`None`) if a lower end is above its upper one.
    ///
    /// # Errors
    /// Numbers that do not fit.
    pub fn boxed(ends: &[(Ratio, Option<Ratio>)]) -> Result<Option<Polytope>, Overflow> {
        let mut all = Polytope::point();
        for (lo, hi) in ends {
            let Some(more) = all.with_variable(*lo, *hi)? else { return Ok(None) };
            all = more;
        }
        Ok(Some(all))
    }

    /// The same with one more variable, numbered behind the others, between these ends. Costs a
    /// walk over the generators.
    ///
    /// Empty (`None`) if the lower end is above the upper one.
    ///
    /// # Errors
    /// Numbers that do not fit.
    pub fn with_variable(
        &self,
        lo: Ratio,
        hi: Option<Ratio>,
    ) -> Result<Option<Polytope>, Overflow> {
        if hi.is_some_and(|hi| hi < lo) {
            return Ok(None);
        }
        let shape = &*self.0;
        let mut faces = shape.faces.clone();
        let bit = |at: usize| if at < MOST_FACES { Ok(1_u128 << at) } else { Err(Overflow) };
        let from = bit(faces.len())?;
        faces.push(end(shape.variables, lo, 1)?);
        let mut to = 0;
        if let Some(hi) = hi {
            to = bit(faces.len())?;
            faces.push(end(shape.variables, hi, -1)?);
        }
        let ends = match hi {
            Some(hi) if hi == lo => vec![(lo, from | to)],
            Some(hi) => vec![(lo, from), (hi, to)],
            None => vec![(lo, from)],
        };
        let mut generators = Vec::with_capacity(2 * shape.generators.len() + 1);
        for it in &shape.generators {
            if !it.is_corner() {
                let mut row = it.row.clone();
                row.push(0);
                generators.push(Generator { row, on: it.on | from | to });
                continue;
            }
            for (end, bits) in &ends {
                let mut row = Row::with_capacity(it.row.len() + 1);
                for number in &it.row {
                    row.push(number::mul(*number, *end.denom())?);
                }
                row.push(number::mul(it.row[0], *end.numer())?);
                number::reduce(&mut row)?;
                generators.push(Generator { row, on: it.on | bits });
            }
        }
        if hi.is_none() {
            let mut row = Row::from_elem(0, shape.variables + 2);
            row[shape.variables + 1] = 1;
            // On every face but its own lower end.
            generators.push(Generator { row, on: from - 1 });
        }
        let (variables, strict) = (shape.variables + 1, shape.strict);
        Ok(Some(Polytope(Arc::new(Shape { variables, faces, generators, strict }))))
    }

    /// How many variables it has.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.0.variables
    }

    /// The corners of the closure, in the order in which they came about.
    #[must_use]
    pub fn vertices(&self) -> Vec<Vec<Ratio>> {
        let corners = self.0.generators.iter().filter(|it| it.is_corner());
        corners
            .map(|it| it.row[1..].iter().map(|at| Ratio::new(*at, it.row[0])).collect())
            .collect()
    }

    /// The directions at the rim in which it goes on for ever, as whole numbers.
    #[must_use]
    pub fn rays(&self) -> Vec<Vec<i128>> {
        let rays = self.0.generators.iter().filter(|it| !it.is_corner());
        rays.map(|it| it.row[1..].to_vec()).collect()
    }

    /// Whether it has an end in every direction.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        self.0.generators.iter().all(Generator::is_corner)
    }

    /// Its closure: the same with its whole rim.
    #[must_use]
    pub fn closure(&self) -> Polytope {
        let mut shape = (*self.0).clone();
        shape.strict = 0;
        for face in &mut shape.faces {
            face.kind = Kind::AtLeast;
        }
        // Strict faces that are no facets stay as faces that take nothing away: harmless, but not
        // needed.
        Polytope(Arc::new(shape.without_idle_faces()))
    }
}

/// `sign * (variable - end) >= 0`.
fn end(variable: usize, end: Ratio, sign: i128) -> Result<Face, Overflow> {
    let mut row = Row::from_elem(0, variable + 2);
    row[0] = end.numer().checked_mul(-sign).ok_or(Overflow)?;
    row[variable + 1] = end.denom() * sign;
    Ok(Face { row, kind: Kind::AtLeast })
}

#[cfg(test)]
mod tests;
