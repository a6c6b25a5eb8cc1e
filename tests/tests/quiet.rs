//! `--quiet`: of what is for people the answer is left, with the pace and the budget it holds
//! under; what is for programs is the same, and so are exit codes.

use sim_scenarios::cli::Exit;
use sim_tests::typed::{Folder, run, token};

/// Without line breaks.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A command, what is left of it, and what is not.
const ROWS: &[(&str, &[&str], &[&str])] = &[
    (
        "--story upload --trials 5",
        &["server \\ client", "lingering-close SEEN", "Pace racing, no loss; 5 trials a cell"],
        &["Next:", "Servers, down", "What this holds for", "How the other stacks differ"],
    ),
    (
        "matrix --server puma --client all --story upload --trials 5",
        &["A write-all/abort,", "Pace racing, no loss", "story upload"],
        &["Clients, across", "closerace list"],
    ),
    (
        "run --server close --client duplex/abort --lost",
        &["LOST: ", "pace clocked, seed 1, trial", "nothing is lost", "Scenario "],
        &["Again: ", "How it came to that", "SYN"],
    ),
    (
        "explore --server close --client duplex/abort",
        &["RACE: SEEN or LOST", "Pace racing; nothing is lost", " states. Scenario "],
        &["Outcome 1", "What this holds for", "closerace replay"],
    ),
    (
        "explore --story drained",
        &["Always SEEN", "Claims of the story: ", " hold."],
        &["What the story claims"],
    ),
    (
        "loss --server close --server drain --client duplex/abort --trials 50",
        &["close: lost in ", "drain: lost in ", "Pace clocked, seed 1; nothing is lost"],
        &["Next", "What this holds for", "How often"],
    ),
    (
        "measured --trials 5",
        &["client \\ server", "Contained: 54 of 54 cells; within", "Pace racing, no loss"],
        &["How the model is set to it", "Measured: "],
    ),
    ("list", &["lingering-close", "upload", "linux"], &["server strategies", "tells more", "{"]),
    ("show linux", &["Reset"], &["known: ", "assumed: "]),
    ("show close", &["close()"], &["In the story upload"]),
    ("show nginx", &["close()"], &["source ", "evidence"]),
    ("explain EPIPE", &["server: ", "client: "], &["What has happened", "What the stacks answer"]),
    ("explain text.late_reset", &["draws a RST"], &["What the stacks answer"]),
    ("explain", &["EPIPE", "text.late_reset"], &["tells more"]),
];

#[test]
fn the_answer_is_left_and_the_rest_is_not() {
    for (args, left, gone) in ROWS {
        let (loud_exit, loud, _) = run(&format!("closerace {args}"));
        for option in ["--quiet", "-q"] {
            let (exit, out, err) = run(&format!("closerace {args} {option}"));
            assert_eq!((exit, err.as_str()), (loud_exit, ""), "{args}");
            assert!(out.len() < loud.len(), "{args}: {out}");
            let words = flat(&out);
            for part in *left {
                assert!(words.contains(part), "{args}: no {part:?} in\n{out}");
            }
            for part in *gone {
                assert!(flat(&loud).contains(part) || loud_exit != Exit::Done, "{args}: {part:?}");
                assert!(!words.contains(part), "{args}: {part:?} is left in\n{out}");
            }
        }
    }
}

#[test]
fn conform_says_the_sum_alone_and_not_with_verbose() {
    let folder = Folder::new("quiet");
    let rows = folder.keep("rows.jsonl", include_str!("../cli/rows.jsonl"));
    let rows = rows.display();
    let (exit, out, _) = run(&format!("closerace conform {rows} --quiet"));
    assert_eq!((exit, out.lines().count()), (Exit::Done, 1), "{out}");
    assert!(out.starts_with("all ") && out.contains("1 agreed"), "{out}");
    let (exit, _, err) = run(&format!("closerace conform {rows} --quiet --verbose"));
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("cannot be used with"), "{err}");
}

#[test]
fn a_replay_says_how_it_ended() {
    let token = token("--server close --client duplex/abort --lost");
    let (exit, out, _) = run(&format!("closerace replay {token} --quiet"));
    assert_eq!(exit, Exit::Done);
    assert!(out.starts_with("LOST: ") && !out.contains(&token), "{out}");
    let options = "--server close --client duplex/abort --lost --quiet";
    assert_eq!(run(&format!("closerace run {options}")).1, out);
}

/// A claim that fails is an answer: its witness stays.
#[test]
fn a_claim_that_fails_keeps_its_witness() {
    let folder = Folder::new("quiet-claim");
    let text =
        run("closerace show upload").1.replacen("lost = \"possible\"", "lost = \"never\"", 1);
    let path = folder.keep("broken.toml", text);
    let (exit, out, _) = run(&format!("closerace explore --scenario {} -q", path.display()));
    assert_eq!(exit, Exit::Violated);
    assert!(out.contains("FAILS ") && out.contains("\n  closerace replay cr1."), "{out}");
}

#[test]
fn what_is_for_programs_is_the_same() {
    let token = token("");
    for args in [
        "matrix --story upload --trials 3 --format json",
        "matrix --story upload --trials 3 --format csv",
        "matrix --story upload --trials 3 --format markdown",
        "run --format json",
        "explore --server drain --client late-reader --format json",
        "loss --trials 9 --format json",
        "loss --trials 9 --format csv",
        "list --format json",
        "show linux --format json",
        "show upload",
        "explain EPIPE --format json",
        "schema",
        "completions bash",
        "man",
        "export TOKEN --format csv",
        "replay TOKEN --format json",
    ] {
        let args = args.replace("TOKEN", &token);
        let loud = run(&format!("closerace {args}"));
        assert_eq!(run(&format!("closerace {args} --quiet")), loud, "{args}");
    }
}

#[test]
fn an_error_is_a_line() {
    let folder = Folder::new("quiet-error");
    let text = run("closerace show upload").1;
    let path = folder.keep("wrong.toml", text.replacen("[reply]", "[repyl]", 1));
    let path = path.display();
    for (args, says) in [
        ("run --server clsoe".to_owned(), "there is no such strategy"),
        ("run --no-such".to_owned(), "unexpected argument"),
        ("show linger".to_owned(), "there is no strategy, policy, stack or story \"linger\""),
        ("replay hello".to_owned(), "this is not a replay token"),
        ("explain xyzzy".to_owned(), "nothing here explains"),
    ] {
        let (exit, out, err) = run(&format!("closerace {args} --quiet"));
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{args}");
        assert_eq!(err.lines().count(), 1, "{args}: {err}");
        assert!(err.starts_with("error: ") && err.contains(says), "{args}: {err}");
    }
    // A file's flaws are a line each, with its place; nothing is drawn.
    let (exit, _, err) = run(&format!("closerace run --scenario {path} --quiet"));
    assert_eq!(exit, Exit::Usage);
    assert!(err.lines().count() >= 2 && !err.contains('│'), "{err}");
    assert!(err.contains("repyl") && err.contains("wrong.toml:"), "{err}");
}
