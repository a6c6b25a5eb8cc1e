//! Answer and abort: `SO_LINGER {1, 0}`.

use super::{CONN, Strategy, answer, close};
use sim_core::script::{Line, Op};
use sim_core::socket::Call;
use sim_core::tcp::Linger;

/// `linger0`.
pub(super) static LINGER0: Strategy = Strategy {
    name: "linger0",
    about: "answers and aborts: SO_LINGER {1, 0}, then close",
    knobs: &[],
    lines: |job, _| {
        let abort = Line::new(Op::Call(Call::SetLinger(CONN, Linger::Abort)));
        vec![abort, answer(job), close()]
    },
};
