//! Points inside of a set, round ones if possible.

use super::Polytope;
use crate::exact::number::{self, Row};
use crate::exact::{Affine, Overflow, Ratio};

/// The coarsest grid that is tried: this power of ten times a step.
const COARSEST: i32 = 12;

/// How fine the grids may get, in powers of ten times a step.
const GRIDS: [i32; 7] = [0, -1, -2, -3, -6, -12, -24];

/// How many slices are tried on one grid before a finer one is.
const SLICES: u32 = 400;

impl Polytope {
    /// A point inside: it satisfies everything strictly that does not hold with equality
    /// everywhere. One coordinate a variable.
    ///
    /// # Errors
    /// Numbers that do not fit.
    pub fn interior(&self) -> Result<Vec<Ratio>, Overflow> {
        let mut sum = Row::from_elem(0, self.variables() + 1);
        for it in &self.0.generators {
            for (sum, number) in sum.iter_mut().zip(&it.row) {
                *sum = number::add(*sum, *number)?;
            }
        }
        sum[1..].iter().map(|at| number::ratio(*at, sum[0])).collect()
    }

    /// A point inside (as [`Polytope::interior`]) with few digits: every coordinate a multiple of
    /// its step if there is such a point within reach, else of a tenth of its step, and so on; and
    /// each of them of as high a power of ten times that as the others allow.
    ///
    /// Steps are positive, one a variable; those that are missing or not positive are 1.
    ///
    /// # Errors
    /// Numbers that do not fit.
    pub fn round_point(&self, steps: &[Ratio]) -> Result<Vec<Ratio>, Overflow> {
        let step = |n: usize| steps.get(n).copied().filter(|it| *it.numer() > 0);
        let steps = (0..self.variables()).map(|n| step(n).unwrap_or(Ratio::new_raw(1, 1)));
        let steps: Vec<Ratio> = steps.collect();
        for finest in GRIDS {
            let mut search = Search { steps: &steps, finest, left: SLICES };
            // A grid whose numbers are too large is like one without a point.
            if let Ok(Some(point)) = search.from(self, Vec::new()) {
                return Ok(point);
            }
        }
        self.interior()
    }
}

struct Search<'a> {
    steps: &'a [Ratio],
    finest: i32,
    left: u32,
}

impl Search<'_> {
    /// Completes a point whose first coordinates have been chosen (and hold everywhere in `part`).
    fn from(
        &mut self,
        part: &Polytope,
        chosen: Vec<Ratio>,
    ) -> Result<Option<Vec<Ratio>>, Overflow> {
        let n = chosen.len();
        let Some(step) = self.steps.get(n).copied() else { return Ok(Some(chosen)) };
        let range = part.range(&Affine::variable(n))?;
        let (lo, hi) = (range.least.value(), range.greatest.value());
        let with = |value: Ratio| chosen.iter().copied().chain([value]).collect::<Vec<_>>();
        if let (Some(lo), true) = (lo, lo == hi) {
            return self.from(part, with(lo));
        }
        let inside =
            |value: &Ratio| lo.is_none_or(|lo| lo < *value) && hi.is_none_or(|hi| *value < hi);
        let middle = part.interior()?[n];
        for level in (self.finest..=COARSEST).rev() {
            let Ok(unit) = scaled(step, level) else { continue };
            for value in around(middle, unit)?.into_iter().filter(inside) {
                if self.left == 0 {
                    return Ok(None);
                }
                self.left -= 1;
                let Some(slice) = part.fix(n, value)? else { continue };
                if let Some(point) = self.from(&slice, with(value))? {
                    return Ok(Some(point));
                }
            }
        }
        Ok(None)
    }
}

/// `step * 10^level`.
fn scaled(step: Ratio, level: i32) -> Result<Ratio, Overflow> {
    let power = 10_i128.checked_pow(level.unsigned_abs()).ok_or(Overflow)?;
    if level < 0 {
        number::ratio(*step.numer(), number::mul(*step.denom(), power)?)
    } else {
        number::ratio(number::mul(*step.numer(), power)?, *step.denom())
    }
}

/// The multiples of a unit next to a value, the nearest first.
fn around(value: Ratio, unit: Ratio) -> Result<Vec<Ratio>, Overflow> {
    let upper = number::mul(*value.numer(), *unit.denom())?;
    let lower = number::mul(*value.denom(), *unit.numer())?;
    let below = upper.div_euclid(lower);
    // Twice the rest tells which of the two is nearer.
    let up = upper.rem_euclid(lower) > lower / 2;
    let order = if up {
        [below + 1, below, below + 2, below - 1]
    } else {
        [below, below + 1, below - 1, below + 2]
    };
    let multiple = |n: i128| number::ratio(number::mul(n, *unit.numer())?, *unit.denom());
    order.into_iter().map(multiple).collect()
}
