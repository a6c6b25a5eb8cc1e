//! The applications of a laboratory row: operations of one thread become lines of one lane.
//!
//! An operation that only looks (`table`, `inq`, `tcp_info` ...) becomes a line that does nothing;
//! whoever runs the script looks at the world when its turn comes. A read that is skipped once a
//! send has failed needs a memory that scripts do not have: such a lane is written twice, and a
//! send that fails goes on in the second copy.

use serde_json::Value;
use sim_core::script::{Goto, Lane, LaneId, Limit, Line, Look, Op, Script, Starts, Until};
use sim_core::socket::{Call, Fd, Readiness, Which};
use sim_core::tcp::Linger;
use sim_core::wire::{ConnId, Law, Micros, millis};
use std::collections::BTreeMap;

/// The receive buffer counts memory; what a full segment takes of it is known after the first
/// (net/ipv4/tcp_input.c tcp_measure_rcv_mss, scaling_ratio): 162 of 256, where 128 was assumed.
pub(super) const RECEIVE_SHARE: (u64, u64) = (162, 128);

/// What a line of a lane is, for whoever writes down its results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing that is written down.
    Silent,
    Connect,
    Accept,
    Send,
    /// One recv().
    Receive,
    /// recv() until something ends it.
    ReceiveAll {
        want: bool,
        blocking: bool,
        idle: Option<Micros>,
    },
    /// A receive that is skipped.
    NotRead,
    Shutdown,
    Close,
    /// poll() for these bits.
    Poll(u8),
    SoError,
    Inq(Fd),
    Outq(Fd),
    Table,
    TcpInfo(Fd),
}

/// An application and what its lines mean.
#[derive(Debug)]
pub(super) struct App {
    pub(super) script: Script,
    /// By lane and line.
    pub(super) meanings: Vec<Vec<Meaning>>,
}

/// Names of descriptors, in the order in which they appear.
#[derive(Debug, Default)]
pub(super) struct Names {
    fds: BTreeMap<String, Fd>,
    opened: Vec<Fd>,
    connections: u8,
}

impl Names {
    /// The descriptor of an operation.
    pub(super) fn fd(&mut self, name: &str) -> Result<Fd, String> {
        if let Some(fd) = self.fds.get(name) {
            return Ok(*fd);
        }
        let n = u8::try_from(self.fds.len()).unwrap_or(u8::MAX);
        if n >= Fd::MAX {
            return Err("unsupported: more descriptors than the model has".to_owned());
        }
        self.fds.insert(name.to_owned(), Fd(n));
        Ok(Fd(n))
    }

    /// Whether a descriptor needs a socket() first; it has one from now on.
    pub(super) fn opens(&mut self, fd: Fd) -> bool {
        let fresh = !self.opened.contains(&fd);
        if fresh {
            self.opened.push(fd);
        }
        fresh
    }

    pub(super) fn connection(&mut self) -> ConnId {
        self.connections += 1;
        ConnId(self.connections - 1)
    }
}

/// Reads one side's threads. `main` begins with the run, the others when they are spawned.
pub(super) fn app(threads: &Value) -> Result<App, String> {
    let empty = serde_json::Map::new();
    let threads = threads.as_object().unwrap_or(&empty);
    let mut order: Vec<&String> = threads.keys().collect();
    order.sort_by_key(|name| (name.as_str() != "main", name.as_str()));
    let mut names = Names::default();
    let mut app = App { script: Script::default(), meanings: Vec::new() };
    for (at, name) in order.iter().enumerate() {
        let ops = threads[*name].as_array().map_or(&[][..], Vec::as_slice);
        let twice = ops.iter().any(|op| is(&op["unless_send_error"]));
        let mut lane = Compiler { names: &mut names, order: &order, at, lines: Vec::new() };
        let starts = lane.ops(ops, SendsSoFar::Fine)?;
        if twice {
            lane.second_copy(ops, &starts)?;
        }
        let (lines, meanings) = lane.lines.into_iter().unzip();
        app.script.lanes.push(Lane {
            name: (*name).clone(),
            starts: if *name == "main" { Starts::AtOnce } else { Starts::Spawned },
            lines,
        });
        app.meanings.push(meanings);
    }
    Ok(app)
}

/// Whether a send has failed when a copy of a lane runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SendsSoFar {
    Fine,
    Failed,
}

struct Compiler<'a> {
    names: &'a mut Names,
    order: &'a [&'a String],
    /// Which of them this lane is.
    at: usize,
    lines: Vec<(Line, Meaning)>,
}

/// Whether a field is set: `true` or a number that is not zero.
pub(super) fn is(value: &Value) -> bool {
    value.as_bool().unwrap_or(false) || value.as_f64().is_some_and(|n| n != 0.0)
}

/// A count of bytes.
pub(super) fn bytes(value: &Value, default: u32) -> u32 {
    value.as_u64().map_or(default, |n| u32::try_from(n).unwrap_or(u32::MAX))
}

/// A time in milliseconds, perhaps with a fraction.
pub(super) fn time(value: &Value) -> Option<Micros> {
    value.as_f64().map(|ms| (ms * 1000.0).round() as Micros)
}

fn receive_buffer(n: u32) -> u32 {
    let (share, assumed) = RECEIVE_SHARE;
    u32::try_from(u64::from(n) * share / assumed).unwrap_or(u32::MAX)
}

fn linger(op: &Value) -> Linger {
    match (is(&op["on"]), op["secs"].as_u64().unwrap_or(0)) {
        (false, _) => Linger::Off,
        (true, 0) => Linger::Abort,
        (true, secs) => Linger::Seconds(u16::try_from(secs).unwrap_or(u16::MAX)),
    }
}

pub(super) fn how(op: &Value) -> Result<Which, String> {
    match op["how"].as_str() {
        Some("rd") => Ok(Which::Rd),
        Some("wr") => Ok(Which::Wr),
        Some("rdwr") => Ok(Which::RdWr),
        other => Err(format!("unsupported shutdown {other:?}")),
    }
}

/// A call that sets an option.
pub(super) fn option(name: &str, op: &Value, fd: Fd) -> Result<Call, String> {
    match name {
        "linger" => Ok(Call::SetLinger(fd, linger(op))),
        "linger2" if op["secs"].as_i64().is_some_and(|secs| secs < 0) => Ok(Call::NoFinWait2(fd)),
        "nodelay" => Ok(Call::NoDelay(fd)),
        "rcvbuf" => Ok(Call::SetRcvBuf(fd, receive_buffer(bytes(&op["n"], 0)))),
        "sndbuf" => Ok(Call::SetSndBuf(fd, bytes(&op["n"], 0).saturating_mul(2))),
        other => Err(format!("unsupported operation {other:?}")),
    }
}

/// Bits of a poll: the names in a row, or everything.
pub(super) fn events(op: &Value) -> u8 {
    let Some(names) = op["events"].as_str() else {
        return Readiness::IN | Readiness::OUT | Readiness::RDHUP;
    };
    let names = names.to_ascii_lowercase();
    [("rdhup", Readiness::RDHUP), ("out", Readiness::OUT), ("in", Readiness::IN)]
        .iter()
        .filter(|(name, _)| names.contains(name))
        .fold(0, |bits, (_, bit)| bits | bit)
}

impl Compiler<'_> {
    /// The lines of all operations; says where each one begins.
    fn ops(&mut self, ops: &[Value], sends: SendsSoFar) -> Result<Vec<usize>, String> {
        let mut starts = Vec::new();
        for op in ops {
            starts.push(self.lines.len());
            self.op(op, sends)?;
        }
        Ok(starts)
    }

    /// Once a send has failed the lane goes on here.
    fn second_copy(&mut self, ops: &[Value], starts: &[usize]) -> Result<(), String> {
        self.add(Line::new(Op::Jump).then(Goto::End), Meaning::Silent);
        let first = self.lines.len();
        let copies = self.ops(ops, SendsSoFar::Failed)?;
        let after = |at: usize| starts.iter().position(|start| *start > at);
        for at in 0..first {
            if self.lines[at].1 != Meaning::Send {
                continue;
            }
            let to = after(at).and_then(|n| u8::try_from(copies[n]).ok());
            self.lines[at].0.on_error = to.map_or(Goto::End, Goto::Line);
        }
        match self.lines.len() {
            0..=255 => Ok(()),
            _ => Err("unsupported: a thread longer than a lane can be".to_owned()),
        }
    }

    fn add(&mut self, line: Line, meaning: Meaning) {
        self.lines.push((line, meaning));
    }

    fn call(&mut self, op: &Value, call: Call, meaning: Meaning) {
        let nb = is(&op["nb"]);
        let line = Line::new(if nb { Op::Try(call) } else { Op::Call(call) });
        let idle = time(&op["timeout_ms"]).filter(|_| !nb);
        self.add(line.limit(Limit { idle, ..Limit::default() }), meaning);
    }

    /// A call whose failure ends the thread unless the row says otherwise.
    fn vital(&mut self, op: &Value, call: Call, meaning: Meaning) {
        self.call(op, call, meaning);
        let stop = if is(&op["go_on"]) { Goto::Next } else { Goto::End };
        if let Some((line, _)) = self.lines.last_mut() {
            // EINPROGRESS of a call that does not block is no failure.
            let nb = matches!(line.op, Op::Try(Call::Connect(..)));
            line.on_error = if nb { Goto::Next } else { stop };
            line.on_limit = stop;
        }
    }

    fn socket(&mut self, fd: Fd) {
        if self.names.opens(fd) {
            self.add(Line::new(Op::Call(Call::Socket(fd))), Meaning::Silent);
        }
    }

    fn lane(&self, op: &Value) -> Result<LaneId, String> {
        let name = op["thread"].as_str().unwrap_or("");
        let at = self.order.iter().position(|known| known.as_str() == name);
        let at = at.and_then(|at| u8::try_from(at).ok());
        at.map(LaneId).ok_or_else(|| format!("unsupported: no thread {name:?}"))
    }

    fn op(&mut self, op: &Value, sends: SendsSoFar) -> Result<(), String> {
        let name = op["op"].as_str().unwrap_or("");
        let default = if name == "listen" { "l" } else { "c" };
        let fd = self.names.fd(op["fd"].as_str().unwrap_or(default))?;
        match name {
            "listen" => {
                self.names.opens(fd);
                let backlog = u8::try_from(op["backlog"].as_u64().unwrap_or(16));
                self.vital(op, Call::Listen(fd, backlog.unwrap_or(u8::MAX)), Meaning::Silent);
            }
            "accept" => {
                let listener = self.names.fd(op["fd"].as_str().unwrap_or("l"))?;
                let into = self.names.fd(op["as"].as_str().unwrap_or("c"))?;
                self.names.opens(into);
                self.vital(op, Call::Accept(listener, into), Meaning::Accept);
            }
            "connect" => {
                self.names.opens(fd);
                let conn = self.names.connection();
                self.vital(op, Call::Connect(fd, conn), Meaning::Connect);
            }
            "socket" | "bind" => self.socket(fd),
            "dup" => {
                let into = self.names.fd(op["as"].as_str().unwrap_or("d"))?;
                self.names.opens(into);
                self.call(op, Call::Dup(fd, into), Meaning::Silent);
            }
            "send" => self.call(op, Call::Write(fd, bytes(&op["n"], 100)), Meaning::Send),
            "send_all" => self.send_all(op, fd),
            "recv" => self.call(op, Call::Read(fd, bytes(&op["n"], 65_536)), Meaning::Receive),
            "recv_all" if sends == SendsSoFar::Failed && is(&op["unless_send_error"]) => {
                self.add(Line::new(Op::Jump), Meaning::NotRead);
            }
            "recv_all" => self.receive_all(op, fd),
            "peek" => self.call(op, Call::Peek(fd, bytes(&op["n"], 65_536)), Meaning::Silent),
            "shutdown" => self.call(op, Call::Shutdown(fd, how(op)?), Meaning::Shutdown),
            "close" => self.call(op, Call::Close(fd), Meaning::Close),
            "exit" => {
                // The other threads end with the process.
                let this = self.at;
                for n in (0..self.order.len()).filter(|n| *n != this) {
                    let lane = LaneId(u8::try_from(n).unwrap_or(u8::MAX));
                    self.add(Line::new(Op::Stop(lane)), Meaning::Silent);
                }
                self.call(op, Call::Exit, Meaning::Silent);
                if let Some((line, _)) = self.lines.last_mut() {
                    line.then = Goto::End;
                }
            }
            "poll" => self.poll(op, fd),
            "so_error" => self.call(op, Call::SoError(fd), Meaning::SoError),
            "sleep" => {
                let law = Law::Fixed(time(&op["ms"]).unwrap_or(0));
                self.add(Line::new(Op::Sleep(law)), Meaning::Silent);
            }
            "sleep_until" => {
                let at = time(&op["t_ms"]).ok_or("sleep_until without t_ms")?;
                self.add(Line::new(Op::SleepUntil(at)), Meaning::Silent);
            }
            "spawn" => {
                let lane = self.lane(op)?;
                self.add(Line::new(Op::Spawn(lane)), Meaning::Silent);
            }
            "join" => {
                let lane = self.lane(op)?;
                self.add(Line::new(Op::Join(lane)), Meaning::Silent);
            }
            "table" => self.add(Line::new(Op::Jump), Meaning::Table),
            "inq" => self.add(Line::new(Op::Jump), Meaning::Inq(fd)),
            "outq" => self.add(Line::new(Op::Jump), Meaning::Outq(fd)),
            "tcp_info" => self.add(Line::new(Op::Jump), Meaning::TcpInfo(fd)),
            other => return self.option(other, op, fd),
        }
        Ok(())
    }

    fn option(&mut self, name: &str, op: &Value, fd: Fd) -> Result<(), String> {
        let call = option(name, op, fd)?;
        self.socket(fd);
        self.call(op, call, Meaning::Silent);
        Ok(())
    }

    fn send_all(&mut self, op: &Value, fd: Fd) {
        if let Some(start) = time(&op["start_ms"]) {
            self.add(Line::new(Op::SleepUntil(start)), Meaning::Silent);
        }
        let total = bytes(&op["n"], 0);
        let chunk = bytes(&op["chunk"], total);
        let gap = Law::Fixed(time(&op["gap_ms"]).unwrap_or(0));
        self.add(
            Line::new(Op::Write { fd, total, chunk, look: Look::Never }).gap(gap),
            Meaning::Send,
        );
    }

    fn receive_all(&mut self, op: &Value, fd: Fd) {
        let want = op["want"].as_u64().map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        let until = want.map_or(Until::Eof, Until::Count);
        let chunk = bytes(&op["chunk"], 65_536);
        let blocking = !is(&op["nb"]);
        // A call that does not block waits for no time at all.
        let idle = if blocking { time(&op["timeout_ms"]) } else { Some(0) };
        let limit = Limit { bytes: None, idle, total: time(&op["total_ms"]) };
        let line = Line::new(Op::Read { fd, chunk, until }).limit(limit);
        self.add(line, Meaning::ReceiveAll { want: want.is_some(), blocking, idle });
    }

    fn poll(&mut self, op: &Value, fd: Fd) {
        let bits = events(op);
        let Some(idle) = time(&op["timeout_ms"]).filter(|us| *us > 0) else {
            self.add(Line::new(Op::Try(Call::Poll(fd))), Meaning::Poll(bits));
            return;
        };
        let limit = Limit { idle: Some(idle), ..Limit::default() };
        self.add(Line::new(Op::Poll { fd, bits }).limit(limit), Meaning::Poll(bits));
    }
}

/// A default for runs that say nothing.
pub(super) const LONGEST: Micros = millis(3000);
