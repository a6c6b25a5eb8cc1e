//! The pending error, and what poll() says.
//!
//! The error is one value. The first call that reports it consumes it; what is readable is not
//! touched by that, so a truncated reply can end in a clean EOF.

use super::{Calls, Fd, Readiness, Return, connect, find, write};
use crate::questions;
use crate::tcp::{Errno, NoteSink, Opening, Phase, Sock, Stage};

questions! {
    /// Questions of errors.
    ErrorRules {
        /// recv() after the peer's FIN, with an error pending.
        after_eof: AfterEof = "error.after_eof",
        /// send() with an error pending on a connection that can no longer send.
        write: WriteOrder = "error.write",
        /// send() on a socket that was never connected.
        write_unconnected: WriteUnconnected = "error.write_unconnected",
    }
}

/// recv() after the peer's FIN, with an error pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterEof {
    /// EOF; the error stays for others.
    EofOnly,
    /// The error first.
    ErrorFirst,
}

/// send() with an error pending on a connection that can no longer send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteOrder {
    /// The pending error, once; then EPIPE.
    PendingFirst,
    /// EPIPE; the error stays for others.
    PipeFirst,
}

/// send() on a socket that was never connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteUnconnected {
    /// EPIPE.
    Pipe,
    /// ENOTCONN.
    NotConnected,
}

/// Consumes the pending error.
pub(crate) fn take(sock: &mut Sock) -> Option<Errno> {
    sock.error.take()
}

pub(super) fn so_error<S: NoteSink>(calls: &mut Calls<'_, '_, S>, fd: Fd) -> Return {
    match find(calls.table, fd) {
        Some(at) => Return::Pending(take(&mut calls.table[at])),
        None => Return::Error(Errno::BadFile),
    }
}

pub(super) fn poll<S: NoteSink>(calls: &mut Calls<'_, '_, S>, fd: Fd) -> Return {
    match find(calls.table, fd) {
        Some(at) => {
            let queued = connect::first_queued(calls.table).is_some();
            Return::Ready(readiness(&calls.table[at], queued, calls.cx.tuning.snd_buf))
        }
        None => Return::Error(Errno::BadFile),
    }
}

/// Poll's bits for a socket; `queued` says whether a listener has somebody waiting.
#[must_use]
pub fn readiness(sock: &Sock, queued: bool, snd_buf: u32) -> Readiness {
    let mut bits = 0;
    if sock.error.is_some() {
        bits |= Readiness::ERR;
    }
    if sock.shut.rd() {
        bits |= Readiness::IN | Readiness::RDHUP;
    }
    let closed = matches!(sock.phase, Phase::Closed(_));
    if closed || (sock.shut.rd() && sock.shut.wr()) {
        bits |= Readiness::HUP;
    }
    match &sock.phase {
        Phase::Listen(_) => return Readiness(if queued { Readiness::IN } else { 0 }),
        Phase::Opening(Opening::SynSent { .. } | Opening::SynReceived { .. }) => {}
        Phase::Open(conn) if conn.stage == Stage::SynReceived => {}
        Phase::Open(_) | Phase::Closed(_) | Phase::Waiting(_) => {
            if !sock.unread().is_empty() {
                bits |= Readiness::IN;
            }
            if sock.shut.wr() || write::has_room(sock, snd_buf) {
                bits |= Readiness::OUT;
            }
        }
    }
    Readiness(bits)
}
