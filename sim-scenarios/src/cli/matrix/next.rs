//! What to type after a matrix.

use super::Computed;
use super::cells::Cell;
use crate::cli::pick;
use crate::render::words::{HEAD, paint};
use sim_core::report::outcome::Word;

/// The lines to type next: a run that loses, and every order of the same case. A run is named only
/// where a trial lost the answer.
pub(super) fn next(computed: &Computed) -> String {
    let Computed { ask, main, .. } = computed;
    if let Some((cell, trial)) = pick(main, |cell| cell.first_missed()) {
        let options = pick::typed(&cell.case);
        return format!(
            "{}\n  closerace run {options} --seed {} --trial {trial}\n  \
             closerace explore {options}\n",
            paint(HEAD, "Next: a run that loses the answer, and every order of the same case"),
            ask.seed,
        );
    }
    let some_order =
        |cell: &Cell| cell.explored.seen.iter().any(|(word, _)| *word != Word::Seen).then_some(());
    if let Some((cell, ())) = pick(main, some_order) {
        return format!(
            "{}\n  closerace explore {}\n",
            paint(HEAD, "Next: no trial lost it; every order of a case where some order does:"),
            pick::typed(&cell.case),
        );
    }
    match main.cells.iter().all(Cell::is_determined) {
        true => "No trial lost the answer, and no order does: every cell is SEEN.\n".to_owned(),
        false => "No trial lost the answer, and no order that was looked at does.\n".to_owned(),
    }
}

/// The case that the documentation begins with.
pub(super) fn favourite(cell: &Cell) -> bool {
    cell.case.server.preset.name == "close" && cell.case.client.preset.name == "duplex/abort"
}

/// The first cell that has what is wanted; close with duplex/abort comes first if it has.
fn pick<T>(table: &super::Table, want: impl Fn(&Cell) -> Option<T>) -> Option<(&Cell, T)> {
    let found = |cell| want(cell).map(|it| (cell, it));
    let cells = || table.cells.iter();
    cells().filter(|cell| favourite(cell)).find_map(found).or_else(|| cells().find_map(found))
}
