//! Python.

use super::super::{Topic, tale};
use super::message;

pub(super) static ALL: &[Topic] = &[
    message(
        ("BrokenPipeError: [Errno 32] Broken pipe", &["BrokenPipeError", "errno 32 broken pipe"]),
        "Python, for EPIPE from send()",
        "A write met a connection that had ended. http.client stops there; urllib3 (requests) goes \
         on to read the answer.",
        &tale::PIPE,
    ),
    message(
        (
            "ConnectionResetError: [Errno 104] Connection reset by peer",
            &["ConnectionResetError", "errno 104 connection reset by peer"],
        ),
        "Python, for ECONNRESET from recv() or send()",
        "A RST had arrived, and this call was the first to be told.",
        &tale::RESET,
    ),
    message(
        ("('Connection aborted.', ...)", &["connection aborted"]),
        "urllib3's ProtocolError and requests' ConnectionError; the reason stands behind it \
         (RemoteDisconnected, ConnectionResetError, BrokenPipeError)",
        "The connection ended before an answer was read; the second half says what the call was \
         told.",
        &tale::RESET,
    ),
    message(
        (
            "RemoteDisconnected('Remote end closed connection without response')",
            &["RemoteDisconnected", "remote end closed connection without response"],
        ),
        "Python's http.client (and urllib3 around it), for EOF where a status line should be",
        "The stream ended before the first byte of an answer.",
        &tale::NO_ANSWER,
    ),
    message(
        ("IncompleteRead(0 bytes read, 512 more expected)", &["IncompleteRead"]),
        "Python's http.client and urllib3, for EOF before Content-Length bytes or the last chunk",
        "The answer is short, and the end that the application was told looked clean.",
        &tale::SHORT,
    ),
];
