//! A run as a Mermaid `sequenceDiagram`, as Markdown on the web draws it.
//!
//! Mermaid has no time and no slanted arrows: messages stand in the order of their arrival, and
//! each says when it was sent. What crosses on the wire can be read, not seen; `svg` shows it.

use super::flight::{End, Flight, burst_words, deciding, flights, together};
use super::run::{Run, Time};
use super::step::{Shown, show};
use super::words;
use sim_core::wire::Side;
use sim_core::world::World;
use std::fmt::Write;

/// The diagram.
#[must_use]
pub fn mermaid(run: &Run<'_>) -> String {
    let flights = flights(run.story);
    let deciding = deciding(run, &flights);
    let mut text = String::from("sequenceDiagram\n");
    let line = |text: &mut String, words: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    {words}");
    };
    line(&mut text, &format!("accTitle: {}", escaped(&run.title)));
    line(&mut text, &format!("accDescr: {}", escaped(&run.verdict)));
    for side in Side::BOTH {
        let name = escaped(&run.end(side));
        line(&mut text, &format!("participant {} as {name}", letter(side)));
    }
    line(&mut text, &format!("Note over C,S: {}", folded(&run.subject)));
    if run.time() == Time::Steps {
        line(&mut text, "Note over C,S: an order without a clock");
    }
    let mut before: Option<&World> = None;
    let mut group: Vec<&Flight> = Vec::new();
    for (n, step) in run.story.steps.iter().enumerate() {
        let shown = show(run.setup, before, step, run.reply);
        before = Some(&step.after);
        let ended = flights.iter().position(|flight| flight.end.step() == Some(n));
        let decides = ended.is_some() && ended == deciding;
        if let Some(flight) = ended.map(|at| &flights[at]) {
            let joins = group.last().is_some_and(|last| joins(run, last, flight)) && !decides;
            if !joins {
                flush(run, &mut group, &mut text);
            }
            group.push(flight);
        }
        let notes = notes(run, n, &shown);
        if ended.is_none() || decides || !notes.is_empty() {
            flush(run, &mut group, &mut text);
        }
        if decides {
            line(&mut text, "Note over C,S: this segment decided it");
        }
        notes.iter().for_each(|note| line(&mut text, note));
    }
    flush(run, &mut group, &mut text);
    for flight in flights.iter().filter(|flight| flight.end == End::UnderWay) {
        line(&mut text, &message(run, &[flight]));
    }
    line(&mut text, &format!("Note over C,S: {}", folded(&run.verdict)));
    text
}

/// Whether a segment arrives in the same breath as the last one.
fn joins(run: &Run<'_>, last: &Flight, next: &Flight) -> bool {
    let at = |step: usize| run.story.steps[step].at;
    let (End::Arrived(end), End::Arrived(next_end)) = (last.end, next.end) else { return false };
    last.from == next.from
        && together(&last.segment, &next.segment)
        && at(last.sent) == at(next.sent)
        && at(end) == at(next_end)
        && (run.time() == Time::Micros || last.sent == next.sent)
}

fn flush(run: &Run<'_>, group: &mut Vec<&Flight>, text: &mut String) {
    if !group.is_empty() {
        let _ = writeln!(text, "    {}", message(run, group));
        group.clear();
    }
}

/// A message line for segments that arrive together.
fn message(run: &Run<'_>, group: &[&Flight]) -> String {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return String::new() };
    let (from, to) = (letter(first.from), letter(first.from.peer()));
    let what = match group {
        [one] => words::segment(&one.segment),
        _ => burst_words(group),
    };
    let sent = format!("sent {}", run.when(first.sent));
    let (arrow, end) = match last.end {
        End::Arrived(step) => ("->>", format!("arrives {}", run.when(step))),
        End::Lost(step) => ("-x", format!("lost {}", run.when(step))),
        End::UnderWay => ("-)", "still on its way".to_owned()),
    };
    format!("{from}{arrow}{to}: {}<br/>{}", escaped(&what), escaped(&format!("{sent}, {end}")))
}

/// What the two sides say in a step, a note each.
fn notes(run: &Run<'_>, n: usize, shown: &Shown) -> Vec<String> {
    let side = |side: Side| {
        let says = &shown.says[side.index()];
        if says.is_empty() {
            return None;
        }
        let place = match side {
            Side::A => "left",
            Side::B => "right",
        };
        let says: Vec<String> = says.iter().map(|say| escaped(say)).collect();
        let when = escaped(&run.when(n));
        Some(format!("Note {place} of {}: {when}<br/>{}", letter(side), says.join("<br/>")))
    };
    Side::BOTH.into_iter().filter_map(side).collect()
}

/// A paragraph in lines that fit between the two lifelines.
fn folded(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .flat_map(|line| {
            words::wrap(line, 44, "").lines().map(|part| escaped(part.trim())).collect::<Vec<_>>()
        })
        .collect();
    lines.join("<br/>")
}

const fn letter(side: Side) -> &'static str {
    match side {
        Side::A => "C",
        Side::B => "S",
    }
}

/// Mermaid reads `#`, `;`, brackets and `%` as its own; they are written as character codes.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push(' '),
            '#' | ';' | '<' | '>' | '&' | '"' | '\\' | '{' | '}' | '[' | ']' | '%' | '`' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mermaid_reads_as_its_own_is_escaped() {
        assert_eq!(escaped("a; #b {1, 0}"), "a#59; #35;b #123;1, 0#125;");
    }
}
