//! What is possible where every segment takes a time of its own: thresholds derived by hand, runs
//! in virtual time as witnesses that nothing is left out, and replays that nothing is made up.

use sim_core::drive::possible::{Possible, possible};
use sim_core::drive::replay::replay;
use sim_core::drive::run::{HORIZON, lanes_of};
use sim_core::drive::sample::sample;
use sim_core::pace::PaceName;
use sim_core::report::outcome::{Word, outcome};
use sim_core::report::trace::choices;
use sim_core::tcp::Gone;
use sim_core::wire::Side;
use sim_core::world::World;
use sim_scenarios::case::{Case, Key, Scenario, Size};
use sim_scenarios::{catalogue, client, server};

type End = (Word, Option<Gone>);

fn case(story: &str, server: &str, client: &str, size: Size, changes: &[(Key, &str)]) -> Scenario {
    let mut case: Case = catalogue::story(story).expect("a story");
    case.server = server::named(server).expect("a server").into();
    case.client = client::named(client).expect("a client").into();
    for (key, text) in changes {
        case.change(*key, text).expect("a change");
    }
    case.size = size;
    case.scenario().expect("a scenario")
}

/// Four writes of a segment each.
const SEGMENTS: [(Key, &str); 2] = [(Key::Request, "4KiB"), (Key::Write, "1KiB")];

/// The race on the round trip with these changes, at full size.
fn rtt_race(changes: &[(Key, &str)]) -> Scenario {
    let changes: Vec<(Key, &str)> = SEGMENTS.iter().chain(changes).copied().collect();
    case("rtt-race", "close", "write-all/abort", Size::Full, &changes)
}

fn client_has_ended(world: &World) -> bool {
    lanes_of(world, Side::A)
}

fn found(scenario: &Scenario) -> Possible<End> {
    possible(
        &scenario.setup,
        HORIZON,
        |states| states < 100_000,
        client_has_ended,
        |world, ended| {
            let end = outcome(world, scenario.reply, ended);
            (end.word, end.cause)
        },
    )
    .expect("interval time")
}

fn words(found: &Possible<End>) -> Vec<Word> {
    assert!(found.is_whole);
    let mut words: Vec<Word> =
        found.ways.iter().map(|way| way.end.as_ref().expect("an end").0).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The client writes at 0, 20, 40 and 60 ms and gives up at the first write that fails. The server
/// accepts 30 ms after the ACK has come, when the first write is there: its close() sends a RST.
/// That is back 30 ms, a round trip and two jitters after the first write at most: the answer is
/// lost if it is back by 60 ms, and at 60 ms exactly what arrives comes first.
#[test]
fn what_is_possible_changes_where_it_is_derived_to() {
    let rows = [
        ("10ms", "0ms..10ms", [Word::Lost].as_slice()),
        ("10ms", "0ms..10001us", &[Word::Seen, Word::Lost]),
        ("30ms", "0ms..1us", &[Word::Seen, Word::Lost]),
        ("30002us", "0ms..20ms", &[Word::Seen]),
        ("10ms", "10ms..11ms", &[Word::Seen, Word::Lost]),
        ("10ms", "10001us..11ms", &[Word::Seen]),
    ];
    for (rtt, jitter, says) in rows {
        let changes = [(Key::Rtt, rtt), (Key::Jitter, jitter), (Key::Accept, "30ms")];
        let found = found(&rtt_race(&changes));
        let mut says = says.to_vec();
        says.sort_unstable();
        assert_eq!(words(&found), says, "{rtt} and {jitter} a segment");
    }
}

/// Where the server accepts at once, jitter decides at which side of its close() the first write
/// arrives. After it, the write draws a RST that carries the number of the ACK field it answers:
/// the client has the answer by then and ignores it, whatever the round trip. Without jitter both
/// come at one instant, and the answer is lost.
#[test]
fn jitter_between_an_ack_and_what_follows_can_save_the_answer() {
    let words = |jitter: &str| {
        let changes = [(Key::Rtt, "40ms"), (Key::Jitter, jitter)];
        words(&found(&rtt_race(&changes)))
    };
    assert_eq!(words("1us"), [Word::Lost]);
    assert!(words("0us..1us").contains(&Word::Seen));
}

/// Every end that trials come to is possible; every way to one is an order that the free pace
/// permits, and it ends so.
#[test]
fn nothing_is_left_out_and_nothing_is_made_up() {
    let cells = [
        ("rtt-race", "close", "write-all/abort", "40ms", "0ms..20ms"),
        ("rtt-race", "linger0", "read-after-error", "10ms", "0ms..30ms"),
        ("small-request", "close", "duplex/abort", "2ms", "0ms..10ms"),
        ("small-request", "lingering-close", "write-all/abort", "2ms", "1ms..10ms"),
        ("small-request", "wait-close", "duplex/stop", "10ms", "0ms..40ms"),
    ];
    for (story, server, client, rtt, jitter) in cells {
        let changes = [(Key::Rtt, rtt), (Key::Jitter, jitter)];
        let scenario = case(story, server, client, Size::Small, &changes);
        let Scenario { setup, reply, .. } = &scenario;
        let found = found(&scenario);
        assert!(found.is_whole, "{story} {server} {client}: {} states", found.states);
        let tally = sample(setup, HORIZON, 3, 0..2_000, |world, ended| {
            let end = outcome(world, *reply, ended);
            (end.word, end.cause)
        });
        let possible = words(&found);
        for ((word, _), _, first) in &tally.counts {
            assert!(
                possible.contains(word),
                "{story} {server} {client}: {word:?} of trial {first}"
            );
        }
        for way in &found.ways {
            choices(setup, PaceName::Free, &way.trace).expect("the free pace permits it");
            let (world, _) = replay(setup, &way.trace).expect("it can be replayed");
            let (word, _) = way.end.as_ref().expect("an end");
            let read = outcome(&world, *reply, sim_core::drive::run::Ended::Done).word;
            assert_eq!(read, *word, "{story} {server} {client}");
        }
        let shortest: Vec<usize> = found.ways.iter().map(|way| way.trace.len()).collect();
        assert!(shortest.is_sorted(), "breadth first: {shortest:?}");
    }
}

/// As above, with 10 ms and jitters uniform in 0..11 ms: the ACK's and the larger one of the answer
/// and the RST behind it have to add up to more than 20 ms. The larger of two has the density
/// 2 m / 121, so P = integral over m from 9 to 11 of (m - 9) / 11 * 2 m / 121 = 124/3993.
#[test]
fn trials_draw_a_jitter_for_every_segment() {
    let changes = [(Key::Rtt, "10ms"), (Key::Jitter, "0ms..11ms"), (Key::Accept, "30ms")];
    let Scenario { setup, reply, .. } = rtt_race(&changes);
    let tally =
        sample(&setup, HORIZON, 1, 0..20_000, |world, ended| outcome(world, reply, ended).word);
    let seen = tally.count(|word| *word == Word::Seen);
    // 621 expected, with a standard deviation of 24.5.
    assert!((523..=719).contains(&seen), "{seen}");
}

#[test]
fn what_has_no_interval_time_says_so() {
    let jitter = (Key::Jitter, "0ms..5ms");
    let rows = [
        ([(Key::Rtt, "10ms..20ms"), jitter], "the path has to be one time"),
        ([(Key::Rate, "1MiB"), jitter], "a link with a rate"),
    ];
    for (changes, says) in rows {
        let mut changes = changes.to_vec();
        if changes.iter().all(|(key, _)| *key != Key::Rtt) {
            changes.push((Key::Rtt, "10ms"));
        }
        let scenario = rtt_race(&changes);
        let why = possible(&scenario.setup, HORIZON, |_| true, |_| false, |_, _| ())
            .expect_err("no interval time");
        assert!(why.to_string().contains(says), "{why}");
    }
}
