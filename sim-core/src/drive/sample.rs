//! Virtual time with delays drawn from laws: many runs, each of which can be had again alone.
//!
//! A trial depends on its number and the seed alone, whatever was drawn before it and on however
//! many threads: see [`Chance`].

mod chance;
mod paired;
mod tried;

pub use chance::Chance;
pub use paired::{Pair, Paired, paired, paired_known};
pub use tried::Tried;

use super::compiled::{Asks, Compiled};
use super::run::{Ended, Horizon, Runner};
use crate::answer::Halt;
use crate::world::{Setup, Sink, World};
use tried::Trials;

/// How often each outcome was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally<K> {
    /// Outcomes with their counts and the first trial that ended so, in order.
    pub counts: Vec<(K, u64, u64)>,
    /// Trials.
    pub trials: u64,
    /// Trials that needed an answer nobody has, or met a bound.
    pub halted: u64,
}

impl<K> Default for Tally<K> {
    fn default() -> Tally<K> {
        Tally { counts: Vec::new(), trials: 0, halted: 0 }
    }
}

impl<K: Ord> Tally<K> {
    /// Counts one more trial; it halted if there is no outcome.
    fn count_trial(&mut self, outcome: Option<K>, trial: u64) {
        self.trials += 1;
        match outcome {
            Some(outcome) => self.add(outcome, trial),
            None => self.halted += 1,
        }
    }

    fn add(&mut self, outcome: K, trial: u64) {
        match self.counts.iter_mut().find(|(known, _, _)| *known == outcome) {
            Some((_, count, _)) => *count += 1,
            None => self.counts.push((outcome, 1, trial)),
        }
    }

    /// Adds what another sampler counted; the sum does not depend on the order.
    pub fn merge(&mut self, other: Tally<K>) {
        for (outcome, count, first) in other.counts {
            match self.counts.iter_mut().find(|(known, _, _)| *known == outcome) {
                Some((_, sum, least)) => {
                    *sum += count;
                    *least = (*least).min(first);
                }
                None => self.counts.push((outcome, count, first)),
            }
        }
        self.trials += other.trials;
        self.halted += other.halted;
        self.counts.sort_unstable();
    }

    /// How many trials ended in an outcome that answers yes.
    pub fn count(&self, mut is: impl FnMut(&K) -> bool) -> u64 {
        self.counts.iter().filter(|(outcome, _, _)| is(outcome)).map(|(_, count, _)| count).sum()
    }
}

/// Runs trials `trials` of a seed and counts what `read` makes of their ends.
#[must_use]
pub fn sample<K: Ord + Clone>(
    setup: &Setup,
    horizon: Horizon,
    seed: u64,
    trials: std::ops::Range<u64>,
    read: impl Fn(&World, Ended) -> K,
) -> Tally<K> {
    let known = Compiled::stepping();
    sample_known(Tried { setup, known: &known }, horizon, seed, trials, read)
}

/// The same counts, where something is known of the ends beforehand: with the same horizon and by
/// the same `read`.
#[must_use]
pub fn sample_known<K: Ord + Clone>(
    tried: Tried<'_, K>,
    horizon: Horizon,
    seed: u64,
    trials: std::ops::Range<u64>,
    read: impl Fn(&World, Ended) -> K,
) -> Tally<K> {
    let mut tally = Tally::default();
    let mut chance = Chance::of(seed, trials.start);
    let mut each = Trials::of(tried, horizon);
    for trial in trials {
        if each.asks() == Asks::Draws {
            chance.turn_to(trial);
        }
        tally.count_trial(each.end(&chance, &read), trial);
    }
    tally.counts.sort_unstable();
    tally
}

/// One trial again, with everything that happened.
///
/// # Errors
/// As [`crate::world::apply`].
pub fn trial<S: Sink>(
    setup: &Setup,
    horizon: Horizon,
    seed: u64,
    trial: u64,
    sink: &mut S,
    chosen: impl FnMut(u64, crate::world::Action),
) -> Result<(Runner<Chance>, Ended), Halt> {
    let mut runner = Runner::new(setup, Chance::of(seed, trial), sink);
    let ended = runner.finish(setup, horizon, sink, chosen)?;
    Ok((runner, ended))
}
