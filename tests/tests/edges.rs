//! Either side of every threshold: what one byte more or one descriptor less changes.
//!
//! Segments have 100 bytes, buffers 1,000, unless a row says otherwise. Surviving mutants asked for
//! these rows; each names the comparison it stands on both sides of.

use sim_core::profile::{ALL, FREEBSD, LINUX, Profile, RFC9293};
use sim_core::socket::Which::{Rd, Wr};
use sim_core::socket::{Call, Fd, Readiness, Return, Wait};
use sim_core::tcp::tuning::{AckPolicy, Tuning};
use sim_core::tcp::{Errno, Linger, Timer, output};
use sim_core::wire::{ConnId, Flags, Segment, State};
use sim_tests::bench::{Bench, FIRST, ID};

fn late_acks(tuning: &mut Tuning) {
    tuning.ack = AckPolicy::Delayed { quick: 0 };
}

fn write(bench: &mut Bench, bytes: u32) -> Vec<String> {
    bench.call(Call::Write(FIRST, bytes));
    bench.lengths()
}

/// The peer acknowledges so much (counted from the initial number) and offers so much.
fn acks(bench: &mut Bench, upto: u32, offers: u32) -> Vec<String> {
    (bench.acked, bench.offers) = (upto, offers);
    let ack = bench.segment(Flags::NONE, bench.next, 0, Some(upto));
    bench.arrives(ack);
    bench.lengths()
}

const NOTHING: [&str; 0] = [];

// --- descriptors --------------------------------------------------------------------------------

#[test]
fn dup_wants_a_descriptor_that_is_free_and_there() {
    let mut bench = Bench::connected(&LINUX, 1_000, |_| {});
    let mut dup = |into: u8| bench.call(Call::Dup(FIRST, Fd(into)));
    assert_eq!(dup(Fd::MAX), Return::Error(Errno::InvalidArgument));
    assert_eq!(dup(0), Return::Error(Errno::InvalidArgument));
    assert_eq!(dup(Fd::MAX - 1), Return::Done);
}

#[test]
fn closing_one_of_two_descriptors_closes_that_one_alone() {
    let mut bench = Bench::connected(&LINUX, 1_000, |_| {});
    bench.call(Call::Dup(FIRST, Fd(3)));
    assert_eq!(bench.call(Call::Close(FIRST)), Return::Done);
    assert_eq!((bench.lengths().len(), bench.state()), (0, Some(State::Established)));
    for gone in [0, 1, 2, 4] {
        assert_eq!(bench.call(Call::Poll(Fd(gone))), Return::Error(Errno::BadFile), "{gone}");
    }
    assert_eq!(bench.call(Call::Close(Fd(3))), Return::Done);
    assert_eq!(bench.lengths(), ["0F"]);
}

#[test]
fn accept_wants_a_descriptor_that_is_free_and_there() {
    let mut bench = Bench::new(&LINUX, |_| {});
    bench.call(Call::Listen(FIRST, 8));
    let syn = bench.segment(Flags::SYN, 0, 0, None);
    bench.next = 1;
    bench.arrives(syn);
    bench.peer_acks();
    let mut accept = |into: u8| bench.call(Call::Accept(FIRST, Fd(into)));
    assert_eq!(accept(0), Return::Error(Errno::InvalidArgument));
    assert_eq!(accept(Fd::MAX), Return::Error(Errno::InvalidArgument));
    assert_eq!(accept(1), Return::Done);
    let again = bench.call(Call::Accept(Fd(1), Fd(2)));
    assert_eq!(again, Return::Error(Errno::InvalidArgument), "a connection does not listen");
}

// --- the send buffer ----------------------------------------------------------------------------

/// So many bytes are held because the peer's window is closed; whether poll() says POLLOUT.
fn writable_with(held: u32, tune: fn(&mut Tuning)) -> bool {
    let mut bench = Bench::connected(&LINUX, 0, tune);
    if held > 0 {
        assert_eq!(bench.call(Call::Write(FIRST, held)), Return::Count(held));
    }
    let Return::Ready(bits) = bench.call(Call::Poll(FIRST)) else { panic!("poll answers") };
    bits.0 & Readiness::OUT != 0
}

#[test]
fn a_writer_is_woken_where_a_third_of_the_buffer_is_free() {
    let room = |held| writable_with(held, |_| {});
    assert_eq!([0, 1, 500, 666, 667].map(room), [true; 5], "334 of 1,000 free, 333 is half of 666");
    assert_eq!([668, 700, 999, 1_000].map(room), [false; 4]);
    assert!(!writable_with(1, |tuning| tuning.snd_buf = 1), "nothing is free");
}

#[test]
fn a_write_of_nothing_never_waits() {
    let mut bench = Bench::connected(&LINUX, 0, |_| {});
    bench.call(Call::Write(FIRST, 1_000));
    assert_eq!(bench.call(Call::Write(FIRST, 1)), Return::Would(Wait::Writable(FIRST)));
    assert_eq!(bench.call(Call::Write(FIRST, 0)), Return::Count(0));
}

/// FreeBSD asks whether it may send before it looks at the pending error.
#[test]
fn after_shutdown_a_pending_error_is_told_or_kept_as_the_stack_says() {
    for (stack, told) in [
        (&LINUX, [Errno::ConnectionReset, Errno::BrokenPipe]),
        (&RFC9293, [Errno::ConnectionReset, Errno::BrokenPipe]),
        (&FREEBSD, [Errno::BrokenPipe, Errno::BrokenPipe]),
    ] {
        let mut bench = Bench::connected(stack, 1_000, |_| {});
        bench.call(Call::Shutdown(FIRST, Wr));
        let rst = bench.segment(Flags::RST, bench.next, 0, None);
        bench.arrives(rst);
        let before = bench.pending();
        assert_eq!(before, Some(Errno::ConnectionReset), "{}", stack.name);
        for errno in told {
            assert_eq!(bench.call(Call::Write(FIRST, 1)), Return::Error(errno), "{}", stack.name);
        }
        let left = if told[0] == Errno::BrokenPipe { before } else { None };
        assert_eq!(bench.pending(), left, "{}", stack.name);
    }
}

// --- what goes out ------------------------------------------------------------------------------

#[test]
fn a_fin_rides_on_the_last_text_that_waited() {
    let rides =
        |stack: &&&Profile| stack.tcp.output.fin.value() == Some(output::FinPlace::UnsentTail);
    for stack in ALL.iter().filter(rides) {
        let mut bench = Bench::connected(stack, 0, |_| {});
        assert_eq!(write(&mut bench, 150), NOTHING, "{}", stack.name);
        bench.call(Call::Shutdown(FIRST, Wr));
        assert_eq!(bench.lengths(), NOTHING, "{}", stack.name);
        assert_eq!(acks(&mut bench, 1, 1_000), ["100", "50F"], "{}", stack.name);
    }
}

#[test]
fn text_that_does_not_fit_into_the_window_waits_for_it() {
    for stack in ALL {
        let mut bench = Bench::connected(stack, 1_000, |_| {});
        assert_eq!(write(&mut bench, 100), ["100"]);
        acks(&mut bench, 101, 250);
        assert_eq!(write(&mut bench, 300), ["100", "100"], "{}", stack.name);
        if stack.tcp.output.small_window.value() == Some(output::SmallWindow::WhatFits) {
            assert_eq!(acks(&mut bench, 301, 99), ["99"], "{}: what fits", stack.name);
            continue;
        }
        assert_eq!(acks(&mut bench, 301, 99), NOTHING, "{}: one byte too few", stack.name);
        assert_eq!(acks(&mut bench, 301, 100), ["100"], "{}", stack.name);
    }
}

/// Minshall: a short segment that has been acknowledged holds nothing back. Classic: anything
/// unacknowledged does.
#[test]
fn nagle_looks_at_the_last_short_segment_or_at_everything() {
    for (stack, out) in [(&LINUX, &["50"][..]), (&FREEBSD, &[][..]), (&RFC9293, &[][..])] {
        let mut bench = Bench::connected(stack, 1_000, |_| {});
        assert_eq!(write(&mut bench, 50), ["50"]);
        acks(&mut bench, 51, 1_000);
        assert_eq!(write(&mut bench, 100), ["100"]);
        assert_eq!(write(&mut bench, 50), out, "{}", stack.name);
        // Now a short one is out, or waits: another waits on every stack.
        assert_eq!(write(&mut bench, 40), NOTHING, "{}", stack.name);
    }
}

#[test]
fn a_small_window_is_cut_as_the_stack_says() {
    let mut bench = Bench::connected(&LINUX, 150, |_| {});
    assert_eq!(write(&mut bench, 150)[0], "100", "never more than a segment");
    for stack in [&FREEBSD, &RFC9293] {
        let mut bench = Bench::connected(stack, 150, |_| {});
        bench.call(Call::NoDelay(FIRST));
        assert_eq!(write(&mut bench, 100), ["100"]);
        assert_eq!(write(&mut bench, 100), NOTHING, "{}: 50 of 150 is less than half", stack.name);
        let mut bench = Bench::connected(stack, 150, |_| {});
        bench.call(Call::NoDelay(FIRST));
        assert_eq!(write(&mut bench, 75), ["75"]);
        assert_eq!(write(&mut bench, 100), ["75"], "{}: 75 is half", stack.name);
    }
}

// --- what reading sends -------------------------------------------------------------------------

/// Bytes that arrive in pieces, then one read; how many ACKs the read sends.
fn acks_of_a_read(bench: &mut Bench, pieces: &[u32], read: u32) -> usize {
    pieces.iter().for_each(|len| bench.peer_writes(*len));
    bench.call(Call::Read(FIRST, read));
    bench.segments().len()
}

#[test]
fn reading_everything_frees_an_ack_unless_answers_carry_them() {
    let mut bench = Bench::connected(&LINUX, 1_000, late_acks);
    assert_eq!(acks_of_a_read(&mut bench, &[50], 50), 1, "nobody has answered");
    assert_eq!(acks_of_a_read(&mut bench, &[50], 49), 0, "a byte is left");
    // What is sent before anything has arrived answers nothing.
    let mut bench = Bench::connected(&LINUX, 1_000, late_acks);
    write(&mut bench, 100);
    bench.peer_acks();
    assert_eq!(acks_of_a_read(&mut bench, &[50], 50), 1, "we spoke first");
    // An answer does.
    let mut bench = Bench::connected(&LINUX, 1_000, late_acks);
    bench.peer_writes(50);
    write(&mut bench, 100);
    bench.call(Call::Read(FIRST, 50));
    bench.peer_acks();
    assert_eq!(acks_of_a_read(&mut bench, &[50], 50), 0, "an answer is expected");
}

#[test]
fn a_window_update_wants_twice_the_window_and_half_the_buffer() {
    let mut bench = Bench::connected(&LINUX, 1_000, |_| {});
    (0..8).for_each(|_| bench.peer_writes(100));
    if bench.armed(Timer::DelayedAck) {
        bench.fires(Timer::DelayedAck);
    }
    assert_eq!(acks_of_a_read(&mut bench, &[], 100), 0, "300 is not twice 200");
    assert_eq!(acks_of_a_read(&mut bench, &[], 100), 1, "400 is");
    // More than half of the buffer is on offer: no update, however much is read.
    let mut bench = Bench::connected(&LINUX, 1_000, |_| {});
    (0..4).for_each(|_| bench.peer_writes(100));
    if bench.armed(Timer::DelayedAck) {
        bench.fires(Timer::DelayedAck);
    }
    assert_eq!(acks_of_a_read(&mut bench, &[], 400), 0);
}

#[test]
fn a_window_update_wants_two_segments_or_half_the_buffer() {
    for stack in [&FREEBSD, &RFC9293] {
        let settle = |bench: &mut Bench| {
            if bench.armed(Timer::DelayedAck) {
                bench.fires(Timer::DelayedAck);
            }
        };
        let mut bench = Bench::connected(stack, 1_000, |tuning| tuning.rcv_buf = 1_000);
        (0..8).for_each(|_| bench.peer_writes(100));
        settle(&mut bench);
        // FreeBSD wants a quarter of the buffer as well; what opens is counted in whole segments.
        let enough = if stack.name == FREEBSD.name { 300 } else { 200 };
        assert_eq!(acks_of_a_read(&mut bench, &[], enough - 1), 0, "{}", stack.name);
        assert_eq!(acks_of_a_read(&mut bench, &[], 1), 1, "{}: two segments", stack.name);
        let mut bench = Bench::connected(stack, 1_000, |tuning| tuning.rcv_buf = 200);
        (0..2).for_each(|_| bench.peer_writes(100));
        settle(&mut bench);
        assert_eq!(acks_of_a_read(&mut bench, &[], 99), 0, "{}", stack.name);
        assert_eq!(acks_of_a_read(&mut bench, &[], 1), 1, "{}: half of 200", stack.name);
    }
}

#[test]
fn the_end_of_the_stream_can_be_read_without_shutdown() {
    let mut bench = Bench::connected(&LINUX, 1_000, |_| {});
    assert_eq!(bench.call(Call::Read(FIRST, 10)), Return::Would(Wait::Readable(FIRST)));
    bench.peer_closes();
    assert_eq!(bench.call(Call::Read(FIRST, 10)), Return::Eof);
    let mut bench = Bench::connected(&LINUX, 1_000, |_| {});
    bench.call(Call::Shutdown(FIRST, Rd));
    assert_eq!(bench.call(Call::Read(FIRST, 10)), Return::Eof);
}

// --- ends ---------------------------------------------------------------------------------------

/// close() with SO_LINGER {1, 0} in LAST-ACK: Linux tells the peer only what it has not sent.
#[test]
fn an_abort_in_last_ack_tells_the_peer_where_something_is_unsent() {
    for (offers, resets) in [(1_000, 0), (0, 1)] {
        let mut bench = Bench::connected(&LINUX, offers, |_| {});
        bench.peer_closes();
        write(&mut bench, 100);
        bench.call(Call::Shutdown(FIRST, Wr));
        assert_eq!(bench.state(), Some(State::LastAck));
        bench.call(Call::SetLinger(FIRST, Linger::Abort));
        bench.call(Call::Close(FIRST));
        let rsts = bench.segments().into_iter().filter(|it| it.flags.rst()).count();
        assert_eq!(rsts, resets, "the peer offers {offers}");
    }
}

/// A small socket takes over what is beyond a minute of FIN-WAIT-2.
#[test]
fn a_fin_wait_2_of_a_minute_is_over_and_a_longer_one_goes_on() {
    let after_a_minute = |tune: fn(&mut Tuning)| {
        let mut bench = Bench::connected(&LINUX, 1_000, tune);
        bench.call(Call::Close(FIRST));
        bench.peer_acks();
        assert_eq!(bench.state(), Some(State::FinWait2));
        bench.fires(Timer::FinWait2);
        bench.state().filter(|state| *state != State::Closed)
    };
    assert_eq!(after_a_minute(|tuning| tuning.fin_wait_2 = 60_000_000), None);
    assert_eq!(after_a_minute(|tuning| tuning.fin_wait_2 = 60_000_001), Some(State::FinWait2));
}

#[test]
fn an_orphan_gives_up_by_its_own_count() {
    for (orphaned, fires) in [(true, 3), (false, 5)] {
        let mut bench = Bench::connected(&LINUX, 1_000, |tuning| {
            (tuning.retries, tuning.retries_orphan) = (4, 2);
        });
        write(&mut bench, 100);
        if orphaned {
            bench.call(Call::Close(FIRST));
        }
        let mut count = 0;
        while bench.armed(Timer::Retransmit) {
            bench.fires(Timer::Retransmit);
            count += 1;
        }
        assert_eq!(count, fires, "orphaned: {orphaned}");
    }
}

#[test]
fn half_of_what_was_in_flight_becomes_the_threshold_at_the_first_time_out_alone() {
    let mut bench = Bench::connected(&LINUX, 1_000, |_| {});
    write(&mut bench, 600);
    let threshold = |bench: &Bench| {
        let conn = bench.sock().and_then(|sock| sock.conn()).expect("a connection");
        (conn.snd.ssthresh, conn.snd.cwnd)
    };
    bench.fires(Timer::Retransmit);
    assert_eq!(threshold(&bench), (3, 1));
    bench.fires(Timer::Retransmit);
    assert_eq!(threshold(&bench), (3, 1));
}

/// An ACK that leaves the window closed puts the next probe off, on the stack that says so.
#[test]
fn an_ack_of_a_closed_window_starts_the_probe_timer_again_where_the_stack_says() {
    for (stack, again) in [(&LINUX, true), (&FREEBSD, false), (&RFC9293, false)] {
        let mut bench = Bench::connected(stack, 0, |_| {});
        write(&mut bench, 100);
        assert!(bench.armed(Timer::Persist), "{}", stack.name);
        acks(&mut bench, 1, 0);
        assert_eq!(bench.arms(Timer::Persist), again, "{}", stack.name);
        // Nothing waits: nothing is armed by an ACK.
        let mut bench = Bench::connected(stack, 1_000, |_| {});
        acks(&mut bench, 1, 0);
        assert!(!bench.arms(Timer::Persist), "{}", stack.name);
    }
}

// --- the table ----------------------------------------------------------------------------------

/// A request that nobody completes is gone; a connect() that times out keeps its descriptor.
#[test]
fn who_gives_up_an_opening_keeps_what_an_application_holds() {
    let few = |tuning: &mut Tuning| {
        (tuning.retries_syn, tuning.retries_syn_ack, tuning.syn_linear) = (1, 1, 0);
    };
    let give_up = |bench: &mut Bench| {
        while bench.armed(Timer::Retransmit) {
            bench.fires(Timer::Retransmit);
        }
    };
    let mut bench = Bench::new(&LINUX, few);
    bench.call(Call::Listen(FIRST, 8));
    let syn = bench.segment(Flags::SYN, 0, 0, None);
    bench.next = 1;
    bench.arrives(syn);
    give_up(&mut bench);
    assert!(bench.sock().is_none());
    assert_eq!(bench.call(Call::Accept(FIRST, Fd(1))), Return::Would(Wait::Acceptable(FIRST)));
    let mut bench = Bench::new(&LINUX, few);
    bench.call(Call::Connect(FIRST, ID));
    give_up(&mut bench);
    assert_eq!(bench.pending(), Some(Errno::TimedOut));
    assert_eq!(bench.call(Call::Close(FIRST)), Return::Done);
}

/// Orphans are counted: beyond the limit close() resets.
#[test]
fn beyond_the_limit_of_orphans_close_resets() {
    let resets = |limit: fn(&mut Tuning)| -> Vec<bool> {
        let mut bench = Bench::new(&LINUX, limit);
        bench.call(Call::Listen(FIRST, 8));
        let mut out = Vec::new();
        for n in 0..3 {
            let at = |segment| Segment { conn: ConnId(n), ..segment };
            let syn = at(bench.segment(Flags::SYN, 0, 0, None));
            bench.arrives(syn);
            let ack = at(bench.segment(Flags::NONE, 1, 0, Some(1)));
            bench.arrives(ack);
            bench.call(Call::Accept(FIRST, Fd(n + 1)));
        }
        for n in 0..3 {
            bench.call(Call::Close(Fd(n + 1)));
            out.push(bench.segments().iter().any(|segment| segment.flags.rst()));
        }
        out
    };
    assert_eq!(resets(|tuning| tuning.max_orphans = 100), [false, false, false]);
    assert_eq!(resets(|tuning| tuning.max_orphans = 1), [false, true, true]);
    assert_eq!(resets(|tuning| tuning.max_orphans = 0), [true, true, true]);
}
