//! A story in one line a step.

use super::step::{Fate, Shown, actor, show};
use super::words::{self, Names, ms};
use sim_core::report::outcome::Reply;
use sim_core::report::trace::Story;
use sim_core::world::Setup;

/// A line for every step that shows something, numbered as in the trace.
#[must_use]
pub fn lines(setup: &Setup, story: &Story, reply: Reply) -> Vec<String> {
    let mut lines = Vec::new();
    let mut before = None;
    for (n, step) in story.steps.iter().enumerate() {
        let shown = show(setup, before, step, reply);
        before = Some(&step.after);
        if shown.is_empty() {
            continue;
        }
        let who = actor(step).map_or("start", Names::of);
        let when = step.at.map_or_else(|| n.to_string(), ms);
        let line = format!("    {when:>8}  {who:<6}  {}", line(&shown));
        lines.push(format!("{}\n", words::wrap(&line, 98, "                      ")));
    }
    lines
}

/// What a step shows, in a line.
#[must_use]
pub fn line(shown: &Shown) -> String {
    let mut parts = Vec::new();
    if let Some((_, segment, fate)) = &shown.arrived {
        let verb = match fate {
            Fate::Arrived => "gets",
            Fate::Lost => "never gets",
        };
        parts.push(format!("{verb} {}", words::segment(segment)));
    }
    parts.extend(shown.says.iter().flatten().cloned());
    let sent: Vec<String> = shown.sent.iter().flatten().map(words::segment).collect();
    if !sent.is_empty() {
        parts.push(format!("sends {}", sent.join(", ")));
    }
    parts.join("; ")
}
