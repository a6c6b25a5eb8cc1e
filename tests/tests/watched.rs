//! What only a control begins: the user timeout, the limit on an attempt to connect, loss probes.
//! Segments have 100 bytes. RFC 5482, 8985 7 and 9293 3.8.3 are the sources.

use sim_core::profile::{FREEBSD, LINUX, RFC9293};
use sim_core::socket::{Call, Which};
use sim_core::tcp::tuning::{ProbeAfter, Switchable, Tuning, UserTimeout};
use sim_core::tcp::{Errno, Repair, Timer};
use sim_core::wire::{Flags, State};
use sim_tests::bench::{Bench, FIRST, ID};
use sim_tests::golden;
use std::fmt::Write;

fn plain(tuning: &mut Tuning) {
    (tuning.snd_buf, tuning.initial_cwnd) = (10_000, 4);
}

fn since_sent(tuning: &mut Tuning) {
    plain(tuning);
    tuning.controls.user_timeout = UserTimeout::SinceSent(5_000_000);
}

fn since_resent(tuning: &mut Tuning) {
    plain(tuning);
    tuning.controls.user_timeout = UserTimeout::SinceResent(5_000_000);
}

fn probing(tuning: &mut Tuning) {
    plain(tuning);
    tuning.sack = Switchable::On;
    tuning.controls.loss_probe = Some(ProbeAfter { one: 240_000, several: 42_000 });
}

fn opening(tuning: &mut Tuning) {
    plain(tuning);
    tuning.controls.opening = 3_000_000;
}

fn write(bench: &mut Bench, bytes: u32) -> Vec<String> {
    bench.call(Call::Write(FIRST, bytes));
    bench.lengths()
}

fn acks(bench: &mut Bench, upto: u32) {
    bench.acked = upto;
    let ack = bench.segment(Flags::NONE, bench.next, 0, Some(upto));
    bench.arrives(ack);
}

fn repair(bench: &Bench) -> Repair {
    bench.sock().and_then(|sock| sock.conn()).expect("a connection").snd.repair
}

fn everything(tuning: &mut Tuning) {
    probing(tuning);
    since_sent(tuning);
    tuning.controls.loss_probe = Some(ProbeAfter { one: 240_000, several: 42_000 });
}

/// Its name, the window of the peer, and what is called.
type Waiting = (&'static str, u32, fn(&mut Bench));

/// Where something waits, and how it is come to.
const WAITING: [Waiting; 6] = [
    ("nothing in flight", 10_000, |_| ()),
    ("one segment", 10_000, |bench| drop(write(bench, 50))),
    ("three segments", 10_000, |bench| drop(write(bench, 250))),
    ("more than may go out", 10_000, |bench| drop(write(bench, 650))),
    ("a closed window", 0, |bench| drop(write(bench, 50))),
    ("our FIN", 10_000, |bench| {
        bench.call(Call::Shutdown(FIRST, Which::Wr));
    }),
];

/// What fires where, with all controls: `rules/watched.rows`.
#[test]
fn every_watched_wait_has_its_rows() {
    let mut text = "# waiting, timer, stack, state after, segments sent, told, rules\n".to_owned();
    for (name, window, way) in WAITING {
        for stack in [&LINUX, &FREEBSD, &RFC9293] {
            let mut there = Bench::connected(stack, window, everything);
            way(&mut there);
            for timer in Timer::ALL.into_iter().filter(|it| there.armed(*it)) {
                let mut bench = there.clone();
                bench.fires(timer);
                let after = bench.state().map_or_else(|| "-".to_owned(), |it| it.to_string());
                let told = bench.pending().map_or("-", Errno::name);
                let sent = bench.lengths().join(" ");
                let sent = if sent.is_empty() { "-" } else { sent.as_str() };
                let rules = bench.rules().join(" ");
                let (timer, stack) = (timer.words(), stack.name);
                let head = format!("{name:<22} {timer:<15} {stack:<9} {after:<13} {sent:<5}");
                let _ = writeln!(text, "{head} {told:<11}  {rules}");
            }
        }
    }
    golden::check("rules/watched.rows", &text);
}

#[test]
fn without_a_control_none_of_it_is_armed() {
    let mut bench = Bench::connected(&LINUX, 10_000, plain);
    write(&mut bench, 300);
    bench.fires(Timer::Retransmit);
    assert!(Timer::ALL.into_iter().filter(|it| it.is_rare()).all(|timer| !bench.armed(timer)));
}

#[test]
fn a_user_timeout_since_sending_ends_what_waits_and_nothing_else() {
    let mut bench = Bench::connected(&RFC9293, 10_000, since_sent);
    assert!(!bench.armed(Timer::UserTimeout), "nothing waits");
    write(&mut bench, 200);
    assert!(bench.armed(Timer::UserTimeout));
    acks(&mut bench, 101);
    assert!(bench.arms(Timer::UserTimeout), "for the rest it begins anew");
    acks(&mut bench, 201);
    assert!(!bench.armed(Timer::UserTimeout));
    write(&mut bench, 100);
    bench.fires(Timer::UserTimeout);
    assert_eq!(bench.rules(), ["timer.user_timeout"]);
    assert_eq!((bench.state(), bench.pending()), (Some(State::Closed), Some(Errno::TimedOut)));
    assert!(bench.segments().is_empty(), "RFC 9293 3.10.8: nothing is sent");
}

#[test]
fn a_user_timeout_since_sending_runs_from_the_syn() {
    let mut bench = Bench::new(&RFC9293, since_sent);
    bench.call(Call::Connect(FIRST, ID));
    assert!(bench.armed(Timer::UserTimeout));
    let answer = bench.segment(Flags::SYN, 0, 0, Some(1));
    bench.arrives(answer);
    assert_eq!(bench.state(), Some(State::Established));
    assert!(!bench.armed(Timer::UserTimeout));
}

#[test]
fn a_user_timeout_since_resending_replaces_the_count() {
    let mut bench = Bench::connected(&LINUX, 10_000, since_resent);
    write(&mut bench, 100);
    assert!(!bench.armed(Timer::UserTimeout));
    for _ in 0..40 {
        bench.fires(Timer::Retransmit);
        assert!(bench.armed(Timer::UserTimeout));
    }
    bench.fires(Timer::UserTimeout);
    assert_eq!(bench.pending(), Some(Errno::TimedOut));
}

#[test]
fn a_user_timeout_since_resending_bounds_the_probes_of_a_window() {
    let mut bench = Bench::connected(&LINUX, 0, since_resent);
    write(&mut bench, 100);
    bench.fires(Timer::Persist);
    assert!(bench.armed(Timer::UserTimeout));
    acks(&mut bench, 1);
    assert!(bench.armed(Timer::UserTimeout), "an answer that leaves it closed changes nothing");
    let mut opens = bench.segment(Flags::NONE, bench.next, 0, Some(1));
    opens.wnd = 10_000;
    bench.arrives(opens);
    assert!(!bench.armed(Timer::UserTimeout), "the window has opened");
}

#[test]
fn an_attempt_to_connect_may_have_an_end_of_its_own() {
    let mut bench = Bench::new(&LINUX, opening);
    bench.call(Call::Connect(FIRST, ID));
    bench.fires(Timer::UserTimeout);
    assert_eq!((bench.state(), bench.pending()), (Some(State::Closed), Some(Errno::TimedOut)));
    let connected = Bench::connected(&LINUX, 10_000, opening);
    assert!(!connected.armed(Timer::UserTimeout));
}

#[test]
fn a_probe_is_the_last_segment_again_and_there_is_one_a_flight() {
    let mut bench = Bench::connected(&LINUX, 10_000, probing);
    write(&mut bench, 250);
    assert!(bench.armed(Timer::LossProbe) && bench.armed(Timer::Retransmit));
    bench.fires(Timer::LossProbe);
    assert_eq!(bench.rules(), ["timer.loss_probe"]);
    assert_eq!(bench.lengths(), ["50"]);
    assert!(!bench.armed(Timer::LossProbe) && bench.arms(Timer::Retransmit));
    write(&mut bench, 100);
    assert!(!bench.armed(Timer::LossProbe), "a probe is out");
    bench.fires(Timer::Retransmit);
    assert_eq!(bench.lengths(), ["100"], "the timeout as ever");
}

#[test]
fn a_probe_is_new_text_where_the_window_has_room() {
    let mut bench = Bench::connected(&LINUX, 10_000, probing);
    assert_eq!(write(&mut bench, 650).len(), 4);
    bench.fires(Timer::LossProbe);
    assert_eq!(bench.lengths(), ["100"]);
    acks(&mut bench, 501);
    assert_eq!(repair(&bench), Repair::None);
    assert!(bench.armed(Timer::LossProbe), "what goes out now is a flight of its own");
}

#[test]
fn the_timeout_is_a_probe_where_it_comes_first() {
    let mut bench = Bench::connected(&LINUX, 10_000, probing);
    write(&mut bench, 200);
    bench.fires(Timer::Retransmit);
    assert_eq!(bench.rules(), ["timer.loss_probe"]);
    bench.fires(Timer::Retransmit);
    assert_eq!(repair(&bench), Repair::Timeout { next: 101, high: 201 });
}

#[test]
fn what_was_sent_again_and_is_passed_was_a_loss_and_a_duplicate_says_it_was_none() {
    let window = |answer: fn(&mut Bench)| {
        let mut bench = Bench::connected(&LINUX, 10_000, probing);
        write(&mut bench, 200);
        bench.fires(Timer::LossProbe);
        acks(&mut bench, 201);
        assert_eq!(repair(&bench), Repair::Probed { high: 201, again: sim_core::tcp::Switch::On });
        answer(&mut bench);
        write(&mut bench, 100);
        acks(&mut bench, 301);
        let conn = bench.sock().and_then(|sock| sock.conn()).expect("a connection");
        assert_eq!(conn.snd.repair, Repair::None);
        conn.snd.cwnd
    };
    assert_eq!(window(|_| ()), 2, "halved");
    assert_eq!(window(|bench| acks(bench, 201)), 4, "both have come");
}

#[test]
fn a_fin_alone_is_probed_too_and_a_stack_without_sack_probes_nothing() {
    let mut bench = Bench::connected(&LINUX, 10_000, probing);
    bench.call(Call::Shutdown(FIRST, Which::Wr));
    bench.fires(Timer::LossProbe);
    assert!(bench.segments()[0].flags.fin());
    let mut bench = Bench::connected(&LINUX, 10_000, |tuning| {
        probing(tuning);
        tuning.sack = Switchable::Off;
    });
    write(&mut bench, 100);
    assert!(!bench.armed(Timer::LossProbe));
}
