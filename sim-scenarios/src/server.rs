//! Closing strategies of servers, one a file: when they read, when they answer, how they close.

use crate::preset::{Preset, shelf};
use std::sync::{Arc, LazyLock};

/// The generic ones, in the order of the matrix.
static GENERIC: LazyLock<Vec<Arc<Preset>>> = LazyLock::new(|| {
    shelf(&[
        include_str!("server/close.toml"),
        include_str!("server/linger0.toml"),
        include_str!("server/shutdown-close.toml"),
        include_str!("server/wait-close.toml"),
        include_str!("server/lingering-close.toml"),
        include_str!("server/drain.toml"),
    ])
});

/// Those of programs people run, by name.
static FIELD: LazyLock<Vec<Arc<Preset>>> = LazyLock::new(|| shelf(&[]));

/// The generic strategies.
#[must_use]
pub fn generic() -> &'static [Arc<Preset>] {
    &GENERIC
}

/// Every strategy: the generic ones, then those of programs.
#[must_use]
pub fn all() -> Vec<Arc<Preset>> {
    GENERIC.iter().chain(FIELD.iter()).cloned().collect()
}

/// The strategy with this name.
#[must_use]
pub fn named(name: &str) -> Option<Arc<Preset>> {
    GENERIC.iter().chain(FIELD.iter()).find(|preset| preset.name == name).cloned()
}
