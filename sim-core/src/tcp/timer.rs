//! Timers of a connection: names, when they are armed, and what firing does.
//!
//! The code never sees a clock. A rate limit is a timer too: a token that comes back.

mod name;
pub(crate) mod rare;

pub use name::{Timer, Timers};

use super::cx::{Cx, NoteSink, Whose};
use super::output::{self, Nagle};
use super::rule::{PRACTICE, Rule};
use super::sock::{Cause, Closed, Opening, Phase, Stage, Switch, WaitStage, Waiting};
use super::tuning::UserTimeout;
use super::{Conn, Errno, Gone, Owed, Owner, Repair, Shut, Sock};
use crate::answer::Halt;
use crate::questions;
use crate::wire::{Due, Growth, Micros, State};

questions! {
    /// Questions of the timers.
    TimerRules {
        /// What an orphan's FIN-WAIT-2 is.
        fin_wait_2: FinWait2Form = "timer.fin_wait_2",
        /// Whether FIN-WAIT-2 ends by itself for a socket that is held but shut for reading.
        fin_wait_2_scope: FinWait2Scope = "timer.fin_wait_2_scope",
        /// How FIN-WAIT-2 ends by itself.
        fin_wait_2_over: FinWait2Over = "timer.fin_wait_2_over",
        /// When the wait for a closed window begins anew.
        persist: PersistRestart = "timer.persist",
        /// What is doubled when a timeout is.
        growth: Growth = "timer.growth",
    }
}

/// What an orphan's FIN-WAIT-2 is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinWait2Form {
    /// A small socket with rules of its own, where its time is no longer than a minute.
    Mini {
        /// The longest it lasts; of a longer FIN-WAIT-2 it is the end.
        at_most: Micros,
    },
    /// The connection itself.
    Full,
}

/// For whom FIN-WAIT-2 ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinWait2Scope {
    /// Nobody holds it.
    Orphan,
    /// Nobody can read from it.
    ReadShut,
}

/// How FIN-WAIT-2 ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinWait2Over {
    /// Without a word.
    Silent,
    /// With a RST.
    Reset,
}

/// When the wait for a closed window begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersistRestart {
    /// With every ACK that leaves it closed.
    EachAck,
    /// With a probe only.
    EachProbe,
}

pub(crate) static RESEND: Rule = Rule::new(
    "timer.resend",
    "6298 5",
    "what is unacknowledged when the timer fires is sent again, with the timer doubled and a \
     window of one segment",
);
pub(crate) static GIVE_UP: Rule = Rule::new(
    "timer.give_up",
    "9293 3.8.3",
    "after so many retransmissions the connection is dropped and ETIMEDOUT is pending",
);
pub(crate) static PROBE: Rule = Rule::new(
    "timer.persist",
    "9293 3.8.6.1",
    "a closed window is probed so that an update that was lost is asked for again",
);
pub(crate) static DELAYED_ACK: Rule =
    Rule::new("timer.delayed_ack", "9293 3.8.6.3", "an ACK that was held back goes out");
pub(crate) static FIN_WAIT_2_OVER: Rule = Rule::new(
    "timer.fin_wait_2_over",
    PRACTICE,
    "a connection nobody can read from does not wait for the peer's FIN for ever",
);
pub(crate) static TIME_WAIT_OVER: Rule =
    Rule::new("timer.time_wait_over", "9293 3.10.8", "after 2 MSL the connection is deleted");
pub(crate) static TOKEN_BACK: Rule =
    Rule::new("timer.challenge_token", "5961 7", "challenge ACKs may be sent again");

pub(crate) static USER_TIMEOUT: Rule = Rule::new(
    "timer.user_timeout",
    "9293 3.10.8",
    "what has waited for its ACK as long as the user has said ends the connection",
);
pub(crate) static LOSS_PROBE: Rule = Rule::new(
    "timer.loss_probe",
    "8985 7.3",
    "a flight that nobody answers is probed with new text, or with its last segment again",
);

/// The retransmission timer's wait for this connection.
pub(crate) fn rto<S: NoteSink>(cx: &Cx<'_, S>, backoff: u8) -> Due {
    let growth = growth(cx);
    Due::Rto { floor: cx.tuning.rto_min, backoff, cap: cx.tuning.rto_max, growth }
}

/// The wait before a SYN or SYN-ACK is sent again.
pub(crate) fn rto_syn<S: NoteSink>(cx: &Cx<'_, S>, backoff: u8) -> Due {
    let shift = u32::from(backoff.min(20));
    let added = match growth(cx) {
        Growth::RoundTrip if backoff > 0 => cx.tuning.rto_min,
        Growth::RoundTrip | Growth::Whole => 0,
    };
    Due::After(((cx.tuning.rto_syn << shift) + added).min(cx.tuning.rto_max))
}

/// Looked up without a note: every timer asks.
fn growth<S: NoteSink>(cx: &Cx<'_, S>) -> Growth {
    cx.rules.timer.growth.value().unwrap_or(Growth::Whole)
}

/// An ACK has come while nothing is in flight, and the window is still closed.
pub(crate) fn still_closed<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let Phase::Open(conn) = &sock.phase else { return Ok(()) };
    let wait = rto(cx, conn.snd.backoff);
    if sock.timers.contains(Timer::Persist)
        && cx.ask(cx.rules.timer.persist())? == PersistRestart::EachAck
    {
        cx.arm(&mut sock.timers, sock.conn, Timer::Persist, wait);
    }
    Ok(())
}

/// What firing does. The timer is no longer armed when this runs.
pub(crate) fn fire<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    timer: Timer,
) -> Result<(), Halt> {
    sock.timers.remove(timer);
    match timer {
        // A probe is never later than the timeout.
        Timer::Retransmit if sock.timers.contains(Timer::LossProbe) => rare::probe(cx, sock),
        Timer::Retransmit => retransmit(cx, sock),
        Timer::LossProbe => rare::probe(cx, sock),
        Timer::UserTimeout => {
            cx.apply(&USER_TIMEOUT);
            give_up(cx, sock);
            Ok(())
        }
        Timer::Persist => persist(cx, sock),
        Timer::DelayedAck => {
            // What was sent meanwhile may have carried it.
            if matches!(&sock.phase, Phase::Open(conn) if conn.rcv.acks.owed == Owed::No) {
                return Ok(());
            }
            cx.apply(&DELAYED_ACK);
            if let Phase::Open(conn) = &mut sock.phase
                && conn.rcv.memory.is_some()
            {
                // tcp_delack_timer_handler: no answer came to carry it.
                conn.rcv.acks.interactive = Switch::Off;
            }
            output::ack_now(cx, sock)
        }
        Timer::FinWait2 => fin_wait_2_over(cx, sock),
        Timer::TimeWait => {
            cx.apply(&TIME_WAIT_OVER);
            close(cx, sock, Cause::Finished);
            Ok(())
        }
        Timer::Challenge => {
            sock.challenges = 0;
            cx.apply(&TOKEN_BACK);
            Ok(())
        }
    }
}

/// A long FIN-WAIT-2 goes on in a small socket, where the stack has one; else it is over.
fn fin_wait_2_over<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    if matches!(sock.phase, Phase::Open(_)) && sock.owner.is_orphan() {
        match cx.ask(cx.rules.timer.fin_wait_2())? {
            FinWait2Form::Mini { at_most } if cx.tuning.fin_wait_2 > at_most => {
                wait(cx, sock, WaitStage::FinWait2);
                return Ok(());
            }
            FinWait2Form::Mini { at_most: _ } | FinWait2Form::Full => {}
        }
    }
    cx.apply(&FIN_WAIT_2_OVER);
    match cx.ask(cx.rules.timer.fin_wait_2_over())? {
        FinWait2Over::Silent => close(cx, sock, Cause::Finished),
        FinWait2Over::Reset => {
            output::abort(cx, sock)?;
            close(cx, sock, Cause::ResetByUs);
        }
    }
    Ok(())
}

fn retransmit<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let limit = match &sock.phase {
        Phase::Opening(Opening::SynSent { .. }) => cx.tuning.retries_syn,
        Phase::Opening(Opening::SynReceived { .. }) => cx.tuning.retries_syn_ack,
        Phase::Open(_) if sock.owner.is_orphan() => cx.tuning.retries_orphan,
        Phase::Open(_) | Phase::Closed(_) | Phase::Listen(_) | Phase::Waiting(_) => {
            cx.tuning.retries
        }
    };
    match &mut sock.phase {
        Phase::Opening(opening) => {
            let linear = match opening {
                Opening::SynSent { .. } => cx.tuning.syn_linear,
                Opening::SynReceived { .. } => 0,
            };
            let (Opening::SynSent { backoff, .. } | Opening::SynReceived { backoff, .. }) = opening;
            if *backoff >= limit.saturating_add(linear) || is_out_of_time(*backoff, limit, linear) {
                cx.apply(&GIVE_UP);
                give_up(cx, sock);
                return Ok(());
            }
            *backoff += 1;
            let wait = rto_syn(cx, backoff.saturating_sub(linear));
            cx.apply(&RESEND);
            rare::resent(cx, sock);
            cx.arm(&mut sock.timers, sock.conn, Timer::Retransmit, wait);
            output::send_opening(cx, sock)
        }
        Phase::Open(conn) => {
            let counted = !matches!(cx.tuning.controls.user_timeout, UserTimeout::SinceResent(_));
            if conn.snd.backoff >= limit && counted {
                cx.apply(&GIVE_UP);
                give_up(cx, sock);
                return Ok(());
            }
            cx.apply(&RESEND);
            let first = conn.snd.backoff == 0;
            let window = conn.snd.cwnd;
            enter_timeout(conn, first);
            rare::resent(cx, sock);
            let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
            // Looked up without a note: the retransmission itself asks.
            if cx.rules.output.resend.value() != Some(output::Resend::Everything) {
                return output::resend_first(cx, sock);
            }
            conn.snd.cwnd = window;
            conn.snd.cuts.clear();
            output::resend_first(cx, sock)?;
            push(cx, sock, Nagle::Asked)
        }
        Phase::Closed(_) | Phase::Listen(_) | Phase::Waiting(_) => Ok(()),
    }
}

/// Whether as long was waited for a SYN's answer as it would take to back off `limit` times. The
/// retransmissions that are not backed off are sooner over than counted where `limit` is small.
fn is_out_of_time(backoff: u8, limit: u8, linear: u8) -> bool {
    if linear == 0 || backoff == 0 || limit > 20 {
        return false;
    }
    let backed_off = (backoff + 1).saturating_sub(linear);
    // In units of the first wait.
    let waited = u64::from(linear.min(backoff + 1)) + (1 << backed_off.min(30)) - 1;
    waited >= (2 << limit) - 1
}

/// RFC 5681 3.1: half of what was in flight becomes the threshold, one segment the window.
fn enter_timeout(conn: &mut Conn, first: bool) {
    let mss = u32::from(conn.mss);
    if first {
        conn.snd.ssthresh = (conn.snd.in_flight(mss) / 2).max(2);
    }
    conn.snd.backoff = conn.snd.backoff.saturating_add(1);
    conn.snd.cwnd = 1;
    conn.snd.counted = 0;
    conn.snd.dupacks = 0;
    conn.snd.repair = Repair::Timeout { next: conn.snd.una, high: conn.snd.nxt };
}

fn give_up<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) {
    fail(cx, sock, Errno::TimedOut);
    if let Phase::Open(conn) = &sock.phase {
        let (flying, unsent) = output::held(conn).split_at(output::offset(conn.snd.nxt));
        cx.gone(sock.conn, Whose::Ours, flying, Gone::LostOnLink);
        cx.gone(sock.conn, Whose::Ours, unsent, Gone::GivenUp);
    }
    close(cx, sock, Cause::TimedOut);
}

fn persist<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let orphan = sock.owner.is_orphan();
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    let limit = if orphan { cx.tuning.retries_orphan } else { cx.tuning.retries };
    if conn.snd.backoff >= limit && orphan {
        cx.apply(&GIVE_UP);
        give_up(cx, sock);
        return Ok(());
    }
    cx.apply(&PROBE);
    conn.snd.backoff = (conn.snd.backoff + 1).min(limit);
    rare::resent(cx, sock);
    output::probe(cx, sock)
}

/// Makes an error pending where somebody can ask for it.
pub(crate) fn fail<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, errno: Errno) {
    match sock.owner {
        Owner::Orphaned => {}
        Owner::Descriptors(_) | Owner::Queued => {
            sock.error = Some(errno);
            cx.sink.note(super::Note::Failed(sock.conn, errno));
        }
    }
}

/// Marks what the send queue holds as gone.
pub(crate) fn drop_send_queue<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &Sock, why: Gone) {
    if let Phase::Open(conn) = &sock.phase {
        cx.gone(sock.conn, Whose::Ours, output::held(conn), why);
    }
}

/// Ends the connection without a word to the peer. What is readable stays readable.
pub(crate) fn close<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, cause: Cause) {
    detach(cx, sock, cause);
    cx.sink.note(super::Note::Entered(sock.conn, State::Closed));
}

/// Takes the connection out of its socket; the state is entered by whoever goes on with it.
fn detach<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, cause: Cause) {
    cx.disarm_all(&mut sock.timers, sock.conn);
    (sock.challenges, sock.stale) = (0, super::sock::Off);
    if let Phase::Open(conn) = &sock.phase {
        for run in &conn.rcv.ooo {
            let span = output::offsets(*run);
            cx.gone(sock.conn, Whose::Theirs, span, Gone::OutOfOrderDiscard);
        }
        if sock.owner.is_orphan() {
            // Taken for an application that is not there.
            cx.gone(sock.conn, Whose::Theirs, output::offsets(sock.unread()), Gone::DeadSocket);
        }
    }
    let closed = Closed {
        cause,
        unread: sock.unread(),
        eof: if sock.at_eof() { super::sock::On } else { super::sock::Off },
    };
    sock.phase = Phase::Closed(closed);
    sock.shut = Shut::BOTH;
}

/// Moves a connection into the waiting socket that outlives it.
pub(crate) fn wait<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, stage: WaitStage) {
    let rcv_buf = sock.rcv_buf;
    let Phase::Open(conn) = &mut sock.phase else { return };
    output::refresh(cx, conn, rcv_buf);
    let waiting = Waiting {
        stage,
        iss: conn.iss,
        irs: conn.irs,
        snd_nxt: conn.snd.nxt,
        rcv_nxt: conn.rcv.nxt,
        rcv_wnd: conn.rcv.wnd(),
    };
    let mut small = Sock { owner: Owner::Orphaned, ..Sock::fresh(0) };
    small.conn = sock.conn;
    small.phase = Phase::Waiting(waiting);
    small.shut = Shut::BOTH;
    let before = sock.state();
    detach(cx, sock, Cause::Finished);
    arm_waiting(cx, &mut small, stage);
    if small.state() != before {
        cx.sink.note(super::Note::Entered(small.conn, small.state()));
    }
    cx.born = Some(small);
}

/// (Re)starts the clock of a waiting socket.
pub(crate) fn arm_waiting<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, stage: WaitStage) {
    let (timer, after) = match stage {
        WaitStage::FinWait2 => (Timer::FinWait2, small_share(cx)),
        WaitStage::TimeWait => (Timer::TimeWait, cx.tuning.time_wait),
    };
    cx.disarm_all(&mut sock.timers, sock.conn);
    cx.arm(&mut sock.timers, sock.conn, timer, Due::After(after));
}

/// What a small socket gets of FIN-WAIT-2: all of a short one, of a long one what is beyond the
/// limit; the full socket has had as much before.
fn small_share<S: NoteSink>(cx: &Cx<'_, S>) -> Micros {
    let whole = cx.tuning.fin_wait_2;
    match cx.rules.timer.fin_wait_2.value() {
        Some(FinWait2Form::Mini { at_most }) if whole > at_most => whole - at_most,
        Some(FinWait2Form::Mini { at_most: _ } | FinWait2Form::Full) | None => whole,
    }
}

/// An orphan has reached FIN-WAIT-2: a small socket, or a timer on the full one.
pub(crate) fn orphan_in_fin_wait_2<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    mini: MiniAllowed,
) -> Result<(), Halt> {
    let form = cx.ask(cx.rules.timer.fin_wait_2())?;
    match (form, mini) {
        (FinWait2Form::Mini { at_most }, MiniAllowed::Yes) if cx.tuning.fin_wait_2 <= at_most => {
            wait(cx, sock, WaitStage::FinWait2);
        }
        (FinWait2Form::Mini { at_most: _ }, MiniAllowed::Yes | MiniAllowed::NotNow) => {
            let after = Due::After(small_share(cx));
            cx.arm(&mut sock.timers, sock.conn, Timer::FinWait2, after);
        }
        (FinWait2Form::Full, MiniAllowed::Yes | MiniAllowed::NotNow) => arm_fin_wait_2(cx, sock),
    }
    Ok(())
}

/// Whether the step in hand may turn a connection into a small socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MiniAllowed {
    /// It may.
    Yes,
    /// The segment that acknowledges our FIN carries one itself, which must not be lost.
    NotNow,
}

/// Starts FIN-WAIT-2's own clock, where it has one.
pub(crate) fn arm_fin_wait_2<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) {
    let after = cx.tuning.fin_wait_2;
    if after > 0 {
        cx.arm(&mut sock.timers, sock.conn, Timer::FinWait2, Due::After(after));
    }
}

/// Sends what the state allows after something changed; the commonest tail of a rule.
pub(crate) fn push<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    nagle: Nagle,
) -> Result<(), Halt> {
    let opening = matches!(&sock.phase, Phase::Open(conn) if conn.stage == Stage::SynReceived);
    if opening { Ok(()) } else { output::transmit(cx, sock, nagle) }
}
