//! Seconds: `cargo bench -p sim-tests --bench model`.
#![allow(missing_docs, reason = "a bench")]

mod maps;
mod workloads;

use divan::{Bencher, counter::ItemsCount};
use sim_core::drive::sample::Chance;
use sim_core::pace::clocked::{Draw, Source};
use sim_core::wire::Law;
use sim_core::wire::law::Bin;
use sim_scenarios::catalogue::Variant;

fn main() {
    divan::main();
}

/// Items are steps: `enabled` and `apply` once each.
#[divan::bench]
fn step(bencher: Bencher<'_, '_>) {
    let count = workloads::steps(100);
    bencher.counter(ItemsCount::new(count)).bench(|| workloads::steps(100));
}

/// Trials that end alike whatever is drawn, that hang on one comparison or a few, on many.
const TRIED: [&str; 3] = ["small-request", "rtt-race", "upload"];

/// Items are trials, step by step.
#[divan::bench(sample_count = 10, args = TRIED)]
fn trials(bencher: Bencher<'_, '_>, story: &str) {
    bencher.counter(ItemsCount::new(20_000_u64)).bench(|| workloads::trials(story, 20_000));
}

/// Items are trials whose ends are looked up; working them out beforehand is not counted.
#[divan::bench(sample_count = 10, args = TRIED)]
fn looked_up(bencher: Bencher<'_, '_>, story: &str) {
    let known = workloads::compiled(story, 1_000_000);
    let bencher = bencher.counter(ItemsCount::new(1_000_000_u64));
    bencher.bench(|| workloads::looked_up(&known, 1_000_000));
}

/// Working the ends of trials out beforehand, as far as it is worth it for so many.
#[divan::bench(sample_count = 10, args = [1_000, 10_000, 100_000, 1_000_000])]
fn compile(bencher: Bencher<'_, '_>, trials: u64) {
    bencher.bench(|| workloads::compiled("upload", trials));
}

/// Items are trials: as many as that, what was worked out beforehand for them included.
#[divan::bench(sample_count = 3, args = [1_000, 10_000, 100_000, 1_000_000])]
fn compiled(bencher: Bencher<'_, '_>, trials: u64) {
    bencher
        .counter(ItemsCount::new(trials))
        .bench(|| workloads::looked_up(&workloads::compiled("upload", trials), trials));
}

/// The founding case over three parameters.
#[divan::bench(sample_count = 20)]
fn race() -> u64 {
    workloads::timing::three_open()
}

/// The odds of the founding case under two uniform laws.
#[divan::bench(sample_count = 20)]
fn weigh() -> u64 {
    workloads::timing::two_laws()
}

/// Items are maps over two parameters, one for every server and generic policy, on so many threads.
#[divan::bench(name = "maps", sample_count = 2, args = [1, 2])]
fn every_map(bencher: Bencher<'_, '_>, threads: usize) {
    let pairs = maps::pairs();
    let bencher = bencher.counter(ItemsCount::new(pairs.len()));
    bencher.bench(|| maps::all(&pairs, threads));
}

/// Items are draws from a law.
#[divan::bench(args = ["uniform", "exponential", "log-normal", "gamma", "histogram"])]
fn draw(bencher: Bencher<'_, '_>, name: &str) {
    let bins = || (0..1_000).map(|n| Bin { lo: n * 9, hi: n * 9 + 8, weight: n % 7 + 1 }).collect();
    let law = match name {
        "uniform" => Ok(Law::Uniform(0, 20_000)),
        "exponential" => Law::exponential(20_000),
        "log-normal" => Law::log_normal(20_000, 90_000),
        "gamma" => Law::gamma(2_500, 20_000),
        _ => Law::histogram(bins()),
    };
    let law = law.expect("a law");
    let mut chance = Chance::of(1, 1);
    bencher
        .counter(ItemsCount::new(10_000_u64))
        .bench_local(|| (0..10_000).map(|_| chance.draw(Source::Path, law)).sum::<u64>());
}

/// Items are actions of one run with an upload of ten megabytes.
#[divan::bench(sample_count = 20)]
fn upload(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(workloads::upload())).bench(workloads::upload);
}

/// Items are states.
#[divan::bench(sample_count = 10, args = [Variant::Upload, Variant::LargeReply])]
fn explore(bencher: Bencher<'_, '_>, variant: Variant) {
    let states = workloads::explored(variant);
    bencher.counter(ItemsCount::new(states)).bench(|| workloads::explored(variant));
}
