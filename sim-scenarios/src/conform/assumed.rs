//! What the mapping of rows onto the model takes for granted and no row says.

use super::{bench, lab_app, lab_hold, lab_timed, matrix, sequence};
use sim_core::wire::Micros;

const fn ms(us: Micros) -> Micros {
    us / 1000
}

/// What is assumed of how the rows were recorded, with the numbers that are used.
pub(crate) fn about_the_recorder() -> Vec<String> {
    timed()
        .into_iter()
        .chain(buffers())
        .chain(hold())
        .chain(one_stack())
        .chain(settings())
        .collect()
}

fn timed() -> [String; 4] {
    let handling = lab_timed::HANDLING;
    let (tail, longest) = (ms(lab_timed::TAIL), ms(lab_app::LONGEST));
    let rto = ms(lab_timed::RTO_MIN);
    [
        format!("timed rows: one-way delays are those of the row and {handling} us of handling"),
        "timed rows: an application that can go on does so at once".to_owned(),
        format!(
            "timed rows: it listened for {tail} ms after both applications had ended and nothing \
             was on its way (tail_ms), {longest} ms in all at most (max_ms), unless the row says \
             otherwise"
        ),
        format!("timed rows: the smallest timeout is {rto} ms and the nominal round trip"),
    ]
}

fn buffers() -> [String; 4] {
    let (receive, share) = (lab_timed::RECEIVE, lab_timed::SYN_SHARE);
    let (part, of) = lab_app::RECEIVE_SHARE;
    let unit = lab_timed::WINDOW_UNIT;
    let (lab, alone) = (lab_timed::STOCK_MSS, sequence::STOCK_MSS);
    [
        format!(
            "lab rows: a receive buffer takes {receive} bytes, of which a SYN offers {share} \
             percent; windows are multiples of {unit}"
        ),
        format!("lab rows: SO_RCVBUF n takes n * {part} / {of} bytes of text, SO_SNDBUF n 2 * n"),
        format!(
            "a segment on the stock profile holds {lab} bytes between two stacks, {alone} where \
             the peer has no timestamps"
        ),
        "a call without a number: listen 16, send 100, recv 65,536".to_owned(),
    ]
}

fn hold() -> [String; 2] {
    let (step, longest) = (ms(lab_hold::STEP), ms(lab_hold::LONGEST));
    let rto = ms(lab_hold::RTO_MIN);
    [
        format!("hold rows: {step} ms pass after each step and each packet of a flow"),
        format!("hold rows: a call is waited for {longest} ms; the smallest timeout is {rto} ms"),
    ]
}

fn settings() -> [String; 2] {
    [
        "settings: a number of retries is as many retransmissions as fit into the time that the \
         kernel makes of it"
            .to_owned(),
        "settings: a FIN_WAIT2 minisocket lasts three and a half timeouts at least".to_owned(),
    ]
}

fn one_stack() -> [String; 3] {
    let (silence, look) = (ms(bench::SILENCE), ms(bench::LOOK));
    let (at_once, later) = (matrix::AT_ONCE, matrix::LATER);
    let rto = ms(bench::RTO_MIN);
    [
        format!(
            "matrix: {silence} ms pass after each step; looking at the state takes {look} ms, in \
             which nothing is heard"
        ),
        format!("matrix: it listened for {at_once} ms, then for {later} ms (late)"),
        format!("matrix: the smallest timeout is {rto} ms, and no round trip is measured"),
    ]
}
