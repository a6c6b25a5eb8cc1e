//! RFC 9293 3.10.7.4, fourth: the SYN bit on a connection that has seen one, with RFC 5961.

use super::super::cx::{Cx, NoteSink};
use super::super::rule::{PRACTICE, Rule};
use super::super::sock::{By, Phase, Sock, Stage};
use super::super::tuning::Switchable;
use super::super::{Gone, output, timer};
use super::{Arrival, Flow, reset};
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
    /// Is ignored in the window; outside it draws an ACK as anything does.
    Ignored,
}

pub(crate) static CHALLENGE: Rule =
    Rule::new("syn.challenge", "5961 4.2", "a SYN on a connection draws a challenge ACK");
pub(crate) static RESET: Rule =
    Rule::new("syn.reset", "793 3.9", "a SYN on a connection draws a RST and ends it");
pub(crate) static IGNORED: Rule =
    Rule::new("syn.ignored", PRACTICE, "a SYN in the window of a connection is ignored");
pub(crate) static ANSWERED: Rule = Rule::new(
    "syn.answered",
    "9293 3.5",
    "the SYN-ACK of a simultaneous open repeats the SYN and acknowledges ours",
);

/// Whether a SYN is answered before its number is looked at (RFC 5961 4.2).
pub(super) fn is_challenged<S: NoteSink>(cx: &mut Cx<'_, S>) -> Result<bool, Halt> {
    Ok(cx.ask(cx.rules.arrive.syn.in_sync())? == InSync::Challenge)
}

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
    if cx.tuning.controls.insecure_syn == Switchable::On {
        return overruled(cx, sock, arrival).map(|()| Flow::Done);
    }
    match cx.ask(cx.rules.arrive.syn.in_sync())? {
        InSync::Challenge => {
            cx.apply(&CHALLENGE);
            output::limited_ack(cx, sock, output::Limit::Challenge)?;
        }
        InSync::Ignored => cx.apply(&IGNORED),
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

/// RFC 5961 is switched off: in the window a SYN ends the connection, else it draws an ACK.
fn overruled<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<(), Halt> {
    let Phase::Open(conn) = &sock.phase else { return Ok(()) };
    let from = match cx.ask(cx.rules.arrive.reset.anchor())? {
        reset::Anchor::Next => i64::from(conn.rcv.nxt),
        reset::Anchor::LastAck | reset::Anchor::Either => i64::from(conn.rcv.acked),
    };
    let inside = from <= arrival.seq && arrival.seq < from + i64::from(conn.rcv.wnd());
    if !inside {
        cx.apply(&CHALLENGE);
        return output::limited_ack(cx, sock, output::Limit::Challenge);
    }
    cx.apply(&RESET);
    output::abort(cx, sock)?;
    reset::take(cx, sock, By::Us)
}
