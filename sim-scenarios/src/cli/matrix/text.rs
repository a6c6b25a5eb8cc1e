//! The matrix for people.

use super::Computed;
use super::cells::{Cell, Table, interval};
use crate::catalogue::{Case, LAWS, Laws, Size, Variant};
use crate::cli::{Problem, pick, show::law_words};
use crate::render::grid::{self, grid, plain};
use crate::render::percent;
use crate::render::words::{
    self, DIM, HEAD, PLAIN, RACE, bytes, cause, cause_says, paint, thousands, word_says, word_style,
};
use crate::{client, server, token};
use sim_core::report::outcome::Word;
use sim_core::tcp::Gone;
use std::fmt::Write;

const WIDTH: usize = 98;

pub(super) fn text(computed: &Computed) -> Result<String, Problem> {
    let Computed { ask: _, main, stacks, variants } = computed;
    let mut text = story(main);
    text.push_str(&table(main));
    text.push_str(&legend(main));
    if !stacks.is_empty() {
        let _ = writeln!(text, "{}", paint(HEAD, "How the other stacks differ"));
        for other in stacks {
            text.push_str(&difference(&format!("{0} to {0}", other.stacks[0].name), main, other));
        }
        text.push('\n');
    }
    if !variants.is_empty() {
        let _ = writeln!(text, "{}", paint(HEAD, "The same with other sizes"));
        for other in variants {
            let name = format!("{}: {}", other.variant.name(), sizes(other.variant, Size::Full));
            text.push_str(&difference(&name, main, other));
        }
        text.push('\n');
    }
    text.push_str(&basis(computed)?);
    text.push_str(&next(computed));
    Ok(text)
}

fn story(table: &Table) -> String {
    let (request, write, reply) = table.variant.bytes(Size::Full);
    let unit = if request > write { format!(", {} a write", bytes(write)) } else { String::new() };
    let story = format!(
        "A server over its limit answers 503 ({}) without reading the request ({}{unit}), and \
         closes.",
        bytes(reply),
        bytes(request),
    );
    let [a, b] = table.stacks;
    format!(
        "{}\n{}\n{}\nClient on {}, server on {}.\n\n",
        paint(HEAD, "Who wins, the answer or the close?"),
        words::wrap(&story, WIDTH, ""),
        "Does the client's application ever read the answer?",
        a.version,
        b.version,
    )
}

/// The table: strategies down, policies across.
fn table(table: &Table) -> String {
    let mut widths = vec![17];
    widths.extend(client::ALL.map(|policy| policy.name.len().max(13) + 2));
    let mut head = vec![vec![("server \\ client".to_owned(), HEAD)]];
    head.extend(client::ALL.map(|policy| vec![(policy.name.to_owned(), HEAD)]));
    let mut rows = vec![head];
    for (strategy, cells) in server::ALL.iter().zip(table.cells.chunks(client::ALL.len())) {
        let mut row = vec![vec![(strategy.name.to_owned(), HEAD)]];
        row.extend(cells.iter().map(cell));
        rows.push(row);
    }
    let mut text = grid(&widths, &rows);
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
    if words.is_empty() {
        return plain("?");
    }
    lines
}

fn verdict(cell: &Cell) -> (String, anstyle::Style) {
    let open = if cell.is_determined() { "" } else { "?" };
    match cell.words()[..] {
        [] => ("UNDETERMINED".to_owned(), PLAIN),
        [word] => (format!("{}{open}", word.name()), word_style(word)),
        _ => (format!("RACE{open} {}", percent(cell.missed(), cell.tally.trials)), RACE),
    }
}

/// What the words in the table mean; only those that occur.
fn legend(table: &Table) -> String {
    let mut words: Vec<Word> = table.cells.iter().flat_map(Cell::words).collect();
    words.sort_unstable();
    words.dedup();
    let mut causes: Vec<Gone> = table.cells.iter().filter_map(Cell::cause).collect();
    causes.sort_unstable();
    causes.dedup();
    let raced = table.cells.iter().any(|cell| cell.words().len() > 1);
    let mut text = String::new();
    let mut row = |name: &str, style, says: &str| {
        let line = entry(name, says);
        let _ = writeln!(text, "{}", line.replacen(name, &paint(style, name), 1));
    };
    for word in
        words.iter().filter(|word| raced || table.cells.iter().any(|c| c.words() == [**word]))
    {
        row(word.name(), word_style(*word), word_says(*word));
    }
    if raced {
        let says =
            "it depends on the order of events; the share is of runs that end without the answer";
        row("RACE n %", RACE, says);
    }
    for gone in causes {
        row(cause(gone), DIM, cause_says(gone));
    }
    text.push_str("\nServers, down\n");
    for strategy in server::ALL {
        let numbers = server::Closing::from(strategy).in_full();
        let numbers = numbers.strip_prefix(strategy.name).filter(|n| !n.is_empty());
        let numbers = numbers.map(|n| format!(" {n}")).unwrap_or_default();
        let _ = writeln!(text, "{}", entry(strategy.name, &format!("{}{numbers}", strategy.about)));
    }
    text.push_str("Clients, across\n");
    for policy in client::ALL {
        let _ = writeln!(text, "{}", entry(policy.name, policy.about));
    }
    text.push('\n');
    text
}

/// A name and what it is.
fn entry(name: &str, about: &str) -> String {
    words::wrap(&format!("  {name:<18}{about}"), WIDTH, "                    ")
}

/// The rows of a table that differ, rows that read the same in one line.
fn difference(name: &str, main: &Table, other: &Table) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    let rows = main.cells.chunks(client::ALL.len()).zip(other.cells.chunks(client::ALL.len()));
    for (strategy, (before, after)) in server::ALL.iter().zip(rows) {
        if !before.iter().zip(after).any(|(a, b)| a.differs(b)) {
            continue;
        }
        let row = summary(after);
        match groups.iter_mut().find(|(known, _)| *known == row) {
            Some((_, names)) => names.push(strategy.name),
            None => groups.push((row, vec![strategy.name])),
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
    if differing < server::ALL.len() {
        text.push_str("    the others as in the table\n");
    }
    text
}

/// A row in a line: clients that read the same are named together.
fn summary(cells: &[Cell]) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for cell in cells {
        let words = one_line(cell);
        match groups.iter_mut().find(|(known, _)| *known == words) {
            Some((_, names)) => names.push(cell.case.client.name),
            None => groups.push((words, vec![cell.case.client.name])),
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

fn sizes(variant: Variant, size: Size) -> String {
    let (request, write, reply) = variant.bytes(size);
    let writes = words::count(u64::from(request.div_ceil(write)), "write");
    format!("request {request} bytes in {writes}, answer {reply}")
}

/// What all this holds under.
fn basis(computed: &Computed) -> Result<String, Problem> {
    let Computed { ask, main, stacks, variants } = computed;
    let tables: Vec<&Table> = std::iter::once(main).chain(stacks).chain(variants).collect();
    let cells = || tables.iter().flat_map(|table| &table.cells);
    let states: u64 = cells().map(|cell| cell.explored.states).sum();
    let open = cells().filter(|cell| !cell.is_determined()).count();
    let complete = match open {
        0 => "all complete".to_owned(),
        n => format!("{n} cells incomplete, marked ?"),
    };
    let widest = cells()
        .map(|cell| interval(cell.missed(), cell.tally.trials))
        .map(|(low, high)| (high - low) / 2.0)
        .fold(0.0, f64::max);
    let small: Vec<String> = std::iter::once(main)
        .chain(variants)
        .map(|table| format!("{} {}", table.variant.name(), sizes(table.variant, Size::Small)))
        .collect();
    let Laws { round_trip, gap, wake, late, accept } = LAWS;
    let lines = [
        format!(
            "Words: every order of the racing pace (deliveries, calls, delayed ACKs, short waits), \
             no loss; {} spaces, {} states, {complete}. Explored sizes: {}.",
            cells().filter(|cell| cell.explored.states > 0).count(),
            thousands(states),
            small.join("; "),
        ),
        format!(
            "Shares: {} trials a cell at full size, seed {}; 95 % Clopper-Pearson intervals, none \
             wider than +-{:.1} points. \"RACE 0 %\": some order loses the answer, no trial did.",
            thousands(ask.trials),
            ask.seed,
            widest * 100.0,
        ),
        format!(
            "Laws: round trip {} a run; between two writes {}; to accept {}; to read {} \
             (late-reader {}); all uniform.",
            law_words(round_trip),
            law_words(gap),
            law_words(accept),
            law_words(wake),
            law_words(late),
        ),
        format!("Answers nobody has measured: {}.", assumed(&tables)),
        format!("Scenarios: {}.", hashes(main)?),
    ];
    let mut text = format!("{}\n", paint(HEAD, "What this holds for"));
    for line in lines {
        let _ = writeln!(text, "{}", words::wrap(&format!("  {line}"), WIDTH, "    "));
    }
    text.push('\n');
    Ok(text)
}

fn assumed(tables: &[&Table]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for profile in tables.iter().flat_map(|table| table.stacks) {
        let answers = profile.answers();
        let count = answers
            .iter()
            .filter(|(_, _, basis)| matches!(basis, sim_core::answer::Basis::Assumed(_)))
            .count();
        let part =
            format!("{} assumes {count} of {} (closerace show {0})", profile.name, answers.len());
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.join(", ")
}

/// One hash for the whole table: of its cells' hashes.
fn hashes(table: &Table) -> Result<String, Problem> {
    let mut first = None;
    for cell in &table.cells {
        let Case { server, client, .. } = cell.case;
        if server.strategy.name == "close" && client.name == "duplex/abort" {
            first = Some(token::hash(&cell.case.scenario()?));
        }
    }
    let first = first.unwrap_or_default();
    Ok(format!("close with duplex/abort has hash {first}; --format json has all"))
}

/// The two lines to type next: a run that loses, and every order of the same case.
fn next(computed: &Computed) -> String {
    let Computed { ask, main, .. } = computed;
    let favourite = |cell: &&Cell| {
        cell.case.server.strategy.name == "close" && cell.case.client.name == "duplex/abort"
    };
    let lossy = |cell: &&Cell| cell.first_missed().is_some();
    let pick = main
        .cells
        .iter()
        .filter(lossy)
        .find(favourite)
        .or_else(|| main.cells.iter().find(lossy))
        .or_else(|| main.cells.first());
    let Some(cell) = pick else { return String::new() };
    let options = pick::typed(&cell.case);
    let trial = cell.first_missed().unwrap_or(0);
    format!(
        "{}\n  closerace run {options} --seed {} --trial {trial}\n  closerace explore {options}\n",
        paint(HEAD, "Next: a run that loses the answer, and every order of the same case"),
        ask.seed,
    )
}
