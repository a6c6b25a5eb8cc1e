//! Why bytes of an answer were not read.

use super::{Kind, Shown, Tale, Topic, tale};
use crate::render::words;
use sim_core::tcp::Gone;

pub(super) const fn topic(gone: Gone) -> &'static Topic {
    match gone {
        Gone::SendQueueDiscard => &SEND_DISCARD,
        Gone::SendQueueReset => &SEND_RESET,
        Gone::ReceiveQueueFlush => &FLUSH,
        Gone::ApplicationStopped => &STOPPED,
        Gone::DeadSocket => &DEAD,
        Gone::OutOfOrderDiscard => &HOLE,
        Gone::DiscardedAfterShutRd => &SHUT_RD,
        Gone::LostOnLink => &LOST,
        Gone::GivenUp => &GIVEN_UP,
        Gone::NeverWritten => &NEVER_WRITTEN,
    }
}

/// Its words stand in what `run` prints, the short ones in tables.
const fn cause(
    gone: Gone,
    short: &'static [&'static str],
    means: &'static str,
    tale: &'static Tale,
) -> Topic {
    Topic {
        name: gone.words(),
        kind: Kind::Cause,
        keys: &[],
        names: short,
        by: "closerace run, explore, matrix, of bytes of the answer that nobody will read",
        means,
        questions: &[],
        tale,
    }
}

/// The names in tables, as arrays that live as long as the program.
macro_rules! short {
    ($gone:ident) => {{
        const SHORT: [&str; 1] = [words::cause(Gone::$gone)];
        &SHORT
    }};
}

static SEND_DISCARD: Topic = Topic {
    questions: &["close.unread", "text.orphan"],
    ..cause(
        Gone::SendQueueDiscard,
        short!(SendQueueDiscard),
        "The server's own reset threw away what of the answer its stack still held: what the \
         windows, or Nagle, had not let out yet.",
        &tale::SHORT,
    )
};
static SEND_RESET: Topic = cause(
    Gone::SendQueueReset,
    short!(SendQueueReset),
    "A RST from the client made the server's stack throw away what it still held of the answer: \
     the client was gone first.",
    &tale::CLIENT_LEFT,
);
static FLUSH: Topic = Topic {
    questions: &["reset.receive_queue"],
    ..cause(
        Gone::ReceiveQueueFlush,
        short!(ReceiveQueueFlush),
        "The answer had been delivered and lay unread in the client's socket; the RST made the \
         client's stack throw it away. Linux and FreeBSD do not do this.",
        &FLUSHED,
    )
};
static STOPPED: Topic = cause(
    Gone::ApplicationStopped,
    short!(ApplicationStopped),
    "The answer was there to read, or on its way, and the client's application closed without \
     reading it: mostly since a write had failed. The commonest loss between Linux hosts.",
    &GAVE_UP,
);
static DEAD: Topic = cause(
    Gone::DeadSocket,
    short!(DeadSocket),
    "The answer reached the client's host when its socket was closed already.",
    &TOO_LATE,
);
static HOLE: Topic = cause(
    Gone::OutOfOrderDiscard,
    short!(OutOfOrderDiscard),
    "A segment before it was missing, so it could not be read; then the connection ended, and what \
     lay behind the hole went with it.",
    &UNREPAIRED,
);
static SHUT_RD: Topic = Topic {
    questions: &["text.read_shut", "text.both_shut", "shutdown.read_flush"],
    ..cause(
        Gone::DiscardedAfterShutRd,
        short!(DiscardedAfterShutRd),
        "The client had said shutdown(SHUT_RD), and its stack threw away what came, or what was \
         there.",
        &NOT_WANTED,
    )
};
static LOST: Topic = cause(
    Gone::LostOnLink,
    short!(LostOnLink),
    "A segment of the answer was lost on the way, and nobody was left who could send it again: the \
     server's stack had thrown its copy away with the connection.",
    &UNREPAIRED,
);
static GIVEN_UP: Topic = cause(
    Gone::GivenUp,
    short!(GivenUp),
    "It was never sent: nobody had answered for so long that the stack gave the connection up.",
    &tale::SILENCE,
);
static NEVER_WRITTEN: Topic = cause(
    Gone::NeverWritten,
    short!(NeverWritten),
    "The server's application stopped before it wrote the answer, or all of it: nothing of that \
     was in any stack's hands, so none can have lost it.",
    &NOT_ANSWERED,
);

static NOT_ANSWERED: Tale = Tale {
    wire: "\
The server closed, exited or reset the connection before write() had taken the answer: an \
admission limit that resets at once, a crash, a time limit, or a write that failed because the \
client had left. A capture shows a FIN or a RST and no byte of an answer before it.",
    shown: &[Shown { command: "closerace run --story admission", says: "never written" }],
    server: "\
Write an answer before closing, if one is meant to be read; then see how it is closed \
(`closerace explain application stopped`).",
    client: "\
There is no answer to be read. Whether the request was taken is unknown: send again what is safe \
to repeat.",
};

static FLUSHED: Tale = Tale {
    wire: "\
The RST was taken while the answer lay in the receive queue. Whether a stack flushes is its own \
choice; where it does, the time from the answer's arrival to the read decides.",
    shown: &[Shown {
        command: "closerace run --server close --client late-reader --client-stack rfc9293 --lost",
        says: "receive-queue flush",
    }],
    server: tale::READ_ON,
    client: "\
Read while writing, so that the answer is out of the socket before the RST comes; or ask first \
with `Expect: 100-continue`. Reading after the error comes too late on such a stack.",
};
static GAVE_UP: Tale = Tale {
    wire: "\
The server's RST made the next write fail (ECONNRESET, or EPIPE where a FIN came first); the \
application took that for the end. The answer was in its receive queue, or a moment away.",
    shown: &[
        Shown {
            command: "closerace run --server close --client write-all/abort --lost",
            says: "application stopped",
        },
        Shown {
            command: "closerace explore --server close --client read-after-error",
            says: "Always SEEN",
        },
    ],
    server: tale::READ_ON,
    client: tale::LOOK,
};
static TOO_LATE: Tale = Tale {
    wire: "\
The application gave up and closed before the answer arrived; the answer then found a socket that \
nobody holds, and drew a RST.",
    shown: &[],
    server: tale::READ_ON,
    client: tale::LOOK,
};
static UNREPAIRED: Tale = Tale {
    wire: "\
A segment of the answer was lost. The server had reset the connection, and a stack sends nothing \
again for a connection that it has reset. After a FIN it would have.",
    shown: &[
        Shown {
            command: "closerace explore --server close --client write-all/abort --loss 1",
            says: "lost on the link",
        },
        Shown {
            command: "closerace explore --server close --client write-all/abort \
                      --story large-reply --loss 1",
            says: "out-of-order queue discarded",
        },
    ],
    server: tale::READ_ON,
    client: "Nothing: what was lost is held by nobody. Send again what is safe to repeat.",
};
static NOT_WANTED: Tale = Tale {
    wire: "\
The client called shutdown(SHUT_RD). Stacks differ in what comes of data after it; on Linux it \
stays readable. No story of closerace has a client that does this.",
    shown: &[],
    server: "Nothing.",
    client: "Do not call shutdown(SHUT_RD) while an answer is wanted: it tells the peer nothing.",
};
