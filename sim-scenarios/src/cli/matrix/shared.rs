//! Cells that are the same are computed once: a space where two cells differ in delays alone, the
//! trials where they differ in names alone (puma, uvicorn and gunicorn of old all just close).

use super::cells::{Ask, Cell, Explored, explored};
use crate::case::{Case, Impossible, Scenario, Size};
use crate::cli::parallel;
use sim_core::drive::run::HORIZON;
use sim_core::pace;
use sim_core::report::odds::{Tally, odds};
use sim_core::script::{Op, Script};
use sim_core::wire::{Law, Side};
use sim_core::world::Setup;
use std::collections::BTreeMap;

/// A piece of work.
enum Work {
    /// Every order of the cell with this number.
    Explore(usize),
    /// The trials of the cell with this number.
    Sample(usize),
}

/// What came of it.
enum Done {
    Explored(Explored),
    Sampled(Tally),
}

/// Computes all cells.
pub(in crate::cli) fn cells(
    cases: &[Case],
    ask: Ask,
    threads: usize,
) -> Result<Vec<Cell>, Impossible> {
    let full: Vec<Scenario> = cases.iter().map(Case::scenario).collect::<Result<_, _>>()?;
    let small: Vec<Scenario> =
        cases.iter().map(|case| case.at(Size::Small).scenario()).collect::<Result<_, _>>()?;
    let sampled_as = firsts(full.iter().map(sample_key));
    let explored_as = firsts(small.iter().map(space_key));
    let own = |firsts: &[usize]| {
        let pairs = firsts.iter().copied().enumerate();
        pairs.filter(|(at, first)| at == first).map(|(at, _)| at).collect::<Vec<usize>>()
    };
    let work: Vec<Work> = own(&explored_as)
        .into_iter()
        .map(Work::Explore)
        .chain(own(&sampled_as).into_iter().map(Work::Sample))
        .collect();
    let done = parallel::map(threads, &work, |work| match work {
        Work::Explore(at) => explored(&cases[*at], ask).map(Done::Explored),
        Work::Sample(at) => {
            let Scenario { setup, reply, .. } = &full[*at];
            Ok(Done::Sampled(odds(setup, *reply, HORIZON, ask.seed, 0..ask.trials)))
        }
    });
    let (mut spaces, mut tallies) = (BTreeMap::new(), BTreeMap::new());
    for (work, done) in work.iter().zip(done) {
        match (work, done?) {
            (Work::Explore(at) | Work::Sample(at), Done::Explored(space)) => {
                spaces.insert(*at, space);
            }
            (Work::Explore(at) | Work::Sample(at), Done::Sampled(tally)) => {
                tallies.insert(*at, tally);
            }
        }
    }
    let cell = |(at, case): (usize, &Case)| {
        let mut explored: Explored = spaces[&explored_as[at]].clone();
        if explored_as[at] != at {
            explored.states = 0;
        }
        Cell { case: case.clone(), explored, tally: tallies[&sampled_as[at]].clone() }
    };
    Ok(cases.iter().enumerate().map(cell).collect())
}

/// For each key the place of the first one that is equal.
fn firsts(keys: impl Iterator<Item = String>) -> Vec<usize> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    keys.enumerate().map(|(at, key)| *known.entry(key).or_insert(at)).collect()
}

/// Scripts without the names of their lanes: those are for people.
fn scripts(setup: &Setup) -> Vec<Script> {
    let mut scripts: Vec<Script> =
        Side::BOTH.into_iter().filter_map(|s| setup.script(s)).cloned().collect();
    scripts.iter_mut().flat_map(|script| &mut script.lanes).for_each(|lane| lane.name.clear());
    scripts
}

/// Everything that the trials depend on, beside their seed.
fn sample_key(scenario: &Scenario) -> String {
    let Scenario { name: _, about: _, setup, reply, job: _ } = scenario;
    let rest = rest(setup);
    format!("{:?} {rest} {:?} {reply:?}", scripts(setup), setup.slack)
}

/// Everything that a space of the Racing pace depends on: scripts without their times, and the
/// classes that the times give to timers.
fn space_key(scenario: &Scenario) -> String {
    let Scenario { name: _, about: _, setup, reply, job: _ } = scenario;
    let mut scripts = scripts(setup);
    for line in scripts.iter_mut().flat_map(|s| &mut s.lanes).flat_map(|lane| &mut lane.lines) {
        (line.wake, line.gap) = (Law::ZERO, Law::ZERO);
        (line.limit.idle, line.limit.total) =
            (line.limit.idle.map(|_| 0), line.limit.total.map(|_| 0));
        if let Op::Sleep(law) = &mut line.op {
            *law = Law::ZERO;
        }
    }
    let classes: Vec<_> =
        pace::classes(setup).into_iter().map(|(side, _, _, class)| (side, class)).collect();
    format!("{scripts:?} {classes:?} {} {reply:?}", rest(setup))
}

/// What a setup has beside its scripts and its slack.
fn rest(setup: &Setup) -> String {
    let Setup { ends: _, profiles, tuning, path, links, iss, start, in_flight, slack: _ } = setup;
    let stacks = profiles.map(|profile| profile.name);
    format!("{stacks:?} {tuning:?} {path:?} {links:?} {iss:?} {start:?} {in_flight}")
}
