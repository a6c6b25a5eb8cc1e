//! Advice as a picture.

use super::Computed;
use crate::render::prices::{Mark, Standing, prices};
use num_traits::ToPrimitive;
use sim_core::exact::BigRational;
use sim_core::exact::measure::Exact;

pub(super) fn plot(computed: &Computed) -> String {
    let case = &computed.advice[0].case;
    let marks: Vec<Mark> = computed
        .advice
        .iter()
        .enumerate()
        .map(|(n, one)| Mark {
            name: one.case.server.to_string(),
            lost: thousandths(&one.not_read),
            held: one.price.held.mean,
            standing: match computed.dominated_by(n) {
                None => Standing::Best,
                Some(_) => Standing::Dominated,
            },
        })
        .collect();
    let [client, server] = case.stacks.map(|stack| stack.name);
    let shares = match computed.sampled {
        None => "shares exact, times of",
        Some(_) => "shares and times of",
    };
    let line = format!(
        "client {} ({client}), servers on {server}; story {}; {shares} {} trials of seed {}",
        case.client, case.story, computed.trials, computed.seed
    );
    prices("What does it cost to be read?", &[line], &marks)
}

/// A share in thousandths of a percent.
fn thousandths(share: &Exact) -> u32 {
    let scaled = share.scaled(&BigRational::from_integer(100_000.into()));
    scaled.interval(32).0.to_integer().to_u32().unwrap_or(0)
}
