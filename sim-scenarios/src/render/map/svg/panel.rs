//! One plane, drawn to scale.

use super::axis::marks;
use super::rims::Rim;
use super::{Tenths, looks};
use crate::preset::{Role, Unit};
use crate::render::svg::canvas::{Anchor, Canvas, Point, Slant, px};
use crate::timing::{Axis, Ending, Of, Plane};
use crate::units::show_time;
use crate::{client, server};
use sim_core::exact::Ratio;
use std::fmt::Write;

/// Where a plane is on the page.
#[derive(Clone, Copy, Debug)]
pub struct Panel<'a> {
    /// Left upper corner.
    pub at: (Tenths, Tenths),
    /// Width and height.
    pub size: (Tenths, Tenths),
    /// To the right, upwards.
    pub axes: [&'a Axis; 2],
}

/// A rectangle that looks like an area.
pub(super) fn swatch(canvas: &mut Canvas, class: &str, (x, y): Point, (w, h): Point) {
    let (x, y, w, h) = (px(x), px(y), px(w), px(h));
    let _ = writeln!(
        canvas.body,
        "<rect class=\"frame\" style=\"fill:url(#hatch-{class})\" x=\"{x}\" y=\"{y}\" \
         width=\"{w}\" height=\"{h}\"/>"
    );
}

/// So many lines have room for their equations.
const FEW: usize = 3;

/// How far along an axis a value is, of a length.
fn along(axis: &Axis, value: Ratio, length: Tenths) -> Tenths {
    let low = Ratio::from_integer(i128::from(axis.low));
    let width = (i128::from(axis.high) - i128::from(axis.low)).max(1);
    let place = (value - low) * i128::from(length) / width;
    // A place between the ends of the axis is between 0 and the length.
    Tenths::try_from(place.round().to_integer()).unwrap_or(length)
}

impl Panel<'_> {
    /// A point of the plane on the page.
    pub(super) fn place(&self, [x, y]: [Ratio; 2]) -> Point {
        let (left, top) = self.at;
        let (width, height) = self.size;
        (left + along(self.axes[0], x, width), top + height - along(self.axes[1], y, height))
    }

    fn value(us: u64) -> Ratio {
        Ratio::from_integer(i128::from(us))
    }

    /// What is where.
    pub(super) fn draw(&self, canvas: &mut Canvas, plane: &Plane) {
        let endings: Vec<Ending> = plane.patches.iter().map(|patch| patch.ending).collect();
        for (look, patch) in looks(&endings).iter().zip(&plane.patches) {
            canvas.open(look.class, &crate::render::map::words(patch.ending));
            for polygon in &patch.polygons {
                let corners = polygon.edges.iter().map(|edge| self.place(edge.from));
                let corners: Vec<String> =
                    corners.map(|(x, y)| format!("{},{}", px(x), px(y))).collect();
                let _ = writeln!(
                    canvas.body,
                    "<polygon class=\"part-{0}\" style=\"fill:url(#hatch-{0})\" points=\"{1}\"/>",
                    look.class,
                    corners.join(" ")
                );
            }
            canvas.close();
        }
        canvas.rect("frame", self.at, self.size);
    }

    /// Both axes with their names.
    pub(super) fn axes(&self, canvas: &mut Canvas) {
        self.axis_below(canvas);
        self.marks_left(canvas);
        let (left, top) = self.at;
        let middle = (left - 620, top + self.size.1 / 2);
        canvas.slanted("name", middle, Slant::UPWARDS, &axis_words(self.axes[1]));
    }

    /// The axis to the right with its name.
    pub(super) fn axis_below(&self, canvas: &mut Canvas) {
        self.marks_below(canvas);
        let (left, top) = self.at;
        let middle = (left + self.size.0 / 2, top + self.size.1 + 370);
        canvas.text("name", middle, Anchor::Middle, &axis_words(self.axes[0]));
    }

    /// Round values upwards.
    pub(super) fn marks_left(&self, canvas: &mut Canvas) {
        let (left, top) = self.at;
        let (_, height) = self.size;
        let axis = self.axes[1];
        for us in marks(axis.low, axis.high) {
            let y = top + height - along(axis, Self::value(us), height);
            canvas.line("notch", (left - 50, y), (left, y), "");
            canvas.text("tick", (left - 80, y + 35), Anchor::End, &show_time(us));
        }
    }

    /// Round values to the right.
    pub(super) fn marks_below(&self, canvas: &mut Canvas) {
        let (left, top) = self.at;
        let (width, height) = self.size;
        let axis = self.axes[0];
        for us in marks(axis.low, axis.high) {
            let x = left + along(axis, Self::value(us), width);
            canvas.line("notch", (x, top + height), (x, top + height + 50), "");
            canvas.text("tick", (x, top + height + 160), Anchor::Middle, &show_time(us));
        }
    }

    /// Where one thing becomes another, each with its letter.
    pub(super) fn rims(&self, canvas: &mut Canvas, rims: &[Rim]) {
        for rim in rims {
            let mut longest = (0, self.at);
            for [from, to] in &rim.pieces {
                let (from, to) = (self.place(*from), self.place(*to));
                canvas.line("rim", from, to, "");
                let length = (from.0 - to.0).abs() + (from.1 - to.1).abs();
                if length > longest.0 {
                    longest = (length, ((from.0 + to.0) / 2, (from.1 + to.1) / 2));
                }
            }
            let (x, y) = longest.1;
            // Few lines have room for what they say; many have it in the legend.
            match rims.len() {
                0..=FEW => {
                    let says = format!("{}: {}", rim.letter, rim.words);
                    canvas.text("mark", (x + 60, y + 40), Anchor::Start, &says);
                }
                _ => canvas.text("mark", (x, y + 40), Anchor::Middle, &rim.letter.to_string()),
            }
        }
    }

    /// Where programs that people run have set what an axis is about.
    pub(super) fn presets(&self, canvas: &mut Canvas) {
        let (left, top) = self.at;
        let (width, height) = self.size;
        for (n, axis) in self.axes.iter().enumerate() {
            for (us, names) in constants(axis) {
                match n {
                    0 => {
                        let x = left + along(axis, Self::value(us), width);
                        canvas.line("preset-line", (x, top), (x, top + height), "");
                        let at = (x + 60, top + 400);
                        canvas.slanted("preset", at, Slant::UPWARDS, &names);
                    }
                    _ => {
                        let y = top + height - along(axis, Self::value(us), height);
                        canvas.line("preset-line", (left, y), (left + width, y), "");
                        canvas.text("preset", (left + 60, y - 30), Anchor::Start, &names);
                    }
                }
            }
        }
    }
}

fn axis_words(axis: &Axis) -> String {
    let says = match &axis.of {
        Of::Delay(key) => match key.name() {
            "rtt" => "round trip",
            "to-server" => "from the client to the server",
            "to-client" => "from the server to the client",
            "gap" => "between two writes of the client",
            "wake" => "until the client reads what is there",
            "late" => "until the late client reads",
            "accept" => "until the server accepts",
            _ => "",
        },
        Of::Kilobyte => "what a thousand bytes take on each link",
        Of::Knob(Role::Server, _) => "a number of the server's",
        Of::Knob(Role::Client, _) => "a number of the client's",
    };
    format!("{} ({says})", axis.of)
}

/// The values that presets of real programs have for a knob, inside the axis.
fn constants(axis: &Axis) -> Vec<(u64, String)> {
    let Of::Knob(role, name) = &axis.of else { return Vec::new() };
    let all = match role {
        Role::Server => server::all(),
        Role::Client => client::all(),
    };
    let mut found: Vec<(u64, String)> = Vec::new();
    for preset in all.iter().filter(|preset| preset.origin.is_some()) {
        for knob in preset.knobs.iter().filter(|knob| knob.name == *name) {
            let is_time = matches!(knob.unit, Unit::Time | Unit::TimeLimit);
            let value = knob.read(&knob.default).ok().flatten().filter(|_| is_time);
            let Some(us) = value.filter(|us| (axis.low..=axis.high).contains(us)) else { continue };
            match found.iter_mut().find(|(known, _)| *known == us) {
                Some((_, names)) => {
                    names.push_str(", ");
                    names.push_str(&preset.name);
                }
                None => found.push((us, preset.name.clone())),
            }
        }
    }
    for (us, names) in &mut found {
        *names = format!("{names}: {}", show_time(*us));
    }
    found.sort();
    found
}
