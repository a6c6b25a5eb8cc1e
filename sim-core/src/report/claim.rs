//! The claims that every exploration checks, each with a name and a counterexample.
//!
//! A claim about a step looks at the world before, the action, what happened and the world after; a
//! claim about an end looks at a world in which nothing more can happen.

mod arrows;
mod ends;
mod steps;

use crate::answer::Halt;
use crate::drive::explore::{Model, Space};
use crate::drive::space::{Key, Store, acts_on, changed, undo};
use crate::pace::PaceName;
use crate::tcp::Timer;
use crate::world::{self, Action, Event, Setup, World};

/// A default claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum ClaimName {
    /// States change along the arrows of RFC 9293's figure, or a named exception.
    Arrows,
    /// Nothing is acknowledged that was not sent, nothing received that was not written.
    Numbers,
    /// A RST has a cause, and no RST answers a RST.
    RstCause,
    /// close() with everything read sends a FIN (SO_LINGER {1, 0} and SYN-SENT apart).
    CloseFin,
    /// What is read is a prefix of what was written.
    Prefix,
    /// EOF comes after everything that was written.
    WholeEof,
    /// In the end no connection lives at one side alone.
    NoHalfOpen,
    /// In the end nobody waits, except for an application that owes a call.
    NobodyStuck,
    /// After both closes both sides reach CLOSED.
    BothClosed,
}

impl ClaimName {
    /// All, in the order in which they are listed.
    pub const ALL: [ClaimName; 9] = [
        ClaimName::Arrows,
        ClaimName::Numbers,
        ClaimName::RstCause,
        ClaimName::CloseFin,
        ClaimName::Prefix,
        ClaimName::WholeEof,
        ClaimName::NoHalfOpen,
        ClaimName::NobodyStuck,
        ClaimName::BothClosed,
    ];

    /// As on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            ClaimName::Arrows => "arrows",
            ClaimName::Numbers => "numbers",
            ClaimName::RstCause => "rst-cause",
            ClaimName::CloseFin => "close-fin",
            ClaimName::Prefix => "prefix",
            ClaimName::WholeEof => "whole-eof",
            ClaimName::NoHalfOpen => "no-half-open",
            ClaimName::NobodyStuck => "nobody-stuck",
            ClaimName::BothClosed => "both-closed",
        }
    }

    /// What it claims.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            ClaimName::Arrows => {
                "states change along the arrows of RFC 9293's figure, or a named exception"
            }
            ClaimName::Numbers => "nothing is acknowledged that was not sent",
            ClaimName::RstCause => "a RST has a cause, and no RST answers a RST",
            ClaimName::CloseFin => "close() with everything read sends a FIN",
            ClaimName::Prefix => "what is read is a prefix of what was written",
            ClaimName::WholeEof => "EOF comes after everything that was written",
            ClaimName::NoHalfOpen => "in the end no connection lives at one side alone",
            ClaimName::NobodyStuck => {
                "in the end nobody waits, except for an application that owes a call"
            }
            ClaimName::BothClosed => "after both closes both sides reach CLOSED",
        }
    }

    /// Whether a counterexample says that the model is wrong, or only something about the setup.
    #[must_use]
    pub fn weight(self, setup: &Setup) -> Weight {
        let lossy = setup.links.iter().any(|rules| rules.budget.loss > 0);
        match self {
            ClaimName::Arrows
            | ClaimName::Numbers
            | ClaimName::RstCause
            | ClaimName::CloseFin
            | ClaimName::Prefix
            | ClaimName::BothClosed => Weight::Failure,
            ClaimName::WholeEof => Weight::Finding,
            ClaimName::NoHalfOpen | ClaimName::NobodyStuck => {
                if lossy { Weight::Finding } else { Weight::Failure }
            }
        }
    }
}

/// What a counterexample means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// A property of TCP or of this setup, worth knowing.
    Finding,
    /// A claim that must hold is violated.
    Failure,
}

/// A claim and how it fared over the states that were seen.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which claim.
    pub claim: ClaimName,
    /// The shortest way to a counterexample, if there is one.
    pub counterexample: Option<Vec<Action>>,
}

/// A rule that was changed on purpose, to show that a claim would notice. Only tests have others
/// than [`Honest`].
pub trait Mutant {
    /// Whether steps must be watched even if nobody asked.
    fn tamper(&self, before: &World, action: Action, after: &mut World, events: &mut Vec<Event>);
}

/// The rules as they are.
#[derive(Clone, Copy, Debug)]
pub struct Honest;

impl Mutant for Honest {
    #[inline]
    fn tamper(&self, _: &World, _: Action, _: &mut World, _: &mut Vec<Event>) {}
}

/// The model with every step and every end checked.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'s, M: Mutant> {
    /// The setup.
    pub setup: &'s Setup,
    /// Which orders are permitted.
    pub pace: PaceName,
    /// A rule that was changed on purpose.
    pub mutant: M,
}

/// The explorer's tables, and what was found broken.
pub struct CheckedStore {
    store: Store,
    events: Vec<Event>,
    broken: Vec<(ClaimName, Key, Option<Action>)>,
    probing: bool,
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
        self.probing
    }

    fn note(&mut self, claim: ClaimName, key: Key, action: Option<Action>) {
        if !self.broken.iter().any(|(known, _, _)| *known == claim) {
            self.broken.push((claim, key, action));
        }
    }
}

impl<M: Mutant> Model for Checked<'_, M> {
    type Key = Key;
    type Action = Action;
    type Halt = Halt;
    type Store = CheckedStore;

    fn store(&self) -> CheckedStore {
        CheckedStore { store: Store::default(), events: Vec::new(), broken: Vec::new(), probing: false }
    }

    fn initial(&self, store: &mut CheckedStore) -> Vec<Key> {
        let world = world::start(self.setup, &mut ());
        vec![store.store.key(&world)]
    }

    fn successors<F>(&self, store: &mut CheckedStore, key: Key, each: &mut F)
    where
        F: FnMut(Action, Result<Key, Halt>),
    {
        let here = store.store.world(key);
        let mut actions = store.store.take_actions();
        super::trace::permitted(self.setup, self.pace, &here, &mut actions);
        let mut next = here.clone();
        let mut events = std::mem::take(&mut store.events);
        for action in actions.iter().copied() {
            store.probing |= matches!(action, Action::Fire(_, _, Timer::Persist));
            events.clear();
            let done = world::apply(self.setup, &mut next, action, &mut events);
            self.mutant.tamper(&here, action, &mut next, &mut events);
            if done.is_ok() {
                steps::check(&here, action, &events, &next, |claim| {
                    store.note(claim, key, Some(action));
                });
            }
            let side = acts_on(action);
            each(action, done.map(|_| changed(&mut store.store, key, &next, side)));
            undo(&mut next, &here, side);
        }
        if actions.is_empty() {
            ends::check(&here, |claim| store.note(claim, key, None));
        }
        store.events = events;
        store.store.give_actions(actions);
    }
}

/// Every claim with the shortest way to its first counterexample.
pub fn findings<M: Mutant>(space: &mut Space<'_, Checked<'_, M>>) -> Vec<Finding> {
    let broken = space.store().broken.clone();
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
