//! The longest that a client which means harm can make a server hold its socket.

use super::price::Watch;
use crate::client::ID;
use crate::preset::Role;
use sim_core::drive::run::{Horizon, Runner};
use sim_core::pace::clocked::Always;
use sim_core::script::{Line, Look, Op, Script};
use sim_core::socket::Call;
use sim_core::wire::law::DAY;
use sim_core::wire::{Law, Micros, Side, millis};
use sim_core::world::{End, Setup};
use std::cell::Cell;

/// Longer than this counts as for ever: an hour.
pub const FOR_EVER: Micros = 3_600_000_000;

/// What a client does that wants to be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hostile {
    /// It connects, sends a hundred bytes, and neither reads nor closes.
    Silent,
    /// It sends a byte every 100 ms, and neither reads nor closes.
    Trickle,
    /// It sends 4 MiB as fast as it can, and neither reads nor closes.
    Flood,
}

impl Hostile {
    /// All.
    pub const ALL: [Hostile; 3] = [Hostile::Silent, Hostile::Trickle, Hostile::Flood];

    /// As results name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Hostile::Silent => "silent",
            Hostile::Trickle => "trickle",
            Hostile::Flood => "flood",
        }
    }

    fn script(self) -> Script {
        let fd = Role::Client.connection();
        let write = |total: u32, chunk: u32, gap: Micros| {
            Line::new(Op::Write { fd, total, chunk, look: Look::Never }).gap(Law::Fixed(gap))
        };
        let sends = match self {
            Hostile::Silent => write(100, 100, 0),
            Hostile::Trickle => write(40_000, 1, millis(100)),
            Hostile::Flood => write(4 << 20, 1 << 16, 0),
        };
        let connect = Line::new(Op::Call(Call::Connect(fd, ID)));
        Script::single(vec![connect, sends, Line::new(Op::Sleep(Law::Fixed(DAY)))])
    }
}

/// How long the server's socket is there against such a client, TIME-WAIT apart, and how many bytes
/// its application reads; at most [`FOR_EVER`]. `None` where a stack has no answer.
#[must_use]
pub fn hostile(setup: &Setup, who: Hostile) -> Option<(Micros, u64)> {
    let mut setup = setup.clone();
    setup.ends[Side::A.index()] = End::Script(who.script());
    let now = Cell::new(0);
    let mut watch = Watch::new(&now);
    // Delays in the middle of their laws.
    let mut runner = Runner::new(&setup, Always(u64::MAX / 2), &mut watch);
    let horizon = Horizon { micros: FOR_EVER, actions: 1_000_000 };
    let finished = runner.finish(&setup, horizon, &mut watch, |at, _| now.set(at));
    finished.ok()?;
    // What is still there at the horizon stays.
    let is_there = watch.state().is_some_and(|state| state != sim_core::wire::State::TimeWait);
    watch.end(&setup);
    let held = if is_there { FOR_EVER } else { watch.held() };
    let read = runner.world.hosts[Side::B.index()].app.account(ID).read;
    Some((held.min(FOR_EVER), u64::from(read)))
}
