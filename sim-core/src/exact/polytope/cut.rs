//! Cutting: the double description step.

use super::build::{Column, Set, needed, settle};
use super::{Face, Generator, MOST_FACES, Polytope, Shape};
use crate::exact::inequality::{Kind, primitive};
use crate::exact::number::{self, Row};
use crate::exact::{Inequality, Overflow};
use smallvec::SmallVec;

/// One value a generator.
type Values = SmallVec<[i128; 32]>;

impl Polytope {
    /// The part of it where the inequality holds; `None` where that is nothing.
    ///
    /// Where it holds everywhere, this is a walk over the generators and allocates nothing.
    ///
    /// # Errors
    /// Numbers that do not fit, and more than 127 faces.
    ///
    /// # Panics
    /// If the form has variables that the set does not have.
    pub fn cut(&self, by: &Inequality) -> Result<Option<Polytope>, Overflow> {
        let shape = &*self.0;
        shape.check(&by.form);
        let values = shape.values(by.form.row())?;
        let below = values.iter().any(|value| *value < 0);
        let above = values.iter().any(|value| *value > 0);
        match (by.kind, below, above) {
            (Kind::AtLeast, false, _) => Ok(Some(self.clone())),
            (Kind::Above, _, false) => Ok(None),
            (Kind::Above, false, true) => self.without_face(by, &values).map(Some),
            (Kind::AtLeast | Kind::Above, true, _) => {
                let cut = shape.split(by, &values)?;
                Ok(cut.map(Polytope::from))
            }
        }
    }

    /// All of the inequalities, one after the other.
    ///
    /// # Errors
    /// As [`Polytope::cut`].
    pub fn cut_all<'a>(
        &self,
        by: impl IntoIterator<Item = &'a Inequality>,
    ) -> Result<Option<Polytope>, Overflow> {
        let mut rest = self.clone();
        for inequality in by {
            let Some(part) = rest.cut(inequality)? else { return Ok(None) };
            rest = part;
        }
        Ok(Some(rest))
    }

    /// The same without the points where the form, nowhere negative, is 0.
    fn without_face(&self, by: &Inequality, values: &[i128]) -> Result<Polytope, Overflow> {
        let shape = &*self.0;
        let zero = || shape.generators.iter().zip(values).filter(|it| *it.1 == 0).map(|it| it.0);
        if !zero().any(Generator::is_corner) || shape.taken_away(zero()) != 0 {
            return Ok(self.clone());
        }
        let face = Face { row: primitive(by.form.row())?, kind: by.kind };
        let mut columns = shape.columns();
        columns.push(Column { face, on: Set::of(values.iter().map(|value| *value == 0)) });
        let columns = needed(columns, shape.generators.len());
        settle(shape.variables, shape.generators.clone(), &columns).map(Polytope::from)
    }
}

impl Shape {
    pub(super) fn check(&self, form: &crate::exact::Affine) {
        let (has, names) = (self.variables, form.variables());
        assert!(names <= has, "a form over {names} variables in a set of {has}");
    }

    pub(super) fn values(&self, row: &[i128]) -> Result<Values, Overflow> {
        self.generators.iter().map(|it| number::dot(row, &it.row)).collect()
    }

    /// Two generators span an edge if no other one lies on all faces that they share.
    fn are_adjacent(&self, one: usize, other: usize) -> bool {
        let shared = self.generators[one].on & self.generators[other].on;
        // The rank of what they share is at least this; a cheap no for most.
        if (shared.count_ones() as usize) + 1 < self.variables {
            return false;
        }
        let on_all = |at: usize| self.generators[at].on & shared == shared;
        (0..self.generators.len()).all(|at| at == one || at == other || !on_all(at))
    }

    fn split(&self, by: &Inequality, values: &[i128]) -> Result<Option<Shape>, Overflow> {
        if self.faces.len() == MOST_FACES {
            return Err(Overflow);
        }
        let bit = 1_u128 << self.faces.len();
        let mut generators = Vec::with_capacity(self.generators.len() + 4);
        for (it, value) in self.generators.iter().zip(values).filter(|it| *it.1 >= 0) {
            let on = if *value == 0 { it.on | bit } else { it.on };
            generators.push(Generator { row: it.row.clone(), on });
        }
        let places = |sign: i128| {
            let wanted = move |at: &usize| values[*at].signum() == sign;
            (0..values.len()).filter(wanted)
        };
        for good in places(1) {
            for bad in places(-1).filter(|bad| self.are_adjacent(good, *bad)) {
                let (one, other) = (&self.generators[good], &self.generators[bad]);
                let row = between((&one.row, values[good]), (&other.row, values[bad]))?;
                generators.push(Generator { row, on: one.on & other.on | bit });
            }
        }
        let mut faces = self.faces.clone();
        faces.push(Face { row: primitive(by.form.row())?, kind: by.kind });
        let strict = match by.kind {
            Kind::AtLeast => self.strict,
            Kind::Above => self.strict | bit,
        };
        let part = Shape { variables: self.variables, faces, generators, strict };
        let nothing = !part.generators.iter().any(Generator::is_corner)
            || part.taken_away(&part.generators) != 0;
        Ok((!nothing).then(|| part.without_idle_faces()))
    }
}

/// Where the line between two generators meets the plane: their values there are of either sign.
fn between(good: (&Row, i128), bad: (&Row, i128)) -> Result<Row, Overflow> {
    let mut weights = [good.1, bad.1];
    number::reduce(&mut weights)?;
    let [of_bad, of_good] = weights;
    let mut row = Row::with_capacity(good.0.len());
    for (good, bad) in good.0.iter().zip(bad.0) {
        let left = number::mul(*bad, of_bad)?;
        let right = number::mul(*good, of_good)?;
        row.push(left.checked_sub(right).ok_or(Overflow)?);
    }
    number::reduce(&mut row)?;
    Ok(row)
}
