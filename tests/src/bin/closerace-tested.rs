//! The program under another file name, so that this package's tests find it built.

use std::process::ExitCode;

fn main() -> ExitCode {
    sim_scenarios::cli::main().into()
}
