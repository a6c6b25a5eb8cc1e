//! Scenario files (TOML): all that the catalogue says, and what is wrong with a file that does not
//! fit, all of it at once and each flaw with its place.
//!
//! Reading goes in three passes: TOML with what can be saved of a broken document, the document
//! against the schema of its types, and then what no schema says (names, sizes that contradict,
//! steps that do not compile). The types are only built from a document without a flaw.

mod build;
mod doc;
mod flaw;
mod place;
mod schema;
mod sense;
mod text;
mod walk;

pub use build::{case, doc, text as to_text};
pub use doc::{Client, Doc, Link, PathPart, ReplyPart, RequestPart, Server, StartsAt};
pub use flaw::{Flaw, Flawed};
pub use schema::{preset_schema, scenario_schema};
pub use text::{LawText, Name, Pair, Share, Size, Stack};

use crate::case::{Case, Shelf};

/// The longest file that is read (bytes).
pub const LONGEST_FILE: usize = 256 * 1024;

/// Reads a scenario.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(name: &str, text: &str, shelf: Shelf) -> Result<Case, Flawed> {
    let flawed = |flaws| Flawed { name: name.to_owned(), text: text.to_owned(), flaws };
    if text.len() > LONGEST_FILE {
        let what = format!("{} bytes are too many", text.len());
        let help = format!("a scenario has at most {LONGEST_FILE} bytes");
        let start = String::new();
        let flaws = vec![Flaw { span: 0..0, what, label: start, help: Some(help) }];
        return Err(Flawed { name: name.to_owned(), text: String::new(), flaws });
    }
    let (root, syntax) = toml::de::DeTable::parse_recoverable(text);
    let mut flaws: Vec<Flaw> = syntax.iter().map(|error| flaw::syntax(error, text)).collect();
    let broken = !flaws.is_empty();
    let mut walk = walk::Walk::new(scenario_schema());
    let root = walk.table(&root);
    let mut found = walk.flaws;
    found.extend(sense::sense(&root, &place::Places::new(&root.tree, text), &found));
    if found.is_empty() && !broken {
        return sense::whole(&root).map(|doc| case(&doc, shelf)).map_err(|why| {
            let what = format!("this is no scenario: {why}");
            flawed(vec![Flaw { span: 0..0, what, label: String::new(), help: None }])
        });
    }
    // What a broken line has led to says nothing.
    if broken {
        flaw::drop_echoes(&mut found, &flaws, text);
    }
    flaws.append(&mut found);
    flaw::in_order(&mut flaws, text);
    Err(flawed(flaws))
}
