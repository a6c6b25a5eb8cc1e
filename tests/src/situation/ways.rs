//! Steps on the way into a state.

use crate::bench::{ACCEPTED, Bench, FIRST, ID, IRS, ISS};
use sim_core::socket::{Call, Which};
use sim_core::tcp::Timer;
use sim_core::wire::{ConnId, Flags, Segment, Seq};

pub(super) fn syn_sent(bench: &mut Bench) {
    bench.call(Call::Connect(FIRST, ID));
}

pub(super) fn listening(bench: &mut Bench) {
    bench.call(Call::Listen(FIRST, 8));
}

pub(super) fn peer_syn(bench: &mut Bench) {
    let syn = bench.segment(Flags::SYN, 0, 0, None);
    bench.next = 1;
    bench.arrives(syn);
}

/// 100 bytes each way: the peer's are read, ours acknowledged, nothing is owed.
pub(super) fn talk(bench: &mut Bench) {
    bench.peer_writes(100);
    bench.call(Call::Read(bench.fd, 100));
    bench.call(Call::Write(bench.fd, 100));
    bench.peer_acks();
}

pub(super) fn established(bench: &mut Bench) {
    syn_sent(bench);
    let answer = bench.segment(Flags::SYN, 0, 0, Some(1));
    bench.next = 1;
    bench.acked = 1;
    bench.arrives(answer);
    talk(bench);
}

pub(super) fn accepted(bench: &mut Bench) {
    listening(bench);
    peer_syn(bench);
    bench.peer_acks();
    bench.call(Call::Accept(FIRST, ACCEPTED));
    bench.fd = ACCEPTED;
    talk(bench);
}

pub(super) fn fin_wait_1(bench: &mut Bench) {
    established(bench);
    bench.call(Call::Shutdown(FIRST, Which::Wr));
}

pub(super) fn close_wait(bench: &mut Bench) {
    established(bench);
    bench.peer_closes();
}

pub(super) fn last_ack(bench: &mut Bench) {
    close_wait(bench);
    bench.call(Call::Shutdown(FIRST, Which::Wr));
}

pub(super) fn peer_resets(bench: &mut Bench) {
    // Exact by any measure: an ACK that was held back has gone out before.
    if bench.armed(Timer::DelayedAck) {
        bench.fires(Timer::DelayedAck);
    }
    let rst = bench.segment(Flags::RST, bench.next, 0, None);
    bench.arrives(rst);
}

pub(super) fn request_and_strangers(bench: &mut Bench) {
    bench.call(Call::Listen(FIRST, 1));
    peer_syn(bench);
    strangers(bench);
}

/// Two other connections that nobody accepts.
pub(super) fn strangers(bench: &mut Bench) {
    many_strangers(bench, 2);
}

/// So many other connections wait to be accepted.
pub(super) fn many_strangers(bench: &mut Bench, count: u8) {
    for n in 1..=count {
        let (conn, iss) = (ConnId(n), ISS);
        let blank = bench.segment(Flags::SYN, 0, 0, None);
        bench.arrives(Segment { conn, ..blank });
        let ack = Some(Seq::new(iss.raw() + 1));
        let (flags, seq) = (Flags::NONE, IRS.plus(1));
        bench.arrives(Segment { conn, flags, mss: None, seq, ack, ..blank });
    }
}
