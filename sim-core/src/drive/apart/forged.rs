//! What a third party on the path may send in the peer's name, with the numbers it has seen.

use super::CONN;
use crate::tcp::Conn;
use crate::wire::{Flags, Segment, Span};

/// A third party's segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Forged {
    /// A RST with the next number.
    RstExact,
    /// A RST ten numbers further on.
    RstInWindow,
    /// A SYN ten numbers further on.
    Syn,
    /// An ACK of something that was never sent.
    FutureAck,
    /// The last text that was read once more, with a FIN behind it.
    FinAgain,
}

impl Forged {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Forged::RstExact => "a RST with the next number",
            Forged::RstInWindow => "a RST in the window, ten numbers on",
            Forged::Syn => "a SYN in the window, ten numbers on",
            Forged::FutureAck => "an ACK of something that was never sent",
            Forged::FinAgain => "the last text that was read once more, with a FIN behind it",
        }
    }

    /// The segment as it arrives; nothing where there is no such text.
    pub(super) fn segment(self, conn: &Conn) -> Option<Segment> {
        /// What applications write at a time.
        const TEXT: u32 = 100;
        let (nxt, una) = (conn.rcv.nxt, conn.snd.una);
        let (flags, seq, ack, len) = match self {
            Forged::RstExact => (Flags::RST, nxt, una, 0),
            Forged::RstInWindow => (Flags::RST, nxt + 10, una, 0),
            Forged::Syn => (Flags::SYN, nxt + 10, una, 0),
            Forged::FutureAck => (Flags::NONE, nxt, conn.snd.limit() + 1, 0),
            Forged::FinAgain => {
                let whole = conn.rcv.read == nxt && nxt > TEXT;
                (Flags::FIN, whole.then(|| nxt - TEXT)?, una, TEXT)
            }
        };
        Some(Segment {
            conn: CONN,
            flags,
            mss: None,
            seq: conn.theirs(seq),
            ack: Some(conn.ours(ack)),
            text: Span::new(seq - 1, seq - 1 + len),
            wnd: conn.snd.wnd,
        })
    }
}
