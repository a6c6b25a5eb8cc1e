//! A setup whose trials are made: looked up where their ends are known, stepped where not.

use super::super::compiled::Asks;
use super::{Chance, Compiled, Ended, Horizon, Runner, Setup, World};

/// A setup, and what is known beforehand of how its trials end.
#[derive(Debug)]
pub struct Tried<'a, K> {
    /// The setup.
    pub setup: &'a Setup,
    /// Of this setup.
    pub known: &'a Compiled<K>,
}

impl<K> Clone for Tried<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Tried<'_, K> {}

/// Trials of a setup, one after the other.
pub(super) struct Trials<'a, K> {
    tried: Tried<'a, K>,
    horizon: Horizon,
    /// Made when a trial has to be stepped.
    runner: Option<Runner<Chance>>,
}

impl<'a, K: Clone> Trials<'a, K> {
    pub(super) fn of(tried: Tried<'a, K>, horizon: Horizon) -> Trials<'a, K> {
        Trials { tried, horizon, runner: None }
    }

    /// Whether what a trial draws matters.
    pub(super) fn asks(&self) -> Asks {
        self.tried.known.asks()
    }

    /// How the trial with these draws ends; `None` if it halts.
    #[inline]
    pub(super) fn end(&mut self, chance: &Chance, read: &impl Fn(&World, Ended) -> K) -> Option<K> {
        match self.tried.known.end(chance) {
            Some(end) => end.clone(),
            None => self.step(chance, read),
        }
    }

    fn step(&mut self, chance: &Chance, read: &impl Fn(&World, Ended) -> K) -> Option<K> {
        let setup = self.tried.setup;
        let runner = self.runner.get_or_insert_with(|| Runner::new(setup, chance.clone(), &mut ()));
        runner.clocks.draw.follow(chance);
        runner.restart(setup, &mut ());
        let ended = runner.finish(setup, self.horizon, &mut (), |_, _| {});
        ended.ok().map(|ended| read(&runner.world, ended))
    }
}
