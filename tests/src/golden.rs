//! Text that is compared with a file of this package.

use std::path::Path;

/// Compares `text` with `tests/<name>`; with `UPDATE=1` in the environment it is written instead.
///
/// # Panics
/// Where they differ, with the first lines that do.
pub fn check(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, text).unwrap_or_else(|why| panic!("{name}: {why}"));
        return;
    }
    let kept = std::fs::read_to_string(&path)
        .unwrap_or_else(|why| panic!("{name}: {why}; write it with UPDATE=1"));
    if kept == text {
        return;
    }
    let differing: Vec<String> = differences(&kept, text).into_iter().take(40).collect();
    panic!(
        "{name} says otherwise (- the file, + now); read the lines, then UPDATE=1 if they are \
         right:\n{}",
        differing.join("\n")
    );
}

/// Lines that only one of them has, in order; enough to see what moved.
fn differences(kept: &str, now: &str) -> Vec<String> {
    let (kept, now): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), now.lines().collect());
    let gone = kept.iter().filter(|line| !now.contains(line)).map(|line| format!("- {line}"));
    let new = now.iter().filter(|line| !kept.contains(line)).map(|line| format!("+ {line}"));
    let mut all: Vec<String> = gone.chain(new).collect();
    if all.is_empty() {
        all.push("the same lines in another order".to_owned());
    }
    all
}
