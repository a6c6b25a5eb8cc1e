//! What became of scripts, for programs: one object a line, the summary last.

use crate::cli::output::{self, Versioned};
use crate::drill::Verdict;
use crate::drill::report::{Counts, Row};
use schemars::JsonSchema;
use serde::Serialize;

/// A script and what became of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct ScriptDocument {
    /// As it was named or found.
    file: String,
    stack: &'static str,
    verdict: Word,
    /// Where it failed, or needs something that is not here.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    /// What it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    got: Option<String>,
    /// What happened before, in the script's language.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ladder: Vec<String>,
    /// What of it was not compared, or changes nothing here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passed_over: Vec<String>,
    /// Answers of the stack that nobody has read or measured, and that were used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assumed: Vec<String>,
}

#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Word {
    Passed,
    Failed,
    Unsupported,
}

impl output::Document for ScriptDocument {
    const KIND: &'static str = "drill";
}

/// How many scripts ended how.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct SummaryDocument {
    passed: usize,
    failed: usize,
    unsupported: usize,
}

impl output::Document for SummaryDocument {
    const KIND: &'static str = "summary";
}

pub(super) fn lines(rows: &[Row], stack: &'static str) -> serde_json::Result<String> {
    let mut text = String::new();
    for row in rows {
        line(&mut text, &document(row, stack))?;
    }
    let Counts { passed, failed, unsupported } = Counts::of(rows);
    line(&mut text, &SummaryDocument { passed, failed, unsupported })?;
    Ok(text)
}

fn document(Row { file, checked }: &Row, stack: &'static str) -> ScriptDocument {
    let mut document = ScriptDocument {
        file: file.clone(),
        stack,
        verdict: Word::Passed,
        line: None,
        what: None,
        expected: None,
        got: None,
        ladder: Vec::new(),
        passed_over: checked.passed_over.clone(),
        assumed: checked.assumed.clone(),
    };
    match &checked.verdict {
        Verdict::Passed => {}
        Verdict::Unsupported { line, what } => {
            document.verdict = Word::Unsupported;
            (document.line, document.what) = (Some(*line), Some(what.clone()));
        }
        Verdict::Failed(failure) => {
            document.verdict = Word::Failed;
            document.line = Some(failure.line);
            document.expected = Some(failure.expected.clone());
            document.got = Some(failure.got.clone());
            document.ladder.clone_from(&failure.ladder);
        }
    }
    document
}

fn line<D: output::Document>(text: &mut String, document: &D) -> serde_json::Result<()> {
    text.push_str(&serde_json::to_string(&Versioned::new(document))?);
    text.push('\n');
    Ok(())
}
