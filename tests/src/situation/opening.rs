//! Before a connection is established, and without one.

use super::ways::{
    close_wait, established, last_ack, listening, many_strangers, peer_resets, peer_syn,
    request_and_strangers, strangers, syn_sent,
};
use super::{Held, Situation, held, orphan, tuned};
use crate::bench::FIRST;
use sim_core::socket::Call;
use sim_core::tcp::tuning::OnOverflow;
use sim_core::wire::{Flags, State};

pub(super) static LIST: &[Situation] = &[
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
    held("CLOSED/reset-after-eof", "FIN with nothing unread, then a RST", State::Closed, |bench| {
        close_wait(bench);
        peer_resets(bench);
    }),
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
    held("LISTEN/five-of-four", "five wait, where four were told", State::Listen, |bench| {
        bench.call(Call::Listen(FIRST, 4));
        many_strangers(bench, 5);
    }),
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
        "SYN-RECEIVED/crossing-text",
        "the same, the peer's SYN with 50 bytes and a FIN",
        State::SynReceived,
        |bench| {
            syn_sent(bench);
            let syn = bench.segment(Flags::SYN.with(Flags::FIN), 0, 50, None);
            bench.next = 52;
            bench.arrives(syn);
        },
    ),
];
