//! poll(): which of several sockets is ready for what.

use super::app::App;
use super::args::Args;
use super::told::{Again, Blocked, Stop, Told, differs};
use crate::drill::machine::Machine;
use crate::drill::script::Value;
use sim_core::socket::{self, Fd, Readiness, connect, error};

/// What a call to poll() asks and expects.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    list: Vec<One>,
}

/// A socket, and what it may be ready for.
pub(super) struct Ready {
    pub(super) fd: Fd,
    pub(super) events: u8,
}

#[derive(Clone, Debug)]
struct One {
    number: i64,
    fd: Fd,
    events: u8,
    expected: Vec<String>,
}

impl One {
    fn ready(&self, machine: &Machine) -> u8 {
        ready(machine, &Ready { fd: self.fd, events: self.events })
    }
}

const NAMES: [(&str, u8); 7] = [
    ("POLLIN", Readiness::IN),
    ("POLLRDNORM", Readiness::IN),
    ("POLLOUT", Readiness::OUT),
    ("POLLWRNORM", Readiness::OUT),
    ("POLLERR", Readiness::ERR),
    ("POLLHUP", Readiness::HUP),
    ("POLLRDHUP", Readiness::RDHUP),
];

/// The bit with this name.
pub(super) fn bit(name: &str) -> Option<u8> {
    NAMES.iter().find(|(it, _)| *it == name).map(|(_, bit)| *bit)
}

/// The bits of a value of names.
fn bits(args: &Args<'_>, value: Option<&Value>) -> Result<u8, Stop> {
    let names = match value {
        None | Some(Value::Number(0)) => return Ok(0),
        Some(Value::Names(names)) => names,
        Some(
            Value::Any | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Record(_),
        ) => return Err(Stop::Flawed("poll() wants names of events".to_owned())),
    };
    let mut all = 0;
    for name in names {
        let known = NAMES.iter().find(|(it, _)| it == name);
        let (_, bit) = known.ok_or_else(|| Stop::Unsupported(format!("{}({name})", args.name)))?;
        all |= bit;
    }
    Ok(all)
}

pub(super) fn poll(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let bad = || Stop::Flawed("poll() wants a list of {fd=, events=}".to_owned());
    let Value::List(list) = args.get(0)? else { return Err(bad()) };
    let mut asked = Asked { list: Vec::new() };
    for entry in list {
        let number = args.number_of(entry.field("fd").ok_or_else(bad)?)?;
        let events = bits(args, entry.field("events"))?;
        bits(args, entry.field("revents"))?;
        let expected = match entry.field("revents") {
            Some(Value::Names(names)) => names.clone(),
            Some(_) | None => Vec::new(),
        };
        asked.list.push(One { number, fd: app.get(number)?.fd, events, expected });
    }
    app.has_plain_errors(asked.list.iter().map(|one| one.number))?;
    for one in &asked.list {
        seek_room(machine, one.fd);
    }
    let timeout = args.number(2)?;
    if timeout == 0 || count(machine, &asked) > 0 {
        return result(machine, &asked);
    }
    let deadline = u64::try_from(timeout).ok().map(|ms| machine.now() + ms * 1_000);
    Ok(Told::Blocks(Blocked { wait: None, again: Again::Poll(asked), deadline }))
}

/// Who is told that there is no room is woken when there is.
pub(super) fn seek_room(machine: &mut Machine, fd: Fd) {
    let Some(at) = socket::find(machine.table(), fd) else { return };
    let sock = &machine.table()[at];
    if !machine.is_writable(sock) {
        let id = sock.conn;
        machine.wait_for_memory(id);
    }
}

/// What a socket is ready for, out of what is asked and what always is told.
pub(super) fn ready(machine: &Machine, one: &Ready) -> u8 {
    let table = machine.table();
    let Some(at) = socket::find(table, one.fd) else { return 0 };
    let queued = connect::first_queued(table).is_some();
    let always = Readiness::ERR | Readiness::HUP;
    let found = error::readiness(&table[at], queued, machine.setup.tuning[0].snd_buf).0;
    let writable = if machine.is_writable(&table[at]) { Readiness::OUT } else { 0 };
    found & (!Readiness::OUT | writable) & (one.events | always)
}

/// How many of them have something to say.
pub(super) fn count(machine: &Machine, asked: &Asked) -> usize {
    asked.list.iter().filter(|one| one.ready(machine) != 0).count()
}

/// What poll() returns, its events compared.
pub(super) fn result(machine: &Machine, asked: &Asked) -> Result<Told, Stop> {
    for one in &asked.list {
        let found = one.ready(machine);
        let expected = one
            .expected
            .iter()
            .filter_map(|name| NAMES.iter().find(|(it, _)| it == name))
            .fold(0, |all, (_, bit)| all | bit);
        if expected != found {
            let shown = |bits: u8| {
                let names = Readiness(bits).names();
                if names.is_empty() { "nothing".to_owned() } else { names }
            };
            return differs(
                format!("poll() of {} says {}", one.number, shown(expected)),
                shown(found),
            );
        }
    }
    Ok(Told::Number(i64::try_from(count(machine, asked)).unwrap_or(0)))
}
