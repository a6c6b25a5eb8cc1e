//! smoltcp, as read in the sources of August 2026 (`src/socket/tcp.rs`), and held against the crate
//! (0.14.0) by random calls and segments.
//!
//! It has no sockets API: the calls here are the nearest there is. close() shuts the sending half
//! and nothing else, so an orphan goes on taking what comes; abort() stands for SO_LINGER {1, 0}.

use super::{Profile, assumed, base, known};
use crate::socket::{SocketRules, close, error, linger, shutdown};
use crate::tcp::arrive::{
    ArriveRules, ack, fin, listen, reset, syn, syn_received, syn_sent, text, waiting,
};
use crate::tcp::tuning::{AckPolicy, Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};

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
        overflow_syn: assumed(
            listen::OverflowSyn::Drop,
            "there is no such call; a listening socket becomes the connection",
        ),
        ..base::ARRIVE.listen
    },
    syn_received: syn_received::SynReceivedRules {
        order: known(
            syn_received::Order::AckFirst,
            "src/socket/tcp.rs process: unacceptable acknowledgements are rejected first",
        ),
        rst: known(reset::Accept::Window, "src/socket/tcp.rs process: a RST in the window"),
        ..base::ARRIVE.syn_received
    },
    syn_sent: syn_sent::SynSentRules {
        crossing: known(
            syn_sent::CrossingText::Dropped,
            "src/socket/tcp.rs process: no payload is looked at in SYN-SENT",
        ),
        ..base::ARRIVE.syn_sent
    },
    sequence: base::ARRIVE.sequence,
    reset: reset::ResetRules {
        accept: known(reset::Accept::Window, "src/socket/tcp.rs process: RFC 793"),
        anchor: known(reset::Anchor::Next, "src/socket/tcp.rs process"),
        miss: assumed(reset::Miss::Drop, "any RST in the window is taken: never asked"),
        receive_queue: known(reset::ReceiveQueue::Keep, "src/socket/tcp.rs test_rx_close_rst"),
        error_opening: assumed(
            reset::OpeningError::Reset,
            "calls fail with InvalidState; ECONNRESET stands for it",
        ),
        error_close_wait: assumed(
            reset::AfterFinError::Reset,
            "calls fail with InvalidState; ECONNRESET stands for it",
        ),
        error_closing: assumed(
            reset::AfterFinError::Reset,
            "calls fail with InvalidState; ECONNRESET stands for it",
        ),
        ..base::ARRIVE.reset
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
        ..base::ARRIVE.ack
    },
    text: text::TextRules {
        orphan: known(text::LateData::Queue, "src/socket/tcp.rs close: only the sending half ends"),
        both_shut: assumed(text::LateData::Queue, "there is no such call; reading cannot be shut"),
        read_shut: assumed(text::ReadShut::Queue, "there is no such call; reading cannot be shut"),
        after_fin: known(
            text::AfterFin::Ignored,
            "src/socket/tcp.rs process: no text after the FIN",
        ),
        form: assumed(text::LateForm::Reply, "text is never late here: never asked"),
        ..base::ARRIVE.text
    },
    fin: fin::FinRules {
        ack: known(
            fin::FinAck::AtOnceAlone,
            "src/socket/tcp.rs process, delayed_ack_expired: text arms the timer, a FIN does not",
        ),
        ..base::ARRIVE.fin
    },
    waiting: waiting::WaitingRules {
        rst: known(waiting::TimeWaitRst::Window, "src/socket/tcp.rs process"),
        text: assumed(
            waiting::TimeWaitText::Ignore,
            "src/socket/tcp.rs process: no text after the FIN; inferred",
        ),
        syn: known(
            waiting::TimeWaitSyn::Never,
            "src/socket/tcp.rs process: no new connection out of TIME-WAIT",
        ),
        ..base::ARRIVE.waiting
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
    fin_again: known(
        output::FinAgain::Bare,
        "src/socket/tcp.rs dispatch: a FIN where the offset is the buffer's end",
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
    fin_wait_2_scope: assumed(timer::FinWait2Scope::Orphan, "FIN-WAIT-2 has no timer"),
    fin_wait_2_over: assumed(timer::FinWait2Over::Silent, "FIN-WAIT-2 has no timer"),
    ..base::TIMER
};

const SOCKET: SocketRules = SocketRules {
    connect: base::SOCKET.connect,
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
        expiry: assumed(linger::Expiry::Silent, "there is no such call; nothing waits"),
        nonblock: assumed(linger::NonBlocking::Skips, "there is no such call; nothing waits"),
        ..base::SOCKET.linger
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: assumed(
            shutdown::ReadFlush::Keep,
            "there is no such call; reading cannot be shut",
        ),
        ..base::SOCKET.shutdown
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
        ..base::SOCKET.error
    },
};

const TUNING: TuningAnswers = TuningAnswers {
    mss: assumed(1460, "Ethernet without TCP options"),
    initial_cwnd: assumed(65_535, "congestion control is an option that is off"),
    syn_wnd: assumed(65_535, "the largest window without scaling"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    rto_min: assumed(1_000_000, "src/socket/tcp.rs RTTE_MIN_RTO; not read here"),
    rto_max: assumed(60_000_000, "src/socket/tcp.rs RTTE_MAX_RTO; not read here"),
    retries: assumed(255, "it gives up only where a timeout is set"),
    retries_orphan: assumed(255, "it gives up only where a timeout is set"),
    retries_syn: assumed(255, "it gives up only where a timeout is set"),
    retries_syn_ack: assumed(255, "it gives up only where a timeout is set"),
    ack: known(AckPolicy::Held, "src/socket/tcp.rs immediate_ack_to_transmit"),
    delayed_ack: known(10_000, "src/socket/tcp.rs ACK_DELAY_DEFAULT"),
    challenge: known(1_000_000, "src/socket/tcp.rs challenge_ack_reply"),
    challenges: known(1, "src/socket/tcp.rs challenge_ack_reply"),
    unacceptable: known(1_000_000, "src/socket/tcp.rs challenge_ack_reply"),
    fin_wait_2: known(0, "src/socket/tcp.rs: FIN-WAIT-2 has no timer"),
    time_wait: known(10_000_000, "src/socket/tcp.rs CLOSE_DELAY"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
    ..base::TUNING
};
