//! The byte ledger: where every written byte is, computed from the world alone.
//!
//! A byte is counted once, at the furthest place it has reached: read, readable, behind a hole at
//! the receiver, in flight, held by the sender; else it is gone, and there is a reason.

use super::{End, Setup, World};
use crate::script::Account;
use crate::tcp::{Gone, Phase, Sock, output};
use crate::wire::{ConnId, Side, Span, span_insert, span_remove};
use smallvec::SmallVec;

type Runs = SmallVec<[Span; 4]>;

/// Where the bytes are that one application wrote on one connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Ledger {
    /// Accepted by send().
    pub written: u32,
    /// Returned by recv().
    pub read: u32,
    /// In the receiver's queue, in order.
    pub readable: u32,
    /// In the receiver's queue, behind a hole.
    pub out_of_order: u32,
    /// On the link.
    pub in_flight: u32,
    /// In the sender's queue and nowhere further on.
    pub held: u32,
    /// Nowhere, by reason.
    pub gone: SmallVec<[(Gone, u32); 2]>,
    /// Nowhere, and nobody knows why: always 0, or the model is wrong.
    pub missing: u32,
}

impl Ledger {
    /// All that is gone.
    #[must_use]
    pub fn gone_total(&self) -> u32 {
        self.gone.iter().map(|(_, count)| count).sum()
    }
}

/// The ledger of what `from`'s application wrote on a connection.
#[must_use]
pub fn ledger(world: &World, from: Side, conn: ConnId) -> Ledger {
    let (sender, receiver) = (&world.hosts[from.index()], &world.hosts[from.peer().index()]);
    let link = &world.links[from.index()];
    let written = sender.app.account(conn).wrote;
    let read = receiver.app.account(conn).read;
    let mut left: Runs = SmallVec::new();
    span_insert(&mut left, Span::new(read.min(written), written));
    let ours = |sock: &&Sock| sock.conn == conn;
    let mut readable = Runs::new();
    let mut out_of_order = Runs::new();
    for sock in receiver.table.iter().filter(ours) {
        readable.push(output::offsets(sock.unread()));
        if let Phase::Open(open) = &sock.phase {
            out_of_order.extend(open.rcv.ooo.iter().map(|run| output::offsets(*run)));
        }
    }
    let in_flight: Runs = link
        .flight
        .iter()
        .filter(|segment| segment.conn == conn)
        .map(|segment| segment.text)
        .collect();
    let held: Runs =
        sender.table.iter().filter(ours).filter_map(|sock| sock.conn().map(output::held)).collect();
    let mut ledger = Ledger {
        written,
        read,
        readable: take(&mut left, &readable),
        out_of_order: take(&mut left, &out_of_order),
        in_flight: take(&mut left, &in_flight),
        held: take(&mut left, &held),
        gone: SmallVec::new(),
        missing: 0,
    };
    for lost in link.gone.iter().filter(|lost| lost.conn == conn) {
        let count = take(&mut left, &[lost.span]);
        if count == 0 {
            continue;
        }
        match ledger.gone.iter_mut().find(|(why, _)| *why == lost.why) {
            Some((_, sum)) => *sum += count,
            None => ledger.gone.push((lost.why, count)),
        }
    }
    ledger.gone.sort_unstable();
    ledger.missing = left.iter().map(|run| run.len()).sum();
    ledger
}

/// Takes places out of what is left and says how many bytes that was.
fn take(left: &mut Runs, places: &[Span]) -> u32 {
    let before: u32 = left.iter().map(|run| run.len()).sum();
    for place in places {
        span_remove(left, *place);
    }
    before - left.iter().map(|run| run.len()).sum::<u32>()
}

/// Everything that must hold after every step: the sockets' numbers, and the books.
///
/// # Panics
/// Where something does not.
pub fn check(setup: &Setup, world: &World) {
    for host in &world.hosts {
        for sock in &host.table {
            sock.check();
        }
    }
    if setup.ends.contains(&End::Wire) {
        return;
    }
    for side in Side::BOTH {
        for Account { conn, wrote, .. } in &world.hosts[side.index()].app.accounts {
            let ledger = ledger(world, side, *conn);
            assert_eq!(ledger.missing, 0, "bytes nobody can account for: {ledger:?}");
            assert!(ledger.read <= *wrote, "read more than was written: {ledger:?}");
        }
    }
}
