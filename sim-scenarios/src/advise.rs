//! What to set, and what it costs: the smallest safe value of a server's number, and how long a
//! strategy holds its socket.

mod hostile;
mod price;
mod reach;
mod setting;
mod target;

pub use hostile::{FOR_EVER, Hostile, hostile};
pub use price::{Held, Price, price};
pub use reach::{BODY_TRIALS, Body, LARGEST, SMALLEST, Trips, body, trips};
pub use setting::{MOST, Safety, Setting, settings};
pub use target::{Met, Sure, Target, targets};
