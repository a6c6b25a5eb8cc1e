//! One stack on a bench: calls from outside, a peer that is a list of segments, virtual time.

use super::numbers::{self, Environment};
use super::peer::{self, CONN, ISS, PEER_ISS, Peer};
use super::words;
use serde_json::Value;
use sim_core::drive::run::Runner;
use sim_core::pace::clocked::Always;
use sim_core::profile::LINUX;
use sim_core::socket::{self, Call, Fd, Return, Wait, Which};
use sim_core::tcp::{Linger, Note};
use sim_core::wire::{Law, Micros, Segment, Side, State, millis};
use sim_core::world::{Action, End, Event, Path, Setup, Sink};

const KERNEL: Side = Side::A;
const SOCKET: Fd = Fd(0);
const LISTENER: Fd = Fd(1);
/// No retransmission takes part.
pub(super) const RTO_MIN: Micros = millis(5000);
/// The recorder listened until nothing had come for a while.
pub(super) const SILENCE: Micros = millis(6);
/// Looking at the state took it some time, in which it did not listen.
pub(super) const LOOK: Micros = millis(6);

/// One of the kernel's segments, as seen by the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen(pub(super) String);

/// A close() that blocks in a thread of its own.
#[derive(Clone, Copy, Debug)]
struct Closing {
    fd: Fd,
    began: Micros,
    ends: Micros,
    done: Option<(Micros, Return)>,
}

#[derive(Debug)]
pub(super) struct Bench {
    setup: Setup,
    run: Runner<Always>,
    peer: Peer,
    main: Option<Fd>,
    closing: Option<Closing>,
    out: Vec<Segment>,
    /// What was injected, in words.
    pub(super) injected: Vec<String>,
}

impl Clone for Bench {
    fn clone(&self) -> Self {
        Bench {
            setup: self.setup.clone(),
            run: Runner { world: self.run.world.clone(), clocks: self.run.clocks.clone() },
            peer: self.peer,
            main: self.main,
            closing: self.closing,
            out: self.out.clone(),
            injected: self.injected.clone(),
        }
    }
}

/// What a step has to tell.
pub(super) enum Told {
    Nothing,
    /// A call, in words.
    Call(String),
    /// The state was asked for.
    State(Option<&'static str>, Vec<String>),
    /// A segment was injected.
    Injected(String),
}

/// A setup for one stack and no peer.
pub(super) fn setup(environment: Environment, sysctl: &[(String, Value)]) -> Result<Setup, String> {
    let path = Path::OneWay(Law::ZERO, Law::ZERO);
    let mut setup = Setup::new([End::Calls, End::Wire], [&LINUX, &LINUX], path)
        .map_err(|halt| halt.to_string())?;
    setup.tuning[KERNEL.index()] = numbers::tuning(environment, sysctl, RTO_MIN, 0)?;
    setup.iss = [ISS, PEER_ISS];
    Ok(setup)
}

struct Outbox<'a>(&'a mut Vec<Segment>, Option<Return>);

impl Sink for Outbox<'_> {
    fn event(&mut self, event: Event) {
        match event {
            Event::Kernel(_, Note::Sent(segment)) => self.0.push(segment),
            Event::Puppet(_, _, returned) => self.1 = Some(returned),
            Event::Kernel(..) | Event::Arrived(..) | Event::Lost(..) | Event::Lane(..) => {}
        }
    }
}

impl Bench {
    pub(super) fn new(setup: Setup) -> Bench {
        Bench {
            run: Runner::new(&setup, Always(0), &mut ()),
            setup,
            peer: Peer::NEW,
            main: None,
            closing: None,
            out: Vec::new(),
            injected: Vec::new(),
        }
    }

    fn act(&mut self, action: Action) -> Result<Option<Return>, String> {
        let before = self.out.len();
        let mut sink = Outbox(&mut self.out, None);
        self.run.apply(&self.setup, action, &mut sink).map_err(|halt| halt.to_string())?;
        let returned = sink.1;
        for segment in &self.out[before..] {
            self.peer.sees(segment);
            if segment.flags.syn() {
                // The next connection has another number.
                self.setup.iss[KERNEL.index()] = ISS.plus(1 << 24);
            }
        }
        Ok(returned)
    }

    fn call(&mut self, call: Call) -> Result<Return, String> {
        self.act(Action::Call(KERNEL, call))?.ok_or_else(|| "the call did not return".to_owned())
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, time: Micros) -> Result<(), String> {
        let until = self.run.clocks.now + time;
        loop {
            self.finish_closing()?;
            let deadline = self.closing.filter(|closing| closing.done.is_none());
            let due = self.run.clocks.next().filter(|(at, _)| *at <= until);
            let patience = deadline.map(|closing| closing.ends).filter(|ends| *ends <= until);
            if let Some(ends) = patience.filter(|ends| due.is_none_or(|(at, _)| at > *ends)) {
                self.run.clocks.now = ends;
                self.end_closing()?;
                continue;
            }
            let Some(due) = due else { break };
            self.run.clocks.advance(due);
            self.act(due.1)?;
        }
        self.run.clocks.now = until;
        Ok(())
    }

    fn finish_closing(&mut self) -> Result<(), String> {
        let Some(Closing { fd, done: None, .. }) = self.closing else { return Ok(()) };
        let table = &self.run.world.hosts[KERNEL.index()].table;
        if socket::ready(table, Wait::Lingered(fd), 0) { self.end_closing() } else { Ok(()) }
    }

    fn end_closing(&mut self) -> Result<(), String> {
        let Some(Closing { fd, .. }) = self.closing else { return Ok(()) };
        let returned = self.call(Call::CloseEnds(fd))?;
        let now = self.run.clocks.now;
        if let Some(closing) = &mut self.closing {
            closing.done = Some((now, returned));
        }
        Ok(())
    }

    /// What the kernel has sent since this was asked last.
    pub(super) fn emitted(&mut self) -> Vec<Seen> {
        std::mem::take(&mut self.out).iter().map(|segment| Seen(peer::spell(segment))).collect()
    }

    /// One step of a recipe.
    pub(super) fn step(&mut self, step: &Value) -> Result<Told, String> {
        let words = step.as_array().ok_or_else(|| format!("unsupported step {step}"))?;
        let name = words.first().and_then(Value::as_str).unwrap_or("");
        let told = match name {
            "listen" => {
                let backlog = words.get(1).and_then(Value::as_u64).unwrap_or(16);
                self.call(Call::Listen(LISTENER, u8::try_from(backlog).unwrap_or(u8::MAX)))?;
                self.main = Some(LISTENER);
                Told::Nothing
            }
            "socket" => {
                self.call(Call::Socket(SOCKET))?;
                self.main = Some(SOCKET);
                Told::Nothing
            }
            "connect" => {
                self.call(Call::Connect(SOCKET, CONN))?;
                self.main = Some(SOCKET);
                Told::Nothing
            }
            "handshake" => self.handshake(words.get(1))?,
            "passive" => {
                self.step(&serde_json::json!(["listen"]))?;
                self.handshake(words.get(1))?;
                self.accept()?;
                Told::Nothing
            }
            "active" => {
                self.step(&serde_json::json!(["connect"]))?;
                self.inject(&serde_json::json!({"fl": "SA", "seq": 0, "ack": "snd_nxt"}))?;
                Told::Nothing
            }
            "in" => Told::Injected(self.inject(words.get(1).unwrap_or(&Value::Null))?),
            "call" => Told::Call(self.named_call(&words[1..])?),
            "bg_close" => {
                self.begin_closing()?;
                Told::Nothing
            }
            "join" => return self.join(),
            "wait" => {
                let ms = words.get(1).and_then(Value::as_u64).ok_or("wait without a time")?;
                self.pass(millis(ms))?;
                return Ok(Told::Nothing);
            }
            "state" => {
                let (fd, table) = self.state();
                self.pass(LOOK)?;
                return Ok(Told::State(fd, table));
            }
            other => return Err(format!("unsupported step {other:?}")),
        };
        self.pass(SILENCE)?;
        Ok(told)
    }

    fn handshake(&mut self, window: Option<&Value>) -> Result<Told, String> {
        let win = window.and_then(Value::as_u64).unwrap_or(65_535);
        self.inject(&serde_json::json!({"fl": "S", "seq": 0}))?;
        self.pass(SILENCE)?;
        self.inject(&serde_json::json!({"fl": "A", "seq": 1, "ack": "snd_nxt", "win": win}))?;
        Ok(Told::Nothing)
    }

    fn accept(&mut self) -> Result<Return, String> {
        let table = &self.run.world.hosts[KERNEL.index()].table;
        let free =
            (0..Fd::MAX).map(Fd).find(|fd| *fd != LISTENER && socket::find(table, *fd).is_none());
        let from = if socket::find(table, LISTENER).is_some() { LISTENER } else { SOCKET };
        let into = free.ok_or("no descriptor is left")?;
        let returned = self.call(Call::Accept(from, into))?;
        if returned == Return::Done {
            self.main = Some(into);
        }
        Ok(returned)
    }

    fn begin_closing(&mut self) -> Result<(), String> {
        let Some(fd) = self.main.take() else {
            return Err("unsupported: no descriptor to close".to_owned());
        };
        let table = &self.run.world.hosts[KERNEL.index()].table;
        let seconds = match socket::find(table, fd).map(|at| table[at].linger) {
            Some(Linger::Seconds(seconds)) => seconds,
            Some(Linger::Off | Linger::Abort) | None => 0,
        };
        let began = self.run.clocks.now;
        let returned = self.call(Call::Close(fd))?;
        let waits = matches!(returned, Return::Would(_));
        let done = if waits { None } else { Some((began, returned)) };
        let ends = began + millis(u64::from(seconds) * 1000);
        self.closing = Some(Closing { fd, began, ends, done });
        Ok(())
    }

    fn join(&mut self) -> Result<Told, String> {
        self.finish_closing()?;
        if let Some(Closing { ends, done: None, .. }) = self.closing {
            self.pass(ends.saturating_sub(self.run.clocks.now))?;
        }
        let Some(Closing { began, done: Some((at, returned)), .. }) = self.closing.take() else {
            return Err("join without a close() that blocks".to_owned());
        };
        let steps = (at - began) / millis(100) * 100;
        Ok(Told::Call(format!("bg_close={} after {steps} ms", words::returned(returned, "0"))))
    }

    /// A call by name, with its result: `recv=100`.
    pub(super) fn named_call(&mut self, words: &[Value]) -> Result<String, String> {
        let name = words.first().and_then(Value::as_str).unwrap_or("");
        let number = |n: usize| words.get(n).and_then(Value::as_i64);
        if name == "close_listener" {
            let returned = self.call(Call::Close(LISTENER))?;
            if self.main == Some(LISTENER) {
                self.main = None;
            }
            return Ok(format!("close_listener={}", words::returned(returned, "0")));
        }
        if name == "accept" {
            return Ok(format!("accept={}", words::returned(self.accept()?, "EAGAIN")));
        }
        if name == "connect" && self.main.is_none() {
            self.main = Some(SOCKET);
        }
        let Some(fd) = self.main else { return Ok(format!("{name}=EBADF")) };
        let table = &self.run.world.hosts[KERNEL.index()].table;
        let bytes = |default: i64| u32::try_from(number(1).unwrap_or(default)).unwrap_or(0);
        let (label, call) = match name {
            "recv" => (name.to_owned(), Call::Read(fd, bytes(65_536))),
            "peek" => (name.to_owned(), Call::Peek(fd, bytes(65_536))),
            "send" => (name.to_owned(), Call::Write(fd, bytes(100))),
            "connect" => (name.to_owned(), Call::Connect(fd, CONN)),
            "shutdown" => {
                let how = words.get(1).and_then(Value::as_str).unwrap_or("");
                (format!("shutdown_{how}"), Call::Shutdown(fd, direction(how)?))
            }
            "linger" => (name.to_owned(), Call::SetLinger(fd, linger(number(1), number(2)))),
            "linger2" if number(1).is_some_and(|n| n < 0) => {
                (name.to_owned(), Call::NoFinWait2(fd))
            }
            "nodelay" => (name.to_owned(), Call::NoDelay(fd)),
            "poll" | "epoll" => (name.to_owned(), Call::Poll(fd)),
            "so_error" => (name.to_owned(), Call::SoError(fd)),
            "inq" => return Ok(format!("inq={}", words::inq(table, fd))),
            "outq" => return Ok(format!("outq={}", words::outq(table, fd))),
            "tcp_info" => return Ok(format!("tcp_info={}", words::fd_state(table, fd))),
            "close" => {
                self.main = None;
                (name.to_owned(), Call::Close(fd))
            }
            other => return Err(format!("unsupported call {other:?}")),
        };
        let opening = match socket::find(table, fd).map(|at| table[at].state()) {
            Some(State::SynSent | State::SynReceived) => "EALREADY",
            Some(_) | None => "EINPROGRESS",
        };
        let started = match name {
            "connect" => opening,
            "close" => "0",
            _ => "EAGAIN",
        };
        let returned = self.call(call)?;
        Ok(format!("{label}={}", words::returned(returned, started)))
    }

    /// The state of the descriptor, and the host's connections.
    pub(super) fn state(&self) -> (Option<&'static str>, Vec<String>) {
        let table = &self.run.world.hosts[KERNEL.index()].table;
        (self.main.map(|fd| words::fd_state(table, fd)), words::table(table))
    }

    /// Injects a segment and says which.
    fn inject(&mut self, spec: &Value) -> Result<String, String> {
        let segment = self.peer.segment(spec)?;
        self.act(Action::Inject(KERNEL, segment))?;
        let text = peer::spell_injected(&segment);
        self.injected.push(text.clone());
        Ok(text)
    }
}

fn linger(on: Option<i64>, seconds: Option<i64>) -> Linger {
    match (on.unwrap_or(0), seconds.unwrap_or(0)) {
        (0, _) => Linger::Off,
        (_, 0) => Linger::Abort,
        (_, n) => Linger::Seconds(u16::try_from(n).unwrap_or(u16::MAX)),
    }
}

fn direction(how: &str) -> Result<Which, String> {
    match how {
        "rd" => Ok(Which::Rd),
        "wr" => Ok(Which::Wr),
        "rdwr" => Ok(Which::RdWr),
        other => Err(format!("unsupported shutdown {other:?}")),
    }
}
