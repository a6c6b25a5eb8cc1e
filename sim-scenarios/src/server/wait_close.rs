//! Answer, half-close, wait without reading, close: Go's `closeWriteAndWait` waits 500 ms.

use super::{Strategy, answer, close, half_close};
use sim_core::script::{Line, Op};
use sim_core::wire::{Law, millis};

/// `wait-close`.
pub(super) static WAIT_CLOSE: Strategy = Strategy {
    name: "wait-close",
    about: "answers, shutdown(SHUT_WR), waits 500 ms without reading, closes",
    lines: |job| {
        let wait = Line::new(Op::Sleep(Law::Fixed(millis(500))));
        vec![answer(job), half_close(), wait, close()]
    },
};
