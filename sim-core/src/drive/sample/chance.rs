//! Which words of a stream are whose.

use crate::pace::clocked::{Draw, Source};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The draws of one trial: trial `n` of seed `s` is ChaCha8 keyed with `s`
/// (`ChaCha8Rng::seed_from_u64`), stream `n`. Its 32-bit words belong to the sources of a run:
///
/// | source | its first shares | words | from then on, words from |
/// |---|---|---|---|
/// | the path | 2 | 0 to 3 | 2^32 |
/// | host A | 15 | 4 to 33 | 2 * 2^32 |
/// | host B | 15 | 34 to 63 | 3 * 2^32 |
/// | segments of A | 0 | | 4 * 2^32 |
/// | segments of B | 0 | | 5 * 2^32 |
///
/// A share is two words, the lower half first. So a source's shares depend on the seed, the trial
/// and on how many shares *it* has had, and on nothing else: two servers compared on the same trial
/// meet the same path and the same client. All first shares together are what ChaCha computes at
/// once anyway; most trials need no more.
#[derive(Clone, Debug)]
pub struct Chance {
    rng: ChaCha8Rng,
    /// The first 64 words.
    first: [u64; FIRST],
    /// The next of `first` for each source.
    next: [usize; SOURCES],
    /// Where each source's further shares come from. What is here may be of an earlier trial: it is
    /// set when a source comes to the end of its first shares.
    further: [Option<Box<ChaCha8Rng>>; SOURCES],
}

/// Who draws.
const SOURCES: usize = Source::COUNT;

/// Shares in the first 64 words.
const FIRST: usize = 32;
/// Where the first shares of each source begin and end.
const BEGIN: [usize; SOURCES] = [0, 2, 17, FIRST, FIRST];
const END: [usize; SOURCES] = [2, 17, FIRST, FIRST, FIRST];

/// The word at which a source's further shares begin.
const fn region(source: usize) -> u128 {
    (source as u128 + 1) << 32
}

impl Chance {
    /// The draws of this trial.
    #[must_use]
    pub fn of(seed: u64, trial: u64) -> Chance {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        let mut chance =
            Chance { rng, first: [0; FIRST], next: BEGIN, further: [const { None }; SOURCES] };
        chance.turn_to(trial);
        chance
    }

    /// The draws of another trial of the same seed.
    pub(super) fn turn_to(&mut self, trial: u64) {
        self.rng.set_word_pos(0);
        self.rng.set_stream(trial);
        self.first = core::array::from_fn(|_| self.rng.next_u64());
        self.next = BEGIN;
    }

    /// The draws of the trial that another one of the same seed stands at the beginning of, without
    /// working them out again.
    pub(super) fn follow(&mut self, other: &Chance) {
        self.rng.set_word_pos(0);
        self.rng.set_stream(other.rng.get_stream());
        self.first = other.first;
        self.next = BEGIN;
    }

    /// Where a source's share with this number (from 0) is among the first of all; `None` if it is
    /// one of the further ones.
    pub(crate) fn place(source: Source, nth: usize) -> Option<usize> {
        let source = source.index();
        let at = BEGIN[source].checked_add(nth)?;
        (at < END[source]).then_some(at)
    }

    /// The share at such a place, whether it has been drawn or not.
    #[inline]
    pub(crate) fn at(&self, place: usize) -> u64 {
        self.first[place % FIRST]
    }

    #[cold]
    fn further(&mut self, source: usize) -> u64 {
        let rng = self.further[source].get_or_insert_with(|| Box::new(self.rng.clone()));
        if self.next[source] == END[source] {
            // One beyond the end: the region has been entered.
            self.next[source] += 1;
            rng.set_word_pos(region(source));
            rng.set_stream(self.rng.get_stream());
        }
        rng.next_u64()
    }
}

impl Draw for Chance {
    #[inline]
    fn next(&mut self, source: Source) -> u64 {
        let source = source.index();
        let at = self.next[source];
        if at < END[source] {
            self.next[source] += 1;
            self.first[at]
        } else {
            self.further(source)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Side;

    const ALL: [Source; SOURCES] = [
        Source::Path,
        Source::Host(Side::A),
        Source::Host(Side::B),
        Source::Link(Side::A),
        Source::Link(Side::B),
    ];

    /// The shares of a source as the table above says, without any of the above.
    fn as_documented(seed: u64, trial: u64, source: usize, count: usize) -> Vec<u64> {
        let [from, until, beyond]: [u128; 3] =
            [[0, 4, 1], [4, 34, 2], [34, 64, 3], [0, 0, 4], [0, 0, 5]][source];
        let beyond = beyond << 32;
        let words = (from..until).step_by(2).chain((beyond..).step_by(2)).take(count);
        let share = |word: u128| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(trial);
            rng.set_word_pos(word);
            let low = u64::from(rng.next_u32());
            low | u64::from(rng.next_u32()) << 32
        };
        words.map(share).collect()
    }

    #[test]
    fn each_source_has_the_words_it_is_said_to_have() {
        let mut chance = Chance::of(42, 0);
        for trial in [0, 7, 3] {
            chance.turn_to(trial);
            for (n, source) in ALL.into_iter().enumerate() {
                let drawn: Vec<u64> = (0..40).map(|_| chance.next(source)).collect();
                assert_eq!(drawn, as_documented(42, trial, n, 40), "{source:?} of trial {trial}");
            }
        }
    }

    #[test]
    fn what_one_source_draws_moves_no_other() {
        let alone = |source| {
            let mut chance = Chance::of(1, 2);
            (0..50).map(|_| chance.next(source)).collect::<Vec<u64>>()
        };
        let mut chance = Chance::of(1, 2);
        let mut drawn = [const { Vec::new() }; SOURCES];
        for round in 0..150 {
            let n = [0, 1, 2, 2, 3, 1, 4, 0, 0, 3, 2, 4, 1][round % 13];
            drawn[n].push(chance.next(ALL[n]));
        }
        for (source, drawn) in ALL.into_iter().zip(drawn) {
            assert_eq!(drawn, alone(source)[..drawn.len()], "{source:?}");
        }
    }
}
