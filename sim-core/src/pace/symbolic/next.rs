//! What is due first, and for which values of the variables.

use super::judge::always;
use super::{Clocks, Key};
use crate::exact::{Affine, Inequality, Kind, Overflow, Polytope};
use crate::script::LaneId;
use crate::wire::Side;
use crate::world::Action;
use smallvec::SmallVec;

/// What can be next.
#[derive(Clone, Debug)]
pub struct Next {
    /// What.
    pub action: Action,
    /// When.
    pub at: Affine,
    /// For which values of the variables.
    pub region: Polytope,
}

/// Something that is due, in the order of [`crate::pace::clocked::Clocks::next`]: at one instant an
/// earlier one of the list comes first.
type Pending = (Action, Affine);

impl Clocks<'_> {
    /// Everything that is due first somewhere in the region. Their regions are disjoint and make up
    /// the whole.
    ///
    /// # Errors
    /// A number that outgrew its type.
    pub fn next(&self) -> Result<SmallVec<[Next; 2]>, Overflow> {
        let mut pending = self.pending();
        let mut first: SmallVec<[bool; 8]> = SmallVec::new();
        for one in 0..pending.len() {
            first.push(!self.comes_after_another(&pending, one)?);
        }
        let mut flags = first.iter();
        pending.retain(|_| *flags.next().unwrap_or(&true));
        let mut next = SmallVec::new();
        for one in 0..pending.len() {
            if let Some(region) = self.where_first(&pending, one)? {
                let (action, at) = pending[one].clone();
                next.push(Next { action, at, region });
            }
        }
        Ok(next)
    }

    fn pending(&self) -> SmallVec<[Pending; 8]> {
        let mut pending = SmallVec::new();
        for side in Side::BOTH {
            if let Some(at) = self.arrivals[side.peer().index()].front() {
                pending.push((Action::Deliver(side, 0), at.clone()));
            }
        }
        for side in Side::BOTH {
            for (n, due) in self.lanes[side.index()].iter().enumerate() {
                if let (Some(at), Ok(n)) = (due, u8::try_from(n)) {
                    pending.push((Action::Turn(side, LaneId(n)), at.clone()));
                }
            }
        }
        for (key, at) in &self.timers {
            let action = match *key {
                Key::Stack(side, conn, timer) => Action::Fire(side, conn, timer),
                Key::Lane(side, lane, timer) => Action::Wake(side, lane, timer),
            };
            pending.push((action, at.clone()));
        }
        pending
    }

    /// Whether the same other one is due before it in the whole region.
    fn comes_after_another(&self, pending: &[Pending], one: usize) -> Result<bool, Overflow> {
        for other in (0..pending.len()).filter(|other| *other != one) {
            let form = pending[one].1.minus(&pending[other].1)?;
            // At one instant the earlier of the list comes first.
            let kind = if other < one { Kind::AtLeast } else { Kind::Above };
            if always(&self.region, form, kind)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The part of the region in which it is due before all others.
    fn where_first(&self, pending: &[Pending], one: usize) -> Result<Option<Polytope>, Overflow> {
        let mut region = self.region.clone();
        for other in (0..pending.len()).filter(|other| *other != one) {
            let form = pending[other].1.minus(&pending[one].1)?;
            let kind = if other < one { Kind::Above } else { Kind::AtLeast };
            match region.cut(&Inequality { form, kind })? {
                Some(part) => region = part,
                None => return Ok(None),
            }
        }
        Ok(Some(region))
    }
}
