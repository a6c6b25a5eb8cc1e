//! From steps to a script: words become the scenario's numbers, labels become lines.

use super::text::{Amount, Compared, Condition, Declared, Delay, Lingering, Target, Until};
use super::{Actor, Bit, Lane, Role, Starts, Step, Unit, Way, Which};
use crate::case::Scale;
use crate::client::ID;
use crate::units::show_time;
use sim_core::script::{self, Goto, LaneId, Limit, Line, Look, Op, Script};
use sim_core::socket::{Call, Fd, Readiness};
use sim_core::tcp::Linger;
use sim_core::wire::{Law, Micros};

/// What both applications have to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// Bytes of the request, as the client declares them.
    pub request: u32,
    /// Bytes that the client hands over in one call.
    pub write: u32,
    /// Bytes of the answer.
    pub reply: u32,
    /// Between two writes of the client.
    pub gap: Law,
    /// From data being there to the client's reading it.
    pub wake: Law,
    /// The same for a client that is late.
    pub late: Law,
    /// From a connection being there to accept().
    pub accept: Law,
    /// Connections that may wait to be accepted.
    pub backlog: u8,
}

/// A step that does not fit, by its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("lane {lane}, step {step}: {what}")]
pub struct Flaw {
    /// Lane, counted from 0.
    pub lane: usize,
    /// Step, counted from 0.
    pub step: usize,
    /// Which part of the step, as it is called in a file.
    pub field: &'static str,
    /// What is wrong, and what would be right.
    pub what: String,
}

/// The most lines of a lane.
const LINES: usize = 200;
/// The most lanes of an application.
const LANES: usize = 8;
/// One read without a word about its size (bytes).
const CHUNK: u32 = 65_536;
/// A head of a request where head and body are sent apart (bytes): a few lines.
const HEAD: u32 = 256;
const LISTENER: Fd = Fd(0);

/// What is wrong with a part of a step.
type Wrong = (&'static str, String);

struct Cast<'a> {
    actor: &'a Actor,
    scale: &'a Scale,
    job: &'a Job,
    lanes: &'a [Lane],
}

/// Lanes of an actor, a server's with listen() and accept() in front, and how many steps those are.
fn lanes(actor: &Actor, scale: &Scale) -> (Vec<Lane>, usize) {
    let mut lanes = actor.preset.lanes();
    if actor.preset.role == Role::Server && !lanes.iter().any(listens) {
        let accept = Some(Delay::Accept);
        let first = [
            Step { listen: Some(scale.job.backlog), ..Step::default() },
            Step { accept: Some(super::Yes), wake: accept, ..Step::default() },
        ];
        lanes[0].steps.splice(0..0, first);
        return (lanes, 2);
    }
    (lanes, 0)
}

/// Every step of an actor that does not fit, one flaw a step.
pub(super) fn flaws(actor: &Actor, scale: &Scale) -> Vec<Flaw> {
    let (lanes, added) = lanes(actor, scale);
    let cast = Cast { actor, scale, job: &scale.job, lanes: &lanes };
    let mut flaws = Vec::new();
    for (at, lane) in lanes.iter().enumerate() {
        let places: Vec<usize> = (0..lane.steps.len()).collect();
        let added = if at == 0 { added } else { 0 };
        for (n, step) in lane.steps.iter().enumerate() {
            let fits = cast.is_there(step).and_then(|_| cast.line(lane, &places, step));
            if let Err((field, what)) = fits {
                flaws.push(Flaw { lane: at, step: n.saturating_sub(added), field, what });
            }
        }
    }
    match script(actor, scale) {
        Err(flaw) if flaws.is_empty() => vec![flaw],
        Err(_) | Ok(_) => flaws,
    }
}

/// The script of an actor.
pub(super) fn script(actor: &Actor, scale: &Scale) -> Result<Script, Flaw> {
    let (lanes, added) = lanes(actor, scale);
    let lane_flaw = |what: String| Flaw { lane: 0, step: 0, field: "lane", what };
    if lanes.len() > LANES {
        return Err(lane_flaw(format!("{} lanes; at most {LANES} are possible", lanes.len())));
    }
    let cast = Cast { actor, scale, job: &scale.job, lanes: &lanes };
    let mut script = Script { lanes: Vec::new() };
    for (at, lane) in lanes.iter().enumerate() {
        let lines = cast.lines(lane).map_err(|(step, (field, what))| Flaw {
            lane: at,
            step: if at == 0 { step.saturating_sub(added) } else { step },
            field,
            what,
        })?;
        let starts = match lane.starts {
            Starts::AtOnce => script::Starts::AtOnce,
            Starts::Started => script::Starts::Spawned,
        };
        script.lanes.push(script::Lane { name: lane.name.clone(), starts, lines });
    }
    Ok(script)
}

fn listens(lane: &Lane) -> bool {
    lane.steps.iter().any(|step| step.listen.is_some())
}

impl Cast<'_> {
    fn lines(&self, lane: &Lane) -> Result<Vec<Line>, (usize, Wrong)> {
        // Where each step's line is, once those that are not there are gone.
        let mut places = Vec::with_capacity(lane.steps.len());
        let mut kept = 0;
        for (at, step) in lane.steps.iter().enumerate() {
            places.push(kept);
            kept += usize::from(self.is_there(step).map_err(|wrong| (at, wrong))?);
        }
        if kept > LINES {
            return Err((LINES, ("step", format!("{kept} steps; at most {LINES} are possible"))));
        }
        let mut lines = Vec::with_capacity(kept);
        for (at, step) in lane.steps.iter().enumerate() {
            if self.is_there(step).map_err(|wrong| (at, wrong))? {
                lines.push(self.line(lane, &places, step).map_err(|wrong| (at, wrong))?);
            }
        }
        Ok(lines)
    }

    fn is_there(&self, step: &Step) -> Result<bool, Wrong> {
        let Some(Condition { what, is, than }) = &step.when else { return Ok(true) };
        let declared = match what {
            Declared::Request => self.scale.declared.request,
            Declared::Reply => self.scale.declared.reply,
        };
        let than = self.exact_bytes("when", than)?;
        Ok(match (is, than) {
            (Compared::Below, None) => true,
            (Compared::AtLeast, None) => false,
            (Compared::Below, Some(than)) => declared < than,
            (Compared::AtLeast, Some(than)) => declared >= than,
        })
    }

    fn line(&self, lane: &Lane, places: &[usize], step: &Step) -> Result<Line, Wrong> {
        let to = |field, target: &Option<Target>| self.to(lane, places, field, target);
        let limit = Limit {
            bytes: self.optional_bytes("at-most", &step.at_most)?,
            idle: self.limit("idle", &step.idle)?,
            total: self.limit("total", &step.total)?,
        };
        let line = Line::new(self.op(step)?)
            .wake(self.law("wake", step.wake.as_ref())?)
            .gap(self.law("gap", step.gap.as_ref())?)
            .then(to("then", &step.then)?)
            .on_error(to("on-error", &step.on_error)?)
            .on_limit(to("on-limit", &step.on_limit)?)
            .limit(limit);
        Ok(line)
    }

    /// The one operation of a step.
    fn op(&self, step: &Step) -> Result<Op, Wrong> {
        let fd = self.actor.preset.role.connection();
        let call = |call: Call| match step.nonblocking {
            Some(super::Yes) => Op::Try(call),
            None => Op::Call(call),
        };
        let verbs = [
            ("listen", step.listen.map(|backlog| Ok(call(Call::Listen(LISTENER, backlog))))),
            ("accept", step.accept.map(|_| Ok(call(Call::Accept(LISTENER, fd))))),
            ("connect", step.connect.map(|_| Ok(call(Call::Connect(fd, ID))))),
            ("read", step.read.as_ref().map(|until| self.read(step, fd, until))),
            ("peek", step.peek.map(|_| Ok(call(Call::Peek(fd, 1))))),
            ("write", step.write.as_ref().map(|total| self.write(step, fd, total))),
            ("shutdown", step.shutdown.map(|way| Ok(call(Call::Shutdown(fd, which(way)))))),
            (
                "linger",
                step.linger
                    .as_ref()
                    .map(|how| self.linger(how).map(|how| call(Call::SetLinger(fd, how)))),
            ),
            ("no-delay", step.no_delay.map(|_| Ok(call(Call::NoDelay(fd))))),
            ("poll", step.poll.as_ref().map(|bits| Ok(Op::Poll { fd, bits: mask(bits) }))),
            ("so-error", step.so_error.map(|_| Ok(call(Call::SoError(fd))))),
            ("close", step.close.map(|which| Ok(call(Call::Close(socket(which, fd)))))),
            ("exit", step.exit.map(|_| Ok(call(Call::Exit)))),
            ("sleep", step.sleep.as_ref().map(|how| self.law("sleep", Some(how)).map(Op::Sleep))),
            ("sleep-until", step.sleep_until.map(|at| Ok(Op::SleepUntil(at.0)))),
            ("start", step.start.as_ref().map(|lane| self.lane("start", lane).map(Op::Spawn))),
            ("join", step.join.as_ref().map(|lane| self.lane("join", lane).map(Op::Join))),
            ("stop", step.stop.as_ref().map(|lane| self.lane("stop", lane).map(Op::Stop))),
            ("go-on", step.go_on.map(|_| Ok(Op::Jump))),
        ];
        let all = verbs.each_ref().map(|(name, _)| *name);
        let mut there = verbs.into_iter().filter_map(|(name, op)| op.map(|op| (name, op)));
        match (there.next(), there.next()) {
            (Some((_, op)), None) => op,
            (Some((one, _)), Some((other, _))) => {
                Err((other, format!("a step has one verb, not {one} and {other}")))
            }
            (None, _) => Err((
                "step",
                format!("this step has no verb; a step has one of {}", all.join(", ")),
            )),
        }
    }

    fn read(&self, step: &Step, fd: Fd, until: &Until) -> Result<Op, Wrong> {
        let until = match until {
            Until::Once => script::Until::Once,
            Until::Eof => script::Until::Eof,
            Until::Count(amount) => match self.bytes("read", amount)? {
                Some(n) => script::Until::Count(n),
                None => script::Until::Eof,
            },
        };
        let chunk = match (&step.chunk, until) {
            (None, _) => CHUNK,
            (Some(chunk), script::Until::Once) => self.bytes("chunk", chunk)?.unwrap_or(CHUNK),
            // A loop reads the same bytes, however it cuts them.
            (Some(chunk), script::Until::Eof | script::Until::Count(_)) => {
                self.exact_bytes("chunk", chunk)?.unwrap_or(CHUNK)
            }
        };
        let chunk = chunk.max(1);
        Ok(match step.nonblocking {
            Some(super::Yes) => Op::Try(Call::Read(fd, chunk)),
            None => Op::Read { fd, chunk, until },
        })
    }

    fn write(&self, step: &Step, fd: Fd, total: &Amount) -> Result<Op, Wrong> {
        let none = || ("write", "a write needs a number of bytes".to_owned());
        let total = self.bytes("write", total)?.ok_or_else(none)?;
        let chunk = self.optional_bytes("chunk", &step.chunk)?.unwrap_or(total).max(1);
        let look = step.look.map_or(Look::Never, |_| Look::First);
        Ok(match step.nonblocking {
            Some(super::Yes) => Op::Try(Call::Write(fd, total)),
            None => Op::Write { fd, total, chunk, look },
        })
    }

    fn lane(&self, field: &'static str, name: &str) -> Result<LaneId, Wrong> {
        let at = self.lanes.iter().position(|lane| lane.name == name);
        at.and_then(|at| u8::try_from(at).ok()).map(LaneId).ok_or_else(|| {
            let names: Vec<&str> = self.lanes.iter().map(|lane| lane.name.as_str()).collect();
            (field, format!("there is no lane {name:?}; there are {}", names.join(", ")))
        })
    }

    fn to(
        &self,
        lane: &Lane,
        places: &[usize],
        field: &'static str,
        target: &Option<Target>,
    ) -> Result<Goto, Wrong> {
        let label = match target {
            None | Some(Target::Next) => return Ok(Goto::Next),
            Some(Target::End) => return Ok(Goto::End),
            Some(Target::Label(label)) => label,
        };
        let at = lane.steps.iter().position(|step| step.label.as_ref() == Some(label));
        at.and_then(|at| u8::try_from(places[at]).ok()).map(Goto::Line).ok_or_else(|| {
            let labels: Vec<&str> = lane.steps.iter().filter_map(|s| s.label.as_deref()).collect();
            let there = match labels.is_empty() {
                true => "no step of this lane has a label".to_owned(),
                false => format!("there are next, end, {}", labels.join(", ")),
            };
            (field, format!("no step is labelled {label:?}; {there}"))
        })
    }

    /// A number of bytes at the case's size; `None` is no limit.
    fn bytes(&self, field: &'static str, amount: &Amount) -> Result<Option<u32>, Wrong> {
        let exact = self.exact_bytes(field, amount)?;
        Ok(match amount {
            Amount::Bytes(_) | Amount::Knob(_) => exact.map(|n| self.scale.bytes(n)),
            Amount::Request
            | Amount::Reply
            | Amount::Write
            | Amount::Head
            | Amount::Body
            | Amount::Unlimited => exact,
        })
    }

    /// The same, whatever the case's size.
    fn exact_bytes(&self, field: &'static str, amount: &Amount) -> Result<Option<u32>, Wrong> {
        Ok(match amount {
            Amount::Bytes(n) => Some(*n),
            Amount::Request => Some(self.job.request),
            Amount::Reply => Some(self.job.reply),
            Amount::Write => Some(self.job.write),
            Amount::Head => Some(self.head()),
            Amount::Body => Some(self.job.request - self.head()),
            Amount::Unlimited => None,
            Amount::Knob(name) => {
                let value = self.knob(field, name, &[Unit::ByteLimit])?;
                value.map(|n| u32::try_from(n).unwrap_or(u32::MAX))
            }
        })
    }

    /// Bytes of the request's head. A body has at least one byte where the request has two.
    fn head(&self) -> u32 {
        HEAD.min(self.job.request / 2).max(1)
    }

    fn optional_bytes(
        &self,
        field: &'static str,
        amount: &Option<Amount>,
    ) -> Result<Option<u32>, Wrong> {
        amount.as_ref().map_or(Ok(None), |amount| self.bytes(field, amount))
    }

    fn law(&self, field: &'static str, delay: Option<&Delay>) -> Result<Law, Wrong> {
        let never = || (field, "a delay needs a time".to_owned());
        Ok(match delay {
            None => Law::ZERO,
            Some(Delay::Law(law)) => *law,
            Some(Delay::Gap) => self.job.gap,
            Some(Delay::Wake) => self.job.wake,
            Some(Delay::Late) => self.job.late,
            Some(Delay::Accept) => self.job.accept,
            Some(Delay::Unlimited) => return Err(never()),
            Some(Delay::Knob(name)) => {
                let value = self.knob(field, name, &[Unit::Time, Unit::TimeLimit])?;
                Law::Fixed(value.ok_or_else(never)?)
            }
        })
    }

    /// A limit: one time, without chance.
    fn limit(&self, field: &'static str, delay: &Option<Delay>) -> Result<Option<Micros>, Wrong> {
        match delay {
            None | Some(Delay::Unlimited) => Ok(None),
            Some(Delay::Knob(name)) => self.knob(field, name, &[Unit::Time, Unit::TimeLimit]),
            Some(delay) => match self.law(field, Some(delay))? {
                Law::Fixed(us) => Ok(Some(us)),
                Law::Uniform(..) | Law::Shaped(_) => {
                    Err((field, "a limit is one time, not a law".to_owned()))
                }
            },
        }
    }

    fn linger(&self, how: &Lingering) -> Result<Linger, Wrong> {
        match how {
            Lingering::Off => Ok(Linger::Off),
            Lingering::Abort => Ok(Linger::Abort),
            Lingering::Seconds(n) => Ok(Linger::Seconds(*n)),
            Lingering::Knob(name) => {
                let us = self.knob("linger", name, &[Unit::Time])?.unwrap_or(0);
                match u16::try_from(us / 1_000_000) {
                    Ok(seconds @ 1..) if us.is_multiple_of(1_000_000) => {
                        Ok(Linger::Seconds(seconds))
                    }
                    Ok(_) | Err(_) => {
                        let form = "SO_LINGER counts whole seconds, from 1s to 65535s";
                        Err(("linger", format!("{form}; ${name} is {}", show_time(us))))
                    }
                }
            }
        }
    }

    fn knob(&self, field: &'static str, name: &str, units: &[Unit]) -> Result<Option<u64>, Wrong> {
        let Actor { preset, values } = self.actor;
        let at = preset.knobs.iter().position(|knob| knob.name == name);
        let Some(at) = at else {
            let names: Vec<String> = preset.knobs.iter().map(|k| format!("${}", k.name)).collect();
            let there = match names.is_empty() {
                true => "no number is declared under [[knob]]".to_owned(),
                false => format!("there are {}", names.join(", ")),
            };
            return Err((field, format!("there is no ${name}; {there}")));
        };
        if !units.contains(&preset.knobs[at].unit) {
            return Err((field, format!("${name} counts something else")));
        }
        Ok(values[at])
    }
}

const fn which(way: Way) -> sim_core::socket::Which {
    match way {
        Way::Read => sim_core::socket::Which::Rd,
        Way::Write => sim_core::socket::Which::Wr,
        Way::Both => sim_core::socket::Which::RdWr,
    }
}

const fn socket(which: Which, connection: Fd) -> Fd {
    match which {
        Which::Connection => connection,
        Which::Listener => LISTENER,
    }
}

fn mask(bits: &[Bit]) -> u8 {
    bits.iter().fold(0, |mask, bit| {
        mask | match bit {
            Bit::In => Readiness::IN,
            Bit::Out => Readiness::OUT,
            Bit::RdHup => Readiness::RDHUP,
        }
    })
}
