//! Between the model's segments and the script's: numbers counted as scripts count them, windows as
//! they stand in the header, options and PSH as the stack puts them.

use super::acks::AckWait;
use super::habits::{Family, Habits, Offers};
use super::memory::Queue;
use super::script::{Ack, Bits, OptionList, Packet, Segment as Written, TcpOption};
use sim_core::tcp::{Conn, Phase, Sock};
use sim_core::wire::{ConnId, Flags, Micros, Segment, Seq, Span};

/// Our initial sequence number: what scripts count from.
pub(super) const ISS: Seq = Seq::new(0);

/// What the administrator has left of the options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    /// Window scale.
    pub(super) wscale: Option<u8>,
    /// SACK.
    pub(super) sack: Use,
    /// Timestamps.
    pub(super) timestamps: Use,
}

impl Allowed {
    /// The MSS alone.
    pub(super) const NOTHING: Allowed =
        Allowed { wscale: None, sack: Use::No, timestamps: Use::No };
}

/// Which options count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heeds {
    /// Those that are allowed.
    All,
    /// None, not even the MSS, of either side.
    Nothing,
}

/// Whether something is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Use {
    /// It is.
    Yes,
    /// It is not.
    #[default]
    No,
}

impl Use {
    pub(super) const fn of(is: bool) -> Use {
        if is { Use::Yes } else { Use::No }
    }

    pub(super) const fn is(self) -> bool {
        matches!(self, Use::Yes)
    }
}

/// How a connection began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Began {
    /// By connect().
    Actively,
    /// By a segment of the peer's.
    Passively,
}

/// What both sides of a connection know of each other.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) id: ConnId,
    pub(super) began: Began,
    /// The peer's initial sequence number, as written.
    pub(super) remote: Seq,
    /// What the script calls our initial sequence number.
    pub(super) local: u32,
    /// The peer's options, once its SYN has come.
    pub(super) peer: Option<Vec<TcpOption>>,
    /// The window scale of our own SYN, where only the script says it.
    pub(super) said_shift: Option<u8>,
    /// In use on both sides.
    pub(super) wscale: Option<(u8, u8)>,
    pub(super) sack: Use,
    pub(super) timestamps: Use,
    /// Ends of what the application has written, counted from ISS.
    pub(super) pushed: Vec<u32>,
    /// The newest timestamp of the peer's.
    pub(super) ts_recent: Option<u32>,
    /// Segments under way that measure the round trip: where they end, and when they were sent.
    pub(super) timed: Vec<(u32, Micros)>,
    /// How long ACKs of text wait, where the stack estimates it.
    pub(super) acks: AckWait,
    /// When a number was sent last.
    pub(super) sent_at: Micros,
    /// When the timeout sent text again for the first time since something was acknowledged.
    pub(super) resent_at: Micros,
    /// One past the highest number that was sent.
    pub(super) highest: u32,
    /// How often our SYN was sent.
    pub(super) syns: u8,
    /// How often something came that wakes a reader.
    pub(super) stirred: u32,
    /// What waits to be sent and acknowledged, as memory.
    pub(super) queue: Queue,
    /// When the handshake was over.
    pub(super) opened_at: Option<Micros>,
    /// When text behind a hole came, newest last: the order of SACK blocks.
    pub(super) holes: Vec<Span>,
}

impl Line {
    pub(super) fn new(id: ConnId, began: Began, remote: u32) -> Line {
        Line {
            id,
            began,
            remote: Seq::new(remote),
            local: 0,
            peer: None,
            said_shift: None,
            wscale: None,
            sack: Use::No,
            timestamps: Use::No,
            pushed: Vec::new(),
            ts_recent: None,
            timed: Vec::new(),
            acks: AckWait::default(),
            sent_at: 0,
            resent_at: 0,
            highest: 0,
            syns: 0,
            stirred: 0,
            queue: Queue::default(),
            opened_at: None,
            holes: Vec::new(),
        }
    }

    /// The peer's SYN has come with these options: what is in use from now on.
    pub(super) fn negotiate(&mut self, allowed: Allowed, offers: Offers, list: &[TcpOption]) {
        let shift = list.iter().find_map(|option| match option {
            TcpOption::Wscale(shift) => Some(*shift),
            TcpOption::Nop
            | TcpOption::Eol
            | TcpOption::Mss(_)
            | TcpOption::SackOk
            | TcpOption::Sack(_)
            | TcpOption::Timestamps { .. } => None,
        });
        let both = |ours: Use, theirs: bool| Use::of(ours.is() && theirs);
        let ours = match offers {
            Offers::Everything => allowed.wscale,
            Offers::Unsaid => self.said_shift,
        };
        self.wscale = ours.zip(shift.map(|theirs| theirs.min(14)));
        self.sack = both(allowed.sack, list.contains(&TcpOption::SackOk));
        self.timestamps = both(allowed.timestamps, list.iter().any(is_timestamps));
        self.peer = Some(list.to_vec());
    }

    /// The timestamp of a segment, where it counts and is older than the newest (RFC 7323 5.3).
    pub(super) fn is_stale(&self, written: &Written) -> bool {
        let older = |recent: u32| {
            stamp(written).is_some_and(|val| val.wrapping_sub(recent).cast_signed() < 0)
        };
        self.timestamps.is() && self.ts_recent.is_some_and(older)
    }

    /// Keeps the timestamp of a segment (RFC 7323 4.3): one that begins behind the last ACK we
    /// sent, and acknowledges nothing that was not sent, says nothing.
    pub(super) fn keep_stamp(&mut self, written: &Written, conn: Option<&Conn>) {
        let Some(val) = stamp(written) else { return };
        let seq = written.seq.unwrap_or(0).wrapping_sub(self.remote.raw());
        let taken = conn.filter(|_| !written.bits.has(Bits::SYN)).is_none_or(|conn| {
            let ack = match written.ack {
                Ack::Number(n) => n <= conn.snd.nxt,
                Ack::Absent | Ack::Any => false,
            };
            ack && seq <= conn.rcv.acked
        });
        if taken {
            self.ts_recent = Some(val);
        }
    }

    /// What the script says of our own SYN, where the stack leaves that open. Where it says nothing
    /// (`<...>`) windows are scaled if the peer's are, ours by nothing.
    pub(super) fn said(&mut self, ours: &[TcpOption]) {
        self.said_shift = shift_in(ours);
        let theirs = self.peer.as_deref().and_then(shift_in);
        if let (Some(ours), Some(theirs)) = (self.said_shift, theirs) {
            self.wscale = Some((ours, theirs));
        }
    }

    /// The model's segment for one that the script sends.
    pub(super) fn incoming(&mut self, written: &Written, mss: Option<u16>) -> Segment {
        let bits = written.bits;
        let origin = if bits.has(Bits::SYN) { Seq::new(0) } else { self.remote };
        let seq = written.seq.unwrap_or(0);
        let ours = if bits.has(Bits::SYN) { ISS.plus(0u32.wrapping_sub(self.local)) } else { ISS };
        let ack = match written.ack {
            Ack::Number(n) => n,
            Ack::Absent | Ack::Any => 0,
        };
        let seq_on_wire = origin.plus(seq);
        // A number before the first byte's lies in nobody's stream.
        let byte = u32::try_from(i64::from(seq_on_wire.since(self.remote)) - 1).unwrap_or(0);
        let byte = byte.min(1 << 30);
        let win = u32::from(written.win.unwrap_or(0));
        let shift = match self.wscale {
            Some((_, theirs)) if !bits.has(Bits::SYN) => theirs,
            Some(_) | None => 0,
        };
        Segment {
            conn: self.id,
            flags: flags(bits),
            mss,
            seq: seq_on_wire,
            ack: bits.has(Bits::ACK).then(|| ours.plus(ack)),
            text: Span::new(byte, byte + written.len),
            wnd: win << shift,
        }
    }

    /// The script's form of a segment that the stack has sent.
    pub(super) fn outgoing(&self, sent: &Segment, look: &Look<'_>) -> Written {
        let syn = sent.flags.syn();
        let mut bits = [
            (sent.flags.syn(), Bits::SYN),
            (sent.flags.fin(), Bits::FIN),
            (sent.flags.rst(), Bits::RST),
            (sent.ack.is_some(), Bits::ACK),
        ]
        .into_iter()
        .filter(|(set, _)| *set)
        .fold(Bits::default(), |all, (_, bit)| all.with(bit));
        if self.is_pushed(sent, look) {
            bits = bits.with(Bits::PSH);
        }
        let shift = match self.wscale {
            Some((ours, _)) if !syn => ours,
            Some(_) | None => 0,
        };
        let (seq, ack) = self.numbers(sent);
        Written {
            packet: Packet::default(),
            bits,
            seq: Some(seq),
            len: sent.text.len(),
            ack,
            win: Some(u16::try_from(sent.wnd >> shift).unwrap_or(u16::MAX)),
            options: OptionList::These(self.options(sent, look)),
        }
    }

    /// The numbers of a segment as the script counts: a SYN's are absolute, others relative.
    pub(super) fn numbers(&self, sent: &Segment) -> (u32, Ack) {
        let (from, peer) = if sent.flags.syn() {
            (ISS.plus(0u32.wrapping_sub(self.local)), Seq::new(0))
        } else {
            (ISS, self.remote)
        };
        let number = |seq: Seq, origin: Seq| seq.raw().wrapping_sub(origin.raw());
        let ack = sent.ack.map_or(Ack::Absent, |ack| Ack::Number(number(ack, peer)));
        (number(sent.seq, from), ack)
    }

    /// Linux marks what an application's write ends in; the BSDs what empties the send buffer.
    fn is_pushed(&self, sent: &Segment, look: &Look<'_>) -> bool {
        if sent.text.is_empty() {
            return false;
        }
        // The first byte has offset 0 and number 1.
        let (start, end) = (sent.text.start + 1, sent.text.end + 1);
        match look.habits.family {
            Family::Linux | Family::Standard => {
                self.pushed.iter().any(|it| start < *it && *it <= end)
            }
            Family::Bsd => look.sock.and_then(Sock::conn).is_some_and(|conn| conn.snd.end == end),
        }
    }

    fn options(&self, sent: &Segment, look: &Look<'_>) -> Vec<TcpOption> {
        let clock = TcpOption::Timestamps { val: 0, ecr: 0 };
        if sent.flags.syn() {
            return self.syn_options(sent, look);
        }
        // An answer to a segment without ACK has the number 0, an abort one of the connection's.
        let reply = sent.flags.rst() && (sent.ack.is_none() || sent.seq == ISS);
        let mut list = Vec::new();
        if self.timestamps.is() && !reply {
            list.extend([TcpOption::Nop, TcpOption::Nop, clock]);
        }
        if self.sack.is() && !sent.flags.rst() {
            let blocks = self.blocks(look);
            let most = if self.timestamps.is() { 3 } else { 4 };
            if !blocks.is_empty() {
                let blocks = blocks.into_iter().take(most).collect();
                list.extend([TcpOption::Nop, TcpOption::Nop, TcpOption::Sack(blocks)]);
            }
        }
        list
    }

    /// Runs behind a hole, the newest first.
    fn blocks(&self, look: &Look<'_>) -> Vec<(u32, u32)> {
        let Some(Phase::Open(conn)) = look.sock.map(|sock| &sock.phase) else { return Vec::new() };
        let mut runs: Vec<Span> = conn.rcv.ooo.to_vec();
        let age = |run: &Span| {
            self.holes.iter().rposition(|it| !it.meet(*run).is_empty() || it.start == run.start)
        };
        runs.sort_by_key(|run| core::cmp::Reverse(age(run)));
        runs.into_iter().map(|run| (run.start, run.end)).collect()
    }

    fn syn_options(&self, sent: &Segment, look: &Look<'_>) -> Vec<TcpOption> {
        let mss = TcpOption::Mss(sent.mss.unwrap_or(536));
        let Allowed { wscale, sack, timestamps } = look.allowed;
        if look.heeds == Heeds::Nothing {
            return Vec::new();
        }
        if look.habits.offers == Offers::Unsaid {
            return vec![mss];
        }
        // The SYN-ACK of a simultaneous open: Linux repeats what our own SYN has offered, FreeBSD
        // takes back what the peer's has not (tcp_input.c tcp_do_segment: ~TF_REQ_SCALE).
        let repeats = self.began == Began::Actively && look.habits.family != Family::Bsd;
        let answers = sent.ack.is_some() && !repeats;
        let offered = |option: &dyn Fn(&TcpOption) -> bool| {
            self.peer.as_ref().is_none_or(|list| list.iter().any(option))
        };
        let shift = if answers { self.wscale.map(|(ours, _)| ours) } else { wscale };
        let stamped = if answers { self.timestamps } else { timestamps };
        let sack = Use::of(sack.is() && offered(&|option| *option == TcpOption::SackOk));
        layout(look.habits.family, mss, shift, sack, stamped)
    }
}

/// The timestamp that a segment carries.
fn stamp(written: &Written) -> Option<u32> {
    let OptionList::These(list) = &written.options else { return None };
    list.iter().find_map(|option| match option {
        TcpOption::Timestamps { val, ecr: _ } => Some(*val),
        TcpOption::Nop
        | TcpOption::Eol
        | TcpOption::Mss(_)
        | TcpOption::Wscale(_)
        | TcpOption::SackOk
        | TcpOption::Sack(_) => None,
    })
}

/// The window scale among options.
fn shift_in(list: &[TcpOption]) -> Option<u8> {
    list.iter().find_map(|option| match option {
        TcpOption::Wscale(shift) => Some((*shift).min(14)),
        TcpOption::Nop
        | TcpOption::Eol
        | TcpOption::Mss(_)
        | TcpOption::SackOk
        | TcpOption::Sack(_)
        | TcpOption::Timestamps { .. } => None,
    })
}

const fn is_timestamps(option: &TcpOption) -> bool {
    matches!(option, TcpOption::Timestamps { .. })
}

/// What a segment is looked at with.
pub(super) struct Look<'a> {
    pub(super) habits: Habits,
    pub(super) allowed: Allowed,
    pub(super) heeds: Heeds,
    /// The socket that has sent it, as it stands afterwards.
    pub(super) sock: Option<&'a Sock>,
}

fn flags(bits: Bits) -> Flags {
    let all = [(Bits::SYN, Flags::SYN), (Bits::FIN, Flags::FIN), (Bits::RST, Flags::RST)];
    all.into_iter()
        .filter(|(bit, _)| bits.has(*bit))
        .fold(Flags::NONE, |flags, (_, flag)| flags.with(flag))
}

/// The options of a SYN in the order and with the padding of a stack.
fn layout(
    family: Family,
    mss: TcpOption,
    shift: Option<u8>,
    sack: Use,
    stamped: Use,
) -> Vec<TcpOption> {
    use TcpOption::{Eol, Nop, SackOk};
    let clock = TcpOption::Timestamps { val: 0, ecr: 0 };
    let mut list = vec![mss];
    match family {
        // net/ipv4/tcp_output.c tcp_options_write.
        Family::Linux | Family::Standard => {
            match (sack, stamped) {
                (Use::Yes, Use::Yes) => list.extend([SackOk, clock]),
                (Use::No, Use::Yes) => list.extend([Nop, Nop, clock]),
                (Use::Yes, Use::No) => list.extend([Nop, Nop, SackOk]),
                (Use::No, Use::No) => {}
            }
            list.extend(shift.into_iter().flat_map(|shift| [Nop, TcpOption::Wscale(shift)]));
        }
        // sys/netinet/tcp_output.c tcp_addoptions.
        Family::Bsd => {
            let mut bytes = 4;
            if let Some(shift) = shift {
                list.extend([Nop, TcpOption::Wscale(shift)]);
                bytes += 4;
            }
            if sack.is() {
                list.push(SackOk);
                bytes += 2;
            }
            if stamped.is() {
                while bytes % 4 != 2 {
                    list.push(Nop);
                    bytes += 1;
                }
                list.push(clock);
                bytes += 10;
            }
            while bytes % 4 != 0 {
                list.push(Eol);
                bytes += 1;
            }
        }
    }
    list
}
