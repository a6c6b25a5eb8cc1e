//! send(): into the send buffer, and as far as it may go onto the wire.

use super::error::{self, WriteOrder, WriteUnconnected};
use super::{Calls, Fd, Return, Wait, find};
use crate::answer::{Halt, Which};
use crate::tcp::arrive::reset::{self, ReceiveQueue};
use crate::tcp::output::Nagle;
use crate::tcp::rule::{PRACTICE, Rule};
use crate::tcp::{Cause, Closed, Errno, NoteSink, Opening, Phase, Sock, Stage, Switch, timer};

pub(crate) static QUEUE: Rule =
    Rule::new("write.queue", "9293 3.10.2", "what the send buffer has room for is accepted");
pub(crate) static FLUSH: Rule = Rule::new(
    "write.flush",
    PRACTICE,
    "a write after the peer's RST throws away what was delivered and not read",
);
pub(crate) static ERROR: Rule = Rule::new(
    "write.error",
    "9293 3.9.1",
    "a write to a connection that cannot send reports the pending error or EPIPE",
);

/// Whether anything can be written now (a pending error apart).
pub(super) fn would_return(sock: &Sock, snd_buf: u32) -> bool {
    match &sock.phase {
        Phase::Opening(Opening::SynSent { .. } | Opening::SynReceived { .. }) => false,
        Phase::Open(conn) if conn.stage == Stage::SynReceived => false,
        Phase::Open(_) => sock.shut.wr() || has_room(sock, snd_buf),
        Phase::Closed(_) | Phase::Listen(_) | Phase::Waiting(_) => true,
    }
}

/// Whether enough of the send buffer is free for a writer to be woken: a third of it.
#[must_use]
pub fn has_room(sock: &Sock, snd_buf: u32) -> bool {
    let held = sock.conn().map_or(0, |conn| conn.snd.held());
    let free = sock.snd_buf.unwrap_or(snd_buf).saturating_sub(held);
    free > 0 && free >= held / 2
}

pub(super) fn write<S: NoteSink>(
    calls: &mut Calls<'_, '_, S>,
    fd: Fd,
    count: u32,
) -> Result<Return, Halt> {
    let Some(at) = find(calls.table, fd) else { return Ok(Return::Error(Errno::BadFile)) };
    let sock = &mut calls.table[at];
    let opening = match &sock.phase {
        Phase::Opening(_) => true,
        Phase::Open(conn) => conn.stage == Stage::SynReceived,
        Phase::Closed(_) | Phase::Listen(_) | Phase::Waiting(_) => false,
    };
    if opening {
        return Ok(error::take(sock).map_or(Return::Would(Wait::Writable(fd)), Return::Error));
    }
    let can_send = match &sock.phase {
        Phase::Open(conn) => matches!(conn.stage, Stage::Established | Stage::CloseWait),
        Phase::Opening(_) | Phase::Closed(_) | Phase::Listen(_) | Phase::Waiting(_) => false,
    };
    if !can_send || sock.shut.wr() || sock.error.is_some() {
        calls.cx.apply(&ERROR);
        return refuse(calls, at);
    }
    let snd_buf = sock.snd_buf.unwrap_or(calls.cx.tuning.snd_buf);
    let Phase::Open(conn) = &mut sock.phase else { return Ok(Return::Done) };
    let room = snd_buf.saturating_sub(conn.snd.held());
    let accepted = count.min(room);
    if accepted == 0 && count > 0 {
        return Ok(Return::Would(Wait::Writable(fd)));
    }
    if u64::from(conn.snd.end) + u64::from(accepted) >= 1 << 31 {
        return Err(Halt::Limit(Which::Bytes));
    }
    calls.cx.apply(&QUEUE);
    conn.snd.end += accepted;
    timer::push(calls.cx, sock, Nagle::Asked)?;
    Ok(Return::Count(accepted))
}

/// What a write that cannot be done returns.
fn refuse<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) -> Result<Return, Halt> {
    let sock = &mut calls.table[at];
    let fresh =
        matches!(&sock.phase, Phase::Closed(Closed { cause: Cause::Fresh, .. }) | Phase::Listen(_));
    if fresh && sock.error.is_none() {
        return Ok(Return::Error(match calls.cx.ask(calls.rules.error.write_unconnected())? {
            WriteUnconnected::Pipe => Errno::BrokenPipe,
            WriteUnconnected::NotConnected => Errno::NotConnected,
        }));
    }
    let unread = sock.unread();
    let reset = matches!(&sock.phase, Phase::Closed(Closed { cause: Cause::ResetByPeer, .. }));
    // The question was asked when the RST came; it is asked again only where it decides.
    let answer = calls.cx.rules.arrive.reset.receive_queue();
    if reset && !unread.is_empty() && answer.1.value() == Some(ReceiveQueue::FlushOnWrite) {
        calls.cx.ask(answer)?;
        calls.cx.apply(&FLUSH);
        reset::flush(calls.cx, sock, unread);
    }
    let pending_first = !sock.shut.wr()
        || sock.error.is_none()
        || calls.cx.ask(calls.rules.error.write())? == WriteOrder::PendingFirst;
    let told = if pending_first { error::take(sock) } else { None };
    Ok(Return::Error(told.unwrap_or(Errno::BrokenPipe)))
}

pub(super) fn no_delay<S: NoteSink>(calls: &mut Calls<'_, '_, S>, fd: Fd) -> Result<Return, Halt> {
    let Some(at) = find(calls.table, fd) else { return Ok(Return::Error(Errno::BadFile)) };
    calls.table[at].nodelay = Switch::On;
    timer::push(calls.cx, &mut calls.table[at], Nagle::Asked)?;
    Ok(Return::Done)
}
