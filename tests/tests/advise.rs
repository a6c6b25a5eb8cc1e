//! Advice, derived a second time: thresholds by virtual time on both sides of them, prices by hand.

use sim_core::drive::run::{HORIZON, Runner};
use sim_core::exact::measure::Exact;
use sim_core::exact::{BigRational, Ratio};
use sim_core::pace::clocked::Always;
use sim_core::report::outcome::{Word, outcome};
use sim_core::wire::{State, millis};
use sim_scenarios::advise::{
    Body, FOR_EVER, Hostile, Met, Safety, Sure, Trips, body, hostile, price, settings, targets,
    trips,
};
use sim_scenarios::case::{Case, Key};
use sim_scenarios::preset::Actor;
use sim_scenarios::timing::odds::Odds;
use sim_scenarios::timing::orders::{ORDERS, Orders};
use sim_scenarios::{catalogue, client, server};
use std::sync::atomic::AtomicBool;

/// The founding case with these delays.
fn case(server: &str, client: &str, delays: &[(Key, &str)]) -> Case {
    let mut case = catalogue::story("upload").expect("a story");
    case.server = Actor::parse(server, server::named).expect("a server");
    case.client = Actor::parse(client, client::named).expect("a client");
    for (key, value) in delays {
        case.change(*key, value).expect("a value");
    }
    case
}

const SHORT: [(Key, &str); 3] = [(Key::Gap, "5ms"), (Key::Accept, "1ms"), (Key::Wake, "1ms")];

fn word(case: &Case) -> Word {
    let scenario = case.scenario().expect("a scenario");
    let mut runner = Runner::new(&scenario.setup, Always(0), &mut ());
    let ended = runner.finish(&scenario.setup, HORIZON, &mut (), |_, _| {}).expect("an end");
    outcome(&runner.world, scenario.reply, ended).word
}

/// The writes go out 0, 5, 10 and 15 ms after the handshake. The server accepts 1 ms after the ACK
/// arrived, half a round trip later, and closes a wait after that; its RST (or the one that the
/// next write draws) needs half a round trip back. So the last write at 15 ms meets it if
/// rtt + 1 ms + wait <= 15 ms: with the shortest round trip of 10 ms, if the wait is at most 4 ms.
#[test]
fn the_smallest_safe_wait_is_where_virtual_time_says() {
    let found = settings(&case("wait-close", "write-all/abort", &SHORT));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].safety, Safety::Above(Ratio::from_integer(4_000)));
    assert_eq!(found[0].lost_where, ["rtt + server.wait <= 14ms"]);
    let at = |rtt: &str, wait: &str| {
        let mut case = case(&format!("wait-close:wait={wait}"), "write-all/abort", &SHORT);
        case.change(Key::Rtt, rtt).expect("a time");
        word(&case)
    };
    let rows = [
        ("10ms", "4ms", Word::Lost),
        ("10ms", "4.001ms", Word::Seen),
        ("12ms", "2ms", Word::Lost),
        ("12ms", "2.001ms", Word::Seen),
        ("14ms", "0ms", Word::Lost),
        ("14.002ms", "0ms", Word::Seen),
    ];
    for (rtt, wait, says) in rows {
        assert_eq!(at(rtt, wait), says, "round trip {rtt}, wait {wait}");
    }
}

static GO_ON: AtomicBool = AtomicBool::new(false);

fn fraction(numerator: i64, denominator: i64) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

/// As above, with a round trip uniform in 10..200 ms: lost with probability (14 - wait - 10) / 190.
/// That is one in a hundred if 4 - wait = 1.9.
#[test]
fn a_target_is_met_from_where_the_closed_form_says() {
    let case = case("wait-close", "write-all/abort", &SHORT);
    let exact = |numerator, denominator| Exact::fraction(fraction(numerator, denominator));
    let rows = [
        ((1, 100), 2_100, exact(1, 100), exact(1_901, 190_000)),
        // Never: from where no round trip loses it, a boundary that weighs nothing included.
        ((0, 1), 4_000, exact(0, 1), exact(1, 190_000)),
    ];
    for ((numerator, denominator), value, there, below) in rows {
        let found = targets(&case, &fraction(numerator, denominator), &GO_ON);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].met, Met::From { value, there, below });
    }
    assert_eq!(targets(&case, &fraction(4, 190), &GO_ON)[0].met, Met::Always);
}

/// The same number for every draw, or one of its own: three gaps uniform in 0..20 ms, drawn anew,
/// are longer than a wait of w and a round trip of 10 ms together with Irwin and Hall's
/// probability; above 40 ms it is (60 - 10 - w)^3 / (6 * 20^3). 1/6000 of all is left at
/// 50 - w = 2, one gap a run and not three would need 60 - 10 - w = 60/6000.
#[test]
fn a_target_counts_every_draw_by_itself() {
    let drawn =
        [(Key::Gap, "0ms..20ms"), (Key::Accept, "0ms"), (Key::Wake, "0ms"), (Key::Rtt, "10ms")];
    let case = case("wait-close", "write-all/abort", &drawn);
    let found = targets(&case, &fraction(1, 6_000), &GO_ON);
    let Met::From { value, there, .. } = &found[0].met else { panic!("{found:?}") };
    assert_eq!((*value, there), (48_000, &Exact::fraction(fraction(1, 6_000))));
}

/// Without a closed form the upper end of an interval has to meet it. With p99 = 3 medians of 30 ms
/// sigma is ln 3 / 2.3263 = 0.47224; one in a thousand is below -3.0902 sigma: 30 ms e^-1.45933 =
/// 6.972 ms = 14 ms - wait.
#[test]
fn a_target_under_a_law_without_a_closed_form_is_met_on_the_safe_side() {
    let mut case = case("wait-close", "write-all/abort", &SHORT);
    case.change(Key::Rtt, "log-normal:30ms,p99=90ms").expect("a law");
    let found = targets(&case, &fraction(1, 1_000), &GO_ON);
    let Met::From { value, .. } = found[0].met else { panic!("{found:?}") };
    assert_eq!(found[0].sure, Sure::AtMost);
    assert!((7_028..7_250).contains(&value), "{value}");
}

/// As many bytes as a limit has to have for a share: one less loses it more often, counted in runs.
#[test]
fn a_number_of_bytes_meets_a_target() {
    let case = case("lingering-close", "write-all/abort", &SHORT);
    let found = targets(&case, &fraction(1, 100), &GO_ON);
    let bytes = found.iter().find(|one| one.name == "bytes").expect("a number");
    let Met::From { value, there, below } = &bytes.met else { panic!("{bytes:?}") };
    let most = Exact::fraction(fraction(1, 100));
    assert!(*there <= most && *below > most, "{value}");
    // Less is not always worse: where 4 KiB are one read, they are better than 5,000 bytes.
    let lost = |limit: u64| {
        let mut case = case.clone();
        case.server = Actor::parse(&format!("lingering-close:bytes={limit}B"), server::named)
            .expect("a server");
        let scenario = case.scenario().expect("a scenario");
        Odds::of(&Orders::of(&scenario.setup, scenario.reply, ORDERS).expect("orders"))
            .expect("closed forms")
            .lost()
    };
    assert_eq!((lost(*value), lost(*value - 1)), (there.clone(), below.clone()));
    assert!((*value..=16_385).step_by(1_003).all(|limit| lost(limit) <= most));
}

/// As above without a wait: lost up to a round trip of 14 ms, whatever is added.
#[test]
fn a_strategy_without_numbers_is_lost_up_to_a_round_trip() {
    let case = case("close", "write-all/abort", &SHORT);
    assert_eq!(settings(&case), []);
    let ratio = Ratio::from_integer;
    assert_eq!(trips(&case), Trips::Between(ratio(0), ratio(14_000)));
}

/// A limit in bytes: one less loses it for some round trip, and not more does.
#[test]
fn the_smallest_safe_number_of_bytes_is_the_smallest() {
    let case = case("lingering-close", "write-all/abort", &SHORT);
    let found = settings(&case);
    let bytes = found.iter().find(|one| one.name == "bytes").expect("a number");
    let Safety::Bytes(least) = bytes.safety else { panic!("{bytes:?}") };
    let lost = |limit: u32| {
        let mut case = case.clone();
        case.server = Actor::parse(&format!("lingering-close:bytes={limit}B"), server::named)
            .expect("a server");
        (5..=100).any(|half| {
            case.change(Key::Rtt, &format!("{}ms", 2 * half)).expect("a time");
            word(&case) != Word::Seen
        })
    };
    assert!(lost(least - 1) && !lost(least), "{least}");
}

/// Against a stack that flushes no wait is long enough for a client that reads late enough.
#[test]
fn what_cannot_be_made_safe_says_why() {
    let mut case = case("wait-close", "late-reader", &SHORT);
    case.stacks[0] = &sim_core::profile::RFC9293;
    case.change(Key::Late, "0s..90s").expect("a law");
    let found = settings(&case);
    let Safety::Never { ending: Some((word, _)), witness } = &found[0].safety else {
        panic!("{found:?}")
    };
    assert_ne!(*word, Word::Seen);
    assert!(witness.is_some());
}

/// One round trip of 40 ms, everything else at once: the SYN arrives at 20 ms, its ACK at 60 ms,
/// the first write with it; the server answers and resets in the same millisecond: 40 ms in
/// SYN-RECEIVED, none in ESTABLISHED.
#[test]
fn a_price_is_what_one_counts_by_hand() {
    let zero = [(Key::Gap, "0ms"), (Key::Accept, "0ms"), (Key::Wake, "0ms"), (Key::Rtt, "40ms")];
    let setup = case("close", "read-after-error", &zero).scenario().expect("a scenario").setup;
    let found = price(&setup, 1, 3);
    assert_eq!((found.held.mean, found.held.p99, found.time_wait.mean), (40_000, 40_000, 0));
    assert_eq!(found.states.first(), Some(&(State::SynReceived, 40_000)));
    assert_eq!(found.swallowed, (0, 0));
    // Reading first swallows all of it.
    let setup = case("drain", "read-after-error", &zero).scenario().expect("a scenario").setup;
    let found = price(&setup, 1, 3);
    assert_eq!(found.swallowed, (16_384, 16_384));
    assert!(found.held.mean >= 80_000, "{found:?}");
}

/// A silent client is dropped when the idle limit ends, and its FIN-WAIT-2 (60 s on Linux) runs out
/// with nobody there; a trickling one is dropped when the total does, and its next byte draws a RST
/// that ends the socket. A server that reads the request first has neither limit.
#[test]
fn the_worst_a_client_can_do_is_what_the_limits_say() {
    let held = |server: &str, who: Hostile| {
        let case = case(server, "write-all/abort", &[(Key::Rtt, "40ms")]);
        hostile(&case.scenario().expect("a scenario").setup, who).expect("an end").0
    };
    let server = "lingering-close:idle=2s,total=7s";
    let silent = held(server, Hostile::Silent);
    assert!((millis(62_000)..millis(62_500)).contains(&silent), "{silent}");
    let trickle = held(server, Hostile::Trickle);
    assert!((millis(7_000)..millis(7_500)).contains(&trickle), "{trickle}");
    assert_eq!(held("drain", Hostile::Silent), FOR_EVER);
}

/// Lost from some size on where the writes outlast the round trip; never where the request is read.
#[test]
fn requests_are_tried_until_one_is_lost() {
    let close = body(&case("close", "write-all/abort", &SHORT), 1);
    assert!(matches!(close, Some(Body::From { safe, lost }) if safe < lost), "{close:?}");
    assert_eq!(body(&case("drain", "write-all/abort", &SHORT), 1), Some(Body::None));
}
