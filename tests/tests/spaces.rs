//! Pinned spaces: a changed count is a changed behaviour, and the commit says which.
//!
//! The rows are in `tests/spaces/counts.rows`. Spaces of up to [`SECOND`] states are walked a
//! second time by another explorer, which must find as many states and as short a way to every
//! word.

use sim_core::drive::explore::End;
use sim_core::pace::PaceName;
use sim_core::profile::{FREEBSD, LINUX, Profile, RFC9293};
use sim_core::report::outcome::Word;
use sim_scenarios::catalogue::{Scenario, Size, Variant, over_limit};
use sim_scenarios::{client, server};
use sim_tests::census::{Census, census};
use sim_tests::golden;
use sim_tests::second_opinion::Second;
use std::fmt::Write;

/// The largest space that is walked twice.
const SECOND: u64 = 6_000;

/// Server, client, variant, stacks (client's first), segments that the server's link may lose.
type Pinned = (&'static str, &'static str, Variant, [&'static Profile; 2], u8);

const LL: [&Profile; 2] = [&LINUX, &LINUX];
const LF: [&Profile; 2] = [&LINUX, &FREEBSD];
const FL: [&Profile; 2] = [&FREEBSD, &LINUX];
const FF: [&Profile; 2] = [&FREEBSD, &FREEBSD];
const RR: [&Profile; 2] = [&RFC9293, &RFC9293];

static PINNED: [Pinned; 24] = [
    ("close", "write-all/abort", Variant::SmallRequest, LL, 0),
    ("close", "write-all/abort", Variant::SmallRequest, FF, 0),
    ("close", "write-all/abort", Variant::SmallRequest, RR, 0),
    ("close", "write-all/abort", Variant::SmallRequest, LL, 1),
    ("close", "write-all/abort", Variant::Upload, LL, 0),
    ("close", "write-all/abort", Variant::Upload, LF, 0),
    ("close", "write-all/abort", Variant::Upload, FL, 0),
    ("close", "write-all/abort", Variant::LargeReply, LL, 0),
    ("close", "duplex/abort", Variant::Upload, LL, 0),
    ("close", "duplex/stop", Variant::Upload, LL, 0),
    ("close", "read-after-error", Variant::Upload, LL, 0),
    ("close", "late-reader", Variant::Upload, RR, 0),
    ("linger0", "write-all/abort", Variant::Upload, LL, 0),
    ("linger0", "read-after-error", Variant::SmallRequest, LL, 1),
    ("shutdown-close", "write-all/abort", Variant::Upload, LL, 0),
    ("shutdown-close", "duplex/abort", Variant::SmallRequest, FF, 0),
    ("wait-close", "write-all/abort", Variant::SmallRequest, LL, 0),
    ("wait-close", "duplex/abort", Variant::Upload, LL, 0),
    ("lingering-close", "write-all/abort", Variant::SmallRequest, LL, 0),
    ("lingering-close", "write-all/abort", Variant::SmallRequest, LL, 1),
    ("lingering-close", "duplex/stop", Variant::Upload, LL, 0),
    ("drain", "write-all/abort", Variant::SmallRequest, LL, 0),
    ("drain", "write-all/abort", Variant::Upload, LL, 1),
    ("drain", "duplex/abort", Variant::LargeReply, FF, 0),
];

fn scenario((server, client, variant, stacks, loss): Pinned) -> Scenario {
    let strategy = server::named(server).expect("a strategy of the catalogue");
    let policy = client::named(client).expect("a policy of the catalogue");
    let mut told = over_limit((variant, Size::Small), strategy, policy, stacks).expect("numbers");
    told.setup.links[1].budget.loss = loss;
    // Two tries are as good as fifteen, and a space of two is one that can be read.
    for tuning in &mut told.setup.tuning {
        tuning.retries = 2;
        tuning.retries_orphan = 2;
        tuning.retries_syn = 2;
        tuning.retries_syn_ack = 2;
    }
    told
}

fn row(pinned: Pinned, pace: PaceName, census: &Census) -> String {
    let (server, client, variant, [a, b], loss) = pinned;
    let words = census.words().into_iter().map(|(word, steps)| format!("{} {steps}", word.name()));
    let words: Vec<String> = words.collect();
    let counts = census.counts;
    format!(
        "{server:<15} {client:<16} {:<13} {:<7} {:<7} loss {loss} {:<6} {:>7} {:>7} {:>5} {:>3} \
         {:>3}  {}",
        variant.name(),
        a.name,
        b.name,
        pace.word(),
        counts.states,
        counts.edges,
        counts.terminals,
        census.depth,
        census.outcomes.len(),
        words.join(", ")
    )
}

const HEAD: &str = "\
# Columns: server, client, variant, stacks (client, server), losses towards the client, pace;
# states, edges, terminal states, steps to the farthest, outcomes; words with the steps of the
# shortest trace.
";

#[test]
fn every_pinned_space_has_its_counts() {
    let mut text = HEAD.to_owned();
    for pinned in PINNED {
        for pace in [PaceName::Quiet, PaceName::Racing] {
            let told = scenario(pinned);
            let census = census(&told.setup, told.reply, pace, u64::MAX);
            assert_eq!((census.end, census.counts.halts), (End::Complete, 0), "{}", pinned.0);
            let _ = writeln!(text, "{}", row(pinned, pace, &census));
        }
    }
    golden::check("spaces/counts.rows", &text);
}

#[test]
fn another_explorer_finds_the_same_states_and_the_same_shortest_ways() {
    let mut compared = 0;
    for pinned in PINNED {
        for pace in [PaceName::Quiet, PaceName::Racing] {
            let told = scenario(pinned);
            let census = census(&told.setup, told.reply, pace, SECOND);
            if census.end != End::Complete {
                continue;
            }
            let second = Second { setup: told.setup, pace, reply: told.reply, until: None };
            let (states, words) = second.look();
            let which = row(pinned, pace, &census);
            assert_eq!(states, census.counts.states, "{which}");
            assert_eq!(words, census.words(), "{which}");
            compared += 1;
        }
    }
    assert!(compared >= 30, "only {compared} spaces are small enough to be walked twice");
}

/// Where the reply and the RST behind it are lost, nothing is outstanding and nobody probes.
#[test]
fn a_lost_reply_and_reset_leave_a_reader_that_waits_for_ever() {
    let pinned = ("linger0", "read-after-error", Variant::SmallRequest, LL, 2);
    let told = scenario(pinned);
    let census = census(&told.setup, told.reply, PaceName::Racing, u64::MAX);
    assert!(census.words().contains_key(&Word::Stuck), "{:?}", census.outcomes);
}
