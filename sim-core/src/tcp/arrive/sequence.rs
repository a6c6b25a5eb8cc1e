//! RFC 9293 3.10.7.4, first: is any of it in the window?

use super::super::cx::{Cx, NoteSink};
use super::super::rule::Rule;
use super::super::sock::{Phase, Sock, Stage};
use super::super::{Conn, Owed, Owner};
use super::{Arrival, Flow, syn, syn_received};
use crate::answer::Halt;
use crate::questions;

questions! {
    /// Questions of the sequence check.
    SequenceRules {
        /// Where the window begins and ends for this check.
        window: WindowTest = "sequence.window",
    }
}

/// Where the window begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowTest {
    /// RFC 9293's four cases, from RCV.NXT, the right edge outside.
    FromNext,
    /// From the last ACK that was sent, the right edge inside.
    FromLastAck,
    /// What lies outside is cut off: of an old segment the ACK is still taken, and an ACK is owed;
    /// an empty segment at the right edge is inside.
    Trimmed,
}

pub(crate) static UNACCEPTABLE: Rule = Rule::new(
    "sequence.unacceptable",
    "9293 3.10.7.4 first",
    "nothing of it is in the window: it is dropped and draws an ACK",
);

/// Whether nothing waits to be read, not even a FIN: close() throws away what has come before it,
/// what comes after stays.
fn queue_is_empty(conn: &Conn, owner: Owner) -> bool {
    let fin_waits = match conn.stage {
        Stage::CloseWait | Stage::Closing => true,
        Stage::LastAck => !owner.is_orphan(),
        Stage::SynReceived | Stage::Established | Stage::FinWait1 | Stage::FinWait2 => false,
    };
    conn.rcv.unread().is_empty() && !fin_waits
}

/// Whether a segment is acceptable.
pub(super) fn acceptable(
    conn: &Conn,
    owner: Owner,
    test: WindowTest,
    arrival: &Arrival<'_>,
) -> bool {
    let rcv = &conn.rcv;
    let (seq, end) = (arrival.seq, arrival.end);
    let (nxt, acked) = (i64::from(rcv.nxt), i64::from(rcv.acked));
    let right = nxt + i64::from(rcv.wnd());
    match test {
        WindowTest::FromNext => match (seq == end, right == nxt) {
            (true, true) => seq == nxt,
            (true, false) => nxt <= seq && seq < right,
            (false, true) => false,
            (false, false) => end > nxt && seq < right,
        },
        WindowTest::Trimmed => {
            // A FIN takes no room there.
            let sticks_out = arrival.text_end() > right && seq >= right;
            !sticks_out && seq <= right || seq == nxt
        }
        WindowTest::FromLastAck => {
            if end < acked {
                return false;
            }
            let sticks_out = arrival.text_end() > right;
            // What sticks out is only taken into an empty queue.
            !sticks_out || (queue_is_empty(conn, owner) && seq <= right)
        }
    }
}

pub(super) fn check<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<Flow, Halt> {
    // A RST has a window test of its own, in the step that follows.
    if arrival.segment.flags.rst() {
        return Ok(Flow::Next);
    }
    let test = cx.ask(cx.rules.arrive.sequence.window())?;
    let Phase::Open(conn) = &mut sock.phase else { return Ok(Flow::Done) };
    let old = arrival.seq < i64::from(conn.rcv.nxt) && arrival.end <= i64::from(conn.rcv.nxt);
    if test == WindowTest::Trimmed && old && !arrival.segment.flags.syn() {
        conn.rcv.acks.owed = Owed::Now;
        return Ok(Flow::Next);
    }
    if acceptable(conn, sock.owner, test, arrival) {
        return Ok(Flow::Next);
    }
    if arrival.segment.flags.syn() && syn::is_challenged(cx)? {
        return syn::check(cx, sock, arrival);
    }
    cx.apply(&UNACCEPTABLE);
    syn_received::answer(cx, sock, arrival.segment)?;
    Ok(Flow::Done)
}
