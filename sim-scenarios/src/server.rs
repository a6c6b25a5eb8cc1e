//! Closing strategies of servers, one a file: when they read, when they answer, how they close.

use crate::measured;
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

/// More that belong to no program; the founding case's matrix is long enough without them.
static FURTHER: LazyLock<Vec<Arc<Preset>>> = LazyLock::new(|| {
    shelf(&[
        include_str!("server/partial-read.toml"),
        include_str!("server/so-linger.toml"),
        include_str!("server/exit.toml"),
    ])
});

/// Those of programs people run, by name.
static FIELD: LazyLock<Vec<Arc<Preset>>> = LazyLock::new(|| {
    shelf(&[
        include_str!("server/hyper.toml"),
        include_str!("server/pingora.toml"),
        include_str!("server/go-net-http.toml"),
        include_str!("server/go-h2.toml"),
        include_str!("server/nginx.toml"),
        include_str!("server/nginx-always.toml"),
        include_str!("server/nginx-off.toml"),
        include_str!("server/apache-prefork.toml"),
        include_str!("server/apache-event.toml"),
        include_str!("server/lighttpd.toml"),
        include_str!("server/haproxy-2.toml"),
        include_str!("server/haproxy-3.toml"),
        include_str!("server/envoy.toml"),
        include_str!("server/tomcat.toml"),
        include_str!("server/jetty.toml"),
        include_str!("server/undertow.toml"),
        include_str!("server/gunicorn.toml"),
        include_str!("server/gunicorn-old.toml"),
        include_str!("server/actix-web.toml"),
        include_str!("server/node-http.toml"),
        include_str!("server/kestrel.toml"),
        include_str!("server/puma.toml"),
        include_str!("server/uvicorn.toml"),
    ])
});

/// The generic strategies.
#[must_use]
pub fn generic() -> &'static [Arc<Preset>] {
    &GENERIC
}

/// More that belong to no program.
#[must_use]
pub fn further() -> &'static [Arc<Preset>] {
    &FURTHER
}

/// Those of programs people run.
#[must_use]
pub fn field() -> &'static [Arc<Preset>] {
    &FIELD
}

/// Every strategy: the generic ones, further ones, those of programs.
#[must_use]
pub fn all() -> Vec<Arc<Preset>> {
    GENERIC.iter().chain(FURTHER.iter()).chain(FIELD.iter()).cloned().collect()
}

/// The strategy with this name; those that clients were measured against have one too.
#[must_use]
pub fn named(name: &str) -> Option<Arc<Preset>> {
    let all = all().into_iter().chain(measured::servers().iter().cloned());
    all.into_iter().find(|preset| preset.name == name)
}
