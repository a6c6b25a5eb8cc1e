//! The congestion window and repairs, ACK by ACK, and what a peer's MSS and window say.
//!
//! Segments have 100 bytes; `edges.rs` has the other thresholds. RFC 5681 is the source.

use sim_core::profile::LINUX;
use sim_core::socket::{Call, Fd, Which};
use sim_core::tcp::tuning::Tuning;
use sim_core::tcp::{Repair, SendHalf, Timer};
use sim_core::wire::Flags;
use sim_tests::bench::{Bench, FIRST};

fn large(tuning: &mut Tuning) {
    (tuning.snd_buf, tuning.initial_cwnd) = (10_000, 10);
}

fn write(bench: &mut Bench, bytes: u32) -> Vec<String> {
    bench.call(Call::Write(FIRST, bytes));
    bench.lengths()
}

fn acks(bench: &mut Bench, upto: u32) -> Vec<String> {
    bench.acked = upto;
    let ack = bench.segment(Flags::NONE, bench.next, 0, Some(upto));
    bench.arrives(ack);
    bench.lengths()
}

fn snd(bench: &Bench) -> &SendHalf {
    &bench.sock().and_then(|sock| sock.conn()).expect("a connection").snd
}

#[test]
fn slow_start_counts_segments_and_only_a_window_that_is_used_grows() {
    let mut bench = Bench::connected(&LINUX, 10_000, |tuning| {
        (tuning.snd_buf, tuning.initial_cwnd) = (10_000, 2);
    });
    assert_eq!(write(&mut bench, 5_000).len(), 2);
    assert_eq!((acks(&mut bench, 101).len(), snd(&bench).cwnd), (2, 3));
    assert_eq!((acks(&mut bench, 401).len(), snd(&bench).cwnd), (6, 6));
    let mut bench = Bench::connected(&LINUX, 10_000, large);
    write(&mut bench, 100);
    acks(&mut bench, 101);
    assert_eq!(snd(&bench).cwnd, 10, "one of ten was in flight");
}

/// Six are in flight when the timer fires: the threshold is 3, the window 1.
#[test]
fn after_a_time_out_the_window_doubles_to_the_threshold_and_then_counts_windows() {
    let mut bench = Bench::connected(&LINUX, 10_000, large);
    assert_eq!(write(&mut bench, 600).len(), 6);
    bench.fires(Timer::Retransmit);
    assert_eq!(bench.lengths(), ["100"]);
    let state = |bench: &Bench| (snd(bench).cwnd, snd(bench).ssthresh, snd(bench).counted);
    assert_eq!(state(&bench), (1, 3, 0));
    let rows = [
        (101, 2, (2, 3, 0)),
        (201, 2, (3, 3, 0)),
        (301, 1, (3, 3, 1)),
        (401, 0, (3, 3, 2)),
        (501, 0, (4, 3, 0)),
    ];
    for (upto, again, then) in rows {
        assert_eq!((acks(&mut bench, upto).len(), state(&bench)), (again, then), "ACK {upto}");
        assert!(matches!(snd(&bench).repair, Repair::Timeout { high: 601, .. }));
        assert!(bench.armed(Timer::Retransmit), "something is still out");
    }
    acks(&mut bench, 601);
    assert_eq!(snd(&bench).repair, Repair::None);
    assert!(!bench.armed(Timer::Retransmit));
}

#[test]
fn three_duplicates_send_the_missing_one_and_a_partial_ack_the_next() {
    let mut bench = Bench::connected(&LINUX, 10_000, large);
    write(&mut bench, 600);
    assert_eq!([acks(&mut bench, 1).len(), acks(&mut bench, 1).len()], [0, 0]);
    assert_eq!(acks(&mut bench, 1), ["100"]);
    assert_eq!((snd(&bench).ssthresh, snd(&bench).cwnd), (3, 3));
    assert_eq!(acks(&mut bench, 301), ["100"], "partial");
    assert_eq!(snd(&bench).repair, Repair::Fast { high: 601 });
    assert_eq!(acks(&mut bench, 601).len(), 0);
    assert_eq!((snd(&bench).repair, snd(&bench).dupacks), (Repair::None, 0));
}

#[test]
fn what_is_sent_again_is_merged_up_to_a_segment() {
    for (pieces, again) in [([30, 30], "60"), ([50, 50], "100"), ([50, 51], "50"), ([60, 60], "60")]
    {
        let mut bench = Bench::connected(&LINUX, 10_000, large);
        bench.call(Call::NoDelay(FIRST));
        write(&mut bench, 200);
        acks(&mut bench, 201);
        pieces.iter().for_each(|bytes| drop(write(&mut bench, *bytes)));
        bench.fires(Timer::Retransmit);
        assert_eq!(bench.lengths(), [again], "{pieces:?}");
    }
    let mut bench = Bench::connected(&LINUX, 10_000, large);
    write(&mut bench, 30);
    bench.call(Call::Shutdown(FIRST, Which::Wr));
    bench.fires(Timer::Retransmit);
    assert_eq!(bench.lengths(), ["30F"]);
}

#[test]
fn a_window_that_is_said_again_is_taken_where_it_is_larger_or_none() {
    let mut bench = Bench::connected(&LINUX, 1_000, large);
    let mut says = |offers| {
        bench.offers = offers;
        acks(&mut bench, 1);
        snd(&bench).wnd
    };
    // The first one is newer than the SYN.
    assert_eq!([says(900), says(500)], [900, 900]);
    assert_eq!([says(1_500), says(0), says(700)], [1_500, 0, 700]);
}

#[test]
fn a_probe_sends_what_fits() {
    let mut bench = Bench::connected(&LINUX, 1_000, large);
    write(&mut bench, 100);
    bench.offers = 250;
    acks(&mut bench, 101);
    assert_eq!(write(&mut bench, 300).len(), 2);
    bench.offers = 50;
    assert_eq!(acks(&mut bench, 301).len(), 0);
    bench.fires(Timer::Persist);
    assert_eq!(bench.lengths(), ["50"]);
    let mut bench = Bench::connected(&LINUX, 0, large);
    write(&mut bench, 100);
    bench.fires(Timer::Persist);
    assert_eq!(bench.lengths(), ["0"], "a number that the peer has seen");
}

/// The peer's SYN says 100, our own MSS is 500.
#[test]
fn the_smaller_mss_holds_on_both_ways_in() {
    let own = |tuning: &mut Tuning| (tuning.mss, tuning.snd_buf) = (500, 10_000);
    let mut active = Bench::connected(&LINUX, 10_000, own);
    assert_eq!(write(&mut active, 300), ["100", "100", "100"]);
    let mut passive = Bench::new(&LINUX, own);
    passive.offers = 10_000;
    passive.call(Call::Listen(FIRST, 8));
    let syn = passive.segment(Flags::SYN, 0, 0, None);
    passive.next = 1;
    passive.arrives(syn);
    passive.peer_acks();
    passive.call(Call::Accept(FIRST, Fd(1)));
    passive.call(Call::Write(Fd(1), 300));
    assert_eq!(passive.lengths(), ["100", "100", "100"]);
}
