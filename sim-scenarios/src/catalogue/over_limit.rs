//! The founding case: a server over its connection limit answers 503 without having read the
//! request, and closes.

use crate::case::{Case, Impossible, Scenario, Size};
use crate::preset::Actor;
use sim_core::profile::Profile;
use sim_core::wire::{Law, millis};

/// How long things take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Laws {
    /// The round trip, one draw a run.
    pub round_trip: Law,
    /// Between two writes of the client.
    pub gap: Law,
    /// From data being there to the client's reading it.
    pub wake: Law,
    /// The same for a client that is late.
    pub late: Law,
    /// From a connection being there to accept().
    pub accept: Law,
}

/// The laws of this story; its files say the same, and a test compares them.
pub const LAWS: Laws = Laws {
    round_trip: Law::Uniform(millis(10), millis(200)),
    gap: Law::Uniform(0, millis(20)),
    wake: Law::Uniform(0, millis(5)),
    late: Law::Uniform(0, millis(200)),
    accept: Law::Uniform(0, millis(5)),
};

/// What is varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// 16 KiB in four writes, answered by 512 bytes.
    Upload,
    /// 200 bytes in one write: no later write can fail.
    SmallRequest,
    /// As `Upload`, answered by 64 KiB: more than the initial window.
    LargeReply,
}

impl Variant {
    /// All.
    pub const ALL: [Variant; 3] = [Variant::Upload, Variant::SmallRequest, Variant::LargeReply];

    /// As on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Variant::Upload => "upload",
            Variant::SmallRequest => "small-request",
            Variant::LargeReply => "large-reply",
        }
    }

    /// The variant with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Variant> {
        Variant::ALL.into_iter().find(|variant| variant.name() == name)
    }

    /// Request, one write of it, reply; as in the story's file, and a test compares them.
    #[must_use]
    pub const fn bytes(self) -> (u32, u32, u32) {
        match self {
            Variant::Upload => (16_384, 4_096, 512),
            Variant::SmallRequest => (200, 200, 512),
            Variant::LargeReply => (16_384, 4_096, 65_536),
        }
    }
}

/// The case for one server, one client, two stacks, at full size: the variant's story with these.
///
/// # Panics
/// Where the story is no longer there: a mistake in this program, and a test asks for each.
#[must_use]
pub fn case(
    variant: Variant,
    server: impl Into<Actor>,
    client: impl Into<Actor>,
    stacks: [&'static Profile; 2],
) -> Case {
    let Some(story) = super::story(variant.name()) else {
        panic!("the founding case has lost its story {}", variant.name());
    };
    Case { server: server.into(), client: client.into(), stacks, ..story }
}

/// The scenario for one server, one client, two stacks.
///
/// # Errors
/// A number that a profile does not give.
pub fn over_limit(
    (variant, size): (Variant, Size),
    server: impl Into<Actor>,
    client: impl Into<Actor>,
    stacks: [&'static Profile; 2],
) -> Result<Scenario, Impossible> {
    case(variant, server, client, stacks).at(size).scenario()
}
