//! Exact shares for programs.

use super::super::json::{Horizon, NamedLaw, SamplesFile, horizon, laws, measured};
use super::super::{Subject, WORDS};
use super::{causes, difference};
use crate::cli::number::{Probability, probability};
use crate::cli::{output, pick};
use crate::timing::odds::Odds;
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::exact::measure::Exact;
use sim_core::report::outcome::Word;
use sim_core::tcp::Gone;

/// How likely the answer of each server is lost, exactly.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct Document {
    /// How shares were found: exact.
    method: &'static str,
    pace: &'static str,
    horizon: Horizon,
    story: String,
    client_stack: &'static str,
    server_stack: &'static str,
    laws: Vec<NamedLaw>,
    rtt_samples: Option<SamplesFile>,
    servers: Vec<Server>,
    /// Every other server against the first.
    differences: Vec<Difference>,
}

impl output::Document for Document {
    const KIND: &'static str = "loss-exact";
}

/// A word and its probability.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ExactWord")]
struct ByWord {
    word: Word,
    #[serde(flatten)]
    probability: Probability,
}

/// A cause and its probability; none where nothing of the answer is gone.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ExactCause")]
struct ByCause {
    cause: Option<Gone>,
    #[serde(flatten)]
    probability: Probability,
}

/// A server.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WeighedServer")]
struct Server {
    server: String,
    client: String,
    /// The options that choose the same case for run and explore.
    options: String,
    /// The scenario's hash.
    scenario: String,
    /// Orders of events.
    orders: usize,
    /// The most that is drawn in a run.
    draws: usize,
    lost: Probability,
    words: Vec<ByWord>,
    causes: Vec<ByCause>,
}

/// A server against the first one.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ExactDifference")]
struct Difference {
    server: String,
    against: String,
    #[serde(flatten)]
    difference: Probability,
}

pub(super) fn document(subject: &Subject, odds: &[Odds]) -> Document {
    let first = &subject.cases[0];
    let name = |n: usize| subject.cases[n].server.in_full();
    let versus = |n: usize| Difference {
        server: name(n),
        against: name(0),
        difference: probability(&difference(odds, n)),
    };
    Document {
        method: "exact",
        pace: "clocked",
        horizon: horizon(),
        story: first.story.clone(),
        client_stack: first.stacks[0].name,
        server_stack: first.stacks[1].name,
        laws: laws(first),
        rtt_samples: subject.samples.as_ref().map(measured),
        servers: odds.iter().enumerate().map(|(n, odds)| server(subject, n, odds)).collect(),
        differences: (1..odds.len()).map(versus).collect(),
    }
}

fn server(subject: &Subject, n: usize, odds: &Odds) -> Server {
    let Subject { cases, hashes, .. } = subject;
    let words = WORDS.into_iter().filter_map(|word| {
        let share = odds.of_ends(|how| how.0 == word);
        (!share.is_zero()).then(|| ByWord { word, probability: probability(&share) })
    });
    let cause =
        |(cause, share): (Option<Gone>, Exact)| ByCause { cause, probability: probability(&share) };
    Server {
        server: cases[n].server.in_full(),
        client: cases[n].client.in_full(),
        options: pick::typed(&cases[n]),
        scenario: hashes[n].clone(),
        orders: odds.orders,
        draws: odds.variables,
        lost: probability(&odds.lost()),
        words: words.collect(),
        causes: causes(odds).into_iter().map(cause).collect(),
    }
}
