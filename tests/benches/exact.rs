//! Sets and measures: `cargo bench -p sim-tests --bench exact`.
#![allow(missing_docs, reason = "a bench")]

use divan::{Bencher, black_box};
use sim_core::exact::measure::{Bin, Law, measure};
use sim_core::exact::union::merged;
use sim_core::exact::{Affine, Inequality, Polytope, Ratio};

fn main() {
    divan::main();
}

fn cube(variables: usize, side: i128) -> Polytope {
    let ends = vec![(Ratio::from(0), Some(Ratio::from(side))); variables];
    Polytope::boxed(&ends).expect("small numbers").expect("not empty")
}

fn above(constant: i128, coefficients: &[i128]) -> Inequality {
    Inequality::above(Affine::of(constant, coefficients, 1).expect("small numbers"))
}

/// Order constraints between sums of delays, as a path of events in time brings them.
fn cuts(variables: usize) -> Vec<Inequality> {
    let coefficient = |row: usize, n: usize| [1, -1, 0, 2, -1, 1, 0][(3 * row + n * n) % 7];
    let row = |row: usize| (0..variables).map(|n| coefficient(row, n)).collect::<Vec<_>>();
    (0..10).map(|at| above([30_000, 11_000, 45_000][at % 3], &row(at))).collect()
}

fn piece(variables: usize) -> Polytope {
    cube(variables, 100_000).cut_all(&cuts(variables)).expect("small").expect("not empty")
}

const SIZES: [usize; 4] = [2, 3, 4, 6];

#[divan::bench(args = SIZES)]
fn redundant_cut(bencher: Bencher<'_, '_>, variables: usize) {
    let set = piece(variables);
    let by = above(900_000, &vec![-1; variables]);
    bencher.bench(|| black_box(&set).cut(black_box(&by)));
}

#[divan::bench(args = SIZES)]
fn ten_cuts(bencher: Bencher<'_, '_>, variables: usize) {
    let (set, by) = (cube(variables, 100_000), cuts(variables));
    bencher.bench(|| black_box(&set).cut_all(black_box(&by)));
}

#[divan::bench(args = SIZES)]
fn volume(bencher: Bencher<'_, '_>, variables: usize) {
    let set = piece(variables);
    bencher.bench(|| black_box(&set).volume());
}

/// The pieces that ten lines cut a box into, put together again.
#[divan::bench(args = [2, 3])]
fn merge(bencher: Bencher<'_, '_>, variables: usize) {
    let all = cube(variables, 100_000);
    let mut leaves = vec![all.clone()];
    for by in cuts(variables) {
        let opposite = by.opposite().expect("small numbers");
        let halves = |it: &Polytope| [&by, &opposite].map(|by| it.cut(by).expect("small numbers"));
        leaves = leaves.iter().flat_map(halves).flatten().collect();
    }
    bencher.bench(|| merged(black_box(&leaves), black_box(&all)));
}

fn weigh(bencher: Bencher<'_, '_>, set: &Polytope, laws: &[Law]) {
    bencher.bench(|| measure(black_box(set), black_box(laws)));
}

#[divan::bench(args = SIZES)]
fn uniform(bencher: Bencher<'_, '_>, variables: usize) {
    let law = Law::uniform(Ratio::from(0), Ratio::from(100_000)).expect("a law");
    weigh(bencher, &piece(variables), &vec![law; variables]);
}

#[divan::bench]
fn uniform_hexagon(bencher: Bencher<'_, '_>) {
    let law = Law::uniform(Ratio::from(0), Ratio::from(100_000)).expect("a law");
    let by = [above(30_000, &[1, -1]), above(45_000, &[-1, 1])];
    let set = cube(2, 100_000).cut_all(&by).expect("small numbers").expect("not empty");
    assert_eq!(set.vertices().len(), 6);
    weigh(bencher, &set, &[law.clone(), law]);
}

#[divan::bench(args = [2, 3, 4])]
fn exponential(bencher: Bencher<'_, '_>, variables: usize) {
    let laws: Vec<Law> = (0..variables)
        .map(|n| Law::exponential(Ratio::from(20_000 + 7_000 * n as i128)).expect("a law"))
        .collect();
    weigh(bencher, &piece(variables), &laws);
}

#[divan::bench(args = [2, 3])]
fn histogram_of_sixteen_bins(bencher: Bencher<'_, '_>, variables: usize) {
    let bin = |n: i128| Bin {
        from: Ratio::from(6_000 * n),
        to: Ratio::from(6_000 * n + 6_000),
        weight: 1 + (n as u64 * 7) % 5,
    };
    let law = Law::histogram(&(0..16).map(bin).collect::<Vec<_>>()).expect("a law");
    weigh(bencher, &piece(variables), &vec![law; variables]);
}

#[divan::bench]
fn enclosure(bencher: Bencher<'_, '_>) {
    let law = Law::exponential(Ratio::from(20_000)).expect("a law");
    let value = measure(&piece(3), &[law.clone(), law.clone(), law]).expect("small numbers");
    bencher.bench(|| black_box(&value).interval(50));
}
