//! Answer, half-close, read and discard until the client closes or patience ends: nginx's
//! `lingering_close`, with its 5 s between reads, 30 s in all and 4 KiB a read.

use super::{CONN, Knob, Strategy, Unit, answer, close, half_close};
use sim_core::script::{Limit, Line, Op, Until};
use sim_core::wire::millis;

/// `lingering-close`.
pub(super) static LINGERING_CLOSE: Strategy = Strategy {
    name: "lingering-close",
    about: "answers, shutdown(SHUT_WR), reads until the client closes or a limit is met, closes",
    knobs: &[
        Knob { name: "idle", unit: Unit::TimeLimit, default: Some(millis(5_000)) },
        Knob { name: "total", unit: Unit::TimeLimit, default: Some(millis(30_000)) },
        Knob { name: "bytes", unit: Unit::ByteLimit, default: None },
    ],
    lines: |job, [idle, total, bytes]| {
        let bytes = bytes.and_then(|bytes| u32::try_from(bytes).ok());
        let discard = Line::new(Op::Read { fd: CONN, chunk: 4096, until: Until::Eof });
        vec![answer(job), half_close(), discard.limit(Limit { bytes, idle, total }), close()]
    },
};
