//! Descriptors as the script numbers them.

use super::told::Stop;
use crate::drill::habits::Keep;
use crate::drill::wire::Use;
use sim_core::socket::Fd;
use sim_core::tcp::Linger;
use std::collections::BTreeMap;

/// What the script's process holds.
#[derive(Debug, Default)]
pub(in crate::drill) struct App {
    held: BTreeMap<i64, Held>,
}

/// An open descriptor.
#[derive(Clone, Debug)]
pub(in crate::drill) struct Held {
    /// The model's number for it.
    pub(in crate::drill) fd: Fd,
    /// O_NONBLOCK.
    pub(super) nonblock: Use,
    /// connect() has said EINPROGRESS, and has not been asked again since.
    pub(super) connecting: Use,
    /// SO_RCVBUF and SO_SNDBUF as set.
    pub(super) rcv_buf: Option<u32>,
    pub(super) snd_buf: Option<u32>,
    pub(super) linger: Linger,
    pub(super) nodelay: Use,
    pub(super) reuse: Use,
    pub(super) keep_alive: Use,
    /// When and how often a probe is sent, where the socket says.
    pub(super) keep: Keep,
    /// Whether it was accepted or has connected.
    pub(super) joined: Use,
}

impl App {
    /// A new descriptor under the script's number.
    pub(super) fn open(&mut self, number: i64) -> Result<Fd, Stop> {
        if self.held.contains_key(&number) {
            return Err(Stop::Flawed(format!("descriptor {number} is open already")));
        }
        let free = (0..Fd::MAX).map(Fd).find(|fd| self.held.values().all(|held| held.fd != *fd));
        let fd = free.ok_or_else(|| Stop::Unsupported("more than 8 descriptors".to_owned()))?;
        let held = Held {
            fd,
            nonblock: Use::No,
            connecting: Use::No,
            rcv_buf: None,
            snd_buf: None,
            linger: Linger::Off,
            nodelay: Use::No,
            reuse: Use::No,
            keep_alive: Use::No,
            keep: Keep::default(),
            joined: Use::No,
        };
        self.held.insert(number, held);
        Ok(fd)
    }

    pub(super) fn close(&mut self, number: i64) {
        self.held.remove(&number);
    }

    /// The descriptor with this number.
    pub(super) fn get(&mut self, number: i64) -> Result<&mut Held, Stop> {
        let unknown = || Stop::Flawed(format!("descriptor {number} is not open"));
        self.held.get_mut(&number).ok_or_else(unknown)
    }

    /// Everything that is open.
    pub(in crate::drill) fn open_fds(&self) -> impl Iterator<Item = (i64, Fd)> + '_ {
        self.held.iter().map(|(number, held)| (*number, held.fd))
    }
}
