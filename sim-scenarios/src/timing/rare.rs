//! Rare losses, by trials that are drawn where losses are.
//!
//! The regions of the orders that lose the answer are known, so trials need not be spent elsewhere.
//! Each region is cut into parts, each part has a box around it, and a trial picks a box (as often
//! as it weighs) and draws a point of it from the laws. With `W` for the weight of all boxes, the
//! answer is lost with probability `W` times that of a point to be in its part: the parts are
//! disjoint. So one count has an exact interval, `W` times that of Clopper and Pearson, however
//! small `W` is.
//!
//! Shares are those of the laws that virtual time draws from, so every law will do. Whether a point
//! is in a region is asked without rounding half a round trip to whole microseconds.

use super::orders::{How, Inexact, Orders, is_lost};
use sim_core::drive::sample::Chance;
use sim_core::exact::{Affine, Inequality, Overflow, Polytope, Ratio};
use sim_core::pace::clocked::{Draw, Source};
use sim_core::wire::{Law, Micros, Side};

/// A part of a region, and the shares of the laws that its box has.
#[derive(Clone, Debug)]
struct Part {
    region: Polytope,
    laws: Vec<Law>,
    /// The first and the last share, a variable.
    shares: Vec<(u64, u64)>,
    weight: f64,
    how: How,
}

/// Where the answer is lost, in boxes.
#[derive(Clone, Debug)]
pub struct Rare {
    parts: Vec<Part>,
    /// What the boxes weigh together.
    pub weight: f64,
}

/// What trials within the boxes came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Hits {
    /// What the boxes weigh together: a count stands for so much times its share of the trials.
    pub weight: f64,
    /// Trials.
    pub trials: u64,
    /// How many of them lost the answer so, in order.
    pub counts: Vec<(How, u64)>,
}

impl Hits {
    /// Trials that lost the answer.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    /// The estimate that a count stands for.
    #[must_use]
    pub fn estimate(&self, count: u64) -> f64 {
        if self.trials == 0 { 0.0 } else { self.weight * (count as f64 / self.trials as f64) }
    }
}

/// Boxes that parts are cut for. More of them are a closer fit; fewer, less work before the first
/// trial.
const BOXES: usize = 512;

impl Rare {
    /// Puts boxes around what loses the answer.
    ///
    /// # Errors
    /// Numbers that are too large.
    pub fn of(orders: &Orders) -> Result<Rare, Inexact> {
        let mut parts = Vec::new();
        for order in orders.orders.iter().filter(|order| is_lost(order.how)) {
            parts.extend(Part::around(order.region.clone(), &order.drawn, order.how)?);
        }
        let boxes = BOXES.max(2 * parts.len());
        // What cannot be cut any smaller.
        let mut whole = Vec::new();
        while parts.len() + whole.len() < boxes {
            let heaviest = (0..parts.len())
                .max_by(|a, b| parts[*a].weight.total_cmp(&parts[*b].weight).then(b.cmp(a)));
            let Some(heaviest) = heaviest else { break };
            let part = parts.swap_remove(heaviest);
            match part.halves()? {
                Some(halves) => parts.extend(halves),
                None => whole.push(part),
            }
        }
        parts.extend(whole);
        let weight = parts.iter().map(|part| part.weight).sum();
        Ok(Rare { parts, weight })
    }

    /// Draws trials 0 to some number of a seed.
    ///
    /// # Errors
    /// Numbers that are too large.
    pub fn draw(&self, seed: u64, trials: u64) -> Result<Hits, Inexact> {
        let mut counts: Vec<(How, u64)> = Vec::new();
        let mut sums = Vec::with_capacity(self.parts.len());
        let mut sum = 0.0;
        for part in &self.parts {
            sum += part.weight;
            sums.push(sum);
            if counts.iter().all(|(how, _)| *how != part.how) {
                counts.push((part.how, 0));
            }
        }
        counts.sort_unstable_by_key(|(how, _)| *how);
        let trials = if self.parts.is_empty() { 0 } else { trials };
        for trial in 0..trials {
            let mut chance = Chance::of(seed, trial);
            // 53 bits: what a double holds.
            let share = (chance.next(Source::Path) >> 11) as f64 / (1_u64 << 53) as f64;
            let at = sums.partition_point(|to| *to <= share * sum).min(self.parts.len() - 1);
            let part = &self.parts[at];
            if part.is_hit(&mut chance)? {
                let count = counts.iter_mut().find(|(how, _)| *how == part.how);
                count.into_iter().for_each(|(_, count)| *count += 1);
            }
        }
        Ok(Hits { weight: self.weight, trials, counts })
    }
}

impl Part {
    /// A region with the box around it; `None` where no draw is in the box.
    fn around(region: Polytope, laws: &[Law], how: How) -> Result<Option<Part>, Overflow> {
        let mut shares = Vec::with_capacity(laws.len());
        let mut weight = 1.0;
        for (n, law) in laws.iter().enumerate() {
            let range = region.range(&Affine::variable(n))?;
            let (from, to) = (range.least.value(), range.greatest.value());
            let Some((first, last)) = between(*law, from, to) else { return Ok(None) };
            // The width of 2^64 shares; doubles have 53 bits, which is all that is asked of it.
            weight *= ((last - first) as f64 + 1.0) / 2.0_f64.powi(64);
            shares.push((first, last));
        }
        Ok(Some(Part { region, laws: laws.to_vec(), shares, weight, how }))
    }

    /// The same in two parts, along the side where its box has most shares left of those that its
    /// region could lose; `None` where every side is a single duration.
    fn halves(&self) -> Result<Option<Vec<Part>>, Overflow> {
        let sides = self.shares.iter().enumerate().map(|(n, (first, last))| (last - first, n));
        let mut sides: Vec<(u64, usize)> = sides.collect();
        sides.sort_unstable_by(|a, b| b.cmp(a));
        for (width, n) in sides {
            let (first, last) = self.shares[n];
            let (law, middle) = (self.laws[n], self.laws[n].at(first + width / 2));
            if law.at(last) == middle {
                continue;
            }
            // Draws are whole: none lies between the middle and the next one, and both halves are
            // smaller than what they are halves of.
            let to = |us: Micros| Affine::variable(n).minus(&Affine::constant(i128::from(us)));
            let below = Inequality::at_least(to(middle)?.negated()?);
            let above = Inequality::at_least(to(middle + 1)?);
            let mut halves = Vec::new();
            for region in [self.region.cut(&below)?, self.region.cut(&above)?] {
                let Some(region) = region else { continue };
                halves.extend(Part::around(region, &self.laws, self.how)?);
            }
            return Ok(Some(halves));
        }
        Ok(None)
    }

    /// Draws a point of the box and looks whether it is in the region.
    fn is_hit(&self, chance: &mut Chance) -> Result<bool, Overflow> {
        let mut point = Vec::with_capacity(self.laws.len());
        for (law, (first, last)) in self.laws.iter().zip(&self.shares) {
            let width = u128::from(last - first) + 1;
            let share = u128::from(chance.next(Source::Host(Side::A)));
            let share = first + ((share * width) >> 64) as u64;
            point.push(Ratio::from_integer(i128::from(law.at(share))));
        }
        self.region.contains(&point)
    }
}

/// The first and the last share of a law whose duration lies between two ends.
fn between(law: Law, from: Option<Ratio>, to: Option<Ratio>) -> Option<(u64, u64)> {
    let whole = |us: Ratio| Micros::try_from(us.to_integer()).unwrap_or(0);
    let from = from.map_or(0, |from| whole(from.ceil()));
    let first = first_share(|share| law.at(share) >= from)?;
    let last = match to.map(|to| whole(to.floor())) {
        None => u64::MAX,
        Some(to) => match first_share(|share| law.at(share) > to) {
            None => u64::MAX,
            Some(beyond) => beyond.checked_sub(1)?,
        },
    };
    (first <= last).then_some((first, last))
}

/// The first share that answers yes, where all after it do as well.
fn first_share(is: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut no, mut yes) = (0, u64::MAX);
    if !is(yes) {
        return None;
    }
    while no < yes {
        let middle = no + (yes - no) / 2;
        if is(middle) { yes = middle } else { no = middle + 1 }
    }
    Some(yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_between_two_durations_are_those_that_give_them() {
        let ratio = |n: i128| Some(Ratio::new(n, 2));
        for law in [Law::Uniform(10, 20), Law::exponential(30).expect("a law")] {
            let (first, last) = between(law, ratio(23), ratio(31)).expect("some");
            assert_eq!((law.at(first), law.at(last)), (12, 15), "{law:?}");
            assert_eq!((law.at(first - 1), law.at(last + 1)), (11, 16), "{law:?}");
        }
        assert_eq!(between(Law::Uniform(10, 20), None, None), Some((0, u64::MAX)));
        assert_eq!(between(Law::Uniform(10, 20), ratio(41), None), None);
        assert_eq!(between(Law::Uniform(10, 20), None, ratio(19)), None);
        assert_eq!(between(Law::Uniform(10, 20), ratio(25), ratio(25)), None, "no whole one");
    }
}
