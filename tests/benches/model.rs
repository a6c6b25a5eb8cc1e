//! Seconds: `cargo bench -p sim-tests --bench model`.
#![allow(missing_docs, reason = "a bench")]

mod workloads;

use divan::{Bencher, counter::ItemsCount};
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
