//! What two Linux 6.18 kernels were measured to do to each other, as rows of our own.
//!
//! Each test names the recorded row it stands for. Both ends are stacks with scripts, the wire
//! takes a fixed time; sequence numbers are counted from the two initial ones, so the first byte of
//! a direction is 1.

use sim_core::drive::run::Runner;
use sim_core::pace::clocked::Always;
use sim_core::profile::LINUX;
use sim_core::script::{Lane, LaneEvent, LaneId, Limit, Line, Look, Op, Script, Starts, Until};
use sim_core::socket::{Call, Fd, Return, Which};
use sim_core::tcp::tuning::{AckPolicy, Switchable};
use sim_core::tcp::{Errno, Linger, Note, Sock};
use sim_core::wire::{ConnId, Law, Micros, Segment, Seq, Side, State, millis};
use sim_core::world::{Action, End, Event, Path, Setup, Sink, Start};

const C: Fd = Fd(0);
const L: Fd = Fd(1);
const REPLY: u32 = 65_536;
/// When the server acts: 100 ms after it was told of the connection's SYN, and 30.
const ACTS: Micros = millis(190);

const EOF: Return = Return::Eof;
const RESET: Return = Return::Error(Errno::ConnectionReset);
const fn bytes(n: u32) -> Return {
    Return::Count(n)
}

/// A segment: flags, sequence number, acknowledgment, length. Data in a row is one, and so are bare
/// resets in a row; pure acknowledgments are left out.
type Out = (&'static str, u32, Option<u32>, u32);

const SYN: Out = ("S", 0, None, 0);
const SYN_ACK: Out = ("SA", 0, Some(1), 0);
const REQUEST: Out = ("A", 1, Some(1), 200);
const fn bare_reset(seq: u32) -> Out {
    ("R", seq, None, 0)
}

/// What an end is told, and what it leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Told {
    /// Bytes that send() took, and its first error.
    sent: u32,
    send_failed: Option<Errno>,
    /// What recv() returned; counts in a row add up.
    reads: Vec<Return>,
    wire: Vec<Out>,
    left: Vec<State>,
}

/// The numbers of the recorded machines: no SACK, every data segment acknowledged, 30 ms each way.
fn plain(client: Script, server: Script) -> Setup {
    // The hosts took their share of the time, so that a script is ahead of a segment.
    let one_way = Law::Fixed(millis(30) + 50);
    let ends = [End::Script(client), End::Script(server)];
    let path = Path::OneWay(one_way, one_way);
    let mut setup = Setup::new(ends, [&LINUX, &LINUX], path).expect("answers");
    for tuning in &mut setup.tuning {
        tuning.ack = AckPolicy::Every;
        tuning.sack = Switchable::Off;
        tuning.rto_min = millis(200);
        tuning.wnd_unit = 1024;
        tuning.rcv_buf = 82_944;
        tuning.syn_share = 79;
    }
    setup.start = Start::Fresh;
    setup
}

#[derive(Default)]
struct Heard([Told; 2]);

impl Sink for Heard {
    fn event(&mut self, event: Event) {
        match event {
            Event::Kernel(side, Note::Sent(segment)) => self.0[side.index()].sends(&segment),
            Event::Lane(side, LaneEvent::Returned(_, call, returned)) => {
                self.0[side.index()].returns(call, returned);
            }
            Event::Kernel(..)
            | Event::Lane(..)
            | Event::Arrived(..)
            | Event::Lost(..)
            | Event::Puppet(..) => {}
        }
    }
}

impl Told {
    fn sends(&mut self, segment: &Segment) {
        let (flags, len) = (letters(segment), segment.text.len());
        let (seq, ack) = (segment.seq.raw(), segment.ack.map(Seq::raw));
        match self.wire.last_mut() {
            _ if flags == "A" && len == 0 => {}
            Some(("A", from, _, all)) if flags == "A" && *from + *all == seq => *all += len,
            Some(("R", ..)) if flags == "R" => {}
            Some(_) | None => self.wire.push((flags, seq, ack, len)),
        }
    }

    fn returns(&mut self, call: Call, returned: Return) {
        let mut last = self.reads.last_mut();
        match (call, returned) {
            (Call::Write(..), Return::Count(n)) => self.sent += n,
            (Call::Write(..), Return::Error(errno)) => {
                self.send_failed = self.send_failed.or(Some(errno));
            }
            (Call::Read(..), Return::Count(n)) if let Some(Return::Count(all)) = &mut last => {
                *all += n;
            }
            (Call::Read(..), _) => self.reads.push(returned),
            (Call::SoError(_), _) => assert_eq!(returned, Return::Pending(None), "SO_ERROR"),
            _ => assert_eq!(returned, Return::Done, "{call:?}"),
        }
    }
}

fn letters(segment: &Segment) -> &'static str {
    let flags = segment.flags;
    match (flags.syn(), flags.fin(), flags.rst(), segment.ack.is_some()) {
        (true, false, false, false) => "S",
        (true, false, false, true) => "SA",
        (false, true, false, true) => "FA",
        (false, false, true, true) => "RA",
        (false, false, true, false) => "R",
        (false, false, false, true) => "A",
        other => panic!("no such segment was recorded: {other:?}"),
    }
}

/// Whether the wire loses anything.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wire {
    Sound,
    /// The server's first data.
    LosesFirstData,
}

/// Three seconds of both ends.
fn run(client: Script, server: Script, wire: Wire) -> [Told; 2] {
    let setup = plain(client, server);
    let mut heard = Heard::default();
    let mut run = Runner::new(&setup, Always(0), &mut heard);
    let mut loses = wire == Wire::LosesFirstData;
    while let Some((at, action)) = run.clocks.next().filter(|(at, _)| *at <= millis(3000)) {
        run.clocks.advance((at, action));
        let mut now = action;
        if let Action::Deliver(Side::A, n) = action {
            let text = run.world.links[Side::B.index()].flight[usize::from(n)].text;
            if loses && !text.is_empty() {
                (loses, now) = (false, Action::Lose(Side::A, n));
            }
        }
        run.apply(&setup, now, &mut heard).expect("no halt");
    }
    for (told, host) in heard.0.iter_mut().zip(&run.world.hosts) {
        let states = host.table.iter().map(Sock::state);
        told.left = states.filter(|at| !matches!(at, State::Closed | State::Listen)).collect();
    }
    heard.0
}

fn check(row: &str, client: Vec<Line>, server: Vec<Line>, [c, s]: [Told; 2]) {
    let [told_c, told_s] = run(Script::single(client), Script::single(server), Wire::Sound);
    assert_eq!(told_c, c, "{row}: the client");
    assert_eq!(told_s, s, "{row}: the server");
}

// --- lines --------------------------------------------------------------------------------------

const fn call(call: Call) -> Line {
    Line::new(Op::Call(call))
}
const fn write(total: u32) -> Line {
    Line::new(Op::Write { fd: C, total, chunk: total, look: Look::Never })
}
const fn read(until: Until) -> Line {
    Line::new(Op::Read { fd: C, chunk: 65_536, until })
}
const fn at(instant: Micros) -> Line {
    Line::new(Op::SleepUntil(instant))
}
const CONNECT: Line = call(Call::Connect(C, ConnId(0)));
const CLOSE: Line = call(Call::Close(C));
const ABORT: Line = call(Call::SetLinger(C, Linger::Abort));
const SHUT_WR: Line = call(Call::Shutdown(C, Which::Wr));
const NODELAY: Line = call(Call::NoDelay(C));
const SO_ERROR: Line = call(Call::SoError(C));
/// Room for a large reply; the kernel doubles what is asked for.
const ROOM: Line = call(Call::SetSndBuf(C, 2 * 262_144));
const DRAIN: Line = read(Until::Count(200));

/// Until the end of the stream, once more a little later, then SO_ERROR and close().
fn reads_on(before: &[Line]) -> Vec<Line> {
    let again = [
        read(Until::Eof),
        Line::new(Op::Sleep(Law::Fixed(millis(8)))),
        Line::new(Op::Try(Call::Read(C, 65_536))),
        SO_ERROR,
        CLOSE,
    ];
    [&[CONNECT], before, &again].concat()
}

/// The request at once.
fn client() -> Vec<Line> {
    reads_on(&[write(200)])
}

/// The request at some instant.
fn client_at(instant: Micros) -> Vec<Line> {
    reads_on(&[at(instant), write(200)])
}

/// 8 chunks from 80 ms on, every 50 ms.
fn chunks() -> [Line; 2] {
    let write = Line::new(Op::Write { fd: C, total: 8000, chunk: 1000, look: Look::Never });
    [at(millis(80)), write.gap(Law::Fixed(millis(50)))]
}

fn server(lines: &[Line]) -> Vec<Line> {
    [&[call(Call::Listen(L, 16)), call(Call::Accept(L, C)), ROOM], lines].concat()
}

// --- what is told -------------------------------------------------------------------------------

/// A client that sent its request and read this.
fn asked(reads: &[Return], wire: &[Out]) -> Told {
    let wire = [&[SYN], wire].concat();
    Told { sent: 200, reads: reads.to_vec(), wire, ..Told::default() }
}

/// A server that wrote so much.
fn answered(sent: u32, reads: &[Return], wire: &[Out], left: &[State]) -> Told {
    let (wire, left) = ([&[SYN_ACK], wire].concat(), left.to_vec());
    Told { sent, reads: reads.to_vec(), wire, left, ..Told::default() }
}

const SMALL: Out = ("A", 1, Some(201), 300);
/// The initial congestion window: what leaves before close() throws the rest away.
const WINDOW: u32 = 14_600;

// --- rows ---------------------------------------------------------------------------------------

#[test]
fn close_on_an_unread_request_resets_behind_a_small_reply() {
    let wire = [SMALL, ("RA", 301, Some(201), 0), bare_reset(301)];
    let told = [asked(&[bytes(300), RESET, EOF], &[REQUEST]), answered(300, &[], &wire, &[])];
    check("A001", client(), server(&[at(ACTS), write(300), CLOSE]), told);
}

#[test]
fn close_on_an_unread_request_throws_away_all_but_a_window_of_a_large_reply() {
    let wire = [("A", 1, Some(201), WINDOW), ("RA", 14_601, Some(201), 0), bare_reset(1461)];
    let told = [asked(&[bytes(WINDOW), RESET, EOF], &[REQUEST]), answered(REPLY, &[], &wire, &[])];
    check("A002", client(), server(&[at(ACTS), write(REPLY), CLOSE]), told);
}

#[test]
fn a_request_that_crosses_the_close_is_reset_after_the_fin() {
    let told = [
        asked(&[bytes(300), EOF, EOF], &[REQUEST, ("FA", 201, Some(302), 0)]),
        answered(300, &[], &[("A", 1, Some(1), 300), ("FA", 301, Some(1), 0), bare_reset(1)], &[]),
    ];
    check("A003", client_at(millis(205)), server(&[at(ACTS), write(300), CLOSE]), told);
}

#[test]
fn a_send_takes_the_error_of_an_abort_and_the_reads_after_it_say_eof() {
    let wire = [("A", 1, Some(1), WINDOW), ("RA", 14_601, Some(1), 0), bare_reset(1461)];
    let mut c = asked(&[bytes(WINDOW), EOF, EOF], &[]);
    (c.sent, c.send_failed) = (0, Some(Errno::ConnectionReset));
    let server = server(&[at(ACTS), ABORT, write(REPLY), CLOSE]);
    check("A012", client_at(millis(240)), server, [c, answered(REPLY, &[], &wire, &[])]);
}

#[test]
fn after_a_drained_request_a_small_reply_arrives_whole() {
    let wire = [SMALL, ("FA", 301, Some(201), 0)];
    let told = [
        asked(&[bytes(300), EOF, EOF], &[REQUEST, ("FA", 201, Some(302), 0)]),
        answered(300, &[bytes(200)], &wire, &[State::TimeWait]),
    ];
    check("A019", client(), server(&[at(ACTS), DRAIN, write(300), CLOSE]), told);
}

/// A large reply that arrives whole, and the FIN with its last bytes.
const WHOLE: [Out; 2] = [("A", 1, Some(201), 64_240), ("FA", 64_241, Some(201), 1296)];

#[test]
fn after_a_drained_request_a_large_reply_arrives_whole() {
    let told = [
        asked(&[bytes(REPLY), EOF, EOF], &[REQUEST, ("FA", 201, Some(65_538), 0)]),
        answered(REPLY, &[bytes(200)], &WHOLE, &[State::TimeWait]),
    ];
    check("A020", client(), server(&[at(ACTS), DRAIN, write(REPLY), CLOSE]), told);
}

#[test]
fn a_lingering_close_reads_the_request_and_the_end() {
    let limit = Limit { bytes: None, idle: Some(millis(300)), total: Some(millis(6000)) };
    let lines = [at(ACTS), write(REPLY), SHUT_WR, read(Until::Eof).limit(limit), CLOSE];
    let told = [
        asked(&[bytes(REPLY), EOF, EOF], &[REQUEST, ("FA", 201, Some(65_538), 0)]),
        answered(REPLY, &[bytes(200), EOF], &WHOLE, &[State::TimeWait]),
    ];
    check("A036", client(), server(&lines), told);
}

/// What is on the wire while a client still writes its chunks: two were queued, a third crosses.
const CROSSING: Out = ("A", 1, Some(1), 3000);

#[test]
fn a_client_that_sends_first_takes_the_error_there_and_reads_on() {
    let wire = [("A", 1, Some(2001), 300), ("RA", 301, Some(2001), 0), bare_reset(1)];
    let mut c = asked(&[bytes(300), EOF, EOF], &[CROSSING]);
    (c.sent, c.send_failed) = (3000, Some(Errno::ConnectionReset));
    let server = server(&[at(millis(185)), write(300), CLOSE]);
    check("C002", reads_on(&chunks()), server, [c, answered(300, &[], &wire, &[])]);
}

#[test]
fn of_two_threads_the_reader_takes_the_error_and_the_writer_epipe() {
    let main = [&[CONNECT, Line::new(Op::Spawn(LaneId(1)))], &chunks()[..]].concat();
    let end = [Line::new(Op::Join(LaneId(1))), SO_ERROR, CLOSE];
    let reader =
        Lane { name: "reader".to_owned(), starts: Starts::Spawned, lines: vec![read(Until::Eof)] };
    let client = Script { lanes: vec![Lane::new("main", [main, end.to_vec()].concat()), reader] };
    let server = Script::single(server(&[at(millis(185)), write(REPLY), CLOSE]));
    let wire = [("A", 1, Some(2001), WINDOW), ("RA", 14_601, Some(2001), 0), bare_reset(1)];
    let mut c = asked(&[bytes(WINDOW), RESET], &[CROSSING]);
    (c.sent, c.send_failed) = (3000, Some(Errno::BrokenPipe));
    assert_eq!(run(client, server, Wire::Sound), [c, answered(REPLY, &[], &wire, &[])], "C030");
}

#[test]
fn a_lost_reply_is_sent_again_together_with_its_fin() {
    let server = Script::single(server(&[DRAIN, write(300), CLOSE]));
    let wire = [SMALL, ("FA", 301, Some(201), 0), ("FA", 1, Some(201), 300)];
    let told = [
        asked(&[bytes(300), EOF, EOF], &[REQUEST, ("FA", 201, Some(302), 0)]),
        answered(300, &[bytes(200)], &wire, &[State::TimeWait]),
    ];
    assert_eq!(run(Script::single(client()), server, Wire::LosesFirstData), told, "E053");
}

#[test]
fn nagle_keeps_the_second_small_write_for_an_abort_to_throw_away() {
    let wire = [("A", 1, Some(201), 100), ("RA", 101, Some(201), 0), bare_reset(101)];
    let told = [asked(&[bytes(100), RESET, EOF], &[REQUEST]), answered(300, &[], &wire, &[])];
    check("E066", client(), server(&[at(ACTS), ABORT, write(100), write(200), CLOSE]), told);
}

#[test]
fn without_nagle_both_small_writes_are_ahead_of_the_abort() {
    let wire = [SMALL, ("RA", 301, Some(201), 0), bare_reset(101)];
    let told = [asked(&[bytes(300), RESET, EOF], &[REQUEST]), answered(300, &[], &wire, &[])];
    let lines = [at(ACTS), NODELAY, ABORT, write(100), write(200), CLOSE];
    check("E068", client(), server(&lines), told);
}

#[test]
fn a_client_blocked_in_send_takes_the_error_and_then_reads_the_reply() {
    let room = [call(Call::Socket(C)), call(Call::SetSndBuf(C, 2 * 65_536))];
    let client = [&room[..], &reads_on(&[write(4_000_000)])].concat();
    // 32,768 asked for: 162 of 256 of the doubled number hold text.
    let small = [call(Call::Socket(L)), call(Call::SetRcvBuf(L, 41_472))];
    let server = [&small[..], &server(&[at(millis(400)), write(300), CLOSE])].concat();
    let wire = [("A", 1, Some(40_881), 300), ("RA", 301, Some(40_881), 0), bare_reset(301)];
    let [c, s] = run(Script::single(client), Script::single(server), Wire::Sound);
    assert!((40_880..4_000_000).contains(&c.sent), "E084: what fits hangs on the buffer");
    let mut told = asked(&[bytes(300), EOF, EOF], &[("A", 1, Some(1), 40_880)]);
    (told.sent, told.send_failed) = (c.sent, Some(Errno::ConnectionReset));
    assert_eq!([c, s], [told, answered(300, &[], &wire, &[])], "E084");
}
