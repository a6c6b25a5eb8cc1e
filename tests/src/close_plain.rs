//! The close model once more, with ordinary fields, for stateright: a second opinion on the packed
//! form and a peer in benches. Nothing here is shared with `close_model` but names.

use stateright::{Model, Property};

use crate::close_model::{Action, CloseModel, Outcome, Phase, Side, Strategy};

/// Longest channel: capacity 8 and two more.
const WIRE: usize = 10;

const NOTHING: u8 = 0;
const DATA: u8 = 1;
const FIN: u8 = 2;
const ACK: u8 = 3;
const RESET: u8 = 4;

/// A channel, oldest first; vacated places hold nothing, or equal states would differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Wire {
    len: u8,
    symbols: [u8; WIRE],
}

impl Wire {
    fn push(&mut self, symbol: u8) {
        self.symbols[usize::from(self.len)] = symbol;
        self.len += 1;
    }

    fn pop(&mut self) -> u8 {
        let oldest = self.symbols[0];
        self.symbols.copy_within(1.., 0);
        self.symbols[WIRE - 1] = NOTHING;
        self.len -= 1;
        oldest
    }
}

/// Bits of an endpoint's flags.
const FIN_QUEUED: u8 = 1;
const EOF: u8 = 2;
const ERROR: u8 = 4;
const RESET_SENT: u8 = 8;
const ORPHANED: u8 = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct End {
    phase: Phase,
    flags: u8,
    snd: u8,
    rcv: u8,
    wire: Wire,
}

/// A state with ordinary fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    ends: [End; 2],
    cph: u8,
    sph: u8,
    sent: u8,
    read: u8,
    replied: u8,
    /// How the reply ended for the client.
    pub outcome: Outcome,
}

const fn at(side: Side) -> usize {
    match side {
        Side::Client => 0,
        Side::Server => 1,
    }
}

impl End {
    const fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    fn writable(&self) -> bool {
        !self.is(ERROR) && matches!(self.phase, Phase::Established | Phase::CloseWait)
    }

    fn shut(&mut self) {
        if self.phase == Phase::Established {
            self.phase = Phase::FinWait1;
            self.flags |= FIN_QUEUED;
        } else if self.phase == Phase::CloseWait {
            self.phase = Phase::LastAck;
            self.flags |= FIN_QUEUED;
        }
    }

    fn abort(&mut self) {
        self.phase = Phase::Closed;
        self.snd = 0;
        self.rcv = 0;
        self.flags = self.flags & !FIN_QUEUED | RESET_SENT;
        self.wire.push(RESET);
    }

    fn close(&mut self) {
        self.flags |= ORPHANED;
        if self.phase == Phase::Closed {
            self.rcv = 0;
        } else if self.rcv > 0 {
            self.abort();
        } else {
            self.shut();
        }
    }

    fn linger0(&mut self) {
        self.flags |= ORPHANED;
        if self.phase == Phase::Closed {
            self.rcv = 0;
        } else {
            self.abort();
        }
    }

    fn arrive(&mut self, symbol: u8) {
        match (symbol, self.phase) {
            (DATA | FIN, Phase::Closed) if !self.is(RESET_SENT) => {
                self.flags |= RESET_SENT;
                self.wire.push(RESET);
            }
            (_, Phase::Closed) => {}
            (DATA, _) if self.is(ORPHANED) => self.abort(),
            (DATA, _) => self.rcv += 1,
            (FIN, phase) => {
                self.flags |= EOF;
                self.wire.push(ACK);
                self.phase = match phase {
                    Phase::Established => Phase::CloseWait,
                    Phase::FinWait1 => Phase::Closing,
                    Phase::FinWait2 => Phase::TimeWait,
                    Phase::CloseWait | Phase::Closing | Phase::LastAck => phase,
                    Phase::TimeWait | Phase::Closed => phase,
                };
            }
            (ACK, Phase::FinWait1) => self.phase = Phase::FinWait2,
            (ACK, Phase::Closing) => self.phase = Phase::TimeWait,
            (ACK, Phase::LastAck) => self.phase = Phase::Closed,
            (ACK, _) => {}
            (_, phase) => {
                if phase <= Phase::CloseWait {
                    self.rcv = 0;
                    self.flags &= !ERROR;
                    self.flags |= if self.is(ORPHANED) { 0 } else { ERROR };
                }
                self.phase = Phase::Closed;
                self.snd = 0;
                self.flags &= !FIN_QUEUED;
            }
        }
    }
}

impl State {
    /// Whether an action is enabled.
    #[must_use]
    pub fn enabled(&self, model: &CloseModel, action: Action) -> bool {
        let [client, server] = &self.ends;
        match action {
            Action::Send => self.cph == 0,
            Action::Receive => {
                self.cph == 1 && (client.rcv > 0 || client.is(ERROR) || client.is(EOF))
            }
            Action::Close => self.cph == 2,
            Action::Accept => self.sph == 0,
            Action::Read => self.sph == 1 && server.rcv > 0,
            Action::Reply => self.sph == 1 && self.replied < model.reply,
            Action::Finish => self.sph == 1 && self.replied == model.reply,
            Action::Drain => {
                self.sph == 2
                    && (server.rcv > 0 || server.is(ERROR | EOF) || server.phase == Phase::Closed)
            }
            Action::ServerClose => self.sph == 3,
            Action::SendData(side) => {
                self.ends[at(side)].snd > 0 && self.ends[at(side)].wire.len < model.capacity
            }
            Action::SendFin(side) => {
                let end = &self.ends[at(side)];
                end.is(FIN_QUEUED) && end.snd == 0 && end.wire.len < model.capacity
            }
            Action::Deliver(side) => self.ends[at(side.peer())].wire.len > 0,
            Action::TimeWait(side) => self.ends[at(side)].phase == Phase::TimeWait,
        }
    }

    /// Takes an enabled action.
    pub fn take(&mut self, model: &CloseModel, action: Action) {
        let [client, server] = &mut self.ends;
        match action {
            Action::Send if client.writable() => {
                self.sent += 1;
                client.snd += 1;
                self.cph = u8::from(self.sent == model.request);
            }
            Action::Send => self.decide(model, Outcome::SeenThenReset, Outcome::Lost),
            Action::Receive if client.rcv > 0 => {
                client.rcv -= 1;
                self.read += 1;
            }
            Action::Receive if client.is(ERROR) => {
                self.decide(model, Outcome::SeenThenReset, Outcome::Lost);
            }
            Action::Receive => self.decide(model, Outcome::SeenToEnd, Outcome::Truncated),
            Action::Close => {
                self.cph = 3;
                client.close();
            }
            Action::Accept => self.sph = 1,
            Action::Read => server.rcv -= 1,
            Action::Reply if server.writable() => {
                self.replied += 1;
                server.snd += 1;
            }
            Action::Reply => self.sph = 3,
            Action::Finish => self.finish(model.strategy),
            Action::Drain if server.rcv > 0 => server.rcv -= 1,
            Action::Drain => self.sph = 3,
            Action::ServerClose => {
                self.sph = 4;
                server.close();
            }
            Action::SendData(side) => {
                self.ends[at(side)].snd -= 1;
                self.ends[at(side)].wire.push(DATA);
            }
            Action::SendFin(side) => {
                self.ends[at(side)].flags &= !FIN_QUEUED;
                self.ends[at(side)].wire.push(FIN);
            }
            Action::Deliver(side) => {
                let symbol = self.ends[at(side.peer())].wire.pop();
                self.ends[at(side)].arrive(symbol);
            }
            Action::TimeWait(side) => self.ends[at(side)].phase = Phase::Closed,
        }
    }

    fn decide(&mut self, model: &CloseModel, whole: Outcome, short: Outcome) {
        self.outcome = if self.read == model.reply { whole } else { short };
        self.cph = 2;
    }

    fn finish(&mut self, strategy: Strategy) {
        let server = &mut self.ends[1];
        match strategy {
            Strategy::Close => server.close(),
            Strategy::Shut | Strategy::Drain => server.shut(),
            Strategy::Linger0 => server.linger0(),
        }
        self.sph = match strategy {
            Strategy::Close | Strategy::Linger0 => 4,
            Strategy::Shut => 3,
            Strategy::Drain => 2,
        };
    }
}

/// The model for stateright. `sought` is an outcome to find a shortest path to.
#[derive(Clone, Copy, Debug)]
pub struct Plain {
    /// The configuration.
    pub model: CloseModel,
    /// The outcome that discovery looks for, if any.
    pub sought: Option<Outcome>,
}

impl Plain {
    /// The outcome after these actions.
    ///
    /// # Panics
    /// When one of them is not enabled.
    #[must_use]
    pub fn replayed(&self, actions: &[Action]) -> Outcome {
        let mut state = self.init_states()[0];
        for &action in actions {
            assert!(state.enabled(&self.model, action), "{action:?} is not enabled");
            state.take(&self.model, action);
        }
        state.outcome
    }
}

impl Model for Plain {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let wire = Wire { len: 0, symbols: [NOTHING; WIRE] };
        let end = End { phase: Phase::Established, flags: 0, snd: 0, rcv: 0, wire };
        let cph = u8::from(self.model.request == 0);
        let outcome = Outcome::Undecided;
        vec![State { ends: [end; 2], cph, sph: 0, sent: 0, read: 0, replied: 0, outcome }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        actions.extend(Action::ALL.into_iter().filter(|&one| state.enabled(&self.model, one)));
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = *state;
        next.take(&self.model, action);
        Some(next)
    }

    /// Without a sought outcome, a property that never holds keeps the search going to the end.
    fn properties(&self) -> Vec<Property<Self>> {
        let sought = |plain: &Self, state: &State| plain.sought == Some(state.outcome);
        vec![Property::sometimes("sought", sought)]
    }
}
