//! Measured round trips: a file of numbers, as a law.
//!
//! One number a line, or a table with a line of names. No field may have a line break of its own.
//! (The csv crate counts a record's line from the comments before it; here the line that is wrong
//! has to be the line that is named.)

use super::Problem;
use clap::{ValueEnum, ValueHint};
use sim_core::wire::law::DAY;
use sim_core::wire::{Law, Micros};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bins of the histogram: each has about as many samples as any other.
pub(super) const BINS: usize = 64;
/// The most bytes of a file, and the most samples.
const MOST_BYTES: u64 = 64 << 20;
const MOST_SAMPLES: usize = 1_000_000;
/// Wrong lines that are named; of others there is the number.
const NAMED: usize = 10;

/// What a number of the file counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Unit {
    /// Microseconds
    Us,
    /// Milliseconds
    Ms,
    /// Seconds
    S,
}

impl Unit {
    const fn micros(self) -> f64 {
        match self {
            Unit::Us => 1.0,
            Unit::Ms => 1e3,
            Unit::S => 1e6,
        }
    }

    /// As it is written.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Unit::Us => "us",
            Unit::Ms => "ms",
            Unit::S => "s",
        }
    }

    /// The unit at the end of a column's name, as in `rtt_ms` or `RTT (us)`.
    fn of_column(name: &str) -> Option<Unit> {
        let is_letter = |c: char| c.is_alphabetic();
        let last = name.rsplit(|c| !is_letter(c)).find(|word| !word.is_empty())?;
        match last.to_lowercase().as_str() {
            "us" | "µs" | "μs" | "usec" | "microseconds" => Some(Unit::Us),
            "ms" | "msec" | "millis" | "milliseconds" => Some(Unit::Ms),
            "s" | "sec" | "seconds" => Some(Unit::S),
            _ => None,
        }
    }
}

/// Where these stand in the help; a heading for what follows would reach beyond them.
const HEADING: &str = "Measured round trips";

/// Round trips that were measured: what a law of the path can be instead of one that is written.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Measured {
    /// Round trips as they were measured: one number a line, or a table with a line of names (CSV);
    /// lines that begin with # are left out
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "FILE", conflicts_with = "rtt", value_hint = ValueHint::FilePath)]
    rtt_samples: Option<PathBuf>,
    /// The column, where there are several and not one of them is called rtt...
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "NAME", requires = "rtt_samples")]
    column: Option<String>,
    /// What the numbers count, where the column's name does not say (rtt_ms)
    #[arg(help_heading = HEADING)]
    #[arg(long, value_enum, requires = "rtt_samples")]
    unit: Option<Unit>,
}

impl Measured {
    /// Whether there is a file.
    pub(super) const fn is_absent(&self) -> bool {
        let Measured { rtt_samples, column: _, unit: _ } = self;
        rtt_samples.is_none()
    }

    /// What the file says, where there is one.
    pub(super) fn read(&self) -> Result<Option<Samples>, Problem> {
        let Measured { rtt_samples, column, unit } = self;
        rtt_samples.as_ref().map(|path| read(path, column.as_deref(), *unit)).transpose()
    }
}

/// What a file said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Samples {
    /// The file, as it was named.
    pub file: String,
    /// The column, where there are names.
    pub column: Option<String>,
    pub unit: Unit,
    /// How many.
    pub count: usize,
    pub law: Law,
}

/// Reads a file of samples.
fn read(path: &Path, column: Option<&str>, unit: Option<Unit>) -> Result<Samples, Problem> {
    let file = path.display().to_string();
    let unreadable = |why: std::io::Error| Problem::Usage(format!("cannot read {file}: {why}"));
    let mut bytes = Vec::new();
    let opened = File::open(path).map_err(unreadable)?;
    opened.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Problem::Usage(format!(
            "{file}: longer than {} MiB; take a part of it",
            MOST_BYTES >> 20
        )));
    }
    parse(&file, &bytes, column, unit).map_err(Problem::Usage)
}

/// Makes a law of a file's bytes.
fn parse(
    file: &str,
    bytes: &[u8],
    column: Option<&str>,
    unit: Option<Unit>,
) -> Result<Samples, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        format!("{file}:{}: not text (UTF-8)", before + 1)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_data = |(_, line): &(usize, &str)| !line.is_empty() && !line.starts_with('#');
    let mut lines =
        text.lines().enumerate().map(|(n, line)| (n + 1, line.trim())).filter(is_data).peekable();
    let Some((number, first)) = lines.peek().copied() else {
        return Err(format!("{file}: there are no samples in it"));
    };
    let separator = [',', ';', '\t'].into_iter().find(|c| first.contains(*c)).unwrap_or(',');
    let head = fields(first, separator);
    let at = |number: usize, why: String| format!("{file}:{number}: {why}");
    let chosen = choose(&head, column).map_err(|why| at(number, why))?;
    let unit = match &chosen {
        Chosen::Named(_, name) => agree(Unit::of_column(name), unit, name),
        Chosen::Plain => unit.ok_or_else(|| {
            "numbers of which unit? say --unit us, ms or s, or begin with a line rtt_ms".to_owned()
        }),
    };
    let unit = unit.map_err(|why| at(number, why))?;
    let (place, column) = match chosen {
        Chosen::Named(place, name) => {
            lines.next();
            (place, Some(name))
        }
        Chosen::Plain => (0, None),
    };
    let samples = numbers(file, lines, (separator, place, head.len()), unit)?;
    let law = Law::measured(&samples, BINS).map_err(|why| format!("{file}: {why}"))?;
    Ok(Samples { file: file.to_owned(), column, unit, count: samples.len(), law })
}

/// Where the numbers are.
enum Chosen {
    /// In this column of a table with names.
    Named(usize, String),
    /// Alone on their lines, the first one included.
    Plain,
}

fn choose(head: &[String], column: Option<&str>) -> Result<Chosen, String> {
    let all = || head.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ");
    let numeric = |field: &String| field.parse::<f64>().is_ok();
    if let Some(wanted) = column {
        let place = head.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let absent = || format!("there is no column {wanted:?}; the first line has {}", all());
        return place.map(|at| Chosen::Named(at, head[at].clone())).ok_or_else(absent);
    }
    match head {
        [only] if numeric(only) => Ok(Chosen::Plain),
        [only] => Ok(Chosen::Named(0, only.clone())),
        _ if head.iter().all(numeric) => {
            Err("several numbers a line and no names: begin with a line of names".to_owned())
        }
        _ => {
            let is_rtt = |name: &&String| name.to_lowercase().starts_with("rtt");
            let mut found = head.iter().filter(is_rtt);
            match (found.next(), found.next()) {
                (Some(name), None) => {
                    let place = head.iter().position(|other| other == name).unwrap_or(0);
                    Ok(Chosen::Named(place, name.clone()))
                }
                (None, _) | (Some(_), Some(_)) => {
                    Err(format!("which column? say --column with one of {}", all()))
                }
            }
        }
    }
}

/// The unit that a name says, and the one that was said.
fn agree(named: Option<Unit>, said: Option<Unit>, name: &str) -> Result<Unit, String> {
    match (named, said) {
        (Some(named), Some(said)) if named != said => Err(format!(
            "the column {} is in {}, and --unit says {}",
            shown(name),
            named.name(),
            said.name()
        )),
        (Some(unit), _) | (None, Some(unit)) => Ok(unit),
        (None, None) => Err(format!(
            "the column {} has no unit: say --unit us, ms or s, or call it rtt_ms",
            shown(name)
        )),
    }
}

/// Every number of a column; all that are wrong are named at once.
fn numbers<'t>(
    file: &str,
    lines: impl Iterator<Item = (usize, &'t str)>,
    (separator, place, width): (char, usize, usize),
    unit: Unit,
) -> Result<Vec<Micros>, String> {
    let mut samples = Vec::new();
    let mut wrong = Vec::new();
    let mut more = 0_u64;
    for (number, line) in lines {
        let fields = fields(line, separator);
        let read = match fields.get(place) {
            Some(field) if fields.len() == width => micros(field, unit),
            Some(_) | None => {
                Err(format!("{} fields, where the first line has {width}", fields.len()))
            }
        };
        match read {
            Ok(_) if samples.len() == MOST_SAMPLES => {
                return Err(format!("{file}:{number}: more than {MOST_SAMPLES} samples"));
            }
            Ok(us) => samples.push(us),
            Err(why) if wrong.len() < NAMED => wrong.push(format!("{file}:{number}: {why}")),
            Err(_) => more += 1,
        }
    }
    if more > 0 {
        wrong.push(format!("and {more} more lines of {file} are wrong"));
    }
    match (wrong.is_empty(), samples.is_empty()) {
        (true, false) => Ok(samples),
        (true, true) => Err(format!("{file}: there are no samples in it")),
        (false, _) => Err(wrong.join("\n  ")),
    }
}

/// A number of this unit in microseconds, rounded.
fn micros(field: &str, unit: Unit) -> Result<Micros, String> {
    let form = || format!("{} is not a number of {}, as in 12.5", shown(field), unit.name());
    if field.is_empty() {
        return Err(format!("the field is empty; it should be a number of {}", unit.name()));
    }
    let number: f64 = field.parse().map_err(|_| form())?;
    let us = (number * unit.micros()).round();
    if !us.is_finite() {
        return Err(form());
    }
    if number < 0.0 {
        return Err(format!("{} is negative; a round trip takes 0 or more", shown(field)));
    }
    if us > DAY as f64 {
        return Err(format!("{} {} is longer than a day", shown(field), unit.name()));
    }
    Ok(us as Micros)
}

/// The fields of a line; a separator between quotes separates nothing.
fn fields(line: &str, separator: char) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        let last = fields.len() - 1;
        match c {
            '"' => quoted = !quoted,
            c if c == separator && !quoted => fields.push(String::new()),
            c => fields[last].push(c),
        }
    }
    fields.into_iter().map(|field| field.trim().to_owned()).collect()
}

/// A field in a message: quoted, and not all of a long one.
fn shown(field: &str) -> String {
    let most = 40;
    if field.chars().count() <= most {
        return format!("{field:?}");
    }
    let begin: String = field.chars().take(most).collect();
    format!("{begin:?}...")
}

#[cfg(test)]
mod tests;
