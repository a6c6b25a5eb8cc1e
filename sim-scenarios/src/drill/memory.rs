//! Linux counts its send buffer as memory: every buffer of the queue weighs more than its text. How
//! much a write takes, when a writer is woken and what TCP_INFO says of waiting follow from that.
//! Who owns a line owns a queue; the stack below it has room for everything.

use super::machine::{Machine, socket_of};
use super::script::Bits;
use super::wire::{Line, Use};
use sim_core::answer::Halt;
use sim_core::socket::{self, Call, Fd, Return, Wait};
use sim_core::tcp::{Conn, Phase, Sock, Stage};
use sim_core::wire::{ConnId, Micros};

/// What a buffer weighs beside its text (net/ipv4/tcp.c tcp_stream_alloc_skb; measured on 6.18,
/// x86-64).
const AROUND: u32 = 832;
/// What headers may take in front of a segment (include/net/tcp.h MAX_TCP_HEADER; 320 in a kernel
/// that was built for wireless meshes), and what a buffer of pages ends in and begins with (struct
/// skb_shared_info, struct sk_buff).
const HEADERS: u32 = 256;
const SHARED: u32 = 320;
const BUFFER: u32 = 256;
/// The largest burst (net/core/sock.c sk_trim_gso_size: 64 KiB less the headers).
const LARGEST: u32 = 65_536 - HEADERS - 1;
/// Nothing below the queue refuses text.
pub(super) const NO_LIMIT: u32 = 1 << 29;

/// The send buffer of a host: its controls, and what the application has asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SendMemory {
    /// Of a fresh socket, and at most (net.ipv4.tcp_wmem).
    pub(super) usual: u32,
    pub(super) most: u32,
    /// SO_SNDBUF, doubled: it does not grow any more.
    pub(super) asked: Option<u32>,
    /// TCP_NOTSENT_LOWAT, 0 for what the control says; and that.
    pub(super) lowat: u32,
    pub(super) usual_lowat: u32,
    /// The least segments of a burst (net.ipv4.tcp_min_tso_segs).
    pub(super) burst: u32,
}

impl Default for SendMemory {
    fn default() -> SendMemory {
        SendMemory {
            usual: 16_384,
            most: 4_194_304,
            asked: None,
            lowat: 0,
            usual_lowat: u32::MAX,
            burst: 2,
        }
    }
}

impl SendMemory {
    /// How much may wait unsent before a writer has to (include/net/tcp.h tcp_notsent_lowat).
    fn mark(&self) -> u32 {
        if self.lowat == 0 { self.usual_lowat } else { self.lowat }
    }
}

/// What holds a sender up (include/net/tcp.h enum tcp_chrono).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Held {
    #[default]
    Idle,
    Busy,
    Window,
    Memory,
}

/// The send queue of a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    /// Buffers, as the numbers of their text.
    buffers: Vec<(u32, u32)>,
    /// SND.NXT when it was looked at last.
    sent_to: u32,
    /// What may be used (sk_sndbuf); 0 before the handshake.
    limit: u32,
    /// A writer was turned away (SOCK_NOSPACE).
    pub(super) full: Use,
    /// How often somebody was woken since there was room again.
    pub(super) woken: u32,
    held: Held,
    since: Micros,
    /// How long the sender was busy, the peer's window or the buffer in its way.
    spent: [Micros; 3],
}

impl Queue {
    /// Memory in use (sk_wmem_queued).
    fn used(&self, una: u32) -> u32 {
        let of = |(start, end): &(u32, u32)| end - (*start).max(una).min(*end) + AROUND;
        self.buffers.iter().map(of).sum()
    }

    /// What was acknowledged is gone, what was sent is cut from what was not.
    fn follow(&mut self, (una, nxt): (u32, u32), burst: u32) {
        self.buffers.retain(|(_, end)| *end > una);
        let mut at = self.sent_to.saturating_add(burst);
        while at < nxt {
            self.cut(at);
            at += burst;
        }
        self.cut(nxt);
        self.sent_to = self.sent_to.max(nxt);
    }

    fn cut(&mut self, at: u32) {
        let Some(n) = self.buffers.iter().position(|(start, end)| *start < at && at < *end) else {
            return;
        };
        let end = core::mem::replace(&mut self.buffers[n].1, at);
        self.buffers.insert(n + 1, (at, end));
    }

    fn enter(&mut self, held: Held, now: Micros) {
        let spent = now - self.since;
        match self.held {
            Held::Idle => {}
            Held::Busy => self.spent[0] += spent,
            Held::Window => self.spent[1] += spent,
            Held::Memory => self.spent[2] += spent,
        }
        (self.held, self.since) = (held, now);
    }
}

/// The buffer that a congestion window asks for (net/ipv4/tcp_input.c tcp_sndbuf_expand).
fn wanted(conn: &Conn) -> u32 {
    let one = (u32::from(conn.mss) + HEADERS + SHARED).next_power_of_two() + BUFFER;
    one.saturating_mul(conn.snd.cwnd.max(10)).saturating_mul(2)
}

/// How much text a buffer takes (net/ipv4/tcp.c tcp_xmit_size_goal): whole segments, half of the
/// largest window of the peer's.
pub(super) fn goal(conn: &Conn) -> u32 {
    let (mss, largest) = (u32::from(conn.mss).max(1), conn.snd.largest);
    let bound = if largest > 536 { largest / 2 } else { largest };
    (LARGEST.min(bound.max(1)) / mss * mss).max(mss)
}

/// Whether this may send.
fn sends(sock: &Sock) -> Option<&Conn> {
    let Phase::Open(conn) = &sock.phase else { return None };
    let open = matches!(conn.stage, Stage::Established | Stage::CloseWait);
    (open && sock.error.is_none() && !sock.shut.wr()).then_some(conn)
}

impl Machine {
    /// Whether memory is counted here.
    pub(super) fn counts_memory(&self) -> bool {
        self.habits.define == "Linux"
    }

    fn line_of(&self, id: ConnId) -> Option<&Line> {
        self.lines.iter().rev().find(|line| line.id == id)
    }

    fn queue_mut(&mut self, id: ConnId) -> Option<&mut Queue> {
        self.lines.iter_mut().rev().find(|line| line.id == id).map(|line| &mut line.queue)
    }

    /// Whether a buffer may be added, or (twice the unsent, a third free) a writer is woken.
    fn has_memory(&self, id: ConnId, wake: Use) -> bool {
        let conn = socket_of(self.table(), id).and_then(Sock::conn);
        let Some((line, conn)) = self.line_of(id).zip(conn) else { return true };
        let used = line.queue.used(conn.snd.una);
        let shift = u32::from(wake.is());
        let unsent = u64::from(conn.snd.unsent()) << shift;
        let free = line.queue.limit.saturating_sub(used);
        free > 0 && unsent < u64::from(self.send_memory.mark()) && (!wake.is() || free >= used / 2)
    }

    /// Whether poll() says that a socket can be written to (net/core/stream.c
    /// sk_stream_is_writeable); who is told that it cannot is woken when it can.
    pub(super) fn is_writable(&self, sock: &Sock) -> bool {
        !self.counts_memory() || sends(sock).is_none() || self.has_memory(sock.conn, Use::Yes)
    }

    /// Somebody has found the buffer full and waits.
    pub(super) fn wait_for_memory(&mut self, id: ConnId) {
        if let Some(queue) = self.queue_mut(id) {
            queue.full = Use::Yes;
        }
    }

    /// write(): buffer after buffer, as long as memory lasts (net/ipv4/tcp.c tcp_sendmsg_locked).
    pub(super) fn put(&mut self, fd: Fd, count: u32, more: Use) -> Result<Return, Halt> {
        let Some(id) = self.sender(fd).filter(|_| self.counts_memory() && count > 0) else {
            return self.put_piece(fd, count, more);
        };
        let mut done = 0;
        while done < count {
            let left = count - done;
            let Some(room) = self.room(id) else {
                self.wait_for_memory(id);
                self.see_to_memory(id);
                if done > 0 {
                    // What is short goes out: nothing will join it soon.
                    self.push(fd)?;
                    return Ok(Return::Count(done));
                }
                return Ok(Return::Would(Wait::Writable(fd)));
            };
            let piece = left.min(room);
            let returned = self.put_piece(fd, piece, if piece < left { Use::No } else { more })?;
            let Return::Count(n) = returned else {
                return Ok(if done > 0 { Return::Count(done) } else { returned });
            };
            done += n;
        }
        Ok(Return::Count(done))
    }

    fn put_piece(&mut self, fd: Fd, count: u32, more: Use) -> Result<Return, Halt> {
        let id = self.sender(fd);
        if let (Some(id), true) = (id, self.counts_memory()) {
            self.charge(id, count);
        }
        if more.is() {
            self.corked(|machine| machine.call(Call::Write(fd, count)))
        } else {
            self.call(Call::Write(fd, count))
        }
    }

    /// The connection behind a descriptor, where it can send.
    fn sender(&self, fd: Fd) -> Option<ConnId> {
        let at = socket::find(self.table(), fd)?;
        let sock = &self.table()[at];
        sends(sock).map(|_| sock.conn)
    }

    /// Where the buffer begins that a write joins: it takes the mark off.
    pub(super) fn joined_buffer(&self, id: ConnId) -> Option<u32> {
        let conn = socket_of(self.table(), id).and_then(Sock::conn)?;
        super::joined_buffer(self.setup.profiles[0], conn)
    }

    /// How much the next buffer takes: what is left in the last one, or a new one.
    fn room(&self, id: ConnId) -> Option<u32> {
        let conn = socket_of(self.table(), id).and_then(Sock::conn)?;
        let goal = goal(conn);
        let last = self.line_of(id)?.queue.buffers.last().copied();
        let begun = last.filter(|(start, end)| *start >= conn.snd.nxt && end - start < goal);
        match begun {
            Some((start, end)) => Some(goal - (end - start)),
            None => self.has_memory(id, Use::No).then_some(goal),
        }
    }

    /// Text joins the last buffer, or begins one.
    fn charge(&mut self, id: ConnId, count: u32) {
        let Some(conn) = socket_of(self.table(), id).and_then(Sock::conn) else { return };
        let (goal, nxt, end) = (goal(conn), conn.snd.nxt, conn.snd.end);
        if count == 0 {
            return;
        }
        let Some(line) = self.lines.iter_mut().rev().find(|line| line.id == id) else { return };
        match line.queue.buffers.last_mut() {
            Some(last) if last.0 >= nxt && last.1 - last.0 < goal => {
                last.1 += count;
            }
            Some(_) | None => line.queue.buffers.push((end, end + count)),
        }
    }

    /// The queue follows the connection.
    pub(super) fn see_to_memory(&mut self, id: ConnId) {
        if !self.counts_memory() {
            return;
        }
        let (now, memory) = (self.now(), self.send_memory);
        let Some(conn) = socket_of(self.table(), id).and_then(Sock::conn) else { return };
        let snd = &conn.snd;
        let (una, nxt, limit) = (snd.una.max(1), snd.nxt.min(snd.end), snd.limit());
        let (mss, wants) = (u32::from(conn.mss), wanted(conn));
        let (flying, open) = (snd.in_flight(mss), conn.stage != Stage::SynReceived);
        let unsent = snd.unsent();
        let blocked = unsent > 0 && snd.nxt + unsent.min(mss) > snd.edge() && flying < snd.cwnd;
        let idle = snd.una >= limit;
        let starved = unsent == 0 && flying < snd.cwnd;
        let burst = self.burst(conn).saturating_mul(mss);
        let Some(queue) = self.queue_mut(id) else { return };
        queue.follow((una, nxt), burst);
        if open && queue.limit == 0 {
            queue.limit = memory.usual.max(wants.min(memory.most));
        }
        queue.limit = memory.asked.unwrap_or(queue.limit);
        let starves = starved || queue.held == Held::Memory;
        let held = match (idle, blocked) {
            (true, _) => Held::Idle,
            (false, _) if queue.full.is() && starves => Held::Memory,
            (false, true) => Held::Window,
            (false, false) => Held::Busy,
        };
        if held != queue.held {
            queue.enter(held, now);
        }
    }

    /// An ACK has come: a buffer that was too small grows, and who waits is woken
    /// (net/ipv4/tcp_input.c tcp_check_space). By then one burst of what the ACK lets out has gone:
    /// a queue of the device is in between (tcp_output.c tcp_small_queue_check; measured on TUN).
    pub(super) fn free_memory(&mut self, id: ConnId, sent_to: u32) {
        let memory = self.send_memory;
        let full = self.line_of(id).is_some_and(|line| line.queue.full.is());
        let conn = socket_of(self.table(), id).and_then(Sock::conn);
        let Some(conn) = conn.filter(|_| full && self.counts_memory()) else { return };
        let (wants, mss) = (wanted(conn), u32::from(conn.mss));
        let later = conn.snd.nxt.saturating_sub(sent_to).div_ceil(mss.max(1));
        let later = later.saturating_sub(self.burst(conn));
        let flying = conn.snd.in_flight(mss).saturating_sub(later);
        let grows = memory.asked.is_none() && flying < conn.snd.cwnd;
        if let Some(queue) = self.queue_mut(id).filter(|_| grows) {
            queue.limit = queue.limit.max(wants.min(memory.most));
        }
        if self.has_memory(id, Use::Yes)
            && let Some(queue) = self.queue_mut(id)
        {
            queue.full = Use::No;
            queue.woken += 1;
        }
        self.see_to_memory(id);
    }

    /// Segments of a burst: half of the congestion window at most (tcp_cwnd_test), what is paced in
    /// a millisecond, more where the path is short (net/ipv4/tcp_output.c tcp_tso_autosize,
    /// tcp_input.c tcp_update_pacing_rate).
    fn burst(&self, conn: &Conn) -> u32 {
        let half = (conn.snd.cwnd / 2).max(1);
        let Some(srtt) = self.srtt().filter(|us| *us > 0) else { return half };
        let mss = u64::from(conn.mss).max(1);
        let begins = conn.snd.cwnd < conn.snd.ssthresh / 2;
        let window = mss * u64::from(conn.snd.cwnd) * if begins { 200 } else { 120 } / 100;
        let paced = (window * 1_000_000 / srtt) >> 10;
        let short = (srtt >> 9).min(31);
        let bytes = (paced + (u64::from(LARGEST) >> short)).min(u64::from(LARGEST));
        u32::try_from(bytes / mss).unwrap_or(1).max(self.send_memory.burst).min(half)
    }

    /// The last segment of a burst of several is marked with PSH (net/ipv4/tcp_output.c
    /// __tcp_transmit_skb: tcp_skb_pcount), which a script sees where the stack itself cuts them.
    pub(super) fn mark_bursts(&mut self, id: ConnId, from: usize) {
        if !self.marks_bursts.is() {
            return;
        }
        let mss = socket_of(self.table(), id).and_then(Sock::conn).map(|conn| conn.mss);
        let Machine { lines, sent, .. } = self;
        let line = lines.iter().rev().find(|line| line.id == id);
        let Some((line, mss)) = line.zip(mss) else { return };
        for segment in sent.iter_mut().skip(from).filter(|it| it.raw.conn == id) {
            // The first byte has offset 0 and number 1.
            let end = segment.raw.text.end + 1;
            let several = |(start, last): &(u32, u32)| *last == end && end - start > u32::from(mss);
            if !segment.raw.text.is_empty() && line.queue.buffers.iter().any(several) {
                segment.written.bits = segment.written.bits.with(Bits::PSH);
            }
        }
    }

    /// SO_SNDBUF as it stands.
    pub(super) fn send_limit(&self) -> Option<u32> {
        let line = self.line().filter(|line| line.queue.limit > 0)?;
        Some(self.send_memory.asked.unwrap_or(line.queue.limit))
    }

    /// Busy, held up by the peer's window, held up by the buffer: microseconds (net/ipv4/tcp.c
    /// tcp_get_info_chrono_stats).
    pub(super) fn spent(&self) -> Option<[Micros; 3]> {
        let queue = &self.line()?.queue;
        let mut now = queue.clone();
        now.enter(queue.held, self.now());
        let [busy, window, memory] = now.spent;
        Some([busy + window + memory, window, memory])
    }
}
