//! All outcomes of a setup under a pace, each with its shortest trace.

use super::claim::{Checked, Finding};
use super::graph;
use super::outcome::{Outcome, Reply, Word, outcome};
use crate::answer::Halt;
use crate::drive::explore::{Counts, End, Flow, Limits, Model, Pulse, Seen, Space, Watch, kept};
use crate::drive::run::{Ended, lanes_ended};
use crate::drive::space::Store;
use crate::pace::PaceName;
use crate::world::{Action, Setup};
use std::ops::ControlFlow;

/// What a search over all permitted orders has found.
#[derive(Clone, Debug)]
pub struct Census {
    /// Under which pace.
    pub pace: PaceName,
    /// Outcomes, in order.
    pub entries: Vec<Entry>,
    /// States, edges, ends.
    pub counts: Counts,
    /// Steps on the longest shortest way.
    pub depth: u32,
    /// Whether the search was complete.
    pub end: End,
    /// The first action that could not be carried out, if any.
    pub halted: Option<Halt>,
    /// Every claim with its counterexample, if there is one.
    pub findings: Vec<Finding>,
}

/// One outcome.
#[derive(Clone, Debug)]
pub struct Entry {
    /// How it ends.
    pub outcome: Outcome,
    /// In how many last states.
    pub terminals: u64,
    /// The shortest way there.
    pub trace: Vec<Action>,
}

impl Census {
    /// The words that occur, in order.
    #[must_use]
    pub fn words(&self) -> Vec<Word> {
        let mut words: Vec<Word> = self.entries.iter().map(|entry| entry.outcome.word).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// Whether the search says something about every order.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.end == End::Complete && self.halted.is_none()
    }
}

/// Explores a setup and takes the census, checking the default claims on the way.
#[must_use]
pub fn census(
    setup: &Setup,
    reply: Reply,
    pace: PaceName,
    limits: Limits,
    pulse: Pulse<'_>,
) -> Census {
    let model = Checked { setup, pace };
    let mut taker = Taker { reply, seen: Vec::new(), halted: None };
    let mut space = kept(&model, limits, &mut taker, pulse);
    read_off(pace, &mut space, taker)
}

fn read_off(pace: PaceName, space: &mut Space<'_, Checked<'_>>, taker: Taker) -> Census {
    let reply = taker.reply;
    let mut seen = taker.seen;
    if space.store().probing() {
        for_ever(space, reply, &mut seen);
    }
    seen.sort_unstable_by_key(|(outcome, _, _)| *outcome);
    let entries = seen
        .into_iter()
        .map(|(outcome, terminals, id)| Entry { outcome, terminals, trace: space.trace(id) })
        .collect();
    let findings = super::claim::findings(space);
    Census {
        pace,
        entries,
        counts: space.counts(),
        depth: space.depth(),
        end: space.end(),
        halted: taker.halted,
        findings,
    }
}

/// What goes round and round without a way out is an end too: somebody waits for ever while windows
/// are probed. Each such component counts once, by its first state.
fn for_ever(space: &mut Space<'_, Checked<'_>>, reply: Reply, seen: &mut Vec<(Outcome, u64, u32)>) {
    let graph = graph::digraph(space);
    for component in graph::for_ever(&graph) {
        let first = component.states[0];
        let world = space.store().as_ref().world(space.key(first));
        add(seen, outcome(&world, reply, Ended::Stuck), first);
    }
}

fn add(seen: &mut Vec<(Outcome, u64, u32)>, outcome: Outcome, id: u32) {
    match seen.iter_mut().find(|(known, _, _)| *known == outcome) {
        Some((_, count, _)) => *count += 1,
        None => seen.push((outcome, 1, id)),
    }
}

/// Notes the outcome of every last state.
struct Taker {
    reply: Reply,
    seen: Vec<(Outcome, u64, u32)>,
    halted: Option<Halt>,
}

impl<M> Watch<M> for Taker
where
    M: Model<Key = crate::drive::space::Key, Halt = Halt, Action = Action>,
    M::Store: AsRef<Store>,
{
    fn terminal(&mut self, seen: Seen<'_, M>) -> Flow {
        let world = seen.store.as_ref().world(seen.key);
        let ended = if lanes_ended(&world) { Ended::Done } else { Ended::Stuck };
        let outcome = outcome(&world, self.reply, ended);
        add(&mut self.seen, outcome, seen.id.unwrap_or(0));
        ControlFlow::Continue(())
    }

    fn halt(&mut self, _: Seen<'_, M>, _: Action, halt: Halt) -> Flow {
        self.halted.get_or_insert(halt);
        ControlFlow::Continue(())
    }
}
