//! Stories, one a scenario file, each with claims that are checked (`tests/tests/stories.rs`).

mod over_limit;

pub use crate::case::{Case, Scenario, Size};
pub use over_limit::{LAWS, Laws, Variant, case, over_limit};

use crate::case::Shelf;
use crate::file;
use std::sync::LazyLock;

/// Every story's file, in the order of the lists.
pub const FILES: [(&str, &str); 36] = [
    ("upload", include_str!("catalogue/upload.toml")),
    ("small-request", include_str!("catalogue/small-request.toml")),
    ("large-reply", include_str!("catalogue/large-reply.toml")),
    ("shutdown-first", include_str!("catalogue/shutdown-first.toml")),
    ("linger0", include_str!("catalogue/linger0.toml")),
    ("drained", include_str!("catalogue/drained.toml")),
    ("unread-at-close", include_str!("catalogue/unread-at-close.toml")),
    ("data-after-close", include_str!("catalogue/data-after-close.toml")),
    ("rtt-race", include_str!("catalogue/rtt-race.toml")),
    ("reply-over-window", include_str!("catalogue/reply-over-window.toml")),
    ("nagle", include_str!("catalogue/nagle.toml")),
    ("nagle-off", include_str!("catalogue/nagle-off.toml")),
    ("epipe", include_str!("catalogue/epipe.toml")),
    ("clean-eof", include_str!("catalogue/clean-eof.toml")),
    ("lost-reset", include_str!("catalogue/lost-reset.toml")),
    ("admission", include_str!("catalogue/admission.toml")),
    ("close-before-accept", include_str!("catalogue/close-before-accept.toml")),
    ("keep-alive-idle", include_str!("catalogue/keep-alive-idle.toml")),
    ("goaway", include_str!("catalogue/goaway.toml")),
    ("go-cliff", include_str!("catalogue/go-cliff.toml")),
    ("envoy-cliff", include_str!("catalogue/envoy-cliff.toml")),
    ("gunicorn-cliff", include_str!("catalogue/gunicorn-cliff.toml")),
    ("tomcat-cliff", include_str!("catalogue/tomcat-cliff.toml")),
    ("unread-over-window", include_str!("catalogue/unread-over-window.toml")),
    ("hole-at-close", include_str!("catalogue/hole-at-close.toml")),
    ("rst-behind-answer", include_str!("catalogue/rst-behind-answer.toml")),
    ("rst-after-eof", include_str!("catalogue/rst-after-eof.toml")),
    ("data-after-shut-rd", include_str!("catalogue/data-after-shut-rd.toml")),
    ("data-after-shut-rdwr", include_str!("catalogue/data-after-shut-rdwr.toml")),
    ("linger0-in-closing", include_str!("catalogue/linger0-in-closing.toml")),
    ("linger0-in-time-wait", include_str!("catalogue/linger0-in-time-wait.toml")),
    ("linger-expires", include_str!("catalogue/linger-expires.toml")),
    ("rst-over-hole", include_str!("catalogue/rst-over-hole.toml")),
    ("fin-wait-2-ends", include_str!("catalogue/fin-wait-2-ends.toml")),
    ("rst-past-window", include_str!("catalogue/rst-past-window.toml")),
    ("rst-in-time-wait", include_str!("catalogue/rst-in-time-wait.toml")),
];

/// Every story.
///
/// # Panics
/// Where a file cannot be read: a mistake in this program, and a test reads them all.
static STORIES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let read = |(name, text): &(&str, &str)| match file::read(name, text, Shelf::Catalogue) {
        Ok(case) => case,
        Err(why) => panic!("a story of this program: {why}"),
    };
    FILES.iter().map(read).collect()
});

/// Every story's name, in the order of the lists.
#[must_use]
pub fn names() -> Vec<&'static str> {
    STORIES.iter().map(|case| case.story.as_str()).collect()
}

/// Every story, with its own server, client and stacks.
#[must_use]
pub fn stories() -> &'static [Case] {
    &STORIES
}

/// The story with this name, with its own server, client and stacks.
#[must_use]
pub fn story(name: &str) -> Option<Case> {
    STORIES.iter().find(|case| case.story == name).cloned()
}
