//! `show NAME`: a strategy or policy as its lines, a stack as its answers with their sources.

use super::help::{self, Ends};
use super::{Exit, Format, Printed, Problem, Say, names, output, stacks};
use crate::case::{Case, Scale};
use crate::file::Doc;
use crate::preset::{Actor, Origin};
use crate::render::words::{self, HEAD, paint};
use crate::units::show_time as time;
use crate::{catalogue, client, file, server};
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::answer::Basis;
use sim_core::profile::{self, Profile};
use sim_core::script::{Goto, Lane, Limit, Line, Look, Op, Script, Starts, Until};
use sim_core::wire::law::{Shape, TAIL_BITS};
use sim_core::wire::{Bound, Law};
use sim_core::world::Path;
use std::fmt::Write;

/// What to show.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, Ends::PLAIN))]
pub(super) struct Args {
    /// A server strategy, a client policy, a stack or a story; `stacks` for the table of all
    #[arg(value_parser = names::shown(), hide_possible_values = true)]
    name: String,
    /// With `stacks`: what separates these two, and a shortest way to notice
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    diff: Option<Vec<String>>,
    /// How to print; a story is always a scenario file, csv and markdown are for `stacks`
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
    /// For people
    #[default]
    Human,
    /// For programs: one object with `schema_version` and `kind`
    Json,
    /// For spreadsheets: one line an answer
    Csv,
    /// For a page or a pull request
    Markdown,
}

impl Form {
    /// For everything that is not a table.
    fn plain(self) -> Result<Format, Problem> {
        match self {
            Form::Human => Ok(Format::Human),
            Form::Json => Ok(Format::Json),
            Form::Csv | Form::Markdown => {
                Err(Problem::Usage("csv and markdown are for `show stacks`".to_owned()))
            }
        }
    }
}

const EXAMPLES: &[help::Example] = &[
    ("closerace show linux", "every answer of a stack, with its source"),
    ("closerace show nginx", "a preset line by line, and where that was read"),
    ("closerace show lingering-close:idle=2s --quiet", "its lines alone"),
    ("closerace show upload", "a story as its scenario file"),
    ("closerace show freebsd --format json", ""),
    ("closerace show stacks", "what every stack answers to every question"),
    ("closerace show stacks --diff linux,macos", "what separates two, and how it shows"),
];

/// A story as a scenario file says it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ScenarioDocument {
    scenario: Doc,
}

impl output::Document for ScenarioDocument {
    const KIND: &'static str = "scenario";
}

/// A server or client as the model runs it in the story upload.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ScriptDocument {
    name: String,
    about: String,
    /// Where its sequence was read; absent for the generic ones.
    origin: Option<Origin>,
    script: Script,
}

impl output::Document for ScriptDocument {
    const KIND: &'static str = "script";
}

/// A stack's answers.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct StackDocument {
    name: &'static str,
    version: &'static str,
    answers: Vec<Answer>,
}

impl output::Document for StackDocument {
    const KIND: &'static str = "stack";
}

/// What a stack answers to a question of the rules.
#[derive(Debug, Serialize, JsonSchema)]
struct Answer {
    question: &'static str,
    answer: String,
    /// known, assumed or unknown.
    basis: &'static str,
    source: &'static str,
}

pub(super) fn show(args: &Args, say: Say) -> Result<Printed, Problem> {
    if args.name == "stacks" {
        return stacks::show(args.diff.as_deref(), args.format);
    }
    if args.diff.is_some() {
        return Err(Problem::Usage("--diff is for `show stacks`".to_owned()));
    }
    let format = args.format.plain()?;
    if let Some(profile) = Profile::named(&args.name) {
        return stack(profile, format, say);
    }
    if let Some(case) = catalogue::story(&args.name) {
        return story(&case, format);
    }
    let family = args.name.split(['{', ':']).next().unwrap_or_default();
    for named in [client::named, server::named] {
        if named(family).is_some() {
            let actor = Actor::parse(&args.name, named)
                .map_err(|unfit| Problem::Usage(unfit.to_string()))?;
            return application(&actor, format, say);
        }
    }
    let presets: Vec<String> =
        server::all().iter().chain(&client::all()).map(|preset| preset.name.clone()).collect();
    let mut all: Vec<&str> = presets.iter().map(String::as_str).collect();
    all.extend(profile::ALL.map(|p| p.name));
    all.extend(catalogue::names());
    Err(names::unknown("strategy, policy, stack or story", &args.name, &all))
}

/// A story as the scenario file that it is.
fn story(case: &Case, format: Format) -> Result<Printed, Problem> {
    let doc = file::doc(case);
    if format == Format::Json {
        return Printed::json(&ScenarioDocument { scenario: doc }, Exit::Done);
    }
    file::to_text(&doc).map(Printed::done).map_err(|why| Problem::Internal(why.to_string()))
}

fn application(actor: &Actor, format: Format, say: Say) -> Result<Printed, Problem> {
    let story = catalogue::case(
        catalogue::Variant::Upload,
        &server::generic()[0],
        &client::generic()[0],
        [&profile::LINUX, &profile::LINUX],
    );
    let script = actor
        .script(&Scale::full(&story))
        .map_err(|flaw| Problem::Internal(format!("{}: {flaw}", actor.preset.name)))?;
    let (name, about) = (actor.in_full(), &actor.preset.about);
    if format == Format::Json {
        let (about, origin) = (about.clone(), actor.preset.origin.clone());
        return Printed::json(&ScriptDocument { name, about, origin, script }, Exit::Done);
    }
    let mut text = String::new();
    if say == Say::All {
        let _ = writeln!(text, "{}\n  {about}", paint(HEAD, &name));
        text.extend(actor.preset.origin.as_ref().map(origin_words));
        text.push_str("\nIn the story upload:\n");
    }
    for lane in &script.lanes {
        let Lane { name, starts, lines } = lane;
        let starts = match starts {
            Starts::AtOnce => "begins at once",
            Starts::Spawned => "begins when another one starts it",
        };
        let _ = writeln!(text, "\n  {name} ({starts})");
        for (n, line) in lines.iter().enumerate() {
            let line = format!("  {n:>4}  {}", words_of(line, &script, lines.len()));
            let _ = writeln!(text, "{}", words::wrap(&line, 98, "        "));
        }
    }
    Ok(Printed::done(text))
}

/// Where a preset's sequence was read, and what it leaves out.
fn origin_words(origin: &Origin) -> String {
    let Origin { of, version, source, evidence, verified, leaves_out } = origin;
    let lines = [
        ("of", of.clone()),
        ("version", version.clone()),
        ("source", source.clone()),
        ("evidence", format!("{}; last looked at on {verified}", evidence.words())),
    ];
    let mut text = String::from("\n");
    for (what, says) in lines {
        let line = format!("  {what:<10}{says}");
        let _ = writeln!(text, "{}", words::wrap(&line, 98, "            "));
    }
    if !leaves_out.is_empty() {
        text.push_str("  leaves out\n");
    }
    for what in leaves_out {
        let _ = writeln!(text, "{}", words::wrap(&format!("    - {what}"), 98, "      "));
    }
    text
}

/// A line of a script in words.
fn words_of(line: &Line, script: &Script, lines: usize) -> String {
    let Line { op, wake, gap, then, on_error, on_limit, limit } = *line;
    let lane = |id: sim_core::script::LaneId| script.lanes[id.0 as usize].name.clone();
    let mut text = match op {
        Op::Call(call) => words::call(call),
        Op::Try(call) => format!("{}, without waiting", words::call(call)),
        Op::Read { fd: _, chunk, until } => {
            let until = match until {
                Until::Once => "once".to_owned(),
                Until::Eof => "until the stream ends".to_owned(),
                Until::Count(n) => format!("until {n} bytes have come"),
            };
            format!("read up to {chunk} bytes a call, {until}")
        }
        Op::Write { fd: _, total, chunk, look } => {
            let look = match look {
                Look::Never => "",
                Look::First => ", looking for an answer first",
            };
            format!("write {total} bytes, {chunk} a call{look}")
        }
        Op::Poll { .. } => "poll()".to_owned(),
        Op::Sleep(law) => format!("wait {}", law_words(law)),
        Op::SleepUntil(us) => format!("wait until {} ms", words::ms(us)),
        Op::Spawn(id) => format!("start {}", lane(id)),
        Op::Join(id) => format!("wait for {} to end", lane(id)),
        Op::Stop(id) => format!("end {}", lane(id)),
        Op::Jump => "go on".to_owned(),
    };
    let Limit { bytes, idle, total } = limit;
    let limits = [
        bytes.map(|n| format!("{n} bytes")),
        idle.map(|us| format!("{} between reads", time(us))),
        total.map(|us| format!("{} in all", time(us))),
    ];
    let limits: Vec<String> = limits.into_iter().flatten().collect();
    if !limits.is_empty() {
        let _ = write!(text, "; at most {}", limits.join(", "));
    }
    for (what, law) in [("wakes up in", wake), ("between calls", gap)] {
        if law != Law::ZERO {
            let _ = write!(text, "; {what} {}", law_words(law));
        }
    }
    for (when, to) in [("then", then), ("on an error", on_error), ("at a limit", on_limit)] {
        match to {
            Goto::Next => {}
            Goto::Line(n) if usize::from(n) < lines => {
                let _ = write!(text, "; {when} line {n}");
            }
            Goto::Line(_) | Goto::End => {
                let _ = write!(text, "; {when} the end");
            }
        }
    }
    text
}

/// A law in words.
pub(super) fn law_words(law: Law) -> String {
    match law {
        Law::Fixed(us) => time(us),
        Law::Uniform(0, hi) => format!("up to {}", time(hi)),
        Law::Uniform(lo, hi) => format!("{} to {}", time(lo), time(hi)),
        Law::Shaped(curve) => shape_words(curve.shape()) + &ends_words(law),
    }
}

/// How long the path takes, in words.
pub(super) fn path_words(path: Path) -> String {
    match path {
        Path::RoundTrip(law) => format!("round trip {}", law_words(law)),
        Path::OneWay(there, back) => {
            format!("to the server {}, to the client {}", law_words(there), law_words(back))
        }
    }
}

/// How many of their answers these stacks assume.
pub(super) fn assumptions(stacks: impl Iterator<Item = &'static Profile>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for profile in stacks {
        let answers = profile.answers();
        let count =
            answers.iter().filter(|(_, _, basis)| matches!(basis, Basis::Assumed(_))).count();
        let part =
            format!("{} assumes {count} of {} (closerace show {0})", profile.name, answers.len());
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.join(", ")
}

fn shape_words(shape: &Shape) -> String {
    match shape {
        Shape::Exponential { mean } => format!("exponential with mean {}", time(*mean)),
        Shape::LogNormal { median, p99 } => {
            format!("log-normal with median {} and 99 % up to {}", time(*median), time(*p99))
        }
        Shape::Gamma { shape_milli, mean } => {
            let shape = f64::from(*shape_milli) / 1000.0;
            format!("gamma with shape {shape} and mean {}", time(*mean))
        }
        Shape::Triangular { lo: _, mode, hi: _ } => {
            format!("triangular, most often about {}", time(*mode))
        }
        Shape::Histogram(bins) => format!("a histogram of {} bins", bins.len()),
    }
}

/// Between what it lies, and whether that is the law's own or where its tail is cut.
fn ends_words(law: Law) -> String {
    let (lo, hi) = (time(law.shortest()), time(law.longest()));
    match law.bound() {
        Bound::Own => format!(", {lo} to {hi}"),
        Bound::Cut => format!(", cut to {lo} to {hi} (one draw in 2^{TAIL_BITS} at either end)"),
    }
}

fn stack(profile: &'static Profile, format: Format, say: Say) -> Result<Printed, Problem> {
    let rows = profile.answers();
    if format == Format::Json {
        let answers = rows.into_iter().map(|(question, answer, basis)| {
            let (basis, source) = basis_words(basis);
            Answer { question: question.0, answer, basis, source }
        });
        let (name, version) = (profile.name, profile.version);
        let document = StackDocument { name, version, answers: answers.collect() };
        return Printed::json(&document, Exit::Done);
    }
    let mut text = format!("{}: {}\n\n", paint(HEAD, profile.name), profile.version);
    for (question, value, basis) in rows {
        let (kind, why) = basis_words(basis);
        let _ = writeln!(text, "  {:<26} {}", question.0, paint(HEAD, &value));
        if say == Say::All {
            let line = format!("      {kind}: {why}");
            let _ = writeln!(text, "{}", words::wrap(&line, 98, "        "));
        }
    }
    Ok(Printed::done(text))
}

pub(super) const fn basis_words(basis: Basis) -> (&'static str, &'static str) {
    match basis {
        Basis::Known(source) => ("known", source),
        Basis::Assumed(why) => ("assumed", why),
        Basis::Unknown => ("unknown", "nobody has looked"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::wire::law::Bin;

    #[test]
    fn a_law_says_what_it_is_and_where_it_ends() {
        let bins = vec![Bin { lo: 0, hi: 500, weight: 1 }, Bin { lo: 600, hi: 2_000, weight: 2 }];
        let cut = |ends: &str| format!(", cut to {ends} (one draw in 2^32 at either end)");
        let rows = [
            (Ok(Law::Uniform(0, 5_000)), "up to 5ms", String::new()),
            (Law::exponential(1_000_000), "exponential with mean 1s", cut("0s to 22180710us")),
            (
                Law::log_normal(1_000, 5_000),
                "log-normal with median 1ms and 99 % up to 5ms",
                cut("13us to 74462us"),
            ),
            (
                Law::gamma(2_500, 10_000),
                "gamma with shape 2.5 and mean 10ms",
                cut("1us to 107555us"),
            ),
            (Law::histogram(bins), "a histogram of 2 bins", ", 0s to 2ms".to_owned()),
        ];
        for (law, words, ends) in rows {
            assert_eq!(law.map(law_words), Ok(format!("{words}{ends}")));
        }
    }
}
