//! What became of scripts, for people and for programs.

use super::{Checked, Failure, Verdict};
use serde_json::json;
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

/// A line for each script, the difference under those that failed, then the totals.
#[must_use]
pub fn human(rows: &[Row]) -> String {
    let mut text = String::new();
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
    let Counts { passed, failed, unsupported } = Counts::of(rows);
    let _ = writeln!(text, "{passed} passed, {failed} failed, {unsupported} unsupported");
    text
}

/// One JSON object a script, the summary last.
#[must_use]
pub fn lines(rows: &[Row], stack: &str) -> String {
    let mut text = String::new();
    for Row { file, checked } in rows {
        let mut object = json!({ "kind": "script", "file": file, "stack": stack });
        match &checked.verdict {
            Verdict::Passed => object["verdict"] = json!("passed"),
            Verdict::Unsupported { line, what } => {
                object["verdict"] = json!("unsupported");
                object["line"] = json!(line);
                object["what"] = json!(what);
            }
            Verdict::Failed(failure) => {
                object["verdict"] = json!("failed");
                object["line"] = json!(failure.line);
                object["expected"] = json!(failure.expected);
                object["got"] = json!(failure.got);
                object["ladder"] = json!(failure.ladder);
            }
        }
        if !checked.passed_over.is_empty() {
            object["passed_over"] = json!(checked.passed_over);
        }
        if !checked.assumed.is_empty() {
            object["assumed"] = json!(checked.assumed);
        }
        let _ = writeln!(text, "{object}");
    }
    let Counts { passed, failed, unsupported } = Counts::of(rows);
    let summary = json!({
        "kind": "summary", "passed": passed, "failed": failed, "unsupported": unsupported,
    });
    let _ = writeln!(text, "{summary}");
    text
}
