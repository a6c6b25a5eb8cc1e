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
        let named = duration.checked_sub(FIRST).and_then(|at| usize::try_from(at).ok());
        match named.and_then(|at| self.forms.get(at)) {
            Some(form) => form.clone(),
            None => Affine::constant(i128::from(duration)),
        }
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
