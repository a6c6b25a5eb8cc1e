//! What is wrong with a file, and where.

use std::fmt;
use std::ops::Range;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Which bytes of the text.
    pub span: Range<usize>,
    /// What is wrong, in a sentence.
    pub what: String,
    /// The same in a word or two, to stand under the place.
    pub label: String,
    /// What would be right.
    pub help: Option<String>,
}

/// Everything that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flawed {
    /// The file's name.
    pub name: String,
    /// What is in it.
    pub text: String,
    /// What is wrong, in the order of the places.
    pub flaws: Vec<Flaw>,
}

/// For those who have no place for pictures: `file:line:column: what; help`.
impl fmt::Display for Flawed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Flaw { span, what, label: _, help }) in self.flaws.iter().enumerate() {
            let (line, column) = position(&self.text, span.start);
            let help = help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
            let end = if n + 1 < self.flaws.len() { "\n" } else { "" };
            write!(f, "{}:{line}:{column}: {what}{help}{end}", self.name)?;
        }
        Ok(())
    }
}

impl std::error::Error for Flawed {}

/// Line and column of a place, counted from 1, columns in characters.
#[must_use]
pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// The nearest range that can be cut out of the text.
fn cut(text: &str, Range { start, end }: Range<usize>) -> Range<usize> {
    let floor = |at: usize| {
        let at = at.min(text.len());
        (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
    };
    let (start, end) = (floor(start), floor(end));
    start..end.max(start)
}

/// The first line of a range: a whole table is too much to underline.
pub(super) fn first_line(text: &str, span: Range<usize>) -> Range<usize> {
    let span = cut(text, span);
    let line = text[span.clone()].lines().next().unwrap_or_default();
    span.start..span.start + line.len()
}

/// A place where the text is no TOML.
pub(super) fn syntax(error: &toml::de::Error, text: &str) -> Flaw {
    let span = first_line(text, error.span().unwrap_or(0..0));
    let what = format!("this is not TOML: {}", error.message().replace('\n', ", "));
    Flaw { span, what, label: "here".to_owned(), help: None }
}

/// Drops what is only there because a line is no TOML: flaws on the same lines, and things that are
/// missing.
pub(super) fn drop_echoes(found: &mut Vec<Flaw>, syntax: &[Flaw], text: &str) {
    let line = |flaw: &Flaw| position(text, flaw.span.start).0;
    let broken: Vec<usize> = syntax.iter().map(line).collect();
    let is_header = |n: &usize| text.lines().nth(n - 1).is_some_and(|l| l.trim().starts_with('['));
    // Keys below a header that could not be read belong somewhere else.
    let below = |flaw: &Flaw| {
        let header = (1..=line(flaw)).rev().find(is_header);
        header.is_some_and(|header| broken.contains(&header))
    };
    found.retain(|flaw| flaw.label != MISSING && !broken.contains(&line(flaw)) && !below(flaw));
}

/// The label of what is missing.
pub(super) const MISSING: &str = "something is missing";

/// The most flaws that are told.
const MOST_FLAWS: usize = 100;

/// In the order of their places, each once; too many are counted.
pub(super) fn in_order(flaws: &mut Vec<Flaw>, text: &str) {
    for flaw in flaws.iter_mut() {
        flaw.span = cut(text, flaw.span.clone());
    }
    flaws.sort_by(|a, b| {
        (a.span.start, a.span.end, &a.what).cmp(&(b.span.start, b.span.end, &b.what))
    });
    flaws.dedup();
    if let Some(more) = flaws.len().checked_sub(MOST_FLAWS).filter(|more| *more > 0) {
        flaws.truncate(MOST_FLAWS);
        let what = format!("and {more} more like these");
        let end = text.len()..text.len();
        flaws.push(Flaw { span: end, what, label: String::new(), help: None });
    }
}
