//! Rules have names, so that a trace can say which one decided.

use super::arrive::{
    ack, closed, fin, listen, reset, sequence, syn, syn_received, syn_sent, text, waiting,
};
use super::{output, timer};

/// A rule: a name that is also its place (`reset.exact` is in `arrive/reset.rs`), where it comes
/// from, and one sentence of our own.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// `file.what`.
    pub id: &'static str,
    /// RFC number and section; `practice` where no RFC says it, and stacks do it all the same.
    pub cite: &'static str,
    /// What it says.
    pub says: &'static str,
}

/// For rules that no RFC has: the answers of the profiles say whose practice it is.
pub const PRACTICE: &str = "practice";

impl Rule {
    pub(crate) const fn new(id: &'static str, cite: &'static str, says: &'static str) -> Rule {
        Rule { id, cite, says }
    }
}

/// Every rule of this floor, in the order of its files. The rules of calls are in
/// [`crate::socket::rules`].
#[must_use]
pub fn all() -> Vec<&'static Rule> {
    [before_a_connection(), of_a_connection(), sending()].concat()
}

/// SEGMENT ARRIVES up to SYN-RECEIVED.
fn before_a_connection() -> Vec<&'static Rule> {
    let files: [&[&'static Rule]; 4] = [
        &[&closed::REPLY, &closed::SILENT],
        &[
            &listen::NO_RST,
            &listen::NO_ACK,
            &listen::SYN,
            &listen::OVERFLOW,
            &listen::REFUSED,
            &listen::OTHER,
        ],
        &[
            &syn_sent::BAD_ACK,
            &syn_sent::REFUSED,
            &syn_sent::BLIND_RST,
            &syn_sent::ESTABLISHED,
            &syn_sent::SIMULTANEOUS,
            &syn_sent::OTHER,
        ],
        &[
            &syn_received::SYN_AGAIN,
            &syn_received::RST,
            &syn_received::RST_CHALLENGED,
            &syn_received::BAD_ACK,
            &syn_received::OUTSIDE,
            &syn_received::SYN_INSIDE,
            &syn_received::NO_ACK,
            &syn_received::ESTABLISHED,
            &syn_received::QUEUE_FULL,
        ],
    ];
    files.concat()
}

/// SEGMENT ARRIVES from SYN-RECEIVED on, in the order of its steps.
fn of_a_connection() -> Vec<&'static Rule> {
    let files: [&[&'static Rule]; 7] = [
        &[&sequence::UNACCEPTABLE],
        &[
            &reset::EXACT,
            &reset::IN_WINDOW,
            &reset::CHALLENGE,
            &reset::DROPPED,
            &reset::FLUSH,
            &reset::KEEP,
        ],
        &[&syn::CHALLENGE, &syn::RESET, &syn::IGNORED, &syn::ANSWERED],
        &[
            &ack::MISSING,
            &ack::FUTURE,
            &ack::OLD,
            &ack::LONG_AGO,
            &ack::NEW,
            &ack::BAD_HANDSHAKE,
            &ack::HANDSHAKE,
            &ack::FIN_ACKED,
            &ack::NO_FIN_WAIT_2,
            &ack::FAST_RESEND,
        ],
        &[
            &text::LATE_RESET,
            &text::OVERLAP_RESET,
            &text::DISCARD,
            &text::AFTER_FIN,
            &text::QUEUE,
            &text::HOLE,
            &text::REPEAT,
        ],
        &[&fin::TAKE],
        &[
            &waiting::ASSASSINATED,
            &waiting::RST_IGNORED,
            &waiting::REOPEN,
            &waiting::SYN_REFUSED,
            &waiting::ACKED,
            &waiting::NOTHING_NEW,
            &waiting::FIN,
            &waiting::MINI_RST,
            &waiting::MINI_OUTSIDE,
            &waiting::MINI_DATA,
        ],
    ];
    files.concat()
}

/// Output and timers.
fn sending() -> Vec<&'static Rule> {
    let files: [&[&'static Rule]; 2] = [
        &[&output::DATA, &output::NAGLE, &output::FIN, &output::ABORT],
        &[
            &timer::RESEND,
            &timer::GIVE_UP,
            &timer::PROBE,
            &timer::DELAYED_ACK,
            &timer::FIN_WAIT_2_OVER,
            &timer::TIME_WAIT_OVER,
            &timer::TOKEN_BACK,
            &timer::USER_TIMEOUT,
            &timer::LOSS_PROBE,
        ],
    ];
    files.concat()
}
