//! What a call says: at once, or once it can.

use super::app::App;
use super::epoll::{self, Interest};
use super::poll;
use crate::drill::machine::Machine;
use crate::drill::wire::Use;
use sim_core::answer::Halt;
use sim_core::socket::{self, Call, Fd, Return, Wait};
use sim_core::tcp::{Errno, Linger, Phase, Stage};
use sim_core::wire::Micros;

/// Why a script does not go on.
#[derive(Clone, Debug)]
pub(in crate::drill) enum Stop {
    /// What it wants cannot be run here.
    Unsupported(String),
    /// It contradicts itself.
    Flawed(String),
    /// The stack does something else.
    Differs(Differs),
    /// The profile or a bound.
    Halted(Halt),
}

/// What was expected, and what was there instead.
#[derive(Clone, Debug)]
pub(in crate::drill) struct Differs {
    pub(in crate::drill) expected: String,
    pub(in crate::drill) got: String,
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Stop {
        Stop::Halted(halt)
    }
}

pub(in crate::drill) fn differs<T>(
    expected: impl Into<String>,
    got: impl Into<String>,
) -> Result<T, Stop> {
    Err(Stop::Differs(Differs { expected: expected.into(), got: got.into() }))
}

/// What a call has to say.
#[derive(Clone, Debug)]
pub(in crate::drill) enum Told {
    /// It returns this.
    Number(i64),
    /// It returns -1 and this.
    Error(Errno),
    /// It returns -1 and an error that is of the call alone, never of a connection.
    Refused(&'static str),
    /// It blocks.
    Blocks(Blocked),
}

/// A call that blocks.
#[derive(Clone, Debug)]
pub(in crate::drill) struct Blocked {
    /// What for; poll() looks at several things.
    pub(super) wait: Option<Wait>,
    pub(super) again: Again,
    /// When it gives up by itself.
    pub(in crate::drill) deadline: Option<Micros>,
}

/// What it does when it is woken.
#[derive(Clone, Debug)]
pub(super) enum Again {
    Accept { from: Fd, into: Fd, number: i64 },
    Connect { fd: Fd },
    Read(Call),
    Write { fd: Fd, left: u32, done: u32, more: Use },
    Close { fd: Fd },
    Poll(poll::Asked),
    Epoll { list: Vec<Interest>, set: i64, expected: Vec<(i64, u8)>, most: usize },
}

/// Whether it would get on now.
pub(in crate::drill) fn is_ready(machine: &Machine, blocked: &Blocked) -> Use {
    let late = blocked.deadline.is_some_and(|at| at <= machine.now());
    let snd_buf = machine.setup.tuning[0].snd_buf;
    let ready = match (&blocked.again, blocked.wait) {
        (Again::Poll(asked), _) => poll::count(machine, asked) > 0,
        (Again::Epoll { list, .. }, _) => epoll::is_ready(machine, list),
        (
            Again::Accept { .. }
            | Again::Connect { .. }
            | Again::Read(_)
            | Again::Write { .. }
            | Again::Close { .. },
            Some(wait),
        ) => {
            let room = |fd: Fd| {
                socket::find(machine.table(), fd)
                    .is_none_or(|at| machine.is_writable(&machine.table()[at]))
            };
            let free = !matches!(wait, Wait::Writable(fd) if !room(fd));
            free && socket::ready(machine.table(), wait, snd_buf)
        }
        (
            Again::Accept { .. }
            | Again::Connect { .. }
            | Again::Read(_)
            | Again::Write { .. }
            | Again::Close { .. },
            None,
        ) => true,
    };
    Use::of(late || ready)
}

/// Goes on with a call that was woken.
pub(in crate::drill) fn finish(
    machine: &mut Machine,
    app: &mut App,
    blocked: Blocked,
) -> Result<Told, Stop> {
    match blocked.again {
        Again::Accept { from, into, number } => {
            let told = accept(machine, from, into, number)?;
            if !matches!(told, Told::Number(_) | Told::Blocks(_)) {
                app.close(number);
            }
            Ok(told)
        }
        Again::Connect { fd } => connected(machine, fd),
        Again::Read(call) => read(machine, call),
        Again::Write { fd, left, done, more } => write(machine, (fd, more), left, done),
        Again::Close { fd } => {
            let returned = machine.call(Call::CloseEnds(fd))?;
            Ok(plain(returned))
        }
        Again::Poll(asked) => poll::result(machine, &asked),
        Again::Epoll { list: _, set, expected, most } => {
            epoll::result(machine, app, set, (&expected, most))
        }
    }
}

/// A result that needs no further look.
pub(super) fn plain(returned: Return) -> Told {
    match returned {
        Return::Done | Return::Eof | Return::Pending(None) => Told::Number(0),
        Return::Count(n) => Told::Number(i64::from(n)),
        Return::Error(errno) => Told::Error(errno),
        Return::Pending(Some(errno)) => Told::Error(errno),
        Return::Ready(bits) => Told::Number(i64::from(bits.0)),
        Return::Would(_) => Told::Error(Errno::Again),
    }
}

pub(super) fn accept(machine: &mut Machine, from: Fd, into: Fd, number: i64) -> Result<Told, Stop> {
    Ok(match machine.call(Call::Accept(from, into))? {
        Return::Done => Told::Number(number),
        Return::Would(wait) => Told::Blocks(Blocked {
            wait: Some(wait),
            again: Again::Accept { from, into, number },
            deadline: None,
        }),
        other @ (Return::Count(_)
        | Return::Eof
        | Return::Error(_)
        | Return::Pending(_)
        | Return::Ready(_)) => plain(other),
    })
}

/// The handshake is over, one way or the other.
fn connected(machine: &mut Machine, fd: Fd) -> Result<Told, Stop> {
    let open = socket::find(machine.table(), fd).is_some_and(|at| {
        let sock = &machine.table()[at];
        matches!(&sock.phase, Phase::Open(conn) if conn.stage != Stage::SynReceived)
    });
    Ok(match machine.call(Call::SoError(fd))? {
        Return::Pending(Some(errno)) => Told::Error(errno),
        _ if open => Told::Number(0),
        Return::Done
        | Return::Count(_)
        | Return::Eof
        | Return::Error(_)
        | Return::Pending(None)
        | Return::Ready(_)
        | Return::Would(_) => Told::Error(Errno::ConnectionReset),
    })
}

pub(super) fn read(machine: &mut Machine, call: Call) -> Result<Told, Stop> {
    Ok(match machine.call(call)? {
        Return::Would(wait) => {
            let again = Again::Read(call);
            Told::Blocks(Blocked { wait: Some(wait), again, deadline: None })
        }
        other @ (Return::Done
        | Return::Count(_)
        | Return::Eof
        | Return::Error(_)
        | Return::Pending(_)
        | Return::Ready(_)) => plain(other),
    })
}

fn forced_pushes(machine: &Machine, fd: Fd, left: u32) -> Vec<u32> {
    let sock = socket::find(machine.table(), fd).map(|at| &machine.table()[at]);
    let Some((sock, conn)) = sock.and_then(|sock| Some((sock, sock.conn()?))) else {
        return Vec::new();
    };
    let line = machine.lines.iter().find(|line| line.id == sock.conn);
    let marked = line.and_then(|line| line.pushed.last().copied());
    machine.habits.forced_pushes(conn, left, marked)
}

/// A blocking write goes on until everything is in the send buffer. Where more will follow its end
/// is not marked, and no short segment goes out (net/ipv4/tcp.c tcp_push).
pub(super) fn write(
    machine: &mut Machine,
    (fd, more): (Fd, Use),
    left: u32,
    done: u32,
) -> Result<Told, Stop> {
    let total = |done: u32| Told::Number(i64::from(done));
    let end = |machine: &Machine| {
        let at = socket::find(machine.table(), fd)?;
        machine.table()[at].conn().map(|conn| (conn.snd.end, machine.table()[at].conn))
    };
    let before = end(machine);
    // What it ends in is marked when it leaves, which may be at once.
    let forced = forced_pushes(machine, fd, left);
    let joined = before.filter(|_| left > 0).and_then(|(_, id)| machine.joined_buffer(id));
    if let Some((at, id)) = before
        && let Some(line) = machine.lines.iter_mut().find(|line| line.id == id)
    {
        if let Some(start) = joined {
            line.pushed.retain(|mark| *mark <= start);
        }
        line.pushed.extend(forced);
        if !more.is() {
            line.pushed.push(at.saturating_add(left));
        }
    }
    let returned = machine.put(fd, left, more)?;
    let accepted = if let Return::Count(n) = returned { n } else { 0 };
    if let Some((at, id)) = before
        && accepted < left
        && !more.is()
        && let Some(line) = machine.lines.iter_mut().find(|line| line.id == id)
    {
        line.pushed.pop();
        if accepted > 0 {
            line.pushed.push(at + accepted);
        }
    }
    let again = |wait: Wait, left: u32, done: u32| {
        let again = Again::Write { fd, left, done, more };
        Told::Blocks(Blocked { wait: Some(wait), again, deadline: None })
    };
    Ok(match returned {
        Return::Count(n) if n < left => again(Wait::Writable(fd), left - n, done + n),
        Return::Count(n) => total(done + n),
        Return::Would(wait) => again(wait, left, done),
        _ if done > 0 => total(done),
        other @ (Return::Done
        | Return::Eof
        | Return::Error(_)
        | Return::Pending(_)
        | Return::Ready(_)) => plain(other),
    })
}

/// How long a close() may wait.
pub(super) fn patience(machine: &Machine, linger: Linger) -> Option<Micros> {
    match linger {
        Linger::Seconds(seconds) => Some(machine.now() + u64::from(seconds) * 1_000_000),
        Linger::Off | Linger::Abort => None,
    }
}
