//! Virtual time: what happens next is what is due first.
//!
//! Clocks live beside the world, never in it. They read the events of a step: a segment that is
//! sent gets an instant of arrival, a timer that is armed an instant to fire, a lane that has
//! become able to go on an instant to do so. Two events at one instant: deliveries first, then
//! turns, then timers; the older one first.

use super::LaneWait;
use crate::script::{Armed, LaneEvent, LaneId, LaneTimer, Turned};
use crate::tcp::{Note, Timer};
use crate::wire::{ConnId, Due, Law, Micros, Side};
use crate::world::{Action, End, Event, Path, Setup, Sink, World};
use smallvec::SmallVec;
use std::collections::VecDeque;

/// Who a draw is for. Each has shares of its own, so that what one of them draws does not move what
/// the others draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The path's delays.
    Path,
    /// The latencies, gaps and sleeps of a host's application, in order of use.
    Host(Side),
    /// How much longer the segments of this side take than the path says, in order of sending.
    Link(Side),
}

impl Source {
    /// How many there are.
    pub(crate) const COUNT: usize = 5;

    /// Its place where there is something for each source.
    #[must_use]
    pub(crate) const fn index(self) -> usize {
        match self {
            Source::Path => 0,
            Source::Host(Side::A) => 1,
            Source::Host(Side::B) => 2,
            Source::Link(Side::A) => 3,
            Source::Link(Side::B) => 4,
        }
    }
}

/// Where the draws of a run come from.
pub trait Draw {
    /// The next draw of a source, over the whole of `u64`.
    fn next(&mut self, source: Source) -> u64;

    /// A duration under a law. A fixed law draws nothing.
    fn draw(&mut self, source: Source, law: Law) -> Micros {
        match law {
            Law::Fixed(us) => us,
            Law::Uniform(..) | Law::Shaped(_) => {
                let share = self.next(source);
                law.at(share)
            }
        }
    }
}

/// The same share of every law: for runs without chance.
#[derive(Clone, Copy, Debug)]
pub struct Always(pub u64);

impl Draw for Always {
    fn next(&mut self, _: Source) -> u64 {
        self.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Stack(Side, ConnId, Timer),
    Lane(Side, LaneId, LaneTimer),
}

/// What is due when.
#[derive(Clone, Debug)]
pub struct Clocks<D: Draw> {
    /// The present instant.
    pub now: Micros,
    /// The nominal round trip of this run.
    pub round_trip: Micros,
    /// One-way delays of this run, by the side that sends.
    pub one_way: [Micros; 2],
    /// The source of chance.
    pub draw: D,
    arrivals: [VecDeque<Micros>; 2],
    order: Order,
    free_at: [Micros; 2],
    rates: [Option<u64>; 2],
    jitters: [Law; 2],
    lanes: [SmallVec<[Option<Micros>; 2]>; 2],
    timers: SmallVec<[(Key, Micros); 6]>,
}

impl<D: Draw> Clocks<D> {
    /// At the beginning of a run: the path's delays are drawn.
    pub fn new(setup: &Setup, draw: D) -> Clocks<D> {
        let mut clocks = Clocks {
            now: 0,
            round_trip: 0,
            one_way: [0; 2],
            draw,
            arrivals: [VecDeque::new(), VecDeque::new()],
            order: Order::Fifo,
            free_at: [0; 2],
            rates: [None; 2],
            jitters: [Law::ZERO; 2],
            lanes: [SmallVec::new(), SmallVec::new()],
            timers: SmallVec::new(),
        };
        clocks.restart(setup);
        clocks
    }

    /// The same, with the memory of an earlier run.
    pub fn restart(&mut self, setup: &Setup) {
        self.now = 0;
        self.order = Order::Fifo;
        for at in 0..2 {
            self.arrivals[at].clear();
            self.free_at[at] = 0;
            self.rates[at] = setup.links[at].rate;
            self.jitters[at] = setup.links[at].jitter;
            self.lanes[at].clear();
            let lanes = setup.ends[at].script().map_or(0, |script| script.lanes.len());
            self.lanes[at].resize(lanes, None);
        }
        self.timers.clear();
        self.one_way = match setup.path {
            Path::RoundTrip(law) => {
                let whole = self.draw.draw(Source::Path, law);
                [whole / 2, whole - whole / 2]
            }
            Path::OneWay(there, back) => {
                [self.draw.draw(Source::Path, there), self.draw.draw(Source::Path, back)]
            }
        };
        self.round_trip = self.one_way[0] + self.one_way[1];
    }

    /// After the start or an action of one side: lanes that can go on get an instant, those that no
    /// longer can lose theirs.
    pub fn settle(
        &mut self,
        setup: &Setup,
        world: &World,
        side: Side,
        turned: Option<(LaneId, Turned)>,
    ) {
        let End::Script(script) = &setup.ends[side.index()] else { return };
        for n in 0..world.hosts[side.index()].app.lanes.len() {
            let Ok(small) = u8::try_from(n) else { return };
            let waits = self.lanes[side.index()][n].is_some();
            match super::lane_wait(setup, script, world, (side, LaneId(small)), waits, turned) {
                LaneWait::Never => self.lanes[side.index()][n] = None,
                LaneWait::AsBefore => {}
                LaneWait::Anew(law) => {
                    let wait = self.draw.draw(Source::Host(side), law);
                    self.lanes[side.index()][n] = Some(self.now + wait);
                }
            }
        }
    }

    /// When a timer of a connection is due, where it is armed.
    #[must_use]
    pub fn due(&self, side: Side, conn: ConnId, timer: Timer) -> Option<Micros> {
        let key = Key::Stack(side, conn, timer);
        self.timers.iter().find(|(it, _)| *it == key).map(|(_, at)| *at)
    }

    /// What is due first, and when. The clock is not moved.
    #[must_use]
    pub fn next(&self) -> Option<(Micros, Action)> {
        let mut best: Option<(Micros, u8, Action)> = None;
        let mut offer = |at: Micros, rank: u8, action: Action| {
            if best.is_none_or(|(when, kind, _)| (at, rank) < (when, kind)) {
                best = Some((at, rank, action));
            }
        };
        for side in Side::BOTH {
            if let Some((n, at)) = first(&self.arrivals[side.peer().index()], self.order) {
                offer(at, 0, Action::Deliver(side, n));
            }
        }
        for side in Side::BOTH {
            for (n, due) in self.lanes[side.index()].iter().enumerate() {
                if let (Some(at), Ok(n)) = (*due, u8::try_from(n)) {
                    offer(at, 1, Action::Turn(side, LaneId(n)));
                }
            }
        }
        for (key, at) in &self.timers {
            let action = match *key {
                Key::Stack(side, conn, timer) => Action::Fire(side, conn, timer),
                Key::Lane(side, lane, timer) => Action::Wake(side, lane, timer),
            };
            offer(*at, 2, action);
        }
        best.map(|(at, _, action)| (at, action))
    }

    /// Moves to the instant of what is due first and takes it out of the clocks.
    pub fn advance(&mut self, (at, action): (Micros, Action)) {
        self.now = self.now.max(at);
        self.taken(action);
    }

    /// Forgets the instant of an action that is carried out now.
    pub fn taken(&mut self, action: Action) {
        match action {
            Action::Deliver(side, n) | Action::Lose(side, n) => {
                self.arrivals[side.peer().index()].remove(n as usize);
            }
            Action::Fire(side, conn, timer) => self.drop_timer(Key::Stack(side, conn, timer)),
            Action::Wake(side, lane, timer) => self.drop_timer(Key::Lane(side, lane, timer)),
            Action::Turn(side, lane) => self.lanes[side.index()][lane.0 as usize] = None,
            Action::Repeat(..) | Action::Call(..) | Action::Inject(..) => {}
        }
    }

    /// Gives the newest segment from this side another instant of arrival.
    pub fn delay_last(&mut self, from: Side, extra: Micros) {
        if let Some(at) = self.arrivals[from.index()].back_mut() {
            *at += extra;
            self.order = Order::Disturbed;
        }
    }

    /// A copy of the n-th segment on its way to this side will arrive so much later.
    pub fn copy_arrival(&mut self, to: Side, n: u16, extra: Micros) {
        let link = &mut self.arrivals[to.peer().index()];
        if let Some(at) = link.get(n as usize).copied() {
            link.push_back(at + extra);
            self.order = Order::Disturbed;
        }
    }

    #[inline(never)]
    fn drop_timer(&mut self, key: Key) {
        self.timers.retain(|(armed, _)| *armed != key);
    }

    #[inline(never)]
    fn set_timer(&mut self, key: Key, due: Due) {
        let at = due.instant(self.now, self.round_trip);
        self.drop_timer(key);
        self.timers.push((key, at));
    }

    #[inline(never)]
    fn sent(&mut self, side: Side, bytes: u64) {
        let at = side.index();
        let begin = self.now.max(self.free_at[at]);
        // Forty bytes of headers, as on the wire.
        let busy = self.rates[at].map_or(0, |rate| (bytes + 40) * 1_000_000 / rate.max(1));
        self.free_at[at] = begin + busy;
        let mut arrival = begin + busy + self.one_way[at];
        if self.jitters[at] != Law::ZERO {
            arrival += self.draw.draw(Source::Link(side), self.jitters[at]);
            // Not before the one that was sent before it.
            arrival = arrival.max(self.arrivals[at].back().copied().unwrap_or(0));
        }
        self.arrivals[at].push_back(arrival);
    }
}

/// The earliest arrival of a link, the older segment first. A link is first in first out unless
/// somebody delayed a segment.
fn first(arrivals: &VecDeque<Micros>, order: Order) -> Option<(u16, Micros)> {
    match order {
        Order::Fifo => arrivals.front().map(|at| (0, *at)),
        Order::Disturbed => {
            let (n, at) = arrivals.iter().enumerate().min_by_key(|(n, at)| (**at, *n))?;
            u16::try_from(n).ok().map(|n| (n, *at))
        }
    }
}

/// Whether arrivals come in the order of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Fifo,
    Disturbed,
}

impl<D: Draw> Sink for Clocks<D> {
    #[inline(always)]
    fn event(&mut self, event: Event) {
        match event {
            Event::Kernel(side, note) => match note {
                Note::Sent(segment) => self.sent(side, u64::from(segment.text.len())),
                Note::Armed(conn, timer, due) => self.set_timer(Key::Stack(side, conn, timer), due),
                Note::Disarmed(conn, timer) => self.drop_timer(Key::Stack(side, conn, timer)),
                Note::Applied(_)
                | Note::Asked(..)
                | Note::Entered(..)
                | Note::Failed(..)
                | Note::Gone { .. } => {}
            },
            Event::Lane(side, lane) => match lane {
                LaneEvent::Armed(id, timer, armed) => {
                    let due = match armed {
                        Armed::Due(due) => due,
                        Armed::Law(law) => Due::After(self.draw.draw(Source::Host(side), law)),
                    };
                    self.set_timer(Key::Lane(side, id, timer), due);
                }
                LaneEvent::Disarmed(id, timer) => self.drop_timer(Key::Lane(side, id, timer)),
                LaneEvent::Called(..)
                | LaneEvent::Returned(..)
                | LaneEvent::Limited(..)
                | LaneEvent::Ended(_) => {}
            },
            Event::Arrived(..) | Event::Lost(..) | Event::Puppet(..) => {}
        }
    }
}
