//! What a matrix holds under.

use super::Computed;
use super::cells::{Table, interval};
use super::next::favourite;
use super::text::{WIDTH, sizes};
use crate::cli::{Problem, show::law_words};
use crate::preset::Job;
use crate::render::words::{self, HEAD, paint, thousands};
use crate::token;
use sim_core::world::Path;
use std::fmt::Write;

/// What all this holds under.
pub(super) fn basis(computed: &Computed) -> Result<String, Problem> {
    let Computed { ask, main, stacks: _, variants } = computed;
    let tables = computed.tables();
    let cells = || tables.iter().flat_map(|table| &table.cells);
    let states: u64 = cells().map(|cell| cell.explored.states).sum();
    let open = cells().filter(|cell| !cell.is_determined()).count();
    let complete = match open {
        0 => "all complete".to_owned(),
        n => format!("{} INCOMPLETE or undetermined, marked ?", words::count(n as u64, "cell")),
    };
    let widest = cells()
        .map(|cell| interval(cell.missed(), cell.tally.trials))
        .map(|(low, high)| (high - low) / 2.0)
        .fold(0.0, f64::max);
    let small: Vec<String> = std::iter::once(main)
        .chain(variants)
        .map(|table| format!("{} {}", table.case.story, sizes(&table.explored)))
        .collect();
    let Job { gap, wake, late, accept, .. } = main.case.job;
    let lines = [
        format!(
            "Words: every order of the racing pace (deliveries, calls, delayed ACKs, short waits), \
             no loss; {} spaces, {} states, {complete} (bound: {} states each). Explored sizes: \
             {}.",
            cells().filter(|cell| cell.explored.states > 0).count(),
            thousands(states),
            thousands(ask.states),
            small.join("; "),
        ),
        format!(
            "Shares: {} trials a cell at full size, seed {}; 95 % Clopper-Pearson intervals, none \
             wider than +-{:.1} points.",
            thousands(ask.trials),
            ask.seed,
            widest * 100.0,
        ),
        format!(
            "Laws: {} a run; between two writes {}; to accept {}; to read {} (late-reader {}); all \
             uniform.",
            path_words(main.case.path),
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

/// How long the path takes, in words.
fn path_words(path: Path) -> String {
    match path {
        Path::RoundTrip(law) => format!("round trip {}", law_words(law)),
        Path::OneWay(there, back) => {
            format!("to the server {}, to the client {}", law_words(there), law_words(back))
        }
    }
}

fn assumed(tables: &[&Table]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for profile in tables.iter().flat_map(|table| table.case.stacks) {
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
        let is_favourite = favourite(cell);
        if is_favourite || first.is_none() {
            first = Some((cell, token::hash(&cell.case.scenario()?)));
        }
        if is_favourite {
            break;
        }
    }
    let Some((cell, hash)) = first else { return Ok(String::new()) };
    let (server, client) = (&cell.case.server, &cell.case.client);
    Ok(format!("{server} with {client} has hash {hash}; --format json has all"))
}
