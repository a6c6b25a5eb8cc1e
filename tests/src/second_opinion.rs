//! The same model walked by stateright: its own queue, its own table, its own paths.
//!
//! Only `enabled`, `permit` and `apply` are shared. What must agree is the number of states and the
//! steps of the shortest trace to every word.

use crate::census::ended;
use sim_core::pace::{self, PaceName};
use sim_core::report::outcome::{Reply, Word, outcome};
use sim_core::world::{self, Action, Actions, Setup, World};
use stateright::{Checker, HasDiscoveries, Model, Property};
use std::collections::BTreeMap;

/// A setup under a pace, as stateright sees it.
#[derive(Clone, Debug)]
pub struct Second {
    /// The setup.
    pub setup: Setup,
    /// The pace.
    pub pace: PaceName,
    /// What is asked about.
    pub reply: Reply,
}

impl Second {
    fn permitted(&self, world: &World) -> Actions {
        let mut actions = Actions::new();
        world::enabled(&self.setup, world, &mut actions);
        pace::permit(self.pace, &self.setup, world, &mut actions);
        actions
    }

    fn ends_as(&self, world: &World, word: Word) -> bool {
        self.permitted(world).is_empty()
            && outcome(world, self.reply, ended(world)).word == word
    }

    /// Number of states, and for every word that a terminal state has the steps to the first.
    #[must_use]
    pub fn look(self) -> (u64, BTreeMap<Word, u32>) {
        let never = HasDiscoveries::AllOf(["never discovered"].into());
        let checker = self.checker().finish_when(never).spawn_bfs().join();
        let words = [Word::Seen, Word::Truncated, Word::Lost, Word::Stuck];
        let steps = words.into_iter().filter_map(|word| {
            let path = checker.discovery(word.name())?;
            Some((word, u32::try_from(path.into_actions().len()).unwrap_or(u32::MAX)))
        });
        let steps = steps.collect();
        (checker.unique_state_count() as u64, steps)
    }
}

impl Model for Second {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![world::start(&self.setup, &mut ())]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        actions.extend(self.permitted(world));
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        world::apply(&self.setup, &mut next, action, &mut ()).ok().map(|_| next)
    }

    fn properties(&self) -> Vec<Property<Second>> {
        vec![
            Property::sometimes("SEEN", |model, world| model.ends_as(world, Word::Seen)),
            Property::sometimes("TRUNCATED", |model, world| model.ends_as(world, Word::Truncated)),
            Property::sometimes("LOST", |model, world| model.ends_as(world, Word::Lost)),
            Property::sometimes("STUCK", |model, world| model.ends_as(world, Word::Stuck)),
        ]
    }
}
