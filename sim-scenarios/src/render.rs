//! Text for people: ladders, short stories, verdicts, ledgers, chains of causes, tables.
//!
//! Everything is read off a story or a census; nothing here decides anything. Text carries colour
//! as escape sequences; whoever prints takes them out where nobody wants them.

pub mod cause;
pub mod csv;
pub mod flight;
pub mod grid;
pub mod happens_before;
pub mod ladder;
pub mod map;
pub mod mermaid;
pub mod packetdrill;
pub mod prices;
pub mod prism;
pub mod run;
pub mod short;
pub mod step;
pub mod svg;
pub mod tla;
pub mod verdict;
pub mod words;

pub use words::{Names, ms, percent};
