//! Where the parts of a document stand.

use super::flaw::first_line;
use super::walk::{Fit, Tree};
use std::ops::Range;

/// A document with the places of its parts.
pub(super) struct Places<'t> {
    root: &'t Tree,
    text: &'t str,
}

/// A step into a document.
#[derive(Clone, Copy, Debug)]
pub(super) enum Into<'k> {
    /// The value of a key.
    Key(&'k str),
    /// A place in a list.
    At(usize),
}

impl<'t> Places<'t> {
    pub(super) const fn new(root: &'t Tree, text: &'t str) -> Places<'t> {
        Places { root, text }
    }

    /// Whether nothing of the part at the end of this way was refused.
    pub(super) fn fit(&self, way: &[Into<'_>]) -> Fit {
        match self.at(way) {
            Tree::Table(_, _, fit) => *fit,
            Tree::List(..) | Tree::Leaf(_) => Fit::Whole,
        }
    }

    /// Where the part at the end of this way stands, or what of the way there is.
    pub(super) fn of(&self, way: &[Into<'_>]) -> Range<usize> {
        first_line(self.text, self.at(way).span())
    }

    fn at(&self, way: &[Into<'_>]) -> &Tree {
        let mut tree = self.root;
        for step in way {
            let next = match (step, tree) {
                (Into::Key(key), Tree::Table(_, keys, _)) => {
                    keys.iter().find(|(known, _)| known == key).map(|(_, tree)| tree)
                }
                (Into::At(n), Tree::List(_, items)) => items.get(*n),
                (Into::Key(_), Tree::List(..) | Tree::Leaf(_))
                | (Into::At(_), Tree::Table(..) | Tree::Leaf(_)) => None,
            };
            match next {
                Some(next) => tree = next,
                None => break,
            }
        }
        tree
    }
}
