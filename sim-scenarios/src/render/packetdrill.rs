//! A run as a packetdrill script: one end is the stack under test, the other is what arrives there.
//!
//! Windows that must be sent and options other than the peer's MSS are not written: they differ
//! from one real stack to the next. Retransmissions and probes come at any time (`*`): when is the
//! stack's own measure of the round trip.

mod calls;

use super::run::{Run, Time};
use crate::drill::{
    Between, acks_between, counts_memory, forced_pushes, gives_window, joined_buffer,
    marks_what_empties,
};
use crate::units::show_size;
use sim_core::profile::Profile;
use sim_core::report::trace::Step;
use sim_core::script::LaneEvent;
use sim_core::socket::Fd;
use sim_core::tcp::{Linger, Note, Owner, Sock, Timer};
use sim_core::wire::{ConnId, Micros, Segment, Seq, Side};
use sim_core::world::{Action, Event, World};
use std::collections::BTreeMap;

/// Why a run cannot be written down.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a packetdrill script cannot say this: {0}")]
pub struct Unwritable(String);

fn unwritable<T>(what: impl Into<String>) -> Result<T, Unwritable> {
    Err(Unwritable(what.into()))
}

/// The script of one side of a run.
///
/// # Errors
/// What the language has no words for: an order without a clock, several connections, dup(),
/// numbers of the stack that nothing sets.
pub fn script(run: &Run<'_>, side: Side) -> Result<String, Unwritable> {
    if run.time() == Time::Steps {
        return unwritable("an order without a clock");
    }
    let mut writer = Writer::new(run, side)?;
    let mut before: Option<&World> = None;
    for step in &run.story.steps {
        writer.step(step, before)?;
        before = Some(&step.after);
    }
    if writer.closing.is_some() {
        return unwritable("a close() that still waits");
    }
    let profile = run.setup.profiles[side.index()];
    let stack = profile.name;
    let head = format!(
        "// {}\n// The {} under test; written for {stack}.\n--tolerance_usecs=10000\n{}",
        run.title.replace('\n', " "),
        super::Names::of(side),
        writer.mtu,
    );
    if !counts_memory(profile) {
        return Ok(written(&head, &writer.lines));
    }
    let lines = in_bursts(writer.lines);
    let own = with_own_acks(&head, &lines, profile);
    Ok(written(&head, own.as_ref().unwrap_or(&lines)))
}

/// A line of a script, and when it is due.
#[derive(Clone)]
struct Line {
    at: Micros,
    /// How long it lasts, where it is a call that waits.
    lasts: Option<Micros>,
    text: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// At its instant.
    Timed,
    /// At any time.
    AnyTime,
    /// At its instant: an ACK that is nothing else.
    Ack,
    /// At its instant: text, by its numbers and what it acknowledges.
    Text { seq: u32, end: u32, ack: u32 },
}

/// Text that goes out in a row is one packet for who looks on at Linux, marked PSH; packetdrill
/// puts several together where a script has one, and never the other way round.
fn in_bursts(lines: Vec<Line>) -> Vec<Line> {
    let mut all: Vec<Line> = Vec::new();
    for line in lines {
        if let (Some(last), Kind::Text { seq: next, end, ack }) = (all.last_mut(), line.kind)
            && let Kind::Text { seq, end: until, ack: same } = last.kind
            && (last.at, until, same) == (line.at, next, ack)
        {
            last.text = format!("> P. {seq}:{end}({}) ack {ack}", end.wrapping_sub(seq));
            last.kind = Kind::Text { seq, end, ack };
        } else {
            all.push(line);
        }
    }
    all
}

/// The lines under a head, each so long after the one before; the first is at 0.
fn written(head: &str, lines: &[Line]) -> String {
    let mut text = head.to_owned();
    let mut last = None;
    for line in lines {
        let since = last.map(|last: Micros| line.at.saturating_sub(last));
        let time = match (line.kind, since, line.lasts) {
            (Kind::AnyTime, ..) => "*".to_owned(),
            (_, None, _) => "0".to_owned(),
            (_, Some(since), None) => format!("+{}", seconds(since)),
            (_, Some(since), Some(lasts)) => {
                format!("+{}...{}", seconds(since), seconds(since + lasts))
            }
        };
        text.push_str(&format!("{time} {}\n", line.text));
        last = Some(line.at);
    }
    text
}

/// The same with the ACKs that the stack sends by its own estimates: the model's runs know neither
/// its memory nor the time between segments. `None` where it does not do all else that is written.
fn with_own_acks(head: &str, lines: &[Line], profile: &'static Profile) -> Option<Vec<Line>> {
    let others: Vec<Line> = lines.iter().filter(|line| line.kind != Kind::Ack).cloned().collect();
    let first = u32::try_from(head.lines().count()).ok()? + 1;
    let mut acks = acks_between(&written(head, &others), profile)?.into_iter().peekable();
    let mut all: Vec<Line> = Vec::new();
    let mut before = 0;
    for (line, n) in others.into_iter().zip(first..) {
        while let Some(ack) = acks.next_if(|ack| ack.line <= n) {
            all.push(own(&ack, before));
        }
        before = line.at;
        all.push(line);
    }
    all.extend(acks.map(|ack| own(&ack, before)));
    Some(all)
}

/// An ACK after a line of this instant.
fn own(ack: &Between, before: Micros) -> Line {
    let text = format!("> {}", ack.text);
    Line { at: before + ack.after, lasts: None, text, kind: Kind::Ack }
}

struct Writer {
    side: Side,
    profile: &'static Profile,
    lines: Vec<Line>,
    /// Descriptors of the script, by the model's.
    fds: BTreeMap<Fd, u32>,
    conn: Option<ConnId>,
    /// Initial numbers: ours, the peer's.
    origin: [Seq; 2],
    /// Ends of what has been written, as numbers.
    pushed: Vec<u32>,
    closing: Option<Closing>,
    /// The last SO_LINGER.
    linger: Linger,
    buffers: Vec<(&'static str, u32)>,
    mtu: String,
}

/// A close() that waits.
struct Closing {
    /// Its line, without what it returns.
    line: usize,
    fd: u32,
}

impl Writer {
    fn new(run: &Run<'_>, side: Side) -> Result<Writer, Unwritable> {
        let at = side.index();
        let profile = run.setup.profiles[at];
        let own = profile.tuning.resolve().map_err(|halt| Unwritable(halt.to_string()))?;
        let mut tuning = run.setup.tuning[at];
        let mut buffers = Vec::new();
        if tuning.rcv_buf != own.rcv_buf {
            if !gives_window(profile, tuning.rcv_buf, tuning.mss) {
                return unwritable(format!(
                    "a receive buffer of {} on {}, where SO_RCVBUF gives whole segments of {} \
                     bytes",
                    show_size(tuning.rcv_buf),
                    profile.name,
                    tuning.mss
                ));
            }
            buffers.push(("SO_RCVBUF", tuning.rcv_buf));
        }
        // Memory of a fresh Linux holds less than the model's buffer does.
        if tuning.snd_buf != own.snd_buf || counts_memory(profile) && most_held(run, side) > 16_384
        {
            buffers.push(("SO_SNDBUF", tuning.snd_buf));
        }
        let mtu = match tuning.mss {
            1_460 => String::new(),
            mss => format!("--mtu={}\n", u32::from(mss) + 40),
        };
        (tuning.rcv_buf, tuning.syn_wnd) = (own.rcv_buf, own.syn_wnd);
        (tuning.snd_buf, tuning.mss) = (own.snd_buf, own.mss);
        if tuning != own {
            return unwritable("numbers of the stack that are not its own");
        }
        Ok(Writer {
            side,
            profile,
            lines: Vec::new(),
            fds: BTreeMap::new(),
            conn: None,
            origin: [run.setup.iss[at], run.setup.iss[side.peer().index()]],
            pushed: Vec::new(),
            closing: None,
            linger: Linger::Off,
            buffers,
            mtu,
        })
    }

    fn line(&mut self, at: Micros, text: &str) {
        self.push(at, text, Kind::Timed);
    }

    fn push(&mut self, at: Micros, text: &str, kind: Kind) {
        self.lines.push(Line { at, lasts: None, text: text.to_owned(), kind });
    }

    fn step(&mut self, step: &Step, before: Option<&World>) -> Result<(), Unwritable> {
        let at = step.at.unwrap_or(0);
        if let Some(written) = before.and_then(|before| self.written(before, &step.after)) {
            let (fd, count, end) = written;
            self.busy()?;
            let conn = before.and_then(|before| self.sock(before)).and_then(Sock::conn);
            if let Some(conn) = conn {
                let marked = self.pushed.last().copied();
                if let Some(start) = joined_buffer(self.profile, conn) {
                    self.pushed.retain(|mark| *mark <= start);
                }
                self.pushed.extend(forced_pushes(self.profile, conn, count, marked));
            }
            self.pushed.push(end);
            self.line(at, &format!("send({fd}, ..., {count}, MSG_DONTWAIT) = {count}"));
        }
        for event in &step.events {
            match *event {
                Event::Arrived(side, segment) if side == self.side => {
                    let text = self.incoming(&segment)?;
                    self.line(at, &format!("< {text}"));
                }
                Event::Lane(side, event) if side == self.side => {
                    self.lane(at, event, &step.events)?;
                }
                Event::Kernel(side, Note::Sent(segment)) if side == self.side => {
                    self.sent(at, step, &segment)?;
                }
                Event::Arrived(..)
                | Event::Lost(..)
                | Event::Lane(..)
                | Event::Puppet(..)
                | Event::Kernel(..) => {}
            }
        }
        Ok(())
    }

    fn lane(&mut self, at: Micros, event: LaneEvent, events: &[Event]) -> Result<(), Unwritable> {
        match event {
            LaneEvent::Called(lane, call) => {
                let returned = events.iter().find_map(|event| {
                    let Event::Lane(side, LaneEvent::Returned(of, it, returned)) = *event else {
                        return None;
                    };
                    (side == self.side && of == lane && it == call).then_some(returned)
                });
                self.called(at, call, returned)
            }
            LaneEvent::Returned(lane, call, returned) => {
                let called = Event::Lane(self.side, LaneEvent::Called(lane, call));
                if events.contains(&called) { Ok(()) } else { self.later(at, call, returned) }
            }
            LaneEvent::Armed(..)
            | LaneEvent::Disarmed(..)
            | LaneEvent::Limited(..)
            | LaneEvent::Ended(_) => Ok(()),
        }
    }

    /// The socket of the connection on this side.
    fn sock<'w>(&self, world: &'w World) -> Option<&'w Sock> {
        let table = &world.hosts[self.side.index()].table;
        table.iter().find(|sock| sock.conn != ConnId::NONE && sock.conn().is_some())
    }

    /// What an application has written in a step: descriptor, bytes, end.
    fn written(&self, before: &World, after: &World) -> Option<(u32, u32, u32)> {
        let now = self.sock(after)?;
        let then = self.sock(before).filter(|sock| sock.conn == now.conn);
        let end = now.conn()?.snd.end;
        let began = then.and_then(Sock::conn).map_or(1, |conn| conn.snd.end);
        let Owner::Descriptors(bits) = now.owner else { return None };
        let fd = Fd(u8::try_from(bits.trailing_zeros()).unwrap_or(0));
        (end > began).then(|| (self.number(fd), end - began, end))
    }

    fn number(&self, fd: Fd) -> u32 {
        self.fds.get(&fd).copied().unwrap_or(3)
    }

    fn open(&mut self, fd: Fd) -> u32 {
        let number = 3 + u32::try_from(self.fds.len()).unwrap_or(0);
        self.fds.insert(fd, number);
        number
    }

    /// One call at a time is all the language has.
    fn busy(&self) -> Result<(), Unwritable> {
        if self.closing.is_some() {
            return unwritable("a call while a close() waits");
        }
        Ok(())
    }

    // --- segments -------------------------------------------------------------------------------

    fn same_connection(&mut self, segment: &Segment) -> Result<(), Unwritable> {
        let conn = *self.conn.get_or_insert(segment.conn);
        if conn == segment.conn { Ok(()) } else { unwritable("several connections") }
    }

    fn bits(segment: &Segment, pushed: Pushed) -> String {
        let letters = [
            (segment.flags.syn(), 'S'),
            (segment.flags.fin(), 'F'),
            (segment.flags.rst(), 'R'),
            (pushed == Pushed::Yes, 'P'),
            (segment.ack.is_some(), '.'),
        ];
        let set: String = letters.iter().filter(|(on, _)| *on).map(|(_, it)| *it).collect();
        if set.is_empty() { "-".to_owned() } else { set }
    }

    /// `1:101(100) ack 1`, counted from the sender's and the receiver's initial numbers.
    fn numbers(segment: &Segment, [from, to]: [Seq; 2]) -> String {
        let seq = segment.seq.raw().wrapping_sub(from.raw());
        let len = segment.text.len();
        let end = u64::from(seq) + u64::from(len);
        let ack = segment.ack.map(|ack| format!(" ack {}", ack.raw().wrapping_sub(to.raw())));
        format!("{seq}:{end}({len}){}", ack.unwrap_or_default())
    }

    fn incoming(&mut self, segment: &Segment) -> Result<String, Unwritable> {
        self.same_connection(segment)?;
        let [ours, theirs] = self.origin;
        if segment.wnd > 65_535 {
            return unwritable("a window beyond 65,535 without window scaling");
        }
        let bits = Self::bits(segment, Pushed::No);
        let numbers = Self::numbers(segment, [theirs, ours]);
        let mss = segment.mss.map(|mss| format!(" <mss {mss}>")).unwrap_or_default();
        Ok(format!("{bits} {numbers} win {}{mss}", segment.wnd))
    }

    fn sent(&mut self, at: Micros, step: &Step, segment: &Segment) -> Result<(), Unwritable> {
        self.same_connection(segment)?;
        let pushed = self.pushes(step, segment);
        let bits = Self::bits(segment, pushed);
        let numbers = Self::numbers(segment, self.origin);
        let options = if segment.flags.syn() { " <...>" } else { "" };
        let text = format!("> {bits} {numbers}{options}");
        let again =
            matches!(step.action, Some(Action::Fire(_, _, Timer::Retransmit | Timer::Persist)));
        let bare = segment.is_empty() && !segment.flags.rst();
        let kind = if again {
            Kind::AnyTime
        } else if bare {
            Kind::Ack
        } else {
            self.in_a_row(segment)
        };
        self.push(at, &text, kind);
        Ok(())
    }

    /// Text alone may go out with what follows it.
    fn in_a_row(&self, segment: &Segment) -> Kind {
        let [ours, theirs] = self.origin;
        let alone = !segment.text.is_empty() && !segment.flags.fin() && !segment.flags.rst();
        match segment.ack.filter(|_| alone) {
            Some(ack) => Kind::Text {
                seq: segment.seq.raw().wrapping_sub(ours.raw()),
                end: segment.end().raw().wrapping_sub(ours.raw()),
                ack: ack.raw().wrapping_sub(theirs.raw()),
            },
            None => Kind::Timed,
        }
    }

    /// As [`crate::drill`] has it: the BSDs mark what empties the send buffer, others what an
    /// application's write ends in.
    fn pushes(&self, step: &Step, segment: &Segment) -> Pushed {
        if segment.text.is_empty() {
            return Pushed::No;
        }
        let (start, end) = (segment.text.start + 1, segment.text.end + 1);
        let pushed = if marks_what_empties(self.profile) {
            let sock = self.sock(&step.after).and_then(Sock::conn);
            sock.is_some_and(|conn| conn.snd.end == end)
        } else {
            self.pushed.iter().any(|it| start < *it && *it <= end)
        };
        if pushed { Pushed::Yes } else { Pushed::No }
    }
}

/// The most text that waited in a send buffer.
fn most_held(run: &Run<'_>, side: Side) -> u32 {
    let held = |step: &Step| {
        let table = &step.after.hosts[side.index()].table;
        table.iter().filter_map(Sock::conn).map(|conn| conn.snd.held()).max()
    };
    run.story.steps.iter().filter_map(held).max().unwrap_or(0)
}

/// Whether a segment carries PSH.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pushed {
    Yes,
    No,
}

/// `0.012345`.
fn seconds(time: Micros) -> String {
    format!("{}.{:06}", time / 1_000_000, time % 1_000_000)
}
