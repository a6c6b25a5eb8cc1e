//! Shares of trials, and how sure one can be of them.
//!
//! All intervals are at least 95 % sure whatever the truth is: none rests on an approximation by
//! the normal law, which fails where a share is near 0, and that is where these shares are.

use crate::interval::clopper_pearson;

/// How the number of trials came about: what a 95 % interval has to allow for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sure {
    /// It was there before the trials.
    Fixed,
    /// Somebody looked again and again, and ended it when the interval was narrow enough. That
    /// favours counts whose interval is too narrow by chance: an exact interval of 95 % then holds
    /// the truth in 93.9 % in the worst case found, one of 96.5 % in 95.6 % (`loss/count/tests.rs`
    /// sums it up for the default precision).
    Looked,
}

impl Sure {
    /// What the exact interval itself may miss, half of it at each end.
    const fn error(self) -> f64 {
        match self {
            Sure::Fixed => 0.05,
            Sure::Looked => 0.035,
        }
    }

    /// A 95 % interval of a share.
    pub(super) fn interval(self, count: u64, trials: u64) -> (f64, f64) {
        clopper_pearson(count, trials, self.error())
    }
}

/// The exact (Clopper-Pearson) 95 % interval of a share of a number of trials that was fixed.
pub(super) fn interval(count: u64, trials: u64) -> (f64, f64) {
    Sure::Fixed.interval(count, trials)
}

/// Trials of two scenarios side by side, as far as a difference between their shares is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pairs {
    /// Trials that the one lost and the other did not.
    pub only_here: u64,
    /// Trials that the other lost and the one did not.
    pub only_there: u64,
    /// Trials.
    pub of: u64,
}

impl Pairs {
    /// The share of the one less that of the other.
    pub(super) fn difference(self) -> f64 {
        let Pairs { only_here, only_there, of } = self;
        (only_here as f64 - only_there as f64) / of.max(1) as f64
    }

    /// A 95 % interval of that difference.
    ///
    /// Trials that end alike say nothing about it. So: the difference is d (2 t - 1), where d is
    /// the share of trials that end differently, and t the share of those that are lost here. Given
    /// how many end differently, t is an ordinary share (what McNemar's test rests on); both have
    /// exact intervals, each with half of the error, so that both hold together in at least 95 %
    /// (Bonferroni), and then so does every d (2 t - 1) between their ends. It leaves out 0 exactly
    /// where the interval of t leaves out a half.
    pub(super) fn interval(self, sure: Sure) -> (f64, f64) {
        let Pairs { only_here, only_there, of } = self;
        let apart = only_here + only_there;
        let (least, most) = clopper_pearson(apart, of, sure.error() / 2.0);
        let (low, high) = clopper_pearson(only_here, apart, sure.error() / 2.0);
        let (low, high) = (2.0 * low - 1.0, 2.0 * high - 1.0);
        let low = low * if low < 0.0 { most } else { least };
        let high = high * if high < 0.0 { least } else { most };
        (low, high)
    }
}

#[cfg(test)]
mod tests;
