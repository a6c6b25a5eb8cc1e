//! How likely each end of a scenario is, exactly.
//!
//! An order of events is as likely as its region weighs under the laws of what is drawn. What most
//! of the work would go to is not weighed: it is what the others leave of 1.
//!
//! Scenarios draw whole microseconds and cut tails; here a law is what it says
//! ([`Law::of_durations`] has the differences), so virtual time loses by about a microsecond's
//! worth more or less often at every boundary: [`Odds::grain`].

use super::orders::{How, Inexact, Order, Orders, Shapeless, is_lost};
use sim_core::exact::BigRational;
use sim_core::exact::measure::{Exact, Law, measure};
use sim_core::wire;

/// Every end with its probability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Odds {
    /// The ends that have a weight, in order.
    pub ends: Vec<(How, Exact)>,
    /// Orders of events.
    pub orders: usize,
    /// How many of them were weighed.
    pub weighed: usize,
    /// The most that is drawn in a run.
    pub variables: usize,
    /// Steps of the search.
    pub steps: u64,
    /// Every law that something is drawn from.
    pub laws: Vec<wire::Law>,
}

/// What weighing takes at most, in pieces of laws that meet in an order.
pub const MOST_PIECES: u64 = 20_000;

impl Odds {
    /// Weighs orders.
    ///
    /// # Errors
    /// A law without a closed form, and what would take too long.
    pub fn of(orders: &Orders) -> Result<Odds, Inexact> {
        let laws = Laws::of(orders)?;
        let mut ends: Vec<(How, u64, Exact)> = Vec::new();
        for order in &orders.orders {
            let pieces = laws.pieces(order);
            match ends.iter_mut().find(|(how, _, _)| *how == order.how) {
                Some((_, sum, _)) => *sum = sum.saturating_add(pieces),
                None => ends.push((order.how, pieces, Exact::zero())),
            }
        }
        ends.sort_by_key(|(how, _, _)| *how);
        let rest = ends.iter().max_by_key(|(_, pieces, _)| *pieces).map(|(how, _, _)| *how);
        let others = ends.iter().filter(|(how, _, _)| Some(*how) != rest);
        if others.fold(0, |sum: u64, (_, pieces, _)| sum.saturating_add(*pieces)) > MOST_PIECES {
            return Err(Inexact::Work);
        }
        let mut left = Exact::one();
        let mut weighed = 0;
        for (how, _, weight) in ends.iter_mut().filter(|(how, _, _)| Some(*how) != rest) {
            for order in orders.orders.iter().filter(|order| order.how == *how) {
                *weight = weight.plus(&laws.weigh(order)?);
                weighed += 1;
            }
            left = left.minus(weight);
        }
        if let Some(end) = ends.iter_mut().find(|(how, _, _)| Some(*how) == rest) {
            end.2 = left;
        }
        let ends = ends.into_iter().map(|(how, _, weight)| (how, weight));
        Ok(Odds {
            ends: ends.filter(|(_, weight)| !weight.is_zero()).collect(),
            orders: orders.orders.len(),
            weighed,
            variables: orders.variables(),
            steps: orders.steps,
            laws: laws.0.into_iter().map(|(law, _)| law).collect(),
        })
    }

    /// The probability of the ends that answer yes.
    #[must_use]
    pub fn of_ends(&self, is: impl Fn(How) -> bool) -> Exact {
        let ends = self.ends.iter().filter(|(how, _)| is(*how));
        ends.fold(Exact::zero(), |sum, (_, weight)| sum.plus(weight))
    }

    /// The probability that the answer is not read as a whole.
    #[must_use]
    pub fn lost(&self) -> Exact {
        self.of_ends(is_lost)
    }

    /// What one microsecond weighs at most, in the law that gives it most: by about so much the
    /// share that is sampled in whole microseconds may differ at a boundary. `None` where a law has
    /// points, which whole microseconds hit exactly, or where nothing is drawn.
    #[must_use]
    pub fn grain(&self) -> Option<BigRational> {
        let densest = self.laws.iter().map(|law| {
            let width = match *law {
                wire::Law::Fixed(_) => return None,
                wire::Law::Uniform(lo, hi) => hi.saturating_sub(lo),
                wire::Law::Shaped(curve) => match curve.shape() {
                    wire::law::Shape::Exponential { mean } => *mean,
                    // An Erlang law of k stages is nowhere denser than an exponential stage.
                    wire::law::Shape::Gamma { shape_milli, mean } => {
                        mean.checked_mul(1_000)? / u64::from(*shape_milli).max(1)
                    }
                    // At its mode it is twice as dense as a uniform law between its ends.
                    wire::law::Shape::Triangular { lo, mode: _, hi } => (hi - lo) / 2,
                    wire::law::Shape::Histogram(_) | wire::law::Shape::LogNormal { .. } => {
                        return None;
                    }
                },
            };
            (width > 0).then(|| BigRational::new(1.into(), width.into()))
        });
        densest.collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}

/// What these orders weigh together, each by itself: no use is made of all of them being 1.
///
/// # Errors
/// A law without a closed form, and what would take too long.
pub fn weight(orders: &Orders) -> Result<Exact, Inexact> {
    let laws = Laws::of(orders)?;
    let work = orders.orders.iter().map(|order| laws.pieces(order));
    if work.fold(0, u64::saturating_add) > MOST_PIECES {
        return Err(Inexact::Work);
    }
    let mut sum = Exact::zero();
    for order in &orders.orders {
        sum = sum.plus(&laws.weigh(order)?);
    }
    Ok(sum)
}

/// Laws of a scenario with what they are here.
struct Laws(Vec<(wire::Law, Law)>);

impl Laws {
    fn of(orders: &Orders) -> Result<Laws, Inexact> {
        let exact = |law: wire::Law| {
            let exact = Law::of_durations(law).ok_or(Inexact::Law(Shapeless(law)));
            exact.map(|exact| (law, exact))
        };
        orders.laws().into_iter().map(exact).collect::<Result<_, _>>().map(Laws)
    }

    fn each<'l>(&'l self, order: &'l Order) -> impl Iterator<Item = &'l Law> {
        let exact = |law: &wire::Law| self.0.iter().find(|(known, _)| known == law);
        order.drawn.iter().filter_map(exact).map(|(_, exact)| exact)
    }

    /// How many combinations of pieces there are, at most.
    fn pieces(&self, order: &Order) -> u64 {
        self.each(order).fold(1, |all: u64, law| all.saturating_mul(law.pieces() as u64))
    }

    fn weigh(&self, order: &Order) -> Result<Exact, Inexact> {
        let laws: Vec<Law> = self.each(order).cloned().collect();
        Ok(measure(&order.region, &laws)?)
    }
}
