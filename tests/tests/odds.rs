//! Exact odds: against closed forms derived by hand, against trials, against an enumeration of
//! virtual time and a model checker; and rare losses against exact ones.

use sim_core::drive::run::{HORIZON, Runner};
use sim_core::drive::sample::sample;
use sim_core::exact::BigRational;
use sim_core::exact::measure::Exact;
use sim_core::pace::clocked::{Draw, Source};
use sim_core::report::outcome::{Word, outcome};
use sim_core::wire::law::{Bin, Shape};
use sim_core::wire::{Law, Micros, millis};
use sim_core::world::Path;
use sim_scenarios::case::{Case, Key, Scenario};
use sim_scenarios::render::prism;
use sim_scenarios::timing::grid::coarse;
use sim_scenarios::timing::odds::Odds;
use sim_scenarios::timing::orders::{Inexact, ORDERS, Orders, is_lost};
use sim_scenarios::timing::rare::Rare;
use sim_scenarios::{catalogue, client, server};
use sim_tests::typed::Folder;
use statrs::distribution::{Beta, ContinuousCDF};

/// A story with a server, a client and some changes.
fn case(story: &str, server: &str, client: &str, changes: &[(Key, &str)]) -> Case {
    let mut case = catalogue::story(story).expect("a story");
    case.server = server::named(server).expect("a server").into();
    case.client = client::named(client).expect("a client").into();
    for (key, text) in changes {
        case.change(*key, text).expect("a change");
    }
    case
}

/// The race on the round trip alone: the client writes 4 KiB at 0, 20, 40 and 60 ms and gives up at
/// the first write that fails. The server has closed; the first write reaches it half a round trip
/// after it was sent, and the RST is back after the other half. A write fails if the RST has come
/// by then, and the last write is the one with the most time for it: the answer is lost if and only
/// if the round trip is shorter than the time from the first write to the last.
fn rtt_race(changes: &[(Key, &str)]) -> Case {
    case("rtt-race", "close", "write-all/abort", changes)
}

/// The same with two writes: one gap decides.
const TWO_WRITES: (Key, &str) = (Key::Write, "8KiB");

fn odds(case: &Case) -> Odds {
    let Scenario { setup, reply, .. } = case.scenario().expect("a scenario");
    let orders = Orders::of(&setup, reply, ORDERS).expect("all orders");
    Odds::of(&orders).expect("closed forms")
}

fn lost(case: &Case) -> Exact {
    odds(case).lost()
}

fn fraction(numerator: i64, denominator: i64) -> Option<BigRational> {
    Some(BigRational::new(numerator.into(), denominator.into()))
}

#[test]
fn a_uniform_round_trip_against_a_threshold() {
    // 60 ms of writing, a round trip uniform in 10..200 ms:
    // P(rtt < 60) = (60 - 10) / (200 - 10) = 50/190 = 5/19.
    assert_eq!(lost(&rtt_race(&[])).as_rational(), fraction(5, 19));
    // All of 10..50 is below 60, nothing of 70..90 is.
    assert_eq!(lost(&rtt_race(&[(Key::Rtt, "10ms..50ms")])), Exact::one());
    assert_eq!(lost(&rtt_race(&[(Key::Rtt, "70ms..90ms")])), Exact::zero());
}

#[test]
fn two_uniform_laws_race() {
    // One gap g uniform in 0..100 ms, a round trip r uniform in 10..200 ms: lost if r < g.
    // P = 1/100 * integral over g from 10 to 100 of (g - 10)/190 dg
    //   = 1/(100 * 190) * 90^2 / 2 = 4050/19000 = 81/380.
    let case = rtt_race(&[TWO_WRITES, (Key::Gap, "0ms..100ms")]);
    assert_eq!(lost(&case).as_rational(), fraction(81, 380));
    // The same law for both: none of the two is favoured.
    let even = rtt_race(&[TWO_WRITES, (Key::Gap, "10ms..90ms"), (Key::Rtt, "10ms..90ms")]);
    assert_eq!(lost(&even).as_rational(), fraction(1, 2));
}

#[test]
fn the_two_ways_of_a_path_add_up() {
    // There and back, each uniform in 0..60 ms, against 60 ms of writing: the sum of two is below
    // its middle as often as above.
    let ways = [(Key::ToServer, "0ms..60ms"), (Key::ToClient, "0ms..60ms")];
    assert_eq!(lost(&rtt_race(&ways)).as_rational(), fraction(1, 2));
    // One way is as long as the other until that is said, with a draw of its own.
    assert_eq!(lost(&rtt_race(&ways[..1])).as_rational(), fraction(1, 2));
    assert_eq!(lost(&rtt_race(&ways[1..])).as_rational(), fraction(1, 2));
    // 20 ms back leave 40 of 60; a round trip said after it replaces both ways.
    let back = [ways[0], (Key::ToClient, "20ms")];
    assert_eq!(lost(&rtt_race(&back)).as_rational(), fraction(2, 3));
    let replaced = rtt_race(&[ways[0], (Key::Rtt, "10ms..200ms")]);
    assert_eq!(lost(&replaced).as_rational(), fraction(5, 19));
    assert_eq!(replaced.changes.len(), 1);
}

#[test]
fn three_uniform_gaps_are_added_up() {
    // Three gaps uniform in 0..20 ms; S is their sum. In units of 20 ms it has Irwin and Hall's
    // law: P(S > 2) is the corner where 1 - g1, 1 - g2, 1 - g3 add up to less than 1, whose volume
    // is 1/3! = 1/6; and P(S > 3/2) = 1/2, because S and 3 - S have the same law.
    for (rtt, share) in [("40ms", fraction(1, 6)), ("30ms", fraction(1, 2))] {
        let case = rtt_race(&[(Key::Gap, "0ms..20ms"), (Key::Rtt, rtt)]);
        assert_eq!(lost(&case).as_rational(), share, "{rtt}");
    }
    // With a round trip r uniform in 0..60 ms, in units of 20 ms: P(r < S) = E[S]/3 = (3/2)/3 =
    // 1/2.
    let case = rtt_race(&[(Key::Gap, "0ms..20ms"), (Key::Rtt, "0ms..60ms")]);
    assert_eq!(lost(&case).as_rational(), fraction(1, 2));
}

#[test]
fn measured_round_trips_have_an_exact_share() {
    // Bins 10..50 (weight 1), 50..70 (weight 2), exactly 80 (weight 1): below 60 are the whole of
    // the first and half of the second: 1/4 + 2/4 * 1/2 = 1/2.
    let bins = [(10, 50, 1), (50, 70, 2), (80, 80, 1)];
    let bins = bins.map(|(lo, hi, weight)| Bin { lo: millis(lo), hi: millis(hi), weight });
    let mut case = rtt_race(&[]);
    case.path = Path::RoundTrip(Law::histogram(bins.to_vec()).expect("a law"));
    assert_eq!(lost(&case).as_rational(), fraction(1, 2));
    // With a gap uniform in 0..100 ms that decides alone, P(g > r) = E[(100 - r)/100]: the middles
    // of the bins are 30, 60 and 80, so 1/4 * 70/100 + 2/4 * 40/100 + 1/4 * 20/100 = 170/400.
    for (key, text) in [TWO_WRITES, (Key::Gap, "0ms..100ms")] {
        case.change(key, text).expect("a change");
    }
    assert_eq!(lost(&case).as_rational(), fraction(17, 40));
}

/// Tails reach to where a handshake is given up, and the model follows them: that adds terms whose
/// sum is less than what is beyond a second, e^(-1000/30) < 10^-14. Both decimals agree with the
/// closed form to twelve digits.
fn agrees(exact: &Exact, digits: &str) {
    let (from, to) = exact.decimals(12);
    assert!(from == digits || to == digits, "{digits}: {from} to {to}");
    let width = |(from, to): (BigRational, BigRational)| to - from;
    assert!(width(exact.interval(40)) < BigRational::new(1.into(), 1_000_000_000_000_i64.into()));
}

#[test]
fn an_exponential_round_trip_against_a_threshold() {
    // P(r < 60) = 1 - e^(-60/30) = 1 - e^-2 = 0.864664716763...
    agrees(&lost(&rtt_race(&[(Key::Rtt, "exponential:30ms")])), "0.864664716763");
}

#[test]
fn two_exponential_gaps_are_added_up() {
    // Three writes, two gaps of mean 20, a round trip of 40 ms: the gaps last longer if less than
    // two have passed by then, which Poisson's law gives where 40/20 = 2 are expected: e^-2 (1 + 2)
    // = 3 e^-2 = 0.406005849709...
    let three_writes = (Key::Write, "6KiB");
    let case = rtt_race(&[three_writes, (Key::Gap, "exponential:20ms"), (Key::Rtt, "40ms")]);
    agrees(&lost(&case), "0.406005849709");
}

#[test]
fn an_erlang_round_trip_against_a_threshold() {
    // Three stages of mean 10: fewer than three have passed by 60 with Poisson's probability of 0,
    // 1 or 2 where 6 are expected, so P(r < 60) = 1 - e^-6 (1 + 6 + 36/2) = 1 - 25 e^-6 =
    // 0.938031195583...
    agrees(&lost(&rtt_race(&[(Key::Rtt, "gamma:3,30ms")])), "0.938031195583");
}

#[test]
fn a_triangular_round_trip_against_a_threshold() {
    // Most often 20, from 0 to 120: above the mode P(r > x) = (120 - x)^2 / (120 * 100), so
    // P(r < 60) = 1 - 3600/12000 = 7/10.
    let exact = lost(&rtt_race(&[(Key::Rtt, "triangular:0ms,20ms,120ms")]));
    assert_eq!(exact.as_rational(), fraction(7, 10));
    // Against a gap uniform in 0..120 instead of 60: P(r < g) = 1 - E[r]/120 = 1 - (140/3)/120 =
    // 11/18.
    let case =
        rtt_race(&[TWO_WRITES, (Key::Gap, "0ms..120ms"), (Key::Rtt, "triangular:0ms,20ms,120ms")]);
    assert_eq!(lost(&case).as_rational(), fraction(11, 18));
}

#[test]
fn an_exponential_gap_against_a_uniform_round_trip() {
    // Lost if the gap (mean 50) is longer than the round trip (uniform in 10..60):
    // 1/50 * integral from 10 to 60 of e^(-r/50) dr = e^(-1/5) - e^(-6/5) = 0.517536541166...
    let case = rtt_race(&[TWO_WRITES, (Key::Gap, "exponential:50ms"), (Key::Rtt, "10ms..60ms")]);
    agrees(&lost(&case), "0.517536541166");
}

#[test]
fn ends_add_up_and_what_has_no_closed_form_is_said() {
    for case in [rtt_race(&[]), case("upload", "close", "duplex/abort", &[])] {
        let odds = odds(&case);
        assert_eq!(odds.of_ends(|_| true), Exact::one());
        assert!(odds.weighed < odds.orders && odds.ends.len() > 1);
        // Weighed one by one instead of what is left of 1, the orders that read it all weigh the
        // same.
        let seen = odds.of_ends(|how| how.0 == Word::Seen);
        assert_eq!(odds.lost().plus(&seen), Exact::one());
    }
    let case = rtt_race(&[(Key::Rtt, "log-normal:30ms,p99=90ms")]);
    let Scenario { setup, reply, .. } = case.scenario().expect("a scenario");
    let orders = Orders::of(&setup, reply, ORDERS).expect("all orders");
    let why = Odds::of(&orders).expect_err("no closed form");
    assert!(matches!(why, Inexact::Law(_)), "{why}");
    assert!(why.to_string().contains("log-normal:30ms,p99=90ms"), "{why}");
    let few = sim_core::drive::race::Bounds { leaves: 3, ..ORDERS };
    let why = Orders::of(&setup, reply, few).expect_err("more than three");
    assert_eq!(why.to_string(), "there are more than 3 orders of events");
}

/// Trials a scenario: `ODDS_TRIALS=1000000` for as many as CI takes.
fn trials() -> u64 {
    std::env::var("ODDS_TRIALS").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000)
}

/// Clopper and Pearson's interval.
fn interval(count: u64, trials: u64, error: f64) -> (f64, f64) {
    let (k, n) = (count as f64, trials as f64);
    let quantile = |a, b, p| Beta::new(a, b).expect("shapes").inverse_cdf(p);
    let low = if count == 0 { 0.0 } else { quantile(k, n - k + 1.0, error / 2.0) };
    let high = if count == trials { 1.0 } else { quantile(k + 1.0, n - k, 1.0 - error / 2.0) };
    (low, high)
}

fn decimal(exact: &Exact) -> f64 {
    exact.decimals(30).0.parse::<f64>().expect("a number").max(0.0)
}

#[test]
fn the_exact_share_is_inside_the_interval_of_trials() {
    let mut cells = Vec::new();
    for story in ["rtt-race", "upload"] {
        for (server, client) in
            [("close", "write-all/abort"), ("close", "duplex/abort"), ("drain", "write-all/abort")]
        {
            for rtt in ["10ms..200ms", "20ms..40ms", "triangular:20ms,22ms,40ms", "gamma:2,50ms"] {
                cells.push((story, server, client, rtt));
            }
        }
    }
    // All intervals together miss with a probability of one in a thousand at most; seeds are fixed.
    let error = 0.001 / cells.len() as f64;
    let mut exact_ones = 0;
    for (story, server, client, rtt) in cells {
        let case = case(story, server, client, &[(Key::Rtt, rtt)]);
        let Scenario { setup, reply, .. } = case.scenario().expect("a scenario");
        let few = sim_core::drive::race::Bounds { leaves: 3_000, ..ORDERS };
        let Ok(orders) = Orders::of(&setup, reply, few) else { continue };
        let exact = decimal(&Odds::of(&orders).expect("closed forms").lost());
        exact_ones += 1;
        let tally = sample(&setup, HORIZON, 11, 0..trials(), |world, ended| {
            outcome(world, reply, ended).word
        });
        let count = tally.count(|word| *word != Word::Seen);
        let (low, high) = interval(count, tally.trials, error);
        assert!(
            (low..=high).contains(&exact),
            "{story} {server} {client} {rtt}: {exact}, and {low} to {high} of trials"
        );
    }
    assert!(exact_ones >= 14, "{exact_ones}");
}

/// Draws from laws that have points only: every draw is one of as many as the points weigh, and all
/// combinations come, one after the other.
struct Enumeration {
    /// Which of how many, of the draws so far.
    choices: Vec<(u64, u64)>,
    at: usize,
}

impl Draw for Enumeration {
    fn next(&mut self, _: Source) -> u64 {
        0
    }

    fn draw(&mut self, _: Source, law: Law) -> Micros {
        let Law::Shaped(curve) = law else { return law.shortest() };
        let Shape::Histogram(bins) = curve.shape() else { panic!("points only") };
        let all: u64 = bins.iter().map(|bin| bin.weight).sum();
        if self.choices.len() == self.at {
            self.choices.push((0, all));
        }
        let mut left = self.choices[self.at].0;
        self.at += 1;
        let bin = bins.iter().find(|bin| {
            let here = left < bin.weight;
            left = left.saturating_sub(if here { 0 } else { bin.weight });
            here
        });
        bin.expect("a choice within the weights").lo
    }
}

/// The share of all combinations of draws that lose the answer in virtual time.
fn enumerated(scenario: &Scenario) -> BigRational {
    let (mut choices, mut sum) = (Vec::new(), BigRational::default());
    loop {
        let draw = Enumeration { choices, at: 0 };
        let mut runner = Runner::new(&scenario.setup, draw, &mut ());
        let ended = runner.finish(&scenario.setup, HORIZON, &mut (), |_, _| {}).expect("an end");
        let word = outcome(&runner.world, scenario.reply, ended).word;
        choices = runner.clocks.draw.choices;
        if word != Word::Seen {
            let ways: u64 = choices.iter().map(|(_, of)| of).product();
            sum += BigRational::new(1.into(), ways.into());
        }
        // The next combination: the last draw that has another choice left takes it.
        while choices.pop_if(|(choice, of)| *choice + 1 == *of).is_some() {}
        match choices.last_mut() {
            Some((choice, _)) => *choice += 1,
            None => return sum,
        }
    }
}

/// Small races on a grid, with more than one draw.
fn grids() -> Vec<Scenario> {
    let cases = [
        (rtt_race(&[TWO_WRITES, (Key::Gap, "0ms..100ms")]), 5),
        (rtt_race(&[(Key::Gap, "5ms..30ms"), (Key::Rtt, "exponential:40ms")]), 3),
        (case("upload", "close", "duplex/abort", &[]), 3),
    ];
    let scenario = |(case, points): (Case, u64)| {
        let mut scenario = case.scenario().expect("a scenario");
        scenario.setup = coarse(&scenario.setup, points).expect("laws");
        scenario
    };
    cases.into_iter().map(scenario).collect()
}

#[test]
fn on_a_grid_everybody_says_the_same() {
    let folder = Folder::new("prism");
    let mut asked = 0;
    for scenario in grids() {
        let orders = Orders::of(&scenario.setup, scenario.reply, ORDERS).expect("all orders");
        let share = Odds::of(&orders).expect("points").lost().as_rational().expect("a fraction");
        assert!(share > BigRational::default());
        assert_eq!(share, enumerated(&scenario), "virtual time");
        let model = prism::model(&orders, &["a race".to_owned()]).expect("small numbers");
        assert!(model.starts_with("// a race\ndtmc\n\nmodule draws\n"), "{model}");
        assert!(model.ends_with("& is_lost;\n"), "{model}");
        let file = folder.keep("race.prism", model);
        let check = format!("{}/prism/check.py", env!("CARGO_MANIFEST_DIR"));
        let mut python = std::process::Command::new("python3");
        let output = python.arg(check).arg(file).arg(prism::PROPERTY).output();
        match output {
            Ok(output) if output.status.success() => {
                let text = String::from_utf8(output.stdout).expect("text");
                assert_eq!(text.trim(), share.to_string(), "stormpy");
                asked += 1;
            }
            Ok(output) if output.status.code() == Some(77) => {
                let why = String::from_utf8_lossy(&output.stdout).into_owned();
                eprintln!("skipped: stormpy was not asked: {}", why.trim());
            }
            Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
            Err(why) => eprintln!("skipped: stormpy was not asked: python3: {why}"),
        }
    }
    // CI asks for it: nothing is skipped there.
    if std::env::var("CLOSERACE_STORM").is_ok() {
        assert_eq!(asked, grids().len(), "stormpy was to be asked");
    }
}

#[test]
fn rare_losses_are_estimated_where_plain_trials_see_none() {
    let rare = |stages: u32| format!("gamma:{stages},200ms");
    // Lost if the round trip is shorter than 15 ms: likely are 200.
    let mut cases: Vec<(Case, u32)> = [(4, 4), (8, 7), (10, 9), (11, 9)]
        .map(|(stages, digits)| (rtt_race(&[(Key::Gap, "5ms"), (Key::Rtt, &rare(stages))]), digits))
        .into();
    // Two and four laws that are tied together.
    let two = [TWO_WRITES, (Key::Gap, "0ms..61ms"), (Key::Rtt, "60ms..70ms")];
    cases.push((rtt_race(&two), 4));
    // Three gaps of at most 20 ms that have to last longer than 57: a corner of four variables.
    cases.push((rtt_race(&[(Key::Gap, "0ms..20ms"), (Key::Rtt, "57ms..80ms")]), 5));
    let mut least = 1.0_f64;
    for (case, digits) in cases {
        let Scenario { setup, reply, .. } = case.scenario().expect("a scenario");
        let orders = Orders::of(&setup, reply, ORDERS).expect("all orders");
        let exact = decimal(&Odds::of(&orders).expect("closed forms").lost());
        least = least.min(exact);
        let rare = Rare::of(&orders).expect("small numbers");
        let hits = rare.draw(5, 10_000).expect("small numbers");
        let (low, high) = interval(hits.lost(), hits.trials, 0.000_1);
        // Whole microseconds, and quantiles that are straight between knots: a thousandth or so of
        // densities that grow like the eleventh power.
        let (low, high) = (low * hits.weight * 0.998, high * hits.weight * 1.002);
        assert!((low..=high).contains(&exact), "{digits}: {exact:e}, and {low:e} to {high:e}");
        assert!(high - low < exact / 4.0, "{exact:e} is known to {low:e} to {high:e}");
        let plain = sample(&setup, HORIZON, 5, 0..1_000, |world, ended| {
            let end = outcome(world, reply, ended);
            is_lost((end.word, end.cause))
        });
        assert!(exact > 1e-5 || plain.count(|lost| *lost) == 0, "{exact:e}");
    }
    assert!((1e-10..2e-9).contains(&least), "{least:e}");
}

#[test]
fn a_rare_loss_needs_no_closed_form() {
    // sigma = ln(300/200) / 2.3263 = 0.1743; ln(60/200) / sigma = -6.908: the normal law has
    // 2.46e-12 below that, less than where tails are cut; with p99 at 400 ms sigma is 0.29796 and
    // ln(60/200) / sigma = -4.0407: 2.66e-5.
    let case = rtt_race(&[(Key::Rtt, "log-normal:200ms,p99=400ms")]);
    let Scenario { setup, reply, .. } = case.scenario().expect("a scenario");
    let orders = Orders::of(&setup, reply, ORDERS).expect("all orders");
    let hits = Rare::of(&orders).expect("small numbers").draw(1, 2_000).expect("small numbers");
    let estimate = hits.estimate(hits.lost());
    assert!((2.62e-5..2.70e-5).contains(&estimate), "{estimate:e}");
}
