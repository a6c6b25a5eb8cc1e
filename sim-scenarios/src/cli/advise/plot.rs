//! Advice as a picture.

use super::Computed;
use crate::render::prices::{Mark, Standing, prices};

pub(super) fn plot(computed: &Computed) -> String {
    let case = &computed.advice[0].case;
    let marks: Vec<Mark> = computed
        .advice
        .iter()
        .enumerate()
        .map(|(n, one)| Mark {
            name: one.case.server.to_string(),
            lost: (one.lost(), one.price.trials),
            held: one.price.held.mean,
            standing: match computed.dominated_by(n) {
                None => Standing::Best,
                Some(_) => Standing::Dominated,
            },
        })
        .collect();
    let [client, server] = case.stacks.map(|stack| stack.name);
    let line = format!(
        "client {} ({client}), servers on {server}; story {}; {} trials of seed {}",
        case.client, case.story, computed.trials, computed.seed
    );
    prices("What does it cost to be read?", &[line], &marks)
}
