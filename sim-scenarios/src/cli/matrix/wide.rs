//! A table with many clients: one short word or share a cell, letters for heads.

use super::cells::{Cell, Table};
use super::text::{WIDTH, entry};
use crate::preset::Actor;
use crate::render::grid::{self, grid};
use crate::render::words::{self, HEAD, PLAIN, RACE, paint, word_says, word_style};
use sim_core::report::outcome::Word;
use std::fmt::Write;

/// Columns of a cell: five letters and a blank.
const CELL: usize = 6;

/// The head of a column: A to Z, then AA.
pub(super) fn letter(at: usize) -> String {
    let one = |n: usize| char::from(b'A' + u8::try_from(n % 26).unwrap_or(0));
    match at.checked_sub(26) {
        None => one(at).to_string(),
        Some(rest) => format!("{}{}", letter(rest / 26), one(rest)),
    }
}

/// The table, in as many blocks of columns as it takes.
pub(super) fn table(table: &Table) -> String {
    let names: Vec<String> = table.servers.iter().map(Actor::to_string).collect();
    let first = names.iter().map(String::len).max().unwrap_or(0).max(15) + 2;
    let across = table.clients.len();
    let fit = (WIDTH.saturating_sub(first) / CELL).max(1);
    let blocks = across.div_ceil(fit).max(1);
    let block = across.div_ceil(blocks).max(1);
    let mut text = String::new();
    for from in (0..across).step_by(block) {
        let columns = from..(from + block).min(across);
        let widths: Vec<usize> =
            std::iter::once(first).chain(columns.clone().map(|_| CELL)).collect();
        let mut head: Vec<grid::Cell> = vec![vec![("server \\ client".to_owned(), HEAD)]];
        head.extend(columns.clone().map(|at| vec![(letter(at), HEAD)]));
        let mut rows = vec![head];
        for (name, cells) in names.iter().zip(table.cells.chunks(across)) {
            let mut row = vec![vec![(name.clone(), HEAD)]];
            row.extend(cells[columns.clone()].iter().map(|cell| vec![short(cell)]));
            rows.push(row);
        }
        text.push_str(&grid(&widths, &rows));
        text.push('\n');
    }
    text
}

/// A cell in at most five letters; with something left open a mark more, which eats the blank.
fn short(cell: &Cell) -> (String, anstyle::Style) {
    let open = if cell.is_determined() { "" } else { "?" };
    match cell.words()[..] {
        [] => ("?".to_owned(), PLAIN),
        [word] => (format!("{}{open}", abbreviated(word)), word_style(word)),
        _ => {
            let other = if is_worse(cell) { "*" } else { "" };
            (format!("{}{other}{open}", share(cell.missed(), cell.tally.trials)), RACE)
        }
    }
}

/// Whether some order ends worse than without the answer: with half of it, or never.
pub(super) fn is_worse(cell: &Cell) -> bool {
    let words = cell.words();
    words.len() > 1 && words.iter().any(|word| matches!(word, Word::Truncated | Word::Stuck))
}

/// A share in whole percent; what is not quite nothing or everything is not written as such.
fn share(count: u64, of: u64) -> String {
    match (count, of) {
        (0, _) | (_, 0) => "0%".to_owned(),
        (count, of) if count == of => "100%".to_owned(),
        (count, of) if count * 100 < of => "<1%".to_owned(),
        (count, of) if (of - count) * 100 < of => ">99%".to_owned(),
        (count, of) => format!("{}%", (count * 100 + of / 2) / of),
    }
}

/// A word in five letters.
pub(super) const fn abbreviated(word: Word) -> &'static str {
    match word {
        Word::Seen => "SEEN",
        Word::Truncated => "TRUNC",
        Word::Lost => "LOST",
        Word::Stuck => "STUCK",
    }
}

/// What the words and shares mean; only those that occur.
pub(super) fn legend(cells: &[&Cell]) -> String {
    let mut words: Vec<Word> = cells.iter().flat_map(|cell| cell.words()).collect();
    words.sort_unstable();
    words.dedup();
    let mut text = String::new();
    let mut row = |name: &str, style, says: &str| {
        let line = entry(name, says);
        let _ = writeln!(text, "{}", line.replacen(name, &paint(style, name), 1));
    };
    for word in words {
        row(abbreviated(word), word_style(word), word_says(word));
    }
    for (name, says, occurs) in [
        (
            "12%",
            "it depends on the order of events: the share of runs that end without the answer",
            cells.iter().any(|cell| cell.races()),
        ),
        (
            "0%",
            "some order loses the answer, no trial did; 100%: some order does not, every trial did",
            cells.iter().any(|cell| cell.races() && cell.missed() == 0),
        ),
        (
            "12%*",
            "some of these orders end worse: TRUNCATED, or STUCK",
            cells.iter().any(|cell| is_worse(cell)),
        ),
        (
            "?",
            "left open: a bound was met, or an answer that nobody has was needed",
            !cells.iter().all(|cell| cell.is_determined()),
        ),
    ] {
        if occurs {
            row(name, RACE, says);
        }
    }
    text
}

/// Who the columns are; who the rows are is a list of its own.
pub(super) fn clients(table: &Table) -> String {
    let names: Vec<String> = table.clients.iter().map(Actor::to_string).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let mut text = "\nClients, across\n".to_owned();
    for (at, (client, name)) in table.clients.iter().zip(&names).enumerate() {
        let line = format!("  {:<3}{name:width$}  {}", letter(at), client.preset.about);
        let _ = writeln!(text, "{}", words::wrap(&line, WIDTH, "      "));
    }
    text.push_str("What the servers do: closerace list, closerace show NAME\n\n");
    text
}

/// The same by name alone.
pub(super) fn names(table: &Table) -> String {
    let name = |(at, client): (usize, &Actor)| format!("{} {client}", letter(at));
    let names: Vec<String> = table.clients.iter().enumerate().map(name).collect();
    words::wrap(&format!("{}.\n", names.join(", ")), WIDTH, "  ")
}

#[cfg(test)]
mod tests {
    use super::{letter, share};

    #[test]
    fn heads_go_on_after_z() {
        let heads = [0, 25, 26, 51, 52].map(letter);
        assert_eq!(heads, ["A", "Z", "AA", "AZ", "BA"]);
    }

    #[test]
    fn a_share_is_nothing_or_everything_only_if_it_is() {
        let shares = [(0, 7), (7, 7), (1, 200), (199, 200), (1, 8), (1, 100)];
        let words = shares.map(|(count, of)| share(count, of));
        assert_eq!(words, ["0%", "100%", "<1%", ">99%", "13%", "1%"]);
    }
}
