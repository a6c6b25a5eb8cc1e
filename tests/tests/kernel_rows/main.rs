//! What a Linux 6.18 kernel was measured to do, as rows of our own.
//!
//! Each names the recorded row it stands for. The kernel is one stack whose calls come from here,
//! its peer is a list of segments; numbers are counted from the two initial ones, so the first byte
//! of a direction is 1. One function, [`check`], knows the model.

use Do::{Call as Make, In, Wait as Pass};
use sim_core::drive::run::Runner;
use sim_core::pace::clocked::Always;
use sim_core::profile::LINUX;
use sim_core::socket::Which::{Rd, RdWr, Wr};
use sim_core::socket::{Call, Fd, Return};
use sim_core::tcp::tuning::{AckPolicy, Switchable};
use sim_core::tcp::{Errno, Linger, Note};
use sim_core::wire::State::{
    CloseWait, Closing, Established, FinWait1, FinWait2, LastAck, SynReceived, SynSent, TimeWait,
};
use sim_core::wire::{ConnId, Flags, Law, Segment, Seq, Side, Span, State, millis};
use sim_core::world::{Action, End, Event, Path, Setup, Sink};

use rows::ROWS;

const C: Fd = Fd(0);
const L: Fd = Fd(1);
const CONN: ConnId = ConnId(0);
const ALL: u32 = 65_536;

/// Something that is done to the kernel.
#[derive(Clone, Copy, Debug)]
enum Do {
    Call(Call),
    /// Flags, sequence number, acknowledgment, length, window.
    In(&'static str, i64, Option<i64>, u32, u32),
    /// Milliseconds.
    Wait(u64),
}

/// A segment that is expected: flags, sequence number, acknowledgment, length.
type Out = (&'static str, u32, Option<u32>, u32);

struct Row {
    /// The recorded row it stands for.
    stands_for: &'static str,
    /// How the state is reached.
    before: &'static [Do],
    /// What happens then.
    then: &'static [Do],
    /// What the calls return.
    returned: &'static [Return],
    /// What the kernel sends.
    sent: &'static [Out],
    /// What its connections are afterwards.
    left: &'static [State],
}

const WIN: u32 = 65_535;
const fn data(seq: i64, ack: i64, len: u32) -> Do {
    In("A", seq, Some(ack), len, WIN)
}
const fn rst(seq: i64) -> Do {
    In("R", seq, None, 0, WIN)
}
const fn fin(seq: i64, ack: i64) -> Do {
    In("F", seq, Some(ack), 0, WIN)
}
const fn ack(seq: i64, ack: i64) -> Do {
    data(seq, ack, 0)
}
const LISTEN: Do = Make(Call::Listen(L, 16));
const SYN: Do = In("S", 0, None, 0, WIN);
const ACCEPT: Do = Make(Call::Accept(L, C));
const CLOSE: Do = Make(Call::Close(C));
const SHUT_WR: Do = Make(Call::Shutdown(C, Wr));
const READ: Do = Make(Call::Read(C, ALL));
const SEND: Do = Make(Call::Write(C, 100));
const SO_ERROR: Do = Make(Call::SoError(C));
const ABORT: Do = Make(Call::SetLinger(C, Linger::Abort));
const ESTABLISHED: [Do; 4] = [LISTEN, SYN, ack(1, 1), ACCEPT];

/// A connection that was accepted, then these steps.
macro_rules! accepted {
    ($($more:expr),*) => {
        &[ESTABLISHED[0], ESTABLISHED[1], ESTABLISHED[2], ESTABLISHED[3], $($more),*]
    };
}

mod rows;

const DONE: Return = Return::Done;
const EOF: Return = Return::Eof;
const fn bytes(n: u32) -> Return {
    Return::Count(n)
}
const fn error(errno: Errno) -> Return {
    Return::Error(errno)
}
const RESET: Return = error(Errno::ConnectionReset);
const PIPE: Return = error(Errno::BrokenPipe);

#[derive(Default)]
struct Heard {
    sent: Vec<(String, u32, Option<u32>, u32)>,
    returned: Vec<Return>,
}

impl Sink for Heard {
    fn event(&mut self, event: Event) {
        match event {
            Event::Kernel(_, Note::Sent(segment)) => {
                let ack = segment.ack.map(Seq::raw);
                let sent = (letters(&segment), segment.seq.raw(), ack, segment.text.len());
                self.sent.push(sent);
            }
            Event::Puppet(_, _, returned) => self.returned.push(returned),
            Event::Kernel(..) | Event::Arrived(..) | Event::Lost(..) | Event::Lane(..) => {}
        }
    }
}

fn letters(segment: &Segment) -> String {
    let flags = segment.flags;
    [(flags.syn(), 'S'), (flags.fin(), 'F'), (flags.rst(), 'R'), (segment.ack.is_some(), 'A')]
        .into_iter()
        .filter_map(|(set, letter)| set.then_some(letter))
        .collect()
}

fn segment(flags: &str, seq: i64, ack: Option<i64>, len: u32, wnd: u32) -> Segment {
    let bit = |letter: char, flag: Flags| if flags.contains(letter) { flag } else { Flags::NONE };
    let number = |n: i64| Seq::new((n & 0xffff_ffff) as u32);
    let start = u32::try_from(seq - 1).unwrap_or(0);
    Segment {
        conn: CONN,
        flags: bit('S', Flags::SYN).with(bit('F', Flags::FIN)).with(bit('R', Flags::RST)),
        mss: None,
        seq: number(seq),
        ack: ack.map(number),
        text: Span::new(start, start + len),
        wnd,
    }
}

fn perform(setup: &Setup, run: &mut Runner<Always>, step: Do, heard: &mut Heard) {
    let action = match step {
        Make(call) => Action::Call(Side::A, call),
        In(flags, seq, ack, len, wnd) => {
            Action::Inject(Side::A, segment(flags, seq, ack, len, wnd))
        }
        Pass(ms) => {
            let until = run.clocks.now + millis(ms);
            while let Some((at, action)) = run.clocks.next().filter(|(at, _)| *at <= until) {
                run.clocks.advance((at, action));
                run.apply(setup, action, heard).expect("no halt");
            }
            run.clocks.now = until;
            return;
        }
    };
    run.apply(setup, action, heard).expect("no halt");
}

fn check(row: &Row, sack: Switchable) {
    let path = Path::OneWay(Law::ZERO, Law::ZERO);
    let mut setup = Setup::new([End::Calls, End::Wire], [&LINUX, &LINUX], path).expect("answers");
    setup.tuning[0].ack = AckPolicy::Every;
    setup.tuning[0].rto_min = millis(5000);
    setup.tuning[0].sack = sack;
    let mut run = Runner::new(&setup, Always(0), &mut ());
    for step in row.before {
        perform(&setup, &mut run, *step, &mut Heard::default());
    }
    let mut heard = Heard::default();
    for step in row.then {
        perform(&setup, &mut run, *step, &mut heard);
    }
    let sent: Vec<Out> = row.sent.to_vec();
    let heard_sent: Vec<(&str, u32, Option<u32>, u32)> = heard
        .sent
        .iter()
        .map(|(flags, seq, ack, len)| (flags.as_str(), *seq, *ack, *len))
        .collect();
    let name = row.stands_for;
    assert_eq!(heard.returned, row.returned, "{name}: what the calls returned");
    assert_eq!(heard_sent, sent, "{name}: what was sent");
    let states = run.world.hosts[0].table.iter().map(sim_core::tcp::Sock::state);
    let left: Vec<State> =
        states.filter(|state| !matches!(state, State::Closed | State::Listen)).collect();
    assert_eq!(left, row.left, "{name}: what is left");
}

#[test]
fn a_kernel_did_this_and_so_does_the_model() {
    for row in ROWS {
        check(row, Switchable::On);
    }
}

/// Row Q045: the recorder's own profile has SACK off, and the right end of a block is challenged.
#[test]
fn without_sack_a_block_behind_a_hole_says_nothing() {
    static ROW: Row = Row {
        stands_for: "Q045",
        before: accepted!(data(1001, 1, 100)),
        then: &[rst(1101)],
        returned: &[],
        sent: &[("A", 1, Some(1), 0)],
        left: &[Established],
    };
    check(&ROW, Switchable::Off);
}
