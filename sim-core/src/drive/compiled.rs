//! How trials end, worked out beforehand: every order of events as questions about what is drawn.
//!
//! A search with nothing open ([`super::race`]) goes through the orders by asking which of two
//! instants is the earlier one. Instants are sums of what is drawn, so a trial's draws answer the
//! same questions by themselves: what is left of a run are a few sums and comparisons. Questions on
//! which nothing depends any more are left out, and equal ones are kept once.
//!
//! **The same trial ends the same way**, to the microsecond. Virtual time halves a round trip to
//! whole microseconds, which no linear form of it does; so not the round trip is the variable but
//! its half, rounded down, and even and odd round trips are searched each by themselves. All else
//! is whole in both. Where the search met a bound, the answer is that the trial has to be stepped.

mod build;
mod sent;

use crate::drive::race::{Bounds, guided};
use crate::drive::run::{Ended, Horizon};
use crate::drive::sample::Chance;
use crate::exact::{Affine, Polytope, Ratio};
use crate::pace::clocked::Source;
use crate::pace::symbolic::{Drawn, Symbols};
use crate::wire::Law;
use crate::world::{Path, Setup, World};
use build::Build;
use sent::Sent;

/// How the trials of a setup end, as far as it is known beforehand.
#[derive(Clone, Debug)]
pub struct Compiled<K> {
    begin: Begin,
    draws: Vec<Draw>,
    tests: Vec<Test>,
    terms: Vec<Term>,
    /// `None` is a trial that halts.
    ends: Vec<Option<K>>,
}

#[derive(Clone, Copy, Debug)]
enum Begin {
    At(To),
    /// Depends on whether what is drawn for the path is even.
    Parity(Draw, [To; 2]),
}

/// What the end of a trial depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// Every trial ends alike.
    Nothing,
    /// What is drawn.
    Draws,
}

/// Where a question leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum To {
    Test(u32),
    End(u32),
    /// Nobody knows: the trial has to be stepped.
    Step,
}

/// Whether a sum is below zero, or at least zero.
#[derive(Clone, Copy, Debug)]
struct Test {
    constant: i64,
    /// Its terms, from and until.
    terms: (u32, u32),
    to: [To; 2],
}

/// So many times one of the draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Term {
    draw: u8,
    times: i64,
}

/// A duration that a trial draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Draw {
    law: Law,
    /// Which of a trial's first shares.
    place: u8,
    part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Whole,
    /// Half of it, rounded down.
    Half,
}

impl Draw {
    /// `None` if it is none of the first shares.
    fn of(Drawn { law, source, share }: Drawn) -> Option<Draw> {
        let place = u8::try_from(Chance::place(source, share)?).ok()?;
        Some(Draw { law, place, part: Part::Whole })
    }

    #[inline]
    fn whole(self, chance: &Chance) -> u64 {
        self.law.at(chance.at(usize::from(self.place)))
    }

    #[inline]
    fn value(self, chance: &Chance) -> i64 {
        let whole = self.whole(chance);
        // What laws give fits many times over.
        (match self.part {
            Part::Whole => whole,
            Part::Half => whole / 2,
        }) as i64
    }
}

/// Draws have bits.
const MOST_DRAWS: usize = 64;

/// What a search may take that pays for itself over so many trials. A step of it costs about as
/// much as a trial or two, and a setup may need two searches.
#[must_use]
pub const fn worth(trials: u64) -> Bounds {
    let steps = trials / 16;
    Bounds {
        leaves: 5_000,
        steps: if steps < MOST_STEPS { steps } else { MOST_STEPS },
        variables: 12,
    }
}

/// More steps than this are not taken for any number of trials: a tenth of a second or two.
const MOST_STEPS: u64 = 40_000;

impl<K> Compiled<K> {
    /// Nothing is known: every trial has to be stepped.
    #[must_use]
    pub const fn stepping() -> Compiled<K> {
        Compiled {
            begin: Begin::At(To::Step),
            draws: Vec::new(),
            tests: Vec::new(),
            terms: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Whether a trial's draws matter at all.
    pub(super) fn asks(&self) -> Asks {
        match self.begin {
            Begin::At(To::End(_)) => Asks::Nothing,
            Begin::Parity(_, [To::End(even), To::End(odd)]) if even == odd => Asks::Nothing,
            Begin::At(To::Test(_) | To::Step) | Begin::Parity(..) => Asks::Draws,
        }
    }

    /// How many questions there are.
    #[must_use]
    pub fn questions(&self) -> usize {
        self.tests.len()
    }

    /// Whether no trial has to be stepped.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let begins = match self.begin {
            Begin::At(to) => [to; 2],
            Begin::Parity(_, both) => both,
        };
        let all = begins.iter().chain(self.tests.iter().flat_map(|test| &test.to));
        all.into_iter().all(|to| *to != To::Step)
    }

    /// How the trial with these draws ends (`None` there is a halt); `None` if it has to be
    /// stepped.
    #[inline]
    pub(super) fn end(&self, chance: &Chance) -> Option<&Option<K>> {
        let begin = match self.begin {
            Begin::At(To::Step) => return None,
            Begin::At(to) => to,
            Begin::Parity(draw, both) => both[(draw.whole(chance) & 1) as usize],
        };
        self.asked_from(begin, chance)
    }

    fn asked_from(&self, mut to: To, chance: &Chance) -> Option<&Option<K>> {
        let mut values = [0_i64; MOST_DRAWS];
        let mut known = 0_u64;
        loop {
            match to {
                To::Test(n) => {
                    let Test { constant, terms: (from, until), to: ways } = self.tests[n as usize];
                    let mut sum = constant;
                    for term in &self.terms[from as usize..until as usize] {
                        let at = usize::from(term.draw) % MOST_DRAWS;
                        if known & (1 << at) == 0 {
                            known |= 1 << at;
                            values[at] = self.draws[at].value(chance);
                        }
                        sum += term.times * values[at];
                    }
                    to = ways[usize::from(sum >= 0)];
                }
                To::End(n) => return self.ends.get(n as usize),
                To::Step => return None,
            }
        }
    }
}

impl<K: Clone + Eq> Compiled<K> {
    /// As far as it is worth it for so many trials: see [`worth`].
    #[must_use]
    pub fn for_trials(
        setup: &Setup,
        horizon: Horizon,
        trials: u64,
        read: impl Fn(&World, Ended) -> K,
    ) -> Compiled<K> {
        let bounds = worth(trials);
        if bounds.steps == 0 {
            Compiled::stepping()
        } else {
            Compiled::of(setup, horizon, bounds, read)
        }
    }

    /// Works out how the trials of a setup end, within these bounds for each search.
    #[must_use]
    pub fn of(
        setup: &Setup,
        horizon: Horizon,
        bounds: Bounds,
        read: impl Fn(&World, Ended) -> K,
    ) -> Compiled<K> {
        let mut build = Build::new();
        let mut sent = Sent::of(bounds);
        let mut searched = |setup: &Setup, symbols: &Symbols, region, parameters: &[Draw]| {
            sent.parameters = parameters.to_vec();
            guided(setup, symbols, region, (horizon, bounds), &read, &sent)
        };
        let mut one = |path| {
            let setup = Setup { path, ..setup.clone() };
            let nothing_open = Polytope::boxed(&[]).ok().flatten()?;
            Some(searched(&setup, &Symbols::default(), nothing_open, &[]))
        };
        let begin = match setup.path {
            Path::RoundTrip(Law::Fixed(whole)) => {
                let [there, back] = [whole / 2, whole - whole / 2].map(Law::Fixed);
                one(Path::OneWay(there, back)).map(|race| Begin::At(build.all(&race, &[])))
            }
            path @ Path::OneWay(..) => one(path).map(|race| Begin::At(build.all(&race, &[]))),
            Path::RoundTrip(law) => Chance::place(Source::Path, 0).map(|place| {
                let half = Draw { law, place: place as u8, part: Part::Half };
                let of = |odd| match halved(setup, law, odd) {
                    Some((setup, symbols, region)) => {
                        build.all(&searched(&setup, &symbols, region, &[half]), &[half])
                    }
                    None => To::Step,
                };
                Begin::Parity(half, [0, 1].map(of))
            }),
        };
        Compiled { begin: begin.unwrap_or(Begin::At(To::Step)), ..build.of }
    }
}

/// A setup whose round trip is twice a variable, or one more than that.
fn halved(setup: &Setup, law: Law, odd: i128) -> Option<(Setup, Symbols, Polytope)> {
    let mut symbols = Symbols::default();
    let half = Affine::variable(0);
    let there = symbols.name(half.clone());
    let back = symbols.name(half.plus(&Affine::constant(odd)).ok()?);
    let path = Path::OneWay(Law::Fixed(there), Law::Fixed(back));
    let ends = [law.shortest(), law.longest()].map(|us| Ratio::from_integer(i128::from(us / 2)));
    let region = Polytope::boxed(&[(ends[0], Some(ends[1]))]).ok().flatten()?;
    Some((Setup { path, ..setup.clone() }, symbols, region))
}
