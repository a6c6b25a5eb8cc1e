//! gVisor's network stack, as read in the sources of August 2026 (file and function), not measured.
//!
//! Missing: how it treats an orphan with an unread buffer behind a closed window.

use super::{Profile, assumed, known};
use crate::socket::{SocketRules, close, connect, error, linger, shutdown};
use crate::tcp::arrive::{
    ArriveRules, ack, fin, listen, reset, sequence, syn, syn_received, syn_sent, text, waiting,
};
use crate::tcp::tuning::{AckPolicy, OnOverflow, Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};
use crate::wire::Growth;

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
        with_fin: assumed(
            listen::WithFin::Answered,
            "not read in this stack; RFC 9293 3.10.7.2 third",
        ),
        capacity: assumed(
            listen::Capacity::Backlog,
            "not read in this stack; as many as listen() was told",
        ),
        overflow_syn: known(listen::OverflowSyn::Drop, "accept.go: a full queue drops the SYN"),
    },
    syn_received: syn_received::SynReceivedRules {
        order: assumed(
            syn_received::Order::WindowFirst,
            "not read in this stack; RFC 9293 3.10.7.4 first",
        ),
        rst_ack: assumed(
            syn_received::RstAck::Judged,
            "not read in this stack; RFC 9293 3.10.7.4 second",
        ),
        syn_inside: assumed(syn_received::SynInside::Reset, "not read in this stack; RFC 793 3.9"),
        rst: assumed(reset::Accept::Exact, "not read in this stack; RFC 5961 3.2"),
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
        accept: known(
            reset::Accept::Exact,
            "connect.go handleReset; TestRSTExactMatchAbortsConnection",
        ),
        anchor: known(reset::Anchor::Next, "connect.go handleReset: RcvNxt"),
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
        miss: known(reset::Miss::Challenge, "connect.go handleReset: a rate-limited ACK"),
        receive_queue: known(
            reset::ReceiveQueue::Keep,
            "connect.go resetConnectionLocked; TestReceiveOnResetConnection",
        ),
        error_close_wait: known(
            reset::AfterFinError::Pipe,
            "connect.go handleReset: to CLOSED without a hard error; writes are broken",
        ),
        error_closing: known(reset::AfterFinError::Reset, "connect.go handleReset: a hard error"),
    },
    syn: syn::SynRules { in_sync: known(syn::InSync::Challenge, "connect.go handleSegmentLocked") },
    ack: ack::AckRules {
        missing: assumed(
            ack::MissingAck::InOrder,
            "not read in this stack; RFC 9293 3.10.7.4 fifth",
        ),
        too_old: assumed(ack::TooOld::Ignore, "not read in this stack; RFC 9293 3.10.7.4 fifth"),
        future: known(ack::FutureAck::Answered, "rcv.go handleRcvdSegmentClosing, snd.go: an ACK"),
        syn_received: assumed(
            ack::SynReceivedAck::NewOnly,
            "not read in this stack; RFC 9293 3.10.7.4 fifth",
        ),
        duplicates: assumed(ack::Duplicates::Every, "not read in this stack; RFC 5681 3.2"),
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
    fin: fin::FinRules {
        ack: assumed(fin::FinAck::AtOnce, "not read in this stack; RFC 9293 3.10.7.4 eighth"),
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
        rst: known(waiting::TimeWaitRst::Ignore, "rcv.go handleTimeWaitSegment: RFC 1337 3 (F1)"),
        restart: assumed(
            waiting::Restart::FinOnly,
            "not read in this stack; RFC 9293 3.10.7.4 eighth",
        ),
        text: known(waiting::TimeWaitText::Ack, "rcv.go handleTimeWaitSegment"),
        syn: known(waiting::TimeWaitSyn::Newer, "rcv.go handleTimeWaitSegment: beyond RcvNxt"),
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    offer: assumed(output::Offered::Segments, "not read in this stack; RFC 9293 3.8.6.2.2"),
    nagle: assumed(output::NagleRule::Classic, "not read in this stack; RFC 9293 3.7.4"),
    small_window: assumed(
        output::SmallWindow::HalfWindow,
        "not read in this stack; RFC 9293 3.8.6.2.1 (3)",
    ),
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
    update: assumed(
        output::WindowUpdate::TwoSegments,
        "not read in this stack; RFC 9293 3.8.6.2.2",
    ),
};

const TIMER: timer::TimerRules = timer::TimerRules {
    growth: assumed(Growth::Whole, "not read in this stack; RFC 6298 5.5"),
    fin_wait_2: known(timer::FinWait2Form::Full, "endpoint.go: the endpoint stays"),
    fin_wait_2_scope: known(timer::FinWait2Scope::Orphan, "rcv.go: where the endpoint is closed"),
    fin_wait_2_over: known(timer::FinWait2Over::Silent, "endpoint.go finWait2TimerExpired"),
    persist: assumed(timer::PersistRestart::EachProbe, "not read in this stack; RFC 9293 3.8.6.1"),
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
    initial_cwnd: assumed(10, "not read in this stack; RFC 6928"),
    snd_buf: assumed(1_048_576, "protocol.go DefaultSendBufferSize; not read here"),
    rcv_buf: assumed(65_535, "not read in this stack; the largest window without scaling"),
    syn_wnd: assumed(65_535, "the largest window without scaling"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    rto_min: assumed(200_000, "not read in this stack; a common minimum"),
    rto_syn: assumed(1_000_000, "not read in this stack; RFC 6298 2.1"),
    rto_max: assumed(120_000_000, "protocol.go MaxRTO; not read here"),
    retries: assumed(15, "protocol.go MaxRetries; not read here"),
    retries_orphan: assumed(15, "no separate limit was noticed"),
    retries_syn: assumed(6, "not read in this stack; about 75 s"),
    syn_linear: assumed(0, "not read in this stack; RFC 6298 5.5: every timeout doubles"),
    retries_syn_ack: assumed(3, "not read in this stack; as in a SYN cache"),
    ack: assumed(AckPolicy::Every, "not read in this stack; delaying is an option that is off"),
    delayed_ack: assumed(100_000, "not read in this stack; RFC 9293 3.8.6.3 allows up to 500 ms"),
    challenge: known(500_000, "stack_options.go: the limit of an endpoint"),
    challenges: known(1, "endpoint.go: one in that time"),
    unacceptable: known(500_000, "endpoint.go allowOutOfWindowAck"),
    fin_wait_2: known(60_000_000, "protocol.go DefaultTCPLingerTimeout"),
    time_wait: known(60_000_000, "protocol.go DefaultTCPTimeWaitTimeout"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    on_overflow: known(OnOverflow::Drop, "accept.go: the final ACK is dropped"),
    sack: assumed(Switchable::On, "not read in this stack; nearly everybody has it on"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
};
