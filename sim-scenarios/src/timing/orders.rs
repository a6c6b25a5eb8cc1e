//! Every order of a scenario as it stands: what is drawn are variables of its own, and each order
//! has the set of their values in which it is the one.

use super::Timing;
use sim_core::answer::Halt;
use sim_core::drive::race::{Bounds, Leaf, Left, Race, race};
use sim_core::drive::run::{Ended, HORIZON};
use sim_core::exact::{Overflow, Polytope, Ratio};
use sim_core::pace::symbolic::Symbols;
use sim_core::report::outcome::{Reply, Word, outcome};
use sim_core::tcp::Gone;
use sim_core::wire::Law;
use sim_core::world::{Budget, LinkRules, Setup};

/// How a run ended: with which word, and why not everything was read.
pub type How = (Word, Option<Gone>);

/// Whether a run that ended so has not read the whole answer.
#[must_use]
pub const fn is_lost(how: How) -> bool {
    match how.0 {
        Word::Seen => false,
        Word::Truncated | Word::Lost | Word::Stuck => true,
    }
}

/// An order of events.
#[derive(Clone, Debug)]
pub struct Order {
    /// For which values of what is drawn.
    pub region: Polytope,
    /// From which laws, one a variable.
    pub drawn: Vec<Law>,
    /// How it ends.
    pub how: How,
}

/// Every order of a scenario: disjoint regions that make up all there is.
#[derive(Clone, Debug)]
pub struct Orders {
    /// The orders.
    pub orders: Vec<Order>,
    /// Steps that it took to find them.
    pub steps: u64,
}

/// What a search for orders takes at most, unless somebody says otherwise. It depends on nothing
/// that differs between machines, so the same command always gives the same answer.
pub const ORDERS: Bounds = Bounds { leaves: 20_000, steps: 400_000, variables: 12 };

/// Why a scenario has no exact odds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Inexact {
    /// A link may lose, repeat or hold back segments.
    #[error("segments may be lost, repeated or overtaken on the links")]
    Faults,
    /// Every segment takes a time of its own.
    #[error("every segment takes a time of its own (jitter)")]
    Jitter,
    /// The search met a bound.
    #[error("there are {0}")]
    Left(Met),
    /// An order needs an answer that nobody has, or meets a bound of the model.
    #[error("an order of events is undetermined: {0}")]
    Halted(Halt),
    /// An order is cut off.
    #[error("an order of events comes to no end within the horizon")]
    Horizon,
    /// A law without a closed form.
    #[error("a delay is {0}, which has no closed form here")]
    Law(Shapeless),
    /// What would have to be weighed is too much.
    #[error("the laws have too many pieces for so many orders of events")]
    Work,
    /// A number is too large.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// A bound of the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Met(pub Left, pub Bounds);

impl std::fmt::Display for Met {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Met(left, bounds) = self;
        match left {
            Left::Leaves => write!(f, "more than {} orders of events", bounds.leaves),
            Left::Steps => write!(f, "orders of events beyond {} steps of search", bounds.steps),
            Left::Jitter => write!(f, "times of their own for all segments"),
            Left::Variables => write!(f, "more than {} draws in a run", bounds.variables),
            Left::Overflow => write!(f, "numbers too large for exact arithmetic"),
        }
    }
}

/// A law that has no closed form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shapeless(pub Law);

impl std::fmt::Display for Shapeless {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::units::show_law(self.0))
    }
}

/// How an order ends, as far as it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Known(How),
    Cut,
}

impl Orders {
    /// Every order of a setup, and how the one who waits for a reply fares in it.
    ///
    /// # Errors
    /// What keeps the search from being whole.
    pub fn of(setup: &Setup, reply: Reply, bounds: Bounds) -> Result<Orders, Inexact> {
        let nothing_open = Polytope::boxed(&[])?.ok_or(Overflow)?;
        Orders::within(setup, &Symbols::default(), nothing_open, reply, bounds)
    }

    /// The same where durations are open: the parameters are the first variables of every region.
    ///
    /// # Errors
    /// What keeps the search from being whole.
    pub fn over(timing: &Timing, bounds: Bounds) -> Result<Orders, Inexact> {
        let Timing { setup, symbols, region, reply, .. } = timing;
        Orders::within(setup, symbols, region.clone(), *reply, bounds)
    }

    fn within(
        setup: &Setup,
        symbols: &Symbols,
        region: Polytope,
        reply: Reply,
        bounds: Bounds,
    ) -> Result<Orders, Inexact> {
        let none = Budget { loss: 0, repeat: 0, reorder: 0 };
        if setup.links.iter().any(|link| link.budget != none) {
            return Err(Inexact::Faults);
        }
        if setup.links.iter().any(LinkRules::has_jitter) {
            return Err(Inexact::Jitter);
        }
        let found = race(setup, symbols, region, HORIZON, bounds, |world, ended| {
            let end = outcome(world, reply, ended);
            match (end.word, ended) {
                (Word::Truncated | Word::Lost | Word::Stuck, Ended::Horizon) => End::Cut,
                (Word::Seen, Ended::Horizon) | (_, Ended::Done | Ended::Stuck) => {
                    End::Known((end.word, end.cause))
                }
            }
        });
        let Race { leaves, open, places: _, steps } = found;
        if let Some(open) = open.first() {
            return Err(Inexact::Left(Met(open.why, bounds)));
        }
        let orders = leaves.into_iter().map(order).collect::<Result<_, _>>()?;
        Ok(Orders { orders, steps })
    }

    /// Where the first parameter has this value: it is no variable any more.
    ///
    /// # Errors
    /// Numbers that are too large.
    pub fn at(&self, value: Ratio) -> Result<Orders, Overflow> {
        let mut orders = Vec::new();
        for Order { region, drawn, how } in &self.orders {
            if let Some(region) = region.slice(0, value)? {
                orders.push(Order { region, drawn: drawn.clone(), how: *how });
            }
        }
        Ok(Orders { orders, steps: self.steps })
    }

    /// Those that end so.
    #[must_use]
    pub fn that(self, is: impl Fn(How) -> bool) -> Orders {
        let Orders { mut orders, steps } = self;
        orders.retain(|order| is(order.how));
        Orders { orders, steps }
    }

    /// The most that is drawn in a run.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.orders.iter().map(|order| order.drawn.len()).max().unwrap_or(0)
    }

    /// The laws that something is drawn from, each once.
    #[must_use]
    pub fn laws(&self) -> Vec<Law> {
        let mut laws = Vec::new();
        for law in self.orders.iter().flat_map(|order| &order.drawn) {
            if !laws.contains(law) {
                laws.push(*law);
            }
        }
        laws
    }
}

fn order(leaf: Leaf<End>) -> Result<Order, Inexact> {
    let Leaf { region, drawn, end, actions: _ } = leaf;
    let drawn = drawn.into_iter().map(|drawn| drawn.law).collect();
    match end {
        Ok(End::Known(how)) => Ok(Order { region, drawn, how }),
        Ok(End::Cut) => Err(Inexact::Horizon),
        Err(halt) => Err(Inexact::Halted(halt)),
    }
}
