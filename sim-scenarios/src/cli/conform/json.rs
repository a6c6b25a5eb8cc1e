//! What was checked, for programs: one object a line, the summary last.

use crate::cli::output::{self, Versioned};
use crate::conform::report::{Counts, EXCLUSIONS};
use crate::conform::{Checked, Verdict, assumed};
use schemars::JsonSchema;
use serde::Serialize;

/// A recorded row, and what the model says of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct RowDocument {
    id: String,
    /// Its kind.
    family: &'static str,
    agreed: bool,
    /// How the model differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<String>,
    /// Why it was not compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<String>,
}

impl output::Document for RowDocument {
    const KIND: &'static str = "row";
}

/// How many rows of what, and what is never compared.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct SummaryDocument {
    rows: usize,
    agreed: usize,
    differed: usize,
    skipped: usize,
    not_compared: Vec<&'static str>,
    assumed_about_the_recorder: Vec<String>,
}

impl output::Document for SummaryDocument {
    const KIND: &'static str = "summary";
}

/// One object a line, the summary last.
///
/// # Errors
/// None that is known: it is plain data.
pub fn lines(checked: &[Checked]) -> serde_json::Result<String> {
    let mut text = String::new();
    for Checked { id, kind, verdict } in checked {
        let (agreed, difference, skipped) = match verdict {
            Verdict::Agreed => (true, None, None),
            Verdict::Differed(why) => (false, Some(why.clone()), None),
            Verdict::Skipped(why) => (false, None, Some(why.to_string())),
        };
        let (id, family) = (id.clone(), kind.word());
        line(&mut text, &RowDocument { id, family, agreed, difference, skipped })?;
    }
    let Counts { rows, agreed, differed, skipped } = Counts::of(checked);
    let summary = SummaryDocument {
        rows,
        agreed,
        differed,
        skipped,
        not_compared: EXCLUSIONS.to_vec(),
        assumed_about_the_recorder: assumed::about_the_recorder(),
    };
    line(&mut text, &summary)?;
    Ok(text)
}

fn line<D: output::Document>(text: &mut String, document: &D) -> serde_json::Result<()> {
    text.push_str(&serde_json::to_string(&Versioned::new(document))?);
    text.push('\n');
    Ok(())
}
