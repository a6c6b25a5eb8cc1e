//! The smallest value of a number with which the answer is lost no more often than it may be.
//!
//! For a time every order of events is found once, with the number open and every delay drawn by
//! itself; at a value the orders that lose the answer are slices, and weighed. For a number of
//! bytes the orders are found anew at every value. Shares are exact, or where a
//! law has no closed form what they are at most, with 95 %: rare trials within the same orders.

use crate::case::Case;
use crate::interval::clopper_pearson;
use crate::preset::{Knob, Role, Unit};
use crate::timing::odds::weight;
use crate::timing::orders::{Inexact, ORDERS, Orders, is_lost};
use crate::timing::rare::Rare;
use crate::timing::{Crooked, Of, Parameter, Timing};
use sim_core::exact::measure::Exact;
use sim_core::exact::{Affine, BigRational, Overflow, Ratio};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

/// How often the answer may be lost, and from where on it is not lost more often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Met {
    /// At every value.
    Always,
    /// From this value on (microseconds or bytes).
    From {
        /// The value.
        value: u64,
        /// How often it is lost there.
        there: Exact,
        /// And with one less.
        below: Exact,
    },
    /// At no value that was looked at.
    Never {
        /// How often it is lost at the largest.
        still: Exact,
    },
    /// It could not be found out, and why.
    Unknown(String),
}

/// A number, and from where on it meets the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// From where on.
    pub met: Met,
    /// What the shares are.
    pub sure: Sure,
}

/// What a share is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sure {
    /// The share.
    Exact,
    /// Where a law has no closed form: what it is at most, with 95 %.
    AtMost,
}

/// Every number of the case's server, the others as the case has them. When `stop` is set, what is
/// not known yet stays so.
#[must_use]
pub fn targets(case: &Case, may: &BigRational, stop: &AtomicBool) -> Vec<Target> {
    let may = Exact::fraction(may.clone());
    let knobs = case.server.preset.knobs.iter().enumerate();
    let one = |(at, knob): (usize, &Knob)| {
        let sure = Cell::new(Sure::Exact);
        let met = met(case, (at, knob), &may, (stop, &sure));
        let met = met.unwrap_or_else(|why| Met::Unknown(why.to_string()));
        Target { name: knob.name.clone(), unit: knob.unit, met, sure: sure.get() }
    };
    knobs.map(one).collect()
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum Open {
    #[error(transparent)]
    Crooked(#[from] Crooked),
    #[error(transparent)]
    Impossible(#[from] crate::case::Impossible),
    #[error("{0}")]
    Inexact(#[from] Inexact),
    #[error("stopped")]
    Stopped,
    #[error("not met at {0}, but below it")]
    Wavers(String),
}

impl From<Overflow> for Open {
    fn from(overflow: Overflow) -> Open {
        Open::Inexact(overflow.into())
    }
}

/// How often the answer is lost, by the value of one number.
enum Share<'c> {
    /// The orders that lose it, with the number as the first variable.
    Sliced(Orders),
    /// The number is not one that the orders depend on.
    Constant(Exact),
    /// Found anew for every value.
    Anew(&'c Case, usize),
}

impl Share<'_> {
    fn at(&self, value: u64, sure: &Cell<Sure>) -> Result<Exact, Open> {
        match self {
            Share::Sliced(orders) => {
                let there = orders.at(Ratio::from_integer(i128::from(value)))?;
                weighed(&there, sure)
            }
            Share::Constant(share) => Ok(share.clone()),
            Share::Anew(case, at) => {
                let mut case = (*case).clone();
                case.server.values[*at] = Some(value);
                let scenario = case.scenario()?;
                let orders = Orders::of(&scenario.setup, scenario.reply, ORDERS)?;
                weighed(&orders.that(is_lost), sure)
            }
        }
    }

    /// Values above one that are worth a look: where the orders change, else evenly spread.
    fn above(&self, value: u64, most: u64) -> Result<Vec<u64>, Open> {
        let mut all = vec![value + 1, value.saturating_mul(2), value.saturating_mul(4)];
        match self {
            Share::Sliced(orders) => {
                for order in &orders.orders {
                    let range = order.region.range(&Affine::variable(0))?;
                    let ends = [range.least.value(), range.greatest.value()];
                    let whole = |end: Ratio| u64::try_from(end.to_integer()).ok();
                    all.extend(ends.into_iter().flatten().filter_map(whole));
                }
            }
            Share::Constant(_) => {}
            Share::Anew(..) => {
                let step = most.saturating_sub(value) / LOOKS as u64;
                all.extend((1..LOOKS as u64).map(|n| value + n * step));
            }
        }
        all.retain(|at| *at > value && *at < most);
        all.sort_unstable();
        all.dedup();
        let every = all.len().div_ceil(LOOKS).max(1);
        Ok(all.into_iter().step_by(every).collect())
    }
}

/// How many values above the one that is found are looked at.
const LOOKS: usize = 16;
/// How often a search begins again above a value that is worse than a smaller one.
const AGAIN: usize = 8;

fn met(
    case: &Case,
    (at, knob): (usize, &Knob),
    may: &Exact,
    (stop, sure): (&AtomicBool, &Cell<Sure>),
) -> Result<Met, Open> {
    let (share, most) = match knob.unit {
        Unit::Time | Unit::TimeLimit => (of_time(case, at, knob, sure)?, super::MOST),
        // More than the whole request is no limit.
        Unit::ByteLimit => (Share::Anew(case, at), u64::from(case.job.request) + 1),
    };
    let share_at = |value: u64| match stop.load(Ordering::Relaxed) {
        false => share.at(value, sure),
        true => Err(Open::Stopped),
    };
    let mut low = u64::from(knob.unit == Unit::ByteLimit);
    let mut below = share_at(low)?;
    let still = share_at(most)?;
    if still > *may {
        return Ok(Met::Never { still });
    }
    let mut is_met_everywhere = below <= *may;
    let mut found = (low, below.clone());
    for _ in 0..AGAIN {
        if !is_met_everywhere {
            let mut high = (most, still.clone());
            while high.0 - low > 1 {
                let middle = low + (high.0 - low) / 2;
                let there = share_at(middle)?;
                if there > *may {
                    (low, below) = (middle, there);
                } else {
                    high = (middle, there);
                }
            }
            found = high;
        }
        // The largest that loses it more often after all: what is met lies above it.
        let mut worse = None;
        for more in share.above(found.0, most)?.into_iter().rev() {
            let there = share_at(more)?;
            if there > *may {
                worse = Some((more, there));
                break;
            }
        }
        let (value, there) = found.clone();
        match worse {
            None if is_met_everywhere => return Ok(Met::Always),
            None => return Ok(Met::From { value, there, below }),
            Some(worse) => (low, below) = worse,
        }
        is_met_everywhere = false;
    }
    Err(Open::Wavers(shown(knob, low)))
}

fn shown(knob: &Knob, value: u64) -> String {
    match knob.unit {
        Unit::Time | Unit::TimeLimit => crate::units::show_time(value),
        Unit::ByteLimit => format!("{value} bytes"),
    }
}

/// How often the answer is lost by the value of a time: sliced, where the orders of all values
/// together can be found.
fn of_time<'c>(
    case: &'c Case,
    at: usize,
    knob: &Knob,
    sure: &Cell<Sure>,
) -> Result<Share<'c>, Open> {
    let of = Of::Knob(Role::Server, knob.name.clone());
    let timing = Timing::new(case, &[Parameter { of, low: 0, high: super::MOST }])?;
    let orders = match Orders::over(&timing, ORDERS) {
        Ok(orders) => orders.that(is_lost),
        Err(Inexact::Left(_)) => return Ok(Share::Anew(case, at)),
        Err(why) => return Err(why.into()),
    };
    Ok(match timing.parameters.is_empty() {
        false => Share::Sliced(orders),
        true => Share::Constant(weighed(&orders, sure)?),
    })
}

/// Trials within boxes: the interval is a fiftieth of the share where every second one hits.
const TRIALS: u64 = 10_000;
const SEED: u64 = 1;

/// What orders weigh together, or where a law has no closed form what that is at most.
fn weighed(orders: &Orders, sure: &Cell<Sure>) -> Result<Exact, Open> {
    match weight(orders) {
        Ok(weight) => Ok(weight),
        Err(Inexact::Law(_)) => {
            sure.set(Sure::AtMost);
            let hits = Rare::of(orders)?.draw(SEED, TRIALS)?;
            let most = match hits.trials {
                // No box: nothing is lost in any order.
                0 => 0.0,
                trials => hits.weight * clopper_pearson(hits.lost(), trials, 0.05).1,
            };
            Ok(Exact::fraction(BigRational::from_float(most).unwrap_or_default()))
        }
        Err(why) => Err(why.into()),
    }
}
