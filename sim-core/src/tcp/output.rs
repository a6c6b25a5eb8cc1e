//! What may be sent now, and the form of everything that is sent.
//!
//! Segmentation: full segments while there are any, then the rest, if Nagle, the peer's window and
//! the congestion window allow. The FIN rides on the last unsent segment where the stack puts it
//! there. A segment is sent whole or not at all (RFC 9293 3.8.6.2.1, sender's silly window).

use super::cx::{Cx, NoteSink};
use super::recv::Acks;
use super::rule::Rule;
use super::sock::{Off, On, Opening, Phase, Sock, Waiting};
use super::timer::{self, Timer};
use super::tuning::AckPolicy;
use super::{Conn, Fin, Repair};
use crate::answer::Halt;
use crate::questions;
use crate::wire::{ConnId, Due, Flags, Segment, Seq, Span};

questions! {
    /// Questions of sending.
    OutputRules {
        /// Which short segments Nagle's algorithm holds back.
        nagle: NagleRule = "output.nagle",
        /// Where the FIN goes.
        fin: FinPlace = "output.fin",
        /// Whether a retransmission takes in what follows.
        resend: Resend = "output.resend",
        /// Sequence number of a RST that aborts.
        abort_seq: AbortSeq = "output.abort_seq",
        /// Whether that RST carries an ACK.
        abort_ack: AbortAck = "output.abort_ack",
        /// The window in it.
        abort_wnd: AbortWnd = "output.abort_wnd",
        /// When reading opens the window enough to say so.
        update: WindowUpdate = "output.window_update",
    }
}

/// Which short segments Nagle's algorithm holds back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NagleRule {
    /// While anything is unacknowledged (RFC 9293 3.7.4).
    Classic,
    /// While a short segment is unacknowledged (Minshall).
    Minshall,
}

/// Where the FIN goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinPlace {
    /// On the last segment, if that is not sent yet; else on its own.
    UnsentTail,
    /// Always on its own.
    Own,
}

/// Whether a retransmission takes in what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resend {
    /// Whole segments that follow and fit are merged into it.
    Merge,
    /// As it was sent.
    AsSent,
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

/// When reading opens the window enough to say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowUpdate {
    /// The window has at least doubled from at most half of the buffer.
    Doubled,
    /// By two segments or half of the buffer.
    TwoSegments,
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
    let mut moved = resend_lost(cx, sock.conn, conn, sock.rcv_buf)?;
    while let Some((len, fin)) = next_segment(cx, conn, sock.nodelay == On, nagle)? {
        send_new(cx, sock.conn, conn, sock.rcv_buf, (len, fin))?;
        moved = Moved::Yes;
    }
    if moved == Moved::Yes {
        cx.disarm(&mut sock.timers, sock.conn, Timer::DelayedAck);
    }
    after_sending(cx, sock);
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    No,
    Yes,
}

/// The next new segment: how much text, and whether the FIN is on it.
fn next_segment<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    conn: &Conn,
    nodelay: bool,
    nagle: Nagle,
) -> Result<Option<(u32, Flags)>, Halt> {
    let snd = &conn.snd;
    let mss = u32::from(conn.mss);
    if snd.nxt >= snd.limit() || snd.in_flight(mss) >= snd.cwnd {
        return Ok(None);
    }
    let len = snd.unsent().min(mss);
    let last = len == snd.unsent();
    let fin_rides = last
        && snd.fin == Fin::Queued
        && (len == 0 || cx.ask(cx.rules.output.fin())? == FinPlace::UnsentTail);
    let flags = if fin_rides { Flags::FIN } else { Flags::NONE };
    if snd.nxt + len + u32::from(fin_rides) > snd.edge() {
        return Ok(None);
    }
    let short = len < mss && !fin_rides && nagle == Nagle::Asked && !nodelay;
    if short && !snd.all_acked() {
        let held_back = match cx.ask(cx.rules.output.nagle())? {
            NagleRule::Classic => true,
            NagleRule::Minshall => snd.small > snd.una,
        };
        if held_back {
            cx.apply(&NAGLE);
            return Ok(None);
        }
    }
    Ok(Some((len, flags)))
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
    if len > 0 && conn.rcv.nxt > 1 {
        conn.rcv.acks.interactive = On;
    }
    let text = Span::new(start, start + len);
    let segment = stamped(cx, id, conn, rcv_buf, (start, text, flags));
    cx.send(segment)
}

/// Sends again what a timeout has declared lost, as far as the congestion window goes.
fn resend_lost<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    id: ConnId,
    conn: &mut Conn,
    rcv_buf: Option<u32>,
) -> Result<Moved, Halt> {
    let mut moved = Moved::No;
    while let Repair::Timeout { next, high } = conn.snd.repair {
        let at = next.max(conn.snd.una);
        if at >= high || conn.snd.in_flight(u32::from(conn.mss)) >= conn.snd.cwnd {
            break;
        }
        let end = resend_from(cx, id, conn, rcv_buf, at)?;
        conn.snd.repair = Repair::Timeout { next: end, high: high.max(end) };
        moved = Moved::Yes;
    }
    Ok(moved)
}

/// Sends the segment at `at` again and says where it ends.
fn resend_from<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    id: ConnId,
    conn: &mut Conn,
    rcv_buf: Option<u32>,
    at: u32,
) -> Result<u32, Halt> {
    let mss = u32::from(conn.mss);
    let merge = cx.ask(cx.rules.output.resend())? == Resend::Merge;
    let boundary = |from: u32| {
        let full = conn.snd.nxt.min(from + mss);
        conn.snd.cuts.iter().copied().find(|cut| *cut > from).map_or(full, |cut| cut.min(full))
    };
    let text_end = conn.snd.end;
    let mut end = boundary(at);
    while merge && end < conn.snd.nxt {
        let further = boundary(end);
        if further.min(text_end) - at > mss {
            break;
        }
        end = further;
    }
    conn.snd.cuts.retain(|cut| *cut <= at || *cut >= end);
    let flags = if end > text_end { Flags::FIN } else { Flags::NONE };
    let text = Span::new(at, end.min(text_end).max(at));
    let segment = stamped(cx, id, conn, rcv_buf, (at, text, flags));
    cx.send(segment)?;
    Ok(end)
}

/// Sends the oldest unacknowledged segment again.
pub(crate) fn resend_first<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let rcv_buf = sock.rcv_buf;
    let id = sock.conn;
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    if conn.snd.una == 0 {
        let segment = syn_ack(cx, id, conn);
        cx.send(segment)?;
    } else if !conn.snd.all_acked() {
        let at = conn.snd.una;
        let end = resend_from(cx, id, conn, rcv_buf, at)?;
        if let Repair::Timeout { next, high } = conn.snd.repair {
            conn.snd.repair = Repair::Timeout { next: next.max(end), high };
        }
    }
    let wait = timer::rto(cx, conn.snd.backoff);
    cx.arm(&mut sock.timers, id, Timer::Retransmit, wait);
    Ok(())
}

/// The SYN-ACK of a simultaneous open.
fn syn_ack<S: NoteSink>(cx: &Cx<'_, S>, id: ConnId, conn: &Conn) -> Segment {
    Segment {
        conn: id,
        flags: Flags::SYN,
        mss: Some(cx.tuning.mss),
        seq: conn.iss,
        ack: Some(conn.theirs(conn.rcv.nxt)),
        text: Span::default(),
        wnd: conn.rcv.wnd(),
    }
}

/// Probes a closed window with a number the peer has already seen (it must answer with an ACK),
/// or with the piece of the next segment that fits.
pub(crate) fn probe<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let (id, rcv_buf) = (sock.conn, sock.rcv_buf);
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    let room = conn.snd.edge().saturating_sub(conn.snd.nxt);
    let piece = conn.snd.unsent().min(room).min(u32::from(conn.mss));
    if piece > 0 {
        send_new(cx, id, conn, rcv_buf, (piece, Flags::NONE))?;
    } else if room > 0 && conn.snd.fin == Fin::Queued && conn.snd.unsent() == 0 {
        send_new(cx, id, conn, rcv_buf, (0, Flags::FIN))?;
    } else {
        let at = conn.snd.una.saturating_sub(1);
        let segment = stamped(cx, id, conn, rcv_buf, (at, Span::new(at, at), Flags::NONE));
        cx.send(segment)?;
    }
    after_sending(cx, sock);
    Ok(())
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

/// A segment of a connection with everything that is owed to the peer on it.
fn stamped<S: NoteSink>(
    cx: &Cx<'_, S>,
    id: ConnId,
    conn: &mut Conn,
    rcv_buf: Option<u32>,
    (seq, text, flags): (u32, Span, Flags),
) -> Segment {
    let wnd = offer(cx, conn, rcv_buf);
    if conn.rcv.acks.owed == On && conn.rcv.acks.quick > 0 {
        conn.rcv.acks.quick -= 1;
    }
    conn.rcv.acks.owed = Off;
    conn.rcv.acked = conn.rcv.nxt;
    Segment {
        conn: id,
        flags,
        mss: None,
        seq: conn.ours(seq),
        ack: Some(conn.theirs(conn.rcv.nxt)),
        text: offsets(text),
        wnd,
    }
}

/// The window to offer; the right edge never moves left. Where windows are exact it moves by a
/// segment at least (RFC 9293 3.8.6.2.2, receiver's silly window).
pub(crate) fn offer<S: NoteSink>(cx: &Cx<'_, S>, conn: &mut Conn, rcv_buf: Option<u32>) -> u32 {
    let edge = conn.rcv.nxt + window(cx, conn, rcv_buf);
    let buf = rcv_buf.unwrap_or(cx.tuning.rcv_buf);
    let exact = unit(cx, buf) == 1;
    let least = if exact { u32::from(cx.tuning.mss).min(buf / 2) } else { 1 };
    if edge >= conn.rcv.edge + least {
        conn.rcv.edge = edge;
    }
    conn.rcv.wnd()
}

/// What windows are multiples of: one that fits into sixteen bits is not scaled.
fn unit<S: NoteSink>(cx: &Cx<'_, S>, buf: u32) -> u32 {
    if buf > 65_535 { cx.tuning.wnd_unit.max(1) } else { 1 }
}

/// The window in a SYN: of a buffer whose worth is not known yet, whole segments.
pub(crate) fn syn_offer<S: NoteSink>(cx: &Cx<'_, S>, rcv_buf: Option<u32>) -> u32 {
    let buf = rcv_buf.unwrap_or(cx.tuning.rcv_buf);
    let (wnd, mss) = (first_share(cx, buf).min(cx.tuning.syn_wnd), u32::from(cx.tuning.mss));
    if wnd < buf && wnd > mss && cx.tuning.syn_share < 100 { wnd - wnd % mss } else { wnd }
}

/// What of the buffer is offered before any text has arrived.
fn first_share<S: NoteSink>(cx: &Cx<'_, S>, buf: u32) -> u32 {
    let share = u64::from(buf) * u64::from(cx.tuning.syn_share.min(100)) / 100;
    u32::try_from(share).unwrap_or(buf)
}

/// The window that the free buffer is worth.
pub(crate) fn window<S: NoteSink>(cx: &Cx<'_, S>, conn: &Conn, rcv_buf: Option<u32>) -> u32 {
    let mss = u32::from(cx.tuning.mss);
    let buf = rcv_buf.unwrap_or(cx.tuning.rcv_buf);
    // A FIN takes room in the queue as well.
    let queued = conn.rcv.nxt - conn.rcv.read;
    let used = queued + conn.rcv.ooo.iter().map(|run| run.len()).sum::<u32>();
    let early = conn.rcv.nxt == 1 && conn.rcv.ooo.is_empty();
    let worth = if early { first_share(cx, buf) } else { buf };
    let free = worth.saturating_sub(used);
    let unit = unit(cx, buf);
    if free < buf / 2 && (free < buf / 16 || free < mss) {
        return 0;
    }
    if unit > 1 {
        free.next_multiple_of(unit)
    } else if free >= mss {
        free - free % mss
    } else {
        free
    }
}

/// The number under which a segment without text goes: SND.NXT, within a window the peer may have
/// shrunk.
pub(crate) fn acceptable_seq(conn: &Conn) -> u32 {
    conn.snd.nxt.min(conn.snd.edge().max(conn.snd.una))
}

/// A pure ACK, now.
pub(crate) fn ack_now<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let (id, rcv_buf) = (sock.conn, sock.rcv_buf);
    cx.disarm(&mut sock.timers, id, Timer::DelayedAck);
    match &mut sock.phase {
        Phase::Open(conn) => {
            let at = acceptable_seq(conn);
            let segment = stamped(cx, id, conn, rcv_buf, (at, Span::new(at, at), Flags::NONE));
            cx.send(segment)
        }
        Phase::Waiting(waiting) => {
            let segment = waiting_ack(id, waiting);
            cx.send(segment)
        }
        Phase::Opening(Opening::SynReceived { iss, irs, wnd, .. }) => cx.send(Segment {
            conn: id,
            flags: Flags::NONE,
            mss: None,
            seq: iss.plus(1),
            ack: Some(irs.plus(1)),
            text: Span::default(),
            wnd: *wnd,
        }),
        Phase::Closed(_) | Phase::Listen(_) | Phase::Opening(Opening::SynSent { .. }) => Ok(()),
    }
}

const fn waiting_ack(conn: ConnId, waiting: &Waiting) -> Segment {
    Segment {
        conn,
        flags: Flags::NONE,
        mss: None,
        seq: waiting.iss.plus(waiting.snd_nxt),
        ack: Some(waiting.irs.plus(waiting.rcv_nxt)),
        text: Span { start: 0, end: 0 },
        wnd: waiting.rcv_wnd,
    }
}

/// A pure ACK that an unacceptable segment draws, within the limit (RFC 5961 7).
pub(crate) fn limited_ack<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    if sock.timers.contains(Timer::Challenge) {
        return Ok(());
    }
    let every = cx.tuning.challenge;
    if every > 0 {
        cx.arm(&mut sock.timers, sock.conn, Timer::Challenge, Due::After(every));
    }
    ack_now(cx, sock)
}

/// An ACK of data or FIN is owed: at once or later, as the policy says.
pub(crate) fn owe_ack<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    conn.rcv.acks.owed = On;
    let Acks { owed: _, quick, interactive } = conn.rcv.acks;
    let pending = conn.rcv.nxt - conn.rcv.acked;
    let at_once = (quick > 0 && interactive == Off)
        || pending > u32::from(conn.mss)
        || !conn.rcv.ooo.is_empty();
    match cx.tuning.ack {
        AckPolicy::Every => ack_now(cx, sock),
        AckPolicy::Delayed { quick: _ } if at_once => ack_now(cx, sock),
        AckPolicy::Delayed { quick: _ } => {
            if !sock.timers.contains(Timer::DelayedAck) {
                let wait = Due::After(cx.tuning.delayed_ack);
                cx.arm(&mut sock.timers, sock.conn, Timer::DelayedAck, wait);
            }
            Ok(())
        }
    }
}

/// SYN or SYN-ACK of a connection that is opening.
pub(crate) fn send_opening<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &Sock) -> Result<(), Halt> {
    let Phase::Opening(opening) = &sock.phase else { return Ok(()) };
    let offered = syn_offer(cx, sock.rcv_buf);
    let (seq, ack, wnd) = match opening {
        Opening::SynSent { iss, backoff: _ } => (*iss, None, offered),
        Opening::SynReceived { iss, irs, wnd, .. } => (*iss, Some(irs.plus(1)), *wnd),
    };
    cx.send(Segment {
        conn: sock.conn,
        flags: Flags::SYN,
        mss: Some(cx.tuning.mss),
        seq,
        ack,
        text: Span::default(),
        wnd,
    })
}

/// The SYN-ACK after a simultaneous open, armed.
pub(crate) fn send_syn_ack<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let Phase::Open(conn) = &sock.phase else { return Ok(()) };
    let segment = syn_ack(cx, sock.conn, conn);
    cx.send(segment)?;
    let wait = timer::rto_syn(cx, 0);
    cx.arm(&mut sock.timers, sock.conn, Timer::Retransmit, wait);
    Ok(())
}

/// The RST that an abort sends. The socket is still as it was.
pub(crate) fn abort<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let (id, rcv_buf) = (sock.conn, sock.rcv_buf);
    let (seq, ack, wnd) = match &mut sock.phase {
        Phase::Open(conn) => {
            let seq = match cx.ask(cx.rules.output.abort_seq())? {
                AbortSeq::Next => conn.snd.nxt,
                AbortSeq::Capped => acceptable_seq(conn),
            };
            let ack = conn.theirs(conn.rcv.nxt);
            (conn.ours(seq), ack, offer(cx, conn, rcv_buf))
        }
        Phase::Opening(Opening::SynReceived { iss, irs, wnd, .. }) => {
            (iss.plus(1), irs.plus(1), *wnd)
        }
        Phase::Waiting(waiting) => {
            (waiting.iss.plus(waiting.snd_nxt), waiting.irs.plus(waiting.rcv_nxt), waiting.rcv_wnd)
        }
        Phase::Closed(_) | Phase::Listen(_) | Phase::Opening(Opening::SynSent { .. }) => {
            return Ok(());
        }
    };
    cx.apply(&ABORT);
    let ack = match cx.ask(cx.rules.output.abort_ack())? {
        AbortAck::Bare => None,
        AbortAck::Acked => Some(ack),
    };
    let wnd = match cx.ask(cx.rules.output.abort_wnd())? {
        AbortWnd::Usual => wnd,
        AbortWnd::Zero => 0,
    };
    cx.send(Segment {
        conn: id,
        flags: Flags::RST,
        mss: None,
        seq,
        ack,
        text: Span::default(),
        wnd,
    })
}

/// The RST that answers a segment (RFC 9293 3.10.7.1): its form depends on that segment alone. A
/// RST is never answered.
pub(crate) fn reset_reply<S: NoteSink>(cx: &mut Cx<'_, S>, to: &Segment) -> Result<(), Halt> {
    if to.flags.rst() {
        return Ok(());
    }
    let (seq, ack) = match to.ack {
        Some(ack) => (ack, None),
        None => (Seq::new(0), Some(to.end())),
    };
    cx.send(Segment {
        conn: to.conn,
        flags: Flags::RST,
        mss: None,
        seq,
        ack,
        text: Span::default(),
        wnd: 0,
    })
}
