//! close() and the end of a process: who sends a RST, who a FIN, who neither.

use super::linger::Expiry;
use super::{Calls, Fd, Return, Wait, find, shutdown};
use crate::answer::Halt;
use crate::questions;
use crate::tcp::rule::{PRACTICE, Rule};
use crate::tcp::timer::MiniAllowed;
use crate::tcp::{
    Cause, Errno, Fin, Gone, Linger, NoteSink, Opening, Owner, Phase, Shut, Sock, Stage, Switch,
    Whose, arrive, output, timer,
};

questions! {
    /// Questions of close().
    CloseRules {
        /// Bytes unread at close().
        unread: OnUnread = "close.unread",
        /// Connections that nobody accepted when their listener closes.
        unaccepted: OnUnaccepted = "close.unaccepted",
    }
}

/// Bytes unread at close().
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnread {
    /// A RST at once (RFC 9293 3.6.1); the send queue is thrown away.
    Reset,
    /// They are thrown away, the send queue is delivered, a FIN follows.
    Fin,
}

/// Connections that nobody accepted when their listener closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnaccepted {
    /// Each is reset.
    Reset,
}

/// Whether close() may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    AsLingerSays,
    None,
}

pub(crate) static UNREAD_RESET: Rule = Rule::new(
    "close.unread_reset",
    "9293 3.6.1",
    "close with bytes unread sends a RST at once and throws the send queue away",
);
pub(crate) static UNREAD_DROPPED: Rule = Rule::new(
    "close.unread_dropped",
    "9293 3.10.4",
    "close throws unread bytes away, and a FIN follows what was written",
);
pub(crate) static LINGER_ABORT: Rule =
    Rule::new("close.linger_abort", "9293 3.10.5", "SO_LINGER {1, 0} turns close into an abort");
pub(crate) static ORPHAN_LIMIT: Rule = Rule::new(
    "close.orphan_limit",
    PRACTICE,
    "too many connections that nobody holds: this one is reset",
);
pub(crate) static ABANDON: Rule =
    Rule::new("close.abandon", "9293 3.10.4", "close in SYN-SENT sends nothing");
pub(crate) static UNACCEPTED: Rule = Rule::new(
    "close.unaccepted",
    "9293 3.10.5",
    "a listener that closes resets the connections nobody accepted",
);

pub(super) fn close<S: NoteSink>(
    calls: &mut Calls<'_, '_, S>,
    fd: Fd,
    patience: Patience,
) -> Result<Return, Halt> {
    let Some(at) = find(calls.table, fd) else { return Ok(Return::Error(Errno::BadFile)) };
    let sock = &mut calls.table[at];
    if let Owner::Descriptors(bits) = &mut sock.owner
        && *bits != fd.bit()
    {
        *bits &= !fd.bit();
        return Ok(Return::Done);
    }
    match &sock.phase {
        Phase::Closed(_) => {
            book_unread(calls, at, Gone::ApplicationStopped);
            calls.table[at].owner = Owner::Orphaned;
        }
        Phase::Waiting(_) => sock.owner = Owner::Orphaned,
        Phase::Listen(_) => {
            timer::close(calls.cx, sock, Cause::Finished);
            sock.owner = Owner::Orphaned;
            abort_queued(calls)?;
        }
        Phase::Opening(Opening::SynSent { .. } | Opening::SynReceived { .. }) => {
            calls.cx.apply(&ABANDON);
            timer::close(calls.cx, sock, Cause::Abandoned);
            sock.owner = Owner::Orphaned;
        }
        Phase::Open(_) => return close_open(calls, at, fd, patience),
    }
    Ok(Return::Done)
}

fn close_open<S: NoteSink>(
    calls: &mut Calls<'_, '_, S>,
    at: usize,
    fd: Fd,
    patience: Patience,
) -> Result<Return, Halt> {
    let sock = &mut calls.table[at];
    let Phase::Open(conn) = &sock.phase else { return Ok(Return::Done) };
    let (linger, unread) = (sock.linger, !conn.rcv.unread().is_empty());
    if unread && calls.cx.ask(calls.rules.close.unread())? == OnUnread::Reset {
        calls.cx.apply(&UNREAD_RESET);
        book_unread(calls, at, Gone::ApplicationStopped);
        return abort(calls, at).map(|()| Return::Done);
    }
    if linger == Linger::Abort {
        let tells = calls.cx.ask(calls.rules.linger.abort())?.tells(conn);
        calls.cx.apply(&LINGER_ABORT);
        book_unread(calls, at, Gone::ApplicationStopped);
        let told = if tells { abort(calls, at) } else { forget(calls, at) };
        return told.map(|()| Return::Done);
    }
    if unread {
        calls.cx.apply(&UNREAD_DROPPED);
        book_unread(calls, at, Gone::ApplicationStopped);
    }
    let sock = &mut calls.table[at];
    sock.shut = Shut::BOTH;
    let waits = patience == Patience::AsLingerSays && matches!(linger, Linger::Seconds(_));
    if !waits {
        sock.owner = Owner::Orphaned;
    }
    finish_sending(calls, at)?;
    if waits && !super::ready(calls.table, Wait::Lingered(fd), 0) {
        return Ok(Return::Would(Wait::Lingered(fd)));
    }
    let at = if waits { find(calls.table, fd).unwrap_or(at) } else { at };
    orphaned(calls, at).map(|()| Return::Done)
}

/// The FIN goes behind everything that was written.
fn finish_sending<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) -> Result<(), Halt> {
    let sock = &mut calls.table[at];
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    if conn.stage != Stage::SynReceived {
        return shutdown::send_fin(calls, at);
    }
    // A simultaneous open that is closed before it is complete goes straight to FIN-WAIT-1.
    calls.cx.apply(&shutdown::FIN);
    conn.snd.fin = Fin::Queued;
    arrive::enter(calls.cx, sock.conn, conn, Stage::FinWait1);
    timer::push(calls.cx, sock, output::Nagle::Waived)
}

/// A connection has just lost its last descriptor.
fn orphaned<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) -> Result<(), Halt> {
    let sock = &mut calls.table[at];
    sock.owner = Owner::Orphaned;
    let Phase::Open(conn) = &sock.phase else { return Ok(()) };
    if conn.stage == Stage::FinWait2 {
        if sock.no_fin_wait_2 == Switch::On {
            calls.cx.apply(&crate::tcp::arrive::ack::NO_FIN_WAIT_2);
            return abort(calls, at);
        }
        return timer::orphan_in_fin_wait_2(calls.cx, sock, MiniAllowed::Yes);
    }
    if u16::from(calls.cx.table.orphans) >= calls.cx.tuning.max_orphans {
        calls.cx.apply(&ORPHAN_LIMIT);
        return abort(calls, at);
    }
    Ok(())
}

/// RST, and everything is forgotten.
fn abort<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) -> Result<(), Halt> {
    let sock = &mut calls.table[at];
    output::abort(calls.cx, sock)?;
    forget(calls, at)
}

/// Everything is forgotten, without a word.
fn forget<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) -> Result<(), Halt> {
    let sock = &mut calls.table[at];
    timer::drop_send_queue(calls.cx, sock, Gone::SendQueueDiscard);
    timer::close(calls.cx, sock, Cause::ResetByUs);
    sock.owner = Owner::Orphaned;
    Ok(())
}

fn book_unread<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize, why: Gone) {
    let sock = &mut calls.table[at];
    let unread = sock.unread();
    calls.cx.gone(sock.conn, Whose::Theirs, output::offsets(unread), why);
    if let Phase::Open(conn) = &mut sock.phase {
        conn.rcv.read = conn.rcv.text_end();
    }
}

/// Resets what a listener leaves behind. Requests are forgotten by the segment that comes next.
pub(super) fn abort_queued<S: NoteSink>(calls: &mut Calls<'_, '_, S>) -> Result<(), Halt> {
    let queued =
        |sock: &Sock| sock.owner == Owner::Queued && !matches!(sock.phase, Phase::Opening(_));
    for at in 0..calls.table.len() {
        if !queued(&calls.table[at]) {
            continue;
        }
        match calls.cx.ask(calls.rules.close.unaccepted())? {
            OnUnaccepted::Reset => {
                calls.cx.apply(&UNACCEPTED);
                book_unread(calls, at, Gone::ApplicationStopped);
                abort(calls, at)?;
            }
        }
    }
    Ok(())
}

/// The waiting part of a lingering close() is over: done, reset, or out of time.
pub(super) fn ends<S: NoteSink>(calls: &mut Calls<'_, '_, S>, fd: Fd) -> Result<Return, Halt> {
    let Some(at) = find(calls.table, fd) else { return Ok(Return::Done) };
    let in_time = super::ready(calls.table, Wait::Lingered(fd), 0);
    calls.table[at].error = None;
    orphaned(calls, at)?;
    if in_time {
        return Ok(Return::Done);
    }
    Ok(match calls.cx.ask(calls.rules.linger.expiry())? {
        Expiry::Silent => Return::Done,
        Expiry::WouldBlock => Return::Error(Errno::Again),
    })
}

/// Everything the process holds is closed; nothing waits, whatever SO_LINGER says.
pub(super) fn exit<S: NoteSink>(calls: &mut Calls<'_, '_, S>) -> Result<Return, Halt> {
    for fd in (0..Fd::MAX).map(Fd) {
        if find(calls.table, fd).is_some() {
            close(calls, fd, Patience::None)?;
            arrive::settle(calls.cx, calls.table)?;
        }
    }
    Ok(Return::Done)
}
