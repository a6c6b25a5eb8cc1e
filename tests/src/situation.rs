//! How a stack comes into every state: by calls, segments and timers alone.

mod closing;
mod established;
mod opening;
mod ways;

use crate::bench::Bench;
use sim_core::answer::Halt;
use sim_core::profile::Profile;
use sim_core::tcp::tuning::Tuning;
use sim_core::wire::State;

/// A way into a state.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// The state, and after a slash what is special.
    pub name: &'static str,
    /// In words.
    pub about: &'static str,
    /// The state it must be; `None` for no socket at all.
    pub state: Option<State>,
    /// Whether an application holds a descriptor.
    pub held: Held,
    /// Numbers that differ from the bench's.
    pub tune: fn(&mut Tuning),
    /// The way.
    pub build: fn(&mut Bench),
}

/// Whether calls can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// On a descriptor.
    Yes,
    /// Nobody holds it.
    No,
}

impl Situation {
    /// The bench in this situation.
    ///
    /// # Errors
    /// On this stack the way halts, or leads elsewhere.
    pub fn bench(&self, profile: &'static Profile) -> Result<Bench, Detour> {
        let mut bench = Bench::new(profile, self.tune);
        (self.build)(&mut bench);
        match bench.halted {
            Some(halt) => Err(Detour::Halts(halt)),
            None if bench.state() == self.state => Ok(bench),
            None => Err(Detour::Leads(bench.state())),
        }
    }
}

/// Why a stack does not come into a situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detour {
    /// It lacks an answer.
    Halts(Halt),
    /// Its rules lead elsewhere.
    Leads(Option<State>),
}

impl core::fmt::Display for Detour {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Detour::Halts(halt) => write!(f, "the way halts: {halt}"),
            Detour::Leads(None) => write!(f, "the way leads to no socket"),
            Detour::Leads(Some(state)) => write!(f, "the way leads to {}", state.name()),
        }
    }
}

const fn held(
    name: &'static str,
    about: &'static str,
    state: State,
    build: fn(&mut Bench),
) -> Situation {
    Situation { name, about, state: Some(state), held: Held::Yes, tune: |_| {}, build }
}

const fn orphan(
    name: &'static str,
    about: &'static str,
    state: State,
    build: fn(&mut Bench),
) -> Situation {
    Situation { name, about, state: Some(state), held: Held::No, tune: |_| {}, build }
}

const fn tuned(situation: Situation, tune: fn(&mut Tuning)) -> Situation {
    Situation { tune, ..situation }
}

/// Every situation, by state.
pub fn all() -> impl Iterator<Item = &'static Situation> {
    [opening::LIST, established::LIST, closing::LIST].into_iter().flatten()
}
