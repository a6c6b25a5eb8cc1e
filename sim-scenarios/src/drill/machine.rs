//! One stack under test: the model with a puppet for an application and a puppet for a peer, in
//! virtual time, and what the script knows of its connections.

mod held;
mod measure;
mod waits;

use super::compare::PassedOver;
use super::habits::{self, Family, Habits, Keep, RoundTrip};
use super::memory::{self, SendMemory};
use super::script::{Bits, Ip, Options, Packet, Segment as Written, TcpOption};
use super::wire::{Allowed, Began, Heeds, ISS, Line, Look, Use};
use sim_core::answer::{Basis, Halt};
use sim_core::drive::run::Runner;
use sim_core::pace::clocked::Always;
use sim_core::profile::Profile;
use sim_core::socket::{Call, Fd, Return};
use sim_core::tcp::arrive::Table;
use sim_core::tcp::tuning::Switchable;
use sim_core::tcp::{Note, Phase, Sock, Stage, Timer};
use sim_core::wire::{ConnId, Law, Micros, Segment, Side, Span, State};
use sim_core::world::{Action, End, Event, Path, Setup, Sink};
use std::collections::{BTreeSet, VecDeque};

/// The side under test.
const STACK: Side = Side::A;

/// A segment of the stack's that the script has not looked at yet.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) at: Micros,
    pub(super) raw: Segment,
    pub(super) written: Written,
    /// It acknowledges, and does nothing else: no probe, no answer to something old.
    pub(super) plain: Use,
    /// The packet around it.
    pub(super) packet: Packet,
}

/// Which socket segments of the script are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Under {
    /// None yet, or a listener: the next segment begins a connection.
    Anybody,
    /// One that does neither listen nor connect.
    Idle,
    /// connect() was called; the SYN has not been looked at.
    Connecting,
    /// The SYN has been looked at.
    SynSent,
    /// The peer has sent something; our SYN-ACK has not been looked at.
    Received,
    /// Everything else.
    Going,
}

pub(super) struct Machine {
    pub(super) setup: Setup,
    pub(super) run: Runner<Always>,
    pub(super) habits: Habits,
    pub(super) allowed: Allowed,
    pub(super) sent: VecDeque<Sent>,
    pub(super) under: Under,
    /// The connections of the script, the one under test last.
    pub(super) lines: Vec<Line>,
    /// Receive buffer that a socket option asked for, which the family rounds when it connects.
    pub(super) asked_rcv_buf: Option<(Fd, u32)>,
    /// Memory of the receive buffer, where it is counted (Linux).
    pub(super) rcv_memory: u32,
    /// How often text is sent again before a connection is given up: one that is held, an orphan.
    pub(super) counts: (u8, u8),
    /// What sockets say of their probes that have been told nothing.
    pub(super) keep: Keep,
    /// The packets that the stack sends.
    pub(super) packet: Packet,
    /// Which of the peer's options are heeded, and ours sent (TCP_NOOPT).
    pub(super) heeds: Heeds,
    /// Whether ICMP can end an attempt to connect.
    pub(super) icmp_may_rst: Use,
    /// Whether a SYN that was sent three times goes on without options but the MSS.
    pub(super) drops_options: Use,
    /// The largest segment of a peer that says nothing (RFC 9293 3.7.1).
    default_mss: u16,
    /// What of the comparison was left out.
    pub(super) over: PassedOver,
    /// Answers that nobody has read or measured.
    pub(super) assumed: BTreeSet<String>,
    pub(super) send_memory: SendMemory,
    /// Bursts are cut by the stack: no offload does it.
    pub(super) marks_bursts: Use,
    /// How many connections have been there to be accepted.
    pub(super) connections: u32,
    /// TCP_CORK of the connection under test.
    pub(super) cork: Use,
    round_trip: RoundTrip,
    /// IP and TCP header, without options.
    headers: u16,
    /// What long segments of the peer's are said to be made of (`--mss`), 0 for nothing.
    pieces: u16,
}

#[derive(Default)]
struct Outbox {
    sent: Vec<Segment>,
    returned: Option<Return>,
    assumed: Vec<String>,
}

impl Sink for Outbox {
    fn event(&mut self, event: Event) {
        match event {
            Event::Kernel(_, Note::Sent(segment)) => self.sent.push(segment),
            Event::Kernel(_, Note::Asked(question, Basis::Assumed(why))) => {
                self.assumed.push(format!("{question}: {why}"));
            }
            Event::Puppet(_, _, returned) => self.returned = Some(returned),
            Event::Kernel(..) | Event::Arrived(..) | Event::Lost(..) | Event::Lane(..) => {}
        }
    }
}

impl Machine {
    pub(super) fn new(profile: &'static Profile, options: &Options) -> Result<Machine, Halt> {
        let habits = Habits::of(profile);
        let path = Path::OneWay(Law::ZERO, Law::ZERO);
        let mut setup = Setup::new([End::Calls, End::Wire], [profile, profile], path)?;
        setup.iss = [ISS, ISS];
        let headers = match options.ip {
            Ip::V4 => 40,
            Ip::V6 => 60,
        };
        let tuning = &mut setup.tuning[STACK.index()];
        tuning.mss = options.mtu.unwrap_or(1_500).saturating_sub(headers).max(1);
        (tuning.rcv_buf, tuning.snd_buf) = habits.buffers;
        let plain = habits.family == Family::Linux || options.ip == Ip::V4;
        tuning.controls.opening = habits.opening;
        tuning.retries_syn = habits.syns.unwrap_or(tuning.retries_syn);
        let mut run = Runner::new(&setup, Always(0), &mut ());
        // Before a round trip has been measured the timeout is that of a SYN.
        let tuning = setup.tuning[STACK.index()];
        run.clocks.round_trip = tuning.rto_syn.saturating_sub(tuning.rto_min);
        let mut machine = Machine {
            allowed: Allowed {
                wscale: Some(habits.shift_for(habits.largest_buffer)),
                sack: Use::Yes,
                timestamps: Use::Yes,
            },
            setup,
            run,
            habits,
            sent: VecDeque::new(),
            under: Under::Anybody,
            lines: Vec::new(),
            asked_rcv_buf: None,
            rcv_memory: 131_072,
            counts: (tuning.retries, tuning.retries_orphan),
            keep: habits.keep(),
            packet: habits.packet(),
            heeds: Heeds::All,
            icmp_may_rst: Use::Yes,
            drops_options: Use::No,
            default_mss: if plain { 536 } else { 1_220 },
            over: PassedOver::default(),
            assumed: BTreeSet::new(),
            send_memory: SendMemory::default(),
            marks_bursts: Use::No,
            connections: 0,
            cork: Use::No,
            round_trip: RoundTrip::default(),
            headers,
            pieces: options.pieces,
        };
        machine.fit_window(0);
        if machine.counts_memory() {
            machine.tuning().snd_buf = memory::NO_LIMIT;
        }
        Ok(machine)
    }

    /// The receive buffer as Linux cuts it into segments of this connection; options that are in
    /// every segment are deducted.
    pub(super) fn fit_window(&mut self, options: u16) {
        if !self.counts_memory() {
            return;
        }
        let mss = self.tuning().mss.saturating_sub(options);
        let (room, offer) = habits::first_room(self.rcv_memory, mss);
        self.habits.buffers.0 = room;
        (self.tuning().rcv_buf, self.tuning().syn_wnd) = (room, offer);
    }

    pub(super) fn now(&self) -> Micros {
        self.run.clocks.now
    }

    pub(super) fn tuning(&mut self) -> &mut sim_core::tcp::tuning::Tuning {
        &mut self.setup.tuning[STACK.index()]
    }

    pub(super) fn table(&self) -> &Table {
        &self.run.world.hosts[STACK.index()].table
    }

    /// The connection under test.
    pub(super) fn line(&self) -> Option<&Line> {
        self.lines.last()
    }

    pub(super) fn line_mut(&mut self) -> Option<&mut Line> {
        self.lines.last_mut()
    }

    /// Whether the connection under test has seen the peer's SYN.
    fn is_open(&self) -> bool {
        let sock = self.line().and_then(|line| socket_of(self.table(), line.id));
        sock.is_some_and(|sock| sock.conn().is_some())
    }

    /// A connection begins.
    pub(super) fn begin(&mut self, began: Began, remote: u32) -> ConnId {
        let id = ConnId(u8::try_from(self.lines.len()).unwrap_or(200).min(200));
        self.lines.push(Line::new(id, began, remote));
        id
    }

    pub(super) fn act(&mut self, action: Action) -> Result<Option<Return>, Halt> {
        self.see_to_answers();
        self.see_to_cork();
        let mut outbox = Outbox::default();
        self.run.apply(&self.setup, action, &mut outbox)?;
        self.assumed.extend(outbox.assumed);
        self.see_to_waits();
        let before = self.sent.len();
        for raw in outbox.sent {
            self.take(raw);
        }
        if let Some(id) = self.line().map(|line| line.id) {
            self.see_to_memory(id);
            self.mark_bursts(id, before);
        }
        Ok(outbox.returned)
    }

    /// FreeBSD offers nothing any more in the SYN that is sent for the fourth time
    /// (sys/netinet/tcp_timer.c tcp_timer_rexmt, net.inet.tcp.rexmit_drop_options).
    fn see_to_options(&mut self, raw: &Segment) {
        let Some(line) = self.lines.iter_mut().find(|line| line.id == raw.conn) else { return };
        if raw.flags.syn() && raw.ack.is_none() {
            line.syns = line.syns.saturating_add(1);
            if line.syns > 3 && self.drops_options.is() {
                self.allowed = Allowed::NOTHING;
            }
        }
    }

    /// A segment leaves the stack.
    fn take(&mut self, raw: Segment) {
        let at = self.now();
        self.see_to_options(&raw);
        let Machine { run, lines, habits, allowed, sent, packet, heeds, .. } = self;
        let Some(line) = lines.iter_mut().rev().find(|line| line.id == raw.conn) else { return };
        let table = &run.world.hosts[STACK.index()].table;
        let sock = socket_of(table, raw.conn);
        let look = Look { habits: *habits, allowed: *allowed, heeds: *heeds, sock };
        let written = line.outgoing(&raw, &look);
        let (start, end) = (raw.seq.since(ISS), raw.end().since(ISS));
        let plain = start == end && !raw.flags.rst() && i64::from(start) == i64::from(line.highest);
        if let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end))
            && start < end
            && !raw.flags.rst()
        {
            if start >= line.highest {
                line.timed.push((end, at));
            } else {
                // What is sent again measures nothing (RFC 6298 3).
                line.timed.retain(|(timed, _)| *timed <= start);
            }
            line.highest = line.highest.max(end);
            line.sent_at = at;
        }
        sent.push_back(Sent { at, raw, written, packet: *packet, plain: Use::of(plain) });
    }

    pub(super) fn call(&mut self, call: Call) -> Result<Return, Halt> {
        self.act(Action::Call(STACK, call)).map(|returned| returned.unwrap_or(Return::Done))
    }

    /// Carries out what is due first, if that is not after `limit`.
    pub(super) fn step(&mut self, limit: Micros) -> Result<Use, Halt> {
        let Some(due) = self.run.clocks.next().filter(|(at, _)| *at <= limit) else {
            return Ok(Use::No);
        };
        if let (at, Action::Fire(_, id, Timer::Retransmit)) = due
            && self.habits.family == Family::Linux
        {
            self.count_by_time(id, at);
        }
        if let (_, Action::Fire(_, id, Timer::DelayedAck)) = due {
            self.ack_was_missed(id);
        }
        self.run.clocks.advance(due);
        let before = self.sent.len();
        self.act(due.1)?;
        if let (_, Action::Fire(_, _, Timer::Persist)) = due
            && self.habits.family == Family::Linux
        {
            // What a probe lets out is marked (net/ipv4/tcp_output.c tcp_write_wakeup).
            for sent in self.sent.iter_mut().skip(before).filter(|sent| sent.written.len > 0) {
                sent.written.bits = sent.written.bits.with(Bits::PSH);
            }
        }
        // Probes of a window are counted.
        let counts = self.counts;
        (self.tuning().retries, self.tuning().retries_orphan) = counts;
        Ok(Use::Yes)
    }

    /// The clock stands at this instant, if it is not there yet.
    pub(super) fn arrive_at(&mut self, at: Micros) {
        self.run.clocks.now = self.run.clocks.now.max(at);
    }

    /// Whether a segment's timestamp is older than the newest; if not, it may be the newest.
    pub(super) fn is_stale(&mut self, written: &Written) -> bool {
        let Machine { run, lines, .. } = self;
        let Some(line) = lines.last_mut() else { return false };
        if line.is_stale(written) {
            return true;
        }
        let table = &run.world.hosts[STACK.index()].table;
        line.keep_stamp(written, socket_of(table, line.id).and_then(Sock::conn));
        false
    }

    /// The peer sends a segment.
    pub(super) fn inject(&mut self, written: &Written) -> Result<(), Halt> {
        let first = written.seq.unwrap_or(0);
        match self.under {
            Under::Anybody => {
                self.begin(Began::Passively, first);
                self.under = Under::Received;
            }
            Under::Idle => {
                self.begin(Began::Passively, 0);
                self.under = Under::Going;
            }
            Under::SynSent | Under::Connecting if written.bits.has(Bits::SYN) => {
                let open = self.is_open();
                if let Some(line) = self.line_mut().filter(|_| !open) {
                    line.remote = sim_core::wire::Seq::new(first);
                }
            }
            Under::Connecting | Under::SynSent | Under::Received | Under::Going => {}
        }
        let mss = if written.bits.has(Bits::SYN) { Some(self.negotiate(written)?) } else { None };
        let sacked = self.line().map(|line| line.id);
        let Some(line) = self.lines.last_mut() else { return Ok(()) };
        let segment = line.incoming(written, mss);
        if written.len > 0 {
            let start = segment.text.start + 1;
            line.holes.push(Span::new(start, start + segment.text.len()));
        }
        self.measure(&segment);
        debug_assert_eq!(sacked, Some(segment.conn));
        self.expect_acks(&segment, written.bits.has(Bits::PSH));
        let (id, before) = (segment.conn, self.shown(segment.conn));
        let conn = socket_of(self.table(), id).and_then(Sock::conn);
        let sent_to = conn.map_or(0, |conn| conn.snd.nxt);
        self.act(Action::Inject(STACK, segment))?;
        if self.shown(id) != before
            && let Some(line) = self.line_mut()
        {
            line.stirred += 1;
        }
        self.see_whether_open();
        self.free_memory(id, sent_to);
        Ok(())
    }

    /// What of a connection wakes who waits for it: the end of what can be read, an error, a state.
    fn shown(&self, id: ConnId) -> Option<(u32, bool, bool, State)> {
        let sock = socket_of(self.table(), id)?;
        let end = sock.conn().map_or(0, |conn| conn.rcv.nxt);
        Some((end, sock.error.is_some(), sock.shut.rd(), sock.state()))
    }

    /// Notes when the handshake is over.
    fn see_whether_open(&mut self) {
        let now = self.now();
        let Some(id) = self.line().filter(|line| line.opened_at.is_none()).map(|line| line.id)
        else {
            return;
        };
        let conn = socket_of(self.table(), id).and_then(Sock::conn);
        let open = conn.is_some_and(|conn| conn.stage != Stage::SynReceived);
        if let Some(line) = self.line_mut().filter(|_| open) {
            line.opened_at = Some(now);
            self.connections += 1;
        }
    }

    /// A SYN of the peer's: what is in use from now on, and the largest segment as the model takes
    /// it, options deducted.
    fn negotiate(&mut self, written: &Written) -> Result<u16, Halt> {
        let list: Vec<TcpOption> = match &written.options {
            super::script::OptionList::These(list) if self.heeds == Heeds::All => list.clone(),
            super::script::OptionList::These(_) | super::script::OptionList::Any => Vec::new(),
        };
        let theirs = list.iter().find_map(|option| match option {
            TcpOption::Mss(mss) => Some(*mss),
            TcpOption::Nop
            | TcpOption::Eol
            | TcpOption::Wscale(_)
            | TcpOption::SackOk
            | TcpOption::Sack(_)
            | TcpOption::Timestamps { .. } => None,
        });
        let theirs = theirs.filter(|mss| *mss > 0).unwrap_or(self.default_mss);
        let living = self.is_open();
        let mss = theirs.min(self.tuning().mss);
        if living {
            return Ok(mss);
        }
        let (allowed, habits) = (self.allowed, self.habits);
        let Some(line) = self.lines.last_mut() else { return Ok(mss) };
        line.negotiate(allowed, habits.offers, &list);
        let (sack, stamped, scale) = (line.sack, line.timestamps, line.wscale);
        let passively = line.began == Began::Passively;
        // Our own SYN was out before it was known that there are timestamps.
        if stamped.is() && passively {
            self.fit_window(12);
        }
        self.resize(mss, scale, sack)?;
        Ok(if stamped.is() { mss.saturating_sub(12).max(1) } else { mss })
    }

    /// What a connection's options make of its buffers and windows.
    fn resize(&mut self, mss: u16, scale: Option<(u8, u8)>, sack: Use) -> Result<(), Halt> {
        let family = self.habits.family;
        let tuning = self.tuning();
        tuning.sack = if sack.is() { Switchable::On } else { Switchable::Off };
        if family == Family::Linux {
            tuning.wnd_unit = scale.map_or(1, |(ours, _)| 1 << ours);
        }
        if self.counts_memory() {
            self.count_memory();
        }
        self.see_to_probes();
        let tuning = self.tuning();
        if family == Family::Bsd {
            // sys/netinet/tcp_input.c tcp_mss: a whole number of segments.
            let round = |bytes: u32| bytes.next_multiple_of(u32::from(mss.max(1)));
            tuning.rcv_buf = round(tuning.rcv_buf);
            tuning.snd_buf = round(tuning.snd_buf);
            if let Some((fd, bytes)) = self.asked_rcv_buf {
                self.call(Call::SetRcvBuf(fd, round(bytes)))?;
            }
        }
        Ok(())
    }
}

/// The socket of a connection: the living one, else what is left of it.
pub(super) fn socket_of(table: &Table, conn: ConnId) -> Option<&Sock> {
    let alive = |sock: &&Sock| match &sock.phase {
        Phase::Open(_) | Phase::Opening(_) | Phase::Waiting(_) => sock.conn == conn,
        Phase::Closed(_) | Phase::Listen(_) => false,
    };
    table.iter().find(alive).or_else(|| table.iter().find(|sock| sock.conn == conn))
}
