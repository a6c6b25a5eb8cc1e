//! The claims that every exploration checks, each with a name and a counterexample.
//!
//! A claim about a step looks at the world before, the action, what happened and the world after; a
//! claim about an end looks at a world in which nothing more can happen.

mod arrows;
mod checked;
mod ends;
mod steps;
mod tampered;

pub use checked::{Broken, Checked, CheckedStore, Noted, findings};
pub use tampered::{Mutant, Tampered};

use crate::world::{Action, Setup};

/// A default claim.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum ClaimName {
    /// States change along the arrows of RFC 9293's figure, or a named exception.
    Arrows,
    /// Nothing is acknowledged that was not sent, nothing received that was not written.
    Numbers,
    /// A RST has a cause, and no RST answers a RST.
    RstCause,
    /// close() with everything read sends a FIN (SO_LINGER {1, 0} and SYN-SENT apart).
    CloseFin,
    /// What is read is a prefix of what was written.
    Prefix,
    /// EOF comes after everything that was written.
    WholeEof,
    /// In the end no connection lives at one side alone.
    NoHalfOpen,
    /// In the end nobody waits, except for an application that owes a call.
    NobodyStuck,
    /// After both closes both sides reach CLOSED.
    BothClosed,
}

impl ClaimName {
    /// All, in the order in which they are listed.
    pub const ALL: [ClaimName; 9] = [
        ClaimName::Arrows,
        ClaimName::Numbers,
        ClaimName::RstCause,
        ClaimName::CloseFin,
        ClaimName::Prefix,
        ClaimName::WholeEof,
        ClaimName::NoHalfOpen,
        ClaimName::NobodyStuck,
        ClaimName::BothClosed,
    ];

    /// As on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            ClaimName::Arrows => "arrows",
            ClaimName::Numbers => "numbers",
            ClaimName::RstCause => "rst-cause",
            ClaimName::CloseFin => "close-fin",
            ClaimName::Prefix => "prefix",
            ClaimName::WholeEof => "whole-eof",
            ClaimName::NoHalfOpen => "no-half-open",
            ClaimName::NobodyStuck => "nobody-stuck",
            ClaimName::BothClosed => "both-closed",
        }
    }

    /// What it claims.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            ClaimName::Arrows => {
                "states change along the arrows of RFC 9293's figure, or a named exception"
            }
            ClaimName::Numbers => "nothing is acknowledged that was not sent",
            ClaimName::RstCause => "a RST has a cause, and no RST answers a RST",
            ClaimName::CloseFin => "close() with everything read sends a FIN",
            ClaimName::Prefix => "what is read is a prefix of what was written",
            ClaimName::WholeEof => "EOF comes after everything that was written",
            ClaimName::NoHalfOpen => "in the end no connection lives at one side alone",
            ClaimName::NobodyStuck => {
                "in the end nobody waits, except for an application that owes a call"
            }
            ClaimName::BothClosed => "after both closes both sides reach CLOSED",
        }
    }

    /// Whether a counterexample says that the model is wrong, or only something about the setup.
    #[must_use]
    pub fn weight(self, setup: &Setup) -> Weight {
        let lossy = setup.links.iter().any(|rules| rules.budget.loss > 0);
        match self {
            ClaimName::Arrows
            | ClaimName::Numbers
            | ClaimName::RstCause
            | ClaimName::CloseFin
            | ClaimName::Prefix
            | ClaimName::BothClosed => Weight::Failure,
            ClaimName::WholeEof => Weight::Finding,
            ClaimName::NoHalfOpen | ClaimName::NobodyStuck => {
                if lossy {
                    Weight::Finding
                } else {
                    Weight::Failure
                }
            }
        }
    }
}

/// What a counterexample means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// A property of TCP or of this setup, worth knowing.
    Finding,
    /// A claim that must hold is violated.
    Failure,
}

/// A claim and how it fared over the states that were seen.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which claim.
    pub claim: ClaimName,
    /// The shortest way to a counterexample, if there is one.
    pub counterexample: Option<Vec<Action>>,
}
