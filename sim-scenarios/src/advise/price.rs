//! What a strategy costs the server: how long its socket is there, in which states, and what it has
//! to read for nothing.

use crate::client::ID;
use sim_core::drive::run::HORIZON;
use sim_core::drive::sample;
use sim_core::tcp::Note;
use sim_core::wire::{Micros, Side, State};
use sim_core::world::{Event, Setup, Sink};
use std::cell::Cell;

/// How long something took, over trials (microseconds).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The mean.
    pub mean: Micros,
    /// Half of the trials took no longer.
    pub median: Micros,
    /// 99 of 100 took no longer.
    pub p99: Micros,
    /// The longest.
    pub longest: Micros,
}

/// What a strategy cost over trials.
#[derive(Clone, Debug, Default)]
pub struct Price {
    /// Trials.
    pub trials: u64,
    /// From SYN-RECEIVED to CLOSED or TIME-WAIT: memory, and until close() a descriptor.
    pub held: Held,
    /// TIME-WAIT by itself: little memory, no descriptor.
    pub time_wait: Held,
    /// The mean time in each state that was entered.
    pub states: Vec<(State, Micros)>,
    /// Bytes of the request that the server's application has read: mean and most.
    pub swallowed: (u64, u64),
}

/// Follows the server's connection through its states.
pub(super) struct Watch<'a> {
    pub(super) now: &'a Cell<Micros>,
    /// The state the connection is in, since when.
    at: Option<(State, Micros)>,
    /// Time in each state, by its place in [`State::ALL`].
    pub(super) spent: [Micros; State::ALL.len()],
}

impl<'a> Watch<'a> {
    pub(super) const fn new(now: &'a Cell<Micros>) -> Watch<'a> {
        Watch { now, at: None, spent: [0; State::ALL.len()] }
    }

    fn leave(&mut self) {
        if let Some((state, since)) = self.at.take() {
            self.spent[place(state)] += self.now.get().saturating_sub(since);
        }
    }

    /// What is left when nothing more happens that anybody reads: timers that run out.
    pub(super) fn end(&mut self, setup: &Setup) {
        let last = self.at.map(|(state, _)| state);
        self.leave();
        let tuning = &setup.tuning[Side::B.index()];
        match last {
            Some(State::TimeWait) => self.spent[place(State::TimeWait)] = tuning.time_wait,
            Some(State::FinWait2) => self.spent[place(State::FinWait2)] += tuning.fin_wait_2,
            Some(_) | None => {}
        }
    }

    /// The state it is in.
    pub(super) fn state(&self) -> Option<State> {
        self.at.map(|(state, _)| state)
    }

    /// Everything but TIME-WAIT.
    pub(super) fn held(&self) -> Micros {
        let all = State::ALL.into_iter().filter(|state| *state != State::TimeWait);
        all.map(|state| self.spent[place(state)]).sum()
    }
}

pub(super) fn place(state: State) -> usize {
    State::ALL.into_iter().position(|known| known == state).unwrap_or(0)
}

impl Sink for Watch<'_> {
    fn event(&mut self, event: Event) {
        if let Event::Kernel(Side::B, Note::Entered(_, state)) = event {
            match state {
                State::Listen => {}
                State::Closed => self.leave(),
                State::SynSent
                | State::SynReceived
                | State::Established
                | State::FinWait1
                | State::FinWait2
                | State::CloseWait
                | State::Closing
                | State::LastAck
                | State::TimeWait => {
                    self.leave();
                    self.at = Some((state, self.now.get()));
                }
            }
        }
    }
}

/// Runs trials and adds up what the server's side costs. Trial `n` of a seed is the same for every
/// server.
#[must_use]
pub fn price(setup: &Setup, seed: u64, trials: u64) -> Price {
    let now = Cell::new(0);
    let (mut held, mut waits, mut swallowed) = (Vec::new(), Vec::new(), Vec::new());
    let mut spent = [0_u64; State::ALL.len()];
    for trial in 0..trials {
        now.set(0);
        let mut watch = Watch::new(&now);
        let run = sample::trial(setup, HORIZON, seed, trial, &mut watch, |at, _| now.set(at));
        let Ok((runner, _)) = run else { continue };
        watch.end(setup);
        held.push(watch.held());
        waits.push(watch.spent[place(State::TimeWait)]);
        for (sum, time) in spent.iter_mut().zip(watch.spent) {
            *sum += time;
        }
        let app = &runner.world.hosts[Side::B.index()].app;
        swallowed.push(u64::from(app.account(ID).read));
    }
    let count = held.len() as u64;
    let states = State::ALL.into_iter().zip(spent).filter(|(_, sum)| *sum > 0);
    Price {
        trials: count,
        held: over(held),
        time_wait: over(waits),
        states: states.map(|(state, sum)| (state, sum / count.max(1))).collect(),
        swallowed: (
            swallowed.iter().sum::<u64>() / count.max(1),
            swallowed.iter().copied().max().unwrap_or(0),
        ),
    }
}

fn over(mut all: Vec<Micros>) -> Held {
    all.sort_unstable();
    let count = all.len();
    let quantile = |of: usize| all.get((count * of / 100).min(count.saturating_sub(1))).copied();
    Held {
        mean: all.iter().sum::<u64>() / (count.max(1) as u64),
        median: quantile(50).unwrap_or(0),
        p99: quantile(99).unwrap_or(0),
        longest: all.last().copied().unwrap_or(0),
    }
}
