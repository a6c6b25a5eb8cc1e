//! The sheet of the founding maps: a column a strategy, a row a stack.

use super::panel::swatch;
use super::{LINE, MARGIN, Tenths, document};
use crate::render::map::founding::{Row, panel};
use crate::render::svg::canvas::{Anchor, Canvas, Slant};

/// A map, and what is between two.
const PANEL: (Tenths, Tenths) = (2_300, 1_700);
const GAP: (Tenths, Tenths) = (260, 900);
/// Left of the first column: row titles and an axis.
const LEFT: Tenths = 1_100;

const TITLE: &str = "A server answers without reading the request, and closes. Is the answer read?";
const SAYS: [&str; 2] = [
    "The client sends 16 KiB in four writes, 10 ms apart, and reads at the same time; when a write \
     fails, it gives up.",
    "Each map: the round trip to the right, upwards how long the client's application takes to \
     read what has arrived.",
];

/// Draws it. Every row has a map a column.
#[must_use]
pub fn founding_sheet(
    columns: &[[&str; 2]],
    rows: &[Row],
    legend: &[(&'static str, String)],
) -> String {
    let mut canvas = Canvas::default();
    let mut down = MARGIN + 120;
    canvas.text("h1", (MARGIN, down), Anchor::Start, TITLE);
    for line in SAYS {
        down += LINE + 30;
        canvas.text("p", (MARGIN, down), Anchor::Start, line);
    }
    down += 2 * LINE;
    for (n, [name, says]) in columns.iter().enumerate() {
        let x = MARGIN + LEFT + (PANEL.0 + GAP.0) * n as Tenths;
        canvas.text("name", (x, down), Anchor::Start, name);
        canvas.text("small", (x, down + 170), Anchor::Start, says);
    }
    down += 300;
    for ([name, says], cells) in rows {
        let middle = down + PANEL.1 / 2;
        canvas.slanted("name", (MARGIN + 100, middle), Slant::UPWARDS, name);
        canvas.slanted("small", (MARGIN + 280, middle), Slant::UPWARDS, says);
        for (n, cell) in cells.iter().enumerate() {
            let x = MARGIN + LEFT + (PANEL.0 + GAP.0) * n as Tenths;
            let panel = panel(cell, (x, down), PANEL);
            panel.draw(&mut canvas, &cell.plane);
            panel.marks_below(&mut canvas);
            if n == 0 {
                panel.marks_left(&mut canvas);
                canvas.slanted("small", (x - 480, middle), Slant::UPWARDS, "reads after");
            }
            let name = (x + PANEL.0 / 2, down + PANEL.1 + 320);
            canvas.text("small", name, Anchor::Middle, "round trip");
        }
        down += PANEL.1 + GAP.1 - 300;
    }
    for (class, words) in legend {
        swatch(&mut canvas, class, (MARGIN + LEFT, down), (320, 240));
        let at = (MARGIN + LEFT + 420, down + 170);
        canvas.text("p", at, Anchor::Start, words);
        down += 2 * LINE - 60;
    }
    let note = "Exact: every order of events is followed by itself; a boundary is where two \
                coincide. Server on Linux; it accepts after 1 ms.";
    canvas.text("small", (MARGIN + LEFT, down + 140), Anchor::Start, note);
    let width = MARGIN * 2 + LEFT + (PANEL.0 + GAP.0) * columns.len() as Tenths - GAP.0;
    document(&canvas, (width, down + 140 + MARGIN), TITLE)
}
