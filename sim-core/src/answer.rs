//! Floor 1: what a platform may be asked, and what counts as an answer.
//!
//! No rule names a platform. A rule asks; the profile in force answers. An answer that nobody has
//! is `Unknown`, and a run that needs it ends as undetermined, never as a guess.

/// Where an answer was read: a section of an RFC, a file and function of a stack, a recorded row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source(pub &'static str);

/// Why a value was taken although no source gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Why(pub &'static str);

/// A platform's answer to one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// Read or measured.
    Known(T, Source),
    /// Taken for a stated reason; a result that used it says so.
    Assumed(T, Why),
    /// Nobody has looked.
    Unknown,
}

impl<T: Copy> Answer<T> {
    /// The value, where there is one.
    #[must_use]
    pub const fn value(&self) -> Option<T> {
        match self {
            Answer::Known(value, _) | Answer::Assumed(value, _) => Some(*value),
            Answer::Unknown => None,
        }
    }

    /// How the answer is known, for people.
    #[must_use]
    pub const fn basis(&self) -> Basis {
        match self {
            Answer::Known(_, source) => Basis::Known(source.0),
            Answer::Assumed(_, why) => Basis::Assumed(why.0),
            Answer::Unknown => Basis::Unknown,
        }
    }
}

/// An answer without its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The source it was read in.
    Known(&'static str),
    /// Why it was taken.
    Assumed(&'static str),
    /// Not answered.
    Unknown,
}

/// A question's name: the floor's file and what it asks there, as in `reset.anchor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Question(pub &'static str);

impl core::fmt::Display for Question {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.0)
    }
}

/// Why stepping stopped: the only two errors the model has. What an application is told is model
/// output and never one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Halt {
    /// The profile has no answer.
    #[error("the profile does not answer {0}")]
    Unanswered(Question),
    /// A declared bound was reached.
    #[error("the bound on {0} was reached")]
    Limit(Which),
}

/// Declared bounds of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    /// Segments in flight on one link.
    InFlight,
    /// Sockets in one host's table.
    Sockets,
    /// Bytes in one direction of one connection.
    Bytes,
}

impl core::fmt::Display for Which {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(match self {
            Which::InFlight => "segments in flight on a link",
            Which::Sockets => "sockets of a host",
            Which::Bytes => "bytes of a stream",
        })
    }
}

/// An answer's value for people; `?` where there is none.
#[doc(hidden)]
pub fn shown<T: core::fmt::Debug>(value: Option<T>) -> String {
    value.map_or_else(|| "?".to_owned(), |value| format!("{value:?}"))
}

/// A group of questions: a struct of [`Answer`]s that lists them by name, so that tests, tables and
/// the book see every question without a second list to keep.
///
/// `rules.anchor()` asks, `rules.anchor` is the answer as data.
#[macro_export]
#[doc(hidden)]
macro_rules! questions {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$fdoc:meta])* $field:ident : $ty:ty = $id:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name {
            $($(#[$fdoc])* pub $field: $crate::answer::Answer<$ty>,)*
        }
        impl $name {
            $(
                #[doc = concat!("Asks `", $id, "`.")]
                #[must_use]
                pub const fn $field(
                    &self,
                ) -> ($crate::answer::Question, &$crate::answer::Answer<$ty>) {
                    ($crate::answer::Question($id), &self.$field)
                }
            )*

            /// Takes one answer over from another stack. Says whether the question is here.
            #[doc(hidden)]
            pub fn take(&mut self, question: $crate::answer::Question, from: &$name) -> bool {
                match question.0 {
                    $($id => self.$field = from.$field,)*
                    _ => return false,
                }
                true
            }

            /// Every question of the group, with what is answered and on what basis.
            #[must_use]
            pub fn answers(
                &self,
            ) -> Vec<($crate::answer::Question, String, $crate::answer::Basis)> {
                vec![$((
                    $crate::answer::Question($id),
                    $crate::answer::shown(self.$field.value()),
                    self.$field.basis(),
                ),)*]
            }
        }
    };
}
