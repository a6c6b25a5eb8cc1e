//! illumos, as read in sources of 2019 (file and function), not measured. RFC 5961 may have come
//! since. Sockets of the sockfs kind; STREAMS endpoints differ (a RST flushes them).

use super::{Profile, assumed, base, known};
use crate::socket::{SocketRules, close, error, linger, shutdown};
use crate::tcp::arrive::{ArriveRules, listen, reset, syn, syn_received, text, waiting};
use crate::tcp::tuning::{Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};

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
        overflow_syn: known(
            listen::OverflowSyn::Drop,
            "tcp_input.c: a SYN that finds the queue full is dropped",
        ),
        ..base::ARRIVE.listen
    },
    syn_received: syn_received::SynReceivedRules {
        rst: known(reset::Accept::Window, "tcp_input.c: any RST in the window"),
        ..base::ARRIVE.syn_received
    },
    syn_sent: base::ARRIVE.syn_sent,
    sequence: base::ARRIVE.sequence,
    reset: reset::ResetRules {
        accept: known(reset::Accept::Window, "tcp_input.c tcp_input_data: RFC 793"),
        anchor: known(reset::Anchor::Next, "tcp_input.c tcp_input_data"),
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
        ..base::ARRIVE.reset
    },
    syn: syn::SynRules {
        in_sync: known(
            syn::InSync::Reset,
            "tcp_input.c tcp_input_data: RST and ACK, the connection is gone",
        ),
    },
    ack: base::ARRIVE.ack,
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
    fin: base::ARRIVE.fin,
    waiting: waiting::WaitingRules {
        rst: known(waiting::TimeWaitRst::Window, "tcp_time_wait.c tcp_time_wait_processing"),
        text: known(
            waiting::TimeWaitText::Ignore,
            "tcp_time_wait.c: in the window ignored, outside acknowledged",
        ),
        syn: assumed(
            waiting::TimeWaitSyn::BeyondWindowElseReset,
            "tcp_time_wait.c: past the window it reopens; the RST in the window is inferred",
        ),
        ..base::ARRIVE.waiting
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    fin: known(
        output::FinPlace::UnsentTail,
        "tcp_output.c: FIN on the last segment if that is unsent",
    ),
    abort_seq: known(output::AbortSeq::Next, "tcp_output.c: snxt"),
    abort_ack: known(output::AbortAck::Bare, "tcp_output.c tcp_xmit_ctl: TH_RST alone"),
    reply: assumed(
        output::ReplyAck::WhereNone,
        "tcp_xmit_early_reset as RFC 9293 3.10.7.1; not traced to the segment",
    ),
    ..base::OUTPUT
};

const TIMER: timer::TimerRules = timer::TimerRules {
    fin_wait_2: known(timer::FinWait2Form::Full, "tcp_timers.c: the connection stays"),
    fin_wait_2_scope: known(timer::FinWait2Scope::Orphan, "tcp_timers.c: TCP_IS_DETACHED"),
    fin_wait_2_over: known(timer::FinWait2Over::Silent, "tcp_timers.c tcp_timer: tcp_clean_death"),
    ..base::TIMER
};

const SOCKET: SocketRules = SocketRules {
    connect: base::SOCKET.connect,
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
        ..base::SOCKET.shutdown
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
        ..base::SOCKET.error
    },
};

const TUNING: TuningAnswers = TuningAnswers {
    mss: assumed(1460, "Ethernet without TCP options"),
    snd_buf: assumed(131_072, "the default of its lineage; not read here"),
    syn_wnd: assumed(65_535, "the largest window without scaling"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    rto_min: assumed(400_000, "tcp_rexmit_interval_min of its lineage; not read here"),
    retries_orphan: assumed(12, "no separate limit for orphans was found"),
    challenge: assumed(0, "no limit was found"),
    challenges: assumed(1, "there is no limit"),
    unacceptable: assumed(0, "no limit was found"),
    fin_wait_2: known(60_000_000, "tcp_tunables.c _fin_wait_2_flush_interval"),
    time_wait: known(60_000_000, "tcp_tunables.c: 60 s"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
    ..base::TUNING
};
