//! The diagram of RFC 9293 against the counts published with the TLA+ Examples.

use sim_core::drive::explore::{
    self, Claim, Claims, Counts, End, Flow, Interner, Judged, Limits, OnBroken, Pulse, Seen, Watch,
};
use sim_core::report::graph::{self, Exit, Stay};
use sim_tests::tla_tcp::{Action, Halt, Pair, Phase, TlaTcp};

/// Published for TLC: 1,182 distinct states, 6,322 generated, depth 14.
#[test]
fn counts_are_those_published_for_tlc() {
    let space = explore::kept(&TlaTcp, Limits::NONE, &mut (), Pulse::silent());
    assert_eq!(space.end(), End::Complete);
    let expected =
        Counts { states: 1_182, edges: 3_204, terminals: 0, halts: 3_116, turned_away: 0 };
    assert_eq!(space.counts(), expected);
    let Counts { states: _, edges, terminals: _, halts, turned_away: _ } = expected;
    assert_eq!(2 + edges + halts, 6_322, "TLC counts initial, barred and repeated states");
    assert_eq!(space.depth() + 1, 14, "TLC counts levels, we count steps");
}

/// What each of the two constraints turns away; a step that both bar counts as an open.
#[test]
fn halts_by_constraint() {
    #[derive(Default)]
    struct ByHalt([u64; 2]);
    impl Watch<TlaTcp> for ByHalt {
        fn halt(&mut self, _seen: Seen<'_, TlaTcp>, _action: Action, halt: Halt) -> Flow {
            match halt {
                Halt::Retransmission => self.0[0] += 1,
                Halt::SecondOpen => self.0[1] += 1,
            }
            Flow::Continue(())
        }
    }
    let mut by = ByHalt::default();
    explore::kept(&TlaTcp, Limits::NONE, &mut by, Pulse::silent());
    assert_eq!(by.0, [652, 2_464]);
}

/// The invariant of the TLA+ text: with nothing on its way, both are ESTABLISHED or neither is.
#[test]
fn established_on_both_sides_or_on_neither() {
    let judge = |store: &Interner<Pair>, key| {
        let [one, other] = store.get(key);
        let quiet = one.inbox.is_empty() && other.inbox.is_empty();
        let established = [one, other].map(|peer| peer.phase == Phase::Established);
        if quiet && established[0] != established[1] { Judged::Broken } else { Judged::Holds }
    };
    let claim = Claim { name: "both established or neither", judge };
    // The diagram can be walked to an established pair, in four steps.
    let never = |store: &Interner<Pair>, key| {
        let all = store.get(key).iter().all(|peer| peer.phase == Phase::Established);
        if all { Judged::Broken } else { Judged::Holds }
    };
    let never = Claim { name: "never established", judge: never };
    let mut claims = Claims::new(vec![claim, never], OnBroken::GoOn);
    let mut space = explore::kept(&TlaTcp, Limits::NONE, &mut claims, Pulse::silent());
    let judged: Vec<_> = claims.judged().collect();
    assert!(judged[0].1.is_none());
    let witness = judged[1].1.and_then(|witness| witness.id).unwrap();
    assert_eq!(space.trace(witness).len(), 3);
}

/// Resets let pairs go in circles, but every circle can be left: all runs can end with both CLOSED,
/// where only the barred opens are left.
#[test]
fn nothing_has_to_run_for_ever() {
    let mut space = explore::kept(&TlaTcp, Limits::NONE, &mut (), Pulse::silent());
    let graph = graph::digraph(&mut space);
    assert_eq!(graph.edge_count() as u64, space.counts().edges);
    let components = graph::components(&graph);
    let bottoms = components.iter().filter(|one| one.exit == Exit::Bottom);
    let ends: Vec<u32> = bottoms.flat_map(|one| one.states.iter().copied()).collect();
    for &id in &ends {
        let pair = space.store().get(space.key(id));
        assert!(pair.iter().all(|peer| peer.phase == Phase::Closed), "{pair:?}");
    }
    let cycles = components.iter().filter(|one| one.stay == Stay::Cycle).count();
    assert_eq!((components.len(), cycles, ends.len()), (852, 101, 79));
    assert_eq!(graph::for_ever(&graph), []);
}
