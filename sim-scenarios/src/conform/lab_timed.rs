//! Timed rows of `lab.jsonl`: two stacks, applications as scripts, fixed delays.

use super::Verdict;
use super::lab_app::{self, App, Meaning};
use super::lab_told::{self, Sent, Told};
use super::numbers::{self, Environment};
use super::rows::Row;
use super::words;
use serde_json::Value;
use sim_core::drive::run::{Runner, lanes_ended};
use sim_core::pace::clocked::Always;
use sim_core::profile::LINUX;
use sim_core::script::{At, LaneEvent, LaneId, LaneTimer};
use sim_core::socket::{Readiness, Return};
use sim_core::tcp::Note;
use sim_core::tcp::tuning::Switchable;
use sim_core::wire::{Law, Micros, Segment, Side, millis};
use sim_core::world::{Action, End, Event, Path, Setup, Sink, Start};

/// How long the recorder listened after both applications had ended and nothing was on its way.
const TAIL: Micros = millis(400);
/// With window scaling on both sides windows are multiples of this.
const WINDOW_UNIT: u32 = 1024;
/// The default receive buffer, once the kernel knows how much memory a segment takes.
const RECEIVE: u32 = 82_944;

/// Of that, in percent, what a SYN offers: 128 of 162.
const SYN_SHARE: u8 = 79;
/// The recorder's wire and hosts took a little longer than asked, so that an application's clock
/// is ahead of a segment that is due at the same instant.
const HANDLING: Micros = 50;

/// Checks a row.
pub(super) fn check(row: &Row) -> Verdict {
    if row.value["stable"] == Value::Bool(false) {
        return Verdict::Skipped("not stable".to_owned());
    }
    match difference(&row.value) {
        Ok(None) => Verdict::Agreed,
        Ok(Some(difference)) | Err(difference) => Verdict::Differed(difference),
    }
}

/// A setup for two stacks as a row's case has them.
pub(super) fn setup(
    case: &Value,
    ends: [End; 2],
    (rto_min, round_trip): (Micros, Micros),
    one_way: [Micros; 2],
) -> Result<Setup, String> {
    let environment = match case["profile"].as_str() {
        None | Some("plain") => Environment::Plain,
        Some("stock") => Environment::Stock { mss: 1448, sack: Switchable::On },
        Some(other) => return Err(format!("unsupported profile {other:?}")),
    };
    let path = Path::OneWay(Law::Fixed(one_way[0]), Law::Fixed(one_way[1]));
    let mut setup = Setup::new(ends, [&LINUX, &LINUX], path).map_err(|halt| halt.to_string())?;
    for (at, name) in ["c", "s"].into_iter().enumerate() {
        let sysctl = numbers::sysctls(&case["sysctl"][name]);
        let tuning = numbers::tuning(environment, &sysctl, rto_min, round_trip)?;
        setup.tuning[at] = tuning;
        setup.tuning[at].wnd_unit = WINDOW_UNIT;
        setup.tuning[at].rcv_buf = RECEIVE;
        setup.tuning[at].syn_share = SYN_SHARE;
    }
    setup.start = Start::Fresh;
    Ok(setup)
}

fn difference(row: &Value) -> Result<Option<String>, String> {
    let case = &row["case"];
    let delay =
        |name: &str| case["delay_us"][name].as_u64().ok_or_else(|| format!("no delay_us.{name}"));
    let one_way = [delay("c2s")? + HANDLING, delay("s2c")? + HANDLING];
    let apps = [lab_app::app(&case["app"]["c"])?, lab_app::app(&case["app"]["s"])?];
    let ends = [0, 1].map(|at: usize| End::Script(apps[at].script.clone()));
    let setup = setup(case, ends, (millis(200), one_way[0] + one_way[1]), one_way)?;
    let rules = case["rules"].as_array().map_or(&[][..], Vec::as_slice);
    let rules = rules.iter().map(Rule::read).collect::<Result<Vec<Rule>, String>>()?;
    let lanes = [0, 1].map(|at: usize| vec![0; apps[at].script.lanes.len()]);
    let mut watch = Watch {
        apps: &apps,
        told: [Told::default(), Told::default()],
        sent: Vec::new(),
        began: lanes.clone(),
        since: lanes,
    };
    run(&setup, case, rules, &mut watch)?;
    Ok(lab_told::difference(row, &watch.told, &watch.sent))
}

/// What happens to packets.
#[derive(Debug)]
struct Rule {
    from: Side,
    flags: String,
    no_flags: String,
    lengths: (u64, u64),
    after: Micros,
    skip: u64,
    count: u64,
    nth: Option<u64>,
    fate: Fate,
    seen: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Drop,
    /// It comes once more, so much later.
    Repeat(Micros),
    /// It comes so much later.
    Delay(Micros),
}

impl Rule {
    fn read(rule: &Value) -> Result<Rule, String> {
        let us = rule["us"].as_u64().unwrap_or(0);
        let number = |name: &str, default: u64| rule[name].as_u64().unwrap_or(default);
        Ok(Rule {
            from: match rule["dir"].as_str() {
                Some("c2s") => Side::A,
                Some("s2c") => Side::B,
                other => return Err(format!("unsupported direction {other:?}")),
            },
            flags: rule["flags"].as_str().unwrap_or("").to_owned(),
            no_flags: rule["no_flags"].as_str().unwrap_or("").to_owned(),
            lengths: (number("min_len", 0), number("max_len", u64::MAX)),
            after: lab_app::time(&rule["after_ms"]).unwrap_or(0),
            skip: number("skip", 0),
            count: number("count", u64::MAX),
            nth: rule["nth"].as_u64(),
            fate: match rule["action"].as_str() {
                Some("drop") => Fate::Drop,
                Some("dup") => Fate::Repeat(us),
                Some("delay") => Fate::Delay(us),
                other => return Err(format!("unsupported action {other:?}")),
            },
            seen: 0,
        })
    }

    /// What becomes of the `nth` segment of its direction.
    fn fate(&mut self, side: Side, segment: &Segment, nth: u64, now: Micros) -> Option<Fate> {
        let flags = words::flags(segment);
        let len = u64::from(segment.text.len());
        let fits = side == self.from
            && self.flags.chars().all(|flag| flag == 'P' || flags.contains(flag))
            && !self.no_flags.chars().any(|flag| flags.contains(flag))
            && (self.lengths.0..=self.lengths.1).contains(&len)
            && now >= self.after
            && self.nth.is_none_or(|wanted| wanted == nth);
        if !fits {
            return None;
        }
        self.seen += 1;
        let acts = self.seen > self.skip && self.seen - self.skip <= self.count;
        acts.then_some(self.fate)
    }
}

/// Everything that is written down during a run.
struct Watch<'a> {
    apps: &'a [App; 2],
    told: [Told; 2],
    sent: Vec<Sent>,
    /// When the call of a lane began that still waits.
    began: [Vec<Micros>; 2],
    /// When a lane last did something.
    since: [Vec<Micros>; 2],
}

/// Events of one action.
#[derive(Default)]
struct Events {
    lanes: Vec<(Side, LaneEvent)>,
    sent: Vec<(Side, Segment)>,
}

impl Sink for Events {
    fn event(&mut self, event: Event) {
        match event {
            Event::Kernel(side, Note::Sent(segment)) => self.sent.push((side, segment)),
            Event::Lane(side, event) => self.lanes.push((side, event)),
            Event::Kernel(..) | Event::Arrived(..) | Event::Lost(..) | Event::Puppet(..) => {}
        }
    }
}

struct Late(Micros, Side, Segment);

fn run(
    setup: &Setup,
    case: &Value,
    mut rules: Vec<Rule>,
    watch: &mut Watch<'_>,
) -> Result<(), String> {
    let mut runner = Runner::new(setup, Always(0), &mut ());
    let longest = lab_app::time(&case["max_ms"]).unwrap_or(lab_app::LONGEST);
    let tail = lab_app::time(&case["tail_ms"]).unwrap_or(TAIL);
    let mut late: Vec<Late> = Vec::new();
    let mut nth = [0u64; 2];
    let mut until = longest;
    for _ in 0..1_000_000 {
        let flying = runner.world.links.iter().any(|link| !link.flight.is_empty());
        if !lanes_ended(&runner.world) || flying || !late.is_empty() {
            until = longest;
        } else if until == longest {
            until = longest.min(runner.clocks.now + tail);
        }
        let due = runner.clocks.next();
        let first_late = late.iter().enumerate().min_by_key(|(n, Late(at, _, _))| (*at, *n));
        let copy = first_late
            .filter(|(_, Late(at, _, _))| due.is_none_or(|(when, _)| *at <= when))
            .map(|(n, _)| n);
        let action = match (copy, due) {
            (Some(n), _) => {
                let Late(at, side, segment) = late.remove(n);
                runner.clocks.now = at;
                Action::Inject(side, segment)
            }
            (None, Some((at, _))) if at <= until => match runner.clocks.advance() {
                Some(action) => action,
                None => break,
            },
            (None, Some(_) | None) => break,
        };
        let now = runner.clocks.now;
        watch.before(&runner, action);
        let at = place(&runner, action);
        let mut events = Events::default();
        runner.apply(setup, action, &mut events).map_err(|halt| halt.to_string())?;
        watch.after(&runner, &events, at, now);
        let fates = events.sent.iter().map(|(side, segment)| {
            nth[side.index()] += 1;
            let n = nth[side.index()];
            rules.iter_mut().find_map(|rule| rule.fate(*side, segment, n, now))
        });
        let fates: Vec<Option<Fate>> = fates.collect();
        decide(setup, &mut runner, &events, &fates, watch, &mut late)?;
    }
    Ok(())
}

/// Carries out what the rules say about segments that have just been sent. All of one action come
/// from one side, and lie at the end of its link.
fn decide(
    setup: &Setup,
    runner: &mut Runner<Always>,
    events: &Events,
    fates: &[Option<Fate>],
    watch: &mut Watch<'_>,
    late: &mut Vec<Late>,
) -> Result<(), String> {
    for (n, ((side, segment), fate)) in events.sent.iter().zip(fates).enumerate() {
        let arrives = runner.clocks.now + runner.clocks.one_way[side.index()];
        let dropped = *fate == Some(Fate::Drop);
        watch.sent.push(Sent { side: *side, segment: *segment, dropped });
        match fate {
            None => continue,
            Some(Fate::Drop) => {}
            Some(Fate::Repeat(us)) => {
                late.push(Late(arrives + us, side.peer(), *segment));
                continue;
            }
            Some(Fate::Delay(us)) => late.push(Late(arrives + us, side.peer(), *segment)),
        }
        let behind = events.sent.len() - n;
        let at = runner.world.links[side.index()].flight.len().saturating_sub(behind);
        let action = Action::Lose(side.peer(), u16::try_from(at).unwrap_or(0));
        runner.clocks.taken(action);
        runner.apply(setup, action, &mut ()).map_err(|halt| halt.to_string())?;
    }
    Ok(())
}

/// The line on which an action finds its lane.
fn place(runner: &Runner<Always>, action: Action) -> Option<(Side, LaneId, u8)> {
    let (Action::Turn(side, lane) | Action::Wake(side, lane, _)) = action else { return None };
    match runner.world.hosts[side.index()].app.lanes[lane.0 as usize].at {
        At::Line(at) => Some((side, lane, at)),
        At::Dormant | At::Ended => None,
    }
}

impl Watch<'_> {
    /// Looks at the world for a line that only looks.
    fn before(&mut self, runner: &Runner<Always>, action: Action) {
        let Some((side, lane, at)) = place(runner, action) else { return };
        let table = &runner.world.hosts[side.index()].table;
        let told = &mut self.told[side.index()];
        match &self.apps[side.index()].meanings[lane.0 as usize][at as usize] {
            Meaning::Inq(fd) => told.looked_inq(&words::inq(table, *fd)),
            Meaning::Table => told.table.push(words::table(table).join(",")),
            Meaning::TcpInfo(fd) => told.table.push(words::fd_state(table, *fd).to_owned()),
            Meaning::NotRead => told.read_ended("NOT_READ"),
            Meaning::Outq(_)
            | Meaning::Silent
            | Meaning::Connect
            | Meaning::Accept
            | Meaning::Send
            | Meaning::Receive
            | Meaning::ReceiveAll { .. }
            | Meaning::Shutdown
            | Meaning::Close
            | Meaning::Poll(_)
            | Meaning::SoError => {}
        }
    }

    /// Writes down what a lane was told on this line.
    fn after(
        &mut self,
        runner: &Runner<Always>,
        events: &Events,
        at: Option<(Side, LaneId, u8)>,
        now: Micros,
    ) {
        let Some((side, lane, at)) = at else { return };
        let meaning = self.apps[side.index()].meanings[lane.0 as usize][at as usize].clone();
        let waited = now - self.since[side.index()][lane.0 as usize];
        self.since[side.index()][lane.0 as usize] = now;
        for (_, event) in &events.lanes {
            match event {
                LaneEvent::Called(id, _) if *id == lane => {
                    self.began[side.index()][lane.0 as usize] = now;
                }
                LaneEvent::Returned(id, _, returned) if *id == lane => {
                    let took = now - self.began[side.index()][lane.0 as usize];
                    self.returned(side, &meaning, *returned, took);
                }
                LaneEvent::Limited(id, timer) if *id == lane => {
                    self.limited(side, &meaning, *timer, waited);
                }
                LaneEvent::Called(..)
                | LaneEvent::Returned(..)
                | LaneEvent::Limited(..)
                | LaneEvent::Armed(..)
                | LaneEvent::Disarmed(..)
                | LaneEvent::Ended(_) => {}
            }
        }
        let state = &runner.world.hosts[side.index()].app.lanes[lane.0 as usize];
        let moved = state.at != At::Line(at);
        if let (true, Meaning::ReceiveAll { want: true, .. }) = (moved, &meaning) {
            let told = &mut self.told[side.index()];
            let counted = |(_, event): &(Side, LaneEvent)| {
                matches!(event, LaneEvent::Returned(_, _, Return::Count(_)))
            };
            if events.lanes.iter().any(counted) {
                told.read_ended("WANT");
            }
        }
    }

    fn returned(&mut self, side: Side, meaning: &Meaning, returned: Return, took: Micros) {
        let told = &mut self.told[side.index()];
        let text = words::returned(returned, "EAGAIN");
        let ok = || if text == "0" { "OK".to_owned() } else { text.clone() };
        match (meaning, returned) {
            (Meaning::Connect, _) => told.connect = Some(ok()),
            (Meaning::Accept, _) => told.accept.push(ok()),
            (Meaning::Send, Return::Error(errno)) => told.send_failed(errno),
            (Meaning::Receive, Return::Count(n)) => told.read(n),
            (Meaning::ReceiveAll { .. }, Return::Count(n)) => told.read_on(n),
            (Meaning::Receive | Meaning::ReceiveAll { .. }, _) => told.read_ended(&text),
            (Meaning::Shutdown, _) => told.shutdown.push(lab_told::zero_or_name(&text)),
            (Meaning::Close, _) => told.closed(&text, took),
            (Meaning::Poll(bits), Return::Ready(ready)) => {
                let seen = ready.0 & (bits | Readiness::ERR | Readiness::HUP);
                told.poll.push(Readiness(seen).names());
            }
            (Meaning::SoError, _) => told.so_error.push(text),
            (
                Meaning::Silent
                | Meaning::Send
                | Meaning::NotRead
                | Meaning::Poll(_)
                | Meaning::Inq(_)
                | Meaning::Outq(_)
                | Meaning::Table
                | Meaning::TcpInfo(_),
                _,
            ) => {}
        }
    }

    fn limited(&mut self, side: Side, meaning: &Meaning, timer: LaneTimer, waited: Micros) {
        let told = &mut self.told[side.index()];
        match meaning {
            Meaning::Connect => told.connect = Some("EINPROGRESS".to_owned()),
            Meaning::Accept => told.accept.push("EAGAIN".to_owned()),
            Meaning::Receive => told.read_ended("EAGAIN"),
            Meaning::ReceiveAll { blocking: false, .. } => told.read_ended("EAGAIN"),
            // The whole was looked at between two calls only.
            Meaning::ReceiveAll { idle, .. }
                if timer == LaneTimer::Total && idle.is_none_or(|idle| waited < idle) =>
            {
                told.read_ended("TOTAL_TIMEOUT");
            }
            Meaning::ReceiveAll { .. } => told.read_ended("TIMEOUT"),
            Meaning::Poll(_) => told.poll.push(String::new()),
            Meaning::Silent
            | Meaning::Send
            | Meaning::NotRead
            | Meaning::Shutdown
            | Meaning::Close
            | Meaning::SoError
            | Meaning::Inq(_)
            | Meaning::Outq(_)
            | Meaning::Table
            | Meaning::TcpInfo(_) => {}
        }
    }
}
