//! Answer and close at once: the request stays unread.

use super::{Strategy, answer, close};

/// `close`.
pub(super) static CLOSE: Strategy = Strategy {
    name: "close",
    about: "answers without reading and closes at once",
    knobs: &[],
    lines: |job, _| vec![answer(job), close()],
};
