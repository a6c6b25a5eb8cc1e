//! Where a search has been: the questions that tell orders apart.

use crate::exact::Affine;

/// Where the search has been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nothing is followed any further.
    End(Stop),
    /// Several things can be first, each followed at a place of its own. At one instant the first
    /// of the list is first.
    First(Vec<(Affine, usize)>),
    /// A step depends on whether a form is at least zero: it is followed at the first place where
    /// it is not, at the second where it is.
    Sign(Affine, [usize; 2]),
}

/// Where nothing was followed any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The leaf with this number.
    Leaf(usize),
    /// The part with this number that was left.
    Open(usize),
    /// No point leads here.
    Unseen,
}

/// Stands where nobody has looked yet. Of an empty half it stays: no point leads there.
pub(super) const UNSEEN: Place = Place::End(Stop::Unseen);
