//! Rules have names, so that a trace can say which one decided.

/// A rule: a name that is also its place (`reset.exact` is in `arrive/reset.rs`), where it comes
/// from, and one sentence of our own.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// `file.what`.
    pub id: &'static str,
    /// RFC number and section.
    pub cite: &'static str,
    /// What it says.
    pub says: &'static str,
}

impl Rule {
    pub(crate) const fn new(id: &'static str, cite: &'static str, says: &'static str) -> Rule {
        Rule { id, cite, says }
    }
}
