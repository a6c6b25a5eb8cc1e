//! Laws of symbolic time: the leaves partition the box of the parameters, and virtual time at a
//! point of a leaf ends as the leaf says.

use num_rational::BigRational;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use sim_core::drive::race::{Bounds, Left, Race, race};
use sim_core::drive::run::{HORIZON, Runner};
use sim_core::exact::{Polytope, Ratio};
use sim_core::pace::PaceName;
use sim_core::pace::clocked::Always;
use sim_core::profile;
use sim_core::report::outcome::{Outcome, Word, outcome};
use sim_core::report::trace::choices;
use sim_scenarios::case::{Case, Key};
use sim_scenarios::preset::Preset;
use sim_scenarios::timing::{BOUNDS as MAP_BOUNDS, Ending, Map, Of, Parameter, Timing};
use sim_scenarios::{catalogue, client, server};
use std::sync::Arc;

const BOUNDS: Bounds = Bounds { leaves: 3_000, steps: 60_000, variables: 8 };

/// A case and what is open in it.
#[derive(Clone, Debug)]
struct Question {
    case: Case,
    parameters: Vec<Parameter>,
}

/// Delays up to these (microseconds).
const DELAYS: [(Key, u64); 5] = [
    (Key::Rtt, 300_000),
    (Key::Gap, 60_000),
    (Key::Wake, 40_000),
    (Key::Late, 400_000),
    (Key::Accept, 20_000),
];

/// Stories in which nothing is lost on the links: what virtual time does.
const STORIES: [&str; 4] = ["upload", "small-request", "rtt-race", "large-reply"];

fn preset(all: &'static [Arc<Preset>]) -> impl Strategy<Value = Arc<Preset>> {
    prop::sample::select(all.to_vec())
}

fn question() -> impl Strategy<Value = Question> {
    let stacks = ["linux", "freebsd", "rfc9293", "openbsd", "smoltcp"];
    let stack = || prop::sample::select(stacks.to_vec());
    let range = |(_, most): (Key, u64)| (0..=most, 0..=most, any::<bool>());
    (
        prop::sample::select(STORIES.to_vec()),
        preset(server::generic()),
        preset(client::generic()),
        (stack(), stack()),
        DELAYS.map(range),
        0_u64..3_000_000,
    )
        .prop_map(|(story, server, client, (one, other), ranges, idle)| {
            let mut case = catalogue::story(story).expect("a story");
            (case.server, case.client) = ((&server).into(), (&client).into());
            let stack = |name| profile::ALL.iter().find(|known| known.name == name);
            case.stacks = [one, other].map(|name| *stack(name).expect("a stack"));
            let mut parameters = Vec::new();
            for ((key, _), (one, other, is_open)) in DELAYS.into_iter().zip(ranges) {
                let of = Of::Delay(key);
                // Half a round trip is a whole number.
                let (low, high) = (one.min(other) & !1, one.max(other) & !1);
                of.set(&mut case, low);
                if is_open && low < high {
                    parameters.push(Parameter { of, low, high });
                }
            }
            let knobs = Of::all(&case).into_iter().filter(|of| matches!(of, Of::Knob(..)));
            // A knob may be anything; the first stands for all.
            parameters.extend(knobs.take(1).map(|of| Parameter { of, low: idle, high: 4_000_000 }));
            Question { case, parameters }
        })
}

fn raced(timing: &Timing) -> Race<Outcome> {
    let read = |world: &_, ended| outcome(world, timing.reply, ended);
    race(&timing.setup, &timing.symbols, timing.region.clone(), HORIZON, BOUNDS, read)
}

/// Virtual time at a point; its order of events is one that the free pace permits.
fn clocked(timing: &Timing, point: &[u64]) -> Result<Outcome, sim_core::answer::Halt> {
    let scenario = timing.at(point).scenario().expect("a scenario");
    let mut runner = Runner::new(&scenario.setup, Always(0), &mut ());
    let mut trace = Vec::new();
    let ended = runner.finish(&scenario.setup, HORIZON, &mut (), |_, action| trace.push(action))?;
    choices(&scenario.setup, PaceName::Free, &trace).expect("the free pace permits it");
    Ok(outcome(&runner.world, scenario.reply, ended))
}

fn volume(region: &Polytope) -> BigRational {
    region.volume().expect("a box has an end on every side")
}

fn ratios(point: &[u64]) -> Vec<Ratio> {
    point.iter().map(|us| Ratio::from_integer(i128::from(*us))).collect()
}

/// The leaf (or what was left) that a point is in: exactly one.
fn place<'r>(
    race: &'r Race<Outcome>,
    point: &[u64],
) -> Option<&'r Result<Outcome, sim_core::answer::Halt>> {
    let point = ratios(point);
    let holds = |region: &Polytope| region.contains(&point).expect("small numbers");
    let leaves: Vec<_> = race.leaves.iter().filter(|leaf| holds(&leaf.region)).collect();
    let open = race.open.iter().filter(|open| holds(&open.region)).count();
    assert_eq!(leaves.len() + open, 1, "{point:?}");
    leaves.first().map(|leaf| &leaf.end)
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

    /// Volumes sum to the box's; every point is in exactly one leaf; a clocked run there ends as
    /// the leaf says. Points are drawn from the box, and one is taken inside each leaf.
    #[test]
    fn the_leaves_are_a_partition_and_virtual_time_agrees(
        question in question(),
        draws in prop::collection::vec(prop::array::uniform6(0.0_f64..1.0), 24),
    ) {
        let Ok(timing) = Timing::new(&question.case, &question.parameters) else {
            // SO_LINGER counts whole seconds: no range.
            return Ok(());
        };
        let race = raced(&timing);
        let parts = race.leaves.iter().map(|leaf| &leaf.region);
        let parts = parts.chain(race.open.iter().map(|open| &open.region));
        let sum: BigRational = parts.map(volume).sum();
        prop_assert_eq!(sum, volume(&timing.region));
        for open in &race.open {
            prop_assert!(matches!(open.why, Left::Leaves | Left::Steps), "{:?}", open.why);
        }
        for draw in draws {
            let pairs = timing.parameters.iter().zip(draw);
            let at = |one: &Parameter, share: f64| {
                (one.low + ((one.high - one.low) as f64 * share) as u64) & !1
            };
            let point: Vec<u64> =
                pairs.map(|(one, share)| at(one, share).max(one.low)).collect();
            if let Some(end) = place(&race, &point) {
                prop_assert_eq!(end, &clocked(&timing, &point), "at {:?}", point);
            }
        }
        for leaf in race.leaves.iter().take(60) {
            let even = vec![Ratio::from_integer(2); timing.parameters.len()];
            let inside = leaf.region.round_point(&even).expect("small numbers");
            let whole: Option<Vec<u64>> = inside
                .iter()
                .map(|x| (x % even[0] == Ratio::from_integer(0)).then(|| x.to_integer()))
                .map(|x| x.and_then(|x| u64::try_from(x).ok()))
                .collect();
            if let Some(point) = whole {
                prop_assert_eq!(&leaf.end, &clocked(&timing, &point), "at {:?}", point);
            }
        }
    }
}

/// A rate is a time for a thousand bytes, x. Two writes of 960 bytes (1,000 on the wire) at 0 and
/// 60 ms. The ACK (40 on the wire) is at the server after 0.04 x and half a round trip; 30 ms
/// later, when the first write is there, the server accepts, and its answer (552) and its RST (40)
/// are back after another half: r + 30 + 0.632 x, which loses the answer up to 60.
///
/// Of the box of 10..20 ms by 1..21 ms the triangle beyond r = 30 - 0.632 x = 30 - 79 x / 125 does
/// not lose it: from x = 1250/79 on, 409/79 wide and 409/125 high.
#[test]
fn a_rate_is_a_time_for_a_thousand_bytes() {
    let mut case = catalogue::story("rtt-race").expect("a story");
    case.server = server::named("close").expect("a server").into();
    case.client = client::named("write-all/abort").expect("a client").into();
    let changes =
        [(Key::Request, "1920B"), (Key::Write, "960B"), (Key::Gap, "60ms"), (Key::Accept, "30ms")];
    for (key, text) in changes {
        case.change(key, text).expect("a change");
    }
    let parameters = [
        Parameter { of: Of::Delay(Key::Rtt), low: 10_000, high: 20_000 },
        Parameter { of: Of::Kilobyte, low: 1_000, high: 21_000 },
    ];
    let timing = Timing::new(&case, &parameters).expect("linear");
    let map = Map::new(timing, MAP_BOUNDS).expect("small numbers");
    assert!(map.is_whole());
    let share = |word: Word| {
        let areas = map
            .areas
            .iter()
            .filter(|area| matches!(area.ending, Ending::Known(is, _) if is == word));
        areas.map(|area| area.share.clone()).sum::<BigRational>()
    };
    assert_eq!(share(Word::Seen), BigRational::new(167_281.into(), 3_950_000.into()));
    assert_eq!(share(Word::Seen) + share(Word::Lost), BigRational::from_integer(1.into()));
    // 20 ms a thousand bytes are 50,000 bytes a second: 17.36 ms, and every segment takes a whole
    // number of microseconds.
    let word = |rtt: u64| clocked(&map.timing, &[rtt, 20_000]).expect("an end").word;
    assert_eq!([word(17_360), word(17_362)], [Word::Lost, Word::Seen]);
}
