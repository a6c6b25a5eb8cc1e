//! What is exported for packetdrill passes `drill` on the same stack.

use proptest::prelude::*;
use proptest::sample::select;
use sim_core::drive::run::HORIZON;
use sim_core::profile::{FREEBSD, LINUX, Profile, RFC9293};
use sim_core::report::trace::timed;
use sim_core::wire::Side;
use sim_scenarios::case::Size;
use sim_scenarios::catalogue::{self, Scenario};
use sim_scenarios::drill::{Verdict, check, own_defines};
use sim_scenarios::render::packetdrill::{self, Unwritable};
use sim_scenarios::render::run::Run;
use sim_scenarios::{Race, client, server};

/// Both sides of one run, as scripts.
fn scripts(scenario: &Scenario, seed: u64) -> [Result<String, Unwritable>; 2] {
    let timed = timed(&scenario.setup, HORIZON, seed, 0).expect("a run");
    let run = Run {
        setup: &scenario.setup,
        story: &timed.story,
        reply: scenario.reply,
        title: scenario.name.clone(),
        subject: String::new(),
        verdict: String::new(),
        again: String::new(),
    };
    [Side::A, Side::B].map(|side| packetdrill::script(&run, side))
}

fn stack() -> impl Strategy<Value = &'static Profile> {
    select(vec![&LINUX, &FREEBSD, &RFC9293])
}

/// Whatever is written passes; why the others are not.
fn both_pass(scenario: &Scenario, seed: u64) -> Vec<Unwritable> {
    let mut refused = Vec::new();
    for (script, stack) in scripts(scenario, seed).into_iter().zip(scenario.setup.profiles) {
        match script {
            Ok(text) => {
                let checked = check(&text, stack, &own_defines(stack));
                assert_eq!(checked.verdict, Verdict::Passed, "{}:\n{text}", stack.name);
            }
            Err(why) => refused.push(why),
        }
    }
    refused
}

proptest! {
    #[test]
    fn a_run_of_any_pair_passes_on_both_sides(
        server in select(server::all()),
        client in select(client::all()),
        stacks in [stack(), stack()],
        seed in any::<u64>(),
    ) {
        let race = Race::founding().server(&server.name).expect("a server");
        let race = race.client(&client.name).expect("a client").stacks(stacks[0], stacks[1]);
        // A strategy that this stack has no call for has nothing to export.
        if let Ok(scenario) = race.scenario(Size::Full) {
            prop_assert_eq!(both_pass(&scenario, seed), []);
        }
    }
}

#[test]
fn every_story_passes_on_both_sides() {
    for story in catalogue::stories() {
        let scenario = story.at(Size::Full).scenario().expect("a scenario");
        for seed in 0..4 {
            let refused: Vec<String> =
                both_pass(&scenario, seed).iter().map(Unwritable::to_string).collect();
            // Its client has a window of 4 KiB, which no kernel gives.
            let says = match story.story.as_str() {
                "reply-over-window" => vec![NO_SUCH_WINDOW],
                _ => Vec::new(),
            };
            assert_eq!(refused, says, "{}", story.story);
        }
    }
}

const NO_SUCH_WINDOW: &str = "a packetdrill script cannot say this: a receive buffer of 4KiB on \
                              linux, where SO_RCVBUF gives whole segments of 1460 bytes";

/// The shape of one: what is in it, and how it is written.
#[test]
fn the_founding_case_as_a_script() {
    let scenario = Race::founding().scenario(Size::Full).expect("a scenario");
    let [client, server] = scripts(&scenario, 1).map(|script| script.expect("a script"));
    for line in [" listen(3, 8) = 0\n", " close(4) = 0\n", " < S 0:0(0) win 64240 <mss 1460>\n"] {
        assert!(server.contains(line), "{server}");
    }
    assert!(client.contains(" > S 0:0(0) <...>\n"), "{client}");
    assert!(client.contains("connect(3, ..., ...) = -1 EINPROGRESS"), "{client}");
}

/// The real packetdrill puts several segments together for one line, never one for several lines:
/// what goes out in a row on Linux is one line, marked as the kernel marks it.
#[test]
fn a_burst_is_one_line() {
    let story = catalogue::stories().iter().find(|story| story.story == "upload").expect("it");
    let scenario = story.at(Size::Full).scenario().expect("a scenario");
    let [client, _] = scripts(&scenario, 3).map(|script| script.expect("a script"));
    let text = |line: &str| line.starts_with("+0.000000 > ") && !line.contains("(0)");
    let lines: Vec<&str> = client.lines().collect();
    assert!(lines.iter().any(|line| text(line) && line.contains("> P. ")), "{client}");
    for pair in lines.windows(2) {
        assert!(!(text(pair[0]) && text(pair[1])), "two lines of one burst: {pair:?}\n{client}");
    }
}
