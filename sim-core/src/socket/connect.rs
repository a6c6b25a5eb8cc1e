//! socket(), listen(), accept(), connect().

use super::{Calls, Fd, Return, Wait, error, find, shutdown};
use crate::answer::{Halt, Which as Bound};
use crate::questions;
use crate::tcp::arrive::{MAX_SOCKETS, Table};
use crate::tcp::rule::Rule;
use crate::tcp::{
    Cause, Errno, Listen, Note, NoteSink, OpenedBy, Opening, Owner, Phase, Shut, Sock, Stage,
    Timer, output, timer,
};
use crate::wire::ConnId;

questions! {
    /// Questions of connect().
    ConnectRules {
        /// What a descriptor is after connect() has reported that it failed.
        failed: Failed = "connect.failed",
        /// Another connect() once the connection is there, where none has said so yet.
        again: Again = "connect.again",
    }
}

/// connect() on a connection that an earlier, non-blocking one began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Says once that it succeeded, then EISCONN.
    SucceedsOnce,
    /// EISCONN.
    IsConnected,
}

/// What a descriptor is after connect() has reported that it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// As good as new: it may connect again.
    Fresh,
    /// Of no further use.
    Dead,
}

pub(crate) static OPEN: Rule =
    Rule::new("connect.open", "9293 3.10.1", "an active OPEN sends a SYN");

pub(super) fn socket<S: NoteSink>(calls: &mut Calls<'_, '_, S>, fd: Fd) -> Result<Return, Halt> {
    if calls.table.len() >= MAX_SOCKETS || fd.0 >= Fd::MAX {
        return Err(Halt::Limit(Bound::Sockets));
    }
    if find(calls.table, fd).is_some() {
        return Ok(Return::Error(Errno::InvalidArgument));
    }
    calls.table.push(Sock::fresh(fd.bit()));
    Ok(Return::Done)
}

/// The socket behind a descriptor; a descriptor nobody has used yet gets a fresh one.
fn find_or_open<S: NoteSink>(calls: &mut Calls<'_, '_, S>, fd: Fd) -> Result<usize, Halt> {
    if find(calls.table, fd).is_none() {
        socket(calls, fd)?;
    }
    Ok(find(calls.table, fd).unwrap_or(0))
}

pub(super) fn listen<S: NoteSink>(
    calls: &mut Calls<'_, '_, S>,
    fd: Fd,
    backlog: u8,
) -> Result<Return, Halt> {
    let at = find_or_open(calls, fd)?;
    let sock = &mut calls.table[at];
    if !matches!(sock.phase, Phase::Closed(_) | Phase::Listen(_)) {
        return Ok(Return::Error(Errno::InvalidArgument));
    }
    sock.conn = ConnId::NONE;
    sock.phase = Phase::Listen(Listen { backlog });
    Ok(Return::Done)
}

/// The connection that has waited longest to be accepted. One that was reset while it waited
/// counts: accept() hands it out.
#[must_use]
pub fn first_queued(table: &Table) -> Option<usize> {
    table.iter().position(|sock| {
        sock.owner == Owner::Queued
            && match &sock.phase {
                Phase::Open(_) | Phase::Closed(_) => true,
                Phase::Listen(_) | Phase::Opening(_) | Phase::Waiting(_) => false,
            }
    })
}

pub(super) fn accept<S: NoteSink>(calls: &mut Calls<'_, '_, S>, from: Fd, into: Fd) -> Return {
    let Some(at) = find(calls.table, from) else { return Return::Error(Errno::BadFile) };
    let listening = matches!(calls.table[at].phase, Phase::Listen(_));
    if !listening || into.0 >= Fd::MAX || find(calls.table, into).is_some() {
        return Return::Error(Errno::InvalidArgument);
    }
    match first_queued(calls.table) {
        Some(child) => {
            calls.table[child].owner = Owner::Descriptors(into.bit());
            Return::Done
        }
        None => Return::Would(Wait::Acceptable(from)),
    }
}

pub(super) fn connect<S: NoteSink>(
    calls: &mut Calls<'_, '_, S>,
    fd: Fd,
    conn: ConnId,
) -> Result<Return, Halt> {
    let at = find_or_open(calls, fd)?;
    let sock = &mut calls.table[at];
    match &sock.phase {
        Phase::Closed(closed) => match closed.cause {
            Cause::Fresh => {}
            Cause::Refused | Cause::Abandoned => return failed(calls, at),
            Cause::TimedOut | Cause::ResetByPeer | Cause::ResetByUs | Cause::Finished => {
                return Ok(Return::Error(Errno::IsConnected));
            }
        },
        Phase::Opening(_) => return Ok(Return::Would(Wait::Connected(fd))),
        Phase::Open(open) if open.stage == Stage::SynReceived => {
            return Ok(Return::Would(Wait::Connected(fd)));
        }
        Phase::Open(_) => return again(calls, at),
        Phase::Listen(_) | Phase::Waiting(_) => return Ok(Return::Error(Errno::IsConnected)),
    }
    calls.cx.apply(&OPEN);
    sock.conn = conn;
    sock.phase = Phase::Opening(Opening::SynSent { iss: calls.iss, backoff: 0 });
    calls.cx.sink.note(Note::Entered(conn, sock.state()));
    output::send_opening(calls.cx, sock)?;
    let wait = timer::rto_syn(calls.cx, 0);
    calls.cx.arm(&mut sock.timers, conn, Timer::Retransmit, wait);
    timer::rare::opens(calls.cx, sock);
    Ok(Return::Would(Wait::Connected(fd)))
}

/// The connection is there already.
fn again<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) -> Result<Return, Halt> {
    let untold = tell(&mut calls.table[at]) == OpenedBy::UsUntold;
    if untold && calls.cx.ask(calls.rules.connect.again())? == Again::SucceedsOnce {
        return Ok(Return::Done);
    }
    Ok(Return::Error(Errno::IsConnected))
}

/// From now on it is known that the connection is there. What was known before.
fn tell(sock: &mut Sock) -> OpenedBy {
    let Phase::Open(conn) = &mut sock.phase else { return OpenedBy::Peer };
    let before = conn.opened;
    if before == OpenedBy::UsUntold {
        conn.opened = OpenedBy::Us;
    }
    before
}

/// The attempt has failed; the first connect() to ask is told why.
fn failed<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) -> Result<Return, Halt> {
    let told = error::take(&mut calls.table[at]).unwrap_or(Errno::ConnectionAborted);
    match calls.cx.ask(calls.rules.connect.failed())? {
        Failed::Dead => {}
        Failed::Fresh => {
            let sock = &mut calls.table[at];
            sock.phase = shutdown::fresh();
            sock.shut = Shut::default();
        }
    }
    Ok(Return::Error(told))
}

/// What a blocking connect() returns once the handshake is over, one way or the other.
///
/// # Errors
/// A question without an answer.
pub fn outcome<S: NoteSink>(calls: &mut Calls<'_, '_, S>, fd: Fd) -> Result<Return, Halt> {
    let Some(at) = find(calls.table, fd) else { return Ok(Return::Error(Errno::BadFile)) };
    let sock = &mut calls.table[at];
    tell(sock);
    match &sock.phase {
        Phase::Closed(closed) if matches!(closed.cause, Cause::Refused | Cause::TimedOut) => {
            failed(calls, at)
        }
        Phase::Closed(_)
        | Phase::Listen(_)
        | Phase::Opening(_)
        | Phase::Open(_)
        | Phase::Waiting(_) => Ok(error::take(sock).map_or(Return::Done, Return::Error)),
    }
}
