//! `measured`: what real clients received, and what the model says of the same cells.

use super::help::{self, Ends};
use super::matrix::cells::{Ask, Cell, interval};
use super::matrix::shared;
use super::{Exit, Format, Printed, Problem, Say, output, parallel, pick};
use crate::measured::{Measured, Setting};
use crate::render::grid::{self, grid};
use crate::render::words::{self, DIM, HEAD, PLAIN, RACE, paint, percent};
use crate::token::{self, Token, Which};
use clap::builder::RangedI64ValueParser;
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::report::outcome::Word;
use std::fmt::Write;

/// What to compute.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, ENDS))]
pub(super) struct Args {
    /// Trials a cell
    #[arg(long, value_name = "N", default_value_t = 200, allow_negative_numbers = true,
          value_parser = RangedI64ValueParser::<u64>::new().range(1..=10_000_000))]
    trials: u64,
    /// Seed of the trials
    #[arg(long, value_name = "N", default_value_t = 1,
          allow_negative_numbers = true, value_parser = pick::whole)]
    seed: u64,
    /// Threads; results do not depend on it [default: as many as there are cores]
    #[arg(long, value_name = "N", allow_negative_numbers = true,
          value_parser = super::parallel::asked)]
    threads: Option<usize>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const EXAMPLES: &[help::Example] = &[
    ("closerace measured", "nine clients, six servers"),
    ("closerace measured --trials 50 --quiet", "the table, and how many cells agree"),
    ("closerace measured --trials 20 --seed 2 --format json", ""),
];

const ENDS: Ends = Ends {
    done: "every cell is as measured: SEEN where all were received, LOST where none was",
    violated: Some("a cell is not; a run to look at is printed"),
    inconclusive: Some("a cell was not looked at to its end"),
};

/// The most states a cell may have.
const STATES: u64 = 3_000_000;
const WIDTH: usize = 98;

/// What the model says of a cell, over all orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Seen,
    Lost,
    Race,
    /// Not everything was looked at.
    Open,
}

/// A measured cell beside the model's.
struct Beside {
    cell: Cell,
    received: u64,
    of: u64,
    says: Says,
    /// Counts of `of` runs that the model's share permits, 95 %.
    range: (u64, u64),
}

impl Beside {
    fn new(cell: Cell, received: u64, of: u64) -> Beside {
        let words = cell.words();
        let says = match (cell.is_determined(), words.contains(&Word::Seen), words.len()) {
            (false, _, _) => Says::Open,
            (true, true, 1) => Says::Seen,
            (true, true, _) => Says::Race,
            (true, false, _) => Says::Lost,
        };
        let range = match says {
            Says::Seen => (of, of),
            Says::Lost => (0, 0),
            Says::Race | Says::Open => {
                counts(cell.tally.trials - cell.missed(), cell.tally.trials, of)
            }
        };
        Beside { cell, received, of, says, range }
    }

    /// SEEN where all were received, LOST where none was; a race has any count.
    fn is_contained(&self) -> bool {
        match self.says {
            Says::Seen => self.received == self.of,
            Says::Lost => self.received == 0,
            Says::Race => true,
            Says::Open => false,
        }
    }

    fn is_within(&self) -> bool {
        (self.range.0..=self.range.1).contains(&self.received)
    }

    fn word(&self) -> String {
        let Beside { cell, .. } = self;
        match self.says {
            Says::Seen => "SEEN".to_owned(),
            Says::Lost => "LOST".to_owned(),
            Says::Race => format!("RACE {}", percent(cell.missed(), cell.tally.trials)),
            Says::Open => "?".to_owned(),
        }
    }

    /// The token of a run like those that were measured more often than the model has them.
    fn token(&self, seed: u64) -> Result<Option<String>, Problem> {
        let wanted = self.received > self.range.1 || (self.is_within() && self.received > 0);
        let first = |(outcome, _, first): &(sim_core::report::outcome::Outcome, u64, u64)| {
            ((outcome.word == Word::Seen) == wanted).then_some(*first)
        };
        let counts = &self.cell.tally.counts;
        let any = || counts.iter().map(|(_, _, first)| *first).min();
        let Some(trial) = counts.iter().filter_map(first).min().or_else(any) else {
            return Ok(None);
        };
        let case = self.cell.case.clone();
        let hash = token::hash(&case.scenario()?);
        Ok(Some(Token { case, which: Which::Drawn { seed, trial } }.text(&hash)))
    }
}

/// The counts of `of` runs between the 2.5 % and the 97.5 % point of the binomial law with the
/// share `hits` of `trials`. A share of nothing or everything counts half a trial for the other
/// side: that no trial did it does not say that none can.
fn counts(hits: u64, trials: u64, of: u64) -> (u64, u64) {
    let half = 0.5 / trials.max(1) as f64;
    let share = (hits as f64 / trials.max(1) as f64).clamp(half, 1.0 - half);
    let n = of as i32;
    let mut choose = 1.0;
    let mut below = 0.0;
    let (mut low, mut high) = (None, of);
    for k in 0..=n {
        let mass = choose * share.powi(k) * (1.0 - share).powi(n - k);
        below += mass;
        if below > 0.025 && low.is_none() {
            low = Some(k as u64);
        }
        if below >= 0.975 {
            high = k as u64;
            break;
        }
        choose *= f64::from(n - k) / f64::from(k + 1);
    }
    (low.unwrap_or(of), high)
}

pub(super) fn measured(args: &Args, say: Say) -> Result<Printed, Problem> {
    let table = Measured::users().map_err(Problem::Internal)?;
    let cases = table.cases().map_err(Problem::Internal)?;
    let ask = Ask { trials: args.trials, seed: args.seed, states: STATES };
    let cells = shared::cells(&cases, ask, parallel::threads(args.threads))?;
    let received = table.rows.iter().flat_map(|row| row.replies.iter().copied());
    let beside: Vec<Beside> =
        cells.into_iter().zip(received).map(|(cell, n)| Beside::new(cell, n, table.of)).collect();
    let exit = match beside.iter().all(Beside::is_contained) {
        true => Exit::Done,
        false if beside.iter().any(|cell| cell.says == Says::Open) => Exit::Inconclusive,
        false => Exit::Violated,
    };
    match (args.format, say) {
        (Format::Human, Say::All) => Ok(Printed { text: human(&table, &beside, ask)?, exit }),
        (Format::Human, Say::Answer) => Ok(Printed { text: short(&table, &beside, ask), exit }),
        (Format::Json, _) => Printed::json(&document(&table, &beside, ask)?, exit),
    }
}

/// The table, and how many of its cells agree.
fn short(table: &Measured, beside: &[Beside], ask: Ask) -> String {
    let contained = beside.iter().filter(|cell| cell.is_contained()).count();
    let within = beside.iter().filter(|cell| cell.is_within()).count();
    let line = format!(
        "Contained: {contained} of {} cells; within the counts: {within}. Pace racing, no loss; {} \
         trials a cell, seed {}.",
        beside.len(),
        ask.trials,
        ask.seed,
    );
    format!("{}{}\n", rows(table, beside), words::wrap(&line, WIDTH, "  "))
}

fn human(table: &Measured, beside: &[Beside], ask: Ask) -> Result<String, Problem> {
    let mut text = format!(
        "{}\n{}\n\n",
        paint(HEAD, "What real clients received, and what the model says"),
        words::wrap(&format!("Measured: {}. By: {}.", table.place, table.source), WIDTH, "  "),
    );
    text.push_str(&rows(table, beside));
    let contained = beside.iter().filter(|cell| cell.is_contained()).count();
    let within = beside.iter().filter(|cell| cell.is_within()).count();
    let of = table.of;
    let all = beside.len();
    let lines = [
        format!(
            "In a cell: replies received of {of}; the model's word over every order, RACE with \
             the share of {} trials (seed {}) that end without the answer; the counts of {of} \
             runs that this share permits, 95 %.",
            ask.trials, ask.seed
        ),
        format!(
            "Contained (SEEN where {of} were received, LOST where 0 were, RACE where it was any): \
             {contained} of {all} cells, others have !!. Within the counts: {within} of {all}, \
             others have !."
        ),
    ];
    for line in lines {
        let _ = writeln!(text, "{}", words::wrap(&line, WIDTH, "  "));
    }
    let differing: Vec<&Beside> =
        beside.iter().filter(|cell| !cell.is_contained() || !cell.is_within()).collect();
    if !differing.is_empty() {
        let _ = writeln!(text, "\n{}", paint(HEAD, "Cells that differ, with a run to look at"));
    }
    for cell in differing {
        let (server, client) = (&cell.cell.case.server, &cell.cell.case.client);
        let (low, high) = cell.range;
        let _ = writeln!(
            text,
            "  {client} with {server}: received {}, the model has {} ({low} to {high})",
            cell.received,
            cell.word(),
        );
        if let Some(token) = cell.token(ask.seed)? {
            let _ = writeln!(text, "  closerace replay {token}");
        }
    }
    let _ = writeln!(text, "\n{}", paint(HEAD, "How the model is set to it"));
    let alone = table.rows.iter().flat_map(|row| row.settings.iter().map(|s| (&row.client[..], s)));
    for (whose, Setting { key, value, why }) in
        table.settings.iter().map(|setting| ("", setting)).chain(alone)
    {
        let whose = if whose.is_empty() { String::new() } else { format!(" ({whose} alone)") };
        let line = format!("  {key} {value}{whose}: {why}");
        let _ = writeln!(text, "{}", words::wrap(&line, WIDTH, "      "));
    }
    Ok(text)
}

fn rows(table: &Measured, beside: &[Beside]) -> String {
    let across = table.servers.len();
    let mut widths = vec![20];
    widths.extend(table.servers.iter().map(|_| 13));
    // The servers' names are longer than their columns: at a dash they go on below.
    let mut head: Vec<grid::Cell> = vec![vec![("client \\ server".to_owned(), HEAD)]];
    head.extend(table.servers.iter().map(|name| {
        let name = name.strip_prefix("read-").unwrap_or(name);
        vec![("read-".to_owned(), HEAD), (name.replace("-close", "-"), HEAD)]
            .into_iter()
            .chain(name.contains("-close").then(|| ("close".to_owned(), HEAD)))
            .collect()
    }));
    let mut rows = vec![head];
    for (row, cells) in table.rows.iter().zip(beside.chunks(across)) {
        let mut line: Vec<grid::Cell> = vec![vec![(row.client.clone(), HEAD)]];
        line.extend(cells.iter().map(|cell| {
            let (low, high) = cell.range;
            let style = if cell.is_contained() { PLAIN } else { RACE };
            let fits = match (cell.is_contained(), cell.is_within()) {
                (false, _) => " !!",
                (true, false) => " !",
                (true, true) => "",
            };
            vec![
                (format!("{} of {}{fits}", cell.received, cell.of), style),
                (cell.word(), style),
                (format!("{low} to {high}"), DIM),
            ]
        }));
        rows.push(line);
    }
    let mut text = grid(&widths, &rows);
    text.push('\n');
    text
}

/// The measured table, and what the model says of each of its cells.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Document {
    seed: u64,
    /// Trials a cell.
    trials: u64,
    table: Measured,
    cells: Vec<MeasuredCell>,
}

impl output::Document for Document {
    const KIND: &'static str = "measured";
}

/// A measured cell beside the model's.
#[derive(Debug, Serialize, JsonSchema)]
struct MeasuredCell {
    client: String,
    server: String,
    /// The options that choose the same case for run and explore.
    options: String,
    /// Replies that the client received, of so many.
    received: u64,
    of: u64,
    /// Words over every order.
    words: Vec<Word>,
    /// Whether these words permit the count.
    contained: bool,
    /// Trials without the whole answer, and the interval of their share.
    missed: u64,
    trials: u64,
    low: f64,
    high: f64,
    /// Counts that the model's share permits, 95 %: from, to.
    counts: [u64; 2],
    within: bool,
    /// A run to look at.
    token: Option<String>,
}

fn document(table: &Measured, beside: &[Beside], ask: Ask) -> Result<Document, Problem> {
    let cell = |cell: &Beside| {
        let missed = cell.cell.missed();
        let trials = cell.cell.tally.trials;
        let (low, high) = interval(missed, trials);
        Ok::<_, Problem>(MeasuredCell {
            client: cell.cell.case.client.in_full(),
            server: cell.cell.case.server.in_full(),
            options: pick::typed(&cell.cell.case),
            received: cell.received,
            of: cell.of,
            words: cell.cell.words(),
            contained: cell.is_contained(),
            missed,
            trials,
            low,
            high,
            counts: [cell.range.0, cell.range.1],
            within: cell.is_within(),
            token: cell.token(ask.seed)?,
        })
    };
    let cells = beside.iter().map(cell).collect::<Result<_, _>>()?;
    Ok(Document { seed: ask.seed, trials: ask.trials, table: table.clone(), cells })
}

#[cfg(test)]
mod tests {
    use super::counts;

    /// R: qbinom(c(0.025, 0.975), 20, 0.5) is 6 14; qbinom(c(0.025, 0.975), 20, 0.1) is 0 5.
    #[test]
    fn counts_are_the_binomial_laws() {
        assert_eq!(counts(100, 200, 20), (6, 14));
        assert_eq!(counts(20, 200, 20), (0, 5));
        assert_eq!(counts(0, 200, 20), (0, 1));
        assert_eq!(counts(200, 200, 20), (19, 20));
    }
}
