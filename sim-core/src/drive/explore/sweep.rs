//! Search that forgets: level by level along a measure that every step increases.
//!
//! Equal states have equal measures, so a state can be met again only while its own level is being
//! filled. Once a level is done nothing refers to it, and its memory is free again. The price:
//! no traces, and no numbers for states.

use std::fmt::Debug;

use thiserror::Error;

use super::index::{Entry, word_of};
use super::level::{Chance, LEAP, Level, Ring};
use super::pulse::Beat;
use super::{Bound, By, Counts, End, Flow, Limits, Model, Progress, Pulse, Seen, Watch};

/// States that are expanded before their successors are looked up, so that cache misses overlap.
const STRIDE: u32 = 16;

/// What a sweep found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swept {
    /// How it ended.
    pub end: End,
    /// States, edges, terminals, halts.
    pub counts: Counts,
    /// Distinct measures that have states.
    pub levels: u32,
    /// Most states in hand at once.
    pub live: u64,
    /// Probability of an action that halted, in [`sweep_odds`].
    pub halted_odds: Option<f64>,
}

/// Why a model cannot be swept.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SweepError<A: Debug> {
    /// A reachable state has no measure.
    #[error("the model has a state without a measure")]
    NoMeasure,
    /// A step does not increase the measure.
    #[error("{action:?} leads from measure {from} to {to}: a step must increase it")]
    NotIncreasing {
        /// The step.
        action: A,
        /// Measure before it.
        from: u64,
        /// Measure after it.
        to: u64,
    },
    /// A step, or the distance between initial states, is 65,536 or more.
    #[error("measures {from} and {to} lie too far apart")]
    Leap {
        /// Measure before.
        from: u64,
        /// Measure after.
        to: u64,
    },
}

/// What a sweep returns.
pub type Sweeping<M> = Result<Swept, SweepError<<M as Model>::Action>>;

/// Counts everything reachable, forgetting what lies behind.
///
/// # Errors
/// When the model's measure is missing, or a step does not increase it: every step is checked.
pub fn sweep<M: Model>(
    model: &M,
    limits: Limits,
    watch: &mut impl Watch<M>,
    pulse: Pulse<'_>,
) -> Sweeping<M> {
    go::<M, ()>(model, limits, watch, pulse)
}

/// As [`sweep`], with the probability of passing through every state: each enabled action of a
/// state is equally likely, and so is each initial state. Sums run in a fixed order, so the result
/// is the same on every run.
///
/// # Errors
/// As [`sweep`].
pub fn sweep_odds<M: Model>(
    model: &M,
    limits: Limits,
    watch: &mut impl Watch<M>,
    pulse: Pulse<'_>,
) -> Sweeping<M> {
    go::<M, f64>(model, limits, watch, pulse)
}

/// A successor on its way to its level.
struct Candidate<K, C> {
    key: K,
    word: u32,
    measure: u64,
    chance: C,
}

/// Why the loop ends.
enum Stop<A: Debug> {
    End(End),
    Error(SweepError<A>),
}

impl<A: Debug> From<SweepError<A>> for Stop<A> {
    fn from(error: SweepError<A>) -> Self {
        Self::Error(error)
    }
}

struct Sweep<'m, 'p, 'w, M: Model, W, C> {
    model: &'m M,
    store: M::Store,
    ring: Ring<M::Key, C>,
    batch: Vec<Candidate<M::Key, C>>,
    halts: Vec<(M::Action, M::Halt)>,
    halted: Option<C>,
    swept: Swept,
    /// States whose successors have been generated.
    expanded: u64,
    limits: Limits,
    watch: &'w mut W,
    pulse: Pulse<'p>,
}

fn go<M: Model, C: Chance>(
    model: &M,
    limits: Limits,
    watch: &mut impl Watch<M>,
    pulse: Pulse<'_>,
) -> Sweeping<M> {
    let mut store = model.store();
    let initial = model.initial(&mut store);
    let measures =
        initial.iter().map(|&key| model.measure(&store, key).ok_or(SweepError::NoMeasure));
    let measures = measures.collect::<Result<Vec<u64>, _>>()?;
    let first = measures.iter().copied().min().unwrap_or(0);
    let counts = Counts::default();
    let mut sweep = Sweep {
        model,
        store,
        ring: Ring::starting_at(first),
        batch: Vec::new(),
        halts: Vec::new(),
        halted: None,
        swept: Swept { end: End::Complete, counts, levels: 0, live: 0, halted_odds: None },
        expanded: 0,
        limits,
        watch,
        pulse,
    };
    for (&key, &measure) in initial.iter().zip(&measures) {
        if measure - first >= LEAP {
            return Err(SweepError::Leap { from: first, to: measure });
        }
        let chance = C::WHOLE.part(initial.len() as u32);
        sweep.batch.push(Candidate { key, word: word_of(&key), measure, chance });
    }
    match sweep.flush().and_then(|()| sweep.run()) {
        Ok(()) => {}
        Err(Stop::End(end)) => sweep.swept.end = end,
        Err(Stop::Error(error)) => return Err(error),
    }
    sweep.swept.halted_odds =
        sweep.halted.map_or_else(|| C::WHOLE.number().map(|_| 0.0), C::number);
    Ok(sweep.swept)
}

impl<M: Model, W: Watch<M>, C: Chance> Sweep<'_, '_, '_, M, W, C> {
    fn run(&mut self) -> Result<(), Stop<M::Action>> {
        while let Some(measure) = self.ring.advance() {
            if self.swept.levels == self.limits.depth {
                return Err(Stop::End(End::Bound(Bound::Depth)));
            }
            self.swept.levels += 1;
            let level = self.ring.take();
            for at in 0..level.len() as u32 {
                self.expand(&level, at, measure)?;
                if (at + 1) % STRIDE == 0 {
                    self.flush()?;
                    self.beat()?;
                }
            }
            self.flush()?;
        }
        Ok(())
    }

    /// Shows one state and generates its successors into the batch.
    fn expand(
        &mut self,
        level: &Level<M::Key, C>,
        at: u32,
        from: u64,
    ) -> Result<(), Stop<M::Action>> {
        let (key, chance) = level.state(at);
        let Self { model, store, batch, halts, .. } = self;
        let start = batch.len();
        let mut error = None;
        halts.clear();
        // The measure needs the tables, which are lent out until all successors are there.
        model.successors(store, key, &mut |action, next| match next {
            Ok(key) => {
                batch.push(Candidate { key, word: word_of(&key), measure: 0, chance });
            }
            Err(halt) => halts.push((action, halt)),
        });
        let count = (batch.len() - start + halts.len()) as u32;
        for one in &mut batch[start..] {
            one.chance = chance.part(count);
            match model.measure(store, one.key) {
                Some(to) if to > from && to - from < LEAP => one.measure = to,
                Some(to) if to > from => error = Some(SweepError::Leap { from, to }),
                Some(_) | None => error = Some(SweepError::NoMeasure),
            }
        }
        if let Some(error) = error {
            return Err(self.explain(key, from, error).into());
        }
        self.swept.counts.edges += (self.batch.len() - start) as u64;
        self.expanded += 1;
        self.show(key, chance, count)
    }

    /// Tells the watcher of a state that has just been expanded.
    #[inline]
    fn show(&mut self, key: M::Key, chance: C, count: u32) -> Result<(), Stop<M::Action>> {
        let odds = chance.number();
        let seen = || Seen { store: &self.store, key, id: None, odds };
        on(self.watch.state(seen()))?;
        if count == 0 {
            self.swept.counts.terminals += 1;
            on(self.watch.terminal(seen()))?;
        }
        for &(action, halt) in &self.halts {
            self.swept.counts.halts += 1;
            let part = chance.part(count);
            self.halted = Some(self.halted.map_or(part, |sum| sum.plus(part)));
            on(self.watch.halt(seen(), action, halt))?;
        }
        Ok(())
    }

    /// Names the action whose measure was wrong.
    #[cold]
    fn explain(
        &mut self,
        key: M::Key,
        from: u64,
        error: SweepError<M::Action>,
    ) -> SweepError<M::Action> {
        let mut steps = Vec::new();
        self.model.successors(&mut self.store, key, &mut |action, next| {
            steps.extend(next.ok().map(|key| (action, key)));
        });
        let steps =
            steps.into_iter().map(|(action, key)| (action, self.model.measure(&self.store, key)));
        let not =
            steps.filter_map(|(action, to)| to.filter(|&to| to <= from).map(|to| (action, to)));
        let not = not.map(|(action, to)| SweepError::NotIncreasing { action, from, to }).next();
        not.unwrap_or(error)
    }

    /// Sends the batch to its levels.
    fn flush(&mut self) -> Result<(), Stop<M::Action>> {
        let mut near = 0;
        for one in &self.batch {
            near |= self.ring.level(one.measure).peek(one.word);
        }
        std::hint::black_box(near);
        for one in &self.batch {
            match self.ring.level(one.measure).add(one.word, one.key, one.chance) {
                Entry::Known(_) => {}
                Entry::Fresh(_) => self.swept.counts.states += 1,
            }
        }
        self.batch.clear();
        self.swept.live = self.swept.live.max(self.swept.counts.states - self.expanded);
        if self.swept.counts.states > self.limits.states {
            return Err(Stop::End(End::Bound(Bound::States)));
        }
        Ok(())
    }

    fn beat(&mut self) -> Result<(), Stop<M::Action>> {
        let progress = Progress {
            states: self.swept.counts.states,
            expanded: self.expanded,
            edges: self.swept.counts.edges,
            depth: self.swept.levels - 1,
        };
        match self.pulse.beat(progress) {
            Beat::GoOn => Ok(()),
            Beat::Stop => Err(Stop::End(End::Stopped(By::Flag))),
        }
    }
}

/// A watcher's word as an end of the sweep.
fn on<A: Debug>(flow: Flow) -> Result<(), Stop<A>> {
    match flow {
        Flow::Continue(()) => Ok(()),
        Flow::Break(()) => Err(Stop::End(End::Stopped(By::Watcher))),
    }
}
