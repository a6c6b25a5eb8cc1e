//! `replay TOKEN`: a run again.

use super::help::{self, Ends};
use super::tell::{Telling, print, telling};
use super::{Format, Printed, Problem, Say, scenario};
use crate::token::{FORM, Refused, Token};
use clap::ValueHint;
use std::path::{Path, PathBuf};

/// Which run.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, ENDS))]
pub(super) struct Args {
    /// The token, as printed by run and explore
    token: String,
    /// The scenario file that the token is of, where it is of one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    scenario: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const EXAMPLES: &[help::Example] = &[
    ("closerace replay TOKEN", "the same events, byte for byte"),
    ("closerace replay TOKEN --quiet", "only how it ended"),
    ("closerace replay TOKEN --format json", ""),
];

const ENDS: Ends = Ends {
    done: "carried out, however it ended",
    violated: None,
    inconclusive: Some("an answer that nobody has was needed"),
};

pub(super) fn replay(args: &Args, say: Say) -> Result<Printed, Problem> {
    print(&again(&args.token, args.scenario.as_deref())?, args.format, say)
}

/// The run behind a token; `file` is its scenario's file, where it has one.
///
/// # Errors
/// A text that is no token of this program, or that does not fit.
pub(super) fn again(token: &str, file: Option<&Path>) -> Result<Telling, Problem> {
    let file = file.map(scenario::read).transpose()?;
    let (token, scenario) =
        Token::parse(token, file.as_ref()).map_err(|refused| match refused {
            Refused::Impossible(why) => Problem::from(why),
            refused @ (Refused::FileMissing(_)
            | Refused::OtherFile(..)
            | Refused::FileUnneeded(_)) => Problem::Usage(refused.to_string()),
            refused @ (Refused::Malformed(_)
            | Refused::Version(_)
            | Refused::Check
            | Refused::Scenario(..)) => {
                Problem::Usage(format!("{refused}\n  a token looks like {FORM}"))
            }
        })?;
    telling(token, scenario)
}
