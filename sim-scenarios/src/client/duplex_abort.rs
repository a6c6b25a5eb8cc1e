//! Reads while it writes; a failed write ends everything (hyper, Node, undici).

use super::{CONN, Policy, close, connect, read_all, send};
use sim_core::script::{Goto, Lane, LaneId, Line, Op, Script, Starts};
use sim_core::socket::Call;

/// `duplex/abort`.
pub(super) static DUPLEX_ABORT: Policy = Policy {
    name: "duplex/abort",
    about: "reads while it writes; a failed write ends it",
    script: |errand| {
        let writer = vec![
            connect(),
            Line::new(Op::Spawn(LaneId(0))),
            send(errand).then(Goto::End).on_error(Goto::Next),
            Line::new(Op::Stop(LaneId(0))),
            close(),
        ];
        let reader = vec![
            read_all(errand.wake),
            Line::new(Op::Stop(LaneId(1))),
            Line::new(Op::Call(Call::Close(CONN))),
        ];
        Script {
            lanes: vec![
                Lane { name: "reader".to_owned(), starts: Starts::Spawned, lines: reader },
                Lane::new("writer", writer),
            ],
        }
    },
};
