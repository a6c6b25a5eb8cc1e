//! `closerace conform`: the model against recorded rows of a real kernel.

mod json;

pub use json::lines;
pub(super) use json::{RowDocument, SummaryDocument};

use super::help::{self, Ends};
use super::{Exit, Printed, Problem, Say};
use crate::conform::report::{self, Counts, Detail};
use crate::conform::{self, Checked};
use clap::ValueHint;
use std::path::PathBuf;

/// Compares the model with rows recorded on a real Linux kernel.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, ENDS))]
pub struct ConformArgs {
    /// Files of rows, one JSON object a line, or directories of such .jsonl files; recipes.json
    /// lies beside a matrix.
    #[arg(required = true, value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Only rows whose id contains this.
    #[arg(long, default_value = "")]
    pub filter: String,
    /// List every row, not only those that differ.
    #[arg(long, conflicts_with = "quiet")]
    pub verbose: bool,
}

const EXAMPLES: &[help::Example] = &[
    ("closerace conform rows.jsonl", "rows that differ, then counts"),
    ("closerace conform rows.jsonl --verbose", "every row"),
    ("closerace conform rows.jsonl --quiet", "the sum alone"),
    ("closerace conform rows.jsonl --format json", ""),
];

const ENDS: Ends = Ends {
    done: "every row that was compared agrees",
    violated: Some("a row differs"),
    inconclusive: Some("nothing could be compared: every row was skipped"),
};

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A line for each row that differs, then counts.
    Human,
    /// One JSON object a line, the summary last.
    Json,
}

/// Runs the command: 0 all agreed, 1 a row differed, 2 a file is not what it should be or has no
/// row to look at, 3 nothing could be compared.
pub(super) fn printed(args: &ConformArgs, say: Say) -> Result<Printed, Problem> {
    let mut rows: Vec<Checked> = Vec::new();
    for file in &args.files {
        let checked = conform::check(file, &args.filter);
        rows.extend(checked.map_err(|bad| Problem::Usage(bad.to_string()))?);
    }
    if rows.is_empty() {
        return Err(Problem::Usage(format!("no row has an id that contains {:?}", args.filter)));
    }
    let detail = match (say, args.verbose) {
        (Say::Answer, _) => Detail::Sum,
        (Say::All, true) => Detail::Everything,
        (Say::All, false) => Detail::Differences,
    };
    let text = match args.format {
        Format::Human => report::human(&rows, detail),
        Format::Json => lines(&rows).map_err(|error| Problem::Internal(error.to_string()))?,
    };
    let counts = Counts::of(&rows);
    let exit = match counts.differed {
        0 if counts.compared_nothing() => Exit::Inconclusive,
        0 => Exit::Done,
        _ => Exit::Violated,
    };
    Ok(Printed { text, exit })
}
