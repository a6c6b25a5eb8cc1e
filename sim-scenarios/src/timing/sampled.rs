//! A map from runs in virtual time, where there are too many orders of events to follow each: cells
//! of a plane, refined where neighbours end differently.

use super::map::Ending;
use super::plane::{Axis, Patch, Plane};
use super::{Parameter, Timing};
use sim_core::drive::run::{HORIZON, Runner};
use sim_core::exact::{Overflow, Polygon, Polytope, Ratio};
use sim_core::pace::clocked::Always;
use sim_core::report::outcome::outcome;
use sim_core::wire::Micros;
use std::collections::BTreeMap;

/// Cells of a plane along each axis before any is refined.
const CELLS: u64 = 12;
/// How often a cell is quartered at most.
const DEPTH: u32 = 4;

/// A plane of cells.
#[derive(Clone, Debug)]
pub struct Sampled {
    /// What is where; corners of cells stand for their insides.
    pub plane: Plane,
    /// Runs that were made.
    pub runs: u64,
    /// The smallest cells, along each axis (microseconds).
    pub resolution: [Micros; 2],
}

struct Runs<'a> {
    timing: &'a Timing,
    axes: [Axis; 2],
    point: Vec<Micros>,
    known: BTreeMap<(Micros, Micros), Ending>,
}

/// Where a cell is: left, right, lower and upper end.
type Cell = [Micros; 4];

/// The plane of two parameters (or of one, where both axes are the same), the others held at
/// `point`.
///
/// # Errors
/// Numbers that are too large.
pub fn sampled(timing: &Timing, axes: [Axis; 2], point: Vec<Micros>) -> Result<Sampled, Overflow> {
    let held = held(timing, &axes, &point);
    let mut runs = Runs { timing, axes, point, known: BTreeMap::new() };
    let [x, y] = runs.axes.clone().map(|axis| ends(&axis));
    let mut cells: Vec<(Cell, Ending)> = Vec::new();
    for across in x.windows(2) {
        for up in y.windows(2) {
            runs.refine([across[0], across[1], up[0], up[1]], DEPTH, &mut cells);
        }
    }
    let mut patches: BTreeMap<Ending, Vec<Polygon>> = BTreeMap::new();
    for (cell, ending) in cells {
        patches.entry(ending).or_default().extend(rectangle(cell)?);
    }
    let smallest = |axis: &Axis| (((axis.high - axis.low) / CELLS) >> DEPTH).max(1);
    let resolution = [smallest(&runs.axes[0]), smallest(&runs.axes[1])];
    let patches = patches.into_iter().map(|(ending, polygons)| Patch { ending, polygons });
    let plane = Plane { axes: runs.axes, held, patches: patches.collect(), left: Vec::new() };
    Ok(Sampled { plane, runs: runs.known.len() as u64, resolution })
}

fn held(timing: &Timing, axes: &[Axis; 2], point: &[Micros]) -> Vec<(Parameter, Micros)> {
    let all = timing.parameters.iter().cloned().zip(point.iter().copied()).enumerate();
    let is_axis = |n: usize| axes.iter().any(|axis| axis.parameter == n);
    all.filter(|(n, _)| !is_axis(*n)).map(|(_, held)| held).collect()
}

/// Where the first cells of an axis begin and end.
fn ends(axis: &Axis) -> Vec<Micros> {
    let width = axis.high - axis.low;
    let mut ends: Vec<Micros> = (0..=CELLS).map(|n| axis.low + width * n / CELLS).collect();
    ends.dedup();
    ends
}

fn rectangle([left, right, low, high]: Cell) -> Result<Option<Polygon>, Overflow> {
    let ratio = |us: Micros| Ratio::from_integer(i128::from(us));
    let ends = [(ratio(left), Some(ratio(right))), (ratio(low), Some(ratio(high)))];
    match Polytope::boxed(&ends)? {
        Some(cell) => cell.polygon(),
        None => Ok(None),
    }
}

impl Runs<'_> {
    fn at(&mut self, x: Micros, y: Micros) -> Ending {
        if let Some(known) = self.known.get(&(x, y)) {
            return *known;
        }
        self.point[self.axes[1].parameter] = y;
        self.point[self.axes[0].parameter] = x;
        let ending = ending(self.timing, &self.point);
        self.known.insert((x, y), ending);
        ending
    }

    /// A cell whose corners end alike is taken to be so inside; another one is quartered.
    fn refine(&mut self, cell: Cell, depth: u32, into: &mut Vec<(Cell, Ending)>) {
        let [left, right, low, high] = cell;
        let corners = [(left, low), (right, low), (left, high), (right, high)];
        let corners = corners.map(|(x, y)| self.at(x, y));
        let middle = (left + (right - left) / 2, low + (high - low) / 2);
        if corners.iter().all(|one| *one == corners[0]) {
            into.push((cell, corners[0]));
        } else if depth == 0 || (right - left < 2 && high - low < 2) {
            into.push((cell, self.at(middle.0, middle.1)));
        } else {
            let (x, y) = middle;
            for part in
                [[left, x, low, y], [x, right, low, y], [left, x, y, high], [x, right, y, high]]
            {
                let is_there = part[0] < part[1] && part[2] < part[3];
                if is_there {
                    self.refine(part, depth - 1, into);
                }
            }
        }
    }
}

/// How virtual time ends at a point.
fn ending(timing: &Timing, point: &[Micros]) -> Ending {
    let Ok(scenario) = timing.at(point).scenario() else { return Ending::Undetermined };
    let mut runner = Runner::new(&scenario.setup, Always(0), &mut ());
    match runner.finish(&scenario.setup, HORIZON, &mut (), |_, _| {}) {
        Ok(ended) => {
            let end = outcome(&runner.world, scenario.reply, ended);
            Ending::Known(end.word, end.cause)
        }
        Err(_) => Ending::Undetermined,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BOUNDS, Map, open};
    use super::*;
    use crate::case::Key;
    use crate::catalogue;

    /// Where the exact map has one end at all corners of a cell, the cell has it, too; where it has
    /// not, the cell is one of the smallest. Those are a small part of the plane.
    #[test]
    fn cells_differ_from_the_exact_map_at_its_boundaries_only() {
        let mut case = catalogue::story("upload").expect("a story");
        for (key, value) in [(Key::Wake, "1ms"), (Key::Accept, "1ms")] {
            case.change(key, value).expect("a time");
        }
        let timing = Timing::new(&case, &open(&case)).expect("linear");
        let map = Map::new(timing.clone(), BOUNDS).expect("small numbers");
        let exact = map.plane(["rtt", "gap"], &[]).expect("a plane");
        let sampled = sampled(&timing, exact.axes.clone(), vec![0; 2]).expect("small numbers");
        let (mut alike, mut other) = (Ratio::from_integer(0), Ratio::from_integer(0));
        for patch in &sampled.plane.patches {
            for polygon in &patch.polygons {
                let corners: Vec<[Ratio; 2]> = polygon.edges.iter().map(|edge| edge.from).collect();
                let ends: Vec<Ending> = corners
                    .iter()
                    .map(|corner| map.at(corner).expect("small numbers").expect("an area").ending)
                    .collect();
                let size = [0, 1].map(|axis| {
                    let along = || corners.iter().map(|corner| corner[axis]);
                    along().max().expect("corners") - along().min().expect("corners")
                });
                if ends.iter().all(|end| *end == ends[0]) {
                    assert_eq!(patch.ending, ends[0], "{corners:?}");
                    alike += size[0] * size[1];
                } else {
                    let smallest = sampled.resolution.map(|us| i128::from(us) + 1);
                    assert!(size[0] <= smallest[0].into() && size[1] <= smallest[1].into());
                    other += size[0] * size[1];
                }
            }
        }
        assert!(other * 20 < alike, "{other} of {alike}");
        assert!(sampled.runs < 2_000, "{}", sampled.runs);
    }
}
