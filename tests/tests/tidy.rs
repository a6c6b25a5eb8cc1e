//! The house rules as tests: floors, sizes, words, citations, registration, absences.

use sim_core::profile;
use sim_core::socket;
use sim_core::tcp::rule::PRACTICE;
use sim_scenarios::{client, server};
use sim_tests::source::{EVERYWHERE, Source, code, none, root, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

// --- floors -------------------------------------------------------------------------------------

/// From bottom to top: each may name itself and what stands before it.
const FLOORS: [&str; 11] = [
    "wire", "exact", "answer", "tcp", "socket", "profile", "script", "world", "pace", "drive",
    "report",
];

/// File, the floor above it that it names, and why it may.
const UPWARDS: [(&str, &str, &str); 0] = [];

fn floor(path: &str) -> Option<usize> {
    let first = path.strip_prefix("sim-core/src/")?.split(['/', '.']).next()?;
    FLOORS.iter().position(|name| *name == first)
}

/// Floors that a file's code names: `crate::floor`, `use crate::{floor, ..}`, and `super` up to the
/// root.
fn named_floors(source: &Source) -> BTreeSet<&'static str> {
    let text: Vec<&str> = source.lines.iter().map(|line| code(line)).collect();
    let text = text.join(" ");
    let depth = source.path.trim_start_matches("sim-core/src/").matches('/').count() + 1;
    let to_root = "super::".repeat(depth);
    let starts_with = |rest: &str, floor: &str| {
        rest.strip_prefix(floor)
            .is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let mut named = BTreeSet::new();
    for prefix in ["crate::", &to_root] {
        for (at, _) in text.match_indices(prefix) {
            let rest = &text[at + prefix.len()..];
            let group = rest.strip_prefix('{').map(|list| list.split("};").next().unwrap_or(list));
            let names: Vec<&str> = match group {
                Some(list) => list.split(',').map(str::trim).collect(),
                None => vec![rest],
            };
            let found = FLOORS.iter().filter(|floor| names.iter().any(|it| starts_with(it, floor)));
            named.extend(found);
        }
    }
    named
}

#[test]
fn imports_run_from_top_to_bottom() {
    let mut found = Vec::new();
    let mut used = BTreeSet::new();
    for source in sources(&["sim-core/src"]) {
        let Some(own) = floor(&source.path) else { continue };
        for named in named_floors(&source) {
            let above = FLOORS.iter().position(|floor| *floor == named).is_some_and(|it| it > own);
            let excused = |(file, floor, _): &&(&str, &str, &str)| {
                source.path.ends_with(*file) && *floor == named
            };
            match UPWARDS.iter().find(excused) {
                _ if !above => {}
                Some((file, floor, _)) => drop(used.insert((*file, *floor))),
                None => found.push(format!("{} names {named}", source.path)),
            }
        }
    }
    none("a floor may only name what stands below it", &found);
    assert_eq!(used.len(), UPWARDS.len(), "an exception is no longer needed: {used:?}");
}

// --- sizes --------------------------------------------------------------------------------------

/// Files of more than 400 lines of code, with the reason.
const LONG_FILES: [(&str, &str); 0] = [];

/// Where lines of more than 100 columns are left, with the reason.
const WIDE: [(&str, &str); 1] =
    [("sim-scenarios/src/token.rs", "a drawing with characters of several bytes")];

#[test]
fn files_fit_in_four_hundred_lines_of_code() {
    let mut found = Vec::new();
    for source in sources(&EVERYWHERE) {
        let is_test = |line: &&String| line.trim() != "#[cfg(test)]";
        let lines =
            source.lines.iter().take_while(is_test).filter(|line| !code(line).trim().is_empty());
        let count = lines.count();
        if count > 400 && !LONG_FILES.iter().any(|(file, _)| source.path.ends_with(file)) {
            found.push(format!("{}: {count}", source.path));
        }
    }
    none("longer than 400 lines of code", &found);
}

/// File, function of more than 70 lines, and the reason.
const LONG_FUNCTIONS: [(&str, &str, &str); 1] =
    [("conform/lab_app.rs", "op", "fixme: one arm a call of the recorded language")];

/// Functions of a file as name and lines, read off the indentation.
fn functions(source: &Source) -> Vec<(String, usize)> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (at, line) in source.lines.iter().enumerate() {
        let words = code(line).trim_start();
        let is_fn = words.starts_with("fn ")
            || words.split(" fn ").next().is_some_and(|before| {
                words.contains(" fn ")
                    && before.split(' ').all(|word| {
                        ["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe"]
                            .contains(&word)
                    })
            });
        if !is_fn {
            continue;
        }
        let name = words.split("fn ").nth(1).and_then(|rest| rest.split(['(', '<']).next());
        let end = source.lines[at..].iter().position(|end| {
            indent(end) == indent(line) && (end.trim_start() == "}" || end.ends_with(" }"))
        });
        found.push((name.unwrap_or_default().to_owned(), end.map_or(1, |lines| lines + 1)));
    }
    found
}

#[test]
fn functions_fit_on_a_screen() {
    let mut found = Vec::new();
    for source in sources(&EVERYWHERE) {
        let long = functions(&source).into_iter().filter(|(name, lines)| {
            let excused = |(file, function, _): &(&str, &str, &str)| {
                source.path.ends_with(file) && name == function
            };
            *lines > 70 && !LONG_FUNCTIONS.iter().any(excused)
        });
        found.extend(long.map(|(name, lines)| format!("{} {name}: {lines}", source.path)));
    }
    none("longer than 70 lines", &found);
}

#[test]
fn lines_fit_in_a_hundred_columns() {
    let mut found = Vec::new();
    for source in sources(&EVERYWHERE) {
        if WIDE.iter().any(|(place, _)| source.path.starts_with(place)) {
            continue;
        }
        let wide = source.lines.iter().enumerate().filter(|(_, line)| line.chars().count() > 100);
        for (at, line) in wide {
            found.push(format!("{}:{}: {}", source.path, at + 1, line.chars().count()));
        }
    }
    none("wider than 100 columns", &found);
}

// --- words --------------------------------------------------------------------------------------

/// No rule knows these. (A window is a word of TCP; the platform begins with a capital.)
const PLATFORMS: [&str; 13] = [
    "linux", "freebsd", "openbsd", "netbsd", "bsd", "darwin", "macos", "xnu", "solaris", "illumos",
    "winsock", "lwip", "gvisor",
];

#[test]
fn no_rule_names_a_platform() {
    let mut found = Vec::new();
    for source in sources(&["sim-core/src"]) {
        // The floors below `profile`, and none of the others decides by a platform's name either.
        let named = floor(&source.path).map(|at| FLOORS[at]);
        if named.is_none_or(|floor| floor == "profile") {
            continue;
        }
        for (at, line) in source.lines.iter().enumerate() {
            let words = code(line).split(|c: char| !c.is_alphanumeric());
            let is_platform = |word: &&str| {
                PLATFORMS.contains(&word.to_lowercase().as_str()) || *word == "Windows"
            };
            found.extend(
                words.filter(is_platform).map(|word| format!("{}:{}: {word}", source.path, at + 1)),
            );
        }
    }
    none("a platform's name outside of the profiles", &found);
}

/// File, what it holds although no source may, and why.
const KEPT: [(&str, &str, &str); 1] =
    [("tests/live/play.rs", "thread::sleep", "a server that waits, on a real kernel")];

/// What the model must not touch, and what no source may leave behind.
#[test]
fn the_model_does_no_input_or_output_and_nothing_is_left_undone() {
    let mut found = Vec::new();
    let mut look = |folders: &[&str], words: &[String]| {
        for source in sources(folders).iter().filter(|source| !source.path.ends_with("tidy.rs")) {
            for (at, line) in source.lines.iter().enumerate() {
                let kept = |word: &str| KEPT.iter().any(|it| (it.0, it.1) == (&source.path, word));
                let there = words.iter().filter(|word| code(line).contains(word.as_str()));
                let there = there.filter(|word| !kept(word));
                found.extend(there.map(|word| format!("{}:{}: {word}", source.path, at + 1)));
            }
        }
    };
    let outside = ["fs", "net", "thread", "env", "process", "io"].map(|it| format!("std::{it}"));
    look(&["sim-core/src"], &outside);
    look(&["sim-core/src"], &["println!".to_owned(), "eprintln!".to_owned()]);
    let undone = ["todo!", "unimplemented!", "dbg!", "#[ignore", "thread::sleep"];
    look(&EVERYWHERE, &undone.map(str::to_owned));
    none("not here", &found);
}

#[test]
fn every_crate_forbids_unsafe_code() {
    for krate in ["sim-core/src/lib.rs", "sim-scenarios/src/lib.rs", "tests/src/lib.rs"] {
        let text = std::fs::read_to_string(root().join(krate)).expect("a readable file");
        assert!(text.contains("#![forbid(unsafe_code)]"), "{krate}");
    }
}

// --- rules --------------------------------------------------------------------------------------

/// Sections of the RFCs that rules cite, as their tables of contents have them.
const SECTIONS: [(&str, &[&str]); 8] = [
    ("793", &["3.4", "3.9"]),
    ("1337", &["1", "2", "3"]),
    ("5681", &["3.1", "3.2", "4.1", "4.2"]),
    ("5961", &["3.2", "4.2", "5.2", "7"]),
    ("6298", &["2", "3", "4", "5"]),
    ("6528", &["3"]),
    ("8985", &["7.2", "7.3", "7.4"]),
    (
        "9293",
        &[
            "3.3.2",
            "3.4",
            "3.4.1",
            "3.4.2",
            "3.4.3",
            "3.5",
            "3.5.1",
            "3.5.2",
            "3.5.3",
            "3.6",
            "3.6.1",
            "3.7.1",
            "3.7.4",
            "3.8.1",
            "3.8.2",
            "3.8.3",
            "3.8.4",
            "3.8.6",
            "3.8.6.1",
            "3.8.6.2.1",
            "3.8.6.2.2",
            "3.8.6.3",
            "3.9.1",
            "3.9.1.1",
            "3.10.1",
            "3.10.2",
            "3.10.3",
            "3.10.4",
            "3.10.5",
            "3.10.6",
            "3.10.7",
            "3.10.7.1",
            "3.10.7.2",
            "3.10.7.3",
            "3.10.7.4",
            "3.10.8",
        ],
    ),
];

/// The steps of SEGMENT ARRIVES, in order.
const STEPS: [&str; 8] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];

/// How many of them a section has.
fn steps(section: &str) -> usize {
    match section {
        "3.10.7.2" => 4,
        "3.10.7.3" => 5,
        "3.10.7.4" => 8,
        _ => 0,
    }
}

fn is_cited(cite: &str) -> bool {
    if cite == PRACTICE {
        return true;
    }
    let words: Vec<&str> = cite.split(' ').collect();
    let [rfc, section, step @ ..] = words.as_slice() else { return false };
    let exists = SECTIONS.iter().any(|(name, list)| name == rfc && list.contains(section));
    exists
        && match step {
            [] => true,
            [step] => STEPS[..steps(section)].contains(step),
            _ => false,
        }
}

#[test]
fn every_rule_is_cited_and_says_one_thing() {
    let mut found = Vec::new();
    for rule in socket::rules() {
        if !is_cited(rule.cite) {
            found.push(format!("{} cites {:?}", rule.id, rule.cite));
        }
        let begins = rule.says.chars().next();
        let capital = begins.is_none_or(|c| c.is_uppercase())
            && !rule.says.starts_with("SHUT_")
            && !rule.says.starts_with("SO_");
        if rule.says.ends_with('.') || capital && !rule.says.starts_with("SYN") {
            found.push(format!("{} says {:?}", rule.id, rule.says));
        }
    }
    none("a citation is `RFC section step`, a sentence has no capital and no full stop", &found);
}

/// Rules by id, with the file that makes them.
fn rules_in_the_sources() -> BTreeMap<String, String> {
    let mut rules = BTreeMap::new();
    for source in sources(&["sim-core/src/tcp", "sim-core/src/socket"]) {
        let text = source.lines.join(" ");
        for (at, call) in text.match_indices("Rule::new(") {
            let id = text[at + call.len()..].trim_start().trim_start_matches('"');
            let Some(id) = id.split('"').next().filter(|id| id.contains('.')) else { continue };
            let twice = rules.insert(id.to_owned(), source.path.clone());
            assert_eq!(twice, None, "{id} is made twice");
        }
    }
    rules
}

#[test]
fn every_rule_is_listed_and_named_after_its_file() {
    let made = rules_in_the_sources();
    let listed: BTreeSet<&str> = socket::rules().iter().map(|rule| rule.id).collect();
    let there: BTreeSet<&str> = made.keys().map(String::as_str).collect();
    assert_eq!(there, listed, "made in the sources, and listed by socket::rules");
    let stem = |path: &str| path.rsplit('/').next().map(|it| it.trim_end_matches(".rs").to_owned());
    let elsewhere: Vec<String> = made
        .iter()
        .filter(|(id, path)| id.split('.').next().map(str::to_owned) != stem(path))
        .map(|(id, path)| format!("{id} in {path}"))
        .collect();
    none("a rule's name begins with its file's", &elsewhere);
}

#[test]
fn every_rule_has_a_row_and_no_row_names_another() {
    let mut rowed = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    for entry in std::fs::read_dir(folder).expect("the tables") {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("a table");
        let rows = text.lines().filter(|line| !line.starts_with(['#', '[']));
        let rules = rows.filter_map(|row| row.rsplit("  ").next()).flat_map(str::split_whitespace);
        rowed.extend(rules.filter(|word| word.contains('.')).map(str::to_owned));
    }
    let rules: BTreeSet<String> = socket::rules().iter().map(|rule| rule.id.to_owned()).collect();
    let missing: Vec<String> = rules.difference(&rowed).cloned().collect();
    none("no row", &missing);
    let unknown: Vec<String> = rowed.difference(&rules).cloned().collect();
    none("a row names a rule that is not there", &unknown);
}

// --- registration and absences ------------------------------------------------------------------

#[test]
fn questions_have_names_of_their_own_and_every_profile_answers_the_same() {
    let names = |it: &profile::Profile| -> Vec<String> {
        it.answers().iter().map(|(question, _, _)| question.0.to_owned()).collect()
    };
    for it in profile::ALL {
        let list = names(it);
        let set: BTreeSet<&String> = list.iter().collect();
        assert_eq!(set.len(), list.len(), "{}: a question is asked twice", it.name);
        assert_eq!(list, names(profile::ALL[0]), "{}", it.name);
    }
}

#[test]
fn every_strategy_and_policy_that_has_a_file_is_in_its_list() {
    let files = |folder: &str, kind: &str| {
        let makes = |line: &String| line.starts_with("pub") && line.contains(kind);
        sources(&[folder]).iter().filter(|source| source.lines.iter().any(makes)).count()
    };
    let data = |folder: &str| {
        let entries = std::fs::read_dir(root().join(folder)).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").path());
        names.filter(|path| path.extension().is_some_and(|end| end == "toml")).count()
    };
    assert_eq!(data("sim-scenarios/src/server"), server::all().len());
    assert_eq!(data("sim-scenarios/src/client"), client::all().len());
    assert_eq!(files("sim-core/src/profile", ": Profile = "), profile::ALL.len());
}

/// Fails to compile where the type has the trait: two implementations would then fit.
macro_rules! lacks {
    ($type:ty: $bound:path) => {{
        trait Ambiguous<A> {
            fn fits() {}
        }
        impl<T: ?Sized> Ambiguous<()> for T {}
        struct Has;
        impl<T: ?Sized + $bound> Ambiguous<Has> for T {}
        <$type as Ambiguous<_>>::fits();
    }};
}

#[test]
fn what_must_be_absent_is_absent() {
    lacks!(sim_core::wire::Seq: PartialOrd);
    lacks!(sim_core::wire::Seq: Ord);
    lacks!(sim_core::wire::Seq: From<u32>);
    lacks!(sim_core::profile::Profile: Default);
    lacks!(sim_core::profile::Profile: Clone);
    lacks!(sim_core::world::World: Default);
}

/// What is taken where nobody has looked stands in one file; a stack's own file has what was found
/// for it, or another reason.
#[test]
fn what_nobody_has_read_is_said_once() {
    let reason = |line: &String| {
        let text = line.split('"').nth(1)?;
        text.contains("not read in this stack").then(|| text.to_owned())
    };
    let (mut said, mut again) = (BTreeSet::new(), Vec::new());
    let (base, stacks): (Vec<_>, Vec<_>) = sources(&["sim-core/src/profile"])
        .into_iter()
        .partition(|source| source.path.ends_with("profile/base.rs"));
    said.extend(base.iter().flat_map(|source| source.lines.iter().filter_map(reason)));
    assert!(said.len() > 20, "reasons: {said:?}");
    for source in stacks {
        let repeated = source.lines.iter().filter_map(reason).filter(|it| said.contains(it));
        again.extend(repeated.map(|it| format!("{}: {it}", source.path)));
    }
    none("said in profile/base.rs already", &again);
}
