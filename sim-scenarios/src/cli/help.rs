//! The end of a command's help: examples, and what its exit codes say.
//!
//! Examples are lines that can be pasted. Words in them that stand for something of the reader's
//! own are listed in [`YOURS`]; a test puts something in their place and runs every line there is.

use super::Exit;
use std::fmt::Write;

/// What is typed, and what for (nothing where the line says it itself).
pub(super) type Example = (&'static str, &'static str);

/// Words of examples that stand for something of the reader's own.
pub(super) const YOURS: [(&str, &str); 6] = [
    ("TOKEN", "the last word that run and explore print"),
    ("my.toml", "a scenario file; closerace show upload prints one to begin with"),
    ("rtts.csv", "measured round trips: a line rtt_ms, then a number a line"),
    ("rows.jsonl", "rows recorded on a real kernel, one JSON object a line"),
    ("close.pkt", "a packetdrill script; closerace export --format packetdrill prints one"),
    ("pages", "a folder of yours"),
];

/// Every command. Building the command line out of a list of itself would not end.
pub(super) const VERBS: [&str; 17] = [
    "matrix",
    "run",
    "explore",
    "race",
    "loss",
    "advise",
    "replay",
    "export",
    "measured",
    "conform",
    "drill",
    "list",
    "show",
    "schema",
    "explain",
    "completions",
    "man",
];

/// What a command's exit codes say; usage and mistakes of the program are everywhere the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub done: &'static str,
    pub violated: Option<&'static str>,
    pub inconclusive: Option<&'static str>,
}

impl Ends {
    /// Of a command that can only do what it was asked or not be asked so.
    pub(super) const PLAIN: Ends = Ends { done: "printed", violated: None, inconclusive: None };

    fn says(self, exit: Exit) -> Option<&'static str> {
        match exit {
            Exit::Done => Some(self.done),
            Exit::Violated => self.violated,
            Exit::Inconclusive => self.inconclusive,
            Exit::Usage | Exit::Internal => Some(exit.says()),
        }
    }
}

/// Columns of a line of help.
const WIDTH: usize = 98;
/// Longer commands have their explanation on a line of its own.
const WIDEST: usize = 60;

/// Examples, then exit codes.
pub(super) fn after(examples: &[Example], ends: Ends) -> String {
    format!("{}\n{}", list(examples), codes(|exit| ends.says(exit)))
}

/// Examples; words that the reader puts something in place of are explained below.
pub(super) fn list(examples: &[Example]) -> String {
    let told = examples.iter().filter(|(line, says)| !says.is_empty() && line.len() <= WIDEST);
    let width = told.map(|(line, _)| line.len()).max().unwrap_or(0);
    let mut text = "Examples:\n".to_owned();
    for (line, says) in examples {
        // Writing to a string cannot fail.
        let _ = match says.is_empty() {
            true => writeln!(text, "  {line}"),
            false if line.len() <= WIDEST && width + 5 + says.len() <= WIDTH => {
                writeln!(text, "  {line:width$}   {says}")
            }
            false => writeln!(text, "  {line}\n      {says}"),
        };
    }
    for (word, says) in YOURS {
        let is_word = |line: &str| line.split([' ', '/']).any(|part| part == word);
        if examples.iter().any(|(line, _)| is_word(line)) {
            let _ = writeln!(text, "  ({word}: {says})");
        }
    }
    text
}

/// The codes that have something to say, a line each.
pub(super) fn codes(says: impl Fn(Exit) -> Option<&'static str>) -> String {
    let mut text = "Exit codes:".to_owned();
    for exit in Exit::ALL {
        if let Some(says) = says(exit) {
            let _ = write!(text, "\n  {:<2}  {says}", exit.code());
        }
    }
    text
}
