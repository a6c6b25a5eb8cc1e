//! Sizes: a case as it is, and the few segments of it that are explored.
//!
//! What is explored keeps what decides. A request of several writes keeps several, an answer that
//! is larger than the initial window stays larger, a limit in bytes that the request exceeds is
//! still exceeded, a request that does not fit into the buffers between two applications still does
//! not. `tests/tests/reduction.rs` holds the words of both sizes against each other.

use super::Case;
use crate::preset::Job;
use sim_core::pace;
use sim_core::script::{Op, Until};
use sim_core::socket::Call;
use sim_core::wire::{Micros, Side};
use sim_core::world::Setup;

/// At which size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// As it is.
    Full,
    /// A few segments: what is explored.
    Small,
    /// Twice as many: what shows that the small size says the same.
    Medium,
}

impl Size {
    /// All.
    pub const ALL: [Size; 3] = [Size::Full, Size::Small, Size::Medium];

    /// As on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Size::Full => "full",
            Size::Small => "small",
            Size::Medium => "medium",
        }
    }
}

/// What a size makes of a case's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// What the applications have to do at this size.
    pub job: Job,
    /// What they declare: conditions of presets are about the case, not about its size.
    pub declared: Job,
    /// Numbers of bytes that are smaller than the request become at most this.
    clamp: u32,
    /// Initial congestion window, in segments, where it is smaller than the stack's.
    window: Option<u32>,
    /// The client's send buffer and the server's receive buffer, where they are smaller.
    buffers: Option<u32>,
    /// The client's receive buffer, where it is smaller.
    back: Option<u32>,
}

/// How often the server reads once; two say as much as more.
fn single_reads(full: &Setup) -> u32 {
    let lanes = full.script(Side::B).into_iter().flat_map(|script| &script.lanes);
    let once = lanes.flat_map(|lane| &lane.lines).filter(|line| match line.op {
        Op::Read { fd: _, chunk: _, until: Until::Once } | Op::Try(Call::Read(..)) => true,
        Op::Read { fd: _, chunk: _, until: Until::Eof | Until::Count(_) }
        | Op::Call(_)
        | Op::Try(_)
        | Op::Write { .. }
        | Op::Poll { .. }
        | Op::Sleep(_)
        | Op::SleepUntil(_)
        | Op::Spawn(_)
        | Op::Join(_)
        | Op::Stop(_)
        | Op::Jump => false,
    });
    u32::try_from(once.take(2).count()).unwrap_or(2)
}

/// Text of a segment, and the unit of reduced sizes (bytes).
const SEGMENT: u32 = 1_460;

impl Scale {
    /// The case as it is.
    #[must_use]
    pub const fn full(case: &Case) -> Scale {
        let (job, declared) = (case.job, case.job);
        Scale { job, declared, clamp: u32::MAX, window: None, buffers: None, back: None }
    }

    /// A few segments of a case whose full setup is this.
    #[must_use]
    pub fn reduced(case: &Case, full: &Setup) -> Scale {
        let Job { request, write, reply, .. } = case.job;
        let [client, server] = full.tuning;
        let medium = case.size == Size::Medium;
        let segment = SEGMENT.min(client.mss.into()).min(server.mss.into());
        let writes = request.div_ceil(write.max(1));
        let held = client.snd_buf.saturating_add(server.rcv_buf);
        let overflows = request > held;
        // What a server takes with single reads is no longer there to draw a reset.
        let taken = single_reads(full);
        let (most_writes, buffers) = match (overflows, medium) {
            (true, false) => (4, Some(segment)),
            (true, true) => (8, Some(2 * segment)),
            (false, false) => (2 + taken, None),
            (false, true) => (4 + taken, None),
        };
        let mut job = case.job;
        job.write = write.min(segment);
        job.request = match (writes > 1 || overflows, medium) {
            (true, _) => {
                let enough = if overflows { most_writes } else { writes.min(most_writes) };
                job.write = if overflows { segment } else { job.write };
                job.write.saturating_mul(enough).min(request)
            }
            (false, false) => request.min(segment),
            (false, true) => (2 * request).min(segment).max(request.min(segment)),
        };
        if writes <= 1 && !overflows {
            job.write = job.request.max(1);
        }
        let initial = u32::from(server.mss).saturating_mul(server.initial_cwnd);
        let large = reply > initial;
        let (segments, window) = if medium { (5, 3) } else { (3, 2) };
        job.reply = match (large, medium) {
            (true, _) => segment * segments,
            (false, true) if writes <= 1 => (2 * reply).min(segment).max(reply.min(segment)),
            (false, _) => reply.min(segment),
        };
        // Where the client's buffer and not the initial window holds an answer up, it still does.
        let small_buffer = reply > client.rcv_buf && client.rcv_buf < initial;
        let back = small_buffer.then_some(segment * (segments - 1));
        let clamp = (job.request / 2).max(1);
        let window = large.then_some(window);
        Scale { job, declared: case.job, clamp, window, buffers, back }
    }

    /// What becomes of a preset's number of bytes.
    #[must_use]
    pub const fn bytes(&self, n: u32) -> u32 {
        if n < self.declared.request && n > self.clamp { self.clamp } else { n }
    }

    /// Sets what this size changes about the stacks' numbers.
    pub(super) fn tune(&self, setup: &mut Setup) {
        if let Some(window) = self.window {
            for tuning in &mut setup.tuning {
                tuning.initial_cwnd = tuning.initial_cwnd.min(window);
            }
        }
        if let Some(bytes) = self.buffers {
            setup.tuning[0].snd_buf = bytes.min(setup.tuning[0].snd_buf);
            setup.tuning[1].rcv_buf = bytes.min(setup.tuning[1].rcv_buf);
        }
        if let Some(bytes) = self.back {
            setup.tuning[0].rcv_buf = bytes.min(setup.tuning[0].rcv_buf);
        }
    }

    /// The longest that everything but timers takes in the case as it is: what its setup says, and
    /// round trips for every window that the request and the answer fill.
    pub(super) fn longest(case: &Case, full: &Setup) -> Micros {
        let windows = |bytes: u32, buffer: u32| u64::from(bytes.div_ceil(buffer.max(1)));
        let [client, server] = full.tuning;
        let rounds =
            windows(case.job.request, server.rcv_buf) + windows(case.job.reply, client.rcv_buf);
        // Two windows are within the round trips that every worst case has.
        pace::worst_case(full) + full.path.longest() * rounds.saturating_sub(2)
    }
}
