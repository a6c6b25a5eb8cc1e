//! The command line: sessions as files, and what holds for every command.
//!
//! Sessions are rewritten by `TRYCMD=overwrite cargo test -p sim-tests --test cli`.

use serde_json::Value;
use sim_scenarios::cli::{Exit, main_with};
use std::io::{self, Write};

fn run(args: &str) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = main_with(args.split_whitespace(), &mut out, &mut err);
    (exit, String::from_utf8(out).expect("text"), String::from_utf8(err).expect("text"))
}

/// Without line breaks.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn json(args: &str) -> Value {
    let (exit, out, err) = run(args);
    assert!(matches!(exit, Exit::Done | Exit::Violated), "{args}: {err}");
    serde_json::from_str(&out).expect("json")
}

fn tokens(census: &Value) -> Vec<(String, String)> {
    let entries = census["outcomes"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    entries.iter().map(|e| (text(&e["outcome"]["word"]), text(&e["token"]))).collect()
}

#[test]
fn sessions() {
    trycmd::TestCases::new()
        .register_bin("closerace", trycmd::cargo::cargo_bin!("closerace-tested"))
        .case("cli/*.trycmd");
}

#[test]
fn a_matrix_is_the_same_on_any_number_of_threads() {
    let args = "closerace --story upload --trials 50 --threads";
    let one = run(&format!("{args} 1"));
    assert_eq!(one.0, Exit::Done);
    for threads in [2, 3, 8] {
        assert_eq!(run(&format!("{args} {threads}")), one, "{threads} threads");
    }
}

#[test]
fn every_form_of_a_matrix_is_the_same_on_any_number_of_threads() {
    let args =
        "closerace matrix --server tomcat --server puma --client all --story upload --trials 5";
    for format in ["human", "csv", "markdown"] {
        let one = run(&format!("{args} --format {format} --threads 1"));
        assert_eq!(one.0, Exit::Done, "{format}: {}", one.2);
        assert_eq!(run(&format!("{args} --format {format} --threads 3")), one, "{format}");
    }
}

#[test]
fn a_matrix_for_spreadsheets_has_a_line_a_cell_with_as_many_fields() {
    let args = "--server lingering-close --server nginx-off --client curl --client ureq";
    let (exit, out, err) = run(&format!("closerace matrix {args} --trials 5 --format csv"));
    assert_eq!(exit, Exit::Done, "{err}");
    let lines: Vec<&str> = out.split_terminator("\r\n").collect();
    // Three pairs of stacks and three stories: five tables of four cells, and the head.
    assert_eq!(lines.len(), 1 + 5 * 4);
    for line in &lines {
        // Outside of quotes.
        let commas: usize = line.split('"').step_by(2).map(|part| part.matches(',').count()).sum();
        assert_eq!(commas, 11, "{line}");
    }
    let first =
        "upload,linux,linux,\"lingering-close{idle=5s,total=30s,bytes=none}\",curl,SEEN,,0,";
    assert!(lines[1].starts_with(first), "{}", lines[1]);
}

#[test]
fn a_cell_beside_others_is_the_cell_alone() {
    let cells = |servers: &str| {
        let args = format!("closerace matrix {servers} --client undici --client reqwest-hyper");
        let value = json(&format!("{args} --story upload --trials 20 --format json"));
        let cells = value["tables"][0]["cells"].as_array().expect("cells").clone();
        let without_states = |mut cell: Value| {
            // Which cell counts the states of a space that it shares depends on its place.
            cell["explored"]["states"] = Value::Null;
            cell
        };
        cells.into_iter().map(without_states).collect::<Vec<_>>()
    };
    let together =
        cells("--server puma --server haproxy-2 --server hyper --server wait-close --server go-h2");
    let alone: Vec<Value> = ["puma", "haproxy-2", "hyper", "wait-close", "go-h2"]
        .into_iter()
        .flat_map(|name| cells(&format!("--server {name}")))
        .collect();
    assert_eq!(together, alone);
}

#[test]
fn a_token_carries_buffers_and_the_servers_of_the_measured_table() {
    let options = "--server read-wait --client curl-expect --request 1MB --send-buffer 2MB \
                   --receive-buffer 200000 --rtt 0.5ms";
    let (exit, first, err) = run(&format!("closerace run {options}"));
    assert_eq!(exit, Exit::Done, "{err}");
    let token = first.lines().last().and_then(|line| line.rsplit(' ').next()).expect("a token");
    assert_eq!(run(&format!("closerace replay {token}")), (exit, first.clone(), String::new()));
    let small = format!("closerace run {options}").replace("200000", "100");
    let (exit, _, err) = run(&small);
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("a buffer has at least 4KiB"), "{err}");
}

#[test]
fn a_token_of_a_search_leads_to_the_outcome_it_was_printed_with() {
    for options in [
        "--server close --client duplex/abort",
        "--server linger0 --client late-reader --story small-request",
        "--server wait-close:wait=1ms --client read-after-error --client-stack rfc9293",
        "--server close --client write-all/abort --loss 1 --story small-request",
    ] {
        let census = json(&format!("closerace explore {options} --format json"));
        let tokens = tokens(&census);
        assert!(tokens.len() > 1, "{options}");
        for (word, token) in tokens {
            let again = json(&format!("closerace replay {token} --format json"));
            assert_eq!(again["outcome"]["word"], word.as_str(), "{token}");
            assert_eq!(again["token"], token.as_str());
        }
    }
}

#[test]
fn a_replay_is_the_run_byte_for_byte() {
    for options in [
        "--server close --client duplex/abort --seed 7 --trial 3",
        "--server lingering-close:idle=20ms,bytes=4k --client late-reader --server-stack freebsd",
    ] {
        let (exit, first, _) = run(&format!("closerace run {options}"));
        let token = first.lines().last().and_then(|line| line.rsplit(' ').next()).expect("a token");
        assert_eq!(run(&format!("closerace replay {token}")), (exit, first.clone(), String::new()));
    }
}

#[test]
fn tokens_need_no_quotes() {
    let census =
        json("closerace explore --server wait-close:wait=1s --client duplex/stop --format json");
    for (_, token) in tokens(&census) {
        let plain = |c: char| c.is_ascii_alphanumeric() || "./-:=,".contains(c);
        assert!(token.chars().all(plain), "{token}");
    }
}

#[test]
fn a_token_that_does_not_fit_says_why() {
    let (_, out, _) = run("closerace run --server close --client late-reader");
    let token = out.lines().last().and_then(|line| line.rsplit(' ').next()).expect("a token");
    let parts: Vec<&str> = token.split('.').collect();
    let with = |at: usize, part: &str| {
        let mut parts = parts.clone();
        parts[at] = part;
        parts.join(".")
    };
    for (token, why) in [
        ("hello".to_owned(), "nine parts"),
        (with(0, "cr9"), "version \"cr9\""),
        (with(7, "1-1"), "mistyped"),
        (with(2, "drain"), "mistyped"),
        (token[..token.len() - 3].to_owned(), "nine parts"),
    ] {
        let (exit, out, err) = run(&format!("closerace replay {token}"));
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{token}");
        assert!(err.contains(why) && err.contains("a token looks like"), "{token}: {err}");
    }
}

#[test]
fn unknown_names_get_the_nearest_one_and_all_of_them() {
    for (args, near, all) in [
        ("run --server clsoe --client late-reader", "close", "lingering-close"),
        ("run --server close --client duplex/abrt", "duplex/abort", "late-reader"),
        ("--server-stack linx", "linux", "rfc9293"),
        ("show linger", "linger0", "wait-close"),
        ("run --server wait-close:wiat=3s --client late-reader", "wait", "wait"),
        ("run --server wait-close:wait=fast --client late-reader", "250us", "wait"),
    ] {
        let (exit, out, err) = run(&format!("closerace {args}"));
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{args}");
        assert!(err.contains(near) && err.contains(all), "{args}: {err}");
    }
}

#[test]
fn a_bound_is_inconclusive_and_says_so() {
    let (exit, out, _) =
        run("closerace explore --server close --client duplex/abort --max-states 100");
    assert_eq!(exit, Exit::Inconclusive);
    let out = flat(&out);
    assert!(out.contains("INCONCLUSIVE") && out.contains("the bound on states was met"), "{out}");
}

#[test]
fn everything_for_programs_has_a_version_and_a_kind() {
    for (args, kind) in [
        ("--story upload --trials 5 --format json", "matrix"),
        ("run --server close --client late-reader --format json", "run"),
        ("explore --server drain --client late-reader --format json", "census"),
        ("loss --server drain --client late-reader --trials 9 --format json", "loss"),
        ("list --format json", "list"),
        ("show linux --format json", "stack"),
        ("show duplex/stop --format json", "script"),
        ("measured --trials 2 --format json", "measured"),
        ("explain EPIPE --format json", "explanation"),
        ("explain --format json", "topics"),
    ] {
        let value = json(&format!("closerace {args}"));
        assert_eq!((&value["schema_version"], &value["kind"]), (&Value::from(1), &kind.into()));
    }
}

#[test]
fn a_verdict_names_its_pace_and_its_bounds() {
    let explore = flat(&run("closerace explore --server close --client late-reader --loss 1").1);
    for words in ["Pace racing", "up to 1 lost", "bound: 3,000,000 states", "Scenario "] {
        assert!(explore.contains(words), "{words} in\n{explore}");
    }
    let run = flat(&run("closerace run --server close --client late-reader").1);
    for words in ["pace clocked", "seed 1", "trial 0", "horizon", "nothing is lost"] {
        assert!(run.contains(words), "{words} in\n{run}");
    }
}

#[test]
fn text_for_people_is_at_most_a_hundred_columns_wide() {
    for args in [
        "--trials 3 --story upload",
        "--trials 3 --story small-request --server-stack rfc9293",
        "run --server lingering-close --client duplex/stop --story large-reply",
        "explore --server close --client duplex/stop",
        "--trials 1 --story upload --client all --server close --server tomcat",
        "measured --trials 2",
        "list",
        "show java-httpclient",
        "show freebsd",
        "show duplex/stop",
    ] {
        let (exit, out, _) = run(&format!("closerace {args}"));
        assert_eq!(exit, Exit::Done, "{args}");
        // Lines to type stay whole.
        let to_type =
            |line: &&str| line.contains("closerace replay") || line.starts_with("  closerace");
        for line in out.lines().filter(|line| !to_type(line)) {
            assert!(line.chars().count() <= 100, "{args}: {line}");
        }
    }
}

#[test]
fn a_matrix_names_a_run_only_if_it_loses_the_answer() {
    for stack in ["linux", "freebsd", "rfc9293"] {
        for variant in ["upload", "small-request", "large-reply"] {
            let stacks = format!("--client-stack {stack} --server-stack {stack}");
            let args = format!("closerace --story {variant} {stacks} --trials 100");
            let (exit, out, err) = run(&args);
            assert_eq!(exit, Exit::Done, "{err}");
            let (_, next) = out.rsplit_once("\n\n").expect("a last paragraph");
            let lines = || next.lines().map(str::trim);
            let verdict = |line: &str| run(line).1;
            if let Some(line) = lines().find(|line| line.starts_with("closerace run")) {
                let told = verdict(line);
                let words = ["LOST: ", "TRUNCATED: ", "STUCK: "];
                assert!(told.lines().any(|l| words.iter().any(|w| l.starts_with(w))), "{line}");
            }
            match lines().find(|line| line.starts_with("closerace explore")) {
                Some(line) => assert!(!verdict(line).contains("\nAlways SEEN"), "{line}"),
                None => assert!(next.contains("every cell is SEEN"), "{args}: {next}"),
            }
        }
    }
}

#[test]
fn a_matrix_with_an_open_cell_is_inconclusive_and_says_which() {
    let args = "closerace --story upload --trials 5 --max-states 60";
    let (exit, out, _) = run(args);
    assert_eq!(exit, Exit::Inconclusive);
    assert!(out.contains("SEEN?") && out.contains("\n  ?   "), "{out}");
    let out = flat(&out);
    assert!(out.contains("marked ? (bound: 60 states each)"), "{out}");
    // No row without an open cell is left: nothing is as in the table.
    assert!(!out.contains("as in the table"), "{out}");
    assert_eq!(run(&format!("{args} --format json")).0, Exit::Inconclusive);
}

#[test]
fn timers_wait_or_race_as_the_pace_says() {
    let options = "--server lingering-close --client write-all/abort --story small-request";
    for (pace, says) in [
        ("free", "all race. Of the applications: server idle limit 5s races"),
        ("racing", "delayed ACK races, the others wait until nothing else can happen."),
        ("quiet", "all wait until nothing else can happen"),
    ] {
        let out = run(&format!("closerace explore {options} --pace {pace} --max-states 20000")).1;
        assert!(flat(&out).contains(&format!("Timers of the stacks: {says}")), "{out}");
    }
}

#[test]
fn no_losing_trial_is_inconclusive_and_no_mistake_of_the_user() {
    let (exit, out, err) = run("closerace run --server drain --client late-reader --lost");
    assert_eq!((exit, out.as_str()), (Exit::Inconclusive, ""));
    assert!(err.contains("none of the first 100,000 trials of seed 1"), "{err}");
}

#[test]
fn a_graph_comes_with_the_exit_code_of_its_search() {
    let explore = "closerace explore --server close --client duplex/abort";
    let (exit, out, _) = run(&format!("{explore} --dot -"));
    assert_eq!(exit, Exit::Done);
    assert!(out.starts_with("digraph states {") && out.contains("310 more states"));
    assert_eq!(run(&format!("{explore} --dot - --max-states 50")).0, Exit::Inconclusive);
    let (exit, out, err) = run(&format!("{explore} --dot - --format json"));
    assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{err}");
    let (exit, _, err) = run(&format!("{explore} --dot no/such/folder/graph.dot"));
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("no/such/folder/graph.dot"), "{err}");
}

#[test]
fn numbers_that_do_not_fit_are_refused_with_what_would() {
    for (args, says) in [
        ("--trials -1", "-1 is not in 1..=10000000"),
        ("--seed -1", "-1 is not in 0..="),
        ("--threads -1", "a number from 1 to 256"),
        ("run --server close --client duplex/abort --trial -7", "-7 is not in 0..="),
        ("explore --server close --client duplex/abort --loss -1", "-1 is not in 0..=255"),
        ("run --server wait-close:wait=1s,wait=2s --client duplex/abort", "wait is given twice"),
        ("run --server wait-close: --client duplex/abort", "empty list of numbers"),
        ("run --server wait-close{} --client duplex/abort", "empty list of numbers"),
        ("show close:", "empty list of numbers"),
        ("run --server so-linger:seconds=1500ms --client curl", "SO_LINGER counts whole seconds"),
        ("run --server so-linger:seconds=0s --client curl", "from 1s to 65535s"),
    ] {
        let (exit, out, err) = run(&format!("closerace {args}"));
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{args}");
        assert!(err.contains(says), "{args}: {err}");
    }
}

#[test]
fn a_practice_is_not_cited_as_a_standard() {
    use sim_scenarios::render::words::cite;
    assert_eq!(cite("9293 3.6.1"), "RFC 9293 3.6.1");
    assert_eq!(cite("practice"), "practice of stacks, no RFC");
}

/// A pipe whose reader has gone, or a disk that is full.
struct Gone(io::ErrorKind);

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    for command in ["list", "--help"] {
        let mut err = Vec::new();
        let mut out = Gone(io::ErrorKind::BrokenPipe);
        assert_eq!(main_with(["closerace", command], &mut out, &mut err), Exit::Done);
        assert!(err.is_empty());
    }
}

#[test]
fn an_output_that_fails_is_an_error() {
    for command in ["list", "--help"] {
        let mut err = Vec::new();
        let mut out = Gone(io::ErrorKind::StorageFull);
        assert_eq!(main_with(["closerace", command], &mut out, &mut err), Exit::Internal);
        assert!(String::from_utf8_lossy(&err).contains("cannot write standard output"));
    }
}

#[test]
fn colour_only_where_it_is_wanted() {
    let list = |when: &str| run(&format!("closerace list --color {when}")).1;
    assert!(!list("auto").contains('\u{1b}') && !list("never").contains('\u{1b}'));
    assert!(list("always").contains('\u{1b}'));
}

#[test]
fn completions_and_the_manual_know_every_command() {
    for args in ["completions bash", "completions zsh", "completions fish", "man"] {
        let (exit, out, _) = run(&format!("closerace {args}"));
        assert_eq!(exit, Exit::Done);
        let commands = [
            "matrix", "run", "explore", "loss", "replay", "export", "list", "show", "conform",
            "measured", "explain", "schema",
        ];
        for command in commands {
            assert!(out.contains(command), "{command} in {args}");
        }
    }
}
