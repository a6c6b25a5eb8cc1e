//! RFC 9293 3.10.7.4, second: the RST bit, with RFC 5961.
//!
//! Which RSTs are taken, and what taking one destroys: this file decides most races.

use super::super::cx::{Cx, NoteSink, Whose};
use super::super::rule::{PRACTICE, Rule};
use super::super::sock::{By, Cause, Closed, On, Phase, Sock, Stage};
use super::super::tuning::Switchable;
use super::super::{Conn, Errno, Gone, Owner, output, timer};
use super::sequence::WindowTest;
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
        /// Where SACK is on, the end of what lies behind a hole.
        hole: Hole = "reset.hole",
        /// In the window, but not exact.
        miss: Miss = "reset.miss",
        /// Delivered bytes nobody has read.
        receive_queue: ReceiveQueue = "reset.receive_queue",
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
    /// The last ACK sent: a delayed ACK makes an honest RST miss.
    LastAck,
}

/// Whether a RST with the number of the peer's FIN itself is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFin {
    /// It is.
    FinNumberToo,
    /// It is not.
    NextOnly,
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
    match judge(cx, conn, sock.owner, arrival)? {
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
    owner: Owner,
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
            (acked, within(acked, acked + wnd - 1))
        }
    };
    if arrival.seq == exact {
        return Ok(Verdict::Taken(&EXACT));
    }
    let fin_seen = match conn.stage {
        Stage::CloseWait | Stage::Closing | Stage::LastAck => true,
        Stage::SynReceived | Stage::Established | Stage::FinWait1 | Stage::FinWait2 => false,
    };
    if fin_seen && arrival.seq == nxt - 1 && cx.ask(rules.after_fin())? == AfterFin::FinNumberToo {
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

/// The connection is reset, by the peer's RST or by the one this side is about to send. Nothing is
/// sent here.
pub(crate) fn take<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, by: By) -> Result<(), Halt> {
    let (cause, lost) = match by {
        By::Peer => (Cause::ResetByPeer, Gone::SendQueueReset),
        By::Us => (Cause::ResetByUs, Gone::SendQueueDiscard),
    };
    let Phase::Open(conn) = &sock.phase else { return Ok(()) };
    let rules = &cx.rules.arrive.reset;
    let error = match conn.stage {
        Stage::SynReceived | Stage::Established | Stage::FinWait1 | Stage::FinWait2 => {
            AfterFinError::Reset
        }
        Stage::CloseWait => cx.ask(rules.error_close_wait())?,
        Stage::Closing | Stage::LastAck => cx.ask(rules.error_closing())?,
    };
    timer::drop_send_queue(cx, sock, lost);
    match error {
        AfterFinError::Reset => timer::fail(cx, sock, Errno::ConnectionReset),
        AfterFinError::Pipe => timer::fail(cx, sock, Errno::BrokenPipe),
        AfterFinError::Nothing => {}
    }
    let unread = sock.unread();
    timer::close(cx, sock, cause);
    if unread.is_empty() || sock.owner.is_orphan() {
        return Ok(());
    }
    match cx.ask(rules.receive_queue())? {
        ReceiveQueue::Keep => cx.apply(&KEEP),
        ReceiveQueue::Flush => {
            cx.apply(&FLUSH);
            flush(cx, sock, unread);
        }
    }
    Ok(())
}

fn flush<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, unread: Span) {
    cx.gone(sock.conn, Whose::Theirs, output::offsets(unread), Gone::ReceiveQueueFlush);
    if let Phase::Closed(Closed { cause: _, unread, eof }) = &mut sock.phase {
        *unread = Span::new(unread.start, unread.start);
        // After the flush only the error is left to tell; an EOF before it would be a lie.
        if *eof == On && sock.error.is_some() {
            *eof = super::super::sock::Off;
        }
    }
}
