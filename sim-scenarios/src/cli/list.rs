//! `list`: names that other commands take.

use super::help::{self, Ends};
use super::{Exit, Format, Printed, Problem, Say, output};
use crate::preset::{Actor, Preset};
use crate::render::words::{self, HEAD, paint};
use crate::{catalogue, client, measured, server};
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::profile;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// How to print.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, Ends::PLAIN))]
pub(super) struct Args {
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const EXAMPLES: &[help::Example] = &[
    ("closerace list", "names with a few words on each"),
    ("closerace list --quiet", "a name a line"),
    ("closerace list --format json", ""),
];

/// A heading and its names.
type Part = (&'static str, Vec<Named>);

/// A name, its numbers, and a few words.
struct Named {
    name: String,
    /// As in `{wait=500ms}`; nothing where it has none.
    numbers: String,
    about: String,
}

/// Names that other commands take, by heading.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Document {
    lists: BTreeMap<&'static str, Vec<Listed>>,
}

impl output::Document for Document {
    const KIND: &'static str = "list";
}

/// A name with its numbers, and a few words.
#[derive(Debug, Serialize, JsonSchema)]
struct Listed {
    name: String,
    about: String,
}

impl From<Named> for Listed {
    fn from(Named { name, numbers, about }: Named) -> Listed {
        Listed { name: format!("{name}{numbers}"), about }
    }
}

pub(super) fn list(args: &Args, say: Say) -> Result<Printed, Problem> {
    let parts = parts();
    match (args.format, say) {
        (Format::Human, Say::All) => Ok(Printed::done(human(&parts))),
        (Format::Human, Say::Answer) => {
            let rows = parts.iter().flat_map(|(_, rows)| rows);
            Ok(Printed::done(rows.map(|row| format!("{}\n", row.name)).collect()))
        }
        (Format::Json, _) => {
            let listed = |rows: Vec<Named>| rows.into_iter().map(Listed::from).collect();
            let lists = parts.into_iter().map(|(what, rows)| (what, listed(rows))).collect();
            Printed::json(&Document { lists }, Exit::Done)
        }
    }
}

fn parts() -> [Part; 8] {
    let plain =
        |name: &str, about: String| Named { name: name.to_owned(), numbers: String::new(), about };
    let stories = catalogue::stories().iter();
    [
        ("server strategies", actors(server::generic())),
        ("further server strategies", actors(server::further())),
        ("servers people run", actors(server::field())),
        ("servers of the measured table", actors(measured::servers())),
        ("client policies", actors(client::generic())),
        ("clients people run", actors(client::field())),
        ("stacks", profile::ALL.map(|p| plain(p.name, p.version.to_owned())).into()),
        ("stories", stories.map(|case| plain(&case.story, case.about.clone())).collect()),
    ]
}

fn actors(presets: &[Arc<Preset>]) -> Vec<Named> {
    let named = |preset: &Arc<Preset>| {
        let full = Actor::from(preset).in_full();
        let numbers = full.strip_prefix(&preset.name).unwrap_or_default().to_owned();
        Named { name: preset.name.clone(), numbers, about: preset.about.clone() }
    };
    presets.iter().map(named).collect()
}

fn human(parts: &[Part]) -> String {
    let mut text = String::new();
    let all = parts.iter().flat_map(|(_, rows)| rows);
    let width = all.map(|row| row.name.len()).max().unwrap_or(0);
    for (what, rows) in parts {
        let _ = writeln!(text, "{}", paint(HEAD, what));
        for Named { name, numbers, about } in rows {
            let line = format!("  {name:width$}  {about} {numbers}");
            let _ = writeln!(text, "{}", words::wrap(line.trim_end(), 98, &" ".repeat(width + 4)));
        }
        text.push('\n');
    }
    text.push_str("closerace show NAME tells more. Numbers in {} can be set: wait-close:wait=1s\n");
    text
}
