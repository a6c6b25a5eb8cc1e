//! A discretised race in PRISM's language: a Markov chain that draws every delay, one a step, and a
//! formula that says for which of them the answer is lost.
//!
//! The chain knows nothing of TCP and nothing of how sets are weighed here: a model checker that
//! adds up its paths does so by itself.

use crate::timing::orders::{Order, Orders, is_lost};
use crate::units::show_time;
use sim_core::exact::{Inequality, Kind, Overflow};
use sim_core::wire::Law;
use sim_core::wire::law::{Bin, Shape};
use std::fmt::Write;

/// Writes the model; `about` are its first lines, as comments.
///
/// # Errors
/// Numbers that are too large. Laws that are no points are taken at the shortest of each bin.
pub fn model(orders: &Orders, about: &[String]) -> Result<String, Overflow> {
    let draws = draws(orders);
    let mut text = String::new();
    for line in about {
        let _ = writeln!(text, "// {line}");
    }
    text.push_str("dtmc\n\n");
    text.push_str(&chain(&draws));
    for (n, (_, bins)) in draws.iter().enumerate() {
        let _ = writeln!(text, "formula d{n} = {};", choice(n, bins));
    }
    let lost = orders.orders.iter().filter(|order| is_lost(order.how));
    let lost = lost.map(|order| condition(order, &draws)).collect::<Result<Vec<_>, _>>()?;
    let _ = writeln!(text, "\n// The orders of events that lose the answer, one a line.");
    let lost = if lost.is_empty() { "false".to_owned() } else { lost.join("\n  | ") };
    let _ = writeln!(text, "formula is_lost =\n    {lost};\n");
    let _ = writeln!(text, "label \"done\" = step={};", draws.len());
    let _ = writeln!(text, "label \"lost\" = step={} & is_lost;", draws.len());
    Ok(text)
}

/// The property to ask such a model about.
pub const PROPERTY: &str = "P=? [F \"lost\"]";

/// Draws with their place in a run. Which law the second draw of a run is from may depend on the
/// first; each of the laws it may be from has a variable of its own then.
type Draws = Vec<((usize, Law), Vec<Bin>)>;

fn draws(orders: &Orders) -> Draws {
    let mut draws: Draws = Vec::new();
    let lost = orders.orders.iter().filter(|order| is_lost(order.how));
    for drawn in lost.flat_map(|order| order.drawn.iter().copied().enumerate()) {
        if draws.iter().all(|(known, _)| *known != drawn) {
            draws.push((drawn, bins(drawn.1)));
        }
    }
    draws.sort_by_key(|((place, _), _)| *place);
    draws
}

fn bins(law: Law) -> Vec<Bin> {
    match law {
        Law::Fixed(_) | Law::Uniform(..) => {
            vec![Bin { lo: law.shortest(), hi: law.shortest(), weight: 1 }]
        }
        Law::Shaped(curve) => match curve.shape() {
            Shape::Histogram(bins) => bins.clone(),
            Shape::Exponential { .. }
            | Shape::LogNormal { .. }
            | Shape::Gamma { .. }
            | Shape::Triangular { .. } => {
                vec![Bin { lo: law.shortest(), hi: law.shortest(), weight: 1 }]
            }
        },
    }
}

fn chain(draws: &Draws) -> String {
    let mut text = String::from("module draws\n");
    let _ = writeln!(text, "  step : [0..{}] init 0;", draws.len().max(1));
    for (n, ((place, _), bins)) in draws.iter().enumerate() {
        let times: Vec<String> = bins.iter().map(|bin| show_time(bin.lo)).collect();
        let times = times.join(", ");
        let top = bins.len().max(2) - 1;
        let _ = writeln!(text, "  x{n} : [0..{top}] init 0; // draw {}: {times}", place + 1);
    }
    text.push('\n');
    for (n, (_, bins)) in draws.iter().enumerate() {
        let all: u64 = bins.iter().map(|bin| bin.weight).sum();
        let way = |(i, bin): (usize, &Bin)| {
            format!("{}/{all} : (step'={}) & (x{n}'={i})", bin.weight, n + 1)
        };
        let ways: Vec<String> = bins.iter().enumerate().map(way).collect();
        let _ = writeln!(text, "  [] step={n} -> {};", ways.join(" + "));
    }
    let _ = writeln!(text, "  [] step={} -> true;", draws.len());
    text.push_str("endmodule\n\n// What was drawn, in microseconds.\n");
    text
}

/// The duration that a variable stands for.
fn choice(n: usize, bins: &[Bin]) -> String {
    let Some((last, others)) = bins.split_last() else { return "0".to_owned() };
    let mut text = String::new();
    for (i, bin) in others.iter().enumerate() {
        let _ = write!(text, "x{n}={i} ? {} : ", bin.lo);
    }
    let _ = write!(text, "{}", last.lo);
    text
}

fn condition(order: &Order, draws: &Draws) -> Result<String, Overflow> {
    let place = |n: usize| draws.iter().position(|(known, _)| *known == (n, order.drawn[n]));
    let names: Vec<String> = (0..order.drawn.len())
        .map(|n| place(n).map_or_else(|| "0".to_owned(), |at| format!("d{at}")))
        .collect();
    let all = order.region.irredundant()?;
    let all = all.iter().map(|one| inequality(one, &names)).collect::<Result<Vec<_>, _>>()?;
    Ok(if all.is_empty() { "true".to_owned() } else { format!("({})", all.join(" & ")) })
}

/// With whole coefficients.
fn inequality(what: &Inequality, names: &[String]) -> Result<String, Overflow> {
    let Inequality { form, kind } = what.primitive()?;
    let mut text = form.constant_term().0.to_string();
    for (n, name) in names.iter().enumerate() {
        match form.coefficient(n).0 {
            0 => {}
            1 => text.push_str(&format!("+{name}")),
            -1 => text.push_str(&format!("-{name}")),
            factor => {
                let _ = write!(text, "{factor:+}*{name}");
            }
        }
    }
    let sign = match kind {
        Kind::AtLeast => ">=",
        Kind::Above => ">",
    };
    Ok(format!("{text}{sign}0"))
}
