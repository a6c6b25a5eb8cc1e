//! A map for people.

use super::{Mapped, Problem};
use crate::cli::show::assumptions;
use crate::cli::tell::{budget_words, holds, subject};
use crate::cli::{Say, pick};
use crate::render::map;
use crate::render::map::text as drawn;
use crate::render::words::{self, HEAD, paint, thousands};
use crate::timing::words::inequality;
use crate::timing::{Area, Map, Parameter, Sampled};
use crate::token;
use crate::units::show_time;
use sim_core::drive::race::Left;
use sim_core::exact::{Overflow, Polytope};
use std::fmt::Write;

const WIDTH: usize = 98;
/// Pieces of an area that are printed.
const PIECES: usize = 6;

pub(super) fn text(mapped: &Mapped, say: Say) -> Result<String, Problem> {
    let large = |why: Overflow| Problem::Usage(why.to_string());
    let map = &mapped.map;
    let mut text = String::new();
    if say == Say::All {
        let scenario = mapped.case.scenario()?;
        let heading = paint(HEAD, "For which timings is the answer lost?");
        let _ = write!(text, "{heading}\n{}\n\n", subject(&mapped.case, &scenario.job));
    }
    text.push_str(&open_words(map.parameters()));
    if say == Say::All {
        text.push('\n');
        text.push_str(&picture(mapped)?);
    }
    text.push('\n');
    for area in &map.areas {
        text.push_str(&area_text(mapped, area, say).map_err(large)?);
    }
    text.push_str(&basis(mapped, say)?);
    Ok(text)
}

/// What is open.
fn open_words(parameters: &[Parameter]) -> String {
    let range =
        |one: &Parameter| format!("{} {} to {}", one.of, show_time(one.low), show_time(one.high));
    let all: Vec<String> = parameters.iter().map(range).collect();
    let text = format!("Open, each one value a run: {}.", all.join("; "));
    format!("{}\n", words::wrap(&text, WIDTH, "  "))
}

fn picture(mapped: &Mapped) -> Result<String, Problem> {
    let large = |why: Overflow| Problem::Usage(why.to_string());
    let Some(plane) = mapped.shown()? else { return drawn::bar(&mapped.map).map_err(large) };
    let mut text = drawn::plane(&plane).map_err(large)?;
    if !plane.held.is_empty() {
        let held = plane.held.iter().map(|(one, us)| format!("{} at {}", one.of, show_time(*us)));
        let _ = writeln!(text, "  ({})", held.collect::<Vec<_>>().join(", "));
    }
    Ok(text)
}

/// An area: how much of the box it is, where, and a run inside it.
fn area_text(mapped: &Mapped, area: &Area, say: Say) -> Result<String, Overflow> {
    let map = &mapped.map;
    let name = paint(drawn::style(area.ending), &map::words(area.ending));
    if !area.is_thick() {
        return Ok(format!("{name}: only where events coincide, in no volume\n"));
    }
    let share = drawn::share(&area.share);
    let mut text = format!("{name}: {share} of what is possible");
    if area.pieces.len() == 1 {
        let _ = writeln!(text, ", exactly where");
    } else {
        let _ = writeln!(text, ", in {} parts, exactly where", thousands(area.pieces.len() as u64));
    }
    let shown = if say == Say::All { PIECES } else { 1 };
    let mut pieces: Vec<&Polytope> = area.pieces.iter().collect();
    // The largest first; volumes are exact, so the order is the same everywhere.
    pieces.sort_by_cached_key(|piece| std::cmp::Reverse(piece.volume()));
    for (n, piece) in pieces.iter().take(shown).enumerate() {
        let or = if n == 0 { "   " } else { "or " };
        let line = format!("  {or}{}", conditions(piece, map)?);
        let _ = writeln!(text, "{}", words::wrap(&line, WIDTH, "       "));
    }
    if pieces.len() > shown {
        let more = thousands((pieces.len() - shown) as u64);
        let _ = writeln!(text, "  or in {more} smaller parts (--format json has all)");
    }
    if say == Say::All {
        text.push_str(&witness(mapped, area));
    }
    Ok(text)
}

/// Everything that has to hold, without what the ranges say already.
fn conditions(piece: &Polytope, map: &Map) -> Result<String, Overflow> {
    let mut all = Vec::new();
    for one in piece.irredundant()? {
        if !map.timing.region.holds_everywhere(&one)? {
            all.push(inequality(&one, map.parameters()));
        }
    }
    Ok(if all.is_empty() { "everywhere".to_owned() } else { all.join(" and ") })
}

/// A run inside.
fn witness(mapped: &Mapped, area: &Area) -> String {
    let none = "       no whole microseconds lie inside\n";
    let Some(point) = &area.witness else { return none.to_owned() };
    let parameters = mapped.map.parameters().iter();
    let at = parameters.zip(point).map(|(one, us)| format!("{} {}", one.of, show_time(*us)));
    let at = at.collect::<Vec<_>>().join(", ");
    match mapped.token(point) {
        Some(token) => format!("       as with {at}:\n       closerace replay {token}\n"),
        None => format!("       as with {at}\n"),
    }
}

/// Under what it holds.
fn basis(mapped: &Mapped, say: Say) -> Result<String, Problem> {
    let Mapped { case, map, .. } = mapped;
    let hash = token::hash(&case.scenario()?);
    let whole = match map.open.first() {
        None => "every order of events was followed: the areas are exact and make up the whole",
        Some((_, why)) => match why {
            Left::Leaves => "NOT the whole: --max-orders left a part",
            Left::Steps => "NOT the whole: the bound on steps left a part",
            Left::Variables => "NOT the whole: a part would have more variables than are followed",
            Left::Jitter => "NOT followed: every segment takes a time of its own",
            Left::Overflow => "NOT the whole: numbers became too large in a part",
        },
    };
    let mut lines = vec![format!(
        "Pace symbolic (one run for each order of events that some value allows): {} orders, {} \
         steps; {whole}; {}.",
        thousands(map.orders as u64),
        thousands(map.steps),
        budget_words(case.links[0].budget),
    )];
    if let Some(Sampled { runs, resolution, .. }) = &mapped.sampled {
        lines.push(format!(
            "The map is SAMPLED, not exact: {} runs in virtual time, boundaries to {} and {}; what \
             stands above in words is only what was followed.",
            thousands(*runs),
            show_time(resolution[0]),
            show_time(resolution[1]),
        ));
    }
    if let Some(halt) = map.undetermined {
        lines.push(format!("undetermined in a part: {halt}."));
    }
    if say == Say::All {
        lines.push(
            "Where two events coincide, what arrives comes first, then applications, then timers, \
             and of two alike the one that is older: a boundary belongs to the side whose sign has \
             an =."
                .to_owned(),
        );
        lines.push("Horizon of a run: one hour or a million actions.".to_owned());
        lines.push(format!(
            "Answers nobody has measured: {}.",
            assumptions(case.stacks.into_iter())
        ));
    }
    lines.push(format!("Scenario {hash}."));
    let mut text = holds(&lines, say);
    if say == Say::All {
        let typed = pick::typed(case);
        let next = paint(HEAD, "Next: how often, and what to set");
        let _ = write!(text, "\n{next}\n  closerace loss {typed}\n");
    }
    Ok(text)
}
