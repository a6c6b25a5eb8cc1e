//! Tables with cells of several lines.

use super::words::paint;
use anstyle::Style;
use std::fmt::Write;

/// A cell: lines, each with its style.
pub type Cell = Vec<(String, Style)>;

/// A cell of one line.
#[must_use]
pub fn plain(text: &str) -> Cell {
    vec![(text.to_owned(), Style::new())]
}

/// Writes rows with these column widths; nothing is cut, blanks at line ends are left out.
#[must_use]
pub fn grid(widths: &[usize], rows: &[Vec<Cell>]) -> String {
    let mut text = String::new();
    for row in rows {
        let height = row.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let mut pending = 0;
            for (cell, width) in row.iter().zip(widths) {
                let (words, style) = cell.get(line).cloned().unwrap_or_default();
                if !words.is_empty() {
                    let _ = write!(text, "{:pending$}{}", "", paint(style, &words));
                    pending = 0;
                }
                pending += width.saturating_sub(words.chars().count());
            }
            text.push('\n');
        }
    }
    text
}
