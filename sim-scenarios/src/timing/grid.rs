//! A scenario whose laws give a few durations only: for programs that enumerate.

use sim_core::script::{Line, Op, Script};
use sim_core::wire::Law;
use sim_core::wire::law::{Bin, Unfit};
use sim_core::world::{End, Path, Setup};

/// The same setup where every law gives this many durations, alike likely: those in the middle of
/// equal shares of the law, as whole microseconds and even, so that half a round trip is whole too.
/// Durations that fall together share one place.
///
/// # Errors
/// Never for the laws of a setup.
pub fn coarse(setup: &Setup, points: u64) -> Result<Setup, Unfit> {
    let mut setup = setup.clone();
    let mut laws: Vec<&mut Law> = Vec::new();
    match &mut setup.path {
        Path::RoundTrip(law) => laws.push(law),
        Path::OneWay(there, back) => laws.extend([there, back]),
    }
    laws.extend(setup.links.iter_mut().map(|link| &mut link.jitter));
    for end in &mut setup.ends {
        match end {
            End::Script(script) => laws.extend(of_lines(script)),
            End::Calls | End::Wire => {}
        }
    }
    for law in laws {
        *law = few(*law, points)?;
    }
    Ok(setup)
}

fn of_lines(script: &mut Script) -> impl Iterator<Item = &mut Law> {
    script.lanes.iter_mut().flat_map(|lane| &mut lane.lines).flat_map(|line| {
        let Line { op, wake, gap, then: _, on_error: _, on_limit: _, limit: _ } = line;
        let sleep = match op {
            Op::Sleep(law) => Some(law),
            Op::SleepUntil(_)
            | Op::Call(_)
            | Op::Try(_)
            | Op::Read { .. }
            | Op::Write { .. }
            | Op::Poll { .. }
            | Op::Spawn(_)
            | Op::Join(_)
            | Op::Stop(_)
            | Op::Jump => None,
        };
        [wake, gap].into_iter().chain(sleep)
    })
}

fn few(law: Law, points: u64) -> Result<Law, Unfit> {
    match law {
        Law::Fixed(_) => Ok(law),
        Law::Uniform(..) | Law::Shaped(_) => {
            let mut bins: Vec<Bin> = Vec::new();
            for n in 0..points {
                let share = (u128::from(2 * n + 1) << 64) / u128::from(2 * points.max(1));
                let at = law.at(share as u64) & !1;
                match bins.last_mut().filter(|bin| bin.lo == at) {
                    Some(bin) => bin.weight += 1,
                    None => bins.push(Bin { lo: at, hi: at, weight: 1 }),
                }
            }
            Law::histogram(bins)
        }
    }
}
