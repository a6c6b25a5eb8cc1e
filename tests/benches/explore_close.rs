//! The explorer against stateright and SPIN on the close model, in one process and one run.
//!
//! ```text
//! explore_close [R,P,K,STRATEGY ...] [--rounds N] [--pan PATH] [--ours]
//! ```
//!
//! Engines take turns, so that a busy neighbour hits all of them; figures are medians of the
//! rounds, in CPU seconds where `/proc` tells them and wall seconds elsewhere; a short run is
//! repeated within its turn. Every run's counts are compared with the pinned ones. `--pan` names
//! SPIN's verifier for the same configuration (one configuration only), `--ours` leaves stateright
//! out. Memory is the peak of the heap above what was in use before, by a counting allocator, in
//! runs of their own that are not timed.

#[path = "heap.rs"]
mod heap;

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use sim_core::drive::explore::{self, Flow, Limits, Model, Pulse, Seen, Watch};
use sim_tests::close_model::{Action, CloseModel, Outcome, Packed, Store, Strategy};
use sim_tests::close_plain::Plain;
use stateright::{Checker as _, Model as _, Property};

/// What a run found, to be compared with what is pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    states: u64,
    generated: u64,
}

/// Distinct and generated states, and the probability of loss, of the large configurations.
#[rustfmt::skip]
const PINNED: [(&str, Found, f64); 12] = [
    ("12,12,4 close",   Found { states:    964_532, generated:  5_165_464 }, 0.909567265544),
    ("12,12,4 shut",    Found { states:  1_179_689, generated:  6_183_680 }, 0.891399857084),
    ("12,12,4 drain",   Found { states:  1_101_572, generated:  5_862_794 }, 0.0),
    ("12,12,4 linger0", Found { states:    920_580, generated:  5_001_019 }, 0.984556015738),
    ("16,16,4 close",   Found { states:  4_034_116, generated: 22_556_304 }, 0.931085729840),
    ("16,16,4 shut",    Found { states:  4_710_037, generated: 25_833_584 }, 0.923068048090),
    ("16,16,4 drain",   Found { states:  4_521_306, generated: 25_042_510 }, 0.0),
    ("16,16,4 linger0", Found { states:  3_930_970, generated: 22_157_891 }, 0.993025608151),
    ("20,20,4 close",   Found { states: 12_355_036, generated: 70_762_848 }, 0.943152616786),
    ("20,20,4 shut",    Found { states: 14_002_945, generated: 78_868_760 }, 0.939630857895),
    ("20,20,4 drain",   Found { states: 13_629_344, generated: 77_285_194 }, 0.0),
    ("20,20,4 linger0", Found { states: 12_154_440, generated: 69_973_731 }, 0.996763459773),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Kept,
    KeptWide,
    Sweep,
    SweepOdds,
    StaterightBfs,
    StaterightDfs,
    StaterightPacked,
    Spin,
}

impl Engine {
    const ALL: [Self; 8] = [
        Self::Kept,
        Self::KeptWide,
        Self::Sweep,
        Self::SweepOdds,
        Self::StaterightBfs,
        Self::StaterightDfs,
        Self::StaterightPacked,
        Self::Spin,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::KeptWide => "kept, 16-byte keys",
            Self::Sweep => "sweep",
            Self::SweepOdds => "sweep with odds",
            Self::StaterightBfs => "stateright bfs",
            Self::StaterightDfs => "stateright dfs",
            Self::StaterightPacked => "same, packed model",
            Self::Spin => "SPIN",
        }
    }
}

/// The model with the key widened to the four words that a pair of hosts and a pair of links take.
struct Wide(CloseModel);

type Key16 = [u32; 4];

fn wide(key: Packed) -> Key16 {
    let bits = key.bits();
    [bits as u32, (bits >> 32) as u32, !bits as u32, 0]
}

fn narrow(key: Key16) -> Packed {
    Packed::from_bits(u64::from(key[0]) | u64::from(key[1]) << 32)
}

impl Model for Wide {
    type Key = Key16;
    type Action = Action;
    type Halt = std::convert::Infallible;
    type Store = Store;

    fn store(&self) -> Store {
        self.0.store()
    }

    fn initial(&self, store: &mut Store) -> Vec<Key16> {
        self.0.initial(store).into_iter().map(wide).collect()
    }

    #[inline]
    fn successors<F>(&self, store: &mut Store, key: Key16, each: &mut F)
    where
        F: FnMut(Action, Result<Key16, Self::Halt>),
    {
        let each = &mut |action, next: Result<Packed, _>| each(action, next.map(wide));
        self.0.successors(store, narrow(key), each);
    }
}

/// Our packed model for stateright, every class worked out beforehand: how much of the difference
/// is the model's and how much the engine's.
#[derive(Clone)]
struct Learnt(Arc<(CloseModel, Store)>);

impl Learnt {
    fn new(model: CloseModel) -> Self {
        let space = explore::kept(&model, Limits::NONE, &mut (), Pulse::silent());
        Self(Arc::new((model, space.into_store())))
    }
}

impl stateright::Model for Learnt {
    type State = Packed;
    type Action = Packed;

    fn init_states(&self) -> Vec<Packed> {
        let (model, _) = &*self.0;
        model.initial(&mut model.store())
    }

    fn actions(&self, state: &Packed, actions: &mut Vec<Packed>) {
        actions.extend(CloseModel::known(&self.0.1, *state).map(|(_, next)| next));
    }

    fn next_state(&self, _state: &Packed, action: Packed) -> Option<Packed> {
        Some(action)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::sometimes("never", |_, _| false)]
    }
}

/// Sums the odds of ending with the reply lost.
struct Loss(f64);

impl Watch<CloseModel> for Loss {
    fn terminal(&mut self, seen: Seen<'_, CloseModel>) -> Flow {
        match seen.store.control(seen.key).outcome() {
            Outcome::Truncated | Outcome::Lost => self.0 += seen.odds.unwrap_or(0.0),
            Outcome::Undecided | Outcome::SeenToEnd | Outcome::SeenThenReset => {}
        }
        Flow::Continue(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Peers {
    Asked,
    LeftOut,
}

struct Setup {
    model: CloseModel,
    pan: Option<String>,
    peers: Peers,
    learnt: Option<Learnt>,
    start: Instant,
}

/// CPU seconds that a turn takes at least: the clock ticks a hundred times a second.
const TURN: f64 = 0.5;

impl Setup {
    /// One run. SPIN's own counts are printed by its verifier and read from its output.
    fn run(&self, engine: Engine) -> Option<Found> {
        let Self { model, pan, peers, learnt, start: _ } = self;
        let found = |counts: explore::Counts| {
            Some(Found { states: counts.states, generated: counts.edges + 1 })
        };
        let plain = || Plain { model: *model, sought: None }.checker().threads(1);
        let theirs = |states: usize, generated: usize| {
            Some(Found { states: states as u64, generated: generated as u64 })
        };
        let silent = Pulse::silent;
        match engine {
            Engine::StaterightBfs | Engine::StaterightDfs | Engine::StaterightPacked
                if *peers == Peers::LeftOut =>
            {
                None
            }
            Engine::Kept => found(explore::kept(model, Limits::NONE, &mut (), silent()).counts()),
            Engine::KeptWide => {
                let model = Wide(*model);
                found(explore::kept(&model, Limits::NONE, &mut (), silent()).counts())
            }
            Engine::Sweep => {
                found(explore::sweep(model, Limits::NONE, &mut (), silent()).ok()?.counts)
            }
            Engine::SweepOdds => {
                let mut loss = Loss(0.0);
                let swept = explore::sweep_odds(model, Limits::NONE, &mut loss, silent()).ok()?;
                let pinned = PINNED.iter().find(|row| row.0 == model.to_string());
                assert!(pinned.is_none_or(|row| (row.2 - loss.0).abs() < 1e-12), "{}", loss.0);
                found(swept.counts)
            }
            Engine::StaterightBfs => {
                let done = plain().spawn_bfs().join();
                theirs(done.unique_state_count(), done.state_count())
            }
            Engine::StaterightDfs => {
                let done = plain().spawn_dfs().join();
                theirs(done.unique_state_count(), done.state_count())
            }
            Engine::StaterightPacked => {
                let done = learnt.as_ref()?.clone().checker().threads(1).spawn_dfs().join();
                theirs(done.unique_state_count(), done.state_count())
            }
            Engine::Spin => spin(pan.as_ref()?),
        }
    }
}

fn spin(pan: &str) -> Option<Found> {
    let run = Command::new(pan).arg("-m100000").stderr(Stdio::null()).output();
    let text = String::from_utf8(run.expect("the verifier runs").stdout).ok()?;
    let number = |name: &str| {
        let line = text.lines().find(|line| line.contains(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    Some(Found { states: number("states, stored")?, generated: number("transitions (= ")? })
}

/// CPU seconds of this process and of the children it has waited for, or wall seconds.
fn seconds(since: Instant) -> f64 {
    let ticks = || {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(4);
        fields.map(|field| field.parse::<f64>().ok()).sum::<Option<f64>>()
    };
    ticks().map_or_else(|| since.elapsed().as_secs_f64(), |ticks| ticks / 100.0)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// CPU seconds of one run, from as many runs as fill a turn.
fn turn(setup: &Setup, engine: Engine, expected: Found) -> Option<f64> {
    let before = seconds(setup.start);
    for runs in 1_u32.. {
        let found = setup.run(engine)?;
        assert_eq!(found, expected, "{} on {}", engine.name(), setup.model);
        let taken = seconds(setup.start) - before;
        if taken >= TURN {
            return Some(taken / f64::from(runs));
        }
    }
    None
}

fn bench(setup: &Setup, rounds: usize) {
    let name = setup.model.to_string();
    let pinned = PINNED.iter().find(|row| row.0 == name).map(|row| row.1);
    let expected = pinned.or_else(|| setup.run(Engine::Kept)).expect("a kept search counts");
    let mut times = vec![Vec::new(); Engine::ALL.len()];
    for _ in 0..rounds {
        for (engine, times) in Engine::ALL.into_iter().zip(&mut times) {
            times.extend(turn(setup, engine, expected));
        }
    }
    let times: Vec<Option<f64>> =
        times.into_iter().map(|of| (!of.is_empty()).then(|| median(of))).collect();
    let states = expected.states as f64;
    println!("\n{name}: {} states, {} generated", expected.states, expected.generated);
    println!("{:<20} {:>8} {:>8} {:>9}   our kept / our sweep", "", "s", "M st/s", "B/state");
    for (engine, &time) in Engine::ALL.into_iter().zip(&times) {
        let Some(time) = time else { continue };
        let against = |ours: usize| times[ours].map_or(f64::NAN, |ours| time / ours);
        let bytes = peak(setup, engine).map_or("-".into(), |peak| format!("{:.1}", peak / states));
        println!(
            "{:<20} {time:>8.3} {:>8.2} {bytes:>9}   {:.2} / {:.2}",
            engine.name(),
            states / time / 1e6,
            against(0),
            against(2),
        );
    }
}

/// Peak of the heap during one run; another process's heap is not ours to count.
fn peak(setup: &Setup, engine: Engine) -> Option<f64> {
    if engine == Engine::Spin {
        return None;
    }
    let (found, peak) = heap::peak_of(|| setup.run(engine));
    found.map(|_| peak as f64)
}

/// `12,12,4,close`
fn configuration(text: &str) -> Option<CloseModel> {
    let mut parts = text.split(',');
    let mut number = || parts.next()?.parse::<u8>().ok();
    let (request, reply, capacity) = (number()?, number()?, number()?);
    let name = parts.next()?;
    let strategy = Strategy::ALL.into_iter().find(|strategy| strategy.name() == name)?;
    Some(CloseModel { request, reply, capacity, strategy })
}

#[expect(clippy::disallowed_methods, reason = "a bench measures")]
fn main() {
    let start = Instant::now();
    let mut models = Vec::new();
    let mut usual = Vec::new();
    let mut rounds = 3;
    let mut pan = None;
    let mut peers = Peers::Asked;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // Given by `cargo bench`; `cargo test --all-targets` does not, and gets nothing to do.
            "--bench" => usual.extend(configuration("12,12,4,close")),
            "--ours" => peers = Peers::LeftOut,
            "--rounds" => {
                rounds = arguments.next().and_then(|n| n.parse().ok()).expect("--rounds N");
            }
            "--pan" => pan = Some(arguments.next().expect("--pan PATH")),
            other => models.push(configuration(other).expect("R,P,K,STRATEGY")),
        }
    }
    if models.is_empty() {
        models = usual;
    }
    assert!(pan.is_none() || models.len() == 1, "one verifier, one configuration");
    for model in models {
        let learnt = (peers == Peers::Asked).then(|| Learnt::new(model));
        bench(&Setup { model, pan: pan.clone(), peers, learnt, start }, rounds.max(1));
    }
}
