//! Changes of a story: what a command line says beside its name, and what a token carries.

use super::Case;
use crate::units::{self, Unreadable, show_law, show_size};
use sim_core::wire::{Law, Micros, Side};
use sim_core::world::Path;
use std::fmt;

/// What can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Bytes of the request.
    Request,
    /// Bytes of one write of it.
    Write,
    /// Bytes of the answer.
    Reply,
    /// The round trip, half of it each way.
    Rtt,
    /// From the client to the server; the way back is as long until it is set as well.
    ToServer,
    /// From the server to the client; the other way is as long until it is set as well.
    ToClient,
    /// Between two writes of the client.
    Gap,
    /// From data being there to the client's reading it.
    Wake,
    /// The same for a client that is late.
    Late,
    /// From a connection being there to accept().
    Accept,
    /// How much longer each segment takes than the path says.
    Jitter,
    /// Bytes a second, each way.
    Rate,
    /// Bytes that each send buffer holds.
    SendBuffer,
    /// Bytes that each receive buffer holds: the largest window.
    ReceiveBuffer,
}

/// A change: what, and the new value as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub key: Key,
    /// The value, as short as it can be written.
    pub value: String,
}

impl Key {
    /// All, in the order in which a token has them.
    pub const ALL: [Key; 14] = [
        Key::Request,
        Key::Write,
        Key::Reply,
        Key::Rtt,
        Key::ToServer,
        Key::ToClient,
        Key::Gap,
        Key::Wake,
        Key::Late,
        Key::Accept,
        Key::Jitter,
        Key::Rate,
        Key::SendBuffer,
        Key::ReceiveBuffer,
    ];

    /// As on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Key::Request => "request",
            Key::Write => "write",
            Key::Reply => "reply",
            Key::Rtt => "rtt",
            Key::ToServer => "to-server",
            Key::ToClient => "to-client",
            Key::Gap => "gap",
            Key::Wake => "wake",
            Key::Late => "late",
            Key::Accept => "accept",
            Key::Jitter => "jitter",
            Key::Rate => "rate",
            Key::SendBuffer => "send-buffer",
            Key::ReceiveBuffer => "receive-buffer",
        }
    }

    /// Whether a value of this key makes an earlier one of the other void.
    fn replaces(self, other: Key) -> bool {
        self == other
            || match self {
                Key::Rtt => matches!(other, Key::ToServer | Key::ToClient),
                Key::ToServer | Key::ToClient => other == Key::Rtt,
                Key::Request
                | Key::Write
                | Key::Reply
                | Key::Gap
                | Key::Wake
                | Key::Late
                | Key::Accept
                | Key::Jitter
                | Key::Rate
                | Key::SendBuffer
                | Key::ReceiveBuffer => false,
            }
    }

    /// The key with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Key> {
        Key::ALL.into_iter().find(|key| key.name() == name)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.key.name(), self.value)
    }
}

/// The largest write that a request is cut into when nobody says (bytes).
const LARGEST_WRITE: u32 = 65_536;
/// The smallest buffer that can be asked for (bytes).
const SMALLEST_BUFFER: u32 = 4_096;

/// What a request is cut into when nobody says: four writes, each of at most 64 KiB.
#[must_use]
pub fn usual_write(request: u32) -> u32 {
    request.div_ceil(4).clamp(1, LARGEST_WRITE)
}

impl Case {
    /// Changes the story. A request whose writes nobody set comes in four, each of at most 64 KiB.
    ///
    /// # Errors
    /// What is not a value.
    pub fn change(&mut self, key: Key, text: &str) -> Result<(), Unreadable> {
        let value = match key {
            Key::Request
            | Key::Write
            | Key::Reply
            | Key::Rate
            | Key::SendBuffer
            | Key::ReceiveBuffer => {
                let bytes = units::size(text)?;
                self.resize(key, bytes).map_err(|form| Unreadable {
                    text: text.to_owned(),
                    what: "size that is possible here",
                    form: form.to_owned(),
                })?;
                show_size(bytes)
            }
            Key::Rtt
            | Key::ToServer
            | Key::ToClient
            | Key::Gap
            | Key::Wake
            | Key::Late
            | Key::Accept
            | Key::Jitter => {
                let law = units::law(text)?;
                match key {
                    Key::Rtt => self.path = Path::RoundTrip(law),
                    Key::ToServer => self.one_way(Side::B, law),
                    Key::ToClient => self.one_way(Side::A, law),
                    Key::Gap => self.job.gap = law,
                    Key::Wake => self.job.wake = law,
                    Key::Late => self.job.late = law,
                    Key::Accept => self.job.accept = law,
                    Key::Jitter => self.links.iter_mut().for_each(|link| link.jitter = law),
                    Key::Request
                    | Key::Write
                    | Key::Reply
                    | Key::Rate
                    | Key::SendBuffer
                    | Key::ReceiveBuffer => {}
                }
                show_law(law)
            }
        };
        self.changes.retain(|change| !key.replaces(change.key));
        self.changes.push(Change { key, value });
        self.changes.sort_by_key(|change| Key::ALL.iter().position(|key| *key == change.key));
        Ok(())
    }

    /// One way of a path; the other one is as long where it was part of a round trip.
    fn one_way(&mut self, to: Side, law: Law) {
        let (there, back) = match self.path {
            Path::RoundTrip(_) => (law, law),
            Path::OneWay(there, back) => (there, back),
        };
        self.path = match to {
            Side::B => Path::OneWay(law, back),
            Side::A => Path::OneWay(there, law),
        };
    }

    fn resize(&mut self, key: Key, bytes: u32) -> Result<(), &'static str> {
        let is_set = |key| self.changes.iter().any(|change| change.key == key);
        match key {
            Key::Request if bytes == 0 => return Err("a request has at least one byte"),
            Key::Reply if bytes == 0 => return Err("an answer has at least one byte"),
            Key::Write if bytes == 0 => return Err("a write has at least one byte"),
            Key::SendBuffer | Key::ReceiveBuffer if bytes < SMALLEST_BUFFER => {
                return Err("a buffer has at least 4KiB, as Linux's have");
            }
            Key::Rate if bytes == 0 => return Err("a link carries at least one byte a second"),
            Key::Request => {
                if !is_set(Key::Write) && bytes != self.job.request {
                    self.job.write = usual_write(bytes);
                }
                self.job.request = bytes;
            }
            Key::Write => self.job.write = bytes,
            Key::Reply => self.job.reply = bytes,
            Key::SendBuffer => self.buffers[0] = Some(bytes),
            Key::ReceiveBuffer => self.buffers[1] = Some(bytes),
            Key::Rate => self.links.iter_mut().for_each(|link| link.rate = Some(bytes.into())),
            Key::Rtt
            | Key::ToServer
            | Key::ToClient
            | Key::Gap
            | Key::Wake
            | Key::Late
            | Key::Accept
            | Key::Jitter => {}
        }
        Ok(())
    }
}

/// Nothing here is longer than a day, so sums of times stay far from overflow.
const _: () = assert!((units::LONGEST as u128) * 4096 < Micros::MAX as u128);
