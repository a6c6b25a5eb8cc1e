//! RFC 9293 3.10.7.4, fifth: the ACK field. What it acknowledges, the window it brings, what the
//! congestion window makes of it, and the states that only wait for it.

mod handshake;
mod window;

use super::super::cx::{Cx, NoteSink, Whose};
use super::super::rule::{PRACTICE, Rule};
use super::super::sock::{Cause, OpenedBy, Phase, Sock, Stage, WaitStage};
use super::super::timer::{self, MiniAllowed, Timer};
use super::super::tuning::UserTimeout;
use super::super::{Fin, Gone, Owed, Repair, Switch, output};
use super::{Arrival, Flow, enter, text};
use crate::answer::Halt;
use crate::questions;
use handshake::handshake;
use window::{grow, on_fast_path, probed, take_window};

questions! {
    /// Questions of the ACK field.
    AckRules {
        /// When a segment without ACK is dropped.
        missing: MissingAck = "ack.missing",
        /// An ACK of something acknowledged long ago.
        too_old: TooOld = "ack.too_old",
        /// An ACK of something never sent.
        future: FutureAck = "ack.future",
        /// Whether SYN-RECEIVED takes an ACK of nothing new.
        syn_received: SynReceivedAck = "ack.syn_received",
        /// How many duplicate ACKs count.
        duplicates: Duplicates = "ack.duplicates",
    }
}

/// When a segment with none of ACK, RST and SYN is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingAck {
    /// Before anything else is looked at.
    First,
    /// Where the standard's order comes to the ACK bit.
    InOrder,
    /// Before anything else, a SYN too; and so is one whose ACK is old, while an ACK of something
    /// never written draws an ACK: the field is judged before the window is.
    JudgedFirst,
}

/// An ACK of something acknowledged long ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooOld {
    /// Further back than the largest window it draws a challenge ACK (RFC 5961).
    Challenge,
    /// The same, and beyond everything that was ever in flight; but text for which the fast path is
    /// open is taken all the same.
    ChallengeOffFastPath,
    /// It is ignored, the rest of the segment is not.
    Ignore,
}

/// An ACK of something never sent. The segment is dropped either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FutureAck {
    /// It draws an ACK.
    Answered,
    /// It draws an ACK, but none in ESTABLISHED.
    SilentInEstablished,
}

/// Whether SYN-RECEIVED takes an ACK of nothing new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SynReceivedAck {
    /// It must acknowledge our SYN.
    NewOnly,
    /// SND.UNA will do.
    OrEqual,
}

/// How many duplicate ACKs count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// Every one (RFC 5681).
    Every,
    /// One fewer than there are segments in flight: one of them is missing, so no more than the
    /// others can have drawn one.
    OneEachOfTheOthers,
}

pub(crate) static MISSING: Rule =
    Rule::new("ack.missing", "9293 3.10.7.4 fifth", "a segment without ACK is dropped");
pub(crate) static FUTURE: Rule = Rule::new(
    "ack.future",
    "9293 3.10.7.4 fifth",
    "an ACK of something never sent draws an ACK, and the segment is dropped",
);
pub(crate) static OLD: Rule = Rule::new(
    "ack.old",
    "9293 3.10.7.4 fifth",
    "an ACK of something acknowledged before is ignored",
);
pub(crate) static LONG_AGO: Rule = Rule::new(
    "ack.too_old",
    "5961 5.2",
    "an ACK from before anything that was in flight draws a challenge ACK",
);
pub(crate) static NEW: Rule =
    Rule::new("ack.new", "9293 3.10.7.4 fifth", "what is acknowledged leaves the send queue");
pub(crate) static BAD_HANDSHAKE: Rule = Rule::new(
    "ack.bad_handshake",
    "9293 3.10.7.4 fifth",
    "in SYN-RECEIVED an unacceptable ACK draws a RST, and the state stays",
);
pub(crate) static HANDSHAKE: Rule = Rule::new(
    "ack.handshake",
    "9293 3.10.7.4 fifth",
    "the ACK of our SYN completes a simultaneous open",
);
pub(crate) static FIN_ACKED: Rule = Rule::new(
    "ack.fin",
    "9293 3.10.7.4 fifth",
    "the ACK of our FIN moves FIN-WAIT-1, CLOSING and LAST-ACK on",
);
pub(crate) static NO_FIN_WAIT_2: Rule = Rule::new(
    "ack.no_fin_wait_2",
    PRACTICE,
    "an orphan that may not wait for the peer's FIN is reset instead",
);
pub(crate) static FAST_RESEND: Rule = Rule::new(
    "ack.fast_resend",
    "5681 3.2",
    "the third duplicate ACK sends the missing segment again",
);

/// Before everything: segments that carry no meaning for this stack at all.
pub(super) fn present<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<Flow, Halt> {
    let flags = arrival.segment.flags;
    // Looked up without a note: it matters in every segment, to one stack.
    if cx.rules.arrive.ack.missing.value() == Some(MissingAck::JudgedFirst) && !flags.rst() {
        return judged_first(cx, sock, arrival);
    }
    if arrival.ack.is_some()
        || flags.rst()
        || flags.syn()
        || cx.ask(cx.rules.arrive.ack.missing())? == MissingAck::InOrder
    {
        return Ok(Flow::Next);
    }
    cx.apply(&MISSING);
    Ok(Flow::Done)
}

/// The ACK field before the window.
fn judged_first<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<Flow, Halt> {
    cx.ask(cx.rules.arrive.ack.missing())?;
    let Some(ack) = arrival.ack else {
        cx.apply(&MISSING);
        return Ok(Flow::Done);
    };
    let Phase::Open(conn) = &sock.phase else { return Ok(Flow::Done) };
    if conn.stage != Stage::SynReceived && ack < i64::from(conn.snd.una) {
        cx.apply(&OLD);
        return Ok(Flow::Done);
    }
    if conn.stage != Stage::SynReceived && ack > i64::from(conn.snd.limit()) {
        cx.apply(&FUTURE);
        output::limited_ack(cx, sock, output::Limit::Unacceptable)?;
        return Ok(Flow::Done);
    }
    Ok(Flow::Next)
}

pub(super) fn check<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<Flow, Halt> {
    let Some(ack) = arrival.ack else {
        cx.apply(&MISSING);
        return owed_all_the_same(cx, sock);
    };
    let Phase::Open(conn) = &mut sock.phase else { return Ok(Flow::Done) };
    if conn.stage == Stage::SynReceived {
        return handshake(cx, sock, arrival, ack);
    }
    let (una, nxt) = (i64::from(conn.snd.una), i64::from(conn.snd.nxt));
    if ack > nxt {
        cx.apply(&FUTURE);
        let established = conn.stage == Stage::Established;
        let rule = cx.ask(cx.rules.arrive.ack.future())?;
        if rule == FutureAck::Answered || !established {
            output::limited_ack(cx, sock, output::Limit::Unacceptable)?;
        }
        return Ok(Flow::Done);
    }
    if ack < una {
        let ever = una - i64::from(conn.opened == OpenedBy::Peer);
        if ack < una - ever.min(i64::from(conn.snd.largest)) {
            return long_ago(cx, sock, arrival, ack);
        }
        cx.apply(&OLD);
        return Ok(Flow::Next);
    }
    let ack = u32::try_from(ack).unwrap_or(conn.snd.una);
    let opened = take_window(conn, arrival, ack);
    if opened && conn.snd.all_acked() && conn.snd.edge() > conn.snd.nxt {
        // The back-off was the probes': what goes out now begins its own.
        conn.snd.backoff = 0;
        if let UserTimeout::SinceResent(_) = cx.tuning.controls.user_timeout {
            timer::rare::answered(cx, sock);
        }
    }
    let Phase::Open(conn) = &mut sock.phase else { return Ok(Flow::Done) };
    if ack == conn.snd.una {
        let duplicate = !opened && arrival.segment.is_empty() && !conn.snd.all_acked();
        if let Repair::Probed { high, .. } = conn.snd.repair
            && ack >= high
            && !opened
            && arrival.segment.is_empty()
        {
            // Both the probe and what it repeated have come: nothing was lost.
            conn.snd.repair = Repair::None;
        }
        if duplicate {
            duplicate_ack(cx, sock)?;
        } else if !opened {
            timer::still_closed(cx, sock)?;
        }
        return Ok(Flow::Next);
    }
    new_ack(cx, sock, ack)?;
    closing_states(cx, sock, arrival)
}

/// A segment that was cut off at the left has earned its ACK before it is dropped.
fn owed_all_the_same<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<Flow, Halt> {
    if matches!(&sock.phase, Phase::Open(conn) if conn.rcv.acks.owed == Owed::Now) {
        output::ack_now(cx, sock)?;
    }
    Ok(Flow::Done)
}

/// An ACK from before anything that was in flight, or further back than the peer's window was wide.
fn long_ago<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
    ack: i64,
) -> Result<Flow, Halt> {
    let Phase::Open(conn) = &sock.phase else { return Ok(Flow::Done) };
    let predicted = on_fast_path(conn, arrival);
    // RFC 5961 5.2 counts from SND.UNA - MAX.SND.WND, whatever was in flight.
    let within = ack >= i64::from(conn.snd.una) - i64::from(conn.snd.largest);
    match cx.ask(cx.rules.arrive.ack.too_old())? {
        TooOld::Challenge if within => {
            cx.apply(&OLD);
            Ok(Flow::Next)
        }
        TooOld::ChallengeOffFastPath if predicted => {
            // The text's ACK is the challenge ACK; it counts against the limit.
            cx.apply(&OLD);
            output::spend(cx, sock, output::Limit::Challenge);
            Ok(Flow::Next)
        }
        TooOld::Challenge | TooOld::ChallengeOffFastPath => {
            cx.apply(&LONG_AGO);
            output::limited_ack(cx, sock, output::Limit::Challenge)?;
            Ok(Flow::Done)
        }
        TooOld::Ignore => {
            cx.apply(&OLD);
            Ok(Flow::Next)
        }
    }
}

/// RFC 5681 3.2 without SACK: two duplicates let new segments out (limited transmit), the third
/// sends the missing one again.
fn duplicate_ack<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    let mss = u32::from(conn.mss);
    let flight = conn.snd.segments(conn.snd.una, conn.snd.nxt, mss);
    let most = match cx.ask(cx.rules.arrive.ack.duplicates())? {
        Duplicates::Every => 250,
        Duplicates::OneEachOfTheOthers => u8::try_from(flight.saturating_sub(1)).unwrap_or(250),
    };
    conn.snd.dupacks = conn.snd.dupacks.saturating_add(1).min(most.min(250));
    match conn.snd.repair {
        Repair::None | Repair::Probed { .. } if conn.snd.dupacks == 3 => {
            conn.snd.ssthresh = (flight.min(conn.snd.cwnd) / 2).max(2);
            conn.snd.cwnd = conn.snd.ssthresh;
            conn.snd.repair = Repair::Fast { high: conn.snd.nxt };
            cx.apply(&FAST_RESEND);
            cx.disarm(&mut sock.timers, sock.conn, Timer::LossProbe);
            output::resend_first(cx, sock)
        }
        Repair::None | Repair::Probed { .. } | Repair::Fast { .. } | Repair::Timeout { .. } => {
            Ok(())
        }
    }
}

fn new_ack<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, ack: u32) -> Result<(), Halt> {
    cx.apply(&NEW);
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    let mss = u32::from(conn.mss);
    let snd = &mut conn.snd;
    let flight = snd.segments(snd.una, snd.nxt, mss);
    let acked = snd.segments(snd.una, ack, mss);
    let data = snd.una > 0;
    snd.una = ack;
    snd.cuts.retain(|cut| *cut > ack);
    if snd.small <= ack {
        snd.small = 0;
    }
    snd.backoff = 0;
    let mut partial = false;
    match snd.repair {
        Repair::None => {
            snd.dupacks = 0;
            grow(snd, if data { acked } else { 0 }, flight);
        }
        Repair::Probed { high, again } => {
            snd.dupacks = 0;
            grow(snd, if data { acked } else { 0 }, flight);
            probed(snd, ack, (high, again));
        }
        Repair::Timeout { next, high } => {
            snd.dupacks = 0;
            let over = ack >= high;
            snd.repair = if over { Repair::None } else { Repair::Timeout { next, high } };
            grow(snd, acked, u32::MAX);
        }
        Repair::Fast { high } if ack >= high => {
            snd.dupacks = 0;
            snd.repair = Repair::None;
        }
        Repair::Fast { high: _ } => {
            let left = u32::from(snd.dupacks).saturating_sub(acked.saturating_sub(1));
            snd.dupacks = u8::try_from(left).unwrap_or(u8::MAX);
            partial = true;
        }
    }
    if sock.timers.any_rare() {
        timer::rare::answered(cx, sock);
    }
    let Phase::Open(conn) = &sock.phase else { return Ok(()) };
    let flying = !conn.snd.all_acked();
    if partial {
        output::resend_first(cx, sock)?;
    } else if flying {
        let wait = timer::rto(cx, 0);
        cx.arm(&mut sock.timers, sock.conn, Timer::Retransmit, wait);
    } else {
        cx.disarm(&mut sock.timers, sock.conn, Timer::Retransmit);
    }
    cx.disarm(&mut sock.timers, sock.conn, Timer::Persist);
    if timer::rare::watches(cx) {
        timer::rare::after_sending(cx, sock, timer::rare::Sent::Something);
    }
    Ok(())
}

/// What waits for the ACK of our FIN moves on.
fn closing_states<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<Flow, Halt> {
    let Phase::Open(conn) = &mut sock.phase else { return Ok(Flow::Done) };
    if conn.snd.fin != Fin::Sent || !conn.snd.all_acked() {
        return Ok(Flow::Next);
    }
    match conn.stage {
        Stage::FinWait1 => {
            cx.apply(&FIN_ACKED);
            enter(cx, sock.conn, conn, Stage::FinWait2);
            entered_fin_wait_2(cx, sock, arrival)
        }
        Stage::Closing => {
            cx.apply(&FIN_ACKED);
            timer::wait(cx, sock, WaitStage::TimeWait);
            Ok(Flow::Done)
        }
        Stage::LastAck => {
            cx.apply(&FIN_ACKED);
            timer::close(cx, sock, Cause::Finished);
            Ok(Flow::Done)
        }
        Stage::SynReceived | Stage::Established | Stage::FinWait2 | Stage::CloseWait => {
            Ok(Flow::Next)
        }
    }
}

fn entered_fin_wait_2<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<Flow, Halt> {
    if !sock.owner.is_orphan() {
        let scope = timer::FinWait2Scope::ReadShut;
        if sock.shut.rd() && cx.ask(cx.rules.timer.fin_wait_2_scope())? == scope {
            timer::arm_fin_wait_2(cx, sock);
        }
        return Ok(Flow::Next);
    }
    if sock.no_fin_wait_2 == Switch::On {
        cx.apply(&NO_FIN_WAIT_2);
        cx.gone(sock.conn, Whose::Theirs, arrival.segment.text, Gone::DeadSocket);
        output::reset_reply(cx, arrival.segment)?;
        timer::close(cx, sock, Cause::ResetByUs);
        return Ok(Flow::Done);
    }
    if text::is_late(sock, arrival) {
        return Ok(Flow::Next);
    }
    let mini = match arrival.segment.flags.fin() {
        true => MiniAllowed::NotNow,
        false => MiniAllowed::Yes,
    };
    timer::orphan_in_fin_wait_2(cx, sock, mini)?;
    Ok(if matches!(sock.phase, Phase::Open(_)) { Flow::Next } else { Flow::Done })
}
