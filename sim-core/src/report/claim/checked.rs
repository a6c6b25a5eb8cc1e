//! The model with every step and every end checked.
//!
//! What a host does is looked at once, when it is worked out; what two hosts believe of each other
//! is looked at in every state.

use super::{ClaimName, Finding, ends, steps};
use crate::answer::Halt;
use crate::drive::explore::{Model, Space};
use crate::drive::space::{Key, Local, Seer, Store};
use crate::pace::PaceName;
use crate::tcp::Timer;
use crate::world::{self, Action, Setup};

/// The model with the default claims.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'s> {
    /// The setup.
    pub setup: &'s Setup,
    /// Which orders are permitted.
    pub pace: PaceName,
}

/// The explorer's tables, and what was found broken.
#[derive(Default)]
pub struct CheckedStore {
    store: Store,
    broken: Broken,
}

/// The first counterexample of every claim that has one, and whether some window was probed.
#[derive(Clone, Default)]
pub struct Broken {
    first: Vec<(ClaimName, Key, Option<Action>)>,
    probing: bool,
}

impl Broken {
    pub(super) fn note(&mut self, claim: ClaimName, key: Key, action: Option<Action>) {
        if !self.first.iter().any(|(known, _, _)| *known == claim) {
            self.first.push((claim, key, action));
        }
    }

    pub(super) fn step(&mut self, action: Action) {
        self.probing |= matches!(action, Action::Fire(_, _, Timer::Persist));
    }
}

/// A store that has noted what is broken.
pub trait Noted {
    /// The first counterexample of every claim: the state, and the step out of it if it takes one.
    fn broken(&self) -> Vec<(ClaimName, Key, Option<Action>)>;
}

impl Noted for CheckedStore {
    fn broken(&self) -> Vec<(ClaimName, Key, Option<Action>)> {
        self.broken.first.clone()
    }
}

impl Noted for (Store, Broken) {
    fn broken(&self) -> Vec<(ClaimName, Key, Option<Action>)> {
        self.1.first.clone()
    }
}

impl AsRef<Store> for CheckedStore {
    fn as_ref(&self) -> &Store {
        &self.store
    }
}

impl CheckedStore {
    /// Whether some window was probed: the only thing that can go on for ever.
    #[must_use]
    pub const fn probing(&self) -> bool {
        self.broken.probing
    }
}

/// Looks at a host's step as it is worked out.
struct Judge;

impl Seer for Judge {
    const LISTENS: bool = true;

    fn see(&mut self, step: &Local<'_>) -> u16 {
        steps::local(step)
    }
}

impl Model for Checked<'_> {
    type Key = Key;
    type Action = Action;
    type Halt = Halt;
    type Store = CheckedStore;

    fn store(&self) -> CheckedStore {
        CheckedStore::default()
    }

    fn initial(&self, store: &mut CheckedStore) -> Vec<Key> {
        let world = world::start(self.setup, &mut ());
        vec![store.store.key(&world)]
    }

    fn successors<F>(&self, store: &mut CheckedStore, key: Key, each: &mut F)
    where
        F: FnMut(Action, Result<Key, Halt>),
    {
        let CheckedStore { store, broken } = store;
        steps::state(store.hosts(key), |claim| broken.note(claim, key, None));
        let mut eofs: Vec<(Action, Key)> = Vec::new();
        let mut end = true;
        store.each(self.setup, self.pace, key, &mut Judge, &mut |action, next, flags| {
            end = false;
            broken.step(action);
            for claim in steps::named(flags) {
                broken.note(claim, key, Some(action));
            }
            if let (true, Ok(next)) = (steps::told_eof(flags), next) {
                eofs.push((action, next));
            }
            each(action, next);
        });
        for (action, next) in eofs {
            if !steps::whole_eof(store.hosts(next)) {
                broken.note(ClaimName::WholeEof, key, Some(action));
            }
        }
        if end {
            ends::check(&store.world(key), |claim| broken.note(claim, key, None));
        }
    }
}

/// Every claim with the shortest way to its first counterexample.
pub fn findings<M>(space: &mut Space<'_, M>) -> Vec<Finding>
where
    M: Model<Key = Key, Action = Action>,
    M::Store: Noted,
{
    let broken = space.store().broken();
    let mut findings = Vec::new();
    for claim in ClaimName::ALL {
        let first = broken.iter().find(|(known, _, _)| *known == claim).copied();
        let counterexample = first.and_then(|(_, key, action)| {
            let id = space.find(key)?;
            let mut trace = space.trace(id);
            trace.extend(action);
            Some(trace)
        });
        findings.push(Finding { claim, counterexample });
    }
    findings
}
