//! epoll: which sockets of a set are ready, by level or by edge (fs/eventpoll.c).

use super::app::App;
use super::args::Args;
use super::poll::{self, Ready};
use super::told::{Again, Blocked, Stop, Told, differs};
use crate::drill::machine::Machine;
use crate::drill::script::Value;
use crate::drill::wire::Use;
use sim_core::socket::{self, Fd, Readiness};

/// A socket of a set.
#[derive(Clone, Debug)]
pub(super) struct Interest {
    number: i64,
    fd: Fd,
    events: u8,
    /// EPOLLET: a change is told once.
    edge: Use,
    /// EPOLLONESHOT: nothing is told any more until the next EPOLL_CTL_MOD.
    once: Use,
    /// It is on the list of what may be ready.
    listed: Use,
    /// What had happened when it was looked at last.
    seen: Stirred,
}

impl Interest {
    pub(super) const fn number(&self) -> i64 {
        self.number
    }
}

/// How often something has happened to a socket that wakes who waits for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stirred {
    /// Text, a FIN, a RST, a connection.
    came: u32,
    /// Room in the send buffer.
    room: u32,
}

fn stirred(machine: &Machine, fd: Fd) -> Stirred {
    let Some(at) = socket::find(machine.table(), fd) else { return Stirred::default() };
    let sock = &machine.table()[at];
    if matches!(sock.phase, sim_core::tcp::Phase::Listen(_)) {
        return Stirred { came: machine.connections, room: 0 };
    }
    let line = machine.lines.iter().rev().find(|line| line.id == sock.conn);
    line.map_or_else(Stirred::default, |line| Stirred {
        came: line.stirred,
        room: line.queue.woken,
    })
}

/// Events and flags of `events=`.
fn events(args: &Args<'_>, value: Option<&Value>) -> Result<(u8, Use, Use), Stop> {
    let names = match value {
        None | Some(Value::Number(0)) => return Ok((0, Use::No, Use::No)),
        Some(Value::Names(names)) => names,
        Some(
            Value::Any | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Record(_),
        ) => return Err(Stop::Flawed(format!("{}() wants names of events", args.name))),
    };
    let (mut bits, mut edge, mut once) = (0, Use::No, Use::No);
    for name in names {
        match name.as_str() {
            "EPOLLET" => edge = Use::Yes,
            "EPOLLONESHOT" => once = Use::Yes,
            name => {
                let known = name.strip_prefix('E').and_then(poll::bit);
                let unknown = || Stop::Unsupported(format!("{}({name})", args.name));
                bits |= known.ok_or_else(unknown)?;
            }
        }
    }
    Ok((bits, edge, once))
}

/// epoll_create(): a set of its own number.
pub(super) fn create(app: &mut App, number: i64) -> Result<Told, Stop> {
    if number < 0 {
        return Ok(Told::Number(3));
    }
    app.open_set(number)?;
    Ok(Told::Number(number))
}

/// epoll_ctl().
pub(super) fn control(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let (set, number) = (args.number(0)?, args.number(2)?);
    let fd = app.get(number)?.fd;
    let (bits, edge, once) = events(args, args.list.get(3).and_then(|it| it.field("events")))?;
    let listed = Use::of(ready(machine, fd, bits) != 0);
    let seen = stirred(machine, fd);
    let interest = Interest { number, fd, events: bits, edge, once, listed, seen };
    let list = app.set(set)?;
    let at = list.iter().position(|it| it.number == number);
    match (args.name(1), at) {
        (Some("EPOLL_CTL_ADD"), Some(_)) => Ok(Told::Refused("EEXIST")),
        (Some("EPOLL_CTL_ADD"), None) => {
            list.push(interest);
            Ok(Told::Number(0))
        }
        (Some("EPOLL_CTL_MOD" | "EPOLL_CTL_DEL"), None) => Ok(Told::Refused("ENOENT")),
        (Some("EPOLL_CTL_MOD"), Some(at)) => {
            list[at] = interest;
            Ok(Told::Number(0))
        }
        (Some("EPOLL_CTL_DEL"), Some(at)) => {
            list.remove(at);
            Ok(Told::Number(0))
        }
        (other, _) => Err(Stop::Unsupported(format!("epoll_ctl({})", other.unwrap_or("?")))),
    }
}

/// What a socket is ready for. Looking at one that cannot be written to asks to be woken.
fn ready(machine: &mut Machine, fd: Fd, events: u8) -> u8 {
    poll::seek_room(machine, fd);
    found(machine, fd, events)
}

fn found(machine: &Machine, fd: Fd, events: u8) -> u8 {
    poll::ready(machine, &Ready { fd, events })
}

/// Whether one of the set is on the list, or has been put there since.
fn is_listed(machine: &Machine, one: &Interest) -> bool {
    let now = stirred(machine, one.fd);
    let room = now.room != one.seen.room && one.events & Readiness::OUT != 0;
    let reads = one.events & !Readiness::OUT != 0;
    one.listed.is() || room || (now.came != one.seen.came && reads)
}

/// Whether a call that waits would return.
pub(super) fn is_ready(machine: &Machine, list: &[Interest]) -> bool {
    list.iter().any(|one| is_listed(machine, one) && found(machine, one.fd, one.events) != 0)
}

/// epoll_wait().
pub(super) fn wait(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let set = args.number(0)?;
    let expected = wanted(args)?;
    let most = usize::try_from(args.number(2)?).unwrap_or(0);
    let timeout = args.number(3)?;
    let numbers: Vec<i64> = app.set(set)?.iter().map(Interest::number).collect();
    app.has_plain_errors(numbers.into_iter())?;
    let list = app.set(set)?;
    for one in list.iter().filter(|one| is_listed(machine, one)).cloned().collect::<Vec<_>>() {
        poll::seek_room(machine, one.fd);
    }
    if timeout != 0 && !is_ready(machine, list) {
        let deadline = u64::try_from(timeout).ok().map(|ms| machine.now() + ms * 1_000);
        let again = Again::Epoll { list: list.clone(), set, expected, most };
        return Ok(Told::Blocks(Blocked { wait: None, again, deadline }));
    }
    result(machine, app, set, (&expected, most))
}

/// What a script wants to be told: one record, or a list of them.
fn wanted(args: &Args<'_>) -> Result<Vec<(i64, u8)>, Stop> {
    let records = match args.get(1)? {
        Value::List(list) => list.iter().collect(),
        one @ Value::Record(_) => vec![one],
        Value::Any => Vec::new(),
        Value::Number(_) | Value::Names(_) | Value::Text(_) => {
            return Err(Stop::Flawed("epoll_wait() wants {events=, fd=}".to_owned()));
        }
    };
    let mut list = Vec::new();
    for record in records {
        let (bits, _, _) = events(args, record.field("events"))?;
        if bits != 0 {
            let number = record.field("fd").map_or(Ok(-1), |it| args.number_of(it))?;
            list.push((number, bits));
        }
    }
    Ok(list)
}

/// What epoll_wait() returns, its events compared.
pub(super) fn result(
    machine: &mut Machine,
    app: &mut App,
    set: i64,
    (expected, most): (&[(i64, u8)], usize),
) -> Result<Told, Stop> {
    let mut told = Vec::new();
    for one in app.set(set)? {
        if told.len() == most || !is_listed(machine, one) {
            continue;
        }
        one.seen = stirred(machine, one.fd);
        let bits = ready(machine, one.fd, one.events);
        one.listed = Use::of(bits != 0 && !one.edge.is() && !one.once.is());
        if bits != 0 {
            told.push((one.number, bits));
            if one.once.is() {
                one.events = 0;
            }
        }
    }
    let same = |(number, bits): &(i64, u8)| {
        told.iter().any(|(it, found)| (*number == -1 || it == number) && bits == found)
    };
    if expected.len() != told.len() || !expected.iter().all(same) {
        let shown = |list: &[(i64, u8)]| {
            let each =
                |(number, bits): &(i64, u8)| format!("{number}: {}", Readiness(*bits).names());
            let list: Vec<String> = list.iter().map(each).collect();
            if list.is_empty() { "nothing".to_owned() } else { list.join(", ") }
        };
        return differs(format!("epoll_wait() says {}", shown(expected)), shown(&told));
    }
    Ok(Told::Number(i64::try_from(told.len()).unwrap_or(0)))
}
