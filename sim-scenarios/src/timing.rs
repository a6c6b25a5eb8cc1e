//! Timings as parameters: which durations of a case are open, and the case with forms where those
//! durations stood.

mod durations;
mod linear;
mod map;
mod parameter;
mod plane;
mod sampled;
pub mod words;

pub use linear::{Crooked, Timing};
pub use map::{Area, BOUNDS, Ending, Map};
pub use parameter::{Of, Parameter, open};
pub use plane::{Axis, Patch, Plane, Unseen};
pub use sampled::{Sampled, sampled};
