//! What may happen next.

use super::{End, Host, Link, Setup, World};
use crate::script::{self, LaneId, LaneTimer};
use crate::socket::Call;
use crate::tcp::Timer;
use crate::wire::{ConnId, Segment, Side};

/// Something that happens. A side that a segment is delivered to is the one that receives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Action {
    /// A thread of control takes one turn.
    Turn(Side, LaneId),
    /// The n-th segment on its way to this side arrives.
    Deliver(Side, u16),
    /// The n-th segment on its way to this side is lost.
    Lose(Side, u16),
    /// The n-th segment on its way to this side arrives, and will arrive once more.
    Repeat(Side, u16),
    /// A connection's timer fires.
    Fire(Side, ConnId, Timer),
    /// A lane's timer fires.
    Wake(Side, LaneId, LaneTimer),
    /// A call from outside, by a puppet.
    Call(Side, Call),
    /// A segment from outside arrives.
    Inject(Side, Segment),
}

/// Enabled actions, in order.
pub type Actions = Vec<Action>;

/// Everything that may happen next, in a fixed order: deliveries, turns, timers, then what links
/// may do to segments. Calls and segments from outside are never listed: they come from outside.
pub fn enabled(setup: &Setup, world: &World, into: &mut Actions) {
    into.clear();
    for side in Side::BOTH {
        deliveries(&world.links[side.peer().index()], side, into);
    }
    for side in Side::BOTH {
        turns(setup, &world.hosts[side.index()], side, into);
    }
    for side in Side::BOTH {
        timers(&world.hosts[side.index()], side, into);
    }
    for side in Side::BOTH {
        faults(&world.links[side.peer().index()], side, into);
    }
}

/// What may arrive at this side from this link.
pub(crate) fn deliveries(link: &Link, side: Side, into: &mut Actions) {
    let upto = if link.budget.reorder > 0 { link.flight.len() } else { link.flight.len().min(1) };
    into.extend((0..upto).filter_map(|n| u16::try_from(n).ok()).map(|n| Action::Deliver(side, n)));
}

/// Which lanes of this host can go on.
pub(crate) fn turns(setup: &Setup, host: &Host, side: Side, into: &mut Actions) {
    let End::Script(script) = &setup.ends[side.index()] else { return };
    let snd_buf = setup.tuning[side.index()].snd_buf;
    for n in 0..host.app.lanes.len() {
        let Ok(n) = u8::try_from(n) else { return };
        let lane = LaneId(n);
        if script::runnable(script, &host.app, &host.table, lane, snd_buf) {
            into.push(Action::Turn(side, lane));
        }
    }
}

/// Which timers of this host are armed.
pub(crate) fn timers(host: &Host, side: Side, into: &mut Actions) {
    for sock in &host.table {
        into.extend(sock.timers.iter().map(|timer| Action::Fire(side, sock.conn, timer)));
    }
    for (n, lane) in host.app.lanes.iter().enumerate() {
        let Ok(n) = u8::try_from(n) else { return };
        let armed =
            LaneTimer::ALL.into_iter().filter(|timer| lane.timers & (1 << *timer as u8) != 0);
        into.extend(armed.map(|timer| Action::Wake(side, LaneId(n), timer)));
    }
}

/// What this link may do to segments on their way to this side.
pub(crate) fn faults(link: &Link, side: Side, into: &mut Actions) {
    let all = (0..link.flight.len()).filter_map(|n| u16::try_from(n).ok());
    let reach = if link.budget.reorder > 0 { usize::MAX } else { 1 };
    if link.budget.loss > 0 {
        into.extend(all.clone().take(reach).map(|n| Action::Lose(side, n)));
    }
    if link.budget.repeat > 0 {
        into.extend(all.take(reach).map(|n| Action::Repeat(side, n)));
    }
}
