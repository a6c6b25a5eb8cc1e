//! `explore`: every order in which things can happen.

mod dot;
mod json;
mod judged;
mod text;

pub(super) use json::Document;

use super::help::{self, Ends};
use super::{Exit, Format, Live, Printed, Problem, Say, pick, watch};
use crate::case::{Case, Scenario, Size};
use crate::claim::{Claim, Judged};
use crate::token::{self, Token, Which};
use clap::{ValueEnum, ValueHint};
use indicatif::{ProgressBar, ProgressStyle};
use pick::Pick;
use sim_core::drive::explore::{Limits, Progress, Pulse};
use sim_core::pace::PaceName;
use sim_core::report::census::{Census, census};
use sim_core::report::claim::Weight;
use sim_core::report::trace::choices;
use sim_core::world::{Action, Budget};
use std::path::PathBuf;

/// What to explore.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, ENDS))]
pub(super) struct Args {
    #[command(flatten)]
    pick: Pick,
    /// How large: small keeps what decides, full is what run and matrix sample
    #[arg(long, value_enum, default_value_t = SizeName::Small)]
    size: SizeName,
    /// Which orders
    #[arg(long, value_enum, default_value_t = Orders::Racing)]
    pace: Orders,
    /// Segments that each link may lose
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    loss: Option<u8>,
    /// Segments that each link may deliver twice
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    repeat: Option<u8>,
    /// Segments that may overtake older ones
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    reorder: Option<u8>,
    /// The most states
    #[arg(long, value_name = "N", default_value_t = 3_000_000,
          allow_negative_numbers = true, value_parser = pick::whole)]
    max_states: u64,
    /// Write the state graph (its first thousand states) in the DOT language; - prints it alone
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    dot: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const EXAMPLES: &[help::Example] = &[
    ("closerace explore --server close --client duplex/abort", "all that can come of it"),
    ("closerace explore --server lingering-close --client write-all/abort", "a proof"),
    ("closerace explore --story upload", "with the claims of the story"),
    ("closerace explore --scenario my.toml --quiet", "only whether yours hold"),
    ("closerace explore --server drain --client late-reader --loss 1", "a segment may be lost"),
    ("closerace explore --server close --client duplex/abort --dot -", "the graph of states"),
    ("closerace explore --server close --client duplex/abort --max-states 99", "(ends with 3)"),
];

const ENDS: Ends = Ends {
    done: "every order was looked at, and everything claimed holds",
    violated: Some("a claim fails; a run that shows it is printed"),
    inconclusive: Some("not everything was looked at: --max-states, Ctrl-C, an answer nobody has"),
};

/// At which size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SizeName {
    /// A few segments
    Small,
    /// Twice as many
    Medium,
    /// As it is
    Full,
}

/// Which orders are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Orders {
    /// Deliveries, calls and short timers in any order; long timers when nothing else can happen
    Racing,
    /// Every timer waits until nothing else can happen
    Quiet,
    /// Anything at any time
    Free,
}

/// A census with what its printers need.
struct Explored {
    case: Case,
    scenario: Scenario,
    hash: String,
    census: Census,
    limits: Limits,
    /// What the story claims, where it is explored as it is.
    judged: Vec<(Claim, Case, Judged)>,
}

impl Args {
    /// What both links may do, where somebody says so.
    fn faults(&self) -> Option<Budget> {
        let said = [self.loss, self.repeat, self.reorder];
        let [loss, repeat, reorder] = said.map(Option::unwrap_or_default);
        said.iter().any(Option::is_some).then_some(Budget { loss, repeat, reorder })
    }
}

impl Explored {
    /// The token of a trace.
    fn token(&self, trace: &[Action]) -> Result<String, Problem> {
        let pace = self.census.pace;
        let choices = choices(&self.scenario.setup, pace, trace)
            .map_err(|wrong| Problem::Internal(wrong.to_string()))?;
        Ok(Token { case: self.case.clone(), which: Which::Chosen(pace, choices) }.text(&self.hash))
    }

    fn exit(&self) -> Exit {
        let setup = &self.scenario.setup;
        let violated = self.census.findings.iter().any(|finding| {
            finding.counterexample.is_some() && finding.claim.weight(setup) == Weight::Failure
        });
        match (violated, self.census.is_complete()) {
            (true, _) => Exit::Violated,
            (false, true) => judged::exit(&self.judged),
            (false, false) => Exit::Inconclusive,
        }
    }
}

pub(super) fn explore(args: &Args, live: Live, say: Say) -> Result<Printed, Problem> {
    let alone = args.dot.as_ref().is_some_and(|path| path.as_os_str() == "-");
    if alone && args.format == Format::Json {
        return Err(Problem::Usage(
            "--dot - prints the graph alone; with --format json name a file".to_owned(),
        ));
    }
    let size = match args.size {
        SizeName::Small => Size::Small,
        SizeName::Medium => Size::Medium,
        SizeName::Full => Size::Full,
    };
    let pace = match args.pace {
        Orders::Racing => PaceName::Racing,
        Orders::Quiet => PaceName::Quiet,
        Orders::Free => PaceName::Free,
    };
    let mut case = args.pick.case(size)?;
    case.faults = args.faults();
    let scenario = case.scenario()?;
    let limits = Limits { states: args.max_states, depth: u32::MAX };
    let census = watched(&scenario, pace, limits, live);
    let hash = token::hash(&scenario);
    // A story's claims are about the story as it is; each says what it changes.
    let as_told = args.pick.is_as_told() && case.faults.is_none() && size == Size::Small;
    let judged = match as_told && pace == PaceName::Racing {
        true => judged::judged(&case, args.max_states)?,
        false => Vec::new(),
    };
    let explored = Explored { case, scenario, hash, census, limits, judged };
    if let Some(path) = &args.dot {
        let graph = dot::dot(&explored.scenario, &explored.census);
        if alone {
            return Ok(Printed { text: graph, exit: explored.exit() });
        }
        std::fs::write(path, graph)
            .map_err(|error| Problem::File(path.display().to_string(), error))?;
    }
    match args.format {
        Format::Human => Ok(Printed { text: text::text(&explored, say)?, exit: explored.exit() }),
        Format::Json => Printed::json(&json::document(&explored)?, explored.exit()),
    }
}

/// The census, with a sign of life and a way to end it where somebody sits in front of it.
fn watched(scenario: &Scenario, pace: PaceName, limits: Limits, live: Live) -> Census {
    let Scenario { setup, reply, .. } = scenario;
    if live == Live::Batch {
        return census(setup, *reply, pace, limits, Pulse::silent());
    }
    let stop = watch::stop_on_ctrl_c();
    let bar = ProgressBar::with_draw_target(None, watch::target(live));
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} (Ctrl-C prints what is known)")
    {
        bar.set_style(style);
    }
    let mut tell = |progress: Progress| {
        let Progress { states, expanded, edges: _, depth } = progress;
        bar.set_message(format!(
            "{states} states, {} to go on from, step {depth}",
            states - expanded
        ));
        bar.tick();
    };
    let pulse = Pulse::silent().stopping_at(stop).telling(20_000, &mut tell);
    let census = census(setup, *reply, pace, limits, pulse);
    bar.finish_and_clear();
    census
}
