//! What a stack keeps for one socket.

use super::{Errno, RecvHalf, SendHalf, Timers};
use crate::wire::{ConnId, Seq, Span, State};

/// One socket: a listener, a half-open request, a connection, or what is left of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sock {
    /// The connection it belongs to; [`ConnId::NONE`] for a listener.
    pub conn: ConnId,
    /// Who holds it.
    pub owner: Owner,
    /// The protocol's side of it.
    pub phase: Phase,
    /// The pending error (`sk_err`, `so_error`): one value, consumed by the call that reports it.
    pub error: Option<Errno>,
    /// Which directions the application has shut, or a FIN or reset has.
    pub shut: Shut,
    /// SO_LINGER.
    pub linger: Linger,
    /// TCP_NODELAY.
    pub nodelay: Switch,
    /// TCP_LINGER2 below zero: no FIN-WAIT-2 for orphans.
    pub no_fin_wait_2: Switch,
    /// SO_RCVBUF, in bytes of payload; `None` is the stack's default.
    pub rcv_buf: Option<u32>,
    /// SO_SNDBUF, in bytes of payload; `None` is the stack's default.
    pub snd_buf: Option<u32>,
    /// Timers that are armed.
    pub timers: Timers,
    /// Challenge ACKs sent since their timer was armed, beyond the first.
    pub challenges: u8,
    /// The peer's FIN lies in the queue behind text that was read before; set only where that
    /// counts as unread.
    pub stale: Switch,
}

/// An option that is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Switch {
    /// Not set.
    #[default]
    Off,
    /// Set.
    On,
}

pub(crate) use Switch::{Off, On};

/// Who holds a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// An application, by these descriptors (one bit each; `dup` sets a second).
    Descriptors(u8),
    /// Nobody any more: the kernel finishes it.
    Orphaned,
    /// A listener: not accepted yet.
    Queued,
}

impl Owner {
    /// Closed by its application, as opposed to held or waiting to be accepted.
    #[must_use]
    pub const fn is_orphan(self) -> bool {
        matches!(self, Owner::Orphaned)
    }
}

/// Which directions are shut (`sk_shutdown`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Shut {
    /// Receiving: by SHUT_RD, a FIN, a close or a reset.
    pub rd: Switch,
    /// Sending: by SHUT_WR, a close or a reset.
    pub wr: Switch,
}

impl Shut {
    /// Both directions.
    pub const BOTH: Shut = Shut { rd: On, wr: On };

    /// Nothing more is received.
    #[must_use]
    pub const fn rd(self) -> bool {
        matches!(self.rd, On)
    }

    /// Nothing more is sent.
    #[must_use]
    pub const fn wr(self) -> bool {
        matches!(self.wr, On)
    }
}

/// SO_LINGER.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Linger {
    /// `{0, _}`: close returns at once, the kernel goes on delivering.
    #[default]
    Off,
    /// `{1, 0}`: close aborts.
    Abort,
    /// `{1, n}`: close waits up to `n` seconds.
    Seconds(u16),
}

/// The protocol's side of a socket: one variant per shape of data.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// No connection (never, or no more).
    Closed(Closed),
    /// Waiting for a SYN.
    Listen(Listen),
    /// One SYN seen: sent, or received by a listener.
    Opening(Opening),
    /// A connection, from SYN-RECEIVED of a simultaneous open to LAST-ACK.
    Open(Conn),
    /// TIME-WAIT, or a FIN-WAIT-2 that only waits for the peer's FIN.
    Waiting(Waiting),
}

/// A closed thing says why, and what can still be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Closed {
    /// Why.
    pub cause: Cause,
    /// Delivered bytes the application has not read.
    pub unread: Span,
    /// The peer's FIN had been received.
    pub eof: Switch,
}

/// Why a socket has no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It never had one.
    Fresh,
    /// Both directions ended as they should, or went on in TIME-WAIT without the descriptor.
    Finished,
    /// The application gave up the attempt to connect.
    Abandoned,
    /// The peer refused.
    Refused,
    /// Reset by the peer.
    ResetByPeer,
    /// Reset by this side.
    ResetByUs,
    /// The peer no longer answered.
    TimedOut,
}

/// LISTEN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Listen {
    /// As given to listen().
    pub backlog: u8,
}

/// SYN-SENT, or a listener's SYN-RECEIVED.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opening {
    /// Our SYN is out.
    SynSent {
        /// Our initial sequence number.
        iss: Seq,
        /// Times the SYN has been sent again.
        backoff: u8,
    },
    /// A listener has answered a SYN; nobody holds this yet.
    SynReceived {
        /// Our initial sequence number.
        iss: Seq,
        /// The peer's.
        irs: Seq,
        /// The peer's MSS.
        peer_mss: u16,
        /// The window we offered.
        wnd: u32,
        /// The backlog of the listener it came through.
        backlog: u8,
        /// Times the SYN-ACK has been sent again.
        backoff: u8,
        /// The third segment came while the accept queue was full.
        acked: Switch,
    },
}

/// A connection whose two halves live.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Conn {
    /// Our initial sequence number.
    pub iss: Seq,
    /// The peer's.
    pub irs: Seq,
    /// How far the closing has come, seen from outside.
    pub stage: Stage,
    /// What we send.
    pub snd: SendHalf,
    /// What we receive.
    pub rcv: RecvHalf,
    /// Largest text we send.
    pub mss: u16,
    /// Who opened it (where we did, our SYN counts as the first acknowledged byte).
    pub opened: OpenedBy,
}

/// Who opened a connection, and whether connect() has said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpenedBy {
    /// The peer; we listened.
    Peer,
    /// We did, and connect() has returned.
    Us,
    /// We did, and nobody has been told yet.
    UsUntold,
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// This side.
    Us,
    /// The other one.
    Peer,
}

/// The seven names a living connection can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the standard's")]
pub enum Stage {
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
}

/// What stays of a connection that only waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    /// For the peer's FIN, or for old segments to die out.
    pub stage: WaitStage,
    /// Our initial sequence number.
    pub iss: Seq,
    /// The peer's.
    pub irs: Seq,
    /// SND.NXT, counted from `iss`.
    pub snd_nxt: u32,
    /// RCV.NXT, counted from `irs`.
    pub rcv_nxt: u32,
    /// RCV.WND.
    pub rcv_wnd: u32,
}

/// What a [`Waiting`] waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the standard's")]
pub enum WaitStage {
    FinWait2,
    TimeWait,
}

/// What became of bytes that nobody will read: every byte that is gone has exactly one reason.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Gone {
    /// The closer threw its unsent or unacknowledged bytes away by its own reset.
    SendQueueDiscard,
    /// A reset from the peer made the sender throw them away.
    SendQueueReset,
    /// The receiver's stack threw delivered bytes away when the reset arrived.
    ReceiveQueueFlush,
    /// The bytes were readable, and the application stopped reading.
    ApplicationStopped,
    /// They reached a socket that was dead.
    DeadSocket,
    /// They lay behind a hole when the connection ended.
    OutOfOrderDiscard,
    /// They came after SHUT_RD.
    DiscardedAfterShutRd,
    /// Lost on the link, and nobody was left to send them again.
    LostOnLink,
    /// Never sent: the sender gave up, because nobody answered.
    GivenUp,
    /// Never written: the sender's application stopped before it handed them over. They are in no
    /// ledger, because nobody ever had them; only an outcome has this reason.
    NeverWritten,
}

impl Gone {
    /// All, in the order of the lists.
    pub const ALL: [Gone; 10] = [
        Gone::SendQueueDiscard,
        Gone::SendQueueReset,
        Gone::ReceiveQueueFlush,
        Gone::ApplicationStopped,
        Gone::DeadSocket,
        Gone::OutOfOrderDiscard,
        Gone::DiscardedAfterShutRd,
        Gone::LostOnLink,
        Gone::GivenUp,
        Gone::NeverWritten,
    ];

    /// In words, as DESIGN names them.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Gone::SendQueueDiscard => "send-queue discard",
            Gone::SendQueueReset => "send queue discarded by the peer's reset",
            Gone::ReceiveQueueFlush => "receive-queue flush",
            Gone::ApplicationStopped => "application stopped",
            Gone::DeadSocket => "reached a dead socket",
            Gone::OutOfOrderDiscard => "out-of-order queue discarded",
            Gone::DiscardedAfterShutRd => "discarded after SHUT_RD",
            Gone::LostOnLink => "lost on the link",
            Gone::GivenUp => "given up before it was sent",
            Gone::NeverWritten => "never written",
        }
    }
}

impl Sock {
    /// A socket nobody has connected, held by these descriptors.
    #[must_use]
    pub fn fresh(descriptors: u8) -> Sock {
        Sock {
            conn: ConnId::NONE,
            owner: Owner::Descriptors(descriptors),
            phase: Phase::Closed(Closed { cause: Cause::Fresh, unread: Span::default(), eof: Off }),
            error: None,
            shut: Shut::default(),
            linger: Linger::Off,
            nodelay: Off,
            no_fin_wait_2: Off,
            rcv_buf: None,
            snd_buf: None,
            timers: Timers::NONE,
            challenges: 0,
            stale: Off,
        }
    }

    /// The standard's name for where it is.
    #[must_use]
    pub fn state(&self) -> State {
        match &self.phase {
            Phase::Closed(_) => State::Closed,
            Phase::Listen(_) => State::Listen,
            Phase::Opening(Opening::SynSent { .. }) => State::SynSent,
            Phase::Opening(Opening::SynReceived { .. }) => State::SynReceived,
            Phase::Open(conn) => conn.stage.state(),
            Phase::Waiting(waiting) => match waiting.stage {
                WaitStage::FinWait2 => State::FinWait2,
                WaitStage::TimeWait => State::TimeWait,
            },
        }
    }

    /// The connection, where one lives.
    #[must_use]
    pub const fn conn(&self) -> Option<&Conn> {
        match &self.phase {
            Phase::Open(conn) => Some(conn),
            Phase::Closed(_) | Phase::Listen(_) | Phase::Opening(_) | Phase::Waiting(_) => None,
        }
    }

    /// Delivered bytes that the application can still read.
    #[must_use]
    pub fn unread(&self) -> Span {
        match &self.phase {
            Phase::Open(conn) => conn.rcv.unread(),
            Phase::Closed(closed) => closed.unread,
            Phase::Listen(_) | Phase::Opening(_) | Phase::Waiting(_) => Span::default(),
        }
    }

    /// The peer's FIN has been received in order (SOCK_DONE).
    #[must_use]
    pub fn at_eof(&self) -> bool {
        match &self.phase {
            Phase::Open(conn) => conn.rcv.fin == On,
            Phase::Closed(closed) => closed.eof == On,
            Phase::Listen(_) | Phase::Opening(_) | Phase::Waiting(_) => false,
        }
    }

    /// Panics where the numbers contradict each other. Called after every step of a checked run.
    pub fn check(&self) {
        match &self.phase {
            Phase::Open(conn) => conn.check(),
            Phase::Closed(closed) => assert!(closed.unread.start <= closed.unread.end),
            // shutdown() of a socket without a connection is remembered when it connects.
            Phase::Opening(_) => {}
            Phase::Listen(_) => assert_eq!(self.conn, ConnId::NONE),
            Phase::Waiting(waiting) => {
                assert!(self.owner == Owner::Orphaned, "a waiting socket has no descriptor");
                assert!(waiting.snd_nxt >= 1 && waiting.rcv_nxt >= 1);
            }
        }
    }
}

impl Stage {
    /// The standard's name.
    #[must_use]
    pub const fn state(self) -> State {
        match self {
            Stage::SynReceived => State::SynReceived,
            Stage::Established => State::Established,
            Stage::FinWait1 => State::FinWait1,
            Stage::FinWait2 => State::FinWait2,
            Stage::CloseWait => State::CloseWait,
            Stage::Closing => State::Closing,
            Stage::LastAck => State::LastAck,
        }
    }
}

impl Conn {
    /// Our number `n`, on the wire.
    #[must_use]
    pub const fn ours(&self, n: u32) -> Seq {
        self.iss.plus(n)
    }

    /// The peer's number `n`, on the wire.
    #[must_use]
    pub const fn theirs(&self, n: u32) -> Seq {
        self.irs.plus(n)
    }

    fn check(&self) {
        let Conn { iss: _, irs: _, stage, snd, rcv, mss, opened: _ } = self;
        assert!(*mss > 0);
        snd.check();
        rcv.check();
        let fin_sent = snd.fin == super::Fin::Sent;
        let fin_acked = fin_sent && snd.una == snd.nxt && snd.una > snd.end;
        match stage {
            Stage::SynReceived => assert_eq!(snd.una, 0),
            Stage::Established | Stage::CloseWait => assert!(snd.fin == super::Fin::No),
            Stage::FinWait1 | Stage::Closing | Stage::LastAck => {
                assert!(snd.fin != super::Fin::No && !fin_acked);
            }
            Stage::FinWait2 => assert!(fin_acked),
        }
        let fin_in = rcv.fin == On;
        match stage {
            Stage::CloseWait | Stage::Closing | Stage::LastAck => assert!(fin_in),
            Stage::SynReceived | Stage::Established | Stage::FinWait1 | Stage::FinWait2 => {
                assert!(!fin_in);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::Fin;

    fn open(stage: Stage) -> Conn {
        let mut snd = SendHalf::opened(10, 65_535, 0);
        snd.una = 1;
        Conn {
            iss: Seq::new(0),
            irs: Seq::new(0),
            stage,
            snd,
            rcv: RecvHalf::opened(1_000, 0),
            mss: 1_460,
            opened: OpenedBy::Us,
        }
    }

    fn noticed(phase: Phase, owner: Owner, conn: ConnId) -> bool {
        let sock = Sock { phase, owner, conn, ..Sock::fresh(1) };
        std::panic::catch_unwind(|| sock.check()).is_err()
    }

    /// A stage and numbers that belong to another one.
    #[test]
    fn a_stage_that_its_numbers_contradict_is_noticed() {
        let fin = |stage, fin, una, nxt| {
            let mut conn = open(stage);
            (conn.snd.fin, conn.snd.una, conn.snd.nxt) = (fin, una, nxt);
            conn
        };
        let half_closed = |mut conn: Conn| {
            (conn.rcv.fin, conn.rcv.nxt) = (On, 2);
            conn
        };
        let sound = [
            open(Stage::Established),
            fin(Stage::FinWait1, Fin::Sent, 1, 2),
            fin(Stage::FinWait1, Fin::Queued, 1, 1),
            fin(Stage::FinWait2, Fin::Sent, 2, 2),
            half_closed(open(Stage::CloseWait)),
            half_closed(fin(Stage::LastAck, Fin::Sent, 1, 2)),
            half_closed(fin(Stage::Closing, Fin::Sent, 1, 2)),
        ];
        let owner = Owner::Descriptors(1);
        for conn in sound {
            assert!(!noticed(Phase::Open(conn.clone()), owner, ConnId(0)), "{conn:?}");
        }
        let mut no_mss = open(Stage::Established);
        no_mss.mss = 0;
        let spoilt = [
            no_mss,
            open(Stage::SynReceived),
            open(Stage::FinWait1),
            fin(Stage::Established, Fin::Queued, 1, 1),
            fin(Stage::FinWait1, Fin::Sent, 2, 2),
            fin(Stage::FinWait2, Fin::Sent, 1, 2),
            fin(Stage::FinWait2, Fin::Queued, 1, 1),
            open(Stage::CloseWait),
            half_closed(open(Stage::Established)),
            half_closed(fin(Stage::LastAck, Fin::Sent, 2, 2)),
        ];
        for conn in spoilt {
            assert!(noticed(Phase::Open(conn.clone()), owner, ConnId(0)), "{conn:?}");
        }
    }

    #[test]
    fn what_a_socket_without_a_connection_block_may_be() {
        let waiting = |snd_nxt, rcv_nxt| {
            let (iss, irs) = (Seq::new(0), Seq::new(0));
            let stage = WaitStage::TimeWait;
            Phase::Waiting(Waiting { stage, iss, irs, snd_nxt, rcv_nxt, rcv_wnd: 0 })
        };
        let closed = |start, end| {
            let unread = Span { start, end };
            Phase::Closed(Closed { cause: Cause::Finished, unread, eof: Off })
        };
        let (held, orphan) = (Owner::Descriptors(1), Owner::Orphaned);
        assert!(!noticed(waiting(1, 1), orphan, ConnId(0)));
        assert!(noticed(waiting(1, 1), held, ConnId(0)), "nobody holds it");
        assert!(noticed(waiting(0, 1), orphan, ConnId(0)));
        assert!(noticed(waiting(1, 0), orphan, ConnId(0)));
        assert!(!noticed(closed(3, 3), held, ConnId(0)));
        assert!(noticed(closed(3, 2), held, ConnId(0)));
    }
}
