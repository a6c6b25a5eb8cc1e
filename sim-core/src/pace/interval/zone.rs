//! Instants of which only differences are bounded.
//!
//! A zone is every choice of whole instants with `t(i) - t(j)` at most `bounds[i][j]`, for all
//! pairs (a difference bound matrix: D. Dill, 1989). Bounds are kept tight, so that leaving a row
//! out is forgetting an instant, and a zone without a point is noticed where it comes about.

use crate::wire::Micros;
use smallvec::SmallVec;

/// No bound.
const FREE: i64 = i64::MAX;

/// A zone. The first instant is the beginning of the run, the second is now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Zone {
    size: usize,
    /// Row by row.
    bounds: SmallVec<[i64; 36]>,
}

/// The beginning of the run.
pub(super) const START: usize = 0;
/// The present.
pub(super) const NOW: usize = 1;

const fn sum(one: i64, other: i64) -> i64 {
    if one == FREE || other == FREE { FREE } else { one.saturating_add(other) }
}

/// As a bound. Times of a scenario are far below what does not fit.
pub(super) fn whole(us: Micros) -> i64 {
    i64::try_from(us).unwrap_or(FREE / 4)
}

impl Zone {
    /// At the beginning: now is then.
    pub(super) fn new() -> Zone {
        Zone { size: 2, bounds: SmallVec::from_slice(&[0; 4]) }
    }

    pub(super) fn at(&self, i: usize, j: usize) -> i64 {
        self.bounds[i * self.size + j]
    }

    fn set(&mut self, i: usize, j: usize, bound: i64) {
        self.bounds[i * self.size + j] = bound;
    }

    /// One more instant, about which nothing is known yet; its place.
    pub(super) fn add(&mut self) -> usize {
        let old = self.clone();
        self.size += 1;
        self.bounds = SmallVec::from_elem(FREE, self.size * self.size);
        for i in 0..old.size {
            for j in 0..old.size {
                self.set(i, j, old.at(i, j));
            }
        }
        self.set(old.size, old.size, 0);
        old.size
    }

    /// `t(i) - t(j)` is at most this. `false` if no point is left.
    pub(super) fn limit(&mut self, i: usize, j: usize, bound: i64) -> bool {
        if bound >= self.at(i, j) {
            return true;
        }
        if sum(bound, self.at(j, i)) < 0 {
            return false;
        }
        for k in 0..self.size {
            let to = sum(self.at(k, i), bound);
            for l in 0..self.size {
                let through = sum(to, self.at(j, l));
                if through < self.at(k, l) {
                    self.set(k, l, through);
                }
            }
        }
        true
    }

    /// Leaves an instant out; those behind it move up.
    pub(super) fn forget(&mut self, n: usize) {
        let old = self.clone();
        self.size -= 1;
        self.bounds.clear();
        for i in (0..old.size).filter(|i| *i != n) {
            self.bounds.extend((0..old.size).filter(|j| *j != n).map(|j| old.at(i, j)));
        }
    }

    /// Now is this instant from here on, and it is no other any more.
    pub(super) fn pass(&mut self, n: usize) {
        for k in 0..self.size {
            let (row, column) = (self.at(n, k), self.at(k, n));
            self.set(NOW, k, row);
            self.set(k, NOW, column);
        }
        self.set(NOW, NOW, 0);
        self.forget(n);
    }

    /// Whether every point of the other one is a point of this.
    pub(super) fn holds(&self, other: &Zone) -> bool {
        self.size == other.size
            && self.bounds.iter().zip(&other.bounds).all(|(own, theirs)| theirs <= own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three instants after now, each some way behind another: bounds add up, and what contradicts
    /// them leaves nothing.
    #[test]
    fn bounds_are_tight_and_contradictions_are_seen() {
        let mut zone = Zone::new();
        let [one, two] = [zone.add(), zone.add()];
        assert!(zone.limit(one, NOW, 10) && zone.limit(NOW, one, -5));
        assert!(zone.limit(two, one, 3) && zone.limit(one, two, 0));
        assert_eq!((zone.at(two, NOW), zone.at(NOW, two)), (13, -5));
        assert!(!zone.clone().limit(two, NOW, 4), "not before the other one");
        let mut late = zone.clone();
        assert!(late.limit(NOW, two, -12));
        assert_eq!(late.at(NOW, one), -9, "the other one is at most three earlier");
        assert!(zone.holds(&late) && !late.holds(&zone));
    }

    #[test]
    fn the_past_is_forgotten_and_what_follows_from_it_is_not() {
        let mut zone = Zone::new();
        let [one, two] = [zone.add(), zone.add()];
        for (n, least, most) in [(one, 5, 10), (two, 8, 20)] {
            assert!(zone.limit(n, NOW, most) && zone.limit(NOW, n, -least));
        }
        // The first of the two is next.
        assert!(zone.limit(one, two, 0));
        zone.pass(one);
        let two = 2;
        assert_eq!((zone.at(NOW, START), zone.at(START, NOW)), (10, -5));
        assert_eq!((zone.at(two, NOW), zone.at(NOW, two)), (15, 0));
    }
}
