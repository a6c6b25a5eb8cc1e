//! The transitions, on a control part and the signs of the counters.

use super::control::{ClientAt, Control, End, Handle, Outcome, Phase, Reset, ServerAt, Symbol};
use super::{Action, CloseModel, Counter, Side, Strategy};

/// A transition in the making. Guards ask the class, so all of them see the state before it.
pub(super) struct Draft {
    pub(super) control: Control,
    pub(super) keep: u64,
    pub(super) add: u64,
    class: u32,
}

/// What `action` does, or nothing when it is not enabled.
pub(super) fn apply(
    model: &CloseModel,
    control: Control,
    class: u32,
    action: Action,
) -> Option<Draft> {
    let mut draft = Draft { control, keep: u64::MAX, add: 0, class };
    let capacity = u32::from(model.capacity);
    match action {
        Action::Send => draft.send(),
        Action::Receive => draft.receive(),
        Action::Close => draft.client_close(),
        Action::Accept => draft.move_server(ServerAt::Accepting, ServerAt::Serving),
        Action::Read => draft.server_read(ServerAt::Serving),
        Action::Reply => draft.reply(),
        Action::Finish => draft.finish(model.strategy),
        Action::Drain => draft.drain(),
        Action::ServerClose => draft.server_close(),
        Action::SendData(side) => draft.send_data(side, capacity),
        Action::SendFin(side) => draft.send_fin(side, capacity),
        Action::Deliver(side) => draft.deliver(side),
        Action::TimeWait(side) => draft.time_wait(side),
    }
    .then_some(draft)
}

/// Each rule returns whether it was enabled.
impl Draft {
    fn some(&self, counter: Counter) -> bool {
        self.class >> counter.place() & 1 == 1
    }

    fn take(&mut self, counter: Counter) {
        self.add = self.add.wrapping_sub(counter.one());
    }

    fn put(&mut self, counter: Counter) {
        self.add = self.add.wrapping_add(counter.one());
    }

    fn empty(&mut self, counter: Counter) {
        self.keep &= !(counter.one() * super::FIELD);
    }

    fn end(&mut self, side: Side) -> &mut End {
        &mut self.control.ends[side.at()]
    }

    fn writable(&mut self, side: Side) -> bool {
        let end = self.end(side);
        !end.error && matches!(end.phase, Phase::Established | Phase::CloseWait)
    }

    fn decide(&mut self, whole: Outcome, short: Outcome) {
        self.control.outcome = if self.some(Counter::ToRead) { short } else { whole };
        self.control.client = ClientAt::Closing;
    }

    fn send(&mut self) -> bool {
        if self.control.client != ClientAt::Sending {
            return false;
        }
        if self.writable(Side::Client) {
            self.take(Counter::ToSend);
            self.put(Counter::Held(Side::Client));
            if self.class >> 7 == 1 {
                self.control.client = ClientAt::Reading;
            }
        } else {
            self.decide(Outcome::SeenThenReset, Outcome::Lost);
        }
        true
    }

    fn receive(&mut self) -> bool {
        let End { eof, error, .. } = *self.end(Side::Client);
        let unread = Counter::Unread(Side::Client);
        if self.control.client != ClientAt::Reading {
            return false;
        }
        if self.some(unread) {
            self.take(unread);
            self.take(Counter::ToRead);
        } else if error {
            self.decide(Outcome::SeenThenReset, Outcome::Lost);
        } else if eof {
            self.decide(Outcome::SeenToEnd, Outcome::Truncated);
        } else {
            return false;
        }
        true
    }

    fn client_close(&mut self) -> bool {
        if self.control.client != ClientAt::Closing {
            return false;
        }
        self.control.client = ClientAt::Done;
        self.close(Side::Client);
        true
    }

    fn move_server(&mut self, from: ServerAt, to: ServerAt) -> bool {
        let here = self.control.server == from;
        if here {
            self.control.server = to;
        }
        here
    }

    fn server_read(&mut self, at: ServerAt) -> bool {
        let unread = Counter::Unread(Side::Server);
        let enabled = self.control.server == at && self.some(unread);
        if enabled {
            self.take(unread);
        }
        enabled
    }

    fn reply(&mut self) -> bool {
        if self.control.server != ServerAt::Serving || !self.some(Counter::ToReply) {
            return false;
        }
        if self.writable(Side::Server) {
            self.take(Counter::ToReply);
            self.put(Counter::Held(Side::Server));
        } else {
            self.control.server = ServerAt::Closing;
        }
        true
    }

    fn finish(&mut self, strategy: Strategy) -> bool {
        if self.control.server != ServerAt::Serving || self.some(Counter::ToReply) {
            return false;
        }
        match strategy {
            Strategy::Close | Strategy::Linger0 => self.control.server = ServerAt::Done,
            Strategy::Shut => self.control.server = ServerAt::Closing,
            Strategy::Drain => self.control.server = ServerAt::Draining,
        }
        match strategy {
            Strategy::Close => self.close(Side::Server),
            Strategy::Linger0 => self.close_abortively(Side::Server),
            Strategy::Shut | Strategy::Drain => self.shut(Side::Server),
        }
        true
    }

    fn drain(&mut self) -> bool {
        let End { phase, eof, error, .. } = *self.end(Side::Server);
        let over = error || eof || phase == Phase::Closed;
        self.server_read(ServerAt::Draining)
            || over && self.move_server(ServerAt::Draining, ServerAt::Closing)
    }

    fn server_close(&mut self) -> bool {
        let enabled = self.move_server(ServerAt::Closing, ServerAt::Done);
        if enabled {
            self.close(Side::Server);
        }
        enabled
    }

    fn send_data(&mut self, side: Side, capacity: u32) -> bool {
        let enabled = self.some(Counter::Held(side)) && self.end(side).wire.len() < capacity;
        if enabled {
            self.take(Counter::Held(side));
            self.end(side).wire.push(Symbol::Data);
        }
        enabled
    }

    fn send_fin(&mut self, side: Side, capacity: u32) -> bool {
        let held = self.some(Counter::Held(side));
        let end = self.end(side);
        let enabled = end.fin_queued && !held && end.wire.len() < capacity;
        if enabled {
            end.fin_queued = false;
            end.wire.push(Symbol::Fin);
        }
        enabled
    }

    fn time_wait(&mut self, side: Side) -> bool {
        let end = self.end(side);
        let enabled = end.phase == Phase::TimeWait;
        if enabled {
            end.phase = Phase::Closed;
        }
        enabled
    }

    fn deliver(&mut self, side: Side) -> bool {
        let Some(symbol) = self.end(side.peer()).wire.pop() else { return false };
        let end = self.end(side);
        if end.phase == Phase::Closed {
            match symbol {
                Symbol::Data | Symbol::Fin if end.reset == Reset::Unsent => {
                    end.reset = Reset::Sent;
                    end.wire.push(Symbol::Reset);
                }
                Symbol::Data | Symbol::Fin | Symbol::AckOfFin | Symbol::Reset => {}
            }
            return true;
        }
        match symbol {
            Symbol::Data if end.handle == Handle::Orphaned => self.abort(side),
            Symbol::Data => self.put(Counter::Unread(side)),
            Symbol::Fin => self.fin_arrives(side),
            Symbol::AckOfFin => self.ack_arrives(side),
            Symbol::Reset => self.reset_arrives(side),
        }
        true
    }

    fn fin_arrives(&mut self, side: Side) {
        let end = self.end(side);
        end.eof = true;
        end.wire.push(Symbol::AckOfFin);
        end.phase = match end.phase {
            Phase::Established => Phase::CloseWait,
            Phase::FinWait1 => Phase::Closing,
            Phase::FinWait2 => Phase::TimeWait,
            Phase::CloseWait | Phase::Closing | Phase::LastAck => end.phase,
            Phase::TimeWait | Phase::Closed => end.phase,
        };
    }

    fn ack_arrives(&mut self, side: Side) {
        let end = self.end(side);
        end.phase = match end.phase {
            Phase::FinWait1 => Phase::FinWait2,
            Phase::Closing => Phase::TimeWait,
            Phase::LastAck => Phase::Closed,
            Phase::Established | Phase::FinWait2 | Phase::CloseWait => end.phase,
            Phase::TimeWait | Phase::Closed => end.phase,
        };
    }

    /// RFC 9293 3.10.7.4: the queues are flushed and the reset is signalled; in the states where
    /// both have closed, the connection just goes.
    fn reset_arrives(&mut self, side: Side) {
        let end = self.end(side);
        let phase = std::mem::replace(&mut end.phase, Phase::Closed);
        end.fin_queued = false;
        match phase {
            Phase::Established | Phase::FinWait1 | Phase::FinWait2 | Phase::CloseWait => {
                end.error = end.handle == Handle::Held;
                self.empty(Counter::Unread(side));
            }
            Phase::Closing | Phase::LastAck | Phase::TimeWait | Phase::Closed => {}
        }
        self.empty(Counter::Held(side));
    }

    fn shut(&mut self, side: Side) {
        let end = self.end(side);
        let (phase, fin_queued) = match end.phase {
            Phase::Established => (Phase::FinWait1, true),
            Phase::CloseWait => (Phase::LastAck, true),
            Phase::FinWait1 | Phase::FinWait2 | Phase::Closing => (end.phase, end.fin_queued),
            Phase::LastAck | Phase::TimeWait | Phase::Closed => (end.phase, end.fin_queued),
        };
        end.phase = phase;
        end.fin_queued = fin_queued;
    }

    fn abort(&mut self, side: Side) {
        let end = self.end(side);
        end.phase = Phase::Closed;
        end.fin_queued = false;
        end.reset = Reset::Sent;
        end.wire.push(Symbol::Reset);
        self.empty(Counter::Held(side));
        self.empty(Counter::Unread(side));
    }

    fn close(&mut self, side: Side) {
        if self.some(Counter::Unread(side)) {
            self.close_abortively(side);
        } else {
            self.end(side).handle = Handle::Orphaned;
            self.shut(side);
        }
    }

    fn close_abortively(&mut self, side: Side) {
        self.end(side).handle = Handle::Orphaned;
        match self.end(side).phase {
            Phase::Closed => self.empty(Counter::Unread(side)),
            Phase::Established | Phase::FinWait1 | Phase::FinWait2 => self.abort(side),
            Phase::CloseWait | Phase::Closing | Phase::LastAck => self.abort(side),
            Phase::TimeWait => self.abort(side),
        }
    }
}
