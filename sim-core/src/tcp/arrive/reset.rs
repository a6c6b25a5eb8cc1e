//! RFC 9293 3.10.7.4, second: the RST bit, with RFC 5961.
//!
//! Which RSTs are taken, and what taking one destroys: this file decides most races.

use super::super::cx::{Cx, NoteSink, Whose};
use super::super::rule::{PRACTICE, Rule};
use super::super::sock::{By, Cause, Closed, On, Phase, Sock, Stage};
use super::super::tuning::Switchable;
use super::super::{Conn, Errno, Gone, Owner, output, timer};
use super::sequence::WindowTest;
use super::text::LateError;
use super::{Arrival, Flow, sequence};
use crate::answer::Halt;
use crate::questions;
use crate::wire::Span;

questions! {
    /// Questions of a RST that arrives.
    ResetRules {
        /// Which numbers are taken.
        accept: Accept = "reset.accept",
        /// What "exact" is measured from.
        anchor: Anchor = "reset.anchor",
        /// One number less, after the peer's FIN.
        after_fin: AfterFin = "reset.after_fin",
        /// One number more.
        one_more: OneMore = "reset.one_more",
        /// Where SACK is on, the end of what lies behind a hole.
        hole: Hole = "reset.hole",
        /// In the window, but not exact.
        miss: Miss = "reset.miss",
        /// Delivered bytes nobody has read.
        receive_queue: ReceiveQueue = "reset.receive_queue",
        /// The error in SYN-RECEIVED of a connection that was begun here.
        error_opening: OpeningError = "reset.error_opening",
        /// The error in CLOSE-WAIT.
        error_close_wait: AfterFinError = "reset.error_close_wait",
        /// The error in CLOSING and LAST-ACK.
        error_closing: AfterFinError = "reset.error_closing",
    }
}

/// Which numbers a RST may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    /// The exact one (RFC 5961).
    Exact,
    /// Any in the window (RFC 793).
    Window,
}

/// What "exact" is measured from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// RCV.NXT; the window is that of the sequence check.
    Next,
    /// The last ACK sent: a delayed ACK makes an honest RST miss. The window is measured from
    /// there as well, so that a small one leaves RCV.NXT outside.
    LastAck,
    /// RCV.NXT, or the last ACK sent.
    Either,
}

/// Whether a RST with the number of the peer's FIN itself is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFin {
    /// It is.
    FinNumberToo,
    /// One less than the last ACK sent is, once either side has sent its FIN, or while the window
    /// is closed.
    BeforeLastAck,
    /// It is not.
    NextOnly,
}

/// A RST with the number after the exact one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OneMore {
    /// Is exact.
    Taken,
    /// Is not.
    Missed,
}

/// A RST with the number at which everything received ends, behind a hole that SACK has reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole {
    /// Is exact: the peer has counted on what it was told.
    EndIsExact,
    /// Is not.
    NextOnly,
}

/// A RST in the window that is not exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    /// Draws a challenge ACK.
    Challenge,
    /// Is dropped.
    Drop,
}

/// Delivered bytes nobody has read when a RST is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiveQueue {
    /// Stay readable; the error comes after them.
    Keep,
    /// Are thrown away.
    Flush,
    /// Stay readable until the application writes; that throws them away.
    FlushOnWrite,
}

/// What a RST makes pending in SYN-RECEIVED after a simultaneous open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpeningError {
    /// ECONNREFUSED.
    Refused,
    /// ECONNRESET.
    Reset,
}

/// What a RST makes pending after the peer's FIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFinError {
    /// ECONNRESET.
    Reset,
    /// EPIPE.
    Pipe,
    /// Nothing.
    Nothing,
}

pub(crate) static EXACT: Rule = Rule::new(
    "reset.exact",
    "9293 3.10.7.4 second",
    "a RST with the exact number ends the connection",
);
pub(crate) static IN_WINDOW: Rule =
    Rule::new("reset.in_window", "793 3.4", "a RST anywhere in the window ends the connection");
pub(crate) static CHALLENGE: Rule = Rule::new(
    "reset.challenge",
    "5961 3.2",
    "a RST in the window that is not exact draws a challenge ACK",
);
pub(crate) static DROPPED: Rule =
    Rule::new("reset.dropped", "9293 3.10.7.4 second", "any other RST is dropped in silence");
pub(crate) static FLUSH: Rule = Rule::new(
    "reset.flush",
    "9293 3.10.7.4 second",
    "the RST throws away what was delivered and not read",
);
pub(crate) static KEEP: Rule =
    Rule::new("reset.keep", PRACTICE, "what was delivered before the RST stays readable");

/// What becomes of the RST.
enum Verdict {
    Taken(&'static Rule),
    Challenged,
    Dropped,
}

pub(super) fn check<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<Flow, Halt> {
    if !arrival.segment.flags.rst() {
        return Ok(Flow::Next);
    }
    let Phase::Open(conn) = &sock.phase else { return Ok(Flow::Done) };
    match judge(cx, conn, (sock.owner, sock.rcv_buf), arrival)? {
        Verdict::Taken(rule) => {
            cx.apply(rule);
            take(cx, sock, By::Peer)?;
        }
        Verdict::Challenged => {
            cx.apply(&CHALLENGE);
            output::limited_ack(cx, sock, output::Limit::Challenge)?;
        }
        Verdict::Dropped => cx.apply(&DROPPED),
    }
    Ok(Flow::Done)
}

fn judge<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    conn: &Conn,
    (owner, rcv_buf): (Owner, Option<u32>),
    arrival: &Arrival<'_>,
) -> Result<Verdict, Halt> {
    let rules = &cx.rules.arrive.reset;
    let anchor = cx.ask(rules.anchor())?;
    let window = cx.ask(cx.rules.arrive.sequence.window())?;
    let (nxt, acked) = (i64::from(conn.rcv.nxt), i64::from(conn.rcv.acked));
    let wnd = i64::from(conn.rcv.wnd());
    let within = |left: i64, right: i64| arrival.end >= left && arrival.seq <= right;
    let (exact, inside) = match (anchor, window) {
        (Anchor::Next, WindowTest::FromLastAck) => {
            (nxt, sequence::acceptable(conn, owner, window, arrival))
        }
        (Anchor::Next, WindowTest::FromNext | WindowTest::Trimmed) => {
            (nxt, within(nxt, nxt + wnd - 1))
        }
        (Anchor::LastAck, WindowTest::FromLastAck | WindowTest::FromNext | WindowTest::Trimmed) => {
            // What reading has freed since counts at once, whether the peer knows or not.
            let room = wnd.max(i64::from(output::room(cx, conn, rcv_buf)));
            (acked, within(acked, acked + room - 1))
        }
        (Anchor::Either, WindowTest::FromLastAck | WindowTest::FromNext | WindowTest::Trimmed) => {
            (nxt, within(acked, nxt + wnd - 1))
        }
    };
    if arrival.seq == exact || (arrival.seq == acked && anchor == Anchor::Either) {
        return Ok(Verdict::Taken(&EXACT));
    }
    if is_one_off(cx, conn, arrival, exact)? {
        return Ok(Verdict::Taken(&EXACT));
    }
    let selective = cx.tuning.sack == Switchable::On && conn.rcv.behind_hole() == Some(arrival.seq);
    if selective && cx.ask(rules.hole())? == Hole::EndIsExact {
        return Ok(Verdict::Taken(&EXACT));
    }
    if !inside {
        return Ok(Verdict::Dropped);
    }
    let overruled = cx.tuning.controls.insecure_rst == Switchable::On;
    if overruled || cx.ask(rules.accept())? == Accept::Window {
        return Ok(Verdict::Taken(&IN_WINDOW));
    }
    Ok(match cx.ask(rules.miss())? {
        Miss::Challenge => Verdict::Challenged,
        Miss::Drop => Verdict::Dropped,
    })
}

/// A RST whose number is next to the exact one, where that will do.
fn is_one_off<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    conn: &Conn,
    arrival: &Arrival<'_>,
    exact: i64,
) -> Result<bool, Halt> {
    let rules = &cx.rules.arrive.reset;
    let (nxt, acked) = (i64::from(conn.rcv.nxt), i64::from(conn.rcv.acked));
    if arrival.seq == exact + 1 {
        return Ok(cx.ask(rules.one_more())? == OneMore::Taken);
    }
    if arrival.seq != nxt - 1 && arrival.seq != acked - 1 {
        return Ok(false);
    }
    let (theirs, ours) = match conn.stage {
        Stage::CloseWait | Stage::Closing | Stage::LastAck => (true, true),
        Stage::FinWait1 | Stage::FinWait2 => (false, true),
        Stage::SynReceived | Stage::Established => (false, false),
    };
    let closed = conn.rcv.wnd() == 0;
    if !theirs && !ours && !closed {
        return Ok(false);
    }
    Ok(match cx.ask(rules.after_fin())? {
        AfterFin::FinNumberToo => theirs && arrival.seq == nxt - 1,
        AfterFin::BeforeLastAck => arrival.seq == acked - 1,
        AfterFin::NextOnly => false,
    })
}

/// The connection is reset, by the peer's RST or by the one this side is about to send. Nothing is
/// sent here.
pub(crate) fn take<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, by: By) -> Result<(), Halt> {
    let (cause, lost) = match by {
        By::Peer => (Cause::ResetByPeer, Gone::SendQueueReset),
        By::Us => (Cause::ResetByUs, Gone::SendQueueDiscard),
    };
    let Phase::Open(conn) = &sock.phase else { return Ok(()) };
    let stage = conn.stage;
    // Nobody is told of an orphan's end.
    let error = if sock.owner.is_orphan() { None } else { error(cx, stage, by)? };
    timer::drop_send_queue(cx, sock, lost);
    if let Some(errno) = error {
        timer::fail(cx, sock, errno);
    }
    let unread = sock.unread();
    timer::close(cx, sock, cause);
    if unread.is_empty() || sock.owner.is_orphan() {
        return Ok(());
    }
    match cx.ask(cx.rules.arrive.reset.receive_queue())? {
        ReceiveQueue::Keep | ReceiveQueue::FlushOnWrite => cx.apply(&KEEP),
        ReceiveQueue::Flush => {
            cx.apply(&FLUSH);
            flush(cx, sock, unread);
        }
    }
    Ok(())
}

/// What a reset makes pending.
fn error<S: NoteSink>(cx: &mut Cx<'_, S>, stage: Stage, by: By) -> Result<Option<Errno>, Halt> {
    if by == By::Us {
        match cx.ask(cx.rules.arrive.text.error())? {
            LateError::AsByPeer => {}
            LateError::Reset => return Ok(Some(Errno::ConnectionReset)),
            LateError::Aborted => return Ok(Some(Errno::ConnectionAborted)),
            LateError::Nothing => return Ok(None),
        }
    }
    let rules = &cx.rules.arrive.reset;
    if stage == Stage::SynReceived && by == By::Peer {
        return Ok(Some(match cx.ask(rules.error_opening())? {
            OpeningError::Refused => Errno::ConnectionRefused,
            OpeningError::Reset => Errno::ConnectionReset,
        }));
    }
    let error = match stage {
        Stage::SynReceived | Stage::Established | Stage::FinWait1 | Stage::FinWait2 => {
            AfterFinError::Reset
        }
        Stage::CloseWait => cx.ask(rules.error_close_wait())?,
        Stage::Closing | Stage::LastAck => cx.ask(rules.error_closing())?,
    };
    Ok(match error {
        AfterFinError::Reset => Some(Errno::ConnectionReset),
        AfterFinError::Pipe => Some(Errno::BrokenPipe),
        AfterFinError::Nothing => None,
    })
}

/// What was delivered and not read is thrown away.
pub(crate) fn flush<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, unread: Span) {
    cx.gone(sock.conn, Whose::Theirs, output::offsets(unread), Gone::ReceiveQueueFlush);
    if let Phase::Closed(Closed { cause: _, unread, eof }) = &mut sock.phase {
        *unread = Span::new(unread.start, unread.start);
        // After the flush only the error is left to tell; an EOF before it would be a lie.
        if *eof == On && sock.error.is_some() {
            *eof = super::super::sock::Off;
        }
    }
}
