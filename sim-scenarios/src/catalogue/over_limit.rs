//! The founding case: a server over its connection limit answers 503 without having read the
//! request, and closes.

use super::Scenario;
use crate::client::{self, Errand, Policy};
use crate::server::{Closing, Job};
use sim_core::answer::Halt;
use sim_core::profile::Profile;
use sim_core::report::outcome::Reply;
use sim_core::wire::{Law, Side, millis};
use sim_core::world::{Budget, End, Path, Setup};

/// One case of the story, as it is chosen on a command line or by a token.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What is varied.
    pub variant: Variant,
    /// At which size.
    pub size: Size,
    /// How the server closes.
    pub server: Closing,
    /// What the client does.
    pub client: &'static Policy,
    /// The client's stack, the server's stack.
    pub stacks: [&'static Profile; 2],
    /// How often each link may misbehave.
    pub budget: Budget,
}

impl Case {
    /// The scenario of this case.
    ///
    /// # Errors
    /// A number that a profile does not give.
    pub fn scenario(&self) -> Result<Scenario, Halt> {
        let of = (self.variant, self.size);
        let mut scenario = over_limit(of, self.server, self.client, self.stacks)?;
        for link in &mut scenario.setup.links {
            link.budget = self.budget;
        }
        Ok(scenario)
    }
}

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

/// The laws of this story.
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

/// At which size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// As it is.
    Full,
    /// A few segments: what is explored.
    Small,
    /// Twice as many: what shows that the small size says the same.
    Medium,
}

impl Size {
    /// All.
    pub const ALL: [Size; 3] = [Size::Full, Size::Small, Size::Medium];

    /// As on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Size::Full => "full",
            Size::Small => "small",
            Size::Medium => "medium",
        }
    }
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

    /// Request, one write of it, reply.
    #[must_use]
    pub const fn bytes(self, size: Size) -> (u32, u32, u32) {
        match (self, size) {
            (Variant::Upload, Size::Full) => (16_384, 4_096, 512),
            (Variant::SmallRequest, Size::Full) => (200, 200, 512),
            (Variant::LargeReply, Size::Full) => (16_384, 4_096, 65_536),
            (Variant::Upload, Size::Small) => (2_920, 1_460, 512),
            (Variant::SmallRequest, Size::Small) => (200, 200, 512),
            (Variant::LargeReply, Size::Small) => (2_920, 1_460, 4_380),
            (Variant::Upload, Size::Medium) => (5_840, 1_460, 512),
            (Variant::SmallRequest, Size::Medium) => (400, 400, 1_024),
            (Variant::LargeReply, Size::Medium) => (2_920, 1_460, 7_300),
        }
    }
}

/// The scenario for one server, one client, two stacks.
///
/// # Errors
/// A number that a profile does not give.
pub fn over_limit(
    (variant, size): (Variant, Size),
    strategy: impl Into<Closing>,
    policy: &Policy,
    [client_stack, server_stack]: [&'static Profile; 2],
) -> Result<Scenario, Halt> {
    let (request, chunk, reply) = variant.bytes(size);
    let Laws { round_trip, gap, wake, late, accept } = LAWS;
    let errand = Errand { request, chunk, gap, wake, late };
    let job = Job { request, reply, accept, backlog: 8 };
    let ends = [End::Script((policy.script)(errand)), End::Script(strategy.into().script(job))];
    let mut setup =
        Setup::new(ends, [client_stack, server_stack], Path::RoundTrip(round_trip))?;
    shrink(&mut setup, variant, size);
    Ok(Scenario {
        name: format!("over-limit/{}", variant.name()),
        about: "a server over its limit answers 503 without having read the request".to_owned(),
        setup,
        reply: Reply { from: Side::B, conn: client::ID, bytes: reply },
    })
}

/// The small sizes keep what decides: a reply that is larger than the initial window stays larger.
fn shrink(setup: &mut Setup, variant: Variant, size: Size) {
    let window = match (variant, size) {
        (Variant::LargeReply, Size::Small) => 2,
        (Variant::LargeReply, Size::Medium) => 3,
        (Variant::LargeReply | Variant::Upload | Variant::SmallRequest, _) => return,
    };
    for tuning in &mut setup.tuning {
        tuning.initial_cwnd = window;
    }
}
