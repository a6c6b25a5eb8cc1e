//! Floor 5: an application as data.
//!
//! A script has lanes (threads of control), a lane has lines, a line is one operation with what
//! comes next. nginx's lingering close, Go's wait and curl's stop are tables of these. There are no
//! variables, no arithmetic, no conditions other than how an operation ended: whatever needs more
//! is a driver, not a script.

mod turn;

pub use turn::{Armed, LaneEvent, LaneSink, Turned, begin, fire, outside, runnable, turn};

use crate::socket::{Call, Fd};
use crate::wire::{Law, Micros};
use smallvec::SmallVec;

/// An application.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Script {
    /// Threads of control, by number.
    pub lanes: Vec<Lane>,
}

/// A thread of control.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ScriptLane"))]
pub struct Lane {
    /// For people.
    pub name: String,
    /// When it begins.
    pub starts: Starts,
    /// What it does, from the first line.
    pub lines: Vec<Line>,
}

/// When a lane begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Starts {
    /// With the run.
    AtOnce,
    /// When another lane says [`Op::Spawn`].
    Spawned,
}

/// A lane's number.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LaneId(pub u8);

/// One operation and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Line {
    /// What is done.
    pub op: Op,
    /// From being able to do it until doing it: the application's wake-up latency.
    pub wake: Law,
    /// Between two calls of one repeated operation.
    pub gap: Law,
    /// Where to go when it is done.
    pub then: Goto,
    /// Where to go when a call returned an error.
    pub on_error: Goto,
    /// Where to go when a limit was reached.
    pub on_limit: Goto,
    /// The limits.
    pub limit: Limit,
}

/// What ends an operation that repeats or waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Limit {
    /// So many bytes.
    pub bytes: Option<u32>,
    /// One call has waited so long.
    pub idle: Option<Micros>,
    /// The whole operation has taken so long.
    pub total: Option<Micros>,
}

/// Where a lane goes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Goto {
    /// The next line; after the last one the lane ends.
    Next,
    /// This line.
    Line(u8),
    /// Nowhere: the lane ends.
    End,
}

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Op {
    /// A call that blocks until it can be done.
    Call(Call),
    /// A call that is made on a non-blocking socket: EAGAIN instead of waiting.
    Try(Call),
    /// recv() again and again.
    Read {
        /// From here.
        fd: Fd,
        /// At most so many bytes a call.
        chunk: u32,
        /// Until this.
        until: Until,
    },
    /// send() again and again until `total` is written.
    Write {
        /// To here.
        fd: Fd,
        /// So many bytes in all.
        total: u32,
        /// So many a call.
        chunk: u32,
        /// Whether it looks for an answer first.
        look: Look,
    },
    /// poll() until one of these bits (or ERR or HUP).
    Poll {
        /// Of this.
        fd: Fd,
        /// [`crate::socket::Readiness`] bits.
        bits: u8,
    },
    /// Do nothing for so long.
    Sleep(Law),
    /// Do nothing until this instant of the run.
    SleepUntil(Micros),
    /// Start a lane.
    Spawn(LaneId),
    /// Wait until a lane has ended.
    Join(LaneId),
    /// End another lane where it stands.
    Stop(LaneId),
    /// Only go where `then` says.
    Jump,
}

/// Whether a writer looks for something to read before each of its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Look {
    /// It only writes.
    Never,
    /// It peeks without waiting. Data or the end of the stream is a limit that has been reached; an
    /// error is left for the write to meet.
    First,
}

/// When reading is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Until {
    /// One call.
    Once,
    /// The end of the stream.
    Eof,
    /// So many bytes, or the end of the stream.
    Count(u32),
}

impl Line {
    /// An operation that goes on to the next line however it ends, without latency or limits.
    #[must_use]
    pub const fn new(op: Op) -> Line {
        Line {
            op,
            wake: Law::ZERO,
            gap: Law::ZERO,
            then: Goto::Next,
            on_error: Goto::Next,
            on_limit: Goto::Next,
            limit: Limit { bytes: None, idle: None, total: None },
        }
    }

    /// With this wake-up latency.
    #[must_use]
    pub const fn wake(mut self, wake: Law) -> Line {
        self.wake = wake;
        self
    }

    /// With this time between two calls.
    #[must_use]
    pub const fn gap(mut self, gap: Law) -> Line {
        self.gap = gap;
        self
    }

    /// Then there.
    #[must_use]
    pub const fn then(mut self, to: Goto) -> Line {
        self.then = to;
        self
    }

    /// After an error there.
    #[must_use]
    pub const fn on_error(mut self, to: Goto) -> Line {
        self.on_error = to;
        self
    }

    /// After a limit there.
    #[must_use]
    pub const fn on_limit(mut self, to: Goto) -> Line {
        self.on_limit = to;
        self
    }

    /// With these limits.
    #[must_use]
    pub const fn limit(mut self, limit: Limit) -> Line {
        self.limit = limit;
        self
    }
}

impl Lane {
    /// A lane that begins with the run.
    #[must_use]
    pub fn new(name: &str, lines: Vec<Line>) -> Lane {
        Lane { name: name.to_owned(), starts: Starts::AtOnce, lines }
    }
}

impl Script {
    /// An application with one thread of control.
    #[must_use]
    pub fn single(lines: Vec<Line>) -> Script {
        Script { lanes: vec![Lane::new("main", lines)] }
    }
}

/// Timers of a lane.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LaneTimer {
    /// A sleep ends, or a lingering close() has waited long enough.
    Sleep,
    /// One call has waited too long.
    Idle,
    /// The operation has taken too long.
    Total,
}

impl LaneTimer {
    /// All.
    pub const ALL: [LaneTimer; 3] = [LaneTimer::Sleep, LaneTimer::Idle, LaneTimer::Total];
}

/// Where a lane stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LaneState {
    /// What it is doing.
    pub at: At,
    /// The call of this line has begun and waits.
    pub issued: Issued,
    /// Bytes moved by this line so far.
    pub done: u32,
    /// Bytes moved by the call that waits.
    pub in_call: u32,
    /// Armed timers, one bit each.
    pub timers: u8,
}

/// A lane's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /// Not started.
    Dormant,
    /// On this line.
    Line(u8),
    /// Over.
    Ended,
}

/// Whether the call of the line has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Issued {
    /// Not yet.
    No,
    /// It waits inside the kernel.
    Yes,
    /// Not yet, but the line has looked ([`Look::First`]).
    Looked,
}

/// What an application has been told, and how much it has moved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct App {
    /// Its threads of control.
    pub lanes: SmallVec<[LaneState; 2]>,
    /// Its connections, by number.
    pub accounts: SmallVec<[Account; 1]>,
}

/// One connection as its application knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    /// Which connection.
    pub conn: crate::wire::ConnId,
    /// Bytes written (accepted by send()).
    pub wrote: u32,
    /// Bytes read.
    pub read: u32,
    /// The last thing recv() or send() said beyond a count.
    pub told: Told,
}

/// The last thing an application was told of a connection's end.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Told {
    /// Nothing.
    Nothing,
    /// The stream has ended.
    Eof,
    /// An error.
    Error(crate::tcp::Errno),
}

impl App {
    /// Before anything has happened.
    #[must_use]
    pub fn new(script: &Script) -> App {
        let state = |lane: &Lane| LaneState {
            at: match lane.starts {
                Starts::AtOnce if !lane.lines.is_empty() => At::Line(0),
                Starts::AtOnce => At::Ended,
                Starts::Spawned => At::Dormant,
            },
            issued: Issued::No,
            done: 0,
            in_call: 0,
            timers: 0,
        };
        App { lanes: script.lanes.iter().map(state).collect(), accounts: SmallVec::new() }
    }

    /// What is known of a connection.
    #[must_use]
    pub fn account(&self, conn: crate::wire::ConnId) -> Account {
        self.accounts.iter().find(|account| account.conn == conn).copied().unwrap_or(Account {
            conn,
            wrote: 0,
            read: 0,
            told: Told::Nothing,
        })
    }

    pub(crate) fn account_mut(&mut self, conn: crate::wire::ConnId) -> &mut Account {
        let at = self.accounts.iter().position(|account| account.conn == conn);
        let at = at.unwrap_or_else(|| {
            self.accounts.push(Account { conn, wrote: 0, read: 0, told: Told::Nothing });
            self.accounts.len() - 1
        });
        &mut self.accounts[at]
    }
}
