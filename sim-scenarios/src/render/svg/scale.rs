//! From instants to places on the page: to scale, with breaks that are marked as such.
//!
//! Lengths are tenths of a pixel, whole numbers throughout, so that the same run gives the same
//! bytes everywhere.

use crate::render::run::Time;

/// Tenths of a pixel.
pub(super) type Tenths = i64;

/// Height of a break.
pub(super) const BREAK: Tenths = 560;
/// Height of a step in a run without time.
const STEP: Tenths = 260;
/// An instant in a run without time.
pub(super) const STEP_UNITS: u64 = 1000;

/// A stretch that is not drawn to scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Break {
    /// Its first instant.
    pub from: u64,
    /// Its last.
    pub to: u64,
    /// Why it may be left out.
    pub why: Why,
}

/// Why a stretch may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Nothing happens in it.
    Idle,
    /// Data and acknowledgements as before and after.
    Routine,
}

/// A stretch of time and where it is on the page.
#[derive(Clone, Debug)]
struct Piece {
    from: u64,
    to: u64,
    top: Tenths,
    bottom: Tenths,
    left_out: Option<Why>,
}

/// Where instants are on the page.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    pieces: Vec<Piece>,
    /// What instants count.
    pub time: Time,
}

/// What happens when, as far as the scale needs to know.
pub(super) struct Busy {
    /// Instants at which something is drawn, in order.
    pub marks: Vec<u64>,
    /// Ways of segments: from, to.
    pub ways: Vec<(u64, u64)>,
    /// Instants at which something happens besides data and acknowledgements, in order.
    pub special: Vec<u64>,
}

impl Scale {
    /// A scale that begins at this height.
    pub(super) fn new(busy: &Busy, time: Time, top: Tenths) -> Scale {
        let first = busy.marks.first().copied().unwrap_or(0);
        let last = busy.marks.last().copied().unwrap_or(0).max(first + 1);
        let breaks = match time {
            Time::Micros => breaks(busy),
            Time::Steps => Vec::new(),
        };
        let left_out: u64 = breaks.iter().map(|b| b.to - b.from).sum();
        let drawn = (last - first).saturating_sub(left_out).max(1);
        let height = match time {
            Time::Micros => height(busy, &breaks, drawn),
            Time::Steps => STEP * Tenths::try_from((last - first) / STEP_UNITS).unwrap_or(1).max(1),
        };
        let mut pieces = Vec::new();
        let (mut at, mut y) = (first, top);
        let mut to_scale = |from: u64, to: u64, y: &mut Tenths| {
            let bottom = *y + share(to - from, drawn, height);
            pieces.push(Piece { from, to, top: *y, bottom, left_out: None });
            *y = bottom;
        };
        let mut broken = Vec::new();
        for cut in &breaks {
            to_scale(at, cut.from, &mut y);
            let (top, bottom) = (y, y + BREAK);
            broken.push(Piece { from: cut.from, to: cut.to, top, bottom, left_out: Some(cut.why) });
            (at, y) = (cut.to, bottom);
        }
        to_scale(at, last, &mut y);
        pieces.extend(broken);
        pieces.sort_by_key(|piece| (piece.from, piece.to));
        Scale { pieces, time }
    }

    /// Where an instant is.
    pub(super) fn y(&self, at: u64) -> Tenths {
        let piece = self.pieces.iter().find(|piece| at <= piece.to).or(self.pieces.last());
        piece.map_or(0, |piece| {
            let into = at.clamp(piece.from, piece.to) - piece.from;
            piece.top + share(into, piece.to - piece.from, piece.bottom - piece.top)
        })
    }

    /// The end of the drawing.
    pub(super) fn bottom(&self) -> Tenths {
        self.pieces.last().map_or(0, |piece| piece.bottom)
    }

    /// The last instant.
    pub(super) fn last(&self) -> u64 {
        self.pieces.last().map_or(0, |piece| piece.to)
    }

    /// What is left out, with its upper and lower edge.
    pub(super) fn breaks(&self) -> impl Iterator<Item = (Break, Tenths, Tenths)> {
        self.pieces.iter().filter_map(|piece| {
            let why = piece.left_out?;
            Some((Break { from: piece.from, to: piece.to, why }, piece.top, piece.bottom))
        })
    }

    /// The routine stretch that a way lies in or crosses.
    pub(super) fn routine(&self, (from, to): (u64, u64)) -> Option<Break> {
        self.breaks()
            .map(|(cut, _, _)| cut)
            .find(|cut| cut.why == Why::Routine && from < cut.to && to > cut.from)
    }

    /// Instants for the time axis: even steps of 1, 2 or 5 times a power of ten, at least so far
    /// apart, none inside of a break.
    pub(super) fn ticks(&self, apart: Tenths) -> Vec<u64> {
        let drawn: Vec<&Piece> = self.pieces.iter().filter(|p| p.left_out.is_none()).collect();
        let longest = drawn.iter().max_by_key(|piece| piece.to - piece.from);
        let Some(longest) = longest else { return Vec::new() };
        let (time, height) = (longest.to - longest.from, longest.bottom - longest.top);
        let unit = match self.time {
            Time::Micros => 1,
            Time::Steps => STEP_UNITS,
        };
        let nice = (0..10).flat_map(|power| [1, 2, 5].map(|n| n * 10_u64.pow(power) * unit));
        let step = nice.into_iter().find(|step| share(*step, time.max(1), height) >= apart);
        let Some(step) = step else { return Vec::new() };
        let mut ticks = Vec::new();
        for piece in drawn {
            let mut at = piece.from.div_ceil(step) * step;
            while at <= piece.to {
                ticks.push(at);
                at += step;
            }
        }
        ticks.dedup();
        ticks
    }
}

/// A share of a length, rounded down.
fn share(part: u64, whole: u64, length: Tenths) -> Tenths {
    let tenths = i128::from(part) * i128::from(length) / i128::from(whole.max(1));
    Tenths::try_from(tenths).unwrap_or(0)
}

/// How high the drawn part is: room for what it says, and slopes that can be seen, within reason.
fn height(busy: &Busy, breaks: &[Break], drawn: u64) -> Tenths {
    let outside = |at: &&u64| !breaks.iter().any(|cut| cut.from < **at && **at < cut.to);
    let marks = busy.marks.iter().filter(outside).count();
    let for_text = Tenths::try_from(marks).unwrap_or(0) * 150;
    let for_slopes = match longest(busy) {
        0 => 0,
        // Few round trips have room for their labels; many are drawn smaller.
        way => {
            share(drawn.min(8 * way), way, 1_400) + share(drawn.saturating_sub(8 * way), way, 700)
        }
    };
    for_text.clamp(5_600, 14_000).max(for_slopes.min(32_000))
}

fn longest(busy: &Busy) -> u64 {
    busy.ways.iter().map(|(from, to)| to - from).max().unwrap_or(0)
}

/// What may be left out: long stretches in which nothing happens, and the middle of a long transfer
/// in which nothing but data and acknowledgements goes to and fro.
fn breaks(busy: &Busy) -> Vec<Break> {
    let way = longest(busy);
    let mut cuts = Vec::new();
    for pair in busy.special.windows(2) {
        let (from, to) = (pair[0] + 7 * way, pair[1].saturating_sub(5 * way));
        let inside = busy.ways.iter().filter(|(sent, end)| from <= *sent && *end <= to).count();
        if way > 0 && to > from && to - from > 6 * way && inside > 60 {
            cuts.push(Break { from, to, why: Why::Routine });
        }
    }
    let gaps = gaps(busy);
    let idle: u64 = gaps.iter().map(|(from, to)| to - from).sum();
    let all = busy.marks.last().unwrap_or(&0) - busy.marks.first().unwrap_or(&0);
    let rest = all.saturating_sub(idle + cuts.iter().map(|cut| cut.to - cut.from).sum::<u64>());
    for (from, to) in gaps {
        let folded = cuts.iter().any(|cut| from < cut.to && cut.from < to);
        if !folded && to - from > (2 * way).max(rest / 3).max(1) {
            // A little of it stays, so that what happens at its ends does not touch the break.
            let margin = ((to - from) / 20).min(rest / 40);
            cuts.push(Break { from: from + margin, to: to - margin, why: Why::Idle });
        }
    }
    cuts.sort_by_key(|cut| cut.from);
    cuts
}

/// Stretches between two marks in which no segment is on its way.
fn gaps(busy: &Busy) -> Vec<(u64, u64)> {
    let mut spans: Vec<(u64, u64)> = busy.ways.clone();
    spans.extend(busy.marks.iter().map(|at| (*at, *at)));
    spans.sort_unstable();
    let mut gaps = Vec::new();
    let mut reached = spans.first().map_or(0, |span| span.0);
    for (from, to) in spans {
        if from > reached {
            gaps.push((reached, from));
        }
        reached = reached.max(to);
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy(marks: &[u64], ways: &[(u64, u64)]) -> Busy {
        Busy { marks: marks.to_vec(), ways: ways.to_vec(), special: marks.to_vec() }
    }

    #[test]
    fn what_is_drawn_is_to_scale_and_a_long_wait_is_a_break() {
        let ways = [(0, 10_000), (10_000, 20_000)];
        let marks = [0, 10_000, 20_000, 5_020_000, 5_040_000];
        let scale = Scale::new(&busy(&marks, &ways), Time::Micros, 0);
        let way = |from: u64, to: u64| scale.y(to) - scale.y(from);
        assert!((way(0, 10_000) - way(10_000, 20_000)).abs() <= 1);
        assert!((way(5_020_000, 5_040_000) - 2 * way(0, 10_000)).abs() <= 2);
        let cuts: Vec<Break> = scale.breaks().map(|(cut, _, _)| cut).collect();
        assert_eq!(cuts.len(), 1);
        assert!(cuts[0].from >= 20_000 && cuts[0].to <= 5_020_000 && cuts[0].why == Why::Idle);
    }

    #[test]
    fn a_segment_under_way_keeps_its_time_drawn() {
        let scale = Scale::new(&busy(&[0, 1, 900_000], &[(1, 900_000)]), Time::Micros, 0);
        assert_eq!(scale.breaks().count(), 0);
    }

    #[test]
    fn steps_are_at_equal_distances() {
        let marks: Vec<u64> = (0..5).map(|n| n * STEP_UNITS).collect();
        let scale = Scale::new(&busy(&marks, &[]), Time::Steps, 100);
        let places: Vec<Tenths> = marks.iter().map(|at| scale.y(*at)).collect();
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] == STEP), "{places:?}");
    }
}
