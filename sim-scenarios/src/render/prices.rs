//! Loss against price as a picture: a point a strategy.

use super::map::svg::sheet;
use super::svg::canvas::{Anchor, Canvas, Point, Slant};
use crate::units::show_time;
use sim_core::wire::Micros;

/// A strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its name.
    pub name: String,
    /// How often the answer is not read, in thousandths of a percent.
    pub lost: u32,
    /// How long it holds its socket (microseconds).
    pub held: Micros,
    /// Whether another one is nowhere worse.
    pub standing: Standing,
}

/// How a strategy stands among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// None is nowhere worse.
    Best,
    /// Another one is nowhere worse and somewhere better.
    Dominated,
}

/// Left upper corner of the plot, and its size.
const AT: Point = (1_300, 1_100);
const SIZE: Point = (7_000, 4_200);

/// Decades of the axis of times: 1 ms to 1,000 s.
const DECADES: i64 = 6;

/// How far along a logarithmic axis of so many decades a time is, in tenths of a pixel: straight
/// lines between powers of ten would mislead, so thousandths of a decade are counted in whole
/// numbers.
fn along(us: Micros) -> i64 {
    let least = 1_000;
    let us = us.clamp(least, 1_000_000_000);
    let mut decade = 0;
    let mut from = least;
    while us >= from * 10 && decade < DECADES {
        from *= 10;
        decade += 1;
    }
    // log10 of the rest: the largest n with (1 + n / 1000 decades) not beyond, by squaring.
    let mut rest = u128::from(us) * (1 << 40) / u128::from(from);
    let (mut part, mut bit) = (0_i64, 512_i64);
    while bit > 0 {
        // Squaring doubles the logarithm; beyond 10 a half is gone.
        rest = (rest * rest) >> 40;
        if rest >= 10 << 40 {
            rest /= 10;
            part += bit;
        }
        bit /= 2;
    }
    SIZE.0 * (decade * 1_024 + part) / (DECADES * 1_024)
}

/// The picture, as an SVG document.
#[must_use]
pub fn prices(title: &str, lines: &[String], marks: &[Mark]) -> String {
    let mut canvas = Canvas::default();
    canvas.text("h1", (240, 360), Anchor::Start, title);
    for (n, line) in lines.iter().enumerate() {
        canvas.text("p", (240, 580 + 210 * n as i64), Anchor::Start, line);
    }
    let (left, top) = AT;
    let (width, height) = SIZE;
    canvas.rect("frame", AT, SIZE);
    for decade in 0..=DECADES {
        let us = 1_000 * 10_u64.pow(u32::try_from(decade).unwrap_or(0));
        let x = left + width * decade / DECADES;
        canvas.line("notch", (x, top + height), (x, top + height + 50), "");
        canvas.text("tick", (x, top + height + 170), Anchor::Middle, &show_time(us));
    }
    let most = top_share(marks);
    for fifth in 0..=5 {
        let y = top + height - height * fifth / 5;
        canvas.line("notch", (left - 50, y), (left, y), "");
        let share = most * fifth / 5;
        let says = format!("{}.{:02} %", share / 1_000, share % 1_000 / 10);
        canvas.text("tick", (left - 90, y + 35), Anchor::End, &says);
    }
    let middle = (left + width / 2, top + height + 400);
    let says = "how long the server's socket is held, mean (logarithmic)";
    canvas.text("name", middle, Anchor::Middle, says);
    let middle = (left - 700, top + height / 2);
    canvas.slanted("name", middle, Slant::UPWARDS, "answers that are not read");
    let mut down = top + 100;
    for (n, (at, all)) in places(marks, most).iter().enumerate() {
        let best = all.iter().any(|mark| mark.standing == Standing::Best);
        canvas.dot(if best { "pin" } else { "ring" }, *at, 45);
        let number = format!("{}", n + 1);
        canvas.text("mark", (at.0 + 60, at.1 - 50), Anchor::Start, &number);
        let right = left + width + 200;
        canvas.text("mark", (right, down), Anchor::Start, &number);
        for mark in all {
            let class = match mark.standing {
                Standing::Best => "state",
                Standing::Dominated => "small",
            };
            canvas.text(class, (right + 240, down), Anchor::Start, &mark.name);
            down += 150;
        }
        down += 60;
    }
    let note = "Bold and filled: no other strategy is nowhere worse. Rings: another one is.";
    canvas.text("small", (left, top + height + 640), Anchor::Start, note);
    sheet(&canvas, (left + width + 2_600, (top + height + 900).max(down + 100)), title)
}

/// Where the axis of shares ends: 1, 2 or 5 times a power of ten, in thousandths of a percent.
fn top_share(marks: &[Mark]) -> i64 {
    let most = marks.iter().map(|mark| i64::from(mark.lost)).max().unwrap_or(0);
    let ends = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];
    ends.into_iter().find(|end| most <= *end).unwrap_or(100_000)
}

/// The points of the plot from the left, each with everything that lies there.
fn places(marks: &[Mark], most: i64) -> Vec<(Point, Vec<&Mark>)> {
    let mut places: Vec<(Point, Vec<&Mark>)> = Vec::new();
    for mark in marks {
        let up = SIZE.1 * i64::from(mark.lost) / most.max(1);
        let at = (AT.0 + along(mark.held), AT.1 + SIZE.1 - up);
        let near = |(x, y): &Point| (x - at.0).abs() < 60 && (y - at.1).abs() < 60;
        match places.iter_mut().find(|(known, _)| near(known)) {
            Some((_, all)) => all.push(mark),
            None => places.push((at, vec![mark])),
        }
    }
    places.sort_by_key(|(at, _)| *at);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_placed_by_their_logarithms() {
        let per_decade = SIZE.0 / DECADES;
        assert_eq!(along(1_000), 0);
        assert_eq!(along(10_000), per_decade);
        // log10(2) is 0.30103.
        assert!((along(20_000) - per_decade - per_decade * 301 / 1000).abs() <= 3);
        assert!((along(500_000) - 2 * per_decade - per_decade * 699 / 1000).abs() <= 3);
        assert_eq!(along(5), 0);
    }
}
