//! What a stack makes of ICMP: FreeBSD's, as its sources have it. It concerns a connection that is
//! being opened; the others only remember it.

use super::act::Stop;
use super::habits::Family;
use super::machine::{Machine, socket_of};
use super::script::Icmp;
use super::wire::ISS;
use sim_core::tcp::{Opening, Phase};
use sim_core::wire::{Flags, Segment, Side, Span};
use sim_core::world::Action;

/// Messages that end an attempt to connect (sys/netinet/tcp_subr.c tcp_ctlinput: PORT, PROTOCOL and
/// ADMIN_PROHIB; netinet6/icmp6.c for IPv6): ECONNREFUSED.
const REFUSE: [&str; 7] = [
    "unreachable port_unreachable",
    "unreachable protocol_unreachable",
    "unreachable net_prohibited",
    "unreachable host_prohibited",
    "unreachable packet_filtered",
    "unreachable admin_prohibited",
    "parameter_problem unknown_next_header",
];

/// Messages that say that a packet did not live long enough: EHOSTUNREACH, which is not here.
const TOO_LONG: [&str; 2] =
    ["time_exceeded ttl_exceeded_in_transit", "time_exceeded exceeded_hop_limit"];

/// After so many retransmissions a second message ends the attempt too (tcp_notify).
const PATIENT: u8 = 3;

/// A message arrives.
pub(super) fn arrive(machine: &mut Machine, icmp: &Icmp) -> Result<(), Stop> {
    if machine.habits.define != "FreeBSD" || machine.habits.family != Family::Bsd {
        return Err(Stop::Unsupported("ICMP".to_owned()));
    }
    let what = icmp.says.as_str();
    let Some(line) = machine.line() else { return Ok(()) };
    let (id, number) = (line.id, icmp.seq.wrapping_sub(line.local));
    let Some(sock) = socket_of(machine.table(), id) else { return Ok(()) };
    let (una, nxt) = match &sock.phase {
        Phase::Opening(_) => (0, 1),
        Phase::Open(conn) => (conn.snd.una, conn.snd.nxt),
        Phase::Closed(_) | Phase::Listen(_) | Phase::Waiting(_) => return Ok(()),
    };
    // It has to quote something that is in flight.
    if !(una..nxt).contains(&number) {
        return Ok(());
    }
    if what.contains("mtu") || what.contains("frag_needed") || what.contains("too_big") {
        return Err(Stop::Unsupported("ICMP: path MTU discovery".to_owned()));
    }
    let Phase::Opening(Opening::SynSent { backoff, .. }) = &sock.phase else { return Ok(()) };
    let may_end = machine.icmp_may_rst.is();
    if may_end && TOO_LONG.contains(&what) {
        return Err(Stop::Unsupported("error EHOSTUNREACH".to_owned()));
    }
    if may_end && REFUSE.contains(&what) {
        // tcp_drop_syn_sent: what a RST would do, which is the only such word in the model.
        machine.act(Action::Inject(Side::A, refusal(id)))?;
        return Ok(());
    }
    if *backoff > PATIENT {
        return Err(Stop::Unsupported("ICMP after several retransmissions".to_owned()));
    }
    Ok(())
}

/// The RST that refuses a SYN.
fn refusal(conn: sim_core::wire::ConnId) -> Segment {
    Segment {
        conn,
        flags: Flags::RST,
        mss: None,
        seq: ISS,
        ack: Some(ISS.plus(1)),
        text: Span::default(),
        wnd: 0,
    }
}
