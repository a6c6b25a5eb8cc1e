//! Numbers that an administrator, a recorded row or a scenario may change without changing what a
//! stack *is*: windows, timers, limits. Behaviour is elsewhere and cannot be overridden.

use super::memory::{AckClock, SegmentMemory};
use crate::answer::{Answer, Basis, Halt, Question};
use crate::wire::Micros;

macro_rules! tuning {
    ($($(#[$doc:meta])* $field:ident : $ty:ty,)*) => {
        /// A stack's numbers, each with its source.
        #[derive(Clone, Copy, Debug)]
        pub struct TuningAnswers { $($(#[$doc])* pub $field: Answer<$ty>,)* }

        /// A stack's numbers as a setup uses them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub struct Tuning {
            $($(#[$doc])* pub $field: $ty,)*
            /// What the administrator has overruled; no stack comes with anything overruled.
            #[serde(default, skip_serializing_if = "Controls::is_untouched")]
            pub controls: Controls,
        }

        impl TuningAnswers {
            /// The numbers alone.
            ///
            /// # Errors
            /// The first number that nobody has given.
            pub fn resolve(&self) -> Result<Tuning, Halt> {
                Ok(Tuning {
                    $($field: self.$field.value().ok_or(Halt::Unanswered(
                        Question(concat!("tuning.", stringify!($field))),
                    ))?,)*
                    controls: Controls::default(),
                })
            }

            /// Every number by name, with its basis.
            #[must_use]
            pub fn answers(&self) -> Vec<(Question, String, Basis)> {
                vec![$((
                    Question(concat!("tuning.", stringify!($field))),
                    crate::answer::shown(self.$field.value()),
                    self.$field.basis(),
                ),)*]
            }
        }
    };
}

tuning! {
    /// Largest text of a segment, offered in our SYN.
    mss: u16,
    /// Congestion window at the start, in segments.
    initial_cwnd: u32,
    /// Send buffer, in bytes of payload.
    snd_buf: u32,
    /// Receive buffer, in bytes of payload: the largest window offered.
    rcv_buf: u32,
    /// Largest window a SYN offers (it is never scaled).
    syn_wnd: u32,
    /// Of the receive buffer, in percent, what is offered until text has arrived: how much memory
    /// a segment takes may not be known before.
    syn_share: u8,
    /// Windows are offered in multiples of this; 1 without window scaling.
    wnd_unit: u32,
    /// Added to the nominal round trip for the retransmission timer.
    rto_min: Micros,
    /// First retransmission of a SYN or SYN-ACK.
    rto_syn: Micros,
    /// The longest back-off.
    rto_max: Micros,
    /// Retransmissions of data before giving up.
    retries: u8,
    /// The same for a connection nobody holds any more.
    retries_orphan: u8,
    /// Retransmissions of a SYN before giving up.
    retries_syn: u8,
    /// Retransmissions of a SYN that are not backed off yet; they come on top of the others.
    syn_linear: u8,
    /// Retransmissions of a SYN-ACK before giving up.
    retries_syn_ack: u8,
    /// When an ACK of data goes out.
    ack: AckPolicy,
    /// How long an ACK may be held back.
    delayed_ack: Micros,
    /// Challenge ACKs: at most so many a socket (`challenges`) in this time; 0 for no limit.
    challenge: Micros,
    /// How many of them.
    challenges: u8,
    /// ACKs that empty segments outside the window draw: likewise.
    unacceptable: Micros,
    /// FIN-WAIT-2 without a reader; 0 for ever.
    fin_wait_2: Micros,
    /// TIME-WAIT.
    time_wait: Micros,
    /// Connections a host may have that nobody holds; above it close resets.
    max_orphans: u16,
    /// The final ACK of a handshake meets a full accept queue.
    on_overflow: OnOverflow,
    /// SACK on both sides. Nothing is repaired with it here; a RST's number is judged by it.
    sack: Switchable,
    /// RST in TIME-WAIT is ignored (RFC 1337), whatever the stack's rule.
    rfc1337: Switchable,
}

/// Switches by which an administrator overrules a rule. They are no answers: a stack that has none
/// of them is asked in vain.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(default)]
pub struct Controls {
    /// Any RST in the window is taken (RFC 793), whatever RFC 5961 says.
    pub insecure_rst: Switchable,
    /// A SYN in the window ends a connection (RFC 793), whatever RFC 5961 says.
    pub insecure_syn: Switchable,
    /// SYN and FIN in one segment: it is dropped unseen.
    pub drop_syn_fin: Switchable,
    /// Segments for no connection are not answered.
    pub silent_closed: Switchable,
    /// How long what was sent may stay unacknowledged (RFC 5482's local user timeout).
    pub user_timeout: UserTimeout,
    /// How long SYN-SENT and SYN-RECEIVED of an active open last at most; 0 for no such limit.
    pub opening: Micros,
    /// Text that goes out is no answer to what came before: it came too long ago. Nobody knows the
    /// time here; whoever does may say so.
    pub unprompted: Switchable,
    /// What of the receive memory a segment takes, where windows are counted by it.
    pub memory: Option<SegmentMemory>,
    /// What is due for ACKs of text that arrives.
    pub acks: AckClock,
    /// When the end of a flight that nobody answers is sent again (RFC 8985 7), where SACK is on.
    pub loss_probe: Option<ProbeAfter>,
    /// The application says that more will follow: no short segment goes out by itself.
    pub corked: Switchable,
}

/// A user timeout: when its time begins.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum UserTimeout {
    /// There is none: retransmissions are counted.
    #[default]
    Never,
    /// With the first byte that waits for its ACK (RFC 9293 3.8.3).
    SinceSent(Micros),
    /// With its first retransmission or probe, of a SYN with the SYN; retransmissions of data are
    /// no longer counted.
    SinceResent(Micros),
}

/// How long a flight may go unanswered before it is probed. Twice the round trip is in it, so it is
/// given by who measures that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct ProbeAfter {
    /// Of one segment: its ACK may be held back.
    pub one: Micros,
    /// Of several.
    pub several: Micros,
}

impl Controls {
    fn is_untouched(&self) -> bool {
        *self == Controls::default()
    }
}

/// When an ACK of data goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum AckPolicy {
    /// At once, for every segment.
    Every,
    /// For every second full segment or after a time; the first `quick` at once, until data has
    /// gone the other way.
    Delayed {
        /// ACKs at once in the beginning.
        quick: u8,
    },
    /// For every second segment, whatever its size, or after a time.
    EverySecond,
    /// For more than a full segment's text once one is held back, or after a time; reading frees
    /// none.
    Held,
}

/// The final ACK of a handshake meets a full accept queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum OnOverflow {
    /// It is ignored: the client believes it is connected.
    Drop,
    /// It draws a RST.
    Reset,
}

/// A switch of the administrator's.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Switchable {
    /// As the stack's rules say.
    #[default]
    Off,
    /// Overruled.
    On,
}
