//! Writes everything, then reads; after a failed write it reads all the same (urllib3, OkHttp).

use super::{Policy, close, connect, read_all, send};
use sim_core::script::Script;

/// `read-after-error`.
pub(super) static READ_AFTER_ERROR: Policy = Policy {
    name: "read-after-error",
    about: "writes everything, then reads; also after a failed write",
    script: |errand| {
        Script::single(vec![connect(), send(errand), read_all(errand.wake), close()])
    },
};
