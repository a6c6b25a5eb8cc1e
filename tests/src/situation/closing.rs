//! From the first FIN on.

use super::ways::{accepted, close_wait, established, fin_wait_1, last_ack};
use super::{Situation, held, orphan};
use crate::bench::{ACCEPTED, FIRST};
use sim_core::socket::{Call, Which};
use sim_core::wire::{Flags, State};

pub(super) static LIST: &[Situation] = &[
    held("FIN-WAIT-1", "shutdown(SHUT_WR)", State::FinWait1, fin_wait_1),
    held("FIN-WAIT-1/unsent", "SHUT_WR, 50 bytes wait for a window", State::FinWait1, |bench| {
        established(bench);
        bench.offers = 0;
        bench.peer_acks();
        bench.call(Call::Write(FIRST, 50));
        bench.call(Call::Shutdown(FIRST, Which::Wr));
        bench.offers = 1_000;
    }),
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
    held("LAST-ACK/unsent", "the same, 50 bytes wait for a window", State::LastAck, |bench| {
        close_wait(bench);
        bench.offers = 0;
        bench.peer_acks();
        bench.call(Call::Write(FIRST, 50));
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
