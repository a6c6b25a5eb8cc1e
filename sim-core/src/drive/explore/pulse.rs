//! A sign of life during long searches, and a way to end them.

use std::sync::atomic::{AtomicBool, Ordering};

/// How far a search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// States found so far.
    pub states: u64,
    /// States whose successors have been generated.
    pub expanded: u64,
    /// Transitions so far.
    pub edges: u64,
    /// Steps from the start in a kept search, levels done in a sweep.
    pub depth: u32,
}

/// Where progress is told, and the flag that ends a search early.
pub struct Pulse<'a> {
    stop: Option<&'a AtomicBool>,
    every: u64,
    tell: Option<&'a mut dyn FnMut(Progress)>,
    next: u64,
}

/// What a pulse answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    GoOn,
    Stop,
}

impl<'a> Pulse<'a> {
    /// Nobody listens and nobody stops.
    #[must_use]
    pub const fn silent() -> Self {
        Self { stop: None, every: u64::MAX, tell: None, next: u64::MAX }
    }

    /// Ends the search soon after `flag` becomes true; it then reports that it was stopped.
    #[must_use]
    pub const fn stopping_at(mut self, flag: &'a AtomicBool) -> Self {
        self.stop = Some(flag);
        self
    }

    /// Tells progress about once every `states` expanded states.
    #[must_use]
    pub fn telling(mut self, states: u64, tell: &'a mut dyn FnMut(Progress)) -> Self {
        self.every = states.max(1);
        self.next = self.every;
        self.tell = Some(tell);
        self
    }

    #[inline]
    pub(super) fn beat(&mut self, progress: Progress) -> Beat {
        if progress.expanded >= self.next {
            self.next = progress.expanded.saturating_add(self.every);
            if let Some(tell) = &mut self.tell {
                tell(progress);
            }
        }
        match self.stop {
            Some(flag) if flag.load(Ordering::Relaxed) => Beat::Stop,
            Some(_) | None => Beat::GoOn,
        }
    }
}
