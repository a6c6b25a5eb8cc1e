//! Answer, half-close, close: the FIN goes first, the close comes all the same.

use super::{Strategy, answer, close, half_close};

/// `shutdown-close`.
pub(super) static SHUTDOWN_CLOSE: Strategy = Strategy {
    name: "shutdown-close",
    about: "answers, shutdown(SHUT_WR), and closes at once",
    knobs: &[],
    lines: |job, _| vec![answer(job), half_close(), close()],
};
