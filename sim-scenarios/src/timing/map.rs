//! Where each outcome is: the leaves of a race, put together by how they end.

use super::{Parameter, Timing};
use num_rational::BigRational;
use sim_core::answer::Halt;
use sim_core::drive::race::{Bounds, Left, race};
use sim_core::drive::run::HORIZON;
use sim_core::exact::{Overflow, Polytope, Ratio, union};
use sim_core::report::outcome::{Word, outcome};
use sim_core::tcp::Gone;
use sim_core::wire::Micros;

/// How a run ends, as far as a map tells ends apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// The answer was read or not, and why not.
    Known(Word, Option<Gone>),
    /// A stack has no answer to a question, or a bound of the model was met.
    Undetermined,
}

/// Everything that ends in one way.
#[derive(Clone, Debug)]
pub struct Area {
    /// How.
    pub ending: Ending,
    /// For which values of the parameters: disjoint convex sets.
    pub pieces: Vec<Polytope>,
    /// The volume of the pieces, as a part of the box's.
    pub share: BigRational,
    /// Orders of events that end so.
    pub orders: usize,
    /// Values well inside (microseconds), where there are whole ones.
    pub witness: Option<Vec<Micros>>,
}

/// A map of a case's timings.
#[derive(Clone, Debug)]
pub struct Map {
    /// Of what.
    pub timing: Timing,
    /// The areas, the best word first.
    pub areas: Vec<Area>,
    /// Parts that were left, and why.
    pub open: Vec<(Polytope, Left)>,
    /// Orders of events that were told apart.
    pub orders: usize,
    /// Steps that were taken.
    pub steps: u64,
    /// The first question that had no answer.
    pub undetermined: Option<Halt>,
}

/// What a map takes at most, unless somebody says otherwise.
pub const BOUNDS: Bounds = Bounds { leaves: 20_000, steps: 2_000_000, variables: 8 };

impl Map {
    /// Races a case and puts together what ends alike.
    ///
    /// # Errors
    /// Numbers that are too large.
    pub fn new(timing: Timing, bounds: Bounds) -> Result<Map, Overflow> {
        let Timing { setup, symbols, region, reply, .. } = &timing;
        let found = race(setup, symbols, region.clone(), HORIZON, bounds, |world, ended| {
            let end = outcome(world, *reply, ended);
            Ending::Known(end.word, end.cause)
        });
        let mut undetermined = None;
        let mut parts: Vec<(Ending, Vec<Polytope>)> = Vec::new();
        for leaf in &found.leaves {
            let ending = match &leaf.end {
                Ok(ending) => *ending,
                Err(halt) => {
                    undetermined.get_or_insert(*halt);
                    Ending::Undetermined
                }
            };
            match parts.iter_mut().find(|(known, _)| *known == ending) {
                Some((_, regions)) => regions.push(leaf.region.clone()),
                None => parts.push((ending, vec![leaf.region.clone()])),
            }
        }
        parts.sort_by_key(|(ending, _)| *ending);
        let areas = areas(parts, &timing, found.is_whole())?;
        let open = found.open.into_iter().map(|open| (open.region, open.why)).collect();
        let (orders, steps) = (found.leaves.len(), found.steps);
        Ok(Map { timing, areas, open, orders, steps, undetermined })
    }

    /// Whether every point of the box is in an area.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.open.is_empty()
    }

    /// What is open, in order.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.timing.parameters
    }

    /// The area that a point is in.
    ///
    /// # Errors
    /// Numbers that are too large.
    pub fn at(&self, point: &[Ratio]) -> Result<Option<&Area>, Overflow> {
        for area in &self.areas {
            for piece in &area.pieces {
                if piece.contains(point)? {
                    return Ok(Some(area));
                }
            }
        }
        Ok(None)
    }
}

/// The most pieces that are tried for being one: every one is held against every other.
const MERGED: usize = 400;
/// The most pieces of the others that one area is the rest of.
const OTHERS: usize = 40;

/// The areas of what ends alike. The one with the most orders is what the others leave, where that
/// takes fewer pieces.
fn areas(
    parts: Vec<(Ending, Vec<Polytope>)>,
    timing: &Timing,
    is_whole: bool,
) -> Result<Vec<Area>, Overflow> {
    let whole = timing.region.volume().unwrap_or_default();
    let largest = parts.iter().enumerate().max_by_key(|(n, (_, all))| (all.len(), usize::MAX - n));
    let largest = largest.map(|(n, _)| n);
    let mut merged: Vec<Vec<Polytope>> = Vec::new();
    for (n, (_, regions)) in parts.iter().enumerate() {
        let waits = is_whole && Some(n) == largest;
        merged.push(if waits { Vec::new() } else { fewer(regions, timing)? });
    }
    let others: Vec<Polytope> = merged.iter().flatten().cloned().collect();
    let mut areas = Vec::new();
    for (n, ((ending, regions), mut pieces)) in parts.into_iter().zip(merged).enumerate() {
        if is_whole && Some(n) == largest {
            pieces = match others.len() <= OTHERS {
                true => fewer(&union::difference(&timing.region, &others)?, timing)?,
                false => fewer(&regions, timing)?,
            };
        }
        let volume: BigRational = regions.iter().filter_map(Polytope::volume).sum();
        let share = if whole == BigRational::default() { volume } else { volume / &whole };
        let witness = witness(&pieces, timing.parameters.len())?;
        areas.push(Area { ending, pieces, share, orders: regions.len(), witness });
    }
    Ok(areas)
}

/// The same in fewer pieces.
fn fewer(regions: &[Polytope], timing: &Timing) -> Result<Vec<Polytope>, Overflow> {
    match regions.len() <= MERGED {
        true => union::merged(regions, &timing.region),
        false => Ok(regions.to_vec()),
    }
}

impl Area {
    /// Whether it has a volume: else it is a boundary between others, at most.
    #[must_use]
    pub fn is_thick(&self) -> bool {
        self.share != BigRational::default()
    }
}

/// Whole values inside the largest of these, even ones: half a round trip is a whole number then.
fn witness(pieces: &[Polytope], parameters: usize) -> Result<Option<Vec<Micros>>, Overflow> {
    let mut sizes: Vec<(BigRational, usize)> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        sizes.push((piece.volume().unwrap_or_default(), at));
    }
    sizes.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let two = Ratio::from_integer(2);
    for (_, at) in sizes {
        let point = pieces[at].round_point(&vec![two; parameters])?;
        let whole = |x: &Ratio| {
            let even = (*x / two).is_integer();
            even.then(|| u64::try_from(x.to_integer()).ok()).flatten()
        };
        if let Some(point) = point.iter().map(whole).collect() {
            return Ok(Some(point));
        }
    }
    Ok(None)
}
