//! The shares for people.

use super::count::{End, Finish, Share, Versus};
use super::json::causes;
use super::{Computed, Subject, WORDS, basis};
use crate::cli::Say;
use crate::cli::tell::{budget_words, subject};
use crate::render::grid::{self, grid};
use crate::render::words::{
    self, DIM, HEAD, PLAIN, bytes, cause, cause_says, paint, thousands, word_says, word_style,
};
use anstyle::Style;
use sim_core::report::outcome::Word;
use sim_core::tcp::Gone;
use std::fmt::Write;

pub(super) const WIDTH: usize = 98;

pub(super) fn text(computed: &Computed, say: Say) -> String {
    if say == Say::Answer {
        return short(computed);
    }
    let mut text = format!(
        "{}\n{}\n\n",
        paint(HEAD, "How often is the answer lost?"),
        scene(&computed.subject)
    );
    if let Some(line) = inconclusive(computed) {
        let _ = writeln!(text, "{}\n", words::wrap_all(&line, WIDTH));
    }
    if computed.subject.cases.len() > 1 {
        text.push_str(&comparison(computed));
    }
    for server in 0..computed.subject.cases.len() {
        text.push_str(&breakdown(computed, server));
    }
    text.push_str(&legend_of(computed));
    text.push_str(&basis::basis(computed));
    text.push_str(&basis::next(computed));
    text
}

/// A line a server, and under what they hold.
fn short(computed: &Computed) -> String {
    let mut text = String::new();
    for (server, case) in computed.subject.cases.iter().enumerate() {
        let _ = writeln!(text, "{}", line(computed, server, &case.server.to_string()));
    }
    text.extend(inconclusive(computed).map(|line| words::wrap_all(&line, WIDTH) + "\n"));
    let basis = format!(
        "Pace clocked, seed {}; {}. {}.",
        computed.ask.seed,
        budget_words(computed.subject.cases[0].links[0].budget),
        basis::scenarios(&computed.subject),
    );
    let _ = writeln!(text, "{}", words::wrap(&basis, WIDTH, "  "));
    text
}

/// One server's share lost.
fn line(computed: &Computed, server: usize, name: &str) -> String {
    let lost = computed.counted.lost(server);
    format!(
        "{name}: lost in {} of {} ({}); 95 % interval {}",
        share(lost),
        words::count(lost.of, "trial"),
        thousands(lost.count),
        between(lost.interval()),
    )
}

/// Who against whom.
pub(super) fn scene(asked: &Subject) -> String {
    let (case, job) = (&asked.cases[0], &asked.scenarios[0].job);
    if asked.cases.len() == 1 {
        return subject(case, job);
    }
    let text = format!(
        "{} servers ({}) answer {}; the client ({}, {}) sends {}. Story {}; {}.",
        asked.cases.len(),
        case.stacks[1].name,
        bytes(job.reply),
        case.stacks[0].name,
        case.client.in_full(),
        bytes(job.request),
        case.story,
        budget_words(case.links[0].budget),
    );
    words::wrap(&text, WIDTH, "")
}

/// What keeps this from being an answer.
fn inconclusive(computed: &Computed) -> Option<String> {
    let counted = &computed.counted;
    let trials = words::count(counted.trials(), "trial");
    let why = match counted.end {
        End::Asked | End::Precise => return None,
        End::Most => {
            let widest = basis::widest(computed) * 100.0;
            format!("after {trials}, the most allowed, +-{widest:.2} points is what is reached")
        }
        End::Stopped => format!("stopped after {trials}"),
        End::Open => {
            let Some(open) = &counted.open else { return Some("INCONCLUSIVE".to_owned()) };
            format!(
                "undetermined after {trials}: trial {} of {} came to no end: {}. Intervals reach \
                 as far as if such trials were lost, and as if they were not",
                open.trial,
                computed.subject.cases[open.server].server,
                open.why(),
            )
        }
    };
    Some(format!("{}: {why}.", paint(words::RACE, "INCONCLUSIVE")))
}

/// One server's shares.
fn breakdown(computed: &Computed, server: usize) -> String {
    let counted = &computed.counted;
    let lost = counted.lost(server);
    let name = paint(HEAD, &computed.subject.cases[server].server.to_string());
    let mut text = format!("{}\n", line(computed, server, &name));
    let mut rows = Vec::new();
    let mut row = |name: &str, style: Style, counted: Share, first: u64| {
        let right = |text: String, width: usize| vec![(format!("{text:>width$}"), PLAIN)];
        rows.push(vec![
            vec![(format!("  {name}"), style)],
            right(thousands(counted.count), 11),
            right(share(counted), 9),
            right(between(counted.interval()), 18),
            vec![(format!("   first: trial {first}"), DIM)],
        ]);
    };
    for word in WORDS {
        let is = |finish: Finish| finish.word() == Some(word);
        if let Some(first) = counted.first(server, is) {
            row(word.name(), word_style(word), counted.share(server, is), first);
        }
    }
    for (why, share, first) in causes(counted, server) {
        row(&format!("  {}", why.map_or("no cause", cause)), DIM, share, first);
    }
    text.push_str(&grid(&[19, 11, 9, 18, 0], &rows));
    if lost.open > 0 {
        let _ = writeln!(text, "  {} came to no end", words::count(lost.open, "trial"));
    }
    text.push('\n');
    text
}

/// Every server against the first.
fn comparison(computed: &Computed) -> String {
    let names: Vec<String> =
        computed.subject.cases.iter().map(|case| case.server.to_string()).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0).max(6) + 2;
    let style = |text: &str, style| vec![(text.to_owned(), style)];
    let mut rows = vec![vec![
        style("server", HEAD),
        style("   lost", HEAD),
        style("       95 %", HEAD),
        style(&format!("against {}", names[0]), HEAD),
    ]];
    let versus = computed.counted.versus();
    for (server, name) in names.iter().enumerate() {
        let lost = computed.counted.lost(server);
        let against = versus.iter().find(|it| it.server == server).copied();
        rows.push(vec![
            style(name, HEAD),
            style(&format!("{:>9}", share(lost)), PLAIN),
            style(&format!("{:>18}", between(lost.interval())), PLAIN),
            against.map_or_else(Vec::new, difference),
        ]);
    }
    let mut text = grid(&[width, 10, 22, 0], &rows);
    text.push('\n');
    text
}

/// What a comparison shows, and on how many trials it rests.
fn difference(versus: Versus) -> grid::Cell {
    let (low, high) = versus.interval();
    let pairs = versus.pairs;
    let (says, style) = match (low > 0.0, high < 0.0) {
        (true, _) => ("more often", word_style(Word::Lost)),
        (false, true) => ("less often", word_style(Word::Seen)),
        (false, false) => ("no difference shown", PLAIN),
    };
    let points = format!(
        "{:+.2} points, {:+.2} to {:+.2}",
        pairs.difference() * 100.0,
        outward(low, f64::floor),
        outward(high, f64::ceil),
    );
    let apart = format!(
        "lost here only {}, there only {}",
        thousands(pairs.only_here),
        thousands(pairs.only_there)
    );
    vec![(says.to_owned(), style), (points, PLAIN), (apart, DIM)]
}

/// What the words and causes of the trials mean.
fn legend_of(computed: &Computed) -> String {
    let counted = &computed.counted;
    let servers = 0..computed.subject.cases.len();
    let occurs = |word: &Word| {
        let is = |finish: Finish| finish.word() == Some(*word);
        servers.clone().any(|n| counted.first(n, is).is_some())
    };
    let words: Vec<Word> = WORDS.into_iter().filter(occurs).collect();
    let causes = servers.flat_map(|n| causes(counted, n)).filter_map(|(cause, _, _)| cause);
    legend(&words, causes.collect())
}

/// What words and causes mean.
pub(super) fn legend(words: &[Word], mut causes: Vec<Gone>) -> String {
    let mut text = String::new();
    let mut entry = |name: &str, style, says: &str| {
        let line = words::wrap(&format!("  {name:<18}{says}"), WIDTH, "                    ");
        let _ = writeln!(text, "{}", line.replacen(name, &paint(style, name), 1));
    };
    for word in words {
        entry(word.name(), word_style(*word), word_says(*word));
    }
    causes.sort_unstable();
    causes.dedup();
    for gone in causes {
        entry(cause(gone), DIM, cause_says(gone));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// A share in percent with two digits: never 0 or 100 where it is not.
fn share(share: Share) -> String {
    let Share { count, open: _, of, sure: _ } = share;
    match (u128::from(count), u128::from(of)) {
        (_, 0) => "-".to_owned(),
        (0, _) => "0 %".to_owned(),
        (count, of) if count == of => "100 %".to_owned(),
        (count, of) if count * 20_000 < of => "<0.01 %".to_owned(),
        (count, of) if (of - count) * 20_000 < of => ">99.99 %".to_owned(),
        (count, of) => {
            let hundredths = (count * 10_000 + of / 2) / of;
            format!("{}.{:02} %", hundredths / 100, hundredths % 100)
        }
    }
}

/// An interval in percent, rounded to its outside.
fn between((low, high): (f64, f64)) -> String {
    format!("{:.2} to {:.2} %", outward(low, f64::floor), outward(high, f64::ceil))
}

/// Percent with two digits, rounded in this direction.
fn outward(share: f64, round: fn(f64) -> f64) -> f64 {
    // What is exact but for the last bits stays where it is; -0 is 0.
    let hundredths = share * 1e4;
    let near = hundredths.round();
    let rounded = if (hundredths - near).abs() < 1e-6 { near } else { round(hundredths) };
    rounded / 100.0 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::share::Sure;

    #[test]
    fn shares_are_never_rounded_to_nothing_or_all() {
        let rows = [
            (0, 0, "-"),
            (0, 10, "0 %"),
            (10, 10, "100 %"),
            (1, 100_000, "<0.01 %"),
            (1, 20_000, "0.01 %"),
            (99_999, 100_000, ">99.99 %"),
            (1, 3, "33.33 %"),
            (2, 3, "66.67 %"),
        ];
        for (count, of, text) in rows {
            assert_eq!(share(Share { count, open: 0, of, sure: Sure::Fixed }), text);
        }
    }

    #[test]
    fn intervals_are_rounded_to_their_outside() {
        assert_eq!(between((0.0, 1.0)), "0.00 to 100.00 %");
        assert_eq!(between((0.020_31, 0.020_31)), "2.03 to 2.04 %");
        assert_eq!(between((0.000_01, 0.999_999)), "0.00 to 100.00 %");
        assert_eq!(format!("{:+.2}", outward(-0.000_01, f64::ceil)), "+0.00");
    }
}
