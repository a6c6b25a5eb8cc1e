//! A preset with its numbers, and how it is written.

use super::{Flaw, Knob, Preset, Unit, compile};
use crate::case::Scale;
use crate::units::{self, Unreadable, show_size, show_time};
use sim_core::script::Script;
use std::fmt;
use std::sync::Arc;

/// A preset with its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The preset.
    pub preset: Arc<Preset>,
    /// Its numbers, in the order of its knobs; `None` is no limit.
    pub values: Vec<Option<u64>>,
}

/// Why an actor's text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// No preset of this name.
    #[error("there is no {0:?}")]
    Name(String),
    /// No such number.
    #[error("{0} has no {1:?}; {2}")]
    Knob(String, String, String),
    /// Not a value.
    #[error("{0}: {1}")]
    Value(String, Unreadable),
    /// The same number two times.
    #[error("{0} is given twice")]
    Twice(String),
    /// A place for numbers without one.
    #[error("{0} has an empty list of numbers, or an empty place in it; {1}")]
    Empty(String, String),
}

impl From<Arc<Preset>> for Actor {
    fn from(preset: Arc<Preset>) -> Actor {
        // A default that cannot be read is a flaw that reading the preset has refused.
        let values = preset.knobs.iter().map(|knob| knob.read(&knob.default).unwrap_or(None));
        Actor { values: values.collect(), preset }
    }
}

impl From<&Arc<Preset>> for Actor {
    fn from(preset: &Arc<Preset>) -> Actor {
        Actor::from(Arc::clone(preset))
    }
}

impl Actor {
    /// The whole application.
    ///
    /// # Errors
    /// A step that does not fit.
    pub fn script(&self, scale: &Scale) -> Result<Script, Flaw> {
        compile::script(self, scale)
    }

    /// Every step that does not fit, one flaw a step.
    #[must_use]
    pub fn flaws(&self, scale: &Scale) -> Vec<Flaw> {
        compile::flaws(self, scale)
    }

    /// Reads `name`, `name{knob=value,...}` or `name:knob=value,...` (which needs no quotes in a
    /// shell); `named` finds presets.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn parse(text: &str, named: impl Fn(&str) -> Option<Arc<Preset>>) -> Result<Actor, Unfit> {
        let (name, rest) = match text.split_once(['{', ':']) {
            Some((name, rest)) => (name, Some(rest.strip_suffix('}').unwrap_or(rest))),
            None => (text, None),
        };
        let preset = named(name.trim()).ok_or_else(|| Unfit::Name(name.to_owned()))?;
        let mut actor = Actor::from(preset);
        let mut given = vec![false; actor.values.len()];
        for part in rest.into_iter().flat_map(|rest| rest.split(',')).map(str::trim) {
            let preset = &actor.preset;
            if part.is_empty() {
                return Err(Unfit::Empty(preset.name.clone(), preset.knob_names()));
            }
            let (knob, value) = part.split_once('=').unwrap_or((part, ""));
            let Some(at) = preset.knobs.iter().position(|known| known.name == knob.trim()) else {
                let name = preset.name.clone();
                return Err(Unfit::Knob(name, knob.to_owned(), preset.knob_names()));
            };
            let knob = &preset.knobs[at];
            if std::mem::replace(&mut given[at], true) {
                return Err(Unfit::Twice(knob.name.clone()));
            }
            let value =
                knob.read(value.trim()).map_err(|why| Unfit::Value(knob.name.clone(), why))?;
            actor.values[at] = value;
        }
        Ok(actor)
    }

    /// With every knob, as the documentation writes it.
    #[must_use]
    pub fn in_full(&self) -> String {
        let set: Vec<String> = self.shown().map(|(knob, value)| knob.text(value)).collect();
        match set.is_empty() {
            true => self.preset.name.clone(),
            false => format!("{}{{{}}}", self.preset.name, set.join(",")),
        }
    }

    fn shown(&self) -> impl Iterator<Item = (&Knob, Option<u64>)> {
        self.preset.knobs.iter().zip(self.values.iter().copied())
    }
}

/// Name, and the knobs that differ from their defaults, in the form that needs no quotes.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.preset.name.clone();
        let mut before = ':';
        for (knob, value) in self.shown() {
            if knob.read(&knob.default) != Ok(value) {
                text.push(before);
                text.push_str(&knob.text(value));
                before = ',';
            }
        }
        f.pad(&text)
    }
}

impl Preset {
    fn knob_names(&self) -> String {
        let names: Vec<&str> = self.knobs.iter().map(|knob| knob.name.as_str()).collect();
        match names.is_empty() {
            true => "it has no numbers to set".to_owned(),
            false => format!("it has {}", names.join(", ")),
        }
    }
}

impl Knob {
    /// Reads a value.
    ///
    /// # Errors
    /// What is not one.
    pub fn read(&self, text: &str) -> Result<Option<u64>, Unreadable> {
        let or_none = |mut why: Unreadable| {
            why.form.push_str("; or none");
            why
        };
        match self.unit {
            Unit::Time => units::time(text).map(Some),
            Unit::TimeLimit | Unit::ByteLimit if text == "none" => Ok(None),
            Unit::TimeLimit => units::time(text).map(Some).map_err(or_none),
            Unit::ByteLimit => units::size(text).map(|n| Some(u64::from(n))).map_err(or_none),
        }
    }

    /// A value as it is written.
    #[must_use]
    pub fn shown(&self, value: Option<u64>) -> String {
        match (value, self.unit) {
            (None, _) => "none".to_owned(),
            (Some(us), Unit::Time | Unit::TimeLimit) => show_time(us),
            (Some(bytes), Unit::ByteLimit) => {
                u32::try_from(bytes).map_or_else(|_| bytes.to_string(), show_size)
            }
        }
    }

    fn text(&self, value: Option<u64>) -> String {
        format!("{}={}", self.name, self.shown(value))
    }
}
