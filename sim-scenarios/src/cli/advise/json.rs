//! Advice for programs.

use super::{Computed, Problem};
use crate::advise::{Body, FOR_EVER, Held, Met, Safety, Sure, Target, Trips};
use crate::cli::number::{Probability, probability};
use crate::cli::output::{self, ScenarioId};
use crate::preset::Unit;
use crate::token;
use num_traits::ToPrimitive;
use schemars::JsonSchema;
use serde::Serialize;
use sim_core::exact::measure::Exact;
use sim_core::report::outcome::Word;
use sim_core::tcp::Gone;

/// What is safe, and what it costs.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct Document {
    seed: u64,
    trials: u64,
    /// How `not_read` was found: exact or sampled.
    method: &'static str,
    /// Why it is not exact.
    why_sampled: Option<String>,
    /// Servers that were left out because somebody stopped it; absent where nobody did.
    stopped_with_left: Option<usize>,
    /// How often the answer may be lost, where that was asked for.
    loss: Option<Probability>,
    client: String,
    client_stack: &'static str,
    server_stack: &'static str,
    servers: Vec<Server>,
}

impl output::Document for Document {
    const KIND: &'static str = "advise";
}

/// One strategy.
#[derive(Debug, Serialize, JsonSchema)]
struct Server {
    server: String,
    scenario: ScenarioId,
    /// How often the answer is not read.
    not_read: Probability,
    /// Trials that came to no end.
    undetermined: u64,
    held_us: Spread,
    time_wait_us: Spread,
    /// The mean time in each state.
    states: Vec<InState>,
    swallowed_mean: u64,
    swallowed_most: u64,
    hostile: Vec<Worst>,
    /// A server that is nowhere worse and somewhere better.
    dominated_by: Option<String>,
    settings: Vec<SettingForm>,
    /// From where on each number meets `loss`.
    targets: Vec<TargetForm>,
    /// Round trips for which the answer can be lost; absent where it cannot be, or is not known.
    lost_round_trips_us: Option<[f64; 2]>,
    round_trips_unknown: Option<String>,
    request: Option<Request>,
}

/// How long something took.
#[derive(Debug, Serialize, JsonSchema)]
struct Spread {
    mean: u64,
    median: u64,
    p99: u64,
    longest: u64,
}

impl From<Held> for Spread {
    fn from(held: Held) -> Spread {
        let Held { mean, median, p99, longest } = held;
        Spread { mean, median, p99, longest }
    }
}

/// Time in a state.
#[derive(Debug, Serialize, JsonSchema)]
struct InState {
    state: &'static str,
    mean_us: u64,
}

/// What a hostile client does to it.
#[derive(Debug, Serialize, JsonSchema)]
struct Worst {
    client: &'static str,
    /// Absent where it is for ever (an hour), or where a stack has no answer.
    held_us: Option<u64>,
    for_ever: bool,
    read_bytes: Option<u64>,
}

/// A number of the server's.
#[derive(Debug, Serialize, JsonSchema)]
struct SettingForm {
    name: String,
    /// always, from, above, bytes, never or unknown.
    safe: &'static str,
    from_us: Option<f64>,
    from_bytes: Option<u32>,
    word: Option<Word>,
    cause: Option<Gone>,
    why: Option<String>,
    lost_where: Vec<String>,
    method: &'static str,
}

/// From where on a number meets a share.
#[derive(Debug, Serialize, JsonSchema)]
struct TargetForm {
    name: String,
    /// always, from, never or unknown.
    met: &'static str,
    /// What the shares are: exact, or upper-95 (the upper end of a 95 % interval).
    shares: &'static str,
    from_us: Option<u64>,
    from_bytes: Option<u64>,
    /// How often the answer is not read at this value, or at the largest where it is never met.
    there: Option<Probability>,
    /// And with a microsecond or a byte less.
    below: Option<Probability>,
    why: Option<String>,
}

/// From which size of the request on it was seen to be lost.
#[derive(Debug, Serialize, JsonSchema)]
struct Request {
    /// The largest size that no trial lost.
    read_at: Option<u32>,
    /// The smallest that one did; absent where none was lost up to 4 MiB.
    lost_at: Option<u32>,
}

pub(super) fn document(computed: &Computed) -> Result<Document, Problem> {
    let case = &computed.advice[0].case;
    let servers = (0..computed.advice.len()).map(|n| server(computed, n));
    Ok(Document {
        seed: computed.seed,
        trials: computed.trials,
        method: if computed.sampled.is_none() { "exact" } else { "sampled" },
        why_sampled: computed.sampled.as_ref().map(ToString::to_string),
        stopped_with_left: computed.left,
        loss: computed.may.as_ref().map(|may| probability(&Exact::fraction(may.clone()))),
        client: case.client.to_string(),
        client_stack: case.stacks[0].name,
        server_stack: case.stacks[1].name,
        servers: servers.collect::<Result<_, _>>()?,
    })
}

fn server(computed: &Computed, n: usize) -> Result<Server, Problem> {
    let one = &computed.advice[n];
    let hash = token::hash(&one.case.scenario()?);
    let (lost_round_trips_us, round_trips_unknown) = match &one.trips {
        Trips::None => (None, None),
        Trips::Between(low, high) => {
            (Some([low, high].map(|us| us.to_f64().unwrap_or(f64::NAN))), None)
        }
        Trips::Unknown(why) => (None, Some(why.clone())),
    };
    let worst = one.worst.iter().map(|(who, worst)| Worst {
        client: who.name(),
        held_us: worst.map(|(held, _)| held).filter(|held| *held < FOR_EVER),
        for_ever: worst.is_some_and(|(held, _)| held >= FOR_EVER),
        read_bytes: worst.map(|(_, read)| read),
    });
    Ok(Server {
        server: one.case.server.to_string(),
        scenario: ScenarioId { name: one.case.story.clone(), hash },
        not_read: probability(&one.not_read),
        undetermined: one.halted,
        held_us: one.price.held.into(),
        time_wait_us: one.price.time_wait.into(),
        states: one
            .price
            .states
            .iter()
            .map(|(state, mean_us)| InState { state: state.name(), mean_us: *mean_us })
            .collect(),
        swallowed_mean: one.price.swallowed.0,
        swallowed_most: one.price.swallowed.1,
        hostile: worst.collect(),
        dominated_by: computed.dominated_by(n).map(|other| other.case.server.to_string()),
        settings: one.settings.iter().map(setting).collect(),
        targets: one.targets.iter().map(target).collect(),
        lost_round_trips_us,
        round_trips_unknown,
        request: one.body.map(|body| match body {
            Body::None => Request { read_at: Some(crate::advise::LARGEST), lost_at: None },
            Body::All => Request { read_at: None, lost_at: Some(crate::advise::SMALLEST) },
            Body::From { safe, lost } => Request { read_at: Some(safe), lost_at: Some(lost) },
        }),
    })
}

fn target(target: &Target) -> TargetForm {
    let mut form = TargetForm {
        name: target.name.clone(),
        met: "unknown",
        shares: match target.sure {
            Sure::Exact => "exact",
            Sure::AtMost => "upper-95",
        },
        from_us: None,
        from_bytes: None,
        there: None,
        below: None,
        why: None,
    };
    match &target.met {
        Met::Always => form.met = "always",
        Met::From { value, there, below } => {
            form.met = "from";
            match target.unit {
                Unit::Time | Unit::TimeLimit => form.from_us = Some(*value),
                Unit::ByteLimit => form.from_bytes = Some(*value),
            }
            (form.there, form.below) = (Some(probability(there)), Some(probability(below)));
        }
        Met::Never { still } => (form.met, form.there) = ("never", Some(probability(still))),
        Met::Unknown(why) => form.why = Some(why.clone()),
    }
    form
}

fn setting(setting: &crate::advise::Setting) -> SettingForm {
    let mut form = SettingForm {
        name: setting.name.clone(),
        safe: "unknown",
        from_us: None,
        from_bytes: None,
        word: None,
        cause: None,
        why: None,
        lost_where: setting.lost_where.clone(),
        method: setting.method,
    };
    match &setting.safety {
        Safety::Always => form.safe = "always",
        Safety::From(us) => (form.safe, form.from_us) = ("from", us.to_f64()),
        Safety::Above(us) => (form.safe, form.from_us) = ("above", us.to_f64()),
        Safety::Bytes(bytes) => (form.safe, form.from_bytes) = ("bytes", Some(*bytes)),
        Safety::Never { ending, witness: _ } => {
            form.safe = "never";
            form.word = ending.map(|(word, _)| word);
            form.cause = ending.and_then(|(_, cause)| cause);
        }
        Safety::Unknown(why) => form.why = Some(why.clone()),
    }
    form
}
