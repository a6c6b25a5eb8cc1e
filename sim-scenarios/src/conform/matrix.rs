//! `matrix.jsonl`: a state, one segment or one call, what followed, and what an application sees
//! next.

use super::Verdict;
use super::bench::{self, Bench, Seen, Told};
use super::compare::{self, Windows};
use super::numbers::{self, Environment};
use super::rows::{Kind, Row, strings};
use serde_json::Value;
use sim_core::wire::millis;
use std::path::Path;

/// How long the recorder listened at once, and how long it listened on.
pub(super) const AT_ONCE: u64 = 14;
pub(super) const LATER: u64 = 50;

/// How the states of a matrix are reached: the file beside it.
#[derive(Debug)]
pub(super) struct Recipes(Value);

impl Recipes {
    /// The recipes that lie beside a file of rows.
    ///
    /// # Errors
    /// No such file, or not JSON.
    pub(super) fn beside(rows: &Path) -> Result<Recipes, String> {
        let file = rows.with_file_name("recipes.json");
        let text = std::fs::read_to_string(&file)
            .map_err(|why| format!("recipes.json is needed beside the rows: {why}"))?;
        let value: Value =
            serde_json::from_str(&text).map_err(|why| format!("{}: {why}", file.display()))?;
        for part in ["states", "segment_events", "call_events", "probes"] {
            if !value[part].is_object() {
                return Err(format!("{}: expected an object {part:?}", file.display()));
            }
        }
        Ok(Recipes(value))
    }

    pub(super) fn state(&self, name: &str) -> Result<&[Value], String> {
        self.steps("states", name)
    }

    /// The setting under which a state was recorded.
    pub(super) fn sysctl(&self, state: &str) -> Vec<(String, Value)> {
        numbers::sysctls(&self.0["state_sysctl"][state])
    }

    fn steps(&self, part: &str, name: &str) -> Result<&[Value], String> {
        let steps = self.0[part][name].as_array();
        steps.map(Vec::as_slice).ok_or_else(|| format!("recipes.json has no {part} {name:?}"))
    }
}

/// Checks a row.
pub(super) fn check(row: &Row, recipes: &Recipes) -> Verdict {
    Verdict::of(row, || difference(row, recipes))
}

/// A state, an event, and what the kernel made of it.
struct Played {
    calls: Vec<String>,
    at_once: Vec<Seen>,
    late: Vec<Seen>,
    bench: Bench,
}

fn play(
    recipes: &Recipes,
    kind: Kind,
    (state, event): (&str, &str),
    sysctl: &Value,
) -> Result<Played, String> {
    let mut settings = recipes.sysctl(state);
    settings.extend(numbers::sysctls(sysctl));
    let mut bench = Bench::new(bench::setup(Environment::Plain, &settings)?);
    for step in recipes.state(state)? {
        bench.step(step)?;
    }
    bench.emitted();
    bench.injected.clear();
    let part = if kind == Kind::Segment { "segment_events" } else { "call_events" };
    let mut calls = Vec::new();
    for step in recipes.steps(part, event)? {
        if let Told::Call(call) = bench.step(step)? {
            calls.push(call);
        }
    }
    bench.pass(millis(AT_ONCE))?;
    let at_once = bench.emitted();
    bench.pass(millis(LATER))?;
    let late = bench.emitted();
    Ok(Played { calls, at_once, late, bench })
}

fn difference(row: &Row, recipes: &Recipes) -> Result<Option<String>, String> {
    let value = &row.value;
    let state = value["state"].as_str().unwrap_or("");
    let event = value["event"].as_str().unwrap_or("");
    let Played { calls, at_once, late, bench } =
        play(recipes, row.kind, (state, event), &value["sysctl"])?;
    let windows = windows(state);
    let injected = strings(&value["injected"]);
    let found = compare::words("injected", &injected, &bench.injected)
        .or_else(|| compare::words("calls", &strings(&value["calls"]), &calls))
        .or_else(|| compare::segments("emitted", &strings(&value["emitted"]), &at_once, windows))
        .or_else(|| compare::segments("late", &strings(&value["late"]), &late, windows))
        .or_else(|| compare::state("state after", &value["state_after"], &bench.state()));
    if found.is_some() {
        return Ok(found);
    }
    probes(value, recipes, &bench, windows)
}

/// In a simultaneous open the recorded kernel scales its window wrongly.
fn windows(state: &str) -> Windows {
    if state.starts_with("SYN_RECV_SIMOPEN") { Windows::Ignored } else { Windows::ZeroOrNot }
}

fn probes(
    value: &Value,
    recipes: &Recipes,
    after: &Bench,
    windows: Windows,
) -> Result<Option<String>, String> {
    let empty = serde_json::Map::new();
    for (name, recorded) in value["probes"].as_object().unwrap_or(&empty) {
        let mut bench = after.clone();
        let mut calls = Vec::new();
        for call in recipes.steps("probes", name)? {
            let words = call.as_array().cloned().unwrap_or_else(|| vec![call.clone()]);
            calls.push(bench.named_call(&words)?);
        }
        bench.pass(millis(AT_ONCE))?;
        let emitted: Vec<Seen> = bench.emitted();
        let wanted: Vec<String> = recorded["calls"]
            .as_str()
            .map(|text| text.split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default();
        let what = |part: &str| format!("probe {name}: {part}");
        let found = compare::words(&what("calls"), &wanted, &calls)
            .or_else(|| {
                let wanted = strings(&recorded["emitted"]);
                compare::segments(&what("emitted"), &wanted, &emitted, windows)
            })
            .or_else(|| compare::state(&what("state"), &recorded["state"], &bench.state()));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
