//! Timings as parameters: which durations of a case are open, and the case with forms where those
//! durations stood.

mod durations;
mod linear;
mod parameter;

pub use linear::{Crooked, Timing};
pub use parameter::{Of, Parameter, open};
