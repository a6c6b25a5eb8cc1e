//! Symbolic time: instants are forms, and what is due first is a question about inequalities.
//!
//! The parameters of a setup (a round trip, a wait, a gap) are variables. Every instant is then a
//! constant and a sum of variables, and "this one is due before that one" is a linear inequality.
//! The clocks read the events of a step just as those of [`super::clocked`] do, with the same order
//! at one instant: deliveries first, then turns, then timers; the older one first. So every point
//! belongs to exactly one order of events, also a point at which two of them coincide.
//!
//! What the model does never depends on a duration, so a setup whose durations are *names* of
//! forms is run as it stands: see [`Symbols`].

mod judge;
mod next;
mod symbols;

pub use judge::Unclear;
pub use next::Next;
pub use symbols::Symbols;

use crate::exact::{Affine, Overflow, Polytope, Ratio};
use crate::pace::clocked::Source;
use crate::script::{Armed, LaneEvent, LaneId, LaneTimer, Turned};
use crate::tcp::{Note, Timer};
use crate::wire::{ConnId, Due, Growth, Law, Side};
use crate::world::{Action, End, Event, Path, Setup, Sink, World};
use judge::Judge;
use smallvec::SmallVec;
use std::collections::VecDeque;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Stack(Side, ConnId, Timer),
    Lane(Side, LaneId, LaneTimer),
}

/// A variable that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Drawn {
    /// From which law.
    pub law: Law,
    /// For whom.
    pub source: Source,
    /// With which of the shares that this source gives in a run, from 0.
    pub share: usize,
}

/// What is due when, as forms over the variables.
#[derive(Clone, Debug)]
pub struct Clocks<'s> {
    symbols: &'s Symbols,
    /// The present instant.
    pub now: Affine,
    /// The values of the variables for which everything so far has happened in this order.
    pub region: Polytope,
    /// The variables beyond the parameters, in the order in which they were drawn.
    pub drawn: Vec<Drawn>,
    /// How many shares each source has given.
    shares: [usize; Source::COUNT],
    parameters: usize,
    judge: Judge,
    round_trip: Affine,
    one_way: [Affine; 2],
    arrivals: [VecDeque<Affine>; 2],
    free_at: [Affine; 2],
    rates: [Option<u64>; 2],
    lanes: [SmallVec<[Option<Affine>; 2]>; 2],
    timers: SmallVec<[(Key, Affine); 6]>,
}

impl<'s> Clocks<'s> {
    /// At the beginning of a run. The region is one of the parameters; what is drawn beyond them
    /// makes it grow.
    #[must_use]
    pub fn new(setup: &Setup, symbols: &'s Symbols, region: Polytope) -> Clocks<'s> {
        let zero = Affine::constant(0);
        let lanes = |side: Side| {
            SmallVec::from_elem(None, setup.script(side).map_or(0, |script| script.lanes.len()))
        };
        let mut clocks = Clocks {
            symbols,
            now: zero.clone(),
            parameters: region.variables(),
            region,
            drawn: Vec::new(),
            shares: [0; Source::COUNT],
            judge: Judge::default(),
            round_trip: zero.clone(),
            one_way: [zero.clone(), zero.clone()],
            arrivals: [VecDeque::new(), VecDeque::new()],
            free_at: [zero.clone(), zero],
            rates: [setup.links[0].rate, setup.links[1].rate],
            lanes: [lanes(Side::A), lanes(Side::B)],
            timers: SmallVec::new(),
        };
        clocks.one_way = match setup.path {
            Path::RoundTrip(law) => {
                let whole = clocks.draw(Source::Path, law);
                let half = clocks.judge.value(whole.times(1, 2));
                [half.clone(), half]
            }
            Path::OneWay(there, back) => {
                [clocks.draw(Source::Path, there), clocks.draw(Source::Path, back)]
            }
        };
        let [there, back] = &clocks.one_way;
        clocks.round_trip = clocks.judge.plus(there, back);
        clocks
    }

    /// Why the last step could not be taken as it is, if so.
    pub fn unclear(&mut self) -> Option<Unclear> {
        self.judge.take()
    }

    /// How many variables there are by now.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.parameters + self.drawn.len()
    }

    /// Whether this instant is later than one that is given in microseconds.
    pub fn is_after(&mut self, at: &Affine, micros: u64) -> bool {
        let limit = Affine::constant(i128::from(micros) + 1);
        self.judge.at_least(&self.region, at, &limit)
    }

    /// A duration under a law: a form, or a variable of its own.
    fn draw(&mut self, source: Source, law: Law) -> Affine {
        let share = self.shares[source.index()];
        match law {
            Law::Fixed(us) => self.symbols.form(us),
            Law::Uniform(lo, hi) if lo >= hi => {
                // Nothing to choose from takes a share all the same.
                self.shares[source.index()] += 1;
                self.symbols.form(lo)
            }
            Law::Uniform(..) | Law::Shaped(_) => {
                self.shares[source.index()] += 1;
                let variable = Affine::variable(self.variables());
                let (lo, hi) = law.support();
                let ratio = |us: u64| Ratio::from_integer(i128::from(us));
                match self.region.with_variable(ratio(lo), hi.map(ratio)) {
                    Ok(Some(region)) => self.region = region,
                    // A law's longest is not shorter than its shortest.
                    Ok(None) => {}
                    Err(Overflow) => self.judge.overflow(),
                }
                self.drawn.push(Drawn { law, source, share });
                variable
            }
        }
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
            let wait = super::lane_wait(setup, script, world, (side, LaneId(small)), waits, turned);
            match wait {
                super::LaneWait::Never => self.lanes[side.index()][n] = None,
                super::LaneWait::AsBefore => {}
                super::LaneWait::Anew(law) => {
                    let wait = self.draw(Source::Host(side), law);
                    let at = self.judge.plus(&self.now, &wait);
                    self.lanes[side.index()][n] = Some(at);
                }
            }
        }
    }

    /// Moves to the instant of an action that is due and takes it out of the clocks.
    pub fn advance(&mut self, at: Affine, action: Action) {
        self.now = at;
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

    fn drop_timer(&mut self, key: Key) {
        self.timers.retain(|(armed, _)| *armed != key);
    }

    fn set_timer(&mut self, key: Key, due: Due) {
        let at = self.instant(due);
        self.drop_timer(key);
        self.timers.push((key, at));
    }

    /// The instant a due time stands for: [`Due::instant`] with forms for numbers.
    fn instant(&mut self, due: Due) -> Affine {
        match due {
            Due::After(us) => {
                let wait = self.symbols.form(us);
                self.judge.plus(&self.now, &wait)
            }
            Due::At(at) => {
                let at = self.symbols.form(at);
                self.judge.later(&self.region, at, self.now.clone())
            }
            Due::Rto { floor, backoff, cap, growth } => {
                let double = 1_i128 << backoff.min(20);
                let floor = self.symbols.form(floor);
                let wait = match growth {
                    Growth::Whole => {
                        let whole = self.judge.plus(&self.round_trip, &floor);
                        self.judge.value(whole.times(double, 1))
                    }
                    Growth::RoundTrip => {
                        let trips = self.judge.value(self.round_trip.times(double, 1));
                        self.judge.plus(&trips, &floor)
                    }
                };
                let cap = self.symbols.form(cap);
                let wait = self.judge.sooner(&self.region, wait, cap);
                self.judge.plus(&self.now, &wait)
            }
        }
    }

    fn sent(&mut self, side: Side, bytes: u64) {
        let at = side.index();
        let free = self.free_at[at].clone();
        let begin = self.judge.later(&self.region, self.now.clone(), free);
        // Forty bytes of headers, as on the wire.
        let bytes = bytes + 40;
        let busy = match self.rates[at] {
            None => Affine::constant(0),
            Some(rate) => match self.symbols.named(rate) {
                // What a byte takes.
                Some(form) => self.judge.value(form.times(i128::from(bytes), 1)),
                None => Affine::constant(i128::from(bytes * 1_000_000 / rate.max(1))),
            },
        };
        self.free_at[at] = self.judge.plus(&begin, &busy);
        let arrival = self.judge.plus(&self.free_at[at], &self.one_way[at]);
        self.arrivals[at].push_back(arrival);
    }
}

impl Sink for Clocks<'_> {
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
                    let key = Key::Lane(side, id, timer);
                    match armed {
                        Armed::Due(due) => self.set_timer(key, due),
                        Armed::Law(law) => {
                            let wait = self.draw(Source::Host(side), law);
                            let at = self.judge.plus(&self.now, &wait);
                            self.drop_timer(key);
                            self.timers.push((key, at));
                        }
                    }
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
