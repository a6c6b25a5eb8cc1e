//! A run that needs an answer nobody has ends as undetermined and names the question; one that used
//! an assumed answer says so. Asked of every command that steps a world.

use sim_scenarios::cli::{Exit, main_with};

fn run(args: &str) -> (Exit, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = main_with(args.split_whitespace(), &mut out, &mut err);
    let all = [out, err].concat();
    let text = String::from_utf8(all).expect("text");
    (exit, text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What nobody has read or measured, in each command's words.
#[test]
fn a_missing_answer_ends_every_command_with_its_name() {
    let rows = [
        (
            "closerace run --story shutdown-first --server-stack windows-keep",
            "undetermined: the profile does not answer close.states",
        ),
        (
            "closerace explore --server shutdown-close --client write-all/abort --client-stack \
             windows-keep",
            "could not be taken, the first because the profile does not answer reset.after_fin",
        ),
        (
            "closerace matrix --server shutdown-close --client late-reader --client-stack \
             windows-keep --story upload --trials 20",
            "undetermined, marked ?, the first because the profile does not answer reset.after_fin",
        ),
        (
            "closerace loss --server shutdown-close --client write-all/abort --server-stack \
             windows-keep --trials 50",
            "the profile does not answer close.states",
        ),
    ];
    for (args, says) in rows {
        let (exit, text) = run(args);
        assert_eq!(exit, Exit::Inconclusive, "{args}: {text}");
        assert!(text.contains("ndetermined") || text.contains("could not be taken"), "{text}");
        assert!(text.contains(says), "{args}: {says} in {text}");
    }
}

#[test]
fn an_assumed_answer_is_named_by_the_run_that_used_it() {
    let (exit, text) = run("closerace run --server close --client late-reader --client-stack lwip");
    assert_eq!(exit, Exit::Done, "{text}");
    assert!(text.contains("Answers used here that nobody has measured:"), "{text}");
}

#[test]
fn tokens_name_stacks_with_hyphens() {
    for stacks in [
        "--client-stack windows-keep",
        "--server-stack linux-6-12 --client-stack windows-flush",
        "--server-stack openbsd --client-stack linux-6-12",
    ] {
        let (exit, text) = run(&format!("closerace run --server close {stacks}"));
        assert_eq!(exit, Exit::Done, "{text}");
        let token = text.split(' ').find(|word| word.starts_with("cr1.")).expect("a token");
        assert_eq!(run(&format!("closerace replay {token}")), (exit, text.clone()), "{stacks}");
    }
}
