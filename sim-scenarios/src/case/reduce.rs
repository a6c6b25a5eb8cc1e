//! Sizes: a case as it is, and the few segments of it that are explored.
//!
//! What is explored keeps what decides. A request of several writes keeps several, an answer that
//! is larger than the initial window stays larger, a limit in bytes that the request exceeds is
//! still exceeded, a request that does not fit into the buffers between two applications still does
//! not. `tests/tests/reduction.rs` holds the words of both sizes against each other.

use super::Case;
use crate::preset::Job;
use sim_core::pace;
use sim_core::wire::Micros;
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
}

/// Text of a segment, and the unit of reduced sizes (bytes).
const SEGMENT: u32 = 1_460;

impl Scale {
    /// The case as it is.
    #[must_use]
    pub const fn full(case: &Case) -> Scale {
        let (job, declared) = (case.job, case.job);
        Scale { job, declared, clamp: u32::MAX, window: None, buffers: None }
    }

    /// A few segments of a case whose full setup is this.
    #[must_use]
    pub fn reduced(case: &Case, full: &Setup) -> Scale {
        let Job { request, write, reply, .. } = case.job;
        let [client, server] = full.tuning;
        let medium = case.size == Size::Medium;
        let writes = request.div_ceil(write.max(1));
        let held = client.snd_buf.saturating_add(server.rcv_buf);
        let overflows = request > held;
        let (most_writes, buffers) = match (overflows, medium) {
            (true, false) => (4, Some(SEGMENT)),
            (true, true) => (8, Some(2 * SEGMENT)),
            (false, false) => (2, None),
            (false, true) => (4, None),
        };
        let mut job = case.job;
        job.write = write.min(SEGMENT);
        job.request = match (writes > 1 || overflows, medium) {
            (true, _) => {
                let enough = if overflows { most_writes } else { writes.min(most_writes) };
                job.write = if overflows { SEGMENT } else { job.write };
                job.write.saturating_mul(enough).min(request)
            }
            (false, false) => request.min(SEGMENT),
            (false, true) => (2 * request).min(SEGMENT).max(request.min(SEGMENT)),
        };
        if writes <= 1 && !overflows {
            job.write = job.request.max(1);
        }
        let initial = u32::from(server.mss).saturating_mul(server.initial_cwnd);
        let large = reply > initial;
        let (segments, window) = if medium { (5, 3) } else { (3, 2) };
        job.reply = match (large, medium) {
            (true, _) => SEGMENT * segments,
            (false, true) if writes <= 1 => (2 * reply).min(SEGMENT).max(reply.min(SEGMENT)),
            (false, _) => reply.min(SEGMENT),
        };
        let clamp = (job.request / 2).max(1);
        let window = large.then_some(window);
        Scale { job, declared: case.job, clamp, window, buffers }
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
            setup.tuning[0].snd_buf = bytes;
            setup.tuning[1].rcv_buf = bytes;
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
