//! Whether a claim holds: every order at the small size, and runs in virtual time at full size. The
//! two have to agree: a word that a run ends in is one that some order ends in.

use super::{Claim, Ever, Reads};
use crate::case::{Case, Impossible, Scenario, Size};
use crate::token::{self, Token, Which};
use sim_core::answer::Halt;
use sim_core::drive::explore::{Limits, Pulse};
use sim_core::drive::run::HORIZON;
use sim_core::pace::PaceName;
use sim_core::profile::Profile;
use sim_core::report::census::{Census, Entry, census};
use sim_core::report::decided::decided;
use sim_core::report::odds::{Tally, odds};
use sim_core::report::outcome::Word;
use sim_core::report::trace::choices;
use sim_core::world::Budget;

/// How far is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// The most states.
    pub states: u64,
    /// Runs in virtual time.
    pub trials: u64,
    /// Their seed.
    pub seed: u64,
}

/// A claim on a pair of stacks, and how it fared.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The client's stack, the server's stack.
    pub on: [&'static Profile; 2],
    /// The words that some order ends in, each with the token of the shortest.
    pub explored: Vec<(Word, String)>,
    /// States that were looked at.
    pub states: u64,
    /// The words that runs in virtual time ended in, and how often.
    pub sampled: Vec<(Word, u64)>,
    /// How it fared.
    pub fared: Fared,
}

/// How a claim fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fared {
    /// It holds.
    Held,
    /// It does not.
    Broken {
        /// In a sentence.
        what: String,
        /// A token of a run that shows it, where one run can.
        witness: Option<String>,
    },
    /// A bound was met, or an answer is missing.
    Open(String),
}

/// The case that a claim is about, on each of its pairs of stacks.
///
/// # Errors
/// A part of `with` that does not fit.
pub fn variants(case: &Case, claim: &Claim) -> Result<Vec<Case>, (&'static str, String)> {
    let mut varied = case.clone();
    claim.with.apply(&mut varied)?;
    if claim.budget() != Budget::default() {
        varied.faults = Some(claim.budget());
    }
    let on = match &claim.on[..] {
        [] => vec![case.stacks],
        on => on.iter().map(|pair| pair.0.map(|stack| stack.0)).collect(),
    };
    Ok(on.into_iter().map(|stacks| Case { stacks, ..varied.clone() }).collect())
}

/// Judges a claim about a case (one of [`variants`]).
///
/// # Errors
/// A step that does not fit, or a number that a profile does not give.
pub fn check(case: &Case, claim: &Claim, effort: Effort) -> Result<Judged, Impossible> {
    let small = case.at(Size::Small);
    let scenario = small.scenario()?;
    let limits = Limits { states: effort.states, depth: u32::MAX };
    let pace = claim.pace.pace();
    let census = census(&scenario.setup, scenario.reply, pace, limits, Pulse::silent());
    let full = case.at(Size::Full);
    let whole = full.scenario()?;
    let tally = odds(&whole.setup, whole.reply, HORIZON, effort.seed, 0..effort.trials);
    let seen = Seen {
        small: (&small, &scenario),
        full: (&full, &whole),
        census: &census,
        tally: &tally,
        seed: effort.seed,
        limits,
    };
    Ok(Judged {
        on: case.stacks,
        explored: seen.explored(),
        states: census.counts.states,
        sampled: seen.sampled(),
        fared: seen.judge(claim),
    })
}

/// What exploring and running have shown.
struct Seen<'a> {
    small: (&'a Case, &'a Scenario),
    full: (&'a Case, &'a Scenario),
    census: &'a Census,
    tally: &'a Tally,
    seed: u64,
    limits: Limits,
}

fn broken(what: String, witness: Option<String>) -> Fared {
    Fared::Broken { what, witness }
}

impl Seen<'_> {
    /// The token of an order. `None` cannot be: the trace comes from the same search.
    fn order(&self, entry: &Entry) -> Option<String> {
        let (case, scenario) = self.small;
        let choices = choices(&scenario.setup, self.census.pace, &entry.trace).ok()?;
        let which = Which::Chosen(self.census.pace, choices);
        Some(Token { case: case.clone(), which }.text(&token::hash(scenario)))
    }

    fn run(&self, trial: u64) -> String {
        let (case, scenario) = self.full;
        let which = Which::Drawn { seed: self.seed, trial };
        Token { case: case.clone(), which }.text(&token::hash(scenario))
    }

    /// The shortest order that ends in a word.
    fn shortest(&self, is: impl Fn(&Entry) -> bool) -> Option<&Entry> {
        let entries = self.census.entries.iter().filter(|entry| is(entry));
        entries.min_by_key(|entry| entry.trace.len())
    }

    fn explored(&self) -> Vec<(Word, String)> {
        let token = |word: Word| {
            let entry = self.shortest(|entry| entry.outcome.word == word)?;
            Some((word, self.order(entry)?))
        };
        self.census.words().into_iter().filter_map(token).collect()
    }

    fn sampled(&self) -> Vec<(Word, u64)> {
        let mut counts: Vec<(Word, u64)> = Vec::new();
        for (outcome, count, _) in &self.tally.counts {
            match counts.iter_mut().find(|(word, _)| *word == outcome.word) {
                Some((_, sum)) => *sum += count,
                None => counts.push((outcome.word, *count)),
            }
        }
        counts.sort_unstable();
        counts
    }

    fn judge(&self, claim: &Claim) -> Fared {
        if let Some(question) = &claim.unanswered {
            return self.unanswered(claim, question);
        }
        let refuted = self
            .words(claim)
            .or_else(|| self.causes(claim))
            .or_else(|| self.reads(claim))
            .or_else(|| self.rules(claim))
            .or_else(|| self.agree())
            .or_else(|| self.shares(claim));
        match refuted {
            Some(refuted @ Fared::Broken { .. }) => refuted,
            Some(Fared::Open(_) | Fared::Held) | None if !self.census.is_complete() => {
                let halted = self.census.halted.map(|halt| format!(": {halt}"));
                Fared::Open(format!(
                    "the search at small size did not come to its end{}",
                    halted.unwrap_or_default()
                ))
            }
            Some(open) => open,
            None if self.tally.halted > 0 => Fared::Open(format!(
                "{} of {} runs met a bound, or a question without an answer",
                self.tally.halted, self.tally.trials
            )),
            None => Fared::Held,
        }
    }

    /// Nobody knows what this stack does then: the claim names the question, and at most what is
    /// possible all the same.
    fn unanswered(&self, claim: &Claim, question: &str) -> Fared {
        let absent = claim.words().into_iter().find(|(word, ever)| {
            let word = *word;
            *ever == Some(Ever::Possible)
                && self.shortest(|entry| entry.outcome.word == word).is_none()
        });
        if let Some((word, _)) = absent {
            return broken(format!("no order ends {}", word.name()), None);
        }
        match self.census.halted {
            Some(Halt::Unanswered(it)) if it.0 == question => Fared::Held,
            Some(halt) => broken(format!("it is something else: {halt}"), None),
            None => broken(format!("no order needs {question}"), None),
        }
    }

    fn words(&self, claim: &Claim) -> Option<Fared> {
        for (word, ever) in claim.words() {
            let entry = self.shortest(|entry| entry.outcome.word == word);
            let other = self.shortest(|entry| entry.outcome.word != word);
            let name = word.name();
            let refuted = match (ever, entry, other) {
                (Some(Ever::Never), Some(entry), _) => {
                    broken(format!("{name} is possible"), self.order(entry))
                }
                (Some(Ever::Always), _, Some(other)) => {
                    let instead = other.outcome.word.name();
                    broken(format!("not always {name}: {instead} is possible"), self.order(other))
                }
                (Some(Ever::Possible), None, _) if self.census.is_complete() => {
                    broken(format!("no order ends {name}"), None)
                }
                (Some(Ever::Never | Ever::Always | Ever::Possible) | None, _, _) => continue,
            };
            return Some(refuted);
        }
        None
    }

    fn causes(&self, claim: &Claim) -> Option<Fared> {
        let missed = |entry: &Entry| entry.outcome.word != Word::Seen;
        if !claim.only_causes.is_empty() {
            let allowed = |entry: &Entry| {
                let cause = entry.outcome.cause;
                claim.only_causes.iter().any(|why| Some(why.gone()) == cause)
            };
            if let Some(entry) = self.shortest(|entry| missed(entry) && !allowed(entry)) {
                let cause = entry.outcome.cause.map_or("no reason", |gone| gone.words());
                return Some(broken(format!("another cause: {cause}"), self.order(entry)));
            }
        }
        let absent = claim.causes.iter().find(|why| {
            self.shortest(|entry| missed(entry) && entry.outcome.cause == Some(why.gone()))
                .is_none()
        })?;
        let what = format!("no answer goes missing by {}", absent.gone().words());
        self.census.is_complete().then(|| broken(what, None))
    }

    fn reads(&self, claim: &Claim) -> Option<Fared> {
        let part = |entry: &Entry| entry.outcome.word != Word::Seen && entry.outcome.read > 0;
        match (claim.reads?, self.shortest(part)) {
            (Reads::Nothing, Some(entry)) => Some(broken(
                format!("{} bytes of the answer are read", entry.outcome.read),
                self.order(entry),
            )),
            (Reads::Part, None) if self.census.is_complete() => {
                Some(broken("no order reads a part of the answer".to_owned(), None))
            }
            (Reads::Nothing, None) | (Reads::Part, Some(_) | None) => None,
        }
    }

    /// Which rules decide at the client; asked of the same space once more.
    fn rules(&self, claim: &Claim) -> Option<Fared> {
        if claim.decides.is_empty() && claim.never_decides.is_empty() {
            return None;
        }
        let (_, scenario) = self.small;
        let [client, _] = decided(&scenario.setup, self.census.pace, self.limits);
        let does = |rule: &&String| client.contains(rule.as_str());
        if let Some(rule) = claim.never_decides.iter().find(does) {
            return Some(broken(format!("{rule} decides at the client in some order"), None));
        }
        let absent = claim.decides.iter().find(|rule| !does(rule))?;
        let what = format!("{absent} decides at the client in no order");
        self.census.is_complete().then(|| broken(what, None))
    }

    /// What runs in virtual time end in, some order ends in too. Where timers wait, a run may do
    /// what no order does.
    fn agree(&self) -> Option<Fared> {
        match self.census.pace {
            PaceName::Racing | PaceName::Free if self.census.is_complete() => {}
            PaceName::Racing | PaceName::Free | PaceName::Quiet | PaceName::Clocked => return None,
        }
        let words = self.census.words();
        let (outcome, _, first) =
            self.tally.counts.iter().find(|(outcome, _, _)| !words.contains(&outcome.word))?;
        let name = outcome.word.name();
        let what = format!("at full size a run ends {name}, at small size no order does");
        Some(broken(what, Some(self.run(*first))))
    }

    fn shares(&self, claim: &Claim) -> Option<Fared> {
        let trials = self.tally.trials;
        for (word, share) in claim.share.each() {
            let Some(share) = share else { continue };
            let count = self.tally.count(|outcome| outcome.word == word);
            let millionths = count.saturating_mul(1_000_000) / trials.max(1);
            if millionths < share.least.into() || millionths > share.most.into() {
                let what = format!("{} in {count} of {trials} runs, not {share}", word.name());
                return Some(broken(what, None));
            }
        }
        None
    }
}
