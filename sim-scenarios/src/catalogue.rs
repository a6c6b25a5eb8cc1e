//! Stories, one a file.

mod over_limit;

pub use over_limit::{Case, LAWS, Laws, Size, Variant, over_limit};

use sim_core::report::outcome::Reply;
use sim_core::world::Setup;

/// A scenario: a setup and what is asked about it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// As on the command line.
    pub name: String,
    /// In a sentence.
    pub about: String,
    /// Everything that stays as it is during a run.
    pub setup: Setup,
    /// The answer that is waited for.
    pub reply: Reply,
}
