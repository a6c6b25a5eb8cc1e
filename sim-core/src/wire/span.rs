//! Payload without bytes.

/// A run of stream offsets, `start` included, `end` not. The sender's byte 17 is byte 17 for ever.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Span {
    /// First offset.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

impl Span {
    /// From `start` up to `end`; empty where `end` is not behind `start`.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Span {
        Span { start, end: if end < start { start } else { end } }
    }

    /// How many bytes.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    /// No bytes at all.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.end == self.start
    }

    /// What lies before an offset, and what does not.
    #[must_use]
    pub fn split_at(self, offset: u32) -> (Span, Span) {
        let cut = offset.clamp(self.start, self.end);
        (Span::new(self.start, cut), Span::new(cut, self.end))
    }

    /// What both cover.
    #[must_use]
    pub fn meet(self, other: Span) -> Span {
        Span::new(self.start.max(other.start), self.end.min(other.end))
    }
}

/// Adds a run to a sorted list of disjoint runs, joining what touches.
pub(crate) fn insert<A: smallvec::Array<Item = Span>>(
    runs: &mut smallvec::SmallVec<A>,
    added: Span,
) {
    if added.is_empty() {
        return;
    }
    let mut joined = added;
    runs.retain(|run| {
        let apart = run.end < joined.start || run.start > joined.end;
        if !apart {
            joined = Span::new(run.start.min(joined.start), run.end.max(joined.end));
        }
        apart
    });
    let at = runs.iter().position(|run| run.start > joined.start).unwrap_or(runs.len());
    runs.insert(at, joined);
}

/// Takes a run out of a sorted list of disjoint runs.
pub(crate) fn remove<A: smallvec::Array<Item = Span>>(
    runs: &mut smallvec::SmallVec<A>,
    taken: Span,
) {
    let mut left = smallvec::SmallVec::<A>::new();
    for run in runs.iter() {
        let before = Span::new(run.start, run.end.min(taken.start));
        let after = Span::new(run.start.max(taken.end), run.end);
        if taken.is_empty() || run.meet(taken).is_empty() {
            left.push(*run);
            continue;
        }
        left.extend([before, after].into_iter().filter(|part| !part.is_empty()));
    }
    *runs = left;
}

#[cfg(test)]
mod tests {
    use super::*;
    use smallvec::SmallVec;

    #[test]
    fn runs_that_touch_are_joined_and_cut_again() {
        let mut runs = SmallVec::<[Span; 2]>::new();
        for (start, end) in [(10, 20), (30, 40), (20, 30), (50, 60)] {
            insert(&mut runs, Span::new(start, end));
        }
        assert_eq!(runs.as_slice(), [Span::new(10, 40), Span::new(50, 60)]);
        remove(&mut runs, Span::new(15, 55));
        assert_eq!(runs.as_slice(), [Span::new(10, 15), Span::new(55, 60)]);
    }
}
