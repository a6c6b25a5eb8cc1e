//! `loss`: how often the answer is lost, sampled until it is precise enough; several servers on the
//! same trials, so that a difference between two of them is known better than either share.

mod basis;
mod count;
mod csv;
mod json;
mod text;

pub(super) use json::Document;

use super::help::{self, Ends};
use super::samples::Samples;
use super::{Exit, Live, Printed, Problem, Say, names, parallel, pick, watch};
use crate::case::{Case, Scenario, Size};
use crate::preset::Actor;
use crate::token::{self, Token, Which};
use clap::ValueEnum;
use clap::builder::RangedI64ValueParser;
use count::{Ask, Counted, End, Until};
use indicatif::{ProgressBar, ProgressStyle};
use pick::{Changed, Changes, Picked, Source, Stacks};
use sim_core::report::outcome::Word;
use std::sync::atomic::AtomicBool;

/// What to sample.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, ENDS))]
pub(super) struct Args {
    /// How the server closes, as in close or lingering-close:idle=2s (see `closerace list`); said
    /// again for a comparison with the first; without it as the story says
    #[arg(long, value_name = "STRATEGY", value_parser = names::server(),
          hide_possible_values = true)]
    server: Vec<Actor>,
    /// What the client does; without it as the story says
    #[arg(long, value_name = "POLICY", value_parser = names::client(),
          hide_possible_values = true)]
    client: Option<Actor>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    stacks: Stacks,
    #[command(flatten)]
    enough: Enough,
    /// Seed of the trials
    #[arg(long, value_name = "N", default_value_t = 1,
          allow_negative_numbers = true, value_parser = pick::whole)]
    seed: u64,
    /// Threads; results do not depend on it [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = parallel::asked, allow_negative_numbers = true)]
    threads: Option<usize>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Where these stand in the help; a heading for what follows would reach beyond them.
const HEADING: &str = "Enough trials";

/// When there are enough trials.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Enough {
    /// So many, however precise that is
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "N", conflicts_with_all = ["precision", "max_trials"],
          allow_negative_numbers = true,
          value_parser = RangedI64ValueParser::<u64>::new().range(1..=MOST))]
    trials: Option<u64>,
    /// Until half the width of the 95 % interval of the share lost is at most this
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "POINTS", default_value = "0.5%", allow_hyphen_values = true,
          value_parser = precision)]
    precision: f64,
    /// The most trials, precise or not
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "N", default_value_t = 100_000, allow_negative_numbers = true,
          value_parser = RangedI64ValueParser::<u64>::new().range(1..=MOST))]
    max_trials: u64,
}

/// The most trials that can be asked for.
const MOST: i64 = 10_000_000;

const EXAMPLES: &[help::Example] = &[
    ("closerace loss --server close --client duplex/abort", "until it is precise enough"),
    (
        "closerace loss --server close --client duplex/abort --rtt exponential:30ms --precision 1%",
        "",
    ),
    (
        "closerace loss --server close --server shutdown-close --client duplex/abort --trials 2000",
        "",
    ),
    (
        "closerace loss --server close --client duplex/abort --rtt-samples rtts.csv --trials 2000",
        "",
    ),
    ("closerace loss --story tomcat-cliff --trials 200 --format csv", "a story as it is told"),
];

const ENDS: Ends = Ends {
    done: "as many trials as asked, or as precise as asked",
    violated: None,
    inconclusive: Some("not as precise as asked, stopped by Ctrl-C, or a trial came to no end"),
};

/// A precision in percentage points, as a share.
fn precision(text: &str) -> Result<f64, String> {
    let points = text.trim().strip_suffix('%').and_then(|points| points.trim_end().parse().ok());
    points
        .filter(|points: &f64| (0.05..=50.0).contains(points))
        .map(|points| points / 100.0)
        .ok_or_else(|| "write percentage points from 0.05% to 50%, as in 0.5%".to_owned())
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Human,
    /// For programs: one object with `schema_version` and `kind`
    Json,
    /// For tables: a line for every server, word, cause and difference
    Csv,
}

/// Everything that was computed.
struct Computed {
    ask: Ask,
    /// A case for every server; they differ in nothing else.
    cases: Vec<Case>,
    scenarios: Vec<Scenario>,
    /// Of every scenario.
    hashes: Vec<String>,
    samples: Option<Samples>,
    counted: Counted,
}

impl Computed {
    fn exit(&self) -> Exit {
        match self.counted.end {
            End::Asked | End::Precise => Exit::Done,
            End::Most | End::Stopped | End::Open => Exit::Inconclusive,
        }
    }

    /// The first trial of a server that lost the answer.
    fn first_lost(&self, server: usize) -> Option<u64> {
        self.counted.first(server, count::Finish::is_lost)
    }

    /// A trial of a server as a word that can be pasted.
    fn token(&self, server: usize, trial: u64) -> String {
        let which = Which::Drawn { seed: self.ask.seed, trial };
        Token { case: self.cases[server].clone(), which }.text(&self.hashes[server])
    }
}

pub(super) fn loss(args: &Args, live: Live, say: Say) -> Result<Printed, Problem> {
    let changed = args.changes.read()?;
    let said: Vec<Option<&Actor>> = match args.server.is_empty() {
        true => vec![None],
        false => args.server.iter().map(Some).collect(),
    };
    let cases = said.into_iter().map(|server| case(args, server, &changed));
    let cases: Vec<Case> = cases.collect::<Result<_, _>>()?;
    let scenarios: Vec<Scenario> = cases.iter().map(Case::scenario).collect::<Result<_, _>>()?;
    let hashes = scenarios.iter().map(token::hash).collect();
    let Enough { trials, precision, max_trials } = args.enough;
    let until = trials.map_or(Until::Precise { half: precision, most: max_trials }, Until::Trials);
    let ask = Ask { seed: args.seed, until, threads: parallel::threads(args.threads) };
    let counted = watched(&scenarios, ask, live);
    let samples = changed.samples;
    let computed = Computed { ask, cases, scenarios, hashes, samples, counted };
    let exit = computed.exit();
    match args.format {
        Format::Human => Ok(Printed { text: text::text(&computed, say), exit }),
        Format::Json => Printed::json(&json::document(&computed), exit),
        Format::Csv => Ok(Printed { text: csv::csv(&computed), exit }),
    }
}

/// The case of one of the servers.
fn case(args: &Args, server: Option<&Actor>, changed: &Changed) -> Result<Case, Problem> {
    let Args { client, source, stacks, .. } = args;
    let picked = Picked { server, client: client.as_ref(), source, changed, stacks: *stacks };
    picked.case(Size::Full)
}

/// The trials, with a sign of life and a way to end them where somebody sits in front.
fn watched(scenarios: &[Scenario], ask: Ask, live: Live) -> Counted {
    if live == Live::Batch {
        return count::count(scenarios, ask, &AtomicBool::new(false), &|_| {});
    }
    let stop = watch::stop_on_ctrl_c();
    let (most, ends) = match ask.until {
        Until::Trials(n) => (n, String::new()),
        Until::Precise { half, most } => (most, format!(", or +-{} points", half * 100.0)),
    };
    let bar = ProgressBar::with_draw_target(Some(most), watch::target(live));
    let template =
        "{wide_bar} {human_pos} of {human_len} trials{msg} (Ctrl-C prints what is known)";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(ends);
    let counted = count::count(scenarios, ask, stop, &|trials| bar.inc(trials));
    bar.finish_and_clear();
    counted
}

/// Words in the order in which they are listed.
const WORDS: [Word; 4] = [Word::Seen, Word::Truncated, Word::Lost, Word::Stuck];
