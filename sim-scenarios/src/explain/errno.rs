//! What calls return.
//!
//! The numbers in the keys are Linux's, then those of FreeBSD and macOS where they differ.

use super::{Kind, Tale, Topic, tale};
use sim_core::tcp::Errno;

pub(super) const fn topic(errno: Errno) -> &'static Topic {
    match errno {
        Errno::Again => &AGAIN,
        Errno::AddressInUse => &ADDRESS_IN_USE,
        Errno::AlreadyConnecting => &ALREADY,
        Errno::BadFile => &BAD_FILE,
        Errno::BrokenPipe => &PIPE,
        Errno::ConnectionAborted => &ABORTED,
        Errno::ConnectionRefused => &REFUSED,
        Errno::ConnectionReset => &RESET,
        Errno::InProgress => &IN_PROGRESS,
        Errno::InvalidArgument => &INVALID,
        Errno::IsConnected => &IS_CONNECTED,
        Errno::NotConnected => &NOT_CONNECTED,
        Errno::NotSupported => &NOT_SUPPORTED,
        Errno::TimedOut => &TIMED_OUT,
    }
}

const fn errno(
    (name, keys): (&'static str, &'static [&'static str]),
    by: &'static str,
    means: &'static str,
    tale: &'static Tale,
) -> Topic {
    Topic { name, kind: Kind::Errno, keys, names: &[], by, means, questions: &[], tale }
}

static PIPE: Topic = Topic {
    questions: &["error.write", "reset.error_close_wait", "error.write_unconnected"],
    ..errno(
        ("EPIPE", &["EPIPE", "broken pipe", "os error 32", "errno 32", "SIGPIPE"]),
        "write()/send() (with SIGPIPE, unless that is ignored), SO_ERROR; never by read()",
        "The connection can no longer send. The bytes of this write went nowhere; of those that \
         earlier writes handed over nobody knows. It says nothing about whether an answer can \
         still be read.",
        &tale::PIPE,
    )
};
static RESET: Topic = Topic {
    questions: &["error.write", "error.after_eof", "reset.error_close_wait", "reset.receive_queue"],
    ..errno(
        (
            "ECONNRESET",
            &[
                "ECONNRESET",
                "connection reset by peer",
                "connection reset",
                "os error 104",
                "errno 104",
                "os error 54",
                "errno 54",
            ],
        ),
        "read(), write(), SO_ERROR: the first of them that asks, once",
        "The peer's stack ended the connection with a RST. On Linux the call that is told consumes \
         the error: afterwards writes say EPIPE, and reads give what is left and then EOF.",
        &tale::RESET,
    )
};
static TIMED_OUT: Topic = errno(
    (
        "ETIMEDOUT",
        &["ETIMEDOUT", "connection timed out", "os error 110", "errno 110", "os error 60"],
    ),
    "connect(), read(), write(), SO_ERROR: the first that asks, once",
    "The stack sent the same thing again and again, nobody answered, and it gave up. A timeout \
     that a library sets on its own calls is another thing, and usually has its own message.",
    &tale::SILENCE,
);
static REFUSED: Topic = errno(
    (
        "ECONNREFUSED",
        &["ECONNREFUSED", "connection refused", "os error 111", "errno 111", "os error 61"],
    ),
    "connect(), SO_ERROR",
    "A RST answered the SYN: no connection has been, nothing was sent, nothing can be lost.",
    &tale::REFUSED,
);
static ABORTED: Topic = Topic {
    questions: &["connect.failed"],
    ..errno(
        ("ECONNABORTED", &["ECONNABORTED", "software caused connection abort", "os error 103"]),
        "connect(), called again after an attempt whose error somebody has already taken; on some \
         stacks accept(), for a connection that was reset while it waited (not on Linux)",
        "The attempt is over, and why has been told before.",
        &tale::MISUSE,
    )
};
static NOT_CONNECTED: Topic = Topic {
    questions: &["error.write_unconnected", "shutdown.listener"],
    ..errno(
        ("ENOTCONN", &["ENOTCONN", "not connected", "os error 107", "errno 107", "os error 57"]),
        "shutdown(), read(); on some stacks write()",
        "There is no connection: there never was, or it has been reset.",
        &tale::NOT_CONNECTED,
    )
};
static AGAIN: Topic = Topic {
    questions: &["linger.expiry"],
    ..errno(
        (
            "EAGAIN",
            &[
                "EAGAIN",
                "EWOULDBLOCK",
                "resource temporarily unavailable",
                "os error 11",
                "errno 11",
            ],
        ),
        "read(), write(), accept() on sockets that do not wait; on some stacks a close() whose \
         SO_LINGER time is over",
        "Not now: the call would have waited.",
        &tale::LATER,
    )
};
static IN_PROGRESS: Topic = errno(
    ("EINPROGRESS", &["EINPROGRESS", "operation now in progress", "os error 115", "errno 115"]),
    "connect() on a socket that does not wait",
    "The SYN is under way; SO_ERROR tells how it went once the socket is writable.",
    &tale::LATER,
);
static ALREADY: Topic = errno(
    ("EALREADY", &["EALREADY", "operation already in progress", "os error 114", "errno 114"]),
    "connect(), called again while the handshake is under way",
    "The first attempt has not ended.",
    &tale::LATER,
);
static ADDRESS_IN_USE: Topic = errno(
    ("EADDRINUSE", &["EADDRINUSE", "address already in use", "os error 98", "errno 98"]),
    "bind(), listen(), connect()",
    "Somebody has the port: a listener, or a connection in TIME-WAIT where SO_REUSEADDR is not \
     set.",
    &tale::MISUSE,
);
static BAD_FILE: Topic = errno(
    ("EBADF", &["EBADF", "bad file descriptor", "os error 9", "errno 9"]),
    "any call",
    "The descriptor is closed: often another thread has closed it, and a number that is used again \
     may by now be somebody else's connection.",
    &tale::MISUSE,
);
static INVALID: Topic = errno(
    ("EINVAL", &["EINVAL", "invalid argument", "os error 22", "errno 22"]),
    "listen() on a connection, accept() on what does not listen, and others",
    "The call does not fit what the socket is.",
    &tale::MISUSE,
);
static IS_CONNECTED: Topic = Topic {
    questions: &["connect.again"],
    ..errno(
        ("EISCONN", &["EISCONN", "already connected", "os error 106", "errno 106"]),
        "connect() on a socket that has, or has had, a connection",
        "A socket connects once. After a reset it takes a new socket, not a new connect().",
        &tale::MISUSE,
    )
};
static NOT_SUPPORTED: Topic = errno(
    ("EOPNOTSUPP", &["EOPNOTSUPP", "operation not supported", "os error 95", "errno 95"]),
    "calls that this kind of socket does not have, as accept() on one that is not a stream",
    "The kind of socket does not have this call.",
    &tale::MISUSE,
);
