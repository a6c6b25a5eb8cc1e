//! Measured round trips, through the command line: a law of them, or a refusal with its line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sim_scenarios::cli::{Exit, main_with};

fuzz_target!(|bytes: &[u8]| {
    let path = std::env::temp_dir().join(format!("closerace-fuzz-{}", std::process::id()));
    std::fs::write(&path, bytes).expect("a file");
    let file = path.display().to_string();
    let args = ["closerace", "loss", "--trials", "1", "--threads", "1", "--unit", "ms"];
    let args = args.into_iter().chain(["--rtt-samples", &file]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = main_with(args, &mut out, &mut err);
    assert!(matches!(exit, Exit::Done | Exit::Usage), "{exit:?}");
    assert_eq!(out.is_empty(), exit == Exit::Usage);
});
