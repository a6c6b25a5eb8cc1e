//! What is worth looking at: closing strategies, client policies, stories; and the command line
//! that shows them.
#![forbid(unsafe_code)]

pub mod advise;
pub mod case;
pub mod catalogue;
pub mod claim;
pub mod cli;
pub mod client;
pub mod conform;
pub mod drill;
pub mod explain;
pub mod file;
pub mod interval;
pub mod measured;
pub mod near;
pub mod preset;
pub mod race;
pub mod render;
pub mod server;
pub mod timing;
pub mod token;
pub mod units;

pub use race::Race;
pub use sim_core::report::outcome::Word;
