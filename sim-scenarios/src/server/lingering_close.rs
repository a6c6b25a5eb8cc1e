//! Answer, half-close, read and discard until the client closes or patience ends: nginx's
//! `lingering_close`, with its 5 s between reads, 30 s in all and 4 KiB a read.

use super::{CONN, Strategy, answer, close, half_close};
use sim_core::script::{Limit, Line, Op, Until};
use sim_core::wire::millis;

/// `lingering-close`.
pub(super) static LINGERING_CLOSE: Strategy = Strategy {
    name: "lingering-close",
    about: "answers, shutdown(SHUT_WR), reads until the client closes (idle 5 s, total 30 s), closes",
    lines: |job| {
        let discard = Line::new(Op::Read { fd: CONN, chunk: 4096, until: Until::Eof }).limit(Limit {
            bytes: None,
            idle: Some(millis(5_000)),
            total: Some(millis(30_000)),
        });
        vec![answer(job), half_close(), discard, close()]
    },
};
