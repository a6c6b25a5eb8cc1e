//! What differs, by name, with the reason. The places are those of the crate's `src/socket/tcp.rs`.

use super::pair::Taken;
use super::step::{Step, Told, Wire};
use sim_core::tcp::{Conn, Timer};
use sim_core::wire::{Flags, State};

/// A difference.
#[derive(Debug)]
pub struct Listed {
    pub name: &'static str,
    pub reason: &'static str,
    /// When it can be seen.
    pub shows: Shows,
    /// Whether this step is one of those.
    pub holds: fn(&Taken) -> bool,
}

/// When a difference can be seen. What cannot be seen at once ends a case before it spreads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    AtOnce,
    Later,
}

use Shows::{AtOnce, Later};

/// The difference that a step is, if it is one that is known.
pub fn find(taken: &Taken, differ: bool) -> Option<&'static Listed> {
    let all = [&CALLS[..], &ARRIVING, &SENDING];
    all.concat().into_iter().find(|it| (differ || it.shows == Later) && (it.holds)(taken))
}

/// All of them.
pub fn all() -> Vec<&'static Listed> {
    [&CALLS[..], &ARRIVING, &SENDING].concat()
}

static CALLS: [&Listed; 3] = [
    &Listed {
        name: "the RST of an attempt that is given up",
        reason: "dispatch: it carries an ACK of 0 and a window; here a SYN's RST is bare",
        shows: AtOnce,
        holds: |it| {
            let gives_up = matches!(it.step, Step::Finish | Step::Close | Step::Abort);
            it.state == State::SynSent && gives_up && it.ours.sent.len() == it.theirs.sent.len()
        },
    },
    &Listed {
        name: "close() in a simultaneous open",
        reason: "close: FIN-WAIT-1 at once, and its FIN waits for the ACK of the SYN",
        shows: AtOnce,
        holds: |it| it.state == State::SynReceived && matches!(it.step, Step::Finish | Step::Close),
    },
    &Listed {
        name: "the end of TIME-WAIT forgets what was not read",
        reason: "dispatch: reset() empties the buffers and forgets the FIN; a descriptor does not",
        shows: AtOnce,
        holds: |it| {
            let there = matches!(it.ours.told, Told::Eof | Told::Count(_));
            it.state == State::Closed && there && it.theirs.told == Told::Error
        },
    },
];

static ARRIVING: [&Listed; 17] = [
    &Listed {
        name: "a FIN in SYN-SENT",
        reason: "process: dropped whatever it acknowledges; the RFC's RST is for it as well",
        shows: AtOnce,
        holds: |it| it.state == State::SynSent && it.wire.is_some_and(|wire| wire.flags.fin()),
    },
    &Listed {
        name: "what is no plain ACK in SYN-RECEIVED",
        reason: "process: the order of all states, so that without ACK all is dropped, a SYN too, \
                 and the right edge is outside",
        shows: AtOnce,
        holds: |it| {
            let odd = |it: Wire| it.flags != Flags::NONE || it.ack.is_none() || it.seq != 1;
            it.state == State::SynReceived && it.wire.is_some_and(odd)
        },
    },
    &Listed {
        name: "a FIN behind a hole",
        reason: "process: forgotten, it has to come again; here it waits as text does",
        shows: Later,
        holds: |it| fin(it, |conn, wire| wire.seq != conn.rcv.nxt && inside(conn, wire.seq)),
    },
    &Listed {
        name: "a FIN where more has come before",
        reason: "process: what lies beyond the FIN stays in the assembler; here nothing follows it",
        shows: Later,
        holds: |it| fin(it, |conn, _| !conn.rcv.ooo.is_empty()),
    },
    &Listed {
        name: "a FIN behind text that is old",
        reason: "process: the window is tested without the FIN's number, so it has to come alone",
        shows: Later,
        holds: |it| {
            fin(it, |conn, wire| wire.len > 0 && !inside(conn, wire.seq.wrapping_add(wire.len - 1)))
        },
    },
    &Listed {
        name: "a FIN alone outside the window",
        reason: "challenge_ack_reply: its ACK is one of the limited; here only empty segments' are",
        shows: Later,
        holds: |it| fin(it, |conn, wire| wire.len == 0 && !inside(conn, wire.seq)),
    },
    &Listed {
        name: "the ACK of a FIN that ends a wait",
        reason: "process: behind text it is held back in every state; here not where it ends one",
        shows: AtOnce,
        holds: |it| {
            let waits = matches!(it.state, State::FinWait1 | State::FinWait2);
            waits && it.theirs.sent.is_empty() && fin(it, |_, _| true)
        },
    },
    &Listed {
        name: "the timer of an ACK that went out otherwise",
        reason: "ack_reply: it goes on running, and holds back the ACK of a FIN",
        shows: AtOnce,
        holds: |it| {
            let held = it.due != Some(Timer::DelayedAck) && it.theirs.sent.is_empty();
            it.state == State::Established && held && fin(it, |_, wire| wire.len == 0)
        },
    },
    &Listed {
        name: "text that sticks out of the window",
        reason: "process: cut off at the edge; here it is taken whole",
        shows: Later,
        holds: |it| {
            let out = |conn: &Conn, wire: &Wire| wire.seq + wire.len > conn.rcv.edge;
            arrives(it, |conn, wire| inside(conn, wire.seq) && out(conn, wire))
        },
    },
    &Listed {
        name: "a SYN at a closed window",
        reason: "process: the window is tested without the SYN's number, and it is ignored",
        shows: AtOnce,
        holds: |it| {
            let closed = |conn: &Conn| conn.rcv.edge <= conn.rcv.nxt;
            arrives(it, |conn, wire| wire.flags.syn() && closed(conn))
        },
    },
    &Listed {
        name: "a window that the FIN has filled",
        reason: "process: its edge lies before the FIN's number, so nothing is inside any more",
        shows: AtOnce,
        holds: |it| after_fin(it) && arrives(it, |conn, _| conn.rcv.edge <= conn.rcv.nxt),
    },
    &Listed {
        name: "text after the FIN",
        reason: "process: taken in CLOSE-WAIT, CLOSING and LAST-ACK, as if no FIN had come",
        shows: Later,
        holds: |it| {
            let last = |wire: &Wire| wire.seq.wrapping_add(wire.len.saturating_sub(1));
            let new = |conn: &Conn, wire: &Wire| wire.len > 0 && inside(conn, last(wire));
            after_fin(it) && arrives(it, new)
        },
    },
    &Listed {
        name: "a FIN after the FIN",
        reason: "process: `unexpected packet`, its ACK is not taken either",
        shows: Later,
        holds: |it| after_fin(it) && fin(it, |conn, wire| inside(conn, wire.seq)),
    },
    &Listed {
        name: "an ACK that repeats itself in LAST-ACK",
        reason: "process: it draws a challenge ACK",
        shows: AtOnce,
        holds: |it| {
            it.state == State::LastAck
                && it.theirs.sent.len() == 1
                && arrives(it, |conn, wire| wire.ack == Some(conn.snd.una))
        },
    },
    &Listed {
        name: "an ACK of what is written and not sent",
        reason: "process: taken; here it acknowledges something never sent",
        shows: Later,
        holds: |it| {
            let unsent = |conn: &Conn, ack| ack > conn.snd.nxt && ack <= conn.snd.limit();
            arrives(it, |conn, wire| wire.ack.is_some_and(|ack| unsent(conn, ack)))
        },
    },
    &Listed {
        name: "TIME-WAIT",
        reason: "process: the ACK is judged there too, and whatever is in the window is ignored",
        shows: AtOnce,
        holds: |it| it.state == State::TimeWait && it.wire.is_some(),
    },
    &Listed {
        name: "the window of an orphan",
        reason: "close: unread text stays in the buffer; here nobody reads it, and there is room",
        shows: Later,
        holds: |it| {
            let beyond = |wire: &Wire, edge| wire.seq.wrapping_add(wire.len) >= edge;
            it.edge_at_close.is_some_and(|edge| arrives(it, |_, wire| beyond(wire, edge)))
        },
    },
];

static SENDING: [&Listed; 10] = [
    &Listed {
        name: "probes of a closed window",
        reason: "dispatch: a byte of text, the first at once; here an old number, after a wait",
        shows: Later,
        holds: |it| {
            let closed = |conn: &Conn| conn.snd.edge() <= conn.snd.nxt && conn.snd.unsent() > 0;
            it.after.as_ref().is_some_and(closed)
        },
    },
    &Listed {
        name: "a probe's timer that nobody stops",
        reason: "process: it stays where an ACK empties the queue of a closed window; in \
                 FIN-WAIT-2 dispatch does not begin it again, and Interface::poll() never returns",
        shows: AtOnce,
        holds: |it| {
            let closed = it.before.as_ref().is_some_and(|conn| conn.snd.wnd == 0);
            it.theirs.sent.len() >= super::MOST || it.step == Step::Pass && closed
        },
    },
    &Listed {
        name: "the window of an old segment",
        reason: "process: every segment's window counts; here SND.WL1 tells old ones",
        shows: AtOnce,
        holds: |it| it.after.as_ref().is_some_and(|conn| conn.snd.wnd != it.last_wnd),
    },
    &Listed {
        name: "a window that shrinks",
        reason: "dispatch: ACKs go under the highest number; here within what the peer takes",
        shows: AtOnce,
        holds: |it| it.after.as_ref().is_some_and(|conn| conn.snd.edge() < conn.snd.nxt),
    },
    &Listed {
        name: "a window update when text arrives",
        reason: "window_to_update: looked at whenever anything happens; here when reading",
        shows: AtOnce,
        holds: |it| {
            let update = it.ours.sent.is_empty() && it.theirs.sent.len() == 1;
            update && arrives(it, |conn, wire| wire.len > 0 && conn.rcv.read > 1)
        },
    },
    &Listed {
        name: "the ACK of text behind a hole goes alone",
        reason: "ack_reply: at once, before what there is to send; here the text carries it",
        shows: AtOnce,
        holds: |it| {
            let one_more = it.theirs.sent.len() == it.ours.sent.len() + 1;
            one_more && it.theirs.sent[0].len == 0 && arrives(it, |_, wire| wire.len > 0)
        },
    },
    &Listed {
        name: "an ACK takes along what Nagle holds back",
        reason: "dispatch: whatever the reason to send, what is written goes with it",
        shows: AtOnce,
        holds: |it| {
            let unsent = it.before.as_ref().is_some_and(|conn| conn.snd.unsent() > 0);
            let pure = it.ours.sent.last().is_some_and(|sent| sent.len == 0);
            unsent && pure && it.theirs.sent.last().is_some_and(|sent| sent.len > 0)
        },
    },
    &Listed {
        name: "the tail of a retransmission",
        reason: "dispatch: it is cut anew from all that is written, and Nagle has a say; here what \
                 was sent is sent again",
        shows: AtOnce,
        holds: |it| {
            let short = |conn: &Conn| !(conn.snd.nxt - conn.snd.una).is_multiple_of(super::MSS);
            let tail = |conn: &Conn| conn.snd.unsent() > 0 || short(conn);
            it.step == Step::Pass
                && it.due == Some(Timer::Retransmit)
                && it.before.as_ref().is_some_and(tail)
        },
    },
    &Listed {
        name: "which duplicate ACKs are counted",
        reason: "process: those after the first of its number; and a FIN alone is not sent again",
        shows: AtOnce,
        holds: |it| {
            let third = |conn: &Conn| conn.snd.dupacks >= 1;
            it.wire.is_some() && it.before.as_ref().is_some_and(third)
        },
    },
    &Listed {
        name: "segments end where the ring buffer does",
        reason: "dispatch: get_allocated gives what lies in one piece",
        shows: AtOnce,
        holds: |it| {
            let text = it.theirs.sent.iter().filter(|it| it.len > 0);
            if text.clone().rev().skip(1).any(|it| it.len < super::MSS) {
                return true;
            }
            let at_end =
                |seq: i32, len| (seq - 1).cast_unsigned().wrapping_add(len) % super::SND_BUF == 0;
            let short = |len| len > 0 && len < super::MSS;
            let mut sent = it.theirs.sent.iter();
            sent.any(|it| short(it.len) && it.seq.is_some_and(|seq| at_end(seq, it.len)))
        },
    },
];

fn arrives(it: &Taken, holds: impl Fn(&Conn, &Wire) -> bool) -> bool {
    match (&it.before, &it.wire) {
        (Some(conn), Some(wire)) => holds(conn, wire),
        (None, _) | (_, None) => false,
    }
}

fn fin(it: &Taken, holds: impl Fn(&Conn, &Wire) -> bool) -> bool {
    arrives(it, |conn, wire| wire.flags.fin() && holds(conn, wire))
}

fn inside(conn: &Conn, seq: u32) -> bool {
    conn.rcv.nxt <= seq && seq < conn.rcv.edge
}

fn after_fin(it: &Taken) -> bool {
    matches!(it.state, State::CloseWait | State::Closing | State::LastAck)
}
