//! Java and .NET.

use super::super::{Topic, tale};
use super::message;

pub(super) static ALL: &[Topic] = &[
    message(
        (
            "java.net.SocketException: Connection reset",
            &["SocketException connection reset", "java io IOException connection reset by peer"],
        ),
        "Java, for ECONNRESET",
        "A RST had arrived.",
        &tale::RESET,
    ),
    message(
        (
            "java.net.SocketException: Broken pipe",
            &[
                "SocketException broken pipe",
                "java io IOException broken pipe",
                "broken pipe write failed",
            ],
        ),
        "Java, for EPIPE (`Broken pipe (Write failed)` in older versions)",
        "A write met a connection that had ended.",
        &tale::PIPE,
    ),
    message(
        ("HTTP/1.1 header parser received no bytes", &["header parser received no bytes"]),
        "java.net.http.HttpClient, for EOF where a status line should be",
        "The stream ended before the first byte of an answer: on a pooled connection mostly the \
         server's idle timeout.",
        &tale::IDLE,
    ),
    message(
        (
            "NoHttpResponseException: ... failed to respond",
            &["NoHttpResponseException", "failed to respond"],
        ),
        "Apache HttpClient, for EOF where a status line should be",
        "The stream ended before the first byte of an answer: on a pooled connection mostly the \
         server's idle timeout.",
        &tale::IDLE,
    ),
    message(
        ("unexpected end of stream", &["unexpected end of stream"]),
        "OkHttp, for EOF where a status line, or more of a body, should be",
        "The stream ended early: on a pooled connection mostly the server's idle timeout.",
        &tale::IDLE,
    ),
    message(
        (
            "Premature end of Content-Length delimited message body",
            &[
                "premature end of content length delimited message body",
                "premature end of chunk coded message body",
            ],
        ),
        "Apache HttpClient, for EOF within a body",
        "The answer is short, and the end that the application was told looked clean.",
        &tale::SHORT,
    ),
    message(
        (
            "Connection prematurely closed BEFORE response",
            &["connection prematurely closed before response"],
        ),
        "Reactor Netty's HTTP client (Spring WebClient): PrematureCloseException",
        "The connection ended before an answer: on a pooled connection mostly the server's idle \
         timeout.",
        &tale::IDLE,
    ),
    message(
        (
            "ClientAbortException",
            &["ClientAbortException", "ClientAbortException java io IOException broken pipe"],
        ),
        "Tomcat, at the server, around `java.io.IOException: Broken pipe` or `Connection reset`",
        "The server wrote to a client that had gone.",
        &tale::CLIENT_LEFT,
    ),
    message(
        ("The response ended prematurely", &["the response ended prematurely"]),
        ".NET's HttpClient, for EOF before an answer was complete",
        "The stream ended before an answer, or within it.",
        &tale::NO_ANSWER,
    ),
    message(
        (
            "Unable to read data from the transport connection",
            &["unable to read data from the transport connection"],
        ),
        ".NET, around the error that a read was told",
        "The connection ended while an answer was awaited; the words behind the colon say how.",
        &tale::RESET,
    ),
    message(
        (
            "Unable to write data to the transport connection",
            &["unable to write data to the transport connection"],
        ),
        ".NET, around the error that a write was told",
        "A write met a connection that had ended.",
        &tale::PIPE,
    ),
];
