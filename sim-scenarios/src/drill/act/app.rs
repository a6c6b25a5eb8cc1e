//! Descriptors as the script numbers them.

use super::epoll::Interest;
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
    /// What epoll_create() has made.
    sets: BTreeMap<i64, Vec<Interest>>,
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
    /// TCP_MAXSEG as set.
    pub(super) mss: Option<u16>,
    pub(super) linger: Linger,
    pub(super) nodelay: Use,
    pub(super) reuse: Use,
    pub(super) keep_alive: Use,
    /// When and how often a probe is sent, where the socket says.
    pub(super) keep: Keep,
    pub(super) cork: Use,
    /// SO_ZEROCOPY, and whether a write has used it: its end is told on a queue that is not here.
    pub(super) zerocopy: (Use, Use),
    /// TCP_INQ: recvmsg() says how much is left.
    pub(super) inq: Use,
    /// Whether it was accepted or has connected.
    pub(super) joined: Use,
}

impl App {
    /// A new descriptor under the script's number.
    pub(super) fn open(&mut self, number: i64) -> Result<Fd, Stop> {
        if self.held.contains_key(&number) || self.sets.contains_key(&number) {
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
            mss: None,
            linger: Linger::Off,
            nodelay: Use::No,
            reuse: Use::No,
            keep_alive: Use::No,
            keep: Keep::default(),
            cork: Use::No,
            zerocopy: (Use::No, Use::No),
            inq: Use::No,
            joined: Use::No,
        };
        self.held.insert(number, held);
        Ok(fd)
    }

    pub(super) fn close(&mut self, number: i64) {
        self.held.remove(&number);
        for list in self.sets.values_mut() {
            list.retain(|one| one.number() != number);
        }
    }

    /// A new set of sockets under the script's number.
    pub(super) fn open_set(&mut self, number: i64) -> Result<(), Stop> {
        if self.held.contains_key(&number) || self.sets.contains_key(&number) {
            return Err(Stop::Flawed(format!("descriptor {number} is open already")));
        }
        self.sets.insert(number, Vec::new());
        Ok(())
    }

    /// The set with this number.
    pub(super) fn set(&mut self, number: i64) -> Result<&mut Vec<Interest>, Stop> {
        let unknown = || Stop::Flawed(format!("descriptor {number} is no epoll set"));
        self.sets.get_mut(&number).ok_or_else(unknown)
    }

    /// Closes a set, if there is one with this number.
    pub(super) fn close_set(&mut self, number: i64) -> Use {
        Use::of(self.sets.remove(&number).is_some())
    }

    /// The descriptor with this number.
    pub(super) fn get(&mut self, number: i64) -> Result<&mut Held, Stop> {
        let unknown = || Stop::Flawed(format!("descriptor {number} is not open"));
        self.held.get_mut(&number).ok_or_else(unknown)
    }

    /// When a write without a copy reports that it is over nobody knows; it is an error until then.
    pub(super) fn has_plain_errors(&self, numbers: impl Iterator<Item = i64>) -> Result<(), Stop> {
        let mut told = numbers.filter_map(|number| self.held.get(&number));
        if told.any(|held| held.zerocopy.1.is()) {
            return Err(Stop::Unsupported("readiness after MSG_ZEROCOPY".to_owned()));
        }
        Ok(())
    }

    /// Everything that is open.
    pub(in crate::drill) fn open_fds(&self) -> impl Iterator<Item = (i64, Fd)> + '_ {
        self.held.iter().map(|(number, held)| (*number, held.fd))
    }
}
