//! The script's events, one after the other, against the machine.

mod expect;

use super::act::app::App;
use super::act::{Blocked, Differs, Stop, Told, finish, is_ready, make};
use super::compare::PassedOver;
use super::machine::{Machine, Under};
use super::script::{Bits, Call, Event, Returns, Script, Segment, What, When};
use super::shell::{self, Shelled};
use super::{Checked, Failure, Verdict, icmp, info, spell};
use sim_core::answer::Halt;
use sim_core::profile::Profile;
use sim_core::wire::Micros;

/// How long a call that nobody gave a time may block, and how long is waited for a segment that may
/// come at any time: an hour.
const PATIENCE: Micros = 3_600_000_000;
/// Lines of the ladder that are shown.
const SHOWN: usize = 12;

/// An ACK of the stack's that no line of a script is about.
pub(crate) struct Between {
    /// The line before which it goes.
    pub(crate) line: u32,
    /// How long after the line that went before that one.
    pub(crate) after: Micros,
    /// Flags and numbers.
    pub(crate) text: String,
}

/// Runs a script whose lines pass over ACKs that are nothing else; gives those, if all else is as
/// it says.
pub(super) fn acks_between(script: &Script, stack: &'static Profile) -> Option<Vec<Between>> {
    let machine = Machine::new(stack, &script.options).ok()?;
    let mut play = Play::of(script, machine);
    play.between = Some(Vec::new());
    play.all().ok()?;
    play.between
}

/// Runs a script.
pub(super) fn run(script: &Script, stack: &'static Profile) -> Checked {
    let passed_over = |over: &PassedOver| {
        let left_out = over.0.iter().map(|what| (*what).to_owned());
        let lines = script.options.passed_over.iter().map(|it| format!("changes nothing: {it}"));
        left_out.chain(lines).collect()
    };
    let machine = match Machine::new(stack, &script.options) {
        Ok(machine) => machine,
        Err(halt) => {
            let verdict = Verdict::Unsupported { line: 1, what: halt.to_string() };
            return Checked { verdict, passed_over: Vec::new(), assumed: Vec::new() };
        }
    };
    let mut play = Play::of(script, machine);
    let verdict = match play.all() {
        Ok(()) => Verdict::Passed,
        Err(ended) => play.verdict(ended),
    };
    Checked {
        verdict,
        passed_over: passed_over(&play.machine.over),
        assumed: play.machine.assumed.iter().cloned().collect(),
    }
}

struct Play<'s> {
    script: &'s Script,
    machine: Machine,
    app: App,
    pending: Option<Pending<'s>>,
    last: Last,
    log: Vec<String>,
    /// Where ACKs that are nothing else are gathered instead of compared.
    between: Option<Vec<Between>>,
    /// When the event before was over.
    settled: Micros,
}

/// The event before.
#[derive(Clone, Copy)]
struct Last {
    at: Micros,
    inbound: Inbound,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inbound {
    Yes,
    No,
}

/// A call that blocks while the script goes on.
struct Pending<'s> {
    call: &'s Call,
    line: u32,
    began: Micros,
    until: Option<Micros>,
    blocked: Blocked,
}

/// Why it was not gone on, and where.
struct Ended {
    line: u32,
    stop: Stop,
}

/// When an event is due.
#[derive(Clone, Copy)]
enum Due {
    Within(Micros, Micros),
    Any,
}

impl<'s> Play<'s> {
    fn of(script: &'s Script, machine: Machine) -> Play<'s> {
        Play {
            script,
            machine,
            app: App::default(),
            pending: None,
            last: Last { at: 0, inbound: Inbound::No },
            log: Vec::new(),
            between: None,
            settled: 0,
        }
    }

    fn all(&mut self) -> Result<(), Ended> {
        for script in &self.script.options.init_scripts {
            let stop = |stop| Ended { line: 1, stop };
            let command = script.as_str();
            shell::run(&mut self.machine, &self.app, command).map_err(stop)?;
        }
        let script = self.script;
        for event in &script.events {
            self.event(event)?;
        }
        self.join()?;
        self.gather(u32::MAX);
        Ok(())
    }

    fn event(&mut self, event: &'s Event) -> Result<(), Ended> {
        let line = event.line;
        let stop = |stop: Stop| Ended { line, stop };
        let inbound = match event.what {
            What::Inject(_) | What::Hear(_) => Inbound::Yes,
            What::Expect(_) | What::Call(_) | What::Shell(_) | What::Code(_) => Inbound::No,
        };
        // Segments that the script sends in a row are timed from each other.
        let anchored = inbound == Inbound::Yes && self.last.inbound == Inbound::Yes;
        let base = if anchored { self.last.at } else { self.machine.now() };
        let due = match event.when {
            When::At(at) => Due::Within(at, at),
            When::After(us) => Due::Within(base + us, base + us),
            When::Within(from, to) => Due::Within(from, to),
            When::WithinAfter(from, to) => Due::Within(base + from, base + to),
            When::Any => Due::Any,
        };
        match &event.what {
            What::Expect(segment) => self.expect(line, due, segment)?,
            What::Inject(_) | What::Hear(_) | What::Call(_) | What::Shell(_) | What::Code(_) => {
                self.wait(line, due)?;
                self.gather(line);
            }
        }
        let relative = matches!(event.when, When::After(_));
        match &event.what {
            What::Expect(_) => {}
            What::Inject(segment) => {
                self.note('<', spell::segment(segment));
                self.inject(segment).map_err(stop)?;
                self.look_at_pending()?;
            }
            What::Hear(icmp) => {
                self.note('<', format!("icmp {} [{}]", icmp.says, icmp.seq));
                icmp::arrive(&mut self.machine, icmp).map_err(stop)?;
                self.look_at_pending()?;
            }
            What::Call(call) => {
                let origin = if relative { base } else { 0 };
                self.call(line, call, origin)?;
            }
            What::Shell(text) => {
                self.note('`', format!("{}`", text.trim()));
                match shell::run(&mut self.machine, &self.app, text).map_err(stop)? {
                    Shelled::Done => {}
                    Shelled::Failed(got) => {
                        let expected = format!("`{}`", text.trim());
                        return Err(stop(Stop::Differs(Differs { expected, got })));
                    }
                }
            }
            What::Code(code) => info::check(&self.machine, code).map_err(stop)?,
        }
        let at = match due {
            Due::Within(from, _) => from,
            Due::Any => self.machine.now(),
        };
        self.last = Last { at, inbound };
        self.settled = self.machine.now();
        Ok(())
    }

    /// How much an instant may be off.
    fn tolerance(&self, at: Micros) -> Micros {
        let options = &self.script.options;
        let share = at.saturating_sub(self.last.at) * options.tolerance_permille / 1_000;
        options.tolerance.max(share)
    }

    /// Lets time pass up to the instant of an event.
    fn wait(&mut self, line: u32, due: Due) -> Result<(), Ended> {
        let Due::Within(at, _) = due else { return Ok(()) };
        self.advance(at)?;
        let now = self.machine.now();
        if now > at + self.tolerance(at) {
            let expected = format!("this at {}", spell::seconds(at));
            let got = format!("it is {} already", spell::seconds(now));
            return Err(Ended { line, stop: Stop::Differs(Differs { expected, got }) });
        }
        Ok(())
    }

    /// Everything that happens up to an instant.
    fn advance(&mut self, to: Micros) -> Result<(), Ended> {
        while self.tick(to)? {}
        self.machine.arrive_at(to);
        self.look_at_pending()
    }

    /// The next thing that happens, if it is not after `limit`.
    fn tick(&mut self, limit: Micros) -> Result<bool, Ended> {
        let line = self.pending.as_ref().map_or(0, |pending| pending.line);
        let deadline = self.pending.as_ref().and_then(|pending| pending.blocked.deadline);
        let first = deadline.filter(|at| *at <= limit).unwrap_or(limit);
        let moved = self.machine.step(first).map_err(|halt| Ended { line, stop: halt.into() })?;
        if moved.is() {
            self.look_at_pending()?;
            return Ok(true);
        }
        if first < limit {
            self.machine.arrive_at(first);
            self.look_at_pending()?;
            // A call that was woken in vain waits without a deadline.
            if let Some(pending) = &mut self.pending
                && pending.blocked.deadline == Some(first)
            {
                pending.blocked.deadline = None;
            }
            return Ok(true);
        }
        Ok(false)
    }

    fn inject(&mut self, segment: &Segment) -> Result<(), Stop> {
        if self.machine.is_stale(segment) {
            return Err(Stop::Unsupported("a timestamp older than the last one (PAWS)".to_owned()));
        }
        self.machine.inject(segment)?;
        if self.machine.under == Under::SynSent
            && segment.bits.has(Bits::SYN)
            && segment.bits.has(Bits::ACK)
        {
            self.machine.under = Under::Going;
        }
        Ok(())
    }

    fn note(&mut self, mark: char, text: String) {
        let at = spell::seconds(self.machine.now());
        self.log.push(format!("{at} {mark} {text}"));
    }

    // --- calls ----------------------------------------------------------------------------------

    fn call(&mut self, line: u32, call: &'s Call, origin: Micros) -> Result<(), Ended> {
        // One at a time: a second one waits for the first.
        self.join()?;
        let stop = |stop: Stop| Ended { line, stop };
        self.note(' ', spell::call(call));
        let told = make(&mut self.machine, &mut self.app, call).map_err(stop)?;
        let until = call.until.map(|until| until + origin);
        let began = self.machine.now();
        match told {
            Told::Blocks(blocked) => {
                self.pending = Some(Pending { call, line, began, until, blocked });
                if until.is_none() {
                    self.join()?;
                }
                Ok(())
            }
            Told::Number(_) | Told::Error(_) | Told::Refused(_) => {
                self.returned(call, line, (began, until), &told)
            }
        }
    }

    /// A call has returned: what, and when.
    fn returned(
        &mut self,
        call: &Call,
        line: u32,
        (began, until): (Micros, Option<Micros>),
        told: &Told,
    ) -> Result<(), Ended> {
        let differs = |expected: String, got: String| {
            Err(Ended { line, stop: Stop::Differs(Differs { expected, got }) })
        };
        let got = match told {
            Told::Number(n) => n.to_string(),
            Told::Error(errno) => format!("-1 {}", errno.name()),
            Told::Refused(name) => format!("-1 {name}"),
            Told::Blocks(_) => "it blocks".to_owned(),
        };
        let same = match (&call.returns, told) {
            (Returns::Any, _) => true,
            (Returns::Number(wanted), Told::Number(n)) => wanted == n,
            (Returns::Number(wanted), Told::Error(_) | Told::Refused(_)) => *wanted == -1,
            (Returns::Errno(name), Told::Error(errno)) => {
                name == errno.name() || name == "EWOULDBLOCK" && errno.name() == "EAGAIN"
            }
            (Returns::Errno(wanted), Told::Refused(name)) => wanted == name,
            (Returns::Errno(_), Told::Number(_)) | (Returns::Number(_), Told::Blocks(_)) => false,
            (Returns::Errno(_), Told::Blocks(_)) => false,
        };
        if !same {
            return differs(spell::call(call), got);
        }
        let Some(until) = until else { return Ok(()) };
        let options = &self.script.options;
        let share = until.saturating_sub(began) * options.tolerance_permille / 1_000;
        let tolerance = options.tolerance.max(share);
        let now = self.machine.now();
        if now.abs_diff(until) > tolerance {
            let expected = format!("{} at {}", spell::call(call), spell::seconds(until));
            return differs(expected, format!("it returns at {}", spell::seconds(now)));
        }
        Ok(())
    }

    /// Goes on with the call that blocks, if it can.
    fn look_at_pending(&mut self) -> Result<(), Ended> {
        loop {
            let ready = self
                .pending
                .as_ref()
                .is_some_and(|pending| is_ready(&self.machine, &pending.blocked).is());
            if !ready {
                return Ok(());
            }
            let Some(Pending { call, line, began, until, blocked }) = self.pending.take() else {
                return Ok(());
            };
            let told = finish(&mut self.machine, &mut self.app, blocked);
            match told.map_err(|stop| Ended { line, stop })? {
                Told::Blocks(blocked) => {
                    self.pending = Some(Pending { call, line, began, until, blocked });
                    return Ok(());
                }
                told @ (Told::Number(_) | Told::Error(_) | Told::Refused(_)) => {
                    self.returned(call, line, (began, until), &told)?;
                }
            }
        }
    }

    /// Waits for the call that blocks.
    fn join(&mut self) -> Result<(), Ended> {
        let Some(pending) = &self.pending else { return Ok(()) };
        let line = pending.line;
        let limit = match pending.until {
            Some(until) => until.max(self.machine.now()) + self.script.options.tolerance,
            None => self.machine.now() + PATIENCE,
        };
        let expected = spell::call(pending.call);
        while self.pending.is_some() {
            if !self.tick(limit)? {
                break;
            }
        }
        if self.pending.is_some() {
            let got = "it still blocks".to_owned();
            return Err(Ended { line, stop: Stop::Differs(Differs { expected, got }) });
        }
        Ok(())
    }

    // --- the end --------------------------------------------------------------------------------

    fn verdict(&self, Ended { line, stop }: Ended) -> Verdict {
        let failed = |expected: String, got: String| {
            let from = self.log.len().saturating_sub(SHOWN);
            let ladder = self.log[from..].to_vec();
            Verdict::Failed(Box::new(Failure { line, expected, got, ladder }))
        };
        match stop {
            Stop::Unsupported(what) => Verdict::Unsupported { line, what },
            Stop::Flawed(got) => failed("a script that makes sense".to_owned(), got),
            Stop::Differs(Differs { expected, got }) => failed(expected, got),
            Stop::Halted(Halt::Unanswered(question)) => Verdict::Unsupported {
                line,
                what: format!("the profile does not answer {question}"),
            },
            Stop::Halted(halt @ Halt::Limit(_)) => {
                Verdict::Unsupported { line, what: halt.to_string() }
            }
        }
    }
}
