//! How far a strategy carries: for which round trips the answer is lost, and from which size of the
//! request on.

use crate::case::{Case, Key, Size, usual_write};
use crate::timing::{BOUNDS, Ending, Map, Of, Parameter, Timing, open};
use crate::units::show_size;
use sim_core::drive::run::HORIZON;
use sim_core::exact::{Affine, Ratio};
use sim_core::report::odds::odds;
use sim_core::report::outcome::Word;
use sim_core::wire::Micros;
use sim_core::world::Path;

/// For which round trips the answer is lost for some value of everything else that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trips {
    /// For none.
    None,
    /// Only between these (microseconds).
    Between(Ratio, Ratio),
    /// It could not be found out, and why.
    Unknown(String),
}

/// Round trips up to ten seconds are looked at.
const LONGEST: Micros = 10_000_000;

/// For which round trips the answer can be lost.
#[must_use]
pub fn trips(case: &Case) -> Trips {
    found(case).unwrap_or_else(Trips::Unknown)
}

fn found(case: &Case) -> Result<Trips, String> {
    match case.path {
        Path::RoundTrip(_) => {}
        Path::OneWay(..) => return Err("the path is given one way at a time".to_owned()),
    }
    let of = Of::Delay(Key::Rtt);
    let mut parameters = open(case);
    parameters.retain(|known| known.of != of);
    parameters.insert(0, Parameter { of: of.clone(), low: 0, high: LONGEST });
    let timing = Timing::new(case, &parameters).map_err(|why| why.to_string())?;
    let map = Map::new(timing, BOUNDS).map_err(|why| why.to_string())?;
    if !map.is_whole() {
        return Err("there are more orders of events than are followed".to_owned());
    }
    let Some(n) = map.parameters().iter().position(|one| one.of == of) else {
        return Err("nothing depends on the round trip".to_owned());
    };
    let form = Affine::variable(n);
    let mut ends: Option<(Ratio, Ratio)> = None;
    for area in map.areas.iter().filter(|area| match area.ending {
        Ending::Known(Word::Seen, _) => false,
        Ending::Known(Word::Truncated | Word::Lost | Word::Stuck, _) | Ending::Undetermined => true,
    }) {
        for piece in &area.pieces {
            let range = piece.range(&form).map_err(|why| why.to_string())?;
            let (Some(low), Some(high)) = (range.least.value(), range.greatest.value()) else {
                continue;
            };
            ends = Some(ends.map_or((low, high), |(a, b)| (a.min(low), b.max(high))));
        }
    }
    Ok(ends.map_or(Trips::None, |(low, high)| Trips::Between(low, high)))
}

/// From which size of the request on the answer was seen to be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// At no size that was tried.
    None,
    /// From about this one on (bytes): the smaller one was not lost, this one was.
    From {
        /// The largest at which no trial lost it.
        safe: u32,
        /// The smallest at which a trial did.
        lost: u32,
    },
    /// At every size that was tried.
    All,
}

/// Sizes that are tried.
const SIZES: [u32; 13] = {
    let mut sizes = [1 << 10; 13];
    let mut n = 1;
    while n < sizes.len() {
        sizes[n] = sizes[n - 1] * 2;
        n += 1;
    }
    sizes
};

/// The smallest size that is tried (bytes).
pub const SMALLEST: u32 = SIZES[0];
/// The largest.
pub const LARGEST: u32 = SIZES[SIZES.len() - 1];
/// Trials a size.
pub const BODY_TRIALS: u64 = 20;

/// Doubles the request until it is lost in one of [`BODY_TRIALS`] trials, then halves in between.
#[must_use]
pub fn body(case: &Case, seed: u64) -> Option<Body> {
    let is_lost = |bytes: u32| -> Option<bool> {
        let mut case = case.at(Size::Full);
        case.change(Key::Request, &show_size(bytes)).ok()?;
        case.change(Key::Write, &show_size(usual_write(bytes))).ok()?;
        let scenario = case.scenario().ok()?;
        let tally = odds(&scenario.setup, scenario.reply, HORIZON, seed, 0..BODY_TRIALS);
        Some(tally.count(|outcome| outcome.word != Word::Seen) > 0)
    };
    let mut safe = None;
    for bytes in SIZES {
        if is_lost(bytes)? {
            let Some(mut low) = safe else { return Some(Body::All) };
            let mut high = bytes;
            // Until they differ by a sixteenth.
            while high - low > high / 16 {
                let middle = low + (high - low) / 2;
                if is_lost(middle)? { high = middle } else { low = middle }
            }
            return Some(Body::From { safe: low, lost: high });
        }
        safe = Some(bytes);
    }
    Some(Body::None)
}
