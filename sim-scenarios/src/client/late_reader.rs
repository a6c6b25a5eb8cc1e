//! As `read-after-error`, but busy elsewhere: it comes to reading late.

use super::{Policy, close, connect, read_all, send};
use sim_core::script::Script;

/// `late-reader`.
pub(super) static LATE_READER: Policy = Policy {
    name: "late-reader",
    about: "as read-after-error, but comes to reading late",
    script: |errand| {
        Script::single(vec![connect(), send(errand), read_all(errand.late), close()])
    },
};
