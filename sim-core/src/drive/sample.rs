//! Virtual time with delays drawn from laws: many runs, each of which can be had again alone.
//!
//! Trial `n` of seed `s` draws from ChaCha8 keyed with `s`, stream `n`. So a trial depends on its
//! number and the seed alone, whatever was drawn before it and on however many threads.

use super::run::{Ended, Horizon, Runner};
use crate::answer::Halt;
use crate::pace::clocked::Draw;
use crate::world::{Setup, Sink, World};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The draws of one trial.
#[derive(Clone, Debug)]
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The draws of this trial.
    #[must_use]
    pub fn of(seed: u64, trial: u64) -> Chance {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(trial);
        Chance(rng)
    }

    fn turn_to(&mut self, trial: u64) {
        self.0.set_stream(trial);
        self.0.set_word_pos(0);
    }
}

impl Draw for Chance {
    fn next(&mut self) -> u64 {
        self.0.next_u64()
    }
}

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
pub fn sample<K: Ord>(
    setup: &Setup,
    horizon: Horizon,
    seed: u64,
    trials: std::ops::Range<u64>,
    read: impl Fn(&World, Ended) -> K,
) -> Tally<K> {
    let mut tally = Tally::default();
    let mut runner = Runner::new(setup, Chance::of(seed, trials.start), &mut ());
    for trial in trials {
        runner.clocks.draw.turn_to(trial);
        runner.restart(setup, &mut ());
        tally.trials += 1;
        match runner.finish(setup, horizon, &mut (), |_, _| {}) {
            Ok(ended) => tally.add(read(&runner.world, ended), trial),
            Err(_) => tally.halted += 1,
        }
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
