//! Questions that a walk over the generators answers.

use super::{Generator, Polytope};
use crate::exact::number;
use crate::exact::{Affine, Inequality, Kind, Overflow, Ratio};
use std::cmp::Ordering;

/// How far a form goes in a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// The greatest lower bound.
    pub least: Bound,
    /// The least upper bound.
    pub greatest: Bound,
}

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The form has this value somewhere in the set.
    Attained(Ratio),
    /// The form comes as near as one likes, but the points where it has the value are taken away.
    Approached(Ratio),
    /// There is no end.
    Unbounded,
}

impl Bound {
    /// Its value, unless there is no end.
    #[must_use]
    pub const fn value(self) -> Option<Ratio> {
        match self {
            Bound::Attained(value) | Bound::Approached(value) => Some(value),
            Bound::Unbounded => None,
        }
    }
}

/// The least value so far, as a fraction, and the strict faces that all who have it lie on.
struct Least {
    value: (i128, i128),
    taken_away: u128,
}

impl Polytope {
    /// The least and the greatest value of a form.
    ///
    /// # Errors
    /// Numbers that do not fit.
    ///
    /// # Panics
    /// If the form has variables that the set does not have.
    pub fn range(&self, form: &Affine) -> Result<Range, Overflow> {
        self.0.check(form);
        let values = self.0.values(form.row())?;
        Ok(Range { least: self.end(form, &values, 1)?, greatest: self.end(form, &values, -1)? })
    }

    /// `sign` is 1 for the least value, -1 for the greatest.
    fn end(&self, form: &Affine, values: &[i128], sign: i128) -> Result<Bound, Overflow> {
        let strict = self.0.strict;
        let mut flat = strict;
        let mut least: Option<Least> = None;
        for (it, value) in self.0.generators.iter().zip(values) {
            let value = number::mul(sign, *value)?;
            if !it.is_corner() {
                match value.cmp(&0) {
                    Ordering::Less => return Ok(Bound::Unbounded),
                    Ordering::Equal => flat &= it.on,
                    Ordering::Greater => {}
                }
                continue;
            }
            let value = (value, it.row[0]);
            let fresh = Least { value, taken_away: strict & it.on };
            match &mut least {
                None => least = Some(fresh),
                Some(so_far) => match number::compare(value, so_far.value) {
                    Ordering::Less => *so_far = fresh,
                    Ordering::Equal => so_far.taken_away &= it.on,
                    Ordering::Greater => {}
                },
            }
        }
        let Some(Least { value, taken_away }) = least else { return Ok(Bound::Unbounded) };
        let value = number::ratio(number::mul(sign, value.0)?, value.1)?;
        let value =
            number::ratio(*value.numer(), number::mul(*value.denom(), form.denominator())?)?;
        Ok(if taken_away & flat == 0 { Bound::Attained(value) } else { Bound::Approached(value) })
    }

    /// Whether every point of the set satisfies it.
    ///
    /// # Errors
    /// Numbers that do not fit.
    ///
    /// # Panics
    /// If the form has variables that the set does not have.
    pub fn holds_everywhere(&self, what: &Inequality) -> Result<bool, Overflow> {
        self.0.check(&what.form);
        let values = self.0.values(what.form.row())?;
        if values.iter().any(|value| *value < 0) {
            return Ok(false);
        }
        Ok(match what.kind {
            Kind::AtLeast => true,
            Kind::Above => {
                let generators = self.0.generators.iter().zip(&values);
                let zero = || generators.clone().filter(|it| *it.1 == 0).map(|it| it.0);
                !zero().any(Generator::is_corner) || self.0.taken_away(zero()) != 0
            }
        })
    }

    /// Whether a point is in the set: one coordinate a variable.
    ///
    /// # Errors
    /// Numbers that do not fit.
    ///
    /// # Panics
    /// If the point has not as many coordinates as the set has variables.
    pub fn contains(&self, point: &[Ratio]) -> Result<bool, Overflow> {
        assert_eq!(point.len(), self.variables(), "one coordinate a variable");
        let point = number::homogeneous(point)?;
        for face in &self.0.faces {
            let value = number::dot(&face.row, &point)?;
            let holds = match face.kind {
                Kind::AtLeast => value >= 0,
                Kind::Above => value > 0,
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
