//! The presets: that they all can be run, say where they come from, and read as they should.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test -p sim-tests --test presets`, and
//! read what has changed.

use sim_scenarios::case::Key;
use sim_scenarios::catalogue::{Case, Size, names, story};
use sim_scenarios::cli::{Exit, main_with};
use sim_scenarios::preset::{Actor, Preset, Role};
use sim_scenarios::{client, measured, server};
use std::sync::Arc;

fn every() -> Vec<Arc<Preset>> {
    [server::all(), measured::servers().to_vec(), client::all()].concat()
}

/// With the other end that comes first in the list.
fn cases(preset: &Arc<Preset>) -> Vec<Case> {
    let mut cases = Vec::new();
    for name in names() {
        for change in [None, Some("1"), Some("1024"), Some("300KiB"), Some("10MB")] {
            let mut case = story(name).expect("a story");
            if let Some(bytes) = change {
                case.change(Key::Request, bytes).expect("a size");
            }
            match preset.role {
                Role::Server => case.server = Actor::from(preset),
                Role::Client => case.client = Actor::from(preset),
            }
            cases.extend(Size::ALL.map(|size| case.at(size)));
        }
    }
    cases
}

#[test]
fn every_preset_can_be_run_at_every_size_in_every_story() {
    for preset in every() {
        for case in cases(&preset) {
            let request = case.job.request;
            let made = case.scenario();
            assert!(made.is_ok(), "{} {} {request}: {made:?}", preset.name, case.story);
        }
    }
}

#[test]
fn a_program_that_people_run_says_where_it_was_read_and_when() {
    for preset in [server::field(), client::field()].concat() {
        let name = &preset.name;
        let origin = preset.origin.as_ref().unwrap_or_else(|| panic!("{name} has no origin"));
        for text in [&origin.of, &origin.version, &origin.source] {
            assert!(!text.trim().is_empty(), "{name}");
        }
        let day: Vec<&str> = origin.verified.split('-').collect();
        let lengths: Vec<usize> = day.iter().map(|part| part.len()).collect();
        assert_eq!(lengths, [4, 2, 2], "{name}: {}", origin.verified);
        assert!(day.iter().all(|part| part.parse::<u16>().is_ok()), "{name}");
    }
    for preset in
        [server::generic(), server::further(), client::generic(), measured::servers()].concat()
    {
        assert_eq!(preset.origin, None, "{}", preset.name);
    }
}

#[test]
fn every_name_is_one_alone_and_fits_into_a_token() {
    let presets = every();
    for (at, preset) in presets.iter().enumerate() {
        let name = &preset.name;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-/".contains(c);
        assert!(name.chars().all(plain), "{name}");
        assert!(presets[..at].iter().all(|other| other.name != *name), "{name} is there twice");
        assert!(preset.about.len() <= 90, "{name}");
    }
}

/// Everything but the name of the lanes is read in `show`.
fn shown(presets: &[Arc<Preset>]) -> String {
    let mut text = String::new();
    for preset in presets {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = main_with(["closerace", "show", &preset.name], &mut out, &mut err);
        assert_eq!(exit, Exit::Done, "{}", String::from_utf8_lossy(&err));
        text.push_str(&String::from_utf8(out).expect("text"));
        text.push('\n');
    }
    text
}

#[test]
fn servers_as_they_are_shown() {
    insta::assert_snapshot!(shown(&[server::all(), measured::servers().to_vec()].concat()));
}

#[test]
fn clients_as_they_are_shown() {
    insta::assert_snapshot!(shown(&client::all()));
}
