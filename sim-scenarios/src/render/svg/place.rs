//! Where text goes, so that no two lines are printed over each other.

use super::canvas::{Point, Slant};
use super::scale::Tenths;

/// Width of a character of the type that labels are set in.
pub(super) const CHAR: Tenths = 64;
/// From one line to the next.
pub(super) const LINE: Tenths = 130;

/// How wide a label is.
pub(super) fn width(text: &str) -> Tenths {
    Tenths::try_from(text.chars().count()).unwrap_or(0) * CHAR
}

/// Puts blocks of text into a column: each as near to where it would like to have its middle as the
/// others permit, in their order. Wishes are sorted; the answer is the middle of each.
pub(super) fn column(wishes: &[(Tenths, Tenths)], top: Tenths) -> Vec<Tenths> {
    // Blocks that touch move together, to the mean of what they would like.
    struct Stack {
        first: usize,
        count: i64,
        height: Tenths,
        start_sum: i64,
    }
    impl Stack {
        fn start(&self, top: Tenths) -> Tenths {
            (self.start_sum.div_euclid(self.count)).max(top)
        }
    }
    let mut stacks: Vec<Stack> = Vec::new();
    for (n, (middle, height)) in wishes.iter().copied().enumerate() {
        let alone = middle - height / 2;
        stacks.push(Stack { first: n, count: 1, height, start_sum: alone });
        while let [.., above, below] = stacks.as_slice() {
            if above.start(top) + above.height <= below.start(top) {
                break;
            }
            let joined = Stack {
                first: above.first,
                count: above.count + below.count,
                height: above.height + below.height,
                start_sum: above.start_sum + below.start_sum - below.count * above.height,
            };
            stacks.truncate(stacks.len() - 2);
            stacks.push(joined);
        }
    }
    let mut middles = Vec::with_capacity(wishes.len());
    for stack in &stacks {
        let mut at = stack.start(top);
        let count = usize::try_from(stack.count).unwrap_or(0);
        for (_, height) in &wishes[stack.first..stack.first + count] {
            middles.push(at + height / 2);
            at += height;
        }
    }
    middles
}

/// A straight way across the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// From here.
    pub from: Point,
    /// To there.
    pub to: Point,
    /// How far the ink reaches upwards and downwards of it, at its beginning and at its end.
    pub half: [Tenths; 2],
}

impl Way {
    /// So many thousandths of the way.
    pub(super) fn at(&self, thousandths: i64) -> Point {
        let along = |from: Tenths, to: Tenths| from + (to - from) * thousandths / 1000;
        (along(self.from.0, self.to.0), along(self.from.1, self.to.1))
    }

    /// How far the ink reaches after so many thousandths of the way.
    fn half_at(&self, thousandths: i64) -> Tenths {
        self.half[0] + (self.half[1] - self.half[0]) * thousandths / 1000
    }

    /// Its direction, so that text along it is not upside down.
    pub(super) fn slant(&self) -> Slant {
        let (mut dx, mut dy) = (self.to.0 - self.from.0, self.to.1 - self.from.1);
        if dx < 0 {
            (dx, dy) = (-dx, -dy);
        }
        let length = (dx * dx + dy * dy).isqrt().max(1);
        Slant { x: dx * 1000 / length, y: dy * 1000 / length }
    }

    /// Whether a point is in the ink, or so near to it.
    fn is_near(&self, (x, y): Point, distance: Tenths) -> bool {
        let span = self.to.0 - self.from.0;
        if span == 0 {
            return false;
        }
        let along = (x - self.from.0) * 1000 / span;
        (0..=1000).contains(&along) && (self.at(along).1 - y).abs() < self.half_at(along) + distance
    }
}

/// A label's place along its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The middle of its base line.
    pub base: Point,
    /// Its direction.
    pub slant: Slant,
    /// Where on the way it points to, if it is not right beside it.
    pub leader: Option<Point>,
}

/// Labels that have a place.
#[derive(Debug, Default)]
pub(super) struct Labels {
    taken: Vec<Vec<Point>>,
}

/// How much two labels must be apart.
const APART: Tenths = 105;
/// Offsets of the base line from the ink, outwards: above, below, above with a leader, ...
const ROWS: [(Row, Tenths); 10] = [
    (Row::Above, 30),
    (Row::Below, 95),
    (Row::Above, 150),
    (Row::Below, 215),
    (Row::Above, 270),
    (Row::Below, 335),
    (Row::Above, 400),
    (Row::Below, 465),
    (Row::Above, 530),
    (Row::Below, 595),
];

#[derive(Clone, Copy)]
enum Row {
    Above,
    Below,
}

/// Where along the way, in thousandths, the likeliest first.
const PLACES: [i64; 13] = [280, 340, 220, 400, 460, 520, 580, 640, 700, 760, 820, 160, 880];

impl Labels {
    /// Keeps a spot free: nothing will be put there.
    pub(super) fn keep(&mut self, base: Point, slant: Slant, wide: Tenths) {
        self.taken.push(samples(base, slant, wide));
    }

    /// Finds the best place for a label along the n-th of these ways, within these limits of x.
    pub(super) fn put(
        &mut self,
        text: &str,
        (n, ways): (usize, &[Way]),
        limits: (Tenths, Tenths),
    ) -> Spot {
        let way = &ways[n];
        let slant = way.slant();
        let wide = width(text);
        let mut best: Option<(i64, Spot)> = None;
        for (row, (place, offset)) in ROWS.into_iter().enumerate() {
            for (order, along) in PLACES.into_iter().enumerate() {
                let on = way.at(along);
                let out = offset + way.half_at(along);

                // Upright to the way.
                let (dx, dy) = (slant.y * out / 1000, slant.x * out / 1000);
                let base = match place {
                    Row::Above => (on.0 + dx, on.1 - dy),
                    Row::Below => (on.0 - dx, on.1 + dy),
                };
                let leader = (row > 1).then_some(on);
                let dots = samples(base, slant, wide);
                let own = Tenths::try_from(row * 40 + order * 3).unwrap_or(0);
                let cost = own + self.cost(&dots, (n, ways), limits);
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, Spot { base, slant, leader }));
                }
            }
        }
        let spot = best.map_or(Spot { base: way.from, slant, leader: None }, |(_, spot)| spot);
        self.keep(spot.base, slant, wide);
        spot
    }

    fn cost(&self, dots: &[Point], (n, ways): (usize, &[Way]), limits: (Tenths, Tenths)) -> i64 {
        let outside = dots.iter().any(|(x, _)| *x < limits.0 || *x > limits.1);
        let over: i64 = self.taken.iter().filter(|taken| touch(taken, dots)).count() as i64;
        let crossed = ways
            .iter()
            .enumerate()
            .filter(|(other, way)| *other != n && dots.iter().any(|dot| way.is_near(*dot, 45)));
        i64::from(outside) * 2_000 + over * 3_000 + crossed.count() as i64 * 25
    }
}

/// Points along the middle of a line of text.
fn samples((x, y): Point, slant: Slant, wide: Tenths) -> Vec<Point> {
    let (x, y) = (x + slant.y * 35 / 1000, y - slant.x * 35 / 1000);
    let steps = (wide / 60).max(1);
    (0..=steps)
        .map(|step| {
            let along = wide * step / steps - wide / 2;
            (x + slant.x * along / 1000, y + slant.y * along / 1000)
        })
        .collect()
}

fn touch(a: &[Point], b: &[Point]) -> bool {
    let far = |a: Point, b: Point| (a.0 - b.0).abs().max((a.1 - b.1).abs()) > APART;
    let (Some(a0), Some(a1), Some(b0), Some(b1)) = (a.first(), a.last(), b.first(), b.last())
    else {
        return false;
    };
    // Boxes first: most labels are nowhere near each other.
    let apart = |low: fn(&Point) -> Tenths| {
        let (a_low, a_high) = (low(a0).min(low(a1)), low(a0).max(low(a1)));
        let (b_low, b_high) = (low(b0).min(low(b1)), low(b0).max(low(b1)));
        a_low > b_high + APART || b_low > a_high + APART
    };
    if apart(|point| point.0) || apart(|point| point.1) {
        return false;
    }
    a.iter().any(|a| b.iter().any(|b| !far(*a, *b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_that_want_the_same_place_stand_below_each_other() {
        let wishes = [(1000, 130), (1000, 130), (1010, 260), (5000, 130)];
        let middles = column(&wishes, 0);
        let edges: Vec<(Tenths, Tenths)> =
            middles.iter().zip(wishes).map(|(at, (_, h))| (at - h / 2, at + h / 2)).collect();
        assert!(edges.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{edges:?}");
        assert_eq!(middles[3], 5000);
        assert!((middles[1] - 1000).abs() < 200);
    }

    #[test]
    fn a_column_begins_where_it_may() {
        assert_eq!(column(&[(0, 100), (0, 100)], 500), [550, 650]);
    }

    #[test]
    fn labels_of_segments_close_together_do_not_touch() {
        let way = |y: Tenths| Way { from: (0, y), to: (4000, y + 1500), half: [0, 0] };
        let ways: Vec<Way> = (0..6).map(|n| way(n * 12)).collect();
        let mut labels = Labels::default();
        let text = "data 11397-12288 x3";
        let spots: Vec<Spot> =
            (0..ways.len()).map(|n| labels.put(text, (n, &ways), (0, 4000))).collect();
        let dots: Vec<Vec<Point>> =
            spots.iter().map(|spot| samples(spot.base, spot.slant, width(text))).collect();
        for (n, a) in dots.iter().enumerate() {
            assert!(dots[n + 1..].iter().all(|b| !touch(a, b)), "{spots:?}");
        }
    }
}
