//! shutdown(): one direction or both.

use super::close::{self, UnreadStates};
use super::{Calls, Fd, Return, Which, find};
use crate::answer::Halt;
use crate::questions;
use crate::tcp::arrive::reset;
use crate::tcp::rule::{PRACTICE, Rule};
use crate::tcp::{
    By, Cause, Closed, Errno, Fin, Gone, Note, NoteSink, Opening, Phase, Shut, Sock, Stage, Switch,
    Whose, arrive, output, timer,
};
use crate::wire::{Span, State};

questions! {
    /// Questions of shutdown().
    ShutdownRules {
        /// SHUT_RD with bytes unread.
        read_flush: ReadFlush = "shutdown.read_flush",
        /// Whether shutdown() itself resets where bytes are unread.
        unread: UnreadAtShutdown = "shutdown.unread",
        /// SHUT_RD or SHUT_RDWR of a listener.
        listener: OnListener = "shutdown.listener",
    }
}

/// SHUT_RD with bytes unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFlush {
    /// They stay readable.
    Keep,
    /// They are thrown away.
    Flush,
}

/// Whether shutdown() itself resets where bytes are unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreadAtShutdown {
    /// Never.
    Never,
    /// Once both directions are shut.
    BothShut,
    /// Once reading is shut.
    ReadShut,
}

/// SHUT_RD or SHUT_RDWR of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnListener {
    /// It stops listening, and connections nobody accepted are reset.
    Stops,
    /// ENOTCONN.
    NotConnected,
}

pub(crate) static FIN: Rule = Rule::new(
    "shutdown.fin",
    "9293 3.10.4",
    "no more will be sent: a FIN follows the last byte, receiving goes on",
);
pub(crate) static READ_FLUSH: Rule =
    Rule::new("shutdown.read_flush", PRACTICE, "SHUT_RD throws away what is unread");
pub(crate) static UNREAD_RESET: Rule = Rule::new(
    "shutdown.unread_reset",
    PRACTICE,
    "shutting down with bytes unread sends a RST at once",
);
pub(crate) static ABANDON: Rule = Rule::new(
    "shutdown.abandon",
    "9293 3.10.4",
    "in SYN-SENT the attempt is given up without a word",
);

pub(super) fn shutdown<S: NoteSink>(
    calls: &mut Calls<'_, '_, S>,
    fd: Fd,
    which: Which,
) -> Result<Return, Halt> {
    let Some(at) = find(calls.table, fd) else { return Ok(Return::Error(Errno::BadFile)) };
    let asked = Shut {
        rd: if which == Which::Wr { Switch::Off } else { Switch::On },
        wr: if which == Which::Rd { Switch::Off } else { Switch::On },
    };
    let sock = &mut calls.table[at];
    match &sock.phase {
        Phase::Closed(_) | Phase::Waiting(_) => {
            mark(sock, asked);
            Ok(Return::Error(Errno::NotConnected))
        }
        Phase::Listen(_) => listener(calls, at, asked),
        Phase::Opening(Opening::SynSent { .. }) => {
            calls.cx.apply(&ABANDON);
            abandon(calls, at);
            Ok(Return::Done)
        }
        Phase::Opening(Opening::SynReceived { .. }) => Ok(Return::Done),
        Phase::Open(_) => {
            let resets = unread_resets(calls, at, asked)?;
            mark(&mut calls.table[at], asked);
            if resets {
                let sock = &mut calls.table[at];
                calls.cx.apply(&UNREAD_RESET);
                output::abort(calls.cx, sock)?;
                reset::take(calls.cx, sock, By::Us)?;
                return Ok(Return::Done);
            }
            if asked.rd() {
                flush(calls, at)?;
            }
            if asked.wr() {
                send_fin(calls, at)?;
            }
            Ok(Return::Done)
        }
    }
}

/// Whether this shutdown() resets because bytes are unread. The socket is still as it was.
fn unread_resets<S: NoteSink>(
    calls: &mut Calls<'_, '_, S>,
    at: usize,
    asked: Shut,
) -> Result<bool, Halt> {
    let sock = &calls.table[at];
    let Phase::Open(conn) = &sock.phase else { return Ok(false) };
    if conn.rcv.unread().is_empty() {
        return Ok(false);
    }
    let ours = conn.snd.fin == Fin::No;
    // A FIN shuts reading too; what counts is what the application has asked for.
    let reading = asked.rd() || (sock.shut.rd() && !sock.at_eof());
    let both = reading && (asked.wr() || sock.shut.wr());
    Ok(match calls.cx.ask(calls.rules.shutdown.unread())? {
        UnreadAtShutdown::Never => false,
        UnreadAtShutdown::ReadShut => asked.rd(),
        UnreadAtShutdown::BothShut => {
            let before = UnreadStates::BeforeOurFin;
            both && (ours || calls.cx.ask(calls.rules.close.states())? != before)
        }
    })
}

fn mark(sock: &mut Sock, asked: Shut) {
    if asked.rd() {
        sock.shut.rd = Switch::On;
    }
    if asked.wr() {
        sock.shut.wr = Switch::On;
    }
}

fn listener<S: NoteSink>(
    calls: &mut Calls<'_, '_, S>,
    at: usize,
    asked: Shut,
) -> Result<Return, Halt> {
    if !asked.rd() {
        return Ok(Return::Done);
    }
    match calls.cx.ask(calls.rules.shutdown.listener())? {
        OnListener::NotConnected => Ok(Return::Error(Errno::NotConnected)),
        OnListener::Stops => {
            calls.table[at].phase = fresh();
            close::abort_queued(calls)?;
            Ok(Return::Done)
        }
    }
}

pub(super) const fn fresh() -> Phase {
    Phase::Closed(Closed {
        cause: Cause::Fresh,
        unread: Span { start: 0, end: 0 },
        eof: Switch::Off,
    })
}

/// The attempt to connect is over; the descriptor is as new, but an error is pending.
fn abandon<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) {
    let sock = &mut calls.table[at];
    calls.cx.disarm_all(&mut sock.timers, sock.conn);
    timer::fail(calls.cx, sock, Errno::ConnectionReset);
    calls.cx.sink.note(Note::Entered(sock.conn, State::Closed));
    sock.phase = fresh();
    sock.shut = Shut::default();
}

fn flush<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) -> Result<(), Halt> {
    let sock = &mut calls.table[at];
    let unread = sock.unread();
    if unread.is_empty() || calls.cx.ask(calls.rules.shutdown.read_flush())? == ReadFlush::Keep {
        return Ok(());
    }
    calls.cx.apply(&READ_FLUSH);
    let offsets = output::offsets(unread);
    calls.cx.gone(sock.conn, Whose::Theirs, offsets, Gone::DiscardedAfterShutRd);
    if let Phase::Open(conn) = &mut sock.phase {
        conn.rcv.read = conn.rcv.text_end();
    }
    Ok(())
}

/// ESTABLISHED and CLOSE-WAIT send a FIN; everything later has sent one already.
pub(super) fn send_fin<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) -> Result<(), Halt> {
    let sock = &mut calls.table[at];
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    let next = match conn.stage {
        Stage::Established => Stage::FinWait1,
        Stage::CloseWait => Stage::LastAck,
        Stage::SynReceived
        | Stage::FinWait1
        | Stage::FinWait2
        | Stage::Closing
        | Stage::LastAck => return Ok(()),
    };
    calls.cx.apply(&FIN);
    conn.snd.fin = Fin::Queued;
    arrive::enter(calls.cx, sock.conn, conn, next);
    timer::push(calls.cx, sock, output::Nagle::Waived)
}
