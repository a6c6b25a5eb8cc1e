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

#[test]
fn the_kernel_under_us_does_what_the_model_says() {
    if let Some(why) = missing() {
        return skip(&why);
    }
    let directory = std::env::temp_dir().join(format!("closerace-lab-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a temporary directory");
    let file = |name: &str| directory.join(name).to_str().expect("text").to_owned();
    std::fs::copy(lab("recipes.json"), file("recipes.json")).expect("a copy");
    std::fs::write(file("cells"), some_cells()).expect("a file");
    let (seed, count) = SEQUENCES;
    std::fs::write(file("cases"), python("sequences.py", &[seed, count])).expect("a file");
    let recipes = file("recipes.json");
    python("record.py", &[&recipes, &file("cells.jsonl"), "--ids", &file("cells")]);
    python("record.py", &[&recipes, &file("seqs.jsonl"), "--sequences", &file("cases")]);
    for (rows, least) in [("cells.jsonl", 400), ("seqs.jsonl", 250)] {
        let checked = check_file(Path::new(&file(rows)), "").unwrap_or_else(|bad| panic!("{bad}"));
        let skipped = checked.iter().filter(|row| matches!(row.verdict, Verdict::Skipped(_)));
        let stable = checked.len() - skipped.count();
        assert!(stable >= least, "{rows}: {stable} of {} are stable", checked.len());
        for (id, why) in differences(&checked) {
            assert!(excuse(&id).is_some(), "{id}: {why}");
        }
    }
    std::fs::remove_dir_all(&directory).expect("a temporary directory");
}
