//! How often: outcomes over many runs in virtual time.

use super::outcome::{Outcome, Reply, outcome};
use crate::drive::compiled::Compiled;
use crate::drive::run::Horizon;
use crate::drive::sample::{Tried, sample_known};
use crate::world::{Setup, World};

/// How often each outcome was seen.
pub type Tally = crate::drive::sample::Tally<Outcome>;

/// Runs trials `trials` of a seed, with delays drawn from the setup's laws, and counts their
/// outcomes. Trial `n` depends on `n` and the seed alone; where there are many, what can be
/// worked out beforehand of their ends is.
#[must_use]
pub fn odds(
    setup: &Setup,
    reply: Reply,
    horizon: Horizon,
    seed: u64,
    trials: std::ops::Range<u64>,
) -> Tally {
    let count = trials.end.saturating_sub(trials.start);
    let read = |world: &World, ended| outcome(world, reply, ended);
    let known = Compiled::for_trials(setup, horizon, count, read);
    odds_known(Tried { setup, known: &known }, reply, horizon, seed, trials)
}

/// The same counts, where that much is known beforehand.
#[must_use]
pub fn odds_known(
    tried: Tried<'_, Outcome>,
    reply: Reply,
    horizon: Horizon,
    seed: u64,
    trials: std::ops::Range<u64>,
) -> Tally {
    sample_known(tried, horizon, seed, trials, |world, ended| outcome(world, reply, ended))
}
