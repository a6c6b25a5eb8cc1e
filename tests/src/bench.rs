//! One stack on a bench: its application and its peer are puppets.
//!
//! The peer's numbers are its own: what it has sent, what it has acknowledged, what it has seen the
//! stack send and offer. Nothing is read out of the stack to build a segment.

use sim_core::answer::Halt;
use sim_core::profile::Profile;
use sim_core::socket::{Call, Fd, Return};
use sim_core::tcp::tuning::Tuning;
use sim_core::tcp::{Errno, Gone, Note, Sock, Timer, Whose};
use sim_core::wire::{ConnId, Flags, Law, Segment, Seq, Side, Span, State};
use sim_core::world::{self, Action, End, Event, Path, Setup, World};

/// The stack's initial sequence number.
pub const ISS: Seq = Seq::new(1_000);
/// The peer's.
pub const IRS: Seq = Seq::new(500_000);
/// The connection in question.
pub const ID: ConnId = ConnId(0);
/// The descriptor of a connection that was opened actively, and of a listener.
pub const FIRST: Fd = Fd(0);
/// The descriptor of an accepted connection.
pub const ACCEPTED: Fd = Fd(1);

/// A stack and what its peer knows of it. Numbers count from the initial ones: a SYN is 0.
#[derive(Clone, Debug)]
pub struct Bench {
    setup: Setup,
    world: World,
    events: Vec<Event>,
    /// The descriptor that calls are made on.
    pub fd: Fd,
    /// What the peer sends next.
    pub next: u32,
    /// What the peer has acknowledged.
    pub acked: u32,
    /// One past the highest number the stack has sent.
    pub sent: u32,
    /// One past the last number the stack is ready to take.
    pub edge: u32,
    /// The window the peer offers.
    pub offers: u32,
    /// The question that ended everything: the stack has no answer.
    pub halted: Option<Halt>,
}

/// Small numbers, so that rows are short: segments of 100 bytes, buffers of ten of them.
fn small(tuning: &mut Tuning) {
    tuning.mss = 100;
    tuning.rcv_buf = 1_000;
    tuning.syn_wnd = 1_000;
    tuning.snd_buf = 1_000;
}

impl Bench {
    /// A stack that has done nothing.
    ///
    /// # Panics
    /// Where a profile lacks a number.
    #[must_use]
    pub fn new(profile: &'static Profile, tune: fn(&mut Tuning)) -> Bench {
        let ends = [End::Calls, End::Wire];
        let path = Path::RoundTrip(Law::ZERO);
        let mut setup = Setup::new(ends, [profile, profile], path).expect("numbers");
        small(&mut setup.tuning[0]);
        tune(&mut setup.tuning[0]);
        setup.iss[0] = ISS;
        let world = world::start(&setup, &mut ());
        Bench {
            setup,
            world,
            events: Vec::new(),
            fd: FIRST,
            next: 0,
            acked: 0,
            sent: 0,
            edge: 0,
            offers: 1_000,
            halted: None,
        }
    }

    /// A connection that was opened actively, on which nothing has been sent yet; the peer offers
    /// this window.
    ///
    /// # Panics
    /// Where the stack lacks an answer.
    #[must_use]
    pub fn connected(profile: &'static Profile, offers: u32, tune: fn(&mut Tuning)) -> Bench {
        let mut bench = Bench::new(profile, tune);
        bench.offers = offers;
        bench.call(Call::Connect(FIRST, ID));
        let answer = bench.segment(Flags::SYN, 0, 0, Some(1));
        (bench.next, bench.acked) = (1, 1);
        bench.arrives(answer);
        bench
    }

    /// Lengths of what the last action sent, with an F where a FIN rides.
    #[must_use]
    pub fn lengths(&self) -> Vec<String> {
        let letter = |segment: &Segment| if segment.flags.fin() { "F" } else { "" };
        self.segments().iter().map(|it| format!("{}{}", it.text.len(), letter(it))).collect()
    }

    /// Carries out one action and reads off the wire what it sent.
    ///
    /// # Errors
    /// As [`world::apply`].
    pub fn act(&mut self, action: Action) -> Result<(), Halt> {
        self.events.clear();
        if let Some(halt) = self.halted {
            return Err(halt);
        }
        let applied = world::apply(&self.setup, &mut self.world, action, &mut self.events);
        self.halted = applied.as_ref().err().copied();
        applied?;
        for host in &self.world.hosts {
            for sock in &host.table {
                sock.check();
            }
        }
        for segment in self.segments().into_iter().filter(|segment| segment.conn == ID) {
            self.see(segment);
        }
        self.world.links[0].flight.clear();
        Ok(())
    }

    /// What the peer learns from a segment of the stack's.
    fn see(&mut self, segment: Segment) {
        if segment.flags.rst() {
            return;
        }
        let end = segment.end().since(ISS);
        self.sent = self.sent.max(u32::try_from(end).unwrap_or(0));
        if let Some(ack) = segment.ack {
            let edge = ack.since(IRS) + i32::try_from(segment.wnd).unwrap_or(0);
            self.edge = self.edge.max(u32::try_from(edge).unwrap_or(0));
        }
    }

    /// A call, for situations. Where the stack lacks an answer nothing happens any more.
    ///
    /// # Panics
    /// Where a bound is met.
    pub fn call(&mut self, call: Call) -> Return {
        self.on_the_way(Action::Call(Side::A, call));
        self.returned().unwrap_or(Return::Done)
    }

    /// A segment of the connection in question, for situations.
    ///
    /// # Panics
    /// Where a bound is met.
    pub fn arrives(&mut self, segment: Segment) {
        self.on_the_way(Action::Inject(Side::A, segment));
    }

    /// A timer fires, for situations.
    ///
    /// # Panics
    /// Where a bound is met.
    pub fn fires(&mut self, timer: Timer) {
        self.on_the_way(Action::Fire(Side::A, ID, timer));
    }

    fn on_the_way(&mut self, action: Action) {
        if let Err(halt @ Halt::Limit(_)) = self.act(action) {
            panic!("{halt}");
        }
    }

    /// A segment from the peer: `seq` and `ack` count from the initial numbers.
    #[must_use]
    pub fn segment(&self, flags: Flags, seq: u32, len: u32, ack: Option<u32>) -> Segment {
        // A number before the first byte's lies in nobody's stream; the ledger is not asked here.
        let byte = if seq.cast_signed() > 0 { seq - 1 } else { 0 };
        Segment {
            conn: ID,
            flags,
            mss: flags.syn().then_some(100),
            seq: IRS.plus(seq),
            ack: ack.map(|ack| ISS.plus(ack)),
            text: Span::new(byte, byte + len),
            wnd: self.offers,
        }
    }

    /// The peer sends `len` bytes in order, with an ACK of what it has acknowledged before.
    pub fn peer_writes(&mut self, len: u32) {
        let segment = self.segment(Flags::NONE, self.next, len, Some(self.acked));
        self.next += len;
        self.arrives(segment);
    }

    /// The peer acknowledges everything the stack has sent.
    pub fn peer_acks(&mut self) {
        self.acked = self.sent;
        let segment = self.segment(Flags::NONE, self.next, 0, Some(self.acked));
        self.arrives(segment);
    }

    /// The peer sends its FIN.
    pub fn peer_closes(&mut self) {
        let segment = self.segment(Flags::FIN, self.next, 0, Some(self.acked));
        self.next += 1;
        self.arrives(segment);
    }

    /// What the last action sent.
    #[must_use]
    pub fn segments(&self) -> Vec<Segment> {
        self.notes()
            .filter_map(|note| if let Note::Sent(it) = note { Some(it) } else { None })
            .collect()
    }

    /// The rules that decided in the last action.
    #[must_use]
    pub fn rules(&self) -> Vec<&'static str> {
        self.notes()
            .filter_map(|note| if let Note::Applied(rule) = note { Some(rule.id) } else { None })
            .collect()
    }

    /// Bytes that the last action threw away.
    #[must_use]
    pub fn thrown_away(&self) -> Vec<(Whose, u32, Gone)> {
        self.notes()
            .filter_map(|note| {
                let Note::Gone { conn: _, whose, span, why } = note else { return None };
                Some((whose, span.len(), why))
            })
            .collect()
    }

    /// What the last action's call returned.
    #[must_use]
    pub fn returned(&self) -> Option<Return> {
        self.events.iter().rev().find_map(|event| {
            let Event::Puppet(_, _, returned) = event else { return None };
            Some(*returned)
        })
    }

    /// Everything the last action did but for asking: segments whole, timers with their times.
    #[must_use]
    pub fn effects(&self) -> String {
        let effects = self.notes().filter(|note| match note {
            Note::Asked(..) | Note::Applied(_) => false,
            Note::Sent(_)
            | Note::Entered(..)
            | Note::Armed(..)
            | Note::Disarmed(..)
            | Note::Failed(..)
            | Note::Gone { .. } => true,
        });
        format!("{:?} {:?}", effects.collect::<Vec<_>>(), self.returned())
    }

    fn notes(&self) -> impl Iterator<Item = Note> + '_ {
        self.events.iter().filter_map(|event| {
            let Event::Kernel(Side::A, note) = event else { return None };
            Some(*note)
        })
    }

    /// Whether this timer of the connection is armed.
    #[must_use]
    pub fn armed(&self, timer: Timer) -> bool {
        self.table().any(|sock| sock.conn == ID && sock.timers.contains(timer))
    }

    /// Whether the last action armed this timer.
    #[must_use]
    pub fn arms(&self, timer: Timer) -> bool {
        self.notes().any(|note| matches!(note, Note::Armed(_, it, _) if it == timer))
    }

    /// The error that a descriptor would report next.
    #[must_use]
    pub fn pending(&self) -> Option<Errno> {
        self.table().find_map(|sock| sock.error)
    }

    /// The name of where the connection is; of what the descriptor is where there is no connection;
    /// `None` where there is nothing at all.
    #[must_use]
    pub fn state(&self) -> Option<State> {
        let ours = |sock: &&Sock| sock.conn == ID;
        let alive = self.table().filter(ours).map(Sock::state).find(|it| *it != State::Closed);
        let rest = self.table().find(ours).or_else(|| self.table().next()).map(Sock::state);
        alive.or(rest)
    }

    /// The connection in question, as the stack holds it.
    #[must_use]
    pub fn sock(&self) -> Option<&Sock> {
        self.table().find(|sock| sock.conn == ID)
    }

    fn table(&self) -> impl Iterator<Item = &Sock> {
        self.world.hosts[0].table.iter()
    }
}
