//! SO_LINGER at close.

use crate::questions;
use crate::tcp::{Conn, Stage};

questions! {
    /// Questions of SO_LINGER.
    LingerRules {
        /// In which states the abort of a zero linger sends a RST.
        abort: AbortStates = "linger.abort",
        /// What close() returns when the time is over.
        expiry: Expiry = "linger.expiry",
    }
}

/// In which states the abort of `SO_LINGER {1, 0}` sends a RST; in the others the connection goes
/// without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbortStates {
    /// SYN-RECEIVED to CLOSE-WAIT; CLOSING and LAST-ACK where something is unsent.
    UntilCloseWait,
    /// SYN-RECEIVED to CLOSE-WAIT; CLOSING and LAST-ACK are deleted in silence.
    NotAfterBoth,
    /// Any synchronized state.
    Synchronized,
}

/// What a close() that waited in vain returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// 0; the kernel goes on delivering.
    Silent,
    /// EWOULDBLOCK; the kernel goes on delivering.
    WouldBlock,
}

impl AbortStates {
    /// Whether this connection's peer is told.
    pub(super) fn tells(self, conn: &Conn) -> bool {
        match (self, conn.stage) {
            (AbortStates::UntilCloseWait, Stage::Closing | Stage::LastAck) => {
                conn.snd.nxt < conn.snd.limit()
            }
            (AbortStates::NotAfterBoth, Stage::Closing | Stage::LastAck) => false,
            (
                AbortStates::UntilCloseWait | AbortStates::NotAfterBoth,
                Stage::SynReceived
                | Stage::Established
                | Stage::FinWait1
                | Stage::FinWait2
                | Stage::CloseWait,
            ) => true,
            (AbortStates::Synchronized, stage) => stage != Stage::SynReceived,
        }
    }
}
