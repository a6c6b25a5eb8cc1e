//! The levels that a sweep has in hand: sets of states by measure, in a ring that moves forward.

use std::hash::Hash;

use super::column::Column;
use super::index::{Entry, KeySet};

/// How likely a state is to be passed through; nothing at all when nobody asks.
pub(super) trait Chance: Copy {
    /// All of it.
    const WHOLE: Self;
    /// One of `count` equal parts.
    fn part(self, count: u32) -> Self;
    /// Both together.
    fn plus(self, other: Self) -> Self;
    /// As a number, if it is one.
    fn number(self) -> Option<f64>;
}

/// Nobody asks.
impl Chance for () {
    const WHOLE: Self = ();
    fn part(self, _count: u32) -> Self {}
    fn plus(self, _other: Self) -> Self {}
    fn number(self) -> Option<f64> {
        None
    }
}

impl Chance for f64 {
    const WHOLE: Self = 1.0;
    fn part(self, count: u32) -> Self {
        self / Self::from(count)
    }
    fn plus(self, other: Self) -> Self {
        self + other
    }
    fn number(self) -> Option<f64> {
        Some(self)
    }
}

/// States of one measure.
pub(super) struct Level<K, C> {
    set: KeySet<K>,
    chances: Column<C>,
}

impl<K: Copy + Eq + Hash, C: Chance> Level<K, C> {
    fn new() -> Self {
        Self { set: KeySet::new(), chances: Column::new() }
    }

    pub(super) const fn len(&self) -> usize {
        self.set.len()
    }

    pub(super) fn state(&self, at: u32) -> (K, C) {
        (self.set.key(at), self.chances.get(at))
    }

    /// Brings the slot of a hash near.
    #[inline]
    pub(super) fn peek(&self, word: u32) -> u32 {
        self.set.peek(word)
    }

    /// Adds a state or, if it is known, its chance.
    #[inline]
    pub(super) fn add(&mut self, word: u32, key: K, chance: C) -> Entry {
        self.set.reserve(1);
        let entry = self.set.insert(word, key);
        match entry {
            Entry::Fresh(_) => self.chances.push(chance),
            Entry::Known(at) => {
                let sum = self.chances.get_mut(at);
                *sum = sum.plus(chance);
            }
        }
        entry
    }
}

/// Farthest step that a measure may take at once: the ring's largest size.
pub(super) const LEAP: u64 = 1 << 16;

/// Levels in a ring: level `m` is at `m` modulo the ring's size.
pub(super) struct Ring<K, C> {
    levels: Vec<Level<K, C>>,
    pub(super) now: u64,
}

impl<K: Copy + Eq + Hash, C: Chance> Ring<K, C> {
    pub(super) fn starting_at(measure: u64) -> Self {
        Self { levels: (0..8).map(|_| Level::new()).collect(), now: measure }
    }

    /// The level of a measure from now on, less than [`LEAP`] ahead.
    #[inline]
    pub(super) fn level(&mut self, measure: u64) -> &mut Level<K, C> {
        while measure - self.now >= self.levels.len() as u64 {
            self.widen();
        }
        let mask = self.levels.len() - 1;
        &mut self.levels[measure as usize & mask]
    }

    /// Takes the present level out. Its memory goes back to the allocator when the caller is done:
    /// a level kept for reuse would hold on to the size of the largest one it ever was.
    pub(super) fn take(&mut self) -> Level<K, C> {
        let now = self.now;
        std::mem::replace(self.level(now), Level::new())
    }

    /// Moves to the next level that has states.
    pub(super) fn advance(&mut self) -> Option<u64> {
        let from = self.now;
        let until = from.saturating_add(self.levels.len() as u64);
        self.now = (from..until).find(|&at| self.level(at).len() > 0)?;
        Some(self.now)
    }

    #[cold]
    fn widen(&mut self) {
        let old = self.levels.len() as u64;
        let mut wide: Vec<Level<K, C>> = (0..2 * old).map(|_| Level::new()).collect();
        for at in self.now..self.now + old {
            std::mem::swap(
                &mut wide[(at % (2 * old)) as usize],
                &mut self.levels[(at % old) as usize],
            );
        }
        self.levels = wide;
    }
}
