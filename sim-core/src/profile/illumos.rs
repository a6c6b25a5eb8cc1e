//! illumos, as read in sources of 2019 (file and function), not measured. RFC 5961 may have come
//! since. Sockets of the sockfs kind; STREAMS endpoints differ (a RST flushes them).

use super::{Profile, assumed, known};
use crate::socket::{SocketRules, close, connect, error, linger, shutdown};
use crate::tcp::arrive::{
    ArriveRules, ack, fin, listen, reset, sequence, syn, syn_received, syn_sent, text, waiting,
};
use crate::tcp::tuning::{AckPolicy, OnOverflow, Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};
use crate::wire::Growth;

/// illumos of 2019.
pub static ILLUMOS: Profile = Profile {
    name: "illumos",
    version: "illumos (2019)",
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
        overflow_syn: known(
            listen::OverflowSyn::Drop,
            "tcp_input.c: a SYN that finds the queue full is dropped",
        ),
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
        rst: known(reset::Accept::Window, "tcp_input.c: any RST in the window"),
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
        accept: known(reset::Accept::Window, "tcp_input.c tcp_input_data: RFC 793"),
        anchor: known(reset::Anchor::Next, "tcp_input.c tcp_input_data"),
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
        receive_queue: known(
            reset::ReceiveQueue::Keep,
            "sockcommon_sops.c so_disconnected leaves so_rcv (STREAMS sockets flush)",
        ),
        error_close_wait: known(reset::AfterFinError::Reset, "tcp_input.c: ECONNRESET"),
        error_closing: known(
            reset::AfterFinError::Nothing,
            "tcp_input.c: no error in CLOSING and LAST-ACK",
        ),
    },
    syn: syn::SynRules {
        in_sync: known(
            syn::InSync::Reset,
            "tcp_input.c tcp_input_data: RST and ACK, the connection is gone",
        ),
    },
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
        orphan: known(
            text::LateData::Reset,
            "tcp_input.c tcp_input_data: TCP_IS_DETACHED, text beyond rnxt",
        ),
        both_shut: known(
            text::LateData::Discard,
            "sockcommon_subr.c so_queue_msg_impl; the connection is not detached",
        ),
        read_shut: known(
            text::ReadShut::Discard,
            "sockcommon_subr.c so_queue_msg_impl: acknowledged and thrown away",
        ),
        after_fin: known(
            text::AfterFin::OrphanResets,
            "tcp_input.c tcp_input_data: TCP_IS_DETACHED",
        ),
        scope: known(
            text::LateScope::Any,
            "tcp_input.c tcp_input_data: the test comes before reassembly",
        ),
        form: known(
            text::LateForm::BareNext,
            "tcp_input.c tcp_input_data: tcp_xmit_ctl with snxt and TH_RST",
        ),
        error: assumed(
            text::LateError::AsByPeer,
            "only detached connections are reset for late text",
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
        rst: known(waiting::TimeWaitRst::Window, "tcp_time_wait.c tcp_time_wait_processing"),
        restart: assumed(
            waiting::Restart::FinOnly,
            "not read in this stack; RFC 9293 3.10.7.4 eighth",
        ),
        text: known(
            waiting::TimeWaitText::Ignore,
            "tcp_time_wait.c: in the window ignored, outside acknowledged",
        ),
        syn: assumed(
            waiting::TimeWaitSyn::BeyondWindowElseReset,
            "tcp_time_wait.c: past the window it reopens; the RST in the window is inferred",
        ),
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    offer: assumed(output::Offered::Segments, "not read in this stack; RFC 9293 3.8.6.2.2"),
    nagle: assumed(output::NagleRule::Classic, "not read in this stack; RFC 9293 3.7.4"),
    small_window: assumed(
        output::SmallWindow::HalfWindow,
        "not read in this stack; RFC 9293 3.8.6.2.1 (3)",
    ),
    fin: known(
        output::FinPlace::UnsentTail,
        "tcp_output.c: FIN on the last segment if that is unsent",
    ),
    resend: assumed(output::Resend::Merge, "not read in this stack; RFC 9293 3.8.1 allows it"),
    abort_seq: known(output::AbortSeq::Next, "tcp_output.c: snxt"),
    abort_ack: known(output::AbortAck::Bare, "tcp_output.c tcp_xmit_ctl: TH_RST alone"),
    abort_wnd: assumed(output::AbortWnd::Zero, "not read in this stack; nobody looks at it"),
    reply: assumed(
        output::ReplyAck::WhereNone,
        "tcp_xmit_early_reset as RFC 9293 3.10.7.1; not traced to the segment",
    ),
    update: assumed(
        output::WindowUpdate::TwoSegments,
        "not read in this stack; RFC 9293 3.8.6.2.2",
    ),
};

const TIMER: timer::TimerRules = timer::TimerRules {
    growth: assumed(Growth::Whole, "not read in this stack; RFC 6298 5.5"),
    fin_wait_2: known(timer::FinWait2Form::Full, "tcp_timers.c: the connection stays"),
    fin_wait_2_scope: known(timer::FinWait2Scope::Orphan, "tcp_timers.c: TCP_IS_DETACHED"),
    fin_wait_2_over: known(timer::FinWait2Over::Silent, "tcp_timers.c tcp_timer: tcp_clean_death"),
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
        unread: known(
            close::OnUnread::Fin,
            "sockcommon_sops.c so_close throws so_rcv away before TCP is asked",
        ),
        hole: known(close::OnUnread::Reset, "tcp_output.c tcp_close_output: tcp_reass_head"),
        states: assumed(
            close::UnreadStates::UntilTimeWait,
            "tcp_close_output does not look at the state; not traced for each",
        ),
        opening: known(
            close::OnOpening::Reset,
            "tcp_output.c tcp_close_output: SYN-SENT falls into the RST as well",
        ),
        unaccepted: assumed(
            close::OnUnaccepted::Reset,
            "tcp_output.c: each that waits is closed before accept",
        ),
    },
    linger: linger::LingerRules {
        abort: known(linger::AbortStates::Any, "tcp_output.c tcp_close_output: the default branch"),
        condition: known(
            linger::Condition::Always,
            "tcp_output.c tcp_close_output: before the test for text",
        ),
        expiry: assumed(
            linger::Expiry::Silent,
            "a timer, then detached; what close() returns was not read",
        ),
        nonblock: known(
            linger::NonBlocking::WouldBlock,
            "tcp.c tcp_close: EWOULDBLOCK where FNONBLOCK is set",
        ),
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: known(shutdown::ReadFlush::Flush, "sockcommon_sops.c so_shutdown"),
        unread: known(
            shutdown::UnreadAtShutdown::Never,
            "sockcommon_sops.c so_shutdown does not look at them",
        ),
        listener: assumed(
            shutdown::OnListener::NotConnected,
            "not read in this stack; a listener has no connection",
        ),
    },
    error: error::ErrorRules {
        after_eof: known(
            error::AfterEof::ErrorFirst,
            "sockcommon_sops.c: so_error after the data, before EOF",
        ),
        write: known(
            error::WriteOrder::PipeFirst,
            "sockcommon_sops.c so_sendmsg tests SS_CANTSENDMORE first",
        ),
        write_unconnected: assumed(
            error::WriteUnconnected::NotConnected,
            "not read in this stack; the sockets API",
        ),
    },
};

const TUNING: TuningAnswers = TuningAnswers {
    mss: assumed(1460, "Ethernet without TCP options"),
    initial_cwnd: assumed(10, "not read in this stack; RFC 6928"),
    snd_buf: assumed(131_072, "the default of its lineage; not read here"),
    rcv_buf: assumed(65_535, "not read in this stack; the largest window without scaling"),
    syn_wnd: assumed(65_535, "the largest window without scaling"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    rto_min: assumed(400_000, "tcp_rexmit_interval_min of its lineage; not read here"),
    rto_syn: assumed(1_000_000, "not read in this stack; RFC 6298 2.1"),
    rto_max: assumed(64_000_000, "not read in this stack; RFC 6298 2.5 asks for 60 s at least"),
    retries: assumed(12, "not read in this stack; the tradition of the BSDs"),
    retries_orphan: assumed(12, "no separate limit for orphans was found"),
    retries_syn: assumed(6, "not read in this stack; about 75 s"),
    syn_linear: assumed(0, "not read in this stack; RFC 6298 5.5: every timeout doubles"),
    retries_syn_ack: assumed(3, "not read in this stack; as in a SYN cache"),
    ack: assumed(AckPolicy::EverySecond, "not read in this stack; RFC 9293 3.8.6.3"),
    delayed_ack: assumed(100_000, "not read in this stack; RFC 9293 3.8.6.3 allows up to 500 ms"),
    challenge: assumed(0, "no limit was found"),
    challenges: assumed(1, "there is no limit"),
    unacceptable: assumed(0, "no limit was found"),
    fin_wait_2: known(60_000_000, "tcp_tunables.c _fin_wait_2_flush_interval"),
    time_wait: known(60_000_000, "tcp_tunables.c: 60 s"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    on_overflow: assumed(OnOverflow::Drop, "not read in this stack; the commonest answer"),
    sack: assumed(Switchable::On, "not read in this stack; nearly everybody has it on"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
};
