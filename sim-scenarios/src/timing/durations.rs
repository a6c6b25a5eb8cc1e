//! The durations of a setup, in a fixed order.

use sim_core::script::{Line, Op, Script};
use sim_core::wire::{Law, Micros};
use sim_core::world::{End, Path, Setup};

/// Hands every duration of a setup that is one number to `each`: the path's, then the server's and
/// the client's, line by line. What is drawn from a law has no place here.
pub(super) fn each(setup: &mut Setup, mut each: impl FnMut(&mut Micros)) {
    match &mut setup.path {
        Path::RoundTrip(law) => fixed(law, &mut each),
        Path::OneWay(there, back) => {
            fixed(there, &mut each);
            fixed(back, &mut each);
        }
    }
    for end in &mut setup.ends {
        match end {
            End::Script(script) => lines(script, &mut each),
            End::Calls | End::Wire => {}
        }
    }
}

fn fixed(law: &mut Law, each: &mut impl FnMut(&mut Micros)) {
    match law {
        Law::Fixed(us) => each(us),
        Law::Uniform(..) | Law::Shaped(_) => {}
    }
}

fn lines(script: &mut Script, each: &mut impl FnMut(&mut Micros)) {
    for line in script.lanes.iter_mut().flat_map(|lane| &mut lane.lines) {
        let Line { op, wake, gap, then: _, on_error: _, on_limit: _, limit } = line;
        match op {
            Op::Sleep(law) => fixed(law, each),
            Op::SleepUntil(at) => each(at),
            Op::Call(_)
            | Op::Try(_)
            | Op::Read { .. }
            | Op::Write { .. }
            | Op::Poll { .. }
            | Op::Spawn(_)
            | Op::Join(_)
            | Op::Stop(_)
            | Op::Jump => {}
        }
        fixed(wake, each);
        fixed(gap, each);
        limit.idle.iter_mut().chain(limit.total.iter_mut()).for_each(&mut *each);
    }
}
