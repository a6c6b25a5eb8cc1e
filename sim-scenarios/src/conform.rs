//! The model against recorded rows of a real kernel.
//!
//! A row says what was done and what followed. Each is mapped onto the model (`lab_timed`,
//! `lab_hold`, `matrix`, `sequence`), and what the row says is comparable is compared
//! (`compare`). No row is known by its name: a row that cannot be expressed differs, and says
//! why.

pub(crate) mod assumed;
mod bench;
mod compare;
mod lab_app;
mod lab_hold;
mod lab_rules;
mod lab_timed;
mod lab_told;
mod lab_watch;
mod matrix;
mod numbers;
mod peer;
pub mod report;
pub mod rows;
mod sequence;
mod words;

use matrix::Recipes;
use rows::{BadFile, Kind, Row};
use std::path::Path;

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The model does what was recorded.
    Agreed,
    /// The first difference.
    Differed(String),
    /// Not compared, and why.
    Skipped(String),
}

impl Verdict {
    /// The verdict on a row, which is looked at only if it can be relied on.
    fn of(row: &Row, difference: impl FnOnce() -> Result<Option<String>, String>) -> Verdict {
        if row.value["stable"] == serde_json::Value::Bool(false) {
            return Verdict::Skipped("not stable".to_owned());
        }
        match difference() {
            Ok(None) => Verdict::Agreed,
            Ok(Some(difference)) | Err(difference) => Verdict::Differed(difference),
        }
    }
}

/// A row that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Its name.
    pub id: String,
    /// Its kind.
    pub kind: Kind,
    /// What became of it.
    pub verdict: Verdict,
}

/// Checks the rows, whose name contains `filter`, of a file or of every `.jsonl` file of a
/// directory, in the order of their names.
///
/// # Errors
/// A file that is not what it should be, or a directory without rows.
pub fn check(path: &Path, filter: &str) -> Result<Vec<Checked>, BadFile> {
    if !path.is_dir() {
        return check_file(path, filter);
    }
    let bad = |message: String| BadFile { file: path.to_owned(), line: 0, message };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|why| bad(why.to_string()))? {
        let file = entry.map_err(|why| bad(why.to_string()))?.path();
        if file.extension().is_some_and(|name| name == "jsonl") {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(bad("a directory without .jsonl files".to_owned()));
    }
    files.sort();
    let checked: Result<Vec<_>, _> = files.iter().map(|file| check_file(file, filter)).collect();
    checked.map(|rows| rows.concat())
}

/// Checks the rows of a file whose name contains `filter`.
///
/// # Errors
/// A file that is not what it should be.
pub fn check_file(file: &Path, filter: &str) -> Result<Vec<Checked>, BadFile> {
    let rows: Vec<Row> =
        rows::read(file)?.into_iter().filter(|row| row.id.contains(filter)).collect();
    let needs_recipes = |row: &Row| match row.kind {
        Kind::Segment | Kind::Call | Kind::Sequence => true,
        Kind::Timed | Kind::Hold => false,
    };
    let recipes = match rows.iter().any(needs_recipes) {
        true => Some(Recipes::beside(file).map_err(|message| BadFile {
            file: file.to_owned(),
            line: 0,
            message,
        })?),
        false => None,
    };
    Ok(rows.iter().map(|row| check_row(row, recipes.as_ref())).collect())
}

fn check_row(row: &Row, recipes: Option<&Recipes>) -> Checked {
    let verdict = match (row.kind, recipes) {
        (Kind::Timed, _) => lab_timed::check(row),
        (Kind::Hold, _) => lab_hold::check(row),
        (Kind::Segment | Kind::Call, Some(recipes)) => matrix::check(row, recipes),
        (Kind::Sequence, Some(recipes)) => sequence::check(row, recipes),
        (Kind::Segment | Kind::Call | Kind::Sequence, None) => {
            Verdict::Differed("unsupported: no recipes".to_owned())
        }
    };
    Checked { id: row.id.clone(), kind: row.kind, verdict }
}
