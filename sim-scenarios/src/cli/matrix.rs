//! `matrix`: strategies against policies.

mod basis;
mod cells;
mod json;
mod next;
mod text;

use super::{Exit, Format, Printed, Problem, parallel, pick};
use crate::catalogue::Variant;
use cells::{Ask, Cell, Table};
use clap::ValueEnum;
use clap::builder::RangedI64ValueParser;
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

          allow_negative_numbers = true,
          value_parser = RangedI64ValueParser::<u64>::new().range(1..=10_000_000))]
    trials: u64,
    /// Seed of the trials
    #[arg(long, value_name = "N", default_value_t = 1,
          allow_negative_numbers = true, value_parser = pick::whole)]
    seed: u64,
    /// Threads; results do not depend on it [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    threads: Option<usize>,
    /// The most states a cell may have
    #[arg(long, value_name = "N", default_value_t = 3_000_000,
          allow_negative_numbers = true, value_parser = pick::whole)]
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

impl Computed {
    /// Every table, the one that was asked for first.
    fn tables(&self) -> Vec<&Table> {
        let Computed { ask: _, main, stacks, variants } = self;
        std::iter::once(main).chain(stacks).chain(variants).collect()
    }

    fn exit(&self) -> Exit {
        let tables = self.tables();
        let mut cells = tables.iter().flat_map(|table| &table.cells);
        if cells.all(Cell::is_determined) { Exit::Done } else { Exit::Inconclusive }
    }
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
    let mut tables = cells::tables(&wanted, ask, parallel::threads(args.threads))?.into_iter();
    let main = tables.next().ok_or_else(|| Problem::Internal("no table".to_owned()))?;
    let stacks: Vec<Table> = tables.by_ref().take(others.len()).collect();
    let computed = Computed { ask, main, stacks, variants: tables.collect() };
    match args.format {
        Format::Human => Ok(Printed { text: text::text(&computed)?, exit: computed.exit() }),
        Format::Json => Printed::json(&json::json(&computed)?, computed.exit()),
    }
}
