//! `closerace conform` on its own.

use clap::Parser;
use sim_scenarios::cli::conform::{ConformArgs, run};

#[derive(Parser)]
struct Args {
    #[command(flatten)]
    conform: ConformArgs,
}

fn main() -> std::process::ExitCode {
    run(&Args::parse().conform)
}
