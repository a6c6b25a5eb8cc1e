//! What waits for ever: in a last state, or round and round.

use sim_core::drive::explore::{End as Search, Limits, Pulse};
use sim_core::pace::PaceName;
use sim_core::profile::LINUX;
use sim_core::report::census::census;
use sim_core::report::outcome::{Reply, Word};
use sim_core::report::trace::story;
use sim_core::script::{Line, Look, Op, Script, Until};
use sim_core::socket::{Call, Fd, Which};
use sim_core::tcp::Timer;
use sim_core::wire::{ConnId, Law, Side, State, millis};
use sim_core::world::{End, Path, Setup};

const CONN: ConnId = ConnId(0);
const FD: Fd = Fd(0);
const LISTENER: Fd = Fd(1);

fn setup(client: Vec<Line>, server: Vec<Line>) -> Setup {
    let mut lines = vec![
        Line::new(Op::Call(Call::Listen(LISTENER, 1))),
        Line::new(Op::Call(Call::Accept(LISTENER, FD))),
    ];
    lines.extend(server);
    let mut whole = vec![Line::new(Op::Call(Call::Connect(FD, CONN)))];
    whole.extend(client);
    let ends = [End::Script(Script::single(whole)), End::Script(Script::single(lines))];
    Setup::new(ends, [&LINUX, &LINUX], Path::RoundTrip(Law::Fixed(millis(50)))).expect("a setup")
}

/// Waits for something that never comes: POLLERR or POLLHUP on a connection that lives.
fn sleep_for_ever() -> Line {
    Line::new(Op::Poll { fd: FD, bits: 0 })
}

#[test]
fn a_closed_window_is_probed_for_ever() {
    let write = Line::new(Op::Write { fd: FD, total: 4_380, chunk: 4_380, look: Look::Never });
    let mut setup = setup(vec![sleep_for_ever()], vec![write]);
    setup.tuning[0].rcv_buf = 1_460;
    setup.tuning[1].snd_buf = 1_460;
    let reply = Reply { from: Side::B, conn: CONN, bytes: 4_380 };
    let limits = Limits { states: 100_000, depth: 1_000 };
    let census = census(&setup, reply, PaceName::Racing, limits, Pulse::silent());
    assert_eq!(census.end, Search::Complete);
    assert_eq!(census.words(), [Word::Stuck]);
    assert_eq!(census.counts.terminals, 0, "it never comes to an end");
    let trace = &census.entries[0].trace;
    let last = story(&setup, trace).expect("a trace").steps.pop().expect("a step").after;
    let probing = |sock: &sim_core::tcp::Sock| sock.timers.contains(Timer::Persist);
    assert!(last.hosts[1].table.iter().any(probing));
}

#[test]
fn an_application_that_owes_a_close_holds_its_peer_in_fin_wait_2() {
    let half_close = Line::new(Op::Call(Call::Shutdown(FD, Which::Wr)));
    let read = Line::new(Op::Read { fd: FD, chunk: 100, until: Until::Eof });
    let server = vec![half_close, read, Line::new(Op::Call(Call::Close(FD)))];
    let setup = setup(vec![sleep_for_ever()], server);
    let reply = Reply { from: Side::A, conn: CONN, bytes: 1 };
    let limits = Limits { states: 100_000, depth: 1_000 };
    let census = census(&setup, reply, PaceName::Racing, limits, Pulse::silent());
    assert_eq!(census.words(), [Word::Stuck]);
    let trace = &census.entries[0].trace;
    let last = story(&setup, trace).expect("a trace").steps.pop().expect("a step").after;
    let state = |side: Side| {
        last.hosts[side.index()].table.iter().find(|sock| sock.conn == CONN).map(|s| s.state())
    };
    assert_eq!(state(Side::B), Some(State::FinWait2));
    assert_eq!(state(Side::A), Some(State::CloseWait));
}
