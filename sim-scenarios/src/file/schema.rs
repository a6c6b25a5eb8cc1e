//! The JSON Schema of scenario files and presets, from the types that read them.

use super::Doc;
use crate::preset::Preset;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::sync::LazyLock;

static SCENARIO: LazyLock<Value> = LazyLock::new(of::<Doc>);
static PRESET: LazyLock<Value> = LazyLock::new(of::<Preset>);

fn of<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value()
}

/// The schema of a scenario file.
#[must_use]
pub fn scenario_schema() -> &'static Value {
    &SCENARIO
}

/// The schema of a preset.
#[must_use]
pub fn preset_schema() -> &'static Value {
    &PRESET
}
