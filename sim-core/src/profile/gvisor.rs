//! gVisor's network stack, as read in the sources of August 2026 (file and function), not measured.
//!
//! Missing: how it treats an orphan with an unread buffer behind a closed window.

use super::{Profile, assumed, base, known};
use crate::socket::{SocketRules, close, connect, error, linger, shutdown};
use crate::tcp::arrive::{ArriveRules, ack, listen, reset, syn, text, waiting};
use crate::tcp::tuning::{AckPolicy, OnOverflow, Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};

/// gVisor of 2026.
pub static GVISOR: Profile = Profile {
    name: "gvisor",
    version: "gVisor (2026-08)",
    tcp: TcpRules { arrive: ARRIVE, output: OUTPUT, timer: TIMER },
    socket: SOCKET,
    tuning: TUNING,
};

const ARRIVE: ArriveRules = ArriveRules {
    listen: listen::ListenRules {
        overflow_syn: known(listen::OverflowSyn::Drop, "accept.go: a full queue drops the SYN"),
        ..base::ARRIVE.listen
    },
    syn_received: base::ARRIVE.syn_received,
    syn_sent: base::ARRIVE.syn_sent,
    sequence: base::ARRIVE.sequence,
    reset: reset::ResetRules {
        accept: known(
            reset::Accept::Exact,
            "connect.go handleReset; TestRSTExactMatchAbortsConnection",
        ),
        anchor: known(reset::Anchor::Next, "connect.go handleReset: RcvNxt"),
        miss: known(reset::Miss::Challenge, "connect.go handleReset: a rate-limited ACK"),
        receive_queue: known(
            reset::ReceiveQueue::Keep,
            "connect.go resetConnectionLocked; TestReceiveOnResetConnection",
        ),
        error_opening: known(
            reset::OpeningError::Refused,
            "connect.go handshake.synRcvdState: ErrConnectionRefused",
        ),
        error_close_wait: known(
            reset::AfterFinError::Pipe,
            "connect.go handleReset: to CLOSED without a hard error; writes are broken",
        ),
        error_closing: known(reset::AfterFinError::Reset, "connect.go handleReset: a hard error"),
        ..base::ARRIVE.reset
    },
    syn: syn::SynRules { in_sync: known(syn::InSync::Challenge, "connect.go handleSegmentLocked") },
    ack: ack::AckRules {
        future: known(ack::FutureAck::Answered, "rcv.go handleRcvdSegmentClosing, snd.go: an ACK"),
        ..base::ARRIVE.ack
    },
    text: text::TextRules {
        orphan: known(text::LateData::Reset, "rcv.go handleRcvdSegmentClosing"),
        both_shut: known(
            text::LateData::Reset,
            "rcv.go handleRcvdSegmentClosing: RcvClosed in FIN-WAIT",
        ),
        read_shut: known(text::ReadShut::Queue, "rcv.go: ESTABLISHED takes no notice of RcvClosed"),
        after_fin: known(
            text::AfterFin::NextResets,
            "rcv.go handleRcvdSegmentClosing: aborted up to RCV.NXT, dropped beyond",
        ),
        scope: known(
            text::LateScope::Any,
            "rcv.go handleRcvdSegmentClosing: the segment's end counts",
        ),
        form: assumed(
            text::LateForm::AsAbort,
            "resetConnectionLocked sends the RST of an abort; inferred",
        ),
        error: known(
            text::LateError::Aborted,
            "rcv.go handleRcvdSegmentClosing: ErrConnectionAborted",
        ),
    },
    fin: base::ARRIVE.fin,
    waiting: waiting::WaitingRules {
        rst: known(waiting::TimeWaitRst::Ignore, "rcv.go handleTimeWaitSegment: RFC 1337 3 (F1)"),
        text: known(waiting::TimeWaitText::Ack, "rcv.go handleTimeWaitSegment"),
        syn: known(waiting::TimeWaitSyn::Newer, "rcv.go handleTimeWaitSegment: beyond RcvNxt"),
        ..base::ARRIVE.waiting
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    fin: known(output::FinPlace::Own, "snd.go: the FIN is an empty segment of its own"),
    resend: assumed(
        output::Resend::AsSent,
        "not read in this stack; segments are kept as they were sent",
    ),
    abort_seq: known(
        output::AbortSeq::Capped,
        "connect.go resetConnectionLocked: SND.NXT, or the end of the window",
    ),
    abort_ack: known(output::AbortAck::Acked, "connect.go resetConnectionLocked: RST and ACK"),
    abort_wnd: known(output::AbortWnd::Zero, "connect.go resetConnectionLocked"),
    reply: known(output::ReplyAck::WhereNone, "protocol.go replyWithReset"),
    ..base::OUTPUT
};

const TIMER: timer::TimerRules = timer::TimerRules {
    fin_wait_2: known(timer::FinWait2Form::Full, "endpoint.go: the endpoint stays"),
    fin_wait_2_scope: known(timer::FinWait2Scope::Orphan, "rcv.go: where the endpoint is closed"),
    fin_wait_2_over: known(timer::FinWait2Over::Silent, "endpoint.go finWait2TimerExpired"),
    ..base::TIMER
};

const SOCKET: SocketRules = SocketRules {
    connect: connect::ConnectRules {
        failed: assumed(connect::Failed::Fresh, "the sockets API that it stands for"),
        again: assumed(connect::Again::SucceedsOnce, "the sockets API that it stands for"),
    },
    close: close::CloseRules {
        unread: known(
            close::OnUnread::Reset,
            "endpoint.go shutdownLocked; TestRstOnCloseWithUnreadData",
        ),
        hole: known(
            close::OnUnread::Fin,
            "endpoint.go shutdownLocked: RcvBufUsed is what was delivered",
        ),
        states: known(
            close::UnreadStates::TimeWaitToo,
            "endpoint.go shutdownLocked: every connected state, TIME-WAIT too",
        ),
        opening: known(close::OnOpening::Silent, "connect.go: nothing is sent in SYN-SENT"),
        unaccepted: known(
            close::OnUnaccepted::Reset,
            "endpoint.go closePendingAcceptableConnections; requests are dropped",
        ),
    },
    linger: linger::LingerRules {
        abort: known(
            linger::AbortStates::NotAfterBoth,
            "endpoint.go closeLocked: SYN-RECEIVED to CLOSE-WAIT and FIN-WAIT-2",
        ),
        condition: known(linger::Condition::Always, "endpoint.go closeLocked"),
        expiry: known(linger::Expiry::Silent, "pkg/sentry/socket/netstack/netstack.go Release"),
        nonblock: known(
            linger::NonBlocking::Waits,
            "pkg/sentry/socket/netstack/netstack.go Release",
        ),
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: known(shutdown::ReadFlush::Keep, "endpoint.go shutdownLocked"),
        unread: known(
            shutdown::UnreadAtShutdown::BothShut,
            "endpoint.go shutdownLocked: once both directions are shut",
        ),
        listener: assumed(shutdown::OnListener::Stops, "the sockets API that it stands for"),
    },
    error: error::ErrorRules {
        after_eof: known(
            error::AfterEof::EofOnly,
            "endpoint.go checkReadLocked: CLOSE-WAIT has no hard error",
        ),
        write: known(
            error::WriteOrder::PendingFirst,
            "endpoint.go: the hard error once, then EPIPE",
        ),
        write_unconnected: assumed(
            error::WriteUnconnected::Pipe,
            "the sockets API that it stands for",
        ),
    },
};

const TUNING: TuningAnswers = TuningAnswers {
    mss: assumed(1460, "Ethernet without TCP options"),
    snd_buf: assumed(1_048_576, "protocol.go DefaultSendBufferSize; not read here"),
    syn_wnd: assumed(65_535, "the largest window without scaling"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    rto_max: assumed(120_000_000, "protocol.go MaxRTO; not read here"),
    retries: assumed(15, "protocol.go MaxRetries; not read here"),
    retries_orphan: assumed(15, "no separate limit was noticed"),
    ack: assumed(AckPolicy::Every, "not read in this stack; delaying is an option that is off"),
    challenge: known(500_000, "stack_options.go: the limit of an endpoint"),
    challenges: known(1, "endpoint.go: one in that time"),
    unacceptable: known(500_000, "endpoint.go allowOutOfWindowAck"),
    fin_wait_2: known(60_000_000, "protocol.go DefaultTCPLingerTimeout"),
    time_wait: known(60_000_000, "protocol.go DefaultTCPTimeWaitTimeout"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    on_overflow: known(OnOverflow::Drop, "accept.go: the final ACK is dropped"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
    ..base::TUNING
};
