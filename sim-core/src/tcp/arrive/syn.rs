//! RFC 9293 3.10.7.4, fourth: the SYN bit on a connection that has seen one, with RFC 5961.

use super::super::cx::{Cx, NoteSink};
use super::super::rule::Rule;
use super::super::sock::{Phase, Sock, Stage};
use super::super::{Gone, output, timer};
use super::{Arrival, Flow};
use crate::answer::Halt;
use crate::questions;

questions! {
    /// Questions of a SYN on a connection.
    SynRules {
        /// A SYN on a synchronized connection.
        in_sync: InSync = "syn.in_sync",
    }
}

/// A SYN on a synchronized connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InSync {
    /// Draws a challenge ACK (RFC 5961).
    Challenge,
    /// Draws a RST and ends the connection (RFC 793).
    Reset,
}

pub(crate) static CHALLENGE: Rule =
    Rule::new("syn.challenge", "5961 4.2", "a SYN on a connection draws a challenge ACK");
pub(crate) static RESET: Rule =
    Rule::new("syn.reset", "793 3.9", "a SYN on a connection draws a RST and ends it");
pub(crate) static ANSWERED: Rule = Rule::new(
    "syn.answered",
    "9293 3.5",
    "the SYN-ACK of a simultaneous open repeats the SYN and acknowledges ours",
);

pub(super) fn check<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<Flow, Halt> {
    if !arrival.segment.flags.syn() {
        return Ok(Flow::Next);
    }
    let Phase::Open(conn) = &sock.phase else { return Ok(Flow::Done) };
    let repeats = arrival.end == i64::from(conn.rcv.nxt) && arrival.segment.len() == 1;
    let acknowledges = arrival.ack == Some(i64::from(conn.snd.nxt));
    if conn.stage == Stage::SynReceived && repeats && acknowledges {
        cx.apply(&ANSWERED);
        return Ok(Flow::Next);
    }
    match cx.ask(cx.rules.arrive.syn.in_sync())? {
        InSync::Challenge => {
            cx.apply(&CHALLENGE);
            output::limited_ack(cx, sock, output::Limit::Challenge)?;
        }
        InSync::Reset => {
            cx.apply(&RESET);
            output::reset_reply(cx, arrival.segment)?;
            timer::drop_send_queue(cx, sock, Gone::SendQueueDiscard);
            timer::fail(cx, sock, super::super::Errno::ConnectionReset);
            timer::close(cx, sock, super::super::Cause::ResetByUs);
        }
    }
    Ok(Flow::Done)
}
