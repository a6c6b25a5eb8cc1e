//! RFC 9293 3.10.7.4, seventh: the segment text, and a FIN behind it as far as queueing goes.
//!
//! Data for an application that has closed is where half of all resets come from.

use super::super::cx::{Cx, NoteSink, Whose};
use super::super::memory::Admits;
use super::super::recv::Released;
use super::super::rule::{PRACTICE, Rule};
use super::super::sock::{By, Off, Phase, Sock, Stage};
use super::super::{Conn, Gone, Owed, output};
use super::{Arrival, Flow, reset};
use crate::answer::{Halt, Which};
use crate::questions;
use crate::wire::{Span, span_insert};

questions! {
    /// Questions of arriving data.
    TextRules {
        /// New data in FIN-WAIT-1 or -2 of a connection nobody holds.
        orphan: LateData = "text.orphan",
        /// The same where a descriptor is still open, but both directions are shut.
        both_shut: LateData = "text.both_shut",
        /// New data after SHUT_RD alone.
        read_shut: ReadShut = "text.read_shut",
        /// Data after the peer's own FIN.
        after_fin: AfterFin = "text.after_fin",
        /// Whether data behind a hole counts as new.
        scope: LateScope = "text.scope",
        /// The RST that new data draws.
        form: LateForm = "text.form",
        /// What that RST makes pending for who holds the socket.
        error: LateError = "text.error",
    }
}

/// New data that nobody will read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateData {
    /// Ends the connection with a RST (RFC 9293 3.6.1).
    Reset,
    /// Is acknowledged and thrown away.
    Discard,
    /// Is taken as ever, up to the window.
    Queue,
}

/// New data after SHUT_RD alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadShut {
    /// Is queued and readable all the same.
    Queue,
    /// Is acknowledged and thrown away.
    Discard,
    /// Ends the connection with a RST.
    Reset,
}

/// Data after the peer's own FIN (CLOSE-WAIT, CLOSING, LAST-ACK).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFin {
    /// Ignored; what overlaps the FIN's number ends the connection.
    OverlapResets,
    /// What begins at the next number or before ends the connection in CLOSING and LAST-ACK; the
    /// rest is ignored.
    NextResets,
    /// Ends a connection nobody holds; else ignored.
    OrphanResets,
    /// Ends the connection, whoever holds it.
    AnyResets,
    /// Ignored (RFC 9293).
    Ignored,
}

/// Whether data behind a hole counts as new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateScope {
    /// It does.
    Any,
    /// Only data that comes in order does; the rest waits for what is missing.
    InOrder,
}

/// The RST that new data draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateForm {
    /// The answer to that segment: its own ACK as number (RFC 9293 3.10.7.1).
    Reply,
    /// As in an abort.
    AsAbort,
    /// SND.NXT, without ACK.
    BareNext,
}

/// What a RST of this side makes pending for who holds the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateError {
    /// The same as a RST of the peer's.
    AsByPeer,
    /// ECONNRESET, whatever the state.
    Reset,
    /// ECONNABORTED.
    Aborted,
    /// Nothing.
    Nothing,
}

pub(crate) static LATE_RESET: Rule = Rule::new(
    "text.late_reset",
    "9293 3.6.1",
    "new data for an application that has closed draws a RST and ends the connection",
);
pub(crate) static OVERLAP_RESET: Rule = Rule::new(
    "text.overlap_reset",
    PRACTICE,
    "data that overlaps the number of the peer's own FIN draws a RST and ends the connection",
);
pub(crate) static DISCARD: Rule = Rule::new(
    "text.discard",
    PRACTICE,
    "new data that nobody will read is acknowledged and thrown away",
);
pub(crate) static AFTER_FIN: Rule = Rule::new(
    "text.after_fin",
    "9293 3.10.7.4 seventh",
    "data after the peer's FIN should not occur and is ignored",
);
pub(crate) static QUEUE: Rule =
    Rule::new("text.queue", "9293 3.10.7.4 seventh", "text in order becomes readable");
pub(crate) static HOLE: Rule = Rule::new(
    "text.hole",
    "9293 3.10.7.4 first",
    "text behind a hole waits, and draws an ACK of what is missing",
);
pub(crate) static REPEAT: Rule = Rule::new(
    "text.repeat",
    "9293 3.10.7.4 seventh",
    "text that was received before, or that finds no room, draws an ACK",
);

/// What to do with text, decided before anything is done.
enum Plan {
    Queue,
    Discard,
    Unread,
    Ignore,
    Reset(&'static Rule),
}

/// New text for a connection whose application can no longer read it.
pub(super) fn is_late(sock: &Sock, arrival: &Arrival<'_>) -> bool {
    let Phase::Open(conn) = &sock.phase else { return false };
    arrival.end > arrival.seq && arrival.text_end() > i64::from(conn.rcv.nxt)
}

pub(super) fn take<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<Flow, Halt> {
    if arrival.segment.is_empty() || !matches!(sock.phase, Phase::Open(_)) {
        return Ok(Flow::Next);
    }
    match plan(cx, sock, arrival)? {
        Plan::Ignore => {
            cx.apply(&AFTER_FIN);
            Ok(Flow::Next)
        }
        Plan::Reset(rule) => {
            cx.apply(rule);
            let text = arrival.segment.text;
            cx.gone(sock.conn, Whose::Theirs, text, Gone::DeadSocket);
            reset_for(cx, sock, arrival)?;
            Ok(Flow::Done)
        }
        Plan::Unread => {
            // Nobody will read it: it is gone as soon as the socket is.
            let text = arrival.segment.text;
            cx.gone(sock.conn, Whose::Theirs, text, Gone::DeadSocket);
            queue(cx, sock, arrival, Keep::Readable)
        }
        Plan::Queue => queue(cx, sock, arrival, Keep::Readable),
        Plan::Discard => queue(cx, sock, arrival, Keep::Nothing),
    }
}

/// The RST for data that came too late, and the end of the connection.
fn reset_for<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<(), Halt> {
    match cx.ask(cx.rules.arrive.text.form())? {
        LateForm::Reply => {
            reset::take(cx, sock, By::Us)?;
            output::reset_reply(cx, arrival.segment)
        }
        LateForm::AsAbort => {
            output::abort(cx, sock)?;
            reset::take(cx, sock, By::Us)
        }
        LateForm::BareNext => {
            output::bare_reset(cx, sock)?;
            reset::take(cx, sock, By::Us)
        }
    }
}

fn plan<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &Sock, arrival: &Arrival<'_>) -> Result<Plan, Halt> {
    let Phase::Open(conn) = &sock.phase else { return Ok(Plan::Ignore) };
    let rules = &cx.rules.arrive.text;
    let late = is_late(sock, arrival);
    let orphan = sock.owner.is_orphan();
    match conn.stage {
        Stage::CloseWait | Stage::Closing | Stage::LastAck => {
            if !late && arrival.seq < i64::from(conn.rcv.nxt) {
                return Ok(Plan::Queue);
            }
            after_fin(cx, sock, conn, arrival)
        }
        Stage::FinWait1 | Stage::FinWait2 if late && (orphan || sock.shut.rd()) => {
            let asked = if orphan { rules.orphan() } else { rules.both_shut() };
            match cx.ask(asked)? {
                LateData::Reset => reset_now(cx, conn, arrival),
                LateData::Discard => Ok(Plan::Discard),
                LateData::Queue if orphan => Ok(Plan::Unread),
                LateData::Queue => Ok(Plan::Queue),
            }
        }
        Stage::SynReceived | Stage::Established if late && sock.shut.rd() => {
            match cx.ask(rules.read_shut())? {
                ReadShut::Queue => Ok(Plan::Queue),
                ReadShut::Discard => Ok(Plan::Discard),
                ReadShut::Reset => reset_now(cx, conn, arrival),
            }
        }
        Stage::SynReceived | Stage::Established | Stage::FinWait1 | Stage::FinWait2 => {
            Ok(Plan::Queue)
        }
    }
}

/// Text beyond the peer's FIN, or over its number.
fn after_fin<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &Sock,
    conn: &Conn,
    arrival: &Arrival<'_>,
) -> Result<Plan, Halt> {
    let (late, nxt) = (is_late(sock, arrival), i64::from(conn.rcv.nxt));
    let closes = matches!(conn.stage, Stage::Closing | Stage::LastAck);
    Ok(match cx.ask(cx.rules.arrive.text.after_fin())? {
        AfterFin::OverlapResets if arrival.seq < nxt => Plan::Reset(&OVERLAP_RESET),
        AfterFin::NextResets if closes && late && arrival.seq <= nxt => Plan::Reset(&LATE_RESET),
        AfterFin::OrphanResets if sock.owner.is_orphan() && late => Plan::Reset(&LATE_RESET),
        AfterFin::AnyResets if late => Plan::Reset(&LATE_RESET),
        AfterFin::OverlapResets
        | AfterFin::NextResets
        | AfterFin::OrphanResets
        | AfterFin::AnyResets
        | AfterFin::Ignored => Plan::Ignore,
    })
}

/// A RST for new data; where only data in order counts, what lies behind a hole waits there.
fn reset_now<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    conn: &Conn,
    arrival: &Arrival<'_>,
) -> Result<Plan, Halt> {
    if arrival.seq <= i64::from(conn.rcv.nxt) {
        return Ok(Plan::Reset(&LATE_RESET));
    }
    Ok(match cx.ask(cx.rules.arrive.text.scope())? {
        LateScope::Any => Plan::Reset(&LATE_RESET),
        LateScope::InOrder => Plan::Queue,
    })
}

/// Whether accepted text can be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Readable,
    Nothing,
}

fn queue<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
    keep: Keep,
) -> Result<Flow, Halt> {
    let Phase::Open(conn) = &mut sock.phase else { return Ok(Flow::Done) };
    let rcv = &mut conn.rcv;
    let (nxt, right) = (i64::from(rcv.nxt), i64::from(rcv.nxt) + i64::from(rcv.wnd()));
    let has_text = arrival.text_end() > arrival.seq;
    let no_room = right == nxt && has_text;
    rcv.acks.owed = Owed::Usual;
    if arrival.end <= nxt || arrival.seq > right || no_room || (arrival.seq == right && has_text) {
        cx.apply(&REPEAT);
        // The peer seems to miss ACKs: no delay for this one and the next ones.
        rcv.acks.owed = Owed::Now;
        rcv.hurry_acks();
        rcv.acks.interactive = Off;
        return Ok(Flow::Next);
    }
    let too_far = Halt::Limit(Which::Bytes);
    let text_end = u32::try_from(arrival.text_end()).map_err(|_| too_far)?;
    if text_end >= 1 << 31 {
        return Err(too_far);
    }
    if arrival.segment.flags.fin() && rcv.fin == Off {
        rcv.ooo_fin = text_end;
    }
    let start = u32::try_from(arrival.seq.max(nxt)).map_err(|_| too_far)?;
    if start > rcv.nxt {
        cx.apply(&HOLE);
        rcv.acks.owed = Owed::Now;
        span_insert(&mut rcv.ooo, Span::new(start, text_end));
        rcv.hold_beyond(cx.tuning, [start, text_end]);
        return Ok(Flow::Next);
    }
    if !has_text && rcv.admits(cx.tuning.controls.memory.as_ref()) == Admits::ForOnce {
        rcv.acks.owed = Owed::Now;
    }
    cx.apply(if keep == Keep::Readable { &QUEUE } else { &DISCARD });
    rcv.hold(&cx.tuning.controls, [u32::try_from(arrival.seq).unwrap_or(start), text_end]);
    rcv.nxt = rcv.nxt.max(text_end);
    if arrival.segment.flags.fin() {
        // What pretended to follow it is dropped.
        rcv.drop_beyond();
    }
    if rcv.release() == Released::Some {
        // RFC 5681 4.2: what fills a hole is acknowledged at once.
        rcv.acks.owed = Owed::Now;
    }
    if let Some(memory) = &mut rcv.memory {
        memory.join(rcv.nxt);
    }
    if keep == Keep::Nothing {
        // What was readable before goes with it: the queue has no hole in the middle.
        let thrown = output::offsets(Span::new(rcv.read, rcv.nxt));
        rcv.read_up_to(rcv.nxt);
        cx.gone(sock.conn, Whose::Theirs, thrown, Gone::DiscardedAfterShutRd);
    }
    Ok(Flow::Next)
}
