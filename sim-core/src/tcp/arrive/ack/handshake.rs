//! The ACK that completes a simultaneous open.

use super::super::super::cx::{Cx, NoteSink};
use super::super::super::recv::Released;
use super::super::super::sock::{Phase, Sock, Stage};
use super::super::super::timer::Timer;
use super::super::super::{Conn, Owed, output};
use super::super::syn_sent::CrossingText;
use super::super::{Arrival, Flow, enter, text};
use super::{BAD_HANDSHAKE, HANDSHAKE, SynReceivedAck};
use crate::answer::Halt;

/// SYN-RECEIVED of a simultaneous open.
pub(super) fn handshake<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
    ack: i64,
) -> Result<Flow, Halt> {
    let least = match cx.ask(cx.rules.arrive.ack.syn_received())? {
        SynReceivedAck::NewOnly => 1,
        SynReceivedAck::OrEqual => 0,
    };
    let Phase::Open(conn) = &mut sock.phase else { return Ok(Flow::Done) };
    if ack < least || ack > i64::from(conn.snd.nxt) {
        cx.apply(&BAD_HANDSHAKE);
        output::reset_reply(cx, arrival.segment)?;
        return Ok(Flow::Done);
    }
    cx.apply(&HANDSHAKE);
    conn.snd.una = u32::from(ack > 0);
    conn.snd.wnd = arrival.segment.wnd;
    conn.snd.largest = conn.snd.largest.max(arrival.segment.wnd);
    conn.snd.wl1 = u32::try_from(arrival.seq).unwrap_or(0);
    enter(cx, sock.conn, conn, Stage::Established);
    if conn.rcv.release() == Released::Some {
        release(cx, conn)?;
    }
    let Phase::Open(conn) = &mut sock.phase else { return Ok(Flow::Done) };
    if conn.snd.una > 0 {
        cx.disarm(&mut sock.timers, sock.conn, Timer::Retransmit);
        cx.disarm(&mut sock.timers, sock.conn, Timer::UserTimeout);
    }
    Ok(Flow::Next)
}

/// Text that came on the SYN can be read now. Where it waited with its FIN it is acknowledged as if
/// it came now; else with the next segment.
fn release<S: NoteSink>(cx: &mut Cx<'_, S>, conn: &mut Conn) -> Result<(), Halt> {
    cx.apply(&text::QUEUE);
    if cx.ask(cx.rules.arrive.syn_sent.crossing())? == CrossingText::Kept {
        conn.rcv.acks.owed = Owed::Usual;
    }
    Ok(())
}
