//! The explorer itself, on graphs written out in rows and on random ones.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};

use sim_core::drive::explore::{
    self, Bound, By, Claim, Claims, Counts, End, Flow, Judged, Limits, Model, OnBroken, Pulse,
    Seen, Space, SweepError, Watch,
};
use sim_core::report::graph::{self, Exit, Stay};

/// A graph written out: `edges[n]` are the successors of state `n`. A successor that is no state
/// halts. The measure of a state is its number, unless it is withheld.
struct Written {
    initial: Vec<u32>,
    edges: Vec<Vec<u32>>,
    measure: fn(u32) -> Option<u64>,
}

/// The place among the state's successors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Nth(usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NoSuchState;

impl Model for Written {
    type Key = u32;
    type Action = Nth;
    type Halt = NoSuchState;
    type Store = ();

    fn store(&self) {}

    fn initial(&self, (): &mut ()) -> Vec<u32> {
        self.initial.clone()
    }

    fn successors<F>(&self, (): &mut (), key: u32, each: &mut F)
    where
        F: FnMut(Nth, Result<u32, NoSuchState>),
    {
        for (nth, &to) in self.edges[key as usize].iter().enumerate() {
            let next = if (to as usize) < self.edges.len() { Ok(to) } else { Err(NoSuchState) };
            each(Nth(nth), next);
        }
    }

    fn measure(&self, (): &(), key: u32) -> Option<u64> {
        (self.measure)(key)
    }
}

fn written(edges: &[&[u32]]) -> Written {
    let edges = edges.iter().map(|to| to.to_vec()).collect();
    Written { initial: vec![0], edges, measure: |key| Some(u64::from(key)) }
}

fn all<M: Model>(model: &M) -> Space<'_, M> {
    explore::kept(model, Limits::NONE, &mut (), Pulse::silent())
}

/// A chain of `length` states with a shortcut back to the start at its end.
fn ring(length: u32) -> Written {
    let edges = (0..length).map(|at| vec![(at + 1) % length]).collect();
    Written { initial: vec![0], edges, measure: |key| Some(u64::from(key)) }
}

#[test]
fn numbers_traces_and_depths_are_breadth_first() {
    //        0 ─► 1 ─► 3 ─► 4,  0 ─► 2 ─► 4 ─► 0
    let model = written(&[&[2, 1], &[3], &[4, 4], &[4], &[0]]);
    let mut space = all(&model);
    let keys: Vec<u32> = (0..space.len()).map(|id| space.key(id)).collect();
    assert_eq!(keys, [0, 2, 1, 4, 3]);
    assert_eq!((space.end(), space.depth()), (End::Complete, 2));
    assert_eq!(space.levels(), [0, 1, 3]);
    let expected = Counts { states: 5, edges: 7, terminals: 0, halts: 0, turned_away: 0 };
    assert_eq!(space.counts(), expected);
    let id = space.find(3).unwrap();
    assert_eq!((space.path(id), space.depth_of(id)), (vec![0, 2, 4], 2));
    assert_eq!(space.trace(id), [Nth(1), Nth(0)]);
    assert_eq!(space.find(9), None);
}

#[test]
fn initial_states_are_taken_once_and_may_be_missing() {
    let mut model = written(&[&[1], &[], &[1]]);
    model.initial = vec![2, 0, 2];
    let mut space = all(&model);
    assert_eq!((space.counts().states, space.counts().edges), (3, 2));
    assert_eq!(space.path(2), [0, 2]);
    assert_eq!(space.trace(1), []);
    model.initial.clear();
    let space = all(&model);
    assert!(space.is_empty());
    assert_eq!((space.end(), space.depth()), (End::Complete, 0));
    let swept = explore::sweep(&model, Limits::NONE, &mut (), Pulse::silent()).unwrap();
    assert_eq!((swept.counts.states, swept.levels, swept.end), (0, 0, End::Complete));
}

#[test]
fn a_bound_is_reported_only_when_it_turned_something_away() {
    let model = ring(10);
    let rows = [
        // states, depth: found, end, turned away
        (u64::MAX, u32::MAX, 10, End::Complete, 0),
        (10, 9, 10, End::Complete, 0),
        (u64::MAX, 8, 9, End::Bound(Bound::Depth), 1),
        (u64::MAX, 0, 1, End::Bound(Bound::Depth), 1),
        (9, u32::MAX, 9, End::Bound(Bound::States), 1),
        (9, 8, 9, End::Bound(Bound::States), 1),
        (1, 9, 1, End::Bound(Bound::States), 1),
    ];
    for (states, depth, found, end, turned_away) in rows {
        let limits = Limits { states, depth };
        let space = explore::kept(&model, limits, &mut (), Pulse::silent());
        let counts = space.counts();
        let seen = (counts.states, space.end(), counts.turned_away);
        assert_eq!(seen, (found, end, turned_away), "{limits:?}");
    }
}

#[test]
fn more_successors_than_can_be_numbered_are_a_bound() {
    let mut model = written(&[&[], &[]]);
    model.edges[0] = vec![1; 65_536];
    assert_eq!(all(&model).end(), End::Complete);
    model.edges[0] = vec![1; 65_537];
    assert_eq!(all(&model).end(), End::Bound(Bound::Branching));
}

#[test]
fn halts_are_counted_and_the_first_is_kept() {
    let model = written(&[&[1, 2], &[7, 2], &[8]]);
    let space = all(&model);
    assert_eq!((space.counts().halts, space.counts().terminals), (2, 0));
    let first = space.first_halt().unwrap();
    assert_eq!((first.id, first.via, first.action, first.halt), (1, 0, Nth(0), NoSuchState));
    let swept = explore::sweep_odds(&model, Limits::NONE, &mut (), Pulse::silent()).unwrap();
    assert_eq!((swept.counts, swept.halted_odds), (space.counts(), Some(1.0)));
}

#[test]
fn a_flag_and_a_watcher_can_stop_a_search() {
    struct Until(u32);
    impl Watch<Written> for Until {
        fn state(&mut self, seen: Seen<'_, Written>) -> Flow {
            if seen.key == self.0 { Flow::Break(()) } else { Flow::Continue(()) }
        }
    }
    let model = ring(10_000);
    let space = explore::kept(&model, Limits::NONE, &mut Until(123), Pulse::silent());
    assert_eq!((space.end(), space.len()), (End::Stopped(By::Watcher), 124));

    // Many successors a state, so that batches fill.
    let wide: Vec<Vec<u32>> =
        (0..10_000_u32).map(|at| (at + 1..at + 80).map(|to| to.min(9_999)).collect()).collect();
    let mut model = written(&[]);
    model.edges = wide;
    let flag = AtomicBool::new(false);
    let mut told = Vec::new();
    let mut tell = |progress: explore::Progress| {
        told.push(progress.expanded);
        flag.store(progress.expanded >= 3_000, Ordering::Relaxed);
    };
    let pulse = Pulse::silent().stopping_at(&flag).telling(1_000, &mut tell);
    let space = explore::kept(&model, Limits::NONE, &mut (), pulse);
    assert_eq!(space.end(), End::Stopped(By::Flag));
    assert_eq!(told.len(), 3);
    assert!(space.counts().states < 10_000);
}

#[test]
fn claims_keep_their_first_counterexample() {
    let small = |_: &(), key| if key < 3 { Judged::Holds } else { Judged::Broken };
    let any = |_: &(), _| Judged::Holds;
    let model = written(&[&[1, 2], &[4], &[3], &[], &[]]);
    for (on_broken, end) in
        [(OnBroken::GoOn, End::Complete), (OnBroken::Stop, End::Stopped(By::Watcher))]
    {
        let claims = vec![Claim { name: "small", judge: small }, Claim { name: "any", judge: any }];
        let mut claims = Claims::new(claims, on_broken);
        let mut space = explore::kept(&model, Limits::NONE, &mut claims, Pulse::silent());
        assert_eq!(space.end(), end);
        let judged: Vec<_> = claims.judged().collect();
        assert!(judged[0].0 == "small" && judged[1].0 == "any" && judged[1].1.is_none());
        let witness = judged[0].1.unwrap();
        assert_eq!((witness.key, witness.id), (4, Some(3)));
        assert_eq!(space.trace(witness.id.unwrap()), [Nth(0), Nth(0)]);
    }
}

#[test]
fn components_and_what_runs_for_ever() {
    // 0 ⇄ 1 ─► 2 ⇄ 3,  1 ─► 4 (to itself),  1 ─► 5 (end)
    let model = written(&[&[1], &[0, 2, 4, 5], &[3], &[2], &[4], &[]]);
    let graph = graph::digraph(&mut all(&model));
    let found = graph::components(&graph);
    let brief: Vec<_> = found.iter().map(|one| (&one.states[..], one.exit, one.stay)).collect();
    let expected = [
        (&[0, 1][..], Exit::Open, Stay::Cycle),
        (&[2, 5], Exit::Bottom, Stay::Cycle),
        (&[3], Exit::Bottom, Stay::Cycle),
        (&[4], Exit::Bottom, Stay::Single),
    ];
    assert_eq!(brief, expected);
    assert_eq!(graph::for_ever(&graph), found[1..3]);
}

#[test]
fn components_of_a_deep_graph_need_no_stack() {
    let graph = graph::digraph(&mut all(&ring(300_000)));
    let found = graph::for_ever(&graph);
    assert_eq!((found.len(), found[0].states.len()), (1, 300_000));
}

#[test]
fn dot_says_what_it_leaves_out() {
    let graph = graph::digraph(&mut all(&written(&[&[1, 2], &[2], &[0]])));
    let mut text = String::new();
    graph::dot(&graph, 2, |id| format!("\"{id}\""), |nth| nth.0.to_string(), &mut text).unwrap();
    let expected = "digraph states {
  0 [label=\"\\\"0\\\"\"];
  1 [label=\"\\\"1\\\"\"];
  0 -> 1 [label=\"0\"];
  rest [shape=plaintext, label=\"1 more states\"];
}
";
    assert_eq!(text, expected);
}

#[test]
fn a_sweep_refuses_what_is_no_measure() {
    let sweep = |model: &Written| {
        explore::sweep(model, Limits::NONE, &mut (), Pulse::silent())
            .map(|swept| swept.counts.states)
    };
    let mut model = written(&[&[2], &[], &[1]]);
    let (action, from, to) = (Nth(0), 2, 1);
    assert_eq!(sweep(&model), Err(SweepError::NotIncreasing { action, from, to }));
    model.measure = |_| None;
    assert_eq!(sweep(&model), Err(SweepError::NoMeasure));
    model.measure = |key| (key != 2).then_some(u64::from(key));
    assert_eq!(sweep(&model), Err(SweepError::NoMeasure));
    model.measure = |key| Some([0, 65_535 + 65_535, 65_535][key as usize]);
    assert_eq!(sweep(&model), Ok(3));
    model.measure = |key| Some([0, 100_000, 65_536][key as usize]);
    assert_eq!(sweep(&model), Err(SweepError::Leap { from: 0, to: 65_536 }));
}

#[test]
fn a_sweep_reports_its_bounds() {
    let model = written(&[&[1], &[2], &[]]);
    let rows = [
        (3, 3, End::Complete),
        (2, 3, End::Bound(Bound::States)),
        (3, 2, End::Bound(Bound::Depth)),
    ];
    for (states, depth, end) in rows {
        let limits = Limits { states, depth };
        let swept = explore::sweep(&model, limits, &mut (), Pulse::silent()).unwrap();
        assert_eq!(swept.end, end, "{limits:?}");
    }
}

/// The plainest search there is: key to number, parent and depth.
fn naive(model: &Written) -> (Vec<(u32, u32, u32)>, u64) {
    let mut numbers = BTreeMap::from([(0, 0)]);
    let mut found = vec![(0, 0, 0)];
    let mut queue = VecDeque::from([0]);
    let mut edges = 0;
    while let Some(id) = queue.pop_front() {
        let (key, _, depth) = found[id as usize];
        for &to in model.edges[key as usize].iter().filter(|&&to| (to as usize) < model.edges.len())
        {
            edges += 1;
            numbers.entry(to).or_insert_with(|| {
                found.push((to, id, depth + 1));
                queue.push_back(found.len() as u32 - 1);
                found.len() as u32 - 1
            });
        }
    }
    (found, edges)
}

/// A bounded search finds the same states in the same order, as far as the bound lets it.
fn check_bounds(model: &Written, found: &[(u32, u32, u32)]) {
    let depths: BTreeMap<u32, u32> = found.iter().map(|&(key, _, depth)| (key, depth)).collect();
    for limit in 0..4 {
        let limits = Limits { depth: limit, ..Limits::NONE };
        let counts = explore::kept(model, limits, &mut (), Pulse::silent()).counts();
        let within = found.iter().filter(|state| state.2 <= limit);
        assert_eq!(counts.states, within.clone().count() as u64);
        let steps = within.flat_map(|state| &model.edges[state.0 as usize]);
        let steps = steps.filter_map(|to| depths.get(to));
        assert_eq!(counts.turned_away, steps.clone().filter(|&&to| to > limit).count() as u64);
        assert_eq!(counts.edges, steps.filter(|&&to| to <= limit).count() as u64);
    }
    for states in [1, found.len() as u64 / 2, found.len() as u64] {
        let limits = Limits { states: states.max(1), ..Limits::NONE };
        let space = explore::kept(model, limits, &mut (), Pulse::silent());
        let complete = states.max(1) == found.len() as u64;
        assert_eq!(space.end(), if complete { End::Complete } else { End::Bound(Bound::States) });
        assert!((0..space.len()).all(|id| space.key(id) == found[id as usize].0));
        assert_eq!(u64::from(space.len()), states.max(1));
    }
}

#[test]
fn random_graphs_are_explored_as_by_the_plainest_search() {
    let mut seed = 1_u64;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for size in [1, 2, 10, 63, 64, 65, 1_000, 40_000] {
        for degree in [1, 2, 5, 90] {
            let mut model = written(&[]);
            model.edges = (0..size)
                .map(|_| (0..random(degree + 1)).map(|_| random(size + 2) as u32).collect())
                .collect();
            let (found, edges) = naive(&model);
            let mut space = all(&model);
            let ours: Vec<_> = (0..space.len())
                .map(|id| (space.key(id), space.parent(id), space.depth_of(id)))
                .collect();
            assert_eq!(ours, found);
            assert_eq!(space.counts().edges, edges);
            let mut listed = 0;
            space.edges(|_, _, _| listed += 1);
            assert_eq!(listed, edges);
            check_bounds(&model, &found);
            let last = space.len() - 1;
            let ends =
                space.trace(last).iter().fold(0, |key, step| model.edges[key][step.0] as usize);
            assert_eq!(ends as u32, space.key(last));
        }
    }
}
