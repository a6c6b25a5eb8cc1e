//! Scenario files: what is wrong is told at once, each with its place; nothing panics; the schema
//! is what the types say.

use proptest::prelude::*;
use proptest::sample::Index;
use sim_core::drive::run::Horizon;
use sim_core::report::odds::odds;
use sim_scenarios::case::Shelf;
use sim_scenarios::catalogue::FILES;
use sim_scenarios::cli::{Exit, main_with};
use sim_scenarios::file::{self, LONGEST_FILE};
use sim_tests::golden;
use std::path::PathBuf;

mod wrong;

/// A file with a bit of everything.
const GOOD: &str = include_str!("good.toml");

#[test]
fn the_good_file_is_good() {
    let case = file::read("good.toml", GOOD, Shelf::File).unwrap_or_else(|why| panic!("{why}"));
    case.scenario().expect("a scenario");
}

/// The text with one thing changed.
fn changed(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from:?} is not in the good file");
    GOOD.replacen(from, to, 1)
}

#[test]
fn every_wrong_file_is_refused_at_its_place() {
    let mut failed = Vec::new();
    for (from, to, under, says) in wrong::WRONG {
        let text = changed(from, to);
        let flawed = match file::read("wrong.toml", &text, Shelf::File) {
            Err(flawed) => flawed,
            Ok(_) => {
                failed.push(format!("{to:?} was taken"));
                continue;
            }
        };
        let told = flawed.flaws.iter().any(|flaw| {
            let help = flaw.help.as_deref().unwrap_or_default();
            text[flaw.span.clone()] == **under && format!("{} {help}", flaw.what).contains(says)
        });
        if !told {
            let all: Vec<String> = flawed
                .flaws
                .iter()
                .map(|f| format!("  {:?}: {} ({:?})", &text[f.span.clone()], f.what, f.help))
                .collect();
            failed.push(format!("{to:?}: not {under:?} with {says:?} but\n{}", all.join("\n")));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(wrong::WRONG.len() >= 60, "{}", wrong::WRONG.len());
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let mut text = GOOD.to_owned();
    let several = [
        ("size = \"16KiB\"", "size = 16"),
        ("rtt = \"10ms..200ms\"", "rtt = \"fast\""),
        ("on-error = \"end\"", "on-error = \"nowhere\""),
        ("stack = \"linux\"", "stack = \"lynux\""),
        ("seen = \"possible\"", "seen = \"maybe\""),
    ];
    for (from, to) in several {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let flawed = file::read("wrong.toml", &text, Shelf::File).expect_err("five mistakes");
    assert_eq!(flawed.flaws.len(), several.len(), "{flawed}");
}

#[test]
fn limits_are_told_and_not_felt() {
    let many = |n: usize, what: &str| what.repeat(n);
    for (text, says) in [
        (format!("{GOOD}#{}", "x".repeat(LONGEST_FILE)), "at most 262144 bytes"),
        (format!("{GOOD}{}", many(65, "\n[[claim]]\nseen = \"possible\"\n")), "at most 64"),
        (many(500, "[a."), "TOML"),
        (format!("about = {}1{}", many(2_000, "["), many(2_000, "]")), "TOML"),
        (many(5_000, "x = 1\n"), "and 4"),
        (changed("size = \"512B\"", "size = \"1GiB\""), "at most 100000"),
    ] {
        let flawed = file::read("large.toml", &text, Shelf::File).expect_err("too much");
        assert!(flawed.to_string().contains(says), "{says}: {:.400}", flawed.to_string());
        assert!(flawed.flaws.len() <= 101);
    }
}

// --- the command line ---------------------------------------------------------------------------

fn run(args: &str) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = main_with(args.split_whitespace(), &mut out, &mut err);
    (exit, String::from_utf8(out).expect("text"), String::from_utf8(err).expect("text"))
}

/// A file in a folder of its own.
fn kept(test: &str, bytes: &[u8]) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("closerace-{test}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("story.toml");
    std::fs::write(&path, bytes).expect("a file");
    path
}

#[test]
fn a_file_runs_explores_and_replays() {
    let path = kept("runs", GOOD.as_bytes());
    let path = path.display();
    let (exit, first, err) = run(&format!("closerace run --scenario {path}"));
    assert_eq!((exit, err.as_str()), (Exit::Done, ""));
    let token = first.lines().last().and_then(|line| line.rsplit(' ').next()).expect("a token");
    assert_eq!(run(&format!("closerace replay {token} --scenario {path}")).1, first);
    let (exit, _, err) = run(&format!("closerace replay {token}"));
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("the scenario file with the name \"good\""), "{err}");
    let other = kept("other", changed("name = \"good\"", "name = \"other\"").as_bytes());
    let (exit, _, err) = run(&format!("closerace replay {token} --scenario {}", other.display()));
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("this file has the name \"other\""), "{err}");
    let grown = kept("grown", changed("size = \"512B\"", "size = \"513B\"").as_bytes());
    let (exit, _, err) = run(&format!("closerace replay {token} --scenario {}", grown.display()));
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("the token is of another scenario"), "{err}");
    let (_, out, _) = run("closerace run");
    let token = out.lines().last().and_then(|line| line.rsplit(' ').next()).expect("a token");
    let (exit, _, err) = run(&format!("closerace replay {token} --scenario {path}"));
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("needs no file"), "{err}");
}

#[test]
fn a_claim_that_fails_ends_with_1_and_a_run_that_shows_it() {
    let path = kept("fails", changed("seen = \"possible\"", "lost = \"never\"").as_bytes());
    let path = path.display();
    let (exit, out, err) = run(&format!("closerace explore --scenario {path}"));
    assert_eq!((exit, err.as_str()), (Exit::Violated, ""));
    let (_, claims) = out.split_once("What the story claims").expect("claims");
    let token = claims.split("closerace replay ").nth(1).and_then(|rest| rest.lines().next());
    let token = token.expect("a witness");
    let (exit, out, _) = run(&format!("closerace replay {token} --scenario {path}"));
    assert_eq!(exit, Exit::Done);
    assert!(out.contains("\nLOST: "), "{out}");
    let held = kept("holds", GOOD.as_bytes());
    let (exit, out, _) = run(&format!("closerace explore --scenario {}", held.display()));
    assert_eq!(exit, Exit::Done, "{out}");
    let json = run(&format!("closerace explore --scenario {} --format json", held.display())).1;
    let json: serde_json::Value = serde_json::from_str(&json).expect("json");
    assert_eq!(json["story_claims"][0]["fared"], "held");
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let folder = std::env::temp_dir();
    let bytes = kept("bytes", b"name = \"\xff\"");
    let large = kept("large", &vec![b'#'; LONGEST_FILE + 10]);
    for (path, says) in [
        (PathBuf::from("no/such/file.toml"), "cannot read no/such/file.toml"),
        (folder, "a scenario is a file"),
        (bytes, "byte 8 is not UTF-8"),
        (large, "are too many"),
    ] {
        for command in ["run", "explore", "matrix --trials 1", "replay cr1.x"] {
            let args = format!("closerace {command} --scenario {}", path.display());
            let (exit, out, err) = run(&args);
            assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{args}: {err}");
            assert!(err.contains(says), "{args}: {err}");
        }
    }
    let (exit, _, err) = run("closerace run --story upload --scenario x.toml");
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("cannot be used with"), "{err}");
}

#[test]
fn what_is_wrong_is_drawn() {
    let text = changed("stack = \"linux\"", "stack = \"lynux\"\ncolour = 7");
    let path = kept("drawn", text.as_bytes());
    let (exit, _, err) = run(&format!("closerace run --scenario {}", path.display()));
    assert_eq!(exit, Exit::Usage);
    insta::assert_snapshot!(err.replace(&path.display().to_string(), "story.toml"));
}

#[test]
fn a_story_is_shown_as_the_file_it_is() {
    let (exit, out, _) = run("closerace show tomcat-cliff");
    assert_eq!(exit, Exit::Done);
    let path = kept("shown", out.as_bytes());
    let hash = |args: &str| {
        let (exit, out, err) = run(&format!("closerace run {args} --format json"));
        assert_eq!(exit, Exit::Done, "{err}");
        let json: serde_json::Value = serde_json::from_str(&out).expect("json");
        json["scenario"]["hash"].clone()
    };
    assert_eq!(hash(&format!("--scenario {}", path.display())), hash("--story tomcat-cliff"));
}

// --- the schema ---------------------------------------------------------------------------------

#[test]
fn the_schemas_are_current() {
    for of in ["scenario", "preset"] {
        let (exit, out, _) = run(&format!("closerace schema {of}"));
        assert_eq!(exit, Exit::Done);
        golden::check(&format!("schema/{of}.json"), &out);
    }
}

// --- hostile files ------------------------------------------------------------------------------

/// Reads a text; what is taken can be set up, written and run.
fn survives(text: &str) {
    match file::read("drawn.toml", text, Shelf::File) {
        Err(flawed) => {
            assert!(!flawed.flaws.is_empty());
            for flaw in &flawed.flaws {
                assert!(flawed.text.get(flaw.span.clone()).is_some(), "{flaw:?}");
            }
        }
        Ok(case) => {
            let scenario = case.scenario().expect("what was taken can be set up");
            let written = file::to_text(&file::doc(&case)).expect("text");
            file::read("written.toml", &written, Shelf::File).expect("what was written");
            let horizon = Horizon { micros: 10_000_000, actions: 2_000 };
            assert_eq!(odds(&scenario.setup, scenario.reply, horizon, 1, 0..1).trials, 1);
        }
    }
}

fn any_file() -> impl Strategy<Value = String> {
    let files = FILES.iter().map(|(_, text)| (*text).to_owned());
    let all: Vec<String> = files.chain([GOOD.to_owned()]).collect();
    prop::sample::select(all)
}

/// Values that a file might have somewhere.
const VALUES: [&str; 16] = [
    "\"0B\"",
    "\"1GiB\"",
    "\"1B\"",
    "\"0ms\"",
    "\"24h\"",
    "0",
    "255",
    "-1",
    "1e9",
    "true",
    "false",
    "[]",
    "{}",
    "\"reply\"",
    "\"none\"",
    "\"end\"",
];

/// What is put in place of letters.
const LETTERS: &str = "[\\[\\]\"=.\n a-z0-9{}#]{0,6}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn bytes_that_are_changed_never_panic(
        text in any_file(),
        cuts in prop::collection::vec((any::<Index>(), 0..12_usize, LETTERS), 1..4),
    ) {
        let mut text: Vec<char> = text.chars().collect();
        for (at, length, instead) in cuts {
            let at = at.index(text.len() + 1);
            let end = (at + length).min(text.len());
            text.splice(at..end, instead.chars());
            if text.is_empty() {
                break;
            }
        }
        survives(&text.into_iter().collect::<String>());
    }

    #[test]
    fn lines_that_are_moved_doubled_or_given_other_values_never_panic(
        text in any_file(),
        other in any_file(),
        edits in prop::collection::vec(
            (any::<Index>(), any::<Index>(), 0..5_u8, prop::sample::select(VALUES.to_vec())),
            1..6,
        ),
    ) {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let donor: Vec<&str> = other.lines().collect();
        for (at, from, how, value) in edits {
            if lines.is_empty() {
                break;
            }
            let at = at.index(lines.len());
            match how {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[from.index(lines.len())].clone()),
                2 => lines.insert(at, donor[from.index(donor.len())].to_owned()),
                3 => {
                    let line = lines.remove(at);
                    let to = from.index(lines.len() + 1);
                    lines.insert(to, line);
                }
                _ => {
                    if let Some((key, _)) = lines[at].clone().split_once('=') {
                        lines[at] = format!("{key}= {value}");
                    }
                }
            }
        }
        survives(&lines.join("\n"));
    }
}
