//! How often: outcomes over many runs in virtual time.

use super::outcome::{Outcome, Reply, outcome};
use crate::drive::run::Horizon;
use crate::drive::sample::sample;
use crate::world::Setup;

/// How often each outcome was seen.
pub type Tally = crate::drive::sample::Tally<Outcome>;

/// Runs trials `trials` of a seed, with delays drawn from the setup's laws, and counts their
/// outcomes. Trial `n` depends on `n` and the seed alone.
#[must_use]
pub fn odds(
    setup: &Setup,
    reply: Reply,
    horizon: Horizon,
    seed: u64,
    trials: std::ops::Range<u64>,
) -> Tally {
    sample(setup, horizon, seed, trials, |world, ended| outcome(world, reply, ended))
}
