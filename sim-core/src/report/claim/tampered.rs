//! The model with one rule wrong on purpose, to show that a claim would notice. For tests.

use super::checked::Broken;
use super::{ClaimName, ends, steps};
use crate::answer::Halt;
use crate::drive::explore::Model;
use crate::drive::space::{Key, Local, Store};
use crate::pace::PaceName;
use crate::wire::{Segment, Side};
use crate::world::{self, Action, Event, Setup, World};

/// A rule that was changed on purpose: it changes what a step has done.
pub trait Mutant {
    /// Changes the world after a step, and what is told about it.
    fn tamper(&self, before: &World, action: Action, after: &mut World, events: &mut Vec<Event>);
}

/// The model with a mutant in it.
#[derive(Clone, Copy, Debug)]
pub struct Tampered<'s, M: Mutant> {
    /// The setup.
    pub setup: &'s Setup,
    /// Which orders are permitted.
    pub pace: PaceName,
    /// The rule that is wrong.
    pub mutant: M,
}

impl<M: Mutant> Model for Tampered<'_, M> {
    type Key = Key;
    type Action = Action;
    type Halt = Halt;
    type Store = (Store, Broken);

    fn store(&self) -> (Store, Broken) {
        (Store::default(), Broken::default())
    }

    fn initial(&self, (store, _): &mut (Store, Broken)) -> Vec<Key> {
        let world = world::start(self.setup, &mut ());
        vec![store.key(&world)]
    }

    fn successors<F>(&self, (store, broken): &mut (Store, Broken), key: Key, each: &mut F)
    where
        F: FnMut(Action, Result<Key, Halt>),
    {
        let here = store.world(key);
        steps::state([&here.hosts[0], &here.hosts[1]], |claim| broken.note(claim, key, None));
        let mut actions = world::Actions::new();
        super::super::trace::permitted(self.setup, self.pace, &here, &mut actions);
        for action in actions.iter().copied() {
            let mut next = here.clone();
            let mut events = Vec::new();
            let done = world::apply(self.setup, &mut next, action, &mut events);
            self.mutant.tamper(&here, action, &mut next, &mut events);
            if done.is_ok() {
                for claim in judge(&here, action, &events, &next) {
                    broken.note(claim, key, Some(action));
                }
            }
            each(action, done.map(|_| store.key(&next)));
        }
        if actions.is_empty() {
            ends::check(&here, |claim| broken.note(claim, key, None));
        }
    }
}

fn judge(before: &World, action: Action, events: &[Event], after: &World) -> Vec<ClaimName> {
    let (side, arrived) = subject(before, action);
    let flags = steps::local(&Local {
        side,
        before: &before.hosts[side.index()],
        arrived: arrived.as_ref(),
        events,
        after: &after.hosts[side.index()],
    });
    let mut broken: Vec<ClaimName> = steps::named(flags).collect();
    if steps::told_eof(flags) && !steps::whole_eof([&after.hosts[0], &after.hosts[1]]) {
        broken.push(ClaimName::WholeEof);
    }
    broken
}

/// Which host an action is about, and the segment that arrives there.
fn subject(before: &World, action: Action) -> (Side, Option<Segment>) {
    match action {
        Action::Turn(side, _)
        | Action::Lose(side, _)
        | Action::Fire(side, _, _)
        | Action::Wake(side, _, _)
        | Action::Call(side, _) => (side, None),
        Action::Inject(side, segment) => (side, Some(segment)),
        Action::Deliver(side, n) | Action::Repeat(side, n) => {
            let flight = &before.links[side.peer().index()].flight;
            (side, flight.get(usize::from(n)).copied())
        }
    }
}
