//! Calls of a lane: on a non-blocking socket, blocking, again and again; and what is booked of
//! them.

use super::super::{App, Goto, Issued, LaneId, LaneState, LaneTimer, Line, Told, Until};
use super::{Armed, LaneEvent, LaneSink, arm, goto};
use crate::answer::Halt;
use crate::socket::{self, Call, Calls, Fd, Return, Wait, connect};
use crate::tcp::arrive::Table;
use crate::tcp::{Errno, Linger};
use crate::wire::{ConnId, Due};

/// A call on a non-blocking socket, with its events and its entry in the account.
pub(super) fn one<S: LaneSink>(
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
        | Call::TryClose(fd)
        | Call::CloseEnds(fd) => fd,
        Call::Exit => return ConnId::NONE,
    };
    socket::find(table, fd).map_or(ConnId::NONE, |at| table[at].conn)
}

/// What the application now knows. Calls of a puppet are booked the same way.
fn book(app: &mut App, conn: ConnId, call: Call, returned: Return) {
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
pub(super) fn blocking<S: LaneSink>(
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
        (Call::Close(fd) | Call::TryClose(fd), Issued::Yes) => {
            let returned = calls.call(Call::CloseEnds(fd))?;
            calls.cx.sink.lane(LaneEvent::Returned(lane, call, returned));
            Ok(Some(goto(line, returned)))
        }
        (Call::Connect(..) | Call::Close(_) | Call::TryClose(_), Issued::No | Issued::Looked) => {
            begin_waiting(app, lane, line, call, calls)
        }
        (_, Issued::No | Issued::Yes | Issued::Looked) => {
            Ok(Some(goto(line, one(app, lane, call, calls)?)))
        }
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
    let closed = if let Call::Close(fd) | Call::TryClose(fd) = call {
        socket::find(calls.table, fd)
    } else {
        None
    };
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

pub(super) fn reading<S: LaneSink>(
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

pub(super) fn writing<S: LaneSink>(
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
