//! Who goes ahead of a search.

use super::Draw;
use crate::drive::race::{Bounds, Scouts};
use crate::drive::sample::Chance;
use crate::pace::symbolic::Drawn;

/// Trials that are sent ahead, so that the search begins where trials end up.
pub(super) struct Sent {
    trials: Vec<Chance>,
    /// What the parameters of the search are.
    pub(super) parameters: Vec<Draw>,
}

/// More trials than this are not sent ahead.
const MOST_SENT: u64 = 512;

impl Sent {
    pub(super) fn of(bounds: Bounds) -> Sent {
        let trials = (bounds.steps / 8).min(MOST_SENT);
        // Any seed will do, as long as it is the same one each time.
        Sent { trials: (0..trials).map(|n| Chance::of(0, n)).collect(), parameters: Vec::new() }
    }
}

impl Scouts for Sent {
    fn count(&self) -> usize {
        self.trials.len()
    }

    fn value(&self, scout: usize, variable: usize, drawn: &[Drawn]) -> i128 {
        let draw = match variable.checked_sub(self.parameters.len()) {
            None => Some(self.parameters[variable]),
            Some(n) => drawn.get(n).copied().and_then(Draw::of),
        };
        draw.map_or(0, |draw| draw.value(&self.trials[scout]).into())
    }
}
