//! Durations that are names of forms.

use crate::exact::Affine;
use crate::wire::Micros;

/// Durations from here on are names: no law gives one so long.
const FIRST: Micros = 1 << 60;

/// The forms behind the durations of a setup.
///
/// A setup holds numbers of microseconds. Where a duration depends on a parameter, it holds the
/// name of a form instead; the model hands it on without looking at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols {
    forms: Vec<Affine>,
}

impl Symbols {
    /// The name of a form.
    pub fn name(&mut self, form: Affine) -> Micros {
        let at = self.forms.iter().position(|known| *known == form).unwrap_or_else(|| {
            self.forms.push(form);
            self.forms.len() - 1
        });
        FIRST + at as Micros
    }

    /// What a duration of a setup stands for (microseconds).
    #[must_use]
    pub fn form(&self, duration: Micros) -> Affine {
        self.named(duration).cloned().unwrap_or_else(|| Affine::constant(i128::from(duration)))
    }

    /// The form that a number of a setup is the name of; `None` where it is a number. Where a
    /// link's rate is a name, the form is what a byte takes (microseconds): times are linear in
    /// that, and not in a rate.
    #[must_use]
    pub fn named(&self, number: u64) -> Option<&Affine> {
        let at = number.checked_sub(FIRST).and_then(|at| usize::try_from(at).ok())?;
        self.forms.get(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_for_itself_and_a_name_for_its_form() {
        let mut symbols = Symbols::default();
        let name = symbols.name(Affine::variable(1));
        assert_eq!(symbols.form(name), Affine::variable(1));
        assert_eq!(symbols.name(Affine::variable(1)), name, "one name a form");
        assert_eq!(symbols.form(17), Affine::constant(17));
    }
}
