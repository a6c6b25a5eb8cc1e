//! Seconds: `cargo bench -p sim-tests --bench model`.
#![allow(missing_docs, reason = "a bench")]

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

/// Items are trials of the one-small-write variant.
#[divan::bench(sample_count = 10)]
fn trials(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(20_000_u64)).bench(|| workloads::trials(20_000));
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
