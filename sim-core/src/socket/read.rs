//! recv(): what is readable, then how the stream ended.

use super::error::{self, AfterEof};
use super::{Calls, Fd, Return, Wait, find};
use crate::answer::Halt;
use crate::tcp::output::WindowUpdate;
use crate::tcp::rule::Rule;
use crate::tcp::tuning::AckPolicy;
use crate::tcp::{
    Acks, Cause, Closed, Cx, Errno, NoteSink, Opening, Owed, Phase, Sock, Switch, Timer, output,
};
use crate::wire::Span;

pub(crate) static DATA: Rule = Rule::new(
    "read.data",
    "9293 3.10.3",
    "what is readable is read first, whatever has happened to the connection since",
);
pub(crate) static ERROR: Rule = Rule::new(
    "read.error",
    "9293 3.9.1",
    "with nothing left to read the pending error is reported, once",
);
pub(crate) static END: Rule =
    Rule::new("read.eof", "9293 3.10.3", "with nothing left to come the stream has ended");
pub(crate) static UPDATE: Rule = Rule::new(
    "read.window_update",
    "9293 3.8.6.2.2",
    "reading that opens the window enough tells the peer",
);

/// Whether reading takes the bytes out of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    Consume,
    Peek,
}

/// Whether recv() would return at once (a pending error apart).
pub(super) fn would_return(sock: &Sock) -> bool {
    if !sock.unread().is_empty() || sock.at_eof() || sock.shut.rd() {
        return true;
    }
    match &sock.phase {
        Phase::Closed(_) | Phase::Listen(_) | Phase::Waiting(_) => true,
        Phase::Opening(_) | Phase::Open(_) => false,
    }
}

pub(super) fn read<S: NoteSink>(
    calls: &mut Calls<'_, '_, S>,
    fd: Fd,
    most: u32,
    take: Take,
) -> Result<Return, Halt> {
    let Some(at) = find(calls.table, fd) else { return Ok(Return::Error(Errno::BadFile)) };
    let sock = &mut calls.table[at];
    if matches!(sock.phase, Phase::Listen(_)) {
        return Ok(Return::Error(Errno::NotConnected));
    }
    let unread = sock.unread();
    if !unread.is_empty() {
        calls.cx.apply(&DATA);
        let count = unread.len().min(most);
        if take == Take::Consume {
            consume(sock, count);
            acknowledge(calls.cx, sock)?;
        }
        return Ok(Return::Count(count));
    }
    if sock.at_eof() {
        let masked = sock.error.is_none()
            || calls.cx.ask(calls.rules.error.after_eof())? == AfterEof::EofOnly;
        if masked {
            if take == Take::Consume {
                sock.stale = Switch::Off;
            }
            calls.cx.apply(&END);
            return Ok(Return::Eof);
        }
    }
    if let Some(errno) = error::take(sock) {
        calls.cx.apply(&ERROR);
        return Ok(Return::Error(errno));
    }
    if sock.at_eof() || sock.shut.rd() {
        calls.cx.apply(&END);
        return Ok(Return::Eof);
    }
    Ok(match &sock.phase {
        Phase::Closed(Closed { cause: Cause::Fresh | Cause::Abandoned, .. }) => {
            Return::Error(Errno::NotConnected)
        }
        Phase::Closed(_) | Phase::Waiting(_) => Return::Eof,
        Phase::Listen(_) => Return::Error(Errno::NotConnected),
        Phase::Opening(Opening::SynSent { .. } | Opening::SynReceived { .. }) | Phase::Open(_) => {
            Return::Would(Wait::Readable(fd))
        }
    })
}

fn consume(sock: &mut Sock, count: u32) {
    match &mut sock.phase {
        Phase::Open(conn) => conn.rcv.read_up_to(conn.rcv.read + count),
        Phase::Closed(closed) => {
            closed.unread = Span::new(closed.unread.start + count, closed.unread.end);
        }
        Phase::Listen(_) | Phase::Opening(_) | Phase::Waiting(_) => {}
    }
}

/// Reading may free an ACK that was held back, and may open the window.
fn acknowledge<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let rcv_buf = sock.rcv_buf;
    let shut = sock.shut.rd();
    let delayed = sock.timers.contains(Timer::DelayedAck);
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    if conn.rcv.memory.is_some() {
        return acknowledge_by_memory(cx, sock);
    }
    let mss = u32::from(conn.mss);
    let Acks { owed, quick: _, interactive } = conn.rcv.acks;
    // More than a segment would have been acknowledged when it came (`pay_ack`).
    let emptied = conn.rcv.unread().is_empty()
        && interactive == Switch::Off
        && cx.tuning.ack != AckPolicy::Held;
    if delayed && owed != Owed::No && emptied {
        return output::ack_now(cx, sock);
    }
    if shut {
        return Ok(());
    }
    let now = conn.rcv.wnd();
    let then = output::promise(cx, conn, rcv_buf);
    let buf = rcv_buf.unwrap_or(cx.tuning.rcv_buf);
    if then <= now {
        return Ok(());
    }
    let update = cx.ask(cx.rules.output.update())?;
    if worth_saying(update, [now, then], buf, mss) {
        cx.apply(&UPDATE);
        return output::ack_now(cx, sock);
    }
    Ok(())
}

/// The same where memory is counted (net/ipv4/tcp.c `__tcp_cleanup_rbuf`).
fn acknowledge_by_memory<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let shut = sock.shut.rd();
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    let rcv = &mut conn.rcv;
    let Some(memory) = &rcv.memory else { return Ok(()) };
    let enough = rcv.nxt - rcv.acked > memory.mss();
    if rcv.acks.owed != Owed::No && (enough || memory.is_freed_by_reading(rcv.acks.interactive)) {
        return output::ack_now(cx, sock);
    }
    let now = rcv.wnd();
    if shut || !memory.is_small(now) {
        return Ok(());
    }
    let of = cx.tuning.controls.memory.as_ref();
    let then = rcv.worth(of, cx.tuning.wnd_unit.max(1)).unwrap_or(now);
    if then > 0 && then >= now.saturating_mul(2) {
        cx.apply(&UPDATE);
        return output::ack_now(cx, sock);
    }
    Ok(())
}

/// Whether a window that was `now` and has become `then` is told without being asked.
fn worth_saying(update: WindowUpdate, [now, then]: [u32; 2], buf: u32, mss: u32) -> bool {
    let more = then - now;
    match update {
        WindowUpdate::Doubled => now.saturating_mul(2) <= buf && then >= now.saturating_mul(2),
        WindowUpdate::TwoSegments => more >= (2 * mss).min(buf / 2).max(1),
        WindowUpdate::Quarter => {
            let two = more >= 2 * mss;
            let large = more >= buf / 4 || then <= buf / 8 || buf <= 8 * mss;
            two && large || more.saturating_mul(2) >= buf
        }
    }
}
