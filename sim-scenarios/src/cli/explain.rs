//! `explain WHAT`: what a message, an error, a cause, a word or a rule means, and what to do.

mod json;

pub(super) use json::{Document, Topics};

use super::help::{self, Ends};
use super::{Exit, Format, Printed, Problem, Say};
use crate::explain::{self, Found, Kind, Shown, Tale, Topic};
use crate::render::words::{self, DIM, HEAD, paint};
use sim_core::answer::Basis;
use sim_core::socket;
use sim_core::tcp::Rule;
use std::fmt::Write;

/// What to explain.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, Ends::PLAIN))]
pub(super) struct Args {
    /// A message, or a line of a log that has it; an error, a cause, a word, a rule
    #[arg(value_name = "WHAT")]
    what: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const EXAMPLES: &[help::Example] = &[
    ("closerace explain", "what can be explained"),
    ("closerace explain EPIPE", "an error"),
    ("closerace explain 'curl: (56) Recv failure: Connection reset by peer'", "a line of a log"),
    (
        "closerace explain '[error] writev() failed (32: Broken pipe) while sending request to \
         upstream'",
        "",
    ),
    ("closerace explain receive-queue flush", "a cause"),
    ("closerace explain text.late_reset --quiet", "a rule; only what it says"),
];

const WIDTH: usize = 98;

/// Longer than this nothing is looked through: it is no message, and looking takes time.
const LONGEST: usize = 64 * 1024;

pub(super) fn explain(args: &Args, say: Say) -> Result<Printed, Problem> {
    let what = args.what.join(" ");
    if args.what.is_empty() {
        return list(args.format, say);
    }
    if what.len() > LONGEST {
        return Err(Problem::Usage(format!(
            "{} bytes are no message: at most {LONGEST} are looked through",
            what.len()
        )));
    }
    let found = explain::find(&what);
    let Some((first, others)) = found.split_first() else { return Err(unknown(&what)) };
    let also: Vec<&str> = others.iter().map(Found::name).collect();
    match (args.format, say) {
        (Format::Human, Say::All) => Ok(Printed::done(human(first, &also))),
        (Format::Human, Say::Answer) => Ok(Printed::done(short(first))),
        (Format::Json, _) => Printed::json(&json::document(first, &also), Exit::Done),
    }
}

fn unknown(what: &str) -> Problem {
    let mut text = format!("nothing here explains {:?}", shortened(what));
    let near = explain::near(what);
    if !near.is_empty() {
        text.push_str("\n  did you mean one of these?");
    }
    for name in near {
        let _ = write!(text, "\n    {name}");
    }
    text.push_str("\n  topics:");
    for (heading, names) in headings() {
        // The names of rules would bury the others.
        let names = match heading {
            RULES => format!("{} of them; `closerace explain` lists them", names.len()),
            _ => names.join(" | "),
        };
        let line = format!("    {heading}: {names}");
        let _ = write!(text, "\n{}", words::wrap(&line, WIDTH, "      "));
    }
    Problem::Usage(text)
}

/// A name as far as it can be shown in a line.
fn shortened(what: &str) -> String {
    let most = 60;
    match what.chars().count() > most {
        true => what.chars().take(most).chain("...".chars()).collect(),
        false => what.to_owned(),
    }
}

const RULES: &str = "rules";

/// What can be explained, by headings.
fn headings() -> Vec<(&'static str, Vec<&'static str>)> {
    let topics = explain::topics();
    let of = |kind: Kind| {
        let these = topics.iter().filter(|topic| topic.kind == kind);
        (kind.heading(), these.map(|topic| topic.name).collect())
    };
    let mut all: Vec<(&str, Vec<&str>)> = Kind::ALL.into_iter().map(of).collect();
    all.push((RULES, socket::rules().iter().map(|rule| rule.id).collect()));
    all
}

fn list(format: Format, say: Say) -> Result<Printed, Problem> {
    if format == Format::Json {
        let lists = headings().into_iter().collect();
        return Printed::json(&Topics { lists }, Exit::Done);
    }
    if say == Say::Answer {
        let names = headings().into_iter().flat_map(|(_, names)| names);
        return Ok(Printed::done(names.map(|name| format!("{name}\n")).collect()));
    }
    let mut text = String::new();
    for (heading, names) in headings() {
        let _ = writeln!(text, "{}", paint(HEAD, heading));
        if heading == Kind::Message.heading() {
            names.iter().for_each(|name| {
                let _ = writeln!(text, "  {name}");
            });
        } else {
            let line = format!("  {}", names.join(", "));
            let _ = writeln!(text, "{}", words::wrap(&line, WIDTH, "  "));
        }
        text.push('\n');
    }
    text.push_str("closerace explain WHAT tells more; WHAT may be a whole line of a log.\n");
    Ok(Printed::done(text))
}

fn human(found: &Found, also: &[&str]) -> String {
    let mut text = match found {
        Found::Topic(topic) => topic_text(topic),
        Found::Rule(rule) => rule_text(rule),
        Found::Question(question) => {
            let head = paint(HEAD, question);
            format!("{head}\n  a question that rules ask of a stack\n{}", answers(&[question]))
        }
    };
    if !also.is_empty() {
        text.push('\n');
        // A line each would bury the answer.
        let line = format!("Also in there: {}", also.join(" | "));
        let _ = writeln!(text, "{}", words::wrap(&line, WIDTH, "  "));
    }
    text
}

/// What it means and what to change, without the stacks' answers and commands.
fn short(found: &Found) -> String {
    match found {
        Found::Topic(topic) => {
            let mut text = words::wrap(topic.means, WIDTH, "") + "\n";
            text.push_str(&advice(topic.tale));
            text
        }
        Found::Rule(rule) => words::wrap(rule.says, WIDTH, "") + "\n",
        Found::Question(question) => answers(&[question]).trim_start().to_owned(),
    }
}

/// What to change, at either end.
fn advice(tale: &Tale) -> String {
    let mut text = String::new();
    for (who, advice) in [("server", tale.server), ("client", tale.client)] {
        let line = format!("  {who}: {advice}");
        let _ = writeln!(text, "{}", words::wrap(&line, WIDTH, "          "));
    }
    text
}

fn topic_text(topic: &Topic) -> String {
    let Topic { name, kind, keys: _, names: _, by, means, questions, tale } = topic;
    let Tale { wire, shown, server: _, client: _ } = tale;
    let mut text = format!("{}\n", paint(HEAD, name));
    let by = format!("  {}: {by}.", kind.by());
    let _ = writeln!(text, "{}", paint(DIM, &words::wrap(&by, WIDTH, "  ")));
    part(&mut text, "What it means", means);
    part(&mut text, "What has happened", wire);
    if !shown.is_empty() {
        let _ = writeln!(text, "\n{}", paint(HEAD, "Commands that show it"));
    }
    for Shown { command, says: _ } in *shown {
        let _ = writeln!(text, "  {command}");
    }
    if !questions.is_empty() {
        text.push_str(&answers(questions));
    }
    let _ = writeln!(text, "\n{}", paint(HEAD, "What to change"));
    text.push_str(&advice(tale));
    text
}

fn part(text: &mut String, heading: &str, body: &str) {
    let body = words::wrap(&format!("  {body}"), WIDTH, "  ");
    let _ = writeln!(text, "\n{}\n{body}", paint(HEAD, heading));
}

fn rule_text(rule: &Rule) -> String {
    let Rule { id, cite, says } = rule;
    let mut text = format!("{}\n", paint(HEAD, id));
    let by = format!("  a rule of {}", words::cite(cite));
    let _ = writeln!(text, "{}", paint(DIM, &by));
    part(&mut text, "What it says", says);
    match explain::decided_by(id) {
        [] => text.push_str("\nNo stack is asked: it is the same on all of them.\n"),
        questions => text.push_str(&answers(questions)),
    }
    text
}

/// What each stack answers, question by question.
fn answers(questions: &[&str]) -> String {
    let mut text = format!("\n{}\n", paint(HEAD, "What the stacks answer"));
    for question in questions {
        let _ = writeln!(text, "  {question}");
        for (stack, value, basis) in explain::answered(question) {
            let line = format!("    {:<13} {value}  {}", stack.name, rests(basis));
            let _ = writeln!(text, "{}", words::wrap(&line, WIDTH, "             "));
        }
    }
    text
}

fn rests(basis: Basis) -> String {
    match basis {
        Basis::Known(source) => format!("({source})"),
        Basis::Assumed(why) => format!("(ASSUMED: {why})"),
        Basis::Unknown => "(nobody has looked)".to_owned(),
    }
}
