//! The matrix as lines of text for other programs: CSV and Markdown.

use super::Computed;
use super::cells::{Cell, Table, interval};
use crate::render::percent;
use crate::render::words::cause;
use std::fmt::Write;

/// One line a cell, the first line names the columns; lines end as RFC 4180 says.
pub(super) fn csv(computed: &Computed) -> String {
    let mut text = "story,client_stack,server_stack,server,client,words,cause,missed,trials,low,\
                    high,complete\r\n"
        .to_owned();
    for table in computed.tables() {
        for cell in &table.cells {
            let (low, high) = interval(cell.missed(), cell.tally.trials);
            let words: Vec<&str> = cell.words().into_iter().map(|word| word.name()).collect();
            let fields = [
                table.case.story.clone(),
                table.case.stacks[0].name.to_owned(),
                table.case.stacks[1].name.to_owned(),
                cell.case.server.in_full(),
                cell.case.client.in_full(),
                words.join(" "),
                cell.cause().map(cause).unwrap_or_default().to_owned(),
                cell.missed().to_string(),
                cell.tally.trials.to_string(),
                format!("{low:.6}"),
                format!("{high:.6}"),
                if cell.is_determined() { "yes" } else { "no" }.to_owned(),
            ];
            let _ = write!(text, "{}\r\n", fields.map(|field| quoted(&field)).join(","));
        }
    }
    text
}

fn quoted(field: &str) -> String {
    match field.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_owned(),
    }
}

/// A table for each pair of stacks and each story.
pub(super) fn markdown(computed: &Computed) -> String {
    let mut text = String::new();
    for table in computed.tables() {
        let [client, server] = table.case.stacks.map(|stack| stack.version);
        let _ = writeln!(text, "**{}**: client on {client}, server on {server}\n", heading(table));
        let names: Vec<String> = table.clients.iter().map(|c| format!("`{c}`")).collect();
        let _ = writeln!(text, "| server \\ client | {} |", names.join(" | "));
        let _ = writeln!(text, "|---|{}", "---|".repeat(names.len()));
        for (server, cells) in table.servers.iter().zip(table.cells.chunks(names.len())) {
            let cells: Vec<String> = cells.iter().map(cell).collect();
            let _ = writeln!(text, "| `{server}` | {} |", cells.join(" | "));
        }
        text.push('\n');
    }
    let _ = writeln!(
        text,
        "RACE n %: it depends on the order of events; the share is of {} trials that end without \
         the answer (seed {}).",
        computed.ask.trials, computed.ask.seed,
    );
    text
}

fn heading(table: &Table) -> String {
    let changes: String = table.case.changes.iter().map(|change| format!(", {change}")).collect();
    format!("{}{changes}", table.case.story)
}

fn cell(cell: &Cell) -> String {
    let open = if cell.is_determined() { "" } else { "?" };
    match cell.words()[..] {
        [] => "?".to_owned(),
        [word] => format!("{}{open}", word.name()),
        _ => format!("RACE{open} {}", percent(cell.missed(), cell.tally.trials)),
    }
}
