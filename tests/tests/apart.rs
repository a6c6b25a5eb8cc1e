//! Stacks told apart by search: how many pairs, how far that goes, and that every way found leads
//! to the two answers it was found with.

use sim_core::drive::apart::{Apart, Forged, Limits, Move, apart, replay};
use sim_core::profile::{ALL, LINUX, LINUX_6_12, OPENBSD, Profile, WINDOWS_FLUSH, WINDOWS_KEEP};
use sim_core::wire::Side;

const LIMITS: Limits = Limits { depth: 8, nodes: 60_000 };

fn found(stacks: &[&'static Profile]) -> Apart {
    apart(stacks, &LINUX, LIMITS).expect("numbers")
}

/// The thirteen stacks that are not a version of another.
fn thirteen() -> Vec<&'static Profile> {
    ALL.into_iter().filter(|stack| stack.name != LINUX_6_12.name).collect()
}

#[test]
fn an_application_can_tell_every_two_of_thirteen_stacks_apart() {
    let stacks = thirteen();
    assert_eq!(stacks.len(), 13);
    let found = found(&stacks);
    let mut by_moves = [0_u32; 8];
    for (_, lesson) in &found.pairs {
        by_moves[lesson.moves.len()] += 1;
    }
    assert_eq!(found.pairs.len(), 78, "of 78 pairs");
    assert_eq!(by_moves, [0, 0, 24, 18, 33, 0, 3, 0], "pairs by the number of moves");
}

#[test]
fn a_way_leads_to_the_answers_it_was_found_with() {
    let stacks = thirteen();
    for ((a, b), lesson) in found(&stacks).pairs {
        for (stack, told) in [(stacks[a], lesson.told[0]), (stacks[b], lesson.told[1])] {
            let (returns, _) = replay(stack, &LINUX, &lesson).expect("an answer");
            assert_eq!(returns.last(), Some(&Some(told)), "{}: {:?}", stack.name, lesson.moves);
        }
        assert_ne!(lesson.told[0], lesson.told[1]);
    }
}

/// The two versions of one kernel differ where a FIN comes with text that was read before, or where
/// somebody acknowledges what was never sent: a third party does either at once. One of them
/// answers the ACK, and the answer is what arrives first.
#[test]
fn two_versions_of_one_kernel_are_told_apart_by_a_third_party() {
    let found = found(&[&LINUX, &LINUX_6_12]);
    let [(_, lesson)] = found.pairs.as_slice() else { panic!("one pair") };
    let forged: Vec<_> = lesson.moves.iter().filter(|it| matches!(it, Move::Forge(..))).collect();
    assert_eq!(forged, [&Move::Forge(Side::A, Forged::FutureAck)]);
    let told = lesson.told.map(|told| format!("{told:?}"));
    assert_eq!(told, ["Eof", "Error(ConnectionReset)"]);
}

#[test]
fn a_stack_and_itself_are_never_told_apart() {
    assert_eq!(found(&[&OPENBSD, &OPENBSD]).pairs.len(), 0);
}

/// Every pair of the fourteen, and in how many moves; a plain way is preferred where there is one.
#[test]
fn all_pairs_of_fourteen_stacks_are_told_apart() {
    let found = found(&ALL);
    let mut by_moves = [0_u32; 12];
    let mut forged = Vec::new();
    for ((a, b), lesson) in &found.pairs {
        by_moves[lesson.moves.len()] += 1;
        if lesson.moves.iter().any(|it| matches!(it, Move::Forge(..))) {
            forged.push([ALL[*a].name, ALL[*b].name]);
        }
        let (again, _) = replay(ALL[*a], &LINUX, lesson).expect("an answer");
        assert_eq!(again.last(), Some(&Some(lesson.told[0])), "{:?}", lesson.moves);
    }
    assert_eq!(found.pairs.len(), 91, "of 91 pairs");
    assert_eq!(by_moves, [0, 0, 24, 21, 42, 0, 4, 0, 0, 0, 0, 0], "pairs by the number of moves");
    assert_eq!(forged, [["linux", "linux-6-12"]]);
}

#[test]
fn the_two_readings_of_contested_reports_differ_in_what_is_read_after_a_rst() {
    let found = found(&[&WINDOWS_KEEP, &WINDOWS_FLUSH]);
    let [(_, lesson)] = found.pairs.as_slice() else { panic!("one pair") };
    let told = lesson.told.map(|told| format!("{told:?}"));
    assert_eq!(told, ["Count(100)", "Error(ConnectionReset)"]);
}
