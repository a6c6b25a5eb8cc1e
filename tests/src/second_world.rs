//! The same `enabled` and `apply`, walked by another explorer.

use sim_core::drive::run::{Ended, lanes_ended};
use sim_core::pace::{self, PaceName};
use sim_core::report::outcome::{Outcome, Reply, outcome};
use sim_core::world::{self, Action, Actions, Setup, World};
use stateright::{Model, Property};

/// A setup as stateright sees it: states are whole worlds.
#[derive(Clone, Debug)]
pub struct SecondWorld {
    /// The setup.
    pub setup: Setup,
    /// Which orders are permitted.
    pub pace: PaceName,
    /// What is asked about.
    pub reply: Reply,
}

impl SecondWorld {
    /// The outcome of a world in which nothing more can happen.
    #[must_use]
    pub fn outcome(&self, world: &World) -> Option<Outcome> {
        let mut actions = Actions::new();
        world::enabled(&self.setup, world, &mut actions);
        pace::permit(self.pace, &self.setup, world, &mut actions);
        let ended = if lanes_ended(world) { Ended::Done } else { Ended::Stuck };
        actions.is_empty().then(|| outcome(world, self.reply, ended))
    }
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
