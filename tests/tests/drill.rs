//! `drill`: scripts of our own, a grid of every segment in every state, and text that is no script.

use proptest::prelude::*;
use sim_core::profile::{FREEBSD, LINUX, Profile, RFC9293};
use sim_core::wire::Flags;
use sim_scenarios::drill::{self, Checked, Verdict};
use sim_tests::drill_script::{Recorded, WAYS};
use std::path::{Path, PathBuf};

const STACKS: [&Profile; 3] = [&LINUX, &FREEBSD, &RFC9293];

fn check(text: &str, stack: &'static Profile) -> Checked {
    drill::check(text, stack, &drill::own_defines(stack))
}

fn scripts() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("drill");
    let entries = std::fs::read_dir(folder).expect("the scripts");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let text = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).expect("a script");
        (file, text)
    };
    files.into_iter().map(text).collect()
}

/// The verdict in the words of a script's first line.
fn words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Passed => "passed".to_owned(),
        Verdict::Failed(failure) => format!("failed at {}", failure.line),
        Verdict::Unsupported { line, what } => format!("unsupported at {line}: {what}"),
    }
}

/// A script's first line is `// stack stack: verdict`.
#[test]
fn our_scripts_end_as_their_first_lines_say() {
    let mut seen = 0;
    for (file, text) in scripts() {
        let head = text.lines().next().unwrap_or_default().trim_start_matches("// ");
        let (stacks, wanted) = head.split_once(": ").expect("stacks and a verdict");
        for name in stacks.split(' ') {
            let stack = Profile::named(name).expect("a stack");
            let checked = check(&text, stack);
            assert_eq!(
                words(&checked.verdict),
                wanted,
                "{} on {name}: {checked:?}",
                file.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 80, "only {seen}");
}

#[test]
fn a_difference_is_shown_with_what_was_before_it() {
    let text = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n\
                +0 listen(3, 1) = 0\n+0 < S 0:0(0) win 100 <mss 1000>\n\
                +0 > S. 0:0(0) ack 1 <...>\n+0 > . 1:1(0) ack 1\n";
    let Verdict::Failed(failure) = check(text, &LINUX).verdict else { panic!("it must fail") };
    assert_eq!(failure.expected, "> . 1:1(0) ack 1");
    assert!(failure.got.starts_with("nothing sent by 0.00"), "{}", failure.got);
    assert!(failure.ladder.iter().any(|line| line.contains("< S 0:0(0) win 100")), "{failure:?}");
}

/// Segments around every edge of a window from `nxt` to `right`, with `sent` to acknowledge.
fn events(nxt: u32, right: u32, sent: u32) -> Vec<(Flags, u32, u32, Option<u32>)> {
    let kinds: [(Flags, u32, bool); 11] = [
        (Flags::SYN, 0, false),
        (Flags::SYN, 0, true),
        (Flags::SYN.with(Flags::FIN), 0, false),
        (Flags::NONE, 0, true),
        (Flags::NONE, 10, true),
        (Flags::NONE, 10, false),
        (Flags::FIN, 0, false),
        (Flags::FIN, 0, true),
        (Flags::FIN, 10, true),
        (Flags::RST, 0, false),
        (Flags::RST, 0, true),
    ];
    let places = [nxt.wrapping_sub(1), nxt, nxt + 1, right.wrapping_sub(1), right, right + 1];
    let mut list = Vec::new();
    for (flags, len, acks) in kinds {
        for seq in places.into_iter().filter(|seq| *seq < 1 << 30) {
            let ranges: Vec<Option<u32>> =
                if acks { vec![Some(sent), Some(sent + 1), Some(0)] } else { vec![None] };
            list.extend(ranges.into_iter().map(|ack| (flags, seq, len, ack)));
        }
    }
    list
}

/// What the model does when it is driven directly is what a script has to see.
#[test]
fn every_segment_in_every_state_passes_as_a_script() {
    let mut count = 0;
    for stack in STACKS {
        for (name, way, nxt) in WAYS {
            let mut there = Recorded::new(stack);
            way(&mut there);
            let (edge, sent) = there.edges();
            for (flags, seq, len, ack) in events(nxt, edge.max(nxt), sent) {
                // A SYN that opens the connection is what the script counts from.
                if name == "SYN-SENT" && flags.syn() && seq > 0 {
                    continue;
                }
                let mut recorded = there.clone();
                recorded.arrives(flags, seq, len, ack);
                recorded.claim_state();
                let checked = check(&recorded.text, stack);
                let text = &recorded.text;
                assert_eq!(checked.verdict, Verdict::Passed, "{} {name}:\n{text}", stack.name);
                count += 1;
            }
        }
    }
    assert!(count > 4_000, "{count}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever stands in a file, there is a verdict.
    #[test]
    fn no_text_makes_it_panic(text in "[ -~\n]{0,200}") {
        for stack in STACKS {
            let _ = check(&text, stack);
        }
    }

    /// Scripts with a piece cut out, doubled, or a number changed.
    #[test]
    fn no_spoilt_script_makes_it_panic(
        which in 0usize..1000,
        from in 0usize..2000,
        len in 0usize..40,
        put in "[-+.0-9a-zA-Z<>(),:*~ ]{0,6}",
    ) {
        let all = scripts();
        let (_, text) = &all[which % all.len()];
        let chars: Vec<char> = text.chars().collect();
        let from = from % (chars.len() + 1);
        let to = (from + len).min(chars.len());
        let spoilt: String =
            chars[..from].iter().chain(put.chars().collect::<Vec<_>>().iter())
                .chain(&chars[to..]).collect();
        for stack in STACKS {
            let _ = check(&spoilt, stack);
        }
    }
}
