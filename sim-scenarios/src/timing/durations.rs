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

/// The first delay that is drawn from a law, anew each time: no number stands there.
pub(super) fn drawn(setup: &Setup) -> Option<String> {
    let is_drawn = |law: &Law| law.shortest() < law.longest();
    let sides = sim_core::wire::Side::BOTH.into_iter();
    sides.filter_map(|side| Some((side, setup.script(side)?))).find_map(|(side, script)| {
        script.lanes.iter().find_map(|lane| {
            let at = lane.lines.iter().position(|line| {
                let sleeps = matches!(&line.op, Op::Sleep(law) if is_drawn(law));
                sleeps || is_drawn(&line.wake) || is_drawn(&line.gap)
            })?;
            let name = crate::render::Names::of(side);
            Some(format!("a delay of the {name}'s step {} ({})", at + 1, lane.name))
        })
    })
}
