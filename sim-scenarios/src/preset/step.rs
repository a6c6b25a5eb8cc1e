//! A step of an application, as it is written in a file: one verb and what may stand beside it.
//!
//! The verbs are the socket calls; the words for amounts and delays stand for what the scenario
//! says (`request`, `gap`), so that the same preset serves every size.

use super::text::{Amount, Condition, Delay, Lingering, Target, Time, Until};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `true`: the verb or the modifier is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Yes;

impl Serialize for Yes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

impl<'de> Deserialize<'de> for Yes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Yes, D::Error> {
        match bool::deserialize(deserializer)? {
            true => Ok(Yes),
            false => Err(serde::de::Error::custom("write true, or leave it out")),
        }
    }
}

impl JsonSchema for Yes {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Yes".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "const": true })
    }
}

/// A direction of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// SHUT_RD.
    Read,
    /// SHUT_WR.
    Write,
    /// SHUT_RDWR.
    Both,
}

/// A socket of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// The one connection.
    Connection,
    /// The listening socket of a server.
    Listener,
}

/// What poll() waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bit {
    /// POLLIN.
    In,
    /// POLLOUT.
    Out,
    /// POLLRDHUP.
    RdHup,
}

/// One step: exactly one verb (from `listen` to `go-on`), and modifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Step {
    // --- verbs ---
    /// listen(): connections that may wait to be accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<u8>,
    /// accept().
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept: Option<Yes>,
    /// connect().
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect: Option<Yes>,
    /// recv(), again and again until this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<Until>,
    /// recv(MSG_PEEK).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peek: Option<Yes>,
    /// send(), again and again until so much is handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write: Option<Amount>,
    /// shutdown().
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shutdown: Option<Way>,
    /// setsockopt(SO_LINGER).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linger: Option<Lingering>,
    /// setsockopt(TCP_NODELAY).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_delay: Option<Yes>,
    /// poll() for these, errors and hang-ups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<Vec<Bit>>,
    /// getsockopt(SO_ERROR).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub so_error: Option<Yes>,
    /// close().
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close: Option<Which>,
    /// exit(): every socket is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit: Option<Yes>,
    /// Do nothing for so long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sleep: Option<Delay>,
    /// Do nothing until so long after the beginning of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sleep_until: Option<Time>,
    /// Start another lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Wait until another lane has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join: Option<String>,
    /// End another lane where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<String>,
    /// Only go where `then` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub go_on: Option<Yes>,
    // --- modifiers ---
    /// A name to go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The step is there only if this holds of the declared sizes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// At most so many bytes a call (default: 64KiB to read, everything to write).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunk: Option<Amount>,
    /// Before each write it looks for an answer; one that is there counts as a limit reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look: Option<Yes>,
    /// The call does not wait: EAGAIN instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonblocking: Option<Yes>,
    /// From being able to do it until doing it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake: Option<Delay>,
    /// Between two calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<Delay>,
    /// The longest that one call may wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle: Option<Delay>,
    /// The longest that the step may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Delay>,
    /// The most bytes that the step reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Amount>,
    /// Where to go when it is done (default: next).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<Target>,
    /// Where to go after an error (default: next).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_error: Option<Target>,
    /// Where to go when a limit is reached (default: next).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_limit: Option<Target>,
}
