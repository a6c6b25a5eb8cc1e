//! Every order that some value of the parameters allows, and for which values.
//!
//! A run is followed until two events can be first; then it is followed once for each, in the part
//! of the region where that one is. The leaves are disjoint and make up the whole region, unless a
//! bound was met: what is then left is part of the answer.

mod places;
mod scouts;

pub use places::{Place, Stop};
pub(super) use scouts::Scouts;

use crate::answer::Halt;
use crate::drive::run::{Ended, Horizon, is_timer, lanes_ended, quiet, waits_in_vain};
use crate::exact::{Affine, Inequality, Kind, Overflow, Polytope};
use crate::pace::symbolic::{Clocks, Drawn, Next, Symbols, Unclear};
use crate::wire::Side;
use crate::world::{self, Action, LinkRules, Setup, World};
use places::UNSEEN;
use scouts::earliest;
use smallvec::{SmallVec, smallvec};
use std::rc::Rc;

/// Bounds of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Leaves.
    pub leaves: usize,
    /// Steps, those that had to be taken again included.
    pub steps: u64,
    /// Variables: parameters and what is drawn.
    pub variables: usize,
}

/// A part of the region in which everything happens in one order.
#[derive(Clone, Debug)]
pub struct Leaf<K> {
    /// For which values of the variables.
    pub region: Polytope,
    /// The variables beyond the parameters.
    pub drawn: Vec<Drawn>,
    /// What came of it.
    pub end: Result<K, Halt>,
    /// How many actions it took.
    pub actions: u64,
}

/// Why a part of the region was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Left {
    /// There are as many leaves as there may be.
    Leaves,
    /// As many steps have been taken as may be.
    Steps,
    /// There would be more variables than there may be.
    Variables,
    /// Every segment takes a time of its own, which would be a variable for each: nothing is
    /// followed.
    Jitter,
    /// A number outgrew its type.
    Overflow,
}

/// A part of the region that was left.
#[derive(Clone, Debug)]
pub struct Open {
    /// For which values of the variables.
    pub region: Polytope,
    /// The variables beyond the parameters.
    pub drawn: Vec<Drawn>,
    /// Why.
    pub why: Left,
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Race<K> {
    /// Every order, and where it is.
    pub leaves: Vec<Leaf<K>>,
    /// What was left.
    pub open: Vec<Open>,
    /// The questions that lead to the leaves and to what was left: the first place is the
    /// beginning, and every place comes before those that it leads to.
    pub places: Vec<Place>,
    /// Steps that were taken.
    pub steps: u64,
}

impl<K> Race<K> {
    /// Whether the leaves are all there is.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.open.is_empty()
    }
}

/// A run up to here.
#[derive(Clone)]
struct Node<'s> {
    world: World,
    clocks: Clocks<'s>,
    actions: u64,
    /// Its place in the tree.
    place: usize,
    /// The scouts whose points are in its region.
    scouts: Rc<[usize]>,
}

/// A part of a node's region, with its place and its scouts.
type Part = (Polytope, usize, Rc<[usize]>);

/// What a node does next, and when.
type Does = (Action, Affine);

/// Follows every order that a point of the region allows, and reads the ends.
pub fn race<K>(
    setup: &Setup,
    symbols: &Symbols,
    region: Polytope,
    horizon: Horizon,
    bounds: Bounds,
    read: impl Fn(&World, Ended) -> K,
) -> Race<K> {
    guided(setup, symbols, region, (horizon, bounds), read, &())
}

/// The same, led by scouts: what is left where a bound is met is where few of them are.
pub(super) fn guided<K>(
    setup: &Setup,
    symbols: &Symbols,
    region: Polytope,
    (horizon, bounds): (Horizon, Bounds),
    read: impl Fn(&World, Ended) -> K,
    scouts: &impl Scouts,
) -> Race<K> {
    let mut search = Search {
        setup,
        scouts,
        horizon,
        bounds,
        read,
        race: Race { leaves: Vec::new(), open: Vec::new(), places: vec![UNSEEN], steps: 0 },
        waiting: Vec::new(),
    };
    search.begin(symbols, region);
    while let Some((node, does)) = search.take() {
        if let Err(Overflow) = search.follow(node.clone(), does) {
            search.leave(node, Left::Overflow);
        }
    }
    search.race
}

struct Search<'a, K, R: Fn(&World, Ended) -> K, S: Scouts> {
    setup: &'a Setup,
    scouts: &'a S,
    horizon: Horizon,
    bounds: Bounds,
    read: R,
    race: Race<K>,
    /// Nodes, some with what they do next; the last one first.
    waiting: Vec<(Node<'a>, Option<Does>)>,
}

impl<'a, K, R: Fn(&World, Ended) -> K, S: Scouts> Search<'a, K, R, S> {
    /// The world before anything has happened, in as many parts as it takes.
    fn begin(&mut self, symbols: &'a Symbols, region: Polytope) {
        let has_jitter = self.setup.links.iter().any(LinkRules::has_jitter);
        if has_jitter {
            self.race.places[0] = Place::End(Stop::Open(0));
            self.race.open.push(Open { region, drawn: Vec::new(), why: Left::Jitter });
            return;
        }
        let all: Rc<[usize]> = (0..self.scouts.count()).collect();
        let mut parts = vec![(region, 0, all)];
        while let Some((region, place, scouts)) = parts.pop() {
            let mut clocks = Clocks::new(self.setup, symbols, region.clone());
            let world = world::start(self.setup, &mut clocks);
            for side in Side::BOTH {
                clocks.settle(self.setup, &world, side, None);
            }
            let unclear = clocks.unclear();
            let node = Node { world, clocks, actions: 0, place, scouts };
            match unclear {
                None => self.waiting.push((node, None)),
                Some(Unclear::Sign(form)) => match halves(&region, &form) {
                    Ok(halves) => parts.extend(self.fork(&node, form, halves)),
                    Err(Overflow) => self.leave(node, Left::Overflow),
                },
                Some(Unclear::Overflow) => self.leave(node, Left::Overflow),
            }
        }
    }

    /// The node that is followed next: where most scouts are, and of those the last one.
    fn take(&mut self) -> Option<(Node<'a>, Option<Does>)> {
        if self.scouts.count() == 0 {
            return self.waiting.pop();
        }
        let scouts = |at: &usize| self.waiting[*at].0.scouts.len();
        let at = (0..self.waiting.len()).max_by_key(scouts)?;
        Some(self.waiting.swap_remove(at))
    }

    fn leave(&mut self, node: Node<'a>, why: Left) {
        let Clocks { region, drawn, .. } = node.clocks;
        self.race.places[node.place] = Place::End(Stop::Open(self.race.open.len()));
        self.race.open.push(Open { region, drawn, why });
    }

    fn end(&mut self, node: Node<'a>, end: Result<Ended, Halt>) {
        let end = end.map(|ended| (self.read)(&node.world, ended));
        let Node { world: _, clocks, actions, place, scouts: _ } = node;
        let Clocks { region, drawn, .. } = clocks;
        self.race.places[place] = Place::End(Stop::Leaf(self.race.leaves.len()));
        self.race.leaves.push(Leaf { region, drawn, end, actions });
    }

    /// A place that will be looked at.
    fn place(&mut self) -> usize {
        self.race.places.push(UNSEEN);
        self.race.places.len() - 1
    }

    /// The parts of a node's region on either side of a sign, each with a place and scouts of its
    /// own.
    fn fork(
        &mut self,
        node: &Node<'a>,
        form: Affine,
        [below, least]: [Option<Polytope>; 2],
    ) -> SmallVec<[Part; 2]> {
        let places = [self.place(), self.place()];
        let scouts = self
            .parted(node, 2, |value| usize::from(value(&form).is_none_or(|(value, _)| value >= 0)));
        self.race.places[node.place] = Place::Sign(form, places);
        let parts = [below, least].into_iter().zip(places).zip(scouts);
        parts.filter_map(|((region, place), scouts)| Some((region?, place, scouts))).collect()
    }

    /// A node's scouts by which of so many ways they go; they find out with the values of forms.
    fn parted(
        &self,
        node: &Node<'a>,
        ways: usize,
        way: impl Fn(&dyn Fn(&Affine) -> Option<(i128, i128)>) -> usize,
    ) -> SmallVec<[Rc<[usize]>; 2]> {
        if node.scouts.is_empty() {
            return smallvec![Rc::clone(&node.scouts); ways];
        }
        let mut parts: SmallVec<[Vec<usize>; 2]> = smallvec![Vec::new(); ways];
        for scout in node.scouts.iter() {
            let drawn = &node.clocks.drawn;
            let value = |form: &Affine| form.at_whole(|n| self.scouts.value(*scout, n, drawn));
            parts[way(&value)].push(*scout);
        }
        parts.into_iter().map(Rc::from).collect()
    }

    /// Why this node is not followed.
    fn bound(&self, node: &Node<'a>) -> Option<Left> {
        if self.race.leaves.len() >= self.bounds.leaves {
            Some(Left::Leaves)
        } else if self.race.steps >= self.bounds.steps {
            Some(Left::Steps)
        } else if node.clocks.variables() > self.bounds.variables {
            Some(Left::Variables)
        } else {
            None
        }
    }

    /// Follows a node to its end, or to where it parts.
    fn follow(&mut self, mut node: Node<'a>, mut does: Option<Does>) -> Result<(), Overflow> {
        loop {
            if let Some(why) = self.bound(&node) {
                self.leave(node, why);
                return Ok(());
            }
            if node.actions >= self.horizon.actions {
                self.end(node, Ok(Ended::Horizon));
                return Ok(());
            }
            let (action, at) = match does.take() {
                Some(does) => does,
                None => {
                    let mut next = node.clocks.next()?;
                    if next.len() > 1 {
                        let ways: Vec<_> =
                            next.iter().map(|next| (next.at.clone(), self.place())).collect();
                        let scouts = self.parted(&node, ways.len(), |value| earliest(&ways, value));
                        // The last to be pushed is the first to be followed.
                        let all = next.into_iter().zip(&ways).zip(scouts);
                        for ((Next { action, at, region }, (_, place)), scouts) in all.rev() {
                            let node = node.within((region, *place, scouts));
                            self.waiting.push((node, Some((action, at))));
                        }
                        self.race.places[node.place] = Place::First(ways);
                        return Ok(());
                    }
                    let Some(Next { action, at, region: _ }) = next.pop() else {
                        let done = lanes_ended(&node.world);
                        self.end(node, Ok(if done { Ended::Done } else { Ended::Stuck }));
                        return Ok(());
                    };
                    (action, at)
                }
            };
            if is_timer(action) && quiet(&node.world) {
                self.end(node, Ok(Ended::Done));
                return Ok(());
            }
            let beyond = node.clocks.is_after(&at, self.horizon.micros);
            if let Some(unclear) = node.clocks.unclear() {
                return self.part(&node, unclear, (action, at));
            }
            if beyond {
                let stuck = waits_in_vain(&node.world);
                self.end(node, Ok(if stuck { Ended::Stuck } else { Ended::Horizon }));
                return Ok(());
            }
            let before = node.clone();
            self.race.steps += 1;
            if let Err(halt) = node.step(self.setup, action, at.clone()) {
                self.end(node, Err(halt));
                return Ok(());
            }
            if let Some(unclear) = node.clocks.unclear() {
                return self.part(&before, unclear, (action, at));
            }
        }
    }

    /// A step depends on a sign: it is taken in each part by itself.
    fn part(&mut self, node: &Node<'a>, why: Unclear, does: Does) -> Result<(), Overflow> {
        match why {
            Unclear::Overflow => Err(Overflow),
            Unclear::Sign(form) => {
                let halves = halves(&node.clocks.region, &form)?;
                for part in self.fork(node, form, halves) {
                    self.waiting.push((node.within(part), Some(does.clone())));
                }
                Ok(())
            }
        }
    }
}

impl<'s> Node<'s> {
    /// The same in a part of its region.
    fn within(&self, (region, place, scouts): Part) -> Node<'s> {
        let mut node = self.clone();
        node.clocks.region = region;
        (node.place, node.scouts) = (place, scouts);
        node
    }

    fn step(&mut self, setup: &Setup, action: Action, at: Affine) -> Result<(), Halt> {
        self.actions += 1;
        self.clocks.advance(at, action);
        let turned = world::apply(setup, &mut self.world, action, &mut self.clocks)?;
        match action {
            Action::Turn(side, lane) => {
                self.clocks.settle(setup, &self.world, side, Some((lane, turned)));
            }
            Action::Deliver(side, _)
            | Action::Repeat(side, _)
            | Action::Fire(side, _, _)
            | Action::Wake(side, _, _)
            | Action::Call(side, _)
            | Action::Inject(side, _) => self.clocks.settle(setup, &self.world, side, None),
            Action::Lose(..) => {}
        }
        Ok(())
    }
}

/// The part of a region in which a form is below zero, and the rest.
fn halves(region: &Polytope, form: &Affine) -> Result<[Option<Polytope>; 2], Overflow> {
    let least = Inequality { form: form.clone(), kind: Kind::AtLeast };
    let below = Inequality { form: form.times(-1, 1)?, kind: Kind::Above };
    Ok([region.cut(&below)?, region.cut(&least)?])
}
