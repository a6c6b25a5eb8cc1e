//! `advise`: the smallest safe setting, and what a strategy costs.

mod json;
mod plot;
mod text;

pub(super) use json::Document;

use super::help::{self, Ends};
use super::matrix::actors;
use super::out_file::{Old, write};
use super::pick::{Changes, Picked, Source, Stacks};
use super::{Exit, Printed, Problem, Say, names, parallel, pick};
use crate::advise::{
    Body, FOR_EVER, Hostile, Price, Safety, Setting, Trips, body, hostile, price, settings, trips,
};
use crate::case::{Case, Size};
use crate::preset::Actor;
use crate::server;
use clap::builder::RangedI64ValueParser;
use clap::{ValueEnum, ValueHint};
use sim_core::drive::run::HORIZON;
use sim_core::report::odds::{Tally, odds};
use sim_core::report::outcome::Word;
use sim_core::wire::Micros;
use std::path::PathBuf;

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
    /// Trials of each server, for how often it loses and what it costs
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
    ("closerace advise --server nginx --server envoy --client curl --gap 5ms --quiet", ""),
    ("closerace advise --server close --server drain --gap 5ms --format json", ""),
    ("closerace advise --gap 5ms --accept 1ms --format svg --output pages/price.svg", ""),
];

const ENDS: Ends = Ends {
    done: "computed, whatever it shows",
    violated: None,
    inconclusive: Some("an answer that nobody has was needed by one of the servers"),
};

/// What is known of one server.
struct Advice {
    case: Case,
    tally: Tally,
    price: Price,
    /// How long each hostile client holds it, and what it makes it read.
    worst: Vec<(Hostile, Option<(Micros, u64)>)>,
    settings: Vec<Setting>,
    trips: Trips,
    body: Option<Body>,
}

/// Everything that was computed.
struct Computed {
    seed: u64,
    trials: u64,
    advice: Vec<Advice>,
}

impl Advice {
    fn new(case: Case, seed: u64, trials: u64) -> Result<Advice, Problem> {
        let scenario = case.scenario()?;
        let setup = &scenario.setup;
        let tally = odds(setup, scenario.reply, HORIZON, seed, 0..trials);
        Ok(Advice {
            tally,
            price: price(setup, seed, trials),
            worst: Hostile::ALL.map(|who| (who, hostile(setup, who))).to_vec(),
            settings: settings(&case),
            trips: trips(&case),
            body: body(&case, seed),
            case,
        })
    }

    /// Trials in which the answer was not read.
    fn lost(&self) -> u64 {
        self.tally.count(|outcome| outcome.word != Word::Seen)
    }

    /// The longest that a hostile client holds it; `None` where a stack has no answer.
    fn longest(&self) -> Option<Micros> {
        let all: Option<Vec<Micros>> =
            self.worst.iter().map(|(_, worst)| worst.map(|(held, _)| held)).collect();
        all?.into_iter().max()
    }

    /// Loss, mean time held, the longest a hostile client holds it.
    fn costs(&self) -> (u64, Micros, Micros) {
        (self.lost(), self.price.held.mean, self.longest().unwrap_or(FOR_EVER))
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
        match self.advice.iter().all(|one| one.tally.halted == 0) {
            true => Exit::Done,
            false => Exit::Inconclusive,
        }
    }
}

pub(super) fn advise(args: &Args, say: Say) -> Result<Printed, Problem> {
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
    let (seed, trials) = (args.seed, args.trials);
    let threads = parallel::threads(args.threads);
    let advice = parallel::map(threads, &cases, |case| Advice::new(case.clone(), seed, trials));
    let advice = advice.into_iter().collect::<Result<Vec<_>, _>>()?;
    let computed = Computed { seed, trials, advice };
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
