//! What stands around the drawing: heading, column heads, time axis, breaks.

use super::canvas::{Anchor, Canvas, Point, Slant};
use super::layout::{Host, Layout};
use super::scale::{STEP_UNITS, Scale, Tenths, Why};
use super::sides::Level;
use super::wire::Course;
use crate::render::run::{Run, Time};
use crate::render::words;
use sim_core::wire::Side;

/// Characters in a line of a paragraph.
const PARAGRAPH: usize = 150;
/// The same in small print.
pub(super) const SMALL_PRINT: usize = 180;

/// The heading: what is shown, and what became of the answer. Gives the height it reaches to.
pub(super) fn heading(canvas: &mut Canvas, run: &Run<'_>, layout: &Layout) -> Tenths {
    let x = layout.margin;
    let mut y = 320;
    canvas.text("h1", (x, y), Anchor::Start, &run.title);
    y += 60;
    let mut paragraph = |class: &str, text: &str, y: &mut Tenths| {
        for line in lines(text, PARAGRAPH) {
            *y += 180;
            canvas.text(class, (x, *y), Anchor::Start, &line);
        }
    };
    paragraph("p", &run.subject, &mut y);
    y += 40;
    paragraph("verdict", &run.verdict, &mut y);
    if run.time() == Time::Steps {
        y += 40;
        let note = "This run has an order but no clock: steps are drawn at equal distances, \
                    slopes mean nothing.";
        paragraph("p", note, &mut y);
    }
    y
}

/// Lines of at most so many characters; a word that is longer is a line of its own.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let broken = text.lines().map(|line| words::wrap(line, width, ""));
    broken.flat_map(|part| part.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Heads of a host's columns, above the drawing.
pub(super) fn heads(
    canvas: &mut Canvas,
    run: &Run<'_>,
    host: &Host,
    levels: [&Level; 2],
    top: Tenths,
) {
    let side = host.side;
    let name = run.end(side);
    let (x, anchor) = match side {
        Side::A => (host.line, Anchor::End),
        Side::B => (host.line, Anchor::Start),
    };
    canvas.text("host", (x, top - 880), anchor, &name);
    let script = run.setup.script(side);
    for (n, lane) in host.lanes.iter().enumerate() {
        let name = script.and_then(|script| script.lanes.get(n)).map_or("", |it| it.name.as_str());
        // Room for five letters: longer ones go upwards.
        upright(canvas, (lane.middle() + 30, top - 60), name);
    }
    let columns = [(host.held, "send queue"), (host.unread, "unread")];
    for ((column, name), level) in columns.into_iter().zip(levels) {
        let max = words::thousands(u64::from(level.most));
        upright(canvas, (column.middle() - 40, top - 60), name);
        upright(canvas, (column.middle() + 80, top - 60), &format!("max {max}"));
    }
    upright(canvas, (host.state.middle() + 30, top - 60), "state");
    let calls = match side {
        Side::A => (host.text.right(), Anchor::End),
        Side::B => (host.text.left, Anchor::Start),
    };
    canvas.text("head", (calls.0, top - 160), calls.1, "socket calls, errors, timers");
}

/// Text from the bottom upwards that ends its way down at this point.
fn upright(canvas: &mut Canvas, (x, y): Point, text: &str) {
    let half = Tenths::try_from(text.chars().count()).unwrap_or(0) * 29;
    canvas.slanted("head", (x, y - half), Slant::UPWARDS, text);
}

/// Ticks with their grid lines, over the whole width.
pub(super) fn axis(canvas: &mut Canvas, scale: &Scale, layout: &Layout, top: Tenths) {
    let right = layout.width - layout.margin;
    canvas.line("axis", (layout.axis, top), (layout.axis, scale.bottom()), "");
    let unit = match scale.time {
        Time::Micros => "ms",
        Time::Steps => "step",
    };
    canvas.text("tick", (layout.axis - 60, top - 60), Anchor::End, unit);
    let mut above = Tenths::MIN;
    for at in scale.ticks(520) {
        let y = scale.y(at);
        if scale.breaks().any(|(_, top, bottom)| top - 60 < y && y < bottom + 60) {
            continue;
        }
        canvas.line("grid", (layout.axis, y), (right, y), "");
        tick(canvas, scale, layout, at);
        above = y;
    }
    // The end too, where it has room: after a break it may be the only one.
    if scale.bottom() - above > 130 {
        tick(canvas, scale, layout, scale.last());
    }
}

fn tick(canvas: &mut Canvas, scale: &Scale, layout: &Layout, at: u64) {
    let y = scale.y(at);
    canvas.line("axis", (layout.axis - 40, y), (layout.axis, y), "");
    let label = match scale.time {
        Time::Micros => milliseconds(at),
        Time::Steps => (at / STEP_UNITS).to_string(),
    };
    canvas.text("tick", (layout.axis - 60, y + 35), Anchor::End, &label);
}

/// Without zeros at the end.
fn milliseconds(at: u64) -> String {
    let text = words::ms(at);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Breaks: the paper torn over the whole width, and how long it would be.
pub(super) fn breaks(canvas: &mut Canvas, course: &Course<'_>, layout: &Layout) {
    let (left, right) = (layout.margin, layout.width - layout.margin);
    let middle = course.hosts[0] + (course.hosts[1] - course.hosts[0]) / 2;
    for (cut, top, bottom) in course.scale.breaks() {
        let (top, bottom) = (top + 40, bottom - 40);
        let says = course.left_out(cut.from, cut.to, cut.why);
        canvas.open("break", &says.join(": "));
        let upper = zigzag(left, right, top);
        let lower = zigzag(left, right, bottom);
        let outline: Vec<Point> = upper.iter().chain(lower.iter().rev()).copied().collect();
        canvas.polygon("cut-paper", &outline);
        canvas.polyline("cut-edge", &upper);
        canvas.polyline("cut-edge", &lower);
        let y = top + (bottom - top) / 2;
        match cut.why {
            Why::Idle => {
                let line = says.join("; ");
                canvas.text("cut", (middle, y + 35), Anchor::Middle, &line);
            }
            Why::Routine => {
                canvas.text("cut", (middle, y - 40), Anchor::Middle, &says[0]);
                canvas.text("cut", (middle, y + 100), Anchor::Middle, &says[1]);
            }
        }
        canvas.close();
    }
}

pub(super) fn zigzag(left: Tenths, right: Tenths, y: Tenths) -> Vec<Point> {
    let teeth = (right - left) / 120;
    (0..=teeth).map(|n| (left + n * 120, if n % 2 == 0 { y } else { y + 60 })).collect()
}
