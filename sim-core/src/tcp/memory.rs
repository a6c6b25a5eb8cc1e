//! Receive memory as Linux counts it: not bytes of text but the buffers they came in. The window is
//! what is free of it, and so is decided when an ACK may wait (net/ipv4/tcp_input.c
//! `tcp_measure_rcv_mss`, `tcp_grow_window`; tcp_output.c `__tcp_select_window`).
//!
//! Only where someone says what a segment takes ([`SegmentMemory`]): a window in bytes of payload
//! is what everything else goes by.
//!
//! Missing: the growth of the buffer itself with what an application reads in a round trip
//! (`tcp_rcv_space_adjust`), pruning when it is exceeded, memory pressure.

use super::sock::{Off, On, Switch};
use super::tuning::Switchable;
use core::cmp::Ordering;
use smallvec::SmallVec;

/// What of the memory is taken to be text before a segment has shown it, of 256
/// (`TCP_DEFAULT_SCALING_RATIO`).
const USUAL_RATIO: u32 = 128;

/// What the kernel keeps behind every packet (`struct skb_shared_info`), in bytes.
const SHARED_INFO: u32 = 320;

/// What memory comes in.
const PAGE: u32 = 4_096;

/// Upper limit of what the buffer may grow to (sysctl `tcp_rmem[2]`, since 6.16).
const LARGEST: u32 = 33_554_432;

/// Without an MSS to go by (`TCP_MSS_DEFAULT`), and the least that is believed (`TCP_MIN_MSS`).
const DEFAULT_MSS: u32 = 536;
const MIN_MSS: u32 = 88;

/// What a segment that arrives takes of the receive memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct SegmentMemory {
    /// Memory of the receive buffer (`sk_rcvbuf`), in bytes.
    pub buf: u32,
    /// The application has set it: it does not grow when it is exceeded.
    pub set: Switchable,
    /// IP and TCP header of every segment, without options.
    pub headers: u16,
    /// TCP options of every segment.
    pub options: u16,
    /// The segment that arrives is marked PSH.
    pub push: Switchable,
    /// What arrives is said to be several segments of so many bytes, where it is longer; 0 where
    /// nothing is said (`gso_size`).
    pub pieces: u16,
}

/// What is due for an ACK that is held back when more text arrives. Nobody knows the time here;
/// whoever does may say so.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Held {
    /// It goes out when it would have.
    #[default]
    Kept,
    /// It waits anew: the wait from now on is over sooner.
    Sooner,
    /// It goes out now: it is nearly due.
    NearlyDue,
}

/// What the clock has to say of ACKs: the stack estimates from the time between segments.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct AckClock {
    /// What becomes of an ACK that is held back.
    pub held: Held,
    /// The text that arrives has been waited for so long that its sender begins anew.
    pub lull: Switchable,
}

/// A buffer in a queue: one segment, or several where they fitted into the first one's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Buffer {
    start: u32,
    end: u32,
    takes: u32,
    /// What is left at its end.
    spare: u32,
}

/// Whether text has come that its sender marked, or that is short: the end of what it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Pushed {
    No,
    Once,
    /// Again since the last ACK.
    Again,
}

/// What of a connection's text lies in memory, and what is promised of what is free.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Memory {
    /// Of 256 bytes of memory, how many are text (`scaling_ratio`).
    ratio: u32,
    /// Never more than this is promised (`window_clamp`).
    clamp: u32,
    /// What may be promised at present (`rcv_ssthresh`).
    at_most: u32,
    /// Text of a segment that we have offered to take (`advmss`).
    advertised: u32,
    /// The largest segment seen (`icsk_ack.rcv_mss`).
    mss: u32,
    /// Text of the last segment that was short (`icsk_ack.last_seg_size`).
    last: u32,
    pushed: Pushed,
    /// Something came for which there was no memory, and no ACK has said so yet.
    exceeded: Switch,
    /// How often ACKs have ceased to go out at once, or begun to again: what an ACK waits is then
    /// estimated anew (`icsk_ack.ato`). Nothing is estimated before the first time.
    anew: u8,
    queue: SmallVec<[Buffer; 4]>,
    holes: Vec<Buffer>,
}

impl Memory {
    /// Of a connection that has opened: `offered` in the SYN, segments of `ours` offered and of
    /// `mss` in use.
    #[must_use]
    pub(crate) fn opened(of: &SegmentMemory, [ours, mss]: [u16; 2], offered: u32) -> Memory {
        let advertised = u32::from(ours.saturating_sub(of.options).max(1));
        let guess = advertised.min(mss.into()).min(offered / 2).clamp(MIN_MSS, DEFAULT_MSS);
        let full = share(of.buf, USUAL_RATIO);
        // tcp_init_buffer_space: one segment is kept back.
        let kept = full.saturating_sub(advertised).max(2 * advertised);
        let clamp = if full > 2 * advertised { kept } else { full };
        Memory {
            ratio: USUAL_RATIO,
            clamp,
            at_most: offered.min(clamp),
            advertised,
            mss: guess,
            last: 0,
            pushed: Pushed::No,
            exceeded: Off,
            anew: 0,
            queue: SmallVec::new(),
            holes: Vec::new(),
        }
    }

    /// What a full segment is, as far as has been seen.
    #[must_use]
    pub const fn mss(&self) -> u32 {
        self.mss
    }

    /// tcp_space: text that the free memory is worth.
    fn free(&self, of: &SegmentMemory) -> u32 {
        share(of.buf.saturating_sub(self.used()), self.ratio)
    }

    fn used(&self) -> u32 {
        self.queue.iter().chain(&self.holes).map(|buffer| buffer.takes).sum()
    }

    /// Text arrives in order, or a FIN alone, where `wnd` was offered last; `quick` is how many
    /// ACKs go out at once (tcp_queue_rcv, tcp_event_data_recv).
    #[cold]
    #[inline(never)]
    pub(crate) fn take(
        &mut self,
        of: &SegmentMemory,
        [start, end]: [u32; 2],
        (wnd, quick): (u32, &mut u8),
    ) {
        let len = length([start, end]);
        match self.queue.last_mut().filter(|tail| tail.end == start && tail.spare >= len) {
            Some(tail) => (tail.end, tail.spare) = (end, tail.spare - len),
            None => self.queue.push(Buffer::holding(of, [start, end])),
        }
        if len == 0 {
            return;
        }
        self.measure(of, len, wnd);
        if self.anew == 0 {
            self.anew = 1;
            *quick = self.quick_acks(wnd).max(*quick);
        }
        if len >= 128 {
            self.grow(of, len, quick);
        }
    }

    /// Text arrives behind a hole (tcp_data_queue_ofo); the rest as in [`Memory::take`].
    #[cold]
    #[inline(never)]
    pub(crate) fn take_beyond(
        &mut self,
        of: &SegmentMemory,
        [start, end]: [u32; 2],
        (wnd, quick): (u32, &mut u8),
        sack: Switchable,
    ) {
        let len = length([start, end]);
        self.measure(of, len, wnd);
        match sack {
            // Before the segment is counted.
            Switchable::On => self.grow(of, len, quick),
            // A window that moved would make the ACK no duplicate.
            Switchable::Off => {}
        }
        let behind = self.holes.iter().position(|it| it.start > start).unwrap_or(self.holes.len());
        let before = behind.checked_sub(1).and_then(|at| self.holes.get_mut(at));
        match before.filter(|it| it.end == start && it.spare >= len) {
            Some(it) => (it.end, it.spare) = (end, it.spare - len),
            None => self.holes.insert(behind, Buffer::holding(of, [start, end])),
        }
    }

    /// What lies behind a hole will never be in order: the stream ends before (tcp_fin).
    #[cold]
    #[inline(never)]
    pub(crate) fn drop_beyond(&mut self) {
        self.holes.clear();
    }

    /// A hole has been filled: what lay behind it up to `nxt` is in order (tcp_ofo_queue).
    #[cold]
    #[inline(never)]
    pub(crate) fn join(&mut self, nxt: u32) {
        while self.holes.first().is_some_and(|it| it.start <= nxt) {
            let next = self.holes.remove(0);
            let len = length([next.start, next.end]);
            match self.queue.last_mut().filter(|it| it.end == next.start && it.spare >= len) {
                Some(tail) => (tail.end, tail.spare) = (next.end, tail.spare - len),
                None => self.queue.push(next),
            }
        }
    }

    /// Whether there is memory for what comes next; where there is not, the next ACK offers nothing
    /// (tcp_try_rmem_schedule, `ICSK_ACK_NOMEM`).
    #[cold]
    #[inline(never)]
    pub(crate) fn admits(&mut self, of: &SegmentMemory) -> Admits {
        if of.set == Switchable::Off || self.used() <= of.buf {
            return Admits::Freely;
        }
        self.exceeded = On;
        Admits::ForOnce
    }

    /// Whether the next ACK has to offer nothing.
    pub(crate) const fn is_exceeded(&self) -> bool {
        matches!(self.exceeded, On)
    }

    /// Everything before `read` has been read.
    #[cold]
    #[inline(never)]
    pub(crate) fn read(&mut self, read: u32) {
        let done = self.queue.iter().take_while(|it| it.end <= read).count();
        self.queue.drain(..done);
    }

    /// ACKs that go out at once while `wnd` is on offer (tcp_incr_quickack).
    pub(crate) fn quick_acks(&self, wnd: u32) -> u8 {
        const MOST: u32 = 16;
        let segments = (wnd / (2 * self.mss.max(1))).min(MOST);
        if segments == 0 { 2 } else { u8::try_from(segments).unwrap_or(u8::MAX) }
    }

    /// Whether an application that has read everything frees an ACK that was held back
    /// (`__tcp_cleanup_rbuf`), where `interactive` says whether answers are expected to carry it.
    pub(crate) fn is_freed_by_reading(&self, interactive: Switch) -> bool {
        self.queue.is_empty()
            && match (self.pushed, interactive) {
                (Pushed::Again, _) | (Pushed::Once, Off) => true,
                (Pushed::Once, On) | (Pushed::No, _) => false,
            }
    }

    /// An ACK has gone out, after which so many go out at once (tcp_dec_quickack_mode).
    #[cold]
    #[inline(never)]
    pub(crate) fn acknowledged(&mut self, [before, after]: [u8; 2]) {
        self.pushed = Pushed::No;
        self.exceeded = Off;
        if before > 0 && after == 0 {
            self.begin_anew();
        }
    }

    /// What an ACK waits is estimated anew.
    pub(crate) fn begin_anew(&mut self) {
        self.anew = self.anew.checked_add(1).unwrap_or(1);
    }

    /// How often that was so; 0 where there is no estimate yet.
    #[must_use]
    pub const fn anew(&self) -> u8 {
        self.anew
    }

    /// Whether a window of so much is worth a look at what it would be now (`__tcp_cleanup_rbuf`).
    pub(crate) const fn is_small(&self, now: u32) -> bool {
        now.saturating_mul(2) <= self.clamp
    }

    /// The window that the free memory is worth, after `last` was offered, in multiples of `unit`
    /// where windows are scaled (`__tcp_select_window`).
    #[cold]
    #[inline(never)]
    pub(crate) fn window(&self, of: &SegmentMemory, last: u32, unit: u32) -> Worth {
        let allowed = share(of.buf, self.ratio);
        let full = self.clamp.min(allowed);
        let mss = self.mss.min(full);
        let (mut free, mut space) = (self.free(of), Space::Ample);
        if free < full / 2 {
            space = Space::Scarce;
            free -= free % unit.max(1);
            if free < allowed / 16 || free < mss {
                return Worth { wnd: 0, space };
            }
        }
        let free = free.min(self.at_most);
        let whole = |bytes: u32| if mss > 0 { bytes - bytes % mss } else { bytes };
        let wnd = if unit > 1 {
            free.next_multiple_of(unit)
        } else if last.saturating_add(mss) <= free || last > free {
            whole(free)
        } else if mss == full && free > last + full / 2 {
            free
        } else {
            last
        };
        Worth { wnd, space }
    }

    /// tcp_measure_rcv_mss: what a segment is worth, and whether its sender had no more.
    fn measure(&mut self, of: &SegmentMemory, len: u32, wnd: u32) {
        let last = core::mem::take(&mut self.last);
        let text = len;
        let len = of.piece(text);
        let push = of.push == Switchable::On;
        if len >= self.mss {
            if len != self.mss {
                let ratio = (text * 256 / Buffer::takes(of, text)).max(1);
                if core::mem::replace(&mut self.ratio, ratio) != ratio {
                    self.set_clamp(share(of.buf, ratio), wnd);
                }
            }
            self.mss = len.min(self.advertised);
            if push && self.pushed == Pushed::No {
                self.pushed = Pushed::Once;
            }
            return;
        }
        let whole = len + u32::from(of.options);
        if whole >= DEFAULT_MSS || whole >= MIN_MSS && !push {
            self.last = len;
            if len == last {
                self.mss = len;
                return;
            }
        }
        self.pushed = match self.pushed {
            Pushed::No => Pushed::Once,
            Pushed::Once | Pushed::Again => Pushed::Again,
        };
    }

    /// tcp_set_window_clamp.
    fn set_clamp(&mut self, clamp: u32, wnd: u32) {
        const LEAST: u32 = 1_152;
        let clamp = clamp.max(LEAST);
        self.at_most = match clamp.cmp(&self.clamp) {
            Ordering::Less => self.at_most.min(clamp),
            Ordering::Equal => self.at_most,
            Ordering::Greater => self.at_most.max(wnd.min(clamp)),
        };
        self.clamp = clamp;
    }

    /// tcp_grow_window: a segment that uses its memory well lets more be promised.
    fn grow(&mut self, of: &SegmentMemory, len: u32, quick: &mut u8) {
        let room = self.clamp.min(self.free(of)).saturating_sub(self.at_most);
        if room == 0 {
            return;
        }
        let takes = share(Buffer::takes(of, len), self.ratio);
        let more = if takes <= len { 2 * self.advertised } else { self.slower(takes, len) };
        if more > 0 {
            self.at_most += room.min(more.max(2 * len));
            *quick |= 1;
        }
    }

    /// __tcp_grow_window.
    fn slower(&self, takes: u32, len: u32) -> u32 {
        let (mut takes, mut window) = (takes / 2, share(LARGEST, self.ratio) / 2);
        while self.at_most <= window {
            if takes <= len {
                return 2 * self.mss;
            }
            (takes, window) = (takes / 2, window / 2);
        }
        0
    }
}

/// Whether there is memory for what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admits {
    /// There is.
    Freely,
    /// There is not, but it takes none.
    ForOnce,
}

/// What a window is worth, and what came to light with it.
pub(crate) struct Worth {
    pub(crate) wnd: u32,
    pub(crate) space: Space,
}

/// How much of the memory is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    /// Half of it at least.
    Ample,
    /// Less: ACKs stop going out at once.
    Scarce,
}

impl SegmentMemory {
    /// How long a segment is among what arrives as so much text.
    fn piece(&self, len: u32) -> u32 {
        let pieces = u32::from(self.pieces);
        if pieces > 0 && len > pieces { pieces } else { len }
    }
}

impl Buffer {
    fn holding(of: &SegmentMemory, [start, end]: [u32; 2]) -> Buffer {
        let len = length([start, end]);
        let data = Buffer::data(of, len);
        // Where the rest lies in pages, nothing is put behind it.
        let spare = if data < PAGE { Buffer::head(data) - SHARED_INFO - data } else { 0 };
        Buffer { start, end, takes: Buffer::takes(of, len), spare }
    }

    /// A packet with the room that is kept before it (NET_SKB_PAD).
    fn data(of: &SegmentMemory, len: u32) -> u32 {
        64 + u32::from(of.headers) + u32::from(of.options) + len
    }

    /// What is allocated for so much (kmalloc_size_roundup; the smallest has a cache of its own).
    fn head(data: u32) -> u32 {
        const SMALL: u32 = 576;
        let needed = data.next_multiple_of(64) + SHARED_INFO;
        if needed <= SMALL { SMALL } else { needed.next_power_of_two() }
    }

    /// `skb->truesize`.
    fn takes(of: &SegmentMemory, len: u32) -> u32 {
        const SK_BUFF: u32 = 256;
        let data = Buffer::data(of, len);
        if data < PAGE {
            return Buffer::head(data) + SK_BUFF;
        }
        // What fits into one page with what is kept around it, the rest in pages of their own
        // (drivers/net/tun.c tun_alloc_skb).
        let rest = data - (PAGE - SHARED_INFO);
        PAGE + SK_BUFF + rest.next_multiple_of(PAGE)
    }
}

/// Text of a segment: none is longer than a packet.
fn length([start, end]: [u32; 2]) -> u32 {
    end.saturating_sub(start).min(u32::from(u16::MAX))
}

/// What of so much memory is text.
fn share(memory: u32, ratio: u32) -> u32 {
    let text = u64::from(memory) * u64::from(ratio) / 256;
    u32::try_from(text).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: SegmentMemory = SegmentMemory {
        buf: 131_072,
        set: Switchable::Off,
        headers: 40,
        options: 0,
        push: Switchable::On,
        pieces: 0,
    };

    /// What SO_MEMINFO says of one segment on a TUN device (Linux 6.18).
    #[test]
    fn segments_take_what_the_kernel_says() {
        let measured =
            [(1, 832), (150, 832), (200, 1_280), (600, 1_280), (601, 2_304), (1_460, 2_304)];
        for (len, takes) in measured {
            assert_eq!(Buffer::takes(&OF, len), takes, "{len}");
        }
        let large =
            [(2_000, 4_352), (3_700, 8_448), (4_032, 8_448), (8_000, 12_544), (20_000, 20_736)];
        for (len, takes) in large.into_iter().chain([(40_000, 41_216), (60_000, 61_696)]) {
            assert_eq!(Buffer::takes(&OF, len), takes, "{len}");
        }
    }

    /// Likewise: a segment that fits behind the one before takes nothing.
    #[test]
    fn small_segments_share_a_buffer() {
        let rows: [(&[u32], &[u32]); 4] = [
            (&[500, 100], &[1_280, 1_280]),
            (&[500, 101], &[1_280, 2_112]),
            (&[1, 100, 50, 50, 50], &[832, 832, 832, 1_664, 1_664]),
            (&[1_000, 300, 300], &[2_304, 2_304, 2_304]),
        ];
        for (lens, used) in rows {
            let (mut memory, mut at, mut quick) = (Memory::opened(&OF, [1_460; 2], 64_240), 1, 0);
            for (len, used) in lens.iter().zip(used) {
                memory.take(&OF, [at, at + len], (64_240, &mut quick));
                at += len;
                let held: u32 = memory.queue.iter().map(|buffer| buffer.takes).sum();
                assert_eq!(held, *used, "{lens:?}");
            }
            memory.read(at);
            assert_eq!(memory.free(&OF), share(OF.buf, memory.ratio), "{lens:?}");
        }
    }

    /// Text is held once, in order or behind a hole, however it came.
    #[test]
    fn what_lay_behind_a_hole_is_counted_once() {
        let mut quick = 0;
        let mut memory = Memory::opened(&OF, [1_460; 2], 64_240);
        memory.take_beyond(&OF, [1_461, 2_921], (64_240, &mut quick), Switchable::Off);
        memory.take_beyond(&OF, [4_381, 5_841], (64_240, &mut quick), Switchable::Off);
        memory.take(&OF, [1, 1_461], (64_240, &mut quick));
        memory.join(2_921);
        assert_eq!((memory.queue.len(), memory.holes.len()), (2, 1));
        memory.drop_beyond();
        memory.read(2_921);
        assert_eq!(memory.free(&OF), share(OF.buf, memory.ratio));
    }
}
