//! SYN-RECEIVED as a listener keeps it: a request that nobody holds yet. The checks are those of
//! RFC 9293 3.10.7.4; an exact RST and a wrong ACK come before the window, as in stacks that keep
//! requests apart: either is told by its number alone, whatever the window.
//!
//! A simultaneous open is a full connection in SYN-RECEIVED and goes through the ordinary steps.

use super::super::cx::{Cx, NoteSink};
use super::super::memory::Memory;
use super::super::output::{self, Limit};
use super::super::rule::{PRACTICE, Rule};
use super::super::sock::{Cause, On, OpenedBy, Opening, Phase, Sock, Stage};
use super::super::tuning::{AckPolicy, OnOverflow, Switchable};
use super::super::{Conn, RecvHalf, SendHalf, timer};
use super::{Arrival, listen, reset};
use crate::answer::Halt;
use crate::questions;
use crate::wire::Segment;

questions! {
    /// Questions of a request.
    SynReceivedRules {
        /// Another SYN in the window.
        syn_inside: SynInside = "syn_received.syn_inside",
        /// Which numbers a RST may have.
        rst: reset::Accept = "syn_received.rst",
        /// Which is looked at first, the sequence number or the ACK.
        order: Order = "syn_received.order",
        /// A RST that carries an ACK.
        rst_ack: RstAck = "syn_received.rst_ack",
    }
}

/// Another SYN in the window of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SynInside {
    /// Draws a RST; the request is deleted.
    Reset,
    /// Deletes the request in silence: a passive open returns to LISTEN (RFC 9293).
    Silent,
    /// Draws the SYN-ACK again, whatever its number.
    Answered,
}

/// Which is looked at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// An exact RST and a wrong ACK come before the window; its right edge is inside.
    AckFirst,
    /// The window, its right edge outside (RFC 9293).
    WindowFirst,
    /// Where it begins: in the window or not at all.
    BeginningFirst,
}

/// A RST that carries an ACK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RstAck {
    /// Is a RST where the ACK fits.
    Judged,
    /// Is ignored: nothing that was sent can have drawn it.
    Ignored,
}

pub(crate) static SYN_AGAIN: Rule =
    Rule::new("syn_received.syn_again", "9293 3.8.1", "the same SYN draws the same SYN-ACK");
pub(crate) static RST: Rule = Rule::new(
    "syn_received.rst",
    "9293 3.10.7.4 second",
    "an exact RST deletes the request; the listener goes on listening",
);
pub(crate) static RST_CHALLENGED: Rule = Rule::new(
    "syn_received.rst_challenged",
    "5961 3.2",
    "a RST in the window that is not exact draws an ACK",
);
pub(crate) static BAD_ACK: Rule = Rule::new(
    "syn_received.bad_ack",
    "9293 3.10.7.4 fifth",
    "an ACK of something never sent draws a RST, and the request stays",
);
pub(crate) static OUTSIDE: Rule = Rule::new(
    "syn_received.outside",
    "9293 3.10.7.4 first",
    "a segment outside the window draws an ACK",
);
pub(crate) static SYN_INSIDE: Rule = Rule::new(
    "syn_received.syn_inside",
    "9293 3.10.7.4 fourth",
    "another SYN in the window deletes the request",
);
pub(crate) static NO_ACK: Rule =
    Rule::new("syn_received.no_ack", "9293 3.10.7.4 fifth", "without ACK it is dropped");
pub(crate) static ESTABLISHED: Rule = Rule::new(
    "syn_received.established",
    "9293 3.10.7.4 fifth",
    "the ACK of our SYN establishes the connection",
);
pub(crate) static QUEUE_FULL: Rule = Rule::new(
    "syn_received.queue_full",
    PRACTICE,
    "the ACK that would establish a connection meets a full accept queue",
);

/// What the request does with a segment; decided first, carried out after.
enum Fate {
    AnswerAgain,
    Delete,
    DeleteForSyn,
    Rst,
    Ack,
    Drop(&'static Rule),
    Establish,
}

pub(super) fn arrive<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    segment: &Segment,
) -> Result<(), Halt> {
    match decide(cx, sock, segment)? {
        Fate::AnswerAgain => {
            cx.apply(&SYN_AGAIN);
            let sent = sock.timers.contains(timer::Timer::Challenge);
            if sent && sock.challenges + 1 >= cx.tuning.challenges {
                return Ok(());
            }
            output::send_opening(cx, sock)
        }
        Fate::Delete => {
            cx.apply(&RST);
            timer::close(cx, sock, Cause::ResetByPeer);
            sock.owner = super::super::Owner::Orphaned;
            Ok(())
        }
        Fate::DeleteForSyn => {
            cx.apply(&SYN_INSIDE);
            match cx.ask(cx.rules.arrive.syn_received.syn_inside())? {
                SynInside::Reset => output::reset_reply(cx, segment)?,
                SynInside::Silent | SynInside::Answered => {}
            }
            timer::close(cx, sock, Cause::ResetByUs);
            sock.owner = super::super::Owner::Orphaned;
            Ok(())
        }
        Fate::Rst => {
            cx.apply(&BAD_ACK);
            output::reset_reply(cx, segment)
        }
        Fate::Ack => {
            cx.apply(if segment.flags.rst() { &RST_CHALLENGED } else { &OUTSIDE });
            answer(cx, sock, segment)
        }
        Fate::Drop(rule) => {
            cx.apply(rule);
            Ok(())
        }
        Fate::Establish => establish(cx, sock, segment),
    }
}

fn decide<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &Sock, segment: &Segment) -> Result<Fate, Halt> {
    let Phase::Opening(Opening::SynReceived { iss, irs, wnd, .. }) = &sock.phase else {
        return Ok(Fate::Drop(&NO_ACK));
    };
    let flags = segment.flags;
    let nxt = irs.plus(1);
    let syn_again = flags.syn() && !flags.rst() && segment.ack.is_none();
    if syn_again && segment.seq == *irs {
        return Ok(Fate::AnswerAgain);
    }
    if syn_again && cx.ask(cx.rules.arrive.syn_received.syn_inside())? == SynInside::Answered {
        return Ok(Fate::AnswerAgain);
    }
    let rst_ack = flags.rst() && segment.ack.is_some();
    if rst_ack && cx.ask(cx.rules.arrive.syn_received.rst_ack())? == RstAck::Ignored {
        return Ok(Fate::Drop(&listen::NO_RST));
    }
    if flags.rst() && segment.seq == nxt {
        return Ok(Fate::Delete);
    }
    let right = nxt.plus(*wnd);
    let begins_inside = !segment.seq.before(nxt) && segment.seq.before(right);
    let outside = match cx.ask(cx.rules.arrive.syn_received.order())? {
        Order::AckFirst => false,
        Order::BeginningFirst => !begins_inside,
        Order::WindowFirst => !in_window(segment, nxt, *wnd) || segment.seq == right,
    };
    if outside {
        return Ok(if flags.rst() { Fate::Drop(&OUTSIDE) } else { Fate::Ack });
    }
    if !flags.rst() && segment.ack.is_some_and(|ack| ack != iss.plus(1)) {
        return Ok(Fate::Rst);
    }
    if !in_window(segment, nxt, *wnd) {
        return Ok(if flags.rst() { Fate::Drop(&OUTSIDE) } else { Fate::Ack });
    }
    if flags.rst() && cx.tuning.controls.insecure_rst == Switchable::On {
        return Ok(Fate::Delete);
    }
    if flags.rst() {
        return Ok(match cx.ask(cx.rules.arrive.syn_received.rst())? {
            reset::Accept::Exact => Fate::Ack,
            reset::Accept::Window => Fate::Delete,
        });
    }
    if flags.syn() && segment.seq != *irs {
        return Ok(Fate::DeleteForSyn);
    }
    if segment.ack.is_none() {
        return Ok(Fate::Drop(&NO_ACK));
    }
    Ok(Fate::Establish)
}

/// Whether any of it, or an empty segment at the edges, lies in the window.
pub(super) fn in_window(segment: &Segment, nxt: crate::wire::Seq, wnd: u32) -> bool {
    let right = nxt.plus(wnd);
    segment.seq == nxt
        || (segment.end().after(nxt) && segment.seq.before(right))
        || (segment.seq == right && segment.is_empty())
}

/// An ACK; text and FINs are answered without limit, the rest within it.
pub(super) fn answer<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    segment: &Segment,
) -> Result<(), Halt> {
    if segment.is_empty() || segment.flags.syn() {
        output::limited_ack(cx, sock, Limit::Unacceptable)
    } else {
        output::ack_now(cx, sock)
    }
}

fn establish<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    segment: &Segment,
) -> Result<(), Halt> {
    let Phase::Opening(Opening::SynReceived { iss, irs, peer_mss, wnd, backlog, acked, .. }) =
        &mut sock.phase
    else {
        return Ok(());
    };
    if listen::queue_is_full(cx, *backlog)? {
        cx.apply(&QUEUE_FULL);
        match cx.tuning.on_overflow {
            OnOverflow::Drop => *acked = On,
            OnOverflow::Reset => {
                output::reset_reply(cx, segment)?;
                timer::close(cx, sock, Cause::ResetByUs);
                sock.owner = super::super::Owner::Orphaned;
            }
        }
        return Ok(());
    }
    cx.apply(&ESTABLISHED);
    let mss = cx.tuning.mss.min(*peer_mss);
    let mut conn = opened(cx, (*iss, *irs), mss, *wnd, segment.wnd);
    conn.opened = OpenedBy::Peer;
    conn.snd.una = 1;
    sock.phase = Phase::Open(conn);
    cx.disarm(&mut sock.timers, sock.conn, timer::Timer::Retransmit);
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    super::enter(cx, sock.conn, conn, Stage::Established);
    let arrival = Arrival::new(segment, conn);
    super::from_ack(cx, sock, &arrival)
}

/// A connection as it stands after both SYNs, ours not acknowledged.
pub(super) fn opened<S: NoteSink>(
    cx: &Cx<'_, S>,
    (iss, irs): (crate::wire::Seq, crate::wire::Seq),
    mss: u16,
    offered: u32,
    wnd: u32,
) -> Conn {
    let quick = match cx.tuning.ack {
        AckPolicy::Every | AckPolicy::EverySecond | AckPolicy::Held => 0,
        AckPolicy::Delayed { quick } => quick,
    };
    let mut rcv = RecvHalf::opened(offered, quick);
    if let Some(of) = &cx.tuning.controls.memory {
        rcv.memory = Some(Box::new(Memory::opened(of, [cx.tuning.mss, mss], offered)));
    }
    Conn {
        iss,
        irs,
        stage: Stage::SynReceived,
        snd: SendHalf::opened(cx.tuning.initial_cwnd.max(1), wnd, 0),
        rcv,
        mss: mss.max(1),
        opened: OpenedBy::UsUntold,
    }
}
