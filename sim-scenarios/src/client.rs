//! Client policies, one a file: does it read while it writes, and does it still read after a write
//! has failed?

mod duplex_abort;
mod duplex_stop;
mod late_reader;
mod read_after_error;
mod write_all_abort;

use sim_core::script::{Line, Look, Op, Script, Until};
use sim_core::socket::{Call, Fd};
use sim_core::wire::{ConnId, Law};

/// The connection's descriptor.
pub const CONN: Fd = Fd(0);
/// The connection's number.
pub const ID: ConnId = ConnId(0);

/// What a client has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Bytes of the request.
    pub request: u32,
    /// Bytes of one write.
    pub chunk: u32,
    /// Between two writes.
    pub gap: Law,
    /// From data being there to reading it.
    pub wake: Law,
    /// The same for a client that is late.
    pub late: Law,
}

/// A client policy.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// As on the command line.
    pub name: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// The whole client.
    pub script: fn(Errand) -> Script,
}

/// Every policy.
pub static ALL: [&Policy; 5] = [
    &write_all_abort::WRITE_ALL_ABORT,
    &duplex_abort::DUPLEX_ABORT,
    &duplex_stop::DUPLEX_STOP,
    &read_after_error::READ_AFTER_ERROR,
    &late_reader::LATE_READER,
];

impl Policy {
    /// The policy with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Policy> {
        ALL.into_iter().find(|policy| policy.name == name)
    }
}

/// connect().
fn connect() -> Line {
    Line::new(Op::Call(Call::Connect(CONN, ID))).on_error(sim_core::script::Goto::End)
}

/// The request, in as many writes as it takes.
fn send(errand: Errand) -> Line {
    Line::new(Op::Write { fd: CONN, total: errand.request, chunk: errand.chunk, look: Look::Never })
        .gap(errand.gap)
}

/// Everything there is to read, to the end of the stream.
fn read_all(wake: Law) -> Line {
    Line::new(Op::Read { fd: CONN, chunk: 65_536, until: Until::Eof }).wake(wake)
}

/// close().
fn close() -> Line {
    Line::new(Op::Call(Call::Close(CONN)))
}
