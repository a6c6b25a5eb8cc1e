//! A curve as knots between which it is straight.
//!
//! The knots lie as floating-point numbers do: each octave of the shorter side's share has
//! [`CELLS`] of them, from a half down to 2^-[`TAIL_BITS`] on either side, so that a tail is as
//! fine as the middle. Between two knots the value is interpolated in whole numbers: a draw is a
//! look into a table and a product, it is monotone in the share by construction, and it is the same
//! on every machine. An exponential law is met within 1/32768 of its mean everywhere.

use super::quantile::{Half, whole};
use super::{Micros, TAIL_BITS};

const CELL_BITS: u32 = 6;
/// Cells an octave.
const CELLS: usize = 1 << CELL_BITS;
/// Octaves a side, below a half.
const OCTAVES: u32 = TAIL_BITS - 1;
/// Binary places of a knot.
const PLACES: u32 = 8;

/// The knots of each side by rising share of that side; the last ones are the median.
#[derive(Debug)]
pub(super) struct Knots {
    lower: Vec<u64>,
    upper: Vec<u64>,
}

impl Knots {
    /// Of a law with these quantiles: see [`super::quantile`] for what it is asked.
    pub(super) fn of(quantiles: impl Fn(Half, &[f64]) -> Vec<f64>) -> Knots {
        let shares: Vec<f64> = shares();
        let side = |half| {
            let fixed = |us: f64| whole(us * f64::from(1 << PLACES));
            let mut knots: Vec<u64> = quantiles(half, &shares).into_iter().map(fixed).collect();
            knots.reverse();
            knots
        };
        let (mut lower, mut upper) = (side(Half::Lower), side(Half::Upper));
        // What rounding may have turned round, and the two medians.
        lower.iter_mut().fold(0, |before, knot| {
            *knot = before.max(*knot);
            *knot
        });
        let median = lower.last().copied().unwrap_or(0);
        upper.iter_mut().rev().fold(median, |before, knot| {
            *knot = before.max(*knot);
            *knot
        });
        if let Some(last) = upper.last_mut() {
            *last = median;
        }
        Knots { lower, upper }
    }

    pub(super) fn at(&self, share: u64) -> Micros {
        let fixed = if share >> 63 == 0 {
            let (before, after, part, bits) = cell(&self.lower, share);
            before + scaled(after - before, part, bits)
        } else {
            let (before, after, part, bits) = cell(&self.upper, !share);
            before - scaled(before - after, part, bits)
        };
        (fixed + (1 << (PLACES - 1))) >> PLACES
    }
}

/// The knots on either side of a share below a half, and how far it is between them: a part of
/// 2^bits.
#[inline]
fn cell(knots: &[u64], share: u64) -> (u64, u64, u64, u32) {
    let octave = share.leading_zeros();
    if octave >= TAIL_BITS {
        return (knots[0], knots[0], 0, 0);
    }
    let bits = 63 - octave - CELL_BITS;
    let within = (share >> bits) as usize & (CELLS - 1);
    let at = (TAIL_BITS - 1 - octave) as usize * CELLS + within;
    (knots[at], knots[at + 1], share & ((1 << bits) - 1), bits)
}

#[inline]
fn scaled(width: u64, part: u64, bits: u32) -> u64 {
    ((u128::from(width) * u128::from(part)) >> bits) as u64
}

/// The shares of the knots, from a half down to 2^-[`TAIL_BITS`].
fn shares() -> Vec<f64> {
    let mut shares = vec![0.5];
    let mut top = 0.5;
    for _ in 0..OCTAVES {
        let cells = (CELLS..2 * CELLS).rev();
        shares.extend(cells.map(|n| top * n as f64 / (2 * CELLS) as f64));
        top /= 2.0;
    }
    shares
}
