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
use sim_core::tcp::tuning::AckPolicy;
use sim_core::tcp::{Errno, Linger, Note};
use sim_core::wire::State::{
    CloseWait, Closing, Established, FinWait1, FinWait2, LastAck, SynReceived, SynSent, TimeWait,
};
use sim_core::wire::{ConnId, Flags, Law, Segment, Seq, Side, Span, State, millis};
use sim_core::world::{Action, End, Event, Path, Setup, Sink};

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
    ($($more:expr),*) => { &[ESTABLISHED[0], ESTABLISHED[1], ESTABLISHED[2], ESTABLISHED[3], $($more),*] };
}

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

static ROWS: &[Row] = &[
    Row {
        stands_for: "ESTAB/rst_exact",
        before: accepted!(),
        then: &[rst(1), READ, READ],
        returned: &[RESET, EOF],
        sent: &[],
        left: &[],
    },
    Row {
        stands_for: "ESTAB/rst_inwin, Q005: one challenge in 500 ms",
        before: accepted!(),
        then: &[rst(11), rst(21), Pass(520), rst(31)],
        returned: &[],
        sent: &[("A", 1, Some(1), 0), ("A", 1, Some(1), 0)],
        left: &[Established],
    },
    Row {
        stands_for: "ESTAB/rst_left1",
        before: accepted!(),
        then: &[rst(0)],
        returned: &[],
        sent: &[],
        left: &[Established],
    },
    Row {
        stands_for: "RESET_UNREAD, probe send_first: the error is taken, the data is followed by EOF",
        before: accepted!(data(1, 1, 100), rst(101)),
        then: &[SEND, SEND, READ, READ, SO_ERROR],
        returned: &[RESET, PIPE, bytes(100), EOF, Return::Pending(None)],
        sent: &[],
        left: &[],
    },
    Row {
        stands_for: "Q040: after the FIN only others are told, and EPIPE",
        before: accepted!(data(1, 1, 100), fin(101, 1)),
        then: &[rst(102), READ, READ, SO_ERROR],
        returned: &[bytes(100), EOF, Return::Pending(Some(Errno::BrokenPipe))],
        sent: &[],
        left: &[],
    },
    Row {
        stands_for: "Q042: the FIN's own number is exact",
        before: accepted!(fin(1, 1)),
        then: &[rst(1), SO_ERROR],
        returned: &[Return::Pending(Some(Errno::BrokenPipe))],
        sent: &[],
        left: &[],
    },
    Row {
        stands_for: "Q046: what lies behind a hole is lost with the RST",
        before: accepted!(data(1001, 1, 100)),
        then: &[rst(1), READ],
        returned: &[RESET],
        sent: &[],
        left: &[],
    },
    Row {
        stands_for: "ESTAB_UNREAD/close",
        before: accepted!(data(1, 1, 100)),
        then: &[CLOSE],
        returned: &[DONE],
        sent: &[("RA", 1, Some(101), 0)],
        left: &[],
    },
    Row {
        stands_for: "ESTAB_OOO/close, Q036: only bytes behind a hole, then the hole is filled",
        before: accepted!(data(1001, 1, 100)),
        then: &[CLOSE, data(1, 1, 1000)],
        returned: &[DONE],
        sent: &[("FA", 1, Some(1), 0), ("R", 1, None, 0)],
        left: &[],
    },
    Row {
        stands_for: "ESTAB/close_linger0",
        before: accepted!(),
        then: &[ABORT, CLOSE],
        returned: &[DONE, DONE],
        sent: &[("RA", 1, Some(1), 0)],
        left: &[],
    },
    Row {
        stands_for: "Q077: nothing is left to send, so nobody is told",
        before: accepted!(fin(1, 1), SHUT_WR),
        then: &[ABORT, CLOSE],
        returned: &[DONE, DONE],
        sent: &[],
        left: &[],
    },
    Row {
        stands_for: "Q083: the peer took its window back",
        before: &[LISTEN, SYN, In("A", 1, Some(1), 0, 2920), ACCEPT, Make(Call::Write(C, 4000))],
        then: &[In("A", 1, Some(1461), 0, 0), ABORT, CLOSE],
        returned: &[DONE, DONE],
        sent: &[("RA", 1461, Some(1), 0)],
        left: &[],
    },
    Row {
        stands_for: "FW1_CLOSED/data, Q018: the RST carries what the data acknowledged",
        before: accepted!(CLOSE),
        then: &[data(1, 1, 100), ack(101, 2)],
        returned: &[],
        sent: &[("R", 1, None, 0), ("R", 2, None, 0)],
        left: &[],
    },
    Row {
        stands_for: "FW1_SHUT/data: the descriptor is open, the data is read",
        before: accepted!(SHUT_WR),
        then: &[data(1, 1, 100), READ],
        returned: &[bytes(100)],
        sent: &[("A", 2, Some(101), 0)],
        left: &[FinWait1],
    },
    Row {
        stands_for: "FW1_RDWR/data, Q027: earlier bytes stay, the error follows",
        before: accepted!(data(1, 1, 100), Make(Call::Shutdown(C, RdWr))),
        then: &[data(101, 1, 100), READ, READ],
        returned: &[bytes(100), RESET],
        sent: &[("R", 1, None, 0)],
        left: &[],
    },
    Row {
        stands_for: "FW2_CLOSED/rst_inwin, Q067: the small socket takes any RST in its window",
        before: accepted!(CLOSE, ack(1, 2)),
        then: &[rst(11)],
        returned: &[],
        sent: &[],
        left: &[],
    },
    Row {
        stands_for: "FW2_CLOSED/rst_old, Q068: and answers one outside",
        before: accepted!(CLOSE, ack(1, 2)),
        then: &[rst(0)],
        returned: &[],
        sent: &[("A", 2, Some(1), 0)],
        left: &[FinWait2],
    },
    Row {
        stands_for: "FW2_SHUT/fin_ack",
        before: accepted!(SHUT_WR, ack(1, 2)),
        then: &[fin(1, 2), READ],
        returned: &[EOF],
        sent: &[("A", 2, Some(2), 0)],
        left: &[TimeWait],
    },
    Row {
        stands_for: "TIME_WAIT_CLOSED/data, then Q065",
        before: accepted!(CLOSE, ack(1, 2), fin(1, 2)),
        then: &[data(2, 2, 100), rst(2)],
        returned: &[],
        sent: &[("A", 2, Some(2), 0)],
        left: &[],
    },
    Row {
        stands_for: "Q063: a SYN above everything seen begins anew",
        before: accepted!(CLOSE, ack(1, 2), fin(1, 2)),
        then: &[In("S", 3, None, 0, WIN)],
        returned: &[],
        sent: &[("SA", 65_539, Some(4), 0)],
        left: &[SynReceived],
    },
    Row {
        stands_for: "CLOSING_SHUT: FINs that cross",
        before: accepted!(SHUT_WR),
        then: &[fin(1, 1)],
        returned: &[],
        sent: &[("A", 2, Some(2), 0)],
        left: &[Closing],
    },
    Row {
        stands_for: "CLOSE_WAIT/data: beyond the FIN it is ignored",
        before: accepted!(fin(1, 1)),
        then: &[data(2, 1, 100)],
        returned: &[],
        sent: &[],
        left: &[CloseWait],
    },
    Row {
        stands_for: "CLOSE_WAIT/data_overlap: over the FIN it resets",
        before: accepted!(fin(1, 1)),
        then: &[data(-48, 1, 100), SO_ERROR],
        returned: &[Return::Pending(Some(Errno::BrokenPipe))],
        sent: &[("R", 1, None, 0)],
        left: &[],
    },
    Row {
        stands_for: "ESTAB/data_futureack, Q085: the data is dropped too",
        before: accepted!(),
        then: &[data(1, 1001, 100), READ],
        returned: &[Return::Would(sim_core::socket::Wait::Readable(C))],
        sent: &[("A", 1, Some(1), 0)],
        left: &[Established],
    },
    Row {
        stands_for: "ESTAB_SHUTRD/data: SHUT_RD stops nothing",
        before: accepted!(Make(Call::Shutdown(C, Rd))),
        then: &[READ, data(1, 1, 100), READ, READ],
        returned: &[EOF, bytes(100), EOF],
        sent: &[("A", 1, Some(101), 0)],
        left: &[Established],
    },
    Row {
        stands_for: "LAST_ACK_SHUT_UNREAD/close",
        before: accepted!(data(1, 1, 100), fin(101, 1), SHUT_WR),
        then: &[CLOSE],
        returned: &[DONE],
        sent: &[("RA", 2, Some(102), 0)],
        left: &[],
    },
    Row {
        stands_for: "LAST_ACK_CLOSED/ack_dup",
        before: accepted!(fin(1, 1), CLOSE),
        then: &[ack(2, 1)],
        returned: &[],
        sent: &[],
        left: &[LastAck],
    },
    Row {
        stands_for: "SYN_SENT/ack_dup: a RST, and the SYN goes out again at once",
        before: &[Make(Call::Connect(C, CONN))],
        then: &[ack(0, 0), Pass(14)],
        returned: &[],
        sent: &[("R", 0, None, 0), ("S", 0, None, 0)],
        left: &[SynSent],
    },
    Row {
        stands_for: "RESET_SYN_SENT: refused, told once",
        before: &[Make(Call::Connect(C, CONN))],
        then: &[In("R", 0, Some(1), 0, WIN), READ, READ],
        returned: &[error(Errno::ConnectionRefused), EOF],
        sent: &[],
        left: &[],
    },
    Row {
        stands_for: "SYN_RECV/syn_inwin: the request is deleted",
        before: &[LISTEN, SYN],
        then: &[In("S", 11, None, 0, WIN)],
        returned: &[],
        sent: &[("RA", 0, Some(12), 0)],
        left: &[],
    },
    Row {
        stands_for: "CLOSED/syn_exact, CLOSED/data",
        before: &[],
        then: &[SYN, data(1, 7, 100)],
        returned: &[],
        sent: &[("RA", 0, Some(1), 0), ("R", 7, None, 0)],
        left: &[],
    },
];

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
            while run.clocks.next().is_some_and(|(at, _)| at <= until) {
                let action = run.clocks.advance().expect("something is due");
                run.apply(setup, action, heard).expect("no halt");
            }
            run.clocks.now = until;
            return;
        }
    };
    run.apply(setup, action, heard).expect("no halt");
}

fn check(row: &Row) {
    let path = Path::OneWay(Law::ZERO, Law::ZERO);
    let mut setup = Setup::new([End::Calls, End::Wire], [&LINUX, &LINUX], path).expect("answers");
    setup.tuning[0].ack = AckPolicy::Every;
    setup.tuning[0].rto_min = millis(5000);
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
        check(row);
    }
}
