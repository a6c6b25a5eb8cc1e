//! `matrix`: strategies against policies.

mod cells;
mod json;
mod text;

use super::{Exit, Format, Printed, Problem, parallel, pick};
use crate::catalogue::Variant;
use cells::{Ask, Table};
use clap::ValueEnum;
use pick::Stacks;
use sim_core::profile;

/// What to compute.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    stacks: Stacks,
    /// Sizes of request and reply; all is upload with the others beside it
    #[arg(long, value_enum, default_value_t = Shown::All)]
    variant: Shown,
    /// Trials a cell
    #[arg(long, value_name = "N", default_value_t = 1000,
          value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    trials: u64,
    /// Seed of the trials
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Threads; results do not depend on it [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<usize>,
    /// The most states a cell may have
    #[arg(long, value_name = "N", default_value_t = 3_000_000)]
    max_states: u64,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n @ 1..=256) => Ok(n),
        Ok(_) | Err(_) => Err("a number from 1 to 256".to_owned()),
    }
}

/// Which variants are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shown {
    /// Upload as a table, the others in a line each
    All,
    /// 16 KiB in four writes
    Upload,
    /// One small write
    SmallRequest,
    /// An answer of 64 KiB
    LargeReply,
}

impl Shown {
    const fn variant(self) -> Variant {
        match self {
            Shown::All | Shown::Upload => Variant::Upload,
            Shown::SmallRequest => Variant::SmallRequest,
            Shown::LargeReply => Variant::LargeReply,
        }
    }
}

/// Everything that was computed.
struct Computed {
    ask: Ask,
    /// The table that was asked for.
    main: Table,
    /// The same with other stacks at both ends.
    stacks: Vec<Table>,
    /// The same with other sizes.
    variants: Vec<Table>,
}

pub(super) fn matrix(args: &Args) -> Result<Printed, Problem> {
    let ask = Ask { trials: args.trials, seed: args.seed, states: args.max_states };
    let here = args.stacks.both();
    let variant = args.variant.variant();
    let mut wanted = vec![(variant, here)];
    let same = |stack: &sim_core::profile::Profile| here.iter().all(|h| h.name == stack.name);
    let others: Vec<_> = profile::ALL.into_iter().filter(|stack| !same(stack)).collect();
    wanted.extend(others.iter().map(|stack| (variant, [*stack; 2])));
    if args.variant == Shown::All {
        wanted.extend([(Variant::SmallRequest, here), (Variant::LargeReply, here)]);
    }
    let mut tables =
        cells::tables(&wanted, ask, parallel::threads(args.threads))?.into_iter();
    let main = tables.next().ok_or_else(|| Problem::Internal("no table".to_owned()))?;
    let stacks: Vec<Table> = tables.by_ref().take(others.len()).collect();
    let computed = Computed { ask, main, stacks, variants: tables.collect() };
    match args.format {
        Format::Human => Ok(Printed::done(text::text(&computed)?)),
        Format::Json => Printed::json(&json::json(&computed)?, Exit::Done),
    }
}
