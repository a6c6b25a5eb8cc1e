//! From the places of a search to questions, each kept once.

use super::{Compiled, Draw, MOST_DRAWS, Term, Test, To};
use crate::drive::race::{Place, Race, Stop};
use crate::exact::{Affine, Inequality};
use crate::pace::symbolic::Drawn;
use std::collections::BTreeMap;

/// What makes two questions the same one.
type Key = (i64, Vec<Term>, [To; 2]);

/// Questions that are being put together.
pub(super) struct Build<K> {
    pub(super) of: Compiled<K>,
    known: BTreeMap<Key, u32>,
}

impl<K: Clone + Eq> Build<K> {
    /// Nothing yet.
    pub(super) fn new() -> Build<K> {
        Build { of: Compiled::stepping(), known: BTreeMap::new() }
    }

    /// Takes a search in, and says where it begins. The parameters of the search are drawn too.
    pub(super) fn all(&mut self, race: &Race<K>, parameters: &[Draw]) -> To {
        // From the end: every place comes before those that it leads to.
        let mut done: Vec<(To, &[Drawn])> = vec![(To::Step, &[]); race.places.len()];
        for (at, place) in race.places.iter().enumerate().rev() {
            done[at] = match place {
                Place::End(Stop::Leaf(n)) => {
                    let leaf = &race.leaves[*n];
                    (self.end(leaf.end.as_ref().ok()), &leaf.drawn[..])
                }
                Place::End(Stop::Open(n)) => (To::Step, &race.open[*n].drawn[..]),
                Place::End(Stop::Unseen) => (To::Step, &[]),
                Place::Sign(form, ways) => {
                    let [below, least] = ways.map(|way| done[way]);
                    // What was drawn by now comes first in everything that follows.
                    let drawn = if below.1.len() < least.1.len() { least.1 } else { below.1 };
                    let to = self.test(form, [below.0, least.0], parameters, drawn);
                    (to, drawn)
                }
                Place::First(ways) => {
                    let drawn = ways.iter().map(|(_, way)| done[*way].1);
                    let drawn = drawn.max_by_key(|drawn| drawn.len()).unwrap_or(&[]);
                    let ways: Vec<_> = ways.iter().map(|(at, way)| (at, done[*way].0)).collect();
                    (self.first(&ways, parameters, drawn), drawn)
                }
            };
        }
        done.first().map_or(To::Step, |begin| begin.0)
    }

    fn end(&mut self, end: Option<&K>) -> To {
        let ends = &mut self.of.ends;
        let at = ends.iter().position(|known| known.as_ref() == end).unwrap_or_else(|| {
            ends.push(end.cloned());
            ends.len() - 1
        });
        u32::try_from(at).map_or(To::Step, To::End)
    }

    /// The earliest of several, the first among equals: two are compared, the earlier one with the
    /// third, and so on.
    fn first(&mut self, ways: &[(&Affine, To)], parameters: &[Draw], drawn: &[Drawn]) -> To {
        // For each one: where it leads to be the earliest of those before the one looked at.
        let mut best: Vec<To> = ways.iter().map(|(_, to)| *to).collect();
        for other in (1..ways.len()).rev() {
            let wins = best[other];
            for (one, to) in best[..other].iter_mut().enumerate() {
                *to = match ways[other].0.minus(ways[one].0) {
                    Ok(form) => self.test(&form, [wins, *to], parameters, drawn),
                    Err(_) => To::Step,
                };
            }
        }
        best.first().copied().unwrap_or(To::Step)
    }

    /// The question whether a form is below zero, or at least zero.
    fn test(&mut self, form: &Affine, to: [To; 2], parameters: &[Draw], drawn: &[Drawn]) -> To {
        if to[0] == to[1] {
            return to[0];
        }
        let asked = self.sum(form, parameters, drawn);
        asked.and_then(|(constant, terms)| self.asked((constant, terms, to))).unwrap_or(To::Step)
    }

    fn asked(&mut self, key: Key) -> Option<To> {
        if let Some(known) = self.known.get(&key) {
            return Some(To::Test(*known));
        }
        let from = u32::try_from(self.of.terms.len()).ok()?;
        self.of.terms.extend_from_slice(&key.1);
        let until = u32::try_from(self.of.terms.len()).ok()?;
        let at = u32::try_from(self.of.tests.len()).ok()?;
        self.of.tests.push(Test { constant: key.0, terms: (from, until), to: key.2 });
        self.known.insert(key, at);
        Some(To::Test(at))
    }

    /// A form as a sum of draws with the same sign; `None` if a draw is none of the first shares,
    /// or a sum might not fit.
    fn sum(
        &mut self,
        form: &Affine,
        parameters: &[Draw],
        drawn: &[Drawn],
    ) -> Option<(i64, Vec<Term>)> {
        // Without a denominator.
        let form = Inequality::at_least(form.clone()).primitive().ok()?.form;
        let constant = form.constant_term().0;
        let mut largest = constant.checked_abs()?;
        let mut terms = Vec::new();
        for n in 0..form.variables() {
            let times = form.coefficient(n).0;
            if times == 0 {
                continue;
            }
            let draw = match n.checked_sub(parameters.len()) {
                None => parameters[n],
                Some(n) => Draw::of(*drawn.get(n)?)?,
            };
            let most = times.checked_abs()?.checked_mul(i128::from(draw.law.longest()))?;
            largest = largest.checked_add(most)?;
            terms.push(Term { draw: self.draw(draw)?, times: i64::try_from(times).ok()? });
        }
        terms.sort_unstable();
        i64::try_from(largest).ok()?;
        Some((i64::try_from(constant).ok()?, terms))
    }

    fn draw(&mut self, draw: Draw) -> Option<u8> {
        let draws = &mut self.of.draws;
        let at = draws.iter().position(|known| *known == draw).unwrap_or_else(|| {
            draws.push(draw);
            draws.len() - 1
        });
        if at < MOST_DRAWS { u8::try_from(at).ok() } else { None }
    }
}
