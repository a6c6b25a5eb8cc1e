//! What holds text back, or lets more of it out, that no state knows: corks, and what has been in
//! flight.

use super::super::habits::Family;
use super::super::wire::Use;
use super::{Machine, socket_of};
use sim_core::answer::Halt;
use sim_core::socket::{self, Call, Fd};
use sim_core::tcp::Sock;
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

    /// Linux lets a window grow by what was in flight at most since all of it was acknowledged last
    /// (net/ipv4/tcp_output.c tcp_cwnd_validate, max_packets_out).
    pub(super) fn count_flight(&mut self) {
        if self.habits.family != Family::Linux {
            return;
        }
        let Some(id) = self.line().map(|line| line.id) else { return };
        let Some(conn) = socket_of(self.table(), id).and_then(Sock::conn) else { return };
        let snd = &conn.snd;
        let flying = snd.segments(snd.una, snd.nxt, u32::from(conn.mss));
        let (una, nxt) = (snd.una, snd.nxt);
        let Some(line) = self.line_mut() else { return };
        if una >= line.flown_up_to || flying > line.flown {
            (line.flown, line.flown_up_to) = (flying, nxt);
        }
    }

    pub(super) fn see_to_growth(&mut self) {
        let cork = if self.cork.is() { Switchable::On } else { Switchable::Off };
        self.tuning().controls.corked = cork;
        let flown = self.line().map_or(0, |line| line.flown);
        self.tuning().controls.flown = flown;
    }
}
