//! What was checked, for people and for programs.

use super::rows::Kind;
use super::{Checked, Verdict, assumed};
use std::fmt::Write as _;

/// What is never compared, whatever the row.
pub const EXCLUSIONS: [&str; 6] = [
    "bytes_sent of sides that send more than 65,536 bytes, where no sndbuf makes room for them",
    "the wire of rows that are stable but not stable_fine",
    "segment boundaries (segs), pure ACKs of lab rows, the number of bare RSTs in a row",
    "windows, except zero against not zero",
    "windows in SYN_RECV_SIMOPEN (this kernel scales them wrongly)",
    "kernel counters (mib), sockets_end, packets",
];

/// How many of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows that were looked at.
    pub rows: usize,
    /// Rows on which the model agrees.
    pub agreed: usize,
    /// Rows on which it does not.
    pub differed: usize,
    /// Rows that were not compared.
    pub skipped: usize,
}

impl Counts {
    /// Counts rows.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Checked>) -> Counts {
        let mut counts = Counts::default();
        for row in rows {
            counts.rows += 1;
            match row.verdict {
                Verdict::Agreed => counts.agreed += 1,
                Verdict::Differed(_) => counts.differed += 1,
                Verdict::Skipped(_) => counts.skipped += 1,
            }
        }
        counts
    }

    /// Whether there was nothing that the model could agree on or differ from.
    #[must_use]
    pub const fn compared_nothing(self) -> bool {
        self.agreed + self.differed == 0
    }
}

/// Whether every row is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// How many of what, and no row.
    Sum,
    /// Rows that differ.
    Differences,
    /// All rows.
    Everything,
}

/// For people.
#[must_use]
pub fn human(rows: &[Checked], detail: Detail) -> String {
    let mut text = String::new();
    if detail == Detail::Sum {
        return format!("{:9} {}\n", "all", line(Counts::of(rows)));
    }
    for Checked { id, kind, verdict } in rows {
        let kind = kind.word();
        let _ = match (verdict, detail) {
            (Verdict::Differed(why), _) => writeln!(text, "differed  {kind:8} {id}: {why}"),
            (Verdict::Skipped(why), Detail::Everything) => {
                writeln!(text, "skipped   {kind:8} {id}: {why}")
            }
            (Verdict::Agreed, Detail::Everything) => writeln!(text, "agreed    {kind:8} {id}"),
            (Verdict::Skipped(_) | Verdict::Agreed, Detail::Differences | Detail::Sum) => Ok(()),
        };
    }
    for kind in Kind::ALL {
        let counts = Counts::of(rows.iter().filter(|row| row.kind == kind));
        if counts.rows > 0 {
            let _ = writeln!(text, "{:9} {}", kind.word(), line(counts));
        }
    }
    let _ = writeln!(text, "{:9} {}", "all", line(Counts::of(rows)));
    for (why, count) in skipped(rows) {
        let _ = writeln!(text, "skipped: {why} ({count})");
    }
    if let Some(nothing) = nothing_compared(rows) {
        let _ = writeln!(text, "{nothing}");
    }
    for what in EXCLUSIONS {
        let _ = writeln!(text, "not compared: {what}");
    }
    for what in assumed::about_the_recorder() {
        let _ = writeln!(text, "assumed about the recorder: {what}");
    }
    text
}

fn nothing_compared(rows: &[Checked]) -> Option<&'static str> {
    Counts::of(rows).compared_nothing().then_some("nothing was compared: every row was skipped")
}

fn line(Counts { rows, agreed, differed, skipped }: Counts) -> String {
    format!("{rows:5} rows  {agreed:5} agreed  {differed:5} differed  {skipped:5} skipped")
}

fn skipped(rows: &[Checked]) -> Vec<(&str, usize)> {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for row in rows {
        let Verdict::Skipped(why) = &row.verdict else { continue };
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, count)) => *count += 1,
            None => reasons.push((why, 1)),
        }
    }
    reasons
}
