//! What is explored is small. Here is what that does not change: the words of a verdict.

use sim_core::drive::explore::{Limits, Pulse};
use sim_core::drive::run::HORIZON;
use sim_core::pace::PaceName;
use sim_core::profile::{Profile, USUAL};
use sim_core::report::census::census;
use sim_core::report::odds::odds;
use sim_core::report::outcome::Word;
use sim_scenarios::catalogue::{Scenario, Size, Variant, over_limit};
use sim_scenarios::preset::Preset;
use sim_scenarios::{client, server};
use std::sync::Arc;

fn scenario(
    variant: Variant,
    size: Size,
    strategy: &Arc<Preset>,
    policy: &Arc<Preset>,
    stack: &'static Profile,
) -> Scenario {
    over_limit((variant, size), strategy, policy, [stack, stack]).expect("a setup")
}

fn words(scenario: &Scenario) -> Vec<Word> {
    let limits = Limits { states: 2_000_000, depth: 10_000 };
    let pace = PaceName::Racing;
    let census = census(&scenario.setup, scenario.reply, pace, limits, Pulse::silent());
    assert!(census.is_complete());
    census.words()
}

fn same_words(
    variant: Variant,
    strategy: &Arc<Preset>,
    policy: &Arc<Preset>,
    stack: &'static Profile,
) {
    let small = words(&scenario(variant, Size::Small, strategy, policy, stack));
    let medium = words(&scenario(variant, Size::Medium, strategy, policy, stack));
    assert_eq!(small, medium, "{variant:?} {} {} {}", strategy.name, policy.name, stack.name);
}

#[test]
fn twice_the_segments_give_the_same_words() {
    for stack in USUAL {
        for strategy in server::generic() {
            for policy in client::generic() {
                same_words(Variant::SmallRequest, strategy, policy, stack);
            }
            for policy in [&client::generic()[0], &client::generic()[3]] {
                same_words(Variant::Upload, strategy, policy, stack);
            }
        }
    }
}

#[test]
fn a_larger_reply_gives_the_same_words() {
    for stack in USUAL {
        for strategy in [&server::generic()[0], &server::generic()[1], &server::generic()[5]] {
            same_words(Variant::LargeReply, strategy, &client::generic()[3], stack);
        }
    }
}

#[test]
fn what_is_sampled_at_full_size_is_explored_at_the_small_one() {
    for variant in Variant::ALL {
        for stack in USUAL {
            for strategy in server::generic() {
                for policy in client::generic() {
                    let full = scenario(variant, Size::Full, strategy, policy, stack);
                    let small = scenario(variant, Size::Small, strategy, policy, stack);
                    if variant == Variant::LargeReply && policy.name.starts_with("duplex") {
                        continue; // The same words as the other policies, and ten times the states.
                    }
                    let tally = odds(&full.setup, full.reply, HORIZON, 7, 0..200);
                    assert_eq!(tally.halted, 0);
                    let explored = words(&small);
                    for (outcome, _, trial) in tally.counts {
                        assert!(
                            explored.contains(&outcome.word),
                            "{variant:?} {} {} {}: trial {trial} is {outcome:?}",
                            strategy.name,
                            policy.name,
                            stack.name,
                        );
                    }
                }
            }
        }
    }
}
