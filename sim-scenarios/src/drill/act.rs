//! The script as the application: system calls with the results they must have.

mod ancillary;
pub(super) mod app;
mod args;
mod calls;
mod epoll;
mod faulty;
mod limits;
pub(super) mod names;
mod options;
mod poll;
mod told;

pub(super) use calls::make;
pub(super) use told::{Blocked, Differs, Stop, Told, differs, finish, is_ready};
