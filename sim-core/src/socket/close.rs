//! close() and the end of a process: who sends a RST, who a FIN, who neither.

use super::linger::{self, Expiry};
use super::{Calls, Fd, Return, Wait, find, shutdown};
use crate::answer::Halt;
use crate::questions;
use crate::tcp::rule::{PRACTICE, Rule};
use crate::tcp::timer::MiniAllowed;
use crate::tcp::{
    Cause, Errno, Fin, Gone, Linger, NoteSink, Opening, Owner, Phase, Shut, Stage, Switch, Whose,
    arrive, output, timer,
};
use crate::wire::State;

questions! {
    /// Questions of close().
    CloseRules {
        /// Bytes unread at close().
        unread: OnUnread = "close.unread",
        /// Bytes behind a hole at close().
        hole: OnUnread = "close.hole",
        /// In which states unread bytes are looked for.
        states: UnreadStates = "close.states",
        /// close() while connecting.
        opening: OnOpening = "close.opening",
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

/// In which states close() looks for unread bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreadStates {
    /// ESTABLISHED and CLOSE-WAIT: before this side has sent a FIN.
    BeforeOurFin,
    /// Up to LAST-ACK.
    UntilTimeWait,
    /// TIME-WAIT too.
    TimeWaitToo,
}

/// close() while connecting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnOpening {
    /// Nothing is sent (RFC 9293 3.10.4).
    Silent,
    /// A RST.
    Reset,
}

/// Connections that nobody accepted when their listener closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnaccepted {
    /// Each that is complete is reset; a request is forgotten.
    Reset,
    /// Each is reset, and so is a request that is not complete yet.
    ResetAll,
}

/// Whether close() may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    AsLingerSays,
    NonBlocking,
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
pub(crate) static LINGER_OVER: Rule = Rule::new(
    "close.linger_over",
    PRACTICE,
    "SO_LINGER {1, n}: what is not acknowledged when the time is over is thrown away with a RST",
);
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
            in_time_wait(calls, at)?;
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
            match calls.cx.ask(calls.rules.close.opening())? {
                OnOpening::Silent => calls.cx.apply(&ABANDON),
                OnOpening::Reset => output::abort(calls.cx, sock)?,
            }
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
    if unread_resets(calls, at)? {
        calls.cx.apply(&UNREAD_RESET);
        book_unread(calls, at, Gone::ApplicationStopped);
        return abort(calls, at).map(|()| Return::Done);
    }
    if linger == Linger::Abort && linger::aborts(calls, at)? {
        let Phase::Open(conn) = &calls.table[at].phase else { return Ok(Return::Done) };
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
    let lingers = matches!(linger, Linger::Seconds(_)) && linger::is_option(calls)?;
    let waits = match patience {
        Patience::AsLingerSays => lingers,
        Patience::NonBlocking if lingers => linger::waits_all_the_same(calls)?,
        Patience::NonBlocking | Patience::None => false,
    };
    let sock = &mut calls.table[at];
    sock.shut = Shut::BOTH;
    if !waits {
        sock.owner = Owner::Orphaned;
    }
    finish_sending(calls, at)?;
    if waits && !super::ready(calls.table, Wait::Lingered(fd), 0) {
        return Ok(Return::Would(Wait::Lingered(fd)));
    }
    let at = if waits { find(calls.table, fd).unwrap_or(at) } else { at };
    let unfinished = linger::unfinished(&calls.table[at]);
    orphaned(calls, at)?;
    if patience == Patience::NonBlocking && lingers && unfinished {
        return linger::told(calls);
    }
    Ok(Return::Done)
}

/// Whether what lies unread turns close() into a reset.
fn unread_resets<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) -> Result<bool, Halt> {
    let sock = &calls.table[at];
    let Phase::Open(conn) = &sock.phase else { return Ok(false) };
    let stage = conn.stage;
    let readable = !conn.rcv.unread().is_empty() || sock.stale == Switch::On;
    let behind_hole = !conn.rcv.ooo.is_empty();
    let rules = &calls.rules.close;
    let resets = (readable && calls.cx.ask(rules.unread())? == OnUnread::Reset)
        || (behind_hole && calls.cx.ask(rules.hole())? == OnUnread::Reset);
    Ok(resets
        && match stage {
            Stage::SynReceived | Stage::Established | Stage::CloseWait => true,
            Stage::FinWait1 | Stage::FinWait2 | Stage::Closing | Stage::LastAck => {
                calls.cx.ask(rules.states())? != UnreadStates::BeforeOurFin
            }
        })
}

/// The descriptor of a connection that is in TIME-WAIT by itself: SO_LINGER and unread bytes may
/// still count for something.
fn in_time_wait<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) -> Result<(), Halt> {
    let (conn, linger, unread) = {
        let sock = &calls.table[at];
        (sock.conn, sock.linger, !sock.unread().is_empty())
    };
    let rest = calls.table.iter().position(|it| it.conn == conn && it.state() == State::TimeWait);
    let Some(rest) = rest else { return Ok(()) };
    let rules = calls.rules;
    let by_unread = unread
        && calls.cx.ask(rules.close.unread())? == OnUnread::Reset
        && calls.cx.ask(rules.close.states())? == UnreadStates::TimeWaitToo;
    let by_linger = linger == Linger::Abort
        && calls.cx.ask(rules.linger.abort())?.tells_in_time_wait()
        && calls.cx.ask(rules.linger.condition())? == linger::Condition::Always;
    if by_unread || by_linger {
        calls.cx.apply(if by_unread { &UNREAD_RESET } else { &LINGER_ABORT });
        let sock = &mut calls.table[rest];
        output::abort(calls.cx, sock)?;
        timer::close(calls.cx, sock, Cause::ResetByUs);
    }
    Ok(())
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
    // What came while close() waited.
    book_unread(calls, at, Gone::ApplicationStopped);
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
    for at in 0..calls.table.len() {
        let sock = &calls.table[at];
        if sock.owner != Owner::Queued {
            continue;
        }
        let complete = !matches!(sock.phase, Phase::Opening(_));
        match calls.cx.ask(calls.rules.close.unaccepted())? {
            OnUnaccepted::Reset if !complete => {}
            OnUnaccepted::Reset | OnUnaccepted::ResetAll => {
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
    if in_time {
        return orphaned(calls, at).map(|()| Return::Done);
    }
    match calls.cx.ask(calls.rules.linger.expiry())? {
        Expiry::Silent => orphaned(calls, at).map(|()| Return::Done),
        Expiry::WouldBlock => orphaned(calls, at).map(|()| Return::Error(Errno::Again)),
        Expiry::Reset => {
            calls.cx.apply(&LINGER_OVER);
            abort(calls, at).map(|()| Return::Done)
        }
    }
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
