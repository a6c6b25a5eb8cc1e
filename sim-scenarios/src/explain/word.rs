//! Words of a verdict.

use super::{Kind, Tale, Topic, tale};
use sim_core::report::outcome::Word;

pub(super) const fn topic(word: Word) -> &'static Topic {
    match word {
        Word::Seen => &SEEN,
        Word::Truncated => &TRUNCATED,
        Word::Lost => &LOST,
        Word::Stuck => &STUCK,
    }
}

const EACH: &str = "closerace run, explore, matrix, for one run or for all";

const fn word(name: &'static str, means: &'static str, tale: &'static Tale) -> Topic {
    let (kind, keys, names) = (Kind::Word, &[], &[]);
    Topic { name, kind, keys, names, by: EACH, means, questions: &[], tale }
}

static SEEN: Topic = word(
    "SEEN",
    "The client's application has read the whole answer, whatever it was told afterwards.",
    &tale::WELL,
);
static TRUNCATED: Topic = word(
    "TRUNCATED",
    "The answer is short (or not there at all), and the last thing the application was told is a \
     clean EOF: it believes what it has.",
    &tale::SHORT,
);
static LOST: Topic = word(
    "LOST",
    "The application has read nothing, or not all, and knows: it was told an error, or gave up.",
    &tale::RESET,
);
static STUCK: Topic = word(
    "STUCK",
    "The application waits for ever: neither the rest of the answer nor an error will come.",
    &tale::STUCK,
);
pub(super) static RACE: Topic = Topic {
    by: "closerace matrix, for a pair with more than one outcome",
    ..word(
        "RACE",
        "The outcome depends on the order of things: the share of trials that missed the answer \
         stands beside it.",
        &tale::RACE,
    )
};
