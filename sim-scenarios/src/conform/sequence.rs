//! Sequences: several steps from a state, and a log of everything.

use super::Verdict;
use super::bench::{self, Bench, Told};
use super::compare::{self, Windows};
use super::matrix::Recipes;
use super::numbers::{self, Environment};
use super::rows::{Row, strings};
use serde_json::Value;
use sim_core::tcp::tuning::Switchable;

/// Without timestamps on the peer's side a segment holds what the option says.
pub(super) const STOCK_MSS: u16 = 1460;

/// Checks a row.
pub(super) fn check(row: &Row, recipes: &Recipes) -> Verdict {
    Verdict::of(row, || difference(row, recipes))
}

fn difference(row: &Row, recipes: &Recipes) -> Result<Option<String>, String> {
    let case = &row.value["case"];
    let state = row.value["start"].as_str().or_else(|| case["state"].as_str());
    let mut sysctl = state.map(|state| recipes.sysctl(state)).unwrap_or_default();
    sysctl.extend(numbers::sysctls(&case["sysctl"]));
    let environment = match case["profile"].as_str() {
        None | Some("plain") => Environment::Plain,
        Some("stock") => Environment::Stock { mss: STOCK_MSS, sack: sack(&case["steps"]) },
        Some(other) => return Err(format!("unsupported profile {other:?}")),
    };
    let setup = bench::setup(environment, &sysctl)?;
    let mut bench = Bench::new(setup);
    if let Some(state) = state {
        for step in recipes.state(state)? {
            bench.step(step)?;
        }
    }
    bench.emitted();
    let steps = case["steps"].as_array().ok_or("a sequence without steps")?;
    let mut log = Vec::new();
    for step in steps {
        match bench.step(step)? {
            Told::Nothing => {}
            Told::Call(call) => log.push(format!("call {call}")),
            Told::Injected(segment) => log.push(format!("in  {segment}")),
            Told::State(fd, table) => {
                let fd = fd.unwrap_or("None");
                log.push(format!("state fd={fd} table={}", table.join(",")));
                // What was sent meanwhile is found by the next step that listens.
                continue;
            }
        }
        log.extend(bench.emitted().into_iter().map(|seen| format!("out {}", seen.0)));
    }
    log.extend(bench.emitted().into_iter().map(|seen| format!("out {}", seen.0)));
    let windows = match state {
        Some(state) if state.starts_with("SYN_RECV_SIMOPEN") => Windows::Ignored,
        Some(_) | None => Windows::ZeroOrNot,
    };
    Ok(compare::log(&strings(&row.value["log"]), &log, windows))
}

/// Whether the peer's SYN offers SACK.
fn sack(steps: &Value) -> Switchable {
    let steps = steps.as_array().map_or(&[][..], Vec::as_slice);
    match steps.iter().any(|step| super::lab_app::is(&step[1]["sack"])) {
        true => Switchable::On,
        false => Switchable::Off,
    }
}
