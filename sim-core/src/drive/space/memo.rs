//! What hosts and links do, worked out once.

use super::Key;
use crate::answer::{Halt, Which};
use crate::drive::explore::Interner;
use crate::pace::{self, PaceName};
use crate::tcp::Gone;
use crate::wire::{Segment, Side};
use crate::world::{self, Action, Actions, Event, Host, Link, Lost, Setup, World};
use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

type Table<K, V> = HashMap<K, V, FxBuildHasher>;

/// What states are made of, each part once, and what parts do.
#[derive(Default)]
pub struct Store {
    hosts: [Interner<Host>; 2],
    links: [Interner<Link>; 2],
    segments: Interner<Segment>,
    effects: Interner<Effect>,
    /// What a host can do by itself, by its number.
    own: [Vec<Own>; 2],
    /// What a host's step leads to, by host and what happens to it.
    steps: [Table<(u32, Cause), Result<Led, Halt>>; 2],
    /// A link without its n-th segment, and that segment.
    pops: [Table<(u32, u16), (u32, u32)>; 2],
    /// A link after a host's step: with what was sent, and with what became of bytes.
    puts: [Table<(u32, u32), Option<u32>>; 2],
    marks: [Table<(u32, u32), u32>; 2],
    actions: Actions,
    listed: Vec<(Action, u8)>,
    events: Vec<Event>,
}

/// What happens to a host.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Cause {
    /// A turn or a timer of its own.
    Own(Action),
    /// A segment arrives, by its number.
    Segment(u32),
}

/// Where a host's step leads.
#[derive(Clone, Copy)]
struct Led {
    host: u32,
    effect: u32,
    flags: u16,
}

/// What a host's step does to the links.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
struct Effect {
    sent: SmallVec<[Segment; 2]>,
    ours: SmallVec<[Lost; 1]>,
    theirs: SmallVec<[Lost; 1]>,
}

/// What a host can do by itself, with the rank each action has under the pace.
#[derive(Clone, Default)]
struct Own {
    turns: SmallVec<[Action; 2]>,
    timers: SmallVec<[(Action, u8); 4]>,
}

/// One host's step, for those who want to look at it when it is worked out.
pub(crate) struct Local<'a> {
    pub(crate) side: Side,
    pub(crate) before: &'a Host,
    pub(crate) arrived: Option<&'a Segment>,
    pub(crate) events: &'a [Event],
    pub(crate) after: &'a Host,
}

/// Looks at every host's step once; what it says comes back with every use of that step.
pub(crate) trait Seer {
    /// Whether it wants the events.
    const LISTENS: bool;

    fn see(&mut self, step: &Local<'_>) -> u16;
}

/// Nobody looks.
pub(crate) struct Unseen;

impl Seer for Unseen {
    const LISTENS: bool = false;

    fn see(&mut self, _: &Local<'_>) -> u16 {
        0
    }
}

impl AsRef<Store> for Store {
    fn as_ref(&self) -> &Store {
        self
    }
}

impl Store {
    /// How many distinct hosts and links were met.
    #[must_use]
    pub const fn parts(&self) -> [usize; 2] {
        [self.hosts[0].len() + self.hosts[1].len(), self.links[0].len() + self.links[1].len()]
    }

    /// How many steps of hosts were worked out; all others were remembered.
    #[must_use]
    pub fn worked_out(&self) -> usize {
        self.steps[0].len() + self.steps[1].len()
    }

    /// The world of a state.
    #[must_use]
    pub fn world(&self, key: Key) -> World {
        let [a, b, from_a, from_b] = key;
        World {
            hosts: [self.hosts[0].get(a).clone(), self.hosts[1].get(b).clone()],
            links: [self.links[0].get(from_a).clone(), self.links[1].get(from_b).clone()],
        }
    }

    /// The hosts of a state.
    pub(crate) fn hosts(&self, key: Key) -> [&Host; 2] {
        [self.hosts[0].get(key[0]), self.hosts[1].get(key[1])]
    }

    /// The state of a world.
    pub fn key(&mut self, world: &World) -> Key {
        [
            self.hosts[0].intern(&world.hosts[0]),
            self.hosts[1].intern(&world.hosts[1]),
            self.links[0].intern(&world.links[0]),
            self.links[1].intern(&world.links[1]),
        ]
    }

    /// Calls `each` with every permitted action, where it leads, and what was seen of the step.
    pub(crate) fn each<S: Seer>(
        &mut self,
        setup: &Setup,
        pace: PaceName,
        key: Key,
        seer: &mut S,
        each: &mut impl FnMut(Action, Result<Key, Halt>, u16),
    ) {
        let mut listed = std::mem::take(&mut self.listed);
        self.list(setup, pace, key, &mut listed);
        let lowest = listed.iter().map(|(_, rank)| *rank).min();
        for (action, rank) in listed.iter().copied() {
            if Some(rank) != lowest {
                continue;
            }
            match self.go(setup, key, action, seer) {
                Ok((next, flags)) => each(action, Ok(next), flags),
                Err(halt) => each(action, Err(halt), 0),
            }
        }
        self.listed = listed;
    }

    /// Everything that is enabled, in the order of `world::enabled`, with ranks.
    fn list(&mut self, setup: &Setup, pace: PaceName, key: Key, into: &mut Vec<(Action, u8)>) {
        into.clear();
        for side in Side::BOTH {
            self.know(setup, pace, side, key[side.index()]);
        }
        let actions = &mut self.actions;
        actions.clear();
        for side in Side::BOTH {
            let at = side.peer().index();
            world::deliveries(self.links[at].get(key[2 + at]), side, actions);
        }
        into.extend(actions.drain(..).map(|action| (action, 0)));
        for side in Side::BOTH {
            let own = &self.own[side.index()][key[side.index()] as usize];
            into.extend(own.turns.iter().map(|action| (*action, 0)));
        }
        for side in Side::BOTH {
            let own = &self.own[side.index()][key[side.index()] as usize];
            into.extend(own.timers.iter().copied());
        }
        for side in Side::BOTH {
            let at = side.peer().index();
            world::faults(self.links[at].get(key[2 + at]), side, actions);
        }
        into.extend(actions.drain(..).map(|action| (action, 0)));
    }

    /// Works out what a host can do by itself, unless that is known.
    fn know(&mut self, setup: &Setup, pace: PaceName, side: Side, id: u32) {
        let at = side.index();
        while self.own[at].len() <= id as usize {
            let next = u32::try_from(self.own[at].len()).unwrap_or(u32::MAX);
            let host = self.hosts[at].get(next);
            let mut own = Own::default();
            self.actions.clear();
            world::turns(setup, host, side, &mut self.actions);
            own.turns.extend(self.actions.drain(..));
            world::timers(host, side, &mut self.actions);
            own.timers.extend(
                self.actions
                    .drain(..)
                    .map(|action| (action, pace::rank(pace, pace::class_on(setup, host, action)))),
            );
            self.own[at].push(own);
        }
    }

    fn go<S: Seer>(
        &mut self,
        setup: &Setup,
        key: Key,
        action: Action,
        seer: &mut S,
    ) -> Result<(Key, u16), Halt> {
        let mut next = key;
        let (side, cause) = match action {
            Action::Turn(side, _) | Action::Fire(side, _, _) | Action::Wake(side, _, _) => {
                (side, Cause::Own(action))
            }
            Action::Deliver(side, n) => {
                let back = 2 + side.peer().index();
                let (link, segment) = self.pop(side.peer(), key[back], n);
                next[back] = link;
                (side, Cause::Segment(segment))
            }
            Action::Repeat(side, n) => {
                let back = 2 + side.peer().index();
                let (link, segment) = self.copy(side.peer(), key[back], n);
                next[back] = link;
                (side, Cause::Segment(segment))
            }
            Action::Lose(side, n) => {
                let back = 2 + side.peer().index();
                next[back] = self.lose(side.peer(), key[back], n);
                return Ok((next, 0));
            }
            // From outside: never listed.
            Action::Call(..) | Action::Inject(..) => return Ok((next, 0)),
        };
        let led = self.step(setup, side, key[side.index()], cause, seer)?;
        next[side.index()] = led.host;
        if led.effect != NOTHING {
            let (out, back) = (2 + side.index(), 2 + side.peer().index());
            next[out] = self.put(setup, side, next[out], led.effect)?;
            next[back] = self.mark(side.peer(), next[back], led.effect);
        }
        Ok((next, led.flags))
    }

    /// One host's step: remembered, or worked out by `apply` on that host alone.
    fn step<S: Seer>(
        &mut self,
        setup: &Setup,
        side: Side,
        host: u32,
        cause: Cause,
        seer: &mut S,
    ) -> Result<Led, Halt> {
        let at = side.index();
        if let Some(known) = self.steps[at].get(&(host, cause)) {
            return *known;
        }
        let led = self.work_out(setup, side, host, cause, seer);
        self.steps[at].insert((host, cause), led);
        led
    }

    fn work_out<S: Seer>(
        &mut self,
        setup: &Setup,
        side: Side,
        host: u32,
        cause: Cause,
        seer: &mut S,
    ) -> Result<Led, Halt> {
        let at = side.index();
        if self.effects.is_empty() {
            self.effects.intern(&Effect::default());
        }
        let mut alone = World {
            hosts: [Host::default(), Host::default()],
            links: [Link::default(), Link::default()],
        };
        alone.hosts[at] = self.hosts[at].get(host).clone();
        let (action, arrived) = match cause {
            Cause::Own(action) => (action, None),
            Cause::Segment(id) => {
                let segment = *self.segments.get(id);
                (Action::Inject(side, segment), Some(segment))
            }
        };
        self.events.clear();
        if S::LISTENS {
            world::apply(setup, &mut alone, action, &mut self.events)?;
        } else {
            world::apply(setup, &mut alone, action, &mut ())?;
        }
        let flags = seer.see(&Local {
            side,
            before: self.hosts[at].get(host),
            arrived: arrived.as_ref(),
            events: &self.events,
            after: &alone.hosts[at],
        });
        let effect = Effect {
            sent: alone.links[at].flight.iter().copied().collect(),
            ours: std::mem::take(&mut alone.links[at].gone),
            theirs: std::mem::take(&mut alone.links[side.peer().index()].gone),
        };
        Ok(Led {
            host: self.hosts[at].intern(&alone.hosts[at]),
            effect: self.effects.intern(&effect),
            flags,
        })
    }

    fn pop(&mut self, from: Side, link: u32, n: u16) -> (u32, u32) {
        let at = from.index();
        if let Some(known) = self.pops[at].get(&(link, n)) {
            return *known;
        }
        let mut changed = self.links[at].get(link).clone();
        if n > 0 {
            changed.budget.reorder = changed.budget.reorder.saturating_sub(1);
        }
        let segment = changed.flight.remove(n as usize);
        let popped = (
            self.links[at].intern(&changed),
            segment.map_or(0, |segment| self.segments.intern(&segment)),
        );
        self.pops[at].insert((link, n), popped);
        popped
    }

    fn copy(&mut self, from: Side, link: u32, n: u16) -> (u32, u32) {
        let mut changed = self.links[from.index()].get(link).clone();
        changed.budget.repeat = changed.budget.repeat.saturating_sub(1);
        let segment = changed.flight.get(n as usize).copied();
        (
            self.links[from.index()].intern(&changed),
            segment.map_or(0, |segment| self.segments.intern(&segment)),
        )
    }

    fn lose(&mut self, from: Side, link: u32, n: u16) -> u32 {
        let mut changed = self.links[from.index()].get(link).clone();
        changed.budget.loss = changed.budget.loss.saturating_sub(1);
        if let Some(segment) = changed.flight.remove(n as usize) {
            changed.lose(segment.conn, segment.text, Gone::LostOnLink);
        }
        self.links[from.index()].intern(&changed)
    }

    /// A link with what its host has sent and thrown away.
    fn put(&mut self, setup: &Setup, from: Side, link: u32, effect: u32) -> Result<u32, Halt> {
        let at = from.index();
        let full = Halt::Limit(Which::InFlight);
        if let Some(known) = self.puts[at].get(&(link, effect)) {
            return known.ok_or(full);
        }
        let Effect { sent, ours, theirs: _ } = self.effects.get(effect);
        let mut changed = self.links[at].get(link).clone();
        changed.flight.extend(sent.iter().copied());
        for Lost { conn, span, why } in ours.iter().copied() {
            changed.lose(conn, span, why);
        }
        let fits = changed.flight.len() <= setup.in_flight;
        let put = fits.then(|| self.links[at].intern(&changed));
        self.puts[at].insert((link, effect), put);
        put.ok_or(full)
    }

    /// A link whose bytes were thrown away where it leads to.
    fn mark(&mut self, from: Side, link: u32, effect: u32) -> u32 {
        let at = from.index();
        if self.effects.get(effect).theirs.is_empty() {
            return link;
        }
        if let Some(known) = self.marks[at].get(&(link, effect)) {
            return *known;
        }
        let mut changed = self.links[at].get(link).clone();
        for Lost { conn, span, why } in self.effects.get(effect).theirs.iter().copied() {
            changed.lose(conn, span, why);
        }
        let marked = self.links[at].intern(&changed);
        self.marks[at].insert((link, effect), marked);
        marked
    }
}

/// The number of the effect that does nothing: it is the first.
const NOTHING: u32 = 0;
