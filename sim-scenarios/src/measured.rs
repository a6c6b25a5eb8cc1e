//! What real clients were measured to receive, as data, and the cases that the model is asked.
//!
//! A measured count is a fact; the delays the model is given for it are chosen and stated with it.

use crate::case::{Case, Key};
use crate::preset::{Actor, Preset, shelf};
use crate::{catalogue, client, server};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, LazyLock};

/// Replies that clients received, by server.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Measured {
    /// Runs of each cell.
    pub of: u64,
    /// On what, and when.
    #[serde(rename = "where")]
    pub place: String,
    /// Who measured it.
    pub source: String,
    /// Across: names of servers.
    pub servers: Vec<String>,
    /// How the model is set to it.
    #[serde(rename = "set")]
    pub settings: Vec<Setting>,
    /// Down: a client each.
    #[serde(rename = "row")]
    pub rows: Vec<Row>,
}

/// A change of the story, and why.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Setting {
    /// What, as on the command line.
    pub key: String,
    /// The value, likewise.
    pub value: String,
    /// Measured, or chosen for which reason.
    pub why: String,
}

/// What one client received.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Row {
    /// The preset's name.
    pub client: String,
    /// What was run.
    pub version: String,
    /// Replies received, server by server.
    pub replies: Vec<u64>,
    /// What the model is told of this client alone.
    #[serde(default, rename = "set", skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
}

/// The servers of the table.
static SERVERS: LazyLock<Vec<Arc<Preset>>> = LazyLock::new(|| {
    shelf(&[
        include_str!("measured/read-close.toml"),
        include_str!("measured/read-linger0.toml"),
        include_str!("measured/read-shutdown-close.toml"),
        include_str!("measured/read-wait-close.toml"),
        include_str!("measured/read-wait.toml"),
        include_str!("measured/read-lingering-close.toml"),
    ])
});

/// The servers that the clients were measured against.
#[must_use]
pub fn servers() -> &'static [Arc<Preset>] {
    &SERVERS
}

impl Measured {
    /// Nine clients of 2026 against six strategies, on Linux.
    ///
    /// # Errors
    /// What cannot be read in the file of this program: a test reads it.
    pub fn users() -> Result<Measured, String> {
        let table: Measured =
            toml::from_str(include_str!("measured/users.toml")).map_err(|why| why.to_string())?;
        let across = table.servers.len();
        let runs =
            |row: &Row| row.replies.len() == across && row.replies.iter().all(|n| *n <= table.of);
        match table.rows.iter().find(|row| !runs(row)) {
            Some(row) => {
                Err(format!("{}: not {across} counts of at most {}", row.client, table.of))
            }
            None => Ok(table),
        }
    }

    /// The case of every cell, row by row.
    ///
    /// # Errors
    /// A name or a value in the file that nothing has: a test makes them all.
    pub fn cases(&self) -> Result<Vec<Case>, String> {
        let mut cases = Vec::new();
        for row in &self.rows {
            let absent = |name: &str| format!("there is no {name}");
            let client = client::named(&row.client).ok_or_else(|| absent(&row.client))?;
            for name in &self.servers {
                let server = server::named(name).ok_or_else(|| absent(name))?;
                let mut case = catalogue::story("upload").ok_or_else(|| absent("upload"))?;
                for Setting { key, value, why: _ } in self.settings.iter().chain(&row.settings) {
                    let known = Key::named(key).ok_or_else(|| absent(key))?;
                    case.change(known, value).map_err(|why| why.to_string())?;
                }
                (case.server, case.client) = (Actor::from(server), Actor::from(&client));
                cases.push(case);
            }
        }
        Ok(cases)
    }
}
