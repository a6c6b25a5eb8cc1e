//! Exit codes.

use std::process::ExitCode;

/// What the program's end says. These numbers do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exit {
    /// Computed as asked; or every claim held, over the whole space.
    Done = 0,
    /// A claim is violated; the counterexample was printed.
    Violated = 1,
    /// The command line, a token or a file does not fit.
    Usage = 2,
    /// A bound, an answer nobody has, or Ctrl-C came first.
    Inconclusive = 3,
    /// A mistake in this program, or a standard output that takes nothing.
    Internal = 70,
}

impl Exit {
    /// All, by number.
    pub const ALL: [Exit; 5] =
        [Exit::Done, Exit::Violated, Exit::Usage, Exit::Inconclusive, Exit::Internal];

    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// What it says, whatever the command; the README's table has the same words.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Exit::Done => "computed as asked; where something is claimed: all of it held",
            Exit::Violated => {
                "a claim is violated, or a recorded row or a script differs; the witness is printed"
            }
            Exit::Usage => "the command line, a token or a file does not fit; nothing is printed",
            Exit::Inconclusive => {
                "inconclusive: a bound, an answer nobody has, or Ctrl-C came first"
            }
            Exit::Internal => "a mistake in this program, or standard output fails",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
