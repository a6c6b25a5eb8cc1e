//! What commands print for programs: an object with a version and a kind, and the schema of all.
//!
//! Every form is a type, and the schema comes from the types; nothing is put together by hand.

use super::{
    advise, conform, drill, explain, explore, list, loss, matrix, measured, race, show, stacks,
    tell,
};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};
use sim_core::drive::run::Ended;
use sim_core::report::outcome;
use sim_core::script::Told;
use sim_core::tcp::Gone;
use sim_core::world::Budget;
use std::sync::LazyLock;

/// The version of every form. It changes when something that is there now goes or means something
/// else; what is new changes nothing.
pub(super) const VERSION: u32 = 1;

/// Something that is printed for programs.
pub(super) trait Document: Serialize + JsonSchema {
    /// Its `kind`.
    const KIND: &'static str;
}

/// A document as it is printed.
#[derive(Serialize)]
pub(super) struct Versioned<'d, D> {
    schema_version: u32,
    kind: &'static str,
    #[serde(flatten)]
    document: &'d D,
}

impl<'d, D: Document> Versioned<'d, D> {
    pub(super) const fn new(document: &'d D) -> Versioned<'d, D> {
        Versioned { schema_version: VERSION, kind: D::KIND, document }
    }
}

/// A scenario: its story's name, and a hash of everything that decides how it goes on.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ScenarioId {
    pub name: String,
    pub hash: String,
}

/// What the links may do to segments: both the same, or each by itself.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Links {
    Both(Budget),
    Each { to_server: Budget, to_client: Budget },
}

/// How a run ended.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Outcome {
    pub word: outcome::Word,
    /// Bytes of the answer that the client's application has read.
    pub read: u32,
    /// The last thing it was told.
    pub told: Told,
    /// Why the rest was not read.
    pub cause: Option<Gone>,
    pub ended: Ended,
}

impl From<&outcome::Outcome> for Outcome {
    fn from(outcome: &outcome::Outcome) -> Outcome {
        let outcome::Outcome { word, read, told, cause, ended } = *outcome;
        Outcome { word, read, told, cause, ended }
    }
}

static SCHEMA: LazyLock<Value> = LazyLock::new(whole);

/// The schema of everything that is printed for programs.
pub(super) fn schema() -> &'static Value {
    &SCHEMA
}

fn whole() -> Value {
    let mut types = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let each = [
        one::<matrix::Document>(&mut types),
        one::<tell::Document>(&mut types),
        one::<explore::Document>(&mut types),
        one::<race::Document>(&mut types),
        one::<race::PossibleDocument>(&mut types),
        one::<loss::Document>(&mut types),
        one::<advise::Document>(&mut types),
        one::<loss::ExactDocument>(&mut types),
        one::<loss::RareDocument>(&mut types),
        one::<measured::Document>(&mut types),
        one::<list::Document>(&mut types),
        one::<show::StackDocument>(&mut types),
        one::<stacks::TableDocument>(&mut types),
        one::<stacks::DiffDocument>(&mut types),
        one::<show::ScriptDocument>(&mut types),
        one::<show::ScenarioDocument>(&mut types),
        one::<explain::Document>(&mut types),
        one::<explain::Topics>(&mut types),
        one::<conform::RowDocument>(&mut types),
        one::<conform::SummaryDocument>(&mut types),
        one::<drill::ScriptDocument>(&mut types),
        one::<drill::SummaryDocument>(&mut types),
    ];
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What closerace prints for programs",
        "description": "What --format json prints: one object; conform and drill print one a line.",
        "oneOf": each,
        "$defs": types.take_definitions(true),
    })
}

/// A document's schema with its version and kind.
fn one<D: Document>(types: &mut SchemaGenerator) -> Value {
    let mut schema = D::json_schema(types).to_value();
    schema["title"] = D::KIND.into();
    schema["properties"]["schema_version"] = json!({"const": VERSION});
    schema["properties"]["kind"] = json!({"const": D::KIND});
    let required = schema["required"].take();
    let others = required.as_array().into_iter().flatten().cloned();
    schema["required"] =
        [json!("schema_version"), json!("kind")].into_iter().chain(others).collect();
    schema
}
