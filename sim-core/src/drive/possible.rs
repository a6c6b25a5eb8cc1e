//! What is possible at all, where every delay is anything between two ends: each end of a run with
//! a shortest way to it.
//!
//! Breadth first, so the first way to an end is one with the fewest actions. Two ways to one world
//! are one where the clocks of one hold those of the other. A world that is settled (nobody reads
//! any more) goes on in one order only: what can still differ is why something was not read.

use crate::answer::Halt;
use crate::drive::run::{Ended, Horizon, is_timer, lanes_ended, quiet, waits_in_vain};
use crate::pace::interval::{Clocks, Next, Unfit};
use crate::wire::Side;
use crate::world::{self, Action, Setup, World};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

/// An end that is possible.
#[derive(Clone, Debug)]
pub struct Way<K> {
    /// How it ended.
    pub end: Result<K, Halt>,
    /// The fewest actions that lead there.
    pub trace: Vec<Action>,
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Possible<K> {
    /// Every end that was found, the shortest way first.
    pub ways: Vec<Way<K>>,
    /// Worlds with what is known of their clocks.
    pub states: usize,
    /// Whether there are no others: else what was not found may be possible, too.
    pub is_whole: bool,
}

/// How a state came about.
struct Step {
    before: Option<usize>,
    action: Action,
}

/// A world and what is known of its instants, at the end of some steps.
struct State {
    world: World,
    clocks: Clocks,
    /// The last of its steps.
    last: Option<usize>,
    length: u64,
}

/// Looks for every end that some choice of delays allows, as long as `goes_on` says so of the
/// number of states that were followed. `is_settled` says of a world whether what is asked about it
/// has been decided.
///
/// # Errors
/// A setup without interval time.
pub fn possible<K: PartialEq>(
    setup: &Setup,
    horizon: Horizon,
    mut goes_on: impl FnMut(usize) -> bool,
    is_settled: impl Fn(&World) -> bool,
    read: impl Fn(&World, Ended) -> K,
) -> Result<Possible<K>, Unfit> {
    let mut clocks = Clocks::new(setup)?;
    let world = world::start(setup, &mut clocks);
    for side in Side::BOTH {
        clocks.settle(setup, &world, side, None);
    }
    let mut search = Search {
        setup,
        horizon,
        steps: Vec::new(),
        seen: FxHashMap::default(),
        settled: FxHashSet::default(),
        waiting: VecDeque::new(),
        ways: Vec::new(),
    };
    search.arrive(State { world, clocks, last: None, length: 0 });
    let mut states = 0;
    while let Some(state) = search.waiting.pop_front() {
        if !goes_on(states) {
            search.waiting.push_front(state);
            break;
        }
        states += 1;
        match is_settled(&state.world) {
            false => search.follow(state, &read, Orders::All),
            // One of those that are alike but for their clocks is enough.
            true if search.settled.insert(state.world.clone()) => {
                search.follow(state, &read, Orders::First);
            }
            true => {}
        }
    }
    let is_whole = search.waiting.is_empty();
    Ok(Possible { ways: search.ways, states, is_whole })
}

/// Which of the orders that are possible are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Orders {
    All,
    First,
}

struct Search<'a, K> {
    setup: &'a Setup,
    horizon: Horizon,
    steps: Vec<Step>,
    seen: FxHashMap<World, Vec<Clocks>>,
    settled: FxHashSet<World>,
    waiting: VecDeque<State>,
    ways: Vec<Way<K>>,
}

impl<K: PartialEq> Search<'_, K> {
    /// A state, unless one that holds it has been there.
    fn arrive(&mut self, state: State) {
        let known = self.seen.entry(state.world.clone()).or_default();
        if known.iter().all(|clocks| !clocks.holds(&state.clocks)) {
            known.push(state.clocks.clone());
            self.waiting.push_back(state);
        }
    }

    fn end(&mut self, last: Option<usize>, end: Result<K, Halt>) {
        if self.ways.iter().any(|way| way.end == end) {
            return;
        }
        let mut trace = Vec::new();
        let mut at = last;
        while let Some(n) = at {
            trace.push(self.steps[n].action);
            at = self.steps[n].before;
        }
        trace.reverse();
        self.ways.push(Way { end, trace });
    }

    fn follow(&mut self, state: State, read: &impl Fn(&World, Ended) -> K, orders: Orders) {
        let State { world, clocks, last, length } = state;
        let mut next = clocks.next();
        if orders == Orders::First {
            next.truncate(1);
        }
        if next.is_empty() {
            let ended = if lanes_ended(&world) { Ended::Done } else { Ended::Stuck };
            self.end(last, Ok(read(&world, ended)));
        }
        for Next { action, clocks } in next {
            if is_timer(action) && quiet(&world) {
                self.end(last, Ok(read(&world, Ended::Done)));
                continue;
            }
            let [within, beyond] = clocks.parted(self.horizon.micros);
            if beyond.is_some() || length >= self.horizon.actions {
                let stuck = waits_in_vain(&world);
                let ended = if stuck { Ended::Stuck } else { Ended::Horizon };
                self.end(last, Ok(read(&world, ended)));
            }
            let mut parts: Vec<Clocks> = within.into_iter().collect();
            while let Some(clocks) = parts.pop() {
                match self.step(&world, clocks.clone(), action) {
                    Ok((world, after)) => {
                        self.steps.push(Step { before: last, action });
                        let last = Some(self.steps.len() - 1);
                        self.arrive(State { world, clocks: after, last, length: length + 1 });
                    }
                    Err(Unclear::At(us)) => parts.extend(clocks.parted(us).into_iter().flatten()),
                    Err(Unclear::Halt(halt)) => self.end(last, Err(halt)),
                }
            }
        }
    }

    fn step(
        &self,
        world: &World,
        mut clocks: Clocks,
        action: Action,
    ) -> Result<(World, Clocks), Unclear> {
        let mut world = world.clone();
        let turned = world::apply(self.setup, &mut world, action, &mut clocks);
        let turned = turned.map_err(Unclear::Halt)?;
        match action {
            Action::Turn(side, lane) => {
                clocks.settle(self.setup, &world, side, Some((lane, turned)));
            }
            Action::Deliver(side, _)
            | Action::Repeat(side, _)
            | Action::Fire(side, _, _)
            | Action::Wake(side, _, _)
            | Action::Call(side, _)
            | Action::Inject(side, _) => clocks.settle(self.setup, &world, side, None),
            Action::Lose(..) => {}
        }
        match clocks.unclear() {
            Some(us) => Err(Unclear::At(us)),
            None => Ok((world, clocks)),
        }
    }
}

/// Why a step has no one result.
enum Unclear {
    /// Now can be on either side of this instant.
    At(crate::wire::Micros),
    Halt(Halt),
}
