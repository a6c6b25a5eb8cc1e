//! The matrix for people.

use super::cells::{Cell, Table};
use super::{Computed, MOST_WITH_OTHERS, basis, next, wide};
use crate::cli::{Problem, Say};
use crate::preset::{Actor, Job};
use crate::render::grid::{self, grid};
use crate::render::percent;
use crate::render::words::{
    self, DIM, HEAD, PLAIN, RACE, bytes, cause, cause_says, paint, thousands, word_says, word_style,
};
use sim_core::report::outcome::Word;
use sim_core::tcp::Gone;
use std::fmt::Write;

pub(super) const WIDTH: usize = 98;

pub(super) fn text(computed: &Computed, say: Say) -> Result<String, Problem> {
    if say == Say::Answer {
        return Ok(short(computed));
    }
    let Computed { ask: _, main, stacks, variants } = computed;
    let cells: Vec<&Cell> = computed.tables().into_iter().flat_map(|t| &t.cells).collect();
    let mut text = story(main);
    if fits(main) {
        text.push_str(&table(main));
        text.push_str(&legend(&cells));
        text.push_str(&applications(main));
    } else {
        text.push_str(&wide::table(main));
        text.push_str(&wide::legend(&cells));
        text.push_str(&wide::clients(main));
    }
    if stacks.is_empty() && main.cells.len() > MOST_WITH_OTHERS {
        let left_out = format!(
            "More than {MOST_WITH_OTHERS} cells: other stacks and sizes are left out; \
             --client-stack, --server-stack and --story choose them.",
        );
        let _ = writeln!(text, "{}\n", words::wrap(&left_out, WIDTH, ""));
    }
    if !stacks.is_empty() {
        let _ = writeln!(text, "{}", paint(HEAD, "How the other stacks differ"));
        for other in stacks {
            text.push_str(&difference(
                &format!("{0} to {0}", other.case.stacks[0].name),
                main,
                other,
            ));
        }
        text.push('\n');
    }
    if !variants.is_empty() {
        let _ = writeln!(text, "{}", paint(HEAD, "The same with other sizes"));
        for other in variants {
            let name = format!("{}: {}", other.case.story, sizes(&other.case.job));
            text.push_str(&difference(&name, main, other));
        }
        text.push('\n');
    }
    text.push_str(&basis::basis(computed)?);
    text.push_str(&next::next(computed));
    Ok(text)
}

/// The table that was asked for, and under what it holds.
fn short(computed: &Computed) -> String {
    let Computed { ask, main, stacks: _, variants: _ } = computed;
    let mut text = if fits(main) {
        table(main)
    } else {
        format!("{}{}", wide::table(main), wide::names(main))
    };
    let [client, server] = main.case.stacks.map(|stack| stack.name);
    let basis = format!(
        "Pace racing, no loss; {} trials a cell, seed {}; story {}, client on {client}, server on \
         {server}.",
        thousands(ask.trials),
        ask.seed,
        main.case.story,
    );
    let _ = writeln!(text, "{}", words::wrap(&basis, WIDTH, "  "));
    text
}

/// Whether there is room for whole words and causes.
fn fits(table: &Table) -> bool {
    widths(table).iter().sum::<usize>() <= WIDTH + 2
}

fn story(table: &Table) -> String {
    let Job { request, write, reply, .. } = table.case.job;
    let unit = if request > write { format!(", {} a write", bytes(write)) } else { String::new() };
    let story = format!(
        "A server over its limit answers 503 ({}) without reading the request ({}{unit}), and \
         closes.",
        bytes(reply),
        bytes(request),
    );
    let [a, b] = table.case.stacks;
    format!(
        "{}\n{}\n{}\nClient on {}, server on {}.\n\n",
        paint(HEAD, "Who wins, the answer or the close?"),
        words::wrap(&story, WIDTH, ""),
        "Does the client's application ever read the answer?",
        a.version,
        b.version,
    )
}

/// The columns that whole words and causes need.
fn widths(table: &Table) -> Vec<usize> {
    let of = |actor: &Actor| actor.to_string().len();
    let first = table.servers.iter().map(of).max().unwrap_or(0).max(15) + 2;
    std::iter::once(first).chain(table.clients.iter().map(|c| of(c).max(13) + 2)).collect()
}

/// The table: strategies down, policies across.
fn table(table: &Table) -> String {
    let names: Vec<String> = table.servers.iter().map(Actor::to_string).collect();
    let clients: Vec<String> = table.clients.iter().map(Actor::to_string).collect();
    let mut head = vec![vec![("server \\ client".to_owned(), HEAD)]];
    head.extend(clients.into_iter().map(|name| vec![(name, HEAD)]));
    let mut rows = vec![head];
    for (name, cells) in names.into_iter().zip(table.cells.chunks(table.clients.len())) {
        let mut row = vec![vec![(name, HEAD)]];
        row.extend(cells.iter().map(cell));
        rows.push(row);
    }
    let mut text = grid(&widths(table), &rows);
    text.push('\n');
    text
}

/// A cell: the word or RACE with the share of trials that missed, other words, the cause.
fn cell(cell: &Cell) -> grid::Cell {
    let words = cell.words();
    let mut lines = vec![verdict(cell)];
    for word in words.iter().filter(|word| matches!(word, Word::Truncated | Word::Stuck)) {
        if words.len() > 1 {
            lines.push((format!("or {}", word.name()), word_style(*word)));
        }
    }
    if let Some(gone) = cell.cause() {
        lines.push((cause(gone).to_owned(), DIM));
    }
    lines
}

fn verdict(cell: &Cell) -> (String, anstyle::Style) {
    let open = if cell.is_determined() { "" } else { "?" };
    match cell.words()[..] {
        [] => ("?".to_owned(), PLAIN),
        [word] => (format!("{}{open}", word.name()), word_style(word)),
        _ => (format!("RACE{open} {}", percent(cell.missed(), cell.tally.trials)), RACE),
    }
}

/// What the words in the tables mean; only those that occur.
fn legend(cells: &[&Cell]) -> String {
    let mut words: Vec<Word> = cells.iter().flat_map(|cell| cell.words()).collect();
    words.sort_unstable();
    words.dedup();
    let mut causes: Vec<Gone> = cells.iter().filter_map(|cell| cell.cause()).collect();
    causes.sort_unstable();
    causes.dedup();
    let mut text = String::new();
    let mut row = |name: &str, style, says: &str| {
        let line = entry(name, says);
        let _ = writeln!(text, "{}", line.replacen(name, &paint(style, name), 1));
    };
    for word in words {
        row(word.name(), word_style(word), word_says(word));
    }
    let share =
        "it depends on the order of events; the share is of runs that end without the answer";
    let none = "some order loses the answer, no trial did";
    let all = "every trial lost it, some order does not";
    let races = || cells.iter().filter(|cell| cell.races());
    let seen = |cell: &Cell| cell.words().contains(&Word::Seen);
    for (name, says, occurs) in [
        ("RACE n %", share, races().count() > 0),
        ("RACE 0 %", none, races().any(|cell| cell.missed() == 0)),
        ("RACE 100 %", all, races().any(|cell| seen(cell) && cell.missed() == cell.tally.trials)),
    ] {
        if occurs {
            row(name, RACE, says);
        }
    }
    if !cells.iter().all(|cell| cell.is_determined()) {
        row("?", PLAIN, "left open: a bound was met, or an answer that nobody has was needed");
    }
    for gone in causes {
        row(cause(gone), DIM, cause_says(gone));
    }
    text
}

/// Who the rows and columns are.
fn applications(table: &Table) -> String {
    let mut text = String::new();
    text.push_str("\nServers, down\n");
    for server in &table.servers {
        let _ = writeln!(text, "{}", about(server));
    }
    text.push_str("Clients, across\n");
    for client in &table.clients {
        let _ = writeln!(text, "{}", about(client));
    }
    text.push('\n');
    text
}

fn about(actor: &Actor) -> String {
    let full = actor.in_full();
    let numbers = full.strip_prefix(&actor.preset.name).filter(|n| !n.is_empty());
    let numbers = numbers.map(|n| format!(" {n}")).unwrap_or_default();
    entry(&actor.preset.name, &format!("{}{numbers}", actor.preset.about))
}

/// A name and what it is.
pub(super) fn entry(name: &str, about: &str) -> String {
    words::wrap(&format!("  {name:<18}{about}"), WIDTH, "                    ")
}

/// The rows of a table that differ, rows that read the same in one line.
fn difference(name: &str, main: &Table, other: &Table) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let across = main.clients.len();
    let rows = main.cells.chunks(across).zip(other.cells.chunks(across));
    for (server, (before, after)) in main.servers.iter().zip(rows) {
        if !before.iter().zip(after).any(|(a, b)| a.differs(b)) {
            continue;
        }
        let row = summary(after);
        match groups.iter_mut().find(|(known, _)| *known == row) {
            Some((_, names)) => names.push(server.to_string()),
            None => groups.push((row, vec![server.to_string()])),
        }
    }
    let mut text = format!("  {name}\n");
    if groups.is_empty() {
        text.push_str("    as in the table\n");
        return text;
    }
    let differing: usize = groups.iter().map(|(_, names)| names.len()).sum();
    for (row, names) in groups {
        let line = format!("    {}: {row}", names.join(", "));
        let _ = writeln!(text, "{}", words::wrap(&line, WIDTH, "      "));
    }
    if differing < main.servers.len() {
        text.push_str("    the others as in the table\n");
    }
    text
}

/// A row in a line: clients that read the same are named together.
fn summary(cells: &[Cell]) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for cell in cells {
        let words = one_line(cell);
        match groups.iter_mut().find(|(known, _)| *known == words) {
            Some((_, names)) => names.push(cell.case.client.to_string()),
            None => groups.push((words, vec![cell.case.client.to_string()])),
        }
    }
    if let [(words, _)] = &groups[..] {
        return words.clone();
    }
    let parts: Vec<String> = groups
        .into_iter()
        .map(|(words, names)| format!("{words} for {}", names.join(", ")))
        .collect();
    parts.join("; ")
}

fn one_line(cell: &Cell) -> String {
    let mut text = verdict(cell).0;
    let extra: Vec<&str> = cell
        .words()
        .into_iter()
        .filter(|word| matches!(word, Word::Truncated | Word::Stuck) && cell.words().len() > 1)
        .map(Word::name)
        .chain(cell.cause().map(cause))
        .collect();
    if !extra.is_empty() {
        let _ = write!(text, " ({})", extra.join(", "));
    }
    text
}

pub(super) fn sizes(job: &Job) -> String {
    let Job { request, write, reply, .. } = *job;
    let writes = words::count(u64::from(request.div_ceil(write.max(1))), "write");
    format!("request {request} bytes in {writes}, answer {reply}")
}
