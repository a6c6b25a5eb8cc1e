//! Real programs on the real kernel, held against the model's verdict.
//!
//! Where the model says SEEN no run may lose the reply, where it says LOST none may read it; where
//! it says more, every word a run ends in has to be one of them. The servers and the raw clients
//! are `tests/live`; http.client, urllib3 and curl are whatever the machine has. What is missing is
//! skipped aloud. `CLOSERACE_LIVE=1` (as in CI) asks for everything: more runs, and a failure where
//! something would be skipped.
//!
//! Everything stays on 127.0.0.1. What is measured is Linux; elsewhere the programs are not run.

mod measure;
mod program;

use measure::{Bodies, Measured, measure};
use program::{PROGRAMS, Program, ground, there};
use sim_core::report::outcome::Word;
use sim_scenarios::preset::Actor;
use sim_scenarios::server;
use sim_tests::golden;
use sim_tests::live::{Answer, Body, Cell, Exchange, First, verdict};
use std::fmt::Write as _;
use std::io::Write as _;

/// Runs of a cell in virtual time.
const TRIALS: u64 = 200;

const EXCHANGES: [(Exchange, &str); 6] = [
    (of(Body::Upload, First::ReadsOnce, Answer::Short), "upload, after one read of at most 4 KiB"),
    (of(Body::Upload, First::ReadsNothing, Answer::Short), "upload, nothing read"),
    (of(Body::Small, First::ReadsOnce, Answer::Short), "small body, after one read"),
    (of(Body::Small, First::ReadsNothing, Answer::Short), "small body, nothing read"),
    (of(Body::Upload, First::ReadsOnce, Answer::Long), "upload, after one read, answer of 1 MB"),
    (of(Body::Small, First::ReadsOnce, Answer::Long), "small body, after one read, answer of 1 MB"),
];

const fn of(body: Body, first: First, answer: Answer) -> Exchange {
    Exchange { body, first, answer }
}

/// Rows of the table: title and strategy.
fn rows() -> impl Iterator<Item = ((Exchange, &'static str), Actor)> {
    let strategies = || server::generic().iter().map(Actor::from);
    EXCHANGES.into_iter().flat_map(move |exchange| strategies().map(move |it| (exchange, it)))
}

/// Whether a block of rows begins here.
fn is_first(closing: &Actor) -> bool {
    closing.preset.name == server::generic()[0].name
}

// --- the model ----------------------------------------------------------------------------------

fn words(cell: &Cell) -> Vec<Word> {
    let census = cell.every_ordering().expect("numbers");
    assert!(census.is_complete(), "{cell:?}: {:?}", census.end);
    census.words()
}

/// The verdicts as a file that a person has read: one that says less is to be noticed.
#[test]
fn the_verdicts_are_these() {
    let mut text = HEADER.to_owned();
    for ((exchange, title), closing) in rows() {
        if is_first(&closing) {
            let _ = writeln!(text, "\n# {title}");
        }
        for program in PROGRAMS {
            let words = verdict(&words(&program.cell(&closing, exchange)));
            let _ = writeln!(text, "{:<16} {} {words}", closing.preset.name, program.title());
        }
    }
    golden::check("live/verdicts.rows", &text);
}

const HEADER: &str = "\
# What the model says of the live exchanges, Linux to Linux, in any order of events (Racing, no
# loss): server's strategy, client, its policy, words.
";

#[test]
fn what_is_sampled_at_the_real_size_is_explored_at_the_small_one() {
    for ((exchange, _), closing) in rows() {
        for program in PROGRAMS {
            let cell = program.cell(&closing, exchange);
            let explored = words(&cell);
            let tally = cell.trials(program::UPLOAD, TRIALS).expect("numbers");
            assert_eq!((tally.trials, tally.halted), (TRIALS, 0));
            for (outcome, _, trial) in tally.counts {
                let among = explored.contains(&outcome.word);
                assert!(among, "{cell:?}: trial {trial} is {outcome:?}, not in {explored:?}");
            }
            // A wait that raced with the wake-ups would say that everything can happen.
            assert_eq!(cell.racing_timers().expect("numbers"), [""; 0], "{cell:?}");
        }
    }
}

// --- the kernel ---------------------------------------------------------------------------------

/// One cell, measured.
struct Run {
    cell: Cell,
    measured: Measured,
}

#[test]
fn real_programs_stay_within_the_verdict() {
    let mut skipped = Vec::new();
    let able: Vec<Program> = match ground() {
        Err(why) => {
            skipped.push(format!("all of it: {why}"));
            Vec::new()
        }
        Ok(()) => PROGRAMS.into_iter().filter(|program| there(*program, &mut skipped)).collect(),
    };
    for why in &skipped {
        say(&format!("skipped: {why}\n"));
    }
    let strict = std::env::var_os("CLOSERACE_LIVE").is_some_and(|it| it == "1");
    assert!(!strict || skipped.is_empty(), "CLOSERACE_LIVE=1 asks for everything: {skipped:?}");
    let runs = if strict { 20 } else { 5 };
    let bodies = Bodies::write(program::upload());
    let columns: Vec<Vec<Run>> = std::thread::scope(|scope| {
        let (column, bodies) = (&column, &bodies);
        let running: Vec<_> =
            able.iter().map(|it| scope.spawn(move || column(*it, bodies, runs))).collect();
        running.into_iter().map(|it| it.join().expect("a column")).collect()
    });
    let (text, outside) = table(&able, &columns, runs);
    let programs =
        format!("programs: {} measured, {} skipped", able.len(), PROGRAMS.len() - able.len());
    say(&format!("{text}{programs}\n"));
    assert!(outside.is_empty(), "outside of the verdict:\n{}", outside.join("\n"));
}

/// Every cell of one program, one after the other.
fn column(program: Program, bodies: &Bodies, runs: usize) -> Vec<Run> {
    let run = |((exchange, _), closing)| {
        let cell = program.cell(&closing, exchange);
        let measured = measure(program, &cell, bodies, runs);
        Run { cell, measured }
    };
    rows().map(run).collect()
}

/// What was measured beside what the model says, and the cells that are outside of it.
fn table(able: &[Program], columns: &[Vec<Run>], runs: usize) -> (String, Vec<String>) {
    let mut outside = Vec::new();
    let mut text = format!("replies read of {runs} runs, and the model's verdict; what was told\n");
    for (row, ((_, title), closing)) in rows().enumerate() {
        if is_first(&closing) {
            let _ = writeln!(text, "\n{title}");
        }
        for (program, column) in able.iter().zip(columns) {
            let Run { cell, measured } = &column[row];
            let model = words(cell);
            let line = line(&format!("{closing:<16} {}", program.title()), measured, &model, runs);
            let _ = writeln!(text, "{line}");
            if !within(measured, &model) {
                outside.push(format!("{title}: {line}"));
            }
        }
    }
    (text, outside)
}

fn line(cell: &str, measured: &Measured, model: &[Word], runs: usize) -> String {
    let seen = measured.get(&Word::Seen).map_or(0, |(count, _)| *count);
    let told: Vec<String> = measured
        .iter()
        .map(|(word, (count, told))| format!("{count} {}: {told}", word.name()))
        .collect();
    format!("{cell} {seen:>2}/{runs} {:<20} {}", verdict(model), told.join("; "))
}

/// Whether every run ended in a word that the model has.
fn within(measured: &Measured, model: &[Word]) -> bool {
    measured.keys().all(|word| model.contains(word))
}

#[test]
fn one_run_outside_is_outside() {
    let runs = |words: &[Word]| words.iter().map(|it| (*it, (1, String::new()))).collect();
    let [seen, lost, both] = [&[Word::Seen][..], &[Word::Lost], &[Word::Seen, Word::Lost]];
    for (measured, model, is_within) in [
        (seen, seen, true),
        (seen, both, true),
        (both, both, true),
        (lost, seen, false),
        (both, seen, false),
        (both, lost, false),
        (&[Word::Truncated], both, false),
    ] {
        assert_eq!(within(&runs(measured), model), is_within, "{measured:?} {model:?}");
    }
}

#[test]
fn a_program_that_is_asked_for_nonsense_says_what_it_wants() {
    for (words, says) in [
        ("", "serve or ask?"),
        ("serve at=127.0.0.1 server=shut", "there are: close, linger0"),
        ("serve at=127.0.0.1 server=close first=-1", "first=-1: a whole number up to 2147483647"),
        ("serve at=127.0.0.1 server=close first=0 reply=9", "no reply has 9 bytes"),
        ("ask client=shut", "there are: write-all/abort, duplex/abort"),
        ("ask client=late-reader to=there", "to=there cannot be read"),
        ("ask client=late-reader", "to= is missing"),
    ] {
        let mut live = std::process::Command::new(env!("CARGO_BIN_EXE_closerace-live"));
        let output = live.args(words.split_whitespace()).output().expect("a program");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && told.contains(says), "{words}: {told}");
    }
}

/// What macros print is kept by whoever runs the tests; this is to be seen.
fn say(text: &str) {
    std::io::stderr().write_all(text.as_bytes()).expect("standard error");
}
