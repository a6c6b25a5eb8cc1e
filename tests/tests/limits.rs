//! A world has room for so much; what goes beyond stops the run by name, and never by a panic.

use sim_core::answer::{Halt, Which};
use sim_core::drive::run::Runner;
use sim_core::pace::clocked::Always;
use sim_core::profile::LINUX;
use sim_core::socket::{Call, Fd};
use sim_core::tcp::arrive::MAX_SOCKETS;
use sim_core::wire::{ConnId, Flags, Law, Segment, Seq, Side, Span};
use sim_core::world::{Action, End, Path, Setup};

const CONN: ConnId = ConnId(0);
const LISTENER: Fd = Fd(0);

fn setup(snd_buf: u32) -> Setup {
    let path = Path::OneWay(Law::ZERO, Law::ZERO);
    let mut setup = Setup::new([End::Calls, End::Wire], [&LINUX, &LINUX], path).expect("answers");
    setup.tuning[0].snd_buf = snd_buf;
    setup
}

/// The last of these actions; those before must succeed.
fn last(setup: &Setup, actions: &[Action]) -> Result<(), Halt> {
    let (last, before) = actions.split_last().expect("an action");
    let mut run = Runner::new(setup, Always(0), &mut ());
    for action in before {
        run.apply(setup, *action, &mut ()).expect("no halt yet");
    }
    run.apply(setup, *last, &mut ())
}

fn call(call: Call) -> Action {
    Action::Call(Side::A, call)
}

fn arrives(conn: u8, flags: Flags, seq: u32, ack: Option<u32>) -> Action {
    let segment = Segment {
        conn: ConnId(conn),
        flags,
        mss: None,
        seq: Seq::new(seq),
        ack: ack.map(Seq::new),
        text: Span::new(0, 0),
        wnd: 65_535,
    };
    Action::Inject(Side::A, segment)
}

#[test]
fn descriptors() {
    let at = |fd: u8| last(&setup(1), &[call(Call::Connect(Fd(fd), CONN))]);
    assert_eq!(at(Fd::MAX - 1), Ok(()));
    assert_eq!(at(Fd::MAX), Err(Halt::Limit(Which::Sockets)));
}

#[test]
fn sockets_that_connections_make() {
    let room = u8::try_from(MAX_SOCKETS - 1).expect("few");
    let arrivals = |n: u8| {
        let listen = [call(Call::Listen(LISTENER, 100))];
        let opened = (0..n).flat_map(|conn| {
            [arrives(conn, Flags::SYN, 0, None), arrives(conn, Flags::NONE, 1, Some(1))]
        });
        let mut all: Vec<Action> = listen.into_iter().chain(opened).collect();
        all.push(arrives(n, Flags::SYN, 0, None));
        last(&setup(1), &all)
    };
    assert_eq!(arrivals(room - 1), Ok(()));
    assert_eq!(arrivals(room), Err(Halt::Limit(Which::Sockets)));
}

#[test]
fn bytes_in_one_direction() {
    let write = |n: u32| {
        let opened = [
            call(Call::Connect(LISTENER, CONN)),
            arrives(0, Flags::SYN, 0, Some(1)),
            call(Call::Write(LISTENER, n)),
        ];
        last(&setup(u32::MAX), &opened)
    };
    // Counted from the SYN's number, so the first byte is 1.
    assert_eq!(write((1 << 31) - 2), Ok(()));
    assert_eq!(write((1 << 31) - 1), Err(Halt::Limit(Which::Bytes)));
}
