//! `loss`: how often the answer is lost: exactly where the laws have a closed form, else sampled
//! until it is precise enough; several servers on the same trials, so that a difference between two
//! of them is known better than either share.

mod basis;
mod count;
mod csv;
mod exact;
mod json;
mod rare;
mod text;

pub(super) use basis::path_law_words;
pub(super) use exact::Document as ExactDocument;
pub(super) use json::Document;
pub(super) use rare::Document as RareDocument;

use super::help::{self, Ends};
use super::samples::Samples;
use super::{Exit, Live, Printed, Problem, Say, names, parallel, pick, watch};
use crate::case::{Case, Scenario, Size};
use crate::preset::Actor;
use crate::timing::orders::Inexact;
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
    /// How shares are found; trials, a precision or a seed that are asked for mean sampled
    #[arg(long, value_enum, default_value_t)]
    method: Method,
    #[command(flatten)]
    enough: Enough,
    /// Seed of the trials [default: 1]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = pick::whole)]
    seed: Option<u64>,
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
    /// So many, however precise that is; --method rare takes 10000 unless told otherwise
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "N", conflicts_with_all = ["precision", "max_trials"],
          allow_negative_numbers = true,
          value_parser = RangedI64ValueParser::<u64>::new().range(1..=MOST))]
    trials: Option<u64>,
    /// Until half the width of the 95 % interval of the share lost is at most this [default: 0.5%]
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "POINTS", allow_hyphen_values = true, value_parser = precision)]
    precision: Option<f64>,
    /// The most trials, precise or not [default: 100000]
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "N", allow_negative_numbers = true,
          value_parser = RangedI64ValueParser::<u64>::new().range(1..=MOST))]
    max_trials: Option<u64>,
}

/// How shares are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Exact where it applies, else sampled; why is said
    #[default]
    Auto,
    /// Every order of events, weighed under the laws: fractions, closed forms
    Exact,
    /// Trials
    Sampled,
    /// Trials drawn where the answer is lost: for losses that plain trials never see
    Rare,
}

impl Args {
    /// Whether something is asked for that only trials have.
    const fn asks_for_trials(&self) -> bool {
        let Enough { trials, precision, max_trials } = self.enough;
        trials.is_some() || precision.is_some() || max_trials.is_some() || self.seed.is_some()
    }
}

/// The most trials that can be asked for.
const MOST: i64 = 10_000_000;

const EXAMPLES: &[help::Example] = &[
    ("closerace loss --server close --client duplex/abort", "exactly"),
    (
        "closerace loss --server close --client duplex/abort --method sampled",
        "until it is precise enough",
    ),
    (
        "closerace loss --story rtt-race --rtt gamma:11,800ms --method rare",
        "one in a thousand million",
    ),
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
    done: "exact, as many trials as asked, or as precise as asked",
    violated: None,
    inconclusive: Some(
        "not as precise as asked, stopped by Ctrl-C, no end, or --method does not apply",
    ),
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

/// What is asked about.
struct Subject {
    /// A case for every server; they differ in nothing else.
    cases: Vec<Case>,
    scenarios: Vec<Scenario>,
    /// Of every scenario.
    hashes: Vec<String>,
    samples: Option<Samples>,
}

/// Everything that was computed.
struct Computed {
    ask: Ask,
    /// Why there are trials where exact shares would be better; `None` where trials were asked for.
    why: Option<Inexact>,
    subject: Subject,
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
        let Subject { cases, hashes, .. } = &self.subject;
        Token { case: cases[server].clone(), which }.text(&hashes[server])
    }
}

pub(super) fn loss(args: &Args, live: Live, say: Say) -> Result<Printed, Problem> {
    let subject = subject(args)?;
    match args.method {
        Method::Auto if args.asks_for_trials() => sampled(args, subject, None, live, say),
        Method::Auto => match exact::weighed(&subject) {
            Ok(odds) => exact::printed(&subject, &odds, args.format, say),
            Err(why) => sampled(args, subject, Some(why), live, say),
        },
        Method::Exact if args.asks_for_trials() => Err(Problem::Usage(
            "what is exact takes no trials: leave out --trials, --precision, --max-trials and \
             --seed, or say --method sampled"
                .to_owned(),
        )),
        Method::Exact => match exact::weighed(&subject) {
            Ok(odds) => exact::printed(&subject, &odds, args.format, say),
            Err(why) => Err(Problem::Open(format!("not exact: {why}; --method sampled is"))),
        },
        Method::Sampled => sampled(args, subject, None, live, say),
        Method::Rare => rare::rare(args, &subject, say),
    }
}

fn subject(args: &Args) -> Result<Subject, Problem> {
    let changed = args.changes.read()?;
    let said: Vec<Option<&Actor>> = match args.server.is_empty() {
        true => vec![None],
        false => args.server.iter().map(Some).collect(),
    };
    let cases = said.into_iter().map(|server| case(args, server, &changed));
    let cases: Vec<Case> = cases.collect::<Result<_, _>>()?;
    let scenarios: Vec<Scenario> = cases.iter().map(Case::scenario).collect::<Result<_, _>>()?;
    let hashes = scenarios.iter().map(token::hash).collect();
    Ok(Subject { cases, scenarios, hashes, samples: changed.samples })
}

fn sampled(
    args: &Args,
    subject: Subject,
    why: Option<Inexact>,
    live: Live,
    say: Say,
) -> Result<Printed, Problem> {
    let Enough { trials, precision, max_trials } = args.enough;
    let precise =
        Until::Precise { half: precision.unwrap_or(0.005), most: max_trials.unwrap_or(100_000) };
    let until = trials.map_or(precise, Until::Trials);
    let seed = args.seed.unwrap_or(1);
    let ask = Ask { seed, until, threads: parallel::threads(args.threads) };
    let counted = watched(&subject.scenarios, ask, live);
    let computed = Computed { ask, why, subject, counted };
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
