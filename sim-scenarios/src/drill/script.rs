//! A script as data: what it says, not yet what it means.

use sim_core::wire::Micros;

/// A script that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// What its command-line lines say.
    pub options: Options,
    /// In the order of the file.
    pub events: Vec<Event>,
}

/// The command-line lines of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How much earlier or later than written something may happen.
    pub tolerance: Micros,
    /// The same as a share of the time since the event before, in thousandths.
    pub tolerance_permille: u64,
    /// Which addresses are used; they decide the largest segment.
    pub ip: Ip,
    /// The largest packet, where the script says it.
    pub mtu: Option<u16>,
    /// What long segments of the script's are said to be made of, 0 for nothing.
    pub pieces: u16,
    /// Whether a segment that is written as one may come as several.
    pub segments: Segments,
    /// Shell scripts that are run before the first event.
    pub init_scripts: Vec<String>,
    /// Options that change nothing here, as written.
    pub passed_over: Vec<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            tolerance: 4_000,
            tolerance_permille: 125,
            ip: Ip::V4,
            mtu: None,
            pieces: 0,
            segments: Segments::Together,
            init_scripts: Vec::new(),
            passed_over: Vec::new(),
        }
    }
}

/// Which addresses are on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ip {
    /// IPv4, in sockets of either family.
    V4,
    /// IPv6.
    V6,
}

/// How segments of the script and of the stack correspond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segments {
    /// Several in a row may stand for a long one.
    Together,
    /// One for one (`--strict_segments`).
    Strict,
}

/// Something that happens or is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Where it stands.
    pub line: u32,
    /// When.
    pub when: When,
    /// What.
    pub what: What,
}

/// The time in front of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Since the beginning.
    At(Micros),
    /// Since the event before.
    After(Micros),
    /// Not earlier, not later; since the beginning.
    Within(Micros, Micros),
    /// Likewise, since the event before.
    WithinAfter(Micros, Micros),
    /// At any time.
    Any,
}

/// What an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// `<`: a segment that the peer sends.
    Inject(Segment),
    /// `< icmp`: what the network says of a segment that the stack has sent.
    Hear(Icmp),
    /// `>`: a segment that the stack must send.
    Expect(Segment),
    /// A system call and its result.
    Call(Call),
    /// A back-quoted shell line.
    Shell(String),
    /// What stands between `%{` and `}%`.
    Code(String),
}

/// What the network says of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icmp {
    /// Its type and code, by their names.
    pub says: String,
    /// The number of the segment that it quotes.
    pub seq: u32,
}

/// What is written of the packet around a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packet {
    /// `(ttl 64)`, `(hlim 64)`.
    pub ttl: Option<u8>,
    /// `(tos 0x20)`, `(class 0x20)`.
    pub tos: Option<u8>,
}

/// A segment as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The packet around it.
    pub packet: Packet,
    /// Control bits.
    pub bits: Bits,
    /// The first sequence number; `None` is `...`.
    pub seq: Option<u32>,
    /// Bytes of text.
    pub len: u32,
    /// What stands behind `ack`.
    pub ack: Ack,
    /// What stands behind `win`.
    pub win: Option<u16>,
    /// Options.
    pub options: OptionList,
}

/// Control bits as a set of letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bits(u8);

impl Bits {
    /// FIN.
    pub const FIN: Bits = Bits(1);
    /// SYN.
    pub const SYN: Bits = Bits(2);
    /// RST.
    pub const RST: Bits = Bits(4);
    /// PSH.
    pub const PSH: Bits = Bits(8);
    /// ACK.
    pub const ACK: Bits = Bits(16);
    /// URG.
    pub const URG: Bits = Bits(32);
    /// ECE.
    pub const ECE: Bits = Bits(64);
    /// CWR.
    pub const CWR: Bits = Bits(128);

    const LETTERS: [(Bits, char); 8] = [
        (Bits::SYN, 'S'),
        (Bits::FIN, 'F'),
        (Bits::RST, 'R'),
        (Bits::PSH, 'P'),
        (Bits::ECE, 'E'),
        (Bits::CWR, 'W'),
        (Bits::URG, 'U'),
        (Bits::ACK, '.'),
    ];

    /// The bit of a letter.
    #[must_use]
    pub fn of(letter: char) -> Option<Bits> {
        Bits::LETTERS.iter().find(|(_, it)| *it == letter).map(|(bit, _)| *bit)
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, more: Bits) -> Bits {
        Bits(self.0 | more.0)
    }

    /// Whether one of these is set.
    #[must_use]
    pub const fn has(self, any: Bits) -> bool {
        self.0 & any.0 != 0
    }
}

impl core::fmt::Display for Bits {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let set = Bits::LETTERS.iter().filter(|(bit, _)| self.has(*bit));
        let text: String = set.map(|(_, letter)| *letter).collect();
        f.pad(if text.is_empty() { "-" } else { &text })
    }
}

/// What stands behind `ack`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// Nothing: 0.
    Absent,
    /// A number.
    Number(u32),
    /// `...`.
    Any,
}

/// The options of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionList {
    /// `<...>`: whatever they are.
    Any,
    /// These, in this order; none where nothing is written.
    These(Vec<TcpOption>),
}

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TcpOption {
    /// No operation.
    Nop,
    /// End of the list.
    Eol,
    /// Largest segment.
    Mss(u16),
    /// Window scale.
    Wscale(u8),
    /// SACK permitted.
    SackOk,
    /// SACK blocks.
    Sack(Vec<(u32, u32)>),
    /// Timestamps.
    Timestamps {
        /// The sender's clock.
        val: u32,
        /// The peer's clock, echoed.
        ecr: u32,
    },
}

/// A system call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// When it must have returned, where it may block; relative or not as its beginning.
    pub until: Option<Micros>,
    /// Its name.
    pub name: String,
    /// What it is given.
    pub args: Vec<Value>,
    /// What it must return.
    pub returns: Returns,
}

/// What a call must return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returns {
    /// `...`: whatever it is.
    Any,
    /// A number.
    Number(i64),
    /// -1, and this error.
    Errno(String),
}

/// A value in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `...`
    Any,
    /// A number.
    Number(i64),
    /// A name, or several joined by `|`.
    Names(Vec<String>),
    /// Text in quotes.
    Text(String),
    /// `[ ... ]`, or `{ ... }` without names.
    List(Vec<Value>),
    /// `{ name = value, ... }`
    Record(Vec<(String, Value)>),
}

impl Value {
    /// The field of a record.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Record(fields) => {
                fields.iter().find(|(it, _)| it == name).map(|(_, value)| value)
            }
            Value::Any | Value::Number(_) | Value::Names(_) | Value::Text(_) | Value::List(_) => {
                None
            }
        }
    }
}

/// Why a script cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where.
    pub line: u32,
    /// Whether the language has it.
    pub kind: FlawKind,
    /// What.
    pub what: String,
}

/// Whether the language has what cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlawKind {
    /// It has, and this program or the model lacks it.
    Unsupported,
    /// It has not.
    Syntax,
}

impl Flaw {
    pub(super) fn unsupported(line: u32, what: impl Into<String>) -> Flaw {
        Flaw { line, kind: FlawKind::Unsupported, what: what.into() }
    }

    pub(super) fn syntax(line: u32, what: impl Into<String>) -> Flaw {
        Flaw { line, kind: FlawKind::Syntax, what: what.into() }
    }
}
