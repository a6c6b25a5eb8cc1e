//! The smallest safe value of a number.

use crate::case::Case;
use crate::preset::{Role, Unit};
use crate::timing::words::inequality;
use crate::timing::{BOUNDS, Crooked, Ending, Map, Of, Parameter, Timing, open};
use crate::units::show_size;
use sim_core::exact::{Bound, Overflow, Polytope, Ratio};
use sim_core::report::outcome::Word;
use sim_core::tcp::Gone;
use sim_core::wire::Micros;

/// Times up to this are looked at: a minute.
pub const MOST: Micros = 60_000_000;

/// From which value on nothing is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Safety {
    /// At every value: it decides nothing here.
    Always,
    /// From this time on, it included (microseconds).
    From(Ratio),
    /// Above this time.
    Above(Ratio),
    /// From so many bytes on.
    Bytes(u32),
    /// At no value that was looked at.
    Never {
        /// Why the answer is not read then.
        ending: Option<(Word, Option<Gone>)>,
        /// Values of everything that is open, with the number at its largest, where it is lost.
        witness: Option<Vec<(String, Micros)>>,
    },
    /// It could not be found out, and why.
    Unknown(String),
}

/// A number of the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// From where on it is safe.
    pub safety: Safety,
    /// Where it is lost otherwise, each a list of conditions.
    pub lost_where: Vec<String>,
    /// How it was found.
    pub method: &'static str,
}

/// Every number of the case's server, the others as the case has them.
#[must_use]
pub fn settings(case: &Case) -> Vec<Setting> {
    let preset = &case.server.preset;
    let one = |(at, knob): (usize, &crate::preset::Knob)| match knob.unit {
        Unit::Time | Unit::TimeLimit => time(case, &knob.name),
        Unit::ByteLimit => bytes(case, at, &knob.name),
    };
    preset.knobs.iter().enumerate().map(one).collect()
}

/// A time: the largest value at which anything is lost, over everything else that is open.
fn time(case: &Case, name: &str) -> Setting {
    let of = Of::Knob(Role::Server, name.to_owned());
    let mut parameters = open(case);
    parameters.push(Parameter { of: of.clone(), low: 0, high: MOST });
    let found = Timing::new(case, &parameters).map_err(|why| why.to_string()).and_then(|timing| {
        let map = Map::new(timing, BOUNDS).map_err(|why| why.to_string())?;
        supremum(&map, &of).map_err(|why| why.to_string())
    });
    let (safety, lost_where) = found.unwrap_or_else(|why| (Safety::Unknown(why), Vec::new()));
    let method = "exact: every order of events that some value allows";
    Setting { name: name.to_owned(), safety, lost_where, method }
}

/// Parts of the map in which the answer is not read.
fn lost(map: &Map) -> impl Iterator<Item = (Ending, &Polytope)> {
    let areas = map.areas.iter().filter(|area| match area.ending {
        Ending::Known(Word::Seen, _) => false,
        Ending::Known(Word::Truncated | Word::Lost | Word::Stuck, _) | Ending::Undetermined => true,
    });
    areas.flat_map(|area| area.pieces.iter().map(|piece| (area.ending, piece)))
}

/// Conditions that are told.
const TOLD: usize = 4;

fn supremum(map: &Map, of: &Of) -> Result<(Safety, Vec<String>), Overflow> {
    if !map.is_whole() {
        let why = "there are more orders of events than are followed".to_owned();
        return Ok((Safety::Unknown(why), Vec::new()));
    }
    let parameters = map.parameters();
    let Some(n) = parameters.iter().position(|one| one.of == *of) else {
        // Nothing depends on it: safe everywhere, or nowhere.
        let lost_where = conditions(map)?;
        let ending = lost(map).next().map(|(ending, _)| ending);
        let safety = match ending {
            None => Safety::Always,
            Some(ending) => Safety::Never { ending: known(ending), witness: witness(map, None)? },
        };
        return Ok((safety, lost_where));
    };
    let form = sim_core::exact::Affine::variable(n);
    let mut largest: Option<(Ratio, bool, Ending)> = None;
    for (ending, piece) in lost(map) {
        let bound = piece.range(&form)?.greatest;
        let (value, attained) = match bound {
            Bound::Attained(value) => (value, true),
            Bound::Approached(value) => (value, false),
            Bound::Unbounded => (Ratio::from_integer(i128::from(MOST)), true),
        };
        let is_larger = largest.is_none_or(|(known, was, _)| (value, attained) > (known, was));
        if is_larger {
            largest = Some((value, attained, ending));
        }
    }
    let most = Ratio::from_integer(i128::from(MOST));
    let safety = match largest {
        None => Safety::Always,
        Some((value, _, ending)) if value >= most => {
            Safety::Never { ending: known(ending), witness: witness(map, Some(n))? }
        }
        Some((value, true, _)) => Safety::Above(value),
        Some((value, false, _)) => Safety::From(value),
    };
    Ok((safety, conditions(map)?))
}

const fn known(ending: Ending) -> Option<(Word, Option<Gone>)> {
    match ending {
        Ending::Known(word, cause) => Some((word, cause)),
        Ending::Undetermined => None,
    }
}

/// Where it is lost, in words, the largest part first.
fn conditions(map: &Map) -> Result<Vec<String>, Overflow> {
    let mut pieces: Vec<&Polytope> = lost(map).map(|(_, piece)| piece).collect();
    pieces.sort_by_cached_key(|piece| std::cmp::Reverse(piece.volume()));
    let mut all = Vec::new();
    for piece in pieces.iter().take(TOLD) {
        let mut words = Vec::new();
        for one in piece.irredundant()? {
            if !map.timing.region.holds_everywhere(&one)? {
                words.push(inequality(&one, map.parameters()));
            }
        }
        all.push(if words.is_empty() { "everywhere".to_owned() } else { words.join(" and ") });
    }
    if pieces.len() > TOLD {
        all.push(format!("{} smaller parts", pieces.len() - TOLD));
    }
    Ok(all)
}

/// A point at which it is lost, with parameter `n` at its largest.
fn witness(map: &Map, n: Option<usize>) -> Result<Option<Vec<(String, Micros)>>, Overflow> {
    let parameters = map.parameters();
    for (_, piece) in lost(map) {
        let mut at = piece.clone();
        if let Some(n) = n {
            let most = Ratio::from_integer(i128::from(parameters[n].high));
            match at.slice(n, most)? {
                Some(slice) => at = slice,
                None => continue,
            }
        }
        let others = parameters.iter().enumerate().filter(|(at, _)| Some(*at) != n);
        let others: Vec<&Parameter> = others.map(|(_, one)| one).collect();
        let point = at.round_point(&vec![Ratio::from_integer(2); others.len()])?;
        let whole = point
            .iter()
            .map(|x| (x.is_integer()).then(|| u64::try_from(x.to_integer()).ok()).flatten());
        if let Some(values) = whole.collect::<Option<Vec<u64>>>() {
            let named = others.iter().zip(values).map(|(one, us)| (one.of.to_string(), us));
            return Ok(Some(named.collect()));
        }
    }
    Ok(None)
}

/// Whether anything is lost with this many bytes (or without a limit).
fn is_lost(case: &Case, at: usize, bytes: Option<u64>) -> Result<Option<Ending>, String> {
    let mut case = case.clone();
    case.server.values[at] = bytes;
    let parameters = open(&case);
    let timing = Timing::new(&case, &parameters).map_err(|why: Crooked| why.to_string())?;
    let map = Map::new(timing, BOUNDS).map_err(|why| why.to_string())?;
    if !map.is_whole() {
        return Err("there are more orders of events than are followed".to_owned());
    }
    Ok(lost(&map).next().map(|(ending, _)| ending))
}

/// A number of bytes: the smallest from which on nothing is lost, found by halving between nothing
/// and more than the whole request.
fn bytes(case: &Case, at: usize, name: &str) -> Setting {
    let method = "halving, each value exact; taken to be safe from there on, and tried at twice \
                  and at four times that";
    let safety = bytes_safety(case, at).unwrap_or_else(Safety::Unknown);
    Setting { name: name.to_owned(), safety, lost_where: Vec::new(), method }
}

fn bytes_safety(case: &Case, at: usize) -> Result<Safety, String> {
    if let Some(ending) = is_lost(case, at, None)? {
        return Ok(Safety::Never { ending: known(ending), witness: None });
    }
    let (mut low, mut high) = (1_u64, u64::from(case.job.request) + 1);
    if is_lost(case, at, Some(low))?.is_none() && is_lost(case, at, Some(high))?.is_none() {
        return Ok(Safety::Always);
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match is_lost(case, at, Some(middle))? {
            Some(_) => low = middle,
            None => high = middle,
        }
    }
    for more in [high * 2, high * 4] {
        if is_lost(case, at, Some(more))?.is_some() {
            let size = u32::try_from(high).map_or_else(|_| high.to_string(), show_size);
            return Err(format!("safe at {size}, but not at every value above"));
        }
    }
    Ok(u32::try_from(high).map_or(Safety::Always, Safety::Bytes))
}
