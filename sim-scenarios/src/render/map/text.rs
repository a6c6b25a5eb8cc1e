//! Maps as text: a letter a place.

use super::{looks, words};
use crate::render::words::{DIM, paint, word_style};
use crate::timing::words::exact_time;
use crate::timing::{Axis, Ending, Map, Plane};
use anstyle::Style;
use num_traits::ToPrimitive;
use sim_core::exact::{Overflow, Polygon, Ratio};
use std::fmt::Write;

/// Places of a map: columns, lines.
pub const SIZE: (usize, usize) = (64, 22);

/// The colour of an ending.
#[must_use]
pub const fn style(ending: Ending) -> Style {
    match ending {
        Ending::Known(word, _) => word_style(word),
        Ending::Undetermined => DIM,
    }
}

/// The value in the middle of place `n` of `of` along an axis.
fn middle(axis: &Axis, n: usize, of: usize) -> Ratio {
    let width = i128::from(axis.high) - i128::from(axis.low);
    let part = Ratio::new(width * (2 * n as i128 + 1), 2 * of as i128);
    Ratio::from_integer(i128::from(axis.low)) + part
}

/// Whether a point is inside a polygon or on its rim where that belongs to it.
fn holds(polygon: &Polygon, point: &[Ratio; 2]) -> Result<bool, Overflow> {
    for edge in &polygon.edges {
        let value = edge.inequality.form.at(point)?;
        let zero = Ratio::from_integer(0);
        let fits = match edge.inequality.kind {
            sim_core::exact::Kind::AtLeast => value >= zero,
            sim_core::exact::Kind::Above => value > zero,
        };
        if !fits {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A plane, upwards and to the right, each letter what happens at the middle of its place.
///
/// # Errors
/// Numbers that are too large.
pub fn plane(plane: &Plane) -> Result<String, Overflow> {
    let (columns, lines) = SIZE;
    let endings: Vec<Ending> = plane.patches.iter().map(|patch| patch.ending).collect();
    let looks = looks(&endings);
    let [x, y] = &plane.axes;
    let mark = |us: u64| exact_time(Ratio::from_integer(i128::from(us)));
    let margin = [mark(y.low), mark(y.high)].iter().map(String::len).max().unwrap_or(0);
    let mut text = format!("{:margin$} {}\n", "", y.of);
    for line in (0..lines).rev() {
        let label = match line {
            0 => mark(y.low),
            _ if line + 1 == lines => mark(y.high),
            _ => String::new(),
        };
        let _ = write!(text, "{label:>margin$} |");
        // Runs of one letter are painted together.
        let mut run: (Option<usize>, String) = (None, String::new());
        for column in 0..columns {
            let point = [middle(x, column, columns), middle(y, line, lines)];
            let mut found = None;
            for (n, patch) in plane.patches.iter().enumerate() {
                for polygon in &patch.polygons {
                    if found.is_none() && holds(polygon, &point)? {
                        found = Some(n);
                    }
                }
            }
            if found != run.0 {
                text.push_str(&painted(&run, &endings));
                run = (found, String::new());
            }
            run.1.push(found.map_or(' ', |n| looks[n].letter));
        }
        text.push_str(&painted(&run, &endings));
        text.push('\n');
    }
    let _ = writeln!(text, "{:margin$} +{}", "", "-".repeat(columns));
    let ends = (mark(x.low), mark(x.high));
    let name = x.of.to_string();
    let gap = columns.saturating_sub(ends.0.len() + ends.1.len() + name.len());
    let (before, after) = (gap / 2, gap - gap / 2);
    let _ = writeln!(text, "{:margin$}  {}{:before$}{name}{:after$}{}", "", ends.0, "", "", ends.1);
    for (look, ending) in looks.iter().zip(&endings) {
        let letter = paint(style(*ending), &look.letter.to_string());
        let _ = writeln!(text, "{:margin$}  {letter} {}", "", words(*ending));
    }
    Ok(text)
}

fn painted((which, letters): &(Option<usize>, String), endings: &[Ending]) -> String {
    match which {
        Some(n) => paint(style(endings[*n]), letters),
        None => letters.clone(),
    }
}

/// A line with a letter a place, for one parameter.
///
/// # Errors
/// Numbers that are too large.
pub fn bar(map: &Map) -> Result<String, Overflow> {
    let parameter = &map.parameters()[0];
    let axis =
        Axis { parameter: 0, of: parameter.of.clone(), low: parameter.low, high: parameter.high };
    let endings: Vec<Ending> = map.areas.iter().map(|area| area.ending).collect();
    let looks = looks(&endings);
    let mut text = "  ".to_owned();
    for n in 0..SIZE.0 {
        let at = map.at(&[middle(&axis, n, SIZE.0)])?;
        let place = at.and_then(|area| endings.iter().position(|one| *one == area.ending));
        match place {
            Some(n) => text.push_str(&paint(style(endings[n]), &looks[n].letter.to_string())),
            None => text.push(' '),
        }
    }
    let mark = |us: u64| exact_time(Ratio::from_integer(i128::from(us)));
    let (low, high) = (mark(axis.low), mark(axis.high));
    let name = axis.of.to_string();
    let gap = SIZE.0.saturating_sub(low.len() + high.len() + name.len());
    let (before, after) = (gap / 2, gap - gap / 2);
    let _ = writeln!(text, "\n  {low}{:before$}{name}{:after$}{high}", "", "");
    Ok(text)
}

/// A part of the whole.
#[must_use]
pub fn share(part: &num_rational::BigRational) -> String {
    let share = part.to_f64().unwrap_or(f64::NAN) * 100.0;
    match share {
        share if share == 0.0 || (99.995..100.0).contains(&share) => format!("{share:.4} %"),
        share if share < 0.01 => format!("{share:.2e} %"),
        share => format!("{share:.2} %"),
    }
}
