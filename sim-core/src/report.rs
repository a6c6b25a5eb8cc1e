//! Floor 9: what a run or a search says.

pub mod graph;
pub mod outcome;
