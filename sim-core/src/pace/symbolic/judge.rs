//! Comparisons of instants within a region.

use crate::exact::{Affine, Inequality, Kind, Overflow, Polytope};

/// Why a step could not be taken as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// Whether this form is at least zero: it is in one part of the region and is not in the other.
    /// The step has to be taken in each part by itself.
    Sign(Affine),
    /// A number outgrew its type.
    Overflow,
}

/// Answers comparisons, and remembers the first that it could not answer. What it says after that
/// is of no use; the step is thrown away.
#[derive(Clone, Debug, Default)]
pub(super) struct Judge {
    unclear: Option<Unclear>,
}

impl Judge {
    pub(super) fn take(&mut self) -> Option<Unclear> {
        self.unclear.take()
    }

    pub(super) fn overflow(&mut self) {
        self.note(Unclear::Overflow);
    }

    fn note(&mut self, what: Unclear) {
        self.unclear.get_or_insert(what);
    }

    /// The value of an operation; zero where a number outgrew its type.
    pub(super) fn value(&mut self, of: Result<Affine, Overflow>) -> Affine {
        of.unwrap_or_else(|Overflow| {
            self.note(Unclear::Overflow);
            Affine::constant(0)
        })
    }

    pub(super) fn plus(&mut self, one: &Affine, other: &Affine) -> Affine {
        self.value(one.plus(other))
    }

    /// The larger of two, where that is the same one everywhere in the region.
    pub(super) fn later(&mut self, region: &Polytope, one: Affine, other: Affine) -> Affine {
        match self.at_least(region, &one, &other) {
            true => one,
            false => other,
        }
    }

    /// The smaller of two.
    pub(super) fn sooner(&mut self, region: &Polytope, one: Affine, other: Affine) -> Affine {
        match self.at_least(region, &one, &other) {
            true => other,
            false => one,
        }
    }

    /// Whether one is at least the other, everywhere in the region or nowhere.
    pub(super) fn at_least(&mut self, region: &Polytope, one: &Affine, other: &Affine) -> bool {
        let form = self.value(one.minus(other));
        let answer = always(region, form.clone(), Kind::AtLeast).and_then(|yes| {
            let never = if yes { Ok(false) } else { below(region, &form) };
            never.map(|never| (yes, never))
        });
        match answer {
            Ok((true, _)) => true,
            Ok((false, true)) => false,
            Ok((false, false)) => {
                self.note(Unclear::Sign(form));
                true
            }
            Err(Overflow) => {
                self.note(Unclear::Overflow);
                true
            }
        }
    }
}

/// Whether a form is at least (or above) zero in the whole region.
pub(super) fn always(region: &Polytope, form: Affine, kind: Kind) -> Result<bool, Overflow> {
    region.holds_everywhere(&Inequality { form, kind })
}

/// Whether a form is below zero in the whole region.
fn below(region: &Polytope, form: &Affine) -> Result<bool, Overflow> {
    always(region, form.times(-1, 1)?, Kind::Above)
}
