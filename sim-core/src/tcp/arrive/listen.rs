//! RFC 9293 3.10.7.2: LISTEN.

use super::super::cx::{Cx, NoteSink};
use super::super::rule::{PRACTICE, Rule};
use super::super::sock::{Listen, Off, Opening, Owner, Phase, Sock};
use super::super::timer::{self, Timer};
use super::super::{Note, output};
use crate::answer::Halt;
use crate::questions;
use crate::wire::{Segment, Seq};

questions! {
    /// Questions of a listener.
    ListenRules {
        /// How many connections may wait for accept.
        capacity: Capacity = "listen.capacity",
        /// A SYN meets a full accept queue.
        overflow_syn: OverflowSyn = "listen.overflow_syn",
        /// A SYN that carries a FIN.
        with_fin: WithFin = "listen.with_fin",
    }
}

/// How many connections may wait for accept().
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// One more than the backlog.
    BacklogPlusOne,
    /// Half as many again as the backlog.
    ThreeHalves,
    /// As many as the backlog.
    Backlog,
}

impl Capacity {
    /// Whether `queued` connections fill a queue of this backlog.
    #[must_use]
    pub const fn is_full(self, backlog: u8, queued: u8) -> bool {
        let (backlog, queued) = (backlog as u32, queued as u32);
        match self {
            Capacity::BacklogPlusOne => queued > backlog,
            Capacity::ThreeHalves => queued * 2 > backlog * 3,
            Capacity::Backlog => queued >= backlog,
        }
    }
}

/// A SYN meets a full accept queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverflowSyn {
    /// Dropped; the client tries again.
    Drop,
    /// Answered; the final ACK will decide.
    Accept,
    /// Answered with a RST: the client is refused.
    Reset,
}

/// A SYN that carries a FIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithFin {
    /// Is dropped.
    Dropped,
    /// Is answered; the FIN has to come again.
    Answered,
}

pub(crate) static NO_RST: Rule =
    Rule::new("listen.rst", "9293 3.10.7.2 first", "a RST cannot be meant for a listener");
pub(crate) static NO_ACK: Rule =
    Rule::new("listen.ack", "9293 3.10.7.2 second", "an ACK to a listener draws a RST");
pub(crate) static SYN: Rule =
    Rule::new("listen.syn", "9293 3.10.7.2 third", "a SYN begins a connection");
pub(crate) static OVERFLOW: Rule = Rule::new(
    "listen.overflow_syn",
    PRACTICE,
    "a SYN that meets a full accept queue is dropped, so that the client tries again",
);
pub(crate) static REFUSED: Rule =
    Rule::new("listen.refused", PRACTICE, "a SYN that meets a full accept queue draws a RST");
pub(crate) static OTHER: Rule =
    Rule::new("listen.other", "9293 3.10.7.2 fourth", "anything else is dropped");

/// Whether the accept queue takes no more.
pub(super) fn queue_is_full<S: NoteSink>(cx: &mut Cx<'_, S>, backlog: u8) -> Result<bool, Halt> {
    let capacity = cx.ask(cx.rules.arrive.listen.capacity())?;
    Ok(capacity.is_full(backlog, cx.table.queued))
}

pub(super) fn arrive<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    listener: &mut Sock,
    segment: &Segment,
    iss: Seq,
) -> Result<(), Halt> {
    if segment.flags.rst() {
        cx.apply(&NO_RST);
        return Ok(());
    }
    if segment.ack.is_some() {
        cx.apply(&NO_ACK);
        return output::reset_reply(cx, segment);
    }
    let unwanted = !segment.flags.syn()
        || segment.flags.fin() && cx.ask(cx.rules.arrive.listen.with_fin())? == WithFin::Dropped;
    if unwanted {
        cx.apply(&OTHER);
        return Ok(());
    }
    let Phase::Listen(Listen { backlog }) = listener.phase else { return Ok(()) };
    if queue_is_full(cx, backlog)? {
        match cx.ask(cx.rules.arrive.listen.overflow_syn())? {
            OverflowSyn::Accept => {}
            OverflowSyn::Drop => {
                cx.apply(&OVERFLOW);
                return Ok(());
            }
            OverflowSyn::Reset => {
                cx.apply(&REFUSED);
                return output::reset_reply(cx, segment);
            }
        }
    }
    cx.apply(&SYN);
    let offered = output::syn_offer(cx, listener.rcv_buf);
    let mut child = Sock { owner: Owner::Queued, ..Sock::fresh(0) };
    child.conn = segment.conn;
    child.linger = listener.linger;
    child.nodelay = listener.nodelay;
    child.rcv_buf = listener.rcv_buf;
    child.snd_buf = listener.snd_buf;
    child.phase = Phase::Opening(Opening::SynReceived {
        iss,
        irs: segment.seq,
        peer_mss: segment.mss.filter(|mss| *mss > 0).unwrap_or(cx.tuning.mss),
        wnd: offered,
        backlog,
        backoff: 0,
        acked: Off,
    });
    cx.sink.note(Note::Entered(child.conn, child.state()));
    output::send_opening(cx, &child)?;
    let wait = timer::rto_syn(cx, 0);
    cx.arm(&mut child.timers, child.conn, Timer::Retransmit, wait);
    cx.born = Some(child);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backlog_of_four_is_full_with() {
        let fewest = |capacity: Capacity| (0..20).find(|queued| capacity.is_full(4, *queued));
        assert_eq!(fewest(Capacity::Backlog), Some(4));
        assert_eq!(fewest(Capacity::BacklogPlusOne), Some(5));
        assert_eq!(fewest(Capacity::ThreeHalves), Some(7));
    }
}
