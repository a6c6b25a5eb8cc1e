//! Two TCP endpoints race to close: does the client's application ever read the answer?

use std::process::ExitCode;

fn main() -> ExitCode {
    sim_scenarios::cli::main().into()
}
