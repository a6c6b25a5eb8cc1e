//! Shares of rare losses: trials drawn where the answer is lost.

use super::json::{NamedLaw, laws};
use super::text::{WIDTH, scene};
use super::{Args, Enough, Format, Subject, basis, csv};
use crate::cli::share::interval;
use crate::cli::{Exit, Printed, Problem, Say, output, pick};
use crate::render::words::{self, HEAD, cause, paint};
use crate::timing::orders::{How, Inexact, ORDERS, Orders};
use crate::timing::rare::{Hits, Rare};
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::report::outcome::Word;
use sim_core::tcp::Gone;
use std::fmt::Write;

/// How often the answer of each server is lost, estimated where it is.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct Document {
    /// How shares were found: rare.
    method: &'static str,
    pace: &'static str,
    seed: u64,
    story: String,
    client_stack: &'static str,
    server_stack: &'static str,
    laws: Vec<NamedLaw>,
    /// What `low` and `high` of shares are.
    interval: &'static str,
    servers: Vec<Server>,
}

impl output::Document for Document {
    const KIND: &'static str = "loss-rare";
}

/// A share that is estimated by trials within the boxes.
#[derive(Debug, Serialize, JsonSchema)]
struct Estimate {
    count: u64,
    share: f64,
    low: f64,
    high: f64,
}

/// A way to lose the answer.
#[derive(Debug, Serialize, JsonSchema)]
struct ByEnd {
    word: Word,
    cause: Option<Gone>,
    #[serde(flatten)]
    estimate: Estimate,
}

/// A server.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "EstimatedServer")]
struct Server {
    server: String,
    client: String,
    /// The options that choose the same case for run and explore.
    options: String,
    /// The scenario's hash.
    scenario: String,
    /// Orders of events.
    orders: usize,
    /// What the boxes weigh, within which trials are drawn.
    weight: f64,
    trials: u64,
    lost: Estimate,
    ends: Vec<ByEnd>,
}

/// What was found for a server.
struct Found {
    orders: usize,
    hits: Hits,
}

/// Trials that are enough: the interval is a fiftieth of the share where every second one hits.
const TRIALS: u64 = 10_000;

pub(super) fn rare(args: &Args, subject: &Subject, say: Say) -> Result<Printed, Problem> {
    let Enough { trials, precision, max_trials } = args.enough;
    if precision.is_some() || max_trials.is_some() {
        return Err(Problem::Usage(
            "--method rare takes --trials, and no precision: its intervals are fractions of the \
             share, however small that is"
                .to_owned(),
        ));
    }
    let (seed, trials) = (args.seed.unwrap_or(1), trials.unwrap_or(TRIALS));
    let found = subject.scenarios.iter().map(|scenario| {
        let orders = Orders::of(&scenario.setup, scenario.reply, ORDERS)?;
        let hits = Rare::of(&orders)?.draw(seed, trials)?;
        Ok(Found { orders: orders.orders.len(), hits })
    });
    let found: Result<Vec<Found>, Inexact> = found.collect();
    let found = found.map_err(|why| {
        Problem::Open(format!("where the answer is lost is not known as a whole: {why}"))
    })?;
    match args.format {
        Format::Human => Ok(Printed::done(text(subject, &found, seed, say))),
        Format::Json => Printed::json(&document(subject, &found, seed), Exit::Done),
        Format::Csv => Ok(Printed::done(table(subject, &found, seed))),
    }
}

fn estimate(hits: &Hits, count: u64) -> Estimate {
    let (low, high) = match hits.trials {
        // No box: nothing is lost in any order.
        0 => (0.0, 0.0),
        trials => interval(count, trials),
    };
    let share = hits.estimate(count);
    Estimate { count, share, low: low * hits.weight, high: high * hits.weight }
}

/// Four digits, and none of the machine's.
fn digits(share: f64) -> String {
    if share == 0.0 { "0".to_owned() } else { format!("{share:.3e}") }
}

fn line(found: &Found, name: &str) -> String {
    let hits = &found.hits;
    let Estimate { count, share, low, high } = estimate(hits, hits.lost());
    format!(
        "{name}: lost in {} of runs; 95 % interval {} to {} ({} of {} within boxes that weigh {})",
        digits(share),
        digits(low),
        digits(high),
        words::thousands(count),
        words::count(hits.trials, "trial"),
        digits(hits.weight),
    )
}

fn text(subject: &Subject, found: &[Found], seed: u64, say: Say) -> String {
    let mut text = match say {
        Say::Answer => String::new(),
        _ => format!("{}\n{}\n\n", paint(HEAD, "How often is the answer lost?"), scene(subject)),
    };
    for (case, found) in subject.cases.iter().zip(found) {
        let name = case.server.to_string();
        let _ = writeln!(text, "{}", words::wrap(&line(found, &name), WIDTH, "  "));
        if say == Say::Answer {
            continue;
        }
        for ((word, why), count) in &found.hits.counts {
            let Estimate { share, low, high, count: _ } = estimate(&found.hits, *count);
            let [share, low, high] = [share, low, high].map(digits);
            let why = why.map_or("no cause", cause);
            let _ = writeln!(text, "  {:<10}{why:<20}{share}  {low} to {high}", word.name());
        }
    }
    if say == Say::Answer {
        let basis = format!("Pace clocked, rare, seed {seed}. {}.", basis::scenarios(subject));
        let _ = writeln!(text, "{}", words::wrap(&basis, WIDTH, "  "));
        return text;
    }
    text.push('\n');
    let method = format!(
        "Method: rare. The orders of events that lose the answer are known, and trials of seed \
         {seed} are drawn from the laws within boxes around them; a box is drawn as often as it \
         weighs. Intervals: exact 95 % (Clopper-Pearson) of the trials in the boxes, times what \
         these weigh; each by itself. Half a round trip is not rounded to whole microseconds here."
    );
    text.push_str(&basis::holds(&[method], subject));
    text.trim_end().to_owned() + "\n"
}

fn document(subject: &Subject, found: &[Found], seed: u64) -> Document {
    let first = &subject.cases[0];
    let server = |(n, found): (usize, &Found)| {
        let Found { orders, hits } = found;
        let end = |((word, cause), count): &(How, u64)| ByEnd {
            word: *word,
            cause: *cause,
            estimate: estimate(hits, *count),
        };
        Server {
            server: subject.cases[n].server.in_full(),
            client: subject.cases[n].client.in_full(),
            options: pick::typed(&subject.cases[n]),
            scenario: subject.hashes[n].clone(),
            orders: *orders,
            weight: hits.weight,
            trials: hits.trials,
            lost: estimate(hits, hits.lost()),
            ends: hits.counts.iter().map(end).collect(),
        }
    };
    Document {
        method: "rare",
        pace: "clocked",
        seed,
        story: first.story.clone(),
        client_stack: first.stacks[0].name,
        server_stack: first.stacks[1].name,
        laws: laws(first),
        interval: "95 %, Clopper-Pearson of the trials in the boxes, times their weight",
        servers: found.iter().enumerate().map(server).collect(),
    }
}

fn table(subject: &Subject, found: &[Found], seed: u64) -> String {
    let mut text = csv::HEAD.to_owned();
    let seed = seed.to_string();
    for (n, Found { orders: _, hits }) in found.iter().enumerate() {
        let mut row = |what: &str, name: &str, count: u64| {
            let Estimate { count, share, low, high } = estimate(hits, count);
            csv::line(&mut text, subject, (n, &seed), what, name);
            let _ = writeln!(text, "{count},{},{share:.5e},{low:.5e},{high:.5e}", hits.trials);
        };
        row("lost", "", hits.lost());
        for ((word, why), count) in &hits.counts {
            let name = format!("{} {}", word.name(), why.map_or("none", cause));
            row("end", &name, *count);
        }
    }
    text
}
