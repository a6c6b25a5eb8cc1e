//! The book's generated pages are what the program prints today. `UPDATE=1` writes them.

use sim_scenarios::explain::{self, Kind, Shown, Topic};
use sim_tests::golden;
use std::fmt::Write;

/// What the program prints for these words.
fn printed(words: &[&str]) -> String {
    let mut out = Vec::new();
    let mut err = Vec::new();
    let all = ["closerace", "--color", "never"].into_iter().chain(words.iter().copied());
    let exit = sim_scenarios::cli::main_with(all, &mut out, &mut err);
    let err = String::from_utf8(err).expect("text");
    assert_eq!(exit.code(), 0, "{words:?}: {err}");
    String::from_utf8(out).expect("text")
}

#[test]
fn the_matrix_is_fresh() {
    golden::check("../book/src/generated/matrix.txt", &printed(&["matrix"]));
}

#[test]
fn the_run_is_fresh() {
    let words = ["run", "--server", "close", "--client", "write-all/abort", "--lost"];
    golden::check("../book/src/generated/run.txt", &printed(&words));
}

#[test]
fn the_proof_is_fresh() {
    let words = ["explore", "--server", "lingering-close", "--client", "write-all/abort"];
    golden::check("../book/src/generated/explore.txt", &printed(&words));
}

/// README has it too.
#[test]
fn the_founding_map_is_fresh() {
    let picture = sim_scenarios::render::map::founding::founding().expect("a picture");
    golden::check("../book/src/generated/founding.svg", &picture);
}

#[test]
fn the_threshold_is_fresh() {
    let words = ["race", "--story", "rtt-race"];
    golden::check("../book/src/generated/race.txt", &printed(&words));
}

const MESSAGES: &str = "\
# Messages and what they mean

A line of a log says what one call of one program was told. What happened before it, which program
prints it, and a command that shows it; `closerace explain MESSAGE` says more, and what to change.
This page is written from the program's own entries.
";

/// A table of the entries of a kind.
fn index(kind: Kind) -> String {
    let mut text = format!("\n## {}\n\n", capital(kind.heading()));
    let by = kind.by().to_lowercase();
    let _ =
        writeln!(text, "| | what it means, and a command that shows it | {by} |\n|---|---|---|");
    for topic in explain::topics().into_iter().filter(|topic| topic.kind == kind) {
        let Topic { name, kind: _, keys: _, names: _, by, means, questions: _, tale } = topic;
        let command = match tale.shown {
            [Shown { command, says: _ }, ..] => format!("<br>`{command}`"),
            [] => String::new(),
        };
        let row = format!("| `{name}` | {means}{command} | {by} |");
        assert_eq!(row.matches('|').count(), 4, "a bar within a cell: {row}");
        let _ = writeln!(text, "{row}");
    }
    text
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[test]
fn the_index_of_messages_is_fresh() {
    let tables: String = Kind::ALL.into_iter().map(index).collect();
    golden::check("../book/src/generated/messages.md", &format!("{MESSAGES}{tables}"));
}
