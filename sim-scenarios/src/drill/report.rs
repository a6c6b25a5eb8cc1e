//! What became of scripts, for people.

use super::{Checked, Failure, Verdict};
use std::fmt::Write;

/// A script and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The file as it was named or found.
    pub file: String,
    /// What became of it.
    pub checked: Checked,
}

/// How many scripts ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The stack does what they say.
    pub passed: usize,
    /// It does not.
    pub failed: usize,
    /// They need something that is not here.
    pub unsupported: usize,
}

impl Counts {
    /// Of these rows.
    #[must_use]
    pub fn of(rows: &[Row]) -> Counts {
        let mut counts = Counts::default();
        for row in rows {
            match &row.checked.verdict {
                Verdict::Passed => counts.passed += 1,
                Verdict::Failed(_) => counts.failed += 1,
                Verdict::Unsupported { .. } => counts.unsupported += 1,
            }
        }
        counts
    }
}

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A line for each script, the difference under those that failed, then the totals.
    Everything,
    /// The totals.
    Sum,
}

/// What became of them.
#[must_use]
pub fn human(rows: &[Row], detail: Detail) -> String {
    let mut text = String::new();
    if detail == Detail::Everything {
        each(&mut text, rows);
    }
    let Counts { passed, failed, unsupported } = Counts::of(rows);
    let _ = writeln!(text, "{passed} passed, {failed} failed, {unsupported} unsupported");
    text
}

fn each(text: &mut String, rows: &[Row]) {
    for Row { file, checked } in rows {
        let _ = match &checked.verdict {
            Verdict::Passed => writeln!(text, "passed       {file}"),
            Verdict::Unsupported { line, what } => {
                writeln!(text, "unsupported  {file}:{line}: {what}")
            }
            Verdict::Failed(failure) => {
                let Failure { line, expected, got, ladder } = failure.as_ref();
                let _ = writeln!(text, "failed       {file}:{line}");
                let _ = writeln!(text, "    expected  {expected}");
                let _ = writeln!(text, "    got       {got}");
                for step in ladder {
                    let _ = writeln!(text, "      {step}");
                }
                Ok(())
            }
        };
        for note in &checked.passed_over {
            let _ = writeln!(text, "    {note}");
        }
    }
    let assumed: std::collections::BTreeSet<&String> =
        rows.iter().flat_map(|row| &row.checked.assumed).collect();
    if !assumed.is_empty() {
        let _ = writeln!(text, "assumed answers used (closerace show STACK has their reasons):");
        for answer in assumed {
            let _ = writeln!(text, "    {}", answer.split(':').next().unwrap_or(answer));
        }
    }
}
