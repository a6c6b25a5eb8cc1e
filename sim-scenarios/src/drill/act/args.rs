//! What a call is given.

use super::names;
use super::told::Stop;
use crate::drill::script::Value;

/// The arguments of a call.
pub(super) struct Args<'a> {
    pub(super) name: &'a str,
    pub(super) list: &'a [Value],
}

impl Args<'_> {
    pub(super) fn get(&self, n: usize) -> Result<&Value, Stop> {
        let few = || Stop::Flawed(format!("{}() has too few arguments", self.name));
        self.list.get(n).ok_or_else(few)
    }

    /// A number, or names that have one.
    pub(super) fn number(&self, n: usize) -> Result<i64, Stop> {
        self.number_of(self.get(n)?)
    }

    pub(super) fn number_of(&self, value: &Value) -> Result<i64, Stop> {
        match value {
            Value::Number(n) => Ok(*n),
            Value::Names(list) => names::number(list).ok_or_else(|| {
                Stop::Unsupported(format!("{}() with {}", self.name, list.join("|")))
            }),
            Value::List(list) if list.len() == 1 => self.number_of(&list[0]),
            Value::Any | Value::Text(_) | Value::List(_) | Value::Record(_) => {
                Err(Stop::Flawed(format!("{}() wants a number", self.name)))
            }
        }
    }

    /// A number of bytes.
    pub(super) fn count(&self, n: usize) -> Result<u32, Stop> {
        let count = u32::try_from(self.number(n)?).ok().filter(|count| *count < 1 << 30);
        count.ok_or_else(|| Stop::Flawed(format!("{}() of so many bytes", self.name)))
    }

    /// The name in an argument, where it is one.
    pub(super) fn name(&self, n: usize) -> Option<&str> {
        match self.list.get(n) {
            Some(Value::Names(list)) if list.len() == 1 => list.first().map(String::as_str),
            Some(
                Value::Any
                | Value::Number(_)
                | Value::Names(_)
                | Value::Text(_)
                | Value::List(_)
                | Value::Record(_),
            )
            | None => None,
        }
    }

    /// The flags of recv() and send(), by name.
    pub(super) fn flags(&self, n: usize) -> Result<Vec<&str>, Stop> {
        match self.list.get(n) {
            None | Some(Value::Number(0)) => Ok(Vec::new()),
            Some(Value::Names(list)) => {
                Ok(list.iter().map(String::as_str).filter(|it| *it != "0").collect())
            }
            Some(Value::Number(n)) => {
                Err(Stop::Unsupported(format!("{}() with flags {n}", self.name)))
            }
            Some(Value::Any | Value::Text(_) | Value::List(_) | Value::Record(_)) => {
                Err(Stop::Flawed(format!("{}() wants flags", self.name)))
            }
        }
    }
}
