//! Browsers, and Windows under any program. What browsers do after a failed write was not looked
//! at.

use super::super::{Topic, tale};
use super::message;

pub(super) static ALL: &[Topic] = &[
    message(
        (
            "ERR_CONNECTION_RESET",
            &["err connection reset", "the connection was reset", "PR_CONNECT_RESET_ERROR"],
        ),
        "Chrome, Edge (`This site can't be reached`); Firefox: `The connection was reset`",
        "A RST had arrived before an answer was read. For an upload over a limit the answer (413, \
         503) may have been on its way, or there.",
        &tale::RESET,
    ),
    message(
        ("ERR_EMPTY_RESPONSE", &["err empty response"]),
        "Chrome, Edge, for EOF before the first byte of an answer",
        "The stream ended before the first byte of an answer.",
        &tale::NO_ANSWER,
    ),
    message(
        (
            "ERR_CONTENT_LENGTH_MISMATCH",
            &["err content length mismatch", "err incomplete chunked encoding"],
        ),
        "Chrome, Edge, for EOF within a body (`ERR_INCOMPLETE_CHUNKED_ENCODING` for chunks)",
        "The answer is short, and the end that the browser was told looked clean.",
        &tale::SHORT,
    ),
    message(
        (
            "An existing connection was forcibly closed by the remote host (os error 10054)",
            &[
                "an existing connection was forcibly closed by the remote host",
                "os error 10054",
                "winerror 10054",
                "WSAECONNRESET",
            ],
        ),
        "any program on Windows, for WSAECONNRESET",
        "A RST had arrived.",
        &tale::WINDOWS,
    ),
    message(
        (
            "An established connection was aborted by the software in your host machine (10053)",
            &[
                "an established connection was aborted by the software in your host machine",
                "os error 10053",
                "winerror 10053",
                "WSAECONNABORTED",
            ],
        ),
        "any program on Windows, for WSAECONNABORTED",
        "The stack at this end gave the connection up: mostly a write after a reset, or nobody \
         answered.",
        &tale::WINDOWS,
    ),
];
