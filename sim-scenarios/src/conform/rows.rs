//! Reading rows: one JSON object a line, fields that are not needed are ignored.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// A row and where it stands.
#[derive(Debug)]
pub struct Row {
    /// As the file names it.
    pub id: String,
    /// What kind of row it is.
    pub kind: Kind,
    /// The row itself.
    pub value: Value,
}

/// The kinds of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Two stacks, fixed delays.
    Timed,
    /// Two stacks, a chosen order.
    Hold,
    /// One stack in a state against one segment.
    Segment,
    /// One stack in a state and one call.
    Call,
    /// One stack and several steps.
    Sequence,
}

impl Kind {
    /// All.
    pub const ALL: [Kind; 5] = [Kind::Timed, Kind::Hold, Kind::Segment, Kind::Call, Kind::Sequence];

    /// As it is printed.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Timed => "timed",
            Kind::Hold => "hold",
            Kind::Segment => "seg",
            Kind::Call => "call",
            Kind::Sequence => "sequence",
        }
    }
}

/// A file of rows that cannot be read.
#[derive(Debug)]
pub struct BadFile {
    /// Which.
    pub file: PathBuf,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What was expected.
    pub message: String,
}

impl core::fmt::Display for BadFile {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let BadFile { file, line, message } = self;
        match line {
            0 => write!(f, "{}: {message}", file.display()),
            _ => write!(f, "{}:{line}: {message}", file.display()),
        }
    }
}

/// The rows of a file, in order.
///
/// # Errors
/// A file that cannot be read or has no rows, or the first line that is not a row.
pub fn read(file: &Path) -> Result<Vec<Row>, BadFile> {
    let bad = |line, message| BadFile { file: file.to_owned(), line, message };
    let text = std::fs::read_to_string(file).map_err(|why| bad(0, why.to_string()))?;
    let mut rows = Vec::new();
    for (n, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let value: Value = serde_json::from_str(line)
            .map_err(|why| bad(n + 1, format!("expected one JSON object: {why}")))?;
        rows.push(row(value).map_err(|message| bad(n + 1, message))?);
    }
    if rows.is_empty() {
        return Err(bad(0, "no rows: expected one JSON object a line".to_owned()));
    }
    Ok(rows)
}

fn row(value: Value) -> Result<Row, String> {
    let id = value["id"].as_str().ok_or("expected a row with a string \"id\"")?.to_owned();
    let kind = match (value["kind"].as_str(), value["mode"].as_str()) {
        (Some("seg"), _) => Kind::Segment,
        (Some("call"), _) => Kind::Call,
        (Some("sequence"), _) => Kind::Sequence,
        (Some(other), _) => {
            return Err(format!("{id}: expected \"kind\" seg, call or sequence, found {other:?}"));
        }
        (None, Some("timed")) => Kind::Timed,
        (None, Some("hold")) => Kind::Hold,
        (None, Some(other)) => {
            return Err(format!("{id}: expected \"mode\" timed or hold, found {other:?}"));
        }
        (None, None) => return Err(format!("{id}: expected \"kind\" or \"mode\"")),
    };
    let needed: &[&str] = match kind {
        Kind::Timed | Kind::Hold => &["outcome", "case"],
        Kind::Segment | Kind::Call => &["state", "event", "emitted", "state_after", "calls"],
        Kind::Sequence => &["log", "case"],
    };
    match needed.iter().find(|name| value[**name].is_null()) {
        Some(name) => Err(format!("{id}: expected the field {name:?}")),
        None => Ok(Row { id, kind, value }),
    }
}

/// The strings of a list; nothing where there is none.
pub(super) fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array().map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}
