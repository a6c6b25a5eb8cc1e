//! What a story claims, and how that fared.

use crate::case::Case;
use crate::claim::{Claim, Effort, Fared, Judged, check, variants};
use crate::cli::{Exit, Problem};
use crate::preset::Actor;
use crate::render::words::{self, HEAD, paint, thousands};
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::report::outcome::Word;
use std::fmt::Write;

/// Runs in virtual time for each claim and pair of stacks.
const TRIALS: u64 = 200;
/// Their seed.
const SEED: u64 = 1;

/// Every claim of a case on each of its pairs of stacks.
pub(super) fn judged(case: &Case, states: u64) -> Result<Vec<(Claim, Case, Judged)>, Problem> {
    let effort = Effort { states, trials: TRIALS, seed: SEED };
    let mut all = Vec::new();
    for claim in &case.claims {
        let unfit = |(field, why)| Problem::Usage(format!("a claim's {field}: {why}"));
        for variant in variants(case, claim).map_err(unfit)? {
            let judged = check(&variant, claim, effort)?;
            all.push((claim.clone(), variant, judged));
        }
    }
    Ok(all)
}

/// The exit code that the claims ask for.
pub(super) fn exit(judged: &[(Claim, Case, Judged)]) -> Exit {
    let any = |is: fn(&Fared) -> bool| judged.iter().any(|(_, _, judged)| is(&judged.fared));
    if any(|fared| matches!(fared, Fared::Broken { .. })) {
        Exit::Violated
    } else if any(|fared| matches!(fared, Fared::Open(_))) {
        Exit::Inconclusive
    } else {
        Exit::Done
    }
}

/// What a claim's verdict holds for, beside the story.
fn scope(claim: &Claim, case: &Case, actors: [&Actor; 2]) -> String {
    let mut parts = vec![format!("{}-{}", case.stacks[0].name, case.stacks[1].name)];
    let [client, server] = actors;
    if case.server != *server {
        parts.push(format!("server {}", case.server));
    }
    if case.client != *client {
        parts.push(format!("client {}", case.client));
    }
    parts.extend(case.changes.iter().map(ToString::to_string));
    parts.push(format!("pace {}", claim.pace.pace().word()));
    if let Some(budget) = case.faults {
        parts.push(crate::cli::tell::budget_words(budget));
    }
    parts.join(", ")
}

fn sampled(judged: &Judged) -> String {
    let part = |(word, count): &(Word, u64)| format!("{} {count}", word.name());
    let parts: Vec<String> = judged.sampled.iter().map(part).collect();
    parts.join(", ")
}

/// For people.
pub(super) fn text(case: &Case, judged: &[(Claim, Case, Judged)]) -> String {
    let mut text = format!("\n{}\n", paint(HEAD, "What the story claims"));
    for (claim, variant, judged) in judged {
        let word = match &judged.fared {
            Fared::Held => "holds",
            Fared::Broken { .. } => "FAILS",
            Fared::Open(_) => "open",
        };
        let says = words::wrap(&format!("  {word:<6} {}", claim.says), 98, "         ");
        let words: Vec<&str> = judged.explored.iter().map(|(word, _)| word.name()).collect();
        let line = format!(
            "         {}: {} ({} states); {TRIALS} runs of seed {SEED}: {}",
            scope(claim, variant, [&case.client, &case.server]),
            words.join(" or "),
            thousands(judged.states),
            sampled(judged),
        );
        let _ = writeln!(text, "{says}\n{}", words::wrap(&line, 98, "           "));
        match &judged.fared {
            Fared::Held => {}
            Fared::Open(why) => {
                let _ =
                    writeln!(text, "{}", words::wrap(&format!("         {why}"), 98, "         "));
            }
            Fared::Broken { what, witness } => {
                let _ =
                    writeln!(text, "{}", words::wrap(&format!("         {what}"), 98, "         "));
                if let Some(token) = witness {
                    let _ = writeln!(text, "         closerace replay {token}");
                }
            }
        }
    }
    text
}

/// How many hold, and those that do not.
pub(super) fn short(judged: &[(Claim, Case, Judged)]) -> String {
    let held = judged.iter().filter(|(_, _, judged)| judged.fared == Fared::Held).count();
    let mut text = format!("Claims of the story: {held} of {} hold.\n", judged.len());
    for (claim, _, judged) in judged {
        let (word, what, witness) = match &judged.fared {
            Fared::Held => continue,
            Fared::Open(why) => ("open", why, None),
            Fared::Broken { what, witness } => ("FAILS", what, witness.as_ref()),
        };
        let line = format!("{word} {}: {what}", claim.says);
        let _ = writeln!(text, "{}", words::wrap(&line, 98, "  "));
        if let Some(token) = witness {
            let _ = writeln!(text, "  closerace replay {token}");
        }
    }
    text
}

/// A claim of the story on a pair of stacks, and how it fared.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct StoryClaim {
    claim: Claim,
    /// What it holds for, beside the story.
    scope: String,
    /// held, open or broken.
    fared: &'static str,
    why: Option<String>,
    /// A run that shows it, where there is one.
    witness: Option<String>,
    states: u64,
    explored: Vec<WordToken>,
    sampled: Vec<WordCount>,
    trials: u64,
    seed: u64,
}

/// A word and the shortest trace to it.
#[derive(Debug, Serialize, JsonSchema)]
struct WordToken {
    word: Word,
    token: String,
}

/// A word and how often it was met.
#[derive(Debug, Serialize, JsonSchema)]
struct WordCount {
    word: Word,
    count: u64,
}

/// For programs.
pub(super) fn documents(case: &Case, judged: &[(Claim, Case, Judged)]) -> Vec<StoryClaim> {
    let each = |(claim, variant, judged): &(Claim, Case, Judged)| {
        let (fared, why, witness) = match &judged.fared {
            Fared::Held => ("held", None, None),
            Fared::Open(why) => ("open", Some(why), None),
            Fared::Broken { what, witness } => ("broken", Some(what), witness.as_ref()),
        };
        let explored = judged.explored.iter();
        let sampled = judged.sampled.iter();
        StoryClaim {
            claim: claim.clone(),
            scope: scope(claim, variant, [&case.client, &case.server]),
            fared,
            why: why.cloned(),
            witness: witness.cloned(),
            states: judged.states,
            explored: explored
                .map(|(word, token)| WordToken { word: *word, token: token.clone() })
                .collect(),
            sampled: sampled
                .map(|(word, count)| WordCount { word: *word, count: *count })
                .collect(),
            trials: TRIALS,
            seed: SEED,
        }
    };
    judged.iter().map(each).collect()
}
