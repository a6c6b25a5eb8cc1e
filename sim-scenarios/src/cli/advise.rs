//! `advise`: the smallest safe setting, and what a strategy costs.

mod json;
mod plot;
mod text;

pub(super) use json::Document;

use super::help::{self, Ends};
use super::matrix::actors;
use super::out_file::{Old, write};
use super::pick::{Changes, Picked, Source, Stacks};
use super::{Exit, Live, Printed, Problem, Say, names, number, parallel, pick, watch};
use crate::advise::{
    Body, FOR_EVER, Hostile, Price, Safety, Setting, Target, Trips, body, hostile, price, settings,
    targets, trips,
};
use crate::case::{Case, Scenario, Size};
use crate::preset::Actor;
use crate::server;
use crate::timing::odds::Odds;
use crate::timing::orders::{Inexact, ORDERS, Orders};
use clap::builder::RangedI64ValueParser;
use clap::{ValueEnum, ValueHint};
use indicatif::{ProgressBar, ProgressStyle};
use sim_core::drive::run::HORIZON;
use sim_core::exact::BigRational;
use sim_core::exact::measure::Exact;
use sim_core::report::odds::odds;
use sim_core::report::outcome::Word;
use sim_core::wire::Micros;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

/// Which servers, and against what.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, ENDS))]
pub(super) struct Args {
    /// Servers: a strategy with its numbers, generic or all; can be said again
    #[arg(long, value_name = "STRATEGY", default_value = "generic", value_parser = names::servers(),
          hide_possible_values = true)]
    server: Vec<String>,
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
    /// Also from which value of each number on the answer is not read in at most this share of
    /// runs, as in 1e-6 or 0.1%, with every delay drawn by itself
    #[arg(long, value_name = "SHARE", value_parser = number::share, allow_hyphen_values = true)]
    loss: Option<BigRational>,
    /// Trials of each server, for what it costs, and for how often it loses where that is not exact
    #[arg(long, value_name = "N", default_value_t = 1_000, allow_negative_numbers = true,
          value_parser = RangedI64ValueParser::<u64>::new().range(1..=1_000_000))]
    trials: u64,
    /// Seed of the trials; every server meets the same
    #[arg(long, value_name = "N", default_value_t = 1,
          allow_negative_numbers = true, value_parser = pick::whole)]
    seed: u64,
    /// Threads; results do not depend on it [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = parallel::asked, allow_negative_numbers = true)]
    threads: Option<usize>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write to this file instead of standard output; a file that is there is kept without --force
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Overwrite the file
    #[arg(long, requires = "output")]
    force: bool,
}

/// How advice is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Human,
    /// For programs: one object with `schema_version` and `kind`
    Json,
    /// Loss against price as a picture
    Svg,
}

const EXAMPLES: &[help::Example] = &[
    ("closerace advise --gap 5ms --accept 1ms --wake 1ms", "every generic strategy"),
    (
        "closerace advise --server lingering-close --client duplex/abort --gap 5ms --accept 1ms",
        "from which wait on it is safe",
    ),
    (
        "closerace advise --server wait-close --gap 5ms --loss 1%",
        "from which wait on it is that rare",
    ),
    ("closerace advise --server nginx --server envoy --client curl --gap 5ms --quiet", ""),
    ("closerace advise --server close --server drain --gap 5ms --format json", ""),
    ("closerace advise --gap 5ms --accept 1ms --format svg --output pages/price.svg", ""),
];

const ENDS: Ends = Ends {
    done: "computed, whatever it shows",
    violated: None,
    inconclusive: Some("an answer that nobody has was needed by one of the servers, or Ctrl-C"),
};

/// What is known of one server.
struct Advice {
    case: Case,
    /// How often the answer is not read: a probability, or a count of the trials.
    not_read: Exact,
    /// Trials that came to no end.
    halted: u64,
    price: Price,
    /// How long each hostile client holds it, and what it makes it read.
    worst: Vec<(Hostile, Option<(Micros, u64)>)>,
    settings: Vec<Setting>,
    /// Where a share is asked for.
    targets: Vec<Target>,
    trips: Trips,
    body: Option<Body>,
}

/// Everything that was computed.
struct Computed {
    seed: u64,
    trials: u64,
    /// How often the answer may be lost.
    may: Option<BigRational>,
    /// Why shares are counted in trials; `None` where they are exact. All of one kind: a count
    /// beside a probability would not say which is smaller.
    sampled: Option<Inexact>,
    /// Servers that were left when somebody stopped it.
    left: Option<usize>,
    advice: Vec<Advice>,
}

impl Advice {
    fn new(case: Case, share: Share, args: &Args, stop: &AtomicBool) -> Result<Advice, Problem> {
        let (seed, trials) = (args.seed, args.trials);
        let scenario = case.scenario()?;
        let setup = &scenario.setup;
        Ok(Advice {
            not_read: share.not_read,
            halted: share.halted,
            price: price(setup, seed, trials),
            worst: Hostile::ALL.map(|who| (who, hostile(setup, who))).to_vec(),
            settings: settings(&case),
            targets: args.loss.as_ref().map_or_else(Vec::new, |may| targets(&case, may, stop)),
            trips: trips(&case),
            body: body(&case, seed),
            case,
        })
    }

    /// The longest that a hostile client holds it; `None` where a stack has no answer.
    fn longest(&self) -> Option<Micros> {
        let all: Option<Vec<Micros>> =
            self.worst.iter().map(|(_, worst)| worst.map(|(held, _)| held)).collect();
        all?.into_iter().max()
    }

    /// Loss, mean time held, the longest a hostile client holds it.
    fn costs(&self) -> (&Exact, Micros, Micros) {
        (&self.not_read, self.price.held.mean, self.longest().unwrap_or(FOR_EVER))
    }
}

impl Computed {
    /// Whether another server is nowhere worse and somewhere better.
    fn dominated_by(&self, n: usize) -> Option<&Advice> {
        let own = self.advice[n].costs();
        self.advice.iter().enumerate().filter(|(at, _)| *at != n).map(|(_, other)| other).find(
            |other| {
                let costs = other.costs();
                costs != own && costs.0 <= own.0 && costs.1 <= own.1 && costs.2 <= own.2
            },
        )
    }

    fn exit(&self) -> Exit {
        match self.left.is_none() && self.advice.iter().all(|one| one.halted == 0) {
            true => Exit::Done,
            false => Exit::Inconclusive,
        }
    }
}

pub(super) fn advise(args: &Args, live: Live, say: Say) -> Result<Printed, Problem> {
    let servers = (&server::all()[..], server::generic());
    let servers = actors(&args.server, servers, names::server_actor)?;
    let changed = args.changes.read()?;
    let mut cases = Vec::new();
    for server in &servers {
        let picked = Picked {
            server: Some(server),
            client: args.client.as_ref(),
            source: &args.source,
            changed: &changed,
            stacks: args.stacks,
        };
        cases.push(picked.case(Size::Full)?);
    }
    let threads = parallel::threads(args.threads);
    let (shares, sampled) = shares(&cases, args, threads)?;
    let pairs: Vec<(Case, Share)> = cases.into_iter().zip(shares).collect();
    let never = AtomicBool::new(false);
    let stop = if live == Live::Batch { &never } else { watch::stop_on_ctrl_c() };
    let bar = ProgressBar::with_draw_target(Some(pairs.len() as u64), watch::target(live));
    let template = "{wide_bar} {pos} of {len} servers (Ctrl-C prints what is known)";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let advice = parallel::map(threads, &pairs, |(case, share)| {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let advice = Advice::new(case.clone(), share.clone(), args, stop);
        bar.inc(1);
        advice.map(Some)
    });
    bar.finish_and_clear();
    let asked = advice.len();
    let advice: Vec<Advice> =
        advice.into_iter().filter_map(Result::transpose).collect::<Result<_, _>>()?;
    if advice.is_empty() {
        return Err(Problem::Open("stopped before anything was known".to_owned()));
    }
    let is_stopped = stop.load(Ordering::Relaxed);
    let left = is_stopped.then_some(asked - advice.len());
    let Args { seed, trials, .. } = *args;
    let computed = Computed { seed, trials, may: args.loss.clone(), sampled, left, advice };
    let exit = computed.exit();
    let text = match args.format {
        Format::Human => text::text(&computed, say)?,
        Format::Json => Printed::json(&json::document(&computed)?, exit)?.text,
        Format::Svg => plot::plot(&computed),
    };
    let Some(path) = &args.output else { return Ok(Printed { text, exit }) };
    write(path, &text, if args.force { Old::Overwritten } else { Old::Kept })?;
    Ok(Printed { text: String::new(), exit })
}

/// How often the answer of a server is not read.
#[derive(Clone, Debug)]
struct Share {
    not_read: Exact,
    halted: u64,
}

/// Exact shares of all servers, or counts of all, and why.
fn shares(
    cases: &[Case],
    args: &Args,
    threads: usize,
) -> Result<(Vec<Share>, Option<Inexact>), Problem> {
    let scenarios = cases.iter().map(Case::scenario).collect::<Result<Vec<Scenario>, _>>()?;
    let exact = parallel::map(threads, &scenarios, |scenario| {
        let orders = Orders::of(&scenario.setup, scenario.reply, ORDERS)?;
        Ok(Share { not_read: Odds::of(&orders)?.lost(), halted: 0 })
    });
    let why = match exact.into_iter().collect() {
        Ok(all) => return Ok((all, None)),
        Err(why) => why,
    };
    let counted = parallel::map(threads, &scenarios, |scenario| {
        let Scenario { setup, reply, .. } = scenario;
        let tally = odds(setup, *reply, HORIZON, args.seed, 0..args.trials);
        let lost = tally.count(|outcome| outcome.word != Word::Seen);
        let not_read = BigRational::new(lost.into(), args.trials.into());
        Share { not_read: Exact::fraction(not_read), halted: tally.halted }
    });
    Ok((counted, Some(why)))
}

/// A safety in a few words.
fn safety_words(safety: &Safety) -> String {
    use crate::timing::words::exact_time;
    match safety {
        Safety::Always => "safe at any value".to_owned(),
        Safety::From(us) => format!("safe from {}", exact_time(*us)),
        Safety::Above(us) => format!("safe above {}", exact_time(*us)),
        Safety::Bytes(bytes) => format!("safe from {}", crate::units::show_size(*bytes)),
        Safety::Never { .. } => "safe at no value".to_owned(),
        Safety::Unknown(why) => format!("not known: {why}"),
    }
}
