//! Hold rows of `lab.jsonl`: two stacks, and a wire that releases packets in a chosen order.
//!
//! Calls and deliveries are actions from outside; virtual time passes a little after each step, so
//! that timers other than retransmissions do what they did.

use super::Verdict;
use super::lab_app::{self, Names};
use super::lab_timed;
use super::lab_told::{self, Sent, Told};
use super::rows::Row;
use super::words;
use serde_json::Value;
use sim_core::drive::run::Runner;
use sim_core::pace::clocked::Always;
use sim_core::socket::{self, Call, Fd, Readiness, Return, Wait};
use sim_core::tcp::{Cause, Linger, Note, Phase};
use sim_core::wire::{Micros, Segment, Side, millis};
use sim_core::world::{Action, End, Event, Setup, Sink};
use std::collections::VecDeque;

/// No retransmission takes part.
pub(super) const RTO_MIN: Micros = millis(5000);
/// How long a step took.
pub(super) const STEP: Micros = millis(4);
/// How long a call is waited for.
pub(super) const LONGEST: Micros = millis(60_000);
/// Longer than any row: nothing arrives by itself.
const NEVER: Micros = millis(3_600_000);

/// Checks a row.
pub(super) fn check(row: &Row) -> Verdict {
    Verdict::of(row, || difference(&row.value))
}

fn difference(row: &Value) -> Result<Option<String>, String> {
    let case = &row["case"];
    let ends = [End::Calls, End::Calls];
    let setup = lab_timed::setup(case, ends, (RTO_MIN, 0), [NEVER, NEVER])?;
    let mut hold = Hold::new(&setup);
    let steps = case["steps"].as_array().ok_or("a hold row without steps")?;
    for (n, step) in steps.iter().enumerate() {
        hold.step(n, step).map_err(|why| format!("step {n}: {why}"))?;
        hold.pass(STEP)?;
    }
    Ok(lab_told::difference(row, &hold.told, &hold.sent))
}

/// A call that waits.
#[derive(Clone, Debug)]
struct Pending {
    step: usize,
    side: Side,
    call: Call,
    wait: Wait,
    op: Value,
    began: Micros,
    ends: Micros,
    count: u32,
}

struct Hold<'a> {
    setup: &'a Setup,
    run: Runner<Always>,
    names: [Names; 2],
    told: [Told; 2],
    sent: Vec<Sent>,
    /// For each link, where its packets stand in `sent`.
    held: [VecDeque<usize>; 2],
    pending: Vec<Pending>,
}

#[derive(Default)]
struct Events {
    sent: Vec<(Side, Segment)>,
    returned: Option<Return>,
}

impl Sink for Events {
    fn event(&mut self, event: Event) {
        match event {
            Event::Kernel(side, Note::Sent(segment)) => self.sent.push((side, segment)),
            Event::Puppet(_, _, returned) => self.returned = Some(returned),
            Event::Kernel(..) | Event::Arrived(..) | Event::Lost(..) | Event::Lane(..) => {}
        }
    }
}

impl<'a> Hold<'a> {
    fn new(setup: &'a Setup) -> Hold<'a> {
        let mut run = Runner::new(setup, Always(0), &mut ());
        run.clocks.round_trip = 0;
        Hold {
            setup,
            run,
            names: [Names::default(), Names::default()],
            told: [Told::default(), Told::default()],
            sent: Vec::new(),
            held: [VecDeque::new(), VecDeque::new()],
            pending: Vec::new(),
        }
    }

    fn act(&mut self, action: Action) -> Result<Option<Return>, String> {
        let mut events = Events::default();
        self.run.clocks.taken(action);
        self.run.apply(self.setup, action, &mut events).map_err(|halt| halt.to_string())?;
        for (side, segment) in events.sent {
            self.held[side.index()].push_back(self.sent.len());
            self.sent.push(Sent { side, segment, dropped: false });
        }
        Ok(events.returned)
    }

    fn call(&mut self, side: Side, call: Call) -> Result<Return, String> {
        let returned = self.act(Action::Call(side, call))?;
        returned.ok_or_else(|| "the call did not return".to_owned())
    }

    /// Lets time pass; timers fire, nothing is delivered.
    fn pass(&mut self, time: Micros) -> Result<(), String> {
        let until = self.run.clocks.now + time;
        self.finish_pending()?;
        while let Some((at, action)) = self.run.clocks.next().filter(|(at, _)| *at <= until) {
            self.run.clocks.now = self.run.clocks.now.max(at);
            self.act(action)?;
            self.finish_pending()?;
        }
        self.run.clocks.now = until;
        self.finish_pending()
    }

    fn step(&mut self, n: usize, step: &Value) -> Result<(), String> {
        let side = match (step["dir"].as_str(), step["side"].as_str()) {
            (Some("c2s"), _) | (_, Some("c")) => Side::A,
            (Some("s2c"), _) | (_, Some("s")) => Side::B,
            (None, None) => Side::A,
            (dir, side) => return Err(format!("unsupported direction {dir:?} or side {side:?}")),
        };
        let index = usize::try_from(step["index"].as_u64().unwrap_or(0)).unwrap_or(usize::MAX);
        match step["do"].as_str() {
            Some("op") => self.op(n, side, &step["op"]),
            Some("deliver") => self.packet(side, index, Action::Deliver),
            Some("drop") => self.packet(side, index, Action::Lose),
            Some("dup") => self.packet(side, index, Action::Repeat),
            Some("flow") => {
                let until = step["until"].as_u64().and_then(|n| usize::try_from(n).ok());
                self.flow(until)
            }
            Some("settle") => self.pass(lab_app::time(&step["ms"]).unwrap_or(0)),
            Some("state") => Ok(()),
            other => Err(format!("unsupported step {other:?}")),
        }
    }

    /// Something happens to the packet at a place of a direction; nothing where there is none.
    fn packet(
        &mut self,
        from: Side,
        index: usize,
        what: fn(Side, u16) -> Action,
    ) -> Result<(), String> {
        let Some(sent) = self.held[from.index()].get(index).copied() else { return Ok(()) };
        let place = u16::try_from(index).map_err(|_| "too many packets".to_owned())?;
        let action = what(from.peer(), place);
        match action {
            Action::Lose(..) => self.sent[sent].dropped = true,
            Action::Deliver(..)
            | Action::Repeat(..)
            | Action::Turn(..)
            | Action::Fire(..)
            | Action::Wake(..)
            | Action::Call(..)
            | Action::Inject(..) => {}
        }
        if !matches!(action, Action::Repeat(..)) {
            self.held[from.index()].remove(index);
        }
        self.act(action)?;
        self.finish_pending()
    }

    /// Delivers what is held, oldest first, until nothing is left and a call is over.
    fn flow(&mut self, until: Option<usize>) -> Result<(), String> {
        for _ in 0..100_000 {
            let oldest = Side::BOTH
                .into_iter()
                .filter_map(|side| self.held[side.index()].front().map(|at| (*at, side)))
                .min();
            let waits = |n| self.pending.iter().any(|pending| pending.step == n);
            match oldest {
                Some((_, side)) => self.packet(side, 0, Action::Deliver)?,
                // Only a timer can bring the call to an end.
                None if until.is_some_and(waits) && self.run.clocks.now < LONGEST => {}
                None => return Ok(()),
            }
            self.pass(STEP)?;
        }
        Err("the flow does not end".to_owned())
    }

    /// Calls that wait and can go on now.
    fn finish_pending(&mut self) -> Result<(), String> {
        let mut at = 0;
        while at < self.pending.len() {
            let Pending { side, wait, ends, .. } = self.pending[at];
            let table = &self.run.world.hosts[side.index()].table;
            let snd_buf = self.setup.tuning[side.index()].snd_buf;
            let over = ends <= self.run.clocks.now;
            if !over && !socket::ready(table, wait, snd_buf) {
                at += 1;
                continue;
            }
            let pending = self.pending.remove(at);
            self.go_on(pending)?;
        }
        Ok(())
    }

    fn go_on(&mut self, mut pending: Pending) -> Result<(), String> {
        let Pending { side, call, count, began, .. } = pending;
        let returned = if let Call::Write(fd, n) = call {
            let returned = self.call(side, Call::Write(fd, n - count))?;
            let more = if let Return::Count(more) = returned { more } else { 0 };
            pending.count += more;
            if more > 0 && pending.count < n {
                self.pending.push(pending);
                return Ok(());
            }
            if pending.count > 0 { Return::Count(pending.count) } else { returned }
        } else if let Call::Close(fd) = call {
            self.call(side, Call::CloseEnds(fd))?
        } else if matches!(call, Call::Connect(fd, _) if !self.has_failed(side, fd)) {
            Return::Done
        } else {
            self.call(side, call)?
        };
        let took = self.run.clocks.now - began;
        self.write_down(side, &pending.op, returned, took);
        Ok(())
    }

    fn has_failed(&self, side: Side, fd: Fd) -> bool {
        let table = &self.run.world.hosts[side.index()].table;
        socket::find(table, fd).is_some_and(|at| match &table[at].phase {
            Phase::Closed(closed) => {
                table[at].error.is_some()
                    || matches!(closed.cause, Cause::Refused | Cause::TimedOut)
            }
            Phase::Listen(_) | Phase::Opening(_) | Phase::Open(_) | Phase::Waiting(_) => false,
        })
    }

    fn op(&mut self, step: usize, side: Side, op: &Value) -> Result<(), String> {
        let name = op["op"].as_str().unwrap_or("");
        let names = &mut self.names[side.index()];
        let default = if name == "listen" { "l" } else { "c" };
        let fd = names.fd(op["fd"].as_str().unwrap_or(default))?;
        let call = match name {
            "listen" => {
                names.opens(fd);
                let backlog = u8::try_from(op["backlog"].as_u64().unwrap_or(16));
                Call::Listen(fd, backlog.unwrap_or(u8::MAX))
            }
            "accept" => {
                let listener = names.fd(op["fd"].as_str().unwrap_or("l"))?;
                let into = names.fd(op["as"].as_str().unwrap_or("c"))?;
                names.opens(into);
                Call::Accept(listener, into)
            }
            "connect" => {
                names.opens(fd);
                Call::Connect(fd, names.connection())
            }
            "dup" => Call::Dup(fd, names.fd(op["as"].as_str().unwrap_or("d"))?),
            "send" | "send_all" => Call::Write(fd, lab_app::bytes(&op["n"], 100)),
            "recv" => Call::Read(fd, lab_app::bytes(&op["n"], 65_536)),
            "recv_all" => return self.receive_all(side, fd, op),
            "peek" => Call::Peek(fd, lab_app::bytes(&op["n"], 65_536)),
            "shutdown" => Call::Shutdown(fd, lab_app::how(op)?),
            "close" => Call::Close(fd),
            "exit" => Call::Exit,
            "poll" => Call::Poll(fd),
            "so_error" => Call::SoError(fd),
            "socket" | "bind" if !names.opens(fd) => return Ok(()),
            "socket" | "bind" => Call::Socket(fd),
            "sleep" => return self.pass(lab_app::time(&op["ms"]).unwrap_or(0)),
            "table" | "inq" | "outq" | "tcp_info" => {
                self.look(side, fd, name);
                return Ok(());
            }
            other => {
                let call = lab_app::option(other, op, fd)?;
                if names.opens(fd) {
                    self.call(side, Call::Socket(fd))?;
                }
                call
            }
        };
        self.begin(step, side, op, call)
    }

    fn begin(&mut self, step: usize, side: Side, op: &Value, call: Call) -> Result<(), String> {
        let table = &self.run.world.hosts[side.index()].table;
        let closed = if let Call::Close(fd) = call { socket::find(table, fd) } else { None };
        let linger = closed.map(|at| table[at].linger);
        let now = self.run.clocks.now;
        let returned = self.call(side, call)?;
        let nb = lab_app::is(&op["nb"]);
        let (wait, count) = match (returned, call) {
            (Return::Would(wait), _) if !nb || matches!(wait, Wait::Lingered(_)) => (wait, 0),
            (Return::Count(n), Call::Write(fd, all)) if n < all && !nb => (Wait::Writable(fd), n),
            (other, _) => {
                self.write_down(side, op, other, 0);
                return Ok(());
            }
        };
        let ends = match (wait, linger, lab_app::time(&op["timeout_ms"])) {
            (Wait::Lingered(_), Some(Linger::Seconds(secs)), _) => {
                now + millis(u64::from(secs) * 1000)
            }
            (_, _, Some(idle)) => now + idle,
            (_, _, None) => Micros::MAX,
        };
        let op = op.clone();
        self.pending.push(Pending { step, side, call, wait, op, began: now, ends, count });
        Ok(())
    }

    fn receive_all(&mut self, side: Side, fd: Fd, op: &Value) -> Result<(), String> {
        let want = op["want"].as_u64().map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        let chunk = lab_app::bytes(&op["chunk"], 65_536);
        let mut left = want.unwrap_or(u32::MAX);
        loop {
            let returned = self.call(side, Call::Read(fd, chunk.min(left)))?;
            let told = &mut self.told[side.index()];
            let Return::Count(n) = returned else {
                if matches!(returned, Return::Would(_)) && !lab_app::is(&op["nb"]) {
                    return Err("unsupported: a recv_all that waits".to_owned());
                }
                told.read_ended(&words::returned(returned, "EAGAIN"));
                return Ok(());
            };
            told.read_on(n);
            left -= n;
            if want.is_some() && left == 0 {
                told.read_ended("WANT");
                return Ok(());
            }
        }
    }

    fn look(&mut self, side: Side, fd: Fd, name: &str) {
        let table = &self.run.world.hosts[side.index()].table;
        let told = &mut self.told[side.index()];
        match name {
            "inq" => told.looked_inq(&words::inq(table, fd)),
            "table" => told.table.push(words::table(table).join(",")),
            "tcp_info" => told.table.push(words::fd_state(table, fd).to_owned()),
            _ => {}
        }
    }

    fn write_down(&mut self, side: Side, op: &Value, returned: Return, took: Micros) {
        let told = &mut self.told[side.index()];
        let name = op["op"].as_str().unwrap_or("");
        let blocked = if name == "connect" { "EINPROGRESS" } else { "EAGAIN" };
        let text = words::returned(returned, blocked);
        let ok = || if text == "0" { "OK".to_owned() } else { text.clone() };
        match (name, returned) {
            ("connect", _) => told.connect = Some(ok()),
            ("accept", _) => told.accept.push(ok()),
            ("send" | "send_all", Return::Error(errno)) => told.send_failed(errno),
            ("send" | "send_all", Return::Count(n)) => told.send_took(n),
            ("recv", Return::Count(n)) => told.read(n),
            ("recv", _) => told.read_ended(&text),
            ("shutdown", _) => told.shutdown.push(lab_told::zero_or_name(&text)),
            ("close", _) => told.closed(&text, took),
            ("poll", Return::Ready(ready)) => {
                let bits = lab_app::events(op) | Readiness::ERR | Readiness::HUP;
                told.poll.push(Readiness(ready.0 & bits).names());
            }
            ("so_error", _) => told.so_error.push(text),
            (_, _) => {}
        }
    }
}
