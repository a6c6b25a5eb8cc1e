//! A document against the schema of its types: unknown keys, wrong kinds, words that are not in the
//! list, texts that are no size or time, too many of something. What fits comes out as a value.

use super::flaw::{Flaw, MISSING};
use super::text::{LawText, Name, Pair, Share, Size, Stack};
use crate::case::Acks;
use crate::near;
use crate::preset::{Amount, Condition, Delay, Lingering, Target, Time, Until};
use crate::units::Unreadable;
use serde_json::{Map, Value};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

/// Where a document's parts stand.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    /// A value without parts.
    Leaf(Range<usize>),
    /// A list.
    List(Range<usize>, Vec<Tree>),
    /// A table.
    Table(Range<usize>, Vec<(String, Tree)>, Fit),
}

/// Whether something in a table was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Whole,
    Flawed,
}

impl Tree {
    pub(super) fn span(&self) -> Range<usize> {
        match self {
            Tree::Leaf(span) | Tree::List(span, _) | Tree::Table(span, _, _) => span.clone(),
        }
    }
}

/// What fits of a document.
pub(super) struct Root {
    pub(super) value: Map<String, Value>,
    pub(super) tree: Tree,
}

/// A walk through a document.
pub(super) struct Walk<'s> {
    schema: &'s Value,
    pub(super) flaws: Vec<Flaw>,
}

/// Why a text is not what the type with this name reads.
fn misread(name: &str, text: &str) -> Option<Unreadable> {
    match name {
        "Acks" => text.parse::<Acks>().err(),
        "Amount" => text.parse::<Amount>().err(),
        "Condition" => text.parse::<Condition>().err(),
        "Delay" => text.parse::<Delay>().err(),
        "Lingering" => text.parse::<Lingering>().err(),
        "LawText" => text.parse::<LawText>().err(),
        "Name" => text.parse::<Name>().err(),
        "Pair" => text.parse::<Pair>().err(),
        "Share" => text.parse::<Share>().err(),
        "Size" => text.parse::<Size>().err(),
        "Stack" => text.parse::<Stack>().err(),
        "Target" => text.parse::<Target>().err(),
        "Time" => text.parse::<Time>().err(),
        "Until" => text.parse::<Until>().err(),
        _ => None,
    }
}

/// What a value is, in words.
const fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// Which kind a schema wants, past the null of what may be left out.
fn wanted(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(one) => one,
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => "",
    }
}

fn kind_wanted(schema: &Value) -> &'static str {
    match wanted(schema) {
        "string" => "text",
        "integer" => "a whole number",
        "array" => "a list",
        "object" => "a table",
        _ => "something else",
    }
}

/// The start of a text, for a message.
fn shortened(text: &str) -> String {
    const ENOUGH: usize = 60;
    match text.char_indices().nth(ENOUGH) {
        Some((at, _)) => format!("{:?}...", &text[..at]),
        None => format!("{text:?}"),
    }
}

impl<'s> Walk<'s> {
    pub(super) const fn new(schema: &'s Value) -> Walk<'s> {
        Walk { schema, flaws: Vec::new() }
    }

    /// The whole document.
    pub(super) fn table(&mut self, root: &Spanned<DeTable<'_>>) -> Root {
        let (value, tree) = self.keys(self.schema, root.get_ref(), 0..0, "the file");
        Root { value, tree }
    }

    fn flaw(&mut self, span: Range<usize>, what: String, label: &str, help: Option<String>) {
        self.flaws.push(Flaw { span, what, label: label.to_owned(), help });
    }

    /// The schema behind references and behind "or nothing", with its name.
    fn resolved(&self, mut schema: &'s Value) -> (&'s str, &'s Value) {
        let mut name = "";
        loop {
            let nullable = schema["anyOf"].as_array().and_then(|any| {
                any.iter().find(|one| one["type"] != "null").filter(|_| any.len() == 2)
            });
            if let Some(reference) = schema["$ref"].as_str() {
                name = reference.rsplit('/').next().unwrap_or_default();
                schema = &self.schema["$defs"][name];
            } else if let Some(one) = nullable {
                schema = one;
            } else {
                return (name, schema);
            }
        }
    }

    fn value(&mut self, schema: &'s Value, value: &Spanned<DeValue<'_>>) -> (Option<Value>, Tree) {
        let (name, schema) = self.resolved(schema);
        let span = value.span();
        let leaf = Tree::Leaf(span.clone());
        match value.get_ref() {
            DeValue::Table(keys) if wanted(schema) == "object" => {
                let (value, tree) = self.keys(schema, keys, span, "this table");
                (Some(Value::Object(value)), tree)
            }
            DeValue::Array(items) if wanted(schema) == "array" => {
                self.items(schema, items.iter(), span)
            }
            DeValue::String(text) if wanted(schema) == "string" && words(schema).is_empty() => {
                (self.text(name, schema, text, span), leaf)
            }
            DeValue::Integer(number) if wanted(schema) == "integer" => {
                (self.integer(schema, number, span), leaf)
            }
            DeValue::Boolean(true) if schema["const"] == true => (Some(Value::Bool(true)), leaf),
            DeValue::Boolean(_) if schema["const"] == true => {
                let help = "write true, or leave it out".to_owned();
                self.flaw(span, "this cannot be false".to_owned(), "false", Some(help));
                (None, leaf)
            }
            other @ (DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_)) => {
                let value = match is_choice(schema) {
                    true => self.choice(schema, other, span),
                    false => self.misfit(schema, other, span),
                };
                (value, leaf)
            }
        }
    }

    /// A value of another kind.
    fn misfit(&mut self, schema: &Value, value: &DeValue<'_>, span: Range<usize>) -> Option<Value> {
        let wanted = match schema["const"] == true {
            true => "true",
            false => kind_wanted(schema),
        };
        let about = schema["description"].as_str().map(|about| match wanted {
            "text" => format!("write text with quotation marks: {about}"),
            _ => about.to_owned(),
        });
        let what = format!("{wanted} belongs here, not {}", kind(value));
        self.flaw(span, what, kind(value), about);
        None
    }

    fn keys(
        &mut self,
        schema: &'s Value,
        keys: &DeTable<'_>,
        span: Range<usize>,
        of: &str,
    ) -> (Map<String, Value>, Tree) {
        let empty = Map::new();
        let before = self.flaws.len();
        let known = schema["properties"].as_object().unwrap_or(&empty);
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        let (mut fitting, mut trees) = (Map::new(), Vec::new());
        for (key, value) in keys {
            let name: &str = key.get_ref();
            let Some(schema) = known.get(name).and_then(|_| schema["properties"].get(name)) else {
                let what = format!("there is no {} in {of}", shortened(name));
                let help = Some(near::advice(name, &names));
                self.flaw(key.span(), what, "unknown key", help);
                continue;
            };
            let (value, tree) = self.value(schema, value);
            // A table of a document stands where its name does.
            let tree = match tree {
                Tree::Table(span, keys, fit) if span.is_empty() => {
                    Tree::Table(key.span(), keys, fit)
                }
                tree @ (Tree::Leaf(_) | Tree::List(..) | Tree::Table(..)) => tree,
            };
            trees.push((name.to_owned(), tree));
            if let Some(value) = value {
                fitting.insert(name.to_owned(), value);
            }
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !keys.keys().any(|key| *key.get_ref() == name) {
                let about = self.resolved(&known[name]).1["description"].as_str();
                let about = known[name]["description"].as_str().or(about).map(str::to_owned);
                let what = format!("{of} has no {name}");
                self.flaw(span.clone(), what, MISSING, about);
            }
        }
        let fit = if self.flaws.len() == before { Fit::Whole } else { Fit::Flawed };
        (fitting, Tree::Table(span, trees, fit))
    }

    fn items<'v, 'i: 'v>(
        &mut self,
        schema: &'s Value,
        items: impl ExactSizeIterator<Item = &'v Spanned<DeValue<'i>>>,
        span: Range<usize>,
    ) -> (Option<Value>, Tree) {
        let most = schema["maxItems"].as_u64().unwrap_or(u64::MAX);
        if u64::try_from(items.len()).is_ok_and(|n| n > most) {
            let what = format!("{} are too many", items.len());
            self.flaw(span.clone(), what, "too many", Some(format!("at most {most} are possible")));
            return (None, Tree::List(span, Vec::new()));
        }
        let (mut values, mut trees) = (Vec::new(), Vec::new());
        for item in items {
            let (value, tree) = self.value(&schema["items"], item);
            values.extend(value);
            trees.push(tree);
        }
        (Some(Value::Array(values)), Tree::List(span, trees))
    }

    fn text(
        &mut self,
        name: &str,
        schema: &Value,
        text: &str,
        span: Range<usize>,
    ) -> Option<Value> {
        let most = schema["maxLength"].as_u64().unwrap_or(1_000);
        if u64::try_from(text.chars().count()).is_ok_and(|n| n > most) {
            let help = format!("at most {most} characters are possible");
            self.flaw(span, "this text is too long".to_owned(), "too long", Some(help));
            return None;
        }
        if let Some(Unreadable { text, what, form }) = misread(name, text) {
            let sentence = format!("{} is not a {what}", shortened(&text));
            self.flaw(span, sentence, &format!("not a {what}"), Some(form));
            return None;
        }
        Some(Value::String(text.to_owned()))
    }

    fn integer(
        &mut self,
        schema: &Value,
        number: &DeInteger<'_>,
        span: Range<usize>,
    ) -> Option<Value> {
        let least = schema["minimum"].as_u64().unwrap_or(0);
        let most = schema["maximum"].as_u64().unwrap_or(u32::MAX.into());
        match u64::from_str_radix(number.as_str(), number.radix()) {
            Ok(n) if (least..=most).contains(&n) => Some(Value::from(n)),
            Ok(_) | Err(_) => {
                let help = format!("from {least} to {most}");
                self.flaw(span, format!("{number} does not fit"), "out of range", Some(help));
                None
            }
        }
    }

    /// One of several words.
    fn choice(&mut self, schema: &Value, value: &DeValue<'_>, span: Range<usize>) -> Option<Value> {
        let all = words(schema);
        let (what, label, help) = match value {
            DeValue::String(text) if all.contains(&text.as_ref()) => {
                return Some(Value::String(text.to_string()));
            }
            DeValue::String(text) => {
                let what = format!("{} is not one of the words for this", shortened(text));
                (what, "unknown word", near::advice(text, &all))
            }
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => {
                let what = format!("a word belongs here, not {}", kind(value));
                (what, kind(value), near::advice("", &all))
            }
        };
        self.flaw(span, what, label, Some(help));
        None
    }
}

/// The words that a schema allows, where it lists them.
fn words(schema: &Value) -> Vec<&str> {
    let listed = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let each = schema["oneOf"].as_array().into_iter().flatten();
    let each = each.flat_map(|one| {
        let several = one["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        one["const"].as_str().into_iter().chain(several)
    });
    listed.chain(each).collect()
}

fn is_choice(schema: &Value) -> bool {
    !words(schema).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::scenario_schema;

    /// A text type that is new has to be named in `misread`, or its mistakes have no place.
    #[test]
    fn every_kind_of_text_has_its_reader() {
        let defs = scenario_schema()["$defs"].as_object().expect("definitions");
        let texts = defs.iter().filter(|(_, def)| def["pattern"].is_string());
        let unread: Vec<&String> =
            texts.map(|(name, _)| name).filter(|name| misread(name, "\u{1}").is_none()).collect();
        assert!(unread.is_empty(), "{unread:?}");
    }
}
