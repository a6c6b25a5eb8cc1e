//! The help says what is true: every example runs and ends as it says, and every exit code that is
//! listed is one a command line of the tests ends with.

use sim_scenarios::cli::{Exit, command, main_with};
use sim_tests::source::root;
use sim_tests::typed::{Folder, run, run_words, token, words};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// The program and each of its commands: what is typed for it, and the end of its help.
fn helps() -> Vec<(String, String)> {
    let all = command();
    let end = |command: &clap::Command| {
        command.get_after_help().map(ToString::to_string).unwrap_or_default()
    };
    let mut helps = vec![("closerace".to_owned(), end(&all))];
    helps.extend(
        all.get_subcommands().map(|verb| (format!("closerace {}", verb.get_name()), end(verb))),
    );
    helps
}

/// What a reader has of his own.
struct Yours {
    folder: Folder,
    token: String,
}

impl Yours {
    fn new(test: &str) -> Yours {
        let folder = Folder::new(test);
        let story = run("closerace show upload").1;
        let samples = include_str!("../cli/rtts.csv");
        let row = include_str!("../cli/rows.jsonl");
        let script = include_str!("../drill/linger_abort.pkt");
        let files = [
            ("my.toml", story.as_str()),
            ("rtts.csv", samples),
            ("rows.jsonl", row),
            ("close.pkt", script),
        ];
        for (name, text) in files {
            assert!(folder.keep(name, text).exists());
        }
        std::fs::create_dir_all(folder.path().join("pages")).expect("a folder");
        Yours { folder, token: token("--server close --client duplex/abort --lost") }
    }

    /// The word with something of the reader's in its place.
    fn put(&self, word: &str) -> String {
        let file = |word: &str| self.folder.path().join(word).display().to_string();
        match word {
            "TOKEN" => self.token.clone(),
            "my.toml" | "rtts.csv" | "rows.jsonl" | "close.pkt" | "pages" => file(word),
            _ if word.starts_with("pages/") => file(word),
            _ => word.to_owned(),
        }
    }
}

/// The example and its explanation.
fn example(line: &str) -> (&str, &str) {
    let line = line.trim();
    line.split_once("   ").map_or((line, ""), |(line, says)| (line.trim(), says.trim()))
}

/// Every example of every help, with what follows it up to the next one.
fn examples(help: &str) -> Vec<(&str, &str)> {
    let list = help.split("Examples:").nth(1).and_then(|rest| rest.split("Exit codes:").next());
    let lines: Vec<&str> = list.unwrap_or_default().lines().collect();
    let begins = |line: &&str| line.starts_with("  closerace");
    let with_next = lines.iter().zip(lines.iter().skip(1).chain([&""]));
    with_next
        .filter(|(line, _)| begins(line))
        .map(|(line, next)| match example(line) {
            (line, "") if next.starts_with("      ") => (line, next.trim()),
            example => example,
        })
        .collect()
}

#[test]
fn every_example_runs_and_ends_as_it_says() {
    let yours = Yours::new("examples");
    for (of, help) in helps() {
        let examples = examples(&help);
        assert!(examples.len() >= 2, "{of} has {} examples", examples.len());
        let mut quiet = false;
        for (line, says) in examples {
            let own = line == of || line.starts_with(&format!("{of} "));
            assert!(own, "{line:?} is no example of {of}");
            let words: Vec<String> = words(line).iter().map(|word| yours.put(word)).collect();
            let ends = says.split("(ends with ").nth(1).and_then(|rest| rest.split(')').next());
            let (exit, out, err) = run_words(&words);
            assert_eq!(exit.code().to_string(), ends.unwrap_or("0"), "{line}: {err}");
            let written = ["--output", "--dir"].iter().any(|option| line.contains(option));
            let silent = written || line.contains("--lost") && exit == Exit::Inconclusive;
            assert_eq!(out.is_empty(), silent, "{line}: {out}");
            quiet |= line.contains("--quiet");
        }
        let has_quiet = !["loss", "export", "schema", "completions", "man"]
            .iter()
            .any(|verb| of == format!("closerace {verb}"));
        assert!(quiet || !has_quiet || of == "closerace run", "{of} has no example of --quiet");
    }
    let written = |name: &str| yours.folder.path().join("pages").join(name).exists();
    assert!(written("race.svg") && written("closerace-run.1"));
}

#[test]
fn examples_fit_on_a_line_and_what_is_yours_is_explained() {
    for (of, help) in helps() {
        for line in help.lines() {
            assert!(line.chars().count() <= 100, "{of}: {line}");
        }
        for (line, _) in examples(&help) {
            for word in line.split(' ') {
                let yours = ["TOKEN", "my.toml", "rtts.csv", "rows.jsonl", "close.pkt"]
                    .contains(&word)
                    || word == "pages"
                    || word.starts_with("pages/");
                let name = word.split('/').next().unwrap_or(word);
                let told = help.contains(&format!("  ({name}: "));
                assert!(told || !yours, "{of}: {word} is not explained");
            }
        }
    }
}

// --- exit codes ---------------------------------------------------------------------------------

/// The codes that a help lists.
fn codes(help: &str) -> BTreeSet<u8> {
    let list = help.split("Exit codes:").nth(1).unwrap_or_default();
    let code = |line: &str| line.split_whitespace().next().and_then(|word| word.parse().ok());
    list.lines().filter_map(code).collect()
}

/// For each command and each code that it can end with (2 and 70 are below): what to type. Words in
/// capitals are files.
const ENDS: &[(&str, u8, &str)] = &[
    ("", 0, "--story upload --trials 2"),
    ("", 1, "explore --scenario BROKEN"),
    ("", 3, "--story upload --trials 2 --max-states 20"),
    ("matrix", 0, "--story upload --trials 2"),
    ("matrix", 3, "--server close --client curl --trials 2 --max-states 20"),
    ("run", 0, ""),
    ("run", 3, "--server drain --client late-reader --lost"),
    ("explore", 0, "--server drain --client late-reader"),
    ("explore", 1, "--scenario BROKEN"),
    ("explore", 3, "--server close --client duplex/abort --max-states 99"),
    ("race", 0, "--story rtt-race"),
    ("race", 3, "--story rtt-race --max-orders 3"),
    ("race", 3, "--rtt 10ms --jitter 0ms..20ms --max-orders 50"),
    ("loss", 0, "--trials 9"),
    ("loss", 3, "--server close --client duplex/abort --precision 0.1% --max-trials 50"),
    ("advise", 0, "--server close --trials 3 --gap 5ms"),
    ("advise", 0, "--server wait-close --trials 3 --gap 5ms --loss 1e-6"),
    ("advise", 3, "--server shutdown-close --client-stack windows-keep --trials 3 --gap 5ms"),
    ("replay", 0, "TOKEN"),
    ("export", 0, "TOKEN --format csv"),
    ("export", 3, "--server drain --client late-reader --lost --format csv"),
    ("measured", 0, "--trials 2"),
    ("conform", 0, "ROWS"),
    ("conform", 1, "DIFFERS"),
    ("conform", 3, "SKIPPED"),
    ("drill", 0, "PASSES --stack linux"),
    ("drill", 1, "FAILS --stack linux"),
    ("drill", 3, "LACKS --stack linux"),
    ("list", 0, ""),
    ("show", 0, "linux"),
    ("schema", 0, ""),
    ("explain", 0, "EPIPE"),
    ("completions", 0, "bash"),
    ("man", 0, ""),
];

/// Codes that nothing here can be made to end with: the command, the code, why.
const UNREACHED: &[(&str, u8, &str)] = &[
    ("replay", 3, "a run that needed an answer nobody has prints no token"),
    ("measured", 1, "the model agrees with every measured cell"),
    ("measured", 3, "no cell meets its bound"),
];

#[test]
fn every_code_that_is_listed_is_met() {
    let folder = Folder::new("codes");
    let row = include_str!("../cli/rows.jsonl");
    let broken =
        run("closerace show upload").1.replacen("lost = \"possible\"", "lost = \"never\"", 1);
    let put = |word: &str| {
        let keep = |name: &str, text: &str| folder.keep(name, text).display().to_string();
        match word {
            "TOKEN" => token(""),
            "BROKEN" => keep("broken.toml", &broken),
            "ROWS" => keep("rows.jsonl", row),
            "DIFFERS" => {
                keep("differs.jsonl", &row.replacen("\"bytes_sent\":0", "\"bytes_sent\":7", 1))
            }
            "PASSES" => keep("passes.pkt", include_str!("../drill/linger_abort.pkt")),
            "FAILS" => keep("fails.pkt", include_str!("../drill/fails_at_flags.pkt")),
            "LACKS" => keep("lacks.pkt", include_str!("../drill/icmp.pkt")),
            "SKIPPED" => keep("skipped.jsonl", &row.replace("\"stable\":true", "\"stable\":false")),
            _ => word.to_owned(),
        }
    };
    for (of, help) in helps() {
        let verb = of.strip_prefix("closerace").unwrap_or_default().trim();
        let listed = codes(&help);
        assert!(listed.is_superset(&BTreeSet::from([0, 2, 70])), "{of}: {listed:?}");
        for code in listed.iter().filter(|code| ![2, 70].contains(*code)) {
            if UNREACHED.iter().any(|(known, n, _)| (*known, *n) == (verb, *code)) {
                continue;
            }
            let row = ENDS.iter().find(|(known, n, _)| (*known, *n) == (verb, *code));
            let (_, _, options) = row.unwrap_or_else(|| panic!("{of} ends with {code}: no row"));
            let line = format!("{of} {options}");
            let words: Vec<String> = words(&line).iter().map(|word| put(word)).collect();
            let (exit, _, err) = run_words(&words);
            assert_eq!(exit.code(), *code, "{line}: {err}");
        }
        for (_, code, _) in ENDS.iter().filter(|(known, _, _)| *known == verb) {
            assert!(listed.contains(code), "{of} ends with {code}, and its help does not say so");
        }
    }
}

/// A standard output that fails so.
struct Fails(io::ErrorKind);

impl Write for Fails {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn usage_is_2_a_full_disk_70_and_a_reader_that_has_gone_nothing() {
    for (of, _) in helps() {
        let verb = of.strip_prefix("closerace").unwrap_or_default().trim();
        let (exit, out, err) = run(&format!("{of} --no-such-option"));
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{of}");
        assert!(err.starts_with("error: "), "{of}: {err}");
        let row = ENDS.iter().find(|(known, n, _)| (*known, *n) == (verb, 0)).expect("a row");
        let folder = Folder::new(&format!("full-{verb}"));
        let rows = folder.keep("rows.jsonl", include_str!("../cli/rows.jsonl"));
        let script = folder.keep("passes.pkt", include_str!("../drill/linger_abort.pkt"));
        let options = row.2.replace("TOKEN", &token(""));
        let options = options.replace("ROWS", &rows.display().to_string());
        let options = options.replace("PASSES", &script.display().to_string());
        let words = words(&format!("{of} {options}"));
        for (fails, ends) in
            [(io::ErrorKind::StorageFull, Exit::Internal), (io::ErrorKind::BrokenPipe, Exit::Done)]
        {
            let mut err = Vec::new();
            assert_eq!(main_with(&words, &mut Fails(fails), &mut err), ends, "{of}");
            assert_eq!(err.is_empty(), ends == Exit::Done, "{of}");
        }
    }
}

/// The code stays what it was where nobody reads: a claim that fails is worth 1 in any pipe.
#[test]
fn a_reader_that_has_gone_changes_no_code() {
    let line = "closerace explore --server close --client duplex/abort --max-states 99";
    let mut err = Vec::new();
    let mut out = Fails(io::ErrorKind::BrokenPipe);
    assert_eq!(main_with(words(line), &mut out, &mut err), Exit::Inconclusive);
}

/// The table that people read has the codes of the program and its words.
#[test]
fn the_readme_has_the_codes() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("a file");
    let rows: Vec<&str> =
        readme.lines().filter(|line| line.starts_with("| `") && line.contains("` | ")).collect();
    for exit in Exit::ALL {
        let row = format!("| `{}` | {} |", exit.code(), exit.says());
        assert!(rows.contains(&row.as_str()), "the README has no row {row}");
    }
}
