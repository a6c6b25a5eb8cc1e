//! What may be sent now, and the form of everything that is sent.
//!
//! Segmentation: full segments while there are any, then the rest, if Nagle, the peer's window and
//! the congestion window allow. The FIN rides on the last unsent segment where the stack puts it
//! there. A segment is sent whole or not at all (RFC 9293 3.8.6.2.1, sender's silly window).

mod acks;
mod form;
mod repair;

pub(crate) use acks::{
    Limit, ack_now, limited_ack, offer, pay_ack, promise, refresh, room, spend, syn_offer,
};
pub(crate) use form::{abort, bare_reset, reset_reply, send_opening, send_syn_ack};
pub(crate) use repair::{probe, probe_tail, resend_first};

use super::cx::{Cx, NoteSink};
use super::rule::Rule;
use super::sock::{Off, On, Phase, Sock};
use super::timer::{self, Timer};
use super::tuning::Switchable;
use super::{Conn, Fin};
use crate::answer::Halt;
use crate::questions;
use crate::wire::{ConnId, Flags, Span};
use form::stamped;
use repair::resend_lost;

questions! {
    /// Questions of sending.
    OutputRules {
        /// Which short segments Nagle's algorithm holds back.
        nagle: NagleRule = "output.nagle",
        /// What is sent where a whole segment never fits the peer's window.
        small_window: SmallWindow = "output.small_window",
        /// Where the FIN goes.
        fin: FinPlace = "output.fin",
        /// Whether ACKs repeat a FIN that is not acknowledged.
        fin_again: FinAgain = "output.fin_again",
        /// Whether a retransmission takes in what follows.
        resend: Resend = "output.resend",
        /// Sequence number of a RST that aborts.
        abort_seq: AbortSeq = "output.abort_seq",
        /// Whether that RST carries an ACK.
        abort_ack: AbortAck = "output.abort_ack",
        /// The window in it.
        abort_wnd: AbortWnd = "output.abort_wnd",
        /// Whether a RST that answers a segment carries an ACK.
        reply: ReplyAck = "output.reply",
        /// When reading opens the window enough to say so.
        update: WindowUpdate = "output.window_update",
        /// How the window on offer follows the free buffer.
        offer: Offered = "output.offer",
    }
}

/// Which short segments Nagle's algorithm holds back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NagleRule {
    /// While anything is unacknowledged (RFC 9293 3.7.4).
    Classic,
    /// While a short segment is unacknowledged (Minshall).
    Minshall,
    /// While anything was unacknowledged before what goes out now: a write that is longer than a
    /// segment goes out as a whole.
    ClassicBefore,
}

/// What is sent where a whole segment does not fit the peer's window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmallWindow {
    /// Segments are cut to half of the largest window ever offered, the whole of a tiny one.
    HalfMss,
    /// What fits, where it is at least half of the largest window ever offered (RFC 9293
    /// 3.8.6.2.1).
    HalfWindow,
    /// What fits, however little.
    WhatFits,
}

/// Where the FIN goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinPlace {
    /// On the last segment, if that is not sent yet; else on its own.
    UnsentTail,
    /// Always on its own.
    Own,
    /// On its own, once everything before it is acknowledged.
    AfterAllAcked,
    /// On the last segment, as the first; and it needs no room in the peer's window.
    TailBeyondWindow,
}

/// Whether an ACK repeats a FIN that is not acknowledged yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinAgain {
    /// It is an ACK with SND.NXT and nothing else.
    Bare,
    /// The FIN goes out again with it, but for challenge ACKs.
    OnEveryAck,
}

/// Whether a retransmission takes in what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resend {
    /// Whole segments that follow and fit are merged into it.
    Merge,
    /// As it was sent.
    AsSent,
    /// They are, and when the timer fires all that was in flight goes out again at once.
    Everything,
}

/// Sequence number of a RST that aborts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbortSeq {
    /// SND.NXT.
    Next,
    /// SND.NXT, but not beyond the peer's window.
    Capped,
}

/// Whether a RST that aborts carries an ACK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbortAck {
    /// RST alone.
    Bare,
    /// RST and ACK of RCV.NXT.
    Acked,
}

/// The window in a RST that aborts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbortWnd {
    /// As in any segment.
    Usual,
    /// 0.
    Zero,
}

/// Whether a RST that answers a segment carries an ACK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyAck {
    /// Where the segment had none (RFC 9293 3.10.7.1).
    WhereNone,
    /// Always.
    Always,
    /// Where it was a SYN without ACK; else there is none, and the number is 0.
    WhereSyn,
}

/// When reading opens the window enough to say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowUpdate {
    /// The window has at least doubled from at most half of the buffer.
    Doubled,
    /// By two segments or half of the buffer.
    TwoSegments,
    /// By two segments that are a quarter of the buffer, or follow a window of an eighth of it at
    /// most, or come with a buffer of eight segments at most; or by half of the buffer.
    Quarter,
}

/// How the window on offer follows the free buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// Its right edge moves by a segment at least (RFC 9293 3.8.6.2.2); a FIN takes room.
    Segments,
    /// It is what is free, in every segment; text behind a hole and a FIN take none of it.
    Space,
    /// The same, but only a segment opens it, and nothing is too little to be said.
    Free,
}

/// Whether Nagle's algorithm has a say in this transmission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nagle {
    /// As the socket's options say.
    Asked,
    /// Not: a FIN pushes out what is before it.
    Waived,
}

pub(crate) static DATA: Rule = Rule::new(
    "output.data",
    "9293 3.10.2",
    "text goes out in full segments while both windows allow",
);
pub(crate) static NAGLE: Rule = Rule::new(
    "output.nagle",
    "9293 3.7.4",
    "a short segment waits while what was sent before is unacknowledged",
);
pub(crate) static FIN: Rule =
    Rule::new("output.fin", "9293 3.10.4", "the FIN follows the last byte");
pub(crate) static ABORT: Rule =
    Rule::new("output.abort", "9293 3.10.5", "an abort tells the peer with a RST");

/// A number as an offset of the stream.
pub(crate) fn offset(number: u32) -> u32 {
    number.saturating_sub(1)
}

/// Numbers as offsets of the stream: the first byte has number 1 and offset 0.
pub(crate) fn offsets(numbers: Span) -> Span {
    Span::new(numbers.start.saturating_sub(1), numbers.end.saturating_sub(1))
}

/// What the send queue holds, as offsets.
pub(crate) fn held(conn: &Conn) -> Span {
    offsets(Span::new(conn.snd.una.max(1), conn.snd.end))
}

/// Sends everything that may go now, then sees to the timers.
pub(crate) fn transmit<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    nagle: Nagle,
) -> Result<(), Halt> {
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    let before = if conn.snd.all_acked() { Before::Idle } else { Before::InFlight };
    let short = match (nagle, cx.tuning.controls.corked, sock.nodelay) {
        (Nagle::Asked, Switchable::On, On | Off) => Short::Waits,
        (Nagle::Asked, Switchable::Off, Off) => Short::Asks(before),
        (Nagle::Asked, Switchable::Off, On) | (_, Switchable::On | Switchable::Off, On | Off) => {
            Short::Goes
        }
    };
    let mut moved = resend_lost(cx, sock.conn, conn, sock.rcv_buf)?;
    while let Some((len, fin)) = next_segment(cx, conn, short)? {
        send_new(cx, sock.conn, conn, sock.rcv_buf, (len, fin))?;
        moved = Moved::Yes;
    }
    if moved == Moved::Yes {
        cx.disarm(&mut sock.timers, sock.conn, Timer::DelayedAck);
    }
    after_sending(cx, sock);
    if timer::rare::watches(cx) {
        let sent = match moved {
            Moved::Yes => timer::rare::Sent::Something,
            Moved::No => timer::rare::Sent::Nothing,
        };
        timer::rare::after_sending(cx, sock, sent);
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    No,
    Yes,
}

/// Whether anything was unacknowledged before this transmission.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Idle,
    InFlight,
}

/// What becomes of a short segment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Short {
    /// It goes.
    Goes,
    /// Nagle's algorithm has a say; it may ask what was before.
    Asks(Before),
    /// The application says that more will follow.
    Waits,
}

/// The next new segment: how much text, and whether the FIN is on it.
fn next_segment<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    conn: &Conn,
    short: Short,
) -> Result<Option<(u32, Flags)>, Halt> {
    let snd = &conn.snd;
    if snd.nxt >= snd.limit() || snd.in_flight(u32::from(conn.mss)) >= snd.cwnd {
        return Ok(None);
    }
    let mss = cut_to_window(cx, conn)?;
    let len = snd.unsent().min(mss);
    let last = len == snd.unsent();
    let mut fin_rides = last && snd.fin == Fin::Queued;
    if fin_rides && (len > 0 || !snd.all_acked()) {
        fin_rides = match cx.ask(cx.rules.output.fin())? {
            FinPlace::UnsentTail | FinPlace::TailBeyondWindow => true,
            FinPlace::Own => len == 0,
            FinPlace::AfterAllAcked => false,
        };
        if len == 0 && !fin_rides {
            return Ok(None);
        }
    }
    let flags = if fin_rides { Flags::FIN } else { Flags::NONE };
    let end = snd.nxt + len + u32::from(fin_rides && fin_needs_room(cx));
    if end > snd.edge().max(snd.nxt) {
        return Ok(None);
    }
    let cut = len < mss || len < u32::from(conn.mss) && fits_any(cx);
    if cut && !fin_rides {
        let held_back = match short {
            Short::Goes => false,
            Short::Waits => true,
            Short::Asks(_) if snd.all_acked() => false,
            Short::Asks(before) => match cx.ask(cx.rules.output.nagle())? {
                NagleRule::Classic => true,
                NagleRule::Minshall => snd.small > snd.una,
                NagleRule::ClassicBefore => before == Before::InFlight,
            },
        };
        if held_back {
            cx.apply(&NAGLE);
            return Ok(None);
        }
    }
    Ok(Some((len, flags)))
}

/// Whether the FIN's number has to be in the peer's window. Looked up without a note, as below.
fn fin_needs_room<S: NoteSink>(cx: &Cx<'_, S>) -> bool {
    cx.rules.output.fin.value() != Some(FinPlace::TailBeyondWindow)
}

/// Whether any window will do. Looked up without a note: every segment asks.
fn fits_any<S: NoteSink>(cx: &Cx<'_, S>) -> bool {
    cx.rules.output.small_window.value() == Some(SmallWindow::WhatFits)
}

/// The largest text that is sent now: MSS, or less where the peer's window is that small.
fn cut_to_window<S: NoteSink>(cx: &mut Cx<'_, S>, conn: &Conn) -> Result<u32, Halt> {
    /// Below it a window is taken as a whole; and no segment is cut shorter than the other.
    const TINY: (u32, u32) = (536, 28);
    let (mss, largest) = (u32::from(conn.mss), conn.snd.largest);
    if largest >= mss.saturating_mul(2) && !fits_any(cx) {
        return Ok(mss);
    }
    let room = conn.snd.edge().saturating_sub(conn.snd.nxt);
    Ok(match cx.ask(cx.rules.output.small_window())? {
        SmallWindow::HalfMss => {
            let cut = if largest > TINY.0 { largest / 2 } else { largest };
            if cut > 0 && mss > cut { cut.max(TINY.1.min(mss)) } else { mss }
        }
        SmallWindow::WhatFits if room > 0 => mss.min(room),
        SmallWindow::WhatFits => mss,
        SmallWindow::HalfWindow => {
            if room > 0 && room >= largest / 2 {
                mss.min(room)
            } else {
                mss
            }
        }
    })
}

fn send_new<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    id: ConnId,
    conn: &mut Conn,
    rcv_buf: Option<u32>,
    (len, flags): (u32, Flags),
) -> Result<(), Halt> {
    cx.apply(if len > 0 { &DATA } else { &FIN });
    let start = conn.snd.nxt;
    conn.snd.nxt += len + u32::from(flags.fin());
    if flags.fin() {
        conn.snd.fin = Fin::Sent;
    }
    if len < u32::from(conn.mss) {
        conn.snd.cuts.push(conn.snd.nxt);
        if len > 0 {
            conn.snd.small = conn.snd.nxt;
        }
    }
    if len > 0 && conn.rcv.nxt > 1 && cx.tuning.controls.unprompted == Switchable::Off {
        conn.rcv.acks.interactive = On;
    }
    let text = Span::new(start, start + len);
    let segment = stamped(cx, id, conn, rcv_buf, (start, text, flags));
    cx.send(segment)
}

/// Arms what watches over what was sent, and over what could not be.
pub(crate) fn after_sending<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) {
    let Phase::Open(conn) = &sock.phase else { return };
    let wait = timer::rto(cx, conn.snd.backoff);
    let (flying, waiting) = (!conn.snd.all_acked(), conn.snd.nxt < conn.snd.limit());
    if flying {
        cx.disarm(&mut sock.timers, sock.conn, Timer::Persist);
        if !sock.timers.contains(Timer::Retransmit) {
            cx.arm(&mut sock.timers, sock.conn, Timer::Retransmit, wait);
        }
    } else {
        cx.disarm(&mut sock.timers, sock.conn, Timer::Retransmit);
        if !waiting {
            cx.disarm(&mut sock.timers, sock.conn, Timer::Persist);
        } else if !sock.timers.contains(Timer::Persist) {
            cx.arm(&mut sock.timers, sock.conn, Timer::Persist, wait);
        }
    }
}
