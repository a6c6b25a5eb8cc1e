//! ESTABLISHED.

use super::ways::{accepted, established, listening, peer_syn};
use super::{Situation, held, tuned};
use crate::bench::FIRST;
use sim_core::socket::{Call, Which};
use sim_core::tcp::Timer;
use sim_core::tcp::tuning::AckPolicy;
use sim_core::wire::{Flags, State};

pub(super) static LIST: &[Situation] = &[
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
    held(
        "ESTABLISHED/sliver",
        "the peer's window has shrunk from ten segments to less than one",
        State::Established,
        |bench| {
            established(bench);
            bench.call(Call::Write(FIRST, 100));
            bench.offers = 30;
            bench.peer_acks();
        },
    ),
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
    tuned(
        held(
            "ESTABLISHED/unread-wide",
            "300 bytes delivered and not read, in a buffer of 4,000",
            State::Established,
            |bench| {
                established(bench);
                for _ in 0..3 {
                    bench.peer_writes(100);
                }
            },
        ),
        |tuning| (tuning.rcv_buf, tuning.syn_wnd) = (4_000, 4_000),
    ),
    held(
        "ESTABLISHED/unread-400",
        "four segments delivered and not read",
        State::Established,
        |bench| {
            established(bench);
            for _ in 0..4 {
                bench.peer_writes(100);
            }
        },
    ),
    held(
        "ESTABLISHED/two-short",
        "two short segments are unacknowledged",
        State::Established,
        |bench| {
            established(bench);
            bench.call(Call::NoDelay(FIRST));
            bench.call(Call::Write(FIRST, 30));
            bench.call(Call::Write(FIRST, 30));
        },
    ),
    held(
        "ESTABLISHED/shrunk",
        "200 bytes sent, the window since shrunk to 50",
        State::Established,
        |bench| {
            established(bench);
            bench.call(Call::Write(FIRST, 200));
            bench.offers = 50;
            bench.peer_writes(10);
            bench.peer_writes(10);
            bench.call(Call::Read(FIRST, 20));
        },
    ),
    held(
        "ESTABLISHED/narrow",
        "75 of 150 that the peer ever offered are taken",
        State::Established,
        |bench| {
            bench.offers = 150;
            established(bench);
            bench.call(Call::NoDelay(FIRST));
            bench.call(Call::Write(FIRST, 75));
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
];
