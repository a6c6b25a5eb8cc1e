//! A scenario as it is written.

use super::text::{LawText, Name, Size, Stack};
use crate::case::Numbers;
use crate::claim::Claim;
use crate::preset::{Knob, Lane, Step};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A scenario: who asks for how much, who answers how and closes, over which path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Doc {
    /// A word for it: small letters, digits and -.
    pub name: Name,
    /// What it is about, in a sentence.
    #[schemars(length(max = 400))]
    pub about: String,
    /// What people should know about it, as long as it takes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 8_000))]
    pub tells: String,
    /// How much of the applications has happened when a run begins.
    #[serde(default, skip_serializing_if = "StartsAt::is_listening")]
    pub start: StartsAt,
    /// What the client asks.
    pub request: RequestPart,
    /// What the server answers.
    pub reply: ReplyPart,
    /// How the server answers and closes.
    pub server: Server,
    /// What the client does.
    pub client: Client,
    /// How long segments take, and what may happen to them.
    pub path: PathPart,
    /// What holds of it.
    #[serde(default, rename = "claim", skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub claims: Vec<Claim>,
}

/// How much of the applications has happened when a run begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StartsAt {
    /// Nothing: a client may connect before anybody listens.
    Fresh,
    /// The server listens.
    #[default]
    Listening,
}

impl StartsAt {
    fn is_listening(&self) -> bool {
        *self == StartsAt::Listening
    }
}

/// What the client asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RequestPart {
    /// Its bytes, as they are declared.
    pub size: Size,
    /// What the client hands over in one call; without it a quarter, at most 64KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<Size>,
    /// Between two writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<LawText>,
}

/// What the server answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReplyPart {
    /// Its bytes.
    pub size: Size,
}

/// How the server answers and closes: a strategy by name, or its own steps or lanes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Server {
    /// Its TCP stack (linux without it).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<Stack>,
    /// A strategy with its numbers, as on the command line: lingering-close:idle=2s.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub strategy: Option<String>,
    /// From a connection being there to accept().
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept: Option<LawText>,
    /// Connections that may wait to be accepted (8 without it).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backlog: Option<u8>,
    /// Numbers of its stack, as in closerace show STACK.
    #[serde(skip_serializing_if = "Numbers::is_empty")]
    pub tuning: Numbers,
    /// Numbers of its own steps.
    #[serde(rename = "knob", skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub knobs: Vec<Knob>,
    /// Its own steps, after accept().
    #[serde(rename = "step", skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200))]
    pub steps: Vec<Step>,
    /// Its own threads of control.
    #[serde(rename = "lane", skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    pub lanes: Vec<Lane>,
}

/// What the client does: a policy by name, or its own steps or lanes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Client {
    /// Its TCP stack (linux without it).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<Stack>,
    /// A policy with its numbers, as on the command line: duplex/abort.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub policy: Option<String>,
    /// From data being there to its reading it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake: Option<LawText>,
    /// The same for a client that is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late: Option<LawText>,
    /// Numbers of its stack, as in closerace show STACK.
    #[serde(skip_serializing_if = "Numbers::is_empty")]
    pub tuning: Numbers,
    /// Numbers of its own steps.
    #[serde(rename = "knob", skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub knobs: Vec<Knob>,
    /// Its own steps.
    #[serde(rename = "step", skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200))]
    pub steps: Vec<Step>,
    /// Its own threads of control.
    #[serde(rename = "lane", skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    pub lanes: Vec<Lane>,
}

/// How long segments take: the round trip, or each way by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct PathPart {
    /// The round trip, half of it each way: one draw a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt: Option<LawText>,
    /// One way, to the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_server: Option<LawText>,
    /// One way, to the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_client: Option<LawText>,
    /// The link to the server.
    #[serde(skip_serializing_if = "Link::is_plain")]
    pub link_to_server: Link,
    /// The link to the client.
    #[serde(skip_serializing_if = "Link::is_plain")]
    pub link_to_client: Link,
}

/// What a link carries, and what it may do to segments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Link {
    /// Bytes a second; without it a segment takes no time to send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Size>,
    /// How much longer a segment takes than the path says: a draw for each; they stay in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter: Option<LawText>,
    /// Segments that it may lose.
    #[serde(skip_serializing_if = "is_zero")]
    pub loss: u8,
    /// Segments that it may deliver twice.
    #[serde(skip_serializing_if = "is_zero")]
    pub repeat: u8,
    /// Segments that may overtake older ones.
    #[serde(skip_serializing_if = "is_zero")]
    pub reorder: u8,
}

impl Link {
    fn is_plain(&self) -> bool {
        *self == Link::default()
    }
}

fn is_zero(n: &u8) -> bool {
    *n == 0
}
