//! Sets in the plane as polygons, to draw them.

use super::{Generator, Polytope};
use crate::exact::number;
use crate::exact::{Affine, Inequality, Kind, Overflow, Ratio};

/// A polygon with a positive area: its edges counter-clockwise, the first from the lowest of the
/// leftmost corners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Polygon {
    /// Each ends where the next begins.
    pub edges: Vec<Edge>,
}

/// One edge of a [`Polygon`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Its first corner.
    pub from: [Ratio; 2],
    /// Whether that corner is in the set.
    pub corner: Belonging,
    /// What holds on the set's side of it.
    pub inequality: Inequality,
    /// Whether the points between its corners are in the set.
    pub inner: Belonging,
}

/// Whether something at the rim is part of the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Belonging {
    /// It is.
    Part,
    /// A strict inequality takes it away.
    TakenAway,
}

impl Polytope {
    /// A set of two variables as a polygon; `None` if it has not two variables, no area, or no end.
    ///
    /// # Errors
    /// Numbers that do not fit.
    pub fn polygon(&self) -> Result<Option<Polygon>, Overflow> {
        if self.variables() != 2 || !self.is_bounded() || self.dimension() != 2 {
            return Ok(None);
        }
        let mut edges = Vec::new();
        for (at, face) in self.0.faces.iter().enumerate().skip(1) {
            let ends: Vec<&Generator> =
                self.0.generators.iter().filter(|it| it.on >> at & 1 == 1).collect();
            let [one, other] = ends[..] else { continue };
            let part = |it: &Generator| match self.0.strict & it.on {
                0 => Belonging::Part,
                _ => Belonging::TakenAway,
            };
            // With the inside on the left one walks along (b, -a), where (a, b) points inwards.
            let (a, b) = (face.row[1], face.row.get(2).copied().unwrap_or(0));
            let along = |it: &Generator| -> Result<(i128, i128), Overflow> {
                let (x, y) = (number::mul(b, it.row[1])?, number::mul(a, it.row[2])?);
                Ok((x.checked_sub(y).ok_or(Overflow)?, it.row[0]))
            };
            let forward = number::compare(along(one)?, along(other)?).is_lt();
            let (from, to) = if forward { (one, other) } else { (other, one) };
            let form = Affine::of(face.row[0], &face.row[1..], 1)?;
            let inner = match face.kind {
                Kind::AtLeast => Belonging::Part,
                Kind::Above => Belonging::TakenAway,
            };
            let inequality = Inequality { form, kind: face.kind };
            let edge = Edge { from: place(from)?, corner: part(from), inequality, inner };
            edges.push((edge, place(to)?));
        }
        Ok(Some(Polygon { edges: walk(edges) }))
    }
}

fn place(it: &Generator) -> Result<[Ratio; 2], Overflow> {
    Ok([number::ratio(it.row[1], it.row[0])?, number::ratio(it.row[2], it.row[0])?])
}

/// Puts edges with their second corners into order.
fn walk(mut edges: Vec<(Edge, [Ratio; 2])>) -> Vec<Edge> {
    let mut walked = Vec::with_capacity(edges.len());
    let mut next = edges.iter().map(|it| it.0.from).min();
    while let Some(from) = next {
        let at = edges.iter().position(|it| it.0.from == from);
        next = at.map(|at| {
            let (edge, to) = edges.swap_remove(at);
            walked.push(edge);
            to
        });
    }
    walked
}
