//! What is taken where nobody has looked: the standard's answer, or the commonest one, with the
//! reason. A stack's file takes it over (`..base::ARRIVE.reset`) and holds only what was found for
//! that stack. What neither the standard nor custom answers is unknown here.

use super::assumed;
use crate::answer::Answer;
use crate::socket::{SocketRules, close, connect, error, linger, shutdown};
use crate::tcp::arrive::{
    ArriveRules, ack, fin, listen, reset, sequence, syn, syn_received, syn_sent, text, waiting,
};
use crate::tcp::tuning::{AckPolicy, OnOverflow, Switchable, TuningAnswers};
use crate::tcp::{output, timer};
use crate::wire::Growth;

/// Segments that arrive.
pub(super) const ARRIVE: ArriveRules = ArriveRules {
    listen: listen::ListenRules {
        capacity: assumed(
            listen::Capacity::Backlog,
            "not read in this stack; as many as listen() was told",
        ),
        overflow_syn: Answer::Unknown,
        with_fin: assumed(
            listen::WithFin::Answered,
            "not read in this stack; RFC 9293 3.10.7.2 third",
        ),
    },
    syn_received: syn_received::SynReceivedRules {
        syn_inside: assumed(syn_received::SynInside::Reset, "not read in this stack; RFC 793 3.9"),
        rst: assumed(reset::Accept::Exact, "not read in this stack; RFC 5961 3.2"),
        order: assumed(
            syn_received::Order::WindowFirst,
            "not read in this stack; RFC 9293 3.10.7.4 first",
        ),
        rst_ack: assumed(
            syn_received::RstAck::Judged,
            "not read in this stack; RFC 9293 3.10.7.4 second",
        ),
    },
    syn_sent: syn_sent::SynSentRules {
        bad_ack: assumed(
            syn_sent::OnBadAck::Reset,
            "not read in this stack; RFC 9293 3.10.7.3 first",
        ),
        text: assumed(syn_sent::SynText::Taken, "not read in this stack; RFC 9293 3.10.7.3 fourth"),
        crossing: assumed(
            syn_sent::CrossingText::Kept,
            "not read in this stack; RFC 9293 3.10.7.3 fourth",
        ),
    },
    sequence: sequence::SequenceRules {
        window: assumed(
            sequence::WindowTest::FromNext,
            "not read in this stack; RFC 9293 3.10.7.4, table 6",
        ),
    },
    reset: reset::ResetRules {
        accept: Answer::Unknown,
        anchor: Answer::Unknown,
        after_fin: assumed(
            reset::AfterFin::NextOnly,
            "not read in this stack; no such exception was noticed",
        ),
        one_more: assumed(
            reset::OneMore::Missed,
            "not read in this stack; no such exception was noticed",
        ),
        hole: assumed(
            reset::Hole::NextOnly,
            "not read in this stack; no such exception was noticed",
        ),
        miss: Answer::Unknown,
        receive_queue: Answer::Unknown,
        error_opening: assumed(
            reset::OpeningError::Refused,
            "not read in this stack; RFC 9293 3.10.7.4 second",
        ),
        error_close_wait: Answer::Unknown,
        error_closing: Answer::Unknown,
    },
    syn: syn::SynRules { in_sync: Answer::Unknown },
    ack: ack::AckRules {
        missing: assumed(
            ack::MissingAck::InOrder,
            "not read in this stack; RFC 9293 3.10.7.4 fifth",
        ),
        too_old: assumed(ack::TooOld::Ignore, "not read in this stack; RFC 9293 3.10.7.4 fifth"),
        future: assumed(
            ack::FutureAck::Answered,
            "not read in this stack; RFC 9293 3.10.7.4 fifth",
        ),
        syn_received: assumed(
            ack::SynReceivedAck::NewOnly,
            "not read in this stack; RFC 9293 3.10.7.4 fifth",
        ),
        duplicates: assumed(ack::Duplicates::Every, "not read in this stack; RFC 5681 3.2"),
    },
    text: text::TextRules {
        orphan: Answer::Unknown,
        both_shut: Answer::Unknown,
        read_shut: Answer::Unknown,
        after_fin: Answer::Unknown,
        scope: assumed(
            text::LateScope::Any,
            "not read in this stack; RFC 9293 3.6.1 makes no difference",
        ),
        form: Answer::Unknown,
        error: assumed(text::LateError::AsByPeer, "not read in this stack; a reset is a reset"),
    },
    fin: fin::FinRules {
        ack: assumed(fin::FinAck::AtOnce, "not read in this stack; RFC 9293 3.10.7.4 eighth"),
        repeat: assumed(
            fin::FinRepeat::Nothing,
            "not read in this stack; no stack but one was found to count it",
        ),
    },
    waiting: waiting::WaitingRules {
        rst: Answer::Unknown,
        restart: assumed(
            waiting::Restart::FinOnly,
            "not read in this stack; RFC 9293 3.10.7.4 eighth",
        ),
        text: Answer::Unknown,
        without_ack: assumed(
            waiting::WithoutAck::DroppedInside,
            "not read in this stack; RFC 9293 3.10.7.4 first, fourth, fifth",
        ),
        bare: assumed(
            waiting::Bare::Silent,
            "not read in this stack; RFC 9293 3.10.7.4 fifth expects a FIN alone",
        ),
        syn: Answer::Unknown,
    },
};

/// Sending.
pub(super) const OUTPUT: output::OutputRules = output::OutputRules {
    nagle: assumed(output::NagleRule::Classic, "not read in this stack; RFC 9293 3.7.4"),
    small_window: assumed(
        output::SmallWindow::HalfWindow,
        "not read in this stack; RFC 9293 3.8.6.2.1 (3)",
    ),
    fin: Answer::Unknown,
    fin_again: assumed(
        output::FinAgain::Bare,
        "not read in this stack; RFC 9293 3.10.7.4: an ACK has the number SND.NXT",
    ),
    resend: assumed(output::Resend::Merge, "not read in this stack; RFC 9293 3.8.1 allows it"),
    abort_seq: Answer::Unknown,
    abort_ack: Answer::Unknown,
    abort_wnd: assumed(output::AbortWnd::Zero, "not read in this stack; nobody looks at it"),
    reply: Answer::Unknown,
    update: assumed(
        output::WindowUpdate::TwoSegments,
        "not read in this stack; RFC 9293 3.8.6.2.2",
    ),
    offer: assumed(output::Offered::Segments, "not read in this stack; RFC 9293 3.8.6.2.2"),
};

/// Timers.
pub(super) const TIMER: timer::TimerRules = timer::TimerRules {
    fin_wait_2: assumed(
        timer::FinWait2Form::Full,
        "not read in this stack; the connection block stays",
    ),
    fin_wait_2_scope: Answer::Unknown,
    fin_wait_2_over: Answer::Unknown,
    persist: assumed(timer::PersistRestart::EachProbe, "not read in this stack; RFC 9293 3.8.6.1"),
    growth: assumed(Growth::Whole, "not read in this stack; RFC 6298 5.5"),
};

/// Calls.
pub(super) const SOCKET: SocketRules = SocketRules {
    connect: connect::ConnectRules {
        failed: assumed(
            connect::Failed::Dead,
            "not read in this stack; a second connect() is rare",
        ),
        again: assumed(connect::Again::IsConnected, "not read in this stack; POSIX: EISCONN"),
    },
    close: close::CloseRules {
        unread: Answer::Unknown,
        hole: Answer::Unknown,
        states: Answer::Unknown,
        opening: Answer::Unknown,
        unaccepted: Answer::Unknown,
    },
    linger: linger::LingerRules {
        abort: Answer::Unknown,
        condition: assumed(
            linger::Condition::Always,
            "not read in this stack; no condition was noticed",
        ),
        nonblock: Answer::Unknown,
        expiry: Answer::Unknown,
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: Answer::Unknown,
        unread: assumed(
            shutdown::UnreadAtShutdown::Never,
            "not read in this stack; shutdown() was not seen to look at them",
        ),
        listener: assumed(
            shutdown::OnListener::NotConnected,
            "not read in this stack; a listener has no connection",
        ),
    },
    error: error::ErrorRules {
        after_eof: Answer::Unknown,
        write: Answer::Unknown,
        write_unconnected: assumed(
            error::WriteUnconnected::NotConnected,
            "not read in this stack; the sockets API",
        ),
    },
};

/// Numbers.
pub(super) const TUNING: TuningAnswers = TuningAnswers {
    mss: Answer::Unknown,
    initial_cwnd: assumed(10, "not read in this stack; RFC 6928"),
    snd_buf: assumed(65_536, "not read in this stack; a common size"),
    rcv_buf: assumed(65_535, "not read in this stack; the largest window without scaling"),
    syn_wnd: Answer::Unknown,
    syn_share: Answer::Unknown,
    wnd_unit: Answer::Unknown,
    rto_min: assumed(200_000, "not read in this stack; a common minimum"),
    rto_syn: assumed(1_000_000, "not read in this stack; RFC 6298 2.1"),
    rto_max: assumed(64_000_000, "not read in this stack; RFC 6298 2.5 asks for 60 s at least"),
    retries: assumed(12, "not read in this stack; the tradition of the BSDs"),
    retries_orphan: Answer::Unknown,
    retries_syn: assumed(6, "not read in this stack; about 75 s"),
    syn_linear: assumed(0, "not read in this stack; RFC 6298 5.5: every timeout doubles"),
    retries_syn_ack: assumed(3, "not read in this stack; as in a SYN cache"),
    ack: assumed(AckPolicy::EverySecond, "not read in this stack; RFC 9293 3.8.6.3"),
    delayed_ack: assumed(100_000, "not read in this stack; RFC 9293 3.8.6.3 allows up to 500 ms"),
    challenge: Answer::Unknown,
    challenges: Answer::Unknown,
    unacceptable: Answer::Unknown,
    fin_wait_2: Answer::Unknown,
    time_wait: Answer::Unknown,
    max_orphans: Answer::Unknown,
    on_overflow: assumed(OnOverflow::Drop, "not read in this stack; the commonest answer"),
    sack: assumed(Switchable::On, "not read in this stack; nearly everybody has it on"),
    rfc1337: Answer::Unknown,
};
