//! A segment that was sent beside the one that was expected.

use super::habits::Offers;
use super::script::{Ack, OptionList, Segment, TcpOption};

/// What of the comparison was left out, for the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PassedOver(pub(super) Vec<&'static str>);

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
        let name = match option {
            TcpOption::Mss(_) => {
                if !found.contains(option) {
                    return false;
                }
                continue;
            }
            TcpOption::Nop | TcpOption::Eol => continue,
            TcpOption::Wscale(_) => "window scale",
            TcpOption::SackOk | TcpOption::Sack(_) => "SACK",
            TcpOption::Timestamps { .. } => "timestamps",
        };
        if !over.0.contains(&name) {
            over.0.push(name);
        }
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
