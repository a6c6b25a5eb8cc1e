//! How it ended for the application that waited for a reply.

use crate::drive::run::Ended;
use crate::script::{At, Told};
use crate::tcp::Gone;
use crate::wire::{ConnId, Side};
use crate::world::World;
use crate::world::ledger::{Ledger, ledger};

/// What is asked about: whether one side reads the whole of what the other one answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Reply {
    /// Who answers.
    pub from: Side,
    /// On which connection.
    pub conn: ConnId,
    /// How long the whole answer is.
    pub bytes: u32,
}

/// One word for it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum Word {
    /// The application has read the whole reply, whatever it was told afterwards.
    Seen,
    /// It was told that the stream had ended, and believes a short reply.
    Truncated,
    /// Short or nothing, and it knows, or gave up.
    Lost,
    /// It waits for ever.
    Stuck,
}

impl Word {
    /// All, the best first.
    pub const ALL: [Word; 4] = [Word::Seen, Word::Truncated, Word::Lost, Word::Stuck];

    /// As it is printed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Word::Seen => "SEEN",
            Word::Truncated => "TRUNCATED",
            Word::Lost => "LOST",
            Word::Stuck => "STUCK",
        }
    }
}

/// How a run ended, as far as anybody can tell two runs apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Outcome {
    /// One word for it.
    pub word: Word,
    /// Bytes of the reply the application has read.
    pub read: u32,
    /// The last thing it was told.
    pub told: Told,
    /// Why the rest was not read; the reason with the most bytes, the first in order among equals.
    pub cause: Option<Gone>,
    /// How the run ended.
    pub ended: Ended,
}

/// Reads an outcome off a world in which nothing more happens.
#[must_use]
pub fn outcome(world: &World, reply: Reply, ended: Ended) -> Outcome {
    let Reply { from, conn, bytes } = reply;
    let reader = &world.hosts[from.peer().index()].app;
    let account = reader.account(conn);
    let seen = account.read >= bytes;
    let waiting = reader.lanes.iter().any(|lane| matches!(lane.at, At::Line(_)));
    let word = match (seen, ended, account.told) {
        (true, Ended::Done | Ended::Stuck | Ended::Horizon, _) => Word::Seen,
        (false, Ended::Stuck | Ended::Horizon, _) if waiting => Word::Stuck,
        (false, _, Told::Eof) => Word::Truncated,
        (false, _, Told::Nothing | Told::Error(_)) => Word::Lost,
    };
    let cause = match seen {
        true => None,
        false => cause(&ledger(world, from, conn), bytes),
    };
    Outcome { word, read: account.read.min(bytes), told: account.told, cause, ended }
}

/// Why the rest of a reply was not read: the reason with the most bytes. What the sender's
/// application never wrote was in nobody's hands, and is a reason of its own.
pub(super) fn cause(ledger: &Ledger, bytes: u32) -> Option<Gone> {
    let never_written = bytes.saturating_sub(ledger.written);
    let left = ledger.readable + ledger.out_of_order + ledger.in_flight + ledger.held;
    let most = ledger.gone.iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
    match most {
        Some((why, count)) if *count >= left && *count >= never_written => Some(*why),
        Some(_) | None if left > 0 && left >= never_written => Some(Gone::ApplicationStopped),
        Some(_) | None if never_written > 0 => Some(Gone::NeverWritten),
        Some((why, _)) => Some(*why),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gone for the one reason, left with the reader, written, of how many: why.
    #[test]
    fn the_reason_with_the_most_bytes_is_the_reason() {
        let rows = [
            (10, 0, 10, 10, Some(Gone::SendQueueReset)),
            (0, 10, 10, 10, Some(Gone::ApplicationStopped)),
            (4, 6, 10, 10, Some(Gone::ApplicationStopped)),
            (6, 4, 10, 10, Some(Gone::SendQueueReset)),
            (0, 0, 0, 10, Some(Gone::NeverWritten)),
            (4, 0, 4, 10, Some(Gone::NeverWritten)),
            (6, 0, 6, 10, Some(Gone::SendQueueReset)),
            (0, 4, 4, 10, Some(Gone::NeverWritten)),
            (0, 6, 6, 10, Some(Gone::ApplicationStopped)),
            (0, 0, 10, 10, None),
        ];
        for (gone, readable, written, bytes, why) in rows {
            let gone = (gone > 0).then_some((Gone::SendQueueReset, gone));
            let ledger =
                Ledger { written, readable, gone: gone.into_iter().collect(), ..Ledger::default() };
            assert_eq!(cause(&ledger, bytes), why, "{ledger:?} of {bytes}");
        }
    }
}
