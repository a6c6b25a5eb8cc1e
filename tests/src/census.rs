//! What a setup can come to under a pace, looked at from one side.

use sim_core::arbitrary::Story;
use sim_core::drive::explore::{Counts, End, Flow, Limits, Pulse, Seen, Space, Watch, kept};
use sim_core::drive::run::{Ended, lanes_ended};
use sim_core::drive::space::Worlds;
use sim_core::pace::PaceName;
use sim_core::report::graph::{digraph, for_ever};
use sim_core::report::outcome::{Outcome, Reply, Word, outcome};
use sim_core::script::Told;
use sim_core::world::{Setup, World, ledger};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// An outcome as far as the reader can tell two apart: what word, how much, what it was told.
pub type Seen3 = (Word, u32, Told);

/// Cuts an outcome down to that.
#[must_use]
pub const fn short(outcome: &Outcome) -> Seen3 {
    (outcome.word, outcome.read, outcome.told)
}

/// A whole space, looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Census {
    /// Whether all of it was looked at.
    pub end: End,
    /// States, edges, terminals, halts.
    pub counts: Counts,
    /// Steps to the farthest state.
    pub depth: u32,
    /// Outcomes, each with the steps of its shortest trace. A component that is never left and
    /// never ends counts as one that waits for ever; its distance is that of its first state.
    pub outcomes: BTreeMap<Seen3, u32>,
}

impl Census {
    /// Every outcome.
    #[must_use]
    pub fn set(&self) -> Vec<Seen3> {
        self.outcomes.keys().copied().collect()
    }

    /// Every word, with the steps of its shortest trace.
    #[must_use]
    pub fn words(&self) -> BTreeMap<Word, u32> {
        let mut words = BTreeMap::new();
        for ((word, _, _), steps) in &self.outcomes {
            let least = words.entry(*word).or_insert(*steps);
            *least = (*least).min(*steps);
        }
        words
    }

    /// Whether the space was looked at as a whole, and no answer was missing.
    #[must_use]
    pub const fn whole(&self) -> bool {
        matches!(self.end, End::Complete) && self.counts.halts == 0
    }
}

/// How a world in which nothing more happens has ended.
#[must_use]
pub fn ended(world: &World) -> Ended {
    if lanes_ended(world) { Ended::Done } else { Ended::Stuck }
}

/// Looks at every end, and on the way at every state if it is asked to.
struct Look<'s> {
    setup: &'s Setup,
    reply: Reply,
    books: Books,
    terminals: Vec<(Seen3, u32)>,
}

/// Whether sockets and books are checked in every state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Books {
    /// They are.
    Checked,
    /// Another test has checked this space.
    Trusted,
}

impl Watch<Worlds<'_>> for Look<'_> {
    fn state(&mut self, seen: Seen<'_, Worlds<'_>>) -> Flow {
        if self.books == Books::Checked {
            ledger::check(self.setup, &seen.store.world(seen.key));
        }
        ControlFlow::Continue(())
    }

    fn terminal(&mut self, seen: Seen<'_, Worlds<'_>>) -> Flow {
        let world = seen.store.world(seen.key);
        let at = outcome(&world, self.reply, ended(&world));
        self.terminals.push((short(&at), seen.id.unwrap_or(0)));
        ControlFlow::Continue(())
    }
}

/// Explores a setup, checks sockets and books in every state, and takes the census.
#[must_use]
pub fn census(setup: &Setup, reply: Reply, pace: PaceName, states: u64) -> Census {
    look_at(setup, reply, pace, (states, Books::Checked))
}

/// The same, with or without the checks on the way.
#[must_use]
pub fn look_at(
    setup: &Setup,
    reply: Reply,
    pace: PaceName,
    (states, books): (u64, Books),
) -> Census {
    let model = Worlds { setup, pace };
    let mut look = Look { setup, reply, books, terminals: Vec::new() };
    let limits = Limits { states, depth: u32::MAX };
    let mut space = kept(&model, limits, &mut look, Pulse::silent());
    let mut outcomes = BTreeMap::new();
    let mut offer = |outcome: Seen3, steps: u32| {
        let least = outcomes.entry(outcome).or_insert(steps);
        *least = (*least).min(steps);
    };
    for (outcome, id) in &look.terminals {
        offer(*outcome, space.depth_of(*id));
    }
    // Only a peer that is probed for ever keeps a world going; everything else has a last state.
    if space.end() == End::Complete && books == Books::Checked {
        for (outcome, steps) in endless(&mut space, reply) {
            offer(outcome, steps);
        }
    }
    let (end, counts, depth) = (space.end(), space.counts(), space.depth());
    Census { end, counts, depth, outcomes }
}

/// Components that go on for ever: their applications have come to a stop all the same.
fn endless(space: &mut Space<'_, Worlds<'_>>, reply: Reply) -> Vec<(Seen3, u32)> {
    let graph = digraph(space);
    let mut found = Vec::new();
    for component in for_ever(&graph) {
        let first = component.states[0];
        let world = space.store().world(space.key(first));
        let at = outcome(&world, reply, ended(&world));
        found.push((short(&at), space.depth_of(first)));
    }
    found
}

/// The census of a story from where its reply is waited for.
#[must_use]
pub fn of(story: &Story, pace: PaceName, states: u64) -> Census {
    census(&story.setup, story.reply(), pace, states)
}
