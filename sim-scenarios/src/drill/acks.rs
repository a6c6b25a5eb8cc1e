//! How long Linux holds an ACK back: as long as text has been apart of late (net/ipv4/tcp_input.c
//! `tcp_event_data_recv`, tcp_output.c `tcp_send_delayed_ack`). The model does not know the time,
//! so it is told.

use sim_core::tcp::memory::Held;
use sim_core::tcp::{Switch, tuning::Switchable};
use sim_core::wire::Micros;

/// The least that is waited (`TCP_ATO_MIN`, `TCP_DELACK_MIN`).
const LEAST: Micros = 40_000;

/// A timer without a wait is over at the next tick.
const TICK: Micros = 1_000;

/// The most (`tcp_delack_max`): less than the least retransmission timeout.
const MOST: Micros = 199_000;

/// The estimate of a connection (`icsk_ack.ato`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AckWait {
    estimate: Micros,
    /// When text in order came last (`icsk_ack.lrcvtime`).
    text_at: Option<Micros>,
    anew: u8,
}

impl AckWait {
    /// Text comes in order, while the retransmission timeout is `rto`. Tells whether its sender
    /// begins anew.
    pub(super) fn heard(&mut self, now: Micros, rto: Micros) -> Switchable {
        let apart = self.text_at.replace(now).map(|at| now - at);
        let lull = match apart {
            Some(apart) if apart > rto && apart >= self.estimate && self.estimate > 0 => {
                Switchable::On
            }
            Some(_) | None => Switchable::Off,
        };
        self.estimate = match apart {
            _ if self.estimate == 0 => LEAST,
            None => self.estimate,
            Some(apart) if apart <= LEAST / 2 => self.estimate / 2 + LEAST / 2,
            Some(apart) if apart < self.estimate => (self.estimate / 2 + apart).min(rto),
            Some(_) => self.estimate,
        };
        lull
    }

    /// When text in order came last.
    pub(super) fn text_at(&self) -> Option<Micros> {
        self.text_at
    }

    /// Whether text that goes out now answers what came (tcp_event_data_sent).
    pub(super) fn is_answer(&self, now: Micros) -> bool {
        self.text_at.is_none_or(|at| now - at < self.estimate)
    }

    /// The estimate has begun anew so often.
    pub(super) fn follow(&mut self, anew: u8) {
        if core::mem::replace(&mut self.anew, anew) != anew {
            self.estimate = LEAST;
        }
    }

    /// The wait was over (tcp_delack_timer_handler), where `interactive` says whether an answer was
    /// expected to carry the ACK.
    pub(super) fn missed(&mut self, interactive: Switch, rto: Micros) {
        self.estimate = match interactive {
            Switch::On => LEAST,
            Switch::Off => (self.estimate * 2).min(rto),
        };
    }

    /// How long an ACK waits, where round trips take `srtt`.
    pub(super) fn wait(&self, srtt: Option<Micros>) -> Micros {
        let bound = srtt.map_or(MOST, |srtt| srtt.max(LEAST));
        let wait = if self.estimate > LEAST { self.estimate.min(bound) } else { self.estimate };
        wait.clamp(TICK, MOST)
    }

    /// What becomes of an ACK that is due in `left`, when it would wait so long from now on.
    pub(super) fn held(left: Micros, wait: Micros) -> Held {
        if left <= wait / 4 {
            Held::NearlyDue
        } else if wait < left {
            Held::Sooner
        } else {
            Held::Kept
        }
    }
}
