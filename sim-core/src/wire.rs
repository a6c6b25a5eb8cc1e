//! Floor 0: the words of the protocol.
//!
//! Missing: options other than MSS (no SACK, timestamps, window scale as an option), urgent data,
//! checksums, addresses. Who could notice: a capture would; what an application reads would not.

pub mod law;
mod segment;
mod seq;
mod span;
mod state;

pub use law::{Bound, Due, Growth, Law, Micros, millis};
pub use segment::{ConnId, Flags, Segment};
pub use seq::Seq;
pub use span::Span;
pub(crate) use span::{insert as span_insert, remove as span_remove};
pub use state::State;

/// Which of the two hosts. By convention side A opens the connection (the client).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Side {
    /// The client, in scenarios that have one.
    A,
    /// The server, in scenarios that have one.
    B,
}

impl Side {
    /// Both sides, in the order in which everything is listed.
    pub const BOTH: [Side; 2] = [Side::A, Side::B];

    /// The other side.
    #[must_use]
    pub const fn peer(self) -> Side {
        match self {
            Side::A => Side::B,
            Side::B => Side::A,
        }
    }

    /// Position in arrays that hold one thing a side.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Side::A => 0,
            Side::B => 1,
        }
    }
}
