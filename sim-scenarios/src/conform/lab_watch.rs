//! What is written down while a timed row runs.

use super::lab_app::{App, Meaning};
use super::lab_told::{self, Sent, Told};
use super::words;
use sim_core::drive::run::Runner;
use sim_core::pace::clocked::Always;
use sim_core::script::{At, LaneEvent, LaneId, LaneTimer};
use sim_core::socket::{Readiness, Return};
use sim_core::tcp::Note;
use sim_core::wire::{Micros, Segment, Side};
use sim_core::world::{Action, Event, Sink};

/// Everything that is written down during a run.
pub(super) struct Watch<'a> {
    apps: &'a [App; 2],
    pub(super) told: [Told; 2],
    pub(super) sent: Vec<Sent>,
    /// When the call of a lane began that still waits.
    began: [Vec<Micros>; 2],
    /// When a lane last did something.
    since: [Vec<Micros>; 2],
}

/// Events of one action.
#[derive(Default)]
pub(super) struct Events {
    lanes: Vec<(Side, LaneEvent)>,
    pub(super) sent: Vec<(Side, Segment)>,
}

impl Sink for Events {
    fn event(&mut self, event: Event) {
        match event {
            Event::Kernel(side, Note::Sent(segment)) => self.sent.push((side, segment)),
            Event::Lane(side, event) => self.lanes.push((side, event)),
            Event::Kernel(..) | Event::Arrived(..) | Event::Lost(..) | Event::Puppet(..) => {}
        }
    }
}

/// The line on which an action finds its lane.
pub(super) fn place(runner: &Runner<Always>, action: Action) -> Option<(Side, LaneId, u8)> {
    let (Action::Turn(side, lane) | Action::Wake(side, lane, _)) = action else { return None };
    match runner.world.hosts[side.index()].app.lanes[lane.0 as usize].at {
        At::Line(at) => Some((side, lane, at)),
        At::Dormant | At::Ended => None,
    }
}

impl<'a> Watch<'a> {
    pub(super) fn new(apps: &'a [App; 2]) -> Watch<'a> {
        let lanes = [0, 1].map(|at: usize| vec![0; apps[at].script.lanes.len()]);
        Watch {
            apps,
            told: [Told::default(), Told::default()],
            sent: Vec::new(),
            began: lanes.clone(),
            since: lanes,
        }
    }

    /// Looks at the world for a line that only looks.
    pub(super) fn before(&mut self, runner: &Runner<Always>, action: Action) {
        let Some((side, lane, at)) = place(runner, action) else { return };
        let table = &runner.world.hosts[side.index()].table;
        let told = &mut self.told[side.index()];
        match &self.apps[side.index()].meanings[lane.0 as usize][at as usize] {
            Meaning::Inq(fd) => told.looked_inq(&words::inq(table, *fd)),
            Meaning::Table => told.table.push(words::table(table).join(",")),
            Meaning::TcpInfo(fd) => told.table.push(words::fd_state(table, *fd).to_owned()),
            Meaning::NotRead => told.read_ended("NOT_READ"),
            Meaning::Outq(_)
            | Meaning::Silent
            | Meaning::Connect
            | Meaning::Accept
            | Meaning::Send
            | Meaning::Receive
            | Meaning::ReceiveAll { .. }
            | Meaning::Shutdown
            | Meaning::Close
            | Meaning::Poll(_)
            | Meaning::SoError => {}
        }
    }

    /// Writes down what a lane was told on this line.
    pub(super) fn after(
        &mut self,
        runner: &Runner<Always>,
        events: &Events,
        at: Option<(Side, LaneId, u8)>,
        now: Micros,
    ) {
        let Some((side, lane, at)) = at else { return };
        let meaning = self.apps[side.index()].meanings[lane.0 as usize][at as usize].clone();
        let waited = now - self.since[side.index()][lane.0 as usize];
        self.since[side.index()][lane.0 as usize] = now;
        for (_, event) in &events.lanes {
            match event {
                LaneEvent::Called(id, _) if *id == lane => {
                    self.began[side.index()][lane.0 as usize] = now;
                }
                LaneEvent::Returned(id, _, returned) if *id == lane => {
                    let took = now - self.began[side.index()][lane.0 as usize];
                    self.returned(side, &meaning, *returned, took);
                }
                LaneEvent::Limited(id, timer) if *id == lane => {
                    self.limited(side, &meaning, *timer, waited);
                }
                LaneEvent::Called(..)
                | LaneEvent::Returned(..)
                | LaneEvent::Limited(..)
                | LaneEvent::Armed(..)
                | LaneEvent::Disarmed(..)
                | LaneEvent::Ended(_) => {}
            }
        }
        let state = &runner.world.hosts[side.index()].app.lanes[lane.0 as usize];
        let moved = state.at != At::Line(at);
        if let (true, Meaning::ReceiveAll { want: true, .. }) = (moved, &meaning) {
            let told = &mut self.told[side.index()];
            let counted = |(_, event): &(Side, LaneEvent)| {
                matches!(event, LaneEvent::Returned(_, _, Return::Count(_)))
            };
            if events.lanes.iter().any(counted) {
                told.read_ended("WANT");
            }
        }
    }

    fn returned(&mut self, side: Side, meaning: &Meaning, returned: Return, took: Micros) {
        let told = &mut self.told[side.index()];
        let text = words::returned(returned, "EAGAIN");
        let ok = || if text == "0" { "OK".to_owned() } else { text.clone() };
        match (meaning, returned) {
            (Meaning::Connect, _) => told.connect = Some(ok()),
            (Meaning::Accept, _) => told.accept.push(ok()),
            (Meaning::Send, Return::Error(errno)) => told.send_failed(errno),
            (Meaning::Send, Return::Count(n)) => told.send_took(n),
            (Meaning::Receive, Return::Count(n)) => told.read(n),
            (Meaning::ReceiveAll { .. }, Return::Count(n)) => told.read_on(n),
            (Meaning::Receive | Meaning::ReceiveAll { .. }, _) => told.read_ended(&text),
            (Meaning::Shutdown, _) => told.shutdown.push(lab_told::zero_or_name(&text)),
            (Meaning::Close, _) => told.closed(&text, took),
            (Meaning::Poll(bits), Return::Ready(ready)) => {
                let seen = ready.0 & (bits | Readiness::ERR | Readiness::HUP);
                told.poll.push(Readiness(seen).names());
            }
            (Meaning::SoError, _) => told.so_error.push(text),
            (
                Meaning::Silent
                | Meaning::Send
                | Meaning::NotRead
                | Meaning::Poll(_)
                | Meaning::Inq(_)
                | Meaning::Outq(_)
                | Meaning::Table
                | Meaning::TcpInfo(_),
                _,
            ) => {}
        }
    }

    fn limited(&mut self, side: Side, meaning: &Meaning, timer: LaneTimer, waited: Micros) {
        let told = &mut self.told[side.index()];
        match meaning {
            Meaning::Connect => told.connect = Some("EINPROGRESS".to_owned()),
            Meaning::Accept => told.accept.push("EAGAIN".to_owned()),
            Meaning::Receive => told.read_ended("EAGAIN"),
            Meaning::ReceiveAll { blocking: false, .. } => told.read_ended("EAGAIN"),
            // The whole was looked at between two calls only.
            Meaning::ReceiveAll { idle, .. }
                if timer == LaneTimer::Total && idle.is_none_or(|idle| waited < idle) =>
            {
                told.read_ended("TOTAL_TIMEOUT");
            }
            Meaning::ReceiveAll { .. } => told.read_ended("TIMEOUT"),
            Meaning::Poll(_) => told.poll.push(String::new()),
            Meaning::Silent
            | Meaning::Send
            | Meaning::NotRead
            | Meaning::Shutdown
            | Meaning::Close
            | Meaning::SoError
            | Meaning::Inq(_)
            | Meaning::Outq(_)
            | Meaning::Table
            | Meaning::TcpInfo(_) => {}
        }
    }
}
