//! What happened before what, in the DOT language: the order of steps at each end, and for every
//! segment its sending before its arrival. Steps between which no path leads could have happened in
//! the other order.
//!
//! A bulk transfer is condensed: of a long row of steps at an end that only move text one node is
//! left, and what crosses between two nodes is one edge. Whatever changes a state, carries a SYN,
//! FIN or RST, is lost, or belongs to the chain of causes stays a node of its own.

use super::flight::{End, Flight, Kind, deciding, flights};
use super::run::Run;
use super::step::{Shown, actor, show};
use super::{Names, words};
use sim_core::report::explain::explain;
use sim_core::wire::Side;
use sim_core::world::{Action, World};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The graph: a cluster an end, a node a step that shows something, in the chain of causes with a
/// double border.
#[must_use]
pub fn dot(run: &Run<'_>) -> String {
    let flights = flights(run.story);
    let deciding = deciding(run, &flights);
    let causes: BTreeSet<usize> =
        explain(run.story, run.reply).links.iter().map(|link| link.step).collect();
    let kept = kept(run, &flights, &causes);
    let ends: Vec<Vec<Node>> =
        nodes(run).into_iter().map(|steps| condensed(run, steps, &kept)).collect();
    let mut text = String::from("digraph happens_before {\n");
    // Writing to a string cannot fail.
    let _ = writeln!(text, "  label=\"{}\";", escaped(&format!("{}\n{}", run.title, run.verdict)));
    text.push_str("  labelloc=t;\n  node [shape=box, fontname=monospace, fontsize=10];\n");
    text.push_str("  edge [fontname=monospace, fontsize=9];\n");
    for side in Side::BOTH {
        let name = Names::of(side);
        let _ = writeln!(text, "  subgraph cluster_{name} {{");
        let _ = writeln!(text, "    label=\"{}\";", escaped(&run.end(side)));
        for Node { first: n, last: _, label } in &ends[side.index()] {
            let border = if causes.contains(n) { ", peripheries=2" } else { "" };
            let _ = writeln!(text, "    {name}{n} [label=\"{}\"{border}];", escaped(label));
        }
        text.push_str("  }\n");
    }
    for side in Side::BOTH {
        let name = Names::of(side);
        for pair in ends[side.index()].windows(2) {
            let (from, to) = (pair[0].first, pair[1].first);
            let _ = writeln!(text, "  {name}{from} -> {name}{to} [weight=8];");
        }
    }
    let mut bands: BTreeMap<(Side, usize, usize), Vec<&Flight>> = BTreeMap::new();
    for (n, flight) in flights.iter().enumerate() {
        match band(&ends, flight) {
            Some(band) => bands.entry(band).or_default().push(flight),
            None => edge(run, (n, flight), deciding == Some(n), &mut text),
        }
    }
    for ((from, sent, arrived), flights) in bands {
        let label = escaped(&band_words(&flights));
        let (from, to) = (Names::of(from), Names::of(from.peer()));
        let _ = writeln!(text, "  {from}{sent} -> {to}{arrived} [label=\"{label}\", penwidth=2];");
    }
    text.push_str("}\n");
    text
}

/// A step at an end, or a row of them.
struct Node {
    first: usize,
    last: usize,
    label: String,
}

/// Shorter rows are drawn as they are.
const ROW: usize = 16;

/// Steps that stay nodes of their own.
fn kept(run: &Run<'_>, flights: &[Flight], causes: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut kept = causes.clone();
    for flight in flights {
        let moves = match (Kind::of(&flight.segment), flight.end) {
            (Kind::Data | Kind::Ack, End::Arrived(_)) => true,
            (Kind::Data | Kind::Ack | Kind::Syn | Kind::Fin | Kind::Rst, _) => false,
        };
        if !moves {
            kept.extend(std::iter::once(flight.sent).chain(flight.end.step()));
        }
    }
    let mut before: Option<&World> = None;
    for (n, step) in run.story.steps.iter().enumerate() {
        let shown = show(run.setup, before, step, run.reply);
        before = Some(&step.after);
        let moves = |say: &String| say.starts_with("read(") || say.starts_with("write(");
        if !shown.says.iter().flatten().all(moves) {
            kept.insert(n);
        }
    }
    kept
}

/// Steps of an end with long rows of those that only move text as one.
fn condensed(run: &Run<'_>, steps: Vec<(usize, String)>, kept: &BTreeSet<usize>) -> Vec<Node> {
    let rows = steps.chunk_by(|(a, _), (b, _)| !kept.contains(a) && !kept.contains(b));
    let mut nodes = Vec::new();
    for row in rows {
        match row {
            [(first, _), .., (last, _)] if row.len() >= ROW => {
                let count = words::count(row.len() as u64, "step");
                let label =
                    format!("{} to {}\n{count} that move text", run.when(*first), run.when(*last));
                nodes.push(Node { first: *first, last: *last, label });
            }
            row => nodes.extend(row.iter().map(|(n, label)| Node {
                first: *n,
                last: *n,
                label: label.clone(),
            })),
        }
    }
    nodes
}

/// The row a flight leaves from or comes to, and the node at its other end.
fn band(ends: &[Vec<Node>], flight: &Flight) -> Option<(Side, usize, usize)> {
    let End::Arrived(arrived) = flight.end else { return None };
    let at = |side: Side, step: usize| {
        let nodes = &ends[side.index()];
        let after = nodes.partition_point(|node| node.first <= step);
        after.checked_sub(1).map(|at| &nodes[at]).filter(|node| step <= node.last)
    };
    let (from, to) = (at(flight.from, flight.sent)?, at(flight.from.peer(), arrived)?);
    let is_row = from.first != from.last || to.first != to.last;
    is_row.then_some((flight.from, from.first, to.first))
}

/// What crosses between two nodes.
fn band_words(flights: &[&Flight]) -> String {
    if let [one] = flights {
        return words::segment(&one.segment);
    }
    let bytes: u64 = flights.iter().map(|it| u64::from(it.segment.text.len())).sum();
    let count = words::count(flights.len() as u64, "segment");
    format!("{count}, {}", words::count(bytes, "byte"))
}

/// By side: steps that show something there, with what they show.
fn nodes(run: &Run<'_>) -> Vec<Vec<(usize, String)>> {
    let mut ends = vec![Vec::new(), Vec::new()];
    let mut before: Option<&World> = None;
    for (n, step) in run.story.steps.iter().enumerate() {
        let shown = show(run.setup, before, step, run.reply);
        before = Some(&step.after);
        for side in Side::BOTH {
            // What the link loses happens at neither end.
            let lost = matches!(step.action, Some(Action::Lose(..)));
            let acts = actor(step) == Some(side) && !lost;
            if !lost && (shows(&shown, side) || acts && shown.arrived.is_some()) {
                ends[side.index()].push((n, label(run, n, &shown, side)));
            }
        }
    }
    ends
}

fn shows(shown: &Shown, side: Side) -> bool {
    !shown.says[side.index()].is_empty() || !shown.sent[side.index()].is_empty()
}

fn label(run: &Run<'_>, n: usize, shown: &Shown, side: Side) -> String {
    let mut lines = vec![run.when(n)];
    if let Some((_, segment, _)) = shown.arrived {
        lines.push(format!("gets {}", words::segment(&segment)));
    }
    lines.extend(shown.says[side.index()].iter().cloned());
    lines.join("\n")
}

fn edge(run: &Run<'_>, (n, flight): (usize, &Flight), decides: bool, text: &mut String) {
    let from = Names::of(flight.from);
    let to = Names::of(flight.from.peer());
    let marked = match decides {
        true => (" DECIDES", ", penwidth=4"),
        false => ("", ""),
    };
    let segment = escaped(&format!("{}{}", words::segment(&flight.segment), marked.0));
    let style = marked.1;
    let sent = flight.sent;
    let _ = match flight.end {
        End::Arrived(step) if step == sent => Ok(()),
        End::Arrived(step) => writeln!(
            text,
            "  {from}{sent} -> {to}{step} [label=\"{segment}\", constraint=true{style}];"
        ),
        End::Lost(step) => writeln!(
            text,
            "  lost{n} [shape=plaintext, label=\"x lost {}\"];\n  \
             {from}{sent} -> lost{n} [label=\"{segment}\", style=dashed{style}];",
            escaped(&run.when(step)),
        ),
        End::UnderWay => writeln!(
            text,
            "  way{n} [shape=plaintext, label=\"still on its way\"];\n  \
             {from}{sent} -> way{n} [label=\"{segment}\", style=dotted{style}];"
        ),
    };
}

/// As the inside of a quoted string; lines end flush left.
fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn quotes_and_backslashes_are_escaped() {
        assert_eq!(escaped("a \"b\" \\ c\nd"), "a \\\"b\\\" \\\\ c\\nd");
    }
}
