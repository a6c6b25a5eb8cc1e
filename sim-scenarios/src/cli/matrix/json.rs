//! The matrix for programs.

use super::Computed;
use super::cells::{self, interval};
use crate::case::Case;
use crate::cli::output::{self, Outcome};
use crate::cli::{Problem, pick};
use crate::preset::Job;
use crate::token;
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::drive::explore::End;
use sim_core::report::outcome::Word;
use sim_core::tcp::Gone;
use sim_core::world::Budget;

/// Tables of strategies against policies, the one that was asked for first.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct Document {
    seed: u64,
    /// Trials a cell.
    trials: u64,
    pace: &'static str,
    budget: Budget,
    max_states: u64,
    /// What `low` and `high` are.
    interval: &'static str,
    tables: Vec<Table>,
}

impl output::Document for Document {
    const KIND: &'static str = "matrix";
}

/// Strategies against policies, on a pair of stacks.
#[derive(Debug, Serialize, JsonSchema)]
struct Table {
    story: String,
    client_stack: &'static str,
    server_stack: &'static str,
    sampled_bytes: Bytes,
    explored_bytes: Bytes,
    cells: Vec<Cell>,
}

/// What the applications have to do.
#[derive(Debug, Serialize, JsonSchema)]
struct Bytes {
    request: u32,
    /// In one call.
    write: u32,
    reply: u32,
}

impl From<&Job> for Bytes {
    fn from(job: &Job) -> Bytes {
        Bytes { request: job.request, write: job.write, reply: job.reply }
    }
}

/// A strategy against a policy.
#[derive(Debug, Serialize, JsonSchema)]
struct Cell {
    server: String,
    client: String,
    /// The options that choose the same case for run and explore.
    options: String,
    /// The scenario's hash.
    scenario: String,
    /// Words that occur, over all orders and in the trials.
    words: Vec<Word>,
    /// The cause with the largest share; without a trial that lost it, of the shortest trace.
    cause: Option<Gone>,
    explored: Explored,
    sampled: Sampled,
}

/// Over all orders.
#[derive(Debug, Serialize, JsonSchema)]
struct Explored {
    /// 0 where an earlier cell has the same space.
    states: u64,
    complete: bool,
    outcomes: Vec<Seen>,
}

/// A word with its cause.
#[derive(Debug, Serialize, JsonSchema)]
struct Seen {
    word: Word,
    cause: Option<Gone>,
}

/// In the trials.
#[derive(Debug, Serialize, JsonSchema)]
struct Sampled {
    /// Trials without the whole answer.
    missed: u64,
    trials: u64,
    /// Trials that an answer nobody has, or a bound, has ended.
    halted: u64,
    low: f64,
    high: f64,
    outcomes: Vec<Counted>,
}

/// An outcome and how often it was met.
#[derive(Debug, Serialize, JsonSchema)]
struct Counted {
    #[serde(flatten)]
    outcome: Outcome,
    count: u64,
    first_trial: u64,
}

pub(super) fn document(computed: &Computed) -> Result<Document, Problem> {
    let ask = computed.ask;
    let tables = computed.tables().into_iter().map(table).collect::<Result<_, _>>()?;
    Ok(Document {
        seed: ask.seed,
        trials: ask.trials,
        pace: "racing",
        budget: Budget::default(),
        max_states: ask.states,
        interval: "Clopper-Pearson, 95 %",
        tables,
    })
}

fn table(table: &cells::Table) -> Result<Table, Problem> {
    Ok(Table {
        story: table.case.story.clone(),
        client_stack: table.case.stacks[0].name,
        server_stack: table.case.stacks[1].name,
        sampled_bytes: Bytes::from(&table.case.job),
        explored_bytes: Bytes::from(&table.explored),
        cells: table.cells.iter().map(cell).collect::<Result<_, _>>()?,
    })
}

fn cell(cell: &cells::Cell) -> Result<Cell, Problem> {
    let Case { server, client, .. } = &cell.case;
    let cells::Explored { states, end, halted, seen } = &cell.explored;
    let (low, high) = interval(cell.missed(), cell.tally.trials);
    let counted = cell.tally.counts.iter().map(|(outcome, count, first)| Counted {
        outcome: Outcome::from(outcome),
        count: *count,
        first_trial: *first,
    });
    Ok(Cell {
        server: server.in_full(),
        client: client.in_full(),
        options: pick::typed(&cell.case),
        scenario: token::hash(&cell.case.scenario()?),
        words: cell.words(),
        cause: cell.cause(),
        explored: Explored {
            states: *states,
            complete: *end == Some(End::Complete) && halted.is_none(),
            outcomes: seen
                .iter()
                .map(|(word, cause)| Seen { word: *word, cause: *cause })
                .collect(),
        },
        sampled: Sampled {
            missed: cell.missed(),
            trials: cell.tally.trials,
            halted: cell.tally.halted,
            low,
            high,
            outcomes: counted.collect(),
        },
    })
}
