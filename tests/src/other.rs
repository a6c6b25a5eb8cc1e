//! A stack nobody has: the answers that no shipped profile gives, so that every rule has a row.

use sim_core::answer::{Answer, Why};
use sim_core::profile::{LINUX, Profile};
use sim_core::tcp::arrive::{ArriveRules, listen, reset, syn, text, waiting};
use sim_core::tcp::{TcpRules, output};

const fn taken<T>(value: T) -> Answer<T> {
    Answer::Assumed(value, Why("no shipped stack answers so"))
}

/// As its neighbour, but by the letter of RFC 793 where that differs.
pub static OTHER: Profile = Profile {
    name: "other",
    version: "nobody's",
    tcp: TcpRules {
        arrive: ArriveRules {
            listen: listen::ListenRules {
                overflow_syn: taken(listen::OverflowSyn::Accept),
                ..LINUX.tcp.arrive.listen
            },
            reset: reset::ResetRules {
                accept: taken(reset::Accept::Window),
                receive_queue: taken(reset::ReceiveQueue::Flush),
                ..LINUX.tcp.arrive.reset
            },
            syn: syn::SynRules { in_sync: taken(syn::InSync::Reset) },
            text: text::TextRules {
                orphan: taken(text::LateData::Discard),
                ..LINUX.tcp.arrive.text
            },
            waiting: waiting::WaitingRules {
                text: taken(waiting::TimeWaitText::Reset),
                ..LINUX.tcp.arrive.waiting
            },
            ..LINUX.tcp.arrive
        },
        output: output::OutputRules {
            fin: taken(output::FinPlace::Own),
            resend: taken(output::Resend::AsSent),
            ..LINUX.tcp.output
        },
        ..LINUX.tcp
    },
    ..LINUX
};
