//! The close model's spaces, by both modes of the explorer and by stateright.

use sim_core::drive::explore::{self, End, Flow, Limits, Model as _, Pulse, Seen, Watch};
use sim_tests::close_model::{CloseModel, Outcome, Strategy};
use sim_tests::close_plain::Plain;
use stateright::{Checker as _, Model as _};

/// Counts by outcome, and the odds of ending with the reply lost.
#[derive(Default)]
struct Tally {
    states: [u64; 5],
    first: [Option<u32>; 5],
    lost: f64,
}

impl Watch<CloseModel> for Tally {
    fn state(&mut self, seen: Seen<'_, CloseModel>) -> Flow {
        let at = seen.store.control(seen.key).outcome() as usize;
        self.states[at] += 1;
        self.first[at] = self.first[at].or(seen.id);
        Flow::Continue(())
    }

    fn terminal(&mut self, seen: Seen<'_, CloseModel>) -> Flow {
        match seen.store.control(seen.key).outcome() {
            Outcome::Truncated | Outcome::Lost => self.lost += seen.odds.unwrap_or(0.0),
            Outcome::Undecided | Outcome::SeenToEnd | Outcome::SeenThenReset => {}
        }
        Flow::Continue(())
    }
}

/// Distinct states, generated states (edges and the initial one), probability of loss.
type Row = (u64, u64, f64);

fn check(request: u8, reply: u8, capacity: u8, rows: [Row; 4]) {
    for (strategy, (states, generated, loss)) in Strategy::ALL.into_iter().zip(rows) {
        let model = CloseModel { request, reply, capacity, strategy };
        let mut by_kept = Tally::default();
        let space = explore::kept(&model, Limits::NONE, &mut by_kept, Pulse::silent());
        assert_eq!(space.end(), End::Complete, "{model}");
        assert_eq!(space.counts().states, states, "states of {model}");
        assert_eq!(space.counts().edges + 1, generated, "generated states of {model}");

        let mut by_sweep = Tally::default();
        let swept =
            explore::sweep_odds(&model, Limits::NONE, &mut by_sweep, Pulse::silent()).unwrap();
        assert_eq!(swept.counts, space.counts(), "{model}");
        assert_eq!(by_sweep.states, by_kept.states, "{model}");
        assert!((by_sweep.lost - loss).abs() < 1e-12, "{model}: {} for {loss}", by_sweep.lost);
    }
}

#[test]
#[rustfmt::skip]
fn up_to_three_segments() {
    check(0, 1, 4, [
        (27, 38, 0.0),
        (48, 87, 0.0),
        (35, 54, 0.0),
        (16, 19, 0.687500000000),
    ]);
    check(1, 0, 1, [
        (68, 101, 0.0),
        (117, 214, 0.0),
        (63, 111, 0.0),
        (22, 33, 0.0),
    ]);
    check(1, 1, 1, [
        (122, 210, 0.303933979552),
        (197, 399, 0.235456323549),
        (108, 215, 0.0),
        (58, 110, 0.697916666667),
    ]);
    check(1, 1, 4, [
        (137, 245, 0.289797489426),
        (226, 482, 0.216011948564),
        (122, 251, 0.0),
        (58, 110, 0.697916666667),
    ]);
    check(2, 1, 4, [
        (361, 786, 0.405634922655),
        (598, 1_494, 0.305178317513),
        (322, 799, 0.0),
        (143, 342, 0.723958333333),
    ]);
    check(1, 2, 4, [
        (241, 502, 0.329358043185),
        (379, 901, 0.271137414745),
        (217, 511, 0.0),
        (131, 298, 0.812017746914),
    ]);
    check(2, 2, 4, [
        (636, 1_592, 0.509234803487),
        (1_008, 2_788, 0.416827786943),
        (587, 1_649, 0.0),
        (330, 922, 0.820987654321),
    ]);
    check(3, 2, 4, [
        (1_314, 3_686, 0.608119128567),
        (2_125, 6_472, 0.502154904520),
        (1_286, 4_032, 0.0),
        (684, 2_171, 0.836741255144),
    ]);
}

#[test]
#[rustfmt::skip]
fn four_segments() {
    check(4, 4, 1, [
        (3_309, 10_829, 0.825403556970),
        (4_797, 15_721, 0.784545167481),
        (3_643, 12_430, 0.0),
        (2_570, 9_140, 0.958395300330),
    ]);
    check(4, 4, 2, [
        (5_001, 17_941, 0.752315695195),
        (7_336, 26_612, 0.685890914964),
        (5_440, 20_548, 0.0),
        (3_772, 14_655, 0.924102174615),
    ]);
    check(4, 4, 4, [
        (6_530, 23_788, 0.718507912077),
        (9_767, 36_484, 0.638417213370),
        (6_952, 27_050, 0.0),
        (4_640, 18_419, 0.905229454820),
    ]);
    check(4, 4, 8, [
        (6_631, 24_084, 0.717657307080),
        (9_980, 37_245, 0.636851580510),
        (7_064, 27_442, 0.0),
        (4_640, 18_419, 0.905229454820),
    ]);
    check(8, 2, 4, [
        (10_397, 38_793, 0.875348784713),
        (18_823, 71_939, 0.813501797838),
        (13_901, 54_937, 0.0),
        (6_615, 27_636, 0.945741294448),
    ]);
    check(2, 8, 4, [
        (7_606, 28_295, 0.153506560132),
        (9_868, 37_111, 0.148003054381),
        (7_602, 29_504, 0.0),
        (6_435, 24_945, 0.945934019523),
    ]);
}

#[test]
#[rustfmt::skip]
fn eight_segments_and_lopsided_ones() {
    check(8, 8, 2, [
        (80_201, 367_091, 0.892526256156),
        (104_158, 465_952, 0.867082214492),
        (92_632, 424_328, 0.0),
        (73_470, 346_055, 0.977661584849),
    ]);
    check(8, 8, 4, [
        (135_084, 658_168, 0.861919317380),
        (178_685, 854_664, 0.821655954485),
        (156_126, 766_142, 0.0),
        (121_670, 611_275, 0.963962361298),
    ]);
    check(8, 8, 8, [
        (170_782, 835_576, 0.853587649186),
        (231_274, 1_116_136, 0.807693289957),
        (196_787, 977_898, 0.0),
        (149_466, 759_400, 0.959186870077),
    ]);
    check(16, 4, 4, [
        (177_030, 865_302, 0.991302619039),
        (283_749, 1_343_234, 0.983723192733),
        (250_304, 1_211_608, 0.0),
        (154_440, 787_067, 0.995773612813),
    ]);
    check(4, 16, 4, [
        (164_640, 780_142, 0.046243732565),
        (192_819, 905_746, 0.046042820758),
        (171_194, 821_396, 0.0),
        (153_870, 742_343, 0.977673633010),
    ]);
}

/// Distinct states by outcome at four segments each way and capacity four.
#[test]
fn states_by_outcome() {
    let rows = [
        (Strategy::Close, [6_077, 229, 36, 0, 188]),
        (Strategy::Shut, [9_053, 490, 36, 0, 188]),
        (Strategy::Drain, [6_686, 266, 0, 0, 0]),
        (Strategy::Linger0, [4_570, 0, 10, 0, 60]),
    ];
    for (strategy, states) in rows {
        let mut tally = Tally::default();
        let model = CloseModel { request: 4, reply: 4, capacity: 4, strategy };
        explore::sweep(&model, Limits::NONE, &mut tally, Pulse::silent()).unwrap();
        assert_eq!(tally.states, states, "{model}");
    }
}

/// The measure grows on every edge of the kept graph; the sweep's own check is not relied on.
#[test]
fn measure_grows_on_every_edge() {
    for strategy in Strategy::ALL {
        let model = CloseModel { request: 4, reply: 4, capacity: 2, strategy };
        let mut space = explore::kept(&model, Limits::NONE, &mut (), Pulse::silent());
        let measures: Vec<u64> = (0..space.len())
            .map(|id| model.measure(space.store(), space.key(id)).unwrap())
            .collect();
        let mut edges = 0;
        space.edges(|from, action, to| {
            edges += 1;
            let (before, after) = (measures[from as usize], measures[to as usize]);
            assert!(before < after, "{model}: {action:?} from {before} to {after}");
        });
        assert_eq!(edges, space.counts().edges);
    }
}

/// Stateright, on the model written with ordinary fields: as many states, as many generated, and
/// paths as short.
#[test]
fn stateright_agrees() {
    for (request, reply, capacity) in [(1, 1, 1), (2, 2, 4), (3, 2, 4), (4, 4, 2), (4, 4, 4)] {
        for strategy in Strategy::ALL {
            let model = CloseModel { request, reply, capacity, strategy };
            let mut tally = Tally::default();
            let mut space = explore::kept(&model, Limits::NONE, &mut tally, Pulse::silent());
            let all = Plain { model, sought: None }.checker().threads(1).spawn_bfs().join();
            assert_eq!(all.unique_state_count() as u64, space.counts().states, "{model}");
            assert_eq!(all.state_count() as u64, space.counts().edges + 1, "{model}");
            for outcome in Outcome::ALL {
                let plain = Plain { model, sought: Some(outcome) };
                let found = plain.checker().threads(1).spawn_bfs().join().discovery("sought");
                let theirs = found.map(|path| path.into_actions());
                let ours = tally.first[outcome as usize].map(|id| space.trace(id));
                let lengths = [&theirs, &ours].map(|path| path.as_ref().map(Vec::len));
                assert_eq!(lengths[0], lengths[1], "{model} to {outcome:?}");
                for path in [theirs, ours].into_iter().flatten() {
                    assert_eq!(plain.replayed(&path), outcome, "{model} by {path:?}");
                }
            }
        }
    }
}
