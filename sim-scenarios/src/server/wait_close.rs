//! Answer, half-close, wait without reading, close: Go's `closeWriteAndWait` waits 500 ms.

use super::{Knob, Strategy, Unit, answer, close, half_close};
use sim_core::script::{Line, Op};
use sim_core::wire::{Law, millis};

/// `wait-close`.
pub(super) static WAIT_CLOSE: Strategy = Strategy {
    name: "wait-close",
    about: "answers, shutdown(SHUT_WR), waits without reading, closes",
    knobs: &[Knob { name: "wait", unit: Unit::Time, default: Some(millis(500)) }],
    lines: |job, [wait, _, _]| {
        let wait = Line::new(Op::Sleep(Law::Fixed(wait.unwrap_or(0))));
        vec![answer(job), half_close(), wait, close()]
    },
};
