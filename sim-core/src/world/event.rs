//! Events: the only output. Ladder, ledger, cause chain, clocks and kernel comparison read these.

use crate::script::LaneEvent;
use crate::socket::{Call, Return};
use crate::tcp::Note;
use crate::wire::{Segment, Side};

/// Something that happened during one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A segment arrived at this side.
    Arrived(Side, Segment),
    /// A segment on its way to this side was lost.
    Lost(Side, Segment),
    /// An application did something.
    Lane(Side, LaneEvent),
    /// A puppet's call returned.
    Puppet(Side, Call, Return),
    /// A stack did something.
    Kernel(Side, Note),
}

/// Where events go.
pub trait Sink {
    /// Takes one.
    fn event(&mut self, event: Event);
}

/// Nobody listens: what an explorer uses.
impl Sink for () {
    #[inline(always)]
    fn event(&mut self, _: Event) {}
}

impl Sink for Vec<Event> {
    fn event(&mut self, event: Event) {
        self.push(event);
    }
}
