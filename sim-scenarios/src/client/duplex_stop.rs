//! Looks for an answer before every write, reads while it writes, and stops sending when an early
//! answer comes (curl). A failed write before that ends it.

use super::{CONN, Policy, close, connect, read_all};
use sim_core::script::{Goto, Lane, LaneId, Line, Look, Op, Script, Starts, Until};

/// `duplex/stop`.
pub(super) static DUPLEX_STOP: Policy = Policy {
    name: "duplex/stop",
    about: "looks before it writes, and stops writing when the answer comes",
    script: |errand| {
        let first = Op::Read { fd: CONN, chunk: 65_536, until: Until::Once };
        let stop = Line::new(Op::Stop(LaneId(1)));
        let reader = vec![Line::new(first).wake(errand.wake), stop, read_all(errand.wake), close()];
        let send =
            Op::Write { fd: CONN, total: errand.request, chunk: errand.chunk, look: Look::First };
        let send = Line::new(send).gap(errand.gap).then(Goto::End).on_limit(Goto::End);
        let writer = vec![
            connect(),
            Line::new(Op::Spawn(LaneId(0))),
            send,
            Line::new(Op::Stop(LaneId(0))),
            close(),
        ];
        Script {
            lanes: vec![
                Lane { name: "reader".to_owned(), starts: Starts::Spawned, lines: reader },
                Lane::new("writer", writer),
            ],
        }
    },
};
