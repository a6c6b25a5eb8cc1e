//! Explanations for programs.

use super::RULES;
use crate::cli::output;
use crate::cli::show::basis_words;
use crate::explain::{self, Found, Shown, Tale, Topic};
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::tcp::Rule;
use std::collections::BTreeMap;

/// What can be explained, by heading.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct Topics {
    pub(super) lists: BTreeMap<&'static str, Vec<&'static str>>,
}

impl output::Document for Topics {
    const KIND: &'static str = "topics";
}

/// What a message, an error, a cause, a word, a rule or a question means.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct Document {
    entry: Explanation,
    /// What else there is in a line of a log.
    also: Vec<String>,
}

impl output::Document for Document {
    const KIND: &'static str = "explanation";
}

/// An explanation. Which parts it has depends on what it is about.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct Explanation {
    name: &'static str,
    /// The heading it stands under: messages, errors, causes, words, rules or questions.
    about: &'static str,
    /// Who prints it, or who knows the word.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
    /// The section of a standard that a rule is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    cite: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    means: Option<&'static str>,
    /// What has happened on the wire.
    #[serde(skip_serializing_if = "Option::is_none")]
    wire: Option<&'static str>,
    /// Commands that show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    commands: Option<Vec<&'static str>>,
    /// What to change at the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'static str>,
    /// What to change at the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'static str>,
    answers: Vec<Answer>,
}

/// What a stack answers to a question.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "StackAnswer")]
struct Answer {
    question: &'static str,
    stack: &'static str,
    answer: String,
    /// known, assumed or unknown.
    basis: &'static str,
    source: &'static str,
}

pub(super) fn document(found: &Found, also: &[&str]) -> Document {
    let entry = match found {
        Found::Topic(topic) => {
            let Topic { name, kind, keys: _, names: _, by, means, questions, tale } = topic;
            let Tale { wire, shown, server, client } = tale;
            let command = |shown: &Shown| shown.command;
            Explanation {
                name,
                about: kind.heading(),
                by: Some(by),
                cite: None,
                means: Some(means),
                wire: Some(wire),
                commands: Some(shown.iter().map(command).collect()),
                server: Some(server),
                client: Some(client),
                answers: answers(questions),
            }
        }
        Found::Rule(Rule { id, cite, says }) => Explanation {
            name: id,
            about: RULES,
            cite: Some(cite),
            means: Some(says),
            answers: answers(explain::decided_by(id)),
            ..Explanation::default()
        },
        Found::Question(question) => Explanation {
            name: question,
            about: "questions",
            answers: answers(&[question]),
            ..Explanation::default()
        },
    };
    Document { entry, also: also.iter().map(|name| (*name).to_owned()).collect() }
}

fn answers(questions: &[&'static str]) -> Vec<Answer> {
    let mut rows = Vec::new();
    for question in questions {
        for (stack, answer, basis) in explain::answered(question) {
            let (basis, source) = basis_words(basis);
            rows.push(Answer { question, stack: stack.name, answer, basis, source });
        }
    }
    rows
}
