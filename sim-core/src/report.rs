//! Floor 9: what a run or a search says.

pub mod census;
pub mod claim;
pub mod decided;
pub mod explain;
pub mod graph;
pub mod odds;
pub mod outcome;
pub mod trace;
