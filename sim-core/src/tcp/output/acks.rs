//! What is owed to the peer: the window on offer, ACKs at once, within the limit, or later.

use super::super::cx::{Cx, NoteSink};
use super::super::memory::Held;
use super::super::recv::{Acks, Owed};
use super::super::sock::{Off, Opening, Phase, Sock, Waiting};
use super::super::timer::Timer;
use super::super::tuning::AckPolicy;
use super::super::{Conn, Fin};
use super::form::{acceptable_seq, stamped};
use super::{FinAgain, Offered};
use crate::answer::Halt;
use crate::wire::{ConnId, Due, Flags, Micros, Segment, Span};

/// What a timer without a wait takes.
const TICK: Micros = 1_000;

/// The largest window there can be (RFC 7323 2.3).
const LARGEST: u32 = 1 << 30;

/// The window to offer; the right edge never moves left. Where windows are exact it moves by a
/// segment at least (RFC 9293 3.8.6.2.2, receiver's silly window).
pub(crate) fn offer<S: NoteSink>(cx: &Cx<'_, S>, conn: &mut Conn, rcv_buf: Option<u32>) -> u32 {
    let memory = cx.tuning.controls.memory.as_ref();
    let multiple = cx.tuning.wnd_unit.max(1);
    if let Some(worth) = conn.rcv.worth(memory, multiple) {
        // A window is not taken back, but is rounded up to what can be said of it.
        let now = conn.rcv.wnd();
        if conn.rcv.memory.as_ref().is_some_and(|memory| memory.is_exceeded()) {
            conn.rcv.edge = conn.rcv.nxt;
            return 0;
        }
        let wnd = if worth < now { now.next_multiple_of(multiple) } else { worth };
        conn.rcv.edge = conn.rcv.nxt + wnd;
        return wnd;
    }
    match refresh(cx, conn, rcv_buf) {
        Offered::Space => return conn.rcv.wnd(),
        Offered::Free => {
            let edge = conn.rcv.nxt + free(cx, conn, rcv_buf);
            conn.rcv.edge = conn.rcv.edge.max(edge);
            return conn.rcv.wnd();
        }
        Offered::Segments => {}
    }
    let edge = conn.rcv.nxt + window(cx, conn, rcv_buf);
    let buf = rcv_buf.unwrap_or(cx.tuning.rcv_buf);
    let exact = unit(cx, buf) == 1;
    let least = if exact { u32::from(cx.tuning.mss).min(buf / 2) } else { 1 };
    if edge >= conn.rcv.edge + least {
        conn.rcv.edge = edge;
    }
    conn.rcv.wnd()
}

/// Where the window is what is free, it is that whenever it is looked at.
pub(crate) fn refresh<S: NoteSink>(
    cx: &Cx<'_, S>,
    conn: &mut Conn,
    rcv_buf: Option<u32>,
) -> Offered {
    // Asked for every segment: the answer is looked up without a note.
    let offered = cx.rules.output.offer.value().unwrap_or(Offered::Segments);
    if offered == Offered::Space {
        let buf = rcv_buf.unwrap_or(cx.tuning.rcv_buf).min(LARGEST);
        let free = free(cx, conn, rcv_buf);
        let silly = free < buf / 4 && free < u32::from(conn.mss);
        let edge = conn.rcv.nxt + if silly { 0 } else { free };
        conn.rcv.edge = conn.rcv.edge.max(edge);
    }
    offered
}

/// What text in order that nobody has read leaves of the buffer.
fn free<S: NoteSink>(cx: &Cx<'_, S>, conn: &Conn, rcv_buf: Option<u32>) -> u32 {
    let buf = rcv_buf.unwrap_or(cx.tuning.rcv_buf).min(LARGEST);
    buf.saturating_sub(conn.rcv.text_end() - conn.rcv.read)
}

/// What windows are multiples of: one that fits into sixteen bits is not scaled.
fn unit<S: NoteSink>(cx: &Cx<'_, S>, buf: u32) -> u32 {
    if buf > 65_535 { cx.tuning.wnd_unit.max(1) } else { 1 }
}

/// The window in a SYN: of a buffer whose worth is not known yet, whole segments.
pub(crate) fn syn_offer<S: NoteSink>(cx: &Cx<'_, S>, rcv_buf: Option<u32>) -> u32 {
    let buf = rcv_buf.unwrap_or(cx.tuning.rcv_buf);
    let most = cx.tuning.syn_wnd.min(LARGEST);
    let (wnd, mss) = (first_share(cx, buf).min(most), u32::from(cx.tuning.mss.max(1)));
    if wnd < buf && wnd > mss && cx.tuning.syn_share < 100 { wnd - wnd % mss } else { wnd }
}

/// What of the buffer is offered before any text has arrived.
fn first_share<S: NoteSink>(cx: &Cx<'_, S>, buf: u32) -> u32 {
    let share = u64::from(buf) * u64::from(cx.tuning.syn_share.min(100)) / 100;
    u32::try_from(share).unwrap_or(buf)
}

/// The window that a segment would offer now.
pub(crate) fn promise<S: NoteSink>(cx: &Cx<'_, S>, conn: &Conn, rcv_buf: Option<u32>) -> u32 {
    // Looked up without a note, as for every segment.
    match cx.rules.output.offer.value() {
        Some(Offered::Free) => free(cx, conn, rcv_buf),
        Some(Offered::Segments | Offered::Space) | None => window(cx, conn, rcv_buf),
    }
}

/// The window that the free buffer is worth.
fn window<S: NoteSink>(cx: &Cx<'_, S>, conn: &Conn, rcv_buf: Option<u32>) -> u32 {
    let mss = u32::from(cx.tuning.mss.max(1));
    let buf = rcv_buf.unwrap_or(cx.tuning.rcv_buf);
    // A FIN takes room in the queue as well.
    let queued = conn.rcv.nxt - conn.rcv.read;
    let used = queued + conn.rcv.ooo.iter().map(|run| run.len()).sum::<u32>();
    let early = conn.rcv.nxt == 1 && conn.rcv.ooo.is_empty();
    let buf = buf.min(LARGEST);
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

/// Free receive buffer in bytes, whatever the peer has been told.
pub(crate) fn room<S: NoteSink>(cx: &Cx<'_, S>, conn: &Conn, rcv_buf: Option<u32>) -> u32 {
    let buf = rcv_buf.unwrap_or(cx.tuning.rcv_buf).min(LARGEST);
    let held = conn.rcv.ooo.iter().map(|run| run.len()).sum::<u32>();
    buf.saturating_sub(conn.rcv.nxt - conn.rcv.read + held)
}

/// An ACK without text, now.
pub(crate) fn ack_now<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let Phase::Open(conn) = &sock.phase else { return bare_ack(cx, sock) };
    let fin_out = conn.snd.fin == Fin::Sent && !conn.snd.all_acked();
    if !fin_out || cx.ask(cx.rules.output.fin_again())? == FinAgain::Bare {
        return bare_ack(cx, sock);
    }
    let (id, rcv_buf) = (sock.conn, sock.rcv_buf);
    cx.disarm(&mut sock.timers, id, Timer::DelayedAck);
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    // Behind all text, whatever of it the peer has acknowledged and has room for.
    let at = conn.snd.end;
    let segment = stamped(cx, id, conn, rcv_buf, (at, Span::new(at, at), Flags::FIN));
    cx.send(segment)
}

/// An ACK without anything else, now.
fn bare_ack<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
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

/// What an ACK that is limited in number answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// A RST or SYN that may be forged (RFC 5961 7).
    Challenge,
    /// Something outside the window (RFC 9293 3.10.7.4 first).
    Unacceptable,
}

/// An ACK within its limit: both kinds draw on the same token.
pub(crate) fn limited_ack<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    limit: Limit,
) -> Result<(), Halt> {
    if spend(cx, sock, limit) == Allowance::UsedUp {
        return Ok(());
    }
    match limit {
        // Not a segment of the connection's output: it repeats nothing.
        Limit::Challenge => bare_ack(cx, sock),
        Limit::Unacceptable => ack_now(cx, sock),
    }
}

/// Whether a rate limit had room for one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowance {
    /// It had; it has not for a while.
    Spent,
    /// It had not.
    UsedUp,
}

/// Counts an answer against its limit.
pub(crate) fn spend<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, limit: Limit) -> Allowance {
    let every = match limit {
        Limit::Challenge => cx.tuning.challenge,
        Limit::Unacceptable => cx.tuning.unacceptable,
    };
    if every > 0 {
        if !sock.timers.contains(Timer::Challenge) {
            cx.arm(&mut sock.timers, sock.conn, Timer::Challenge, Due::After(every));
        } else if sock.challenges + 1 < cx.tuning.challenges {
            sock.challenges += 1;
        } else {
            return Allowance::UsedUp;
        }
    }
    Allowance::Spent
}

/// Whether a segment is one of those that are acknowledged: it has a length, or text where ACKs are
/// held back by the text they are for.
fn earns<S: NoteSink>(cx: &Cx<'_, S>, segment: &Segment) -> bool {
    match cx.tuning.ack {
        AckPolicy::Held => !segment.text.is_empty(),
        AckPolicy::Every | AckPolicy::Delayed { quick: _ } | AckPolicy::EverySecond => {
            !segment.is_empty()
        }
    }
}

/// Pays the ACK that is owed: at once or later, as the policy says.
pub(crate) fn pay_ack<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    segment: &Segment,
) -> Result<(), Halt> {
    let Phase::Open(conn) = &sock.phase else { return Ok(()) };
    let Acks { owed, quick, interactive } = conn.rcv.acks;
    let held = owed == Owed::Usual && sock.timers.contains(Timer::DelayedAck);
    if held && !earns(cx, segment) {
        return Ok(());
    }
    let quick_now = quick > 0 && interactive == Off;
    let pending = conn.rcv.nxt - conn.rcv.acked;
    match (owed, cx.tuning.ack) {
        (
            Owed::No,
            AckPolicy::Every
            | AckPolicy::Delayed { quick: _ }
            | AckPolicy::EverySecond
            | AckPolicy::Held,
        ) => Ok(()),
        (
            Owed::Now,
            AckPolicy::Every
            | AckPolicy::Delayed { quick: _ }
            | AckPolicy::EverySecond
            | AckPolicy::Held,
        )
        | (Owed::Usual, AckPolicy::Every) => ack_now(cx, sock),
        (Owed::Usual, AckPolicy::EverySecond | AckPolicy::Held) => {
            let enough = cx.tuning.ack == AckPolicy::EverySecond || pending > u32::from(conn.mss);
            if quick_now || enough && sock.timers.contains(Timer::DelayedAck) {
                return ack_now(cx, sock);
            }
            if sock.timers.contains(Timer::DelayedAck) {
                return Ok(());
            }
            let wait = Due::After(cx.tuning.delayed_ack);
            cx.arm(&mut sock.timers, sock.conn, Timer::DelayedAck, wait);
            Ok(())
        }
        (Owed::Usual, AckPolicy::Delayed { quick: _ }) => pay_when_due(cx, sock),
    }
}

/// Linux' rule (`__tcp_ack_snd_check`, tcp_send_delayed_ack): for more than a segment, or while
/// ACKs go out at once; else after a while.
fn pay_when_due<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    let rcv = &mut conn.rcv;
    let segment = rcv.memory.as_ref().map_or(u32::from(conn.mss), |memory| memory.mss());
    let mut enough = rcv.nxt - rcv.acked > segment;
    if enough && !rcv.unread().is_empty() {
        // Where the window does not move with it, reading is what the ACK waits for.
        let last = rcv.edge - rcv.acked;
        let memory = cx.tuning.controls.memory.as_ref();
        enough = rcv.worth(memory, cx.tuning.wnd_unit.max(1)).is_none_or(|worth| worth >= last);
    }
    if enough || rcv.acks.quick > 0 && rcv.acks.interactive == Off {
        return ack_now(cx, sock);
    }
    // The wait is estimated from text (tcp_event_data_recv): a FIN that comes before any is
    // acknowledged at the next tick (1 ms).
    let unknown = rcv.memory.is_none() && rcv.text_end() == 1;
    let wait = Due::After(if unknown { TICK } else { cx.tuning.delayed_ack });
    let armed = sock.timers.contains(Timer::DelayedAck);
    match (armed, cx.tuning.controls.acks.held) {
        (true, Held::Kept) => Ok(()),
        (true, Held::NearlyDue) => ack_now(cx, sock),
        (false, Held::Kept | Held::Sooner | Held::NearlyDue) | (true, Held::Sooner) => {
            cx.arm(&mut sock.timers, sock.conn, Timer::DelayedAck, wait);
            Ok(())
        }
    }
}
