//! One function a call of the language.

use super::app::App;
use super::args::Args;
use super::told::{self, Again, Blocked, Stop, Told, plain};
use super::{ancillary, epoll, faulty, names, options, poll};
use crate::drill::habits::Family;
use crate::drill::machine::{Machine, Under};
use crate::drill::script::{Call as Written, Returns, Value};
use crate::drill::wire::{Began, Use};
use sim_core::socket::{self, Call, Return, Wait, Which};
use sim_core::tcp::{Errno, Phase, Stage};

/// Makes a call.
pub(in crate::drill) fn make(
    machine: &mut Machine,
    app: &mut App,
    call: &Written,
) -> Result<Told, Stop> {
    let args = Args { name: &call.name, list: &call.args };
    if args.name(1) == Some("NULL")
        && let Some(told) = faulty::make(machine, app, &args)?
    {
        return Ok(told);
    }
    if call.returns == Returns::Errno("EFAULT".to_owned()) {
        return Err(Stop::Unsupported("EFAULT: buffers have no addresses here".to_owned()));
    }
    let told = made(machine, app, call, &args);
    // A descriptor that nobody has opened is what such a call asks about.
    match told {
        Err(Stop::Flawed(_)) if call.returns == Returns::Errno("EBADF".to_owned()) => {
            Ok(Told::Error(Errno::BadFile))
        }
        told => told,
    }
}

fn made(
    machine: &mut Machine,
    app: &mut App,
    call: &Written,
    args: &Args<'_>,
) -> Result<Told, Stop> {
    match call.name.as_str() {
        "socket" => socket(machine, app, args, &call.returns),
        "bind" => {
            app.get(args.number(0)?)?;
            Ok(Told::Number(0))
        }
        "listen" => listen(machine, app, args),
        "accept" | "accept4" => accept(machine, app, args, &call.returns),
        "connect" => connect(machine, app, args),
        "read" | "recv" | "recvfrom" => read(machine, app, args),
        "write" | "send" | "sendto" => {
            let count = args.count(2)?;
            write(machine, app, args, count)
        }
        "readv" | "writev" => vectored(machine, app, args),
        "sendmsg" | "recvmsg" => message(machine, app, args),
        "shutdown" => shutdown(machine, app, args),
        "close" => close(machine, app, args),
        "fcntl" => fcntl(machine, app, args),
        "ioctl" => ioctl(machine, app, args),
        "setsockopt" => options::set(machine, app, args),
        "getsockopt" => options::get(machine, app, args),
        "poll" => poll::poll(machine, app, args),
        "epoll_create" | "epoll_create1" => epoll::create(app, descriptor(&call.returns)?),
        "epoll_ctl" => epoll::control(machine, app, args),
        "epoll_wait" | "epoll_pwait" => epoll::wait(machine, app, args),
        other => Err(Stop::Unsupported(format!("call {other}()"))),
    }
}

/// The descriptor that a result names.
fn descriptor(returns: &Returns) -> Result<i64, Stop> {
    match returns {
        Returns::Number(n) => Ok(*n),
        Returns::Any | Returns::Errno(_) => Ok(-1),
    }
}

fn socket(
    machine: &mut Machine,
    app: &mut App,
    args: &Args<'_>,
    returns: &Returns,
) -> Result<Told, Stop> {
    let kind = args.get(1)?;
    let stream = match kind {
        Value::Names(list) => list.iter().any(|name| name == "SOCK_STREAM"),
        Value::Number(n) => *n == 1,
        Value::Any | Value::Text(_) | Value::List(_) | Value::Record(_) => false,
    };
    let protocol = args.name(2).unwrap_or("IPPROTO_TCP");
    if !stream || protocol != "IPPROTO_TCP" {
        return Err(Stop::Unsupported(format!("a socket that is not TCP ({protocol})")));
    }
    let number = descriptor(returns)?;
    if number < 0 {
        return Ok(Told::Number(3));
    }
    let fd = app.open(number)?;
    if let Value::Names(list) = kind
        && list.iter().any(|name| name == "SOCK_NONBLOCK")
    {
        app.get(number)?.nonblock = Use::Yes;
    }
    machine.call(Call::Socket(fd))?;
    machine.under = Under::Idle;
    Ok(Told::Number(number))
}

fn listen(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let fd = app.get(args.number(0)?)?.fd;
    let backlog = u8::try_from(args.number(1)?.max(0)).unwrap_or(u8::MAX);
    let returned = machine.call(Call::Listen(fd, backlog))?;
    if returned == Return::Done {
        machine.under = Under::Anybody;
    }
    Ok(plain(returned))
}

fn accept(
    machine: &mut Machine,
    app: &mut App,
    args: &Args<'_>,
    returns: &Returns,
) -> Result<Told, Stop> {
    let from = app.get(args.number(0)?)?.clone();
    let expected = descriptor(returns)?;
    // A result that is no descriptor: the call is made all the same, into one that is not used.
    let number = if expected >= 0 { expected } else { i64::MAX };
    let into = app.open(number)?;
    let told = told::accept(machine, from.fd, into, number)?;
    let held = app.get(number)?;
    held.joined = Use::Yes;
    held.linger = from.linger;
    // The BSDs' accept() hands O_NONBLOCK on; accept4() says it.
    let says = match args.list.get(3) {
        Some(Value::Names(list)) => list.iter().any(|name| name == "SOCK_NONBLOCK"),
        Some(
            Value::Any | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Record(_),
        )
        | None => false,
    };
    let inherits = machine.habits.family == Family::Bsd && args.name == "accept";
    held.nonblock = Use::of(says || inherits && from.nonblock.is());
    match told {
        Told::Number(_) => Ok(told),
        Told::Blocks(_) if from.nonblock.is() => {
            app.close(number);
            Ok(Told::Error(Errno::Again))
        }
        Told::Blocks(_) => Ok(told),
        Told::Error(_) | Told::Refused(_) => {
            app.close(number);
            Ok(told)
        }
    }
}

fn connect(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    if args.name(1) == Some("AF_UNSPEC") {
        return Err(Stop::Unsupported("connect(AF_UNSPEC)".to_owned()));
    }
    let held = app.get(args.number(0)?)?;
    let fd = held.fd;
    let fresh = socket::find(machine.table(), fd)
        .is_some_and(|at| machine.table()[at].conn == sim_core::wire::ConnId::NONE);
    let id = if fresh || machine.lines.is_empty() {
        machine.under = Under::Connecting;
        machine.begin(Began::Actively, 0)
    } else {
        machine.line().map_or(sim_core::wire::ConnId(0), |line| line.id)
    };
    let returned = machine.call(Call::Connect(fd, id))?;
    held.joined = Use::Yes;
    Ok(match returned {
        Return::Would(_) if held.nonblock.is() && held.connecting.is() => {
            Told::Error(Errno::AlreadyConnecting)
        }
        Return::Would(_) if held.nonblock.is() => {
            held.connecting = Use::Yes;
            Told::Error(Errno::InProgress)
        }
        Return::Would(wait) => {
            Told::Blocks(Blocked { wait: Some(wait), again: Again::Connect { fd }, deadline: None })
        }
        // net/ipv4/af_inet.c: the first connect() after the handshake says 0.
        Return::Error(Errno::IsConnected)
            if held.connecting.is()
                && machine.habits.family == Family::Linux
                && is_open(machine, fd) =>
        {
            held.connecting = Use::No;
            Told::Number(0)
        }
        other @ (Return::Done
        | Return::Count(_)
        | Return::Eof
        | Return::Error(_)
        | Return::Pending(_)
        | Return::Ready(_)) => plain(other),
    })
}

fn is_open(machine: &Machine, fd: sim_core::socket::Fd) -> bool {
    socket::find(machine.table(), fd).is_some_and(|at| {
        matches!(&machine.table()[at].phase,
            Phase::Open(conn) if conn.stage != Stage::SynReceived)
    })
}

/// What a call that does not wait says where it would have to.
fn at_once(told: Told, nonblock: Use) -> Told {
    match told {
        Told::Blocks(Blocked { again: Again::Write { done, .. }, .. })
            if nonblock.is() && done > 0 =>
        {
            Told::Number(i64::from(done))
        }
        Told::Blocks(_) if nonblock.is() => Told::Error(Errno::Again),
        Told::Number(_) | Told::Error(_) | Told::Refused(_) | Told::Blocks(_) => told,
    }
}

fn read(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let count = args.count(2)?;
    let flags = args.flags(3)?;
    take(machine, app, args, (count, &flags))
}

fn take(
    machine: &mut Machine,
    app: &mut App,
    args: &Args<'_>,
    (count, flags): (u32, &[&str]),
) -> Result<Told, Stop> {
    let held = app.get(args.number(0)?)?;
    let mut nonblock = held.nonblock;
    let mut call = Call::Read(held.fd, count);
    for flag in flags {
        match *flag {
            "MSG_PEEK" => call = Call::Peek(held.fd, count),
            "MSG_DONTWAIT" => nonblock = Use::Yes,
            "MSG_NOSIGNAL" => {}
            other => return Err(Stop::Unsupported(format!("{}({other})", args.name))),
        }
    }
    Ok(at_once(told::read(machine, call)?, nonblock))
}

fn write(machine: &mut Machine, app: &mut App, args: &Args<'_>, count: u32) -> Result<Told, Stop> {
    let at = if args.name == "sendmsg" { 2 } else { 3 };
    let flags = if args.name == "writev" { Vec::new() } else { args.flags(at)? };
    let held = app.get(args.number(0)?)?;
    let (mut nonblock, mut more) = (held.nonblock, Use::No);
    for flag in flags {
        match flag {
            "MSG_DONTWAIT" => nonblock = Use::Yes,
            // Without SO_ZEROCOPY it is not heard (net/ipv4/tcp.c tcp_sendmsg_locked).
            "MSG_ZEROCOPY" if machine.habits.family == Family::Linux => {
                held.zerocopy.1 = Use::of(held.zerocopy.1.is() || held.zerocopy.0.is());
            }
            "MSG_MORE" if machine.habits.family == Family::Linux => more = Use::Yes,
            "MSG_NOSIGNAL" => {}
            other => return Err(Stop::Unsupported(format!("{}({other})", args.name))),
        }
    }
    let told = told::write(machine, (held.fd, more), count, 0)?;
    if let Told::Blocks(Blocked { again: Again::Write { done, .. }, .. }) = &told
        && *done > 0
        && nonblock.is()
        && machine.habits.family == Family::Linux
        && !machine.counts_memory()
    {
        // It counts memory: how much of a write finds room depends on how it was cut up.
        return Err(Stop::Unsupported(format!("{}() of more than there is room for", args.name)));
    }
    Ok(at_once(told, nonblock))
}

/// `[{..., 100}, {..., 200}]`
fn lengths(args: &Args<'_>, list: &Value) -> Result<u32, Stop> {
    let bad = || Stop::Flawed(format!("{}() wants a list of buffers", args.name));
    let Value::List(list) = list else { return Err(bad()) };
    let mut total = 0i64;
    for buffer in list {
        let Value::List(pair) = buffer else { return Err(bad()) };
        total = total.saturating_add(args.number_of(pair.get(1).ok_or_else(bad)?)?);
    }
    u32::try_from(total).ok().filter(|total| *total < 1 << 30).ok_or_else(bad)
}

fn vectored(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let total = lengths(args, args.get(1)?)?;
    if args.name == "readv" {
        take(machine, app, args, (total, &[]))
    } else {
        write(machine, app, args, total)
    }
}

fn message(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let header = args.get(1)?;
    let control = header.field("msg_control");
    if control.is_some() && args.name == "sendmsg" {
        return Err(Stop::Unsupported("ancillary data".to_owned()));
    }
    let buffers = header.field("msg_iov").unwrap_or(&Value::Any);
    let total = lengths(args, buffers)?;
    if args.name == "sendmsg" {
        return write(machine, app, args, total);
    }
    let flags = args.flags(2)?;
    let wanted = control.map(|list| ancillary::wanted(args, list)).transpose()?;
    let told = take(machine, app, args, (total, &flags))?;
    match wanted {
        Some(wanted) => ancillary::compare(machine, app.get(args.number(0)?)?, (wanted, told)),
        None => Ok(told),
    }
}

fn shutdown(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let fd = app.get(args.number(0)?)?.fd;
    let which = match args.number(1)? {
        0 => Which::Rd,
        1 => Which::Wr,
        2 => Which::RdWr,
        _ => return Ok(Told::Error(Errno::InvalidArgument)),
    };
    Ok(plain(machine.call(Call::Shutdown(fd, which))?))
}

fn close(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let number = args.number(0)?;
    if app.close_set(number).is() {
        return Ok(Told::Number(0));
    }
    let held = app.get(number)?.clone();
    app.close(number);
    let deadline = told::patience(machine, held.linger);
    Ok(match machine.call(Call::Close(held.fd))? {
        // sys/kern/uipc_socket.c soclose: a socket that does not block does not linger either.
        Return::Would(_) if held.nonblock.is() && machine.habits.family == Family::Bsd => {
            machine.call(Call::CloseEnds(held.fd))?;
            Told::Number(0)
        }
        Return::Would(wait @ Wait::Lingered(_)) => Told::Blocks(Blocked {
            wait: Some(wait),
            again: Again::Close { fd: held.fd },
            deadline,
        }),
        other @ (Return::Done
        | Return::Count(_)
        | Return::Eof
        | Return::Error(_)
        | Return::Pending(_)
        | Return::Ready(_)
        | Return::Would(_)) => plain(other),
    })
}

fn fcntl(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let bit = names::nonblock(machine.habits.family);
    let held = app.get(args.number(0)?)?;
    match args.name(1) {
        Some("F_GETFL") => Ok(Told::Number(2 | if held.nonblock.is() { bit } else { 0 })),
        Some("F_SETFL") => {
            let set = match args.get(2)? {
                Value::Names(list) => list.iter().any(|it| it == "O_NONBLOCK"),
                Value::Number(n) => n & bit != 0,
                Value::Any | Value::Text(_) | Value::List(_) | Value::Record(_) => false,
            };
            held.nonblock = Use::of(set);
            Ok(Told::Number(0))
        }
        Some("F_GETFD" | "F_SETFD") => Ok(Told::Number(0)),
        Some(other) => Err(Stop::Unsupported(format!("fcntl({other})"))),
        None => Err(Stop::Unsupported("fcntl() of a number".to_owned())),
    }
}

fn ioctl(machine: &mut Machine, app: &mut App, args: &Args<'_>) -> Result<Told, Stop> {
    let fd = app.get(args.number(0)?)?.fd;
    let Some(sock) = socket::find(machine.table(), fd).map(|at| &machine.table()[at]) else {
        return Ok(Told::Error(Errno::BadFile));
    };
    if matches!(sock.phase, Phase::Listen(_)) {
        return Ok(Told::Error(Errno::InvalidArgument));
    }
    let found = match args.name(1) {
        Some("SIOCINQ" | "FIONREAD") => i64::from(sock.unread().len()),
        Some("SIOCOUTQ" | "FIONWRITE") => i64::from(sock.conn().map_or(0, |conn| conn.snd.held())),
        Some(other) => return Err(Stop::Unsupported(format!("ioctl({other})"))),
        None => return Err(Stop::Unsupported("ioctl() of a number".to_owned())),
    };
    let expected = args.number(2)?;
    if expected == found {
        Ok(Told::Number(0))
    } else {
        told::differs(
            format!("ioctl({}) says {expected}", args.name(1).unwrap_or("")),
            format!("{found}"),
        )
    }
}
