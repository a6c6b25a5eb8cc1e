//! The same work on several threads, with results in the order of the items.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// As many threads as asked for, or as the machine has.
pub(super) fn threads(asked: Option<usize>) -> usize {
    asked
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZeroUsize::get))
        .max(1)
}

/// A number of threads on a command line.
pub(super) fn asked(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n @ 1..=256) => Ok(n),
        Ok(_) | Err(_) => Err("a number from 1 to 256".to_owned()),
    }
}

/// Calls `work` on every item; which thread does which is left to chance, results are not.
pub(super) fn map<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads.min(items.len()) {
            scope.spawn(|| {
                loop {
                    // From the end: callers put their largest items there.
                    let taken = next.fetch_add(1, Ordering::Relaxed);
                    let Some(at) = items.len().checked_sub(taken + 1) else { return };
                    let result = work(&items[at]);
                    match results.lock() {
                        Ok(mut results) => results.push((at, result)),
                        Err(_) => return,
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_unstable_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}
