//! A deterministic model of two TCP endpoints, and the drivers that ask it questions.
//!
//! One function changes a [`world::World`]: [`world::apply`]. Everything else decides which action
//! comes next, or reads the events it left behind. The floors, from bottom to top; each may use
//! what stands above it in this list, never what stands below:
//!
//! | floor | what is there |
//! |---|---|
//! | [`wire`] | the words of the protocol: sequence numbers, spans, segments, state names, times |
//! | [`exact`] | linear forms, convex sets and their measure, in whole numbers and fractions |
//! | [`answer`] | what a platform may be asked, and what counts as an answer |
//! | [`tcp`] | one connection: its data, SEGMENT ARRIVES in RFC 9293's order, output, timers |
//! | [`socket`] | the calls an application makes, and what it is told |
//! | [`profile`] | every question answered for one stack, with sources; values only |
//! | [`script`] | an application as data |
//! | [`world`] | two hosts, two links, actions, `apply`, events, the byte ledger |
//! | [`pace`] | which enabled action may happen now |
//! | [`drive`] | run, replay, sample, explore |
//! | [`report`] | traces, outcomes, censuses, claims, graphs, explanations |
#![forbid(unsafe_code)]

pub mod answer;
pub mod drive;
pub mod exact;
pub mod pace;
pub mod profile;
pub mod report;
pub mod script;
pub mod socket;
pub mod tcp;
pub mod wire;
pub mod world;

#[cfg(feature = "proptest")]
pub mod arbitrary;
