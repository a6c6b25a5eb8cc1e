//! Shares that are exact: every order of events, weighed under the laws.

mod csv;
mod json;
mod text;

pub(in crate::cli) use json::Document;

use super::{Format, Subject};
use crate::cli::{Exit, Printed, Problem, Say};
use crate::timing::odds::Odds;
use crate::timing::orders::{How, Inexact, ORDERS, Orders, is_lost};
use sim_core::exact::measure::Exact;
use sim_core::tcp::Gone;

/// The odds of every server.
pub(super) fn weighed(subject: &Subject) -> Result<Vec<Odds>, Inexact> {
    // What is found out cheaply comes before what is not: a law without a closed form refuses all.
    let of = |scenario: &crate::case::Scenario| {
        Odds::of(&Orders::of(&scenario.setup, scenario.reply, ORDERS)?)
    };
    subject.scenarios.iter().map(of).collect()
}

pub(super) fn printed(
    subject: &Subject,
    odds: &[Odds],
    format: Format,
    say: Say,
) -> Result<Printed, Problem> {
    match format {
        Format::Human => Ok(Printed::done(text::text(subject, odds, say))),
        Format::Json => Printed::json(&json::document(subject, odds), Exit::Done),
        Format::Csv => Ok(Printed::done(csv::csv(subject, odds))),
    }
}

/// Why the answer is lost, each cause with its probability; the largest first.
fn causes(odds: &Odds) -> Vec<(Option<Gone>, Exact)> {
    let mut causes: Vec<Option<Gone>> =
        odds.ends.iter().filter(|(how, _)| is_lost(*how)).map(|(how, _)| how.1).collect();
    causes.sort_unstable();
    causes.dedup();
    let of = |cause| (cause, odds.of_ends(|how: How| is_lost(how) && how.1 == cause));
    let mut causes: Vec<_> = causes.into_iter().map(of).collect();
    causes.sort_by(|(_, a), (_, b)| b.cmp(a));
    causes
}

/// By how much a server loses more than the first.
fn difference(odds: &[Odds], server: usize) -> Exact {
    odds[server].lost().minus(&odds[0].lost())
}
