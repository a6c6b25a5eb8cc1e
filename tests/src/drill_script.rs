//! Scripts of the field's language, written down while a bench is driven: what is done is a line,
//! and what the stack sends is what the script expects.

use crate::bench::{Bench, ID, IRS, ISS};
use sim_core::profile::Profile;
use sim_core::socket::{Call, Fd, Which};
use sim_core::tcp::tuning::{Switchable, Tuning};
use sim_core::wire::{Flags, Segment, Side, State};
use sim_core::world::Action;
use std::fmt::Write;

/// The descriptor that a connection is closed by.
const FD: Fd = Fd(0);
const ACCEPTED: Fd = Fd(1);

/// A bench and the script of what has happened to it.
#[derive(Clone, Debug)]
pub struct Recorded {
    bench: Bench,
    /// The script.
    pub text: String,
    fd: i64,
}

/// Numbers as a script finds them, for a peer whose segments hold 100 bytes.
fn tune(tuning: &mut Tuning) {
    tuning.mss = 1_460;
    tuning.sack = Switchable::Off;
    tuning.wnd_unit = 1;
    tuning.snd_buf = 87_040;
}

fn linux(tuning: &mut Tuning) {
    tune(tuning);
    (tuning.rcv_buf, tuning.syn_wnd) = (64_240, 64_240);
}

/// The BSDs round their buffers to whole segments.
fn freebsd(tuning: &mut Tuning) {
    tune(tuning);
    (tuning.rcv_buf, tuning.syn_wnd) = (65_600, 65_535);
}

fn standard(tuning: &mut Tuning) {
    tune(tuning);
    (tuning.rcv_buf, tuning.syn_wnd) = (65_535, 65_535);
}

impl Recorded {
    /// A socket that is bound.
    #[must_use]
    pub fn new(stack: &'static Profile) -> Recorded {
        let tune = match stack.name {
            "linux" => linux,
            "freebsd" => freebsd,
            _ => standard,
        };
        let mut recorded = Recorded { bench: Bench::new(stack, tune), text: String::new(), fd: 3 };
        recorded.line("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3");
        recorded.line("+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0");
        recorded.bench.call(Call::Socket(FD));
        recorded
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// What the last action has sent.
    fn expect(&mut self) {
        for segment in self.bench.segments() {
            let text = format!("+0 > {}", spell(&segment));
            self.line(&text);
        }
    }

    fn call(&mut self, call: Call, text: &str) {
        self.line(text);
        self.bench.call(call);
        self.expect();
    }

    /// A segment of the peer's.
    pub fn arrives(&mut self, flags: Flags, seq: u32, len: u32, ack: Option<u32>) {
        let segment = self.bench.segment(flags, seq, len, ack);
        self.line(&format!("+0 < {}", spell_incoming(&segment)));
        self.bench.act(Action::Inject(Side::A, segment)).expect("an answer");
        self.expect();
    }

    /// The state, if there is one that TCP_INFO can tell.
    pub fn claim_state(&mut self) {
        let name = match self.bench.state() {
            Some(State::SynSent) => "TCP_SYN_SENT",
            Some(State::SynReceived) => "TCP_SYN_RECV",
            Some(State::Established) => "TCP_ESTABLISHED",
            Some(State::FinWait1) => "TCP_FIN_WAIT1",
            Some(State::FinWait2) => "TCP_FIN_WAIT2",
            Some(State::CloseWait) => "TCP_CLOSE_WAIT",
            Some(State::Closing) => "TCP_CLOSING",
            Some(State::LastAck) => "TCP_LAST_ACK",
            // What Linux keeps of such a connection is not behind the descriptor.
            Some(State::TimeWait | State::Closed | State::Listen) | None => return,
        };
        self.line(&format!("+0 %{{ assert tcpi_state == {name} }}%"));
    }

    /// Right edge of the window on offer, and one past what was sent.
    #[must_use]
    pub fn edges(&self) -> (u32, u32) {
        (self.bench.edge, self.bench.sent)
    }

    fn listen(&mut self) {
        self.line("+0 bind(3, ..., ...) = 0");
        self.call(Call::Listen(FD, 5), "+0 listen(3, 5) = 0");
    }

    fn connect(&mut self) {
        self.call(
            Call::Connect(FD, ID),
            "+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)",
        );
    }

    fn shut(&mut self) {
        let (fd, number) = if self.fd == 3 { (FD, 3) } else { (ACCEPTED, 4) };
        self.call(Call::Shutdown(fd, Which::Wr), &format!("+0 shutdown({number}, SHUT_WR) = 0"));
    }

    fn active(&mut self) {
        self.connect();
        self.arrives(Flags::SYN, 0, 0, Some(1));
    }

    fn passive(&mut self) {
        self.listen();
        self.arrives(Flags::SYN, 0, 0, None);
        self.arrives(Flags::NONE, 1, 0, Some(1));
        self.call(Call::Accept(FD, ACCEPTED), "+0 accept(3, ..., ...) = 4");
        self.fd = 4;
    }
}

/// A state, how it is come to, and what the peer sends next.
pub type Way = (&'static str, fn(&mut Recorded), u32);

/// Every state by its name, and how it is come to; with it what the peer sends next.
pub const WAYS: [Way; 17] = [
    ("CLOSED", |_| {}, 5),
    ("LISTEN", Recorded::listen, 5),
    ("SYN-SENT", Recorded::connect, 0),
    (
        "SYN-RECEIVED",
        |it| {
            it.listen();
            it.arrives(Flags::SYN, 0, 0, None);
        },
        1,
    ),
    (
        "SYN-RECEIVED/simultaneous",
        |it| {
            it.connect();
            it.arrives(Flags::SYN, 0, 0, None);
        },
        1,
    ),
    ("ESTABLISHED/active", Recorded::active, 1),
    ("ESTABLISHED/passive", Recorded::passive, 1),
    (
        "CLOSE-WAIT/active",
        |it| {
            it.active();
            it.arrives(Flags::FIN, 1, 0, Some(1));
        },
        2,
    ),
    (
        "CLOSE-WAIT/passive",
        |it| {
            it.passive();
            it.arrives(Flags::FIN, 1, 0, Some(1));
        },
        2,
    ),
    (
        "FIN-WAIT-1/active",
        |it| {
            it.active();
            it.shut();
        },
        1,
    ),
    (
        "FIN-WAIT-1/passive",
        |it| {
            it.passive();
            it.shut();
        },
        1,
    ),
    (
        "FIN-WAIT-2",
        |it| {
            it.active();
            it.shut();
            it.arrives(Flags::NONE, 1, 0, Some(2));
        },
        1,
    ),
    (
        "CLOSING",
        |it| {
            it.active();
            it.shut();
            it.arrives(Flags::FIN, 1, 0, Some(1));
        },
        2,
    ),
    (
        "LAST-ACK/active",
        |it| {
            it.active();
            it.arrives(Flags::FIN, 1, 0, Some(1));
            it.shut();
        },
        2,
    ),
    (
        "LAST-ACK/passive",
        |it| {
            it.passive();
            it.arrives(Flags::FIN, 1, 0, Some(1));
            it.shut();
        },
        2,
    ),
    (
        "TIME-WAIT/active",
        |it| {
            it.active();
            it.shut();
            it.arrives(Flags::FIN, 1, 0, Some(2));
        },
        2,
    ),
    (
        "TIME-WAIT/passive",
        |it| {
            it.passive();
            it.shut();
            it.arrives(Flags::FIN, 1, 0, Some(2));
        },
        2,
    ),
];

fn letters(segment: &Segment) -> String {
    let flags = [
        (segment.flags.syn(), 'S'),
        (segment.flags.fin(), 'F'),
        (segment.flags.rst(), 'R'),
        (segment.ack.is_some(), '.'),
    ];
    let set: String = flags.iter().filter(|(on, _)| *on).map(|(_, letter)| *letter).collect();
    if set.is_empty() { "-".to_owned() } else { set }
}

/// A segment of the stack's: numbers from the initial ones, which scripts call 0.
fn spell(segment: &Segment) -> String {
    let seq = if segment.seq.raw() == 0 { 0 } else { segment.seq.since(ISS) };
    let seq = u32::try_from(seq).unwrap_or(seq.cast_unsigned());
    let (len, win) = (segment.text.len(), segment.wnd.min(65_535));
    let mut text = format!("{} {seq}:{}({len})", letters(segment), u64::from(seq) + u64::from(len));
    if let Some(ack) = segment.ack {
        let _ = write!(text, " ack {}", ack.since(IRS).cast_unsigned());
    }
    let _ = write!(text, " win {win}");
    if segment.flags.syn() {
        text.push_str(" <...>");
    }
    text
}

fn spell_incoming(segment: &Segment) -> String {
    let seq = segment.seq.since(IRS).cast_unsigned();
    let (len, win) = (segment.text.len(), segment.wnd);
    let mut text = format!("{} {seq}:{}({len})", letters(segment), u64::from(seq) + u64::from(len));
    if let Some(ack) = segment.ack {
        let _ = write!(text, " ack {}", ack.since(ISS).cast_unsigned());
    }
    let _ = write!(text, " win {win}");
    if segment.flags.syn() {
        text.push_str(" <mss 100>");
    }
    text
}
