//! A writer that looks for an answer before each of its calls.

use sim_core::drive::run::{Both, Ended, HORIZON, Runner};
use sim_core::pace::clocked::Always;
use sim_core::profile::LINUX;
use sim_core::script::{Goto, LaneEvent, Line, Look, Op, Script, Until};
use sim_core::socket::{Call, Fd, Return};
use sim_core::tcp::{Errno, Linger};
use sim_core::wire::{ConnId, Law, Side, millis};
use sim_core::world::{End, Event, Path, Setup, Sink};

const FD: Fd = Fd(0);
const LISTENER: Fd = Fd(1);

/// What the client's writes returned, and where its lane went.
#[derive(Default, PartialEq, Eq, Debug)]
struct Heard {
    wrote: Vec<Return>,
    /// The marks of [`client`]: everything written, an answer there, an error.
    went: Vec<Call>,
}

impl Sink for Heard {
    fn event(&mut self, event: Event) {
        if let Event::Lane(Side::A, LaneEvent::Returned(_, call, returned)) = event {
            if let Call::Write(..) = call {
                self.wrote.push(returned);
            } else if matches!(call, Call::NoDelay(_) | Call::SoError(_) | Call::Poll(_)) {
                self.went.push(call);
            }
        }
    }
}

/// Three writes, 20 ms apart, and a mark for each way out.
fn client() -> Script {
    let send = Op::Write { fd: FD, total: 300, chunk: 100, look: Look::First };
    let send = Line::new(send).gap(Law::Fixed(millis(20)));
    let mark = |call| Line::new(Op::Call(call)).then(Goto::End);
    Script::single(vec![
        Line::new(Op::Call(Call::Connect(FD, ConnId(0)))),
        send.then(Goto::Line(2)).on_limit(Goto::Line(3)).on_error(Goto::Line(4)),
        mark(Call::NoDelay(FD)),
        mark(Call::Poll(FD)),
        mark(Call::SoError(FD)),
    ])
}

/// Against a server that does this 25 ms after accept(), on a path of 2 ms each way.
fn against(then: &[Op]) -> Heard {
    let mut lines = vec![
        Line::new(Op::Call(Call::Listen(LISTENER, 1))),
        Line::new(Op::Call(Call::Accept(LISTENER, FD))),
        Line::new(Op::Sleep(Law::Fixed(millis(25)))),
    ];
    lines.extend(then.iter().map(|op| Line::new(*op)));
    let ends = [End::Script(client()), End::Script(Script::single(lines))];
    let path = Path::OneWay(Law::Fixed(millis(2)), Law::Fixed(millis(2)));
    let setup = Setup::new(ends, [&LINUX, &LINUX], path).expect("answers");
    let (mut heard, mut nobody) = (Heard::default(), ());
    let mut runner = Runner::new(&setup, Always(0), &mut heard);
    let ended = runner.finish(&setup, HORIZON, &mut Both(&mut heard, &mut nobody), |_, _| {});
    assert!(matches!(ended, Ok(Ended::Done | Ended::Stuck)), "{ended:?}");
    heard
}

#[test]
fn nothing_is_there_so_everything_is_written() {
    let read = Op::Read { fd: FD, chunk: 1000, until: Until::Count(300) };
    let heard = against(&[read]);
    assert_eq!(heard.wrote, [Return::Count(100); 3]);
    assert_eq!(heard.went, [Call::NoDelay(FD)]);
}

#[test]
fn an_answer_that_is_there_ends_the_writing_at_its_limit() {
    let heard = against(&[Op::Write { fd: FD, total: 10, chunk: 10, look: Look::Never }]);
    assert_eq!(heard.wrote, [Return::Count(100); 2]);
    assert_eq!(heard.went, [Call::Poll(FD)]);
}

#[test]
fn the_end_of_the_stream_is_an_answer_too() {
    let heard = against(&[Op::Call(Call::Shutdown(FD, sim_core::socket::Which::Wr))]);
    assert_eq!((heard.wrote.len(), &heard.went[..]), (2, &[Call::Poll(FD)][..]));
}

/// Linux reports a reset once: the look consumes it, and the write is told EPIPE.
#[test]
fn an_error_is_left_for_the_write_to_meet() {
    let abort = Op::Call(Call::SetLinger(FD, Linger::Abort));
    let heard = against(&[abort, Op::Call(Call::Close(FD))]);
    let told = [Return::Count(100), Return::Count(100), Return::Error(Errno::BrokenPipe)];
    assert_eq!((&heard.wrote[..], &heard.went[..]), (&told[..], &[Call::SoError(FD)][..]));
}
