//! `completions SHELL` and `man`: from the same definitions as the command line itself.

use super::{Cli, Printed, Problem};
use clap::CommandFactory;
use clap_complete::Shell;

/// Which shell.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Args {
    /// The shell to complete in
    shell: Shell,
}

pub(super) fn completions(args: &Args) -> Printed {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "closerace", &mut text);
    Printed::done(String::from_utf8_lossy(&text).into_owned())
}

pub(super) fn man() -> Result<Printed, Problem> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut text)
        .map_err(|error| Problem::Internal(error.to_string()))?;
    Ok(Printed::done(String::from_utf8_lossy(&text).into_owned()))
}
