//! The shares for programs.

use super::count::{Counted, End, Finish, Share, Until, Versus};
use super::{Computed, WORDS};
use crate::case::Case;
use crate::cli::pick;
use crate::cli::samples::{BINS, Samples};
use crate::cli::share::Sure;
use crate::preset::Job;
use crate::units::show_law;
use serde_json::{Value, json};
use sim_core::drive::run::HORIZON;
use sim_core::tcp::Gone;
use sim_core::wire::{Bound, Law};
use sim_core::world::Path;

pub(super) fn json(computed: &Computed) -> Value {
    let Computed { ask, cases, scenarios: _, hashes: _, samples, counted } = computed;
    let (trials, precision, most) = match ask.until {
        Until::Trials(n) => (Some(n), None, None),
        Until::Precise { half, most } => (None, Some(half), Some(most)),
    };
    let first = &cases[0];
    let differences: Vec<Value> =
        counted.versus().into_iter().map(|it| versus(computed, it)).collect();
    json!({
        "schema_version": 1,
        "kind": "loss",
        "pace": "clocked",
        "seed": ask.seed,
        "trials": counted.trials(),
        "asked": {"trials": trials, "precision": precision, "max_trials": most},
        "ended": end_name(counted.end),
        "undetermined": counted.open.as_ref().map(|open| json!({
            "server": cases[open.server].server.in_full(),
            "trial": open.trial,
            "why": open.why(),
        })),
        "horizon": {"us": HORIZON.micros, "actions": HORIZON.actions},
        "budget": first.links[0].budget,
        "story": first.story,
        "client_stack": first.stacks[0].name,
        "server_stack": first.stacks[1].name,
        "laws": laws(first),
        "rtt_samples": samples.as_ref().map(measured),
        "interval": interval_words(counted.sure),
        "servers": (0..cases.len()).map(|n| server(computed, n)).collect::<Vec<_>>(),
        "difference_interval": DIFFERENCE,
        "differences": differences,
    })
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

fn server(computed: &Computed, n: usize) -> Value {
    let Computed { cases, hashes, counted, .. } = computed;
    let Case { server, client, .. } = &cases[n];
    let words = WORDS.into_iter().filter_map(|word| {
        let is = |finish: Finish| finish.word() == Some(word);
        let first = counted.first(n, is)?;
        Some(named(("word", json!(word)), counted.share(n, is), first))
    });
    let causes = causes(counted, n)
        .into_iter()
        .map(|(cause, share, first)| named(("cause", json!(cause)), share, first));
    let first = computed.first_lost(n);
    json!({
        "server": server.in_full(),
        "client": client.in_full(),
        "options": pick::typed(&cases[n]),
        "scenario": hashes[n],
        "lost": share(counted.lost(n)),
        "open": counted.lost(n).open,
        "words": words.collect::<Vec<_>>(),
        "causes": causes.collect::<Vec<_>>(),
        "first_lost_trial": first,
        "token": first.map(|trial| computed.token(n, trial)),
    })
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

fn share(share: Share) -> Value {
    let (low, high) = share.interval();
    json!({
        "count": share.count,
        "share": share.count as f64 / share.of.max(1) as f64,
        "low": low,
        "high": high,
    })
}

fn named((key, name): (&str, Value), counted: Share, first: u64) -> Value {
    let mut value = share(counted);
    value[key] = name;
    value["first_trial"] = first.into();
    value
}

fn versus(computed: &Computed, versus: Versus) -> Value {
    let (low, high) = versus.interval();
    let name = |n: usize| computed.cases[n].server.in_full();
    json!({
        "server": name(versus.server),
        "against": name(0),
        "lost_here_only": versus.pairs.only_here,
        "lost_there_only": versus.pairs.only_there,
        "open": versus.open,
        "difference": versus.pairs.difference(),
        "low": low,
        "high": high,
        "significant": low > 0.0 || high < 0.0,
    })
}

/// Every law of a case, by the option that changes it.
pub(super) fn named_laws(case: &Case) -> Vec<(&'static str, Law)> {
    let Job { gap, wake, late, accept, .. } = case.job;
    let mut laws = match case.path {
        Path::RoundTrip(law) => vec![("rtt", law)],
        Path::OneWay(there, back) => vec![("to-server", there), ("to-client", back)],
    };
    laws.extend([("gap", gap), ("accept", accept), ("wake", wake), ("late", late)]);
    laws
}

fn laws(case: &Case) -> Vec<Value> {
    let law = |(of, law): (&str, Law)| {
        json!({
            "of": of,
            "law": show_law(law),
            "shortest_us": law.shortest(),
            "longest_us": law.longest(),
            "tails_cut": law.bound() == Bound::Cut,
        })
    };
    named_laws(case).into_iter().map(law).collect()
}

fn measured(samples: &Samples) -> Value {
    let Samples { file, column, unit, count, law: _ } = samples;
    json!({"file": file, "column": column, "unit": unit.name(), "count": count, "most_bins": BINS})
}
