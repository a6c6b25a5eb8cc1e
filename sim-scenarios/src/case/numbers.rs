//! Numbers of a stack that a case sets, named as `closerace show STACK` names them.

use crate::file::Size;
use crate::preset::{Time, text};
use crate::units::Unreadable;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim_core::tcp::tuning::{AckPolicy, OnOverflow, Switchable, Tuning};
use std::fmt;
use std::str::FromStr;

/// When an ACK of data goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acks(pub AckPolicy);

impl FromStr for Acks {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Acks, Unreadable> {
        let policy = match text {
            "every" => Some(AckPolicy::Every),
            "every-second" => Some(AckPolicy::EverySecond),
            "held" => Some(AckPolicy::Held),
            "delayed" => Some(AckPolicy::Delayed { quick: 0 }),
            _ => {
                let quick = text.strip_prefix("delayed:").and_then(|n| n.parse().ok());
                quick.map(|quick| AckPolicy::Delayed { quick })
            }
        };
        policy.map(Acks).ok_or_else(|| Unreadable {
            text: text.to_owned(),
            what: "policy for ACKs",
            form: "write every, every-second, held, delayed, or delayed:16 (the first 16 at once)"
                .to_owned(),
        })
    }
}

impl fmt::Display for Acks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            AckPolicy::Every => f.pad("every"),
            AckPolicy::EverySecond => f.pad("every-second"),
            AckPolicy::Held => f.pad("held"),
            AckPolicy::Delayed { quick: 0 } => f.pad("delayed"),
            AckPolicy::Delayed { quick } => f.pad(&format!("delayed:{quick}")),
        }
    }
}

text! {
    Acks: "every, every-second, held, delayed, or delayed:16",
        r"^(every|every-second|held|delayed(:\d+)?)$";
}

/// The final ACK of a handshake meets a full accept queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Overflow {
    /// It is ignored.
    Drop,
    /// It draws a RST.
    Reset,
}

/// A switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// As the stack's rules say.
    Off,
    /// Overruled.
    On,
}

/// How a number of a file becomes a stack's number.
trait Sets<T> {
    fn sets(&self) -> T;
}

impl<T: Copy> Sets<T> for T {
    fn sets(&self) -> T {
        *self
    }
}

impl Sets<u32> for Size {
    fn sets(&self) -> u32 {
        self.0
    }
}

impl Sets<u64> for Time {
    fn sets(&self) -> u64 {
        self.0
    }
}

impl Sets<AckPolicy> for Acks {
    fn sets(&self) -> AckPolicy {
        self.0
    }
}

impl Sets<OnOverflow> for Overflow {
    fn sets(&self) -> OnOverflow {
        match self {
            Overflow::Drop => OnOverflow::Drop,
            Overflow::Reset => OnOverflow::Reset,
        }
    }
}

impl Sets<Switchable> for Switch {
    fn sets(&self) -> Switchable {
        match self {
            Switch::Off => Switchable::Off,
            Switch::On => Switchable::On,
        }
    }
}

macro_rules! numbers {
    ($($(#[$about:meta])* $name:ident: $kind:ty,)*) => {
        /// Numbers of a stack that differ from its own.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct Numbers {
            $($(#[$about])* #[serde(skip_serializing_if = "Option::is_none")]
            pub $name: Option<$kind>,)*
        }

        impl Numbers {
            /// Sets them. A number that a stack gains has to be named here too.
            pub fn apply(&self, tuning: &mut Tuning) {
                // What an administrator overrules is the scripts' of the field, not a scenario's.
                let Tuning { $($name,)* controls: _ } = tuning;
                $(if let Some(number) = &self.$name { *$name = number.sets(); })*
            }
        }
    };
}

numbers! {
    /// Largest text of a segment, offered in the SYN (bytes).
    #[schemars(range(min = 16, max = 65_495))]
    mss: u16,
    /// Congestion window at the start (segments).
    #[schemars(range(min = 1, max = 65_536))]
    initial_cwnd: u32,
    /// Send buffer (bytes of payload).
    snd_buf: Size,
    /// Receive buffer (bytes of payload).
    rcv_buf: Size,
    /// Largest window that a SYN offers (bytes).
    syn_wnd: Size,
    /// Of the receive buffer, in percent, what is offered until text has arrived.
    #[schemars(range(min = 1, max = 100))]
    syn_share: u8,
    /// Windows are offered in multiples of this (bytes).
    wnd_unit: Size,
    /// Added to the round trip for the retransmission timer.
    rto_min: Time,
    /// First retransmission of a SYN or SYN-ACK.
    rto_syn: Time,
    /// The longest back-off.
    rto_max: Time,
    /// Retransmissions of data before giving up.
    retries: u8,
    /// The same for a connection nobody holds any more.
    retries_orphan: u8,
    /// Retransmissions of a SYN before giving up.
    retries_syn: u8,
    /// Retransmissions of a SYN that are not backed off yet.
    syn_linear: u8,
    /// Retransmissions of a SYN-ACK before giving up.
    retries_syn_ack: u8,
    /// When an ACK of data goes out.
    ack: Acks,
    /// How long an ACK may be held back.
    delayed_ack: Time,
    /// Challenge ACKs: at most one a socket in this time; 0ms for no limit.
    challenge: Time,
    /// How many of them.
    #[schemars(range(min = 1))]
    challenges: u8,
    /// ACKs that empty segments outside the window draw: likewise.
    unacceptable: Time,
    /// FIN-WAIT-2 without a reader; 0ms for ever.
    fin_wait_2: Time,
    /// TIME-WAIT.
    time_wait: Time,
    /// Connections that nobody holds; above it close resets.
    max_orphans: u16,
    /// The final ACK of a handshake meets a full accept queue.
    on_overflow: Overflow,
    /// SACK on both sides.
    sack: Switch,
    /// RST in TIME-WAIT is ignored (RFC 1337).
    rfc1337: Switch,
}

impl Numbers {
    /// Whether it sets none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Numbers::default()
    }
}
