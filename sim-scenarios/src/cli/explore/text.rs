//! A census for people and for programs.

use super::Explored;
use super::judged;
use crate::case::Scenario;
use crate::cli::tell::{assumed, links_words, subject};
use crate::cli::{Problem, Say};
use crate::preset::Job;
use crate::render::words::{self, HEAD, Names, count, paint, thousands};
use crate::render::{short, verdict};
use crate::units::show_time as time;
use sim_core::drive::explore::{Bound, By, Counts, End};
use sim_core::pace::{self, Class, PaceName};
use sim_core::report::census::Entry;
use sim_core::report::claim::{Finding, Weight};
use sim_core::report::outcome::Word;
use sim_core::report::trace::story;
use std::fmt::Write;

/// For people.
pub(super) fn text(explored: &Explored, say: Say) -> Result<String, Problem> {
    if say == Say::Answer {
        return short(explored);
    }
    let mut text = format!("{}\n", subject(&explored.case, &explored.scenario.job));
    let _ = writeln!(text, "\n{}", answer(explored));
    text.push_str(&outcomes(explored)?);
    text.push_str(&claims(explored)?);
    if !explored.judged.is_empty() {
        text.push_str(&judged::text(&explored.case, &explored.judged));
    }
    text.push_str(&basis(explored));
    Ok(text)
}

/// The answer, under what it holds, and what is claimed and does not hold.
fn short(explored: &Explored) -> Result<String, Problem> {
    let Explored { case, scenario: _, hash, census, limits: _, judged } = explored;
    let basis = format!(
        "Pace {}; {}; {}. Scenario {hash}.",
        census.pace.word(),
        links_words(case),
        words::count(census.counts.states, "state"),
    );
    let mut text = format!("{}\n{}\n", answer(explored), words::wrap(&basis, 98, "  "));
    for Finding { claim, counterexample } in &census.findings {
        let weight = claim.weight(&explored.scenario.setup);
        if let (Some(trace), Weight::Failure) = (counterexample, weight) {
            let _ = writeln!(text, "FAILED {}: {}", claim.word(), claim.says());
            let _ = writeln!(text, "  closerace replay {}", explored.token(trace)?);
        }
    }
    if !judged.is_empty() {
        text.push_str(&judged::short(judged));
    }
    Ok(text)
}

/// The answer to the question, first.
fn answer(explored: &Explored) -> String {
    let words = explored.census.words();
    let name = |word: &Word| paint(words::word_style(*word), word.name());
    let names: Vec<String> = words.iter().map(name).collect();
    let scope = match (explored.census.is_complete(), explored.census.pace) {
        (true, PaceName::Free) => "whatever the order of events",
        (true, PaceName::Racing) => "over every order of the racing pace",
        (true, PaceName::Quiet | PaceName::Clocked) => "over every order in which timers wait",
        (false, _) => "as far as the search came (INCONCLUSIVE)",
    };
    match &names[..] {
        [] => format!("No end was reached, {scope}."),
        [only] => format!("Always {only}, {scope}."),
        more => format!("{} {}, {scope}.", paint(words::RACE, "RACE:"), more.join(" or ")),
    }
}

fn outcomes(explored: &Explored) -> Result<String, Problem> {
    let Scenario { setup, reply, .. } = &explored.scenario;
    let mut text = String::new();
    for (n, entry) in explored.census.entries.iter().enumerate() {
        let Entry { outcome, terminals, trace } = entry;
        let _ = writeln!(text, "\n{}", paint(HEAD, &format!("Outcome {}", n + 1)));
        let _ = writeln!(text, "{}", words::wrap_all(&verdict::sentence(outcome, *reply), 98));
        let ends = count(*terminals, "end state");
        let story = story(setup, trace).map_err(|wrong| Problem::Internal(wrong.to_string()))?;
        let lines = short::lines(setup, &story, *reply);
        let skips = match lines.len() < story.steps.len() {
            true => " (those that change nothing visible are left out)",
            false => "",
        };
        let steps = trace.len();
        let line = format!("  {ends}; the shortest way there has {steps} steps{skips}:");
        let _ = writeln!(text, "{}", words::wrap(&line, 98, "  "));
        text.extend(lines);
        let _ = writeln!(text, "  closerace replay {}", explored.token(trace)?);
    }
    Ok(text)
}

fn claims(explored: &Explored) -> Result<String, Problem> {
    let setup = &explored.scenario.setup;
    let mut text = format!("\n{}\n", paint(HEAD, "Claims"));
    for Finding { claim, counterexample } in &explored.census.findings {
        let (word, trace) = fared(explored, *claim, counterexample.as_deref());
        let _ = writeln!(text, "  {word:<10} {:<13} {}", claim.word(), claim.says());
        if let Some(trace) = trace {
            let what = match claim.weight(setup) {
                Weight::Failure => "this must hold: the model is wrong",
                Weight::Finding => "a property of TCP here, worth knowing",
            };
            let _ = writeln!(text, "             {what}; {} steps:", trace.len());
            let _ = writeln!(text, "             closerace replay {}", explored.token(trace)?);
        }
    }
    Ok(text)
}

/// How a claim fared, in a word.
pub(super) fn fared<'t>(
    explored: &Explored,
    claim: sim_core::report::claim::ClaimName,
    counterexample: Option<&'t [sim_core::world::Action]>,
) -> (&'static str, Option<&'t [sim_core::world::Action]>) {
    let word = match (counterexample, claim.weight(&explored.scenario.setup)) {
        (None, _) if explored.census.is_complete() => "held",
        (None, _) => "not broken",
        (Some(_), Weight::Finding) => "finding",
        (Some(_), Weight::Failure) => "FAILED",
    };
    (word, counterexample)
}

fn basis(explored: &Explored) -> String {
    let Explored { case, scenario, hash, census, limits, judged: _ } = explored;
    let Counts { states, edges, terminals, halts, turned_away } = census.counts;
    let Job { request, write: chunk, reply, .. } = scenario.job;
    let mut lines = vec![
        format!(
            "Pace {}; {}; request {request} bytes, {chunk} a write; answer {reply} bytes. \
             Scenario {hash}.",
            census.pace.word(),
            links_words(case),
        ),
        format!(
            "{} states, {} steps between them, {} ends, at most {} steps deep: {} (bound: {} \
             states).",
            thousands(states),
            thousands(edges),
            thousands(terminals),
            census.depth,
            end_words(census.end),
            thousands(limits.states),
        ),
    ];
    if turned_away > 0 || halts > 0 {
        let halted = census.halted.map(|halt| format!(", the first because {halt}"));
        lines.push(format!(
            "{turned_away} steps led out of the bound; {halts} could not be taken{}.",
            halted.unwrap_or_default()
        ));
    }
    lines.push("Memory is bounded by --max-states alone.".to_owned());
    lines.push(format!("{} {}", stack_timers(census.pace), timers(scenario, census.pace)));
    let used = used(explored);
    if !used.is_empty() {
        lines.push(format!(
            "Answers nobody has measured, used in the traces above: {}.",
            used.join("; ")
        ));
    }
    let mut text = format!("\n{}\n", paint(HEAD, "What this holds for"));
    for line in lines {
        let _ = writeln!(text, "{}", words::wrap(&format!("  {line}"), 98, "    "));
    }
    text
}

/// When the stacks' timers may fire.
const fn stack_timers(pace: PaceName) -> &'static str {
    match pace {
        PaceName::Free => "Timers of the stacks: all race.",
        PaceName::Racing => {
            "Timers of the stacks: delayed ACK races, the others wait until nothing else can \
             happen."
        }
        PaceName::Quiet => {
            "Timers of the stacks: all wait until nothing else can happen, delayed ACK comes first."
        }
        PaceName::Clocked => "Timers of the stacks: each at its time.",
    }
}

/// Timers of the scripts, with what the pace makes of the class each was given.
fn timers(scenario: &Scenario, pace: PaceName) -> String {
    let list: Vec<String> = pace::classes(&scenario.setup)
        .into_iter()
        .map(|(side, name, us, class)| {
            let name = if name.starts_with(Names::of(side)) {
                name
            } else {
                format!("{} {name}", Names::of(side))
            };
            let does = match (pace, class) {
                (PaceName::Free, _) | (PaceName::Racing, Class::Racing) => "races",
                (PaceName::Racing | PaceName::Quiet, _) => "waits",
                (PaceName::Clocked, _) => "at its time",
            };
            format!("{name} {} {does}", time(us))
        })
        .collect();
    if list.is_empty() {
        "The applications have none.".to_owned()
    } else {
        format!("Of the applications: {}.", list.join(", "))
    }
}

pub(super) const fn class_word(class: Class) -> &'static str {
    match class {
        Class::Racing => "racing",
        Class::Quiet => "quiet",
    }
}

pub(super) fn used(explored: &Explored) -> Vec<String> {
    let mut list = Vec::new();
    for entry in &explored.census.entries {
        if let Ok(story) = story(&explored.scenario.setup, &entry.trace) {
            list.extend(assumed(&story));
        }
    }
    list.sort();
    list.dedup();
    list
}

pub(super) const fn end_words(end: End) -> &'static str {
    match end {
        End::Complete => "all there are",
        End::Bound(Bound::States) => "INCOMPLETE, the bound on states was met",
        End::Bound(Bound::Depth) => "INCOMPLETE, the bound on steps was met",
        End::Bound(Bound::Branching) => "INCOMPLETE, a state has too many successors",
        End::Stopped(By::Flag) => "INCOMPLETE, stopped by Ctrl-C",
        End::Stopped(By::Watcher) => "INCOMPLETE, stopped",
    }
}
