//! Where a search looks first.

use crate::exact::Affine;
use crate::pace::symbolic::Drawn;

/// Points that say where a search looks first: where most of them are.
pub(in crate::drive) trait Scouts {
    /// How many there are.
    fn count(&self) -> usize;
    /// The value of a variable at a scout's point, where these were drawn beyond the parameters.
    fn value(&self, scout: usize, variable: usize, drawn: &[Drawn]) -> i128;
}

/// Nobody goes ahead: the first way is followed to its end, then the next one.
impl Scouts for () {
    fn count(&self) -> usize {
        0
    }

    fn value(&self, _: usize, _: usize, _: &[Drawn]) -> i128 {
        0
    }
}

/// The way with the earliest instant, the first of the list among equals.
pub(super) fn earliest(
    ways: &[(Affine, usize)],
    value: &dyn Fn(&Affine) -> Option<(i128, i128)>,
) -> usize {
    let mut best = (0, value(&ways[0].0).unwrap_or((0, 1)));
    for (n, (at, _)) in ways.iter().enumerate().skip(1) {
        let (of, over) = value(at).unwrap_or((0, 1));
        // A scout that goes astray is no harm: it only says where to look.
        if of.saturating_mul(best.1.1) < best.1.0.saturating_mul(over) {
            best = (n, (of, over));
        }
    }
    best.0
}
