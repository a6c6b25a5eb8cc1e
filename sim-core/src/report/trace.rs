//! A trace is a setup, a pace and a list of choices; everything else is replayed from it.
//!
//! A choice is the place of an action among those the pace permits, so a list of choices is short,
//! and one that does not fit the setup cannot be mistaken for another trace.

use crate::answer::Halt;
use crate::drive::replay::Misfit;
use crate::drive::run::{Ended, Horizon};
use crate::drive::sample;
use crate::pace::{self, PaceName};
use crate::world::{self, Action, Actions, Event, Setup, World};

/// The permitted actions of a world, in order.
pub fn permitted(setup: &Setup, pace: PaceName, world: &World, into: &mut Actions) {
    world::enabled(setup, world, into);
    pace::permit(pace, setup, world, into);
}

/// Why a list of choices does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// There are not so many actions to choose from.
    #[error("step {at}: choice {choice}, but only {of} actions are permitted here")]
    NoSuchChoice {
        /// The place in the list, from 0.
        at: usize,
        /// The choice.
        choice: u16,
        /// How many there are.
        of: usize,
    },
    /// As in a replay.
    #[error(transparent)]
    Misfit(#[from] Misfit),
}

/// The actions behind a list of choices.
///
/// # Errors
/// The first choice that does not fit.
pub fn actions(setup: &Setup, pace: PaceName, choices: &[u16]) -> Result<Vec<Action>, Wrong> {
    let mut world = world::start(setup, &mut ());
    let mut permitted_here = Actions::new();
    let mut actions = Vec::with_capacity(choices.len());
    for (at, choice) in choices.iter().copied().enumerate() {
        permitted(setup, pace, &world, &mut permitted_here);
        let Some(action) = permitted_here.get(usize::from(choice)).copied() else {
            return Err(Wrong::NoSuchChoice { at, choice, of: permitted_here.len() });
        };
        world::apply(setup, &mut world, action, &mut ())
            .map_err(|halt| Misfit::Halted { at, halt })?;
        actions.push(action);
    }
    Ok(actions)
}

/// The choices behind a list of actions.
///
/// # Errors
/// The first action that the pace does not permit.
pub fn choices(setup: &Setup, pace: PaceName, actions: &[Action]) -> Result<Vec<u16>, Wrong> {
    let mut world = world::start(setup, &mut ());
    let mut permitted_here = Actions::new();
    let mut choices = Vec::with_capacity(actions.len());
    for (at, action) in actions.iter().copied().enumerate() {
        permitted(setup, pace, &world, &mut permitted_here);
        let place = permitted_here.iter().position(|permitted| *permitted == action);
        let place = place.and_then(|place| u16::try_from(place).ok());
        let Some(place) = place else { return Err(Misfit::NotEnabled { at, action }.into()) };
        world::apply(setup, &mut world, action, &mut ())
            .map_err(|halt| Misfit::Halted { at, halt })?;
        choices.push(place);
    }
    Ok(choices)
}

/// Everything that happened in a run, step by step, with the instant where there is one.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// The steps.
    pub steps: Vec<Step>,
}

/// One step of a story.
#[derive(Clone, Debug)]
pub struct Step {
    /// The instant in microseconds; `None` in a run without time.
    pub at: Option<u64>,
    /// What was done; `None` for what happens at the start.
    pub action: Option<Action>,
    /// What happened.
    pub events: Vec<Event>,
    /// The world afterwards.
    pub after: World,
}

/// The story of a list of actions.
///
/// # Errors
/// The first action that is not enabled.
pub fn story(setup: &Setup, actions: &[Action]) -> Result<Story, Misfit> {
    let mut events = Vec::new();
    let mut world = world::start(setup, &mut events);
    let mut story = Story::default();
    story.steps.push(Step { at: None, action: None, events, after: world.clone() });
    let mut enabled = Actions::new();
    for (at, action) in actions.iter().copied().enumerate() {
        world::enabled(setup, &world, &mut enabled);
        let outside = matches!(action, Action::Call(..) | Action::Inject(..));
        if !outside && !enabled.contains(&action) {
            return Err(Misfit::NotEnabled { at, action });
        }
        let mut events = Vec::new();
        world::apply(setup, &mut world, action, &mut events)
            .map_err(|halt| Misfit::Halted { at, halt })?;
        story.steps.push(Step { at: None, action: Some(action), events, after: world.clone() });
    }
    Ok(story)
}

/// A trial of the clocked pace again, as a story with instants.
#[derive(Clone, Debug)]
pub struct Timed {
    /// Its steps, each with its instant.
    pub story: Story,
    /// The actions, in order.
    pub actions: Vec<Action>,
    /// How it ended.
    pub ended: Ended,
    /// One-way delays that were drawn, by the side that sends.
    pub one_way: [u64; 2],
}

/// Runs one trial of a seed and keeps everything.
///
/// # Errors
/// As [`crate::world::apply`].
pub fn timed(setup: &Setup, horizon: Horizon, seed: u64, trial: u64) -> Result<Timed, Halt> {
    let mut chosen = Vec::new();
    let (runner, ended) = sample::trial(setup, horizon, seed, trial, &mut (), |at, action| {
        chosen.push((at, action))
    })?;
    let actions: Vec<Action> = chosen.iter().map(|(_, action)| *action).collect();
    let mut story = match story(setup, &actions) {
        Ok(story) => story,
        Err(Misfit::Halted { at: _, halt }) => return Err(halt),
        Err(Misfit::NotEnabled { at, action }) => {
            unreachable!("virtual time chose {action:?} in step {at}, which is not enabled")
        }
    };
    for (step, at) in
        story.steps.iter_mut().zip(std::iter::once(0).chain(chosen.iter().map(|c| c.0)))
    {
        step.at = Some(at);
    }
    Ok(Timed { story, actions, ended, one_way: runner.clocks.one_way })
}
