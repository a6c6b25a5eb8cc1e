//! `run`: one run, drawn.

use super::tell::{print, telling};
use super::{Format, Printed, Problem, pick};
use crate::case::{Case, Scenario, Size};
use crate::render::words::thousands;
use crate::token::{Token, Which};
use pick::Pick;
use sim_core::drive::run::HORIZON;
use sim_core::report::odds::odds;
use sim_core::report::outcome::Word;

/// Which run.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pick: Pick,
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
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How far `--lost` looks.
const FAR: u64 = 100_000;

pub(super) fn run(args: &Args) -> Result<Printed, Problem> {
    let case = args.pick.case(Size::Full)?;
    let scenario = case.scenario()?;
    let trial = if args.lost { first_lost(args, &case, &scenario)? } else { args.trial };
    let which = Which::Drawn { seed: args.seed, trial };
    print(&telling(Token { case, which }, scenario)?, args.format)
}

fn first_lost(args: &Args, case: &Case, scenario: &Scenario) -> Result<u64, Problem> {
    let mut from = 0;
    while from < FAR {
        let to = (from + 1000).min(FAR);
        let tally = odds(&scenario.setup, scenario.reply, HORIZON, args.seed, from..to);
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
        args.seed,
        pick::typed(case),
    )))
}
