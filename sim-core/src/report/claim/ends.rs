//! Claims about a world in which nothing more can happen.

use super::ClaimName;
use crate::script::At;
use crate::tcp::{Owner, Phase, Sock};
use crate::wire::{ConnId, Side};
use crate::world::World;

/// Calls `broken` with every claim that this end violates.
pub(super) fn check(world: &World, mut broken: impl FnMut(ClaimName)) {
    let half_open = half_open(world);
    if half_open.is_some() {
        broken(ClaimName::NoHalfOpen);
    }
    if stuck(world) {
        broken(ClaimName::NobodyStuck);
    }
    if unfinished(world) {
        broken(ClaimName::BothClosed);
    }
}

/// A connection, as opposed to a listener or a dead descriptor.
fn lives(sock: &Sock) -> bool {
    match &sock.phase {
        Phase::Opening(_) | Phase::Open(_) => true,
        Phase::Closed(_) | Phase::Listen(_) | Phase::Waiting(_) => false,
    }
}

fn has(world: &World, side: Side, conn: ConnId) -> bool {
    world.hosts[side.index()].table.iter().any(|sock| sock.conn == conn && lives(sock))
}

/// A connection that lives at one side, while the other has nothing of it.
fn half_open(world: &World) -> Option<ConnId> {
    Side::BOTH.into_iter().find_map(|side| {
        let table = &world.hosts[side.index()].table;
        let alone = |sock: &&Sock| lives(sock) && !has(world, side.peer(), sock.conn);
        table.iter().find(alone).map(|sock| sock.conn)
    })
}

/// Somebody waits, and nobody whose call would end the waiting still can make it.
fn stuck(world: &World) -> bool {
    Side::BOTH.into_iter().any(|side| {
        let waits =
            world.hosts[side.index()].app.lanes.iter().any(|lane| matches!(lane.at, At::Line(_)));
        let connected = world.hosts[side.index()]
            .table
            .iter()
            .any(|sock| matches!(sock.owner, Owner::Descriptors(_)) && lives(sock));
        // The peer's application holds the other end and has not closed it: it owes a call. A
        // listener that nobody connects to waits for a call as well.
        let owed = world.hosts[side.peer().index()]
            .table
            .iter()
            .any(|sock| matches!(sock.owner, Owner::Descriptors(_) | Owner::Queued) && lives(sock));
        waits && connected && !owed
    })
}

/// Both applications have let go of a connection, and a side still has something of it.
fn unfinished(world: &World) -> bool {
    let held = |side: Side, conn: ConnId| {
        world.hosts[side.index()].table.iter().any(|sock| {
            sock.conn == conn && matches!(sock.owner, Owner::Descriptors(_) | Owner::Queued)
        })
    };
    Side::BOTH.into_iter().any(|side| {
        world.hosts[side.index()].table.iter().any(|sock| {
            sock.conn != ConnId::NONE
                && sock.owner == Owner::Orphaned
                && !held(Side::A, sock.conn)
                && !held(Side::B, sock.conn)
        })
    })
}
