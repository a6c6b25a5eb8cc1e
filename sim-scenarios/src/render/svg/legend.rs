//! What the shapes mean: those that the picture has.

use super::canvas::{Anchor, Canvas, Point};
use super::frame::zigzag;
use super::layout::Layout;
use super::scale::{Scale, Tenths};
use super::wire::{Role, Stroke, Tip};

/// What a sample in the legend looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sample {
    Stroke(&'static str),
    Burst,
    Decides,
    Lost,
    Break,
    Fill(&'static str),
    Goes,
    Waits,
}

const LEGEND: [(Sample, &str); 13] = [
    (Sample::Stroke("data"), "data, by byte numbers"),
    (Sample::Stroke("ack"), "ACK: all before it has arrived"),
    (Sample::Stroke("syn"), "SYN"),
    (Sample::Stroke("fin"), "FIN: no more will be written"),
    (Sample::Stroke("rst"), "RST: the connection is gone"),
    (Sample::Burst, "segments back to back"),
    (Sample::Decides, "the segment that decided"),
    (Sample::Lost, "lost on the link"),
    (Sample::Break, "time left out"),
    (Sample::Fill("held"), "send queue: not acknowledged"),
    (Sample::Fill("unread"), "receive queue: not read"),
    (Sample::Goes, "thread can go on"),
    (Sample::Waits, "thread waits"),
];

/// What the shapes mean. Gives the height it reaches to.
pub(super) fn legend(
    canvas: &mut Canvas,
    layout: &Layout,
    (strokes, scale): (&[Stroke], &Scale),
    top: Tenths,
) -> Tenths {
    let (left, right) = (layout.margin, layout.width - layout.margin);
    let (mut x, mut y) = (left, top + 150);
    for (sample, text) in LEGEND.into_iter().filter(|(it, _)| is_drawn(*it, strokes, scale)) {
        let wide = 480 + Tenths::try_from(text.chars().count()).unwrap_or(0) * 59 + 200;
        if x + wide > right {
            (x, y) = (left, y + 200);
        }
        draw(canvas, sample, (x, y - 35));
        canvas.text("small", (x + 400, y), Anchor::Start, text);
        x += wide;
    }
    y
}

/// Whether the picture has such a thing. Hosts have buffers and threads always.
fn is_drawn(sample: Sample, strokes: &[Stroke], scale: &Scale) -> bool {
    match sample {
        Sample::Stroke(class) => strokes.iter().any(|stroke| stroke.kind.word() == class),
        Sample::Burst => strokes.iter().any(|stroke| stroke.count > 1),
        Sample::Decides => strokes.iter().any(|stroke| stroke.role == Role::Decides),
        Sample::Lost => strokes.iter().any(|stroke| stroke.tip == Tip::Lost),
        Sample::Break => scale.breaks().next().is_some(),
        Sample::Fill(_) | Sample::Goes | Sample::Waits => true,
    }
}

fn draw(canvas: &mut Canvas, sample: Sample, (x, y): Point) {
    let to = x + 330;
    let tip = |kind: &str| format!(" marker-end=\"url(#tip-{kind})\"");
    match sample {
        Sample::Stroke(kind) => {
            canvas.open(kind, "legend");
            canvas.line("stroke", (x, y), (to, y), &tip(kind));
            canvas.close();
        }
        Sample::Burst => {
            canvas.open("data", "legend");
            let (up, down) = (y - 35, y + 35);
            canvas.polygon("burst", &[(x, up), (to, up), (to, down), (x, down)]);
            canvas.line("stroke", (x, y), (to, y), &tip("data"));
            canvas.close();
        }
        Sample::Decides => {
            canvas.open("rst decides", "legend");
            canvas.line("halo", (x + 30, y), (to - 60, y), "");
            canvas.line("stroke", (x, y), (to, y), &tip("rst"));
            canvas.close();
        }
        Sample::Lost => {
            canvas.open("data", "legend");
            canvas.line("stroke", (x, y), (x + 250, y), "");
            canvas.close();
            cross(canvas, (x + 250, y));
        }
        Sample::Break => {
            canvas.polyline("cut-edge", &zigzag(x, to, y - 60));
            canvas.polyline("cut-edge", &zigzag(x, to, y + 10));
        }
        Sample::Fill(class) => canvas.rect(class, (x + 60, y - 40), (240, 80)),
        Sample::Goes => canvas.rect("lane-goes", (x + 60, y - 45), (240, 90)),
        Sample::Waits => canvas.rect("lane-waits", (x + 60, y - 45), (240, 90)),
    }
}

/// The mark of a lost segment.
pub(super) fn cross(canvas: &mut Canvas, (x, y): Point) {
    canvas.line("cross", (x - 45, y - 45), (x + 45, y + 45), "");
    canvas.line("cross", (x - 45, y + 45), (x + 45, y - 45), "");
}
