//! One cell: a server's process, and a program that asks it again and again.

use crate::program::{Kind, Program, command};
use sim_core::report::outcome::Word;
use sim_tests::live::{Body, Cell, FIRST_READ, First, PIECE, SMALL_BODY, answer, body_of};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Words that runs have ended in, how often, and what the first such run was told.
pub(crate) type Measured = BTreeMap<Word, (usize, String)>;

/// What is sent; curl wants it in files.
#[derive(Debug)]
pub(crate) struct Bodies(u32);

impl Bodies {
    /// Writes them where this test may write.
    pub(crate) fn write(upload: u32) -> Bodies {
        for bytes in [SMALL_BODY, upload] {
            let body = vec![b'x'; usize::try_from(bytes).expect("a length")];
            std::fs::write(file(bytes), body).expect("a body");
        }
        Bodies(upload)
    }

    const fn bytes(&self, body: Body) -> u32 {
        match body {
            Body::Upload => self.0,
            Body::Small => SMALL_BODY,
        }
    }
}

fn file(bytes: u32) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("live-body-{bytes}"))
}

/// A server's process.
struct Server {
    child: Child,
    port: String,
}

impl Server {
    fn start(cell: &Cell, runs: usize) -> Server {
        let first = match cell.exchange.first {
            First::ReadsOnce => FIRST_READ,
            First::ReadsNothing => 0,
        };
        let mut server = Command::new(env!("CARGO_BIN_EXE_closerace-live"));
        server.args(["serve", "at=127.0.0.1", &format!("server={}", cell.closing)]);
        server.args([format!("first={first}"), format!("reply={}", cell.exchange.answer.bytes())]);
        server.arg(format!("runs={runs}"));
        let mut child = server.stdout(Stdio::piped()).spawn().expect("a server");
        let mut port = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut port).expect("a port");
        Server { child, port: port.trim().to_owned() }
    }

    /// It has served its runs.
    fn ends(mut self) {
        let status = self.child.wait().expect("a server");
        assert!(status.success(), "the server: {status}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended, unless a client gave up before its runs; an error has no remedy.
        drop(self.child.kill().and_then(|()| self.child.wait()));
    }
}

/// So many runs of a program against a server of its own.
pub(crate) fn measure(program: Program, cell: &Cell, bodies: &Bodies, runs: usize) -> Measured {
    let server = Server::start(cell, runs);
    let reply = cell.exchange.answer.bytes();
    let reply_body = body_of(&answer(reply).expect("a reply"));
    let (port, body) = (server.port.as_str(), bodies.bytes(cell.exchange.body));
    let lines = match program.kind {
        Kind::Python => python(program, port, (body, reply_body), runs),
        Kind::Raw => raw(program, port, (body, reply), runs),
        Kind::Curl => (0..runs).map(|_| curl(port, body, reply_body)).collect(),
    };
    assert_eq!(lines.len(), runs, "{program:?} {cell:?}");
    server.ends();
    let mut measured = Measured::new();
    for line in lines {
        let (word, told) = line.split_once(' ').unwrap_or((&line, ""));
        let named = |it: &Word| it.name().eq_ignore_ascii_case(word);
        let word = [Word::Seen, Word::Truncated, Word::Lost, Word::Stuck].into_iter().find(named);
        let word = word.unwrap_or_else(|| panic!("{program:?} says {line:?}"));
        measured.entry(word).or_insert((0, told.to_owned())).0 += 1;
    }
    measured
}

/// A program that prints a line a run.
fn lines(mut command: Command) -> Vec<String> {
    let output = command.stderr(Stdio::inherit()).output().expect("a client");
    assert!(output.status.success(), "{command:?}: {}", output.status);
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

fn python(
    program: Program,
    port: &str,
    (body, reply_body): (u32, usize),
    runs: usize,
) -> Vec<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/live/client.py");
    let mut python = command("python3", &[script, program.name, port]);
    python.args([runs.to_string(), body.to_string(), reply_body.to_string()]);
    lines(python)
}

fn raw(program: Program, port: &str, (request, reply): (u32, u32), runs: usize) -> Vec<String> {
    let mut raw = Command::new(env!("CARGO_BIN_EXE_closerace-live"));
    raw.args(["ask", &format!("to=127.0.0.1:{port}"), &format!("client={}", program.policy)]);
    raw.args([format!("request={request}"), format!("chunk={PIECE}"), format!("reply={reply}")]);
    raw.arg(format!("runs={runs}"));
    lines(raw)
}

/// One run of curl: what it has printed, and how it ended.
fn curl(port: &str, body: u32, reply_body: usize) -> String {
    let mut curl =
        command("curl", &["--disable", "--silent", "--noproxy", "*", "--max-time", "30"]);
    curl.args(["--output", "-", "--write-out", "%{stderr}%{http_code}", "--header", "Expect:"]);
    curl.args(["--data-binary", &format!("@{}", file(body).display())]);
    let output = curl.arg(format!("http://127.0.0.1:{port}/")).output().expect("curl");
    let status = String::from_utf8_lossy(&output.stderr).into_owned();
    let (read, code) = (output.stdout.len(), output.status.code());
    let word = match code {
        _ if status == "413" && read == reply_body => "seen",
        // CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING: the stream has ended.
        Some(18 | 52) => "truncated",
        // CURLE_OPERATION_TIMEDOUT.
        Some(28) => "stuck",
        Some(_) | None => "lost",
    };
    format!("{word} status {status}, {read} bytes, exit {}", code.unwrap_or(-1))
}
