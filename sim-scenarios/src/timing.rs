//! Timings as parameters: which durations of a case are open, and the case with forms where those
//! durations stood.

mod durations;
pub mod grid;
mod linear;
mod map;
pub mod odds;
pub mod orders;
mod parameter;
mod plane;
pub mod rare;
mod sampled;
pub mod words;

pub use linear::{Crooked, Timing};
pub use map::{Area, BOUNDS, Ending, Map};
pub use parameter::{Of, Parameter, open};
pub use plane::{Axis, Patch, Plane, Unseen};
pub use sampled::{Sampled, sampled};
