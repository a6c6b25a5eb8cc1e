//! The kernel laboratory: rows that this project has recorded, and rows recorded now.
//!
//! `tests/lab/record.py` plays crafted segments and calls against a socket of the kernel it runs on
//! and writes what `closerace conform` reads. `rows.jsonl` are the rows of a Linux 6.18 that taught
//! something: every one differed from the model when it was recorded. Recording anew needs root,
//! /dev/net/tun and Python on a Linux of that version; elsewhere it is skipped aloud, and
//! `CLOSERACE_LAB=1` makes that a failure.

use sim_scenarios::conform::{Checked, Verdict, check_file};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The kernel that the `linux` profile stands for.
const RELEASE: &str = "6.18.";
/// Every so many cells of the table are recorded: a prime, so that all states and events come up.
const STRIDE: usize = 29;
/// Sequences that are recorded, and the seed they are drawn with.
const SEQUENCES: (&str, &str) = ("7", "300");

/// Rows on which the model differs, and why.
const KNOWN: [(&str, &str); 4] = [
    ("L018", "a FIN that was read no longer counts as something unread (no state for it)"),
    ("L019", "a FIN that was read no longer counts as something unread (no state for it)"),
    ("L020", "duplicate ACKs of a lone segment lower the threshold for later ones"),
    ("L022", RUNNING_ON),
];
/// Rows of the random sequences above that need what is not modelled.
const KNOWN_LIVE: [(&str, &str); 2] = [
    ("X0160", "the window grows with what is received (autotuning)"),
    ("X0182", "the window grows with what is received (autotuning)"),
];
/// A FIN one past the FIN is counted once more.
const RUNNING_ON: &str = "a FIN right behind the FIN is acknowledged as one more number";
const IN_A_SYN: &str = "a SYN with the FIN and the ACK of the handshake leaves a child half open";

fn excuse(id: &str) -> Option<&'static str> {
    let cell = |part: &str, why| id.contains(part).then_some(why);
    let known = KNOWN.iter().chain(&KNOWN_LIVE).find(|(name, _)| *name == id);
    known
        .map(|(_, why)| *why)
        .or_else(|| cell("/FA1@m1,", RUNNING_ON))
        .or_else(|| cell("SYN_RECV/SFA0@m1,n", IN_A_SYN))
}

fn lab(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lab").join(name)
}

fn differences(rows: &[Checked]) -> Vec<(String, String)> {
    let told = |row: &Checked| match &row.verdict {
        Verdict::Differed(why) => Some((row.id.clone(), why.clone())),
        Verdict::Agreed | Verdict::Skipped(_) => None,
    };
    rows.iter().filter_map(told).collect()
}

#[test]
fn every_row_that_was_kept_agrees_or_is_listed() {
    let rows = check_file(&lab("rows.jsonl"), "").unwrap_or_else(|bad| panic!("{bad}"));
    assert_eq!(rows.len(), 80, "rows");
    let differ = differences(&rows);
    for (id, why) in &differ {
        assert!(excuse(id).is_some(), "{id}: {why}");
    }
    for (id, why) in KNOWN {
        assert!(differ.iter().any(|(row, _)| row == id), "{id} agrees now: {why}");
    }
    assert_eq!(differ.len(), 21, "a row that agrees now is to be taken off the list: {differ:?}");
}

/// Says what is missing where there is no laboratory.
fn missing() -> Option<String> {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    if !release.starts_with(RELEASE) {
        return Some(format!("not a Linux {RELEASE}x but {:?}", release.trim()));
    }
    let python = "import ctypes, fcntl, os; os.close(os.open('/dev/net/tun', os.O_RDWR)); \
                  assert os.geteuid() == 0; assert ctypes.CDLL(None).unshare(0x40000000) == 0";
    let run = Command::new("python3").args(["-c", python]).stderr(Stdio::null()).status();
    match run {
        Ok(status) if status.success() => None,
        Ok(_) => Some("no root, or no TUN devices or namespaces".to_owned()),
        Err(why) => Some(format!("python3: {why}")),
    }
}

fn skip(why: &str) {
    assert!(std::env::var_os("CLOSERACE_LAB").is_none(), "asked for, and not there: {why}");
    let told = format!("skipped: rows of the live kernel: {why}\n");
    std::io::stderr().write_all(told.as_bytes()).expect("standard error");
}

fn python(script: &str, arguments: &[&str]) -> Vec<u8> {
    let run = Command::new("python3").arg(lab(script)).args(arguments).output().expect("python3");
    assert!(run.status.success(), "{script}: {}", String::from_utf8_lossy(&run.stderr));
    run.stdout
}

/// Names of cells, every `STRIDE`th.
fn some_cells() -> String {
    let text = std::fs::read_to_string(lab("recipes.json")).expect("recipes");
    let recipes: serde_json::Value = serde_json::from_str(&text).expect("json");
    let names = |part: &str| -> Vec<String> {
        recipes[part].as_object().expect("an object").keys().cloned().collect()
    };
    let mut events = names("segment_events");
    events.extend(names("call_events"));
    let cells = names("states").into_iter().flat_map(|state| {
        events.iter().map(move |event| format!("{state}/{event}")).collect::<Vec<_>>()
    });
    cells.step_by(STRIDE).collect::<Vec<_>>().join("\n")
}

/// A directory for what is recorded, gone with this.
struct Records(PathBuf);

impl Records {
    fn new(name: &str) -> Records {
        let name = format!("closerace-lab-{name}-{}", std::process::id());
        let records = Records(std::env::temp_dir().join(name));
        std::fs::create_dir_all(&records.0).expect("a temporary directory");
        std::fs::copy(lab("recipes.json"), records.file("recipes.json")).expect("a copy");
        records
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("text").to_owned()
    }

    fn check(&self, rows: &str) -> Vec<Checked> {
        check_file(Path::new(&self.file(rows)), "").unwrap_or_else(|bad| panic!("{bad}"))
    }

    /// Records some of what a list asks for. A list has one name or one case a line.
    fn record(&self, how: &Recorder, lines: &[String], rows: &str) -> Vec<Checked> {
        std::fs::write(self.file("asked"), lines.join("\n")).expect("a file");
        let (recipes, asked, rows_file) =
            (self.file("recipes.json"), self.file("asked"), self.file(rows));
        match how {
            Recorder::Cells => python("record.py", &[&recipes, &rows_file, "--ids", &asked]),
            Recorder::Sequences => {
                python("record.py", &[&recipes, &rows_file, "--sequences", &asked])
            }
            Recorder::Timed => python("timed.py", &[&asked, &rows_file]),
        };
        self.check(rows)
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Which script records, and what.
enum Recorder {
    Cells,
    Sequences,
    Timed,
}

/// Whether a line asks for a row of this name.
fn asks_for(line: &str, id: &str) -> bool {
    line == id || line.contains(&format!("\"id\": \"{id}\""))
}

/// Records, and says which rows differ. A machine that is busy elsewhere can spoil a row, so what
/// differs is recorded once more, and counts if it differs again.
fn differing(how: &Recorder, name: &str, lines: &[String]) -> Vec<(String, String)> {
    let records = Records::new(name);
    let checked = records.record(how, lines, "rows.jsonl");
    let skipped = checked.iter().filter(|row| matches!(row.verdict, Verdict::Skipped(_))).count();
    // Calls on a descriptor that a state has not are left out.
    assert!(checked.len() * 10 >= lines.len() * 9, "{name}: {} of {}", checked.len(), lines.len());
    assert!(skipped * 10 <= checked.len(), "{name}: {skipped} of {} not stable", checked.len());
    let odd = |rows: &[Checked]| {
        let differ = differences(rows);
        differ.into_iter().filter(|(id, _)| excuse(id).is_none()).collect::<Vec<_>>()
    };
    let first = odd(&checked);
    if first.is_empty() {
        return first;
    }
    let again: Vec<String> = lines
        .iter()
        .filter(|line| first.iter().any(|(id, _)| asks_for(line, id)))
        .cloned()
        .collect();
    odd(&records.record(how, &again, "again.jsonl"))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn one_socket_of_the_kernel_under_us_does_what_the_model_says() {
    if let Some(why) = missing() {
        return skip(&why);
    }
    let cells = differing(&Recorder::Cells, "cells", &lines(&some_cells()));
    assert_eq!(cells, []);
    let (seed, count) = SEQUENCES;
    let cases = String::from_utf8(python("sequences.py", &[seed, count])).expect("text");
    assert_eq!(differing(&Recorder::Sequences, "sequences", &lines(&cases)), []);
}

#[test]
fn two_kernels_under_us_do_what_the_model_says() {
    if let Some(why) = missing() {
        return skip(&why);
    }
    let cases = std::fs::read_to_string(lab("cases.jsonl")).expect("cases");
    assert_eq!(differing(&Recorder::Timed, "timed", &lines(&cases)), []);
}
