//! What is possible where every segment takes a time of its own: no map has so many dimensions, so
//! each end is asked for by itself, with a shortest run to it.

use super::{Args, Format, Problem};
use crate::case::{Case, Scenario};
use crate::cli::loss::path_law_words;
use crate::cli::show::{assumptions, law_words};
use crate::cli::tell::{holds, subject};
use crate::cli::{Exit, Live, Printed, Say, output, pick, watch};
use crate::preset::Job;
use crate::render::map;
use crate::render::map::text::style;
use crate::render::words::{self, HEAD, paint, thousands};
use crate::timing::Ending;
use crate::token::{self, Token, Which};
use indicatif::{ProgressBar, ProgressStyle};
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::drive::possible::{Possible, Way, possible};
use sim_core::drive::run::{HORIZON, lanes_of};
use sim_core::pace::PaceName;
use sim_core::report::outcome::{Word, outcome};
use sim_core::report::trace::choices;
use sim_core::tcp::Gone;
use sim_core::wire::Side;
use sim_core::world::World;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};

/// States that are followed unless somebody says otherwise.
const STATES: usize = 200_000;

/// What can happen to the answer where every segment takes a time of its own.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct Document {
    scenario: output::ScenarioId,
    pace: &'static str,
    server: String,
    client: String,
    server_stack: &'static str,
    client_stack: &'static str,
    /// Whether nothing else is possible.
    whole: bool,
    /// Worlds, with how far apart their instants can be.
    states: usize,
    possible: Vec<End>,
}

impl output::Document for Document {
    const KIND: &'static str = "race-possible";
}

/// An end that is possible.
#[derive(Debug, Serialize, JsonSchema)]
struct End {
    /// Absent where a stack has no answer to a question.
    word: Option<Word>,
    cause: Option<Gone>,
    /// The question that has no answer.
    undetermined: Option<String>,
    /// The fewest events that lead there.
    events: usize,
    /// A run of them; absent where none can be written as a token.
    token: Option<String>,
}

/// What was asked and found.
struct Asked {
    case: Case,
    scenario: Scenario,
    hash: String,
    found: Possible<Ending>,
}

pub(super) fn answer(
    args: &Args,
    case: Case,
    (live, say): (Live, Say),
) -> Result<Printed, Problem> {
    if !args.over.is_empty() || args.plane.is_some() || !args.hold.is_empty() {
        return Err(Problem::Usage(
            "with --jitter every delay is anything in its range, anew each time: there is nothing \
             for --over, --plane and --hold"
                .to_owned(),
        ));
    }
    let scenario = case.scenario()?;
    let most = args.max_orders.map_or(STATES, |most| most as usize);
    let client_has_ended = |world: &World| lanes_of(world, Side::A);
    let (bar, stop) = watched(live);
    let goes_on = |states: usize| {
        if states.is_multiple_of(256) {
            bar.set_position(states as u64);
        }
        states < most && !stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    };
    let found = possible(&scenario.setup, HORIZON, goes_on, client_has_ended, |world, ended| {
        let end = outcome(world, scenario.reply, ended);
        Ending::Known(end.word, end.cause)
    });
    bar.finish_and_clear();
    let found = found.map_err(|why| Problem::Usage(why.to_string()))?;
    let hash = token::hash(&scenario);
    let asked = Asked { case, scenario, hash, found };
    let exit = match asked.found.is_whole && asked.found.ways.iter().all(|way| way.end.is_ok()) {
        true => Exit::Done,
        false => Exit::Inconclusive,
    };
    match args.format {
        Format::Human => Ok(Printed { text: text(&asked, say), exit }),
        Format::Json => Printed::json(&document(&asked), exit),
        Format::Svg => Err(Problem::Usage(
            "where every segment takes a time of its own there is no map: no --format svg"
                .to_owned(),
        )),
    }
}

/// A sign of life, and what says that somebody wants an end of it.
fn watched(live: Live) -> (ProgressBar, Option<&'static AtomicBool>) {
    let bar = ProgressBar::with_draw_target(None, watch::target(live));
    let template = "{spinner} {human_pos} states (Ctrl-C prints what is known)";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    (bar, (live != Live::Batch).then(watch::stop_on_ctrl_c))
}

impl Asked {
    fn token(&self, way: &Way<Ending>) -> Option<String> {
        let choices = choices(&self.scenario.setup, PaceName::Free, &way.trace).ok()?;
        let which = Which::Chosen(PaceName::Free, choices);
        Some(Token { case: self.case.clone(), which }.text(&self.hash))
    }
}

fn ending(way: &Way<Ending>) -> Ending {
    match &way.end {
        Ok(ending) => *ending,
        Err(_) => Ending::Undetermined,
    }
}

fn text(asked: &Asked, say: Say) -> String {
    let Asked { case, scenario, found, .. } = asked;
    let mut text = String::new();
    if say == Say::All {
        let heading = paint(HEAD, "What is possible?");
        let _ = write!(text, "{heading}\n{}\n\n", subject(case, &scenario.job));
    }
    for way in &found.ways {
        let name = paint(style(ending(way)), &map::words(ending(way)));
        let events = words::count(way.trace.len() as u64, "event");
        let _ = writeln!(text, "{name}: possible, in {events} at the least");
        if let Some(token) = asked.token(way) {
            let _ = writeln!(text, "     closerace replay {token}");
        }
    }
    let rest = match found.is_whole {
        true => "Nothing else is possible with these delays.",
        false => {
            "NOT the whole: --max-orders or Ctrl-C left states; what else is possible is not known."
        }
    };
    let _ = writeln!(text, "{rest}");
    text.push_str(&basis(asked, say));
    text
}

fn basis(asked: &Asked, say: Say) -> String {
    let Asked { case, hash, found, .. } = asked;
    let mut lines = vec![format!(
        "Pace interval (instants are known by how far apart they can be, in whole microseconds): \
         {} states; segments stay in order.",
        thousands(found.states as u64)
    )];
    if say == Say::All {
        let Job { gap, wake, late, accept, .. } = case.job;
        lines.extend([
            format!(
                "Each time anew: {}; between two writes {}; to accept {}; to read {} (late-reader \
                 {}). Retransmission timers go by the path without jitter.",
                path_law_words(case),
                law_words(gap),
                law_words(accept),
                law_words(wake),
                law_words(late),
            ),
            "Every word that is possible is here. When the client has ended, what is left goes on \
             in one order: a word may have further causes. Horizon of a run: one hour or a \
             million actions."
                .to_owned(),
            format!("Answers nobody has measured: {}.", assumptions(case.stacks.into_iter())),
        ]);
    }
    lines.push(format!("Scenario {hash}."));
    let mut text = holds(&lines, say);
    if say == Say::All {
        let heading = paint(HEAD, "Next: how often");
        let _ = write!(text, "\n{heading}\n  closerace loss {}\n", pick::typed(case));
    }
    text
}

fn document(asked: &Asked) -> Document {
    let Asked { case, hash, found, .. } = asked;
    let end = |way: &Way<Ending>| {
        let (word, cause) = match ending(way) {
            Ending::Known(word, cause) => (Some(word), cause),
            Ending::Undetermined => (None, None),
        };
        End {
            word,
            cause,
            undetermined: way.end.as_ref().err().map(ToString::to_string),
            events: way.trace.len(),
            token: asked.token(way),
        }
    };
    Document {
        scenario: output::ScenarioId { name: case.story.clone(), hash: hash.clone() },
        pace: "interval",
        server: case.server.in_full(),
        client: case.client.in_full(),
        server_stack: case.stacks[1].name,
        client_stack: case.stacks[0].name,
        whole: found.is_whole,
        states: found.states,
        possible: found.ways.iter().map(end).collect(),
    }
}
