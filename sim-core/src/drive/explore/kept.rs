//! Breadth-first search that keeps the graph.
//!
//! The queue is the graph itself: states are numbered in order of discovery, so the frontier is a
//! range of numbers and needs no memory. Successors are gathered in a batch of bounded size and
//! looked up together, so that their cache misses overlap; the order of insertion is the order of
//! generation, and numbers do not depend on the batch.

use super::index::{Entry, MAX_KEYS, word_of};
use super::pulse::Beat;
use super::space::{FirstHalt, Space};
use super::{Bound, By, Counts, End, Flow, Limits, Model, Progress, Pulse, Seen, Watch};

/// Successors that are looked up together.
const BATCH: usize = 64;
/// Memory for keys remembered in front of the table; small enough for the nearest caches.
const RECENT_BYTES: usize = 1 << 18;

/// Explores everything reachable within `limits`, breadth first.
///
/// `watch` is shown states in order of their numbers, so first sights are shortest.
pub fn kept<'m, M: Model>(
    model: &'m M,
    limits: Limits,
    watch: &mut impl Watch<M>,
    pulse: Pulse<'_>,
) -> Space<'m, M> {
    let mut store = model.store();
    let initial = model.initial(&mut store);
    let Some(&first) = initial.first() else {
        return Space::new(model, store);
    };
    let mut search = Search {
        space: Space::new(model, store),
        batch: Vec::with_capacity(2 * BATCH),
        slots: Vec::with_capacity(2 * BATCH),
        recent: Recent::new(first),
        halts: Vec::new(),
        growth: Growth::Open,
        limits,
        watch,
        pulse,
    };
    search.space.end = match search.seed(&initial).and_then(|()| search.run()) {
        Ok(()) => search.space.end,
        Err(end) => end,
    };
    search.space.finish()
}

/// Whether the search still takes new states.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Growth {
    Open,
    /// The last permitted level: its steps are taken, new states are turned away.
    Closed,
}

/// A generated successor, not yet looked up.
struct Candidate<K> {
    key: K,
    word: u32,
    parent: u32,
    via: u16,
}

/// A small direct-mapped memory of keys that are in the table or in the batch.
///
/// Two actions that commute reach the same state from two neighbours, so most repeated states come
/// back soon; they never reach the large table. An entry is a whole key: a hit is exact.
struct Recent<K> {
    keys: Vec<K>,
}

impl<K: Copy + Eq> Recent<K> {
    /// Every place holds a key that is certainly known.
    fn new(known: K) -> Self {
        let places = (RECENT_BYTES / size_of::<K>().max(1)).next_power_of_two();
        Self { keys: vec![known; places.min(RECENT_BYTES)] }
    }

    #[inline]
    fn replace(&mut self, word: u32, key: K) -> K {
        let mask = self.keys.len() - 1;
        std::mem::replace(&mut self.keys[word as usize & mask], key)
    }
}

struct Search<'m, 'p, 'w, M: Model, W> {
    space: Space<'m, M>,
    batch: Vec<Candidate<M::Key>>,
    slots: Vec<u32>,
    recent: Recent<M::Key>,
    /// What halted in the state being expanded: scratch space.
    halts: Vec<(u16, M::Action, M::Halt)>,
    growth: Growth,
    limits: Limits,
    watch: &'w mut W,
    pulse: Pulse<'p>,
}

impl<M: Model, W: Watch<M>> Search<'_, '_, '_, M, W> {
    /// Initial states are their own parents.
    fn seed(&mut self, initial: &[M::Key]) -> Result<(), End> {
        for &key in initial {
            if self.space.set.find(key).is_some() {
                continue;
            }
            let parent = self.space.set.len() as u32;
            self.batch.push(Candidate { key, word: word_of(&key), parent, via: 0 });
            self.flush()?;
        }
        Ok(())
    }

    fn run(&mut self) -> Result<(), End> {
        let mut next = 0;
        loop {
            let level = self.space.set.len() as u32;
            if next == level {
                return Ok(());
            }
            self.space.levels.push(next);
            if self.space.levels.len() as u64 > u64::from(self.limits.depth) {
                self.growth = Growth::Closed;
            }
            while next < level {
                self.expand(next)?;
                next += 1;
                if self.batch.len() >= BATCH {
                    self.flush()?;
                    self.beat()?;
                }
            }
            self.flush()?;
        }
    }

    /// Generates the successors of one state into the batch.
    fn expand(&mut self, id: u32) -> Result<(), End> {
        let key = self.space.set.key(id);
        let Self { space, batch, recent, halts, growth, .. } = self;
        let growth = *growth;
        let mut count = 0_u32;
        let mut known = 0_u64;
        halts.clear();
        space.model.successors(&mut space.store, key, &mut |action, next| {
            let place = count;
            count += 1;
            let Ok(via) = u16::try_from(place) else { return };
            match next {
                Ok(key) => {
                    let word = word_of(&key);
                    if growth == Growth::Open && recent.replace(word, key) == key {
                        known += 1;
                    } else {
                        batch.push(Candidate { key, word, parent: id, via });
                    }
                }
                Err(halt) => halts.push((via, action, halt)),
            }
        });
        self.space.expanded = id + 1;
        self.space.counts.edges += known;
        if count == 0 {
            self.space.counts.terminals += 1;
            on(self.watch.terminal(self.space.seen(id)))?;
        }
        if !self.halts.is_empty() {
            self.note_halts(id)?;
        }
        if count > u32::from(u16::MAX) + 1 { Err(End::Bound(Bound::Branching)) } else { Ok(()) }
    }

    #[cold]
    fn note_halts(&mut self, id: u32) -> Result<(), End> {
        for &(via, action, halt) in &self.halts {
            self.space.counts.halts += 1;
            self.space.first_halt.get_or_insert(FirstHalt { id, via, action, halt });
            on(self.watch.halt(self.space.seen(id), action, halt))?;
        }
        Ok(())
    }

    /// Looks up the batch: first every slot, then every key that a slot points at, then the rest
    /// one by one. The first two passes have no branches that depend on each other's loads.
    fn flush(&mut self) -> Result<(), End> {
        self.space.set.reserve(self.batch.len());
        let set = &self.space.set;
        self.slots.clear();
        self.slots.extend(self.batch.iter().map(|one| set.peek(one.word)));
        let mut kept = 0;
        for at in 0..self.batch.len() {
            let one = &self.batch[at];
            if set.holds(self.slots[at], one.word, one.key).is_some() {
                continue;
            }
            self.batch.swap(kept, at);
            kept += 1;
        }
        self.space.counts.edges += (self.batch.len() - kept) as u64;
        self.batch.truncate(kept);
        for at in 0..kept {
            self.settle(at)?;
        }
        self.batch.clear();
        Ok(())
    }

    /// Puts one candidate in, unless it is known or a bound turns it away.
    #[inline]
    fn settle(&mut self, at: usize) -> Result<(), End> {
        let Candidate { key, word, parent, via } = self.batch[at];
        let counts = &mut self.space.counts;
        let full = self.space.set.len() as u64 >= self.limits.states.min(MAX_KEYS);
        if full || self.growth == Growth::Closed {
            if self.space.set.find(key).is_some() {
                counts.edges += 1;
                return Ok(());
            }
            counts.turned_away += 1;
            self.space.end = End::Bound(Bound::Depth);
            return if full { Err(End::Bound(Bound::States)) } else { Ok(()) };
        }
        match self.space.set.insert(word, key) {
            Entry::Known(_) => counts.edges += 1,
            Entry::Fresh(id) => {
                counts.edges += u64::from(parent != id);
                self.space.parents.push(parent);
                self.space.via.push(via);
                on(self.watch.state(self.space.seen(id)))?;
            }
        }
        Ok(())
    }

    fn beat(&mut self) -> Result<(), End> {
        let progress = Progress {
            states: self.space.set.len() as u64,
            expanded: u64::from(self.space.expanded),
            edges: self.space.counts.edges,
            depth: self.space.levels.len() as u32 - 1,
        };
        match self.pulse.beat(progress) {
            Beat::GoOn => Ok(()),
            Beat::Stop => Err(End::Stopped(By::Flag)),
        }
    }
}

/// A watcher's word as an end of the search.
fn on(flow: Flow) -> Result<(), End> {
    match flow {
        Flow::Continue(()) => Ok(()),
        Flow::Break(()) => Err(End::Stopped(By::Watcher)),
    }
}

impl<'m, M: Model> Space<'m, M> {
    fn new(model: &'m M, store: M::Store) -> Self {
        Self::empty(model, store)
    }

    fn finish(mut self) -> Self {
        let states = self.set.len() as u64;
        self.counts = Counts { states, ..self.counts };
        self
    }

    fn seen(&self, id: u32) -> Seen<'_, M> {
        Seen { store: &self.store, key: self.set.key(id), id: Some(id), odds: None }
    }
}
