//! Both side by side, until they differ.

use super::listed::{self, Listed};
use super::ours::Ours;
use super::step::{AckFrom, Crafted, Opening, Peer, Seen, SeqFrom, Step, Told, Wire};
use super::theirs::Theirs;
use sim_core::profile::Profile;
use sim_core::tcp::{Conn, Timer};
use sim_core::wire::{Flags, State};

/// One step that both have taken, and how the connection stood before and after it, as the profile
/// holds it.
#[derive(Debug)]
pub struct Taken {
    pub step: Step,
    pub wire: Option<Wire>,
    pub state: State,
    pub due: Option<Timer>,
    pub before: Option<Conn>,
    pub after: Option<Conn>,
    /// The window in the last segment of the peer's that was taken.
    pub last_wnd: u32,
    /// Where the window ended when the application closed.
    pub edge_at_close: Option<u32>,
    pub ours: Seen,
    pub theirs: Seen,
}

/// How a case ended.
#[derive(Debug)]
pub enum End {
    /// Nothing differed.
    Same,
    /// They differ as listed, or will from here on.
    Listed(&'static Listed),
    /// They differ, and nobody knows why.
    Apart(Box<Taken>),
}

fn plain(flags: Flags, ack: Option<i32>) -> Step {
    Step::Arrives(Crafted {
        flags,
        seq: (SeqFrom::Next, 0),
        ack: ack.map(|by| (AckFrom::Sent, by)),
        len: 0,
        wnd: 1_000,
    })
}

/// The segments of a handshake.
fn handshake(opening: Opening) -> Vec<Step> {
    match opening {
        Opening::Active => vec![plain(Flags::SYN, Some(0))],
        Opening::Passive => vec![plain(Flags::SYN, None), plain(Flags::NONE, Some(0))],
        Opening::SynSent | Opening::Listening => Vec::new(),
    }
}

/// Whether the application can still make calls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handle {
    Held,
    Gone,
}

/// Whether the window in a segment counts, however old its number is.
fn is_taken(conn: Option<&Conn>, wire: &Wire) -> bool {
    let Some(conn) = conn else { return true };
    let (nxt, edge) = (conn.rcv.nxt, conn.rcv.edge);
    let end = wire.seq.wrapping_add(wire.len);
    let inside = nxt <= wire.seq && wire.seq < edge || wire.len > 0 && nxt < end && end <= edge;
    let acks = wire.ack.is_some_and(|ack| conn.snd.una <= ack && ack <= conn.snd.limit());
    !wire.flags.rst() && !wire.flags.syn() && (inside || wire.seq == nxt) && acks
}

struct Pair {
    ours: Ours,
    theirs: Theirs,
    peer: Peer,
    handle: Handle,
    last_wnd: u32,
    edge_at_close: Option<u32>,
}

impl Pair {
    fn opened(profile: &'static Profile, opening: Opening) -> Pair {
        let (ours, mut theirs) = (Ours::new(profile, opening), Theirs::new(opening));
        let first = ours.opened();
        assert_eq!(first, theirs.seen(Told::Nothing), "the first segment");
        let mut peer = Peer::default();
        peer.sees(&first.sent);
        Pair { ours, theirs, peer, handle: Handle::Held, last_wnd: 0, edge_at_close: None }
    }

    /// Whether the step can be taken: calls need somebody to make them.
    fn admits(&mut self, step: Step) -> bool {
        let callable = self.handle == Handle::Held && self.ours.is_held();
        match step {
            Step::Write(_) | Step::Read(_) | Step::Finish | Step::Close | Step::Abort => callable,
            Step::Pass => self.theirs.waits() || self.ours.due().is_some(),
            Step::Arrives(_) => true,
        }
    }

    fn take(&mut self, step: Step) -> Taken {
        if matches!(step, Step::Close | Step::Abort) {
            self.handle = Handle::Gone;
            self.edge_at_close = Some(self.peer.edge);
        }
        let wire = match step {
            Step::Arrives(crafted) => Some(self.peer.resolve(crafted)),
            Step::Write(_)
            | Step::Read(_)
            | Step::Finish
            | Step::Close
            | Step::Abort
            | Step::Pass => None,
        };
        let conn = |ours: &Ours| ours.sock().and_then(|sock| sock.conn()).cloned();
        let (before, state, due) = (conn(&self.ours), self.ours.state(), self.ours.due());
        let mut theirs = self.theirs.take(step, wire);
        let mut ours = self.ours.take(step, wire, self.theirs.now());
        if let Some(wire) = wire {
            self.peer.sends(&wire);
        }
        self.peer.sees(&ours.sent);
        if self.handle == Handle::Gone {
            // close() throws away here what nobody has read, and there is room for it again.
            for sent in ours.sent.iter_mut().chain(&mut theirs.sent) {
                sent.wnd = 0;
            }
        }
        if let Some(wire) = wire.filter(|wire| is_taken(before.as_ref(), wire)) {
            self.last_wnd = wire.wnd;
        }
        let (last_wnd, edge_at_close) = (self.last_wnd, self.edge_at_close);
        let after = conn(&self.ours);
        Taken { step, wire, state, due, before, after, last_wnd, edge_at_close, ours, theirs }
    }
}

/// Takes both through a case, and says how many steps it was.
pub fn run(profile: &'static Profile, opening: Opening, steps: &[Step]) -> (usize, End) {
    let mut pair = Pair::opened(profile, opening);
    let mut taken = 0;
    for step in handshake(opening).iter().chain(steps) {
        if !pair.admits(*step) {
            continue;
        }
        taken += 1;
        let it = pair.take(*step);
        let differ = it.ours != it.theirs;
        if let Some(listed) = listed::find(&it, differ) {
            return (taken, End::Listed(listed));
        }
        if differ {
            return (taken, End::Apart(Box::new(it)));
        }
    }
    (taken, End::Same)
}
