//! A map as a picture: what is where in the plane of two parameters, to scale.
//!
//! Lengths are whole tenths of a pixel: the same map gives the same bytes.

mod axis;
mod founding;
mod panel;
mod rims;
mod style;

pub use founding::founding_sheet;
pub use panel::Panel;

use super::{looks, text, words};
use crate::case::Case;
use crate::render::svg::canvas::{Anchor, Canvas, escaped, px};
use crate::timing::{Axis, Ending, Map, Patch, Plane};
use crate::units::show_time;
use sim_core::exact::{Overflow, Polytope};

/// Tenths of a pixel.
pub(super) type Tenths = i64;

/// Around everything.
const MARGIN: Tenths = 240;
/// Left of the plot: the axis and its marks.
const AXIS: Tenths = 700;
/// The plot.
const PLOT: (Tenths, Tenths) = (5_600, 4_000);
/// A line of text.
const LINE: Tenths = 190;
/// Right of the plot: the legend.
const LEGEND: Tenths = 3_400;

/// The map of a case in a plane, as an SVG document.
///
/// # Errors
/// Numbers that are too large.
pub fn plane(case: &Case, map: &Map, plane: &Plane) -> Result<String, Overflow> {
    let mut canvas = Canvas::default();
    let [x, y] = &plane.axes;
    let title = "For which timings is the answer lost?";
    let top = heading(&mut canvas, title, &subtitle(case, plane));
    let panel = Panel { at: (MARGIN + AXIS, top), size: PLOT, axes: [x, y] };
    let endings: Vec<Ending> = plane.patches.iter().map(|patch| patch.ending).collect();
    panel.draw(&mut canvas, plane);
    panel.axes(&mut canvas);
    panel.presets(&mut canvas);
    // Steps of cells are no lines.
    let rims = if map.is_whole() { rims::rims(plane)? } else { Vec::new() };
    panel.rims(&mut canvas, &rims);
    let right = MARGIN + AXIS + PLOT.0 + MARGIN;
    let mut down = legend(&mut canvas, (right, top), &endings, |ending| {
        let area = map.areas.iter().find(|area| area.ending == ending && map.is_whole());
        area.map(|area| format!("{} of all that is open", text::share(&area.share)))
    });
    if !rims.is_empty() {
        down += LINE;
        canvas.text("p", (right, down), Anchor::Start, "Where it changes");
        for rim in &rims {
            down += LINE;
            canvas.text("mark", (right + 60, down), Anchor::Start, &rim.letter.to_string());
            canvas.text("small", (right + 240, down), Anchor::Start, &rim.words);
        }
    }
    let bottom = (top + PLOT.1 + 620).max(down + LINE);
    let notes = notes(map, plane);
    for (n, note) in notes.iter().enumerate() {
        let at = bottom + LINE * n as Tenths;
        canvas.text("small", (MARGIN, at), Anchor::Start, note);
    }
    let height = bottom + LINE * notes.len() as Tenths;
    Ok(document(&canvas, (right + LEGEND, height), title))
}

/// The map of a case with one parameter: a strip.
///
/// # Errors
/// Numbers that are too large.
pub fn line(case: &Case, map: &Map) -> Result<String, Overflow> {
    let one = &map.parameters()[0];
    let axis = Axis { parameter: 0, of: one.of.clone(), low: one.low, high: one.high };
    // A second axis that nothing depends on makes a plane of the line.
    let other = Axis { parameter: 1, of: one.of.clone(), low: 0, high: 1 };
    let patches = map.areas.iter().map(|area| strip(area.ending, &area.pieces));
    let patches = patches.collect::<Result<Vec<_>, _>>()?;
    let plane = Plane {
        axes: [axis, other],
        held: Vec::new(),
        patches: patches.into_iter().filter(|patch| !patch.polygons.is_empty()).collect(),
        left: Vec::new(),
    };
    let mut canvas = Canvas::default();
    let title = "For which timings is the answer lost?";
    let top = heading(&mut canvas, title, &subtitle(case, &plane));
    let [x, y] = &plane.axes;
    let panel = Panel { at: (MARGIN + AXIS, top), size: (PLOT.0, 900), axes: [x, y] };
    panel.draw(&mut canvas, &plane);
    panel.axis_below(&mut canvas);
    let rims = rims::rims(&plane)?;
    panel.rims(&mut canvas, &rims);
    let right = MARGIN + AXIS + PLOT.0 + MARGIN;
    let endings: Vec<Ending> = plane.patches.iter().map(|patch| patch.ending).collect();
    let mut down = legend(&mut canvas, (right, top), &endings, |ending| {
        let area = map.areas.iter().find(|area| area.ending == ending);
        area.map(|area| format!("{} of the range", text::share(&area.share)))
    });
    for rim in &rims {
        down += LINE;
        canvas.text("mark", (right + 60, down), Anchor::Start, &rim.letter.to_string());
        canvas.text("small", (right + 240, down), Anchor::Start, &rim.words);
    }
    let height = (top + 900 + 700).max(down + LINE);
    Ok(document(&canvas, (right + LEGEND, height), title))
}

/// Intervals as polygons of height 1.
fn strip(ending: Ending, pieces: &[Polytope]) -> Result<Patch, Overflow> {
    let zero = sim_core::exact::Ratio::from_integer(0);
    let one = sim_core::exact::Ratio::from_integer(1);
    let mut polygons = Vec::new();
    for piece in pieces {
        if let Some(both) = piece.with_variable(zero, Some(one))? {
            polygons.extend(both.polygon()?);
        }
    }
    Ok(Patch { ending, polygons })
}

/// Title and what it is of; gives where the rest begins.
fn heading(canvas: &mut Canvas, title: &str, lines: &[String]) -> Tenths {
    let mut down = MARGIN + 120;
    canvas.text("h1", (MARGIN, down), Anchor::Start, title);
    for line in lines {
        down += LINE + 20;
        canvas.text("p", (MARGIN, down), Anchor::Start, line);
    }
    down + 2 * LINE
}

fn subtitle(case: &Case, plane: &Plane) -> Vec<String> {
    let [client, server] = case.stacks.map(|stack| stack.name);
    let mut lines = vec![format!(
        "server {} ({server}), client {} ({client}); story {}",
        case.server, case.client, case.story
    )];
    if !plane.held.is_empty() {
        let held = plane.held.iter().map(|(one, us)| format!("{} = {}", one.of, show_time(*us)));
        lines.push(format!("with {}", held.collect::<Vec<_>>().join(", ")));
    }
    lines
}

/// What is drawn how; gives where it ends.
fn legend(
    canvas: &mut Canvas,
    (left, top): (Tenths, Tenths),
    endings: &[Ending],
    says: impl Fn(Ending) -> Option<String>,
) -> Tenths {
    let mut down = top;
    for (look, ending) in looks(endings).iter().zip(endings) {
        panel::swatch(canvas, look.class, (left, down), (320, 240));
        canvas.text("state", (left + 420, down + 110), Anchor::Start, &words(*ending));
        if let Some(more) = says(*ending) {
            canvas.text("small", (left + 420, down + 240), Anchor::Start, &more);
        }
        down += 2 * LINE + 30;
    }
    down
}

fn notes(map: &Map, plane: &Plane) -> Vec<String> {
    if !map.is_whole() {
        return vec![
            "SAMPLED, not exact: there are more orders of events than are followed, and each cell \
             is what runs in virtual time ended in at its corners."
                .to_owned(),
        ];
    }
    let mut notes = vec![format!(
        "Exact: {} orders of events, each followed by itself. A boundary is where two events \
         coincide.",
        map.orders
    )];
    if !plane.left.is_empty() {
        notes.push("Blank: not followed, a bound was met.".to_owned());
    }
    notes
}

/// A page of this look, for other pictures of numbers.
#[must_use]
pub(in crate::render) fn sheet(canvas: &Canvas, size: (Tenths, Tenths), title: &str) -> String {
    document(canvas, size, title)
}

/// The whole document.
pub(super) fn document(canvas: &Canvas, (width, height): (Tenths, Tenths), title: &str) -> String {
    let (w, h) = (px(width), px(height));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sheet\" role=\"img\" \
         viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\">\n<title>{}</title>\n\
         <style>{}</style>\n<defs>\n{}</defs>\n\
         <rect class=\"paper\" x=\"0\" y=\"0\" width=\"{w}\" height=\"{h}\"/>\n{}</svg>\n",
        escaped(title),
        style::CSS,
        style::hatches(),
        canvas.body
    )
}
