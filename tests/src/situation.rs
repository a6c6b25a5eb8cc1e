//! How a stack comes into every state: by calls, segments and timers alone.

mod ways;

use crate::bench::{ACCEPTED, Bench, FIRST};
use sim_core::answer::Halt;
use sim_core::profile::Profile;
use sim_core::socket::{Call, Which};
use sim_core::tcp::Timer;
use sim_core::tcp::tuning::{AckPolicy, OnOverflow, Tuning};
use sim_core::wire::{Flags, State};
use ways::{
    accepted, close_wait, established, fin_wait_1, last_ack, listening, peer_resets, peer_syn,
    request_and_strangers, strangers, syn_sent,
};

/// A way into a state.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// The state, and after a slash what is special.
    pub name: &'static str,
    /// In words.
    pub about: &'static str,
    /// The state it must be; `None` for no socket at all.
    pub state: Option<State>,
    /// Whether an application holds a descriptor.
    pub held: Held,
    /// Numbers that differ from the bench's.
    pub tune: fn(&mut Tuning),
    /// The way.
    pub build: fn(&mut Bench),
}

/// Whether calls can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// On a descriptor.
    Yes,
    /// Nobody holds it.
    No,
}

impl Situation {
    /// The bench in this situation.
    ///
    /// # Errors
    /// On this stack the way halts, or leads elsewhere.
    pub fn bench(&self, profile: &'static Profile) -> Result<Bench, Detour> {
        let mut bench = Bench::new(profile, self.tune);
        (self.build)(&mut bench);
        match bench.halted {
            Some(halt) => Err(Detour::Halts(halt)),
            None if bench.state() == self.state => Ok(bench),
            None => Err(Detour::Leads(bench.state())),
        }
    }
}

/// Why a stack does not come into a situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detour {
    /// It lacks an answer.
    Halts(Halt),
    /// Its rules lead elsewhere.
    Leads(Option<State>),
}

impl core::fmt::Display for Detour {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Detour::Halts(halt) => write!(f, "the way halts: {halt}"),
            Detour::Leads(None) => write!(f, "the way leads to no socket"),
            Detour::Leads(Some(state)) => write!(f, "the way leads to {}", state.name()),
        }
    }
}

const fn held(
    name: &'static str,
    about: &'static str,
    state: State,
    build: fn(&mut Bench),
) -> Situation {
    Situation { name, about, state: Some(state), held: Held::Yes, tune: |_| {}, build }
}

const fn orphan(
    name: &'static str,
    about: &'static str,
    state: State,
    build: fn(&mut Bench),
) -> Situation {
    Situation { name, about, state: Some(state), held: Held::No, tune: |_| {}, build }
}

const fn tuned(situation: Situation, tune: fn(&mut Tuning)) -> Situation {
    Situation { tune, ..situation }
}

/// Every situation, by state.
pub static ALL: &[Situation] = &[
    Situation {
        name: "CLOSED",
        about: "no socket at all",
        state: None,
        held: Held::Yes,
        tune: |_| {},
        build: |_| {},
    },
    held("CLOSED/fresh", "a socket nobody has connected", State::Closed, |bench| {
        bench.call(Call::Socket(FIRST));
    }),
    held("CLOSED/refused", "the peer refused the connection", State::Closed, |bench| {
        syn_sent(bench);
        let refusal = bench.segment(Flags::RST, 0, 0, Some(1));
        bench.arrives(refusal);
    }),
    held("CLOSED/reset", "the peer reset it, everything was read", State::Closed, |bench| {
        established(bench);
        peer_resets(bench);
    }),
    held(
        "CLOSED/reset-unread",
        "the peer reset it, 50 bytes were unread",
        State::Closed,
        |bench| {
            established(bench);
            bench.peer_writes(50);
            peer_resets(bench);
        },
    ),
    held(
        "CLOSED/reset-after-fin",
        "FIN with 50 bytes unread, then a RST",
        State::Closed,
        |bench| {
            established(bench);
            bench.peer_writes(50);
            bench.peer_closes();
            peer_resets(bench);
        },
    ),
    held("CLOSED/finished", "both directions ended in order", State::Closed, |bench| {
        last_ack(bench);
        bench.peer_acks();
    }),
    held("LISTEN", "a listener with room", State::Listen, listening),
    tuned(
        held("LISTEN/full", "a listener whose accept queue is full", State::Listen, |bench| {
            bench.call(Call::Listen(FIRST, 1));
            strangers(bench);
        }),
        |_| {},
    ),
    held("SYN-SENT", "the SYN is out", State::SynSent, syn_sent),
    held("SYN-RECEIVED", "a listener has answered a SYN", State::SynReceived, |bench| {
        listening(bench);
        peer_syn(bench);
    }),
    tuned(
        held(
            "SYN-RECEIVED/full",
            "the same, but the accept queue has filled since; overflow is dropped",
            State::SynReceived,
            request_and_strangers,
        ),
        |tuning| tuning.on_overflow = OnOverflow::Drop,
    ),
    tuned(
        held(
            "SYN-RECEIVED/full-resets",
            "the same; overflow is reset",
            State::SynReceived,
            request_and_strangers,
        ),
        |tuning| tuning.on_overflow = OnOverflow::Reset,
    ),
    orphan("SYN-RECEIVED/orphan", "its listener has closed", State::SynReceived, |bench| {
        listening(bench);
        peer_syn(bench);
        bench.call(Call::Close(FIRST));
    }),
    held("SYN-RECEIVED/simultaneous", "two SYNs have crossed", State::SynReceived, |bench| {
        syn_sent(bench);
        peer_syn(bench);
    }),
    held(
        "ESTABLISHED",
        "100 bytes each way, read and acknowledged",
        State::Established,
        established,
    ),
    held(
        "ESTABLISHED/queued",
        "not accepted yet; calls are the listener's",
        State::Established,
        |bench| {
            listening(bench);
            peer_syn(bench);
            bench.peer_acks();
        },
    ),
    held("ESTABLISHED/accepted", "opened by the peer", State::Established, accepted),
    held("ESTABLISHED/unread", "50 bytes delivered and not read", State::Established, |bench| {
        established(bench);
        bench.peer_writes(50);
    }),
    tuned(
        held(
            "ESTABLISHED/owed",
            "50 bytes delivered, their ACK is held back",
            State::Established,
            |bench| {
                established(bench);
                bench.peer_writes(50);
            },
        ),
        |tuning| tuning.ack = AckPolicy::Delayed { quick: 0 },
    ),
    tuned(
        held(
            "ESTABLISHED/owed-narrow",
            "100 bytes delivered, their ACK is held back, and they fill most of the window",
            State::Established,
            |bench| {
                established(bench);
                bench.peer_writes(100);
            },
        ),
        |tuning| {
            tuning.ack = AckPolicy::Delayed { quick: 0 };
            (tuning.rcv_buf, tuning.syn_wnd) = (150, 150);
        },
    ),
    held("ESTABLISHED/sent", "a short segment is unacknowledged", State::Established, |bench| {
        established(bench);
        bench.call(Call::Write(FIRST, 50));
    }),
    held(
        "ESTABLISHED/three-sent",
        "three full segments, two duplicate ACKs",
        State::Established,
        |bench| {
            established(bench);
            bench.call(Call::Write(FIRST, 300));
            for _ in 0..2 {
                let again = bench.segment(Flags::NONE, bench.next, 0, Some(bench.acked));
                bench.arrives(again);
            }
        },
    ),
    held("ESTABLISHED/hole", "50 bytes wait behind a hole of 50", State::Established, |bench| {
        established(bench);
        let ahead = bench.segment(Flags::NONE, bench.next + 50, 50, Some(bench.acked));
        bench.arrives(ahead);
    }),
    held("ESTABLISHED/no-room", "the receive buffer is full", State::Established, |bench| {
        established(bench);
        while bench.edge > bench.next {
            let len = (bench.edge - bench.next).min(100);
            bench.peer_writes(len);
            if bench.armed(Timer::DelayedAck) {
                bench.fires(Timer::DelayedAck);
            }
        }
    }),
    held(
        "ESTABLISHED/no-window",
        "the peer takes nothing, 50 bytes wait",
        State::Established,
        |bench| {
            established(bench);
            bench.offers = 0;
            bench.peer_acks();
            bench.call(Call::Write(FIRST, 50));
        },
    ),
    tuned(
        held(
            "ESTABLISHED/last-try",
            "50 bytes were sent three times, and three times is all",
            State::Established,
            |bench| {
                established(bench);
                bench.call(Call::Write(FIRST, 50));
                bench.fires(Timer::Retransmit);
                bench.fires(Timer::Retransmit);
            },
        ),
        |tuning| tuning.retries = 2,
    ),
    tuned(
        held(
            "ESTABLISHED/challenged",
            "a challenge ACK was sent just now",
            State::Established,
            |bench| {
                established(bench);
                let far = bench.segment(Flags::NONE, bench.edge + 9, 0, Some(bench.acked));
                bench.arrives(far);
            },
        ),
        |tuning| tuning.challenge = 500_000,
    ),
    held("ESTABLISHED/shut-rd", "shutdown(SHUT_RD)", State::Established, |bench| {
        established(bench);
        bench.call(Call::Shutdown(FIRST, Which::Rd));
    }),
    held(
        "ESTABLISHED/shut-rd-unread",
        "SHUT_RD, then 50 bytes came",
        State::Established,
        |bench| {
            established(bench);
            bench.call(Call::Shutdown(FIRST, Which::Rd));
            bench.peer_writes(50);
        },
    ),
    tuned(
        held(
            "ESTABLISHED/many-orphans",
            "the host may have no orphan more",
            State::Established,
            established,
        ),
        |tuning| tuning.max_orphans = 0,
    ),
    held("FIN-WAIT-1", "shutdown(SHUT_WR)", State::FinWait1, fin_wait_1),
    held("FIN-WAIT-1/unread", "SHUT_WR with 50 bytes unread", State::FinWait1, |bench| {
        established(bench);
        bench.peer_writes(50);
        bench.call(Call::Shutdown(FIRST, Which::Wr));
    }),
    held("FIN-WAIT-1/rdwr", "shutdown(SHUT_RDWR)", State::FinWait1, |bench| {
        established(bench);
        bench.call(Call::Shutdown(FIRST, Which::RdWr));
    }),
    orphan("FIN-WAIT-1/orphan", "closed", State::FinWait1, |bench| {
        established(bench);
        bench.call(Call::Close(FIRST));
    }),
    orphan("FIN-WAIT-1/no-wait", "closed with TCP_LINGER2 below zero", State::FinWait1, |bench| {
        established(bench);
        bench.call(Call::NoFinWait2(FIRST));
        bench.call(Call::Close(FIRST));
    }),
    held("FIN-WAIT-2", "shutdown(SHUT_WR), acknowledged", State::FinWait2, |bench| {
        fin_wait_1(bench);
        bench.peer_acks();
    }),
    held("FIN-WAIT-2/rdwr", "shutdown(SHUT_RDWR), acknowledged", State::FinWait2, |bench| {
        established(bench);
        bench.call(Call::Shutdown(FIRST, Which::RdWr));
        bench.peer_acks();
    }),
    orphan("FIN-WAIT-2/orphan", "closed, the FIN acknowledged", State::FinWait2, |bench| {
        established(bench);
        bench.call(Call::Close(FIRST));
        bench.peer_acks();
    }),
    held("CLOSE-WAIT", "the peer's FIN has come", State::CloseWait, close_wait),
    held("CLOSE-WAIT/unread", "the same, 50 bytes are unread", State::CloseWait, |bench| {
        established(bench);
        bench.peer_writes(50);
        bench.peer_closes();
    }),
    held(
        "CLOSE-WAIT/repeated",
        "the peer's FIN has come on text that was read before",
        State::CloseWait,
        |bench| {
            established(bench);
            let again = bench.segment(Flags::FIN, bench.next - 50, 50, Some(bench.acked));
            bench.next += 1;
            bench.arrives(again);
        },
    ),
    held("CLOSING", "two FINs have crossed, ours by shutdown(SHUT_WR)", State::Closing, |bench| {
        fin_wait_1(bench);
        bench.peer_closes();
    }),
    orphan("CLOSING/orphan", "two FINs have crossed, ours by close()", State::Closing, |bench| {
        established(bench);
        bench.call(Call::Close(FIRST));
        bench.peer_closes();
    }),
    held("LAST-ACK", "the peer's FIN, then shutdown(SHUT_WR)", State::LastAck, last_ack),
    held("LAST-ACK/unread", "the same, 50 bytes are unread", State::LastAck, |bench| {
        established(bench);
        bench.peer_writes(50);
        bench.peer_closes();
        bench.call(Call::Shutdown(FIRST, Which::Wr));
    }),
    orphan("LAST-ACK/orphan", "the peer's FIN, then close()", State::LastAck, |bench| {
        close_wait(bench);
        bench.call(Call::Close(FIRST));
    }),
    held("TIME-WAIT", "the descriptor is still held", State::TimeWait, |bench| {
        fin_wait_1(bench);
        bench.peer_acks();
        bench.peer_closes();
    }),
    held("TIME-WAIT/unread", "the same, 50 bytes are unread", State::TimeWait, |bench| {
        fin_wait_1(bench);
        bench.peer_acks();
        bench.peer_writes(50);
        bench.peer_closes();
    }),
    orphan("TIME-WAIT/orphan", "closed", State::TimeWait, |bench| {
        established(bench);
        bench.call(Call::Close(FIRST));
        bench.peer_acks();
        bench.peer_closes();
    }),
    held("TIME-WAIT/listening", "closed; calls are the listener's", State::TimeWait, |bench| {
        accepted(bench);
        bench.call(Call::Close(ACCEPTED));
        bench.peer_acks();
        bench.peer_closes();
        bench.fd = FIRST;
    }),
];
