//! RFC 9293 3.10.7.3: SYN-SENT.

use super::super::cx::{Cx, NoteSink};
use super::super::recv::Owed;
use super::super::rule::Rule;
use super::super::sock::{Cause, Opening, Phase, Sock, Stage};
use super::super::timer::{self, Timer};
use super::super::{Errno, Note, output};
use super::{Arrival, Flow, fin, syn_received, text};
use crate::answer::Halt;
use crate::questions;
use crate::wire::{Due, Micros, Segment, Span};

questions! {
    /// Questions of SYN-SENT.
    SynSentRules {
        /// An ACK of something else arrives.
        bad_ack: OnBadAck = "syn_sent.bad_ack",
        /// What a SYN-ACK carries besides.
        text: SynText = "syn_sent.text",
        /// What a SYN that crosses ours carries besides.
        crossing: CrossingText = "syn_sent.crossing",
    }
}

/// An ACK of something that was not sent arrives in SYN-SENT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBadAck {
    /// It draws a RST.
    Reset,
    /// It draws a RST, and the SYN goes out again so many microseconds later.
    ResetAndResend(Micros),
}

/// Text and a FIN on the SYN-ACK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SynText {
    /// Are dropped: they have to come again.
    Dropped,
    /// Are taken at once (RFC 9293).
    Taken,
}

/// Text and a FIN on a SYN without ACK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrossingText {
    /// Are dropped: they have to come again.
    Dropped,
    /// Wait, and count from when the connection is there (RFC 9293).
    Kept,
    /// Text waits, and a FIN behind it is lost; a FIN alone is taken at once.
    TextKept,
}

pub(crate) static BAD_ACK: Rule = Rule::new(
    "syn_sent.bad_ack",
    "9293 3.10.7.3 first",
    "an ACK that does not acknowledge our SYN draws a RST",
);
pub(crate) static REFUSED: Rule = Rule::new(
    "syn_sent.refused",
    "9293 3.10.7.3 second",
    "a RST that acknowledges our SYN refuses the connection",
);
pub(crate) static BLIND_RST: Rule = Rule::new(
    "syn_sent.blind_rst",
    "9293 3.10.7.3 second",
    "a RST that does not acknowledge our SYN is dropped",
);
pub(crate) static ESTABLISHED: Rule = Rule::new(
    "syn_sent.established",
    "9293 3.10.7.3 fourth",
    "a SYN that acknowledges ours establishes the connection",
);
pub(crate) static SIMULTANEOUS: Rule = Rule::new(
    "syn_sent.simultaneous",
    "9293 3.10.7.3 fourth",
    "a SYN without ACK crosses ours: both open at once",
);
pub(crate) static OTHER: Rule =
    Rule::new("syn_sent.other", "9293 3.10.7.3 fifth", "neither SYN nor RST: dropped");

pub(super) fn arrive<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    segment: &Segment,
) -> Result<(), Halt> {
    let Phase::Opening(Opening::SynSent { iss, backoff }) = &sock.phase else { return Ok(()) };
    let (iss, backoff) = (*iss, *backoff);
    if segment.ack.is_some_and(|ack| ack != iss.plus(1)) {
        return bad_ack(cx, sock, segment, backoff);
    }
    if segment.flags.rst() {
        if segment.ack.is_none() {
            cx.apply(&BLIND_RST);
            return Ok(());
        }
        cx.apply(&REFUSED);
        timer::fail(cx, sock, Errno::ConnectionRefused);
        timer::close(cx, sock, Cause::Refused);
        return Ok(());
    }
    if !segment.flags.syn() {
        cx.apply(&OTHER);
        return Ok(());
    }
    let mss = cx.tuning.mss.min(segment.mss.filter(|mss| *mss > 0).unwrap_or(cx.tuning.mss));
    let offered = output::syn_offer(cx, sock.rcv_buf);
    let mut conn = syn_received::opened(cx, (iss, segment.seq), mss, offered, segment.wnd);
    if segment.ack.is_some() {
        cx.apply(&ESTABLISHED);
        conn.snd.una = 1;
        conn.stage = Stage::Established;
        sock.phase = Phase::Open(conn);
        cx.disarm(&mut sock.timers, sock.conn, Timer::Retransmit);
        cx.disarm(&mut sock.timers, sock.conn, Timer::UserTimeout);
        cx.sink.note(Note::Entered(sock.conn, sock.state()));
        let more = segment.len() > 1;
        if more && cx.ask(cx.rules.arrive.syn_sent.text())? == SynText::Taken {
            return take_more(cx, sock, segment);
        }
        output::ack_now(cx, sock)
    } else {
        cx.apply(&SIMULTANEOUS);
        sock.phase = Phase::Open(conn);
        cx.sink.note(Note::Entered(sock.conn, sock.state()));
        if segment.len() > 1 {
            keep(cx, sock, segment)?;
        }
        output::send_syn_ack(cx, sock)
    }
}

/// Text and a FIN on a SYN that crosses ours.
fn keep<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, segment: &Segment) -> Result<(), Halt> {
    let how = cx.ask(cx.rules.arrive.syn_sent.crossing())?;
    let rcv_buf = sock.rcv_buf;
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    let arrival = Arrival::new(segment, conn);
    let len = segment.text.len().min(conn.rcv.wnd());
    let fin = segment.flags.fin() && len == segment.text.len();
    if how == CrossingText::Dropped {
        return Ok(());
    }
    if len > 0 {
        cx.apply(&text::HOLE);
        conn.rcv.ooo.push(Span::new(1, 1 + len));
    }
    if fin && (how == CrossingText::Kept || len == 0) {
        conn.rcv.ooo_fin = 1 + len;
    }
    if fin && how == CrossingText::TextKept && len == 0 {
        fin::take(cx, sock, &arrival)?;
        if let Phase::Open(conn) = &mut sock.phase {
            // The SYN-ACK is its ACK.
            conn.rcv.acks.owed = Owed::No;
            conn.rcv.acked = conn.rcv.nxt;
            output::refresh(cx, conn, rcv_buf);
        }
    }
    Ok(())
}

/// The sixth step and what follows, for what the SYN-ACK carries.
fn take_more<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    segment: &Segment,
) -> Result<(), Halt> {
    let Phase::Open(conn) = &sock.phase else { return Ok(()) };
    let arrival = Arrival::new(segment, conn);
    if text::take(cx, sock, &arrival)? == Flow::Done || fin::take(cx, sock, &arrival)? == Flow::Done
    {
        return Ok(());
    }
    output::ack_now(cx, sock)
}

fn bad_ack<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    segment: &Segment,
    backoff: u8,
) -> Result<(), Halt> {
    cx.apply(&BAD_ACK);
    output::reset_reply(cx, segment)?;
    match cx.ask(cx.rules.arrive.syn_sent.bad_ack())? {
        OnBadAck::ResetAndResend(soon) if backoff == 0 => {
            let soon = Due::After(soon);
            cx.arm(&mut sock.timers, sock.conn, Timer::Retransmit, soon);
        }
        OnBadAck::Reset | OnBadAck::ResetAndResend(_) => {}
    }
    Ok(())
}
