//! The model as a transition system: what the explorer walks.
//!
//! A state is four small numbers: two hosts and two links, each kept once in a table.

use super::explore::{Interner, Model};
use crate::answer::Halt;
use crate::pace::{self, PaceName};
use crate::wire::Side;
use crate::world::{self, Action, Actions, Host, Link, Setup, World};

/// All the worlds a setup can come to under a pace.
#[derive(Clone, Copy, Debug)]
pub struct Worlds<'s> {
    /// The setup.
    pub setup: &'s Setup,
    /// Which orders are permitted.
    pub pace: PaceName,
}

/// A state: host A, host B, link from A, link from B.
pub type Key = [u32; 4];

/// What states are made of, each part once.
#[derive(Default)]
pub struct Store {
    hosts: Interner<Host>,
    links: Interner<Link>,
    actions: Actions,
}

impl Store {
    /// How many distinct hosts and links were met.
    #[must_use]
    pub const fn parts(&self) -> [usize; 2] {
        [self.hosts.len(), self.links.len()]
    }

    /// The world of a state.
    #[must_use]
    pub fn world(&self, key: Key) -> World {
        World {
            hosts: [self.hosts.get(key[0]).clone(), self.hosts.get(key[1]).clone()],
            links: [self.links.get(key[2]).clone(), self.links.get(key[3]).clone()],
        }
    }

    /// The state of a world.
    pub fn key(&mut self, world: &World) -> Key {
        [
            self.hosts.intern(&world.hosts[0]),
            self.hosts.intern(&world.hosts[1]),
            self.links.intern(&world.links[0]),
            self.links.intern(&world.links[1]),
        ]
    }
}

impl AsRef<Store> for Store {
    fn as_ref(&self) -> &Store {
        self
    }
}

impl Store {
    /// The scratch list of actions; give it back.
    pub(crate) fn take_actions(&mut self) -> Actions {
        std::mem::take(&mut self.actions)
    }

    pub(crate) fn give_actions(&mut self, actions: Actions) {
        self.actions = actions;
    }
}

impl Model for Worlds<'_> {
    type Key = Key;
    type Action = Action;
    type Halt = Halt;
    type Store = Store;

    fn store(&self) -> Store {
        Store::default()
    }

    fn initial(&self, store: &mut Store) -> Vec<Key> {
        let world = world::start(self.setup, &mut ());
        vec![store.key(&world)]
    }

    fn successors<F>(&self, store: &mut Store, key: Key, each: &mut F)
    where
        F: FnMut(Action, Result<Key, Halt>),
    {
        let here = store.world(key);
        let mut actions = std::mem::take(&mut store.actions);
        world::enabled(self.setup, &here, &mut actions);
        pace::permit(self.pace, self.setup, &here, &mut actions);
        let mut next = here.clone();
        for action in actions.iter().copied() {
            let done = world::apply(self.setup, &mut next, action, &mut ());
            let side = acts_on(action);
            each(action, done.map(|_| changed(store, key, &next, side)));
            undo(&mut next, &here, side);
        }
        store.actions = actions;
    }
}

/// The only host an action can change.
pub(crate) const fn acts_on(action: Action) -> Side {
    match action {
        Action::Turn(side, _)
        | Action::Deliver(side, _)
        | Action::Lose(side, _)
        | Action::Repeat(side, _)
        | Action::Fire(side, _, _)
        | Action::Wake(side, _, _)
        | Action::Call(side, _)
        | Action::Inject(side, _) => side,
    }
}

pub(crate) fn changed(store: &mut Store, key: Key, next: &World, side: Side) -> Key {
    let mut changed = key;
    let at = side.index();
    changed[at] = store.hosts.intern(&next.hosts[at]);
    changed[2] = store.links.intern(&next.links[0]);
    changed[3] = store.links.intern(&next.links[1]);
    changed
}

pub(crate) fn undo(next: &mut World, here: &World, side: Side) {
    let at = side.index();
    next.hosts[at].clone_from(&here.hosts[at]);
    for at in 0..2 {
        next.links[at].flight.clone_from(&here.links[at].flight);
        next.links[at].gone.clone_from(&here.links[at].gone);
        next.links[at].budget = here.links[at].budget;
    }
}
