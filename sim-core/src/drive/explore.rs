//! Exhaustive exploration: every permitted action in every reachable state.
//!
//! One [`Model`], two ways through it:
//!
//! * [`kept`] stores the whole graph, breadth first: shortest traces, components, export.
//! * [`sweep`] uses a measure that every step increases: it goes through the space level by level
//!   and forgets what lies behind, for counts and exact odds at scale.
//!
//! Both are exact. States are told apart by their whole key, never by a fingerprint, and a bound
//! that was met is part of the answer ([`End`]). Both are deterministic: numbers of states, order
//! of calls and sums of odds depend on the model alone.
//!
//! Not here: threads (one search runs on one core), symmetry and partial-order reduction. A user
//! would notice the first in the running time, the others in the counts.

mod claim;
mod column;
mod index;
mod interner;
mod kept;
mod level;
mod pulse;
mod space;
mod sweep;

pub use claim::{Claim, Claims, Judged, OnBroken, Witness};
pub use interner::Interner;
pub use kept::kept;
pub use pulse::{Progress, Pulse};
pub use space::{FirstHalt, Space};
pub use sweep::{SweepError, Sweeping, Swept, sweep, sweep_odds};

use std::fmt::Debug;
use std::hash::Hash;
use std::ops::ControlFlow;

/// A transition system with small, lossless states.
pub trait Model {
    /// A state, packed without loss: equal keys are equal states.
    type Key: Copy + Eq + Hash;
    /// What can happen in a state.
    type Action: Copy + Eq + Debug;
    /// Why an action could not be carried out: a declared bound, an unanswered question.
    type Halt: Copy + Eq + Debug;
    /// Tables that packing needs, and scratch space; `()` for models that need none.
    type Store;

    /// Empty tables for one exploration.
    fn store(&self) -> Self::Store;

    /// The states that an exploration starts from, in a fixed order.
    fn initial(&self, store: &mut Self::Store) -> Vec<Self::Key>;

    /// Calls `each` with every action enabled in `key` and the state it leads to.
    ///
    /// Actions and their order are a function of `key` alone: traces are rebuilt by asking again.
    fn successors<F>(&self, store: &mut Self::Store, key: Self::Key, each: &mut F)
    where
        F: FnMut(Self::Action, Result<Self::Key, Self::Halt>);

    /// A number that every step strictly increases, if the model has one; [`sweep`] needs it.
    fn measure(&self, store: &Self::Store, key: Self::Key) -> Option<u64> {
        let (_, _) = (store, key);
        None
    }
}

/// How far a search may go. A bound that turned something away is reported as [`End::Bound`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most states: stored ones in [`kept`]; in [`sweep`], which looks at its count now and then,
    /// the number after which it ends.
    pub states: u64,
    /// Most steps from an initial state in [`kept`], most distinct measures in [`sweep`].
    pub depth: u32,
}

impl Limits {
    /// No limit but the width of a state number.
    pub const NONE: Self = Self { states: u64::MAX, depth: u32::MAX };
}

/// The bound that ended a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A new state found no room ([`Limits::states`], or 1.4 thousand million in [`kept`]).
    States,
    /// A state lies beyond [`Limits::depth`].
    Depth,
    /// A state has more than 65,536 successors.
    Branching,
}

/// Who ended a search early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The stop flag of the [`Pulse`].
    Flag,
    /// The [`Watch`] had seen enough.
    Watcher,
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every reachable state was visited; actions that halted are counted apart.
    Complete,
    /// A bound turned away at least one state.
    Bound(Bound),
    /// Somebody stopped it.
    Stopped(By),
}

/// What a search has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Distinct states.
    pub states: u64,
    /// Transitions between counted states, parallel ones counted each.
    pub edges: u64,
    /// States in which no action is enabled.
    pub terminals: u64,
    /// Actions that halted.
    pub halts: u64,
    /// Transitions to states that a bound turned away.
    pub turned_away: u64,
}

/// A state shown to a [`Watch`].
pub struct Seen<'a, M: Model> {
    /// The exploration's tables, to unpack the key.
    pub store: &'a M::Store,
    /// The state.
    pub key: M::Key,
    /// Its number in the kept graph; a sweep gives none.
    pub id: Option<u32>,
    /// Probability of passing through it, in [`sweep_odds`].
    pub odds: Option<f64>,
}

/// Whether a search goes on.
pub type Flow = ControlFlow<()>;

/// Looks on during a search; in a kept search every first sight is a shortest one.
pub trait Watch<M: Model> {
    /// A new state.
    fn state(&mut self, seen: Seen<'_, M>) -> Flow {
        let Seen { store: _, key: _, id: _, odds: _ } = seen;
        Flow::Continue(())
    }

    /// A state in which no action is enabled.
    fn terminal(&mut self, seen: Seen<'_, M>) -> Flow {
        let Seen { store: _, key: _, id: _, odds: _ } = seen;
        Flow::Continue(())
    }

    /// An action that could not be carried out.
    fn halt(&mut self, seen: Seen<'_, M>, action: M::Action, halt: M::Halt) -> Flow {
        let (Seen { store: _, key: _, id: _, odds: _ }, _, _) = (seen, action, halt);
        Flow::Continue(())
    }
}

/// Nobody looks.
impl<M: Model> Watch<M> for () {}
