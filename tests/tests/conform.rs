//! The model against every recorded row, where the rows are at hand.
//!
//! `CLOSERACE_LINUX_ROWS` names their directory; without it they are looked for beside the
//! workspace. Where there are none the test says so and passes: `kernel_rows` runs everywhere.

use sim_scenarios::conform::report::Counts;
use sim_scenarios::conform::{Checked, Verdict, check_file};
use std::path::PathBuf;

/// Rows on which the model is known to differ. A change either way is to be noticed.
const KNOWN_DIFFERENCES: [&str; 0] = [];

fn rows(name: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/linux");
    let directory = std::env::var_os("CLOSERACE_LINUX_ROWS").unwrap_or_else(|| beside.into());
    let file = PathBuf::from(directory).join(name);
    if file.exists() {
        return Some(file);
    }
    println!("skipped: no recorded rows at {}", file.display());
    None
}

fn differing(checked: &[Checked]) -> Vec<String> {
    let differs = |row: &&Checked| matches!(row.verdict, Verdict::Differed(_));
    checked.iter().filter(differs).map(|row| format!("{}: {:?}", row.id, row.verdict)).collect()
}

fn check(name: &str, at_least: usize) -> Option<Counts> {
    let checked = check_file(&rows(name)?, "").unwrap_or_else(|bad| panic!("{bad}"));
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
    assert!(counts.rows >= at_least, "{name}: only {} rows", counts.rows);
    Some(counts)
}

#[test]
fn every_comparable_laboratory_row_agrees() {
    if let Some(Counts { rows, agreed, differed, skipped }) = check("lab.jsonl", 1) {
        assert_eq!((differed, agreed + skipped), (0, rows));
    }
}

#[test]
fn the_matrix_agrees() {
    if let Some(Counts { rows, agreed, differed, skipped }) = check("matrix.jsonl", 1) {
        assert!(agreed * 100 >= (rows - skipped) * 95, "{differed} of {rows} differ");
        assert_eq!(differed, KNOWN_DIFFERENCES.len());
    }
}

#[test]
fn what_is_not_a_row_is_refused_with_its_place() {
    let directory = std::env::temp_dir().join(format!("closerace-rows-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a temporary directory");
    let file = directory.join("rows.jsonl");
    let told = |text: &str| {
        std::fs::write(&file, text).expect("a temporary file");
        check_file(&file, "").expect_err("not rows").to_string()
    };
    let place = |line: usize, rest: &str| format!("{}:{line}: {rest}", file.display());
    assert!(told("\n{").starts_with(&place(2, "expected one JSON object")));
    assert_eq!(told("{}"), place(1, "expected a row with a string \"id\""));
    assert_eq!(told("{\"id\":\"X\"}"), place(1, "X: expected \"kind\" or \"mode\""));
    let seg = "{\"id\":\"X\",\"kind\":\"seg\",\"state\":\"ESTAB\"}";
    assert_eq!(told(seg), place(1, "X: expected the field \"event\""));
    std::fs::remove_dir_all(&directory).expect("cleaned up");
}
