//! From what somebody has pasted to entries.

use super::{Kind, Topic, rule, topics};
use sim_core::socket;
use sim_core::tcp::Rule;

/// Something that can be explained.
#[derive(Clone, Copy, Debug)]
pub enum Found {
    /// An entry.
    Topic(&'static Topic),
    /// A rule.
    Rule(&'static Rule),
    /// A question that stacks are asked.
    Question(&'static str),
}

impl Found {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Found::Topic(topic) => topic.name,
            Found::Rule(rule) => rule.id,
            Found::Question(question) => question,
        }
    }
}

/// Letters and digits in lower case; whatever stands between them is one space.
fn plain(text: &str) -> String {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// Whether the words of one stand in the other, side by side and whole. Both are plain.
fn within(part: &str, line: &str) -> bool {
    !part.is_empty() && format!(" {line} ").contains(&format!(" {part} "))
}

/// Whether a key stands in a plain line; where it has a `*`, anything may stand between. The
/// length of what was found.
fn key_within(key: &str, line: &str) -> Option<usize> {
    let line = format!(" {line} ");
    let (mut rest, mut length) = (line.as_str(), 0);
    for part in key.split('*').map(plain).filter(|part| !part.is_empty()) {
        let spaced = format!(" {part} ");
        let at = rest.find(&spaced)?;
        // The space behind a part is also the one before the next.
        rest = &rest[at + spaced.len() - 1..];
        length += part.len();
    }
    (length > 0).then_some(length)
}

/// What a text is about, the best first. Empty where nothing fits, or more than one thing does and
/// nothing says which ([`near`] names them).
///
/// A name alone is that entry. A longer text is searched for rules, for messages, for errors and
/// causes, in this order, and among each for the longest that stands in it. A text that is only a
/// part of one message is that one.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let line = plain(text);
    let topics = topics();
    let mut found: Vec<Found> =
        topics.iter().filter(|topic| is_called(topic, &line)).map(|t| Found::Topic(t)).collect();
    found.extend(dotted(text));
    let mut inside: Vec<(&'static Topic, usize)> =
        topics.iter().filter_map(|topic| Some((*topic, longest(topic, text, &line)?))).collect();
    inside.sort_by_key(|(topic, length)| (place(topic.kind), usize::MAX - length));
    for (topic, _) in inside {
        if !found.iter().any(|it| it.name() == topic.name) {
            found.push(Found::Topic(topic));
        }
    }
    if found.is_empty() {
        let parts: Vec<&&Topic> = topics.iter().filter(|topic| mentions(topic, &line)).collect();
        if let [only] = parts[..] {
            found.push(Found::Topic(only));
        }
    }
    found
}

const fn place(kind: Kind) -> usize {
    match kind {
        Kind::Message => 0,
        Kind::Errno => 1,
        Kind::Cause => 2,
        Kind::Word => 3,
    }
}

/// Whether this is all that was said.
fn is_called(topic: &Topic, line: &str) -> bool {
    all_keys(topic).any(|key| plain(key) == line)
}

fn all_keys(topic: &Topic) -> impl Iterator<Item = &'static str> {
    [topic.name].into_iter().chain(topic.keys.iter().copied()).chain(topic.names.iter().copied())
}

/// The length of the longest key that stands in a line. A word of a verdict has to be in capitals
/// there: `lost` is an ordinary word, `LOST` is ours.
fn longest(topic: &Topic, text: &str, line: &str) -> Option<usize> {
    match topic.kind {
        Kind::Word => {
            let mut words = text.split(|c: char| !c.is_alphanumeric());
            words.any(|word| word == topic.name).then_some(topic.name.len())
        }
        Kind::Message | Kind::Errno | Kind::Cause => {
            let keys = topic.keys.iter().copied().chain([topic.name]);
            keys.filter_map(|key| key_within(key, line)).max()
        }
    }
}

/// Rules and questions by their names, which have a dot: as the whole text with any punctuation, or
/// as a word of it. Where both have a name, it is the rule's.
fn dotted(text: &str) -> Vec<Found> {
    let line = plain(text);
    let trimmed = |c: char| !c.is_alphanumeric();
    let words: Vec<String> =
        text.split_whitespace().map(|word| word.trim_matches(trimmed).to_lowercase()).collect();
    let meant = |name: &str| plain(name) == line || words.iter().any(|word| word == name);
    let rules = socket::rules();
    let mut found: Vec<Found> =
        rules.iter().filter(|rule| meant(rule.id)).map(|rule| Found::Rule(rule)).collect();
    let questions = rule::questions().into_iter().filter(|question| meant(question));
    found.extend(
        questions.filter(|it| !rules.iter().any(|rule| rule.id == *it)).map(Found::Question),
    );
    found
}

/// Whether a text is a part of what the entry is known by.
fn mentions(topic: &Topic, line: &str) -> bool {
    line.len() > 2 && all_keys(topic).any(|key| within(line, &plain(key)))
}

/// At most this many suggestions.
const MOST: usize = 6;

/// So much of a text is compared letter by letter: no name is longer.
const COMPARED: usize = 200;

/// Names that come near: those that have the text as a part, else those that are spelt alike.
#[must_use]
pub fn near(text: &str) -> Vec<&'static str> {
    let line = plain(text);
    let topics = topics();
    let mut parts: Vec<&&Topic> = topics.iter().filter(|topic| mentions(topic, &line)).collect();
    // What is short and general first: there are many messages.
    parts.sort_by_key(|topic| std::cmp::Reverse(place(topic.kind)));
    let mut names: Vec<&'static str> = parts.into_iter().map(|topic| topic.name).collect();
    if names.is_empty() {
        let start: String = line.chars().take(COMPARED).collect();
        let keys = topics.iter().flat_map(|topic| all_keys(topic).map(|key| (key, topic.name)));
        let rules = socket::rules().into_iter().map(|rule| (rule.id, rule.id));
        let questions = rule::questions().into_iter().map(|question| (question, question));
        let likeness = |(key, name): (&str, &'static str)| {
            let score = strsim::jaro_winkler(&start, &plain(key));
            (score > 0.8).then_some((score, name))
        };
        let mut scored: Vec<(f64, &'static str)> =
            keys.chain(rules).chain(questions).filter_map(likeness).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, name) in scored {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.truncate(MOST);
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_whole_and_without_punctuation() {
        assert_eq!(plain("writev() failed (32: Broken pipe)"), "writev failed 32 broken pipe");
        assert!(within("broken pipe", "failed 32 broken pipe"));
        assert!(!within("reset", "resets only"));
        assert!(!within("", "anything"));
    }

    #[test]
    fn a_star_stands_for_anything_between() {
        let line = plain("Post \"http://10.0.0.1:8080/\": EOF");
        assert_eq!(key_within("post http * eof", &line), Some(12));
        assert_eq!(key_within("eof * post", &line), None);
        assert_eq!(key_within("post * http", "post http"), Some(8));
        assert_eq!(key_within("*", &line), None);
    }
}
