//! The model against every recorded row, where the rows are at hand.
//!
//! `CLOSERACE_LINUX_ROWS` names their directory; without it they are looked for beside the
//! workspace. Where there are none the test says so and passes: `kernel_rows` runs everywhere.

use serde_json::Value;
use sim_scenarios::cli::conform as command;
use sim_scenarios::cli::{Exit, main_with};
use sim_scenarios::conform::report::{self, Counts, Detail};
use sim_scenarios::conform::{Checked, Verdict, check_file};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Rows on which the model is known to differ. A change either way is to be noticed.
const KNOWN_DIFFERENCES: [&str; 0] = [];

fn rows(name: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/linux");
    let directory = std::env::var_os("CLOSERACE_LINUX_ROWS").unwrap_or_else(|| beside.into());
    let file = PathBuf::from(directory).join(name);
    if file.exists() {
        return Some(file);
    }
    // What is printed by macros is kept by whoever runs the tests; this is to be seen.
    let told = format!("skipped: no recorded rows at {}\n", file.display());
    std::io::stderr().write_all(told.as_bytes()).expect("standard error");
    None
}

fn differing(checked: &[Checked]) -> Vec<String> {
    let differs = |row: &&Checked| matches!(row.verdict, Verdict::Differed(_));
    checked.iter().filter(differs).map(|row| format!("{}: {:?}", row.id, row.verdict)).collect()
}

/// Rows in a file, as the file itself has them: lines that are not blank.
fn lines(file: &Path) -> usize {
    let text = std::fs::read_to_string(file).expect("a readable file");
    text.lines().filter(|line| !line.trim().is_empty()).count()
}

/// What both summaries say, the one for people and the one for programs.
fn summaries(checked: &[Checked]) -> [[usize; 4]; 2] {
    let human = report::human(checked, Detail::Differences);
    let all = human.lines().find(|line| line.starts_with("all ")).expect("a line of counts");
    let numbers: Vec<usize> = all.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let json = command::lines(checked).expect("json");
    let summary: Value = serde_json::from_str(json.lines().last().expect("a line")).expect("json");
    let number = |name: &str| usize::try_from(summary[name].as_u64().expect("a count")).unwrap();
    let names = ["rows", "agreed", "differed", "skipped"];
    [numbers.try_into().expect("four counts"), names.map(number)]
}

fn check(name: &str) -> Option<Counts> {
    let file = rows(name)?;
    let checked = check_file(&file, "").unwrap_or_else(|bad| panic!("{bad}"));
    let unknown: Vec<String> = differing(&checked)
        .into_iter()
        .filter(|line| !KNOWN_DIFFERENCES.iter().any(|id| line.starts_with(&format!("{id}: "))))
        .collect();
    assert!(unknown.is_empty(), "{name}: rows differ:\n{}", unknown.join("\n"));
    for id in KNOWN_DIFFERENCES {
        let row = checked.iter().find(|row| row.id == id);
        let agrees = row.is_some_and(|row| row.verdict == Verdict::Agreed);
        assert!(!agrees, "{id} agrees now: take it off the list");
    }
    let counts = Counts::of(&checked);
    let Counts { rows, agreed, differed, skipped } = counts;
    assert!(rows >= 1, "{name}: no rows");
    assert_eq!(rows, lines(&file), "{name}: every line is a row");
    assert_eq!(rows, agreed + differed + skipped, "{name}");
    assert_eq!(summaries(&checked), [[rows, agreed, differed, skipped]; 2], "{name}");
    Some(counts)
}

#[test]
fn every_comparable_laboratory_row_agrees() {
    if let Some(Counts { rows, agreed, differed, skipped }) = check("lab.jsonl") {
        assert_eq!((differed, agreed + skipped), (0, rows));
        assert!(agreed >= 1, "nothing was compared");
    }
}

#[test]
fn the_matrix_agrees() {
    if let Some(Counts { rows, agreed, differed, skipped }) = check("matrix.jsonl") {
        assert!(agreed * 100 >= (rows - skipped) * 95, "{differed} of {rows} differ");
        assert_eq!(differed, KNOWN_DIFFERENCES.len());
    }
}

/// A file of rows that is gone when this is.
struct Rows(PathBuf);

impl Rows {
    fn new(name: &str) -> Rows {
        let directory = format!("closerace-{name}-{}", std::process::id());
        let directory = std::env::temp_dir().join(directory);
        std::fs::create_dir_all(&directory).expect("a temporary directory");
        Rows(directory.join("rows.jsonl"))
    }

    fn write(&self, text: &str) {
        std::fs::write(&self.0, text).expect("a temporary file");
    }

    /// `closerace conform` with these options: its exit code and what it prints.
    fn conform(&self, options: &str) -> (Exit, String, String) {
        let file = self.0.to_str().expect("text");
        let args = ["closerace", "conform", file].into_iter().chain(options.split_whitespace());
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = main_with(args, &mut out, &mut err);
        (exit, String::from_utf8(out).expect("text"), String::from_utf8(err).expect("text"))
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        let _ = self.0.parent().map(std::fs::remove_dir_all);
    }
}

/// A row in which nobody does anything, so that the model agrees with it.
const QUIET: &str = include_str!("../cli/rows.jsonl");

#[test]
fn without_rows_there_is_nothing_to_agree_on() {
    let rows = Rows::new("none");
    rows.write("\n\n");
    let (exit, out, err) = rows.conform("");
    assert_eq!((exit, out.as_str()), (Exit::Usage, ""));
    assert!(err.contains("rows.jsonl: no rows"), "{err}");
    rows.write(QUIET);
    assert_eq!(rows.conform("").0, Exit::Done, "{}", rows.conform("").1);
    let (exit, out, err) = rows.conform("--filter LOUD");
    assert_eq!((exit, out.as_str()), (Exit::Usage, ""));
    assert!(err.contains("no row has an id that contains \"LOUD\""), "{err}");
}

#[test]
fn a_directory_is_all_its_files_in_order() {
    let rows = Rows::new("directory");
    rows.write(QUIET);
    let directory = rows.0.parent().expect("a directory").to_str().expect("text").to_owned();
    let run = |arguments: &[&str]| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = main_with([&["closerace", "conform"], arguments].concat(), &mut out, &mut err);
        (exit, String::from_utf8([out, err].concat()).expect("text"))
    };
    std::fs::write(format!("{directory}/a.jsonl"), QUIET.replace("QUIET", "FIRST")).expect("rows");
    std::fs::write(format!("{directory}/notes.txt"), "not rows").expect("a file");
    let (exit, text) = run(&[&directory, "--verbose"]);
    assert_eq!(exit, Exit::Done, "{text}");
    let place = |id: &str| text.find(id).unwrap_or_else(|| panic!("{id}: {text}"));
    assert!(place("FIRST") < place("QUIET"), "{text}");
    std::fs::create_dir(format!("{directory}/empty")).expect("a directory");
    let (exit, text) = run(&[&format!("{directory}/empty")]);
    assert_eq!(exit, Exit::Usage);
    assert!(text.contains("a directory without .jsonl files"), "{text}");
}

#[test]
fn where_every_row_is_skipped_nothing_is_known() {
    let rows = Rows::new("skipped");
    rows.write(&QUIET.replace("\"stable\":true", "\"stable\":false"));
    let (exit, out, _) = rows.conform("");
    assert_eq!(exit, Exit::Inconclusive);
    assert!(out.contains("nothing was compared: every row was skipped"), "{out}");
    assert_eq!(rows.conform("--format json").0, Exit::Inconclusive);
}

#[test]
fn bytes_that_were_sent_are_compared() {
    let rows = Rows::new("sent");
    let other = QUIET.replacen("\"bytes_sent\":0", "\"bytes_sent\":7", 1);
    rows.write(&other);
    let (exit, out, _) = rows.conform("");
    assert_eq!(exit, Exit::Violated);
    assert!(out.contains("c.bytes_sent: recorded 7, model 0"), "{out}");
    let bulk = r#""app":{"c":{"main":[{"op":"send_all","n":70000}]}}"#;
    rows.write(&other.replace("\"app\":{}", bulk));
    let (_, out, _) = rows.conform("");
    assert!(!out.contains("c.bytes_sent"), "{out}");
}

#[test]
fn both_formats_say_what_is_taken_for_granted() {
    let rows = Rows::new("assumed");
    rows.write(QUIET);
    let (_, human, _) = rows.conform("");
    let (_, json, _) = rows.conform("--format json");
    let summary: Value = serde_json::from_str(json.lines().last().expect("a line")).expect("json");
    for (key, label) in [
        ("not_compared", "not compared"),
        ("assumed_about_the_recorder", "assumed about the recorder"),
    ] {
        let told: Vec<String> = human
            .lines()
            .filter_map(|line| line.strip_prefix(&format!("{label}: ")).map(str::to_owned))
            .collect();
        assert!(!told.is_empty(), "{label}");
        assert_eq!(summary[key], serde_json::json!(told), "{label}");
    }
    assert!(human.contains("of the row and 50 us of handling"), "{human}");
}

#[test]
fn what_is_not_a_row_is_refused_with_its_place() {
    let rows = Rows::new("rows");
    let told = |text: &str| {
        rows.write(text);
        check_file(&rows.0, "").expect_err("not rows").to_string()
    };
    let place = |line: usize, rest: &str| format!("{}:{line}: {rest}", rows.0.display());
    assert!(told("\n{").starts_with(&place(2, "expected one JSON object")));
    assert_eq!(told("{}"), place(1, "expected a row with a string \"id\""));
    assert_eq!(told("{\"id\":\"X\"}"), place(1, "X: expected \"kind\" or \"mode\""));
    let seg = "{\"id\":\"X\",\"kind\":\"seg\",\"state\":\"ESTAB\"}";
    assert_eq!(told(seg), place(1, "X: expected the field \"event\""));
}
