//! The state diagram of RFC 9293 as the TLA+ Examples have it (`specifications/tcp`), as rows.
//!
//! Abstracted there, and so here: no data, numbers, windows, timers or loss; a message is a word in
//! its receiver's queue; the user's calls may happen whenever the diagram allows them; a connection
//! block is there or not; a reset may be sent whenever there is one, and leads to TIME-WAIT; a
//! reset that arrives leads to LISTEN or to CLOSED as it pleases. Who wins a race for bytes cannot
//! be asked of this model; that an explorer finds the published counts can.
//!
//! Two constraints keep the space finite. A state with two equal neighbours in a queue is generated
//! but not entered ("no retransmission"); a step that opens is generated but not taken ("single
//! active open": the first one happened before the start). Both are halts to our explorer, so
//! TLC's "states generated" is the initial states, the edges and the halts together.

use sim_core::drive::explore::{Interner, Model};

/// The states of the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the standard's names")]
pub enum Phase {
    Closed,
    Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    Closing,
    CloseWait,
    LastAck,
    TimeWait,
}

/// A message is its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the standard's names")]
pub enum Message {
    Syn,
    SynAck,
    Ack,
    AckOfFin,
    Fin,
    Reset,
}

/// Whether a peer has a connection block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Block {
    /// Created by an open.
    There,
    /// Never created, or deleted.
    Gone,
}

/// One peer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Peer {
    /// Its place in the diagram.
    pub phase: Phase,
    /// Its connection block.
    pub block: Block,
    /// What is on its way here, oldest first.
    pub inbox: Vec<Message>,
}

/// A state of the diagram's model.
pub type Pair = [Peer; 2];

/// What happens to the connection block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Create,
    Delete,
    Keep,
}

/// What sets a step off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// These messages are first in the inbox.
    Arrival(&'static [Message]),
    /// A call of the user that opens: barred by the second constraint.
    Opening,
    /// Another call of the user, or the end of TIME-WAIT.
    Own,
    /// As `Own`, and there must be a connection block.
    OwnWithBlock,
}

/// An arrow of the diagram.
#[derive(Debug, PartialEq, Eq)]
pub struct Arrow {
    /// `None` stands for any.
    from: Option<Phase>,
    cause: Cause,
    send: Option<Message>,
    to: Phase,
    block: Change,
}

const fn arrival(
    from: Phase,
    messages: &'static [Message],
    send: Option<Message>,
    to: Phase,
) -> Arrow {
    Arrow { from: Some(from), cause: Cause::Arrival(messages), send, to, block: Change::Keep }
}

const fn own(from: Phase, send: Option<Message>, to: Phase, block: Change) -> Arrow {
    Arrow { from: Some(from), cause: Cause::Own, send, to, block }
}

const fn opening(from: Phase, send: Option<Message>, to: Phase, block: Change) -> Arrow {
    Arrow { from: Some(from), cause: Cause::Opening, send, to, block }
}

const fn reset_arrives(to: Phase) -> Arrow {
    let cause = Cause::Arrival(&[Message::Reset]);
    Arrow { from: None, cause, send: None, to, block: Change::Keep }
}

use Message::{Ack, AckOfFin, Fin, Reset, Syn, SynAck};

/// The diagram. A SYN-RECEIVED peer has two ways from a reset to LISTEN, its own and the general
/// one; both are steps and both count as generated.
static ARROWS: [Arrow; 24] = [
    arrival(Phase::Listen, &[Syn], Some(SynAck), Phase::SynReceived),
    arrival(Phase::SynSent, &[Syn], Some(SynAck), Phase::SynReceived),
    arrival(Phase::SynSent, &[SynAck], Some(Ack), Phase::Established),
    arrival(Phase::SynReceived, &[Reset], None, Phase::Listen),
    arrival(Phase::SynReceived, &[Ack], None, Phase::Established),
    arrival(Phase::Established, &[Fin], Some(AckOfFin), Phase::CloseWait),
    arrival(Phase::FinWait1, &[Fin], Some(AckOfFin), Phase::Closing),
    arrival(Phase::FinWait1, &[AckOfFin], None, Phase::FinWait2),
    // The FIN and the acknowledgement of ours, taken together.
    arrival(Phase::FinWait1, &[Fin, AckOfFin], Some(AckOfFin), Phase::TimeWait),
    arrival(Phase::FinWait2, &[Fin], Some(AckOfFin), Phase::TimeWait),
    arrival(Phase::Closing, &[AckOfFin], None, Phase::TimeWait),
    arrival(Phase::LastAck, &[AckOfFin], None, Phase::Closed),
    Arrow {
        from: Some(Phase::TimeWait),
        cause: Cause::OwnWithBlock,
        send: None,
        to: Phase::Closed,
        block: Change::Delete,
    },
    Arrow {
        from: None,
        cause: Cause::OwnWithBlock,
        send: Some(Reset),
        to: Phase::TimeWait,
        block: Change::Keep,
    },
    reset_arrives(Phase::Listen),
    reset_arrives(Phase::Closed),
    opening(Phase::Closed, Some(Syn), Phase::SynSent, Change::Create),
    opening(Phase::Closed, None, Phase::Listen, Change::Create),
    opening(Phase::Listen, Some(Syn), Phase::SynSent, Change::Keep),
    own(Phase::SynSent, None, Phase::Closed, Change::Delete),
    own(Phase::SynReceived, Some(Fin), Phase::FinWait1, Change::Keep),
    own(Phase::Listen, None, Phase::Closed, Change::Delete),
    own(Phase::Established, Some(Fin), Phase::FinWait1, Change::Keep),
    own(Phase::CloseWait, Some(Fin), Phase::LastAck, Change::Keep),
];

/// The model.
pub struct TlaTcp;

/// One peer takes one arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// Which peer.
    pub peer: usize,
    /// The arrow.
    pub arrow: &'static Arrow,
}

/// The two constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// The state that follows has two equal messages in a row.
    Retransmission,
    /// The step opens.
    SecondOpen,
}

impl Model for TlaTcp {
    type Key = u32;
    type Action = Action;
    type Halt = Halt;
    type Store = Interner<Pair>;

    fn store(&self) -> Self::Store {
        Interner::new()
    }

    /// One peer has opened actively and its SYN is on its way; the other listens.
    fn initial(&self, store: &mut Self::Store) -> Vec<u32> {
        let opener = Peer { phase: Phase::SynSent, block: Block::There, inbox: vec![] };
        let listener = Peer { phase: Phase::Listen, block: Block::There, inbox: vec![Syn] };
        let pairs = [[opener.clone(), listener.clone()], [listener, opener]];
        pairs.iter().map(|pair| store.intern(pair)).collect()
    }

    fn successors<F>(&self, store: &mut Self::Store, key: u32, each: &mut F)
    where
        F: FnMut(Action, Result<u32, Halt>),
    {
        let pair = store.get(key).clone();
        for peer in 0..2 {
            for arrow in &ARROWS {
                if let Some(next) = arrow.taken(&pair, peer) {
                    let next = next.map(|pair| store.intern(&pair));
                    each(Action { peer, arrow }, next);
                }
            }
        }
    }
}

impl Arrow {
    /// The state after this arrow, if the peer can take it.
    fn taken(&self, pair: &Pair, at: usize) -> Option<Result<Pair, Halt>> {
        let peer = &pair[at];
        if self.from.is_some_and(|from| from != peer.phase) {
            return None;
        }
        let consumed = match self.cause {
            Cause::Arrival(messages) => {
                peer.inbox.starts_with(messages).then_some(messages.len())?
            }
            Cause::Opening => return Some(Err(Halt::SecondOpen)),
            Cause::Own => 0,
            Cause::OwnWithBlock => (peer.block == Block::There).then_some(0)?,
        };
        let mut next = pair.clone();
        next[at].inbox.drain(..consumed);
        next[at].phase = self.to;
        next[at].block = match self.block {
            Change::Create => Block::There,
            Change::Delete => Block::Gone,
            Change::Keep => peer.block,
        };
        next[1 - at].inbox.extend(self.send);
        let repeats = next.iter().any(|peer| peer.inbox.windows(2).any(|two| two[0] == two[1]));
        Some(if repeats { Err(Halt::Retransmission) } else { Ok(next) })
    }
}
