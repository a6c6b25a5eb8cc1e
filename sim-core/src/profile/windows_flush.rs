//! Windows as documentation and reports tell it, in the other reading of the reports: what was
//! delivered and not read is gone with a RST. Everything else is taken over from the first reading.

use super::{Profile, WINDOWS_KEEP, assumed};
use crate::tcp::TcpRules;
use crate::tcp::arrive::{ArriveRules, reset};

/// Windows, where a RST destroys what is unread.
pub static WINDOWS_FLUSH: Profile = Profile {
    name: "windows-flush",
    tcp: TcpRules {
        arrive: ArriveRules {
            reset: reset::ResetRules {
                receive_queue: assumed(
                    reset::ReceiveQueue::Flush,
                    "reports of unread bytes gone (dotnet/runtime 57186, others)",
                ),
                ..WINDOWS_KEEP.tcp.arrive.reset
            },
            ..WINDOWS_KEEP.tcp.arrive
        },
        ..WINDOWS_KEEP.tcp
    },
    ..WINDOWS_KEEP
};
