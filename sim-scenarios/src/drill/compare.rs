//! A segment that was sent beside the one that was expected.

use super::habits::Offers;
use super::script::{Ack, OptionList, Packet, Segment, TcpOption};

/// What of the comparison was left out, for the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PassedOver(pub(super) Vec<&'static str>);

impl PassedOver {
    pub(super) fn leave_out(&mut self, name: &'static str) {
        if !self.0.contains(&name) {
            self.0.push(name);
        }
    }
}

/// Whether they are the same: bits, numbers, length exactly; window and options where written.
pub(super) fn same(
    expected: &Segment,
    found: &Segment,
    offers: Offers,
    over: &mut PassedOver,
) -> Result<(), &'static str> {
    if expected.bits != found.bits {
        return Err("flags");
    }
    if expected.seq.is_some_and(|seq| Some(seq) != found.seq) {
        return Err("sequence number");
    }
    if expected.len != found.len {
        return Err("length");
    }
    let acks = match (expected.ack, found.ack) {
        (Ack::Any, _) | (Ack::Absent, Ack::Absent) => true,
        // Without the ACK bit the field is 0, written or not.
        (Ack::Absent, Ack::Number(n)) | (Ack::Number(n), Ack::Absent) => n == 0,
        (Ack::Number(wanted), Ack::Number(n)) => wanted == n,
        (Ack::Absent | Ack::Number(_), Ack::Any) => false,
    };
    if !acks {
        return Err("acknowledgement number");
    }
    if expected.win.is_some_and(|win| Some(win) != found.win) {
        return Err("window");
    }
    let (OptionList::These(wanted), OptionList::These(list)) = (&expected.options, &found.options)
    else {
        return Ok(());
    };
    if options(wanted, list, offers, over) { Ok(()) } else { Err("options") }
}

/// Whether the packets around them are, as far as it is written; what the stack's habit is unknown
/// of is left out.
pub(super) fn packets(expected: Packet, found: Packet, over: &mut PassedOver) -> bool {
    let mut same = |wanted: Option<u8>, got: Option<u8>, name: &'static str| match (wanted, got) {
        (Some(wanted), Some(got)) => wanted == got,
        (Some(_), None) => {
            over.leave_out(name);
            true
        }
        (None, _) => true,
    };
    let ttl = same(expected.ttl, found.ttl, "not compared: time to live");
    same(expected.tos, found.tos, "not compared: type of service") && ttl
}

fn options(
    wanted: &[TcpOption],
    found: &[TcpOption],
    offers: Offers,
    over: &mut PassedOver,
) -> bool {
    if offers == Offers::Everything {
        return wanted.len() == found.len()
            && wanted.iter().zip(found).all(|(wanted, found)| equal(wanted, found));
    }
    // Nobody says which options the stack sends besides an MSS: the others are taken as written.
    for option in wanted {
        over.leave_out(match option {
            TcpOption::Mss(_) => {
                if !found.contains(option) {
                    return false;
                }
                continue;
            }
            TcpOption::Nop | TcpOption::Eol => continue,
            TcpOption::Wscale(_) => "options not compared: window scale",
            TcpOption::SackOk | TcpOption::Sack(_) => "options not compared: SACK",
            TcpOption::Timestamps { .. } => "options not compared: timestamps",
        });
    }
    true
}

/// The values of timestamps are not compared: nothing here has such a clock.
fn equal(wanted: &TcpOption, found: &TcpOption) -> bool {
    match (wanted, found) {
        (TcpOption::Timestamps { .. }, TcpOption::Timestamps { .. }) => true,
        (
            TcpOption::Nop
            | TcpOption::Eol
            | TcpOption::Mss(_)
            | TcpOption::Wscale(_)
            | TcpOption::SackOk
            | TcpOption::Sack(_)
            | TcpOption::Timestamps { .. },
            _,
        ) => wanted == found,
    }
}
