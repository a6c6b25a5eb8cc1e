//! RFC 9293's figure (3.3.2) as a relation, and the exceptions that stacks are known for.

use crate::wire::State;

/// Whether a connection may go from one state to another in one step.
#[must_use]
pub(super) fn is_arrow(from: State, to: State) -> bool {
    use State::{
        CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived,
        SynSent, TimeWait,
    };
    match (from, to) {
        // The figure's arrows.
        (Closed, Listen | SynSent)
        | (Listen, SynReceived | SynSent | Closed)
        | (SynSent, SynReceived | Established | Closed)
        | (SynReceived, Established | FinWait1 | Listen | Closed)
        | (Established, FinWait1 | CloseWait)
        | (FinWait1, FinWait2 | Closing | TimeWait)
        | (FinWait2 | Closing, TimeWait)
        | (CloseWait, LastAck)
        | (LastAck | TimeWait, Closed) => true,
        // Named exceptions. A reset, an abort or giving up ends anything (3.10.5, 3.10.7.4). A FIN
        // on the segment that completes the handshake, or that acknowledges our FIN, goes two
        // arrows in one step. The next connection begins out of TIME-WAIT (3.6.1, MAY-2).
        (Established | FinWait1 | FinWait2 | CloseWait | Closing, Closed)
        | (SynReceived, CloseWait)
        | (Closed, SynReceived)
        | (TimeWait, SynReceived) => true,
        (
            Closed | Listen | SynSent | SynReceived | Established | FinWait1 | FinWait2 | CloseWait
            | Closing | LastAck | TimeWait,
            _,
        ) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_has_no_way_back() {
        assert!(is_arrow(State::Established, State::FinWait1));
        assert!(!is_arrow(State::FinWait1, State::Established));
        assert!(!is_arrow(State::CloseWait, State::TimeWait));
        assert!(!is_arrow(State::LastAck, State::TimeWait));
    }
}
