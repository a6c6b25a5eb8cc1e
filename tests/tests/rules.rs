//! Event × state: every situation, every kind of segment, every call, every timer, on every stack.
//!
//! The rows are in `tests/rules/`, one file a state. `UPDATE=1` writes them anew; they are compared
//! otherwise. A row says: event, stacks, state after, segments sent, what is told, rules that
//! decided. `*` stands for all stacks, `else` for those that no row of the event names. Where a
//! stack does not come into the situation, or lacks an answer, the row says so. Numbers count from
//! the initial ones; `+50` is a length, `a` an acknowledgement, `w0` a window of nothing.

use sim_core::profile::{self, Profile, USUAL};
use sim_core::wire::{Side, State};
use sim_core::world::Action;
use sim_tests::bench::{Bench, ID};
use sim_tests::cell::{Cell, check};
use sim_tests::event::{self, SEGMENTS};
use sim_tests::golden;
use sim_tests::other::OTHER;
use sim_tests::situation::{self, Detour, Held, Situation};
use std::collections::BTreeSet;
use std::fmt::Write;

/// How many stacks have cells.
const STACKS: usize = profile::ALL.len() + 1;

/// Every stack, and one that gives the answers nobody gives.
fn stacks() -> [&'static Profile; STACKS] {
    core::array::from_fn(|at| profile::ALL.get(at).copied().unwrap_or(&OTHER))
}

/// Every stack's bench in a situation, built once.
type Benches = [Result<Bench, Detour>; STACKS];

/// An event's name and its cell for every stack.
type Row = (String, Vec<Cell>);

/// All rows of a situation.
fn rows(situation: &Situation) -> Vec<Row> {
    let benches: Benches = stacks().map(|stack| situation.bench(stack));
    for (bench, stack) in benches.iter().zip(stacks()).take(USUAL.len()) {
        assert!(bench.is_ok(), "{} on {}: {bench:?}", situation.name, stack.name);
    }
    let mut rows = segment_rows(&benches);
    rows.extend(timer_rows(&benches));
    if situation.held == Held::Yes {
        let fd = benches[0].as_ref().expect("asserted above").fd;
        for (name, calls) in event::calls(fd) {
            let cell = |bench| check(bench, |bench| event::make(bench, &calls));
            rows.push((name, benches.iter().map(cell).collect()));
        }
    }
    rows
}

fn segment_rows(benches: &Benches) -> Vec<Row> {
    let row = |(name, segment): &event::Kind| {
        let cell = |bench| {
            check(bench, |bench| {
                let segment = segment(bench);
                bench.act(Action::Inject(Side::A, segment))
            })
        };
        ((*name).to_owned(), benches.iter().map(cell).collect())
    };
    SEGMENTS.iter().map(row).collect()
}

/// A row for every timer that is armed on some stack, and one that lists the others.
fn timer_rows(benches: &Benches) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut idle = Vec::new();
    for (name, timer) in event::timers() {
        let armed = |bench: &Result<Bench, Detour>| bench.as_ref().is_ok_and(|it| it.armed(timer));
        let cell = |bench| {
            if bench_is(bench, |it| !it.armed(timer)) {
                return Cell::nothing("not armed".to_owned());
            }
            check(bench, |bench| bench.act(Action::Fire(Side::A, ID, timer)))
        };
        if benches.iter().any(armed) {
            rows.push((name, benches.iter().map(cell).collect()));
        } else {
            idle.push(timer.words());
        }
    }
    let cell = Cell::nothing(format!("not armed: {}", idle.join(", ")));
    rows.push(("other timers".to_owned(), vec![cell; STACKS]));
    rows
}

fn bench_is(bench: &Result<Bench, Detour>, what: impl FnOnce(&Bench) -> bool) -> bool {
    bench.as_ref().is_ok_and(what)
}

/// Equal cells share a line.
fn written(situation: &Situation, into: &mut String) {
    let _ = writeln!(into, "\n[{}] {}", situation.name, situation.about);
    let mut rows = rows(situation);
    if situation.name.starts_with("CLOSED/") {
        as_without_a_socket(&mut rows);
    }
    for (event, cells) in rows {
        for (stacks, cell) in grouped(&cells) {
            let Cell { after, sends, told, rules } = cell;
            let rules = if rules.is_empty() { "-".to_owned() } else { rules.join(" ") };
            let line =
                format!("{event:<24} {stacks:<30} {after:<13} {sends:<24} {told:<46} {rules}");
            let _ = writeln!(into, "{}", line.trim_end());
        }
    }
}

/// Equal cells with the names of their stacks; most of the stacks are `else`, at the end.
fn grouped(cells: &[Cell]) -> Vec<(String, &Cell)> {
    let mut groups: Vec<(Vec<&str>, &Cell)> = Vec::new();
    for (cell, stack) in cells.iter().zip(stacks()) {
        match groups.iter_mut().find(|(_, same)| *same == cell) {
            Some((names, _)) => names.push(stack.name),
            None => groups.push((vec![stack.name], cell)),
        }
    }
    let most = groups.iter().map(|(names, _)| names.len()).max().unwrap_or(0);
    let most = groups.iter().position(|(names, _)| names.len() == most).unwrap_or(0);
    let (_, rest) = groups.remove(most);
    let word = if groups.is_empty() { "*" } else { "else" };
    let named = groups.into_iter().map(|(names, cell)| (names.join(","), cell));
    named.chain([(word.to_owned(), rest)]).collect()
}

/// A socket without a connection answers every segment as no socket does: one line says so.
fn as_without_a_socket(rows: &mut Vec<Row>) {
    let closed = situation::all().find(|it| it.name == "CLOSED").expect("it is listed");
    let benches: Benches = stacks().map(|stack| closed.bench(stack));
    for ((name, cells), (_, expected)) in rows.iter().zip(segment_rows(&benches)) {
        for (cell, expected) in cells.iter().zip(&expected).filter(|(cell, _)| !cell.is_detour()) {
            let form = |cell: &Cell| cell.sends.split(' ').next().unwrap_or_default().to_owned();
            assert_eq!(form(cell), form(expected), "{name}");
            assert_eq!((cell.after.as_str(), &cell.rules), ("CLOSED", &expected.rules), "{name}");
        }
    }
    let cell = Cell::nothing("CLOSED, else as without a socket".to_owned());
    let rest = rows.split_off(SEGMENTS.len());
    let detours = rows.swap_remove(0).1.into_iter();
    let cells = detours.map(|it| if it.is_detour() { it } else { cell.clone() }).collect();
    *rows = vec![("every segment".to_owned(), cells)];
    rows.extend(rest);
}

const HEAD: &str = "# event, stacks, state after, segments sent, told, rules\n";

#[test]
fn every_event_in_every_state_has_its_row() {
    let mut files: Vec<(String, String)> = Vec::new();
    for situation in situation::all() {
        let state = situation.name.split('/').next().unwrap_or_default().to_lowercase();
        let name = format!("rules/{state}.rows");
        if files.last().is_none_or(|(last, _)| *last != name) {
            files.push((name, HEAD.to_owned()));
        }
        let (_, text) = files.last_mut().expect("pushed above");
        written(situation, text);
    }
    for (name, text) in files {
        golden::check(&name, &text);
    }
}

#[test]
fn every_state_of_the_standard_has_a_situation() {
    let there: BTreeSet<State> = situation::all().filter_map(|it| it.state).collect();
    let missing: Vec<&State> = State::ALL.iter().filter(|state| !there.contains(state)).collect();
    assert!(missing.is_empty(), "no way into {missing:?}");
}

#[test]
fn every_rule_decides_in_some_row() {
    let mut decided: BTreeSet<&str> = BTreeSet::new();
    for situation in situation::all() {
        for (_, cells) in rows(situation) {
            decided.extend(cells.iter().flat_map(|cell| cell.rules.iter().copied()));
        }
        // What a way into a state applies has a row at the state it starts from, too.
    }
    let all: Vec<&str> = sim_core::socket::rules().iter().map(|rule| rule.id).collect();
    // What only a control begins has its rows in `watched.rs`.
    decided.extend(["timer.user_timeout", "timer.loss_probe"]);
    let unrowed: Vec<&&str> = all.iter().filter(|id| !decided.contains(**id)).collect();
    assert!(unrowed.is_empty(), "no row for {unrowed:?}");
}
