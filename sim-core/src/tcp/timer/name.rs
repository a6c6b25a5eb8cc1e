//! Which timers there are, and sets of them.

/// A connection's timers.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Timer {
    /// Sends the oldest unacknowledged segment again.
    Retransmit,
    /// Probes a closed window.
    Persist,
    /// Sends an ACK that was held back.
    DelayedAck,
    /// Ends an orphan's FIN-WAIT-2.
    FinWait2,
    /// Ends TIME-WAIT.
    TimeWait,
    /// Gives the right to one more challenge ACK back.
    Challenge,
    /// Gives up what has waited for its ACK too long (where there is a user timeout).
    UserTimeout,
    /// Sends the end of a flight again that nobody answers (where there are loss probes).
    LossProbe,
}

impl Timer {
    /// All, in the order in which they are listed.
    pub const ALL: [Timer; 8] = [
        Timer::Retransmit,
        Timer::Persist,
        Timer::DelayedAck,
        Timer::FinWait2,
        Timer::TimeWait,
        Timer::Challenge,
        Timer::UserTimeout,
        Timer::LossProbe,
    ];

    /// Whether a stack arms it by itself, or only where a control says so.
    #[must_use]
    pub const fn is_rare(self) -> bool {
        matches!(self, Timer::UserTimeout | Timer::LossProbe)
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Timer::Retransmit => "retransmission",
            Timer::Persist => "persist",
            Timer::DelayedAck => "delayed ACK",
            Timer::FinWait2 => "FIN-WAIT-2",
            Timer::TimeWait => "TIME-WAIT",
            Timer::Challenge => "challenge-ACK limit",
            Timer::UserTimeout => "user timeout",
            Timer::LossProbe => "loss probe",
        }
    }
}

/// A set of timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Timers(u8);

impl Timers {
    /// None.
    pub const NONE: Timers = Timers(0);

    /// Whether it is armed.
    #[must_use]
    pub const fn contains(self, timer: Timer) -> bool {
        self.0 & (1 << timer as u8) != 0
    }

    pub(crate) fn insert(&mut self, timer: Timer) {
        self.0 |= 1 << timer as u8;
    }

    pub(crate) fn remove(&mut self, timer: Timer) {
        self.0 &= !(1 << timer as u8);
    }

    /// Those that are armed, in order.
    pub fn iter(self) -> impl Iterator<Item = Timer> {
        let mut left = self.0;
        core::iter::from_fn(move || {
            let first = usize::try_from(left.trailing_zeros()).ok()?;
            let timer = *Timer::ALL.get(first)?;
            left &= left - 1;
            Some(timer)
        })
    }

    /// Whether one of those is armed that only a control begins.
    pub(crate) const fn any_rare(self) -> bool {
        self.0 & (1 << Timer::UserTimeout as u8 | 1 << Timer::LossProbe as u8) != 0
    }
}
