//! `export`: a run for other programs.

use super::help::{self, Ends};
use super::out_file::{Old, write};
use super::pick::Pick;
use super::tell::{self, Telling};
use super::{Exit, Printed, Problem, replay, run};
use crate::case::Scenario;
use crate::render::words::thousands;
use crate::render::{csv, happens_before, mermaid, packetdrill, prism, svg, tla};
use crate::timing::grid::coarse;
use crate::timing::orders::{ORDERS, Orders};
use clap::builder::RangedI64ValueParser;
use clap::{ValueEnum, ValueHint};
use sim_core::wire::Side;
use std::path::{Path, PathBuf};

/// Which run, and as what.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = format!("{}\n\n{NOTES}", help::after(EXAMPLES, ENDS)))]
pub(super) struct Args {
    /// The run's token, as printed by run and explore; instead of the options that choose a run
    #[arg(conflicts_with_all = CHOICE)]
    token: Option<String>,
    #[command(flatten)]
    pick: Pick,
    #[command(flatten)]
    trial: run::Trial,
    /// As what
    #[arg(long, value_enum)]
    format: As,
    /// Whose stack a packetdrill script puts to the test
    #[arg(long, value_enum, default_value_t = End::Server)]
    side: End,
    /// How many durations a law gives in a PRISM model
    #[arg(long, value_name = "N", default_value_t = 4, allow_negative_numbers = true,
          value_parser = RangedI64ValueParser::<u64>::new().range(1..=100))]
    grid: u64,
    /// Write to this file instead of standard output; a file that is there is kept without --force
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Overwrite the file
    #[arg(long, requires = "output")]
    force: bool,
}

/// What a token says already.
const CHOICE: [&str; 25] = [
    "server",
    "client",
    "story",
    "request",
    "write",
    "reply",
    "rtt",
    "to_server",
    "to_client",
    "gap",
    "wake",
    "late",
    "accept",
    "jitter",
    "rate",
    "send_buffer",
    "receive_buffer",
    "rtt_samples",
    "column",
    "unit",
    "server_stack",
    "client_stack",
    "seed",
    "trial",
    "lost",
];

const EXAMPLES: &[help::Example] = &[
    ("closerace export TOKEN --format svg", "a picture with time to scale"),
    ("closerace export --server close --client duplex/abort --lost --format mermaid", ""),
    ("closerace export --server close --client curl --format svg --output pages/race.svg", ""),
    ("closerace export --server close --client duplex/abort --format tla", "states for TLC"),
    ("closerace export --scenario my.toml --format csv", "a row an event"),
    (
        "closerace export --story rtt-race --server close --client write-all/abort --format prism",
        "",
    ),
    ("closerace export TOKEN --format packetdrill --side client", "for drill, or packetdrill"),
];

const ENDS: Ends = Ends {
    done: "printed, or written",
    violated: None,
    inconclusive: Some("an answer that nobody has was needed, or --lost found no such trial"),
};

const NOTES: &str = "\
A run has no graph of states: `closerace explore --dot FILE` writes that one.
A TLA+ module is called as its file: --output Race.tla gives MODULE Race.";

/// Formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum As {
    /// The same object as `run --format json`
    Json,
    /// What happened before what (Graphviz): program order at each end, and sending before arrival
    Dot,
    /// A sequenceDiagram for Markdown: messages in the order of arrival
    Mermaid,
    /// The ladder as a picture, with time to scale
    Svg,
    /// The states of the run as a TLA+ constant, for TLC
    Tla,
    /// A row an event (RFC 4180)
    Csv,
    /// A packetdrill script for one of the two stacks (--side); `drill` runs it, and so does
    /// packetdrill
    Packetdrill,
    /// Not a run but the race behind it, as a Markov chain in PRISM's language: every delay drawn
    /// from a few durations (--grid), and for which of them the answer is lost
    Prism,
}

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum End {
    /// The client's
    Client,
    /// The server's
    Server,
}

pub(super) fn export(args: &Args) -> Result<Printed, Problem> {
    let telling = telling(args)?;
    let run = telling.run();
    let text = match args.format {
        As::Prism => chain(&telling, args.grid)?,
        As::Json => Printed::json(&tell::document(&telling), Exit::Done)?.text,
        As::Dot => happens_before::dot(&run),
        As::Mermaid => mermaid::mermaid(&run),
        As::Svg => svg::svg(&run),
        As::Tla => {
            exact(run.story.steps.len())?;
            tla::module(&run, &module_name(args.output.as_deref())?)
        }
        As::Csv => csv::csv(&run),
        As::Packetdrill => {
            let side = match args.side {
                End::Client => Side::A,
                End::Server => Side::B,
            };
            packetdrill::script(&run, side).map_err(|why| Problem::Usage(why.to_string()))?
        }
    };
    let Some(path) = &args.output else { return Ok(Printed::done(text)) };
    write(path, &text, if args.force { Old::Overwritten } else { Old::Kept })?;
    Ok(Printed::done(String::new()))
}

/// The race of the run's scenario, with laws that give so many durations.
fn chain(telling: &Telling, points: u64) -> Result<String, Problem> {
    let Scenario { setup, reply, .. } = telling.scenario();
    let setup = coarse(setup, points).map_err(|why| Problem::Internal(why.to_string()))?;
    let orders = Orders::of(&setup, *reply, ORDERS)
        .map_err(|why| Problem::Open(format!("the race is not known as a whole: {why}")))?;
    let about = [
        format!("closerace: scenario {}, {points} durations a law, alike likely.", telling.hash()),
        format!("Is the answer lost? {}", prism::PROPERTY),
    ];
    prism::model(&orders, &about).map_err(|why| Problem::Open(why.to_string()))
}

/// The most steps of a TLA+ module: TLC reads the whole trace as one value.
const MOST_STATES: usize = 5_000;

/// A module has a record a step, or a specification could not be asked about it: nothing can be
/// condensed. So what is too long is refused.
fn exact(steps: usize) -> Result<(), Problem> {
    match steps {
        0..=MOST_STATES => Ok(()),
        _ => Err(Problem::Usage(format!(
            "a TLA+ module has every state of the run, and {} are more than the {} that TLC reads \
             in reasonable time; take fewer bytes (--request 64KiB), or --format csv",
            thousands(steps as u64),
            thousands(MOST_STATES as u64),
        ))),
    }
}

fn telling(args: &Args) -> Result<Telling, Problem> {
    let Pick { server, client, source, changes: _, stacks: _ } = &args.pick;
    let file = source.scenario.as_deref();
    match &args.token {
        Some(token) => replay::again(token, file),
        None if file.is_some() || server.is_some() && client.is_some() => {
            run::chosen(&args.pick, args.trial)
        }
        None => Err(Problem::Usage(
            "name the run: either its TOKEN, or both --server STRATEGY and --client POLICY (see \
             `closerace list`), or --scenario FILE"
                .to_owned(),
        )),
    }
}

/// A module is called as its file, or TLC will not load it.
fn module_name(output: Option<&Path>) -> Result<String, Problem> {
    let Some(path) = output else { return Ok(tla::MODULE.to_owned()) };
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if tla::is_name(stem) {
        return Ok(stem.to_owned());
    }
    Err(Problem::Usage(format!(
        "a TLA+ module is called as its file, and {stem:?} cannot be a module's name: use letters, \
         digits and _, at least one letter (Race.tla)"
    )))
}
