//! lwIP behind its socket layer, as read in the sources of June 2026 (file and function under
//! `src`), not measured. SO_LINGER is an option of the build (LWIP_SO_LINGER); here it is on.
//!
//! Missing: `refused_data`, the segment that a full mailbox refused (a RST loses it), and that a
//! raw program which has read without saying so (tcp_recved) resets at close as well.

use super::{Profile, assumed, base, known};
use crate::answer::Answer;
use crate::socket::{SocketRules, close, error, linger, shutdown};
use crate::tcp::arrive::{ArriveRules, listen, reset, syn, text, waiting};
use crate::tcp::tuning::{Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};

/// lwIP of 2026 behind its socket layer.
pub static LWIP: Profile = Profile {
    name: "lwip",
    version: "lwIP (2026-06)",
    tcp: TcpRules { arrive: ARRIVE, output: OUTPUT, timer: TIMER },
    socket: SOCKET,
    tuning: TUNING,
};

const ARRIVE: ArriveRules = ArriveRules {
    listen: listen::ListenRules {
        overflow_syn: known(
            listen::OverflowSyn::Drop,
            "core/tcp_in.c tcp_listen_input: TCP_LISTEN_BACKLOG",
        ),
        ..base::ARRIVE.listen
    },
    syn_received: base::ARRIVE.syn_received,
    syn_sent: base::ARRIVE.syn_sent,
    sequence: base::ARRIVE.sequence,
    reset: reset::ResetRules {
        accept: known(reset::Accept::Exact, "core/tcp_in.c tcp_process"),
        anchor: known(reset::Anchor::Next, "core/tcp_in.c tcp_process: rcv_nxt"),
        miss: known(
            reset::Miss::Challenge,
            "core/tcp_in.c tcp_process: tcp_ack_now, without limit",
        ),
        receive_queue: known(
            reset::ReceiveQueue::Keep,
            "api/api_msg.c err_tcp: the error is posted behind the data (refused_data is lost)",
        ),
        error_opening: assumed(
            reset::OpeningError::Reset,
            "core/tcp_in.c: ERR_RST in every state; inferred",
        ),
        error_close_wait: known(reset::AfterFinError::Reset, "core/tcp_in.c: ERR_RST"),
        error_closing: assumed(
            reset::AfterFinError::Reset,
            "core/tcp_in.c: ERR_RST in every state; inferred",
        ),
        ..base::ARRIVE.reset
    },
    syn: syn::SynRules {
        in_sync: known(syn::InSync::Challenge, "core/tcp_in.c tcp_process: an ACK"),
    },
    ack: base::ARRIVE.ack,
    text: text::TextRules {
        orphan: known(text::LateData::Reset, "core/tcp_in.c tcp_input: TF_RXCLOSED"),
        both_shut: known(text::LateData::Reset, "core/tcp_in.c tcp_input: TF_RXCLOSED"),
        read_shut: known(text::ReadShut::Reset, "core/tcp_in.c tcp_input: TF_RXCLOSED, tcp_abort"),
        after_fin: known(
            text::AfterFin::Ignored,
            "core/tcp_in.c tcp_receive: states beyond CLOSE-WAIT take no text",
        ),
        scope: known(
            text::LateScope::InOrder,
            "core/tcp_in.c tcp_input: recv_data is what came in order",
        ),
        form: known(text::LateForm::AsAbort, "core/tcp.c tcp_abort"),
        error: known(text::LateError::Aborted, "core/tcp.c tcp_abandon: ERR_ABRT"),
    },
    fin: base::ARRIVE.fin,
    waiting: waiting::WaitingRules {
        rst: known(waiting::TimeWaitRst::Ignore, "core/tcp_in.c tcp_timewait_input"),
        text: known(waiting::TimeWaitText::Ack, "core/tcp_in.c tcp_timewait_input"),
        syn: known(
            waiting::TimeWaitSyn::Refused,
            "core/tcp_in.c tcp_timewait_input: in the window a RST, no new connection",
        ),
        ..base::ARRIVE.waiting
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    fin: known(output::FinPlace::UnsentTail, "core/tcp_out.c tcp_send_fin"),
    resend: assumed(
        output::Resend::AsSent,
        "not read in this stack; segments are kept as they were sent",
    ),
    abort_seq: known(output::AbortSeq::Next, "core/tcp.c tcp_abandon: snd_nxt"),
    abort_ack: known(output::AbortAck::Acked, "core/tcp_out.c tcp_rst"),
    abort_wnd: known(output::AbortWnd::Usual, "core/tcp_out.c tcp_rst: TCP_WND"),
    reply: known(output::ReplyAck::Always, "core/tcp_out.c tcp_rst: ACK is always set"),
    ..base::OUTPUT
};

const TIMER: timer::TimerRules = timer::TimerRules {
    fin_wait_2: known(timer::FinWait2Form::Full, "core/tcp.c tcp_slowtmr"),
    fin_wait_2_scope: known(timer::FinWait2Scope::ReadShut, "core/tcp.c tcp_slowtmr: TF_RXCLOSED"),
    fin_wait_2_over: known(
        timer::FinWait2Over::Silent,
        "core/tcp.c tcp_slowtmr: pcb_remove without pcb_reset",
    ),
    ..base::TIMER
};

const SOCKET: SocketRules = SocketRules {
    connect: base::SOCKET.connect,
    close: close::CloseRules {
        unread: known(
            close::OnUnread::Reset,
            "core/tcp.c tcp_close_shutdown: rcv_wnd is not TCP_WND_MAX",
        ),
        hole: known(
            close::OnUnread::Fin,
            "core/tcp.c tcp_close_shutdown looks at refused_data and rcv_wnd",
        ),
        states: known(
            close::UnreadStates::BeforeOurFin,
            "core/tcp.c tcp_close_shutdown: ESTABLISHED and CLOSE-WAIT",
        ),
        opening: known(
            close::OnOpening::Silent,
            "core/tcp.c tcp_close_shutdown: SYN-SENT is removed",
        ),
        unaccepted: assumed(
            close::OnUnaccepted::Reset,
            "api_msg.c: queued connections are aborted; not traced to the segment",
        ),
    },
    linger: linger::LingerRules {
        abort: known(linger::AbortStates::Any, "api_msg.c: tcp_abort, whatever the state"),
        condition: known(
            linger::Condition::Unacknowledged,
            "api_msg.c: only with unsent or unacked segments, else tcp_close",
        ),
        expiry: known(linger::Expiry::Reset, "api_msg.c: tcp_abort"),
        nonblock: known(linger::NonBlocking::WouldBlock, "api_msg.c: ERR_WOULDBLOCK"),
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: assumed(
            shutdown::ReadFlush::Keep,
            "only refused_data goes; what is in the mailbox stays",
        ),
        unread: known(
            shutdown::UnreadAtShutdown::BothShut,
            "core/tcp.c tcp_shutdown: both directions are a close",
        ),
        ..base::SOCKET.shutdown
    },
    error: error::ErrorRules {
        after_eof: Answer::Unknown,
        write: known(error::WriteOrder::PendingFirst, "api: the error of the connection first"),
        ..base::SOCKET.error
    },
};

const TUNING: TuningAnswers = TuningAnswers {
    mss: known(536, "include/lwip/opt.h TCP_MSS"),
    initial_cwnd: assumed(
        4,
        "core/tcp_priv.h LWIP_TCP_CALC_INITIAL_CWND: four segments of this size; not read here",
    ),
    snd_buf: assumed(1072, "opt.h TCP_SND_BUF: two segments; not read here"),
    rcv_buf: assumed(2144, "opt.h TCP_WND: four segments; not read here"),
    syn_wnd: assumed(2144, "opt.h TCP_WND: four segments; not read here"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    rto_min: assumed(1_000_000, "two ticks of the slow timer; not read here"),
    rto_syn: assumed(3_000_000, "opt.h LWIP_TCP_RTO_TIME; not read here"),
    retries_orphan: assumed(12, "no separate limit for orphans was found"),
    retries_syn_ack: assumed(6, "opt.h TCP_SYNMAXRTX; not read here"),
    delayed_ack: assumed(250_000, "tcp_priv.h TCP_FAST_INTERVAL; not read here"),
    challenge: known(0, "core/tcp_in.c tcp_process: no limit"),
    challenges: known(1, "there is no limit"),
    unacceptable: assumed(0, "no limit was found"),
    fin_wait_2: known(20_000_000, "core/tcp_priv.h TCP_FIN_WAIT_TIMEOUT"),
    time_wait: known(120_000_000, "core/tcp_priv.h: 2 x TCP_MSL of 60 s"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    sack: assumed(Switchable::Off, "opt.h LWIP_TCP_SACK_OUT; not read here"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
    ..base::TUNING
};
