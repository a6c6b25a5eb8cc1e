//! Exact shares for people.

use super::super::text::{WIDTH, legend, scene};
use super::super::{Subject, WORDS, basis};
use super::{causes, difference};
use crate::cli::number::{fraction, percent};
use crate::cli::tell::budget_words;
use crate::cli::{Say, pick};
use crate::render::grid::{self, grid};
use crate::render::words::{self, DIM, HEAD, PLAIN, cause, paint, word_style};
use crate::timing::odds::Odds;
use sim_core::exact::measure::Exact;
use sim_core::report::outcome::Word;
use sim_core::wire::Bound;
use sim_core::wire::law::TAIL_BITS;
use std::cmp::Ordering;
use std::fmt::Write;

pub(super) fn text(subject: &Subject, odds: &[Odds], say: Say) -> String {
    if say == Say::Answer {
        return short(subject, odds);
    }
    let head = paint(HEAD, "How often is the answer lost?");
    let mut text = format!("{head}\n{}\n\n", scene(subject));
    if odds.len() > 1 {
        text.push_str(&comparison(subject, odds));
    }
    for (n, of) in odds.iter().enumerate() {
        text.push_str(&breakdown(&subject.cases[n].server.to_string(), of));
    }
    let occurs = |word: &Word| odds.iter().any(|of| of.ends.iter().any(|(how, _)| how.0 == *word));
    let words: Vec<Word> = WORDS.into_iter().filter(occurs).collect();
    let gone = odds.iter().flat_map(causes).filter_map(|(cause, _)| cause);
    text.push_str(&legend(&words, gone.collect()));
    text.push_str(&basis::holds(&method(odds), subject));
    text.push_str(&next(subject, odds));
    text
}

/// A line a server, and under what they hold.
fn short(subject: &Subject, odds: &[Odds]) -> String {
    let mut text = String::new();
    for (case, of) in subject.cases.iter().zip(odds) {
        let _ = writeln!(text, "{}", line(of, &case.server.to_string()));
    }
    let basis = format!(
        "Pace clocked, exact; {}. {}.",
        budget_words(subject.cases[0].links[0].budget),
        basis::scenarios(subject),
    );
    let _ = writeln!(text, "{}", words::wrap(&basis, WIDTH, "  "));
    text
}

fn line(odds: &Odds, name: &str) -> String {
    let lost = odds.lost();
    let exactly = match (fraction(&lost), lost.as_rational()) {
        (Some(fraction), _) => format!(", exactly {fraction}"),
        (None, Some(_)) => ", the beginning of an exact fraction".to_owned(),
        (None, None) => String::new(),
    };
    format!("{name}: lost in {} % of runs{exactly}", percent(&lost))
}

fn breakdown(name: &str, odds: &Odds) -> String {
    let mut text = format!("{}\n", line(odds, &paint(HEAD, name)));
    let mut rows = Vec::new();
    let mut row = |name: String, style, share: &Exact| {
        let fraction = fraction(share).unwrap_or_default();
        rows.push(vec![
            vec![(format!("  {name}"), style)],
            vec![(format!("{} %", percent(share)), PLAIN)],
            vec![(fraction, DIM)],
        ]);
    };
    for word in WORDS {
        let share = odds.of_ends(|how| how.0 == word);
        if !share.is_zero() {
            row(word.name().to_owned(), word_style(word), &share);
        }
    }
    for (why, share) in causes(odds) {
        row(format!("  {}", why.map_or("no cause", cause)), DIM, &share);
    }
    text.push_str(&grid(&[20, 34, 0], &rows));
    text.push('\n');
    text
}

/// Every server against the first.
fn comparison(subject: &Subject, odds: &[Odds]) -> String {
    let names: Vec<String> = subject.cases.iter().map(|case| case.server.to_string()).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0).max(6) + 2;
    let head = |text: &str| vec![(text.to_owned(), HEAD)];
    let against = head(&format!("against {}", names[0]));
    let mut rows = vec![vec![head("server"), head("lost"), against]];
    for (n, name) in names.iter().enumerate() {
        let lost = vec![(format!("{} %", percent(&odds[n].lost())), PLAIN)];
        let versus = if n == 0 { Vec::new() } else { versus(&difference(odds, n)) };
        rows.push(vec![head(name), lost, versus]);
    }
    let mut text = grid(&[width, 34, 0], &rows);
    text.push('\n');
    text
}

fn versus(difference: &Exact) -> grid::Cell {
    let (says, plus) = match difference.sign() {
        Ordering::Greater => (("more often".to_owned(), word_style(Word::Lost)), "+"),
        Ordering::Less => (("less often".to_owned(), word_style(Word::Seen)), ""),
        Ordering::Equal => return vec![("exactly as often".to_owned(), PLAIN)],
    };
    vec![says, (format!("{plus}{} points", percent(difference)), PLAIN)]
}

/// What was done, and by how much trials would differ.
fn method(odds: &[Odds]) -> Vec<String> {
    let orders: usize = odds.iter().map(|of| of.orders).sum();
    let draws = odds.iter().map(|of| of.variables).max().unwrap_or(0);
    let laws: Vec<_> = odds.iter().flat_map(|of| of.laws.iter().copied()).collect();
    let tails = laws.iter().any(|law| law.bound() == Bound::Cut);
    let form = match tails {
        true => {
            "sums of fractions times exponentials, in print between two decimals that are certain"
        }
        false => "fractions; what goes on behind their decimals is cut, not rounded",
    };
    let mut lines = vec![format!(
        "Method: exact. {} of events, at most {} in a run; what ends alike is weighed together \
         under the laws: {form}.",
        words::count(orders as u64, "order"),
        words::count(draws as u64, "draw"),
    )];
    let grain = odds.iter().filter_map(Odds::grain).max();
    let cut = format!(" and cut tails at the quantiles 2^-{TAIL_BITS} and 1 - 2^-{TAIL_BITS}");
    let cut = if tails { cut.as_str() } else { "" };
    let about = grain.map(|grain| {
        let one_in = grain.recip().to_integer();
        format!(", about one run in {one_in} at every boundary between two orders")
    });
    if draws > 0 {
        lines.push(format!(
            "Laws are taken as they are written, with every fraction of a microsecond. Trials \
             (--method sampled) draw whole microseconds{cut}: they differ by what a microsecond \
             weighs{}.",
            about.unwrap_or_default(),
        ));
    }
    lines
}

/// The lines to type next.
fn next(subject: &Subject, odds: &[Odds]) -> String {
    let found = odds.iter().position(|of| !of.lost().is_zero());
    let Some(server) = found else {
        let options = pick::typed(&subject.cases[0]);
        let heading = paint(HEAD, "Next: no order in time loses it; does any order at all?");
        return format!("{heading}\n  closerace explore {options}\n");
    };
    let options = pick::typed(&subject.cases[server]);
    let heading = paint(HEAD, "Next: a run that loses the answer");
    format!("{heading}\n  closerace run {options} --lost\n")
}
