//! Rust and Go.

use super::super::{Topic, tale};
use super::message;

pub(super) static ALL: &[Topic] = &[
    message(
        ("Broken pipe (os error 32)", &["broken pipe os error 32"]),
        "Rust's std::io::Error for EPIPE, on Linux, macOS and FreeBSD",
        "A write met a connection that had ended. It is about the request, not about the answer: \
         that may lie in the socket, readable.",
        &tale::PIPE,
    ),
    message(
        (
            "Connection reset by peer (os error 104)",
            &["connection reset by peer os error 104", "connection reset by peer os error 54"],
        ),
        "Rust's std::io::Error for ECONNRESET on Linux (os error 54 on macOS and FreeBSD)",
        "A RST had arrived, and this call was the first to be told.",
        &tale::RESET,
    ),
    message(
        (
            "connection closed before message completed",
            &["connection closed before message completed"],
        ),
        "hyper's client (reqwest), for EOF before the answer was complete; by a server of hyper's \
         about a client that left within its request",
        "The stream ended before a whole answer had come. On a connection that was kept alive it \
         is mostly the server's idle timeout.",
        &tale::IDLE,
    ),
    message(
        ("error writing a body to connection", &["error writing a body to connection"]),
        "hyper's client (reqwest), with EPIPE or ECONNRESET as its source",
        "A write of the request's body failed, and hyper gave the connection up, with it an answer \
         that may have been there.",
        &tale::PIPE,
    ),
    message(
        ("read: connection reset by peer", &["read connection reset by peer"]),
        "Go's net package, for ECONNRESET from read",
        "A RST had arrived, and nothing was left to read.",
        &tale::RESET,
    ),
    message(
        ("write: broken pipe", &["write broken pipe"]),
        "Go's net package, for EPIPE from write",
        "A write met a connection that had ended.",
        &tale::PIPE,
    ),
    message(
        ("write: connection reset by peer", &["write connection reset by peer"]),
        "Go's net package, for ECONNRESET from write",
        "A RST had arrived, and this write was the first call to be told.",
        &tale::RESET,
    ),
    message(
        ("http: server closed idle connection", &["server closed idle connection"]),
        "Go's net/http Transport, for a pooled connection",
        "The server closed a connection that the Transport was about to use, or had just used.",
        &tale::IDLE,
    ),
    message(
        (
            "net/http: HTTP/1.x transport connection broken",
            &["transport connection broken", "transport closed before response was received"],
        ),
        "Go's net/http Transport, with the error of the read or write behind it",
        "The connection ended while a request was under way; the words behind the colon say how.",
        &tale::RESET,
    ),
    message(
        (
            "Post \"http://...\": EOF",
            &["post http * eof", "get http * eof", "put http * eof", "net http eof"],
        ),
        "Go's net/http client: url.Error around io.EOF",
        "The stream ended before the first byte of an answer.",
        &tale::NO_ANSWER,
    ),
    message(
        ("unexpected EOF", &["unexpected eof", "UnexpectedEof", "unexpected end of file"]),
        "Go's io.ErrUnexpectedEOF; Rust's ErrorKind::UnexpectedEof in other words",
        "The stream ended within an answer: fewer bytes than it had announced.",
        &tale::SHORT,
    ),
];
