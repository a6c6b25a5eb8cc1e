//! Advice for people.

use super::{Advice, Computed, Problem, safety_words};
use crate::advise::{Body, FOR_EVER, Met, Safety, Sure, Target, Trips};
use crate::cli::Say;
use crate::cli::number::{percent, short_percent};
use crate::cli::show::assumptions;
use crate::cli::tell::{budget_words, holds, subject};
use crate::preset::Unit;
use crate::render::grid::{Cell, grid, plain};
use crate::render::words::{self, DIM, HEAD, paint, thousands};
use crate::timing::words::exact_time;
use crate::token;
use crate::units::{show_size, show_time};
use sim_core::exact::BigRational;
use sim_core::exact::measure::Exact;
use sim_core::wire::Micros;
use std::fmt::Write;

const WIDTH: usize = 98;
const WIDTHS: [usize; 7] = [30, 10, 12, 12, 12, 12, 20];

pub(super) fn text(computed: &Computed, say: Say) -> Result<String, Problem> {
    let mut text = String::new();
    if say == Say::All {
        let heading = paint(HEAD, "What is safe, and what does it cost?");
        let case = &computed.advice[0].case;
        let scenario = case.scenario()?;
        let said = match computed.advice.len() {
            1 => subject(case, &scenario.job),
            n => words::wrap(
                &format!(
                    "{n} servers ({}) answer {}; the client ({}, {}) sends {}. Story {}.",
                    case.stacks[1].name,
                    words::bytes(scenario.job.reply),
                    case.stacks[0].name,
                    case.client.in_full(),
                    words::bytes(scenario.job.request),
                    case.story
                ),
                WIDTH,
                "",
            ),
        };
        let _ = write!(text, "{heading}\n{said}\n\n");
    }
    text.push_str(&table(computed));
    if say == Say::All {
        let _ = writeln!(text, "\n{}", paint(HEAD, "Numbers, and from where on they are safe"));
        for advice in &computed.advice {
            text.push_str(&settings(advice, computed.may.as_ref()));
        }
    }
    text.push_str(&basis(computed, say)?);
    Ok(text)
}

fn table(computed: &Computed) -> String {
    let head = |words: [&str; 2]| -> Cell { words.map(|w| (w.to_owned(), HEAD)).to_vec() };
    let mut rows: Vec<Vec<Cell>> = vec![vec![
        head(["server", ""]),
        head(["not read", ""]),
        head(["socket held", "mean"]),
        head(["", "99 of 100"]),
        head(["TIME-WAIT", "mean"]),
        head(["swallowed", "mean"]),
        head(["hostile client", "holds it"]),
    ]];
    for (n, advice) in computed.advice.iter().enumerate() {
        rows.push(vec![
            plain(&advice.case.server.to_string()),
            plain(&short_percent(&advice.not_read)),
            plain(&short(advice.price.held.mean)),
            plain(&short(advice.price.held.p99)),
            plain(&short(advice.price.time_wait.mean)),
            plain(&words::bytes(u32::try_from(advice.price.swallowed.0).unwrap_or(u32::MAX))),
            vec![(worst(advice), words::PLAIN)],
        ]);
        if let Some(other) = computed.dominated_by(n) {
            let says = format!("  {} is nowhere worse", other.case.server);
            rows.push(vec![vec![(says, DIM)]]);
        }
    }
    grid(&WIDTHS, &rows)
}

/// The longest, and who.
fn worst(advice: &Advice) -> String {
    let known = advice.worst.iter().filter_map(|(who, worst)| worst.map(|(held, _)| (held, who)));
    // The first of those that hold it longest.
    let longest = known.reduce(|one, other| if other.0 > one.0 { other } else { one });
    match longest {
        None => "?".to_owned(),
        Some((held, who)) if held >= FOR_EVER => format!("for ever ({})", who.name()),
        Some((held, who)) => format!("{} ({})", short(held), who.name()),
    }
}

/// A time to three digits.
fn short(us: Micros) -> String {
    match us {
        0 => "0ms".to_owned(),
        us if us < 1_000_000 => format!("{}.{}ms", us / 1_000, us % 1_000 / 100),
        us => format!("{}.{:02}s", us / 1_000_000, us % 1_000_000 / 10_000),
    }
}

fn settings(advice: &Advice, may: Option<&BigRational>) -> String {
    let mut text = format!("{}\n", advice.case.server);
    if advice.settings.is_empty() {
        text.push_str("  has no numbers\n");
    }
    for setting in &advice.settings {
        let _ = writeln!(text, "  {}: {}", setting.name, safety_words(&setting.safety));
        let where_lost = match &setting.safety {
            Safety::Always | Safety::Unknown(_) => &[][..],
            Safety::From(_) | Safety::Above(_) | Safety::Bytes(_) | Safety::Never { .. } => {
                &setting.lost_where[..]
            }
        };
        for one in where_lost {
            let line = format!("    not read where {one}");
            let _ = writeln!(text, "{}", words::wrap(&line, WIDTH, "      "));
        }
        if let Safety::Never { ending: Some((word, cause)), witness } = &setting.safety {
            let why = cause.map(|cause| format!(": {}", words::cause_says(cause)));
            let at = witness.as_ref().map(|all| {
                let all = all.iter().map(|(name, us)| format!("{name} {}", show_time(*us)));
                format!(", as with {}", all.collect::<Vec<_>>().join(", "))
            });
            let line =
                format!("    {}{}{}", word.name(), why.unwrap_or_default(), at.unwrap_or_default());
            let _ = writeln!(text, "{}", words::wrap(&line, WIDTH, "      "));
        }
    }
    if let Some(may) = may {
        let may = Exact::fraction(may.clone());
        let stands = match advice.not_read <= may {
            true => "within",
            false => "more than",
        };
        let _ = writeln!(
            text,
            "  as it stands: not read in {} % of runs, {stands} the {} % asked for",
            percent(&advice.not_read),
            percent(&may)
        );
        for target in &advice.targets {
            let sure = match target.sure {
                Sure::Exact => "",
                Sure::AtMost => "; shares are upper ends of 95 % intervals",
            };
            let line = format!("  {}: {}{sure}", target.name, met(target, &percent(&may)));
            let _ = writeln!(text, "{}", words::wrap(&line, WIDTH, "    "));
        }
    }
    let trips = match &advice.trips {
        Trips::None => "read at every round trip up to 10s".to_owned(),
        Trips::Between(low, high) => format!(
            "not read for round trips between {} and {}, as the rest falls",
            exact_time(*low),
            exact_time(*high)
        ),
        Trips::Unknown(why) => format!("round trips: {why}"),
    };
    let _ = writeln!(text, "{}", words::wrap(&format!("  {trips}"), WIDTH, "    "));
    let body = match advice.body {
        None => "request: not tried to the end".to_owned(),
        Some(Body::None) => "request: read at every size up to 4MiB".to_owned(),
        Some(Body::All) => "request: not read at any size from 1KiB".to_owned(),
        Some(Body::From { safe, lost }) => {
            format!("request: read at {}, not read at {}", show_size(safe), show_size(lost))
        }
    };
    let _ = writeln!(text, "  {body}");
    text
}

fn met(target: &Target, may: &str) -> String {
    let shown = |value: u64| match target.unit {
        Unit::Time | Unit::TimeLimit => show_time(value),
        Unit::ByteLimit => u32::try_from(value).map_or_else(|_| value.to_string(), show_size),
    };
    match &target.met {
        Met::Always => format!("at most {may} % at every value"),
        Met::From { value, there, below } => format!(
            "at most {may} % from {} on: {} % there, {} % with {} less",
            shown(*value),
            percent(there),
            percent(below),
            shown(1)
        ),
        Met::Never { still } => {
            format!("more than {may} % at every value: {} % at the largest", percent(still))
        }
        Met::Unknown(why) => format!("at most {may} %: not known: {why}"),
    }
}

fn basis(computed: &Computed, say: Say) -> Result<String, Problem> {
    let case = &computed.advice[0].case;
    let mut lines = vec![format!(
        "{} pace clocked, {} trials of seed {}, the same for every server; {}.",
        match &computed.sampled {
            None => "Not read: exact, every delay drawn by itself; held, swallowed:".to_owned(),
            Some(why) => format!("Not read (not exact: {why}), held, swallowed:"),
        },
        thousands(computed.trials),
        computed.seed,
        budget_words(case.links[0].budget),
    )];
    if say == Say::All {
        lines.extend([
            "Safe: pace symbolic, exact over the ranges of the story, each delay the same \
             throughout a run, times up to 60s, the other numbers as they are; a number of bytes \
             by halving."
                .to_owned(),
            format!(
                "Requests: doubled, then halved between, {} trials a size: what no trial lost may \
                 still be lost.",
                crate::advise::BODY_TRIALS
            ),
            "Held: from SYN-RECEIVED to CLOSED or TIME-WAIT; a FIN-WAIT-2 that is left counts with \
             its timer. Hostile: a client that sends 100 bytes (silent), a byte every 100 ms \
             (trickle) or 4 MiB (flood), and neither reads nor closes; an hour is for ever."
                .to_owned(),
            format!("Answers nobody has measured: {}.", assumptions(case.stacks.into_iter())),
        ]);
    }
    if let Some(left) = computed.left {
        lines.insert(0, format!("STOPPED by Ctrl-C: {left} servers are not here."));
    }
    if say == Say::All && computed.may.is_some() {
        lines.push(
            "At most a share: exact (or, where a law has no closed form, the upper end of a 95 % \
             interval), every delay drawn by itself; the smallest value by halving, \
             whole microseconds up to 60s and bytes up to the request, looked at again at values \
             above it."
                .to_owned(),
        );
    }
    let hashes: Result<Vec<String>, Problem> = computed
        .advice
        .iter()
        .map(|one| Ok(format!("{} {}", one.case.server, token::hash(&one.case.scenario()?))))
        .collect();
    lines.push(format!("Scenarios {}.", hashes?.join(", ")));
    Ok(holds(&lines, say))
}
