//! The chain of causes as numbered sentences.

use super::words::{self, Names, ms};
use sim_core::answer::Basis;
use sim_core::report::explain::{Chain, Effect, Link, Trigger};
use sim_core::report::trace::Story;
use std::fmt::Write;

/// One sentence a link, the effect first; under each the rules that decided and what they rest on.
#[must_use]
pub fn sentences(chain: &Chain, story: &Story) -> String {
    let mut text = String::new();
    for (n, link) in chain.links.iter().enumerate() {
        let because = if n == 0 { "" } else { "because " };
        let line = format!("  {}. {}{}{}", n + 1, when(story, link), because, what(link));
        let _ = writeln!(text, "{}", words::wrap(&line, 98, "     "));
        for rule in &link.rules {
            let cite = words::cite(rule.cite);
            let line = format!("       rule {} ({cite}): {}", rule.id, rule.says);
            let _ = writeln!(text, "{}", words::wrap(&line, 98, "         "));
        }
        for (question, basis) in &link.answers {
            let rests = match basis {
                Basis::Known(source) => format!("known from {source}"),
                Basis::Assumed(why) => format!("ASSUMED: {why}"),
                Basis::Unknown => "UNKNOWN".to_owned(),
            };
            let line = format!("       the stack's answer to {question}: {rests}");
            let _ = writeln!(text, "{}", words::wrap(&line, 98, "         "));
        }
    }
    text
}

fn when(story: &Story, link: &Link) -> String {
    match story.steps.get(link.step).and_then(|step| step.at) {
        Some(at) => format!("{} ms: ", ms(at)),
        None => format!("step {}: ", link.step),
    }
}

/// One link in words.
#[must_use]
pub fn what(link: &Link) -> String {
    let who = Names::of(link.side);
    let trigger = match &link.by {
        Trigger::Call(call) => format!("the {who}'s application called {}", words::call(*call)),
        Trigger::Segment(segment) => {
            format!("the {who} received {}", article(&words::segment(segment)))
        }
        Trigger::Timer => format!("a timer of the {who} fired"),
        Trigger::Loss => format!("the link lost a segment to the {who}"),
    };
    let effect = match link.effect {
        Effect::Gone(span, why) => {
            let (from, to) = (span.start + 1, span.end);
            format!(", and bytes {from}-{to} of the answer were gone: {}", why.words())
        }
        Effect::Stopped(left) => format!("with {left} bytes of the answer not read"),
        Effect::Unwritten(left) => format!("with {left} bytes of the answer never written"),
        Effect::Sent(segment) => match link.by {
            Trigger::Call(_) | Trigger::Timer | Trigger::Loss => {
                format!(", which sent {}", article(&words::segment(&segment)))
            }
            Trigger::Segment(_) => format!("and sent {}", article(&words::segment(&segment))),
        },
        Effect::Failed(call, errno) => match link.by {
            Trigger::Call(_) => format!("and was told {}", errno.name()),
            Trigger::Segment(_) | Trigger::Timer | Trigger::Loss => {
                format!(", which is why {} failed with {}", words::call(call), errno.name())
            }
        },
        Effect::Closed => "and was done with the connection".to_owned(),
        Effect::Eof => "and was told that the stream had ended".to_owned(),
    };
    match effect.starts_with(',') {
        true => format!("{trigger}{effect}"),
        false => format!("{trigger} {effect}"),
    }
}

fn article(segment: &str) -> String {
    let article = match segment.split([' ', '+']).next() {
        Some("data") => "",
        Some("RST" | "ACK") => "an ",
        Some(_) | None => "a ",
    };
    let article = if segment.starts_with("RST") { "a " } else { article };
    format!("{article}{segment}")
}
