//! smoltcp, the crate, beside the profile that speaks for it: random calls and segments, the same
//! to both, and after each of them the same segments, the same answer, the same state.
//!
//! The numbers are small and the same on both sides; sequence numbers count from the initial ones.
//! Time is chosen: the next timer fires, whenever that is, so waits are not compared, nor is PSH.
//! Windows are, until the application has closed. close() of the crate ends one half and no more:
//! it stands beside shutdown(SHUT_WR), or beside close() where no call comes after it.
//!
//! What differs is mended or listed by name (`listed.rs`); a listed difference ends its case. Each
//! of them has to occur. `PROPTEST_CASES=n` multiplies the cases, `SMOLTCP_SEED=n` draws others.

mod listed;
mod ours;
mod pair;
mod step;
mod theirs;

use pair::{End, run};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use sim_core::answer::Question;
use sim_core::profile::{LINUX, Profile, RFC9293, SMOLTCP};
use sim_core::wire::Flags;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use step::{AckFrom, Crafted, Opening, SeqFrom, Step};

/// Numbers that both have.
const MSS: u32 = 100;
const RCV_BUF: u32 = 300;
const SND_BUF: u32 = 400;

/// Segments after which a socket is taken never to come to rest.
const MOST: usize = 50;

/// Cases in a normal run: a second.
const CASES: u32 = 20_000;

fn number(name: &str) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn runner(cases: u32) -> TestRunner {
    let mut seed = [7_u8; 32];
    seed[..8].copy_from_slice(&number("SMOLTCP_SEED").to_le_bytes());
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 4_000, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// A segment that continues what the peer has sent.
fn next(flags: Flags, len: u32, ack: Option<(AckFrom, i32)>) -> Step {
    Step::Arrives(Crafted { flags, seq: (SeqFrom::Next, 0), ack, len, wnd: 1_000 })
}

/// Cases that chance finds too seldom: each ends in a listed difference.
fn seldom() -> [(Opening, Vec<Step>); 5] {
    let (all, before) = (Some((AckFrom::Sent, 0)), Some((AckFrom::Before, 0)));
    let text = next(Flags::NONE, 100, all);
    let again = next(Flags::NONE, 0, before);
    let bare_syn = next(Flags::SYN, 0, None);
    [
        (Opening::SynSent, vec![bare_syn, Step::Close]),
        (Opening::Listening, vec![bare_syn, bare_syn]),
        (Opening::Active, vec![text, text, text, next(Flags::SYN, 0, all)]),
        (Opening::Active, vec![text, text, next(Flags::FIN, 100, all), again]),
        (Opening::Active, vec![Step::Finish, again, again, again]),
    ]
}

#[test]
fn the_profile_does_what_the_crate_does() {
    let factor = u32::try_from(number("PROPTEST_CASES").max(1)).unwrap_or(1);
    let counts: RefCell<BTreeMap<&str, u32>> = RefCell::default();
    let (steps, same) = (Cell::new(0), Cell::new(0_u32));
    let compare = |(opening, case): (Opening, Vec<Step>)| {
        let (taken, end) = run(&SMOLTCP, opening, &case);
        steps.set(steps.get() + taken);
        match end {
            End::Same => same.set(same.get() + 1),
            End::Listed(listed) => *counts.borrow_mut().entry(listed.name).or_default() += 1,
            End::Apart(taken) => return Err(TestCaseError::fail(format!("{taken:#?}"))),
        }
        Ok(())
    };
    for case in seldom() {
        let before = same.get();
        compare(case).expect("a listed difference");
        assert_eq!(same.get(), before, "a case that was kept does not differ any more");
    }
    if let Err(failure) = runner(CASES * factor).run(&step::cases(), compare) {
        panic!("{failure}");
    }
    let counts = counts.into_inner();
    println!("{} steps; {} cases to the end; ended by:", steps.get(), same.get());
    for it in listed::all() {
        println!("{:>7} {} ({})", counts.get(it.name).unwrap_or(&0), it.name, it.reason);
    }
    let never: Vec<_> =
        listed::all().into_iter().filter(|it| !counts.contains_key(it.name)).collect();
    assert!(never.is_empty(), "listed, and does not occur any more: {never:#?}");
    assert!(same.get() > CASES * factor * 3 / 5, "too many cases end early: {}", same.get());
}

/// Answers of which another is noticed within some thousand cases, and who has another.
const NOTICED: [(&str, &Profile); 21] = [
    ("ack.missing", &LINUX),
    ("close.opening", &LINUX),
    ("close.unread", &LINUX),
    ("error.after_eof", &RFC9293),
    ("fin.ack", &LINUX),
    ("fin.ack", &RFC9293),
    ("linger.abort", &LINUX),
    ("output.abort_ack", &RFC9293),
    ("output.fin", &LINUX),
    ("output.nagle", &LINUX),
    ("output.offer", &LINUX),
    ("output.reply", &LINUX),
    ("output.resend", &LINUX),
    ("output.small_window", &LINUX),
    ("output.window_update", &RFC9293),
    ("reset.accept", &LINUX),
    ("reset.after_fin", &LINUX),
    ("reset.receive_queue", &RFC9293),
    ("sequence.window", &LINUX),
    ("syn.in_sync", &LINUX),
    ("text.orphan", &LINUX),
];

/// The first case that a profile fails.
fn first_apart(profile: &'static Profile) -> Option<u32> {
    let mut runner = runner(CASES);
    (0..CASES).find(|_| {
        let drawn = step::cases().new_tree(&mut runner).expect("nothing is rejected");
        let (opening, case) = drawn.current();
        matches!(run(profile, opening, &case).1, End::Apart(_))
    })
}

#[test]
fn another_answer_is_noticed() {
    let noticed = |(question, donor): &(&'static str, &Profile)| {
        let other = SMOLTCP.taking(Question(question), donor);
        first_apart(Box::leak(Box::new(other))).is_some()
    };
    let missed: Vec<_> = NOTICED.iter().filter(|it| !noticed(it)).map(|it| it.0).collect();
    assert!(missed.is_empty(), "nobody notices another answer to {missed:?}");
}
