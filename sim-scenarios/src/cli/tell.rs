//! One run, told: ladder or short story, verdict, ledger, chain of causes, token. What `run` and
//! `replay` print.

mod json;

pub(super) use json::{Document, document, links};

use super::{Exit, Printed, Problem, Say};
use crate::case::{Case, Scenario, Size};
use crate::preset::Job;
use crate::render::run::Run;
use crate::render::words::{self, HEAD, paint};
use crate::render::{cause, ladder, ms, verdict};
use crate::token::{self, Token, Which};
use sim_core::answer::Basis;
use sim_core::drive::run::{Ended, HORIZON, lanes_ended};
use sim_core::pace::PaceName;
use sim_core::report::explain::explain;
use sim_core::report::outcome::{Outcome, outcome};
use sim_core::report::trace::{self, Story, permitted, timed};
use sim_core::tcp::Note;
use sim_core::world::{Budget, Event};
use std::fmt::Write;

/// Lines of what an answer holds for.
const WIDTH: usize = 98;

/// A run with everything that is said about it.
pub(super) struct Telling {
    token: Token,
    scenario: Scenario,
    hash: String,
    story: Story,
    /// `None` where the run stops before its end.
    outcome: Option<Outcome>,
    /// Delays that were drawn, by the side that sends.
    one_way: Option<[u64; 2]>,
}

/// Carries out the run behind a token.
///
/// # Errors
/// A choice that does not fit; an answer nobody has.
pub(super) fn telling(token: Token, scenario: Scenario) -> Result<Telling, Problem> {
    let setup = &scenario.setup;
    let hash = token::hash(&scenario);
    let (story, ended, one_way) = match &token.which {
        Which::Drawn { seed, trial } => {
            let timed = timed(setup, HORIZON, *seed, *trial)?;
            (timed.story, Some(timed.ended), Some(timed.one_way))
        }
        Which::Chosen(pace, choices) => {
            let usage = |what: String| Problem::Usage(format!("the token does not fit: {what}"));
            let actions =
                trace::actions(setup, *pace, choices).map_err(|wrong| usage(wrong.to_string()))?;
            let story = trace::story(setup, &actions).map_err(|wrong| usage(wrong.to_string()))?;
            let ended = last_ended(&story, &scenario, *pace);
            (story, ended, None)
        }
    };
    let outcome = match (story.steps.last(), ended) {
        (Some(last), Some(ended)) => Some(outcome(&last.after, scenario.reply, ended)),
        (Some(_) | None, _) => None,
    };
    Ok(Telling { token, scenario, hash, story, outcome, one_way })
}

/// How a run of choices ended; `None` where something could still happen.
fn last_ended(story: &Story, scenario: &Scenario, pace: PaceName) -> Option<Ended> {
    let last = story.steps.last()?;
    let mut actions = Vec::new();
    permitted(&scenario.setup, pace, &last.after, &mut actions);
    let ended = if lanes_ended(&last.after) { Ended::Done } else { Ended::Stuck };
    actions.is_empty().then_some(ended)
}

/// Who against whom, on what, in a line or two.
pub(super) fn subject(case: &Case, job: &Job) -> String {
    let Case { story, size, server, client, stacks, .. } = case;
    let sized = match size {
        Size::Full => String::new(),
        size @ (Size::Small | Size::Medium) => format!(", {} size", size.name()),
    };
    let text = format!(
        "The server ({}, {}) answers {}; the client ({}, {}) sends {}. \
         Story {story}{sized}; {}.",
        stacks[1].name,
        server.in_full(),
        words::bytes(job.reply),
        stacks[0].name,
        client.in_full(),
        words::bytes(job.request),
        links_words(case),
    );
    words::wrap(&text, 98, "")
}

/// What the links of a case may do.
pub(super) fn links_words(case: &Case) -> String {
    match case.budgets() {
        [there, back] if there == back => budget_words(there),
        [there, back] => {
            format!("to the server: {}; to the client: {}", budget_words(there), budget_words(back))
        }
    }
}

/// Under what an answer holds: a heading where everything is said, and a line each.
pub(super) fn holds(lines: &[String], say: Say) -> String {
    let mut text = match say {
        Say::All => format!("\n{}\n", paint(HEAD, "What this holds for")),
        Say::Answer => String::new(),
    };
    for line in lines {
        text.push_str(&words::wrap(&format!("  {line}"), WIDTH, "    "));
        text.push('\n');
    }
    text
}

/// What both links may do.
pub(super) fn budget_words(budget: Budget) -> String {
    let Budget { loss, repeat, reorder } = budget;
    let parts: Vec<String> = [("lost", loss), ("repeated", repeat), ("overtaking", reorder)]
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(what, n)| format!("up to {n} {what}"))
        .collect();
    if parts.is_empty() {
        "nothing is lost, repeated or overtaken on the links".to_owned()
    } else {
        format!("segments each way: {}", parts.join(", "))
    }
}

/// For people.
pub(super) fn human(telling: &Telling) -> String {
    let Telling { token, scenario, hash, story, outcome, one_way } = telling;
    let reply = scenario.reply;
    let mut text = format!("{}\n", subject(&token.case, &scenario.job));
    if let Some([there, back]) = one_way {
        let (there, back) = (ms(*there), ms(*back));
        let _ = writeln!(text, "One way takes {there} ms to the server, {back} ms to the client.");
    }
    text.push('\n');
    text.push_str(&ladder::ladder(&scenario.setup, story, reply));
    text.push('\n');
    match outcome {
        Some(outcome) => {
            let _ = writeln!(text, "{}", words::wrap_all(&verdict::sentence(outcome, reply), 98));
        }
        None => text.push_str("The trace stops here: no verdict.\n"),
    }
    if let Some(last) = story.steps.last() {
        let _ = writeln!(text, "{}", verdict::ledger_text(&last.after, reply));
    }
    let chain = explain(story, reply);
    if outcome.is_some_and(|outcome| outcome.cause.is_some()) && !chain.links.is_empty() {
        let _ = write!(
            text,
            "\n{}\n{}",
            paint(HEAD, "How it came to that, from the end backwards"),
            cause::sentences(&chain, story)
        );
    }
    let assumed = assumed(story);
    if !assumed.is_empty() {
        let line = format!("Answers used here that nobody has measured: {}", assumed.join("; "));
        let _ = write!(text, "\n{}\n", words::wrap(&line, 98, "  "));
    }
    let _ =
        write!(text, "\n{}\nAgain: closerace replay {}\n", basis(token, hash), token.text(hash));
    text
}

/// How it ended, and under what.
fn answer(telling: &Telling) -> String {
    let Telling { token, scenario, hash, story: _, outcome, one_way: _ } = telling;
    let verdict = match outcome {
        Some(outcome) => verdict::sentence(outcome, scenario.reply),
        None => "The trace stops here: no verdict.".to_owned(),
    };
    let basis = format!("One run: {}; {}. Scenario {hash}.", how(token), links_words(&token.case));
    format!("{}\n{}\n", words::wrap_all(&verdict, 98), words::wrap(&basis, 98, ""))
}

impl Telling {
    pub(super) const fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    pub(super) fn hash(&self) -> &str {
        &self.hash
    }

    /// The same for exporters: plain text around the story.
    pub(super) fn run(&self) -> Run<'_> {
        let Telling { token, scenario, hash, story, outcome, one_way } = self;
        let [client_stack, server_stack] = token.case.stacks;
        let mut subject = subject(&token.case, &scenario.job).replace('\n', " ");
        if let Some([there, back]) = one_way {
            let (there, back) = (ms(*there), ms(*back));
            let _ = write!(subject, " One way takes {there} ms to the server, {back} ms back.");
        }
        let verdict = match outcome {
            Some(outcome) => verdict::sentence(outcome, scenario.reply),
            None => "The trace stops here: no verdict.".to_owned(),
        };
        Run {
            setup: &scenario.setup,
            story,
            reply: scenario.reply,
            title: format!(
                "{} ({}) against {} ({})",
                token.case.server.in_full(),
                server_stack.name,
                token.case.client.in_full(),
                client_stack.name,
            ),
            subject,
            verdict: anstream::adapter::strip_str(&verdict).to_string(),
            again: format!("{} closerace replay {}", basis(token, hash), token.text(hash)),
        }
    }
}

/// Under what a verdict holds.
fn basis(token: &Token, hash: &str) -> String {
    format!("One run of many: {}. Scenario {hash}.", how(token))
}

/// Which run it is, under which pace.
fn how(token: &Token) -> String {
    match &token.which {
        Which::Drawn { seed, trial } => {
            format!("pace clocked, seed {seed}, trial {trial}, horizon one hour")
        }
        Which::Chosen(pace, choices) => format!("pace {}, {} choices", pace.word(), choices.len()),
    }
}

/// Answers that a story used and nobody has measured.
pub(super) fn assumed(story: &Story) -> Vec<String> {
    let mut list = Vec::new();
    for event in story.steps.iter().flat_map(|step| &step.events) {
        if let Event::Kernel(_, Note::Asked(question, Basis::Assumed(why))) = event {
            let text = format!("{question} ({why})");
            if !list.contains(&text) {
                list.push(text);
            }
        }
    }
    list
}

/// In the form that was asked for.
pub(super) fn print(
    telling: &Telling,
    format: super::Format,
    say: Say,
) -> Result<Printed, Problem> {
    match (format, say) {
        (super::Format::Human, Say::All) => Ok(Printed::done(human(telling))),
        (super::Format::Human, Say::Answer) => Ok(Printed::done(answer(telling))),
        (super::Format::Json, _) => Printed::json(&document(telling), Exit::Done),
    }
}
