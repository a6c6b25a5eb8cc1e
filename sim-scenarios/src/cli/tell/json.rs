//! A run for programs.

use super::{Telling, Which, assumed};
use crate::case::Case;
use crate::cli::output::{self, Links, Outcome, ScenarioId};
use crate::render::words::{self, Names};
use crate::render::{cause, step, verdict};
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::pace::PaceName;
use sim_core::report::explain::explain;
use sim_core::report::trace::Story;
use sim_core::world::{Action, Setup};

/// A run: what `run`, `replay` and `export --format json` print.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct Document {
    scenario: ScenarioId,
    budget: Links,
    pace: &'static str,
    /// What `replay` takes.
    token: String,
    /// Delays that were drawn: to the server, to the client.
    one_way_us: Option<[u64; 2]>,
    /// Absent where the run stops before its end.
    outcome: Option<Outcome>,
    /// Where the bytes of the answer are in the end.
    ledger: Vec<Place>,
    /// How it came to the outcome, from the end backwards.
    causes: Vec<CauseLink>,
    /// Answers that were used and nobody has measured.
    assumed: Vec<String>,
    steps: Vec<Step>,
}

impl output::Document for Document {
    const KIND: &'static str = "run";
}

/// So many bytes of the answer.
#[derive(Debug, Serialize, JsonSchema)]
struct Place {
    place: String,
    bytes: u32,
}

/// A link of the chain of causes.
#[derive(Debug, Serialize, JsonSchema)]
struct CauseLink {
    /// Its place among the steps.
    step: usize,
    side: &'static str,
    says: String,
    /// Rules that decided it, as `explain` takes them.
    rules: Vec<&'static str>,
}

/// Something that happened.
#[derive(Debug, Serialize, JsonSchema)]
struct Step {
    step: usize,
    /// When, in virtual time; absent where only the order is known.
    at_us: Option<u64>,
    /// Absent in the first step, in which the server begins to listen.
    action: Option<Action>,
    side: Option<&'static str>,
    /// The segment that arrived.
    arrived: Option<String>,
    /// What the client did and was told.
    client: Vec<String>,
    /// What the server did and was told.
    server: Vec<String>,
    sent: Vec<String>,
}

pub(in crate::cli) fn document(telling: &Telling) -> Document {
    let Telling { token, scenario, hash, story, outcome, one_way } = telling;
    let reply = scenario.reply;
    let links = explain(story, reply).links;
    let causes = links.iter().map(|link| CauseLink {
        step: link.step,
        side: Names::of(link.side),
        says: cause::what(link),
        rules: link.rules.iter().map(|rule| rule.id).collect(),
    });
    let ledger = story.steps.last().map_or_else(Vec::new, |last| {
        let places = verdict::places(&last.after, reply).into_iter();
        places.map(|(place, bytes)| Place { place, bytes }).collect()
    });
    Document {
        scenario: ScenarioId { name: scenario.name.clone(), hash: hash.clone() },
        budget: self::links(&token.case),
        pace: match &token.which {
            Which::Drawn { .. } => PaceName::Clocked.word(),
            Which::Chosen(pace, _) => pace.word(),
        },
        token: token.text(hash),
        one_way_us: *one_way,
        outcome: outcome.as_ref().map(Outcome::from),
        ledger,
        causes: causes.collect(),
        assumed: assumed(story),
        steps: steps(&scenario.setup, story, reply),
    }
}

fn steps(setup: &Setup, story: &Story, reply: sim_core::report::outcome::Reply) -> Vec<Step> {
    let mut before = None;
    let mut steps = Vec::new();
    for (n, step) in story.steps.iter().enumerate() {
        let shown = step::show(setup, before, step, reply);
        before = Some(&step.after);
        let [client, server] = shown.says;
        steps.push(Step {
            step: n,
            at_us: step.at,
            action: step.action,
            side: step::actor(step).map(Names::of),
            arrived: shown.arrived.map(|(_, segment, _)| words::segment(&segment)),
            client,
            server,
            sent: shown.sent.iter().flatten().map(words::segment).collect(),
        });
    }
    steps
}

/// What the links of a case may do.
pub(in crate::cli) fn links(case: &Case) -> Links {
    match case.budgets() {
        [there, back] if there == back => Links::Both(there),
        [to_server, to_client] => Links::Each { to_server, to_client },
    }
}
