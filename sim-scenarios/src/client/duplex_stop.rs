//! Reads before it writes, and stops sending when an early answer comes (curl); a failed write
//! before that ends it.

use super::{CONN, Policy, close, connect, read_all, send};
use sim_core::script::{Goto, Lane, LaneId, Line, Op, Script, Starts, Until};

/// `duplex/stop`.
pub static DUPLEX_STOP: Policy = Policy {
    name: "duplex/stop",
    about: "reads while it writes, and stops writing when the answer comes",
    script: |errand| {
        let writer = vec![
            connect(),
            Line::new(Op::Spawn(LaneId(0))),
            send(errand).then(Goto::End).on_error(Goto::Next),
            Line::new(Op::Stop(LaneId(0))),
            close(),
        ];
        let first = Op::Read { fd: CONN, chunk: 65_536, until: Until::Once };
        let stop = Line::new(Op::Stop(LaneId(1)));
        let reader =
            vec![Line::new(first).wake(errand.wake), stop, read_all(errand.wake), close()];
        Script {
            lanes: vec![
                Lane { name: "reader".to_owned(), starts: Starts::Spawned, lines: reader },
                Lane::new("writer", writer),
            ],
        }
    },
};
