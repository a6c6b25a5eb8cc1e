//! A recorded list chooses.

use crate::answer::Halt;
use crate::world::{self, Action, Actions, Event, Setup, World};

/// Why a list of actions does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// This action was not enabled when its turn came.
    #[error("step {at}: {action:?} is not enabled here")]
    NotEnabled {
        /// Its place in the list, from 0.
        at: usize,
        /// The action.
        action: Action,
    },
    /// The model could not go on.
    #[error("step {at}: {halt}")]
    Halted {
        /// The place in the list, from 0.
        at: usize,
        /// Why.
        halt: Halt,
    },
}

/// One step of a replay: what was done and what happened.
pub type Told = (Action, Vec<Event>);

/// Carries out the actions one after the other.
///
/// # Errors
/// The first action that is not enabled, or that halts.
pub fn replay(setup: &Setup, actions: &[Action]) -> Result<(World, Vec<Told>), Misfit> {
    let mut world = world::start(setup, &mut ());
    let mut told = Vec::with_capacity(actions.len());
    let mut enabled = Actions::new();
    for (at, action) in actions.iter().copied().enumerate() {
        world::enabled(setup, &world, &mut enabled);
        if !enabled.contains(&action) && !from_outside(action) {
            return Err(Misfit::NotEnabled { at, action });
        }
        let mut events = Vec::new();
        world::apply(setup, &mut world, action, &mut events)
            .map_err(|halt| Misfit::Halted { at, halt })?;
        told.push((action, events));
    }
    Ok((world, told))
}

/// Calls and segments from outside are never listed as enabled.
const fn from_outside(action: Action) -> bool {
    match action {
        Action::Call(..) | Action::Inject(..) => true,
        Action::Turn(..)
        | Action::Deliver(..)
        | Action::Lose(..)
        | Action::Repeat(..)
        | Action::Fire(..)
        | Action::Wake(..) => false,
    }
}
