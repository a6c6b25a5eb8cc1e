//! `name=value` words of a command line.

use sim_scenarios::preset::Preset;
use std::io::Write as _;
use std::str::FromStr;
use std::sync::Arc;

/// The most bytes of a stream.
const MOST: u32 = 0x7fff_ffff;

/// What was given, by name.
pub(crate) struct Words(Vec<(String, String)>);

impl Words {
    pub(crate) fn read(given: &[String]) -> Result<Words, String> {
        let pair = |word: &String| {
            let (name, value) = word.split_once('=').ok_or_else(|| format!("{word} has no ="))?;
            Ok((name.to_owned(), value.to_owned()))
        };
        given.iter().map(pair).collect::<Result<_, String>>().map(Words)
    }

    pub(crate) fn text(&self, name: &str) -> Result<&str, String> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).ok_or_else(|| format!("{name}= is missing"))
    }

    pub(crate) fn value<T: FromStr>(&self, name: &str) -> Result<T, String> {
        let text = self.text(name)?;
        text.parse().map_err(|_| format!("{name}={text} cannot be read"))
    }

    /// A number of bytes or runs within the bounds of a stream.
    pub(crate) fn number(&self, name: &str) -> Result<u32, String> {
        let text = self.text(name)?;
        let number = text.parse().ok().filter(|number| *number <= MOST);
        number.ok_or_else(|| format!("{name}={text}: a whole number up to {MOST}"))
    }
}

/// A line for whoever started this.
pub(crate) fn say(line: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|why| format!("output: {why}"))
}

/// What there is to choose from.
pub(crate) fn names(presets: &[Arc<Preset>]) -> String {
    presets.iter().map(|preset| preset.name.as_str()).collect::<Vec<_>>().join(", ")
}
