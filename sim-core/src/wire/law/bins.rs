//! A histogram: what was measured, as a law.

use super::{DAY, Micros, Unfit};

/// An interval and how often a duration in it was seen; inside, every microsecond is alike likely.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bin {
    /// Its shortest duration.
    pub lo: Micros,
    /// Its longest duration, included.
    pub hi: Micros,
    /// How often, from 1.
    pub weight: u64,
}

/// The most bins of a histogram.
pub const MOST_BINS: usize = 4_096;
/// The most of all weights together: below it, a bin of a day still has a share of draws for every
/// one of its microseconds.
pub const MOST_WEIGHT: u64 = 10_000_000;

pub(super) fn check(bins: &[Bin]) -> Result<(), Unfit> {
    if bins.is_empty() || bins.len() > MOST_BINS {
        return Err(Unfit::Bins(bins.len()));
    }
    let (mut before, mut all) = (0, 0_u64);
    for Bin { lo, hi, weight } in bins.iter().copied() {
        if lo > hi {
            return Err(Unfit::Reversed(lo, hi));
        }
        if hi > DAY {
            return Err(Unfit::Duration(hi));
        }
        if lo < before {
            return Err(Unfit::Overlap(before, lo));
        }
        if weight == 0 {
            return Err(Unfit::Weightless(lo, hi));
        }
        before = hi;
        all = all.saturating_add(weight);
    }
    if all > MOST_WEIGHT { Err(Unfit::Weight(all)) } else { Ok(()) }
}

/// At most so many bins of as many samples each as can be had; each goes from its shortest sample
/// to its longest.
pub(super) fn of_samples(samples: &[Micros], most: usize) -> Result<Vec<Bin>, Unfit> {
    if samples.is_empty() {
        return Err(Unfit::NoSamples);
    }
    if most == 0 || most > MOST_BINS {
        return Err(Unfit::Bins(most));
    }
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let count = most.min(sorted.len());
    let mut bins: Vec<Bin> = Vec::with_capacity(count);
    for n in 0..count {
        let cut = |n: usize| n * sorted.len() / count;
        let group = &sorted[cut(n)..cut(n + 1)];
        let [lo, hi] = [group[0], group[group.len() - 1]];
        let weight = group.len() as u64;
        match bins.last_mut() {
            // The same duration again and again is one bin.
            Some(last) if last.lo == hi => last.weight += weight,
            Some(_) | None => bins.push(Bin { lo, hi, weight }),
        }
    }
    Ok(bins)
}

/// A bin as its part of the shares.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// The first share that falls into it.
    from: u64,
    lo: Micros,
    /// Microseconds a share, times 2^`bits`.
    slope: u64,
    bits: u32,
}

/// Bins as parts of all shares, in order. There is at least one.
#[derive(Debug)]
pub(super) struct Parts(Vec<Part>);

impl Parts {
    /// Of bins that have been checked.
    pub(super) fn of(bins: &[Bin]) -> Parts {
        const ALL: u128 = 1 << 64;
        let total: u128 = bins.iter().map(|bin| u128::from(bin.weight)).sum();
        // Rounded up: the first share that is not before the bin.
        let share = |before: u128| (before * ALL).div_ceil(total);
        let mut before = 0;
        let part = |bin: &Bin| {
            let from = share(before);
            before += u128::from(bin.weight);
            let width = share(before) - from;
            let slope = (u128::from(bin.hi - bin.lo + 1) << 90) / width;
            let excess = (128 - slope.leading_zeros()).saturating_sub(64);
            Part {
                from: u64::try_from(from).unwrap_or(u64::MAX),
                lo: bin.lo,
                slope: u64::try_from(slope >> excess).unwrap_or(u64::MAX),
                bits: 90 - excess,
            }
        };
        Parts(bins.iter().map(part).collect())
    }

    pub(super) fn at(&self, share: u64) -> Micros {
        let after = self.0.partition_point(|part| part.from <= share);
        let part = &self.0[after.saturating_sub(1)];
        let inside = (u128::from(share - part.from) * u128::from(part.slope)) >> part.bits;
        part.lo + inside as u64
    }
}
