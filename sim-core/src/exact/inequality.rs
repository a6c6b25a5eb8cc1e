//! A form that is not negative, or positive.

use super::number::{self, Row};
use super::{Affine, Overflow};

/// Whether a form may be 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The form is at least 0.
    AtLeast,
    /// The form is above 0.
    Above,
}

impl Kind {
    /// What the opposite says: where a form is not at least 0, its negative is above 0.
    #[must_use]
    pub const fn opposite(self) -> Kind {
        match self {
            Kind::AtLeast => Kind::Above,
            Kind::Above => Kind::AtLeast,
        }
    }

    /// What both say together.
    pub(super) const fn stricter(self, other: Kind) -> Kind {
        match (self, other) {
            (Kind::AtLeast, Kind::AtLeast) => Kind::AtLeast,
            (Kind::Above, _) | (_, Kind::Above) => Kind::Above,
        }
    }
}

/// `form >= 0` or `form > 0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Inequality {
    /// What is compared with 0.
    pub form: Affine,
    /// Whether it may be 0.
    pub kind: Kind,
}

impl Inequality {
    /// `form >= 0`.
    #[must_use]
    pub fn at_least(form: Affine) -> Inequality {
        Inequality { form, kind: Kind::AtLeast }
    }

    /// `form > 0`.
    #[must_use]
    pub fn above(form: Affine) -> Inequality {
        Inequality { form, kind: Kind::Above }
    }

    /// What holds exactly where this does not.
    ///
    /// # Errors
    /// Numbers that do not fit.
    pub fn opposite(&self) -> Result<Inequality, Overflow> {
        Ok(Inequality { form: self.form.negated()?, kind: self.kind.opposite() })
    }

    /// The same with whole coefficients that have no common divisor: equal for all positive
    /// multiples of a form.
    ///
    /// # Errors
    /// Numbers that do not fit.
    pub fn primitive(&self) -> Result<Inequality, Overflow> {
        let row = primitive(self.form.row())?;
        Ok(Inequality { form: Affine::of(row[0], &row[1..], 1)?, kind: self.kind })
    }
}

/// A row without common divisor.
pub(super) fn primitive(row: &[i128]) -> Result<Row, Overflow> {
    let mut row = Row::from_slice(row);
    number::reduce(&mut row)?;
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positive_multiples_say_the_same_and_opposites_do_not() {
        let form = Affine::of(6, &[-4, 0, 2], 5).expect("small numbers");
        let it = Inequality::at_least(form.clone());
        let multiple = Inequality::at_least(form.times(7, 3).expect("small numbers"));
        assert_eq!(it.primitive(), multiple.primitive());
        let opposite = it.opposite().expect("small numbers");
        assert_eq!(opposite.kind, Kind::Above);
        assert_ne!(opposite.primitive(), it.primitive());
        assert_eq!(opposite.opposite(), Ok(it));
    }
}
