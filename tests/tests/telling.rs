//! A question that nothing depends on is no question: for every two answers that stacks give there
//! is a situation and an event of the event × state tables in which a stack does something else
//! when that answer alone is changed.
//!
//! Numbers (`tuning.*`) are not asked here: a row overrides them.

use sim_core::answer::Question;
use sim_core::profile::{ALL, Profile};
use sim_tests::cell;
use sim_tests::other::OTHER;
use sim_tests::situation::{self, Situation};
use std::collections::BTreeMap;

fn stacks() -> impl Iterator<Item = &'static Profile> {
    ALL.into_iter().chain([&OTHER])
}

fn value(stack: &Profile, question: Question) -> String {
    let answers = stack.answers().into_iter();
    answers.filter(|(it, _, _)| *it == question).map(|(_, value, _)| value).collect()
}

/// What a stack does, by situation and event; nothing where it does not come there.
type Deeds = BTreeMap<&'static str, Option<BTreeMap<String, Option<String>>>>;

fn deeds(stack: &'static Profile) -> Deeds {
    let of = |it: &'static Situation| match cell::effects(it, stack) {
        Ok(all) => Some(all.into_iter().map(|(event, seen)| (event, seen.ok())).collect()),
        Err(_) => None,
    };
    situation::all().map(|it| (it.name, of(it))).collect()
}

/// Whether two stacks do something else somewhere, a missing answer apart.
fn differ(a: &Deeds, b: &Deeds) -> bool {
    a.iter().any(|(name, here)| {
        let (Some(here), Some(Some(there))) = (here, b.get(name)) else { return false };
        here.keys().ne(there.keys())
            || here.iter().any(|(event, seen)| {
                let other = there.get(event).and_then(Option::as_ref);
                matches!((seen, other), (Some(seen), Some(other)) if seen != other)
            })
    })
}

/// Whether some stack with the first answer does something else once it has the second.
fn told(question: Question, from: &str, to: &str, known: &BTreeMap<&str, Deeds>) -> bool {
    let with = |answer: &str| {
        let answer = answer.to_owned();
        stacks().filter(move |stack| value(stack, question) == answer)
    };
    let Some(donor) = with(to).next() else { return false };
    with(from).any(|stack| {
        let changed: &'static Profile = Box::leak(Box::new(stack.taking(question, donor)));
        differ(&known[stack.name], &deeds(changed))
    })
}

#[test]
fn every_two_answers_are_told_apart_by_a_row() {
    let known: BTreeMap<&str, Deeds> = stacks().map(|it| (it.name, deeds(it))).collect();
    let mut untold = Vec::new();
    let mut pairs = 0;
    for (question, _, _) in ALL[0].answers() {
        if question.0.starts_with("tuning.") {
            continue;
        }
        let mut answers: Vec<String> = stacks().map(|stack| value(stack, question)).collect();
        answers.sort();
        answers.dedup();
        answers.retain(|answer| answer != "?");
        for (at, a) in answers.iter().enumerate() {
            for b in &answers[at + 1..] {
                pairs += 1;
                if !told(question, a, b, &known) && !told(question, b, a, &known) {
                    untold.push(format!("{question}: {a}, {b}"));
                }
            }
        }
    }
    assert!(untold.is_empty(), "of {pairs} pairs no row tells apart:\n{}", untold.join("\n"));
}
