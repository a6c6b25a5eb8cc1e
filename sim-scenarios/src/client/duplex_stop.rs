//! Looks for an answer before every write, reads while it writes, and stops sending when an early
//! answer comes (curl). A failed write before that ends it.

use super::{CONN, Errand, Policy, close, connect, read_all};
use sim_core::script::{Goto, Lane, LaneId, Line, Op, Script, Starts, Until};
use sim_core::socket::Call;
use sim_core::wire::Law;

/// `duplex/stop`.
pub(super) static DUPLEX_STOP: Policy = Policy {
    name: "duplex/stop",
    about: "looks before it writes, and stops writing when the answer comes",
    script: |errand| {
        let first = Op::Read { fd: CONN, chunk: 65_536, until: Until::Once };
        let stop = Line::new(Op::Stop(LaneId(1)));
        let reader =
            vec![Line::new(first).wake(errand.wake), stop, read_all(errand.wake), close()];
        Script {
            lanes: vec![
                Lane { name: "reader".to_owned(), starts: Starts::Spawned, lines: reader },
                Lane::new("writer", writer(errand)),
            ],
        }
    },
};

/// A pair of lines for each write: look (what is there ends the sending), then write. The two lines
/// at the end are for a write that failed.
fn writer(errand: Errand) -> Vec<Line> {
    let writes = errand.request.div_ceil(errand.chunk.max(1));
    let failed = Goto::Line(u8::try_from(2 + 2 * writes).unwrap_or(u8::MAX));
    let mut lines = vec![connect(), Line::new(Op::Spawn(LaneId(0)))];
    for n in 0..writes {
        let bytes = errand.chunk.min(errand.request - n * errand.chunk);
        let pause = if n == 0 { Law::ZERO } else { errand.gap };
        let look = Line::new(Op::Try(Call::Peek(CONN, 1))).wake(pause).then(Goto::End);
        let next = if n + 1 == writes { Goto::End } else { Goto::Next };
        lines.push(look);
        lines.push(Line::new(Op::Call(Call::Write(CONN, bytes))).then(next).on_error(failed));
    }
    lines.extend([Line::new(Op::Stop(LaneId(0))), close()]);
    lines
}
