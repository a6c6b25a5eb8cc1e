//! SEGMENT ARRIVES, in the order of RFC 9293 3.10.7. Each line of `open` is a file; its place in
//! the list is its meaning.
//!
//! Third (security) and sixth (urgent) are absent: nothing here has a compartment or an urgent
//! pointer.

pub mod ack;
pub(super) mod closed;
pub mod fin;
pub mod listen;
pub mod reset;
pub mod sequence;
pub mod syn;
pub mod syn_received;
pub mod syn_sent;
pub mod text;
pub mod waiting;

use super::cx::{Cx, NoteSink};
use super::output::{self, Nagle};
use super::sock::{Opening, Phase, Sock, Stage};
use super::tuning::Switchable;
use super::{Conn, Gone, Whose, timer};
use crate::answer::{Halt, Which};
use crate::wire::{ConnId, Segment, Seq};
use smallvec::SmallVec;

/// A host's sockets, in the order in which they came into being.
pub type Table = SmallVec<[Sock; 2]>;

/// The most sockets a host may have.
pub const MAX_SOCKETS: usize = 16;

/// Questions of SEGMENT ARRIVES, by step.
#[derive(Clone, Copy, Debug)]
pub struct ArriveRules {
    /// `listen.rs`.
    pub listen: listen::ListenRules,
    /// `syn_received.rs`.
    pub syn_received: syn_received::SynReceivedRules,
    /// `syn_sent.rs`.
    pub syn_sent: syn_sent::SynSentRules,
    /// `sequence.rs`.
    pub sequence: sequence::SequenceRules,
    /// `reset.rs`.
    pub reset: reset::ResetRules,
    /// `syn.rs`.
    pub syn: syn::SynRules,
    /// `ack.rs`.
    pub ack: ack::AckRules,
    /// `text.rs`.
    pub text: text::TextRules,
    /// `fin.rs`.
    pub fin: fin::FinRules,
    /// `waiting.rs`.
    pub waiting: waiting::WaitingRules,
}

/// Whether the next step still has something to do with the segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// On to the next step.
    Next,
    /// The segment is done with.
    Done,
}

/// The segment in hand, with its numbers counted as the connection counts: the peer's from IRS,
/// ours from ISS. They may lie before the beginning.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival<'a> {
    pub(crate) segment: &'a Segment,
    /// SEG.SEQ.
    pub(crate) seq: i64,
    /// One past the segment's last number.
    pub(crate) end: i64,
    /// SEG.ACK.
    pub(crate) ack: Option<i64>,
}

impl<'a> Arrival<'a> {
    pub(crate) fn new(segment: &'a Segment, conn: &Conn) -> Arrival<'a> {
        let (nxt, una) = (conn.rcv.nxt, conn.snd.una);
        let seq = i64::from(nxt) + i64::from(segment.seq.since(conn.theirs(nxt)));
        let ack = |ack: Seq| i64::from(una) + i64::from(ack.since(conn.ours(una)));
        Arrival { segment, seq, end: seq + i64::from(segment.len()), ack: segment.ack.map(ack) }
    }

    /// One past the last byte of text.
    pub(crate) fn text_end(&self) -> i64 {
        self.end - i64::from(self.segment.flags.fin())
    }
}

/// A segment arrives at a host. `iss` numbers a connection that it may begin.
///
/// # Errors
/// A question without an answer, or a bound.
pub fn arrive<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    table: &mut Table,
    segment: &Segment,
    iss: Seq,
) -> Result<(), Halt> {
    let both = segment.flags.syn() && segment.flags.fin();
    if both && cx.tuning.controls.drop_syn_fin == Switchable::On {
        cx.gone(segment.conn, Whose::Theirs, segment.text, Gone::DeadSocket);
        return Ok(());
    }
    forget_request_without_listener(cx, table, segment.conn);
    let Some(at) = find(table, segment.conn) else {
        return closed::arrive(cx, segment);
    };
    let sock = &mut table[at];
    match &sock.phase {
        Phase::Closed(_) => closed::arrive(cx, segment)?,
        Phase::Listen(_) => listen::arrive(cx, sock, segment, iss)?,
        Phase::Opening(Opening::SynSent { .. }) => syn_sent::arrive(cx, sock, segment)?,
        Phase::Opening(Opening::SynReceived { .. }) => syn_received::arrive(cx, sock, segment)?,
        Phase::Open(_) => open(cx, sock, segment)?,
        Phase::Waiting(_) => {
            if waiting::arrive(cx, sock, segment)? == waiting::Reopen::AsNew {
                return reopen(cx, table, at, segment);
            }
        }
    }
    settle(cx, table)
}

/// A request outlives its listener only until the next segment for it.
fn forget_request_without_listener<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    table: &mut Table,
    conn: ConnId,
) {
    let listening = table.iter().any(|sock| matches!(sock.phase, Phase::Listen(_)));
    let is_request = |sock: &Sock| {
        sock.conn == conn && matches!(sock.phase, Phase::Opening(Opening::SynReceived { .. }))
    };
    if let Some(at) = table.iter().position(is_request).filter(|_| !listening) {
        timer::close(cx, &mut table[at], super::Cause::Abandoned);
        table.remove(at);
    }
}

/// RFC 9293 3.6.1: a SYN that is new enough replaces TIME-WAIT, where somebody listens.
fn reopen<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    table: &mut Table,
    at: usize,
    segment: &Segment,
) -> Result<(), Halt> {
    let listener = table.iter().position(|sock| matches!(sock.phase, Phase::Listen(_)));
    let Some(listener) = listener else {
        return output::limited_ack(cx, &mut table[at], output::Limit::Unacceptable);
    };
    let Phase::Waiting(old) = &table[at].phase else { return Ok(()) };
    let iss = old.iss.plus(old.snd_nxt).plus(65_535 + 2);
    timer::close(cx, &mut table[at], super::Cause::Finished);
    listen::arrive(cx, &mut table[listener], segment, iss)?;
    settle(cx, table)
}

/// Which socket a segment is for: its connection, else a waiting remainder, else a listener.
fn find(table: &Table, conn: ConnId) -> Option<usize> {
    let full = |sock: &Sock| match &sock.phase {
        Phase::Opening(_) | Phase::Open(_) => sock.conn == conn,
        Phase::Closed(_) | Phase::Listen(_) | Phase::Waiting(_) => false,
    };
    table
        .iter()
        .position(full)
        .or_else(|| {
            let rest = |sock: &Sock| matches!(sock.phase, Phase::Waiting(_)) && sock.conn == conn;
            table.iter().position(rest)
        })
        .or_else(|| table.iter().position(|sock| matches!(sock.phase, Phase::Listen(_))))
}

/// After a step on the table: what was born joins it, what nobody holds and is closed leaves it.
pub(crate) fn settle<S: NoteSink>(cx: &mut Cx<'_, S>, table: &mut Table) -> Result<(), Halt> {
    let over = |sock: &Sock| {
        matches!(sock.phase, Phase::Closed(_)) && sock.owner == super::Owner::Orphaned
    };
    if table.iter().any(over) {
        table.retain(|sock| !over(sock));
    }
    if let Some(born) = cx.born.take() {
        if table.len() >= MAX_SOCKETS {
            return Err(Halt::Limit(Which::Sockets));
        }
        table.push(born);
    }
    Ok(())
}

/// RFC 9293 3.10.7.4, in its order.
fn open<S: NoteSink>(cx: &mut Cx<'_, S>, sock: &mut Sock, segment: &Segment) -> Result<(), Halt> {
    let rcv_buf = sock.rcv_buf;
    let Phase::Open(conn) = &mut sock.phase else { return Ok(()) };
    output::refresh(cx, conn, rcv_buf);
    let arrival = Arrival::new(segment, conn);
    if ack::present(cx, sock, &arrival)? == Flow::Done {
        return Ok(());
    }
    // First, second, fourth.
    if sequence::check(cx, sock, &arrival)? == Flow::Done {
        return Ok(());
    }
    if reset::check(cx, sock, &arrival)? == Flow::Done {
        return Ok(());
    }
    if syn::check(cx, sock, &arrival)? == Flow::Done {
        return Ok(());
    }
    from_ack(cx, sock, &arrival)
}

/// The fifth step and what follows; a handshake's last segment comes in here.
fn from_ack<S: NoteSink>(
    cx: &mut Cx<'_, S>,
    sock: &mut Sock,
    arrival: &Arrival<'_>,
) -> Result<(), Halt> {
    // Fifth, seventh, eighth.
    if ack::check(cx, sock, arrival)? == Flow::Done {
        return Ok(());
    }
    if text::take(cx, sock, arrival)? == Flow::Done {
        return Ok(());
    }
    if fin::take(cx, sock, arrival)? == Flow::Done {
        return Ok(());
    }
    // What is sent now carries the ACK that the segment has earned; else it is paid on its own.
    timer::push(cx, sock, Nagle::Asked)?;
    output::pay_ack(cx, sock, arrival.segment)
}

/// Moves a connection to another stage and says so.
pub(crate) fn enter<S: NoteSink>(cx: &mut Cx<'_, S>, id: ConnId, conn: &mut Conn, stage: Stage) {
    if conn.stage != stage {
        conn.stage = stage;
        cx.sink.note(super::Note::Entered(id, stage.state()));
    }
}
