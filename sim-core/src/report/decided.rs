//! Which rules decide at a host in some permitted order.
//!
//! Every step of a host is worked out once, and only where an order comes to it, so what is seen
//! there is what is possible.

use crate::answer::Halt;
use crate::drive::explore::{Limits, Model, Pulse, kept};
use crate::drive::space::{Key, Local, Seer, Store};
use crate::pace::PaceName;
use crate::tcp::Note;
use crate::world::{self, Action, Event, Setup};
use std::collections::BTreeSet;

/// The rules by which each host decides in some order.
pub type Rules = [BTreeSet<&'static str>; 2];

/// The rules that decide somewhere in the space of a setup, as far as the limits let it be seen.
#[must_use]
pub fn decided(setup: &Setup, pace: PaceName, limits: Limits) -> Rules {
    let model = Heard { setup, pace };
    kept(&model, limits, &mut (), Pulse::silent()).into_store().rules
}

/// The model with somebody who writes down what decides.
struct Heard<'s> {
    setup: &'s Setup,
    pace: PaceName,
}

#[derive(Default)]
struct HeardStore {
    store: Store,
    rules: Rules,
}

struct Clerk<'r>(&'r mut Rules);

impl Seer for Clerk<'_> {
    const LISTENS: bool = true;

    fn see(&mut self, step: &Local<'_>) -> u16 {
        let rules = &mut self.0[step.side.index()];
        for event in step.events {
            if let Event::Kernel(side, Note::Applied(rule)) = event
                && *side == step.side
            {
                rules.insert(rule.id);
            }
        }
        0
    }
}

impl Model for Heard<'_> {
    type Key = Key;
    type Action = Action;
    type Halt = Halt;
    type Store = HeardStore;

    fn store(&self) -> HeardStore {
        HeardStore::default()
    }

    fn initial(&self, heard: &mut HeardStore) -> Vec<Key> {
        let world = world::start(self.setup, &mut ());
        vec![heard.store.key(&world)]
    }

    fn successors<F>(&self, heard: &mut HeardStore, key: Key, each: &mut F)
    where
        F: FnMut(Action, Result<Key, Halt>),
    {
        let HeardStore { store, rules } = heard;
        store.each(self.setup, self.pace, key, &mut Clerk(rules), &mut |action, next, _| {
            each(action, next);
        });
    }
}
