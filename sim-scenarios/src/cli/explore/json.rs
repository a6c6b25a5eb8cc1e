//! A census for programs.

use super::text::{class_word, end_words, fared, used};
use super::{Explored, judged};
use crate::cli::output::{self, Links, Outcome, ScenarioId};
use crate::cli::{Problem, tell};
use crate::render::words::Names;
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::pace;
use sim_core::report::census::Entry;
use sim_core::report::claim::Finding;
use sim_core::report::outcome::Word;

/// What can come of a scenario, over every order.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct Document {
    scenario: ScenarioId,
    pace: &'static str,
    budget: Links,
    max_states: u64,
    /// Whether every order was looked at.
    complete: bool,
    /// How the search ended.
    end: &'static str,
    counts: Counts,
    words: Vec<Word>,
    outcomes: Vec<Ending>,
    /// What must hold of the model, and what is worth knowing of TCP.
    claims: Vec<CheckedClaim>,
    /// What the story claims, where it is explored as it is.
    story_claims: Vec<judged::StoryClaim>,
    /// Timers of the applications, as the racing pace classes them.
    timers: Vec<ScriptTimer>,
    /// Answers that were used and nobody has measured.
    assumed: Vec<String>,
}

impl output::Document for Document {
    const KIND: &'static str = "census";
}

/// Sizes of the space.
#[derive(Debug, Serialize, JsonSchema)]
struct Counts {
    states: u64,
    edges: u64,
    terminals: u64,
    /// Steps that could not be taken.
    halts: u64,
    /// Steps that led out of a bound.
    turned_away: u64,
}

/// An outcome, and the shortest way to it.
#[derive(Debug, Serialize, JsonSchema)]
struct Ending {
    outcome: Outcome,
    end_states: u64,
    steps: usize,
    token: String,
}

/// A claim about the model or about TCP.
#[derive(Debug, Serialize, JsonSchema)]
struct CheckedClaim {
    claim: &'static str,
    says: &'static str,
    /// held, not broken, finding or FAILED.
    fared: &'static str,
    /// A run that shows it, where there is one.
    token: Option<String>,
}

/// A timer of an application.
#[derive(Debug, Serialize, JsonSchema)]
struct ScriptTimer {
    side: &'static str,
    timer: String,
    us: u64,
    /// racing or quiet.
    class: &'static str,
}

pub(super) fn document(explored: &Explored) -> Result<Document, Problem> {
    let Explored { case, scenario, hash, census, limits, judged } = explored;
    let ending = |Entry { outcome, terminals, trace }: &Entry| {
        Ok::<_, Problem>(Ending {
            outcome: Outcome::from(outcome),
            end_states: *terminals,
            steps: trace.len(),
            token: explored.token(trace)?,
        })
    };
    let claim = |Finding { claim, counterexample }: &Finding| {
        let (fared, trace) = fared(explored, *claim, counterexample.as_deref());
        let token = trace.map(|trace| explored.token(trace)).transpose()?;
        let (claim, says) = (claim.word(), claim.says());
        Ok::<_, Problem>(CheckedClaim { claim, says, fared, token })
    };
    let timer = |(side, timer, us, class)| ScriptTimer {
        side: Names::of(side),
        timer,
        us,
        class: class_word(class),
    };
    let sim_core::drive::explore::Counts { states, edges, terminals, halts, turned_away } =
        census.counts;
    Ok(Document {
        scenario: ScenarioId { name: scenario.name.clone(), hash: hash.clone() },
        pace: census.pace.word(),
        budget: tell::links(case),
        max_states: limits.states,
        complete: census.is_complete(),
        end: end_words(census.end),
        counts: Counts { states, edges, terminals, halts, turned_away },
        words: census.words(),
        outcomes: census.entries.iter().map(ending).collect::<Result<_, _>>()?,
        claims: census.findings.iter().map(claim).collect::<Result<_, _>>()?,
        story_claims: judged::documents(case, judged),
        timers: pace::classes(&scenario.setup).into_iter().map(timer).collect(),
        assumed: used(explored),
    })
}
