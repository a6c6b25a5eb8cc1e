//! What the wire of a timed row does to packets: dropped, repeated, delayed.

use super::{lab_app, words};
use serde_json::Value;
use sim_core::wire::{Micros, Segment, Side};

/// What happens to packets.
#[derive(Debug)]
pub(super) struct Rule {
    from: Side,
    flags: String,
    no_flags: String,
    lengths: (u64, u64),
    after: Micros,
    skip: u64,
    count: u64,
    nth: Option<u64>,
    fate: Fate,
    seen: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Drop,
    /// It comes once more, so much later.
    Repeat(Micros),
    /// It comes so much later.
    Delay(Micros),
}

impl Rule {
    pub(super) fn read(rule: &Value) -> Result<Rule, String> {
        let us = rule["us"].as_u64().unwrap_or(0);
        let number = |name: &str, default: u64| rule[name].as_u64().unwrap_or(default);
        Ok(Rule {
            from: match rule["dir"].as_str() {
                Some("c2s") => Side::A,
                Some("s2c") => Side::B,
                other => return Err(format!("unsupported direction {other:?}")),
            },
            flags: rule["flags"].as_str().unwrap_or("").to_owned(),
            no_flags: rule["no_flags"].as_str().unwrap_or("").to_owned(),
            lengths: (number("min_len", 0), number("max_len", u64::MAX)),
            after: lab_app::time(&rule["after_ms"]).unwrap_or(0),
            skip: number("skip", 0),
            count: number("count", u64::MAX),
            nth: rule["nth"].as_u64(),
            fate: match rule["action"].as_str() {
                Some("drop") => Fate::Drop,
                Some("dup") => Fate::Repeat(us),
                Some("delay") => Fate::Delay(us),
                other => return Err(format!("unsupported action {other:?}")),
            },
            seen: 0,
        })
    }

    /// What becomes of the `nth` segment of its direction.
    pub(super) fn fate(
        &mut self,
        side: Side,
        segment: &Segment,
        nth: u64,
        now: Micros,
    ) -> Option<Fate> {
        let flags = words::flags(segment);
        let len = u64::from(segment.text.len());
        let fits = side == self.from
            && self.flags.chars().all(|flag| flag == 'P' || flags.contains(flag))
            && !self.no_flags.chars().any(|flag| flags.contains(flag))
            && (self.lengths.0..=self.lengths.1).contains(&len)
            && now >= self.after
            && self.nth.is_none_or(|wanted| wanted == nth);
        if !fits {
            return None;
        }
        self.seen += 1;
        let acts = self.seen > self.skip && self.seen - self.skip <= self.count;
        acts.then_some(self.fate)
    }
}
