//! Stories, one a file.

mod over_limit;

pub use crate::case::{Case, Scenario, Size};
pub use over_limit::{LAWS, Laws, Variant, case, over_limit};

use crate::{client, server};
use sim_core::profile::LINUX;

/// Every story's name, in the order of the lists.
#[must_use]
pub fn names() -> Vec<&'static str> {
    Variant::ALL.into_iter().map(Variant::name).collect()
}

/// The story with this name, with its own server and client, Linux to Linux.
#[must_use]
pub fn story(name: &str) -> Option<Case> {
    let variant = Variant::named(name)?;
    Some(case(variant, &server::generic()[0], &client::generic()[0], [&LINUX, &LINUX]))
}
