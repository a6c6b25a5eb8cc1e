//! The close model: one TCP connection being closed, small enough for every model checker.
//!
//! Data segments are counted, not numbered; channels are first in first out; an action is atomic.
//! No handshake, acknowledgement of data, retransmission, loss or window: a count of packets would
//! notice, who wins the race of the server's close against the client's last bytes would not.
//!
//! A state is one word: seven counters of five bits and the number of its control part. What an
//! action does depends on the control part and on *which* counters are zero, so transitions are
//! worked out once for such a class, by the rules in `rules`, and from then on are a mask and an
//! addition on the word. `close_plain` writes the same model with ordinary fields; tests compare.

mod control;
mod rules;

use std::fmt;

use sim_core::drive::explore::{Interner, Model};

pub use control::{Control, Outcome, Phase};

/// What the server does when it has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Closes at once.
    Close,
    /// Shuts down its sending side, then closes.
    Shut,
    /// Shuts down its sending side, reads to the end of the stream, closes.
    Drain,
    /// Closes abortively.
    Linger0,
}

impl Strategy {
    /// In the order of the tables.
    pub const ALL: [Self; 4] = [Self::Close, Self::Shut, Self::Drain, Self::Linger0];

    /// Name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Shut => "shut",
            Self::Drain => "drain",
            Self::Linger0 => "linger0",
        }
    }
}

/// The two endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Sends the request, reads the reply.
    Client,
    /// Reads the request, sends the reply, closes.
    Server,
}

impl Side {
    /// The other endpoint.
    #[must_use]
    pub const fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    const fn at(self) -> usize {
        match self {
            Self::Client => 0,
            Self::Server => 1,
        }
    }
}

/// The model's transitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The client writes one request segment.
    Send,
    /// The client reads one reply segment, or learns how the stream ended.
    Receive,
    /// The client closes.
    Close,
    /// The server accepts the connection.
    Accept,
    /// The server reads one request segment.
    Read,
    /// The server writes one reply segment.
    Reply,
    /// The server has replied and starts its strategy.
    Finish,
    /// The server reads on towards the end of the stream.
    Drain,
    /// The server closes.
    ServerClose,
    /// A data segment goes out.
    SendData(Side),
    /// A FIN goes out.
    SendFin(Side),
    /// The oldest segment of the peer's channel arrives here.
    Deliver(Side),
    /// TIME-WAIT ends.
    TimeWait(Side),
}

impl Action {
    /// Every action, in the order in which they are tried.
    pub const ALL: [Self; 17] = [
        Self::Send,
        Self::Receive,
        Self::Close,
        Self::Accept,
        Self::Read,
        Self::Reply,
        Self::Finish,
        Self::Drain,
        Self::ServerClose,
        Self::SendData(Side::Client),
        Self::SendFin(Side::Client),
        Self::Deliver(Side::Client),
        Self::TimeWait(Side::Client),
        Self::SendData(Side::Server),
        Self::SendFin(Side::Server),
        Self::Deliver(Side::Server),
        Self::TimeWait(Side::Server),
    ];
}

/// One configuration of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseModel {
    /// Segments of the request, at most 31.
    pub request: u8,
    /// Segments of the reply, at most 31.
    pub reply: u8,
    /// Data and FIN that a channel takes, at most 13.
    pub capacity: u8,
    /// What the server does when it has answered.
    pub strategy: Strategy,
}

impl fmt::Display for CloseModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { request, reply, capacity, strategy } = self;
        write!(f, "{request},{reply},{capacity} {}", strategy.name())
    }
}

/// A state in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Packed(u64);

/// The counters of a state, in the order of their places in the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Request segments not yet written.
    ToSend,
    /// Reply segments not yet written.
    ToReply,
    /// Reply segments not yet read.
    ToRead,
    /// Segments in a send buffer.
    Held(Side),
    /// Segments delivered and not yet read.
    Unread(Side),
}

impl Counter {
    const fn place(self) -> u32 {
        match self {
            Self::ToSend => 0,
            Self::ToReply => 1,
            Self::ToRead => 2,
            Self::Held(Side::Client) => 3,
            Self::Unread(Side::Client) => 4,
            Self::Held(Side::Server) => 5,
            Self::Unread(Side::Server) => 6,
        }
    }

    const fn one(self) -> u64 {
        1 << (self.place() * WIDTH)
    }
}

/// Bits of a counter.
const WIDTH: u32 = 5;
const FIELD: u64 = (1 << WIDTH) - 1;
/// First bit of the control part.
const CONTROL: u32 = 7 * WIDTH;
/// The lowest bit of every counter.
const ONES: u64 = 0b00001_00001_00001_00001_00001_00001_00001;

impl Packed {
    /// The word.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The state of a word that [`Self::bits`] gave.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    const fn control(self) -> u32 {
        (self.0 >> CONTROL) as u32
    }

    /// Value of a counter.
    #[must_use]
    pub const fn count(self, counter: Counter) -> u64 {
        self.0 >> (counter.place() * WIDTH) & FIELD
    }

    /// What guards can see of the counters: one bit each for "not zero", and an eighth for "one
    /// request segment left".
    #[inline]
    const fn class(self) -> u32 {
        let x = self.0;
        let some = (x | x >> 1 | x >> 2 | x >> 3 | x >> 4) & ONES;
        // Closes the gaps between the seven bits: pairs, then fours, then all.
        let pairs = (some | some >> 4) & 0b11_00000_00011_00000_00011_00000_00011;
        let fours = (pairs | pairs >> 8) & 0b1111_00000_00000_00000_01111;
        let all = (fours | fours >> 16) & 0x7F;
        let last = ((x & FIELD) == 1) as u64;
        (all | last << 7) as u32
    }
}

/// What an action does to a word of its class.
#[derive(Clone, Copy)]
struct Move {
    keep: u64,
    add: u64,
}

impl Move {
    #[inline]
    const fn apply(self, key: Packed) -> Packed {
        Packed((key.0 & self.keep).wrapping_add(self.add))
    }
}

/// The moves of one class: a range of [`Store::moves`], or not worked out yet.
#[derive(Clone, Copy)]
struct Row {
    start: u32,
    end: u32,
}

const UNKNOWN: Row = Row { start: u32::MAX, end: 0 };

/// Control parts by number, and the moves of every class met so far.
pub struct Store {
    controls: Interner<Control>,
    /// By control part and class.
    rows: Vec<Row>,
    moves: Vec<Move>,
    actions: Vec<Action>,
    /// The control part's share of the measure.
    measures: Vec<u64>,
}

impl Store {
    /// Control part of a state.
    #[must_use]
    pub fn control(&self, key: Packed) -> &Control {
        self.controls.get(key.control())
    }

    /// How many control parts were met.
    #[must_use]
    pub const fn controls(&self) -> usize {
        self.controls.len()
    }

    #[inline]
    fn range(&self, row: Row) -> impl Iterator<Item = (Move, Action)> {
        let range = row.start as usize..row.end as usize;
        let actions = self.actions[range.clone()].iter().copied();
        self.moves[range].iter().copied().zip(actions)
    }

    fn intern(&mut self, control: &Control) -> u64 {
        let id = self.controls.intern(control);
        if self.controls.len() > self.measures.len() {
            self.measures.push(control.measure());
            self.rows.resize(self.rows.len() + CLASSES, UNKNOWN);
        }
        u64::from(id) << CONTROL
    }
}

const CLASSES: usize = 256;

impl CloseModel {
    /// Successors of a state whose class is worked out already, as after a whole exploration.
    ///
    /// # Panics
    /// When it is not.
    pub fn known(store: &Store, key: Packed) -> impl Iterator<Item = (Action, Packed)> {
        let row = store.rows[key.control() as usize * CLASSES + key.class() as usize];
        store.range(row).map(move |(one, action)| (action, one.apply(key)))
    }

    /// Works out the moves of a class.
    #[cold]
    fn learn(&self, store: &mut Store, key: Packed) -> Row {
        let start = store.moves.len() as u32;
        let control = *store.control(key);
        for action in Action::ALL {
            let Some(draft) = rules::apply(self, control, key.class(), action) else { continue };
            let control = store.intern(&draft.control);
            let add = draft.add.wrapping_add(control.wrapping_sub(key.0 >> CONTROL << CONTROL));
            store.moves.push(Move { keep: draft.keep, add });
            store.actions.push(action);
        }
        let row = Row { start, end: store.moves.len() as u32 };
        store.rows[key.control() as usize * CLASSES + key.class() as usize] = row;
        row
    }
}

impl Model for CloseModel {
    type Key = Packed;
    type Action = Action;
    type Halt = std::convert::Infallible;
    type Store = Store;

    fn store(&self) -> Store {
        assert!(self.request <= 31 && self.reply <= 31 && self.capacity <= 13);
        Store {
            controls: Interner::new(),
            rows: Vec::new(),
            moves: Vec::new(),
            actions: Vec::new(),
            measures: Vec::new(),
        }
    }

    fn initial(&self, store: &mut Store) -> Vec<Packed> {
        let counters = u64::from(self.request) * Counter::ToSend.one()
            + u64::from(self.reply) * (Counter::ToReply.one() + Counter::ToRead.one());
        vec![Packed(store.intern(&Control::initial(self)) | counters)]
    }

    #[inline]
    fn successors<F>(&self, store: &mut Store, key: Packed, each: &mut F)
    where
        F: FnMut(Action, Result<Packed, Self::Halt>),
    {
        let mut row = store.rows[key.control() as usize * CLASSES + key.class() as usize];
        if row.start == UNKNOWN.start {
            row = self.learn(store, key);
        }
        for (one, action) in store.range(row) {
            each(action, Ok(one.apply(key)));
        }
    }

    /// Progress: segments written count four, and a segment counts less the farther it still has
    /// to go; the control part adds the applications' steps and those of FIN, acknowledgement,
    /// reset and end.
    #[inline]
    fn measure(&self, store: &Store, key: Packed) -> Option<u64> {
        let written = 4 * (u64::from(self.request) + u64::from(self.reply))
            - 4 * (key.count(Counter::ToSend) + key.count(Counter::ToReply));
        let held = key.count(Counter::Held(Side::Client)) + key.count(Counter::Held(Side::Server));
        let unread =
            key.count(Counter::Unread(Side::Client)) + key.count(Counter::Unread(Side::Server));
        let control = store.measures[key.control() as usize];
        Some((written + control).wrapping_sub(3 * held + unread))
    }
}
