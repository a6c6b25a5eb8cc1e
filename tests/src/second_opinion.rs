//! The same model walked by stateright: its own queue, its own table, its own paths.
//!
//! Only `enabled`, `permit` and `apply` are shared. What must agree is the number of states and the
//! steps of the shortest trace to every word.

use crate::census::ended;
use sim_core::pace::{self, PaceName};
use sim_core::report::outcome::{Reply, Word, outcome};
use sim_core::world::{self, Action, Actions, Setup, World};
use stateright::{Checker, Model, Property};
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
    /// The word that ends the search where it is found first; all of the space without one.
    pub until: Option<Word>,
}

impl Second {
    fn permitted(&self, world: &World) -> Actions {
        let mut actions = Actions::new();
        world::enabled(&self.setup, world, &mut actions);
        pace::permit(self.pace, &self.setup, world, &mut actions);
        actions
    }

    fn ends_as(&self, world: &World, word: Word) -> bool {
        self.permitted(world).is_empty() && outcome(world, self.reply, ended(world)).word == word
    }

    /// Number of states, and for every word that a terminal state has the steps to the first.
    #[must_use]
    pub fn look(self) -> (u64, BTreeMap<Word, u32>) {
        let whole = Second { until: None, ..self.clone() }.checker().spawn_bfs().join();
        let states = whole.unique_state_count() as u64;
        let words = [Word::Seen, Word::Truncated, Word::Lost, Word::Stuck];
        // One search a word: a search for several keeps the last way it found, not the shortest.
        let steps = words.into_iter().filter_map(|word| {
            let search = Second { until: Some(word), ..self.clone() }.checker().spawn_bfs().join();
            let path = search.discovery(ENDS)?;
            Some((word, u32::try_from(path.into_actions().len()).unwrap_or(u32::MAX)))
        });
        (states, steps.collect())
    }
}

/// The property that is looked for.
const ENDS: &str = "ends as asked";

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
        let asked = |model: &Second, world: &World| {
            model.until.is_some_and(|word| model.ends_as(world, word))
        };
        vec![Property::sometimes(ENDS, asked)]
    }
}
