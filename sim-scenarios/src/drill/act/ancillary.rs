//! What recvmsg() says beside the text.

use super::app::Held;
use super::args::Args;
use super::told::{Stop, Told, differs};
use crate::drill::machine::Machine;
use crate::drill::script::Value;
use sim_core::socket;
use sim_core::tcp::Switch;

/// The number that a script wants TCP_CM_INQ to say; nothing else is known here.
pub(super) fn wanted(args: &Args<'_>, list: &Value) -> Result<i64, Stop> {
    let unknown = || Stop::Unsupported("ancillary data".to_owned());
    let Value::List(list) = list else { return Err(unknown()) };
    let [one] = list.as_slice() else { return Err(unknown()) };
    let is =
        |field: &str, name: &str| one.field(field) == Some(&Value::Names(vec![name.to_owned()]));
    let level = is("cmsg_level", "SOL_TCP") || is("cmsg_level", "IPPROTO_TCP");
    if !level || !is("cmsg_type", "TCP_CM_INQ") {
        return Err(unknown());
    }
    args.number_of(one.field("cmsg_data").ok_or_else(unknown)?)
}

/// What waits to be read after this call; a FIN counts as one more (net/ipv4/tcp.c tcp_inq_hint).
pub(super) fn compare(
    machine: &Machine,
    held: &Held,
    (wanted, told): (i64, Told),
) -> Result<Told, Stop> {
    match told {
        Told::Number(_) => {}
        Told::Blocks(_) => {
            return Err(Stop::Unsupported("ancillary data of a call that blocks".to_owned()));
        }
        Told::Error(_) | Told::Refused(_) => return Ok(told),
    }
    if !held.inq.is() {
        return differs(format!("TCP_CM_INQ says {wanted}"), "no ancillary data");
    }
    let found = socket::find(machine.table(), held.fd).map_or(0, |at| {
        let sock = &machine.table()[at];
        let fin = sock.conn().is_some_and(|conn| conn.rcv.fin == Switch::On);
        i64::from(sock.unread().len()) + i64::from(fin)
    });
    if wanted == found {
        return Ok(told);
    }
    differs(format!("TCP_CM_INQ says {wanted}"), found.to_string())
}
