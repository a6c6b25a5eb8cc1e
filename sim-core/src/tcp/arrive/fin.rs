//! RFC 9293 3.10.7.4, eighth: the FIN bit, once everything before it has been received.

use super::super::Owed;
use super::super::cx::{Cx, NoteSink};
use super::super::output;
use super::super::rule::Rule;
use super::super::sock::{On, Phase, Sock, Stage, WaitStage};
use super::super::timer;
use super::{Arrival, Flow, enter};
use crate::answer::Halt;
use crate::questions;

questions! {
    /// Questions of a FIN.
    FinRules {
        /// When the FIN of a peer that closes first is acknowledged.
        ack: FinAck = "fin.ack",
        /// Whether a FIN behind text that was read before leaves that text in the queue.
        repeat: FinRepeat = "fin.repeat",
    }
}

/// When the FIN of a peer that closes first is acknowledged. One that ends a wait always is at
/// once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinAck {
    /// At once.
    AtOnce,
    /// As data is: an answer may carry it.
    AsData,
    /// At once where it comes alone and no ACK is held back; else as data is.
    AtOnceAlone,
}

/// A FIN that comes with text which was read before. Until the end of the stream is read, close()
/// may take what is in the queue for unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinRepeat {
    /// Only bytes that nobody has read count.
    Nothing,
    /// The whole of the segment counts.
    Unread,
}

pub(crate) static TAKE: Rule = Rule::new(
    "fin.take",
    "9293 3.10.7.4 eighth",
    "the FIN ends the peer's stream: what is before it stays readable, then comes EOF",
);

pub(super) fn take<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<Flow, Halt> {
    let Phase::Open(conn) = &mut sock.phase else { return Ok(Flow::Done) };
    if conn.rcv.ooo_fin == 0 || conn.rcv.ooo_fin != conn.rcv.nxt || conn.rcv.fin == On {
        return Ok(Flow::Next);
    }
    cx.apply(&TAKE);
    let again = arrival.text_end() > arrival.seq && arrival.text_end() <= i64::from(conn.rcv.read);
    if again && cx.ask(cx.rules.arrive.fin.repeat())? == FinRepeat::Unread {
        sock.stale = On;
    }
    let rcv = &mut conn.rcv;
    rcv.nxt += 1;
    rcv.edge = rcv.edge.max(rcv.nxt);
    rcv.fin = On;
    rcv.drop_beyond();
    rcv.ooo_fin = 0;
    sock.shut.rd = On;
    match conn.stage {
        Stage::SynReceived | Stage::Established => {
            match cx.ask(cx.rules.arrive.fin.ack())? {
                FinAck::AtOnce => rcv.acks.owed = Owed::Now,
                FinAck::AsData => rcv.acks.interactive = On,
                FinAck::AtOnceAlone => {
                    let held = sock.timers.contains(timer::Timer::DelayedAck);
                    if arrival.segment.text.is_empty() && !held {
                        rcv.acks.owed = Owed::Now;
                    }
                }
            }
            enter(cx, sock.conn, conn, Stage::CloseWait);
            Ok(Flow::Next)
        }
        Stage::FinWait1 => {
            enter(cx, sock.conn, conn, Stage::Closing);
            output::ack_now(cx, sock)?;
            Ok(Flow::Next)
        }
        Stage::FinWait2 => {
            output::ack_now(cx, sock)?;
            timer::wait(cx, sock, WaitStage::TimeWait);
            Ok(Flow::Done)
        }
        Stage::CloseWait | Stage::Closing | Stage::LastAck => Ok(Flow::Next),
    }
}
