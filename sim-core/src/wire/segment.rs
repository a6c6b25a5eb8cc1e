//! A segment: what crosses the link.

use super::{Seq, Span};

/// Which connection a segment belongs to: it stands for the four addresses and ports.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnId(pub u8);

impl ConnId {
    /// No connection: a listener, or a socket that was never connected.
    pub const NONE: ConnId = ConnId(u8::MAX);
}

/// The control bits that matter here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Flags(u8);

impl Flags {
    /// None set (data without ACK, as a puppet may send).
    pub const NONE: Flags = Flags(0);
    /// SYN.
    pub const SYN: Flags = Flags(1);
    /// FIN.
    pub const FIN: Flags = Flags(2);
    /// RST.
    pub const RST: Flags = Flags(4);

    /// Both sets together.
    #[must_use]
    pub const fn with(self, more: Flags) -> Flags {
        Flags(self.0 | more.0)
    }

    /// Whether SYN is set.
    #[must_use]
    pub const fn syn(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether FIN is set.
    #[must_use]
    pub const fn fin(self) -> bool {
        self.0 & 2 != 0
    }

    /// Whether RST is set.
    #[must_use]
    pub const fn rst(self) -> bool {
        self.0 & 4 != 0
    }
}

impl core::fmt::Debug for Flags {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let names = [(self.syn(), "SYN"), (self.fin(), "FIN"), (self.rst(), "RST")];
        let set: Vec<&str> = names.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
        f.write_str(if set.is_empty() { "-" } else { "" })?;
        f.write_str(&set.join("+"))
    }
}

/// A segment. `ack` is present exactly where the ACK bit is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Segment {
    /// Which connection.
    pub conn: ConnId,
    /// SYN, FIN, RST.
    pub flags: Flags,
    /// The sender's MSS option; present on a SYN.
    pub mss: Option<u16>,
    /// SEG.SEQ.
    pub seq: Seq,
    /// SEG.ACK, with the ACK bit.
    pub ack: Option<Seq>,
    /// The text as offsets of the sender's stream, for the ledger. SEG.LEN is its length plus one
    /// each for SYN and FIN.
    pub text: Span,
    /// SEG.WND in bytes, scaling undone.
    pub wnd: u32,
}

impl Segment {
    /// SEG.LEN: text, SYN and FIN.
    #[must_use]
    pub const fn len(&self) -> u32 {
        self.text.len() + self.flags.syn() as u32 + self.flags.fin() as u32
    }

    /// Occupies no sequence number: a pure ACK or a bare RST.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One past its last sequence number.
    #[must_use]
    pub const fn end(&self) -> Seq {
        self.seq.plus(self.len())
    }
}
