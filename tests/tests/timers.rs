//! Timers in virtual time: when things are sent again, and for how long anybody waits.

use sim_core::drive::run::{Ended, HORIZON, Runner};
use sim_core::pace::clocked::Always;
use sim_core::profile::{FREEBSD, LINUX, Profile, RFC9293};
use sim_core::script::{Goto, Line, Look, Op, Script, Until};
use sim_core::socket::{Call, Fd};
use sim_core::tcp::{Note, Owner, Timer};
use sim_core::wire::{ConnId, Due, Law, Side, State, millis};
use sim_core::world::{Action, End, Event, Path, Setup, Sink};

const FD: Fd = Fd(0);
const LISTENER: Fd = Fd(1);
const CONN: ConnId = ConnId(0);

fn setup(client: Vec<Line>, server: Vec<Line>, stack: &'static Profile) -> Setup {
    let mut whole = vec![Line::new(Op::Call(Call::Connect(FD, CONN)))];
    whole.extend(client);
    let ends = [End::Script(Script::single(whole)), End::Script(Script::single(server))];
    Setup::new(ends, [stack, stack], Path::RoundTrip(Law::Fixed(millis(20)))).expect("a setup")
}

fn listening(lines: Vec<Line>) -> Vec<Line> {
    let mut all = vec![
        Line::new(Op::Call(Call::Listen(LISTENER, 1))),
        Line::new(Op::Call(Call::Accept(LISTENER, FD))),
    ];
    all.extend(lines);
    all
}

/// Every segment that is sent and every timer that is armed, with the instant.
#[derive(Default)]
struct Log {
    now: u64,
    sent: Vec<(u64, Side, sim_core::wire::Segment)>,
    armed: Vec<(u64, Side, Timer, Due)>,
}

impl Sink for Log {
    fn event(&mut self, event: Event) {
        match event {
            Event::Kernel(side, Note::Sent(segment)) => self.sent.push((self.now, side, segment)),
            Event::Kernel(side, Note::Armed(_, timer, due)) => {
                self.armed.push((self.now, side, timer, due));
            }
            Event::Kernel(..)
            | Event::Arrived(..)
            | Event::Lost(..)
            | Event::Lane(..)
            | Event::Puppet(..) => {}
        }
    }
}

/// Runs until an instant (or the end); segments that `lost` picks never arrive.
fn run(
    setup: &Setup,
    until: u64,
    lost: impl Fn(Side, &sim_core::wire::Segment, u64) -> bool,
) -> (Runner<Always>, Log) {
    let mut log = Log::default();
    let mut runner = Runner::new(setup, Always(0), &mut log);
    while let Some((at, action)) = runner.clocks.next().filter(|(at, _)| *at <= until) {
        runner.clocks.advance((at, action));
        log.now = runner.clocks.now;
        let action = match action {
            Action::Deliver(side, n) => {
                let segment = runner.world.links[side.peer().index()].flight[usize::from(n)];
                let gone = lost(side.peer(), &segment, at);
                if gone { Action::Lose(side, n) } else { action }
            }
            other @ (Action::Turn(..)
            | Action::Lose(..)
            | Action::Repeat(..)
            | Action::Fire(..)
            | Action::Wake(..)
            | Action::Call(..)
            | Action::Inject(..)) => other,
        };
        runner.apply(setup, action, &mut log).expect("no bound is met");
    }
    (runner, log)
}

/// Seconds at which SYNs leave when none arrives, and when the attempt is over.
fn syns(stack: &'static Profile) -> Vec<u64> {
    let setup = setup(vec![], listening(vec![]), stack);
    let (_, log) = run(&setup, millis(3_000_000), |_, _, _| true);
    log.sent.iter().map(|(at, _, _)| at / 1_000_000).collect()
}

#[test]
fn a_syn_is_sent_again_in_equal_steps_first_where_the_stack_does_so() {
    assert_eq!(syns(&LINUX), [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]);
    assert_eq!(syns(&RFC9293)[..6], [0, 1, 3, 7, 15, 31]);
    // Doubled, and 200 ms on top from the second on.
    assert_eq!(syns(&FREEBSD)[..7], [0, 1, 3, 7, 15, 31, 64]);
}

#[test]
fn a_window_that_opens_ends_the_back_off_of_its_probes() {
    for stack in [&LINUX, &FREEBSD, &RFC9293] {
        let sleep = Line::new(Op::Sleep(Law::Fixed(millis(100_000))));
        let read = Line::new(Op::Read { fd: FD, chunk: 65_536, until: Until::Eof });
        let write =
            Line::new(Op::Write { fd: FD, total: 20_000, chunk: 20_000, look: Look::Never });
        let close = Line::new(Op::Call(Call::Close(FD)));
        let mut setup = setup(vec![sleep, read, close], listening(vec![write, close]), stack);
        setup.tuning[0].rcv_buf = 2_920;
        let (runner, log) = run(&setup, millis(400_000), |_, _, _| false);
        let probed = log.armed.iter().any(|(_, side, timer, due)| {
            let backed_off = matches!(due, Due::Rto { backoff, .. } if *backoff > 2);
            *side == Side::B && *timer == Timer::Persist && backed_off
        });
        assert!(probed, "{}: the window was closed for long", stack.name);
        let late = log.armed.iter().filter(|(at, side, timer, _)| {
            *at > millis(100_000) && *side == Side::B && *timer == Timer::Retransmit
        });
        for (_, _, _, due) in late {
            assert!(matches!(due, Due::Rto { backoff: 0, .. }), "{}: {due:?}", stack.name);
        }
        assert_eq!(runner.world.hosts[0].app.account(CONN).read, 20_000, "{}", stack.name);
    }
}

#[test]
fn a_window_below_a_segment_is_used_at_once() {
    for (stack, first) in [(&LINUX, 500), (&FREEBSD, 1_000), (&RFC9293, 1_000)] {
        let write = Line::new(Op::Write { fd: FD, total: 5_000, chunk: 5_000, look: Look::Never });
        let read = Line::new(Op::Read { fd: FD, chunk: 65_536, until: Until::Eof });
        let close = Line::new(Op::Call(Call::Close(FD)));
        let mut setup = setup(vec![read, close], listening(vec![write, close]), stack);
        setup.tuning[0].rcv_buf = 1_000;
        let (runner, log) = run(&setup, millis(60_000), |_, _, _| false);
        let data =
            log.sent.iter().find(|(_, side, segment)| *side == Side::B && !segment.text.is_empty());
        let (at, _, segment) = data.expect("something is sent");
        assert_eq!((*at, segment.text.len()), (millis(30), first), "{}", stack.name);
        assert_eq!(runner.world.hosts[0].app.account(CONN).read, 5_000, "{}", stack.name);
    }
}

/// How long an orphan's FIN-WAIT-2 is there when the peer never closes, in seconds.
fn fin_wait_2(stack: &'static Profile, tuned: u64) -> u64 {
    let hold = Line::new(Op::Poll { fd: FD, bits: 0 });
    let close = Line::new(Op::Call(Call::Close(FD)));
    let mut setup = setup(vec![hold], listening(vec![close]), stack);
    setup.tuning[1].fin_wait_2 = tuned;
    let alive = |seconds: u64| {
        let (runner, _) = run(&setup, seconds * 1_000_000, |_, _, _| false);
        let orphan = |sock: &sim_core::tcp::Sock| {
            sock.owner == Owner::Orphaned && sock.state() == State::FinWait2
        };
        runner.world.hosts[1].table.iter().any(orphan)
    };
    (1..400).find(|seconds| !alive(*seconds)).unwrap_or(0)
}

#[test]
fn a_long_fin_wait_2_goes_on_in_a_small_socket() {
    assert_eq!(fin_wait_2(&LINUX, 60_000_000), 61);
    assert_eq!(fin_wait_2(&LINUX, 61_000_000), 3, "a second as it is, a second small");
    assert_eq!(fin_wait_2(&LINUX, 120_000_000), 121);
    assert_eq!(fin_wait_2(&FREEBSD, 61_000_000), 62);
}

#[test]
fn nothing_is_left_running_after_an_ordinary_close() {
    let close = Line::new(Op::Call(Call::Close(FD)));
    let setup = setup(vec![close], listening(vec![close]), &LINUX);
    let mut runner = Runner::new(&setup, Always(0), &mut ());
    let ended = runner.finish(&setup, HORIZON, &mut (), |_, _| {}).expect("no bound is met");
    assert_eq!(ended, Ended::Done);
}

#[test]
fn a_refused_connect_can_be_tried_again_where_the_socket_is_fresh_after_it() {
    let connect = Line::new(Op::Call(Call::Connect(FD, CONN)));
    let tries = |stack| {
        let client = Script::single(vec![connect.on_error(Goto::Next), connect]);
        let ends = [End::Script(client), End::Script(Script::single(vec![]))];
        let path = Path::RoundTrip(Law::Fixed(millis(20)));
        let setup = Setup::new(ends, [stack, stack], path).expect("a setup");
        let (_, log) = run(&setup, millis(1_000), |_, _, _| false);
        let syn = |(_, side, segment): &(u64, Side, sim_core::wire::Segment)| {
            *side == Side::A && segment.flags.syn()
        };
        log.sent.iter().filter(|sent| syn(sent)).count()
    };
    assert_eq!(tries(&LINUX), 2);
    assert_eq!(tries(&FREEBSD), 1);
}
