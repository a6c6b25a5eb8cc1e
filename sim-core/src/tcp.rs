//! Floor 2: one connection.
//!
//! A [`Sock`] is what a stack keeps for one socket. Its [`Phase`] has one variant per shape of
//! data; the eleven names are derived. [`arrive`] is SEGMENT ARRIVES, [`output`] what may be sent
//! now, [`timer`] what a timer does when it fires. Sequence numbers appear on segments only:
//! inside, everything is counted from the initial numbers (SYN is 0, the first byte is 1), so two
//! connections that differ in nothing else are equal.
//!
//! Missing: SACK, timestamps, PAWS, window scaling as an option, urgent data, keep-alive, ECN, MTU
//! discovery, fast open, RTT estimation. Who could notice: a packet counter on a lossy path; which
//! bytes an application reads does not change, except where a reset strikes during a repair.

pub mod arrive;
pub(crate) mod cx;
mod errno;
pub mod memory;
pub mod output;
mod recv;
pub mod rule;
mod send;
mod sock;
pub mod timer;
pub mod tuning;

pub use arrive::Table as ArriveTable;
pub use cx::{Cx, Note, NoteSink, TableView, Whose};
pub use errno::Errno;
pub use recv::{Acks, Owed, RecvHalf};
pub use rule::Rule;
pub use send::{Fin, Repair, SendHalf};
pub use sock::{
    By, Cause, Closed, Conn, Gone, Linger, Listen, OpenedBy, Opening, Owner, Phase, Shut, Sock,
    Stage, Switch, WaitStage, Waiting,
};
pub use timer::{Timer, Timers};

/// Every question the TCP rules ask, by the file that asks.
#[derive(Clone, Copy, Debug)]
pub struct TcpRules {
    /// `tcp/arrive/*`.
    pub arrive: arrive::ArriveRules,
    /// `tcp/output.rs`.
    pub output: output::OutputRules,
    /// `tcp/timer.rs`.
    pub timer: timer::TimerRules,
}
