//! Virtual time chooses.

use crate::answer::Halt;
use crate::pace::clocked::{Clocks, Draw};
use crate::script::At;
use crate::wire::Side;
use crate::world::{self, Action, Event, Setup, Sink, World};

/// Bounds of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// Virtual time.
    pub micros: u64,
    /// Actions.
    pub actions: u64,
}

/// An hour, and a million actions.
pub const HORIZON: Horizon = Horizon { micros: 3_600_000_000, actions: 1_000_000 };

/// How a run ended.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Ended {
    /// Both applications have ended, and nothing is on its way.
    Done,
    /// Somebody waits for ever.
    Stuck,
    /// The horizon came first.
    Horizon,
}

/// Two listeners at once.
#[derive(Debug)]
pub struct Both<'a, A: Sink, B: Sink>(pub &'a mut A, pub &'a mut B);

impl<A: Sink, B: Sink> Sink for Both<'_, A, B> {
    #[inline(always)]
    fn event(&mut self, event: Event) {
        self.0.event(event);
        self.1.event(event);
    }
}

/// A run in progress.
#[derive(Debug)]
pub struct Runner<D: Draw> {
    /// The world as it stands.
    pub world: World,
    /// What is due when.
    pub clocks: Clocks<D>,
}

impl<D: Draw> Runner<D> {
    /// At the beginning.
    pub fn new<S: Sink>(setup: &Setup, draw: D, sink: &mut S) -> Runner<D> {
        let mut clocks = Clocks::new(setup, draw);
        let world = world::start(setup, &mut Both(&mut clocks, sink));
        let mut runner = Runner { world, clocks };
        runner.settle_all(setup);
        runner
    }

    /// Back to the beginning, with the memory that is there already.
    pub fn restart<S: Sink>(&mut self, setup: &Setup, sink: &mut S) {
        self.clocks.restart(setup);
        world::restart(setup, &mut self.world, &mut Both(&mut self.clocks, sink));
        self.settle_all(setup);
    }

    fn settle_all(&mut self, setup: &Setup) {
        for side in Side::BOTH {
            self.clocks.settle(setup, &self.world, side, None);
        }
    }

    /// Carries out one action that is due (or that somebody from outside has chosen).
    ///
    /// # Errors
    /// As [`world::apply`].
    pub fn apply<S: Sink>(
        &mut self,
        setup: &Setup,
        action: Action,
        sink: &mut S,
    ) -> Result<(), Halt> {
        let step = world::apply(setup, &mut self.world, action, &mut Both(&mut self.clocks, sink))?;
        match action {
            Action::Turn(side, lane) => {
                self.clocks.settle(setup, &self.world, side, Some((lane, step)));
            }
            Action::Deliver(side, _)
            | Action::Repeat(side, _)
            | Action::Fire(side, _, _)
            | Action::Wake(side, _, _)
            | Action::Call(side, _)
            | Action::Inject(side, _) => self.clocks.settle(setup, &self.world, side, None),
            Action::Lose(..) => {}
        }
        Ok(())
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// As [`world::apply`].
    pub fn finish<S: Sink>(
        &mut self,
        setup: &Setup,
        horizon: Horizon,
        sink: &mut S,
        mut chosen: impl FnMut(u64, Action),
    ) -> Result<Ended, Halt> {
        for _ in 0..horizon.actions {
            let Some((at, action)) = self.clocks.next() else {
                return Ok(if lanes_ended(&self.world) { Ended::Done } else { Ended::Stuck });
            };
            if is_timer(action) && quiet(&self.world) {
                return Ok(Ended::Done);
            }
            if at > horizon.micros {
                return Ok(if waits_in_vain(&self.world) { Ended::Stuck } else { Ended::Horizon });
            }
            self.clocks.advance((at, action));
            chosen(self.clocks.now, action);
            self.apply(setup, action, sink)?;
        }
        Ok(Ended::Horizon)
    }
}

pub(super) const fn is_timer(action: Action) -> bool {
    match action {
        Action::Fire(..) | Action::Wake(..) => true,
        Action::Turn(..)
        | Action::Deliver(..)
        | Action::Lose(..)
        | Action::Repeat(..)
        | Action::Call(..)
        | Action::Inject(..) => false,
    }
}

/// Whether every lane that began has ended.
#[must_use]
pub fn lanes_ended(world: &World) -> bool {
    Side::BOTH.into_iter().all(|side| lanes_of(world, side))
}

/// Whether every lane of one side that began has ended: its application does nothing more.
#[must_use]
pub fn lanes_of(world: &World, side: Side) -> bool {
    world.hosts[side.index()].app.lanes.iter().all(|lane| match lane.at {
        At::Ended | At::Dormant => true,
        At::Line(_) => false,
    })
}

/// Both applications have ended and nothing is on its way; timers that are left change nothing that
/// anybody reads.
pub(super) fn quiet(world: &World) -> bool {
    lanes_ended(world) && world.links.iter().all(|link| link.flight.is_empty())
}

/// Only timers of the stacks go round and round.
pub(super) fn waits_in_vain(world: &World) -> bool {
    !lanes_ended(world)
        && world.hosts.iter().all(|host| host.app.lanes.iter().all(|l| l.timers == 0))
}
