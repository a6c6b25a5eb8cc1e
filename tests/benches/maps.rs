//! The map of every pair, for the clock.

use crate::workloads::timing::founding;
use sim_core::wire::millis;
use sim_scenarios::case::Key;
use sim_scenarios::preset::Preset;
use sim_scenarios::timing::{BOUNDS, Map, Of, Parameter, Timing};
use sim_scenarios::{client, server};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every server's preset with every generic policy of clients.
pub(crate) fn pairs() -> Vec<(Arc<Preset>, Arc<Preset>)> {
    let clients = || client::generic().iter().cloned();
    server::all().into_iter().flat_map(|one| clients().map(move |it| (one.clone(), it))).collect()
}

/// The map of a pair over two parameters, the round trip, and when the client reads if that
/// matters, else the gap between its writes; how many orders there are.
///
/// # Panics
/// Where a pair has no map.
fn two_open((server, client): &(Arc<Preset>, Arc<Preset>)) -> u64 {
    let mut case = founding(&[(Key::Wake, "1ms"), (Key::Accept, "1ms"), (Key::Gap, "5ms")]);
    (case.server, case.client) = (server.into(), client.into());
    let range = |key, high| Parameter { of: Of::Delay(key), low: 0, high: millis(high) };
    let rtt = Parameter { low: millis(10), ..range(Key::Rtt, 200) };
    let late = [rtt.clone(), range(Key::Late, 300)];
    let gap = [rtt, range(Key::Gap, 20)];
    let timing = Timing::new(&case, &late).ok().filter(|timing| timing.parameters.len() == 2);
    let timing = timing.or_else(|| Timing::new(&case, &gap).ok()).expect("linear");
    let map = Map::new(timing, BOUNDS).expect("small numbers");
    map.orders as u64
}

/// The maps of these pairs on so many threads; how many orders there are in all.
pub(crate) fn all(pairs: &[(Arc<Preset>, Arc<Preset>)], threads: usize) -> u64 {
    let next = AtomicUsize::new(0);
    let work = || {
        let taken = std::iter::from_fn(|| pairs.get(next.fetch_add(1, Ordering::Relaxed)));
        taken.map(two_open).sum::<u64>()
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(0)).sum()
    })
}
