//! From text to a script: lines that choose (`lines`), tokens (`lex`), events (`parse`).

mod call;
mod icmp;
mod lex;
mod lines;
mod parse;
mod segment;

pub(super) use lines::words;

use super::script::{Flaw, Script};
use std::collections::BTreeMap;

/// Names that `#ifdef` knows; a value where one was given.
pub type Defines = BTreeMap<String, String>;

/// Reads a script.
///
/// # Errors
/// The first thing that is not of the language, or that this program lacks.
pub fn read(text: &str, defines: &Defines) -> Result<Script, Flaw> {
    // A mark of the byte order that some editors leave.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut defines = defines.clone();
    let (options, body) = lines::read(text, &mut defines)?;
    let tokens = lex::tokens(&body, &defines)?;
    let events = parse::events(tokens)?;
    if events.is_empty() {
        return Err(Flaw::syntax(1, "no event"));
    }
    Ok(Script { options, events })
}
