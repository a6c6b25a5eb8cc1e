//! What happened before what, in the DOT language: the order of steps at each end, and for every
//! segment its sending before its arrival. Steps between which no path leads could have happened in
//! the other order.

use super::flight::{End, Flight, deciding, flights};
use super::run::Run;
use super::step::{Shown, actor, show};
use super::{Names, words};
use sim_core::report::explain::explain;
use sim_core::wire::Side;
use sim_core::world::{Action, World};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The graph: a cluster an end, a node a step that shows something, in the chain of causes with a
/// double border.
#[must_use]
pub fn dot(run: &Run<'_>) -> String {
    let flights = flights(run.story);
    let deciding = deciding(run, &flights);
    let causes: BTreeSet<usize> =
        explain(run.story, run.reply).links.iter().map(|link| link.step).collect();
    let ends: Vec<Vec<(usize, String)>> = nodes(run);
    let mut text = String::from("digraph happens_before {\n");
    // Writing to a string cannot fail.
    let _ = writeln!(text, "  label=\"{}\";", escaped(&format!("{}\n{}", run.title, run.verdict)));
    text.push_str("  labelloc=t;\n  node [shape=box, fontname=monospace, fontsize=10];\n");
    text.push_str("  edge [fontname=monospace, fontsize=9];\n");
    for side in Side::BOTH {
        let name = Names::of(side);
        let _ = writeln!(text, "  subgraph cluster_{name} {{");
        let _ = writeln!(text, "    label=\"{}\";", escaped(&run.end(side)));
        for (n, label) in &ends[side.index()] {
            let border = if causes.contains(n) { ", peripheries=2" } else { "" };
            let _ = writeln!(text, "    {name}{n} [label=\"{}\"{border}];", escaped(label));
        }
        text.push_str("  }\n");
    }
    for side in Side::BOTH {
        let name = Names::of(side);
        for pair in ends[side.index()].windows(2) {
            let _ = writeln!(text, "  {name}{} -> {name}{} [weight=8];", pair[0].0, pair[1].0);
        }
    }
    for (n, flight) in flights.iter().enumerate() {
        edge(run, (n, flight), deciding == Some(n), &mut text);
    }
    text.push_str("}\n");
    text
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
