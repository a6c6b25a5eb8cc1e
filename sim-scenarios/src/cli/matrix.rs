//! `matrix`: strategies against policies.

mod basis;
pub(super) mod cells;
mod json;
mod next;
mod rows;
pub(super) mod shared;
mod text;
mod wide;

pub(super) use json::Document;

use super::help::{self, Ends};
use super::{Exit, Printed, Problem, Say, names, parallel, pick, scenario};
use crate::case::Case;
use crate::preset::{Actor, Preset};
use crate::{catalogue, client, server};
use cells::{Ask, Cell, Table};
use clap::ValueHint;
use clap::builder::RangedI64ValueParser;
use pick::{Changed, Changes, Stacks};
use sim_core::profile;
use std::path::PathBuf;
use std::sync::Arc;

/// What to compute.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Servers, down: a strategy with its numbers, generic or all; can be said again
    #[arg(long, value_name = "STRATEGY", default_value = "generic", value_parser = names::servers(),
          hide_possible_values = true)]
    server: Vec<String>,
    /// Clients, across: likewise
    #[arg(long, value_name = "POLICY", default_value = "generic", value_parser = names::clients(),
          hide_possible_values = true)]
    client: Vec<String>,
    /// The story; without it upload, and the other sizes of the founding case beside it
    #[arg(long, value_name = "STORY", value_parser = names::stories(), alias = "variant",
          conflicts_with = "scenario")]
    story: Option<&'static str>,
    /// A story of your own: a scenario file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    scenario: Option<PathBuf>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    stacks: Stacks,
    /// Trials a cell [default: 1000; fewer where a trial carries more than a megabyte]
    #[arg(long, value_name = "N", allow_negative_numbers = true,
          value_parser = RangedI64ValueParser::<u64>::new().range(1..=10_000_000))]
    trials: Option<u64>,
    /// Seed of the trials
    #[arg(long, value_name = "N", default_value_t = 1,
          allow_negative_numbers = true, value_parser = pick::whole)]
    seed: u64,
    /// Threads; results do not depend on it [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = parallel::asked, allow_negative_numbers = true)]
    threads: Option<usize>,
    /// The most states a cell may have
    #[arg(long, value_name = "N", default_value_t = 3_000_000,
          allow_negative_numbers = true, value_parser = pick::whole)]
    max_states: u64,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Shape,
}

/// The end of its help. (Its options are the program's, too, whose help ends otherwise.)
pub(super) fn after() -> String {
    help::after(EXAMPLES, ENDS)
}

const EXAMPLES: &[help::Example] = &[
    ("closerace matrix", "strategies against policies, Linux to Linux"),
    ("closerace matrix --server-stack freebsd --story upload --quiet", "the table alone"),
    ("closerace matrix --server nginx --client all --request 1MB --rtt 40ms --trials 20", ""),
    ("closerace matrix --server generic --server tomcat --client curl --format markdown", ""),
    ("closerace matrix --scenario my.toml --server close --client curl --format csv", ""),
    ("closerace matrix --server close --client curl --max-states 20", "marked ? (ends with 3)"),
];

const ENDS: Ends = Ends {
    done: "computed, whatever it shows",
    violated: None,
    inconclusive: Some("a cell is left open (?): --max-states, or an answer that nobody has"),
};

/// How a matrix is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Shape {
    /// For people
    #[default]
    Human,
    /// For programs: one object with `schema_version` and `kind`
    Json,
    /// For spreadsheets: one line a cell
    Csv,
    /// For a page or a pull request
    Markdown,
}

/// Above so many cells only the table that was asked for is computed.
const MOST_WITH_OTHERS: usize = 64;

/// Trials a cell where nobody says: so many that a table is a matter of seconds. A thousand up to a
/// megabyte a trial, then in proportion.
fn usual_trials(case: &Case) -> u64 {
    let bytes = u64::from(case.job.request) + u64::from(case.job.reply);
    1_000_000_000_u64.div_ceil(bytes.max(1)).clamp(20, 1_000)
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

/// The words on the command line that stand for several presets.
pub(super) fn actors(
    words: &[String],
    (all, generic): (&[Arc<Preset>], &[Arc<Preset>]),
    one: fn(&str) -> Result<Actor, String>,
) -> Result<Vec<Actor>, Problem> {
    let mut actors: Vec<Actor> = Vec::new();
    for word in words {
        match word.as_str() {
            "all" => actors.extend(all.iter().map(Actor::from)),
            "generic" => actors.extend(generic.iter().map(Actor::from)),
            _ => actors.push(one(word).map_err(|why| Problem::Usage(format!("{word}: {why}")))?),
        }
    }
    Ok(actors)
}

impl Args {
    /// The scenario, or the story with this name, with what is changed of it.
    fn told(&self, story: &str, changed: &Changed) -> Result<Case, Problem> {
        let absent = || Problem::Internal(format!("the story {story} is gone"));
        let mut case = match &self.scenario {
            Some(path) => scenario::read(path)?,
            None => catalogue::story(story).ok_or_else(absent)?,
        };
        changed.apply(&mut case)?;
        case.stacks = self.stacks.over(case.stacks);
        Ok(case)
    }
}

pub(super) fn matrix(args: &Args, say: Say) -> Result<Printed, Problem> {
    let servers = (&server::all()[..], server::generic());
    let servers = actors(&args.server, servers, names::server_actor)?;
    let clients = (&client::all()[..], client::generic());
    let clients = actors(&args.client, clients, names::client_actor)?;
    let changed = args.changes.read()?;
    let told = args.told(args.story.unwrap_or("upload"), &changed)?;
    let here = told.stacks;
    let mut wanted = vec![told];
    let same = |stack: &profile::Profile| here.iter().all(|h| h.name == stack.name);
    let alone = servers.len() * clients.len() > MOST_WITH_OTHERS;
    let others: Vec<_> =
        profile::USUAL.into_iter().filter(|stack| !alone && !same(stack)).collect();
    for stack in &others {
        wanted.push(Case { stacks: [*stack; 2], ..wanted[0].clone() });
    }
    let story_given = args.story.is_some() || args.scenario.is_some();
    if !alone && !story_given && wanted[0].changes.is_empty() {
        let other = |story| args.told(story, &changed);
        wanted.extend([other("small-request")?, other("large-reply")?]);
    }
    let trials = args.trials.unwrap_or_else(|| usual_trials(&wanted[0]));
    let ask = Ask { trials, seed: args.seed, states: args.max_states };
    let threads = parallel::threads(args.threads);
    let mut tables = cells::tables(&wanted, (&servers, &clients), ask, threads)?.into_iter();
    let main = tables.next().ok_or_else(|| Problem::Internal("no table".to_owned()))?;
    let stacks: Vec<Table> = tables.by_ref().take(others.len()).collect();
    let computed = Computed { ask, main, stacks, variants: tables.collect() };
    match args.format {
        Shape::Human => Ok(Printed { text: text::text(&computed, say)?, exit: computed.exit() }),
        Shape::Json => Printed::json(&json::document(&computed)?, computed.exit()),
        Shape::Csv => Ok(Printed { text: rows::csv(&computed), exit: computed.exit() }),
        Shape::Markdown => Ok(Printed { text: rows::markdown(&computed), exit: computed.exit() }),
    }
}
