//! Sending again: what a timeout has declared lost, what duplicates say is missing, what probes a
//! closed window.

use super::super::cx::{Cx, NoteSink};
use super::super::sock::{Off, On, Phase, Sock};
use super::super::timer::{self, Timer};
use super::super::{Conn, Fin, Repair};
use super::form::{stamped, syn_ack};
use super::{Moved, Resend, after_sending, send_new};
use crate::answer::Halt;
use crate::wire::{ConnId, Flags, Span};

/// Sends again what a timeout has declared lost, as far as the congestion window goes.
pub(crate) fn resend_lost<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    id: ConnId,
    conn: &mut Conn,
    rcv_buf: Option<u32>,
) -> Result<Moved, Halt> {
    let mut moved = Moved::No;
    while let Repair::Timeout { next, high } = conn.snd.repair {
        let at = next.max(conn.snd.una);
        if at >= high || conn.snd.in_flight(u32::from(conn.mss)) >= conn.snd.cwnd {
            break;
        }
        let end = resend_from(cx, id, conn, rcv_buf, at)?;
        conn.snd.repair = Repair::Timeout { next: end, high: high.max(end) };
        moved = Moved::Yes;
    }
    Ok(moved)
}

/// Sends the segment at `at` again and says where it ends.
fn resend_from<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    id: ConnId,
    conn: &mut Conn,
    rcv_buf: Option<u32>,
    at: u32,
) -> Result<u32, Halt> {
    let mss = u32::from(conn.mss);
    let merge = match cx.ask(cx.rules.output.resend())? {
        Resend::Merge | Resend::Everything => true,
        Resend::AsSent => false,
    };
    let boundary = |from: u32| {
        let full = conn.snd.nxt.min(from + mss);
        conn.snd.cuts.iter().copied().find(|cut| *cut > from).map_or(full, |cut| cut.min(full))
    };
    let text_end = conn.snd.end;
    let mut end = boundary(at);
    while merge && end < conn.snd.nxt {
        let further = boundary(end);
        if further.min(text_end) - at > mss {
            break;
        }
        end = further;
    }
    conn.snd.cuts.retain(|cut| *cut <= at || *cut >= end);
    let flags = if end > text_end { Flags::FIN } else { Flags::NONE };
    let text = Span::new(at, end.min(text_end).max(at));
    let segment = stamped(cx, id, conn, rcv_buf, (at, text, flags));
    cx.send(segment)?;
    Ok(end)
}

/// Sends the oldest unacknowledged segment again.
pub(crate) fn resend_first<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let rcv_buf = sock.rcv_buf;
    let id = sock.conn;
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    if conn.snd.una == 0 {
        let segment = syn_ack(cx, id, conn);
        cx.send(segment)?;
    } else if !conn.snd.all_acked() {
        let at = conn.snd.una;
        let end = resend_from(cx, id, conn, rcv_buf, at)?;
        if let Repair::Timeout { next, high } = conn.snd.repair {
            conn.snd.repair = Repair::Timeout { next: next.max(end), high };
        }
    }
    let wait = timer::rto(cx, conn.snd.backoff);
    cx.arm(&mut sock.timers, id, Timer::Retransmit, wait);
    Ok(())
}

/// Probes a flight: with the next segment if there is one that fits the window, else with the last
/// one again. The retransmission timer begins anew.
pub(crate) fn probe_tail<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let (id, rcv_buf) = (sock.conn, sock.rcv_buf);
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    let snd = &conn.snd;
    let len = snd.unsent().min(u32::from(conn.mss));
    let flags =
        if len == snd.unsent() && snd.fin == Fin::Queued { Flags::FIN } else { Flags::NONE };
    let end = snd.nxt + len + u32::from(flags.fin());
    let again = if end > snd.nxt && end <= snd.edge() {
        send_new(cx, id, conn, rcv_buf, (len, flags))?;
        Off
    } else {
        let mut at = conn.snd.una;
        while let Some(next) = boundary(conn, at).filter(|next| *next < conn.snd.nxt) {
            at = next;
        }
        resend_from(cx, id, conn, rcv_buf, at)?;
        On
    };
    conn.snd.repair = Repair::Probed { high: conn.snd.nxt, again };
    let wait = timer::rto(cx, 0);
    cx.arm(&mut sock.timers, id, Timer::Retransmit, wait);
    Ok(())
}

/// Where the segment that begins here ends.
fn boundary(conn: &Conn, from: u32) -> Option<u32> {
    let full = conn.snd.nxt.min(from + u32::from(conn.mss));
    let cut = conn.snd.cuts.iter().copied().find(|cut| *cut > from);
    Some(cut.map_or(full, |cut| cut.min(full))).filter(|end| *end > from)
}

/// Probes a closed window with a number the peer has already seen (it must answer with an ACK),
/// or with the piece of the next segment that fits.
pub(crate) fn probe<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let (id, rcv_buf) = (sock.conn, sock.rcv_buf);
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    let room = conn.snd.edge().saturating_sub(conn.snd.nxt);
    let piece = conn.snd.unsent().min(room).min(u32::from(conn.mss));
    if piece > 0 {
        send_new(cx, id, conn, rcv_buf, (piece, Flags::NONE))?;
    } else if room > 0 && conn.snd.fin == Fin::Queued && conn.snd.unsent() == 0 {
        send_new(cx, id, conn, rcv_buf, (0, Flags::FIN))?;
    } else {
        let at = conn.snd.una.saturating_sub(1);
        let segment = stamped(cx, id, conn, rcv_buf, (at, Span::new(at, at), Flags::NONE));
        cx.send(segment)?;
    }
    after_sending(cx, sock);
    Ok(())
}
