//! Which questions decide a rule, and what the stacks answer.

use sim_core::answer::Basis;
use sim_core::profile::{self, Profile};

/// Rules whose meaning, or whose turn, depends on the stack, with the questions that decide. Of all
/// others every stack says the same.
const DECIDED: [(&str, &[&str]); 63] = [
    ("listen.overflow_syn", &["listen.capacity", "listen.overflow_syn"]),
    ("closed.reply", &["output.reply"]),
    ("listen.refused", &["listen.capacity", "listen.overflow_syn"]),
    ("listen.syn", &["listen.with_fin"]),
    ("syn_sent.established", &["syn_sent.text"]),
    ("syn_sent.simultaneous", &["syn_sent.crossing"]),
    ("syn_sent.bad_ack", &["syn_sent.bad_ack"]),
    ("syn_received.rst", &["syn_received.rst", "syn_received.rst_ack", "syn_received.order"]),
    ("syn_received.bad_ack", &["syn_received.order"]),
    ("syn_received.rst_challenged", &["syn_received.rst"]),
    ("syn_received.syn_inside", &["syn_received.syn_inside"]),
    ("syn_received.queue_full", &["listen.capacity"]),
    ("sequence.unacceptable", &["sequence.window"]),
    (
        "reset.exact",
        &[
            "reset.anchor",
            "reset.after_fin",
            "reset.one_more",
            "reset.hole",
            "reset.error_opening",
            "reset.error_close_wait",
            "reset.error_closing",
        ],
    ),
    ("reset.in_window", &["reset.accept", "sequence.window"]),
    ("reset.challenge", &["reset.miss", "reset.anchor"]),
    ("reset.dropped", &["reset.miss", "sequence.window"]),
    ("reset.flush", &["reset.receive_queue"]),
    ("reset.keep", &["reset.receive_queue"]),
    ("syn.challenge", &["syn.in_sync"]),
    ("syn.reset", &["syn.in_sync"]),
    ("ack.missing", &["ack.missing", "waiting.without_ack"]),
    ("ack.too_old", &["ack.too_old"]),
    ("ack.future", &["ack.future"]),
    ("ack.old", &["ack.too_old"]),
    ("ack.fast_resend", &["ack.duplicates"]),
    ("ack.bad_handshake", &["ack.syn_received"]),
    ("ack.handshake", &["ack.syn_received"]),
    ("ack.fin", &["timer.fin_wait_2_scope"]),
    (
        "text.late_reset",
        &[
            "text.orphan",
            "text.both_shut",
            "text.read_shut",
            "text.after_fin",
            "text.scope",
            "text.form",
            "text.error",
        ],
    ),
    ("text.overlap_reset", &["text.after_fin"]),
    ("text.discard", &["text.both_shut", "text.read_shut"]),
    ("text.after_fin", &["text.after_fin"]),
    ("text.queue", &["text.read_shut"]),
    ("fin.take", &["fin.ack", "fin.repeat"]),
    ("waiting.assassinated", &["waiting.rst"]),
    ("waiting.rst_ignored", &["waiting.rst"]),
    ("waiting.reopen", &["waiting.syn"]),
    ("waiting.syn_refused", &["waiting.syn"]),
    ("waiting.acked", &["waiting.restart", "waiting.text", "waiting.bare"]),
    ("waiting.nothing_new", &["waiting.text", "waiting.bare"]),
    ("waiting.mini_rst", &["timer.fin_wait_2"]),
    ("waiting.mini_outside", &["timer.fin_wait_2"]),
    ("waiting.mini_data", &["timer.fin_wait_2", "waiting.text"]),
    ("output.data", &["output.small_window"]),
    ("output.nagle", &["output.nagle"]),
    ("output.fin", &["output.fin", "output.fin_again"]),
    ("output.abort", &["output.abort_seq", "output.abort_ack", "output.abort_wnd"]),
    ("timer.resend", &["output.resend"]),
    ("timer.persist", &["timer.persist"]),
    (
        "timer.fin_wait_2_over",
        &["timer.fin_wait_2", "timer.fin_wait_2_scope", "timer.fin_wait_2_over"],
    ),
    ("shutdown.read_flush", &["shutdown.read_flush"]),
    ("read.error", &["error.after_eof"]),
    ("read.window_update", &["output.window_update"]),
    ("write.error", &["error.write", "error.write_unconnected"]),
    ("close.unread_reset", &["close.unread", "close.hole", "close.states", "fin.repeat"]),
    ("close.abandon", &["close.opening"]),
    ("close.linger_over", &["linger.expiry"]),
    ("shutdown.unread_reset", &["shutdown.unread", "close.states"]),
    ("write.flush", &["reset.receive_queue"]),
    ("close.unread_dropped", &["close.unread"]),
    ("close.linger_abort", &["linger.abort", "linger.condition"]),
    ("close.unaccepted", &["close.unaccepted"]),
];

/// The questions that decide a rule.
#[must_use]
pub fn decided_by(rule: &str) -> &'static [&'static str] {
    DECIDED.iter().find(|(id, _)| *id == rule).map_or(&[], |(_, questions)| questions)
}

/// Every question that stacks are asked.
#[must_use]
pub fn questions() -> Vec<&'static str> {
    profile::ALL[0].answers().into_iter().map(|(question, _, _)| question.0).collect()
}

/// What each stack answers to a question.
#[must_use]
pub fn answered(question: &str) -> Vec<(&'static Profile, String, Basis)> {
    let of = |stack: &'static Profile| {
        let mut answers = stack.answers().into_iter();
        let (_, value, basis) = answers.find(|(it, _, _)| it.0 == question)?;
        Some((stack, value, basis))
    };
    profile::ALL.into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::socket;
    use std::collections::BTreeSet;

    /// Questions that no rule of a segment or a call has a name for.
    const OF_NO_RULE: [&str; 6] = [
        "connect.again",
        "connect.failed",
        "linger.nonblock",
        "output.offer",
        "shutdown.listener",
        "timer.growth",
    ];

    #[test]
    fn rules_and_questions_are_those_that_exist_and_no_question_is_left_out() {
        let rules: BTreeSet<&str> = socket::rules().iter().map(|rule| rule.id).collect();
        let asked: BTreeSet<&str> = questions().into_iter().collect();
        let mut decided: BTreeSet<&str> = OF_NO_RULE.into_iter().collect();
        for (rule, questions) in DECIDED {
            assert!(rules.contains(rule), "{rule}");
            for question in questions {
                assert!(asked.contains(question), "{question}");
                assert_eq!(answered(question).len(), profile::ALL.len());
                decided.insert(question);
            }
        }
        let numbers = |question: &&&str| !question.starts_with("tuning.");
        let left: Vec<_> = asked.difference(&decided).filter(numbers).collect();
        assert_eq!(left, Vec::<&&str>::new());
    }
}
