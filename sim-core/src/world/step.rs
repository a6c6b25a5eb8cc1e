//! `apply`: the one door through which a world changes.

use super::link::{self, Lost};
use super::{Action, End, Event, Host, Link, Setup, Sink, Start, World};
use crate::answer::Halt;
use crate::script::{self, App, LaneEvent, LaneId, LaneSink, Op, Starts, Turned};
use crate::socket::{Call, Calls};
use crate::tcp::{Cx, Gone, Note, NoteSink, Owner, Phase, TableView, Timer, Whose, arrive, timer};
use crate::wire::{ConnId, Segment, Side, Span};
use smallvec::SmallVec;

/// How an action ended, for paces that care.
pub type Step = Turned;

/// The world before anything has happened: no sockets, applications at their first lines.
pub fn start<S: Sink>(setup: &Setup, sink: &mut S) -> World {
    let mut world = World {
        hosts: [Host::default(), Host::default()],
        links: [Link::default(), Link::default()],
    };
    restart(setup, &mut world, sink);
    world
}

/// The same in a world that is there already: its memory is used again.
pub(crate) fn restart<S: Sink>(setup: &Setup, world: &mut World, sink: &mut S) {
    for side in Side::BOTH {
        let at = side.index();
        world.hosts[at].table.clear();
        world.links[at].flight.clear();
        world.links[at].gone.clear();
        world.links[at].budget = setup.links[at].budget;
        world.hosts[at].app = setup.script(side).map(App::new).unwrap_or_default();
        let Some(script) = setup.script(side) else { continue };
        let mut quiet = Begin { side, sink };
        for n in 0..script.lanes.len() {
            let Ok(n) = u8::try_from(n) else { break };
            script::begin(script, &mut world.hosts[at].app, LaneId(n), &mut quiet);
        }
        if setup.start == Start::Listening {
            listen_first(setup, world, side, sink);
        }
    }
}

/// Makes the listen() calls that the scripts begin with. Listening asks the profile nothing and
/// sends nothing, so it cannot halt.
fn listen_first<S: Sink>(setup: &Setup, world: &mut World, side: Side, sink: &mut S) {
    let Some(script) = setup.script(side) else { return };
    for (n, lane) in script.lanes.iter().enumerate() {
        let listens = matches!(
            (lane.starts, lane.lines.first().map(|line| line.op)),
            (Starts::AtOnce, Some(Op::Call(Call::Listen(..))))
        );
        if let (true, Ok(n)) = (listens, u8::try_from(n)) {
            let done = apply(setup, world, Action::Turn(side, LaneId(n)), sink);
            debug_assert!(done.is_ok(), "listen() cannot halt");
        }
    }
}

struct Begin<'a, S: Sink> {
    side: Side,
    sink: &'a mut S,
}

impl<S: Sink> NoteSink for Begin<'_, S> {
    fn note(&mut self, note: Note) {
        self.sink.event(Event::Kernel(self.side, note));
    }
}

impl<S: Sink> LaneSink for Begin<'_, S> {
    fn lane(&mut self, event: LaneEvent) {
        self.sink.event(Event::Lane(self.side, event));
    }
}

/// One host's events on their way out; what is gone is booked on the way.
struct Booker<'a, S: Sink> {
    side: Side,
    sink: &'a mut S,
    /// Bytes that this side's application wrote.
    ours: &'a mut SmallVec<[Lost; 1]>,
    /// Bytes that the other one wrote.
    theirs: &'a mut SmallVec<[Lost; 1]>,
}

impl<S: Sink> Booker<'_, S> {
    fn book(&mut self, conn: ConnId, whose: Whose, span: Span, why: Gone) {
        let gone = match whose {
            Whose::Ours => &mut *self.ours,
            Whose::Theirs => &mut *self.theirs,
        };
        link::lose(gone, conn, span, why);
    }
}

impl<S: Sink> NoteSink for Booker<'_, S> {
    // Inlined so that a listener who has no use for a kind of note pays nothing for it.
    #[inline(always)]
    fn note(&mut self, note: Note) {
        if let Note::Gone { conn, whose, span, why } = note {
            self.book(conn, whose, span, why);
        }
        self.sink.event(Event::Kernel(self.side, note));
    }
}

impl<S: Sink> LaneSink for Booker<'_, S> {
    #[inline(always)]
    fn lane(&mut self, event: LaneEvent) {
        self.sink.event(Event::Lane(self.side, event));
    }
}

/// Carries out one action. Everything that happens is told to `sink`.
///
/// # Errors
/// A question without an answer, or a declared bound; the world is then half-way and must be
/// thrown away.
pub fn apply<S: Sink>(
    setup: &Setup,
    world: &mut World,
    action: Action,
    sink: &mut S,
) -> Result<Step, Halt> {
    match action {
        Action::Turn(side, lane) => {
            let End::Script(script) = &setup.ends[side.index()] else { return Ok(Step::Moved) };
            with_host(setup, world, side, sink, |calls, app| script::turn(script, app, lane, calls))
        }
        Action::Wake(side, lane, which) => {
            let End::Script(script) = &setup.ends[side.index()] else { return Ok(Step::Moved) };
            with_host(setup, world, side, sink, |calls, app| {
                script::fire(script, app, lane, which, calls).map(|()| Step::Moved)
            })
        }
        Action::Call(side, call) => {
            let returned = with_host(setup, world, side, sink, |calls, app| {
                script::outside(app, call, calls)
            })?;
            sink.event(Event::Puppet(side, call, returned));
            Ok(Step::Moved)
        }
        Action::Deliver(side, n) => {
            let link = &mut world.links[side.peer().index()];
            if n > 0 {
                link.budget.reorder = link.budget.reorder.saturating_sub(1);
            }
            let Some(segment) = link.flight.remove(n as usize) else { return Ok(Step::Moved) };
            arrived(setup, world, side, &segment, sink)
        }
        Action::Repeat(side, n) => {
            let link = &mut world.links[side.peer().index()];
            link.budget.repeat = link.budget.repeat.saturating_sub(1);
            let Some(segment) = link.flight.get(n as usize).copied() else {
                return Ok(Step::Moved);
            };
            arrived(setup, world, side, &segment, sink)
        }
        Action::Lose(side, n) => {
            let link = &mut world.links[side.peer().index()];
            link.budget.loss = link.budget.loss.saturating_sub(1);
            let Some(segment) = link.flight.remove(n as usize) else { return Ok(Step::Moved) };
            link.lose(segment.conn, segment.text, Gone::LostOnLink);
            sink.event(Event::Lost(side, segment));
            Ok(Step::Moved)
        }
        Action::Inject(side, segment) => arrived(setup, world, side, &segment, sink),
        Action::Fire(side, conn, which) => fire(setup, world, side, (conn, which), sink),
    }
}

/// The pure form: the world after the action, and what happened.
///
/// # Errors
/// As [`apply`].
pub fn step(setup: &Setup, world: &World, action: Action) -> Result<(World, Vec<Event>), Halt> {
    let mut next = world.clone();
    let mut events = Vec::new();
    apply(setup, &mut next, action, &mut events)?;
    Ok((next, events))
}

fn arrived<S: Sink>(
    setup: &Setup,
    world: &mut World,
    side: Side,
    segment: &Segment,
    sink: &mut S,
) -> Result<Step, Halt> {
    sink.event(Event::Arrived(side, *segment));
    if setup.ends[side.index()] == End::Wire {
        return Ok(Step::Moved);
    }
    with_host(setup, world, side, sink, |calls, _| {
        arrive::arrive(calls.cx, calls.table, segment, calls.iss)?;
        Ok(Step::Moved)
    })
}

fn fire<S: Sink>(
    setup: &Setup,
    world: &mut World,
    side: Side,
    (conn, which): (ConnId, Timer),
    sink: &mut S,
) -> Result<Step, Halt> {
    with_host(setup, world, side, sink, |calls, _| {
        let armed = |sock: &&mut crate::tcp::Sock| sock.conn == conn && sock.timers.contains(which);
        if let Some(sock) = calls.table.iter_mut().find(armed) {
            let request = matches!(sock.phase, Phase::Opening(_));
            timer::fire(calls.cx, sock, which)?;
            if request && matches!(sock.phase, Phase::Closed(_)) && sock.owner == Owner::Queued {
                sock.owner = Owner::Orphaned;
            }
        }
        arrive::settle(calls.cx, calls.table)?;
        Ok(Step::Moved)
    })
}

/// Gives one host's stack and application the surroundings they need.
fn with_host<S: Sink, T>(
    setup: &Setup,
    world: &mut World,
    side: Side,
    sink: &mut S,
    act: impl FnOnce(&mut Calls<'_, '_, Booker<'_, S>>, &mut App) -> Result<T, Halt>,
) -> Result<T, Halt> {
    let at = side.index();
    let [a, b] = &mut world.links;
    let (out, back) = match side {
        Side::A => (a, b),
        Side::B => (b, a),
    };
    let host = &mut world.hosts[at];
    let profile = setup.profiles[at];
    let mut booker = Booker { side, sink, ours: &mut out.gone, theirs: &mut back.gone };
    let mut cx = Cx {
        rules: &profile.tcp,
        tuning: &setup.tuning[at],
        wire: &mut out.flight,
        room: setup.in_flight,
        sink: &mut booker,
        born: None,
        table: view(&host.table),
    };
    let mut calls =
        Calls { cx: &mut cx, table: &mut host.table, rules: &profile.socket, iss: setup.iss[at] };
    act(&mut calls, &mut host.app)
}

/// How the host's table stands, for the rules that depend on it.
fn view(table: &arrive::Table) -> TableView {
    let mut view = TableView::default();
    for sock in table {
        match (&sock.owner, &sock.phase) {
            (Owner::Queued, Phase::Open(_) | Phase::Closed(_)) => view.queued += 1,
            (Owner::Orphaned, Phase::Open(_)) => view.orphans += 1,
            (
                Owner::Queued | Owner::Orphaned | Owner::Descriptors(_),
                Phase::Open(_)
                | Phase::Closed(_)
                | Phase::Listen(_)
                | Phase::Opening(_)
                | Phase::Waiting(_),
            ) => {}
        }
    }
    view
}
