//! Closing strategies of servers, one a file.
//!
//! A strategy is the part of a server's script between accept() and the end: when it reads, when it
//! answers, how it closes.

mod close;
mod drain;
mod linger0;
mod lingering_close;
mod shutdown_close;
mod wait_close;

use sim_core::script::{Lane, Line, Op, Script};
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
    /// Its lines after accept(); line numbers count from 0 here.
    pub lines: fn(Job) -> Vec<Line>,
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

    /// The whole server.
    #[must_use]
    pub fn script(&self, job: Job) -> Script {
        let mut lines = vec![
            Line::new(Op::Call(Call::Listen(LISTENER, job.backlog))),
            Line::new(Op::Call(Call::Accept(LISTENER, CONN))).wake(job.accept),
        ];
        lines.extend((self.lines)(job));
        Script { lanes: vec![Lane::new("server", lines)] }
    }
}

/// The answer in one write.
fn answer(job: Job) -> Line {
    Line::new(Op::Write { fd: CONN, total: job.reply, chunk: job.reply.max(1) })
}

/// close().
fn close() -> Line {
    Line::new(Op::Call(Call::Close(CONN)))
}

/// shutdown(SHUT_WR).
fn half_close() -> Line {
    Line::new(Op::Call(Call::Shutdown(CONN, sim_core::socket::Which::Wr)))
}
