//! Programs that post a request, and whether they are here.

use sim_scenarios::client;
use sim_scenarios::preset::Actor;
use sim_tests::live::{Cell, Exchange, Writes};
use std::process::{Command, Stdio};

/// The least upload: what the reports of the field were measured with.
pub(crate) const UPLOAD: u32 = 10_000_000;
/// The largest that this test sends.
const MOST: u32 = 64_000_000;

/// A program that posts a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// What the model takes it for.
    pub(crate) policy: &'static str,
    writes: Writes,
}

/// How it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `tests/live/client.py`.
    Python,
    /// curl itself.
    Curl,
    /// `closerace-live ask`.
    Raw,
}

pub(crate) const PROGRAMS: [Program; 8] = [
    program("http.client", Kind::Python, "write-all/abort", Writes::HeadThenBody),
    program("urllib3", Kind::Python, "read-after-error", Writes::HeadThenBody),
    program("curl", Kind::Curl, "duplex/stop", Writes::Pieces),
    program("raw", Kind::Raw, "write-all/abort", Writes::Pieces),
    program("raw", Kind::Raw, "duplex/abort", Writes::Pieces),
    program("raw", Kind::Raw, "duplex/stop", Writes::Pieces),
    program("raw", Kind::Raw, "read-after-error", Writes::Pieces),
    program("raw", Kind::Raw, "late-reader", Writes::Pieces),
];

const fn program(name: &'static str, kind: Kind, policy: &'static str, writes: Writes) -> Program {
    Program { name, kind, policy, writes }
}

impl Program {
    pub(crate) fn cell(self, closing: &Actor, exchange: Exchange) -> Cell {
        let policy = Actor::from(client::named(self.policy).expect("a policy"));
        Cell { closing: closing.clone(), policy, writes: self.writes, exchange }
    }

    pub(crate) fn title(self) -> String {
        format!("{:<11} {:<16}", self.name, self.policy)
    }
}

/// Why nothing can be measured here.
pub(crate) fn ground() -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        return Err("the verdict is of Linux, and this is another system".to_owned());
    }
    std::net::TcpListener::bind("127.0.0.1:0").map_err(|why| format!("no loopback: {why}"))?;
    match upload() {
        ..=MOST => Ok(()),
        more => Err(format!("net.ipv4.tcp_wmem may hold {} bytes: too large an upload", more / 2)),
    }
}

/// More than what a send buffer can grow to and a receive buffer holds.
pub(crate) fn upload() -> u32 {
    let text = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_wmem").unwrap_or_default();
    let largest = text.split_whitespace().last().and_then(|it| it.parse::<u32>().ok());
    largest.unwrap_or(0).saturating_mul(2).max(UPLOAD)
}

/// Older ones do not read after ECONNRESET, which is what it is here for.
const URLLIB3: &str = "\
import urllib3
assert tuple(map(int, urllib3.__version__.split('.')[:2])) >= (2, 7), 'older than 2.7'";

/// Whether a program is here; if not, why is added to the list.
pub(crate) fn there(program: Program, skipped: &mut Vec<String>) -> bool {
    let (needs, mut probe) = match (program.kind, program.name) {
        (Kind::Raw, _) => return true,
        (Kind::Curl, _) => ("curl", command("curl", &["--version"])),
        (Kind::Python, "urllib3") => {
            ("python3 with urllib3 2.7 or newer", command("python3", &["-c", URLLIB3]))
        }
        (Kind::Python, _) => ("python3", command("python3", &["-c", "import http.client"])),
    };
    let why = match probe.stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) if status.success() => return true,
        Ok(status) => status.to_string(),
        Err(why) => why.to_string(),
    };
    skipped.push(format!("{}: it needs {needs}: {why}", program.name));
    false
}

pub(crate) fn command(name: &str, words: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(words);
    command
}
