//! Common random numbers: what is drawn for one side does not move what is drawn for another.

use sim_core::drive::run::{Ended, HORIZON, Runner};
use sim_core::drive::sample::{Chance, Paired, paired, sample};
use sim_core::pace::clocked::{Draw, Source};
use sim_core::profile::LINUX;
use sim_core::report::outcome::{Word, outcome};
use sim_core::wire::{Law, Micros, Side};
use sim_core::world::{End, Setup, World};
use sim_scenarios::catalogue::{Scenario, Size, Variant, over_limit};
use sim_scenarios::preset::Actor;
use sim_scenarios::{client, server};

fn scenario(variant: Variant, server: &str, client: &str) -> Scenario {
    let server = Actor::parse(server, server::named).expect("a strategy");
    let client = client::named(client).expect("a policy");
    over_limit((variant, Size::Full), server, client, [&LINUX, &LINUX]).expect("a setup")
}

/// Draws, and what was drawn.
struct Recorder<D> {
    draws: D,
    drawn: Vec<(Source, Law, Micros)>,
}

impl<D: Draw> Draw for Recorder<D> {
    fn next(&mut self, source: Source) -> u64 {
        self.draws.next(source)
    }

    fn draw(&mut self, source: Source, law: Law) -> Micros {
        let us = self.draws.draw(source, law);
        self.drawn.push((source, law, us));
        us
    }
}

/// All draws from one stream, in order of use: what the sources are there to avoid.
struct OneStream(Chance);

impl Draw for OneStream {
    fn next(&mut self, _: Source) -> u64 {
        self.0.next(Source::Path)
    }
}

/// What was drawn for the path and for the client, before the servers made a difference to either.
fn drawn<D: Draw>(setup: &Setup, draws: D) -> [Vec<(Law, Micros)>; 2] {
    let mut runner = Runner::new(setup, Recorder { draws, drawn: Vec::new() }, &mut ());
    runner.finish(setup, HORIZON, &mut (), |_, _| {}).expect("no bound is met");
    [Source::Path, Source::Host(Side::A)].map(|of| {
        let drawn = runner.clocks.draw.drawn.iter().filter(|(source, _, _)| *source == of);
        drawn.map(|(_, law, us)| (*law, *us)).collect()
    })
}

/// In how many of 40 trials the two servers' runs agree about path and client, and the fewest
/// draws that there were to agree about.
fn agreeing<D: Draw>(servers: [&Setup; 2], draws: impl Fn(u64) -> D) -> (usize, usize) {
    let mut agree = 0;
    let mut least = usize::MAX;
    for trial in 0..40 {
        let [[path, client], [other_path, other_client]] =
            servers.map(|setup| drawn(setup, draws(trial)));
        // Another server may end the client's work sooner, or lead it to another line, whose law is
        // another one; until then the draws are the same.
        let both = client.iter().zip(&other_client).take_while(|(one, other)| one.0 == other.0);
        least = least.min(path.len() + both.clone().count());
        agree += usize::from(path == other_path && both.clone().all(|(one, other)| one == other));
    }
    (agree, least)
}

/// Servers that differ only after they have answered.
const SERVERS: [[&str; 2]; 2] =
    [["wait-close", "wait-close:wait=1s"], ["lingering-close", "lingering-close:idle=1s"]];

/// The same server, which draws before each of its lines.
fn busy(mut scenario: Scenario) -> Scenario {
    let End::Script(script) = &mut scenario.setup.ends[1] else { panic!("a server") };
    for line in script.lanes.iter_mut().flat_map(|lane| &mut lane.lines) {
        line.wake = Law::Uniform(0, 2_000);
    }
    scenario
}

#[test]
fn another_server_leaves_the_path_and_the_client_s_draws_in_place() {
    for variant in Variant::ALL {
        for policy in client::generic() {
            let story = |server| scenario(variant, server, &policy.name);
            let mut table: Vec<[Scenario; 2]> = SERVERS.map(|pair| pair.map(story)).into();
            table.push([story("wait-close"), busy(story("wait-close"))]);
            table.push([story("close"), busy(story("drain"))]);
            for (row, [one, other]) in table.iter().enumerate() {
                let setups = [&one.setup, &other.setup];
                let (agree, least) = agreeing(setups, |trial| Chance::of(3, trial));
                assert_eq!(agree, 40, "{variant:?} {} {row}", policy.name);
                assert!(least >= 2, "{variant:?} {} {row}: {least}", policy.name);
            }
        }
    }
}

#[test]
fn one_stream_for_all_would_not() {
    let policy = "duplex/stop";
    let stories = [scenario(Variant::Upload, "drain", policy), {
        busy(scenario(Variant::Upload, "drain", policy))
    }];
    let setups = [&stories[0].setup, &stories[1].setup];
    let (agree, _) = agreeing(setups, |trial| OneStream(Chance::of(3, trial)));
    assert!(agree < 20, "{agree}");
}

fn stories() -> Vec<Scenario> {
    let policy = "write-all/abort";
    let servers = ["close", "wait-close:wait=50ms", "lingering-close", "close"];
    servers.map(|server| scenario(Variant::Upload, server, policy)).into()
}

fn tally(stories: &[Scenario], trials: std::ops::Range<u64>) -> Paired<Word> {
    let setups: Vec<&Setup> = stories.iter().map(|story| &story.setup).collect();
    let read = |n: usize, world: &World, ended: Ended| outcome(world, stories[n].reply, ended).word;
    paired(&setups, HORIZON, 11, trials, read)
}

#[test]
fn paired_trials_are_the_trials_of_each_setup_alone() {
    let stories = stories();
    let counted = tally(&stories, 0..600);
    for (story, tally) in stories.iter().zip(&counted.each) {
        let alone = sample(&story.setup, HORIZON, 11, 0..600, |world, ended| {
            outcome(world, story.reply, ended).word
        });
        assert_eq!(*tally, alone);
    }
    let of: Vec<[usize; 2]> = counted.pairs.iter().map(|pair| pair.of).collect();
    assert_eq!(of, [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3], [2, 3]]);
    for pair in &counted.pairs {
        let [a, b] = pair.of;
        assert_eq!(pair.joint.trials, 600);
        for (word, count, _) in &counted.each[a].counts {
            assert_eq!(pair.joint.count(|(it, _)| it == word), *count, "{a} {b} {word:?}");
        }
        for (word, count, _) in &counted.each[b].counts {
            assert_eq!(pair.joint.count(|(_, it)| it == word), *count, "{a} {b} {word:?}");
        }
    }
    // The same setup twice never differs; two that differ do.
    let differing = |at: usize| counted.pairs[at].joint.count(|(one, other)| one != other);
    assert_eq!(differing(3), 0);
    assert!(differing(1) > 0, "{:?}", counted.pairs[1].joint.counts);
}

#[test]
fn paired_tallies_merge_in_any_order() {
    let stories = stories();
    let whole = tally(&stories, 0..500);
    let parts: Vec<Paired<Word>> = std::thread::scope(|scope| {
        let part = |from: u64| {
            let stories = &stories;
            scope.spawn(move || tally(stories, from..from + 125))
        };
        let threads: Vec<_> = [375, 0, 250, 125].map(part).into();
        threads.into_iter().map(|thread| thread.join().expect("a tally")).collect()
    });
    for order in [[0, 1, 2, 3], [3, 1, 0, 2], [2, 0, 3, 1]] {
        let mut merged = tally(&stories, 0..0);
        order.into_iter().for_each(|at: usize| merged.merge(parts[at].clone()));
        assert_eq!(merged, whole);
    }
}
