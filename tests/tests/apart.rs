//! Stacks told apart by search: how many pairs, how far that goes, and that every way found leads
//! to the two answers it was found with.

use sim_core::drive::apart::{Apart, Limits, apart, replay};
use sim_core::profile::{ALL, LINUX, LINUX_6_12, OPENBSD, Profile, WINDOWS_FLUSH, WINDOWS_KEEP};

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
            let (returns, _) = replay(stack, &LINUX, &lesson.moves).expect("an answer");
            assert_eq!(returns.last(), Some(&Some(told)), "{}: {:?}", stack.name, lesson.moves);
        }
        assert_ne!(lesson.told[0], lesson.told[1]);
    }
}

/// The two versions of one kernel differ where a retransmission carries a FIN, or where somebody
/// acknowledges what was never sent: farther away than this.
#[test]
fn two_versions_of_one_kernel_are_not_told_apart_so_near() {
    assert_eq!(found(&[&LINUX, &LINUX_6_12]).pairs.len(), 0);
    assert_eq!(found(&[&OPENBSD, &OPENBSD]).pairs.len(), 0, "a stack and itself");
}

#[test]
fn the_two_readings_of_contested_reports_differ_in_what_is_read_after_a_rst() {
    let found = found(&[&WINDOWS_KEEP, &WINDOWS_FLUSH]);
    let [(_, lesson)] = found.pairs.as_slice() else { panic!("one pair") };
    let told = lesson.told.map(|told| format!("{told:?}"));
    assert_eq!(told, ["Count(100)", "Error(ConnectionReset)"]);
}
