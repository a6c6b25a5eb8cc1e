//! Read the declared request first, then answer and close.

use super::{CONN, Strategy, answer, close};
use sim_core::script::{Line, Op, Until};

/// `drain`.
pub(super) static DRAIN: Strategy = Strategy {
    name: "drain",
    about: "reads the whole request, then answers and closes",
    knobs: &[],
    lines: |job, _| {
        let until = Until::Count(job.request);
        vec![Line::new(Op::Read { fd: CONN, chunk: 65_536, until }), answer(job), close()]
    },
};
