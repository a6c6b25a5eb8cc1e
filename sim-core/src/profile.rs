//! Floor 4: every question answered for one stack, with sources. Values only: no code decides
//! here, and no rule knows these names.

mod base;
mod freebsd;
mod gvisor;
mod illumos;
mod linux;
mod linux_6_12;
mod lwip;
mod macos;
mod netbsd;
mod netstack3;
mod openbsd;
mod rfc9293;
mod smoltcp;
mod windows_flush;
mod windows_keep;

pub use freebsd::FREEBSD;
pub use gvisor::GVISOR;
pub use illumos::ILLUMOS;
pub use linux::LINUX;
pub use linux_6_12::LINUX_6_12;
pub use lwip::LWIP;
pub use macos::MACOS;
pub use netbsd::NETBSD;
pub use netstack3::NETSTACK3;
pub use openbsd::OPENBSD;
pub use rfc9293::RFC9293;
pub use smoltcp::SMOLTCP;
pub use windows_flush::WINDOWS_FLUSH;
pub use windows_keep::WINDOWS_KEEP;

use crate::answer::{Answer, Basis, Question, Source, Why};
use crate::socket::SocketRules;
use crate::tcp::TcpRules;
use crate::tcp::tuning::TuningAnswers;

/// A stack. There is no `Default`: every question wants a thought.
#[derive(Debug)]
pub struct Profile {
    /// As given on the command line.
    pub name: &'static str,
    /// Which version was read or measured.
    pub version: &'static str,
    /// Behaviour of connections.
    pub tcp: TcpRules,
    /// Behaviour of calls.
    pub socket: SocketRules,
    /// Numbers.
    pub tuning: TuningAnswers,
}

/// Every stack there is. The first three are those that tables show without being asked.
pub static ALL: [&Profile; 14] = [
    &LINUX,
    &FREEBSD,
    &RFC9293,
    &OPENBSD,
    &NETBSD,
    &MACOS,
    &ILLUMOS,
    &GVISOR,
    &LWIP,
    &SMOLTCP,
    &NETSTACK3,
    &WINDOWS_KEEP,
    &WINDOWS_FLUSH,
    &LINUX_6_12,
];

/// The stacks that a table shows without being asked: a measured one, one that was read, and the
/// standard's letter.
pub static USUAL: [&Profile; 3] = [&LINUX, &FREEBSD, &RFC9293];

impl Profile {
    /// The stack with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Profile> {
        ALL.into_iter().find(|profile| profile.name == name)
    }

    /// This stack with one answer of another's: what tests and searches ask what an answer is worth
    /// with. Numbers stay.
    #[must_use]
    pub fn taking(&self, question: Question, from: &Profile) -> Profile {
        let Profile { name, version, tcp, socket, tuning } = self;
        let (mut tcp, mut socket) = (*tcp, *socket);
        let (own, theirs) = (&mut tcp.arrive, &from.tcp.arrive);
        let _ = own.listen.take(question, &theirs.listen)
            || own.syn_received.take(question, &theirs.syn_received)
            || own.syn_sent.take(question, &theirs.syn_sent)
            || own.sequence.take(question, &theirs.sequence)
            || own.reset.take(question, &theirs.reset)
            || own.syn.take(question, &theirs.syn)
            || own.ack.take(question, &theirs.ack)
            || own.text.take(question, &theirs.text)
            || own.fin.take(question, &theirs.fin)
            || own.waiting.take(question, &theirs.waiting)
            || tcp.output.take(question, &from.tcp.output)
            || tcp.timer.take(question, &from.tcp.timer)
            || socket.connect.take(question, &from.socket.connect)
            || socket.close.take(question, &from.socket.close)
            || socket.linger.take(question, &from.socket.linger)
            || socket.shutdown.take(question, &from.socket.shutdown)
            || socket.error.take(question, &from.socket.error);
        Profile { name, version, tcp, socket, tuning: *tuning }
    }

    /// Every question with its answer and its basis, in the order of the floors.
    #[must_use]
    pub fn answers(&self) -> Vec<(Question, String, Basis)> {
        let Profile { name: _, version: _, tcp, socket, tuning } = self;
        let arrive = &tcp.arrive;
        [
            arrive.listen.answers(),
            arrive.syn_received.answers(),
            arrive.syn_sent.answers(),
            arrive.sequence.answers(),
            arrive.reset.answers(),
            arrive.syn.answers(),
            arrive.ack.answers(),
            arrive.text.answers(),
            arrive.fin.answers(),
            arrive.waiting.answers(),
            tcp.output.answers(),
            tcp.timer.answers(),
            socket.connect.answers(),
            socket.close.answers(),
            socket.linger.answers(),
            socket.shutdown.answers(),
            socket.error.answers(),
            tuning.answers(),
        ]
        .concat()
    }
}

/// Read in a source, or measured.
const fn known<T>(value: T, source: &'static str) -> Answer<T> {
    Answer::Known(value, Source(source))
}

/// Taken for a reason.
const fn assumed<T>(value: T, why: &'static str) -> Answer<T> {
    Answer::Assumed(value, Why(why))
}
