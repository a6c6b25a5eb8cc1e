//! What the time says of a connection's ACKs, for a stack that estimates how long they wait and
//! counts the memory that segments take (Linux).

use super::{Machine, STACK, socket_of};
use crate::drill::acks::AckWait;
use crate::drill::habits::Family;
use sim_core::tcp::memory::{AckClock, Held, SegmentMemory};
use sim_core::tcp::tuning::{AckPolicy, Switchable};
use sim_core::tcp::{Sock, Timer};
use sim_core::wire::{ConnId, Micros, Segment};

impl Machine {
    /// On Linux text that goes out long after the last text came answers nothing (net/ipv4/
    /// tcp_output.c tcp_event_data_sent): ACKs are not kept for answers then.
    pub(super) fn see_to_answers(&mut self) {
        let now = self.now();
        let late = self.line().is_some_and(|line| !line.acks.is_answer(now));
        let late = late && self.habits.family == Family::Linux;
        self.tuning().controls.unprompted = if late { Switchable::On } else { Switchable::Off };
    }

    /// Where the stack has begun anew, what an ACK waits is what it waits in the beginning.
    pub(super) fn see_to_waits(&mut self) {
        let Machine { run, lines, .. } = self;
        let Some(line) = lines.last_mut() else { return };
        let table = &run.world.hosts[STACK.index()].table;
        let conn = socket_of(table, line.id).and_then(Sock::conn);
        if let Some(memory) = conn.and_then(|conn| conn.rcv.memory.as_ref()) {
            line.acks.follow(memory.anew());
        }
    }

    /// What the time says of ACKs before text arrives, on Linux.
    pub(super) fn expect_acks(&mut self, segment: &Segment, push: bool) {
        if !self.counts_memory() {
            return;
        }
        let (now, rto) = (self.now(), self.rto());
        let srtt = self.srtt();
        let nxt = self.line().and_then(|line| socket_of(self.table(), line.id));
        let nxt = nxt.and_then(Sock::conn).map(|conn| conn.rcv.nxt);
        let left = self.run.clocks.due(STACK, segment.conn, Timer::DelayedAck);
        let Some(line) = self.lines.last_mut() else { return };
        let (start, end) = (segment.text.start + 1, segment.text.end + 1);
        let lull = match nxt {
            Some(nxt) if start <= nxt && nxt < end => line.acks.heard(now, rto),
            Some(_) | None => Switchable::Off,
        };
        let wait = line.acks.wait(srtt);
        let held = left.map_or(Held::Kept, |at| AckWait::held(at.saturating_sub(now), wait));
        let tuning = self.tuning();
        tuning.delayed_ack = wait;
        tuning.controls.acks = AckClock { held, lull };
        if let Some(memory) = &mut tuning.controls.memory {
            memory.push = if push { Switchable::On } else { Switchable::Off };
        }
    }

    /// An ACK that was held back goes out by itself.
    pub(super) fn ack_was_missed(&mut self, id: ConnId) {
        let rto = self.rto();
        let conn = socket_of(self.table(), id).and_then(Sock::conn);
        let Some(interactive) = conn.map(|conn| conn.rcv.acks.interactive) else { return };
        if let Some(line) = self.lines.iter_mut().find(|line| line.id == id) {
            line.acks.missed(interactive, rto);
        }
    }

    /// The retransmission timeout as it stands.
    pub(super) fn rto(&self) -> Micros {
        let tuning = &self.setup.tuning[STACK.index()];
        self.run.clocks.round_trip + tuning.rto_min
    }

    /// A connection's segments take so much memory.
    pub(super) fn count_memory(&mut self) {
        let options = if self.line().is_some_and(|line| line.timestamps.is()) { 12 } else { 0 };
        let (buf, headers) = (self.rcv_memory, self.headers);
        let (push, pieces) = (Switchable::Off, self.pieces);
        let set = if self.asked_rcv_buf.is_some() { Switchable::On } else { Switchable::Off };
        self.tuning().controls.memory =
            Some(SegmentMemory { buf, set, headers, options, push, pieces });
        // How many ACKs go out at once turns out when text comes.
        self.tuning().ack = AckPolicy::Delayed { quick: 0 };
    }
}
