//! The explorer remembers what a host does. Remembering must say what doing says: in every state,
//! the same actions in the same order, leading to the same worlds.

use proptest::prelude::*;
use sim_core::arbitrary::{Story, small_setups};
use sim_core::drive::explore::{Limits, Model, Pulse, kept};
use sim_core::drive::space::Worlds;
use sim_core::pace::PaceName;
use sim_core::report::trace::permitted;
use sim_core::world::{self, Actions, Setup};
use sim_scenarios::Race;
use sim_scenarios::catalogue::{Size, Variant};

fn same_steps(setup: &Setup, pace: PaceName, states: u64) {
    let worlds = Worlds { setup, pace };
    let space = kept(&worlds, Limits { states, depth: 10_000 }, &mut (), Pulse::silent());
    let keys: Vec<_> = (0..space.len()).map(|id| space.key(id)).collect();
    let mut store = space.into_store();
    let mut actions = Actions::new();
    for key in keys {
        let here = store.world(key);
        permitted(setup, pace, &here, &mut actions);
        let mut remembered = Vec::new();
        worlds.successors(&mut store, key, &mut |action, next| remembered.push((action, next)));
        assert_eq!(remembered.iter().map(|(action, _)| *action).collect::<Vec<_>>(), actions);
        for (action, next) in remembered {
            let mut done = here.clone();
            match (world::apply(setup, &mut done, action, &mut ()), next) {
                (Ok(_), Ok(next)) => assert_eq!(store.world(next), done, "{action:?}"),
                (Err(plain), Err(remembered)) => assert_eq!(plain, remembered),
                (plain, remembered) => panic!("{action:?}: {plain:?} and {remembered:?}"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(9293),
        ..ProptestConfig::default()
    })]

    #[test]
    fn in_spaces_of_small_setups(story in small_setups()) {
        let Story { setup } = story;
        for pace in [PaceName::Racing, PaceName::Quiet, PaceName::Free] {
            same_steps(&setup, pace, 1_500);
        }
    }
}

#[test]
fn in_the_founding_case() {
    for variant in Variant::ALL {
        let race = Race::founding().variant(variant);
        let scenario = race.scenario(Size::Small).expect("a setup");
        same_steps(&scenario.setup, PaceName::Racing, 4_000);
    }
}
