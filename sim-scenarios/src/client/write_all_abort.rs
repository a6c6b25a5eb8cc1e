//! Writes everything, then reads; gives up at the first failed write (Python's http.client, ureq).

use super::{Policy, close, connect, read_all, send};
use sim_core::script::{Goto, Script};

/// `write-all/abort`.
pub(super) static WRITE_ALL_ABORT: Policy = Policy {
    name: "write-all/abort",
    about: "writes everything, then reads; a failed write ends it",
    script: |errand| {
        Script::single(vec![
            connect(),
            send(errand).on_error(Goto::Line(3)),
            read_all(errand.wake),
            close(),
        ])
    },
};
