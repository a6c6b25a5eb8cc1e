//! setsockopt() and getsockopt().

use super::app::App;
use super::calls::Args;
use super::names;
use super::told::{Stop, Told, differs, plain};
use crate::drill::habits::Family;
use crate::drill::machine::Machine;
use crate::drill::script::Value;
use crate::drill::wire::Use;
use sim_core::socket::{self, Call, Return};
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
            machine.asked_rcv_buf = Some((fd, bytes));
            return Ok(plain(machine.call(Call::SetRcvBuf(fd, bytes))?));
        }
        "SO_SNDBUF" => {
            let bytes = args.count(3)?;
            held.snd_buf = Some(bytes);
            return Ok(plain(machine.call(Call::SetSndBuf(fd, bytes))?));
        }
        "TCP_NODELAY" => {
            held.nodelay = on()?;
            if held.nodelay.is() {
                return Ok(plain(machine.call(Call::NoDelay(fd))?));
            }
        }
        "TCP_LINGER2" if args.number(3)? < 0 => {
            return Ok(plain(machine.call(Call::NoFinWait2(fd))?));
        }
        "TCP_SYNCNT" => {
            machine.tuning().retries_syn = u8::try_from(args.number(3)?).unwrap_or(u8::MAX);
            machine.tuning().syn_linear = 0;
        }
        // How a repair goes is Reno's here, whatever it is called.
        "TCP_CONGESTION" => {}
        other => return Err(Stop::Unsupported(format!("setsockopt({other})"))),
    }
    Ok(Told::Number(0))
}

fn linger(args: &Args<'_>) -> Result<Linger, Stop> {
    let bad = || Stop::Flawed("SO_LINGER wants {onoff=, linger=}".to_owned());
    let value = args.get(3)?;
    let (on, seconds) = match value {
        Value::List(pair) if pair.len() == 2 => (&pair[0], &pair[1]),
        Value::List(one) if one.len() == 1 => {
            let inner = &one[0];
            let field = |name: &str| inner.field(name).ok_or_else(bad);
            (field("onoff")?, field("linger")?)
        }
        Value::Record(_) => {
            (value.field("onoff").ok_or_else(bad)?, value.field("linger").ok_or_else(bad)?)
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
        "TCP_USER_TIMEOUT" => held.user_timeout,
        "SO_RCVBUF" => buffer(machine, (held.rcv_buf, held.joined), Which::Receive)?,
        "SO_SNDBUF" => buffer(machine, (held.snd_buf, held.joined), Which::Send)?,
        "TCP_MAXSEG" => {
            let mss = at.and_then(|at| machine.table()[at].conn().map(|conn| conn.mss));
            i64::from(mss.unwrap_or(536))
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
    let (fresh, now, memory) = match which {
        Which::Receive => (receive, now_receive, 131_072),
        Which::Send => (send, now_send, 16_384),
    };
    let negotiated = joined.is() && machine.line().is_some_and(|line| line.peer.is_some());
    let mss = u32::from(machine.tuning().mss.max(1));
    Ok(i64::from(match (family, set) {
        // net/core/sock.c __sock_set_rcvbuf: memory, twice what was asked for.
        (Family::Linux, Some(bytes)) => bytes.saturating_mul(2).max(2_304),
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
