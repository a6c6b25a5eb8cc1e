//! Sets that are put together from convex ones.

use super::{Inequality, Overflow, Polytope};

/// How far two sets are from being the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Apart {
    /// They have the same points.
    Nowhere,
    /// They differ in points, but in no volume: one has a piece of rim that the other has not.
    AtRims,
    /// A part with a volume is in one of them only.
    Within,
}

/// The points that are in one set and in none of the others, in disjoint pieces.
///
/// # Errors
/// Numbers that do not fit.
pub fn difference(from: &Polytope, others: &[Polytope]) -> Result<Vec<Polytope>, Overflow> {
    let mut pieces = vec![from.clone()];
    for other in others {
        let faces = other.irredundant()?;
        let mut left = Vec::new();
        for piece in &pieces {
            left.extend(outside(piece, &faces)?);
        }
        pieces = left;
    }
    Ok(pieces)
}

/// The points of a set that fail at least one of the inequalities, each in the piece of the first
/// one that it fails.
fn outside(set: &Polytope, faces: &[Inequality]) -> Result<Vec<Polytope>, Overflow> {
    let (mut pieces, mut rest) = (Vec::new(), set.clone());
    for face in faces {
        pieces.extend(rest.cut(&face.opposite()?)?);
        let Some(inside) = rest.cut(face)? else { return Ok(pieces) };
        rest = inside;
    }
    Ok(pieces)
}

/// Whether two unions say the same.
///
/// # Errors
/// Numbers that do not fit.
pub fn apart(one: &[Polytope], other: &[Polytope]) -> Result<Apart, Overflow> {
    let mut worst = Apart::Nowhere;
    for (from, others) in [(one, other), (other, one)] {
        for set in from {
            for piece in difference(set, others)? {
                let full = piece.dimension() == piece.variables();
                worst = worst.max(if full { Apart::Within } else { Apart::AtRims });
            }
        }
    }
    Ok(worst)
}

/// The convex set whose points are exactly those of the two, if there is one. `within` is a set
/// that holds them both.
///
/// # Errors
/// Numbers that do not fit.
pub fn joined(
    one: &Polytope,
    other: &Polytope,
    within: &Polytope,
) -> Result<Option<Polytope>, Overflow> {
    Described::of(one.clone())?.joined(&Described::of(other.clone())?, within)
}

/// A set with its fewest inequalities, which many pairs ask for.
struct Described {
    set: Polytope,
    faces: Vec<Inequality>,
}

impl Described {
    fn of(set: Polytope) -> Result<Described, Overflow> {
        Ok(Described { faces: set.irredundant()?, set })
    }

    fn joined(&self, other: &Described, within: &Polytope) -> Result<Option<Polytope>, Overflow> {
        // What holds in both of what either says. If the union is convex, this is it: a face of one
        // that the other crosses would run through the middle of the union.
        let mut hull = within.clone();
        for (own, others) in [(self, &other.set), (other, &self.set)] {
            for face in &own.faces {
                if others.holds_everywhere(face)? {
                    match hull.cut(face)? {
                        Some(part) => hull = part,
                        None => return Ok(None),
                    }
                }
            }
        }
        // One look tells for most pairs.
        let middle = hull.interior()?;
        if !self.set.contains(&middle)? && !other.set.contains(&middle)? {
            return Ok(None);
        }
        for piece in outside(&hull, &self.faces)? {
            if !outside(&piece, &other.faces)?.is_empty() {
                return Ok(None);
            }
        }
        Ok(Some(hull))
    }
}

/// The same points in fewer convex sets: neighbours are put together as long as two are a convex
/// set. `within` is a set that holds them all, such as the box that they were cut from.
///
/// Which pieces are left depends on the order of the list; that none of them can be put together
/// with another one does not.
///
/// # Errors
/// Numbers that do not fit.
pub fn merged(sets: &[Polytope], within: &Polytope) -> Result<Vec<Polytope>, Overflow> {
    let mut done: Vec<Described> = Vec::new();
    for set in sets {
        let mut fresh = Described::of(set.clone())?;
        let mut at = 0;
        while let Some(other) = done.get(at) {
            match other.joined(&fresh, within)? {
                Some(both) => {
                    fresh = Described::of(both)?;
                    done.remove(at);
                    // What is larger may fit to what did not fit before.
                    at = 0;
                }
                None => at += 1,
            }
        }
        done.push(fresh);
    }
    Ok(done.into_iter().map(|it| it.set).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{Affine, Ratio};

    fn square(side: i128) -> Polytope {
        let ends = [(Ratio::from(0), Some(Ratio::from(side))); 2];
        Polytope::boxed(&ends).expect("small numbers").expect("not empty")
    }

    fn at_least(constant: i128, coefficients: &[i128]) -> Inequality {
        Inequality::at_least(Affine::of(constant, coefficients, 1).expect("small numbers"))
    }

    fn halves(it: &Polytope, by: &Inequality) -> [Polytope; 2] {
        let opposite = by.opposite().expect("small numbers");
        [by, &opposite].map(|by| it.cut(by).expect("small numbers").expect("not empty"))
    }

    #[test]
    fn halves_are_joined_and_an_angle_is_not() {
        let all = square(4);
        let [left, right] = halves(&all, &at_least(2, &[-1]));
        let [low, high] = halves(&right, &at_least(1, &[1, -1]));
        let merged = merged(&[low.clone(), left.clone(), high.clone()], &all).expect("small");
        assert_eq!(merged.len(), 1);
        assert_eq!(apart(&merged, std::slice::from_ref(&all)), Ok(Apart::Nowhere));
        let joined = joined(&left, &low, &all).expect("small numbers");
        assert!(joined.is_none(), "the angle at (2, 3) is missing");
        assert_eq!(apart(&[left, low], &[all]), Ok(Apart::Within));
    }

    #[test]
    fn rims_count() {
        let all = square(4);
        let [left, right] = halves(&all, &at_least(2, &[-1]));
        let open = left.cut(&Inequality::above(at_least(2, &[-1]).form));
        let open = open.expect("small numbers").expect("not empty");
        assert!(joined(&open, &right, &all).expect("small numbers").is_none());
        assert_eq!(
            apart(&[open.clone(), right.clone()], std::slice::from_ref(&all)),
            Ok(Apart::AtRims)
        );
        let closed = [open.closure(), right.closure()];
        assert_eq!(merged(&closed, &all).map(|it| it.len()), Ok(1));
    }

    #[test]
    fn a_hole_leaves_four_pieces_at_most() {
        let all = square(4);
        let hole =
            [at_least(-1, &[1]), at_least(3, &[-1]), at_least(-1, &[0, 1]), at_least(3, &[0, -1])];
        let hole = all.cut_all(&hole).expect("small numbers").expect("not empty");
        let ring = difference(&all, std::slice::from_ref(&hole)).expect("small numbers");
        assert_eq!(ring.len(), 4);
        assert_eq!(merged(&ring, &all).map(|it| it.len()), Ok(4));
        assert_eq!(difference(&hole, &ring).map(|it| it.len()), Ok(1));
        let whole: Vec<Polytope> = ring.into_iter().chain([hole]).collect();
        assert_eq!(apart(&whole, &[all]), Ok(Apart::Nowhere));
    }
}
