//! `list`: names that other commands take.

use super::{Exit, Format, Printed, Problem};
use crate::catalogue::Variant;
use crate::preset::{Actor, Preset};
use crate::render::words::{self, HEAD, paint};
use crate::{client, measured, server};
use serde_json::json;
use sim_core::profile;
use std::fmt::Write;
use std::sync::Arc;

/// How to print.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Args {
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A heading and names with a few words each.
type Part = (&'static str, Vec<(String, String)>);

pub(super) fn list(args: &Args) -> Result<Printed, Problem> {
    let parts = parts();
    match args.format {
        Format::Human => Ok(Printed::done(human(&parts))),
        Format::Json => {
            let names = |rows: &[(String, String)]| {
                rows.iter().map(|(name, about)| json!({"name": name, "about": about})).collect()
            };
            let lists: serde_json::Map<String, serde_json::Value> =
                parts.iter().map(|(what, rows)| ((*what).to_owned(), names(rows))).collect();
            let value = json!({"schema_version": 1, "kind": "list", "lists": lists});
            Printed::json(&value, Exit::Done)
        }
    }
}

fn parts() -> [Part; 7] {
    let bytes = |variant: Variant| {
        let (request, chunk, reply) = variant.bytes();
        let writes = words::count(u64::from(request.div_ceil(chunk)), "write");
        format!(
            "a request of {} in {writes}, answered by {}",
            words::bytes(request),
            words::bytes(reply)
        )
    };
    [
        ("server strategies", actors(server::generic())),
        ("servers people run", actors(server::field())),
        ("servers of the measured table", actors(measured::servers())),
        ("client policies", actors(client::generic())),
        ("clients people run", actors(client::field())),
        ("stacks", profile::ALL.map(|p| (p.name.to_owned(), p.version.to_owned())).into()),
        ("stories", Variant::ALL.map(|v| (v.name().to_owned(), bytes(v))).into()),
    ]
}

fn actors(presets: &[Arc<Preset>]) -> Vec<(String, String)> {
    presets.iter().map(|p| (Actor::from(p).in_full(), p.about.clone())).collect()
}

fn human(parts: &[Part]) -> String {
    let mut text = String::new();
    for (what, rows) in parts {
        let _ = writeln!(text, "{}", paint(HEAD, what));
        for (name, about) in rows {
            // A name with many numbers has a line for itself.
            let long = name.len() > 18;
            let name = if long { format!("  {name}\n{:20}", "") } else { format!("  {name:<18}") };
            let about = words::wrap(about, 78, "                    ");
            let _ = writeln!(text, "{name}{about}");
        }
        text.push('\n');
    }
    text.push_str("closerace show NAME tells more. Numbers in {} can be set: wait-close:wait=1s\n");
    text
}
