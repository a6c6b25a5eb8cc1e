//! Every kind of segment at the window's edges, every call, every timer.

use crate::bench::{Bench, ID};
use sim_core::answer::Halt;
use sim_core::socket::{Call, Fd, Which};
use sim_core::tcp::{Linger, Timer};
use sim_core::wire::{ConnId, Flags, Segment, Side};
use sim_core::world::Action;

/// A kind of segment: its name and how the peer builds it.
pub type Kind = (&'static str, fn(&Bench) -> Segment);

/// A bare RST at this distance from the next number the stack expects.
fn rst(bench: &Bench, seq: i64) -> Segment {
    bench.segment(Flags::RST, at(seq), 0, None)
}

fn ack(bench: &Bench, seq: u32, ack: i64) -> Segment {
    let mut segment = bench.segment(Flags::NONE, seq, 0, Some(0));
    segment.ack = Some(crate::bench::ISS.plus(at(ack)));
    segment
}

fn data(bench: &Bench, seq: u32, len: u32) -> Segment {
    bench.segment(Flags::NONE, seq, len, Some(bench.acked))
}

/// A number that may lie before the initial one.
const fn at(number: i64) -> u32 {
    number as u32
}

const fn next(bench: &Bench) -> i64 {
    bench.next as i64
}

/// Every kind. "In the window" is ten numbers on; "the edge" is one past the last number offered.
pub static SEGMENTS: [Kind; 47] = [
    ("rst exact", |b| rst(b, next(b))),
    ("rst exact with ack", |b| b.segment(Flags::RST, b.next, 0, Some(b.sent))),
    ("rst exact with bad ack", |b| b.segment(Flags::RST, b.next, 0, Some(b.sent + 9))),
    ("rst one left", |b| rst(b, next(b) - 1)),
    ("rst two left", |b| rst(b, next(b) - 2)),
    ("rst fifty left", |b| rst(b, next(b) - 50)),
    ("rst one right", |b| rst(b, next(b) + 1)),
    ("rst behind the hole", |b| rst(b, next(b) + 100)),
    ("rst in window", |b| rst(b, next(b) + 10)),
    ("rst last in window", |b| rst(b, i64::from(b.edge) - 1)),
    ("rst at the edge", |b| rst(b, i64::from(b.edge))),
    ("rst beyond", |b| rst(b, i64::from(b.edge) + 1)),
    ("syn again", |b| b.segment(Flags::SYN, 0, 0, None)),
    ("syn next", |b| b.segment(Flags::SYN, b.next, 0, None)),
    ("syn in window", |b| b.segment(Flags::SYN, b.next + 10, 0, None)),
    ("syn beyond", |b| b.segment(Flags::SYN, b.edge + 70_000, 0, None)),
    ("syn-ack again", |b| b.segment(Flags::SYN, 0, 0, Some(1))),
    ("syn-ack next", |b| b.segment(Flags::SYN, b.next, 0, Some(b.sent))),
    ("syn-ack with data", |b| b.segment(Flags::SYN, 0, 50, Some(1))),
    ("syn-ack of nothing", |b| b.segment(Flags::SYN, 0, 0, Some(b.sent + 9))),
    ("syn with data", |b| b.segment(Flags::SYN, 0, 50, None)),
    ("syn-fin", |b| b.segment(Flags::SYN.with(Flags::FIN), b.next, 0, None)),
    ("ack of all", |b| ack(b, b.next, i64::from(b.sent))),
    ("ack again", |b| ack(b, b.next, i64::from(b.acked))),
    ("ack old", |b| ack(b, b.next, i64::from(b.acked) - 50)),
    ("ack older than the first", |b| ack(b, b.next, -70_000)),
    ("ack of the future", |b| ack(b, b.next, i64::from(b.sent) + 1)),
    ("ack one left", |b| ack(b, at(next(b) - 1), i64::from(b.sent))),
    ("ack at the edge", |b| ack(b, b.edge, i64::from(b.sent))),
    ("ack beyond", |b| ack(b, b.edge + 1, i64::from(b.sent))),
    ("data next", |b| data(b, b.next, 50)),
    ("data next, all acked", |b| b.segment(Flags::NONE, b.next, 50, Some(b.sent))),
    ("data again", |b| data(b, at(next(b) - 50), 50)),
    ("data overlapping", |b| data(b, at(next(b) - 50), 100)),
    ("data behind a hole", |b| data(b, b.next + 50, 50)),
    ("data past the edge", |b| data(b, at(i64::from(b.edge) - 50), 100)),
    ("data beyond", |b| data(b, b.edge + 50, 50)),
    ("data with future ack", |b| b.segment(Flags::NONE, b.next, 50, Some(b.sent + 1))),
    ("data with ack too old", |b| {
        let mut segment = data(b, b.next, 50);
        segment.ack = Some(crate::bench::ISS.plus(at(-70_000)));
        segment
    }),
    ("data without ack", |b| b.segment(Flags::NONE, b.next, 50, None)),
    ("fin next", |b| b.segment(Flags::FIN, b.next, 0, Some(b.acked))),
    ("fin next, all acked", |b| b.segment(Flags::FIN, b.next, 0, Some(b.sent))),
    ("fin again", |b| b.segment(Flags::FIN, at(next(b) - 1), 0, Some(b.acked))),
    ("fin behind a hole", |b| b.segment(Flags::FIN, b.next + 50, 0, Some(b.acked))),
    ("fin with data", |b| b.segment(Flags::FIN, b.next, 50, Some(b.acked))),
    ("fin without ack", |b| b.segment(Flags::FIN, b.next, 0, None)),
    ("nothing", |b| b.segment(Flags::NONE, b.next, 0, None)),
];

/// Every call, with a name; some need one before them.
#[must_use]
pub fn calls(fd: Fd) -> Vec<(String, Vec<Call>)> {
    let spare = Fd(7);
    let plain = [
        ("socket", Call::Socket(fd)),
        ("listen", Call::Listen(fd, 8)),
        ("accept", Call::Accept(fd, spare)),
        ("connect", Call::Connect(fd, ID)),
        ("connect elsewhere", Call::Connect(fd, ConnId(3))),
        ("read 10", Call::Read(fd, 10)),
        ("read 2000", Call::Read(fd, 2_000)),
        ("peek 10", Call::Peek(fd, 10)),
        ("write 10", Call::Write(fd, 10)),
        ("write 150", Call::Write(fd, 150)),
        ("write 2000", Call::Write(fd, 2_000)),
        ("shutdown rd", Call::Shutdown(fd, Which::Rd)),
        ("shutdown wr", Call::Shutdown(fd, Which::Wr)),
        ("shutdown rdwr", Call::Shutdown(fd, Which::RdWr)),
        ("no delay", Call::NoDelay(fd)),
        ("receive buffer 500", Call::SetRcvBuf(fd, 500)),
        ("send buffer 500", Call::SetSndBuf(fd, 500)),
        ("poll", Call::Poll(fd)),
        ("SO_ERROR", Call::SoError(fd)),
        ("dup", Call::Dup(fd, spare)),
        ("close", Call::Close(fd)),
        ("exit", Call::Exit),
    ];
    let mut all: Vec<(String, Vec<Call>)> =
        plain.into_iter().map(|(name, call)| (name.to_owned(), vec![call])).collect();
    for (name, linger) in LINGERS {
        let set = Call::SetLinger(fd, linger);
        all.push((format!("close, {name}"), vec![set, Call::Close(fd)]));
        all.push((format!("exit, {name}"), vec![set, Call::Exit]));
    }
    for (name, linger) in LINGERS {
        let set = Call::SetLinger(fd, linger);
        all.push((format!("try close, {name}"), vec![set, Call::TryClose(fd)]));
    }
    all.push(("connect twice".to_owned(), vec![Call::Connect(fd, ID), Call::Connect(fd, ID)]));
    let (set, over) = (Call::SetLinger(fd, LINGERS[1].1), Call::CloseEnds(fd));
    all.push(("close, linger over".to_owned(), vec![set, Call::Close(fd), over]));
    all.push(("close, no FIN-WAIT-2".to_owned(), vec![Call::NoFinWait2(fd), Call::Close(fd)]));
    all.push(("close of one of two".to_owned(), vec![Call::Dup(fd, spare), Call::Close(fd)]));
    all
}

/// Carries out calls one after the other; the bench shows the last.
///
/// # Errors
/// An answer that is missing.
pub fn make(bench: &mut Bench, calls: &[Call]) -> Result<(), Halt> {
    calls.iter().try_for_each(|call| bench.act(Action::Call(Side::A, *call)))
}

/// Every timer that a stack arms by itself, with a name; `watched.rs` has the others.
#[must_use]
pub fn timers() -> Vec<(String, Timer)> {
    let usual = Timer::ALL.into_iter().filter(|timer| !timer.is_rare());
    usual.map(|timer| (format!("{} timer", timer.words()), timer)).collect()
}

/// `SO_LINGER` as rows name it.
static LINGERS: [(&str, Linger); 2] =
    [("linger 0", Linger::Abort), ("linger 2 s", Linger::Seconds(2))];
