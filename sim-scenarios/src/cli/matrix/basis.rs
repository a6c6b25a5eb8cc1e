//! What a matrix holds under.

use super::Computed;
use super::cells::{Table, interval};
use super::next::favourite;
use super::text::{WIDTH, sizes};
use crate::cli::Problem;
use crate::cli::show::{assumptions, law_words, path_words};
use crate::preset::Job;
use crate::render::words::{self, HEAD, paint, thousands};
use crate::token;
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
        n => {
            let halted = cells().find_map(|cell| cell.explored.halted);
            let why = halted.map(|halt| format!(", the first because {halt}")).unwrap_or_default();
            format!("{} INCOMPLETE or undetermined, marked ?{why}", words::count(n as u64, "cell"))
        }
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
        format!(
            "Answers nobody has measured: {}.",
            assumptions(tables.iter().flat_map(|table| table.case.stacks)),
        ),
        format!("Scenarios: {}.", hashes(main)?),
    ];
    let mut text = format!("{}\n", paint(HEAD, "What this holds for"));
    for line in lines {
        let _ = writeln!(text, "{}", words::wrap(&format!("  {line}"), WIDTH, "    "));
    }
    text.push('\n');
    Ok(text)
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
