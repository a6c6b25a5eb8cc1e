//! Source files as text, for the house rules.

use std::path::{Path, PathBuf};

/// A source file: its path from the workspace's root, and its lines.
#[derive(Clone, Debug)]
pub struct Source {
    /// From the root of the workspace.
    pub path: String,
    /// Its lines.
    pub lines: Vec<String>,
}

/// The root of the workspace.
///
/// # Panics
/// Outside of one.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace around it").to_owned()
}

fn read(folder: &str, into: &mut Vec<Source>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(root().join(folder))
        .unwrap_or_else(|why| panic!("{folder}: {why}"))
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.strip_prefix(root()).expect("below the root").display().to_string();
        if path.is_dir() {
            read(&name, into);
        } else if name.ends_with(".rs") {
            let text = std::fs::read_to_string(&path).expect("a readable file");
            into.push(Source { path: name, lines: text.lines().map(str::to_owned).collect() });
        }
    }
}

/// Every source file below these folders.
///
/// # Panics
/// Where a folder is not there.
#[must_use]
pub fn sources(folders: &[&str]) -> Vec<Source> {
    let mut all = Vec::new();
    folders.iter().for_each(|folder| read(folder, &mut all));
    assert!(!all.is_empty());
    all
}

/// Where all sources are.
pub const EVERYWHERE: [&str; 5] =
    ["sim-core/src", "sim-scenarios/src", "tests/src", "tests/tests", "tests/live"];

/// A line without its comment.
#[must_use]
pub fn code(line: &str) -> &str {
    let mut quoted = false;
    let bytes = line.as_bytes();
    for at in 0..bytes.len() {
        match bytes[at] {
            b'"' if at == 0 || bytes[at - 1] != b'\\' => quoted = !quoted,
            b'/' if !quoted && bytes.get(at + 1) == Some(&b'/') => return &line[..at],
            _ => {}
        }
    }
    line
}

/// Fails with all that was found at once.
///
/// # Panics
/// Where anything was found.
pub fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}
