//! What is behind the messages, each told once.
//!
//! What real servers and clients do was read in their sources or measured on Linux, and holds for
//! the versions named; no program is named that nobody has looked at.

use super::{Shown, Tale};

const fn shown(command: &'static str, says: &'static str) -> Shown {
    Shown { command, says }
}

/// The server should not close on a request it has not read.
pub(super) const READ_ON: &str = "\
Do not close with the request unread. Go on reading after the answer, with a limit on time and \
bytes, or read the request first: nginx `lingering_close`, `lingering_time`, `lingering_timeout`; \
Tomcat `maxSwallowSize`; HAProxy 3.0, actix-http 3.13 and gunicorn (since April 2026) do it by \
themselves; in hyper and axum the handler has to read the body. shutdown(SHUT_WR) right before \
close() does not help.";

/// The client should look before it gives up.
pub(super) const LOOK: &str = "\
After a failed write, read before giving up: the answer may lie in the socket. urllib3 (requests), \
OkHttp and curl do so; Python's http.client, ureq, hyper (reqwest) and Node's http give up. Or ask \
first with `Expect: 100-continue`, so that no body is under way when the server refuses.";

/// The other end refused, or was not there.
const NOTHING_SERVER: &str = "Nothing in how it closes: no answer was on its way.";
const OWN_CALL: &str = "The calls of the program itself: the network has no part in it.";

/// A write met a connection that the server had closed.
pub(super) static PIPE: Tale = Tale {
    wire: "\
Linux: the server's FIN arrived, then its RST (EPIPE is then the pending error); or a call before \
this one has taken ECONNRESET. FreeBSD: any write after the RST, since its stack asks whether it \
may still send before it looks at the pending error. The server closed while the request was on \
its way. What arrived before the RST stays readable on both.",
    shown: &[
        shown("closerace run --server shutdown-close --client write-all/abort --lost", "EPIPE"),
        shown("closerace explore --server lingering-close --client write-all/abort", "Always SEEN"),
    ],
    server: READ_ON,
    client: LOOK,
};

/// A RST arrived.
pub(super) static RESET: Tale = Tale {
    wire: "\
A RST arrived. The server closed with the request unread (Linux: a RST at once; FreeBSD: a FIN, \
and a RST when more of the request comes), or aborted with SO_LINGER {1, 0}, or the request \
reached a socket that nobody held any more. What was delivered before the RST stays readable on \
Linux and FreeBSD; the letter of RFC 9293 throws it away. The error is told once: to the first \
read that finds nothing left, or to the first write (a write on FreeBSD says EPIPE and leaves it).",
    shown: &[
        shown("closerace run --server close --client write-all/abort --lost", "ECONNRESET"),
        shown("closerace explore --server lingering-close --client write-all/abort", "Always SEEN"),
    ],
    server: READ_ON,
    client: LOOK,
};

/// The stream ended before the first byte of an answer.
pub(super) static NO_ANSWER: Tale = Tale {
    wire: "\
A FIN without an answer: the server closed an idle connection while the request was on its way, or \
its process ended. Or an EOF that stands for a RST: on Linux the error is told once, and where a \
write or SO_ERROR has taken it, a read says EOF. On a stack that goes by the letter of RFC 9293 \
(below) the RST has thrown the answer away before that.",
    shown: &[shown(
        "closerace explore --server close --client read-after-error --server-stack rfc9293 \
         --client-stack rfc9293",
        "TRUNCATED: the client's application has read nothing",
    )],
    server: "\
Let idle connections live longer than the client or the balancer in front keeps them (nginx \
`keepalive_timeout`, Node `server.keepAliveTimeout`), and do not close on a request that has not \
been read (nginx `lingering_close`, Tomcat `maxSwallowSize`).",
    client: "\
Send again what is safe to repeat, on a fresh connection. Where a write had failed before the EOF, \
report that error, not the EOF.",
};

/// The stream ended within an answer.
pub(super) static SHORT: Tale = Tale {
    wire: "\
The server reset the connection while part of the answer was still in its send queue (beyond the \
congestion window or the client's window, or held back by Nagle): that part is gone. On Linux the \
reader is told a clean EOF, not an error, where a failed write had taken ECONNRESET, or where the \
FIN came before the RST.",
    shown: &[
        shown(
            "closerace run --server close --client read-after-error --story large-reply --lost",
            "send-queue discard",
        ),
        shown(
            "closerace explore --server close --client read-after-error --story large-reply",
            "TRUNCATED",
        ),
    ],
    server: READ_ON,
    client: "\
Compare what came with Content-Length or the last chunk, and treat a short answer as a failure. \
More reading does not help: these bytes were never sent.",
};

/// The server closed a connection it took for idle.
pub(super) static IDLE: Tale = Tale {
    wire: "\
The server closed a connection it took for idle while the next request was on its way. The request \
reaches a socket that nobody holds, and draws a RST; the client is told EOF, ECONNRESET or EPIPE, \
as the order of FIN, RST and its own calls decides. No story of closerace is idle; here the rest \
of a request meets a server that has said FIN and is gone, which is the same to the stacks:",
    shown: &[shown(
        "closerace run --server close --client write-all/abort --server-stack freebsd --lost",
        "and sent a RST",
    )],
    server: "\
Keep idle connections longer than whoever is in front does: nginx `keepalive_timeout`, Node \
`server.keepAliveTimeout`, the target's keep-alive above the balancer's idle timeout.",
    client: "\
Drop pooled connections before the server does, and send again on a fresh connection what is safe \
to repeat.",
};

/// The client has left before the server was done.
pub(super) static CLIENT_LEFT: Tale = Tale {
    wire: "\
The client closed, or gave up after a failed write or a timeout of its own, and its stack answers \
what still comes with a RST. At the server the rules are the same as at the client: ECONNRESET \
once, EPIPE afterwards on Linux. No story of closerace has the client leave first.",
    shown: &[],
    server: "\
Nothing, if the client left for reasons of its own. If it left because its write failed, the \
server in front closed too early: look there first.",
    client: "Raise its timeout, if that is what ended it; else see `closerace explain EPIPE`.",
};

/// Windows tells of a reset.
pub(super) static WINDOWS: Tale = Tale {
    wire: "\
A RST arrived, or the connection was given up. Windows is no stack of this model. Reports say that \
it throws unread data away when a RST arrives, as the letter of RFC 9293 does, so that reading \
after the error does not help there; with that letter:",
    shown: &[shown(
        "closerace run --server close --client late-reader --client-stack rfc9293 --lost",
        "receive-queue flush",
    )],
    server: READ_ON,
    client: "\
Read while writing, so that the answer is out of the socket before the RST comes, or ask first \
with `Expect: 100-continue`.",
};

/// Nobody answered any more.
pub(super) static SILENCE: Tale = Tale {
    wire: "\
Segments, or the answers to them, were lost until the last retransmission (Linux: 15 of data, 6 of \
a SYN), or the other end is gone without a word. No RST has come. closerace loses a few segments \
at most, so no story goes that far; a reader without a timeout waits for ever instead:",
    shown: &[shown(
        "closerace explore --server linger0 --client late-reader --story small-request --loss 1",
        "STUCK",
    )],
    server: NOTHING_SERVER,
    client: "Set timeouts of its own: the stack's take minutes, and a reader alone has none.",
};

/// A connection was refused.
pub(super) static REFUSED: Tale = Tale {
    wire: "\
A RST answered the SYN: nobody listens there. Every story of closerace has a listener. The rule is \
syn_sent.refused (`closerace explain syn_sent.refused`).",
    shown: &[],
    server: "Listen before clients come, and while restarting (pass the socket on).",
    client: "Try again later, at another address; nothing was sent, so it is safe.",
};

/// Not now.
pub(super) static LATER: Tale = Tale {
    wire: "\
Nothing is there to read, no room to write, or the handshake is under way: the call would wait and \
was told not to. Nothing has happened to the connection. A server that looks before it closes and \
is told this knows about now, not about what is on its way.",
    shown: &[],
    server: "Wait until the socket is ready, then call again.",
    client: "Wait until the socket is ready, then call again.",
};

/// A mistake of the program.
pub(super) static MISUSE: Tale = Tale {
    wire: "Nothing has happened on the wire: the call did not fit the socket.",
    shown: &[],
    server: OWN_CALL,
    client: OWN_CALL,
};

/// A call on a connection that is over.
pub(super) static NOT_CONNECTED: Tale = Tale {
    wire: "\
The socket was never connected, or the connection is over: after a RST shutdown() says this on \
Linux and leaves the pending error to others. Whether a write on a fresh socket says ENOTCONN or \
EPIPE is the stack's choice:",
    shown: &[shown("closerace show freebsd", "error.write_unconnected")],
    server: "A shutdown() that says this may be ignored: close() is what is left to do.",
    client: "The same; read first, if an answer may be there.",
};

/// Everything went well.
pub(super) static WELL: Tale = Tale {
    wire: "\
The whole answer reached the client's stack and was read, whatever came afterwards. A server that \
reads the request before it answers leaves nothing unread, so no RST is possible in any order.",
    shown: &[shown("closerace explore --server drain --client write-all/abort", "Always SEEN")],
    server: "Nothing.",
    client: "Nothing; an error after the whole answer was read can be ignored.",
};

/// A reader that waits for ever.
pub(super) static STUCK: Tale = Tale {
    wire: "\
The RST was lost, or never sent, and the server's stack has forgotten the connection: nothing is \
sent again, and a client that only reads sends nothing that could draw another RST.",
    shown: &[shown(
        "closerace explore --server linger0 --client late-reader --story small-request --loss 1",
        "STUCK",
    )],
    server: "\
Do not abort (SO_LINGER {1, 0}, HAProxy `option nolinger`): a FIN is sent again, a RST is not.",
    client: "Set a timeout for reading, or keep-alive probes: each draws the RST again.",
};

/// It depends on the order.
pub(super) static RACE: Tale = Tale {
    wire: "\
Some orders of deliveries, calls and timers lose the answer, some do not; the share stands for the \
delays of the story, `explore` shows the shortest way to each end.",
    shown: &[
        shown("closerace matrix --server close --client duplex/abort --story upload", "RACE"),
        shown("closerace explore --server close --client duplex/abort", "SEEN"),
    ],
    server: READ_ON,
    client: LOOK,
};
