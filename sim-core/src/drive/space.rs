//! The model as a transition system: what the explorer walks.
//!
//! A state is four small numbers: two hosts and two links, each kept once in a table. An action
//! touches one host, and what that host does depends on nothing but itself and the segment that
//! arrives. So every host's step is worked out once, by `apply` itself, and remembered; the same
//! step in another state is a look into a table. That changes nothing but the time it takes: a test
//! walks both ways.

mod memo;

pub use memo::Store;
pub(crate) use memo::{Local, Seer, Unseen};

use super::explore::Model;
use crate::answer::Halt;
use crate::pace::PaceName;
use crate::world::{self, Action, Setup};

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
        store.each(self.setup, self.pace, key, &mut Unseen, &mut |action, next, _| {
            each(action, next);
        });
    }
}
