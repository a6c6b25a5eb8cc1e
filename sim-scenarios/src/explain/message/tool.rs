//! curl, git, ssh, wget, psql.

use super::super::{Topic, tale};
use super::message;

pub(super) static ALL: &[Topic] = &[
    message(
        (
            "curl: (55) Send failure: Broken pipe",
            &["curl 55", "curl error 55", "curle send error", "send failure broken pipe"],
        ),
        "curl, git and everything else that uses libcurl: CURLE_SEND_ERROR",
        "A write of the request failed, and no answer had been read before it: curl looks for one \
         before each write, and stops sending when an error status is there.",
        &tale::PIPE,
    ),
    message(
        (
            "curl: (56) Recv failure: Connection reset by peer",
            &[
                "curl 56",
                "curl error 56",
                "curle recv error",
                "recv failure connection reset by peer",
            ],
        ),
        "curl, git and everything else that uses libcurl: CURLE_RECV_ERROR",
        "A RST had arrived, and nothing was left to read. If a status line was printed before it, \
         the answer came first, and only the end was rough.",
        &tale::RESET,
    ),
    message(
        (
            "curl: (52) Empty reply from server",
            &["curl 52", "curl error 52", "curle got nothing", "empty reply from server"],
        ),
        "curl and everything else that uses libcurl: CURLE_GOT_NOTHING",
        "The stream ended (EOF) before the first byte of an answer.",
        &tale::NO_ANSWER,
    ),
    message(
        (
            "curl: (18) transfer closed with ... bytes remaining to read",
            &["curl 18", "curl error 18", "curle partial file", "bytes remaining to read"],
        ),
        "curl and everything else that uses libcurl: CURLE_PARTIAL_FILE",
        "The answer is short, and the end that curl was told looked clean.",
        &tale::SHORT,
    ),
    message(
        ("fatal: the remote end hung up unexpectedly", &["the remote end hung up unexpectedly"]),
        "git, for EOF from the other side; the line before it says more",
        "The stream ended before the other side had said all it had to.",
        &tale::NO_ANSWER,
    ),
    message(
        (
            "kex_exchange_identification: read: Connection reset by peer",
            &["kex exchange identification", "ssh exchange identification"],
        ),
        "OpenSSH's client, before the server's first line",
        "The server accepted and closed at once: mostly an admission limit (sshd's MaxStartups), \
         or nobody behind a forwarder. What the client had sent was unread: hence the RST.",
        &tale::RESET,
    ),
    message(
        (
            "server closed the connection unexpectedly",
            &["server closed the connection unexpectedly"],
        ),
        "libpq (psql and PostgreSQL's clients), for EOF where an answer should be",
        "The stream ended before an answer was complete. A last message of the server may have \
         been lost with it.",
        &tale::NO_ANSWER,
    ),
];
