//! Laws of trials whose ends are worked out beforehand: each ends as it does step by step.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use sim_core::drive::compiled::Compiled;
use sim_core::drive::race::Bounds;
use sim_core::drive::run::{HORIZON, Horizon};
use sim_core::drive::sample::{Tried, paired, paired_known, sample, sample_known};
use sim_core::profile;
use sim_core::report::outcome::{Outcome, Reply, outcome};
use sim_core::wire::law::Bin;
use sim_core::wire::{Law, Side};
use sim_core::world::{End, Path, Setup};
use sim_scenarios::case::{Case, Key, Scenario};
use sim_scenarios::{catalogue, client, server};

const BOUNDS: Bounds = Bounds { leaves: 400, steps: 8_000, variables: 8 };

fn compiled(setup: &Setup, reply: Reply, bounds: Bounds) -> Compiled<Outcome> {
    Compiled::of(setup, HORIZON, bounds, |world, ended| outcome(world, reply, ended))
}

/// A law, odd ends and ties included.
fn law() -> impl Strategy<Value = Law> {
    let shaped = |law: Result<Law, _>| law.expect("a law");
    prop_oneof![
        (0_u64..60_000).prop_map(Law::Fixed),
        (0_u64..60_000, 0_u64..60_000)
            .prop_map(|(one, other)| Law::Uniform(one.min(other), one.max(other))),
        // So few that instants coincide.
        (0_u64..5, 0_u64..4).prop_map(|(lo, more)| Law::Uniform(lo, lo + more)),
        (0_u64..6, 0_u64..9).prop_map(move |(one, two)| {
            let bin = |at: u64| Bin { lo: at, hi: at, weight: 1 };
            shaped(Law::histogram(vec![bin(one), bin(one + 1 + two)]))
        }),
        (1_000_u64..50_000).prop_map(move |mean| shaped(Law::exponential(mean))),
        (1_000_u64..20_000).prop_map(move |us| shaped(Law::log_normal(us, us * 4))),
    ]
}

/// A story with other actors and other laws.
fn scenario() -> impl Strategy<Value = Scenario> {
    let stacks = ["linux", "freebsd", "rfc9293", "openbsd", "smoltcp"];
    let stack = || prop::sample::select(stacks.to_vec());
    let names: Vec<String> = catalogue::names().into_iter().map(str::to_owned).collect();
    (
        prop::sample::select(names),
        prop::sample::select(server::generic().to_vec()),
        prop::sample::select(client::generic().to_vec()),
        (stack(), stack()),
        prop::array::uniform4(law()),
        (any::<bool>(), prop::option::weighted(0.1, law())),
    )
        .prop_map(|(story, server, client, stacks, laws, (two_ways, jitter))| {
            let mut case = catalogue::story(&story).expect("a story");
            (case.server, case.client) = ((&server).into(), (&client).into());
            let stack = |name| profile::ALL.iter().find(|known| known.name == name);
            case.stacks = [stacks.0, stacks.1].map(|name| *stack(name).expect("a stack"));
            let mut scenario = case.scenario().expect("a scenario");
            let [one, other, wake, gap] = laws;
            scenario.setup.path =
                if two_ways { Path::OneWay(one, other) } else { Path::RoundTrip(one) };
            // A time for every segment is nothing that orders can be found with.
            scenario.setup.links[0].jitter = jitter.unwrap_or(Law::ZERO);
            // The reader's and the writer's delays: enough draws, and not too many.
            for (side, law) in Side::BOTH.into_iter().zip([wake, gap]) {
                let End::Script(script) = &mut scenario.setup.ends[side.index()] else { continue };
                let lines = script.lanes.iter_mut().flat_map(|lane| &mut lane.lines);
                for line in lines.skip(1).step_by(3).take(2) {
                    line.wake = law;
                }
            }
            scenario
        })
}

/// The same cases every time; `PROPTEST_CASES=n` and `LAWS_SEED=n` ask for others.
fn config() -> ProptestConfig {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    ProptestConfig {
        cases: number("PROPTEST_CASES").and_then(|n| u32::try_from(n).ok()).unwrap_or(96),
        rng_seed: RngSeed::Fixed(number("LAWS_SEED").unwrap_or(0)),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    /// Word, bytes, the last thing told, cause and end: all of every trial.
    #[test]
    fn every_trial_ends_as_it_does_step_by_step(
        scenario in scenario(),
        seed in any::<u64>(),
        first in 0_u64..1_000_000,
    ) {
        let Scenario { setup, reply, .. } = &scenario;
        let known = compiled(setup, *reply, BOUNDS);
        let tried = Tried { setup, known: &known };
        let read = |world: &_, ended| outcome(world, *reply, ended);
        for trial in first..first + 60 {
            let one = trial..trial + 1;
            let looked_up = sample_known(tried, HORIZON, seed, one.clone(), read);
            prop_assert_eq!(looked_up, sample(setup, HORIZON, seed, one, read), "trial {}", trial);
        }
    }
}

/// The client writes for 60 ms, and the answer is lost if a RST is back by then, at that instant
/// included. Around it a microsecond decides, and whether a round trip is even.
#[test]
fn a_microsecond_decides_as_it_does_step_by_step() {
    let mut case: Case = catalogue::story("rtt-race").expect("a story");
    case.server = (&server::named("close").expect("a strategy")).into();
    case.client = (&client::named("write-all/abort").expect("a policy")).into();
    for (rtt, gap) in [("59998us..60003us", "20ms"), ("59995us..60004us", "19999us..20001us")] {
        case.change(Key::Rtt, rtt).expect("a law");
        case.change(Key::Gap, gap).expect("a law");
        let Scenario { setup, reply, .. } = case.scenario().expect("a scenario");
        let known = compiled(&setup, reply, Bounds { leaves: 3_000, steps: 40_000, ..BOUNDS });
        assert!(known.is_whole());
        let tried = Tried { setup: &setup, known: &known };
        let read = |world: &_, ended| outcome(world, reply, ended);
        for trial in 0..400 {
            let one = trial..trial + 1;
            let looked_up = sample_known(tried, HORIZON, 5, one.clone(), read);
            assert_eq!(looked_up, sample(&setup, HORIZON, 5, one, read), "{rtt}: trial {trial}");
        }
    }
}

/// What was searched within bounds is looked up, the rest is stepped, and nobody can tell.
#[test]
fn bounds_make_no_difference_to_what_is_counted() {
    let Scenario { setup, reply, .. } =
        catalogue::story("upload").expect("a story").scenario().expect("a scenario");
    let read = |world: &_, ended| outcome(world, reply, ended);
    let stepped = sample(&setup, HORIZON, 3, 100..700, read);
    let mut whole = 0;
    for leaves in [0, 1, 30, 3_000] {
        let known = compiled(&setup, reply, Bounds { leaves, steps: 40_000, ..BOUNDS });
        whole += usize::from(known.is_whole());
        let tried = Tried { setup: &setup, known: &known };
        assert_eq!(sample_known(tried, HORIZON, 3, 100..700, read), stepped, "{leaves}");
    }
    assert_eq!(whole, 1, "so much is within the largest bounds alone");
}

/// A run that is cut off is cut off at the same place.
#[test]
fn the_horizon_is_the_same() {
    let Scenario { setup, reply, .. } =
        catalogue::story("upload").expect("a story").scenario().expect("a scenario");
    let read = |world: &_, ended| outcome(world, reply, ended);
    for micros in [0, 60_000, 150_001, 400_000] {
        for actions in [0, 9, 40, 60, 1_000_000] {
            let horizon = Horizon { micros, actions };
            let known = Compiled::of(&setup, horizon, BOUNDS, read);
            let tried = Tried { setup: &setup, known: &known };
            let looked_up = sample_known(tried, horizon, 4, 0..200, read);
            assert_eq!(looked_up, sample(&setup, horizon, 4, 0..200, read), "{horizon:?}");
        }
    }
}

/// A pair of servers, one looked up and one stepped, is the pair.
#[test]
fn pairs_may_be_looked_up_by_halves() {
    let of = |server: &str| {
        let mut case: Case = catalogue::story("upload").expect("a story");
        case.server = (&server::named(server).expect("a strategy")).into();
        case.change(Key::Gap, "0ms..4ms").expect("a law");
        case.scenario().expect("a scenario")
    };
    let both = ["close", "lingering-close"].map(of);
    let setups = [&both[0].setup, &both[1].setup];
    let read = |n: usize, world: &_, ended| outcome(world, both[n].reply, ended);
    let known = [compiled(setups[0], both[0].reply, BOUNDS), Compiled::stepping()];
    let tried = [0, 1].map(|n| Tried { setup: setups[n], known: &known[n] });
    let all = paired_known(&tried, HORIZON, 9, 0..500, read);
    assert_eq!(all, paired(&setups, HORIZON, 9, 0..500, read));
}
