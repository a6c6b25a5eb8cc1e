//! Laws over whole setups: drawn by proptest, from a fixed seed, shrunk to a story.
//!
//! `PROPTEST_CASES=n` multiplies the cases, `LAWS_SEED=n` draws others. What once failed is kept as
//! a story in `sim_tests::kept_stories` and asked again by every law before anything is drawn.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use sim_core::arbitrary::{SMALL_STATES, Story, clean_setups, setups, small_setups};
use sim_core::drive::explore::{End, Limits, Pulse, kept};
use sim_core::drive::replay::replay;
use sim_core::drive::run::HORIZON;
use sim_core::drive::sample;
use sim_core::drive::space::Worlds;
use sim_core::pace::PaceName;
use sim_core::tcp::Note;
use sim_core::wire::{ConnId, Side, State};
use sim_core::world::{self, Action, Actions, Event, World, ledger};
use sim_tests::census::{self, Books, Census, short};
use sim_tests::kept_stories;
use sim_tests::second_opinion::Second;
use std::collections::BTreeMap;

/// Asks a law of every kept story, then of so many drawn ones.
fn law<V: core::fmt::Debug>(
    cases: u32,
    strategy: impl Strategy<Value = V>,
    of: impl Fn(&Story) -> V,
    holds: impl Fn(V) -> Result<(), TestCaseError>,
) {
    for (name, story) in kept_stories::all() {
        if let Err(TestCaseError::Fail(why)) = holds(of(&story)) {
            panic!("{name}: {why}\n{story:?}");
        }
    }
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let factor = u32::try_from(number("PROPTEST_CASES").unwrap_or(1)).unwrap_or(1);
    let mut seed = [7_u8; 32];
    seed[..8].copy_from_slice(&number("LAWS_SEED").unwrap_or(0).to_le_bytes());
    let config = Config {
        cases: cases * factor,
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let outcome = TestRunner::new_with_rng(config, rng).run(&strategy, holds);
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

fn explored(story: &Story, pace: PaceName) -> Census {
    census::of(story, pace, SMALL_STATES)
}

/// A census of the whole, or the case does not count.
fn whole(story: &Story, pace: PaceName) -> Result<Census, TestCaseError> {
    let census = explored(story, pace);
    if census.whole() { Ok(census) } else { Err(TestCaseError::reject("too large")) }
}

#[test]
fn a_shift_of_the_initial_sequence_numbers_changes_nothing() {
    let drawn = (small_setups(), any::<u32>(), any::<u32>());
    law(
        60,
        drawn,
        |story| (story.clone(), 17, u32::MAX - 3),
        |(story, a, b)| {
            let mut shifted = story.clone();
            shifted.setup.iss = [story.setup.iss[0].plus(a), story.setup.iss[1].plus(b)];
            // What a search has counted when a bound ends it depends on the table's order.
            prop_assert_eq!(whole(&story, PaceName::Racing)?, explored(&shifted, PaceName::Racing));
            Ok(())
        },
    );
}

#[test]
fn swapping_the_sides_swaps_the_outcome() {
    law(60, small_setups(), Clone::clone, |story| {
        let mut from = story.reply();
        from.from = Side::A;
        let there = whole(&story, PaceName::Racing)?;
        let swapped = story.setup.swapped();
        let back = census::census(&swapped, from, PaceName::Racing, SMALL_STATES);
        prop_assert_eq!(there, back);
        Ok(())
    });
}

/// One run under virtual time, with everything it said.
fn trial(story: &Story, seed: u64) -> Option<(Vec<Action>, Vec<Event>, World)> {
    let (mut actions, mut events) = (Vec::new(), Vec::new());
    let chosen = |_, action| actions.push(action);
    let (runner, _) = sample::trial(&story.setup, HORIZON, seed, 0, &mut events, chosen).ok()?;
    Some((actions, events, runner.world))
}

#[test]
fn a_replay_reproduces_the_run_event_by_event() {
    law(
        150,
        (setups(), any::<u64>()),
        |story| (story.clone(), 1),
        |(story, seed)| {
            let Some((actions, events, end)) = trial(&story, seed) else { return Ok(()) };
            let (world, told) = replay(&story.setup, &actions).map_err(failed)?;
            let mut first = Vec::new();
            let _ = world::start(&story.setup, &mut first);
            let replayed: Vec<Event> =
                first.into_iter().chain(told.into_iter().flat_map(|(_, events)| events)).collect();
            prop_assert_eq!(events, replayed);
            prop_assert_eq!(end, world);
            Ok(())
        },
    );
}

fn failed(why: impl core::fmt::Display) -> TestCaseError {
    TestCaseError::fail(why.to_string())
}

#[test]
fn a_trace_of_the_explorer_replays_to_its_state() {
    law(
        40,
        (small_setups(), any::<u32>()),
        |story| (story.clone(), 9),
        |(story, pick)| {
            let model = Worlds { setup: &story.setup, pace: PaceName::Racing };
            let limits = Limits { states: SMALL_STATES, depth: u32::MAX };
            let mut space = kept(&model, limits, &mut (), Pulse::silent());
            prop_assume!(space.end() == End::Complete);
            let id = pick % space.len();
            let actions = space.trace(id);
            prop_assert_eq!(u32::try_from(actions.len()).unwrap_or(0), space.depth_of(id));
            let (world, _) = replay(&story.setup, &actions).map_err(failed)?;
            prop_assert_eq!(world, space.store().world(space.key(id)));
            Ok(())
        },
    );
}

#[test]
fn a_larger_budget_of_faults_never_removes_an_outcome() {
    let drawn = (clean_setups(), 0..2_usize, 0..3_u8);
    law(
        40,
        drawn,
        |story| (story.clone(), 0, 0),
        |(story, link, fault)| {
            let less = whole(&story, PaceName::Racing)?;
            let mut worse = story.clone();
            let budget = &mut worse.setup.links[link].budget;
            match fault {
                0 => budget.loss += 1,
                1 => budget.repeat += 1,
                _ => budget.reorder += 1,
            }
            let more = explored(&worse, PaceName::Racing);
            let missing: Vec<_> =
                less.set().into_iter().filter(|it| !more.outcomes.contains_key(it)).collect();
            prop_assert!(!more.whole() || missing.is_empty(), "{missing:?} gone from {more:?}");
            Ok(())
        },
    );
}

#[test]
fn another_explorer_finds_the_same() {
    law(25, small_setups(), Clone::clone, |story| {
        let (setup, reply) = (story.setup.clone(), story.reply());
        let limits = (2_000, Books::Trusted);
        let census = census::look_at(&setup, reply, PaceName::Racing, limits);
        prop_assume!(census.whole());
        let second = Second { setup, pace: PaceName::Racing, reply, until: None };
        prop_assert_eq!(second.look(), (census.counts.states, census.words()));
        Ok(())
    });
}

/// Every outcome of the first pace is one of the second's; a second that is too large only counts
/// where it has them all.
fn within(story: &Story, inner: PaceName, outer: PaceName) -> Result<(), TestCaseError> {
    let few = whole(story, inner)?;
    let many = explored(story, outer);
    let missing: Vec<_> =
        few.set().into_iter().filter(|it| !many.outcomes.contains_key(it)).collect();
    prop_assert!(
        !many.whole() || missing.is_empty(),
        "{missing:?} of {inner:?} not among {:?} of {outer:?}",
        many.set()
    );
    prop_assert!(!many.whole() || few.counts.states <= many.counts.states);
    Ok(())
}

#[test]
fn quiet_lies_within_racing() {
    law(60, small_setups(), Clone::clone, |story| {
        within(&story, PaceName::Quiet, PaceName::Racing)
    });
}

#[test]
fn racing_lies_within_free() {
    law(40, clean_setups(), Clone::clone, |story| within(&story, PaceName::Racing, PaceName::Free));
}

#[test]
fn sampled_outcomes_lie_within_the_racing_census() {
    law(
        60,
        (clean_setups(), any::<u64>()),
        |story| (story.clone(), 3),
        |(story, seed)| {
            let census = whole(&story, PaceName::Racing)?;
            let tally =
                sim_core::report::odds::odds(&story.setup, story.reply(), HORIZON, seed, 0..20);
            prop_assert_eq!(tally.halted, 0);
            for (outcome, _, trial) in &tally.counts {
                prop_assert!(
                    census.outcomes.contains_key(&short(outcome)),
                    "trial {trial} of seed {seed}: {outcome:?} not among {:?}",
                    census.set()
                );
            }
            Ok(())
        },
    );
}

/// The arrows of RFC 9293's figure 5, and those that the text adds to it: a reset, an abort, a
/// timeout or a close of the half-open may lead to CLOSED from anywhere.
fn is_arrow(from: State, to: State) -> bool {
    use State::{
        CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived,
        SynSent, TimeWait,
    };
    to == Closed
        || matches!(
            (from, to),
            (Closed, Listen | SynSent)
                | (Closed | Listen | SynSent | TimeWait, SynReceived)
                | (SynSent | SynReceived, Established)
                | (SynReceived | Established, FinWait1)
                | (Established, CloseWait)
                | (FinWait1, FinWait2 | Closing)
                | (FinWait2 | Closing, TimeWait)
                | (CloseWait, LastAck)
        )
}

/// A walk through the space: any action that is enabled, by a list of shares.
fn walk(story: &Story, shares: &[u32]) -> Result<(), TestCaseError> {
    let setup = &story.setup;
    let mut world = world::start(setup, &mut ());
    let mut states: BTreeMap<(Side, ConnId), State> = BTreeMap::new();
    let (mut actions, mut events) = (Actions::new(), Vec::new());
    for share in shares {
        world::enabled(setup, &world, &mut actions);
        let Some(count) = u32::try_from(actions.len()).ok().filter(|count| *count > 0) else {
            break;
        };
        let action = actions[(share % count) as usize];
        events.clear();
        if world::apply(setup, &mut world, action, &mut events).is_err() {
            return Ok(());
        }
        ledger::check(setup, &world);
        for event in &events {
            let Event::Kernel(side, Note::Entered(conn, to)) = event else { continue };
            let from = states.insert((*side, *conn), *to).unwrap_or(State::Closed);
            prop_assert!(is_arrow(from, *to), "{side:?} {from} to {to} by {action:?}");
        }
    }
    Ok(())
}

#[test]
fn books_balance_and_states_follow_the_figure_after_every_step() {
    let shares = prop::collection::vec(any::<u32>(), 0..150);
    law(
        400,
        (setups(), shares),
        |story| (story.clone(), (0..90).collect()),
        |(story, shares)| walk(&story, &shares),
    );
}

#[test]
fn most_small_stories_are_small() {
    let mut runner = TestRunner::deterministic();
    let fit = |_: &u32| {
        let tree = small_setups().new_tree(&mut runner).expect("a story");
        // A missing answer ends a story early; that makes it no larger.
        explored(&tree.current(), PaceName::Racing).end == End::Complete
    };
    let count = (0..100).filter(fit).count();
    assert!(count >= 85, "only {count} of 100 fit into {SMALL_STATES} states");
}
