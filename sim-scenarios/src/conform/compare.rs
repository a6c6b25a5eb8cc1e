//! What is compared, and the first difference in words.

use super::bench::Seen;
use serde_json::Value;

/// What of a window is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Windows {
    /// Whether it is zero.
    ZeroOrNot,
    /// Nothing.
    Ignored,
}

fn told(what: &str, recorded: &str, model: &str) -> String {
    format!("{what}: recorded {recorded}, model {model}")
}

fn listed(list: &[String]) -> String {
    if list.is_empty() { "nothing".to_owned() } else { format!("[{}]", list.join("; ")) }
}

/// Lists of words: the first that differs.
pub(super) fn words(what: &str, recorded: &[String], model: &[String]) -> Option<String> {
    let longest = recorded.len().max(model.len());
    let at = (0..longest).find(|n| recorded.get(*n) != model.get(*n))?;
    let word = |list: &[String]| list.get(at).cloned().unwrap_or_else(|| "nothing".to_owned());
    Some(told(&format!("{what}, number {}", at + 1), &word(recorded), &word(model)))
}

/// A segment without what is not compared.
fn comparable(segment: &str, windows: Windows) -> String {
    let Some((head, win)) = segment.rsplit_once(" win=") else { return segment.to_owned() };
    match (windows, win) {
        (Windows::Ignored, _) => head.to_owned(),
        (Windows::ZeroOrNot, "0") => format!("{head} win=0"),
        (Windows::ZeroOrNot, _) => format!("{head} win>0"),
    }
}

/// Lists of segments.
pub(super) fn segments(
    what: &str,
    recorded: &[String],
    model: &[Seen],
    windows: Windows,
) -> Option<String> {
    let recorded: Vec<String> = recorded.iter().map(|one| comparable(one, windows)).collect();
    let model: Vec<String> = model.iter().map(|one| comparable(&one.0, windows)).collect();
    (recorded != model).then(|| told(what, &listed(&recorded), &listed(&model)))
}

/// A descriptor's state and the host's connections.
pub(super) fn state(
    what: &str,
    recorded: &Value,
    (fd, table): &(Option<&'static str>, Vec<String>),
) -> Option<String> {
    let mut wanted = super::rows::strings(&recorded["table"]);
    wanted.sort();
    let name = recorded["fd"].as_str();
    if name == *fd && wanted == *table {
        return None;
    }
    let spell = |fd: Option<&str>, table: &[String]| {
        format!("fd {} table {}", fd.unwrap_or("none"), listed(table))
    };
    Some(told(what, &spell(name, &wanted), &spell(*fd, table)))
}

/// The logs of a sequence.
pub(super) fn log(recorded: &[String], model: &[String], windows: Windows) -> Option<String> {
    let lines = |log: &[String]| -> Vec<String> {
        let line = |line: &String| match (line.starts_with("out "), line.split_once(" table=")) {
            (true, _) => comparable(line, windows),
            (false, Some((head, table))) => {
                let mut names: Vec<&str> = table.split(',').collect();
                names.sort_unstable();
                format!("{head} table={}", names.join(","))
            }
            (false, None) => line.clone(),
        };
        log.iter().map(line).collect()
    };
    let (recorded, model) = (lines(recorded), lines(model));
    let at = (0..recorded.len().max(model.len())).find(|n| recorded.get(*n) != model.get(*n))?;
    let line = |log: &[String]| log.get(at).cloned().unwrap_or_else(|| "nothing".to_owned());
    Some(told(&format!("log line {}", at + 1), &line(&recorded), &line(&model)))
}
