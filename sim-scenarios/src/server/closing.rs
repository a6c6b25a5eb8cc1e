//! A strategy with its numbers, and how it is written.

use super::{Job, Strategy, whole};
use sim_core::script::Script;
use sim_core::wire::Micros;
use std::fmt;

/// A number of a strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knob {
    /// As on the command line.
    pub name: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// Without a word; `None` is no limit.
    pub default: Option<u64>,
}

/// What a knob counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Microseconds; there is always a value.
    Time,
    /// Microseconds, or no limit.
    TimeLimit,
    /// Bytes, or no limit.
    ByteLimit,
}

/// Values of a strategy's knobs, in the order of its list.
pub type Values = [Option<u64>; 3];

/// A strategy with its numbers.
#[derive(Clone, Copy, Debug)]
pub struct Closing {
    /// The strategy.
    pub strategy: &'static Strategy,
    /// Its numbers.
    pub values: Values,
}

/// Why a strategy's text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// No strategy of this name.
    #[error("there is no server strategy {0:?}")]
    Name(String),
    /// No such number.
    #[error("{0} has no {1:?}; {2}")]
    Knob(&'static str, String, String),
    /// Not a value.
    #[error("{0} is not a value of {1}: {2}")]
    Value(String, &'static str, &'static str),
    /// The same number two times.
    #[error("{0} is given twice")]
    Twice(&'static str),
    /// A place for numbers without one.
    #[error("{0} has an empty list of numbers, or an empty place in it; {1}")]
    Empty(&'static str, String),
}

impl From<&'static Strategy> for Closing {
    fn from(strategy: &'static Strategy) -> Closing {
        let mut values = [None; 3];
        for (value, knob) in values.iter_mut().zip(strategy.knobs) {
            *value = knob.default;
        }
        Closing { strategy, values }
    }
}

impl Closing {
    /// The whole server.
    #[must_use]
    pub fn script(&self, job: Job) -> Script {
        whole(job, (self.strategy.lines)(job, self.values))
    }

    /// Reads `name`, `name{knob=value,...}` or `name:knob=value,...`; the second needs no quotes in
    /// a shell.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn parse(text: &str) -> Result<Closing, Unfit> {
        let (name, rest) = match text.split_once(['{', ':']) {
            Some((name, rest)) => (name, Some(rest.strip_suffix('}').unwrap_or(rest))),
            None => (text, None),
        };
        let Some(strategy) = Strategy::named(name.trim()) else {
            return Err(Unfit::Name(name.to_owned()));
        };
        let mut closing = Closing::from(strategy);
        let mut given = [false; 3];
        for part in rest.into_iter().flat_map(|rest| rest.split(',')).map(str::trim) {
            if part.is_empty() {
                return Err(Unfit::Empty(strategy.name, knobs(strategy)));
            }
            let (knob, value) = part.split_once('=').unwrap_or((part, ""));
            let place = strategy.knobs.iter().position(|known| known.name == knob.trim());
            let Some(place) = place else {
                return Err(Unfit::Knob(strategy.name, knob.to_owned(), knobs(strategy)));
            };
            if std::mem::replace(&mut given[place], true) {
                return Err(Unfit::Twice(strategy.knobs[place].name));
            }
            closing.values[place] = strategy.knobs[place].parse(value.trim())?;
        }
        Ok(closing)
    }

    /// With every knob, in the form that needs no quotes left out: as the documentation writes it.
    #[must_use]
    pub fn in_full(&self) -> String {
        let set: Vec<String> =
            self.strategy.knobs.iter().zip(self.values).map(|(knob, v)| knob.text(v)).collect();
        match set.is_empty() {
            true => self.strategy.name.to_owned(),
            false => format!("{}{{{}}}", self.strategy.name, set.join(",")),
        }
    }
}

/// Name, and the knobs that differ from their defaults, in the form that needs no quotes.
impl fmt::Display for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.strategy.name.to_owned();
        let mut before = ':';
        for (knob, value) in self.strategy.knobs.iter().zip(self.values) {
            if value != knob.default {
                text.push(before);
                text.push_str(&knob.text(value));
                before = ',';
            }
        }
        f.pad(&text)
    }
}

fn knobs(strategy: &Strategy) -> String {
    let names: Vec<&str> = strategy.knobs.iter().map(|knob| knob.name).collect();
    match names.is_empty() {
        true => "it has no numbers to set".to_owned(),
        false => format!("it has {}", names.join(", ")),
    }
}

impl Knob {
    fn text(&self, value: Option<u64>) -> String {
        let value = match (value, self.unit) {
            (None, _) => "none".to_owned(),
            (Some(us), Unit::Time | Unit::TimeLimit) => time(us),
            (Some(bytes), Unit::ByteLimit) => bytes.to_string(),
        };
        format!("{}={value}", self.name)
    }

    fn parse(&self, text: &str) -> Result<Option<u64>, Unfit> {
        let (form, value) = match self.unit {
            Unit::Time => ("write 500ms, 5s or 250us", micros(text).map(Some)),
            Unit::TimeLimit if text == "none" => ("", Some(None)),
            Unit::TimeLimit => ("write 500ms, 5s, 250us or none", micros(text).map(Some)),
            Unit::ByteLimit if text == "none" => ("", Some(None)),
            Unit::ByteLimit => ("write 65536, 64k or none", bytes(text).map(Some)),
        };
        value.ok_or_else(|| Unfit::Value(format!("{text:?}"), self.name, form))
    }
}

/// A time as short as it can be written: 5s, 500ms, 250us.
#[must_use]
pub fn time(us: Micros) -> String {
    match us {
        us if us.is_multiple_of(1_000_000) => format!("{}s", us / 1_000_000),
        us if us.is_multiple_of(1000) => format!("{}ms", us / 1000),
        us => format!("{us}us"),
    }
}

fn micros(text: &str) -> Option<u64> {
    let units = [("ms", 1000), ("us", 1), ("s", 1_000_000)];
    let (digits, scale) =
        units.into_iter().find_map(|(unit, n)| text.strip_suffix(unit).map(|d| (d, n)))?;
    // A day is longer than anything a run lasts.
    digits.trim().parse::<u64>().ok()?.checked_mul(scale).filter(|us| *us <= 86_400_000_000)
}

fn bytes(text: &str) -> Option<u64> {
    let units = [("k", 1024), ("m", 1024 * 1024), ("", 1)];
    let lower = text.to_ascii_lowercase();
    let (digits, scale) =
        units.into_iter().find_map(|(unit, n)| lower.strip_suffix(unit).map(|d| (d, n)))?;
    digits.parse::<u64>().ok()?.checked_mul(scale).filter(|n| *n < 1 << 31 && *n > 0)
}
