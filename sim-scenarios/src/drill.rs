//! packetdrill scripts against the model.
//!
//! One endpoint of the model is under test. The script is both its application (system calls and
//! what they must return) and its peer (segments that arrive, segments that must be sent). Time is
//! virtual: what the stack does by itself happens when its timers say so.
//!
//! What is compared is what packetdrill compares: flags, numbers and lengths exactly, windows and
//! options where they are written, instants within the tolerance. What this program or the model
//! lacks is refused by name, never passed over in silence.
//!
//! Not here: packets other than TCP, encapsulation, fast open, MD5, ECN's bits, urgent data,
//! keep-alive, epoll, several connections at once.

mod acks;
mod act;
mod compare;
mod controls;
mod habits;
mod icmp;
mod info;
mod machine;
mod memory;
mod read;
pub mod report;
mod run;
mod script;
mod shell;
mod spell;
mod wire;

pub use read::Defines;

use script::FlawKind;
use sim_core::profile::Profile;

/// What became of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The verdict.
    pub verdict: Verdict,
    /// What of it was not compared or changes nothing here, in words.
    pub passed_over: Vec<String>,
    /// Answers of the profile that nobody has read or measured, and that were used.
    pub assumed: Vec<String>,
}

/// Whether the stack does what a script says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Passed,
    /// It does not.
    Failed(Box<Failure>),
    /// It was not asked: the script needs something that is not here.
    Unsupported {
        /// Where.
        line: u32,
        /// What.
        what: String,
    },
}

/// The first difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Where.
    pub line: u32,
    /// What the script says.
    pub expected: String,
    /// What happened.
    pub got: String,
    /// What happened before, in the script's language.
    pub ladder: Vec<String>,
}

/// The names that `#ifdef` knows on a stack when nobody says others.
#[must_use]
pub fn own_defines(stack: &Profile) -> Defines {
    Defines::from([(habits::Habits::of(stack).define.to_owned(), String::new())])
}

/// Where text within a write is marked with PSH.
pub(crate) fn forced_pushes(
    profile: &Profile,
    conn: &sim_core::tcp::Conn,
    left: u32,
    marked: Option<u32>,
) -> Vec<u32> {
    habits::Habits::of(profile).forced_pushes(conn, left, marked)
}

/// Whether buffers are memory (Linux): what a write takes and when ACKs go out hang on more than
/// the model's runs know.
#[must_use]
pub(crate) fn counts_memory(profile: &Profile) -> bool {
    habits::Habits::of(profile).define == "Linux"
}

/// Where the buffer begins that a write joins, since its text waits: it takes the mark off (Linux).
#[must_use]
pub(crate) fn joined_buffer(profile: &Profile, conn: &sim_core::tcp::Conn) -> Option<u32> {
    let waits = conn.snd.unsent() % memory::goal(conn);
    (counts_memory(profile) && waits > 0).then(|| conn.snd.end - waits)
}

/// Whether SO_RCVBUF gives a window of exactly so many bytes: Linux cuts it into whole segments.
#[must_use]
pub fn gives_window(stack: &Profile, bytes: u32, mss: u16) -> bool {
    let habits = habits::Habits::of(stack);
    habits.define != "Linux" || habits::first_room(bytes.saturating_mul(2), mss).0 == bytes
}

/// Whether a stack marks the segment that empties its send buffer with PSH, and not the one that an
/// application's write ends in.
#[must_use]
pub fn marks_what_empties(stack: &Profile) -> bool {
    habits::Habits::of(stack).family == habits::Family::Bsd
}

pub(crate) use run::Between;

/// The ACKs that a stack sends while it does all else that a script says; `None` where it does not.
pub(crate) fn acks_between(text: &str, stack: &'static Profile) -> Option<Vec<Between>> {
    let script = read::read(text, &own_defines(stack)).ok()?;
    run::acks_between(&script, stack)
}

/// Runs a script on a stack.
#[must_use]
pub fn check(text: &str, stack: &'static Profile, defines: &Defines) -> Checked {
    let script = match read::read(text, defines) {
        Ok(script) => script,
        Err(flaw) => {
            let verdict = match flaw.kind {
                FlawKind::Unsupported => Verdict::Unsupported { line: flaw.line, what: flaw.what },
                FlawKind::Syntax => Verdict::Failed(Box::new(Failure {
                    line: flaw.line,
                    expected: "a script".to_owned(),
                    got: flaw.what,
                    ladder: Vec::new(),
                })),
            };
            return Checked { verdict, passed_over: Vec::new(), assumed: Vec::new() };
        }
    };
    run::run(&script, stack)
}
