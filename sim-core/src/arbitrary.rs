//! Setups for property tests: two applications, two stacks and a path, drawn by proptest and shrunk
//! to the shortest story that still fails.
//!
//! ```
//! use proptest::prelude::*;
//! use sim_core::answer::Halt;
//! use sim_core::arbitrary::small_setups;
//! use sim_core::drive::run::{HORIZON, Runner};
//! use sim_core::pace::clocked::Always;
//!
//! proptest!(ProptestConfig::with_cases(4), |(story in small_setups())| {
//!     let mut runner = Runner::new(&story.setup, Always(0), &mut ());
//!     let ended = runner.finish(&story.setup, HORIZON, &mut (), |_, _| {});
//!     // A stack may need an answer that nobody knows; nothing else stops a run.
//!     prop_assert!(matches!(ended, Ok(_) | Err(Halt::Unanswered(_))));
//!     sim_core::world::ledger::check(&story.setup, &runner.world);
//! });
//! ```
//!
//! Shapes. Side A connects, side B listens and accepts; then each runs a few lines: writes (whole
//! or in pieces), reads (once, a count, to the end), shutdowns, options, sleeps, and at the end a
//! close, an exit, or nothing at all. [`setups`] has up to five lines a side, buffers from one byte
//! up, and any budget of losses, repeats and reorderings up to two each. [`small_setups`] has up to
//! three lines a side and at most one fault in all; most of its spaces have fewer than
//! [`SMALL_STATES`] states under the racing pace. [`durations`] are laws alone, of every kind.
//!
//! Shrinking goes towards fewer lines, fewer bytes, `close()` at the end, no faults, no latencies,
//! the first profile of the list, and initial sequence numbers of 0. A story prints as a story:
//! only what differs from the profile's numbers is shown.

use crate::profile::{self, Profile};
use crate::report::outcome::Reply;
use crate::script::{Goto, Lane, LaneId, Line, Look, Op, Script, Starts, Until};
use crate::socket::{Call, Fd, Which};
use crate::tcp::Linger;
use crate::tcp::tuning::{AckPolicy, Tuning};
use crate::wire::law::{Bin, Curve, Shape};
use crate::wire::{ConnId, Law, Seq, Side, millis};
use crate::world::{Budget, End, LinkRules, Path, Setup};
use proptest::prelude::*;

/// The connection that every story is about.
pub const CONN: ConnId = ConnId(0);

/// What a space of [`small_setups`] should fit in.
pub const SMALL_STATES: u64 = 20_000;

/// A setup that prints as a story.
#[derive(Clone)]
pub struct Story {
    /// The setup.
    pub setup: Setup,
}

impl Story {
    /// Everything that B writes, as the reply that A waits for.
    #[must_use]
    pub fn reply(&self) -> Reply {
        let lines = self.setup.script(Side::B).into_iter().flat_map(|script| &script.lanes);
        let bytes = lines.flat_map(|lane| &lane.lines).map(written).sum();
        Reply { from: Side::B, conn: CONN, bytes }
    }

    /// The same from the other side: A's words as the reply that B waits for.
    #[must_use]
    pub fn swapped(&self) -> Story {
        Story { setup: self.setup.swapped() }
    }
}

const fn written(line: &Line) -> u32 {
    match line.op {
        Op::Write { fd: _, total, chunk: _, look: _ } => total,
        Op::Call(_)
        | Op::Try(_)
        | Op::Read { .. }
        | Op::Poll { .. }
        | Op::Sleep(_)
        | Op::SleepUntil(_)
        | Op::Spawn(_)
        | Op::Join(_)
        | Op::Stop(_)
        | Op::Jump => 0,
    }
}

impl core::fmt::Debug for Story {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let setup = &self.setup;
        writeln!(f, "a story:")?;
        for side in Side::BOTH {
            let at = side.index();
            write!(f, "  {side:?} on {}", setup.profiles[at].name)?;
            writeln!(f, "{}", tuned(&setup.tuning[at], setup.profiles[at]))?;
            for lane in setup.script(side).into_iter().flat_map(|script| &script.lanes) {
                writeln!(f, "    lane {} ({:?})", lane.name, lane.starts)?;
                for line in &lane.lines {
                    writeln!(f, "      {}", said(line))?;
                }
            }
            writeln!(f, "    iss {}, link {:?}", setup.iss[at].raw(), setup.links[at].budget)?;
        }
        write!(f, "  path {:?}", setup.path)
    }
}

/// A line with only what is not usual about it.
fn said(line: &Line) -> String {
    let Line { op, wake, gap, then, on_error, on_limit: _, limit: _ } = line;
    let mut text = format!("{op:?}");
    for (what, law) in [("wake", wake), ("gap", gap)] {
        if *law != Law::ZERO {
            text.push_str(&format!(", {what} {law:?}"));
        }
    }
    for (what, goto) in [("then", then), ("on error", on_error)] {
        if *goto != Goto::Next {
            text.push_str(&format!(", {what} {goto:?}"));
        }
    }
    text
}

/// The numbers that are not the profile's.
fn tuned(tuning: &Tuning, profile: &'static Profile) -> String {
    let Ok(usual) = profile.tuning.resolve() else { return String::new() };
    let numbers = [
        ("mss", u64::from(tuning.mss), u64::from(usual.mss)),
        ("cwnd", tuning.initial_cwnd.into(), usual.initial_cwnd.into()),
        ("snd_buf", tuning.snd_buf.into(), usual.snd_buf.into()),
        ("rcv_buf", tuning.rcv_buf.into(), usual.rcv_buf.into()),
        ("retries", tuning.retries.into(), usual.retries.into()),
        ("orphans", tuning.max_orphans.into(), usual.max_orphans.into()),
    ];
    let differing = numbers.into_iter().filter(|(_, now, usual)| now != usual);
    let mut text: String = differing.map(|(name, now, _)| format!(", {name} {now}")).collect();
    if tuning.ack != usual.ack {
        text.push_str(&format!(", ack {:?}", tuning.ack));
    }
    text
}

/// How large a story may become.
#[derive(Clone, Copy, Debug)]
struct Size {
    /// Lines of a side between the opening and the end.
    lines: usize,
    /// Bytes of one operation.
    bytes: u32,
    /// Faults of each kind on a link.
    faults: u8,
    /// Retransmissions before giving up.
    retries: u8,
}

/// Stories of any shape, for runs, replays and walks.
pub fn setups() -> impl Strategy<Value = Story> {
    let size = Size { lines: 5, bytes: 500, faults: 2, retries: 3 };
    let budgets = [budget(size.faults), budget(size.faults)];
    stories(size, budgets, laws().boxed())
}

/// Stories that can be explored to the end in milliseconds.
pub fn small_setups() -> impl Strategy<Value = Story> {
    let size = Size { lines: 3, bytes: 250, faults: 0, retries: 1 };
    stories(size, [single_fault(), single_fault()], laws().boxed()).prop_map(|mut story| {
        // One fault in all: a second link at fault multiplies the space, not the insight.
        if story.setup.links[0].budget != Budget::default() {
            story.setup.links[1].budget = Budget::default();
        }
        story
    })
}

/// Small stories on links that lose, repeat and reorder nothing.
pub fn clean_setups() -> impl Strategy<Value = Story> {
    small_setups().prop_map(|mut story| {
        story.setup.links = [LinkRules::default(); 2];
        story
    })
}

fn stories(
    size: Size,
    budgets: [BoxedStrategy<Budget>; 2],
    law: BoxedStrategy<Law>,
) -> impl Strategy<Value = Story> {
    let ends = (client(size, law.clone()), server(size, law));
    let stacks = [stack(), stack()];
    let numbers = [numbers(size), numbers(size)];
    let iss = [
        prop_oneof![3 => Just(0_u32), 2 => any::<u32>()],
        prop_oneof![3 => Just(0), 2 => any::<u32>()],
    ];
    (ends, stacks, numbers, budgets, path(), iss).prop_map(
        |((a, b), stacks, numbers, budgets, path, iss)| {
            let ends = [End::Script(a), End::Script(b)];
            let mut setup = Setup::new(ends, stacks, path).expect("every profile has its numbers");
            for (tuning, change) in setup.tuning.iter_mut().zip(numbers) {
                change.apply(tuning);
            }
            setup.links = budgets.map(|budget| LinkRules { budget, ..LinkRules::default() });
            setup.iss = iss.map(Seq::new);
            Story { setup }
        },
    )
}

fn stack() -> impl Strategy<Value = &'static Profile> {
    prop::sample::select(profile::ALL.as_slice())
}

fn laws() -> impl Strategy<Value = Law> {
    prop_oneof![
        4 => Just(Law::ZERO),
        1 => (0_u64..20).prop_map(|ms| Law::Fixed(millis(ms))),
        1 => (1_u64..20).prop_map(|ms| Law::Uniform(0, millis(ms))),
        1 => prop::sample::select(shaped()),
    ]
}

/// One law of each shape, with tails that stay far below every stack's shortest retransmission.
fn shaped() -> Vec<Law> {
    let bins = vec![Bin { lo: 0, hi: 500, weight: 9 }, Bin { lo: 5_000, hi: 20_000, weight: 1 }];
    let laws = [
        Law::exponential(1_000),
        Law::log_normal(1_000, 3_000),
        Law::gamma(2_000, 2_000),
        Law::histogram(bins),
    ];
    laws.into_iter().filter_map(Result::ok).collect()
}

/// Laws of durations of every kind, with any parameters that make one.
pub fn durations() -> impl Strategy<Value = Law> {
    let us = || (0_u32..24, any::<u64>()).prop_map(|(bits, us)| (us & ((1 << bits) - 1)) + 1);
    let bin = (0_u64..9, us(), 1_u64..100);
    let histogram = prop::collection::vec(bin, 1..20).prop_map(|list| {
        let mut lo = 0;
        let next = |(gap, width, weight)| {
            lo += gap;
            let bin = Bin { lo, hi: lo + width - 1, weight };
            lo = bin.hi;
            bin
        };
        Law::histogram(list.into_iter().map(next).collect())
    });
    prop_oneof![
        us().prop_map(|us| Ok(Law::Fixed(us))),
        (us(), us()).prop_map(|(lo, width)| Ok(Law::Uniform(lo, lo + width))),
        us().prop_map(Law::exponential),
        (us(), 1_u32..=3_000).prop_map(|(median, sigma_milli)| {
            Shape::log_normal(median, sigma_milli).and_then(Curve::new).map(Law::Shaped)
        }),
        (100_u32..50_000, us()).prop_map(|(shape_milli, mean)| Law::gamma(shape_milli, mean)),
        histogram,
    ]
    // A tail may be too long, and a small sigma of a small median no whole microsecond.
    .prop_filter_map("no law", Result::ok)
}

fn path() -> impl Strategy<Value = Path> {
    let delay = || prop_oneof![Just(1_u64), Just(10), 1_u64..30];
    prop_oneof![
        delay().prop_map(|ms| Path::RoundTrip(Law::Fixed(millis(ms)))),
        delay().prop_map(|ms| Path::RoundTrip(Law::Uniform(millis(1), millis(1 + ms)))),
        (delay(), delay()).prop_map(|(there, back)| {
            Path::OneWay(Law::Fixed(millis(there)), Law::Uniform(0, millis(back)))
        }),
    ]
}

fn budget(most: u8) -> BoxedStrategy<Budget> {
    (0..=most, 0..=most, 0..=most)
        .prop_map(|(loss, repeat, reorder)| Budget { loss, repeat, reorder })
        .boxed()
}

fn single_fault() -> BoxedStrategy<Budget> {
    let none = Budget::default();
    prop_oneof![
        6 => Just(none),
        1 => Just(Budget { loss: 1, ..none }),
        1 => Just(Budget { repeat: 1, ..none }),
        1 => Just(Budget { reorder: 1, ..none }),
    ]
    .boxed()
}

/// What a story changes in a stack's numbers.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    mss: u16,
    cwnd: u32,
    snd_buf: u32,
    rcv_buf: u32,
    retries: u8,
    quick: Option<u8>,
    orphans: u16,
}

impl Numbers {
    fn apply(self, tuning: &mut Tuning) {
        tuning.mss = self.mss;
        tuning.initial_cwnd = self.cwnd;
        tuning.snd_buf = self.snd_buf;
        tuning.rcv_buf = self.rcv_buf;
        tuning.syn_wnd = self.rcv_buf;
        for retries in [
            &mut tuning.retries,
            &mut tuning.retries_orphan,
            &mut tuning.retries_syn,
            &mut tuning.retries_syn_ack,
        ] {
            *retries = (*retries).min(self.retries);
        }
        tuning.max_orphans = self.orphans;
        tuning.ack = match self.quick {
            None => AckPolicy::Every,
            Some(quick) => AckPolicy::Delayed { quick },
        };
    }
}

fn numbers(size: Size) -> impl Strategy<Value = Numbers> {
    let room = || prop_oneof![4 => Just(1_000_u32), 1 => 1_u32..300];
    (
        prop_oneof![Just(100_u16), Just(40), Just(300)],
        prop_oneof![Just(10_u32), Just(1), Just(2)],
        room(),
        room(),
        1..=size.retries,
        prop_oneof![2 => Just(None), 1 => (0_u8..3).prop_map(Some)],
        prop_oneof![9 => Just(u16::MAX), 1 => Just(0)],
    )
        .prop_map(|(mss, cwnd, snd_buf, rcv_buf, retries, quick, orphans)| Numbers {
            mss,
            cwnd,
            snd_buf,
            rcv_buf,
            retries,
            quick,
            orphans,
        })
}

/// The descriptor that A connects.
const CLIENT: Fd = Fd(0);
/// The descriptors that B listens on and accepts into.
const LISTENER: Fd = Fd(0);
const SERVER: Fd = Fd(1);

fn client(size: Size, law: BoxedStrategy<Law>) -> impl Strategy<Value = Script> {
    let connect = Line::new(Op::Call(Call::Connect(CLIENT, CONN))).on_error(Goto::End);
    application(vec![connect], CLIENT, size, law)
}

fn server(size: Size, law: BoxedStrategy<Law>) -> impl Strategy<Value = Script> {
    let opening = vec![
        Line::new(Op::Call(Call::Listen(LISTENER, 4))),
        Line::new(Op::Call(Call::Accept(LISTENER, SERVER))).on_error(Goto::End),
    ];
    application(opening, SERVER, size, law)
}

/// Lines after the opening; sometimes a second lane that reads to the end meanwhile.
fn application(
    opening: Vec<Line>,
    fd: Fd,
    size: Size,
    law: BoxedStrategy<Law>,
) -> impl Strategy<Value = Script> {
    let middle = prop::collection::vec(line(fd, size.bytes, law), 0..=size.lines);
    let reader = prop_oneof![5 => Just(false), 1 => Just(true)];
    (middle, ending(fd), reader).prop_map(move |(middle, ending, reader)| {
        let mut lines = opening.clone();
        if reader {
            lines.push(Line::new(Op::Spawn(LaneId(1))));
        }
        lines.extend(middle);
        lines.extend(ending);
        let mut lanes = vec![Lane::new("main", lines)];
        if reader {
            let lines = vec![Line::new(Op::Read { fd, chunk: 1_000, until: Until::Eof })];
            lanes.push(Lane { name: "reader".to_owned(), starts: Starts::Spawned, lines });
        }
        Script { lanes }
    })
}

fn ending(fd: Fd) -> impl Strategy<Value = Option<Line>> {
    prop_oneof![
        6 => Just(Some(Line::new(Op::Call(Call::Close(fd))))),
        1 => Just(Some(Line::new(Op::Call(Call::Exit)))),
        1 => Just(None),
    ]
}

fn line(fd: Fd, most: u32, law: BoxedStrategy<Law>) -> impl Strategy<Value = Line> {
    let on_error = prop_oneof![3 => Just(Goto::Next), 1 => Just(Goto::End)];
    (op(fd, most), law.clone(), law, on_error)
        .prop_map(|(op, wake, gap, to)| Line::new(op).wake(wake).gap(gap).on_error(to))
}

fn look() -> impl Strategy<Value = Look> {
    prop_oneof![2 => Just(Look::Never), 1 => Just(Look::First)]
}

fn op(fd: Fd, most: u32) -> impl Strategy<Value = Op> {
    let read = move |until| Op::Read { fd, chunk: 1_000, until };
    let call = |call| Just(Op::Call(call));
    prop_oneof![
        6 => (1..=most).prop_map(move |total| Op::Write {
            fd,
            total,
            chunk: total,
            look: Look::Never,
        }),
        2 => (1..=most, 1..=most, look()).prop_map(move |(total, chunk, look)| Op::Write {
            fd,
            total,
            chunk: chunk.max(total.div_ceil(3)),
            look,
        }),
        4 => Just(read(Until::Eof)),
        2 => Just(read(Until::Once)),
        2 => (1..=most).prop_map(move |count| read(Until::Count(count))),
        2 => call(Call::Shutdown(fd, Which::Wr)),
        1 => call(Call::Shutdown(fd, Which::Rd)),
        1 => call(Call::Shutdown(fd, Which::RdWr)),
        1 => call(Call::SetLinger(fd, Linger::Abort)),
        1 => call(Call::SetLinger(fd, Linger::Seconds(1))),
        1 => call(Call::NoFinWait2(fd)),
        1 => call(Call::NoDelay(fd)),
        1 => call(Call::SoError(fd)),
        1 => Just(Op::Try(Call::Read(fd, 1_000))),
        1 => Just(Op::Sleep(Law::Fixed(millis(20)))),
    ]
}
