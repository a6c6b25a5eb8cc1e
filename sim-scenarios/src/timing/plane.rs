//! A map in the plane of two parameters, the others at one value each.

use super::map::{Area, Ending, Map};
use super::{Of, Parameter};
use sim_core::exact::{Affine, Edge, Inequality, Overflow, Polygon, Polytope, Ratio};
use sim_core::wire::Micros;

/// A parameter as an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Which of the map's parameters.
    pub parameter: usize,
    /// Its name.
    pub of: Of,
    /// Where it begins (microseconds).
    pub low: Micros,
    /// Where it ends.
    pub high: Micros,
}

/// What ends in one way, as polygons of the plane.
#[derive(Clone, Debug)]
pub struct Patch {
    /// How.
    pub ending: Ending,
    /// Disjoint polygons; forms of their edges have the two axes as variables.
    pub polygons: Vec<Polygon>,
}

/// A map in a plane.
#[derive(Clone, Debug)]
pub struct Plane {
    /// To the right, upwards.
    pub axes: [Axis; 2],
    /// The other parameters, and where they are held.
    pub held: Vec<(Parameter, Micros)>,
    /// What is where, the best word first.
    pub patches: Vec<Patch>,
    /// What was left.
    pub left: Vec<Polygon>,
}

/// Why there is no such plane.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unseen {
    /// An axis that is no parameter.
    #[error("{0} is no open parameter here; open are {1}")]
    Axis(String, String),
    /// The same axis twice.
    #[error("a plane has two different axes, not {0} twice")]
    Twice(String),
    /// Numbers that are too large.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Map {
    /// The map in the plane of two parameters, the others held in the middle of their ranges or
    /// where `held` says.
    ///
    /// # Errors
    /// No such plane.
    pub fn plane(&self, axes: [&str; 2], held: &[(String, Micros)]) -> Result<Plane, Unseen> {
        if axes[0] == axes[1] {
            return Err(Unseen::Twice(axes[0].to_owned()));
        }
        let [x, y] = [self.axis(axes[0])?, self.axis(axes[1])?];
        let mut others = Vec::new();
        for (n, parameter) in self.parameters().iter().enumerate() {
            if n != x.parameter && n != y.parameter {
                let name = parameter.of.to_string();
                let said = held.iter().find(|(known, _)| *known == name).map(|(_, us)| *us);
                let middle = parameter.low + (parameter.high - parameter.low) / 2;
                others.push((n, parameter.clone(), said.unwrap_or(middle)));
            }
        }
        let turned = x.parameter > y.parameter;
        let cut = |region: &Polytope| -> Result<Option<Polygon>, Overflow> {
            let mut region = region.clone();
            // From the last: what is in front keeps its number.
            for (n, _, us) in others.iter().rev() {
                let value = Ratio::from_integer(i128::from(*us));
                match region.slice(*n, value)? {
                    Some(slice) => region = slice,
                    None => return Ok(None),
                }
            }
            match region.polygon()? {
                Some(polygon) if turned => mirrored(&polygon).map(Some),
                polygon => Ok(polygon),
            }
        };
        let mut patches = Vec::new();
        for Area { ending, pieces, .. } in &self.areas {
            let polygons: Result<Vec<_>, _> = pieces.iter().map(cut).collect();
            let polygons: Vec<Polygon> = polygons?.into_iter().flatten().collect();
            if !polygons.is_empty() {
                patches.push(Patch { ending: *ending, polygons });
            }
        }
        let left: Result<Vec<_>, _> = self.open.iter().map(|(region, _)| cut(region)).collect();
        let left = left?.into_iter().flatten().collect();
        let held = others.into_iter().map(|(_, parameter, us)| (parameter, us)).collect();
        Ok(Plane { axes: [x, y], held, patches, left })
    }

    fn axis(&self, name: &str) -> Result<Axis, Unseen> {
        let parameters = self.parameters();
        let at = parameters.iter().position(|parameter| parameter.of.to_string() == name);
        let Some(at) = at else {
            let names: Vec<String> = parameters.iter().map(|one| one.of.to_string()).collect();
            return Err(Unseen::Axis(name.to_owned(), names.join(", ")));
        };
        let Parameter { of, low, high } = parameters[at].clone();
        Ok(Axis { parameter: at, of, low, high })
    }
}

/// The polygon with its axes exchanged: corners run the other way round.
fn mirrored(polygon: &Polygon) -> Result<Polygon, Overflow> {
    let count = polygon.edges.len();
    let mut edges = Vec::with_capacity(count);
    for n in (0..count).rev() {
        let Edge { from: _, corner: _, inequality, inner } = polygon.edges[n].clone();
        let next = &polygon.edges[(n + 1) % count];
        let Inequality { form, kind } = inequality;
        let term = |to: usize, from: usize| {
            let (numerator, denominator) = form.coefficient(from);
            Affine::variable(to).times(numerator, denominator)
        };
        let (numerator, denominator) = form.constant_term();
        let constant = Affine::ratio(Ratio::new(numerator, denominator));
        let form = constant.plus(&term(0, 1)?)?.plus(&term(1, 0)?)?;
        let [x, y] = next.from;
        let inequality = Inequality { form, kind };
        edges.push(Edge { from: [y, x], corner: next.corner, inequality, inner });
    }
    Ok(Polygon { edges })
}
