//! Closing strategies of servers, one a file.
//!
//! A strategy is the part of a server's script between accept() and the end: when it reads, when it
//! answers, how it closes. Its numbers are knobs with defaults; a [`Closing`] is a strategy with
//! its knobs set, written `lingering-close{idle=5s,total=30s,bytes=none}`.

mod close;
mod closing;
mod drain;
mod linger0;
mod lingering_close;
mod shutdown_close;
mod wait_close;

pub use closing::{Closing, Knob, Unfit, Unit, Values, time};

use sim_core::script::{Lane, Line, Look, Op, Script};
use sim_core::socket::{Call, Fd};
use sim_core::wire::Law;

/// The listener's descriptor.
pub const LISTENER: Fd = Fd(0);
/// The accepted connection's descriptor.
pub const CONN: Fd = Fd(1);

/// What a server has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// Bytes the client declares.
    pub request: u32,
    /// Bytes of the answer.
    pub reply: u32,
    /// From being able to accept to accepting.
    pub accept: Law,
    /// Connections that may wait.
    pub backlog: u8,
}

/// A closing strategy.
#[derive(Clone, Copy, Debug)]
pub struct Strategy {
    /// As on the command line.
    pub name: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// Its numbers, with their defaults.
    pub knobs: &'static [Knob],
    /// Its lines after accept(); line numbers count from 0 here.
    pub lines: fn(Job, Values) -> Vec<Line>,
}

/// Every strategy.
pub static ALL: [&Strategy; 6] = [
    &close::CLOSE,
    &linger0::LINGER0,
    &shutdown_close::SHUTDOWN_CLOSE,
    &wait_close::WAIT_CLOSE,
    &lingering_close::LINGERING_CLOSE,
    &drain::DRAIN,
];

impl Strategy {
    /// The strategy with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Strategy> {
        ALL.into_iter().find(|strategy| strategy.name == name)
    }

    /// The whole server, with every knob at its default.
    #[must_use]
    pub fn script(&'static self, job: Job) -> Script {
        Closing::from(self).script(job)
    }
}

/// listen(), accept(), and then what the strategy says.
fn whole(job: Job, lines: Vec<Line>) -> Script {
    let mut all = vec![
        Line::new(Op::Call(Call::Listen(LISTENER, job.backlog))),
        Line::new(Op::Call(Call::Accept(LISTENER, CONN))).wake(job.accept),
    ];
    all.extend(lines);
    Script { lanes: vec![Lane::new("server", all)] }
}

/// The answer in one write.
fn answer(job: Job) -> Line {
    Line::new(Op::Write { fd: CONN, total: job.reply, chunk: job.reply.max(1), look: Look::Never })
}

/// close().
fn close() -> Line {
    Line::new(Op::Call(Call::Close(CONN)))
}

/// shutdown(SHUT_WR).
fn half_close() -> Line {
    Line::new(Op::Call(Call::Shutdown(CONN, sim_core::socket::Which::Wr)))
}
