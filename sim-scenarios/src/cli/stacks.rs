//! `show stacks`: every question with what each stack answers; `--diff A,B`: what separates two
//! stacks, and a shortest way in which an application notices.

use super::show::{Form, basis_words};
use super::{Exit, Printed, Problem, names, output};
use crate::render::words::{self, HEAD, paint, thousands};
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::answer::{Basis, Question};
use sim_core::drive::apart::{Begins, Lesson, Limits, Move, apart, replay};
use sim_core::profile::{self, LINUX, Profile};
use sim_core::socket::Return;
use sim_core::wire::Side;
use std::fmt::Write;

/// How far a difference is looked for: some seconds.
const LIMITS: Limits = Limits { depth: 12, nodes: 200_000 };

/// The stack at the other end of every way that is looked for.
const PEER: &Profile = &LINUX;

/// A question with every stack's answer, in the order of the list.
struct Row {
    question: Question,
    answers: Vec<(&'static Profile, String, Basis)>,
}

fn rows(stacks: &[&'static Profile]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for stack in stacks {
        for (at, (question, value, basis)) in stack.answers().into_iter().enumerate() {
            if rows.len() <= at {
                rows.push(Row { question, answers: Vec::new() });
            }
            rows[at].answers.push((stack, value, basis));
        }
    }
    rows
}

/// The table of all stacks.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TableDocument {
    stacks: Vec<Stack>,
    questions: Vec<Asked>,
}

impl output::Document for TableDocument {
    const KIND: &'static str = "stacks";
}

/// A stack and the version that was read or measured.
#[derive(Debug, Serialize, JsonSchema)]
struct Stack {
    name: &'static str,
    version: &'static str,
}

/// A question and who answers what.
#[derive(Debug, Serialize, JsonSchema)]
struct Asked {
    question: &'static str,
    answers: Vec<Answered>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Answered {
    stack: &'static str,
    answer: String,
    /// known, assumed or unknown.
    basis: &'static str,
    source: &'static str,
}

/// What separates two stacks.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DiffDocument {
    stacks: [&'static str; 2],
    /// The stack at the other end.
    peer: &'static str,
    questions: Vec<Asked>,
    /// A shortest way in which an application notices, where one was found.
    shortest: Option<Way>,
    /// Pairs of worlds that were looked at.
    nodes: usize,
    /// Moves from the handshake that were looked at.
    moves: u32,
}

impl output::Document for DiffDocument {
    const KIND: &'static str = "stacks-diff";
}

/// Moves, and what the last call says on either stack.
#[derive(Debug, Serialize, JsonSchema)]
struct Way {
    moves: Vec<Moved>,
    told: [String; 2],
}

#[derive(Debug, Serialize, JsonSchema)]
struct Moved {
    who: String,
    what: String,
    /// On either stack, where it is a call.
    returns: [Option<String>; 2],
}

/// The table, or what separates two stacks.
pub(super) fn show(diff: Option<&[String]>, form: Form) -> Result<Printed, Problem> {
    let Some(names) = diff else { return table(form) };
    let [a, b] = names else {
        return Err(Problem::Usage("--diff wants two stacks, as in --diff linux,macos".to_owned()));
    };
    separated(named(a)?, named(b)?, form)
}

fn named(name: &str) -> Result<&'static Profile, Problem> {
    Profile::named(name)
        .ok_or_else(|| names::unknown("stack", name, &profile::ALL.map(|stack| stack.name)))
}

fn table(form: Form) -> Result<Printed, Problem> {
    let rows = rows(&profile::ALL);
    match form {
        Form::Human => Ok(Printed::done(human(&rows))),
        Form::Csv => Ok(Printed::done(csv(&rows))),
        Form::Markdown => Ok(Printed::done(markdown(&rows))),
        Form::Json => {
            let stack = |it: &&'static Profile| Stack { name: it.name, version: it.version };
            let stacks = profile::ALL.iter().map(stack).collect();
            let questions = rows.iter().map(asked).collect();
            Printed::json(&TableDocument { stacks, questions }, Exit::Done)
        }
    }
}

fn asked(row: &Row) -> Asked {
    let answer = |(stack, value, basis): &(&'static Profile, String, Basis)| {
        let (kind, why) = basis_words(*basis);
        Answered { stack: stack.name, answer: value.clone(), basis: kind, source: why }
    };
    Asked { question: row.question.0, answers: row.answers.iter().map(answer).collect() }
}

/// A name with a mark where its answer is assumed.
fn marked(stack: &Profile, basis: Basis) -> String {
    match basis {
        Basis::Known(_) => stack.name.to_owned(),
        Basis::Assumed(_) | Basis::Unknown => format!("{}~", stack.name),
    }
}

/// Stacks with equal answers share a line.
fn human(rows: &[Row]) -> String {
    let mut text = String::new();
    for Row { question, answers } in rows {
        let _ = writeln!(text, "{}", paint(HEAD, question.0));
        let mut left: Vec<usize> = (0..answers.len()).collect();
        while let Some(&first) = left.first() {
            let value = &answers[first].1;
            let same: Vec<usize> =
                left.iter().copied().filter(|at| answers[*at].1 == *value).collect();
            left.retain(|at| !same.contains(at));
            let names = same.iter().map(|at| marked(answers[*at].0, answers[*at].2));
            let line = format!("  {value:<22} {}", names.collect::<Vec<_>>().join(", "));
            let _ = writeln!(text, "{}", words::wrap(&line, 98, "                         "));
        }
    }
    let note = "~ is assumed; ? is unknown: a run that needs it ends undetermined. Sources: \
                `closerace show STACK`. What separates two: `closerace show stacks --diff \
                linux,macos`.";
    let _ = writeln!(text, "\n{}", words::wrap(note, 98, ""));
    text
}

fn csv(rows: &[Row]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut text = String::from("question,stack,answer,basis,source\r\n");
    for Row { question, answers } in rows {
        for (stack, value, basis) in answers {
            let (kind, why) = basis_words(*basis);
            let (value, why) = (quoted(value), quoted(why));
            let _ = write!(text, "{},{},{value},{kind},{why}\r\n", question.0, stack.name);
        }
    }
    text
}

fn markdown(rows: &[Row]) -> String {
    let heads = profile::ALL.map(|stack| stack.name).join(" | ");
    let mut text = format!("| question | {heads} |\n|---|{}\n", "---|".repeat(profile::ALL.len()));
    for Row { question, answers } in rows {
        let cell = |(_, value, basis): &(&'static Profile, String, Basis)| match basis {
            Basis::Known(_) | Basis::Unknown => value.clone(),
            Basis::Assumed(_) => format!("{value}~"),
        };
        let cells: Vec<String> = answers.iter().map(cell).collect();
        let _ = writeln!(text, "| `{}` | {} |", question.0, cells.join(" | "));
    }
    text.push_str("\n`~` is assumed, `?` unknown.\n");
    text
}

/// What separates two stacks.
fn separated(a: &'static Profile, b: &'static Profile, form: Form) -> Result<Printed, Problem> {
    let mut rows = rows(&[a, b]);
    rows.retain(|row| row.answers[0].1 != row.answers[1].1);
    let found = apart(&[a, b], PEER, LIMITS).map_err(Problem::Halted)?;
    let lesson = found.pairs.first().map(|(_, lesson)| lesson);
    match form {
        Form::Csv => return Ok(Printed::done(csv(&rows))),
        Form::Markdown => {
            let why = "--format markdown is for the whole table; --diff has human, json and csv";
            return Err(Problem::Usage(why.to_owned()));
        }
        Form::Json => {
            let document = DiffDocument {
                stacks: [a.name, b.name],
                peer: PEER.name,
                questions: rows.iter().map(asked).collect(),
                shortest: lesson.map(|it| way(a, b, it)).transpose()?,
                nodes: found.nodes,
                moves: found.depth,
            };
            return Printed::json(&document, Exit::Done);
        }
        Form::Human => {}
    }
    let mut text = format!("{} and {}\n\n", paint(HEAD, a.name), paint(HEAD, b.name));
    if rows.is_empty() {
        text.push_str("  Every answer is the same.\n");
    }
    for Row { question, answers } in &rows {
        let _ = writeln!(text, "  {}", paint(HEAD, question.0));
        for (stack, value, basis) in answers {
            let (kind, why) = basis_words(*basis);
            let line = format!("    {:<13} {value}  ({kind}: {why})", stack.name);
            let _ = writeln!(text, "{}", words::wrap(&line, 98, "                  "));
        }
    }
    match lesson {
        Some(lesson) => text.push_str(&told(a, b, lesson)?),
        None => {
            let line = format!(
                "No way in which an application notices was found within {} nodes, {} moves from \
                 the handshake, or from a listener (one segment of a third party's at most).",
                thousands(found.nodes as u64),
                found.depth
            );
            let _ = writeln!(text, "\n{}", words::wrap(&line, 98, ""));
        }
    }
    Ok(Printed::done(text))
}

fn way(a: &'static Profile, b: &'static Profile, it: &Lesson) -> Result<Way, Problem> {
    let told = [returns(a, it)?, returns(b, it)?];
    let moved = |(at, by): (usize, &Move)| {
        let [who, what] = words_of(*by);
        Moved { who, what, returns: [told[0][at].clone(), told[1][at].clone()] }
    };
    let moves = it.moves.iter().enumerate().map(moved).collect();
    Ok(Way { moves, told: it.told.map(words::returned) })
}

/// What each call returned on one stack.
fn returns(stack: &'static Profile, lesson: &Lesson) -> Result<Vec<Option<String>>, Problem> {
    let (told, _) = replay(stack, PEER, lesson).map_err(Problem::Halted)?;
    Ok(told.into_iter().map(|it| it.map(words::returned)).collect())
}

/// Who moves, and what that is.
fn words_of(by: Move) -> [String; 2] {
    let place = |side: Side| if side == Side::A { "here" } else { "the peer" };
    let (who, what) = match by {
        Move::Call(side, call) => (place(side), words::call(call)),
        Move::Deliver(side) => (place(side), "a segment arrives, if one is under way".to_owned()),
        Move::Lose(side) => ("path", format!("a segment on its way to {} is lost", place(side))),
        Move::Pass(side, timer) => {
            ("time", format!("the {} timer fires, {}", timer.words(), place(side)))
        }
        Move::Settle => ("path", "everything under way arrives".to_owned()),
        Move::Forge(side, forged) => {
            ("forged", format!("{}, arrives {}", forged.words(), place(side)))
        }
    };
    [who.to_owned(), what]
}

fn told(a: &'static Profile, b: &'static Profile, lesson: &Lesson) -> Result<String, Problem> {
    let mut text = format!(
        "\n{}\n",
        words::wrap(
            &format!(
                "A shortest way in which an application notices, {}; the peer is {}, buffers and \
                 ACK policy are alike:",
                match lesson.begins {
                    Begins::Handshake => "after the handshake",
                    Begins::Listener => "from a listener on that has room for one",
                },
                PEER.name
            ),
            98,
            ""
        )
    );
    let both = [returns(a, lesson)?, returns(b, lesson)?];
    for (at, by) in lesson.moves.iter().enumerate() {
        let [who, what] = words_of(*by);
        let said: Vec<&String> = both.iter().filter_map(|told| told[at].as_ref()).collect();
        let said = match said.as_slice() {
            [first, second] if first == second => format!(" = {first}"),
            [first, second] => {
                format!(" = {first} on {}, {second} on {}", a.name, paint(HEAD, b.name))
            }
            _ => String::new(),
        };
        let _ = writeln!(text, "  {:>3}  {who:<9} {what}{said}", at + 1);
    }
    let [first, second] = lesson.told;
    let line = format!(
        "The last call says {} on {} and {} on {}.",
        answer(first),
        a.name,
        answer(second),
        b.name
    );
    let _ = writeln!(text, "{}", words::wrap(&line, 98, ""));
    Ok(text)
}

fn answer(told: Return) -> String {
    words::returned(told)
}
