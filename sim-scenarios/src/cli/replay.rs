//! `replay TOKEN`: a run again.

use super::tell::{Telling, print, telling};
use super::{Format, Printed, Problem};
use crate::token::{FORM, Refused, Token};

/// Which run.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// The token, as printed by run and explore
    token: String,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn replay(args: &Args) -> Result<Printed, Problem> {
    print(&again(&args.token)?, args.format)
}

/// The run behind a token.
///
/// # Errors
/// A text that is no token of this program, or that does not fit.
pub(super) fn again(token: &str) -> Result<Telling, Problem> {
    let (token, scenario) = Token::parse(token).map_err(|refused| match refused {
        Refused::Impossible(why) => Problem::from(why),
        refused @ (Refused::Malformed(_)
        | Refused::Version(_)
        | Refused::Check
        | Refused::Scenario(..)) => {
            Problem::Usage(format!("{refused}\n  a token looks like {FORM}"))
        }
    })?;
    telling(token, scenario)
}
