//! One turn of one lane: the smallest thing an application does without being interrupted.

mod calls;

pub use calls::outside;

use super::{App, At, Goto, Issued, LaneId, LaneState, LaneTimer, Limit, Line, Look, Op, Script};
use crate::answer::Halt;
use crate::socket::{self, Call, Calls, Fd, Readiness, Return, Wait, connect, error};
use crate::tcp::NoteSink;
use crate::tcp::arrive::Table;
use crate::wire::Due;
use calls::{blocking, one, reading, writing};

/// What an observer of the application sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneEvent {
    /// A call was made.
    Called(LaneId, Call),
    /// A call returned.
    Returned(LaneId, Call, Return),
    /// A timer of the lane was armed. The law is drawn by the pace.
    Armed(LaneId, LaneTimer, Armed),
    /// A timer of the lane was disarmed.
    Disarmed(LaneId, LaneTimer),
    /// A limit was reached.
    Limited(LaneId, LaneTimer),
    /// The lane has ended.
    Ended(LaneId),
}

/// How long a lane's timer runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Armed {
    /// Until this.
    Due(Due),
    /// For a time drawn from this.
    Law(crate::wire::Law),
}

/// Where the application's events go; the kernel's go to the same place.
pub trait LaneSink: NoteSink {
    /// Takes one.
    fn lane(&mut self, event: LaneEvent);
}

/// What became of a turn, for paces that give repeated calls another delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// The lane is on the same line, which goes on.
    Same,
    /// The lane has moved.
    Moved,
}

/// The line a lane stands on.
fn line(script: &Script, lane: LaneId, state: &LaneState) -> Option<Line> {
    let mut line = match state.at {
        At::Line(at) => script.lanes[lane.0 as usize].lines.get(at as usize).copied()?,
        At::Dormant | At::Ended => return None,
    };
    // Whether close() of a non-blocking descriptor waits is the stack's business.
    if let Op::Try(Call::Close(fd)) = line.op {
        line.op = Op::Call(Call::TryClose(fd));
    }
    Some(line)
}

/// Whether a turn of this lane would get anywhere now.
#[must_use]
pub fn runnable(script: &Script, app: &App, table: &Table, lane: LaneId, snd_buf: u32) -> bool {
    let state = &app.lanes[lane.0 as usize];
    let Some(line) = line(script, lane, state) else { return false };
    let ready = |wait| socket::ready(table, wait, snd_buf);
    match line.op {
        Op::Try(_) | Op::Spawn(_) | Op::Stop(_) | Op::Jump => true,
        Op::Sleep(_) | Op::SleepUntil(_) => false,
        Op::Join(other) => app.lanes[other.0 as usize].at == At::Ended,
        Op::Read { fd, .. } => ready(Wait::Readable(fd)),
        Op::Write { look: Look::First, .. } if state.issued == Issued::No => true,
        Op::Write { fd, .. } => ready(Wait::Writable(fd)),
        Op::Poll { fd, bits } => polled(table, fd, snd_buf).0 & wanted(bits) != 0,
        Op::Call(call) => match (call, state.issued) {
            (Call::Read(fd, _) | Call::Peek(fd, _), _) => ready(Wait::Readable(fd)),
            (Call::Write(fd, _), _) => ready(Wait::Writable(fd)),
            (Call::Accept(fd, _), _) => ready(Wait::Acceptable(fd)),
            (Call::Connect(fd, _), Issued::Yes) => ready(Wait::Connected(fd)),
            (Call::Close(fd) | Call::TryClose(fd), Issued::Yes) => ready(Wait::Lingered(fd)),
            (_, Issued::No | Issued::Yes | Issued::Looked) => true,
        },
    }
}

const fn wanted(bits: u8) -> u8 {
    bits | Readiness::ERR | Readiness::HUP
}

fn polled(table: &Table, fd: Fd, snd_buf: u32) -> Readiness {
    let queued = connect::first_queued(table).is_some();
    socket::find(table, fd)
        .map_or(Readiness::default(), |at| error::readiness(&table[at], queued, snd_buf))
}

/// A lane comes to its line: timers are armed. Called for every lane at the start of a run too.
pub fn begin<S: LaneSink>(script: &Script, app: &mut App, lane: LaneId, sink: &mut S) {
    let state = &mut app.lanes[lane.0 as usize];
    state.issued = Issued::No;
    state.done = 0;
    state.in_call = 0;
    let Some(line) = line(script, lane, state) else { return };
    let Limit { bytes: _, idle, total } = line.limit;
    let sleep = match line.op {
        Op::Sleep(law) => Some(Armed::Law(law)),
        Op::SleepUntil(at) => Some(Armed::Due(Due::At(at))),
        Op::Call(_)
        | Op::Try(_)
        | Op::Read { .. }
        | Op::Write { .. }
        | Op::Poll { .. }
        | Op::Spawn(_)
        | Op::Join(_)
        | Op::Stop(_)
        | Op::Jump => None,
    };
    let after = |us| Armed::Due(Due::After(us));
    let wanted = [
        (LaneTimer::Sleep, sleep),
        (LaneTimer::Idle, idle.map(after)),
        (LaneTimer::Total, total.map(after)),
    ];
    for (timer, armed) in wanted {
        if let Some(armed) = armed {
            arm(state, lane, timer, armed, sink);
        }
    }
}

fn arm<S: LaneSink>(
    state: &mut LaneState,
    lane: LaneId,
    timer: LaneTimer,
    armed: Armed,
    sink: &mut S,
) {
    state.timers |= 1 << timer as u8;
    sink.lane(LaneEvent::Armed(lane, timer, armed));
}

fn disarm<S: LaneSink>(state: &mut LaneState, lane: LaneId, timer: LaneTimer, sink: &mut S) {
    if state.timers & (1 << timer as u8) != 0 {
        state.timers &= !(1 << timer as u8);
        sink.lane(LaneEvent::Disarmed(lane, timer));
    }
}

/// Leaves the line and begins the next one.
fn go<S: LaneSink>(script: &Script, app: &mut App, lane: LaneId, to: Goto, sink: &mut S) {
    let state = &mut app.lanes[lane.0 as usize];
    for timer in LaneTimer::ALL {
        disarm(state, lane, timer, sink);
    }
    let lines = script.lanes[lane.0 as usize].lines.len();
    let next = match (to, state.at) {
        (Goto::Next, At::Line(at)) => usize::from(at) + 1,
        (Goto::Line(at), _) => usize::from(at),
        (Goto::End, _) | (Goto::Next, At::Dormant | At::Ended) => lines,
    };
    state.at = match u8::try_from(next) {
        Ok(at) if next < lines => At::Line(at),
        Ok(_) | Err(_) => At::Ended,
    };
    if state.at == At::Ended {
        sink.lane(LaneEvent::Ended(lane));
    }
    begin(script, app, lane, sink);
}

/// A lane's timer fires.
///
/// # Errors
/// A question without an answer, or a bound.
pub fn fire<S: LaneSink>(
    script: &Script,
    app: &mut App,
    lane: LaneId,
    timer: LaneTimer,
    calls: &mut Calls<'_, '_, S>,
) -> Result<(), Halt> {
    let state = &mut app.lanes[lane.0 as usize];
    state.timers &= !(1 << timer as u8);
    let Some(line) = line(script, lane, state) else { return Ok(()) };
    if let (LaneTimer::Sleep, Op::Call(call @ (Call::Close(fd) | Call::TryClose(fd)))) =
        (timer, line.op)
    {
        let returned = calls.call(Call::CloseEnds(fd))?;
        calls.cx.sink.lane(LaneEvent::Returned(lane, call, returned));
        go(script, app, lane, line.then, calls.cx.sink);
        return Ok(());
    }
    let to = match timer {
        LaneTimer::Sleep => line.then,
        LaneTimer::Idle | LaneTimer::Total => {
            calls.cx.sink.lane(LaneEvent::Limited(lane, timer));
            line.on_limit
        }
    };
    go(script, app, lane, to, calls.cx.sink);
    Ok(())
}

/// One turn. The lane must be [`runnable`].
///
/// # Errors
/// A question without an answer, or a bound.
pub fn turn<S: LaneSink>(
    script: &Script,
    app: &mut App,
    lane: LaneId,
    calls: &mut Calls<'_, '_, S>,
) -> Result<Turned, Halt> {
    let state = app.lanes[lane.0 as usize];
    let Some(line) = line(script, lane, &state) else { return Ok(Turned::Moved) };
    let to = match line.op {
        Op::Jump | Op::Join(_) => Some(line.then),
        Op::Spawn(other) => {
            if app.lanes[other.0 as usize].at == At::Dormant {
                app.lanes[other.0 as usize].at = At::Line(0);
                begin(script, app, other, calls.cx.sink);
            }
            Some(line.then)
        }
        Op::Stop(other) => {
            go(script, app, other, Goto::End, calls.cx.sink);
            Some(line.then)
        }
        Op::Sleep(_) | Op::SleepUntil(_) => None,
        Op::Poll { fd, bits: _ } => {
            one(app, lane, Call::Poll(fd), calls)?;
            Some(line.then)
        }
        Op::Try(Call::Exit) | Op::Call(Call::Exit) => {
            one(app, lane, Call::Exit, calls)?;
            end_process(script, app, lane, calls.cx.sink);
            Some(Goto::End)
        }
        Op::Try(call) => Some(goto(&line, one(app, lane, call, calls)?)),
        Op::Call(call) => blocking(app, lane, &line, call, calls)?,
        Op::Read { fd, chunk, until } => reading(app, lane, &line, (fd, chunk, until), calls)?,
        Op::Write { fd, look: Look::First, .. } if state.issued == Issued::No => {
            match one(app, lane, Call::Peek(fd, 1), calls)? {
                Return::Count(_) | Return::Eof => Some(line.on_limit),
                Return::Error(_)
                | Return::Done
                | Return::Pending(_)
                | Return::Ready(_)
                | Return::Would(_) => {
                    app.lanes[lane.0 as usize].issued = Issued::Looked;
                    return Ok(Turned::Moved);
                }
            }
        }
        Op::Write { fd, total, chunk, look: _ } => {
            writing(app, lane, &line, (fd, total, chunk), calls)?
        }
    };
    Ok(match to {
        Some(to) => {
            go(script, app, lane, to, calls.cx.sink);
            Turned::Moved
        }
        None => Turned::Same,
    })
}

/// exit() ends every thread of control.
fn end_process<S: LaneSink>(script: &Script, app: &mut App, caller: LaneId, sink: &mut S) {
    for n in (0..app.lanes.len()).filter_map(|n| u8::try_from(n).ok()) {
        let running = matches!(app.lanes[n as usize].at, At::Line(_));
        if running && LaneId(n) != caller {
            go(script, app, LaneId(n), Goto::End, sink);
        }
    }
}

const fn goto(line: &Line, returned: Return) -> Goto {
    match returned {
        Return::Error(_) => line.on_error,
        Return::Done
        | Return::Count(_)
        | Return::Eof
        | Return::Pending(_)
        | Return::Ready(_)
        | Return::Would(_) => line.then,
    }
}
