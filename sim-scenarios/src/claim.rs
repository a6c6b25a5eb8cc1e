//! What a story claims, as data: a verdict that must hold under a named pace and budget, for the
//! story as it is or with something changed. [`check`] explores it at the small size and runs it at
//! full size.

mod check;

pub use check::{Effort, Fared, Judged, check, variants};

use crate::case::{Case, Key};
use crate::file::{LawText, Pair, Share, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim_core::pace::PaceName;
use sim_core::report::outcome::Word;
use sim_core::tcp::Gone;
use sim_core::world::Budget;

/// A verdict that must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Claim {
    /// For people: what it says, in a sentence.
    #[schemars(length(max = 400))]
    pub says: String,
    /// On which stacks; without it on the story's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub on: Vec<Pair>,
    /// What is changed of the story.
    #[serde(skip_serializing_if = "With::is_empty")]
    pub with: With,
    /// Which orders are looked at.
    #[serde(skip_serializing_if = "Orders::is_racing")]
    pub pace: Orders,
    /// Segments that each link may lose.
    #[serde(skip_serializing_if = "is_zero")]
    pub loss: u8,
    /// Segments that each link may deliver twice.
    #[serde(skip_serializing_if = "is_zero")]
    pub repeat: u8,
    /// Segments that may overtake older ones.
    #[serde(skip_serializing_if = "is_zero")]
    pub reorder: u8,
    /// The application has read the whole answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Ever>,
    /// The answer is short and ends in a clean end of the stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Ever>,
    /// The answer is short or missing, and the application knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Ever>,
    /// The application waits for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stuck: Option<Ever>,
    /// No answer goes missing for another reason than these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub only_causes: Vec<Why>,
    /// For each of these reasons an answer goes missing in some order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub causes: Vec<Why>,
    /// How much of an answer that is not whole the application reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reads: Option<Reads>,
    /// How often, in virtual time at full size.
    #[serde(skip_serializing_if = "Shares::is_empty")]
    pub share: Shares,
    /// Rules by which the client's stack decides in some order (`closerace explain RULE`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(max = 60)))]
    pub decides: Vec<String>,
    /// Rules by which it decides in none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(max = 60)))]
    pub never_decides: Vec<String>,
    /// The question without an answer that the first order which needs one needs. What is possible
    /// may be claimed beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 60))]
    pub unanswered: Option<String>,
}

fn is_zero(n: &u8) -> bool {
    *n == 0
}

/// What is changed of a story for one claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct With {
    /// How the server closes, as on the command line: wait-close:wait=1s.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub server: Option<String>,
    /// What the client does, as on the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub client: Option<String>,
    /// Bytes of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Size>,
    /// Bytes that the client hands over in one call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write: Option<Size>,
    /// Bytes of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<Size>,
    /// The round trip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt: Option<LawText>,
    /// Between two writes of the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<LawText>,
    /// From data being there to the client's reading it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake: Option<LawText>,
    /// The same for a client that is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late: Option<LawText>,
    /// From a connection being there to accept().
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept: Option<LawText>,
    /// Bytes a second, each way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Size>,
    /// Bytes that each send buffer holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_buffer: Option<Size>,
    /// Bytes that each receive buffer holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receive_buffer: Option<Size>,
}

impl With {
    fn is_empty(&self) -> bool {
        *self == With::default()
    }

    /// The changes of the case's numbers, as a command line would say them.
    #[must_use]
    pub fn changes(&self) -> Vec<(Key, String)> {
        let With {
            server: _,
            client: _,
            request,
            write,
            reply,
            rtt,
            gap,
            wake,
            late,
            accept,
            rate,
            send_buffer,
            receive_buffer,
        } = self;
        let size = |size: &Option<Size>| size.map(|size| size.to_string());
        let law = |law: &Option<LawText>| law.map(|law| law.to_string());
        let all = [
            (Key::Request, size(request)),
            (Key::Write, size(write)),
            (Key::Reply, size(reply)),
            (Key::Rtt, law(rtt)),
            (Key::Gap, law(gap)),
            (Key::Wake, law(wake)),
            (Key::Late, law(late)),
            (Key::Accept, law(accept)),
            (Key::Rate, size(rate)),
            (Key::SendBuffer, size(send_buffer)),
            (Key::ReceiveBuffer, size(receive_buffer)),
        ];
        all.into_iter().filter_map(|(key, text)| Some((key, text?))).collect()
    }

    /// The case with this changed.
    ///
    /// # Errors
    /// The part that does not fit, and what would.
    pub fn apply(&self, case: &mut Case) -> Result<(), (&'static str, String)> {
        for (key, text) in self.changes() {
            case.change(key, &text).map_err(|why| (key.name(), why.to_string()))?;
        }
        let With { server, client, .. } = self;
        if let Some(text) = server {
            case.server = case.server_named(text).map_err(|why| ("server", why))?;
        }
        if let Some(text) = client {
            case.client = case.client_named(text).map_err(|why| ("client", why))?;
        }
        Ok(())
    }
}

/// Which orders a claim is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Orders {
    /// Deliveries, calls and short timers in any order.
    #[default]
    Racing,
    /// Every timer waits until nothing else can happen.
    Quiet,
    /// Anything at any time.
    Free,
}

impl Orders {
    fn is_racing(&self) -> bool {
        *self == Orders::Racing
    }

    /// The pace.
    #[must_use]
    pub const fn pace(self) -> PaceName {
        match self {
            Orders::Racing => PaceName::Racing,
            Orders::Quiet => PaceName::Quiet,
            Orders::Free => PaceName::Free,
        }
    }
}

/// How often a word occurs among all orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ever {
    /// In every order.
    Always,
    /// In some order, of which there is a trace.
    Possible,
    /// In none.
    Never,
}

/// How much of an answer that is not whole is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    /// Not a byte, in any order.
    Nothing,
    /// A part of it, in some order.
    Part,
}

/// How often each word occurs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Shares {
    /// Of SEEN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Share>,
    /// Of TRUNCATED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Share>,
    /// Of LOST.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Share>,
    /// Of STUCK.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stuck: Option<Share>,
}

impl Shares {
    fn is_empty(&self) -> bool {
        *self == Shares::default()
    }

    /// By word.
    #[must_use]
    pub const fn each(&self) -> [(Word, Option<Share>); 4] {
        let Shares { seen, truncated, lost, stuck } = *self;
        [(Word::Seen, seen), (Word::Truncated, truncated), (Word::Lost, lost), (Word::Stuck, stuck)]
    }
}

/// Why bytes are gone, as a file names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The closer threw its unsent or unacknowledged bytes away by its own reset.
    SendQueueDiscard,
    /// A reset from the peer made the sender throw them away.
    SendQueueReset,
    /// The receiver's stack threw delivered bytes away when the reset arrived.
    ReceiveQueueFlush,
    /// The bytes were readable, and the application stopped reading.
    ApplicationStopped,
    /// They reached a socket that was dead.
    DeadSocket,
    /// They lay behind a hole when the connection ended.
    OutOfOrderDiscard,
    /// They came after SHUT_RD.
    DiscardedAfterShutRd,
    /// Lost on the link, and nobody was left to send them again.
    LostOnLink,
    /// Never sent: the sender gave up.
    GivenUp,
    /// Never written: the sender's application stopped before.
    NeverWritten,
}

impl Why {
    /// As the model names it.
    #[must_use]
    pub const fn gone(self) -> Gone {
        match self {
            Why::SendQueueDiscard => Gone::SendQueueDiscard,
            Why::SendQueueReset => Gone::SendQueueReset,
            Why::ReceiveQueueFlush => Gone::ReceiveQueueFlush,
            Why::ApplicationStopped => Gone::ApplicationStopped,
            Why::DeadSocket => Gone::DeadSocket,
            Why::OutOfOrderDiscard => Gone::OutOfOrderDiscard,
            Why::DiscardedAfterShutRd => Gone::DiscardedAfterShutRd,
            Why::LostOnLink => Gone::LostOnLink,
            Why::GivenUp => Gone::GivenUp,
            Why::NeverWritten => Gone::NeverWritten,
        }
    }
}

impl Claim {
    /// What links may do.
    #[must_use]
    pub const fn budget(&self) -> Budget {
        Budget { loss: self.loss, repeat: self.repeat, reorder: self.reorder }
    }

    /// What it says of each word.
    #[must_use]
    pub const fn words(&self) -> [(Word, Option<Ever>); 4] {
        [
            (Word::Seen, self.seen),
            (Word::Truncated, self.truncated),
            (Word::Lost, self.lost),
            (Word::Stuck, self.stuck),
        ]
    }

    /// Whether it claims nothing.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.words().iter().all(|(_, ever)| ever.is_none())
            && self.only_causes.is_empty()
            && self.causes.is_empty()
            && self.reads.is_none()
            && self.share.is_empty()
            && self.decides.is_empty()
            && self.never_decides.is_empty()
            && self.unanswered.is_none()
    }
}
