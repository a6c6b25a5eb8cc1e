//! Words for calls, returns, segments, ends.

use anstyle::{AnsiColor, Style};
use sim_core::report::outcome::Word;
use sim_core::script::{LaneTimer, Told};
use sim_core::socket::{Call, Return, Which};
use sim_core::tcp::{Gone, Linger};
use sim_core::wire::{Micros, Segment, Side};

/// What the two sides are called.
#[derive(Clone, Copy, Debug)]
pub struct Names;

impl Names {
    /// As in "the client".
    #[must_use]
    pub const fn of(side: Side) -> &'static str {
        match side {
            Side::A => "client",
            Side::B => "server",
        }
    }
}

/// Milliseconds with three digits behind the point.
#[must_use]
pub fn ms(us: Micros) -> String {
    format!("{}.{:03}", us / 1000, us % 1000)
}

/// A share of trials.
#[must_use]
pub fn percent(count: u64, of: u64) -> String {
    match (count, of) {
        (0, _) | (_, 0) => "0 %".to_owned(),
        (count, of) if count == of => "100 %".to_owned(),
        (count, of) if count * 1000 < of => "<0.1 %".to_owned(),
        (count, of) if (of - count) * 1000 < of => ">99.9 %".to_owned(),
        (count, of) => {
            let tenths = (count * 1000 + of / 2) / of;
            format!("{}.{} %", tenths / 10, tenths % 10)
        }
    }
}

/// A whole number with commas.
#[must_use]
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun.
#[must_use]
pub fn count(n: u64, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(n))
}

/// "512 bytes", "16 KiB".
#[must_use]
pub fn bytes(n: u32) -> String {
    match n {
        n if n >= 1024 && n.is_multiple_of(1024) => format!("{} KiB", n / 1024),
        n => count(u64::from(n), "byte"),
    }
}

/// A call as the program wrote it. Descriptors are left out: there is one connection.
#[must_use]
pub fn call(call: Call) -> String {
    match call {
        Call::Socket(_) => "socket()".to_owned(),
        Call::Listen(_, backlog) => format!("listen({backlog})"),
        Call::Accept(..) => "accept()".to_owned(),
        Call::Connect(..) => "connect()".to_owned(),
        Call::Read(_, n) => format!("read({n})"),
        Call::Peek(_, n) => format!("peek({n})"),
        Call::Write(_, n) => format!("write({n})"),
        Call::Shutdown(_, which) => format!("shutdown({})", shut(which)),
        Call::SetLinger(_, linger) => match linger {
            Linger::Off => "set SO_LINGER off".to_owned(),
            Linger::Abort => "set SO_LINGER {1, 0}".to_owned(),
            Linger::Seconds(s) => format!("set SO_LINGER {{1, {s}}}"),
        },
        Call::NoFinWait2(_) => "set TCP_LINGER2 -1".to_owned(),
        Call::NoDelay(_) => "set TCP_NODELAY".to_owned(),
        Call::SetRcvBuf(_, n) => format!("set SO_RCVBUF {n}"),
        Call::SetSndBuf(_, n) => format!("set SO_SNDBUF {n}"),
        Call::Poll(_) => "poll()".to_owned(),
        Call::SoError(_) => "get SO_ERROR".to_owned(),
        Call::Dup(..) => "dup()".to_owned(),
        Call::Close(_) | Call::TryClose(_) => "close()".to_owned(),
        Call::CloseEnds(_) => "close() ends".to_owned(),
        Call::Exit => "exit()".to_owned(),
    }
}

const fn shut(which: Which) -> &'static str {
    match which {
        Which::Rd => "SHUT_RD",
        Which::Wr => "SHUT_WR",
        Which::RdWr => "SHUT_RDWR",
    }
}

/// What a call returned, as after an equals sign.
#[must_use]
pub fn returned(returned: Return) -> String {
    match returned {
        Return::Done => "0".to_owned(),
        Return::Count(n) => n.to_string(),
        Return::Eof => "0 (EOF)".to_owned(),
        Return::Error(errno) => errno.name().to_owned(),
        Return::Pending(None) => "no error".to_owned(),
        Return::Pending(Some(errno)) => errno.name().to_owned(),
        Return::Ready(bits) => bits.names(),
        Return::Would(_) => "waits".to_owned(),
    }
}

/// A segment by what it carries. The first byte is number 1; bytes are counted from the sender's
/// first.
#[must_use]
pub fn segment(segment: &Segment) -> String {
    let mut parts = Vec::new();
    if segment.flags.syn() {
        parts.push("SYN".to_owned());
    }
    if !segment.text.is_empty() {
        parts.push(format!("data {}-{}", segment.text.start + 1, segment.text.end));
    }
    if segment.flags.fin() {
        parts.push("FIN".to_owned());
    }
    if segment.flags.rst() {
        parts.push("RST".to_owned());
    }
    match segment.ack {
        Some(_) if segment.flags.syn() => parts.push("ACK".to_owned()),
        Some(ack) if parts.is_empty() => parts.push(format!("ACK {}", ack.raw())),
        Some(_) | None => {}
    }
    parts.join("+")
}

/// What an application was told last.
#[must_use]
pub fn told(told: Told) -> String {
    match told {
        Told::Nothing => "nothing".to_owned(),
        Told::Eof => "end of file (EOF)".to_owned(),
        Told::Error(errno) => errno.name().to_owned(),
    }
}

/// A timer of a script, as a step.
#[must_use]
pub const fn lane_timer(timer: LaneTimer) -> &'static str {
    match timer {
        LaneTimer::Sleep => "the wait is over",
        LaneTimer::Idle => "idle limit reached",
        LaneTimer::Total => "total limit reached",
    }
}

/// A reason in at most fifteen letters, for tables.
#[must_use]
pub const fn cause(gone: Gone) -> &'static str {
    match gone {
        Gone::SendQueueDiscard => "send discard",
        Gone::SendQueueReset => "send reset",
        Gone::ReceiveQueueFlush => "receive flush",
        Gone::ApplicationStopped => "app stopped",
        Gone::DeadSocket => "dead socket",
        Gone::OutOfOrderDiscard => "hole",
        Gone::DiscardedAfterShutRd => "after SHUT_RD",
        Gone::LostOnLink => "lost on link",
        Gone::GivenUp => "given up",
        Gone::NeverWritten => "never written",
    }
}

/// The reason in a sentence.
#[must_use]
pub const fn cause_says(gone: Gone) -> &'static str {
    match gone {
        Gone::SendQueueDiscard => {
            "send-queue discard: the server's own reset threw away what of the answer it still held"
        }
        Gone::SendQueueReset => {
            "the client's reset made the server's stack throw away what it still held"
        }
        Gone::ReceiveQueueFlush => {
            "receive-queue flush: the RST made the client's stack throw delivered, unread bytes \
             away"
        }
        Gone::ApplicationStopped => {
            "application stopped: the answer was there to read, or on its way, when the client \
             gave up"
        }
        Gone::DeadSocket => "the answer reached a client socket that was closed already",
        Gone::OutOfOrderDiscard => "the answer lay behind a hole when the connection ended",
        Gone::DiscardedAfterShutRd => "the answer came after shutdown(SHUT_RD)",
        Gone::LostOnLink => "lost on the link, and nobody was left to send it again",
        Gone::GivenUp => "given up: never sent, because nobody answered any more",
        Gone::NeverWritten => {
            "never written: the server's application stopped before it wrote the answer"
        }
    }
}

/// Where a rule comes from: a section of an RFC, or what stacks do without one.
#[must_use]
pub fn cite(cite: &str) -> String {
    match cite {
        "practice" => "practice of stacks, no RFC".to_owned(),
        section => format!("RFC {section}"),
    }
}

/// A word in a sentence.
#[must_use]
pub const fn word_says(word: Word) -> &'static str {
    match word {
        Word::Seen => "the client's application has read the whole answer",
        Word::Truncated => "it was told the stream had ended, and believes a short answer",
        Word::Lost => "it has read nothing, or not all, and knows or has given up",
        Word::Stuck => "it waits for ever",
    }
}

/// Colour of a word.
#[must_use]
pub const fn word_style(word: Word) -> Style {
    let colour = match word {
        Word::Seen => AnsiColor::Green,
        Word::Lost => AnsiColor::Red,
        Word::Truncated | Word::Stuck => AnsiColor::Magenta,
    };
    colour.on_default().bold()
}

/// Colour of RACE.
pub const RACE: Style = AnsiColor::Yellow.on_default().bold();
/// Headings.
pub const HEAD: Style = Style::new().bold();
/// Things beside the point.
pub const DIM: Style = Style::new().dimmed();
/// Plain.
pub const PLAIN: Style = Style::new();

/// Text in a style.
#[must_use]
pub fn paint(style: Style, text: &str) -> String {
    if style.is_plain() { text.to_owned() } else { format!("{style}{text}{style:#}") }
}

/// Breaks a paragraph into lines of at most `width`, the later ones indented.
#[must_use]
pub fn wrap(text: &str, width: usize, indent: &str) -> String {
    let body = text.trim_start_matches(' ');
    let mut lines = vec![" ".repeat(text.len() - body.len())];
    for word in body.split(' ') {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if !line.trim().is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(format!("{indent}{word}"));
        } else {
            if !line.trim().is_empty() || word.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

/// The same for text that has lines already; escape sequences count for nothing.
#[must_use]
pub fn wrap_all(text: &str, width: usize) -> String {
    let lines: Vec<String> =
        text.lines().map(|line| wrap(line, width + escapes(line), "  ")).collect();
    lines.join("\n")
}

/// Characters of a line that a terminal does not show.
fn escapes(line: &str) -> usize {
    line.chars().count() - anstream::adapter::strip_str(line).to_string().chars().count()
}
