//! Node, Ruby, PHP.

use super::super::{Topic, tale};
use super::message;

pub(super) static ALL: &[Topic] = &[
    message(
        ("read ECONNRESET", &["read econnreset"]),
        "Node, for a read that was told ECONNRESET",
        "A RST had arrived, and nothing was left to read.",
        &tale::RESET,
    ),
    message(
        ("write EPIPE", &["write epipe"]),
        "Node, for a write that was told EPIPE",
        "A write met a connection that had ended. Node's http gives the request up, with it an \
         answer that may have been there.",
        &tale::PIPE,
    ),
    message(
        ("write ECONNRESET", &["write econnreset"]),
        "Node, for a write that was told ECONNRESET",
        "A RST had arrived, and this write was the first call to be told.",
        &tale::RESET,
    ),
    message(
        ("socket hang up", &["socket hang up"]),
        "Node's http client (its code is ECONNRESET, whatever the kernel said)",
        "The connection ended before an answer had come. With a FIN nothing was reset at all: on a \
         connection that was kept alive it is mostly the server's idle timeout.",
        &tale::IDLE,
    ),
    message(
        ("other side closed", &["other side closed", "UND_ERR_SOCKET"]),
        "undici, and Node's fetch under `TypeError: fetch failed`, for EOF (SocketError)",
        "The stream ended while a request was under way.",
        &tale::IDLE,
    ),
    message(
        ("Errno::EPIPE", &["errno epipe"]),
        "Ruby, for EPIPE (`Broken pipe`)",
        "A write met a connection that had ended.",
        &tale::PIPE,
    ),
    message(
        ("Errno::ECONNRESET", &["errno econnreset"]),
        "Ruby, for ECONNRESET (`Connection reset by peer`)",
        "A RST had arrived, and this call was the first to be told.",
        &tale::RESET,
    ),
    message(
        ("EOFError: end of file reached", &["end of file reached"]),
        "Ruby (Net::HTTP among others), for EOF where more was expected",
        "The stream ended before an answer, or within it.",
        &tale::NO_ANSWER,
    ),
];
