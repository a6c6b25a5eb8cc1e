//! A link: what is on its way, and what may still happen to it.

use crate::tcp::Gone;
use crate::wire::{ConnId, Law, Segment, Span};
use smallvec::SmallVec;
use std::collections::VecDeque;

/// Segments on their way from one host, first in first out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Link {
    /// In the order in which they were sent.
    pub flight: VecDeque<Segment>,
    /// What may still happen to them.
    pub budget: Budget,
    /// Bytes of the sending application that left every place they could be read from, with the
    /// reason. Where a byte is still further on, that counts (see the ledger).
    pub gone: SmallVec<[Lost; 1]>,
}

/// Bytes and the reason they are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lost {
    /// Of which connection.
    pub conn: ConnId,
    /// Which.
    pub span: Span,
    /// Why.
    pub why: Gone,
}

/// How often a link may still misbehave. Part of the state, so that "at most one loss" is a finite
/// space.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Budget {
    /// Segments it may lose.
    pub loss: u8,
    /// Segments it may deliver twice.
    pub repeat: u8,
    /// Segments it may deliver before older ones.
    pub reorder: u8,
}

/// What a link is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LinkRules {
    /// Bytes a second; `None` for a link that takes no time to send.
    pub rate: Option<u64>,
    /// How much longer a segment takes than the path says: a draw for each. They stay in order: one
    /// that would overtake arrives with the one before it.
    #[serde(default = "none", skip_serializing_if = "is_none")]
    pub jitter: Law,
    /// What it may do to segments.
    pub budget: Budget,
}

const fn none() -> Law {
    Law::ZERO
}

fn is_none(law: &Law) -> bool {
    *law == Law::ZERO
}

impl Default for LinkRules {
    fn default() -> LinkRules {
        LinkRules { rate: None, jitter: Law::ZERO, budget: Budget::default() }
    }
}

impl LinkRules {
    /// Whether a segment takes a time of its own.
    #[must_use]
    pub fn has_jitter(&self) -> bool {
        !is_none(&self.jitter)
    }
}

impl Link {
    /// The newest reason wins: it is where the bytes were seen last.
    pub(crate) fn lose(&mut self, conn: ConnId, span: Span, why: Gone) {
        lose(&mut self.gone, conn, span, why);
    }
}

pub(crate) fn lose(gone: &mut SmallVec<[Lost; 1]>, conn: ConnId, span: Span, why: Gone) {
    if span.is_empty() {
        return;
    }
    let mut kept = SmallVec::<[Lost; 1]>::new();
    let mut joined = span;
    for lost in gone.iter().copied() {
        if lost.conn != conn {
            kept.push(lost);
        } else if lost.why == why && lost.span.end >= joined.start && lost.span.start <= joined.end
        {
            joined = Span::new(lost.span.start.min(joined.start), lost.span.end.max(joined.end));
        } else {
            let before = Span::new(lost.span.start, lost.span.end.min(span.start));
            let after = Span::new(lost.span.start.max(span.end), lost.span.end);
            if lost.span.meet(span).is_empty() {
                kept.push(lost);
            } else {
                let parts = [before, after].into_iter().filter(|part| !part.is_empty());
                kept.extend(parts.map(|span| Lost { span, ..lost }));
            }
        }
    }
    let at = kept
        .iter()
        .position(|lost| (lost.conn, lost.span.start) > (conn, joined.start))
        .unwrap_or(kept.len());
    kept.insert(at, Lost { conn, span: joined, why });
    *gone = kept;
}

#[cfg(test)]
mod tests {
    use super::*;
    use Gone::{DeadSocket, LostOnLink, SendQueueDiscard};

    const HERE: ConnId = ConnId(0);
    const ELSEWHERE: ConnId = ConnId(1);

    fn lost(conn: ConnId, start: u32, end: u32, why: Gone) -> Lost {
        Lost { conn, span: Span::new(start, end), why }
    }

    /// What is booked, one after the other, and what the books say then.
    #[test]
    fn the_newest_reason_wins_and_neighbours_join() {
        let rows: [(&[Lost], &[Lost]); 9] = [
            (&[lost(HERE, 5, 5, DeadSocket)], &[]),
            (
                &[lost(HERE, 0, 5, DeadSocket), lost(HERE, 5, 9, DeadSocket)],
                &[lost(HERE, 0, 9, DeadSocket)],
            ),
            (
                &[lost(HERE, 5, 9, DeadSocket), lost(HERE, 0, 5, DeadSocket)],
                &[lost(HERE, 0, 9, DeadSocket)],
            ),
            (
                &[lost(HERE, 0, 4, DeadSocket), lost(HERE, 5, 9, DeadSocket)],
                &[lost(HERE, 0, 4, DeadSocket), lost(HERE, 5, 9, DeadSocket)],
            ),
            (
                &[lost(HERE, 5, 9, DeadSocket), lost(HERE, 0, 4, DeadSocket)],
                &[lost(HERE, 0, 4, DeadSocket), lost(HERE, 5, 9, DeadSocket)],
            ),
            (
                &[lost(HERE, 0, 9, DeadSocket), lost(HERE, 3, 5, LostOnLink)],
                &[
                    lost(HERE, 0, 3, DeadSocket),
                    lost(HERE, 3, 5, LostOnLink),
                    lost(HERE, 5, 9, DeadSocket),
                ],
            ),
            (
                &[lost(HERE, 3, 5, DeadSocket), lost(HERE, 0, 9, SendQueueDiscard)],
                &[lost(HERE, 0, 9, SendQueueDiscard)],
            ),
            (
                &[lost(HERE, 0, 5, DeadSocket), lost(HERE, 5, 9, LostOnLink)],
                &[lost(HERE, 0, 5, DeadSocket), lost(HERE, 5, 9, LostOnLink)],
            ),
            (
                &[lost(ELSEWHERE, 0, 9, DeadSocket), lost(HERE, 3, 5, DeadSocket)],
                &[lost(HERE, 3, 5, DeadSocket), lost(ELSEWHERE, 0, 9, DeadSocket)],
            ),
        ];
        for (booked, books) in rows {
            let mut link = Link::default();
            booked.iter().for_each(|it| link.lose(it.conn, it.span, it.why));
            assert_eq!(&link.gone[..], books, "{booked:?}");
        }
    }
}
