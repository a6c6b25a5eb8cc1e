//! Where one ending becomes another: edges of polygons that belong to the same line.

use crate::timing::words::equation;
use crate::timing::{Parameter, Plane};
use sim_core::exact::{Affine, Overflow, Ratio};

/// A line on which the ending changes.
#[derive(Clone, Debug)]
pub struct Rim {
    /// Its mark in the picture.
    pub letter: char,
    /// Its equation.
    pub words: String,
    /// Where it is drawn.
    pub pieces: Vec<[[Ratio; 2]; 2]>,
}

/// The lines between different endings, those that are longest first.
///
/// # Errors
/// Numbers that are too large.
pub(super) fn rims(plane: &Plane) -> Result<Vec<Rim>, Overflow> {
    let axes: Vec<Parameter> = plane
        .axes
        .iter()
        .map(|axis| Parameter { of: axis.of.clone(), low: axis.low, high: axis.high })
        .collect();
    let mut found: Vec<(Affine, Vec<[[Ratio; 2]; 2]>)> = Vec::new();
    for (n, patch) in plane.patches.iter().enumerate() {
        for polygon in &patch.polygons {
            for (at, edge) in polygon.edges.iter().enumerate() {
                let to = polygon.edges[(at + 1) % polygon.edges.len()].from;
                if is_frame(plane, [edge.from, to]) {
                    continue;
                }
                for piece in against_others(plane, n, &edge.inequality.form, [edge.from, to])? {
                    let line = upright(&edge.inequality.form)?;
                    match found.iter_mut().find(|(known, _)| *known == line) {
                        Some((_, pieces)) => pieces.push(piece),
                        None => found.push((line, vec![piece])),
                    }
                }
            }
        }
    }
    // The longest get the first letters.
    found.sort_by_cached_key(|(_, pieces)| std::cmp::Reverse(length(plane, pieces)));
    let letters = ('a'..='z').chain('A'..='Z');
    let named = letters.zip(found);
    Ok(named
        .map(|(letter, (line, pieces))| Rim { letter, words: equation(&line, &axes), pieces })
        .collect())
}

/// The same line with its first factor positive.
fn upright(form: &Affine) -> Result<Affine, Overflow> {
    let first = (0..2).map(|n| form.coefficient(n).0).find(|factor| *factor != 0);
    if first.is_some_and(|factor| factor < 0) { form.negated() } else { Ok(form.clone()) }
}

/// Whether a piece runs along the frame of the plane.
fn is_frame(plane: &Plane, [from, to]: [[Ratio; 2]; 2]) -> bool {
    (0..2).any(|n| {
        let axis = &plane.axes[n];
        let ends = [axis.low, axis.high].map(|us| Ratio::from_integer(i128::from(us)));
        from[n] == to[n] && ends.contains(&from[n])
    })
}

/// The parts of an edge on whose other side something else happens.
fn against_others(
    plane: &Plane,
    own: usize,
    form: &Affine,
    [from, to]: [[Ratio; 2]; 2],
) -> Result<Vec<[[Ratio; 2]; 2]>, Overflow> {
    let mut parts = Vec::new();
    // Only edges of later patches: each change is drawn once.
    for patch in plane.patches.iter().skip(own + 1) {
        for polygon in &patch.polygons {
            for (at, edge) in polygon.edges.iter().enumerate() {
                let end = polygon.edges[(at + 1) % polygon.edges.len()].from;
                let zero = Ratio::from_integer(0);
                if form.at(&edge.from)? == zero && form.at(&end)? == zero {
                    parts.extend(shared([from, to], [edge.from, end]));
                }
            }
        }
    }
    Ok(parts)
}

/// What two pieces of one line have in common.
fn shared([from, to]: [[Ratio; 2]; 2], [one, other]: [[Ratio; 2]; 2]) -> Option<[[Ratio; 2]; 2]> {
    // Points of a line are in the order of their coordinates.
    let (low, high) = if from < to { (from, to) } else { (to, from) };
    let (first, last) = if one < other { (one, other) } else { (other, one) };
    let (begin, end) = (low.max(first), high.min(last));
    (begin < end).then_some([begin, end])
}

/// How long something is drawn, in thousandths of the axes.
fn length(plane: &Plane, pieces: &[[[Ratio; 2]; 2]]) -> i128 {
    let along = |n: usize, from: Ratio, to: Ratio| {
        let width = (i128::from(plane.axes[n].high) - i128::from(plane.axes[n].low)).max(1);
        let part = (to - from) * 1_000 / width;
        part.to_integer().abs()
    };
    pieces.iter().map(|[from, to]| along(0, from[0], to[0]) + along(1, from[1], to[1])).sum()
}
