//! What tells stacks apart: the same calls, deliveries, losses and timers on all of them at once,
//! breadth first, until a call of an application returns something else on one than on another.
//!
//! The stack in question is at A and has opened a connection to B; B has one and the same stack in
//! every world. Both applications are puppets. The numbers of the stacks are made equal first
//! (small buffers, the same policy of ACKs), so that what is found is a difference of rules.
//!
//! Every stack lives in a world of its own; a node of the search is one world a stack, and equal
//! nodes are visited once. A call that has to wait counts as an answer only where nothing more can
//! come, and so does a count of bytes: what merely arrives later is not a difference.
//!
//! A pair that plain moves do not tell apart is looked at again with one segment of a third
//! party's, and again at a listener. Missing: SYN-SENT, and more than one such segment. Pairs that
//! differ in nothing else stay together.

mod forged;
mod lesson;
mod moves;

pub use forged::Forged;
pub use lesson::{Lesson, replay};
pub use moves::{Begins, Move};

use crate::answer::Halt;
use crate::profile::Profile;
use crate::socket::Return;
use crate::tcp::tuning::{AckPolicy, Tuning};
use crate::tcp::{Phase, Timer};
use crate::wire::{ConnId, Law, Side};
use crate::world::{self, Budget, End, LinkRules, Path, Setup, World};
use moves::{Course, GROUNDS, Ground};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// The connection.
pub const CONN: ConnId = ConnId(0);

/// How far the search goes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Moves from where a way begins.
    pub depth: u32,
    /// Nodes from each of these places.
    pub nodes: usize,
}

/// What a search has found.
#[derive(Clone, Debug)]
pub struct Apart {
    /// The pairs that were told apart, by their places in the list, each with its lesson.
    pub pairs: Vec<((usize, usize), Lesson)>,
    /// Nodes that were visited.
    pub nodes: usize,
    /// Moves that every node was looked at for.
    pub depth: u32,
}

/// A world that halted, or whose stack nobody asks about any more.
const NONE: u32 = u32::MAX;

/// One world a stack, by number.
type Worlds = SmallVec<[u32; 16]>;

/// The world after a move, and what a call returned; nothing where an answer is missing.
type Stepped = Option<(u32, Option<Return>)>;

/// Small numbers, the same for all; what a stack is stays.
fn small(tuning: &mut Tuning) {
    tuning.mss = 100;
    tuning.initial_cwnd = 10;
    (tuning.snd_buf, tuning.rcv_buf, tuning.syn_wnd) = (400, 300, 300);
    (tuning.syn_share, tuning.wnd_unit) = (100, 1);
    tuning.ack = AckPolicy::Delayed { quick: 0 };
}

/// The stack in question at A, a stack that is always the same at B.
fn setup(stack: &'static Profile, peer: &'static Profile) -> Result<Setup, Halt> {
    let ends = [End::Calls, End::Calls];
    let mut setup = Setup::new(ends, [stack, peer], Path::RoundTrip(Law::ZERO))?;
    setup.tuning.iter_mut().for_each(small);
    setup.links =
        [LinkRules { budget: Budget { loss: 2, repeat: 0, reorder: 0 }, ..LinkRules::default() };
            2];
    Ok(setup)
}

/// A node's place in the tree of moves.
struct Node {
    worlds: Worlds,
    from: u32,
    by: Move,
    course: Course,
}

struct Search<'a> {
    ground: &'static Ground,
    stacks: &'a [&'static Profile],
    setups: Vec<Setup>,
    known: FxHashMap<World, u32>,
    worlds: Vec<World>,
    steps: FxHashMap<(u32, u8, Move), Stepped>,
    seen: FxHashSet<Worlds>,
    nodes: Vec<Node>,
    together: Vec<(usize, usize)>,
    apart: Vec<((usize, usize), Lesson)>,
}

/// Walks until every pair is told apart or a limit is met.
///
/// # Errors
/// A stack without the numbers of a setup.
///
/// # Panics
/// With more than 255 stacks.
pub fn apart(
    stacks: &[&'static Profile],
    peer: &'static Profile,
    limits: Limits,
) -> Result<Apart, Halt> {
    let setups = stacks.iter().map(|stack| setup(stack, peer)).collect::<Result<Vec<_>, _>>()?;
    let pairs = (0..stacks.len()).flat_map(|a| (a + 1..stacks.len()).map(move |b| (a, b)));
    let mut together: Vec<(usize, usize)> = pairs.collect();
    let mut found = Apart { pairs: Vec::new(), nodes: 0, depth: 0 };
    for ground in &GROUNDS {
        if together.is_empty() {
            break;
        }
        let mut search = Search {
            ground,
            stacks,
            setups: setups.clone(),
            known: FxHashMap::default(),
            worlds: Vec::new(),
            steps: FxHashMap::default(),
            seen: FxHashSet::default(),
            nodes: Vec::new(),
            together,
            apart: Vec::new(),
        };
        found.depth = found.depth.max(search.run(limits));
        found.nodes += search.nodes.len();
        found.pairs.append(&mut search.apart);
        together = search.together;
    }
    Ok(found)
}

impl Search<'_> {
    fn run(&mut self, limits: Limits) -> u32 {
        let mut opened: Worlds =
            (0..self.stacks.len()).map(|stack| self.opened(stack).unwrap_or(NONE)).collect();
        self.forget_the_told_apart(&mut opened);
        self.seen.insert(opened.clone());
        let first =
            Node { worlds: opened, from: NONE, by: Move::Settle, course: Course::default() };
        self.nodes.push(first);
        let mut level = 0..1;
        for depth in 0..limits.depth {
            for at in level.clone() {
                if self.together.is_empty() {
                    return depth;
                }
                if self.nodes.len() >= limits.nodes {
                    return depth;
                }
                self.expand(at);
            }
            level = level.end..self.nodes.len();
        }
        limits.depth
    }

    fn opened(&mut self, stack: usize) -> Option<u32> {
        let setup = &self.setups[stack];
        let mut world = world::start(setup, &mut ());
        for step in self.ground.opening.iter().chain(self.ground.first) {
            moves::make(setup, &mut world, *step).ok()?;
        }
        Some(self.intern(world))
    }

    fn intern(&mut self, world: World) -> u32 {
        if let Some(&number) = self.known.get(&world) {
            return number;
        }
        let number = u32::try_from(self.worlds.len()).unwrap_or(NONE);
        self.worlds.push(world.clone());
        self.known.insert(world, number);
        number
    }

    fn expand(&mut self, at: usize) {
        for &by in self.ground.moves {
            let course = self.nodes[at].course;
            let Some(course) = course.after(by) else { continue };
            let before = self.nodes[at].worlds.clone();
            let mut after: Worlds = SmallVec::new();
            let mut told: SmallVec<[Option<Return>; 16]> = SmallVec::new();
            for (stack, &world) in before.iter().enumerate() {
                let step = if world == NONE { None } else { self.step(stack, world, by) };
                after.push(step.map_or(NONE, |(world, _)| world));
                told.push(step.and_then(|(_, told)| told));
            }
            if after == before {
                continue;
            }
            self.compare(at, by, &after, &told);
            self.forget_the_told_apart(&mut after);
            if after.iter().filter(|world| **world != NONE).count() < 2 {
                continue;
            }
            if self.seen.insert(after.clone()) {
                let from = u32::try_from(at).unwrap_or(NONE);
                self.nodes.push(Node { worlds: after, from, by, course });
            }
        }
    }

    /// One move on one stack: the world after it, and what a call returned.
    fn step(&mut self, stack: usize, from: u32, by: Move) -> Stepped {
        let key = (from, u8::try_from(stack).unwrap_or(u8::MAX), by);
        if let Some(known) = self.steps.get(&key) {
            return *known;
        }
        let mut world = self.worlds[from as usize].clone();
        let made = moves::make(&self.setups[stack], &mut world, by).ok();
        let step = made.map(|told| (self.intern(world), told));
        self.steps.insert(key, step);
        step
    }

    /// Every pair that this move tells apart.
    fn compare(&mut self, at: usize, by: Move, after: &Worlds, told: &[Option<Return>]) {
        let together = core::mem::take(&mut self.together);
        for (a, b) in together {
            let alive = after[a] != NONE && after[b] != NONE;
            let (Some(first), Some(second)) = (told[a], told[b]) else {
                self.together.push((a, b));
                continue;
            };
            let worlds = [after[a], after[b]].map(|number| self.worlds.get(number as usize));
            let [Some(left), Some(right)] = worlds else {
                self.together.push((a, b));
                continue;
            };
            let read = [read_by(left, by), read_by(right, by)];
            let differ = differ([(left, first), (right, second)], read);
            if alive && first != second && differ {
                let (begins, moves) = (self.ground.begins, self.way(at, by));
                let lesson = Lesson { begins, moves, told: [first, second] };
                self.apart.push(((a, b), lesson));
            } else {
                self.together.push((a, b));
            }
        }
    }

    /// Stacks that are told apart from all others have no part in the search any more.
    fn forget_the_told_apart(&self, worlds: &mut Worlds) {
        for (stack, world) in worlds.iter_mut().enumerate() {
            if !self.together.iter().any(|(a, b)| *a == stack || *b == stack) {
                *world = NONE;
            }
        }
    }

    fn way(&self, at: usize, last: Move) -> Vec<Move> {
        let mut way = vec![last];
        let mut at = u32::try_from(at).unwrap_or(NONE);
        while let Some(node) = self.nodes.get(at as usize).filter(|node| node.from != NONE) {
            way.push(node.by);
            at = node.from;
        }
        way.extend(self.ground.first.iter().rev());
        way.reverse();
        way
    }
}

/// How far whoever made this call has read.
fn read_by(world: &World, by: Move) -> Option<u32> {
    let Move::Call(side, _) = by else { return None };
    world.hosts[side.index()].table.iter().find_map(|sock| match &sock.phase {
        Phase::Open(conn) => Some(conn.rcv.read),
        Phase::Closed(closed) => Some(closed.unread.start),
        Phase::Listen(_) | Phase::Opening(_) | Phase::Waiting(_) => None,
    })
}

/// Whether two answers to one call are two things for an application: more than that something
/// comes later, or came to an earlier call. `read` says how far the caller has read on either.
fn differ(answers: [(&World, Return); 2], read: [Option<u32>; 2]) -> bool {
    let kind = |told: Return| match told {
        Return::Would(_) => Kind::Waits,
        Return::Count(_) => Kind::Counts,
        Return::Done | Return::Eof | Return::Error(_) | Return::Pending(_) | Return::Ready(_) => {
            Kind::Says
        }
    };
    let [(left, first), (right, second)] = answers;
    match (kind(first), kind(second)) {
        (Kind::Says, Kind::Says | Kind::Counts) | (Kind::Counts, Kind::Says) => true,
        (Kind::Waits, Kind::Waits) => false,
        (Kind::Counts | Kind::Waits, Kind::Counts) | (Kind::Counts, Kind::Waits)
            if read[0] == read[1] =>
        {
            false
        }
        (Kind::Counts, Kind::Counts) => is_quiet(left) && is_quiet(right),
        (Kind::Waits, Kind::Says | Kind::Counts) => is_quiet(left),
        (Kind::Says | Kind::Counts, Kind::Waits) => is_quiet(right),
    }
}

enum Kind {
    Says,
    Counts,
    Waits,
}

/// Nothing is on its way, and no timer will send anything.
fn is_quiet(world: &World) -> bool {
    let sends = [Timer::Retransmit, Timer::Persist, Timer::DelayedAck];
    world.links.iter().all(|link| link.flight.is_empty())
        && Side::BOTH.into_iter().all(|side| {
            let mut table = world.hosts[side.index()].table.iter();
            table.all(|sock| sends.iter().all(|timer| !sock.timers.contains(*timer)))
        })
}
