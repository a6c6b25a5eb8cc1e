//! TIME-WAIT, and the FIN-WAIT-2 that only waits for the peer's FIN.
//!
//! The second is a state of its own where a stack keeps it as a small socket: no RFC 5961, no
//! queue, and data draws a RST.

use super::super::cx::{Cx, NoteSink, Whose};
use super::super::rule::{PRACTICE, Rule};
use super::super::sock::{Cause, Phase, Sock, WaitStage, Waiting};
use super::super::tuning::Switchable;
use super::super::{Gone, Note, output, timer};
use super::syn_received;
use crate::answer::Halt;
use crate::questions;
use crate::wire::Segment;

questions! {
    /// Questions of waiting.
    WaitingRules {
        /// A RST in TIME-WAIT.
        rst: TimeWaitRst = "waiting.rst",
        /// Which segments begin TIME-WAIT again.
        restart: Restart = "waiting.restart",
        /// Data in TIME-WAIT.
        text: TimeWaitText = "waiting.text",
        /// A segment without ACK in TIME-WAIT.
        without_ack: WithoutAck = "waiting.without_ack",
        /// An empty segment with the next number in TIME-WAIT.
        bare: Bare = "waiting.bare",
        /// Which SYN begins the next connection.
        syn: TimeWaitSyn = "waiting.syn",
    }
}

/// A RST in TIME-WAIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeWaitRst {
    /// Ends it where the number is exact.
    Exact,
    /// Ends it anywhere in the window (RFC 793).
    Window,
    /// Is ignored (RFC 1337).
    Ignore,
}

/// Which segments begin TIME-WAIT again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// Any with ACK.
    AnyAck,
    /// A FIN that comes again.
    FinOnly,
}

/// Data in TIME-WAIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeWaitText {
    /// Draws an ACK.
    Ack,
    /// Draws a RST.
    Reset,
    /// Is ignored where it is in the window.
    Ignore,
}

/// A segment without ACK in TIME-WAIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutAck {
    /// Is answered as any other.
    Answered,
    /// Is dropped, wherever it lies.
    Dropped,
    /// Is dropped where it lies in the window and is no SYN (RFC 9293's order).
    DroppedInside,
}

/// An empty segment with the next number in TIME-WAIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bare {
    /// Says nothing new, whatever it acknowledges.
    Silent,
    /// Says nothing new where it acknowledges everything; else it draws an ACK.
    SilentWhereExact,
}

/// Which SYN in TIME-WAIT begins the next connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeWaitSyn {
    /// One beyond RCV.NXT.
    Newer,
    /// One beyond the window; in the window it draws an ACK.
    BeyondWindow,
    /// One beyond the window; in the window it draws a RST.
    BeyondWindowElseReset,
    /// None: in the window it draws a RST, elsewhere an ACK. TIME-WAIT goes on.
    Refused,
    /// None: it draws an ACK as an old one does.
    Never,
}

pub(crate) static ASSASSINATED: Rule =
    Rule::new("waiting.assassinated", "9293 3.10.7.4 second", "an exact RST ends TIME-WAIT early");
pub(crate) static RST_IGNORED: Rule =
    Rule::new("waiting.rst_ignored", "1337 3", "a RST does not end TIME-WAIT");
pub(crate) static REOPEN: Rule = Rule::new(
    "waiting.reopen",
    "9293 3.6.1",
    "a SYN beyond everything seen begins the next connection",
);
pub(crate) static SYN_REFUSED: Rule = Rule::new(
    "waiting.syn_refused",
    PRACTICE,
    "a SYN in the window of TIME-WAIT draws a RST, and the wait goes on",
);
pub(crate) static ACKED: Rule = Rule::new(
    "waiting.acked",
    "9293 3.10.7.4 eighth",
    "what comes again in TIME-WAIT is acknowledged, and the wait begins anew",
);
pub(crate) static NOTHING_NEW: Rule = Rule::new(
    "waiting.nothing_new",
    "9293 3.10.7.4 fifth",
    "an empty segment with the next number says nothing new",
);
pub(crate) static FIN: Rule = Rule::new(
    "waiting.fin",
    "9293 3.10.7.4 eighth",
    "the FIN that was waited for is acknowledged: TIME-WAIT",
);
pub(crate) static MINI_RST: Rule = Rule::new(
    "waiting.mini_rst",
    "793 3.4",
    "the small FIN-WAIT-2 is ended by any RST in its window",
);
pub(crate) static MINI_OUTSIDE: Rule = Rule::new(
    "waiting.mini_outside",
    "9293 3.10.7.4 first",
    "anything outside the window draws an ACK from the small FIN-WAIT-2",
);
pub(crate) static MINI_DATA: Rule = Rule::new(
    "waiting.mini_data",
    "9293 3.6.1",
    "new data, or a SYN, for the small FIN-WAIT-2 draws a RST and ends it",
);

/// Whether the segment begins a new connection instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reopen {
    No,
    AsNew,
}

pub(super) fn arrive<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    segment: &Segment,
) -> Result<Reopen, Halt> {
    let Phase::Waiting(waiting) = sock.phase else { return Ok(Reopen::No) };
    match waiting.stage {
        WaitStage::FinWait2 => mini(cx, sock, segment, &waiting).map(|()| Reopen::No),
        WaitStage::TimeWait => time_wait(cx, sock, segment, &waiting),
    }
}

fn mini<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    segment: &Segment,
    waiting: &Waiting,
) -> Result<(), Halt> {
    let nxt = waiting.irs.plus(waiting.rcv_nxt);
    if !syn_received::in_window(segment, nxt, waiting.rcv_wnd) {
        cx.apply(&MINI_OUTSIDE);
        return syn_received::answer(cx, sock, segment);
    }
    if segment.flags.rst() {
        cx.apply(&MINI_RST);
        timer::close(cx, sock, Cause::ResetByPeer);
        return Ok(());
    }
    let syn_ahead = segment.flags.syn() && !segment.seq.before(nxt);
    let news = segment.ack.is_some() && segment.end().after(nxt) && !segment.is_empty();
    if !syn_ahead && !news {
        cx.apply(&NOTHING_NEW);
        return Ok(());
    }
    if !syn_ahead && segment.flags.fin() && segment.end() == nxt.plus(1) {
        cx.apply(&FIN);
        if let Phase::Waiting(waiting) = &mut sock.phase {
            waiting.stage = WaitStage::TimeWait;
            waiting.rcv_nxt += 1;
        }
        timer::arm_waiting(cx, sock, WaitStage::TimeWait);
        cx.sink.note(Note::Entered(sock.conn, sock.state()));
        return output::ack_now(cx, sock);
    }
    cx.apply(&MINI_DATA);
    cx.gone(sock.conn, Whose::Theirs, segment.text, Gone::DeadSocket);
    output::reset_reply(cx, segment)?;
    timer::close(cx, sock, Cause::ResetByUs);
    Ok(())
}

/// Whether a segment without ACK is not answered in TIME-WAIT.
fn is_dropped<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    segment: &Segment,
    waiting: &Waiting,
) -> Result<bool, Halt> {
    let nxt = waiting.irs.plus(waiting.rcv_nxt);
    Ok(match cx.ask(cx.rules.arrive.waiting.without_ack())? {
        WithoutAck::Answered => false,
        WithoutAck::Dropped => true,
        WithoutAck::DroppedInside => {
            !segment.flags.syn() && syn_received::in_window(segment, nxt, waiting.rcv_wnd)
        }
    })
}

fn time_wait_rst<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    segment: &Segment,
    waiting: &Waiting,
) -> Result<(), Halt> {
    let nxt = waiting.irs.plus(waiting.rcv_nxt);
    let inside = syn_received::in_window(segment, nxt, waiting.rcv_wnd);
    let overruled = cx.tuning.controls.insecure_rst == Switchable::On;
    let hits = match cx.ask(cx.rules.arrive.waiting.rst())? {
        // Where RFC 5961 is switched off, the window of RFC 793, its right edge outside.
        TimeWaitRst::Exact if overruled => inside && segment.seq.before(nxt.plus(waiting.rcv_wnd)),
        TimeWaitRst::Exact => segment.seq == nxt,
        TimeWaitRst::Window => inside,
        TimeWaitRst::Ignore => false,
    };
    if hits && cx.tuning.rfc1337 == Switchable::Off {
        cx.apply(&ASSASSINATED);
        timer::close(cx, sock, Cause::ResetByPeer);
    } else {
        cx.apply(&RST_IGNORED);
    }
    Ok(())
}

fn time_wait<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    segment: &Segment,
    waiting: &Waiting,
) -> Result<Reopen, Halt> {
    let nxt = waiting.irs.plus(waiting.rcv_nxt);
    if segment.flags.rst() {
        return time_wait_rst(cx, sock, segment, waiting).map(|()| Reopen::No);
    }
    match syn(cx, segment, waiting)? {
        Syn::Reopens => {
            cx.apply(&REOPEN);
            return Ok(Reopen::AsNew);
        }
        Syn::Refused => {
            cx.apply(&SYN_REFUSED);
            return output::reset_reply(cx, segment).map(|()| Reopen::No);
        }
        Syn::AsAnyOther => {}
    }
    if segment.ack.is_none() && is_dropped(cx, segment, waiting)? {
        cx.apply(&super::ack::MISSING);
        cx.gone(sock.conn, Whose::Theirs, segment.text, Gone::DeadSocket);
        return Ok(Reopen::No);
    }
    let restart = match cx.ask(cx.rules.arrive.waiting.restart())? {
        Restart::AnyAck => segment.ack.is_some(),
        Restart::FinOnly => segment.flags.fin(),
    };
    let exact = segment.ack == Some(waiting.iss.plus(waiting.snd_nxt));
    let bare = segment.seq == nxt && segment.is_empty();
    if bare && (exact || cx.ask(cx.rules.arrive.waiting.bare())? == Bare::Silent) {
        cx.apply(&NOTHING_NEW);
        if restart {
            restart_time_wait(cx, sock);
        }
        return Ok(Reopen::No);
    }
    let has_text = !segment.text.is_empty();
    cx.gone(sock.conn, Whose::Theirs, segment.text, Gone::DeadSocket);
    if has_text {
        match cx.ask(cx.rules.arrive.waiting.text())? {
            TimeWaitText::Reset => {
                cx.apply(&MINI_DATA);
                output::reset_reply(cx, segment)?;
                timer::close(cx, sock, Cause::ResetByUs);
                return Ok(Reopen::No);
            }
            TimeWaitText::Ignore
                if !segment.flags.fin()
                    && syn_received::in_window(segment, nxt, waiting.rcv_wnd) =>
            {
                cx.apply(&NOTHING_NEW);
                return Ok(Reopen::No);
            }
            TimeWaitText::Ack | TimeWaitText::Ignore => {}
        }
    }
    cx.apply(&ACKED);
    if restart {
        restart_time_wait(cx, sock);
    }
    syn_received::answer(cx, sock, segment).map(|()| Reopen::No)
}

/// What a SYN comes to.
enum Syn {
    Reopens,
    Refused,
    AsAnyOther,
}

fn syn<S: NoteSink>(cx: &mut Cx<'_, S>, segment: &Segment, waiting: &Waiting) -> Result<Syn, Halt> {
    let nxt = waiting.irs.plus(waiting.rcv_nxt);
    if !segment.flags.syn() || segment.ack.is_some() || segment.seq.before(nxt) {
        return Ok(Syn::AsAnyOther);
    }
    let newer = segment.seq.after(nxt);
    let inside = segment.seq.before(nxt.plus(waiting.rcv_wnd));
    Ok(match cx.ask(cx.rules.arrive.waiting.syn())? {
        TimeWaitSyn::Newer if newer => Syn::Reopens,
        TimeWaitSyn::BeyondWindow | TimeWaitSyn::BeyondWindowElseReset if newer && !inside => {
            Syn::Reopens
        }
        TimeWaitSyn::BeyondWindowElseReset | TimeWaitSyn::Refused if inside => Syn::Refused,
        TimeWaitSyn::Newer
        | TimeWaitSyn::BeyondWindow
        | TimeWaitSyn::BeyondWindowElseReset
        | TimeWaitSyn::Refused
        | TimeWaitSyn::Never => Syn::AsAnyOther,
    })
}

/// Begins TIME-WAIT again; the right to a challenge ACK is not given back by that.
fn restart_time_wait<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) {
    let after = crate::wire::Due::After(cx.tuning.time_wait);
    cx.arm(&mut sock.timers, sock.conn, timer::Timer::TimeWait, after);
}
