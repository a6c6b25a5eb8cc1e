use super::*;
use crate::catalogue;
use crate::preset::Actor;
use crate::{client, server};
use sim_core::drive::sample::paired;
use sim_core::world::Setup;
use std::sync::Mutex;

fn scenario(story: &str, server: &str, client: &str) -> Scenario {
    let mut case = catalogue::story(story).expect("a story");
    case.server = Actor::parse(server, server::named).expect("a strategy");
    case.client = Actor::parse(client, client::named).expect("a policy");
    case.scenario().expect("a scenario")
}

fn close() -> Scenario {
    scenario("upload", "close", "duplex/abort")
}

fn counted(scenarios: &[Scenario], until: Until, threads: usize) -> Counted {
    let ask = Ask { seed: 1, until, threads };
    count(scenarios, ask, &AtomicBool::new(false), &|_| {})
}

#[test]
fn trials_are_as_many_as_were_asked_for() {
    for n in [1, 24, 25, 26, 1_000, 1_001] {
        let counted = counted(&[close()], Until::Trials(n), 2);
        assert_eq!((counted.trials(), counted.end, counted.open), (n, End::Asked, None));
    }
}

#[test]
fn what_is_precise_enough_ends_at_the_first_look_that_finds_it_so() {
    let scenarios = [close()];
    let until = Until::Precise { half: 0.005, most: 100_000 };
    let all = counted(&scenarios, until, 2);
    assert_eq!(all.end, End::Precise);
    assert!(all.lost(0).half_width() <= 0.005);
    let mut looks = vec![0];
    while looks.last().is_some_and(|last| *last < all.trials()) {
        looks.extend(looks.last().map(|last| next_look(*last)));
    }
    assert_eq!(looks.pop(), Some(all.trials()));
    let before = Until::Precise { half: 0.005, most: looks.pop().expect("a look before") };
    let before = counted(&scenarios, before, 2);
    assert!(before.trials() > 0 && before.lost(0).half_width() > 0.005);
}

/// With two servers both have to be precise.
#[test]
fn the_least_certain_share_decides() {
    let drain = || scenario("upload", "drain", "duplex/abort");
    let until = Until::Precise { half: 0.004, most: 100_000 };
    let alone = counted(&[drain()], until, 2).trials();
    let close_alone = counted(&[close()], until, 2).trials();
    assert!(alone < close_alone);
    assert_eq!(counted(&[drain(), close()], until, 2).trials(), close_alone);
}

#[test]
fn the_bound_on_trials_is_met_and_said() {
    let until = Until::Precise { half: 0.000_1, most: 1_500 };
    let counted = counted(&[close()], until, 2);
    assert_eq!((counted.trials(), counted.end), (1_500, End::Most));
}

#[test]
fn any_number_of_threads_counts_the_same() {
    let scenarios = [close(), scenario("upload", "linger0", "duplex/abort")];
    let until = Until::Precise { half: 0.01, most: 3_000 };
    let one = counted(&scenarios, until, 1);
    for threads in [2, 3, 7] {
        assert_eq!(counted(&scenarios, until, threads), one);
    }
}

/// Words, causes, pairs, and the first trial of each: as if every trial had been stepped.
#[test]
fn what_is_looked_up_is_what_stepping_finds() {
    for (story, trials) in [("upload", 9_000), ("small-request", 1_000), ("rtt-race", 6_000)] {
        let client = if story == "rtt-race" { "write-all/abort" } else { "duplex/abort" };
        let scenarios = ["close", "linger0"].map(|server| scenario(story, server, client));
        let setups: Vec<&Setup> = scenarios.iter().map(|it| &it.setup).collect();
        let stepped = paired(&setups, HORIZON, 1, 0..trials, |server, world, ended| {
            Finish::of(outcome(world, scenarios[server].reply, ended))
        });
        assert_eq!(counted(&scenarios, Until::Trials(trials), 2).paired, stepped, "{story}");
    }
}

/// As Ctrl-C does it, after some trials: what is there is what so many trials give.
#[test]
fn what_was_stopped_is_the_beginning_of_what_was_asked_for() {
    let scenarios = [close()];
    for (threads, after) in [(1, 0), (1, 60), (3, 60), (2, 1_400)] {
        let stop = AtomicBool::new(after == 0);
        let done = Mutex::new(0);
        let told = |n| {
            let mut done = done.lock().expect("no panic");
            *done += n;
            stop.fetch_or(*done >= after, Ordering::Relaxed);
        };
        let ask = Ask { seed: 1, until: Until::Trials(1_000_000), threads };
        let stopped = count(&scenarios, ask, &stop, &told);
        let there = stopped.trials();
        assert_eq!(stopped.end, End::Stopped);
        // Every thread may have been in the middle of something.
        assert!(there >= after && there <= after + CHUNK_LOOKED_UP * 4, "{there} of {after}");
        if there > 0 {
            let asked = counted(&scenarios, Until::Trials(there), 2);
            assert_eq!(asked.paired, stopped.paired);
        }
    }
}

#[test]
fn a_trial_without_an_end_ends_it_all_and_is_named() {
    let mut narrow = close();
    narrow.setup.in_flight = 2;
    let counted = counted(&[close(), narrow], Until::Trials(5_000), 2);
    assert_eq!((counted.trials(), counted.end), (BATCH, End::Open));
    let open = counted.open.clone().expect("a trial");
    assert_eq!(open.server, 1);
    let why = open.halt.expect("not the horizon").to_string();
    assert!(why.contains("segments in flight"), "{why}");
    // It could have gone either way.
    let share = counted.lost(1);
    assert!(share.open > 0);
    assert_eq!(share.interval().1, share.sure.interval(share.count + share.open, share.of).1);
    let versus = counted.versus()[0];
    assert_eq!(versus.open, share.open);
    let (low, high) = versus.interval();
    assert!(
        low < versus.pairs.interval(Sure::Fixed).0 && high > versus.pairs.interval(Sure::Fixed).1
    );
}

/// Joint outcomes against the tallies of each alone.
#[test]
fn differences_are_the_differences_of_the_shares() {
    let scenarios = ["close", "linger0", "lingering-close"]
        .map(|server| scenario("upload", server, "duplex/abort"));
    let counted = counted(&scenarios, Until::Trials(2_000), 2);
    let versus = counted.versus();
    assert_eq!(versus.iter().map(|it| it.server).collect::<Vec<_>>(), [1, 2]);
    for it in versus {
        let [here, first] = [it.server, 0].map(|server| counted.lost(server).count);
        assert_eq!(it.pairs.only_here + first, it.pairs.only_there + here);
        assert_eq!((it.pairs.of, it.open), (2_000, 0));
    }
}

/// The probability that n independent trials have k hits, by log-gamma.
fn binomial(n: u64, p: f64) -> Vec<f64> {
    use statrs::distribution::{Binomial, Discrete};
    let law = Binomial::new(p, n).expect("a law");
    (0..=n).map(|k| law.pmf(k)).collect()
}

/// Whether the interval after n trials with k hits holds p: both tails are larger than 1.75 %.
fn holds(p: f64, k: u64, n: u64) -> bool {
    use statrs::distribution::{Beta, ContinuousCDF};
    let cdf = |a: u64, b: u64| Beta::new(a as f64, b as f64).expect("a law").cdf(p);
    let at_least = if k == 0 { 1.0 } else { cdf(k, n - k + 1) };
    let at_most = if k == n { 1.0 } else { 1.0 - cdf(k + 1, n - k) };
    at_least > 0.0175 && at_most > 0.0175
}

/// Looking again and again until an interval is narrow could make it too narrow. How often it holds
/// the truth is summed here over every way the looks can go, for the batches and the precision that
/// are the default.
#[test]
fn looking_until_it_is_precise_leaves_the_interval_at_95_percent() {
    const HALF: f64 = 0.005;
    let share = |count, of| Share { count, open: 0, of, sure: Sure::Looked };
    let enough = |k, of| share(k, of).half_width() <= HALF;
    // The most hits (or misses) with which a look finds it precise.
    let limit = |of: u64| {
        let (mut yes, mut no) = (None, of / 2 + 1);
        while yes.map_or(0, |yes| yes + 1) < no {
            let middle = yes.map_or(0, |yes| (yes + no) / 2);
            if enough(middle, of) { yes = Some(middle) } else { no = middle }
        }
        yes
    };
    let looks = std::iter::successors(Some(BATCH), |of| Some(next_look(*of))).take(20);
    let looks: Vec<(u64, Option<u64>)> = looks.map(|of| (of, limit(of))).collect();
    for p in [0.000_2, 0.002, 0.01, 0.024, 0.05, 0.08, 0.1, 0.13, 0.2, 0.35, 0.5] {
        let mut going = vec![1.0];
        let (mut held, mut before) = (0.0, 0);
        for (of, limit) in &looks {
            let batch = binomial(of - before, p);
            let likely: Vec<(usize, f64)> =
                batch.into_iter().enumerate().filter(|(_, weight)| *weight > 1e-9).collect();
            before = *of;
            let most = likely.last().map_or(0, |(k, _)| *k);
            let mut next = vec![0.0; going.len() + most];
            for (k, weight) in going.iter().enumerate().filter(|(_, weight)| **weight > 1e-9) {
                likely.iter().for_each(|(more, w)| next[k + more] += weight * w);
            }
            for (k, weight) in next.iter_mut().enumerate().filter(|(_, weight)| **weight > 0.0) {
                let k = k as u64;
                if limit.is_some_and(|limit| k.min(of - k) <= limit) {
                    held += if holds(p, k, *of) { *weight } else { 0.0 };
                    *weight = 0.0;
                }
            }
            going = next;
        }
        assert!(going.iter().sum::<f64>() < 1e-6, "so many looks are enough for any share");
        assert!(held >= 0.95, "{held} at {p}");
    }
}
