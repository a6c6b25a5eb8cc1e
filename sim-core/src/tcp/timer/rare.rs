//! The timers that only a control begins: the user timeout and the loss probe. Without one nothing
//! here does anything.

use super::super::cx::{Cx, NoteSink};
use super::super::output;
use super::super::sock::{Opening, Phase, Sock, Stage};
use super::super::tuning::{ProbeAfter, Switchable, UserTimeout};
use super::super::{Conn, Repair};
use super::{LOSS_PROBE, Timer};
use crate::answer::Halt;
use crate::wire::{Due, Micros};

/// A timer that is late already fires at the next tick of a 250 Hz clock.
const TICK: Micros = 4_000;

/// Whether a control watches over what is sent.
pub(crate) fn watches<S: NoteSink>(cx: &Cx<'_, S>) -> bool {
    let controls = &cx.tuning.controls;
    controls.loss_probe.is_some() || matches!(controls.user_timeout, UserTimeout::SinceSent(_))
}

/// An active open begins.
pub(crate) fn opens<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) {
    let controls = &cx.tuning.controls;
    let limit = Some(controls.opening).filter(|us| *us > 0);
    let user = match controls.user_timeout {
        UserTimeout::SinceSent(us) => Some(us),
        UserTimeout::Never | UserTimeout::SinceResent(_) => None,
    };
    if let Some(us) = limit.into_iter().chain(user).min() {
        cx.arm(&mut sock.timers, sock.conn, Timer::UserTimeout, Due::After(us));
    }
}

/// Something is sent again, or a window is probed.
pub(super) fn resent<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) {
    let UserTimeout::SinceResent(us) = cx.tuning.controls.user_timeout else { return };
    if sock.timers.contains(Timer::UserTimeout) {
        return;
    }
    let left = match &sock.phase {
        Phase::Opening(Opening::SynSent { .. }) => us.saturating_sub(cx.tuning.rto_syn).max(TICK),
        Phase::Opening(Opening::SynReceived { .. }) => return,
        Phase::Open(_) | Phase::Closed(_) | Phase::Listen(_) | Phase::Waiting(_) => us,
    };
    cx.arm(&mut sock.timers, sock.conn, Timer::UserTimeout, Due::After(left));
}

/// The peer has acknowledged something new, or has opened its window: whoever waited for that
/// begins anew.
pub(crate) fn answered<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) {
    cx.disarm(&mut sock.timers, sock.conn, Timer::UserTimeout);
    cx.disarm(&mut sock.timers, sock.conn, Timer::LossProbe);
}

/// After something may have been sent.
pub(crate) fn after_sending<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, sent: Sent) {
    let Phase::Open(conn) = &sock.phase else { return };
    if let UserTimeout::SinceSent(us) = cx.tuning.controls.user_timeout
        && conn.snd.una < conn.snd.limit()
        && !sock.timers.contains(Timer::UserTimeout)
    {
        cx.arm(&mut sock.timers, sock.conn, Timer::UserTimeout, Due::After(us));
    }
    if let (Some(after), Sent::Something) = (cx.tuning.controls.loss_probe, sent)
        && cx.tuning.sack == Switchable::On
        && may_be_probed(conn)
    {
        let ProbeAfter { one, several } = after;
        let flight = conn.snd.segments(conn.snd.una, conn.snd.nxt, u32::from(conn.mss));
        let wait = Due::After(if flight == 1 { one } else { several });
        cx.arm(&mut sock.timers, sock.conn, Timer::LossProbe, wait);
    }
}

/// Whether the clock of a probe begins (again).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It does: something new was sent, or something new was acknowledged.
    Something,
    /// It does not.
    Nothing,
}

/// In flight, nothing known to be lost, and no probe out already.
fn may_be_probed(conn: &Conn) -> bool {
    conn.stage != Stage::SynReceived
        && !conn.snd.all_acked()
        && conn.snd.repair == Repair::None
        && conn.snd.dupacks == 0
}

/// Sends new text if there is any, whatever the congestion window and Nagle say; else the last
/// segment again.
pub(super) fn probe<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock) -> Result<(), Halt> {
    cx.disarm(&mut sock.timers, sock.conn, Timer::LossProbe);
    cx.apply(&LOSS_PROBE);
    output::probe_tail(cx, sock)
}
