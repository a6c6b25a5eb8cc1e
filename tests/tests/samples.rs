//! Measured round trips: every command that takes a law for the round trip takes a file of them,
//! and means the same by it as `loss` does.

use serde_json::Value;
use sim_scenarios::cli::{Exit, command};
use sim_tests::typed::{Folder, run};

const PAIR: &str = "--server close --client duplex/abort";

/// The file of the sessions, and the law that `loss` makes of it.
fn measured(folder: &Folder) -> (String, String) {
    let file = folder.keep("rtts.csv", include_str!("../cli/rtts.csv")).display().to_string();
    let line = format!("closerace loss {PAIR} --trials 9 --rtt-samples {file} --format json");
    let (exit, out, err) = run(&line);
    assert_eq!(exit, Exit::Done, "{err}");
    let value: Value = serde_json::from_str(&out).expect("json");
    (file, value["laws"][0]["law"].as_str().expect("a law").to_owned())
}

#[test]
fn a_file_is_its_law_for_every_command() {
    let folder = Folder::new("samples");
    let (file, law) = measured(&folder);
    for line in [
        format!("run {PAIR} --trial 3"),
        format!("explore {PAIR}"),
        format!("export {PAIR} --format csv"),
        "matrix --server close --client curl --trials 20 --format json".to_owned(),
    ] {
        let (exit, by_file, err) = run(&format!("closerace {line} --rtt-samples {file}"));
        assert_eq!((exit, err.as_str()), (Exit::Done, ""), "{line}");
        assert_eq!(run(&format!("closerace {line} --rtt {law}")).1, by_file, "{line}");
        assert_ne!(run(&format!("closerace {line}")).1, by_file, "{line}");
    }
}

/// Whoever has a law for the round trip has the file as well.
#[test]
fn no_command_has_one_without_the_other() {
    let all = command();
    let has = |command: &clap::Command, name: &str| {
        command.get_arguments().any(|arg| arg.get_long() == Some(name))
    };
    let mut with = 0;
    for command in all.get_subcommands().chain([&all]) {
        for option in ["rtt-samples", "column", "unit"] {
            assert_eq!(has(command, "rtt"), has(command, option), "{}", command.get_name());
        }
        with += usize::from(has(command, "rtt"));
    }
    assert_eq!(with, 8, "the program, matrix, run, explore, race, loss, advise, export");
}

#[test]
fn a_file_that_does_not_fit_is_refused_alike() {
    let folder = Folder::new("samples-wrong");
    let wrong = folder.keep("wrong.csv", "rtt_ms\n10\nfast\n").display().to_string();
    for verb in ["run", "explore", "matrix", "loss", "export --format csv --client duplex/abort"] {
        let line = format!("closerace {verb} --server close --rtt-samples {wrong}");
        let (exit, out, err) = run(&line);
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{line}");
        assert!(err.contains("wrong.csv:3: \"fast\" is not a number of ms"), "{err}");
        let (exit, _, err) = run(&format!("{line} --rtt 5ms"));
        assert_eq!(exit, Exit::Usage);
        assert!(err.contains("cannot be used with"), "{err}");
    }
}

/// A story with other round trips is another story: its claims are not judged.
#[test]
fn a_story_with_measured_round_trips_is_not_as_told() {
    let folder = Folder::new("samples-told");
    let (file, _) = measured(&folder);
    let claims = "What the story claims";
    assert!(run("closerace explore --story upload").1.contains(claims));
    let (_, out, _) = run(&format!("closerace explore --story upload --rtt-samples {file}"));
    assert!(!out.contains(claims), "{out}");
}

/// A token says all that chooses a run.
#[test]
fn export_takes_a_token_or_what_chooses_a_run() {
    let all = command();
    let [export, run_verb] =
        ["export", "run"].map(|verb| all.find_subcommand(verb).expect("a command"));
    let own = ["scenario", "format", "color", "quiet", "help"];
    for arg in run_verb.get_arguments() {
        let Some(name) = arg.get_long().filter(|name| !own.contains(name)) else { continue };
        assert!(export.get_arguments().any(|it| it.get_long() == Some(name)), "{name}");
        let takes = arg.get_num_args().is_some_and(|count| count.takes_values());
        let value = match (takes, name) {
            (false, _) => "",
            (true, "column") => "x --rtt-samples y",
            (true, "unit") => "ms --rtt-samples y",
            (true, "server") => "close",
            (true, "client") => "curl",
            (true, "story") => "upload",
            (true, "server-stack" | "client-stack") => "linux",
            (true, _) => "1",
        };
        let line = format!("closerace export cr1.x --format csv --{name} {value}");
        let (exit, _, err) = run(&line);
        assert_eq!(exit, Exit::Usage, "{line}");
        assert!(err.contains("cannot be used with"), "{line}: {err}");
    }
}
