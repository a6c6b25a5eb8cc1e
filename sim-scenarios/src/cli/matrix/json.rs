//! The matrix for programs.

use super::Computed;
use super::cells::{Cell, Table, interval};
use crate::case::Case;
use crate::cli::{Problem, pick};
use crate::preset::Job;
use crate::token;
use serde_json::{Value, json};
use sim_core::drive::explore::End;

pub(super) fn json(computed: &Computed) -> Result<Value, Problem> {
    let ask = computed.ask;
    let tables = computed.tables();
    let tables: Vec<Value> = tables.into_iter().map(table).collect::<Result<_, _>>()?;
    Ok(json!({
        "schema_version": 1,
        "kind": "matrix",
        "seed": ask.seed,
        "trials": ask.trials,
        "pace": "racing",
        "budget": {"loss": 0, "repeat": 0, "reorder": 0},
        "max_states": ask.states,
        "interval": "Clopper-Pearson, 95 %",
        "tables": tables,
    }))
}

fn table(table: &Table) -> Result<Value, Problem> {
    let bytes = |job: &Job| json!({"request": job.request, "write": job.write, "reply": job.reply});
    let cells: Vec<Value> = table.cells.iter().map(cell).collect::<Result<_, _>>()?;
    Ok(json!({
        "story": table.case.story,
        "client_stack": table.case.stacks[0].name,
        "server_stack": table.case.stacks[1].name,
        "sampled_bytes": bytes(&table.case.job),
        "explored_bytes": bytes(&table.explored),
        "cells": cells,
    }))
}

fn cell(cell: &Cell) -> Result<Value, Problem> {
    let Case { server, client, .. } = &cell.case;
    let (low, high) = interval(cell.missed(), cell.tally.trials);
    let explored: Vec<Value> = cell
        .explored
        .seen
        .iter()
        .map(|(word, cause)| json!({"word": word, "cause": cause}))
        .collect();
    let sampled: Vec<Value> = cell
        .tally
        .counts
        .iter()
        .map(|(outcome, count, first)| {
            json!({
                "word": outcome.word, "read": outcome.read, "told": outcome.told,
                "cause": outcome.cause, "count": count, "first_trial": first,
            })
        })
        .collect();
    Ok(json!({
        "server": server.in_full(),
        "client": client.in_full(),
        "options": pick::typed(&cell.case),
        "scenario": token::hash(&cell.case.scenario()?),
        "words": cell.words(),
        "cause": cell.cause(),
        "explored": {
            "states": cell.explored.states,
            "complete": cell.explored.end == Some(End::Complete) && cell.explored.halted.is_none(),
            "outcomes": explored,
        },
        "sampled": {
            "missed": cell.missed(), "trials": cell.tally.trials, "halted": cell.tally.halted,
            "low": low, "high": high, "outcomes": sampled,
        },
    }))
}
