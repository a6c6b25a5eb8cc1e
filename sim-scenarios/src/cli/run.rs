//! `run`: one run, drawn.

use super::help::{self, Ends};
use super::tell::{Telling, print, telling};
use super::{Format, Printed, Problem, Say, pick};
use crate::case::{Case, Scenario, Size};
use crate::render::words::thousands;
use crate::token::{Token, Which};
use pick::Pick;
use sim_core::drive::run::HORIZON;
use sim_core::report::odds::odds;
use sim_core::report::outcome::Word;

/// Which run.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, ENDS))]
pub(super) struct Args {
    #[command(flatten)]
    pick: Pick,
    #[command(flatten)]
    trial: Trial,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const EXAMPLES: &[help::Example] = &[
    ("closerace run --server close --client duplex/abort", ""),
    (
        "closerace run --server close --client duplex/abort --lost",
        "the first that loses the answer",
    ),
    ("closerace run --story keep-alive-idle", "a story as it is told"),
    ("closerace run --server nginx --client curl --request 1MB --rtt 40ms --format json", ""),
    ("closerace run --scenario my.toml --seed 7 --trial 3", "a story of your own"),
    ("closerace run --server drain --client late-reader --lost", "none is lost (ends with 3)"),
];

const ENDS: Ends = Ends {
    done: "carried out, however it ended",
    violated: None,
    inconclusive: Some("an answer that nobody has was needed, or --lost found no such trial"),
};

/// Which of a case's runs.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Trial {
    /// Seed of the delays
    #[arg(long, value_name = "N", default_value_t = 1,
          allow_negative_numbers = true, value_parser = pick::whole)]
    seed: u64,
    /// Which trial of the seed
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        conflicts_with = "lost",
        allow_negative_numbers = true, value_parser = pick::whole
    )]
    trial: u64,
    /// The first trial that ends without the whole answer
    #[arg(long)]
    lost: bool,
}

/// How far `--lost` looks.
const FAR: u64 = 100_000;

pub(super) fn run(args: &Args, say: Say) -> Result<Printed, Problem> {
    print(&chosen(&args.pick, args.trial)?, args.format, say)
}

/// The run that these options choose.
///
/// # Errors
/// An answer nobody has; no trial that loses the answer.
pub(super) fn chosen(pick: &Pick, of: Trial) -> Result<Telling, Problem> {
    let case = pick.case(Size::Full)?;
    let scenario = case.scenario()?;
    let trial = if of.lost { first_lost(of.seed, &case, &scenario)? } else { of.trial };
    telling(Token { case, which: Which::Drawn { seed: of.seed, trial } }, scenario)
}

fn first_lost(seed: u64, case: &Case, scenario: &Scenario) -> Result<u64, Problem> {
    let mut from = 0;
    while from < FAR {
        let to = (from + 1000).min(FAR);
        let tally = odds(&scenario.setup, scenario.reply, HORIZON, seed, from..to);
        let missed = tally.counts.iter().filter(|(outcome, _, _)| outcome.word != Word::Seen);
        if let Some(first) = missed.map(|(_, _, first)| *first).min() {
            return Ok(first);
        }
        from = to;
    }
    Err(Problem::Open(format!(
        "none of the first {} trials of seed {} ends without the answer; \
         `closerace explore {}` looks at every order",
        thousands(FAR),
        seed,
        pick::typed(case),
    )))
}
