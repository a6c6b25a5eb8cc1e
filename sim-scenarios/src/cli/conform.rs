//! `closerace conform`: the model against recorded rows of a real kernel.

use crate::conform::report::{self, Counts, Detail};
use crate::conform::{self, Checked};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Compares the model with rows recorded on a real Linux kernel.
#[derive(Clone, Debug, clap::Args)]
pub struct ConformArgs {
    /// Files of rows, one JSON object a line; recipes.json lies beside a matrix.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Only rows whose id contains this.
    #[arg(long, default_value = "")]
    pub filter: String,
    /// List every row, not only those that differ.
    #[arg(long)]
    pub verbose: bool,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A line for each row that differs, then counts.
    Human,
    /// One JSON object a line, the summary last.
    Json,
}

/// Runs the command: 0 all agreed, 1 a row differed, 2 a file is not what it should be.
#[must_use]
pub fn run(args: &ConformArgs) -> ExitCode {
    let mut rows: Vec<Checked> = Vec::new();
    for file in &args.files {
        match conform::check_file(file, &args.filter) {
            Ok(more) => rows.extend(more),
            Err(bad) => {
                eprintln!("{bad}");
                return ExitCode::from(2);
            }
        }
    }
    let detail = if args.verbose { Detail::Everything } else { Detail::Differences };
    let text = match args.format {
        Format::Human => report::human(&rows, detail),
        Format::Json => report::lines(&rows),
    };
    // A reader that has seen enough is no reason to fail.
    let _ = std::io::stdout().write_all(text.as_bytes());
    if Counts::of(&rows).differed > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
}
