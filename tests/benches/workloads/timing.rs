//! What is exact in time: maps and odds of the founding case.

use sim_core::profile::LINUX;
use sim_scenarios::case::{Case, Key};
use sim_scenarios::catalogue::{self, Variant};
use sim_scenarios::timing::odds::Odds;
use sim_scenarios::timing::orders::{ORDERS, Orders};
use sim_scenarios::timing::{BOUNDS, Map, Timing, open};
use sim_scenarios::{client, server};

/// The upload to a server that closes at once, with these times fixed; the others are as the story
/// has them.
///
/// # Panics
/// Never: the names and times are right.
#[must_use]
pub fn founding(times: &[(Key, &str)]) -> Case {
    let close = server::named("close").expect("a strategy");
    let policy = client::named("read-after-error").expect("a policy");
    let mut case = catalogue::case(Variant::Upload, close, policy, [&LINUX, &LINUX]);
    times.iter().for_each(|(key, time)| case.change(*key, time).expect("a time"));
    case
}

/// The map of the founding case over round trip, gap and latency; how many orders there are.
///
/// # Panics
/// Never: three parameters are open, and small.
#[must_use]
pub fn three_open() -> u64 {
    let case = founding(&[(Key::Accept, "1ms")]);
    let timing = Timing::new(&case, &open(&case)).expect("linear");
    let map = Map::new(timing, BOUNDS).expect("small numbers");
    assert_eq!((map.parameters().len(), map.is_whole()), (3, true));
    map.orders as u64
}

/// The odds of the founding case where round trip and wait for accept() are uniform; how many
/// orders there are.
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
