//! Client policies, one a file: does it read while it writes, and does it still read after a write
//! has failed?

use crate::preset::{Preset, shelf};
use sim_core::wire::ConnId;
use std::sync::{Arc, LazyLock};

/// The connection's number.
pub const ID: ConnId = ConnId(0);

/// The generic ones, in the order of the matrix.
static GENERIC: LazyLock<Vec<Arc<Preset>>> = LazyLock::new(|| {
    shelf(&[
        include_str!("client/write-all-abort.toml"),
        include_str!("client/duplex-abort.toml"),
        include_str!("client/duplex-stop.toml"),
        include_str!("client/read-after-error.toml"),
        include_str!("client/late-reader.toml"),
    ])
});

/// Those of programs people run, by name.
static FIELD: LazyLock<Vec<Arc<Preset>>> = LazyLock::new(|| {
    shelf(&[
        include_str!("client/python-http-client.toml"),
        include_str!("client/urllib3.toml"),
        include_str!("client/curl.toml"),
        include_str!("client/curl-expect.toml"),
        include_str!("client/reqwest-hyper.toml"),
        include_str!("client/ureq.toml"),
        include_str!("client/node-http-client.toml"),
        include_str!("client/undici.toml"),
        include_str!("client/java-httpclient.toml"),
        include_str!("client/httpurlconnection.toml"),
        include_str!("client/okhttp.toml"),
        include_str!("client/nginx-upstream.toml"),
    ])
});

/// The generic policies.
#[must_use]
pub fn generic() -> &'static [Arc<Preset>] {
    &GENERIC
}

/// Those of programs people run.
#[must_use]
pub fn field() -> &'static [Arc<Preset>] {
    &FIELD
}

/// Every policy: the generic ones, then those of programs.
#[must_use]
pub fn all() -> Vec<Arc<Preset>> {
    GENERIC.iter().chain(FIELD.iter()).cloned().collect()
}

/// The policy with this name.
#[must_use]
pub fn named(name: &str) -> Option<Arc<Preset>> {
    GENERIC.iter().chain(FIELD.iter()).find(|preset| preset.name == name).cloned()
}
