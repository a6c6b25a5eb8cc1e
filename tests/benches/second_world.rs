//! The same `enabled` and `apply`, walked by another explorer.

use sim_core::pace::{self, PaceName};
use sim_core::world::{self, Action, Setup, World};
use stateright::{Model, Property};

/// A setup as stateright sees it: states are whole worlds.
#[derive(Clone, Debug)]
pub(crate) struct SecondWorld {
    /// The setup.
    pub(crate) setup: Setup,
    /// Which orders are permitted.
    pub(crate) pace: PaceName,
}

impl Model for SecondWorld {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![world::start(&self.setup, &mut ())]
    }

    fn actions(&self, state: &World, actions: &mut Vec<Action>) {
        world::enabled(&self.setup, state, actions);
        pace::permit(self.pace, &self.setup, state, actions);
    }

    fn next_state(&self, last: &World, action: Action) -> Option<World> {
        let mut next = last.clone();
        world::apply(&self.setup, &mut next, action, &mut ()).ok()?;
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // Never violated: the search must go to the end.
        vec![Property::always("numbers", |_, world: &World| {
            world.hosts.iter().all(|host| host.table.len() <= 16)
        })]
    }
}
