//! Servers and raw clients on the real kernel: they play the scripts that the model explores.
//!
//! ```text
//! closerace-live serve at=127.0.0.1 server=STRATEGY first=BYTES reply=BYTES runs=N
//! closerace-live ask to=127.0.0.1:PORT client=POLICY request=BYTES chunk=BYTES reply=BYTES runs=N
//! ```
//!
//! `serve` prints the port it listens on, answers N connections and ends. `ask` prints a line a
//! run: a word (seen, truncated, lost, stuck) and what the client was told. Both end by themselves
//! after [`PATIENCE`].
#![forbid(unsafe_code)]

mod ask;
mod play;
mod serve;
mod words;

use std::process::ExitCode;
use std::time::Duration;

/// The longest that one run and one wait for a connection may take.
const PATIENCE: Duration = Duration::from_secs(40);

const USAGE: &str = "\
usage: closerace-live serve at=ADDRESS server=STRATEGY first=BYTES reply=BYTES runs=N
       closerace-live ask to=ADDRESS:PORT client=POLICY request=BYTES chunk=BYTES reply=BYTES runs=N
";

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let done = match given.first().map(String::as_str) {
        Some("serve") => words::Words::read(&given[1..]).and_then(|words| serve::serve(&words)),
        Some("ask") => words::Words::read(&given[1..]).and_then(|words| ask::ask(&words)),
        Some(_) | None => Err("serve or ask?".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprint!("closerace-live: {why}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}
