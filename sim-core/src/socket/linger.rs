//! SO_LINGER at close.

use super::{Calls, Return};
use crate::answer::Halt;
use crate::questions;
use crate::tcp::{Conn, Errno, NoteSink, Phase, Sock, Stage};

questions! {
    /// Questions of SO_LINGER.
    LingerRules {
        /// In which states the abort of a zero linger sends a RST.
        abort: AbortStates = "linger.abort",
        /// Whether that depends on what is unacknowledged.
        condition: Condition = "linger.condition",
        /// What close() does and returns when the time is over.
        expiry: Expiry = "linger.expiry",
        /// close() of a non-blocking descriptor with SO_LINGER {1, n}.
        nonblock: NonBlocking = "linger.nonblock",
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
    /// ESTABLISHED to LAST-ACK.
    Synchronized,
    /// ESTABLISHED to TIME-WAIT.
    TimeWaitToo,
    /// SYN-RECEIVED to TIME-WAIT.
    Any,
    /// There is no such option: close() is as without it.
    NoOption,
}

/// Whether `SO_LINGER {1, 0}` aborts whatever has been delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It does.
    Always,
    /// Only while something is unsent or unacknowledged; else it is an ordinary close.
    Unacknowledged,
}

/// close() of a non-blocking descriptor with `SO_LINGER {1, n}` and something unacknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonBlocking {
    /// It waits all the same.
    Waits,
    /// It returns 0; the kernel goes on delivering.
    Skips,
    /// It returns EWOULDBLOCK; the kernel goes on delivering.
    WouldBlock,
}

/// What a close() that waited in vain returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// 0; the kernel goes on delivering.
    Silent,
    /// EWOULDBLOCK; the kernel goes on delivering.
    WouldBlock,
    /// 0; the connection is reset.
    Reset,
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
            (AbortStates::Synchronized | AbortStates::TimeWaitToo, stage) => {
                stage != Stage::SynReceived
            }
            (AbortStates::Any, _) => true,
            (AbortStates::NoOption, _) => false,
        }
    }

    /// Whether a descriptor that outlives its connection tells the peer even from TIME-WAIT.
    pub(super) const fn tells_in_time_wait(self) -> bool {
        match self {
            AbortStates::TimeWaitToo | AbortStates::Any => true,
            AbortStates::UntilCloseWait
            | AbortStates::NotAfterBoth
            | AbortStates::Synchronized
            | AbortStates::NoOption => false,
        }
    }
}

/// Whether `SO_LINGER {1, 0}` makes this close an abort.
pub(super) fn aborts<S: NoteSink>(calls: &mut Calls<'_, '_, S>, at: usize) -> Result<bool, Halt> {
    if !is_option(calls)? {
        return Ok(false);
    }
    let Phase::Open(conn) = &calls.table[at].phase else { return Ok(false) };
    Ok(match calls.cx.ask(calls.rules.linger.condition())? {
        Condition::Always => true,
        Condition::Unacknowledged => conn.snd.una < conn.snd.limit(),
    })
}

/// Whether there is such an option.
pub(super) fn is_option<S: NoteSink>(calls: &mut Calls<'_, '_, S>) -> Result<bool, Halt> {
    Ok(calls.cx.ask(calls.rules.linger.abort())? != AbortStates::NoOption)
}

/// Whether close() of a non-blocking descriptor waits.
pub(super) fn waits_all_the_same<S: NoteSink>(calls: &mut Calls<'_, '_, S>) -> Result<bool, Halt> {
    Ok(calls.cx.ask(calls.rules.linger.nonblock())? == NonBlocking::Waits)
}

/// What close() of a non-blocking descriptor returns instead of waiting.
pub(super) fn told<S: NoteSink>(calls: &mut Calls<'_, '_, S>) -> Result<Return, Halt> {
    Ok(match calls.cx.ask(calls.rules.linger.nonblock())? {
        NonBlocking::Waits | NonBlocking::Skips => Return::Done,
        NonBlocking::WouldBlock => Return::Error(Errno::Again),
    })
}

/// Whether a close() would have something to wait for.
pub(super) fn unfinished(sock: &Sock) -> bool {
    sock.conn().is_some_and(|conn| match conn.stage {
        Stage::FinWait1 | Stage::Closing | Stage::LastAck => true,
        Stage::SynReceived | Stage::Established | Stage::FinWait2 | Stage::CloseWait => false,
    })
}
