//! The shares for programs.

use super::count::{Counted, End, Finish, Share, Until, Versus};
use super::{Computed, Subject, WORDS};
use crate::case::Case;
use crate::cli::samples::{BINS, Samples};
use crate::cli::share::Sure;
use crate::cli::{output, pick};
use crate::preset::Job;
use crate::units::show_law;
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::drive::run::HORIZON;
use sim_core::report::outcome::Word;
use sim_core::tcp::Gone;
use sim_core::wire::{Bound, Law};
use sim_core::world::{Budget, Path};

/// How often the answer of each server is lost.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct Document {
    /// How shares were found: sampled.
    method: &'static str,
    /// Why they are not exact, where trials were not asked for.
    not_exact: Option<String>,
    pace: &'static str,
    seed: u64,
    /// Trials that were carried out.
    trials: u64,
    asked: Asked,
    /// Why there are no more trials: trials, precision, max-trials, stopped or undetermined.
    ended: &'static str,
    /// The first trial that came to no end.
    undetermined: Option<Undetermined>,
    horizon: Horizon,
    budget: Budget,
    story: String,
    client_stack: &'static str,
    server_stack: &'static str,
    laws: Vec<NamedLaw>,
    rtt_samples: Option<SamplesFile>,
    /// What `low` and `high` of shares are.
    interval: &'static str,
    servers: Vec<Server>,
    /// What `low` and `high` of differences are.
    difference_interval: &'static str,
    /// Every other server against the first.
    differences: Vec<Difference>,
}

impl output::Document for Document {
    const KIND: &'static str = "loss";
}

/// So many trials, or a precision and the most trials for it.
#[derive(Debug, Serialize, JsonSchema)]
struct Asked {
    trials: Option<u64>,
    precision: Option<f64>,
    max_trials: Option<u64>,
}

/// A trial without an end.
#[derive(Debug, Serialize, JsonSchema)]
struct Undetermined {
    server: String,
    trial: u64,
    why: String,
}

/// When a trial ends at the latest.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Horizon {
    us: u64,
    actions: u64,
}

/// A law of the scenario.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct NamedLaw {
    /// The option that changes it.
    of: &'static str,
    /// As the command line takes it.
    law: String,
    shortest_us: u64,
    longest_us: u64,
    tails_cut: bool,
}

/// The file that the round trips are from.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SamplesFile {
    file: String,
    column: Option<String>,
    unit: &'static str,
    count: usize,
    most_bins: usize,
}

/// A share of the trials.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ShareOfTrials")]
struct ShareDocument {
    count: u64,
    share: f64,
    low: f64,
    high: f64,
}

/// A word and how often.
#[derive(Debug, Serialize, JsonSchema)]
struct ByWord {
    word: Word,
    #[serde(flatten)]
    share: ShareDocument,
    first_trial: u64,
}

/// A cause and how often; none where nothing of the answer is gone.
#[derive(Debug, Serialize, JsonSchema)]
struct ByCause {
    cause: Option<Gone>,
    #[serde(flatten)]
    share: ShareDocument,
    first_trial: u64,
}

/// A server.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SampledServer")]
struct Server {
    server: String,
    client: String,
    /// The options that choose the same case for run and explore.
    options: String,
    /// The scenario's hash.
    scenario: String,
    lost: ShareDocument,
    /// Trials that came to no end.
    open: u64,
    words: Vec<ByWord>,
    causes: Vec<ByCause>,
    first_lost_trial: Option<u64>,
    /// That trial, for `replay`.
    token: Option<String>,
}

/// A server against the first one, on the same trials.
#[derive(Debug, Serialize, JsonSchema)]
struct Difference {
    server: String,
    against: String,
    lost_here_only: u64,
    lost_there_only: u64,
    open: u64,
    difference: f64,
    low: f64,
    high: f64,
    /// Whether the interval leaves 0 out.
    significant: bool,
}

pub(super) fn document(computed: &Computed) -> Document {
    let Computed { ask, why, subject, counted } = computed;
    let Subject { cases, scenarios: _, hashes: _, samples } = subject;
    let asked = match ask.until {
        Until::Trials(n) => Asked { trials: Some(n), precision: None, max_trials: None },
        Until::Precise { half, most } => {
            Asked { trials: None, precision: Some(half), max_trials: Some(most) }
        }
    };
    let first = &cases[0];
    let undetermined = counted.open.as_ref().map(|open| Undetermined {
        server: cases[open.server].server.in_full(),
        trial: open.trial,
        why: open.why(),
    });
    Document {
        method: "sampled",
        not_exact: why.as_ref().map(ToString::to_string),
        pace: "clocked",
        seed: ask.seed,
        trials: counted.trials(),
        asked,
        ended: end_name(counted.end),
        undetermined,
        horizon: horizon(),
        budget: first.links[0].budget,
        story: first.story.clone(),
        client_stack: first.stacks[0].name,
        server_stack: first.stacks[1].name,
        laws: laws(first),
        rtt_samples: samples.as_ref().map(measured),
        interval: interval_words(counted.sure),
        servers: (0..subject.cases.len()).map(|n| server(computed, n)).collect(),
        difference_interval: DIFFERENCE,
        differences: counted.versus().into_iter().map(|it| versus(computed, it)).collect(),
    }
}

pub(super) const fn horizon() -> Horizon {
    Horizon { us: HORIZON.micros, actions: HORIZON.actions }
}

const DIFFERENCE: &str = "95 %, conservative: the product of Clopper-Pearson intervals, each with \
                          half of the error, of the share of trials that end differently and of \
                          the share of those that are lost here";

const fn interval_words(sure: Sure) -> &'static str {
    match sure {
        Sure::Fixed => "95 %, Clopper-Pearson",
        Sure::Looked => "95 %, Clopper-Pearson of 96.5 % because of repeated looks",
    }
}

pub(super) const fn end_name(end: End) -> &'static str {
    match end {
        End::Asked => "trials",
        End::Precise => "precision",
        End::Most => "max-trials",
        End::Stopped => "stopped",
        End::Open => "undetermined",
    }
}

fn server(computed: &Computed, n: usize) -> Server {
    let Computed { subject: Subject { cases, hashes, .. }, counted, .. } = computed;
    let Case { server, client, .. } = &cases[n];
    let words = WORDS.into_iter().filter_map(|word| {
        let is = |finish: Finish| finish.word() == Some(word);
        let first_trial = counted.first(n, is)?;
        Some(ByWord { word, share: share(counted.share(n, is)), first_trial })
    });
    let causes = causes(counted, n).into_iter();
    let first = computed.first_lost(n);
    Server {
        server: server.in_full(),
        client: client.in_full(),
        options: pick::typed(&cases[n]),
        scenario: hashes[n].clone(),
        lost: share(counted.lost(n)),
        open: counted.lost(n).open,
        words: words.collect(),
        causes: causes
            .map(|(cause, of, first_trial)| ByCause { cause, share: share(of), first_trial })
            .collect(),
        first_lost_trial: first,
        token: first.map(|trial| computed.token(n, trial)),
    }
}

/// Why a server's answer was lost: the reason, how often, the first trial; the largest share first.
pub(super) fn causes(counted: &Counted, server: usize) -> Vec<(Option<Gone>, Share, u64)> {
    let lost = counted.paired.each[server].counts.iter().map(|(finish, _, _)| *finish);
    let mut causes: Vec<Option<Gone>> =
        lost.filter(|finish| finish.is_lost()).map(Finish::cause).collect();
    causes.sort_unstable();
    causes.dedup();
    let shares = causes.into_iter().filter_map(|cause| {
        let is = |finish: Finish| finish.is_lost() && finish.cause() == cause;
        Some((cause, counted.share(server, is), counted.first(server, is)?))
    });
    let mut shares: Vec<_> = shares.collect();
    shares.sort_by_key(|(_, share, _)| std::cmp::Reverse(share.count));
    shares
}

fn share(share: Share) -> ShareDocument {
    let (low, high) = share.interval();
    let part = share.count as f64 / share.of.max(1) as f64;
    ShareDocument { count: share.count, share: part, low, high }
}

fn versus(computed: &Computed, versus: Versus) -> Difference {
    let (low, high) = versus.interval();
    let name = |n: usize| computed.subject.cases[n].server.in_full();
    Difference {
        server: name(versus.server),
        against: name(0),
        lost_here_only: versus.pairs.only_here,
        lost_there_only: versus.pairs.only_there,
        open: versus.open,
        difference: versus.pairs.difference(),
        low,
        high,
        significant: low > 0.0 || high < 0.0,
    }
}

/// Every law of a case, by the option that changes it.
pub(super) fn named_laws(case: &Case) -> Vec<(&'static str, Law)> {
    let Job { gap, wake, late, accept, .. } = case.job;
    let mut laws = match case.path {
        Path::RoundTrip(law) => vec![("rtt", law)],
        Path::OneWay(there, back) => vec![("to-server", there), ("to-client", back)],
    };
    laws.extend([("gap", gap), ("accept", accept), ("wake", wake), ("late", late)]);
    let jitter = case.links.map(|link| link.jitter).into_iter().filter(|law| *law != Law::ZERO);
    laws.extend(jitter.map(|law| ("jitter", law)));
    laws
}

pub(super) fn laws(case: &Case) -> Vec<NamedLaw> {
    let law = |(of, law): (&'static str, Law)| NamedLaw {
        of,
        law: show_law(law),
        shortest_us: law.shortest(),
        longest_us: law.longest(),
        tails_cut: law.bound() == Bound::Cut,
    };
    named_laws(case).into_iter().map(law).collect()
}

pub(super) fn measured(samples: &Samples) -> SamplesFile {
    let Samples { file, column, unit, count, law: _ } = samples;
    SamplesFile {
        file: file.clone(),
        column: column.clone(),
        unit: unit.name(),
        count: *count,
        most_bins: BINS,
    }
}
