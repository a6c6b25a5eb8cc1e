//! What shares hold under, and what to type after them.

use super::count::{BATCH, End, Until};
use super::text::WIDTH;
use super::{Computed, Subject};
use crate::case::Case;
use crate::cli::pick;
use crate::cli::samples::{BINS, Samples};
use crate::cli::share::Sure;
use crate::cli::show::{assumptions, law_words, path_words};
use crate::preset::Job;
use crate::render::words::{self, HEAD, paint, thousands};
use sim_core::wire::{Bound, Law, law::TAIL_BITS};
use std::fmt::Write;

/// The widest interval of a share lost, half of it.
pub(super) fn widest(computed: &Computed) -> f64 {
    let servers = 0..computed.subject.cases.len();
    servers.map(|n| computed.counted.lost(n).half_width()).fold(0.0, f64::max)
}

pub(super) fn basis(computed: &Computed) -> String {
    let method = match &computed.why {
        None => "Method: sampled, as asked.".to_owned(),
        Some(why) => format!("Method: sampled, because it is not exact: {why}."),
    };
    holds(&[method, trials(computed), intervals(computed)], &computed.subject)
}

/// What was done, and what the subject rests on.
pub(super) fn holds(done: &[String], subject: &Subject) -> String {
    let mut lines = done.to_vec();
    lines.push("Pace clocked; horizon of a run: one hour or a million actions.".to_owned());
    lines.extend(subject.samples.as_ref().map(measured));
    lines.push(laws(subject));
    let stacks = subject.cases[0].stacks.into_iter();
    lines.push(format!("Answers nobody has measured: {}.", assumptions(stacks)));
    lines.push(format!("{}.", scenarios(subject)));
    let mut text = format!("{}\n", paint(HEAD, "What this holds for"));
    for line in lines {
        let _ = writeln!(text, "{}", words::wrap(&format!("  {line}"), WIDTH, "    "));
    }
    text.push('\n');
    text
}

/// Which trials, and why no more.
fn trials(computed: &Computed) -> String {
    let counted = &computed.counted;
    let which = match counted.trials() {
        0 => "none".to_owned(),
        n => format!("0 to {} of seed {}", thousands(n - 1), computed.ask.seed),
    };
    let same = match computed.subject.cases.len() {
        1 => "",
        _ => ", the same for every server: in a trial all meet the same path and client",
    };
    let asked = match computed.ask.until {
        Until::Trials(n) => format!("{} asked for", words::count(n, "trial")),
        Until::Precise { half, most } => format!(
            "asked for: no interval of a share lost wider than +-{} points, looked at every {} \
             trials and then every quarter more, at most {}",
            percent(half),
            thousands(BATCH),
            thousands(most),
        ),
    };
    let ended = match counted.end {
        End::Asked | End::Precise => "",
        End::Most => "; NOT as precise as asked",
        End::Stopped => "; STOPPED before that",
        End::Open => "; ended by a trial without an end",
    };
    format!("Trials: {which}{same}; {asked}{ended}; reached +-{:.2}.", widest(computed) * 100.0)
}

/// Percentage points with as many digits as they have.
fn percent(half: f64) -> String {
    let text = format!("{:.4}", half * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn intervals(computed: &Computed) -> String {
    let shares = match computed.counted.sure {
        Sure::Fixed => "Intervals: exact 95 % (Clopper-Pearson), each by itself",
        Sure::Looked => {
            "Intervals: 95 %, each by itself (Clopper-Pearson of 96.5 %, because looking again and \
             again until it is precise takes up to 1.1 % away)"
        }
    };
    match computed.subject.cases.len() {
        1 => format!("{shares}."),
        _ => format!(
            "{shares}; of a difference from the trials that end differently: how many, and how \
             many of them are lost here, each with an exact interval and half of the error."
        ),
    }
}

fn measured(samples: &Samples) -> String {
    let Samples { file, column, unit, count, law: _ } = samples;
    let column = column.as_ref().map(|name| format!(", column {name}")).unwrap_or_default();
    format!(
        "Round trips: {} from {file}{column} (in {}), in at most {BINS} bins of about as many \
         samples each; inside a bin every duration is alike likely.",
        words::count(*count as u64, "sample"),
        unit.name(),
    )
}

/// What a path takes, and what its segments take beyond that.
pub(in crate::cli) fn path_law_words(case: &Case) -> String {
    let mut path = format!("{} a run", path_words(case.path));
    for (link, to) in case.links.iter().zip(["the server", "the client"]) {
        if link.jitter != Law::ZERO {
            path.push_str(&format!(", a segment to {to} {} more", law_words(link.jitter)));
        }
    }
    path
}

fn laws(subject: &Subject) -> String {
    let case = &subject.cases[0];
    let Job { gap, wake, late, accept, .. } = case.job;
    let cut = super::json::named_laws(case).iter().any(|(_, law)| law.bound() == Bound::Cut);
    let cut = match cut {
        true => format!(". Tails are cut at the quantiles 2^-{TAIL_BITS} and 1 - 2^-{TAIL_BITS}"),
        false => String::new(),
    };
    format!(
        "Laws: {}; between two writes {}; to accept {}; to read {} (late-reader {}){cut}.",
        path_law_words(case),
        law_words(gap),
        law_words(accept),
        law_words(wake),
        law_words(late),
    )
}

pub(super) fn scenarios(subject: &Subject) -> String {
    let Subject { cases, hashes, .. } = subject;
    if let [hash] = &hashes[..] {
        return format!("Scenario {hash}");
    }
    let named = cases.iter().zip(hashes).map(|(case, hash)| format!("{} {hash}", case.server));
    format!("Scenarios {}", named.collect::<Vec<_>>().join(", "))
}

/// The lines to type next: a run that loses, and every order of the same case.
pub(super) fn next(computed: &Computed) -> String {
    let Computed { ask, subject: Subject { cases, samples, .. }, .. } = computed;
    let found = (0..cases.len()).find_map(|n| Some((n, computed.first_lost(n)?)));
    let Some((server, trial)) = found else {
        let options = pick::typed(&cases[0]);
        return format!(
            "{}\n  closerace explore {options}\n  closerace loss {options} --method rare\n",
            paint(HEAD, "Next: no trial lost it; does any order, and how rarely?"),
        );
    };
    let options = pick::typed(&cases[server]);
    let run = format!("  closerace run {options} --seed {} --trial {trial}\n", ask.seed);
    // A measured law makes a line of pages: one is enough.
    let (heading, explore) = match samples {
        Some(_) => ("Next: the first run that loses the answer", String::new()),
        None => (
            "Next: the first run that loses the answer, and every order of the same case",
            format!("  closerace explore {options}\n"),
        ),
    };
    format!("{}\n{run}{explore}", paint(HEAD, heading))
}
