//! Interval time: every delay is anything between two ends, anew each time, and what is kept of
//! instants is how far apart they can be.
//!
//! The clocks read the events of a step as those of [`super::clocked`] do, with the same order at
//! one instant: deliveries first, then turns, then timers; the older one first. Instants are whole
//! microseconds, as they are there.

mod zone;

use crate::script::{Armed, LaneEvent, LaneId, LaneTimer, Turned};
use crate::tcp::{Note, Timer};
use crate::wire::{ConnId, Due, Law, Micros, Side};
use crate::world::{Action, End, Event, Path, Setup, Sink, World};
use smallvec::SmallVec;
use zone::{NOW, START, Zone, whole};

/// What an instant is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// The arrival of a segment from this side.
    Arrival(Side),
    /// A lane that can go on.
    Lane(Side, LaneId),
    /// A timer of a stack.
    Stack(Side, ConnId, Timer),
    /// A timer of a lane.
    Limit(Side, LaneId, LaneTimer),
}

/// Why a setup has no interval time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A path whose delay is one draw a run: intervals would forget that it is one.
    #[error(
        "the path has to be one time here, and what varies of it the jitter of its segments: \
         a round trip of 10ms and a jitter of 0ms..20ms are links of 5 to 25 ms each way"
    )]
    Path,
    /// Links that take time to send.
    #[error("a link with a rate has no interval time")]
    Rate,
}

/// What is due, and how far apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Clocks {
    one_way: [Micros; 2],
    jitters: [Law; 2],
    /// What every instant beyond the first two is of; arrivals of a link in order.
    of: SmallVec<[What; 8]>,
    zone: Zone,
    /// An instant since the beginning that the last step could not be held against.
    unclear: Option<Micros>,
}

/// What can be next, with what is known then.
#[derive(Clone, Debug)]
pub struct Next {
    /// What.
    pub action: Action,
    /// What is known when it happens.
    pub clocks: Clocks,
}

impl Clocks {
    /// At the beginning of a run.
    ///
    /// # Errors
    /// What has no interval time.
    pub fn new(setup: &Setup) -> Result<Clocks, Unfit> {
        if setup.links.iter().any(|link| link.rate.is_some()) {
            return Err(Unfit::Rate);
        }
        let one_way = match setup.path {
            Path::RoundTrip(Law::Fixed(whole)) => [whole / 2, whole - whole / 2],
            Path::OneWay(Law::Fixed(there), Law::Fixed(back)) => [there, back],
            Path::RoundTrip(_) | Path::OneWay(..) => return Err(Unfit::Path),
        };
        let jitters = [setup.links[0].jitter, setup.links[1].jitter];
        let of = SmallVec::new();
        Ok(Clocks { one_way, jitters, of, zone: Zone::new(), unclear: None })
    }

    /// The instant since the beginning that the last step depended on, if it could be on either
    /// side of it: it has to be taken in each part by itself.
    pub fn unclear(&mut self) -> Option<Micros> {
        self.unclear.take()
    }

    /// Where now is at most this long after the beginning, and where it is later.
    #[must_use]
    pub fn parted(&self, at: Micros) -> [Option<Clocks>; 2] {
        let (mut until, mut after) = (self.clone(), self.clone());
        let is = until.zone.limit(NOW, START, whole(at));
        let can_be = after.zone.limit(START, NOW, -whole(at) - 1);
        [is.then_some(until), can_be.then_some(after)]
    }

    /// Everything that can be due first, in the order of [`super::clocked::Clocks::next`].
    #[must_use]
    pub fn next(&self) -> Vec<Next> {
        let pending = self.pending();
        let mut next = Vec::new();
        for (at, (action, n)) in pending.iter().enumerate() {
            let mut clocks = self.clone();
            let is_first = pending.iter().enumerate().filter(|(other, _)| *other != at).all(
                |(other, (_, m))| {
                    // At one instant the earlier of the list comes first.
                    clocks.zone.limit(*n, *m, if other < at { -1 } else { 0 })
                },
            );
            if is_first {
                clocks.zone.pass(*n);
                clocks.of.remove(*n - 2);
                next.push(Next { action: *action, clocks });
            }
        }
        next
    }

    fn pending(&self) -> SmallVec<[(Action, usize); 8]> {
        let mut pending = SmallVec::new();
        let place = |what: What| self.of.iter().position(|known| *known == what).map(|n| n + 2);
        for side in Side::BOTH {
            if let Some(n) = place(What::Arrival(side.peer())) {
                pending.push((Action::Deliver(side, 0), n));
            }
        }
        let mut lanes: SmallVec<[(Action, usize); 8]> = SmallVec::new();
        for (n, what) in self.of.iter().enumerate() {
            match *what {
                What::Lane(side, lane) => lanes.push((Action::Turn(side, lane), n + 2)),
                What::Arrival(_) | What::Stack(..) | What::Limit(..) => {}
            }
        }
        lanes.sort_by_key(|(action, _)| match action {
            Action::Turn(side, lane) => (side.index(), lane.0),
            Action::Deliver(..)
            | Action::Lose(..)
            | Action::Repeat(..)
            | Action::Fire(..)
            | Action::Wake(..)
            | Action::Call(..)
            | Action::Inject(..) => (0, 0),
        });
        pending.extend(lanes);
        for (n, what) in self.of.iter().enumerate() {
            match *what {
                What::Stack(side, conn, timer) => {
                    pending.push((Action::Fire(side, conn, timer), n + 2));
                }
                What::Limit(side, lane, timer) => {
                    pending.push((Action::Wake(side, lane, timer), n + 2));
                }
                What::Arrival(_) | What::Lane(..) => {}
            }
        }
        pending
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
            let lane = What::Lane(side, LaneId(small));
            let waits = self.of.contains(&lane);
            match super::lane_wait(setup, script, world, (side, LaneId(small)), waits, turned) {
                super::LaneWait::Never => self.drop(lane),
                super::LaneWait::AsBefore => {}
                super::LaneWait::Anew(law) => {
                    self.drop(lane);
                    self.after(lane, law);
                }
            }
        }
    }

    /// Whether everything that can come of the other can come of this.
    pub(crate) fn holds(&self, other: &Clocks) -> bool {
        self.of == other.of && self.zone.holds(&other.zone)
    }

    fn drop(&mut self, what: What) {
        if let Some(n) = self.of.iter().position(|known| *known == what) {
            self.of.remove(n);
            self.zone.forget(n + 2);
        }
    }

    /// An instant that is as far from now as a law says.
    fn after(&mut self, what: What, law: Law) {
        let (least, most) = law.support();
        self.add(what, NOW, least, most);
    }

    /// An instant that is between two durations behind another one.
    fn add(&mut self, what: What, from: usize, least: Micros, most: Option<Micros>) -> usize {
        let n = self.zone.add();
        self.of.push(what);
        // It is after nothing but that one, so it is always there.
        self.zone.limit(from, n, -whole(least));
        if let Some(most) = most {
            self.zone.limit(n, from, whole(most));
        }
        n
    }

    fn set_timer(&mut self, what: What, due: Due) {
        self.drop(what);
        let trip = self.one_way[0] + self.one_way[1];
        match due {
            // A wait does not depend on when it begins.
            Due::After(_) | Due::Rto { .. } => {
                self.after(what, Law::Fixed(due.instant(0, trip)));
            }
            Due::At(at) => {
                let reached = self.zone.at(START, NOW) <= -whole(at);
                if !reached && self.zone.at(NOW, START) > whole(at) {
                    self.unclear.get_or_insert(at);
                }
                match reached {
                    true => self.after(what, Law::ZERO),
                    false => {
                        self.add(what, START, at, Some(at));
                    }
                }
            }
        }
    }

    fn sent(&mut self, side: Side) {
        let arrival = What::Arrival(side);
        let before = self.of.iter().rposition(|known| *known == arrival).map(|n| n + 2);
        let path = self.one_way[side.index()];
        let (least, most) = self.jitters[side.index()].support();
        let n = self.add(arrival, NOW, path + least, most.map(|most| path + most));
        if let Some(before) = before {
            // The one before it was sent no later, so it arrives before this one could at most.
            self.zone.limit(before, n, 0);
        }
    }
}

impl Sink for Clocks {
    fn event(&mut self, event: Event) {
        match event {
            Event::Kernel(side, note) => match note {
                Note::Sent(_) => self.sent(side),
                Note::Armed(conn, timer, due) => {
                    self.set_timer(What::Stack(side, conn, timer), due);
                }
                Note::Disarmed(conn, timer) => self.drop(What::Stack(side, conn, timer)),
                Note::Applied(_)
                | Note::Asked(..)
                | Note::Entered(..)
                | Note::Failed(..)
                | Note::Gone { .. } => {}
            },
            Event::Lane(side, lane) => match lane {
                LaneEvent::Armed(id, timer, armed) => {
                    let what = What::Limit(side, id, timer);
                    match armed {
                        Armed::Due(due) => self.set_timer(what, due),
                        Armed::Law(law) => {
                            self.drop(what);
                            self.after(what, law);
                        }
                    }
                }
                LaneEvent::Disarmed(id, timer) => self.drop(What::Limit(side, id, timer)),
                LaneEvent::Called(..)
                | LaneEvent::Returned(..)
                | LaneEvent::Limited(..)
                | LaneEvent::Ended(_) => {}
            },
            Event::Arrived(..) | Event::Lost(..) | Event::Puppet(..) => {}
        }
    }
}
