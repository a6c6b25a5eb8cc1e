//! The same trials of several setups side by side: what a difference between them rests on.

use super::{Asks, Chance, Compiled, Ended, Horizon, Setup, Tally, Trials, Tried, World};

/// Two of the setups, by their place in the list, and how often each pair of outcomes was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair<K> {
    /// The places in the list of setups, the smaller first.
    pub of: [usize; 2],
    /// Pairs of outcomes in the same order. A trial is halted if either of the two was.
    pub joint: Tally<(K, K)>,
}

/// Tallies over the same trials: of each setup, and of every two of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paired<K> {
    /// Of each setup alone, as [`super::sample`] counts.
    pub each: Vec<Tally<K>>,
    /// Of every two, in the order (0, 1), (0, 2), (1, 2), (0, 3) and so on.
    pub pairs: Vec<Pair<K>>,
}

impl<K: Ord> Paired<K> {
    fn over(setups: usize) -> Paired<K> {
        let of = (0..setups).flat_map(|b| (0..b).map(move |a| [a, b]));
        Paired {
            each: (0..setups).map(|_| Tally::default()).collect(),
            pairs: of.map(|of| Pair { of, joint: Tally::default() }).collect(),
        }
    }

    /// Adds what another counted over other trials of the same list of setups; the sum does not
    /// depend on the order.
    ///
    /// # Panics
    /// If the other's list of setups has another length.
    pub fn merge(&mut self, other: Paired<K>) {
        assert_eq!(self.each.len(), other.each.len(), "tallies of different lists of setups");
        for (tally, more) in self.each.iter_mut().zip(other.each) {
            tally.merge(more);
        }
        for (pair, more) in self.pairs.iter_mut().zip(other.pairs) {
            pair.joint.merge(more.joint);
        }
    }
}

/// Runs trials `trials` of a seed on every setup and counts what `read` makes of their ends; it is
/// told which setup an end is of.
///
/// The sources of a trial have shares of their own ([`Chance`]), so setups that differ at one host
/// alone meet the same path and the same draws of the other host.
#[must_use]
pub fn paired<K: Ord + Clone>(
    setups: &[&Setup],
    horizon: Horizon,
    seed: u64,
    trials: std::ops::Range<u64>,
    read: impl Fn(usize, &World, Ended) -> K,
) -> Paired<K> {
    let known = Compiled::stepping();
    let tried: Vec<_> = setups.iter().map(|setup| Tried { setup, known: &known }).collect();
    paired_known(&tried, horizon, seed, trials, read)
}

/// The same counts, where something is known of the ends beforehand: with the same horizon and by
/// the same `read`.
#[must_use]
pub fn paired_known<K: Ord + Clone>(
    tried: &[Tried<'_, K>],
    horizon: Horizon,
    seed: u64,
    trials: std::ops::Range<u64>,
    read: impl Fn(usize, &World, Ended) -> K,
) -> Paired<K> {
    let mut counted = Paired::over(tried.len());
    let mut chance = Chance::of(seed, trials.start);
    let mut each: Vec<_> = tried.iter().map(|tried| Trials::of(*tried, horizon)).collect();
    let mut ends: Vec<Option<K>> = Vec::with_capacity(tried.len());
    for trial in trials.clone() {
        ends.clear();
        if each.iter().any(|each| each.asks() == Asks::Draws) {
            chance.turn_to(trial);
        }
        for (n, each) in each.iter_mut().enumerate() {
            ends.push(each.end(&chance, &|world, ended| read(n, world, ended)));
        }
        for (tally, end) in counted.each.iter_mut().zip(&ends) {
            tally.count_trial(end.clone(), trial);
        }
        for Pair { of: [a, b], joint } in &mut counted.pairs {
            joint.count_trial(ends[*a].clone().zip(ends[*b].clone()), trial);
        }
    }
    counted.each.iter_mut().for_each(|tally| tally.counts.sort_unstable());
    counted.pairs.iter_mut().for_each(|pair| pair.joint.counts.sort_unstable());
    counted
}
