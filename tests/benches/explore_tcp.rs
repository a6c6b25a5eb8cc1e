//! The explorer against stateright's breadth-first search on the identical model, in one run, and
//! the heap it needs: `cargo bench -p sim-tests --bench explore_tcp`.
//!
//! The explorer remembers what a host does, so most steps are not worked out again: the share of
//! `step` is what those that are cost, measured alone. Stateright works out every one.
#![allow(missing_docs, reason = "a bench")]
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]
#![allow(clippy::print_stdout, reason = "a bench talks")]

mod heap;
mod second_world;

use second_world::SecondWorld;
use sim_core::drive::explore::{Limits, Pulse, kept};
use sim_core::drive::space::Worlds;
use sim_core::pace::PaceName;
use sim_core::profile::LINUX;
use sim_core::world::{self, Actions, Budget};
use sim_scenarios::catalogue::{Scenario, Size, Variant, over_limit};
use sim_scenarios::{client, server};
use stateright::{Checker, Model};
use std::time::Instant;

fn scenario(strategy: &str, policy: &str, budget: Budget) -> Scenario {
    let strategy = server::named(strategy).expect("a strategy");
    let policy = client::named(policy).expect("a policy");
    let size = (Variant::LargeReply, Size::Small);
    let mut scenario = over_limit(size, strategy, policy, [&LINUX, &LINUX]).expect("a setup");
    for rules in &mut scenario.setup.links {
        rules.budget = budget;
    }
    scenario
}

/// Successors of every state, without storing or looking anything up: what `step` alone costs.
fn steps_alone(scenario: &Scenario, states: &[world::World]) -> (u64, f64) {
    let start = Instant::now();
    let mut actions = Actions::new();
    let mut edges = 0;
    for state in states {
        world::enabled(&scenario.setup, state, &mut actions);
        sim_core::pace::permit(PaceName::Racing, &scenario.setup, state, &mut actions);
        for action in actions.iter().copied() {
            let mut next = state.clone();
            if world::apply(&scenario.setup, &mut next, action, &mut ()).is_ok() {
                std::hint::black_box(&next);
                edges += 1;
            }
        }
    }
    (edges, start.elapsed().as_secs_f64())
}

fn compare(name: &str, scenario: &Scenario) {
    let worlds = Worlds { setup: &scenario.setup, pace: PaceName::Racing };
    let ((states, edges, ours, parts, worked), peak) = heap::peak_of(|| {
        let start = Instant::now();
        let space = kept(&worlds, Limits::NONE, &mut (), Pulse::silent());
        let seconds = start.elapsed().as_secs_f64();
        let store = space.store();
        (u64::from(space.len()), space.counts().edges, seconds, store.parts(), store.worked_out())
    });
    let sample = sample_states(scenario, 20_000);
    let (counted, seconds) = steps_alone(scenario, &sample);
    let step = seconds / counted.max(1) as f64;
    let second = SecondWorld { setup: scenario.setup.clone(), pace: PaceName::Racing };
    let start = Instant::now();
    let checker = second.checker().threads(1).spawn_bfs().join();
    let theirs = start.elapsed().as_secs_f64();
    assert_eq!(checker.unique_state_count() as u64, states, "both walk the same space");
    println!(
        "{name}: {states} states, {edges} steps; ours {:.0} states/s, \
         stateright bfs {:.0} states/s, ratio {:.2}; a step alone {:.0} ns, {worked} worked out, {:.0} % of our time; peak heap \
         {:.1} bytes a state ({} hosts, {} links)",
        states as f64 / ours,
        states as f64 / theirs,
        theirs / ours,
        step * 1e9,
        100.0 * step * worked as f64 / ours,
        peak as f64 / states as f64,
        parts[0],
        parts[1],
    );
}

/// The first states in breadth-first order.
fn sample_states(scenario: &Scenario, most: u64) -> Vec<world::World> {
    let worlds = Worlds { setup: &scenario.setup, pace: PaceName::Racing };
    let limits = Limits { states: most, depth: u32::MAX };
    let space = kept(&worlds, limits, &mut (), Pulse::silent());
    (0..space.len()).map(|id| space.store().world(space.key(id))).collect()
}

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let none = Budget::default();
    compare("close, one reader", &scenario("close", "read-after-error", none));
    compare("wait-close, duplex", &scenario("wait-close", "duplex/abort", none));
    let once = Budget { loss: 1, repeat: 0, reorder: 0 };
    compare(
        "shutdown-close, one loss a way",
        &scenario("shutdown-close", "read-after-error", once),
    );
    compare("wait-close, duplex, one loss a way", &scenario("wait-close", "duplex/abort", once));
}
