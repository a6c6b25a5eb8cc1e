//! One turn of one lane: the smallest thing an application does without being interrupted.

use super::{
    App, At, Goto, Issued, LaneId, LaneState, LaneTimer, Limit, Line, Op, Script, Told, Until,
};
use crate::answer::Halt;
use crate::socket::{self, Call, Calls, Fd, Readiness, Return, Wait, connect, error};
use crate::tcp::arrive::Table;
use crate::tcp::{Errno, Linger, NoteSink};
use crate::wire::{ConnId, Due};

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
    match state.at {
        At::Line(at) => script.lanes[lane.0 as usize].lines.get(at as usize).copied(),
        At::Dormant | At::Ended => None,
    }
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
        Op::Write { fd, .. } => ready(Wait::Writable(fd)),
        Op::Poll { fd, bits } => polled(table, fd, snd_buf).0 & wanted(bits) != 0,
        Op::Call(call) => match (call, state.issued) {
            (Call::Read(fd, _) | Call::Peek(fd, _), _) => ready(Wait::Readable(fd)),
            (Call::Write(fd, _), _) => ready(Wait::Writable(fd)),
            (Call::Accept(fd, _), _) => ready(Wait::Acceptable(fd)),
            (Call::Connect(fd, _), Issued::Yes) => ready(Wait::Connected(fd)),
            (Call::Close(fd), Issued::Yes) => ready(Wait::Lingered(fd)),
            (_, Issued::No | Issued::Yes) => true,
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
    if let (LaneTimer::Sleep, Op::Call(Call::Close(fd))) = (timer, line.op) {
        let returned = calls.call(Call::CloseEnds(fd))?;
        calls.cx.sink.lane(LaneEvent::Returned(lane, Call::Close(fd), returned));
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
        Op::Try(call) => Some(goto(&line, one(app, lane, call, calls)?)),
        Op::Call(call) => blocking(app, lane, &line, call, calls)?,
        Op::Read { fd, chunk, until } => reading(app, lane, &line, (fd, chunk, until), calls)?,
        Op::Write { fd, total, chunk } => writing(app, lane, &line, (fd, total, chunk), calls)?,
    };
    Ok(match to {
        Some(to) => {
            go(script, app, lane, to, calls.cx.sink);
            Turned::Moved
        }
        None => Turned::Same,
    })
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

/// A call on a non-blocking socket, with its events and its entry in the account.
fn one<S: LaneSink>(
    app: &mut App,
    lane: LaneId,
    call: Call,
    calls: &mut Calls<'_, '_, S>,
) -> Result<Return, Halt> {
    calls.cx.sink.lane(LaneEvent::Called(lane, call));
    let conn = conn_of(calls.table, call);
    let returned = match calls.call(call)? {
        Return::Would(Wait::Connected(_)) => Return::Error(Errno::InProgress),
        Return::Would(Wait::Lingered(fd)) => {
            // Non-blocking sockets linger all the same; the lane is told by `blocking`.
            Return::Would(Wait::Lingered(fd))
        }
        Return::Would(Wait::Readable(_) | Wait::Writable(_) | Wait::Acceptable(_)) => {
            Return::Error(Errno::Again)
        }
        other @ (Return::Done
        | Return::Count(_)
        | Return::Eof
        | Return::Error(_)
        | Return::Pending(_)
        | Return::Ready(_)) => other,
    };
    book(app, conn, call, returned);
    calls.cx.sink.lane(LaneEvent::Returned(lane, call, returned));
    Ok(returned)
}

/// The connection a call is about, before the call.
fn conn_of(table: &Table, call: Call) -> ConnId {
    let fd = match call {
        Call::Socket(fd)
        | Call::Listen(fd, _)
        | Call::Accept(_, fd)
        | Call::Connect(fd, _)
        | Call::Read(fd, _)
        | Call::Peek(fd, _)
        | Call::Write(fd, _)
        | Call::Shutdown(fd, _)
        | Call::SetLinger(fd, _)
        | Call::NoFinWait2(fd)
        | Call::NoDelay(fd)
        | Call::SetRcvBuf(fd, _)
        | Call::SetSndBuf(fd, _)
        | Call::Poll(fd)
        | Call::SoError(fd)
        | Call::Dup(fd, _)
        | Call::Close(fd)
        | Call::CloseEnds(fd) => fd,
        Call::Exit => return ConnId::NONE,
    };
    socket::find(table, fd).map_or(ConnId::NONE, |at| table[at].conn)
}

/// What the application now knows. Calls of a puppet are booked the same way.
pub(crate) fn book(app: &mut App, conn: ConnId, call: Call, returned: Return) {
    if conn == ConnId::NONE {
        return;
    }
    match (call, returned) {
        (Call::Read(..), Return::Count(n)) => app.account_mut(conn).read += n,
        (Call::Write(..), Return::Count(n)) => app.account_mut(conn).wrote += n,
        (Call::Read(..), Return::Eof) => app.account_mut(conn).told = Told::Eof,
        (Call::Read(..) | Call::Write(..) | Call::Connect(..), Return::Error(errno))
            if errno != Errno::Again && errno != Errno::InProgress =>
        {
            app.account_mut(conn).told = Told::Error(errno);
        }
        (
            _,
            Return::Done
            | Return::Count(_)
            | Return::Eof
            | Return::Error(_)
            | Return::Pending(_)
            | Return::Ready(_)
            | Return::Would(_),
        ) => {}
    }
}

/// A blocking call: `None` while it waits.
fn blocking<S: LaneSink>(
    app: &mut App,
    lane: LaneId,
    line: &Line,
    call: Call,
    calls: &mut Calls<'_, '_, S>,
) -> Result<Option<Goto>, Halt> {
    let issued = app.lanes[lane.0 as usize].issued;
    match (call, issued) {
        (Call::Write(fd, total), _) => {
            let to = writing(app, lane, line, (fd, total, total), calls)?;
            // One call: however much it moved, it has returned once nothing of it waits.
            let returned = app.lanes[lane.0 as usize].issued == Issued::No;
            Ok(to.or_else(|| returned.then_some(line.then)))
        }
        (Call::Connect(fd, conn), Issued::Yes) => {
            let returned = connect::outcome(calls, fd)?;
            book(app, conn, call, returned);
            calls.cx.sink.lane(LaneEvent::Returned(lane, call, returned));
            Ok(Some(goto(line, returned)))
        }
        (Call::Close(fd), Issued::Yes) => {
            let returned = calls.call(Call::CloseEnds(fd))?;
            calls.cx.sink.lane(LaneEvent::Returned(lane, call, returned));
            Ok(Some(goto(line, returned)))
        }
        (Call::Connect(..) | Call::Close(_), Issued::No) => {
            begin_waiting(app, lane, line, call, calls)
        }
        (_, Issued::No | Issued::Yes) => Ok(Some(goto(line, one(app, lane, call, calls)?))),
    }
}

/// connect() and a lingering close() do something first and wait afterwards.
fn begin_waiting<S: LaneSink>(
    app: &mut App,
    lane: LaneId,
    line: &Line,
    call: Call,
    calls: &mut Calls<'_, '_, S>,
) -> Result<Option<Goto>, Halt> {
    let closed = if let Call::Close(fd) = call { socket::find(calls.table, fd) } else { None };
    let linger = closed.map(|at| calls.table[at].linger);
    calls.cx.sink.lane(LaneEvent::Called(lane, call));
    let returned = calls.call(call)?;
    if let Return::Would(_) = returned {
        let state = &mut app.lanes[lane.0 as usize];
        state.issued = Issued::Yes;
        if let Some(Linger::Seconds(seconds)) = linger {
            let after = Due::After(u64::from(seconds) * 1_000_000);
            arm(state, lane, LaneTimer::Sleep, Armed::Due(after), calls.cx.sink);
        }
        return Ok(None);
    }
    calls.cx.sink.lane(LaneEvent::Returned(lane, call, returned));
    Ok(Some(goto(line, returned)))
}

fn reading<S: LaneSink>(
    app: &mut App,
    lane: LaneId,
    line: &Line,
    (fd, chunk, until): (Fd, u32, Until),
    calls: &mut Calls<'_, '_, S>,
) -> Result<Option<Goto>, Halt> {
    let done = app.lanes[lane.0 as usize].done;
    let most = match (until, line.limit.bytes) {
        (Until::Count(n), _) => n.saturating_sub(done).min(chunk),
        (Until::Once | Until::Eof, Some(bytes)) => bytes.saturating_sub(done).min(chunk),
        (Until::Once | Until::Eof, None) => chunk,
    };
    let returned = one(app, lane, Call::Read(fd, most.max(1)), calls)?;
    let Return::Count(n) = returned else { return Ok(Some(goto(line, returned))) };
    let state = &mut app.lanes[lane.0 as usize];
    state.done += n;
    let enough = match until {
        Until::Once => true,
        Until::Eof => false,
        Until::Count(wanted) => state.done >= wanted,
    };
    if enough {
        return Ok(Some(line.then));
    }
    if line.limit.bytes.is_some_and(|bytes| state.done >= bytes) {
        return Ok(Some(line.on_limit));
    }
    if until == Until::Eof && line.limit.bytes.is_none() {
        // Nothing depends on the count: states that differ in it alone are equal.
        state.done = 0;
    }
    if let Some(idle) = line.limit.idle {
        let after = Armed::Due(Due::After(idle));
        arm(state, lane, LaneTimer::Idle, after, calls.cx.sink);
    }
    Ok(None)
}

fn writing<S: LaneSink>(
    app: &mut App,
    lane: LaneId,
    line: &Line,
    (fd, total, chunk): (Fd, u32, u32),
    calls: &mut Calls<'_, '_, S>,
) -> Result<Option<Goto>, Halt> {
    let LaneState { done, in_call, .. } = app.lanes[lane.0 as usize];
    let size = chunk.max(1).min((total - done).max(in_call)).max(in_call);
    let call = Call::Write(fd, size);
    if in_call == 0 {
        calls.cx.sink.lane(LaneEvent::Called(lane, call));
    }
    let conn = conn_of(calls.table, call);
    let cut_short = in_call > 0 && !can_write(calls.table, fd);
    let returned =
        if cut_short { Return::Count(0) } else { calls.call(Call::Write(fd, size - in_call))? };
    let state = &mut app.lanes[lane.0 as usize];
    match returned {
        Return::Count(n) => {
            book(app, conn, call, Return::Count(n));
            let state = &mut app.lanes[lane.0 as usize];
            state.in_call += n;
            if state.in_call < size && !cut_short {
                state.issued = Issued::Yes;
                return Ok(None);
            }
            let count = Return::Count(state.in_call);
            state.done += state.in_call;
            state.in_call = 0;
            state.issued = Issued::No;
            let more = state.done < total;
            calls.cx.sink.lane(LaneEvent::Returned(lane, call, count));
            Ok(if more { None } else { Some(line.then) })
        }
        Return::Would(_) => {
            state.issued = Issued::Yes;
            Ok(None)
        }
        Return::Done | Return::Eof | Return::Error(_) | Return::Pending(_) | Return::Ready(_) => {
            book(app, conn, call, returned);
            calls.cx.sink.lane(LaneEvent::Returned(lane, call, returned));
            Ok(Some(goto(line, returned)))
        }
    }
}

/// Whether the connection still takes data: a write that was cut short says how far it came, and
/// the error is for the next call.
fn can_write(table: &Table, fd: Fd) -> bool {
    socket::find(table, fd).is_some_and(|at| {
        let sock = &table[at];
        sock.error.is_none() && !sock.shut.wr() && sock.conn().is_some()
    })
}

/// A call by a puppet: carried out and booked, never waiting.
///
/// # Errors
/// A question without an answer, or a bound.
pub fn outside<S: LaneSink>(
    app: &mut App,
    call: Call,
    calls: &mut Calls<'_, '_, S>,
) -> Result<Return, Halt> {
    let conn = conn_of(calls.table, call);
    let returned = calls.call(call)?;
    book(app, conn, call, returned);
    Ok(returned)
}
