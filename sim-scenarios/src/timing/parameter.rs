//! What can be open in a case: delays of the path and the applications, and the numbers of an actor
//! that are times.

use crate::case::{Case, Key};
use crate::preset::{Role, Unit};
use crate::units::{MOST_BYTES, show_size, show_time};
use sim_core::wire::{Law, Micros};
use sim_core::world::Path;
use std::fmt;

/// A duration of a case that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// A delay of the case: rtt (or to-server and to-client), gap, wake, late, accept.
    Delay(Key),
    /// What a thousand bytes take on each link: a rate, as a time.
    Kilobyte,
    /// A number of an actor: `server.idle`.
    Knob(Role, String),
}

/// A duration with the range in which it may be: one value a run, wherever the case uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Which.
    pub of: Of,
    /// The shortest (microseconds).
    pub low: Micros,
    /// The longest (microseconds).
    pub high: Micros,
}

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Of::Delay(key) => f.pad(key.name()),
            Of::Kilobyte => f.pad("kilobyte"),
            Of::Knob(role, name) => f.pad(&format!("{}.{name}", role.word())),
        }
    }
}

/// A thousand bytes times a million microseconds: by a rate (bytes a second), the time of a
/// thousand bytes, and the other way round.
const BYTES_TIMES_MICROS: u64 = 1_000_000_000;

/// The delays of a case that have a name, in the order in which results list them.
pub const DELAYS: [Key; 7] =
    [Key::Rtt, Key::ToServer, Key::ToClient, Key::Gap, Key::Wake, Key::Late, Key::Accept];

impl Of {
    /// Every duration of a case that has a name.
    #[must_use]
    pub fn all(case: &Case) -> Vec<Of> {
        // A path has a round trip or two ways.
        let is_there = |of: &Of| of.law(case).is_some();
        let delays = DELAYS.into_iter().map(Of::Delay).filter(is_there);
        let knobs = [Role::Server, Role::Client].into_iter().flat_map(|role| {
            let preset = &case.actor(role).preset;
            let times = preset.knobs.iter().filter(|knob| match knob.unit {
                Unit::Time | Unit::TimeLimit => true,
                Unit::ByteLimit => false,
            });
            times.map(move |knob| Of::Knob(role, knob.name.clone())).collect::<Vec<_>>()
        });
        delays.chain([Of::Kilobyte]).chain(knobs).collect()
    }

    /// The law of this duration in a case; `None` where it is no limit, or where the path is given
    /// in the other way.
    #[must_use]
    pub fn law(&self, case: &Case) -> Option<Law> {
        match self {
            Of::Delay(key) => match key {
                Key::Rtt => match case.path {
                    Path::RoundTrip(law) => Some(law),
                    Path::OneWay(..) => None,
                },
                Key::ToServer => match case.path {
                    Path::RoundTrip(_) => None,
                    Path::OneWay(there, _) => Some(there),
                },
                Key::ToClient => match case.path {
                    Path::RoundTrip(_) => None,
                    Path::OneWay(_, back) => Some(back),
                },
                Key::Gap => Some(case.job.gap),
                Key::Wake => Some(case.job.wake),
                Key::Late => Some(case.job.late),
                Key::Accept => Some(case.job.accept),
                Key::Request
                | Key::Write
                | Key::Reply
                | Key::Jitter
                | Key::Rate
                | Key::SendBuffer
                | Key::ReceiveBuffer => None,
            },
            Of::Kilobyte => match case.links.map(|link| link.rate) {
                [Some(rate), Some(back)] if rate == back => {
                    Some(Law::Fixed(BYTES_TIMES_MICROS / rate.max(1)))
                }
                _ => None,
            },
            Of::Knob(role, name) => {
                let actor = case.actor(*role);
                let at = actor.preset.knobs.iter().position(|knob| knob.name == *name)?;
                actor.values[at].map(Law::Fixed)
            }
        }
    }

    /// Sets it in a case, to one time.
    pub fn set(&self, case: &mut Case, us: Micros) {
        match self {
            Of::Delay(key) => {
                // A time is readable as it is shown.
                let set = case.change(*key, &show_time(us));
                debug_assert!(set.is_ok(), "{key:?} takes a time");
            }
            Of::Kilobyte => {
                let rate = u32::try_from(BYTES_TIMES_MICROS / us.max(1)).unwrap_or(u32::MAX);
                let set = case.change(Key::Rate, &show_size(rate.clamp(1, MOST_BYTES)));
                debug_assert!(set.is_ok(), "a rate is a size");
            }
            Of::Knob(role, name) => {
                let actor = match role {
                    Role::Server => &mut case.server,
                    Role::Client => &mut case.client,
                };
                let at = actor.preset.knobs.iter().position(|knob| knob.name == *name);
                if let Some(at) = at {
                    actor.values[at] = Some(us);
                }
            }
        }
    }
}

/// The parameters of a case as it stands: its delays that are no fixed time, from the shortest to
/// the longest that their laws give.
#[must_use]
pub fn open(case: &Case) -> Vec<Parameter> {
    let parameter = |of: Of| {
        let law = of.law(case)?;
        let (low, high) = (law.shortest(), law.longest());
        (low < high).then_some(Parameter { of, low, high })
    };
    Of::all(case).into_iter().filter_map(parameter).collect()
}
