//! Stories that once broke a law, as data: every law is asked about them first.

use sim_core::arbitrary::Story;

/// All of them, with what they were about.
#[must_use]
pub fn all() -> Vec<(&'static str, Story)> {
    Vec::new()
}
