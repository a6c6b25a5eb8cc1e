//! Round trips as the stack would measure them, and what follows from them.

use super::super::habits::{self, Family};
use super::{Machine, STACK, socket_of};
use crate::drill::wire::ISS;
use sim_core::tcp::{Phase, Sock};
use sim_core::wire::{ConnId, Micros, Segment};

/// The timeout after a handshake that has measured nothing.
const AFTER_LOST_SYN: Micros = 3_000_000;

impl Machine {
    /// Loss probes as the round trip has it now, where the stack sends any.
    pub(super) fn see_to_probes(&mut self) {
        let least = self.tuning().rto_min;
        let after = self.habits.probes.is().then(|| self.round_trip.probe_after(least));
        self.tuning().controls.loss_probe = after;
    }

    /// The round trip as it was measured, smoothed.
    pub(in crate::drill) fn srtt(&self) -> Option<Micros> {
        self.round_trip.smoothed()
    }

    /// Whether this acknowledges something that was not acknowledged yet.
    fn is_new(&self, id: ConnId, ack: u32) -> bool {
        let conn = socket_of(self.table(), id).and_then(Sock::conn);
        conn.is_some_and(|conn| ack > conn.snd.una && ack <= conn.snd.nxt)
    }

    /// Karn: where an ACK measures nothing, because what it is for was sent twice, the timeout
    /// stays as it was doubled until one does (RFC 6298 5).
    ///
    /// Of a SYN that was sent twice it becomes three seconds (RFC 6298 5.7; FreeBSD leaves it).
    fn keep_backed_off(&mut self, id: ConnId, ack: u32) {
        let opening =
            socket_of(self.table(), id).is_some_and(|sock| matches!(sock.phase, Phase::Opening(_)));
        if opening && ack == 1 && self.habits.family != Family::Bsd {
            let floor = self.tuning().rto_min;
            self.run.clocks.round_trip = AFTER_LOST_SYN.saturating_sub(floor);
        }
        if !self.is_new(id, ack) {
            return;
        }
        let conn = socket_of(self.table(), id).and_then(Sock::conn);
        let backoff = conn.map_or(0, |conn| conn.snd.backoff.min(20));
        let (floor, cap) = (self.tuning().rto_min, self.tuning().rto_max);
        let round_trip = &mut self.run.clocks.round_trip;
        *round_trip = match self.habits.family {
            Family::Bsd => (*round_trip << backoff).min(cap),
            Family::Linux | Family::Standard => {
                ((*round_trip + floor) << backoff).min(cap).saturating_sub(floor)
            }
        };
    }

    /// An ACK of something that was sent once measures the round trip.
    pub(super) fn measure(&mut self, segment: &Segment) {
        let (now, family) = (self.now(), self.habits.family);
        let least = self.tuning().rto_min;
        let Some(ack) = segment.ack.and_then(|ack| u32::try_from(ack.since(ISS)).ok()) else {
            return;
        };
        let Some(line) = self.lines.last_mut() else { return };
        if ack > line.highest || segment.flags.rst() {
            return;
        }
        let oldest = line.timed.iter().filter(|(end, _)| *end <= ack).map(|(_, at)| *at).min();
        line.timed.retain(|(end, _)| *end > ack);
        // A timestamp tells which sending is answered: the last one.
        let stamped = Some(line.sent_at).filter(|_| line.timestamps.is());
        let (id, backed_off) = (line.id, oldest.is_none() && stamped.is_none());
        if backed_off {
            self.keep_backed_off(id, ack);
        }
        if let Some(at) = oldest.or(stamped.filter(|_| self.is_new(id, ack))) {
            self.round_trip.measured(family, now - at, least);
            self.run.clocks.round_trip = self.round_trip.beyond(family, least);
            self.see_to_probes();
        }
    }

    /// Linux counts retransmissions of text by the time that so many would take from the least
    /// timeout on, and from the first of them (net/ipv4/tcp_timer.c retransmits_timed_out).
    pub(super) fn count_by_time(&mut self, id: ConnId, now: Micros) {
        let counts = self.counts;
        let conn = socket_of(self.table(), id).and_then(Sock::conn);
        let backoff = conn.map_or(0, |conn| conn.snd.backoff);
        let Some(line) = self.lines.iter_mut().find(|line| line.id == id) else { return };
        if backoff == 0 {
            line.resent_at = now;
        }
        let waited = now - line.resent_at;
        let most = self.setup.tuning[STACK.index()].rto_max;
        let over = |count: u8| backoff > 0 && waited >= habits::time_of(count, most);
        let limit = |count: u8| if over(count) { 0 } else { u8::MAX };
        let tuning = self.tuning();
        (tuning.retries, tuning.retries_orphan) = (limit(counts.0), limit(counts.1));
    }
}
