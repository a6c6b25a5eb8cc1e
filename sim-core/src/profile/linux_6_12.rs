//! Linux 6.12 where it differs from 6.18, as read in its sources (file and function), not measured.
//!
//! Two answers changed within the stable series since: what close() counts as unread (2025-09), and
//! an ACK of something never sent (7.1, taken into 6.18 as well). Everything else is taken over.

use super::{LINUX, Profile, known};
use crate::tcp::TcpRules;
use crate::tcp::arrive::{ArriveRules, ack, fin};

/// Linux 6.12.
pub static LINUX_6_12: Profile = Profile {
    name: "linux-6-12",
    version: "Linux 6.12",
    tcp: TcpRules {
        arrive: ArriveRules {
            ack: ack::AckRules {
                future: known(
                    ack::FutureAck::SilentInEstablished,
                    "net/ipv4/tcp_input.c tcp_ack, tcp_rcv_established: dropped without a word",
                ),
                ..LINUX.tcp.arrive.ack
            },
            fin: fin::FinRules {
                repeat: known(
                    fin::FinRepeat::Unread,
                    "net/ipv4/tcp.c __tcp_close before 5f9238530970 counts whole segments",
                ),
                ..LINUX.tcp.arrive.fin
            },
            ..LINUX.tcp.arrive
        },
        ..LINUX.tcp
    },
    ..LINUX
};
