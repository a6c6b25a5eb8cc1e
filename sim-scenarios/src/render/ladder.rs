//! A run as a ladder: time downwards, the client left, the server right, segments slanted across.
//!
//! A segment leaves in the row in which it was sent and arrives in the row in which it is received;
//! between them a mark shows how far it is at the row's instant. Back-to-back segments that arrive
//! at one instant share an arrow.

mod rows;

use super::words::{self, paint};
use anstyle::AnsiColor;
use rows::{Arrow, Row, Wire};
use sim_core::report::outcome::Reply;
use sim_core::report::trace::Story;
use sim_core::wire::Side;
use sim_core::world::Setup;
use std::fmt::Write;

const WHEN: usize = 9;
const TEXT: usize = 29;
const WIRE: usize = 29;

/// The ladder of a story, with a head line and a key.
#[must_use]
pub fn ladder(setup: &Setup, story: &Story, reply: Reply) -> String {
    let (rows, arrows) = rows::rows(setup, story, reply);
    let timed = story.steps.iter().any(|step| step.at.is_some());
    let stack = |side: Side| setup.profiles[side.index()].name;
    let mut text = String::new();
    let client = format!("client ({})", stack(Side::A));
    let server = format!("server ({})", stack(Side::B));
    let head = format!(
        "{:>8}  {:TEXT$} {:^WIRE$} {}",
        if timed { "time ms" } else { "step" },
        client,
        "the wire",
        server,
    );
    let _ = writeln!(text, "{}", paint(words::HEAD, head.trim_end()));
    for (n, row) in rows.iter().enumerate() {
        draw(n, row, &rows, &arrows, &mut text);
    }
    text.push_str(&paint(words::DIM, KEY));
    text.push('\n');
    text
}

const KEY: &str =
    "  [STATE] the connection's new TCP state | data 1-512: bytes by number, the first is 1
  ACK 513: everything before byte 513 has arrived | FIN: the sender writes no more | RST: reset
  unread: arrived, not read by the application | unsent: written, not on the wire yet";

fn draw(n: usize, row: &Row, rows: &[Row], arrows: &[Arrow], text: &mut String) {
    let sides: Vec<Vec<String>> = row.says.iter().map(|says| fold(says)).collect();
    let height = sides.iter().map(Vec::len).max().unwrap_or(0).max(row.wire.len()).max(1);
    for line in 0..height {
        let when = if line == 0 { row.when.as_str() } else { "" };
        let left = sides[0].get(line).map_or("", String::as_str);
        let right = sides[1].get(line).map_or("", String::as_str);
        let wire = wire_line(n, row.wire.get(line), rows, arrows);
        let full = format!("{when:>8}{:pad$}{left:TEXT$} {wire} {right}", "", pad = WHEN + 1 - 8);
        let _ = writeln!(text, "{}", coloured(full.trim_end()));
    }
}

/// The wire in one line: what leaves or arrives here, and marks for what is under way.
fn wire_line(n: usize, shown: Option<&Wire>, rows: &[Row], arrows: &[Arrow]) -> String {
    let mut cells = vec![' '; WIRE];
    for arrow in arrows.iter().filter(|arrow| arrow.leaves < n && n < arrow.ends) {
        let (from, to) = (rows[arrow.leaves].place, rows[arrow.ends].place);
        let way = (rows[n].place - from) as usize * (WIRE - 7) / (to - from).max(1) as usize;
        let at = 3 + way.min(WIRE - 7);
        match arrow.from {
            Side::A => cells[at] = '\\',
            Side::B => cells[WIRE - 1 - at] = '/',
        }
    }
    if let Some(wire) = shown {
        let (side, words) = match wire {
            Wire::Leaves(Side::A, label) => (Side::A, format!("-- {label} --\\")),
            Wire::Leaves(Side::B, label) => (Side::B, format!("/-- {label} --")),
            Wire::Arrives(Side::B, label) => (Side::B, format!("\\-- {label} -->")),
            Wire::Arrives(Side::A, label) => (Side::A, format!("<-- {label} --/")),
            Wire::Lost(side, label) => (*side, format!("x {label} lost x")),
        };
        let words: Vec<char> = words.chars().collect();
        let start = match side {
            Side::A => 0,
            Side::B => WIRE.saturating_sub(words.len()),
        };
        for (at, c) in words.into_iter().enumerate() {
            if let Some(cell) = cells.get_mut(start + at) {
                *cell = c;
            }
        }
    }
    cells.into_iter().collect()
}

/// Parts of a side, as many to a line as fit.
fn fold(parts: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 2 + part.chars().count() <= TEXT => {
                line.push_str("  ");
                line.push_str(part);
            }
            Some(_) | None => {
                lines.extend(words::wrap(part, TEXT, "  ").lines().map(str::to_owned))
            }
        }
    }
    lines
}

/// Resets and errors in red.
fn coloured(line: &str) -> String {
    let red = AnsiColor::Red.on_default();
    let mut line = line.to_owned();
    for word in ["RST", "EPIPE", "ECONNRESET", "gone:"] {
        line = line.replace(word, &paint(red, word));
    }
    line
}
