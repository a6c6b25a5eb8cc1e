//! What is exact in time: maps and odds of the founding case.

use sim_core::profile::LINUX;
use sim_core::wire::millis;
use sim_scenarios::case::{Case, Key};
use sim_scenarios::catalogue::{self, Variant};
use sim_scenarios::preset::Preset;
use sim_scenarios::timing::odds::Odds;
use sim_scenarios::timing::orders::{ORDERS, Orders};
use sim_scenarios::timing::{BOUNDS, Map, Of, Parameter, Timing, open};
use sim_scenarios::{client, server};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The upload to a server that closes at once, with these times fixed; the others are as the story
/// has them.
///
/// # Panics
/// Never: the names and times are right.
fn founding(times: &[(Key, &str)]) -> Case {
    let close = server::named("close").expect("a strategy");
    let policy = client::named("read-after-error").expect("a policy");
    let mut case = catalogue::case(Variant::Upload, close, policy, [&LINUX, &LINUX]);
    times.iter().for_each(|(key, time)| case.change(*key, time).expect("a time"));
    case
}

fn mapped(case: &Case, parameters: &[Parameter]) -> Option<Map> {
    let timing = Timing::new(case, parameters).ok()?;
    Map::new(timing, BOUNDS).ok()
}

/// The map of the founding case over round trip, gap and latency; how many orders there are.
///
/// # Panics
/// Never: three parameters are open, and small.
#[must_use]
pub fn three_open() -> u64 {
    let case = founding(&[(Key::Accept, "1ms")]);
    let map = mapped(&case, &open(&case)).expect("a map");
    assert_eq!((map.parameters().len(), map.is_whole()), (3, true));
    map.orders as u64
}

/// The odds of the founding case where round trip and wait for accept() are uniform; how many orders
/// there are.
///
/// # Panics
/// Never: two laws with a closed form.
#[must_use]
pub fn two_laws() -> u64 {
    let scenario = founding(&[(Key::Gap, "5ms"), (Key::Wake, "1ms")]).scenario();
    let scenario = scenario.expect("a scenario");
    let orders = Orders::of(&scenario.setup, scenario.reply, ORDERS).expect("few orders");
    let odds = Odds::of(&orders).expect("two laws with a closed form");
    assert_eq!(odds.laws.len(), 2);
    odds.orders as u64
}

/// Every server's preset with every generic policy of clients, each with its map's parameters: the
/// round trip, and when the client reads if that matters, else the gap between its writes.
#[must_use]
pub fn pairs() -> Vec<(Arc<Preset>, Arc<Preset>)> {
    let clients = || client::generic().iter().cloned();
    server::all().into_iter().flat_map(|one| clients().map(move |it| (one.clone(), it))).collect()
}

/// The map of a pair over two parameters; how many orders there are.
///
/// # Panics
/// Where a pair has no map.
#[must_use]
pub fn two_open((server, client): &(Arc<Preset>, Arc<Preset>)) -> u64 {
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
#[must_use]
pub fn maps(pairs: &[(Arc<Preset>, Arc<Preset>)], threads: usize) -> u64 {
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
