//! Exact shares as a table: that of trials, without trials.

use super::super::csv::{HEAD, line};
use super::super::{Subject, WORDS};
use super::{causes, difference};
use crate::cli::number::decimals;
use crate::render::words;
use crate::timing::odds::Odds;
use sim_core::exact::measure::Exact;
use std::fmt::Write;

pub(super) fn csv(subject: &Subject, odds: &[Odds]) -> String {
    let mut text = HEAD.to_owned();
    for (n, of) in odds.iter().enumerate() {
        row(&mut text, subject, n, ("lost", ""), &of.lost());
        for word in WORDS {
            let share = of.of_ends(|how| how.0 == word);
            row(&mut text, subject, n, ("word", word.name()), &share);
        }
        for (cause, share) in causes(of) {
            row(&mut text, subject, n, ("cause", cause.map_or("none", words::cause)), &share);
        }
    }
    let first = subject.cases[0].server.to_string();
    for n in 1..odds.len() {
        row(&mut text, subject, n, ("difference", &first), &difference(odds, n));
    }
    text
}

fn row(text: &mut String, subject: &Subject, n: usize, (what, name): (&str, &str), share: &Exact) {
    line(text, subject, (n, ""), what, name);
    let (low, high) = decimals(share, 12);
    let _ = writeln!(text, ",,{low},{low},{high}");
}
