//! A preset: what serde takes is compiled or refused, at the size of a story.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sim_scenarios::case::Scale;
use sim_scenarios::catalogue;
use sim_scenarios::preset::{Actor, Preset};
use std::sync::Arc;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(preset) = toml::from_str::<Preset>(text) else { return };
    let story = catalogue::story("upload").expect("a story");
    // A step that does not fit is refused; nothing else is asked here.
    let _ = Actor::from(&Arc::new(preset)).script(&Scale::full(&story));
});
