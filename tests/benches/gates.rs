//! Instructions: `cargo bench -p sim-tests --bench gates`.
//!
//! Each workload is run by callgrind in a process of its own; what it counts is compared with the
//! pinned number. What it costs to read the catalogue's files, once a process, is a workload of its
//! own and taken off those that need it. More than five percent above it fails; `UPDATE=1` writes
//! the numbers anew. Without valgrind the gates say so and count as skipped.
#![allow(missing_docs, reason = "a bench")]
#![allow(clippy::print_stdout, reason = "a bench talks")]

mod workloads;

use sim_scenarios::catalogue::{Size, Variant};
use std::process::{Command, ExitCode};

const PINNED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/gates.txt");
const SLACK_PERCENT: u64 = 5;

type Workload = (&'static str, Needs, fn() -> u64);

/// What a workload needs besides itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    /// The catalogue, which [`CATALOGUE`] counts alone.
    TheCatalogue,
}

/// The workload that only reads the catalogue.
const CATALOGUE: &str = "catalogue";

const WORKLOADS: [Workload; 8] = [
    (CATALOGUE, Needs::Nothing, || {
        workloads::founding(Variant::Upload, Size::Full).reply.bytes.into()
    }),
    ("steps", Needs::TheCatalogue, || workloads::steps(50)),
    ("trials", Needs::TheCatalogue, || workloads::trials("small-request", 2_000)),
    ("compiled", Needs::TheCatalogue, || {
        workloads::looked_up(&workloads::compiled("upload", 20_000), 20_000)
    }),
    ("race", Needs::TheCatalogue, workloads::timing::three_open),
    ("weigh", Needs::TheCatalogue, workloads::timing::two_laws),
    ("upload", Needs::Nothing, workloads::upload),
    ("explore", Needs::TheCatalogue, || workloads::explored(Variant::Upload)),
];

fn main() -> ExitCode {
    if let Ok(name) = std::env::var("CLOSERACE_WORKLOAD") {
        let workload = WORKLOADS.iter().find(|(known, _, _)| *known == name);
        return match workload {
            Some((_, _, run)) => {
                std::hint::black_box(run());
                ExitCode::SUCCESS
            }
            None => ExitCode::from(2),
        };
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("skipped: the gates need valgrind\n0 passed, 0 failed, 8 skipped");
        return ExitCode::SUCCESS;
    }
    gates()
}

fn gates() -> ExitCode {
    let pinned = std::fs::read_to_string(PINNED).unwrap_or_default();
    let update = std::env::var("UPDATE").is_ok_and(|value| value == "1");
    let (mut passed, mut failed) = (0, 0);
    let mut text = String::from("# workload, instructions; see gates.rs\n");
    let mut catalogue = 0;
    for (name, needs, _) in WORKLOADS {
        let Some(whole) = count(name) else {
            println!("{name}: callgrind gave no number");
            failed += 1;
            continue;
        };
        let counted = match needs {
            Needs::Nothing => whole,
            Needs::TheCatalogue => whole.saturating_sub(catalogue),
        };
        if name == CATALOGUE {
            catalogue = whole;
        }
        text.push_str(&format!("{name} {counted}\n"));
        let known = pinned.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        let allowed = known.map_or(0, |known: u64| known + known * SLACK_PERCENT / 100);
        let fits = update || counted <= allowed;
        println!("{name:>9}: {counted:>12} instructions, pinned {}", known.unwrap_or(0));
        if fits { passed += 1 } else { failed += 1 }
    }
    if update && std::fs::write(PINNED, text).is_err() {
        failed += 1;
    }
    println!("{passed} passed, {failed} failed, 0 skipped");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs one workload under callgrind and reads the total off its last words.
fn count(name: &str) -> Option<u64> {
    let this = std::env::current_exe().ok()?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(this)
        .env("CLOSERACE_WORKLOAD", name)
        .output()
        .ok()?;
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = words.lines().find(|line| line.contains("Collected"))?;
    line.rsplit(' ').next()?.trim().parse().ok()
}
