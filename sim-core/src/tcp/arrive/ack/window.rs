//! What an ACK does to the two windows, the peer's and the congestion window; and whether a segment
//! is so ordinary that nothing but its text is looked at.

use super::super::super::{Conn, Repair, SendHalf, Stage, Switch};
use super::super::Arrival;

/// SND.WND moves where the segment is newer, or says more, or says none. Says whether it moved.
pub(super) fn take_window(conn: &mut Conn, arrival: &Arrival<'_>, ack: u32) -> bool {
    let snd = &mut conn.snd;
    let wnd = arrival.segment.wnd;
    let (seq, wl1) = (arrival.seq, i64::from(snd.wl1));
    let newer = ack > snd.una || seq > wl1 || (seq == wl1 && (wnd > snd.wnd || wnd == 0));
    let moved = newer && wnd != snd.wnd;
    if newer {
        snd.wnd = wnd;
        snd.largest = snd.largest.max(wnd);
        snd.wl1 = u32::try_from(seq).unwrap_or(0);
    }
    moved
}

/// What the ACK says of a loss probe (RFC 8985 7.4): new text is answered as text is. What was sent
/// again and is passed has filled a hole, which is a loss.
pub(super) fn probed(snd: &mut SendHalf, ack: u32, (high, again): (u32, Switch)) {
    let over = match again {
        Switch::Off => ack >= high,
        Switch::On => ack > high,
    };
    if !over {
        return;
    }
    snd.repair = Repair::None;
    if again == Switch::On {
        snd.ssthresh = (snd.cwnd / 2).max(2);
        snd.cwnd = snd.ssthresh;
    }
}

/// RFC 5681 3.1: slow start counts acknowledged segments, congestion avoidance windows. A window
/// that is not used up does not grow.
pub(super) fn grow(snd: &mut SendHalf, acked: u32, flight: u32) {
    if snd.cwnd < snd.ssthresh {
        if snd.cwnd < flight.saturating_mul(2) {
            snd.cwnd = (snd.cwnd + acked).min(snd.ssthresh.max(snd.cwnd));
        }
    } else if flight >= snd.cwnd {
        snd.counted += acked;
        if snd.counted >= snd.cwnd {
            snd.counted -= snd.cwnd;
            snd.cwnd += 1;
        }
    }
}

/// Header prediction: the next text in order, nothing else new, and memory at hand, which a
/// connection has once anything was sent or received on it.
pub(super) fn on_fast_path(conn: &Conn, arrival: &Arrival<'_>) -> bool {
    let used = conn.rcv.nxt > 1 || conn.snd.limit() > 1;
    conn.stage == Stage::Established
        && conn.rcv.ooo.is_empty()
        && conn.rcv.ooo_fin == 0
        && !arrival.segment.flags.fin()
        && !arrival.segment.text.is_empty()
        && arrival.seq == i64::from(conn.rcv.nxt)
        && arrival.segment.wnd == conn.snd.wnd
        && used
}
