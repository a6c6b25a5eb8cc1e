//! Completions and manual pages are what the definition of the command line says: every option of
//! every command, every value that an option can have, every example and every exit code.

use clap::{Arg, Command};
use sim_scenarios::cli::{Exit, command};
use sim_tests::typed::{Folder, run};
use std::fmt::Debug;

/// The program and its commands.
fn commands() -> Vec<Command> {
    let all = command();
    let verbs: Vec<Command> = all.get_subcommands().cloned().collect();
    [vec![all], verbs].concat()
}

/// Every way to write an option: `--body`, `-q`.
fn spellings(arg: &Arg) -> Vec<String> {
    let long = arg.get_long().into_iter().chain(arg.get_visible_aliases().into_iter().flatten());
    let short = arg.get_short().into_iter();
    long.map(|name| format!("--{name}")).chain(short.map(|c| format!("-{c}"))).collect()
}

fn values(arg: &Arg) -> Vec<String> {
    let takes = arg.get_num_args().is_some_and(|count| count.takes_values());
    let values = arg.get_possible_values().into_iter().map(|value| value.get_name().to_owned());
    if takes { values.collect() } else { Vec::new() }
}

/// Something that should be there, and is not.
fn missing(found: &mut Vec<String>, there: bool, what: impl Debug) {
    if !there {
        found.push(format!("{what:?}"));
    }
}

fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

fn completions(shell: &str) -> String {
    let (exit, out, err) = run(&format!("closerace completions {shell}"));
    assert_eq!(exit, Exit::Done, "{err}");
    out
}

/// What is between a line that is `from` and the next one that is `to`.
fn block<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    let lines = text.lines().skip_while(|line| line.trim() != from).skip(1);
    lines.take_while(|line| line.trim_end() != to).collect()
}

#[test]
fn bash_knows_every_option_and_value() {
    let text = completions("bash");
    let mut absent = Vec::new();
    for command in commands() {
        let name = command.get_name();
        let of = match name {
            "closerace" => "closerace)".to_owned(),
            verb => format!("closerace__subcmd__{verb})"),
        };
        let block = block(&text, &of, "            ;;");
        let options = block.iter().find_map(|line| line.trim().strip_prefix("opts=\""));
        let options: Vec<&str> = options.unwrap_or_default().split([' ', '"']).collect();
        for arg in command.get_arguments() {
            for spelled in spellings(arg) {
                missing(&mut absent, options.contains(&spelled.as_str()), (name, &spelled));
                let at = block.iter().position(|line| line.trim() == format!("{spelled})"));
                let offered = at.and_then(|at| block.get(at + 1)).copied().unwrap_or_default();
                let offered: Vec<&str> = offered.split([' ', '"']).collect();
                for value in values(arg) {
                    let there = offered.contains(&value.as_str());
                    missing(&mut absent, there, (name, &spelled, &value));
                }
            }
            if arg.is_positional() {
                for value in values(arg) {
                    missing(&mut absent, options.contains(&value.as_str()), (name, &value));
                }
            }
        }
        for verb in command.get_subcommands() {
            missing(&mut absent, options.contains(&verb.get_name()), (name, verb.get_name()));
        }
    }
    none("bash does not know", &absent);
}

/// Whether a row of zsh is about this option: `(--other)*--option=[says]:NAME:(values)`.
fn defines(row: &str, spelled: &str) -> bool {
    let row = row.trim_start_matches('\'');
    let row = match row.strip_prefix('(') {
        Some(excludes) => excludes.split_once(')').map_or("", |(_, rest)| rest),
        None => row,
    };
    let rest = row.trim_start_matches('*').strip_prefix(spelled);
    rest.is_some_and(|rest| rest.starts_with(['=', '[', '+']))
}

#[test]
fn zsh_knows_every_option_and_value() {
    let text = completions("zsh");
    let mut absent = Vec::new();
    for command in commands() {
        let name = command.get_name();
        // The program's own options stand at the beginning, before any command's.
        let block = match name {
            "closerace" => {
                block(&text, "local context curcontext=\"$curcontext\" state line", "&& ret=0")
            }
            verb => block(&text, &format!("({verb})"), ";;"),
        };
        let joined = block.join("\n");
        for arg in command.get_arguments() {
            for spelled in spellings(arg) {
                let row = joined.split("\n'").find(|row| defines(row, &spelled));
                missing(&mut absent, row.is_some(), (name, &spelled));
                for value in values(arg) {
                    let row = row.unwrap_or_default().replace("\\:", ":");
                    let offered = |c: char| " ()\n".contains(c) || c == '\\' || c == ':';
                    let there = row.split(offered).any(|word| word == value);
                    missing(&mut absent, there, (name, &spelled, &value));
                }
            }
            if arg.is_positional() {
                for value in values(arg) {
                    missing(&mut absent, joined.contains(&value), (name, &value));
                }
            }
        }
        for verb in command.get_subcommands() {
            let there = text.contains(&format!("\n'{}:", verb.get_name()));
            missing(&mut absent, there, (name, verb.get_name()));
        }
    }
    none("zsh does not know", &absent);
}

#[test]
fn fish_knows_every_option_and_value() {
    let text = completions("fish");
    let mut absent = Vec::new();
    let rows: Vec<&str> = text.split("\ncomplete -c closerace -n ").collect();
    for command in commands() {
        let name = command.get_name();
        let when = match name {
            "closerace" => "\"__fish_closerace_needs_command\"".to_owned(),
            verb => format!("\"__fish_closerace_using_subcommand {verb}\""),
        };
        let own: Vec<&str> = rows.iter().filter_map(|row| row.strip_prefix(&when)).collect();
        // A value has its explanation behind a tab.
        let offers = |row: &str, value: &str| {
            let mut words = row.split([' ', '"', '\n']);
            words.any(|word| word.split("\\t").next() == Some(value))
        };
        for arg in command.get_arguments() {
            for spelled in spellings(arg) {
                let flag = match spelled.strip_prefix("--") {
                    Some(long) => format!(" -l {long} "),
                    None => format!(" -s {} ", spelled.trim_start_matches('-')),
                };
                let row = own.iter().find(|row| format!("{row} ").contains(&flag));
                missing(&mut absent, row.is_some(), (name, &spelled));
                for value in values(arg) {
                    let there = row.is_some_and(|row| offers(row, &value));
                    missing(&mut absent, there, (name, &spelled, &value));
                }
            }
        }
        for verb in command.get_subcommands() {
            let there = own.iter().any(|row| row.contains(&format!(" -a \"{}\"", verb.get_name())));
            missing(&mut absent, there, (name, verb.get_name()));
        }
    }
    none("fish does not know", &absent);
}

/// Names of servers and clients can be completed, though numbers can be set behind them.
#[test]
fn names_are_offered() {
    for shell in ["bash", "zsh", "fish"] {
        let text = completions(shell);
        for name in ["lingering-close", "tomcat", "duplex/abort", "curl-expect", "generic"] {
            assert!(text.contains(name), "{shell}: {name}");
        }
    }
}

// --- manual pages -------------------------------------------------------------------------------

/// A page as it is read: without requests to roff and without escapes.
fn read(page: &str) -> String {
    let lines = page.lines().filter(|line| !line.starts_with(".SH") && !line.starts_with(".TH"));
    let text: Vec<&str> = lines.collect();
    let mut text = text.join("\n");
    for (escaped, plain) in [
        ("\\fB", ""),
        ("\\fI", ""),
        ("\\fR", ""),
        ("\\-", "-"),
        ("\\(aq", "'"),
        ("\\*(Aq", "'"),
        ("\\&", ""),
        ("\\e", "\\"),
    ] {
        text = text.replace(escaped, plain);
    }
    text
}

#[test]
fn every_page_has_every_option_value_example_and_code() {
    let mut absent = Vec::new();
    for command in commands() {
        let name = command.get_name();
        let (exit, page, err) = match name {
            "closerace" => run("closerace man"),
            verb => run(&format!("closerace man {verb}")),
        };
        assert_eq!(exit, Exit::Done, "{err}");
        let version = format!("\"closerace {}\"", env!("CARGO_PKG_VERSION"));
        assert!(
            page.lines().any(|line| line.starts_with(".TH closerace") && line.contains(&version))
        );
        let text = read(&page);
        let heads: Vec<&str> =
            text.lines().filter(|line| line.starts_with(['-', '[', '<'])).collect();
        for arg in command.get_arguments() {
            for spelled in spellings(arg) {
                // The alias of an option is told in its text.
                let is = |word: &str| word.trim_end_matches(',') == spelled;
                let there = heads.iter().any(|line| line.split([' ', '=']).any(is))
                    || text.contains(&format!("{spelled}]"))
                    || text.contains(&format!("aliases: {spelled}"));
                missing(&mut absent, there, (name, &spelled));
            }
            if !arg.is_hide_possible_values_set() {
                for value in values(arg) {
                    let begins =
                        |line: &str| line == value || line.starts_with(&format!("{value}:"));
                    let there = text.lines().any(begins) || text.contains(&value);
                    missing(&mut absent, there, (name, arg.get_id().as_str(), &value));
                }
            }
        }
        let end = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for line in end.lines().filter(|line| line.starts_with("  ")) {
            missing(&mut absent, text.lines().any(|it| it == line), (name, line));
        }
        for verb in command.get_subcommands() {
            missing(
                &mut absent,
                text.contains(&format!("closerace-{}(1)", verb.get_name())),
                verb.get_name(),
            );
        }
        assert!(
            page.contains("\n.SH EXAMPLES\n") && page.contains("\n.SH EXIT STATUS\n"),
            "{name}"
        );
    }
    none("a page does not have", &absent);
}

#[test]
fn a_folder_gets_a_page_for_every_command() {
    let folder = Folder::new("pages");
    let (exit, out, err) = run(&format!("closerace man --dir {}", folder.path().display()));
    assert_eq!((exit, out.as_str(), err.as_str()), (Exit::Done, "", ""));
    for command in commands() {
        let (file, line) = match command.get_name() {
            "closerace" => ("closerace.1".to_owned(), "closerace man".to_owned()),
            verb => (format!("closerace-{verb}.1"), format!("closerace man {verb}")),
        };
        let page = std::fs::read_to_string(folder.path().join(&file)).expect("a page");
        assert_eq!(page, run(&line).1, "{file}");
    }
    let (exit, _, err) = run("closerace man --dir no/such/folder");
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("cannot write no/such/folder"), "{err}");
    let (exit, _, err) = run("closerace man xyzzy");
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("possible values: matrix"), "{err}");
}

/// The list that `man` takes is the list of commands.
#[test]
fn man_takes_every_command() {
    let all = command();
    let man = all.find_subcommand("man").expect("man");
    let of = man.get_positionals().next().expect("a name");
    let verbs: Vec<&str> = all.get_subcommands().map(Command::get_name).collect();
    assert_eq!(values(of), verbs);
}
