//! The form of segments: numbers, ACK and window of everything but text that is sent again.

use super::super::Conn;
use super::super::cx::{Cx, NoteSink};
use super::super::recv::Owed;
use super::super::sock::{Opening, Phase, Sock};
use super::super::timer::{self, Timer};
use super::{ABORT, AbortAck, AbortSeq, AbortWnd, ReplyAck, offer, offsets, syn_offer};
use crate::answer::Halt;
use crate::wire::{ConnId, Flags, Segment, Seq, Span};

/// The SYN-ACK of a simultaneous open.
pub(in crate::tcp) fn syn_ack<S: NoteSink>(cx: &Cx<'_, S>, id: ConnId, conn: &Conn) -> Segment {
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

/// A segment of a connection with everything that is owed to the peer on it.
pub(in crate::tcp) fn stamped<S: NoteSink>(
    cx: &Cx<'_, S>,
    id: ConnId,
    conn: &mut Conn,
    rcv_buf: Option<u32>,
    (seq, text, flags): (u32, Span, Flags),
) -> Segment {
    let wnd = offer(cx, conn, rcv_buf);
    let before = conn.rcv.acks.quick;
    if conn.rcv.acks.owed != Owed::No && before > 0 {
        conn.rcv.acks.quick -= 1;
    }
    conn.rcv.acks.owed = Owed::No;
    if let Some(memory) = &mut conn.rcv.memory {
        memory.acknowledged([before, conn.rcv.acks.quick]);
    }
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

/// The number under which a segment without text goes: SND.NXT, within a window the peer may have
/// shrunk.
pub(crate) fn acceptable_seq(conn: &Conn) -> u32 {
    conn.snd.nxt.min(conn.snd.edge().max(conn.snd.una))
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
            if let Some(memory) = &mut conn.rcv.memory {
                // close() has thrown away what nobody read.
                memory.read(conn.rcv.nxt);
            }
            (conn.ours(seq), Some(ack), offer(cx, conn, rcv_buf))
        }
        Phase::Opening(Opening::SynReceived { iss, irs, wnd, .. }) => {
            (iss.plus(1), Some(irs.plus(1)), *wnd)
        }
        Phase::Waiting(waiting) => {
            let ack = waiting.irs.plus(waiting.rcv_nxt);
            (waiting.iss.plus(waiting.snd_nxt), Some(ack), waiting.rcv_wnd)
        }
        Phase::Opening(Opening::SynSent { iss, .. }) => (iss.plus(1), None, 0),
        Phase::Closed(_) | Phase::Listen(_) => return Ok(()),
    };
    cx.apply(&ABORT);
    let ack = match cx.ask(cx.rules.output.abort_ack())? {
        AbortAck::Bare => None,
        AbortAck::Acked => ack,
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

/// A RST with SND.NXT and nothing else. The socket is still as it was.
pub(crate) fn bare_reset<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &Sock) -> Result<(), Halt> {
    let Phase::Open(conn) = &sock.phase else { return Ok(()) };
    cx.send(Segment {
        conn: sock.conn,
        flags: Flags::RST,
        mss: None,
        seq: conn.ours(conn.snd.nxt),
        ack: None,
        text: Span::default(),
        wnd: 0,
    })
}

/// The RST that answers a segment (RFC 9293 3.10.7.1): its form depends on that segment alone. A
/// RST is never answered.
pub(crate) fn reset_reply<S: NoteSink>(cx: &mut Cx<'_, S>, to: &Segment) -> Result<(), Halt> {
    if to.flags.rst() {
        return Ok(());
    }
    let (seq, ack) = match to.ack {
        Some(ack) => match cx.ask(cx.rules.output.reply())? {
            ReplyAck::WhereNone | ReplyAck::WhereSyn => (ack, None),
            ReplyAck::Always => (ack, Some(to.end())),
        },
        None if to.flags.syn() => (Seq::new(0), Some(to.end())),
        // Looked up without a note: one stack leaves it out.
        None => match cx.rules.output.reply.value() {
            Some(ReplyAck::WhereSyn) => (Seq::new(0), None),
            Some(ReplyAck::WhereNone | ReplyAck::Always) | None => (Seq::new(0), Some(to.end())),
        },
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
