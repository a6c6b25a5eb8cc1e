//! A scenario file: refused with places that are in the text, or set up, written and run.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sim_core::drive::run::Horizon;
use sim_core::report::odds::odds;
use sim_scenarios::case::Shelf;
use sim_scenarios::file;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match file::read("fuzz.toml", text, Shelf::File) {
        Err(flawed) => {
            assert!(!flawed.flaws.is_empty());
            assert!(flawed.flaws.iter().all(|flaw| flawed.text.get(flaw.span.clone()).is_some()));
        }
        Ok(case) => {
            let scenario = case.scenario().expect("what was taken can be set up");
            let written = file::to_text(&file::doc(&case)).expect("text");
            file::read("written.toml", &written, Shelf::File).expect("what was written");
            let horizon = Horizon { micros: 10_000_000, actions: 2_000 };
            assert_eq!(odds(&scenario.setup, scenario.reply, horizon, 1, 0..1).trials, 1);
        }
    }
});
