//! Calls with a buffer that is no memory: a script writes NULL.

use super::app::App;
use super::args::Args;
use super::told::{self, Stop, Told};
use crate::drill::machine::Machine;
use sim_core::socket::Call;

/// A buffer is touched last: what a call says before it has anything to copy, it says here too
/// (net/ipv4/tcp.c tcp_recvmsg_locked, tcp_sendmsg_locked).
pub(super) fn make(
    machine: &mut Machine,
    app: &mut App,
    args: &Args<'_>,
) -> Result<Option<Told>, Stop> {
    let reads = match args.name {
        "read" | "recv" | "recvfrom" => true,
        "write" | "send" | "sendto" => false,
        _ => return Ok(None),
    };
    let held = app.get(args.number(0)?)?;
    let count = args.count(2)?;
    if count == 0 {
        return Ok(None);
    }
    let (fd, nonblock) = (held.fd, held.nonblock);
    let told = if reads {
        told::read(machine, Call::Peek(fd, count))?
    } else {
        told::plain(machine.call(Call::Write(fd, 0))?)
    };
    match told {
        Told::Number(0) if reads => Ok(Some(told)),
        Told::Number(_) => Ok(Some(Told::Refused("EFAULT"))),
        Told::Error(_) | Told::Refused(_) => Ok(Some(told)),
        Told::Blocks(_) if nonblock.is() => Ok(Some(Told::Error(sim_core::tcp::Errno::Again))),
        Told::Blocks(_) => Ok(None),
    }
}
