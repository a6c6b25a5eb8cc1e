//! The script as the application: system calls with the results they must have.

pub(super) mod app;
mod calls;
pub(super) mod names;
mod options;
mod poll;
mod told;

pub(super) use calls::make;
pub(super) use told::{Blocked, Differs, Stop, Told, finish, is_ready};
