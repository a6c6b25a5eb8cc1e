//! What to make of a message: rules, errors, causes, words, and the lines people search for, each
//! with what happened, a command that shows it, and what to change.
//!
//! Entries are data; what a message means is written here once, and what stacks do about it is
//! asked of the profiles when it is printed. Messages are those whose program is known to print
//! them; what a program does next is left out where nobody has looked (browsers, for one).

mod cause;
mod errno;
mod find;
mod message;
mod rule;
mod tale;
mod word;

pub use find::{Found, find, near};
pub use rule::{answered, decided_by, questions};

use sim_core::report::outcome::Word;
use sim_core::tcp::{Errno, Gone};

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line that some program prints.
    Message,
    /// What a call returns.
    Errno,
    /// Why bytes of an answer were not read.
    Cause,
    /// A word of a verdict.
    Word,
}

impl Kind {
    /// In the order of the lists.
    pub const ALL: [Kind; 4] = [Kind::Message, Kind::Errno, Kind::Cause, Kind::Word];

    /// As a heading.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Kind::Message => "messages",
            Kind::Errno => "errors",
            Kind::Cause => "causes",
            Kind::Word => "words of a verdict",
        }
    }

    /// What stands before the names of those who say it.
    #[must_use]
    pub const fn by(self) -> &'static str {
        match self {
            Kind::Message => "Printed by",
            Kind::Errno => "Told by",
            Kind::Cause | Kind::Word => "Said by",
        }
    }
}

/// An entry: a name, and what it stands for.
#[derive(Debug)]
pub struct Topic {
    /// The message, or the name.
    pub name: &'static str,
    /// What it is about.
    pub kind: Kind,
    /// What a pasted line has in it, letter case and punctuation apart, so that it is this.
    pub keys: &'static [&'static str],
    /// Other names, taken only where nothing else stands beside them.
    pub names: &'static [&'static str],
    /// Who says it, and when.
    pub by: &'static str,
    /// What it means, in a sentence or two.
    pub means: &'static str,
    /// Questions about it that stacks answer differently.
    pub questions: &'static [&'static str],
    /// What is behind it.
    pub tale: &'static Tale,
}

/// What is behind a message; several messages can have the same.
#[derive(Debug)]
pub struct Tale {
    /// What has happened on the wire and in the stacks, in the model's words.
    pub wire: &'static str,
    /// Commands that show it. Empty where no story leads there.
    pub shown: &'static [Shown],
    /// What to change at the server.
    pub server: &'static str,
    /// What to change at the client.
    pub client: &'static str,
}

/// A command, and what it prints of the matter.
#[derive(Debug)]
pub struct Shown {
    /// As it is typed.
    pub command: &'static str,
    /// Some words of its output.
    pub says: &'static str,
}

/// Every entry but the rules and questions, which have lists of their own.
#[must_use]
pub fn topics() -> Vec<&'static Topic> {
    let words = Word::ALL.into_iter().map(of_word).chain([&word::RACE]);
    let errors = Errno::ALL.into_iter().map(of_errno);
    let causes = Gone::ALL.into_iter().map(of_cause);
    message::all().into_iter().chain(errors).chain(causes).chain(words).collect()
}

/// The entry of an error.
#[must_use]
pub const fn of_errno(errno: Errno) -> &'static Topic {
    errno::topic(errno)
}

/// The entry of a cause.
#[must_use]
pub const fn of_cause(gone: Gone) -> &'static Topic {
    cause::topic(gone)
}

/// The entry of a word.
#[must_use]
pub const fn of_word(word: Word) -> &'static Topic {
    word::topic(word)
}
