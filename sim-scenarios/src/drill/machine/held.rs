//! What holds text back that no state knows: corks.

use super::super::wire::Use;
use super::Machine;
use sim_core::answer::Halt;
use sim_core::socket::{self, Call, Fd};
use sim_core::tcp::tuning::Switchable;

impl Machine {
    /// Something is done while a short segment has to wait for what follows.
    pub(in crate::drill) fn corked<T>(&mut self, what: impl FnOnce(&mut Machine) -> T) -> T {
        self.under_cork(Use::Yes, what)
    }

    /// Something is done as if there were no cork.
    pub(in crate::drill) fn uncorked<T>(&mut self, what: impl FnOnce(&mut Machine) -> T) -> T {
        self.under_cork(Use::No, what)
    }

    fn under_cork<T>(&mut self, cork: Use, what: impl FnOnce(&mut Machine) -> T) -> T {
        let usual = core::mem::replace(&mut self.cork, cork);
        let result = what(self);
        self.cork = usual;
        result
    }

    /// What waits goes out, as far as it may (net/ipv4/tcp.c __tcp_sock_set_cork).
    pub(in crate::drill) fn push(&mut self, fd: Fd) -> Result<(), Halt> {
        let open = socket::find(self.table(), fd).is_some_and(|at| {
            let sock = &self.table()[at];
            sock.error.is_none() && !sock.shut.wr() && sock.conn().is_some()
        });
        if open { self.call(Call::Write(fd, 0)).map(|_| ()) } else { Ok(()) }
    }

    pub(super) fn see_to_cork(&mut self) {
        let cork = if self.cork.is() { Switchable::On } else { Switchable::Off };
        self.tuning().controls.corked = cork;
    }
}
