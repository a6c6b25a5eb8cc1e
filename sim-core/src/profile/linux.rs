//! Linux 6.18, as measured on a live kernel (recorded rows, by their names) and as read in the
//! sources of 6.18.19 (file and function).

use super::{Profile, assumed, known};
use crate::socket::{SocketRules, close, connect, error, linger, shutdown};
use crate::tcp::arrive::{
    ArriveRules, ack, fin, listen, reset, sequence, syn, syn_received, syn_sent, text, waiting,
};
use crate::tcp::tuning::{AckPolicy, OnOverflow, Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};
use crate::wire::Growth;

/// Linux 6.18.
pub static LINUX: Profile = Profile {
    name: "linux",
    version: "Linux 6.18",
    tcp: TcpRules { arrive: ARRIVE, output: OUTPUT, timer: TIMER },
    socket: SOCKET,
    tuning: TUNING,
};

const ARRIVE: ArriveRules = ArriveRules {
    listen: listen::ListenRules {
        capacity: known(
            listen::Capacity::BacklogPlusOne,
            "include/net/sock.h sk_acceptq_is_full; row E008",
        ),
        overflow_syn: known(
            listen::OverflowSyn::Drop,
            "net/ipv4/tcp_input.c tcp_conn_request; row E010",
        ),
        with_fin: known(
            listen::WithFin::Dropped,
            "tcp_input.c tcp_rcv_state_process: TCP_LISTEN, th->fin",
        ),
    },
    syn_received: syn_received::SynReceivedRules {
        syn_inside: known(syn_received::SynInside::Reset, "row SYN_RECV/syn_inwin"),
        rst: known(reset::Accept::Exact, "rows SYN_RECV/rst_exact, SYN_RECV/rst_inwin"),
        order: known(syn_received::Order::AckFirst, "tcp_minisocks.c tcp_check_req"),
        rst_ack: known(syn_received::RstAck::Judged, "tcp_minisocks.c tcp_check_req"),
    },
    syn_sent: syn_sent::SynSentRules {
        bad_ack: known(
            syn_sent::OnBadAck::ResetAndResend(8_000),
            "TCP_TIMEOUT_MIN, two ticks of a 250 Hz clock; rows SYN_SENT/ack_dup, Q059",
        ),
        text: known(syn_sent::SynText::Dropped, "tcp_input.c tcp_rcv_synsent_state_process"),
        crossing: known(
            syn_sent::CrossingText::Dropped,
            "tcp_input.c tcp_rcv_synsent_state_process: could be taken, is discarded",
        ),
    },
    sequence: sequence::SequenceRules {
        window: known(
            sequence::WindowTest::FromLastAck,
            "net/ipv4/tcp_input.c tcp_sequence; rows */rst_right_edge, Q048",
        ),
    },
    reset: reset::ResetRules {
        accept: known(reset::Accept::Exact, "tcp_validate_incoming; rows */rst_exact, */rst_inwin"),
        anchor: known(reset::Anchor::Next, "tcp_validate_incoming; rows Q047, Q048"),
        after_fin: known(reset::AfterFin::FinNumberToo, "tcp_reset_check; row Q042"),
        one_more: known(reset::OneMore::Missed, "rows */rst_right1"),
        hole: known(reset::Hole::EndIsExact, "tcp_input.c tcp_validate_incoming; rows Q045, Q056"),
        miss: known(reset::Miss::Challenge, "rows */rst_inwin"),
        receive_queue: known(
            reset::ReceiveQueue::Keep,
            "tcp_reset purges the write queue only; rows RESET_UNREAD/recv, E076, C040",
        ),
        error_opening: known(
            reset::OpeningError::Reset,
            "tcp_input.c tcp_reset: ECONNREFUSED in SYN-SENT alone",
        ),
        error_close_wait: known(reset::AfterFinError::Pipe, "tcp_reset; row Q040"),
        error_closing: known(reset::AfterFinError::Reset, "rows RESET_LAST_ACK_UNREAD/*"),
    },
    syn: syn::SynRules { in_sync: known(syn::InSync::Challenge, "rows */syn_exact, */synack_dup") },
    ack: ack::AckRules {
        missing: known(ack::MissingAck::First, "rows */fin_noack, */data_noack"),
        too_old: known(
            ack::TooOld::ChallengeOffFastPath,
            "tcp_ack, tcp_rcv_established; rows ESTAB/ack_old, ESTAB/ack_too_old, L001-L003",
        ),
        future: known(ack::FutureAck::Answered, "tcp_ack; rows ESTAB/data_futureack, Q085"),
        syn_received: known(ack::SynReceivedAck::OrEqual, "row SYN_RECV_SIMOPEN/ack_dup"),
        duplicates: known(
            ack::Duplicates::OneEachOfTheOthers,
            "net/ipv4/tcp_input.c tcp_limit_reno_sacked; row L021",
        ),
    },
    text: text::TextRules {
        orphan: known(
            text::LateData::Reset,
            "tcp_rcv_state_process step 7; rows FW1_CLOSED/data, FW2_CLOSED/data",
        ),
        both_shut: known(text::LateData::Reset, "rows FW1_RDWR/data, E092"),
        read_shut: known(text::ReadShut::Queue, "rows ESTAB_SHUTRD/data, E072"),
        after_fin: known(
            text::AfterFin::OverlapResets,
            "rows CLOSE_WAIT/data, CLOSE_WAIT/data_overlap",
        ),
        scope: known(text::LateScope::Any, "rows FW1_CLOSED/data_gap, Q022"),
        form: known(text::LateForm::Reply, "tcp_v4_send_reset; rows FW1_CLOSED/data, Q019"),
        error: known(text::LateError::AsByPeer, "tcp_reset; rows FW1_RDWR/data, Q025"),
    },
    fin: fin::FinRules {
        ack: known(
            fin::FinAck::AsData,
            "tcp_input.c tcp_fin enters pingpong mode; rows of the stock profile (F...)",
        ),
        repeat: known(
            fin::FinRepeat::Nothing,
            "tcp.c __tcp_close counts from copied_seq; selftest tcp_close_no_rst.pkt",
        ),
    },
    waiting: waiting::WaitingRules {
        rst: known(waiting::TimeWaitRst::Exact, "row TIME_WAIT_CLOSED/rst_exact"),
        restart: known(
            waiting::Restart::AnyAck,
            "net/ipv4/tcp_minisocks.c tcp_timewait_state_process",
        ),
        text: known(waiting::TimeWaitText::Ack, "row TIME_WAIT_CLOSED/data"),
        without_ack: known(
            waiting::WithoutAck::Answered,
            "tcp_minisocks.c tcp_timewait_state_process",
        ),
        bare: known(waiting::Bare::Silent, "tcp_minisocks.c tcp_timewait_state_process"),
        syn: known(waiting::TimeWaitSyn::Newer, "rows Q063, Q064"),
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    nagle: known(
        output::NagleRule::Minshall,
        "net/ipv4/tcp_output.c tcp_nagle_check; rows E066, E068",
    ),
    small_window: known(
        output::SmallWindow::HalfMss,
        "include/net/tcp.h tcp_bound_to_half_wnd, from tcp_current_mss",
    ),
    fin: known(output::FinPlace::UnsentTail, "tcp_output.c tcp_send_fin"),
    fin_again: known(output::FinAgain::Bare, "tcp_output.c __tcp_send_ack: ACK alone"),
    resend: known(output::Resend::Merge, "tcp_output.c tcp_retrans_try_collapse; row E053"),
    abort_seq: known(output::AbortSeq::Capped, "tcp_output.c tcp_acceptable_seq; rows Q082, Q083"),
    abort_ack: known(output::AbortAck::Acked, "rows ESTAB_UNREAD/close, ESTAB/close_linger0"),
    abort_wnd: known(output::AbortWnd::Usual, "row ESTAB_UNREAD/close"),
    reply: known(output::ReplyAck::WhereNone, "tcp_ipv4.c tcp_v4_send_reset; rows CLOSED/*"),
    update: known(output::WindowUpdate::Doubled, "net/ipv4/tcp.c __tcp_cleanup_rbuf"),
    offer: known(output::Offered::Segments, "tcp_output.c __tcp_select_window"),
};

const TIMER: timer::TimerRules = timer::TimerRules {
    fin_wait_2: known(
        timer::FinWait2Form::Mini { at_most: 60_000_000 },
        "tcp_minisocks.c tcp_time_wait; rows FW2_CLOSED/*, FW2_CLOSED_FULLSOCK/*",
    ),
    fin_wait_2_scope: known(timer::FinWait2Scope::Orphan, "row E042"),
    fin_wait_2_over: known(timer::FinWait2Over::Silent, "rows E036, E050"),
    persist: known(timer::PersistRestart::EachAck, "tcp_input.c tcp_ack_probe; row B034"),
    growth: known(Growth::Whole, "tcp_timer.c tcp_retransmit_timer doubles icsk_rto"),
};

const SOCKET: SocketRules = SocketRules {
    connect: connect::ConnectRules {
        failed: known(connect::Failed::Fresh, "net/ipv4/af_inet.c __inet_stream_connect"),
        again: known(
            connect::Again::SucceedsOnce,
            "af_inet.c __inet_stream_connect, SS_CONNECTING; row ESTAB_ACTIVE/connect",
        ),
    },
    close: close::CloseRules {
        unread: known(
            close::OnUnread::Reset,
            "net/ipv4/tcp.c __tcp_close; rows ESTAB_UNREAD/close, A001",
        ),
        hole: known(close::OnUnread::Fin, "rows ESTAB_OOO/close, Q036, E027"),
        states: known(close::UnreadStates::UntilTimeWait, "rows Q026, Q030 to Q034"),
        opening: known(close::OnOpening::Silent, "row Q057"),
        unaccepted: known(close::OnUnaccepted::Reset, "row ESTAB_UNACCEPTED/close_listener"),
    },
    linger: linger::LingerRules {
        abort: known(
            linger::AbortStates::UntilCloseWait,
            "tcp.c tcp_disconnect, tcp_need_reset; rows Q076, Q077, Q084",
        ),
        condition: known(linger::Condition::Always, "tcp.c __tcp_close; row E070"),
        expiry: known(linger::Expiry::Silent, "net/core/stream.c sk_stream_wait_close; row Q070"),
        nonblock: known(linger::NonBlocking::Waits, "sk_stream_wait_close; rows Q070 to Q074"),
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: known(shutdown::ReadFlush::Keep, "row ESTAB_UNREAD_SHUTRD/recv"),
        unread: known(shutdown::UnreadAtShutdown::Never, "rows FW1_SHUT_UNREAD/*, Q026"),
        listener: known(shutdown::OnListener::Stops, "row ESTAB_UNACCEPTED/shutdown_rd"),
    },
    error: error::ErrorRules {
        after_eof: known(
            error::AfterEof::EofOnly,
            "tcp.c tcp_recvmsg_locked tests SOCK_DONE before sk_err; row Q040",
        ),
        write: known(error::WriteOrder::PendingFirst, "stream.c sk_stream_error; row RESET/send"),
        write_unconnected: known(error::WriteUnconnected::Pipe, "rows LISTEN/send, CLOSED_NEWFD/*"),
    },
};

const TUNING: TuningAnswers = TuningAnswers {
    mss: known(1460, "Ethernet without TCP options; the recorded profile 'plain'"),
    initial_cwnd: known(10, "include/net/tcp.h TCP_INIT_CWND; row A002"),
    snd_buf: assumed(
        87_040,
        "tcp_wmem[1] is 16 KiB of memory and grows by itself; about what a fresh connection takes",
    ),
    rcv_buf: known(64_240, "tcp_rmem[1] as payload: the window every recorded SYN offers"),
    syn_wnd: known(64_240, "rows A001, LISTEN/syn_exact"),
    syn_share: known(
        100,
        "the buffer above is what a SYN offers; what is behind it is 162 of 128 (scaling_ratio)",
    ),
    wnd_unit: known(1, "no window scaling: the recorded matrix's peer offers none"),
    rto_min: known(200_000, "include/net/tcp.h TCP_RTO_MIN; rows E052, E058, E060"),
    rto_syn: known(1_000_000, "include/net/tcp.h TCP_TIMEOUT_INIT"),
    rto_max: known(120_000_000, "include/net/tcp.h TCP_RTO_MAX"),
    retries: known(15, "sysctl tcp_retries2"),
    retries_orphan: known(8, "sysctl tcp_orphan_retries = 0 means 8"),
    retries_syn: known(6, "sysctl tcp_syn_retries"),
    syn_linear: known(4, "sysctl tcp_syn_linear_timeouts; net/ipv4/tcp_timer.c"),
    retries_syn_ack: known(5, "sysctl tcp_synack_retries"),
    ack: known(
        AckPolicy::Delayed { quick: 16 },
        "tcp_input.c tcp_incr_quickack, TCP_MAX_QUICKACKS",
    ),
    delayed_ack: known(40_000, "include/net/tcp.h TCP_DELACK_MIN"),
    challenge: known(500_000, "sysctl tcp_invalid_ratelimit; rows Q005, Q006"),
    challenges: known(1, "net/ipv4/tcp_input.c tcp_oow_rate_limited"),
    unacceptable: known(500_000, "sysctl tcp_invalid_ratelimit; tcp_oow_rate_limited"),
    fin_wait_2: known(60_000_000, "sysctl tcp_fin_timeout; row E050"),
    time_wait: known(60_000_000, "include/net/tcp.h TCP_TIMEWAIT_LEN; row E049"),
    max_orphans: assumed(u16::MAX, "sysctl tcp_max_orphans follows the memory of the machine"),
    on_overflow: known(OnOverflow::Drop, "sysctl tcp_abort_on_overflow; rows E008, E009"),
    sack: known(Switchable::On, "sysctl tcp_sack"),
    rfc1337: known(Switchable::Off, "sysctl tcp_rfc1337; rows E046, E047"),
};
