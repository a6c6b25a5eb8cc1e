//! smoltcp, as read in the sources of August 2026 (`src/socket/tcp.rs`), and held against the crate
//! (0.14.0) by random calls and segments.
//!
//! It has no sockets API: the calls here are the nearest there is. close() shuts the sending half
//! and nothing else, so an orphan goes on taking what comes; abort() stands for SO_LINGER {1, 0}.

use super::{Profile, assumed, known};
use crate::socket::{SocketRules, close, connect, error, linger, shutdown};
use crate::tcp::arrive::{
    ArriveRules, ack, fin, listen, reset, sequence, syn, syn_received, syn_sent, text, waiting,
};
use crate::tcp::tuning::{AckPolicy, OnOverflow, Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};
use crate::wire::Growth;

/// smoltcp of 2026.
pub static SMOLTCP: Profile = Profile {
    name: "smoltcp",
    version: "smoltcp (2026-08)",
    tcp: TcpRules { arrive: ARRIVE, output: OUTPUT, timer: TIMER },
    socket: SOCKET,
    tuning: TUNING,
};

const ARRIVE: ArriveRules = ArriveRules {
    listen: listen::ListenRules {
        with_fin: assumed(
            listen::WithFin::Answered,
            "not read in this stack; RFC 9293 3.10.7.2 third",
        ),
        capacity: assumed(
            listen::Capacity::Backlog,
            "not read in this stack; as many as listen() was told",
        ),
        overflow_syn: assumed(
            listen::OverflowSyn::Drop,
            "there is no such call; a listening socket becomes the connection",
        ),
    },
    syn_received: syn_received::SynReceivedRules {
        order: known(
            syn_received::Order::AckFirst,
            "src/socket/tcp.rs process: unacceptable acknowledgements are rejected first",
        ),
        rst_ack: assumed(
            syn_received::RstAck::Judged,
            "not read in this stack; RFC 9293 3.10.7.4 second",
        ),
        syn_inside: assumed(syn_received::SynInside::Reset, "not read in this stack; RFC 793 3.9"),
        rst: known(reset::Accept::Window, "src/socket/tcp.rs process: a RST in the window"),
    },
    syn_sent: syn_sent::SynSentRules {
        text: assumed(syn_sent::SynText::Taken, "not read in this stack; RFC 9293 3.10.7.3 fourth"),
        bad_ack: assumed(
            syn_sent::OnBadAck::Reset,
            "not read in this stack; RFC 9293 3.10.7.3 first",
        ),
    },
    sequence: sequence::SequenceRules {
        window: assumed(
            sequence::WindowTest::FromNext,
            "not read in this stack; RFC 9293 3.10.7.4, table 6",
        ),
    },
    reset: reset::ResetRules {
        accept: known(reset::Accept::Window, "src/socket/tcp.rs process: RFC 793"),
        anchor: known(reset::Anchor::Next, "src/socket/tcp.rs process"),
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
        miss: assumed(reset::Miss::Drop, "any RST in the window is taken: never asked"),
        receive_queue: known(reset::ReceiveQueue::Keep, "src/socket/tcp.rs test_rx_close_rst"),
        error_close_wait: assumed(
            reset::AfterFinError::Reset,
            "calls fail with InvalidState; ECONNRESET stands for it",
        ),
        error_closing: assumed(
            reset::AfterFinError::Reset,
            "calls fail with InvalidState; ECONNRESET stands for it",
        ),
    },
    syn: syn::SynRules {
        in_sync: known(
            syn::InSync::Ignored,
            "src/socket/tcp.rs process: `unexpected packet`; outside the window a challenge ACK",
        ),
    },
    ack: ack::AckRules {
        missing: known(
            ack::MissingAck::JudgedFirst,
            "src/socket/tcp.rs process: unacceptable acknowledgements are rejected first",
        ),
        too_old: assumed(ack::TooOld::Ignore, "an old ACK is dropped before that: never asked"),
        future: known(ack::FutureAck::Answered, "src/socket/tcp.rs process: challenge_ack_reply"),
        syn_received: assumed(
            ack::SynReceivedAck::NewOnly,
            "not read in this stack; RFC 9293 3.10.7.4 fifth",
        ),
        duplicates: assumed(ack::Duplicates::Every, "not read in this stack; RFC 5681 3.2"),
    },
    text: text::TextRules {
        orphan: known(text::LateData::Queue, "src/socket/tcp.rs close: only the sending half ends"),
        both_shut: assumed(text::LateData::Queue, "there is no such call; reading cannot be shut"),
        read_shut: assumed(text::ReadShut::Queue, "there is no such call; reading cannot be shut"),
        after_fin: known(
            text::AfterFin::Ignored,
            "src/socket/tcp.rs process: no text after the FIN",
        ),
        scope: assumed(
            text::LateScope::Any,
            "not read in this stack; RFC 9293 3.6.1 makes no difference",
        ),
        form: assumed(text::LateForm::Reply, "text is never late here: never asked"),
        error: assumed(text::LateError::AsByPeer, "not read in this stack; a reset is a reset"),
    },
    fin: fin::FinRules {
        ack: known(
            fin::FinAck::AtOnceAlone,
            "src/socket/tcp.rs process, delayed_ack_expired: text arms the timer, a FIN does not",
        ),
        repeat: assumed(
            fin::FinRepeat::Nothing,
            "not read in this stack; no stack but one was found to count it",
        ),
    },
    waiting: waiting::WaitingRules {
        without_ack: assumed(
            waiting::WithoutAck::DroppedInside,
            "not read in this stack; RFC 9293 3.10.7.4 first, fourth, fifth",
        ),
        bare: assumed(
            waiting::Bare::Silent,
            "not read in this stack; RFC 9293 3.10.7.4 fifth expects a FIN alone",
        ),
        rst: known(waiting::TimeWaitRst::Window, "src/socket/tcp.rs process"),
        restart: assumed(
            waiting::Restart::FinOnly,
            "not read in this stack; RFC 9293 3.10.7.4 eighth",
        ),
        text: assumed(
            waiting::TimeWaitText::Ignore,
            "src/socket/tcp.rs process: no text after the FIN; inferred",
        ),
        syn: known(
            waiting::TimeWaitSyn::Never,
            "src/socket/tcp.rs process: no new connection out of TIME-WAIT",
        ),
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    offer: known(output::Offered::Free, "src/socket/tcp.rs scaled_window: what is free"),
    nagle: known(output::NagleRule::Classic, "src/socket/tcp.rs seq_to_transmit: data_in_flight"),
    small_window: known(
        output::SmallWindow::WhatFits,
        "src/socket/tcp.rs seq_to_transmit: at least 1 octet",
    ),
    fin: known(
        output::FinPlace::TailBeyondWindow,
        "src/socket/tcp.rs seq_to_transmit: can_fin asks for no window",
    ),
    resend: known(
        output::Resend::Everything,
        "src/socket/tcp.rs dispatch: remote_last_seq is rewound, there is no congestion window",
    ),
    abort_seq: known(output::AbortSeq::Next, "src/socket/tcp.rs dispatch: remote_last_seq"),
    abort_ack: known(output::AbortAck::Acked, "src/socket/tcp.rs abort, dispatch"),
    abort_wnd: known(output::AbortWnd::Usual, "src/socket/tcp.rs dispatch: scaled_window"),
    reply: known(output::ReplyAck::WhereSyn, "src/socket/tcp.rs rst_reply"),
    update: known(output::WindowUpdate::Doubled, "src/socket/tcp.rs window_to_update"),
};

const TIMER: timer::TimerRules = timer::TimerRules {
    growth: assumed(Growth::Whole, "not read in this stack; RFC 6298 5.5"),
    fin_wait_2: assumed(
        timer::FinWait2Form::Full,
        "not read in this stack; the connection block stays",
    ),
    fin_wait_2_scope: assumed(timer::FinWait2Scope::Orphan, "FIN-WAIT-2 has no timer"),
    fin_wait_2_over: assumed(timer::FinWait2Over::Silent, "FIN-WAIT-2 has no timer"),
    persist: assumed(timer::PersistRestart::EachProbe, "not read in this stack; RFC 9293 3.8.6.1"),
};

const SOCKET: SocketRules = SocketRules {
    connect: connect::ConnectRules {
        failed: assumed(
            connect::Failed::Dead,
            "not read in this stack; a second connect() is rare",
        ),
        again: assumed(connect::Again::IsConnected, "not read in this stack; POSIX: EISCONN"),
    },
    close: close::CloseRules {
        unread: known(close::OnUnread::Fin, "src/socket/tcp.rs close"),
        hole: known(close::OnUnread::Fin, "src/socket/tcp.rs close"),
        states: assumed(
            close::UnreadStates::UntilTimeWait,
            "close() looks at no unread byte in any state",
        ),
        opening: known(
            close::OnOpening::Reset,
            "src/socket/tcp.rs close, dispatch: SYN-SENT becomes CLOSED, which sends a RST",
        ),
        unaccepted: assumed(
            close::OnUnaccepted::Reset,
            "there is no such call; a listening socket becomes the connection",
        ),
    },
    linger: linger::LingerRules {
        abort: assumed(
            linger::AbortStates::Any,
            "there is no such call; abort() stands for SO_LINGER {1, 0}",
        ),
        condition: assumed(
            linger::Condition::Always,
            "not read in this stack; no condition was noticed",
        ),
        expiry: assumed(linger::Expiry::Silent, "there is no such call; nothing waits"),
        nonblock: assumed(linger::NonBlocking::Skips, "there is no such call; nothing waits"),
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: assumed(
            shutdown::ReadFlush::Keep,
            "there is no such call; reading cannot be shut",
        ),
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
        after_eof: known(
            error::AfterEof::EofOnly,
            "src/socket/tcp.rs recv_error_check: Finished once the FIN has come",
        ),
        write: assumed(
            error::WriteOrder::PendingFirst,
            "calls fail with InvalidState; ECONNRESET stands for it",
        ),
        write_unconnected: assumed(
            error::WriteUnconnected::NotConnected,
            "not read in this stack; the sockets API",
        ),
    },
};

const TUNING: TuningAnswers = TuningAnswers {
    mss: assumed(1460, "Ethernet without TCP options"),
    initial_cwnd: assumed(65_535, "congestion control is an option that is off"),
    snd_buf: assumed(65_536, "not read in this stack; a common size"),
    rcv_buf: assumed(65_535, "not read in this stack; the largest window without scaling"),
    syn_wnd: assumed(65_535, "the largest window without scaling"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    rto_min: assumed(1_000_000, "src/socket/tcp.rs RTTE_MIN_RTO; not read here"),
    rto_syn: assumed(1_000_000, "not read in this stack; RFC 6298 2.1"),
    rto_max: assumed(60_000_000, "src/socket/tcp.rs RTTE_MAX_RTO; not read here"),
    retries: assumed(255, "it gives up only where a timeout is set"),
    retries_orphan: assumed(255, "it gives up only where a timeout is set"),
    retries_syn: assumed(255, "it gives up only where a timeout is set"),
    syn_linear: assumed(0, "not read in this stack; RFC 6298 5.5: every timeout doubles"),
    retries_syn_ack: assumed(255, "it gives up only where a timeout is set"),
    ack: known(AckPolicy::Held, "src/socket/tcp.rs immediate_ack_to_transmit"),
    delayed_ack: known(10_000, "src/socket/tcp.rs ACK_DELAY_DEFAULT"),
    challenge: known(1_000_000, "src/socket/tcp.rs challenge_ack_reply"),
    challenges: known(1, "src/socket/tcp.rs challenge_ack_reply"),
    unacceptable: known(1_000_000, "src/socket/tcp.rs challenge_ack_reply"),
    fin_wait_2: known(0, "src/socket/tcp.rs: FIN-WAIT-2 has no timer"),
    time_wait: known(10_000_000, "src/socket/tcp.rs CLOSE_DELAY"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    on_overflow: assumed(OnOverflow::Drop, "not read in this stack; the commonest answer"),
    sack: assumed(Switchable::On, "not read in this stack; nearly everybody has it on"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
};
