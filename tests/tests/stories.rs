//! Every claim of every story: explored at small size, run in virtual time at full size, and the
//! two agree. What was found is kept in `stories/judged.txt`, so a changed word or count shows.

use sim_scenarios::case::{Case, Key, Shelf};
use sim_scenarios::catalogue::{FILES, LAWS, Size, Variant, stories, story};
use sim_scenarios::claim::{Effort, Fared, check, variants};
use sim_scenarios::file::{self, doc, to_text};
use sim_scenarios::token::{self, Token};
use sim_tests::golden;
use std::fmt::Write;

const EFFORT: Effort = Effort { states: 1_000_000, trials: 200, seed: 1 };

#[test]
fn every_claim_of_every_story_holds() {
    let (mut text, mut failed) = (String::new(), Vec::new());
    for case in stories() {
        assert!(!case.claims.is_empty(), "{} claims nothing", case.story);
        let _ = writeln!(text, "{}: {}", case.story, case.about);
        for claim in &case.claims {
            assert!(claim.says.ends_with('.'), "{}: a claim is a sentence", case.story);
            let _ = writeln!(text, "  {}", claim.says);
            for variant in variants(case, claim).expect("changes that fit") {
                let judged = check(&variant, claim, EFFORT).expect("a scenario");
                let words: Vec<&str> =
                    judged.explored.iter().map(|(word, _)| word.name()).collect();
                let runs = judged.sampled.iter().map(|(word, n)| format!("{} {n}", word.name()));
                let _ = writeln!(
                    text,
                    "    {}-{}: {} in {} states; {}",
                    judged.on[0].name,
                    judged.on[1].name,
                    words.join(" or "),
                    judged.states,
                    runs.collect::<Vec<_>>().join(", "),
                );
                if judged.fared != Fared::Held {
                    failed.push(format!("{}: {}: {:?}", case.story, claim.says, judged.fared));
                }
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    golden::check("stories/judged.txt", &text);
}

/// A claim that is turned round fails, and says which run shows it.
#[test]
fn a_claim_that_is_wrong_is_refuted_with_a_run() {
    let mut refuted = 0;
    for (instead, says) in [
        ("seen = \"always\"", "not always SEEN: LOST is possible"),
        ("lost = \"never\"", "LOST is possible"),
        ("truncated = \"possible\"", "no order ends TRUNCATED"),
        ("only-causes = [\"receive-queue-flush\"]", "another cause: application stopped"),
        ("causes = [\"lost-on-link\"]", "no answer goes missing by lost on the link"),
        ("reads = \"part\"", "no order reads a part of the answer"),
        ("share = { lost = \"50%..60%\" }", "LOST in "),
        ("never-decides = [\"reset.exact\"]", "reset.exact decides at the client in some order"),
        ("decides = [\"waiting.fin\"]", "waiting.fin decides at the client in no order"),
    ] {
        let (_, text) = FILES[0];
        let head = text.split("[[claim]]").next().expect("a head");
        let text = format!("{head}[[claim]]\n{instead}\n");
        let case = file::read("wrong", &text, Shelf::Catalogue).expect("a scenario");
        let judged = check(&case, &case.claims[0], EFFORT).expect("a scenario");
        let Fared::Broken { what, witness } = judged.fared else { panic!("{instead}: {judged:?}") };
        assert!(what.contains(says), "{instead}: {what}");
        if let Some(token) = witness {
            Token::parse(&token, None).expect("a token that can be replayed");
            refuted += 1;
        }
    }
    assert_eq!(refuted, 3);
}

/// Too few states are no answer.
#[test]
fn a_bound_leaves_a_claim_open() {
    let case = story("drained").expect("a story");
    let effort = Effort { states: 20, trials: 10, seed: 1 };
    let judged = check(&case, &case.claims[0], effort).expect("a scenario");
    assert!(matches!(judged.fared, Fared::Open(_)), "{judged:?}");
}

fn hashes(case: &Case) -> Vec<String> {
    let hash = |size| token::hash(&case.at(size).scenario().expect("a scenario"));
    Size::ALL.into_iter().map(hash).collect()
}

#[test]
fn the_catalogue_goes_through_its_files_and_back() {
    for case in stories() {
        let text = to_text(&doc(case)).expect("text");
        let again = file::read(&case.story, &text, Shelf::Catalogue).expect("what was written");
        assert_eq!(doc(&again), doc(case), "{text}");
        assert_eq!(hashes(&again), hashes(case), "{text}");
    }
}

#[test]
fn a_changed_story_goes_through_a_file_and_back() {
    for (key, value) in [(Key::Request, "1MB"), (Key::Rtt, "1ms..9ms"), (Key::Rate, "125KB")] {
        for name in ["upload", "goaway", "keep-alive-idle"] {
            let mut case = story(name).expect("a story");
            case.change(key, value).expect("a change");
            if name == "goaway" {
                case.server = case.server_named("own:wait=3s").expect("its own steps");
            }
            let text = to_text(&doc(&case)).expect("text");
            let again = file::read(name, &text, Shelf::File).expect("what was written");
            assert_eq!(hashes(&again), hashes(&case), "{text}");
        }
    }
}

#[test]
fn names_are_those_of_the_files() {
    let names: Vec<&str> = stories().iter().map(|case| case.story.as_str()).collect();
    assert_eq!(names, FILES.map(|(name, _)| name));
    let folder = sim_tests::source::root().join("sim-scenarios/src/catalogue");
    let entries =
        std::fs::read_dir(folder).expect("a folder").map(|it| it.expect("an entry").path());
    assert_eq!(
        entries.filter(|it| it.extension().is_some_and(|it| it == "toml")).count(),
        names.len()
    );
}

#[test]
fn the_founding_case_has_the_numbers_it_always_had() {
    for variant in Variant::ALL {
        let case = story(variant.name()).expect("a story");
        let job = case.job;
        assert_eq!((job.request, job.write, job.reply), variant.bytes());
        assert_eq!((job.gap, job.wake, job.late), (LAWS.gap, LAWS.wake, LAWS.late));
        assert_eq!(job.accept, LAWS.accept);
        assert_eq!(case.path, sim_core::world::Path::RoundTrip(LAWS.round_trip));
    }
}
