//! A shortest way to tell two stacks apart, and how to go it again.

use super::{Begins, Move, moves, setup};
use crate::answer::Halt;
use crate::profile::Profile;
use crate::socket::Return;
use crate::world::{self, World};

/// The moves from where it begins; the last is the call whose answers differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// What it begins with.
    pub begins: Begins,
    /// In order.
    pub moves: Vec<Move>,
    /// What that call returns on the first stack and on the second.
    pub told: [Return; 2],
}

/// The same moves once more on one stack: what each call returned.
///
/// # Errors
/// A question that the stack does not answer.
pub fn replay(
    stack: &'static Profile,
    peer: &'static Profile,
    lesson: &Lesson,
) -> Result<(Vec<Option<Return>>, World), Halt> {
    let setup = setup(stack, peer)?;
    let mut world = world::start(&setup, &mut ());
    for step in lesson.begins.opening() {
        moves::make(&setup, &mut world, *step)?;
    }
    let told = lesson.moves.iter().map(|step| moves::make(&setup, &mut world, *step));
    let told = told.collect::<Result<Vec<_>, _>>()?;
    Ok((told, world))
}
