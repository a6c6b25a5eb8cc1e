//! setsockopt() and getsockopt().

use super::app::App;
use super::args::Args;
use super::told::{Stop, Told, differs, plain};
use super::{limits, names};
use crate::drill::habits::{Family, Keep};
use crate::drill::machine::Machine;
use crate::drill::script::{Packet, Value};
use crate::drill::wire::{Heeds, Use};
use sim_core::socket::{self, Call, Fd, Return};
use sim_core::tcp::tuning::Switchable;
use sim_core::tcp::{Errno, Linger};

fn name<'a>(args: &'a Args<'_>) -> Result<&'a str, Stop> {
    args.name(2).ok_or_else(|| Stop::Unsupported(format!("{}() of a number", args.name)))
}

pub(super) fn set(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let number = args.number(0)?;
    let option = name(args)?;
    let held = app.get(number)?;
    let fd = held.fd;
    let on = || args.number(3).map(|n| Use::of(n != 0));
    match option {
        "SO_REUSEADDR" | "SO_REUSEPORT" => held.reuse = on()?,
        "SO_LINGER" => {
            held.linger = linger(args)?;
            return Ok(plain(machine.call(Call::SetLinger(fd, held.linger))?));
        }
        "SO_RCVBUF" => {
            let bytes = args.count(3)?;
            held.rcv_buf = Some(bytes);
            return receive_buffer(machine, fd, bytes);
        }
        "SO_SNDBUF" => {
            let bytes = args.count(3)?;
            held.snd_buf = Some(bytes);
            return send_buffer(machine, fd, bytes);
        }
        "TCP_NODELAY" => {
            held.nodelay = on()?;
            if held.nodelay.is() {
                // It lets out what is there, cork or not (net/ipv4/tcp.c
                // __tcp_sock_set_nodelay: TCP_NAGLE_PUSH).
                let told = machine.uncorked(|machine| machine.call(Call::NoDelay(fd)))?;
                return Ok(plain(told));
            }
        }
        "TCP_CORK" if machine.habits.family == Family::Linux => {
            held.cork = on()?;
            cork(machine, fd, held.cork)?;
        }
        "TCP_INQ" if machine.habits.family == Family::Linux => match args.number(3)? {
            0 | 1 => held.inq = on()?,
            _ => return Ok(Told::Error(Errno::InvalidArgument)),
        },
        "TCP_NOTSENT_LOWAT" if machine.counts_memory() => {
            machine.send_memory.lowat = u32::try_from(args.number(3)?).unwrap_or(u32::MAX);
        }
        "TCP_LINGER2" if args.number(3)? < 0 => {
            return Ok(plain(machine.call(Call::NoFinWait2(fd))?));
        }
        "TCP_SYNCNT" | "TCP_USER_TIMEOUT" | "TCP_KEEPINIT" | "TCP_MAXSEG" | "TCP_LINGER2" => {
            if option == "TCP_MAXSEG" && machine.habits.family == Family::Linux {
                held.mss = u16::try_from(args.number(3)?).ok().filter(|mss| *mss >= 88);
            }
            return limits::set(machine, option, args.number(3)?);
        }
        "TCP_KEEPIDLE" | "TCP_KEEPINTVL" | "TCP_KEEPCNT" => {
            return Ok(keep(&mut held.keep, option, args.number(3)?));
        }
        "IP_TTL" | "IPV6_UNICAST_HOPS" | "IP_TOS" | "IPV6_TCLASS" => {
            return Ok(packet(&mut machine.packet, option, args.number(3)?));
        }
        "TCP_NOOPT" if machine.habits.family == Family::Bsd => {
            machine.heeds = if on()?.is() { Heeds::Nothing } else { Heeds::All };
        }
        // A probe comes after two hours; no script waits so long.
        "SO_KEEPALIVE" => held.keep_alive = on()?,
        "SO_ZEROCOPY" if machine.habits.family == Family::Linux => held.zerocopy.0 = on()?,
        // How a repair goes is Reno's here, whatever it is called.
        "TCP_CONGESTION" => {}
        option if is_without_effect(args, option) => {}
        other => return Err(Stop::Unsupported(format!("setsockopt({other})"))),
    }
    Ok(Told::Number(0))
}

/// TCP_CORK: what waits goes out when it is taken off.
fn cork(machine: &mut Machine, fd: Fd, cork: Use) -> Result<(), Stop> {
    machine.cork = cork;
    if !cork.is() {
        machine.push(fd)?;
    }
    Ok(())
}

/// When and how often a silent connection is probed.
fn keep(keep: &mut Keep, option: &str, number: i64) -> Told {
    match (u64::try_from(number), keep.of(option)) {
        (Ok(number @ 1..), Some(place)) => {
            *place = Some(number);
            Told::Number(0)
        }
        (Ok(_) | Err(_), _) => Told::Error(Errno::InvalidArgument),
    }
}

/// How packets go out. One connection is under test: what a socket is told holds for all of them.
fn packet(packet: &mut Packet, option: &str, number: i64) -> Told {
    match (u8::try_from(number), option) {
        (Ok(ttl @ 1..), "IP_TTL" | "IPV6_UNICAST_HOPS") => packet.ttl = Some(ttl),
        // The two lowest bits are those of ECN: they are TCP's.
        (Ok(tos), "IP_TOS" | "IPV6_TCLASS") => packet.tos = Some(tos & !3),
        (Ok(_) | Err(_), _) => return Told::Error(Errno::InvalidArgument),
    }
    Told::Number(0)
}

fn receive_buffer(machine: &mut Machine, fd: Fd, bytes: u32) -> Result<Told, Stop> {
    machine.asked_rcv_buf = Some((fd, bytes));
    if machine.habits.define != "Linux" {
        return Ok(plain(machine.call(Call::SetRcvBuf(fd, bytes))?));
    }
    // What the stack has for every socket, so that it follows the size of segments.
    machine.rcv_memory = limits::memory(bytes).max(2_304);
    if let Some(memory) = &mut machine.tuning().controls.memory {
        (memory.buf, memory.set) = (limits::memory(bytes).max(2_304), Switchable::On);
    }
    machine.fit_window(0);
    // The window never outgrows it (net/ipv4/tcp_input.c tcp_openreq_init_rwin).
    if machine.allowed.wscale.is_some() {
        let shift = machine.habits.shift_for(machine.rcv_memory / 2);
        machine.allowed.wscale = Some(shift);
    }
    Ok(Told::Number(0))
}

fn send_buffer(machine: &mut Machine, fd: Fd, bytes: u32) -> Result<Told, Stop> {
    if machine.counts_memory() {
        // net/core/sock.c sk_setsockopt: what is set does not grow any more.
        machine.send_memory.asked = Some(limits::memory(bytes).max(4_608));
        return Ok(Told::Number(0));
    }
    let room = limits::send_room(machine.habits.family, bytes);
    Ok(plain(machine.call(Call::SetSndBuf(fd, room))?))
}

/// Options that change nothing of what a script sees here, with these values.
fn is_without_effect(args: &Args<'_>, option: &str) -> bool {
    match option {
        "SO_DEBUG" | "SO_NOSIGPIPE" | "SO_REUSEPORT_LB" | "IPV6_V6ONLY" | "TCP_LOG" => true,
        "SO_RCVLOWAT" => matches!(args.number(3), Ok(1)),
        "TCP_CORK" | "TCP_NOPUSH" | "TCP_NOOPT" => matches!(args.number(3), Ok(0)),
        // The stack that is usual on FreeBSD goes by this name.
        "TCP_FUNCTION_BLK" => args.list.get(3).is_some_and(|it| {
            it.field("function_set_name") == Some(&Value::Text("freebsd".to_owned()))
        }),
        _ => false,
    }
}

fn linger(args: &Args<'_>) -> Result<Linger, Stop> {
    // As the language writes the field, and as C does.
    fn named<'a>(record: &'a Value, name: &str) -> Option<&'a Value> {
        record.field(name).or_else(|| record.field(&format!("l_{name}")))
    }
    let bad = || Stop::Flawed("SO_LINGER wants {onoff=, linger=}".to_owned());
    let value = args.get(3)?;
    let (on, seconds) = match value {
        Value::List(pair) if pair.len() == 2 => (&pair[0], &pair[1]),
        Value::List(one) if one.len() == 1 => {
            let inner = &one[0];
            (named(inner, "onoff").ok_or_else(bad)?, named(inner, "linger").ok_or_else(bad)?)
        }
        Value::Record(_) => {
            (named(value, "onoff").ok_or_else(bad)?, named(value, "linger").ok_or_else(bad)?)
        }
        Value::Any | Value::Number(_) | Value::Names(_) | Value::Text(_) | Value::List(_) => {
            return Err(bad());
        }
    };
    let (on, seconds) = (args.number_of(on)?, args.number_of(seconds)?);
    Ok(match (on, seconds) {
        (0, _) => Linger::Off,
        (_, 0) => Linger::Abort,
        (_, seconds) => Linger::Seconds(u16::try_from(seconds).unwrap_or(u16::MAX)),
    })
}

pub(super) fn get(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let number = args.number(0)?;
    let option = name(args)?;
    let held = app.get(number)?.clone();
    let family = machine.habits.family;
    let at = socket::find(machine.table(), held.fd);
    let yes = |it: Use| i64::from(it.is());
    let found = match option {
        "SO_ERROR" => {
            let errno = match machine.call(Call::SoError(held.fd))? {
                Return::Pending(errno) => errno,
                Return::Done
                | Return::Count(_)
                | Return::Eof
                | Return::Error(_)
                | Return::Ready(_)
                | Return::Would(_) => None,
            };
            return pending(args, errno, family);
        }
        "SO_LINGER" => return lingers(args, held.linger),
        "SO_REUSEADDR" | "SO_REUSEPORT" => yes(held.reuse),
        "TCP_NODELAY" => yes(held.nodelay),
        "SO_KEEPALIVE" => yes(held.keep_alive),
        "SO_ZEROCOPY" if family == Family::Linux => yes(held.zerocopy.0),
        "TCP_CORK" if family == Family::Linux => yes(held.cork),
        "TCP_NOTSENT_LOWAT" if machine.counts_memory() => i64::from(machine.send_memory.lowat),
        "TCP_INQ" if family == Family::Linux => yes(held.inq),
        "TCP_SYNCNT" | "TCP_USER_TIMEOUT" | "TCP_KEEPINIT" | "TCP_LINGER2" => {
            match limits::get(machine, option)? {
                Ok(number) => number,
                Err(refused) => return Ok(refused),
            }
        }
        "TCP_KEEPIDLE" | "TCP_KEEPINTVL" | "TCP_KEEPCNT" => {
            let (mut own, mut usual) = (held.keep, machine.keep);
            let said = |keep: &mut Keep| keep.of(option).and_then(|it| *it);
            let number = said(&mut own).or_else(|| said(&mut usual));
            let number = number.and_then(|it| i64::try_from(it).ok());
            number.ok_or_else(|| Stop::Unsupported(format!("getsockopt({option})")))?
        }
        "SO_RCVBUF" => buffer(machine, (held.rcv_buf, held.joined), Which::Receive)?,
        "SO_SNDBUF" => buffer(machine, (held.snd_buf, held.joined), Which::Send)?,
        "TCP_MAXSEG" => {
            let mss = at.and_then(|at| machine.table()[at].conn().map(|conn| conn.mss));
            // net/ipv4/tcp.c do_tcp_getsockopt: where nothing is connected, what was asked for.
            i64::from(mss.or(held.mss).unwrap_or(536))
        }
        "SO_ACCEPTCONN" => i64::from(at.is_some_and(|at| {
            matches!(machine.table()[at].phase, sim_core::tcp::Phase::Listen(_))
        })),
        other => return Err(Stop::Unsupported(format!("getsockopt({other})"))),
    };
    let expected = args.get(3)?;
    if matches!(expected, Value::Any) {
        return Ok(Told::Number(0));
    }
    let expected = args.number_of(expected)?;
    if expected == found {
        return Ok(Told::Number(0));
    }
    differs(format!("{option} is {expected}"), found.to_string())
}

/// Which buffer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Receive,
    Send,
}

/// What SO_RCVBUF and SO_SNDBUF say.
fn buffer(
    machine: &mut Machine,
    (set, joined): (Option<u32>, Use),
    which: Which,
) -> Result<i64, Stop> {
    let family = machine.habits.family;
    let (receive, send) = machine.habits.buffers;
    let (now_receive, now_send) = (machine.tuning().rcv_buf, machine.tuning().snd_buf);
    // Of Linux: memory of a fresh socket, and the least that can be set (net/core/sock.c).
    let (fresh, now, memory, least) = match which {
        Which::Receive => (receive, now_receive, 131_072, 2_304),
        Which::Send => (send, now_send, 16_384, 4_608),
    };
    let negotiated = joined.is() && machine.line().is_some_and(|line| line.peer.is_some());
    let mss = u32::from(machine.tuning().mss.max(1));
    Ok(i64::from(match (family, set) {
        // net/core/sock.c __sock_set_rcvbuf: memory, twice what was asked for.
        (Family::Linux, Some(bytes)) => limits::memory(bytes).max(least),
        (Family::Linux, None) if negotiated && which == Which::Send => {
            // net/ipv4/tcp_input.c tcp_sndbuf_expand: from the size of a segment's buffer.
            let unknown = || Stop::Unsupported("SO_SNDBUF that has grown by itself".to_owned());
            machine.send_limit().ok_or_else(unknown)?
        }
        (Family::Linux, None) if which == Which::Send && machine.counts_memory() => {
            machine.send_memory.usual
        }
        (Family::Linux, None) => memory,
        (Family::Bsd, Some(bytes)) if negotiated => bytes.next_multiple_of(mss),
        (Family::Bsd, None) if negotiated => now,
        (Family::Bsd, Some(bytes)) => bytes,
        (Family::Bsd, None) => {
            if machine.line().is_some_and(|line| line.peer.is_some()) {
                fresh
            } else {
                now
            }
        }
        (Family::Standard, Some(bytes)) => bytes,
        (Family::Standard, None) => {
            return Err(Stop::Unsupported("the standard says nothing of buffers".to_owned()));
        }
    }))
}

/// SO_ERROR: a number or a name.
fn pending(args: &Args<'_>, errno: Option<Errno>, family: Family) -> Result<Told, Stop> {
    let expected = match args.get(3)? {
        Value::List(one) if one.len() == 1 => &one[0],
        whole @ (Value::List(_)
        | Value::Any
        | Value::Number(_)
        | Value::Names(_)
        | Value::Text(_)
        | Value::Record(_)) => whole,
    };
    let same = match expected {
        Value::Any => true,
        Value::Number(n) => *n == errno.map_or(0, |errno| names::errno_number(errno, family)),
        Value::Names(list) if list.len() == 1 => {
            let wanted = names::errno(&list[0]);
            if wanted.is_none() {
                return Err(Stop::Unsupported(format!("error {}", list[0])));
            }
            wanted == errno
        }
        Value::Names(_) | Value::Text(_) | Value::List(_) | Value::Record(_) => false,
    };
    if same {
        return Ok(Told::Number(0));
    }
    let shown = match expected {
        Value::Names(list) => list.join("|"),
        Value::Number(n) => n.to_string(),
        Value::Any | Value::Text(_) | Value::List(_) | Value::Record(_) => "?".to_owned(),
    };
    differs(format!("SO_ERROR is {shown}"), errno.map_or("0", Errno::name))
}

fn lingers(args: &Args<'_>, found: Linger) -> Result<Told, Stop> {
    let expected = linger(args)?;
    if expected == found {
        Ok(Told::Number(0))
    } else {
        differs(format!("SO_LINGER is {expected:?}"), format!("{found:?}"))
    }
}
