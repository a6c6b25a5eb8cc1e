//! A stack nobody has: the answers that no shipped profile gives, so that every rule has a row.

use sim_core::answer::{Answer, Why};
use sim_core::profile::{LINUX, Profile};
use sim_core::tcp::arrive::{ArriveRules, reset, text};
use sim_core::tcp::{TcpRules, output};

const fn taken<T>(value: T) -> Answer<T> {
    Answer::Assumed(value, Why("no shipped stack answers so"))
}

/// As the measured kernel, but for answers that nobody whose sources were read gives.
pub static OTHER: Profile = Profile {
    name: "other",
    version: "nobody's",
    tcp: TcpRules {
        arrive: ArriveRules {
            reset: reset::ResetRules {
                receive_queue: taken(reset::ReceiveQueue::FlushOnWrite),
                ..LINUX.tcp.arrive.reset
            },
            text: text::TextRules {
                orphan: taken(text::LateData::Discard),
                ..LINUX.tcp.arrive.text
            },
            ..LINUX.tcp.arrive
        },
        output: output::OutputRules {
            fin: taken(output::FinPlace::AfterAllAcked),
            ..LINUX.tcp.output
        },
        ..LINUX.tcp
    },
    ..LINUX
};
