//! Floor 8: who chooses the next action, and what is kept.
//!
//! | driver | who chooses | keeps |
//! |---|---|---|
//! | [`run`] | virtual time | one trace |
//! | [`replay`] | a recorded list; an action that is not enabled is an error | one trace |
//! | [`sample`] | virtual time with delays drawn from laws | a tally |
//! | [`apart`] | everybody, on several stacks at once | the shortest ways to tell them apart |
//! | [`race`] | symbolic time: every order that some values allow | where each order is |
//! | [`possible`] | interval time: any delays between two ends | every end, a shortest way each |
//! | [`compiled`] | nobody any more: [`race`] has, draws are put in | how each trial ends |
//! | [`explore`] | everybody: all permitted actions | the graph, the census |

pub mod apart;
pub mod compiled;
pub mod explore;
pub mod possible;
pub mod race;
pub mod replay;
pub mod run;
pub mod sample;
pub mod space;
