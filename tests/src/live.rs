//! What the live programs and the model have in common: the exchange, the server's script, and what
//! the model says can become of it.
//!
//! `tests/live` holds programs that do the same on real sockets. The server reads at most once
//! before it answers, which none of the strategies does: `server_lines` puts that read before them,
//! and the live server plays the very lines that are explored here.
//!
//! Missing: TLS, keep-alive, pipelining. Who would notice: nobody who counts whole replies with one
//! connection a request.

use sim_core::drive::explore::{Limits, Pulse};
use sim_core::drive::run::HORIZON;
use sim_core::pace::PaceName;
use sim_core::profile::LINUX;
use sim_core::report::census::{Census, census};
use sim_core::report::odds::{Tally, odds};
use sim_core::report::outcome::{Reply, Word};
use sim_core::script::{Goto, Lane, Line, Look, Op, Script, Until};
use sim_core::wire::{Law, Side, millis};
use sim_core::world::{End, Path, Setup};
use sim_scenarios::case::{Case, Impossible, Scale as Of};
use sim_scenarios::catalogue::{self, Variant};
use sim_scenarios::client;
use sim_scenarios::preset::{Actor, Job, Role};

/// What is sent by clients that write in pieces, and what curl's buffer holds.
pub const PIECE: u32 = 65_536;
/// Before a late reader comes to reading.
pub const LATE: u64 = millis(20);
/// At most so much is read before the answer.
pub const FIRST_READ: u32 = 4_096;
/// The body that fits into one write.
pub const SMALL_BODY: u32 = 200;
/// About what the head of a request takes; no verdict hangs on it.
const HEAD: u32 = 150;

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Body {
    /// More than both kernels' buffers hold, so that nobody finishes writing it unless it is read.
    Upload,
    /// Little: one write.
    Small,
}

/// What the server does before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum First {
    /// One read of at most [`FIRST_READ`] bytes.
    ReadsOnce,
    /// Nothing.
    ReadsNothing,
}

/// How long the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It fits into the client's window: whatever happens, it has left the server.
    Short,
    /// Longer than the window of a client that does not read: a reset throws the rest away.
    Long,
}

impl Answer {
    /// Head and body.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        match self {
            Answer::Short => 512,
            Answer::Long => 1_000_000,
        }
    }
}

/// One request with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exchange {
    /// What is sent.
    pub body: Body,
    /// What the server does first.
    pub first: First,
    /// What it answers.
    pub answer: Answer,
}

/// How a client writes head and body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Writes {
    /// The head, then the whole body in one send (Python).
    HeadThenBody,
    /// Everything in pieces of [`PIECE`] bytes.
    Pieces,
}

/// One side of the comparison as the model has it.
#[derive(Clone, Debug)]
pub struct Cell {
    /// How the server closes.
    pub closing: Actor,
    /// What the client does.
    pub policy: Actor,
    /// How it writes.
    pub writes: Writes,
    /// What is exchanged.
    pub exchange: Exchange,
}

/// At which size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    /// A few segments, and buffers that hold fewer still.
    Small,
    /// The sizes of a loopback interface and this upload, in bytes.
    Real(u32),
}

/// A whole 413 of so many bytes: its head and a body that fills it up. Not every length can be had.
#[must_use]
pub fn answer(bytes: u32) -> Option<Vec<u8>> {
    whole(bytes, |body| {
        format!(
            "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Type: text/plain\r\n\
             Content-Length: {body}\r\n\r\n"
        )
    })
}

/// A whole POST of so many bytes.
#[must_use]
pub fn question(bytes: u32) -> Option<Vec<u8>> {
    whole(bytes, |body| format!("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: {body}\r\n\r\n"))
}

/// A head that declares the body that makes the whole as long as it is to be.
fn whole(bytes: u32, head: impl Fn(usize) -> String) -> Option<Vec<u8>> {
    let bytes = usize::try_from(bytes).ok()?;
    let shortest = bytes.checked_sub(head(bytes).len())?;
    // A shorter body may be declared with fewer digits.
    let body = (shortest..shortest + 4).find(|body| head(*body).len() + body == bytes)?;
    let mut whole = head(body).into_bytes();
    whole.resize(bytes, b'x');
    Some(whole)
}

/// Bytes of the body of an [`answer`].
#[must_use]
pub fn body_of(answer: &[u8]) -> usize {
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n");
    head.map_or(0, |head| answer.len() - head - 4)
}

/// A preset's script with this to do, at the size that is said.
///
/// # Errors
/// A step that does not fit.
pub fn script(actor: &Actor, job: Job) -> Result<Script, Impossible> {
    let upload = catalogue::case(Variant::Upload, actor.clone(), actor.clone(), [&LINUX, &LINUX]);
    let path = Path::RoundTrip(laws::ROUND_TRIP);
    let case = Case { story: "live".to_owned(), job, path, ..upload };
    let flawed = |flaw| Impossible::Flawed(actor.preset.name.clone(), flaw);
    actor.script(&Of::full(&case)).map_err(flawed)
}

/// A job without delays.
#[must_use]
pub const fn job(request: u32, write: u32, reply: u32) -> Job {
    let (gap, wake, late, accept) = (Law::ZERO, Law::ZERO, Law::Fixed(LATE), Law::ZERO);
    Job { request, write, reply, gap, wake, late, accept, backlog: 8 }
}

/// The server's script, with its first read behind accept().
///
/// # Errors
/// A step that does not fit.
pub fn server_script(actor: &Actor, job: Job, first: Option<u32>) -> Result<Script, Impossible> {
    let mut script = script(actor, job)?;
    // A strategy that reads the declared request first has no use for another read.
    let first = first.filter(|_| !reads_declared(&script));
    if let Some(chunk) = first {
        let op = Op::Read { fd: Role::Server.connection(), chunk, until: Until::Once };
        insert(&mut script.lanes[0], BEHIND_ACCEPT, Line::new(op));
    }
    Ok(script)
}

/// A server's script begins with listen() and accept().
const BEHIND_ACCEPT: usize = 2;

/// Puts a line at a place; whoever went to that place or beyond finds there what was there.
fn insert(lane: &mut Lane, at: usize, line: Line) {
    let moved = |to| match to {
        Goto::Line(n) if usize::from(n) >= at => Goto::Line(n + 1),
        Goto::Line(_) | Goto::Next | Goto::End => to,
    };
    for line in &mut lane.lines {
        (line.then, line.on_error) = (moved(line.then), moved(line.on_error));
        line.on_limit = moved(line.on_limit);
    }
    lane.lines.insert(at, line);
}

/// Whether this script asks how long the request is.
#[must_use]
pub fn reads_declared(script: &Script) -> bool {
    let asks = |line: &Line| matches!(line.op, Op::Read { until: Until::Count(_), .. });
    script.lanes.iter().any(|lane| lane.lines.iter().any(asks))
}

/// Puts a write of its own for the head before the first write of the body.
fn head_apart(mut script: Script, head: u32) -> Script {
    for lane in &mut script.lanes {
        let writes = |line: &Line| matches!(line.op, Op::Write { .. });
        let Some(at) = lane.lines.iter().position(writes) else { continue };
        let op = Op::Write {
            fd: Role::Client.connection(),
            total: head,
            chunk: head,
            look: Look::Never,
        };
        insert(lane, at, Line::new(op));
        // Where the head's write fails, the body is not written.
        lane.lines[at].on_error = match lane.lines[at + 1].on_error {
            Goto::Next => Goto::Line(u8::try_from(at + 2).expect("a short script")),
            to @ (Goto::Line(_) | Goto::End) => to,
        };
    }
    script
}

/// Times of a loopback interface on a machine that has other things to do: whoever is woken comes
/// within 20 ms, so that Go's half second is longer than anything under way.
mod laws {
    use super::{LATE, Law, millis};
    pub const ROUND_TRIP: Law = Law::Uniform(20, millis(2));
    pub const GAP: Law = Law::Uniform(0, 500);
    pub const WAKE: Law = Law::Uniform(0, millis(20));
    pub const LATE_WAKE: Law = Law::Uniform(LATE, 2 * LATE);
}

impl Cell {
    /// Request, largest write of it, first read of the server.
    fn bytes(&self, scale: Scale) -> (u32, u32, u32) {
        let (body, first, piece) = match (self.exchange.body, scale) {
            (Body::Small, Scale::Small | Scale::Real(_)) => (SMALL_BODY, FIRST_READ, PIECE),
            // As in reality the read takes a part of a segment, and a write is a segment or more.
            (Body::Upload, Scale::Small) => (6 * MSS, MSS / 4, MSS),
            (Body::Upload, Scale::Real(body)) => (body, FIRST_READ, PIECE),
        };
        match self.writes {
            Writes::HeadThenBody => (body, body, first),
            Writes::Pieces => (body, piece.min(body), first),
        }
    }

    fn setup(&self, scale: Scale) -> Result<Setup, Impossible> {
        let (request, write, first) = self.bytes(scale);
        let (gap, wake, late) = (laws::GAP, laws::WAKE, laws::LATE_WAKE);
        let reply = self.reply(scale).bytes;
        let job = Job { request, write, reply, gap, wake, late, accept: wake, backlog: 8 };
        let asks = script(&self.policy, job)?;
        let (asks, declared) = match self.writes {
            Writes::HeadThenBody => (head_apart(asks, HEAD), HEAD + request),
            Writes::Pieces => (asks, request),
        };
        let first = match self.exchange.first {
            First::ReadsOnce => Some(first),
            First::ReadsNothing => None,
        };
        let serves = server_script(&self.closing, Job { request: declared, ..job }, first)?;
        let ends = [End::Script(asks), End::Script(serves)];
        let path = Path::RoundTrip(laws::ROUND_TRIP);
        let mut setup = Setup::new(ends, [&LINUX, &LINUX], path)?;
        self.tune(&mut setup, scale);
        Ok(setup)
    }

    /// The small size keeps what decides: an upload that is longer than both buffers, an answer
    /// that is longer than the client's window and shorter than the server's send buffer. The real
    /// size has a loopback interface's segments, and what fresh sockets were seen to hold there.
    fn tune(&self, setup: &mut Setup, scale: Scale) {
        let Exchange { body, first: _, answer } = self.exchange;
        for (side, tuning) in Side::BOTH.into_iter().zip(&mut setup.tuning) {
            match scale {
                Scale::Real(_) => {
                    (tuning.mss, tuning.syn_wnd) = (65_483, 65_483);
                    (tuning.rcv_buf, tuning.snd_buf) = (128_000, 2_626_560);
                }
                Scale::Small if (body, answer) == (Body::Small, Answer::Short) => {}
                Scale::Small => {
                    (tuning.rcv_buf, tuning.syn_wnd) = (2 * MSS, 2 * MSS);
                    tuning.snd_buf = match side {
                        Side::A => 2 * MSS,
                        Side::B => 8 * MSS,
                    };
                }
            }
        }
    }

    fn reply(&self, scale: Scale) -> Reply {
        let bytes = match (self.exchange.answer, scale) {
            (Answer::Long, Scale::Small) => 4 * MSS,
            (it @ (Answer::Short | Answer::Long), Scale::Small | Scale::Real(_)) => it.bytes(),
        };
        Reply { from: Side::B, conn: client::ID, bytes }
    }

    /// Every ordering of a small size of it.
    ///
    /// # Errors
    /// A number that the profile does not give; a step that does not fit.
    pub fn every_ordering(&self) -> Result<Census, Impossible> {
        let limits = Limits { states: 3_000_000, depth: 100_000 };
        let setup = self.setup(Scale::Small)?;
        Ok(census(&setup, self.reply(Scale::Small), PaceName::Racing, limits, Pulse::silent()))
    }

    /// So many runs in virtual time at the real size, with an upload of so many bytes.
    ///
    /// # Errors
    /// A number that the profile does not give; a step that does not fit.
    pub fn trials(&self, upload: u32, count: u64) -> Result<Tally, Impossible> {
        let scale = Scale::Real(upload);
        Ok(odds(&self.setup(scale)?, self.reply(scale), HORIZON, 1, 0..count))
    }

    /// Timers of the scripts that may fire while something is under way.
    ///
    /// # Errors
    /// A number that the profile does not give; a step that does not fit.
    pub fn racing_timers(&self) -> Result<Vec<String>, Impossible> {
        let classes = sim_core::pace::classes(&self.setup(Scale::Small)?);
        let racing = classes.into_iter().filter(|class| class.3 == sim_core::pace::Class::Racing);
        Ok(racing.map(|(_, name, _, _)| name).collect())
    }
}

/// A segment of the small size.
const MSS: u32 = 1_460;

/// The words of a cell in one: the word itself where there is only one.
#[must_use]
pub fn verdict(words: &[Word]) -> String {
    let names: Vec<&str> = words.iter().map(|word| word.name()).collect();
    names.join("|")
}
