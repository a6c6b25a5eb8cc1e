//! A run as a TLA+ module: one constant, a sequence of records, one state a step. TLC loads it as
//! it is, and a specification that EXTENDS it can ask whether it allows this behaviour.

use super::run::{Run, states};
use super::step::{actor, show};
use super::{Names, short, words};
use sim_core::wire::{Segment, Seq, Side};
use sim_core::world::World;
use std::fmt::Write;

/// The module's name where no file gives it one.
pub const MODULE: &str = "closerace_run";

/// Words that TLA+ keeps for itself, and modules that this one would hide.
const TAKEN: [&str; 42] = [
    "ASSUME",
    "ASSUMPTION",
    "AXIOM",
    "BY",
    "CASE",
    "CHOOSE",
    "CONSTANT",
    "CONSTANTS",
    "COROLLARY",
    "DEF",
    "DEFINE",
    "DEFS",
    "DOMAIN",
    "ELSE",
    "ENABLED",
    "EXCEPT",
    "EXTENDS",
    "HAVE",
    "IF",
    "IN",
    "INSTANCE",
    "LAMBDA",
    "LEMMA",
    "LET",
    "LOCAL",
    "MODULE",
    "NEW",
    "OTHER",
    "PROOF",
    "QED",
    "RECURSIVE",
    "SUBSET",
    "THEN",
    "THEOREM",
    "UNCHANGED",
    "UNION",
    "USE",
    "VARIABLE",
    "VARIABLES",
    "WITH",
    "Naturals",
    "Sequences",
];

/// Whether a module can be called so: letters, digits and `_`, at least one letter, no word that is
/// taken.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.chars().all(letters)
        && text.contains(|c: char| c.is_ascii_alphabetic())
        && !text.starts_with("WF_")
        && !text.starts_with("SF_")
        && !TAKEN.contains(&text)
}

/// The module.
#[must_use]
pub fn module(run: &Run<'_>, name: &str) -> String {
    let mut text = format!("---- MODULE {name} ----\n");
    for line in [&run.title, &run.subject, &run.verdict, &run.again]
        .into_iter()
        .flat_map(|it| words::wrap_all(it, 94).lines().map(str::to_owned).collect::<Vec<_>>())
    {
        comment(&mut text, &line);
    }
    text.push_str(ABOUT);
    text.push_str("EXTENDS Naturals, Sequences\n\n");
    text.push_str("Trace == <<\n");
    let ends = Side::BOTH.map(|side| states(run.story, side, run.reply));
    let mut before: Option<&World> = None;
    let steps = run.story.steps.len();
    for (n, step) in run.story.steps.iter().enumerate() {
        let shown = show(run.setup, before, step, run.reply);
        before = Some(&step.after);
        let who = actor(step).map_or("start", Names::of);
        let time = step
            .at
            .map_or_else(String::new, |at| format!("ms |-> {}, us |-> {}, ", at / 1000, at % 1000));
        let state = |side: Side| {
            string(
                ends[side.index()].get(n).copied().flatten().map_or("none", |state| state.name()),
            )
        };
        let reader = run.reply.from.peer();
        let account = step.after.hosts[reader.index()].app.account(run.reply.conn);
        let flight = |from: Side| in_flight(run, &step.after, from);
        let comma = if n + 1 < steps { "," } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  [ step |-> {n}, {time}by |-> {}, did |-> {},\n    \
             client |-> {}, server |-> {},\n    \
             to_server |-> {},\n    to_client |-> {},\n    read |-> {}, told |-> {} ]{comma}",
            string(who),
            string(&short::line(&shown)),
            state(Side::A),
            state(Side::B),
            flight(Side::A),
            flight(Side::B),
            account.read,
            string(&words::told(account.told)),
        );
    }
    let _ = writeln!(text, ">>\n\nASSUME Len(Trace) = {steps}\n====");
    text
}

const ABOUT: &str = "\
\\* A record a step, after the step: its number, its instant (ms and us, where there is a clock),
\\* who acted and what happened, the state of both ends, the segments on their way in the order of
\\* sending, bytes of the answer that the client's application has read, and what it was told last.
\\* The text of a segment is first..last, counted from 1; ack counts from the peer's initial number.
";

fn comment(text: &mut String, line: &str) {
    let plain: String = line.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
    let _ = writeln!(text, "\\* {}", plain.trim());
}

/// What one side has on its way.
fn in_flight(run: &Run<'_>, world: &World, from: Side) -> String {
    let peer = run.setup.iss[from.peer().index()];
    let all: Vec<String> =
        world.links[from.index()].flight.iter().map(|it| segment(it, peer)).collect();
    match all.is_empty() {
        true => "<<>>".to_owned(),
        false => format!("<< {} >>", all.join(",\n                  ")),
    }
}

fn segment(segment: &Segment, peer: Seq) -> String {
    let Segment { conn: _, flags, mss: _, seq: _, ack, text, wnd: _ } = segment;
    let names =
        [(flags.syn(), "SYN"), (flags.fin(), "FIN"), (flags.rst(), "RST"), (ack.is_some(), "ACK")];
    let set: Vec<String> =
        names.iter().filter(|(on, _)| *on).map(|(_, name)| string(name)).collect();
    // TLC's numbers are 32 bits with a sign; inside a connection no number is larger.
    let ack = ack.map_or(0, |ack| ack.since(peer).max(0));
    format!(
        "[flags |-> {{{}}}, first |-> {}, last |-> {}, ack |-> {ack}]",
        set.join(", "),
        text.start + 1,
        text.end
    )
}

/// A string of TLA+: quotes and backslashes escaped, nothing but printable ASCII.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            _ => out.push('?'),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_modules() {
        assert!(is_name(MODULE) && is_name("Race_2") && is_name("2nd"));
        for bad in ["", "12", "a-b", "MODULE", "Naturals", "WF_x", "r\u{e9}"] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn strings_are_escaped() {
        assert_eq!(string("a \"b\" \\ \u{e9}"), "\"a \\\"b\\\" \\\\ ?\"");
    }
}
