//! FreeBSD 13, as read in its sources (file and function), not measured here.

use super::{Profile, assumed, known};
use crate::socket::{SocketRules, close, connect, error, linger, shutdown};
use crate::tcp::arrive::{
    ArriveRules, ack, fin, listen, reset, sequence, syn, syn_received, syn_sent, text, waiting,
};
use crate::tcp::tuning::{AckPolicy, OnOverflow, Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};
use crate::wire::Growth;

/// FreeBSD 13.
pub static FREEBSD: Profile = Profile {
    name: "freebsd",
    version: "FreeBSD 13.0",
    tcp: TcpRules { arrive: ARRIVE, output: OUTPUT, timer: TIMER },
    socket: SOCKET,
    tuning: TUNING,
};

const ARRIVE: ArriveRules = ArriveRules {
    listen: listen::ListenRules {
        capacity: known(
            listen::Capacity::ThreeHalves,
            "sys/kern/uipc_socket.c sonewconn: more than 3/2 of the backlog",
        ),
        overflow_syn: known(
            listen::OverflowSyn::Accept,
            "sys/netinet/tcp_syncache.c: SYNs go to the syncache regardless",
        ),
        with_fin: known(listen::WithFin::Answered, "tcp_input.c: net.inet.tcp.drop_synfin is off"),
    },
    syn_received: syn_received::SynReceivedRules {
        syn_inside: known(
            syn_received::SynInside::Answered,
            "tcp_syncache.c syncache_add: an entry that is there answers again",
        ),
        rst: known(
            reset::Accept::Exact,
            "sys/netinet/tcp_syncache.c syncache_chkrst: a challenge ACK since r308832",
        ),
        order: known(
            syn_received::Order::BeginningFirst,
            "sys/netinet/tcp_syncache.c syncache_expand",
        ),
        rst_ack: known(syn_received::RstAck::Ignored, "tcp_syncache.c syncache_chkrst"),
    },
    syn_sent: syn_sent::SynSentRules {
        bad_ack: known(syn_sent::OnBadAck::Reset, "sys/netinet/tcp_input.c tcp_do_segment"),
        text: known(syn_sent::SynText::Taken, "tcp_input.c tcp_do_segment goes on at step6"),
        crossing: known(
            syn_sent::CrossingText::TextKept,
            "tcp_reass.c tcp_reass gives nothing, and no FIN, out before ESTABLISHED",
        ),
    },
    sequence: sequence::SequenceRules {
        window: known(
            sequence::WindowTest::Trimmed,
            "tcp_input.c tcp_do_segment: todrop, dropafterack",
        ),
    },
    reset: reset::ResetRules {
        accept: known(
            reset::Accept::Exact,
            "tcp_input.c tcp_do_segment, net.inet.tcp.insecure_rst",
        ),
        anchor: known(reset::Anchor::LastAck, "tcp_input.c: compared with last_ack_sent"),
        after_fin: known(reset::AfterFin::NextOnly, "tcp_input.c tcp_do_segment"),
        one_more: known(reset::OneMore::Missed, "tcp_input.c: last_ack_sent alone"),
        hole: known(reset::Hole::NextOnly, "tcp_input.c tcp_do_segment: last_ack_sent alone"),
        miss: known(reset::Miss::Challenge, "tcp_input.c: tcp_respond with TH_ACK"),
        receive_queue: known(
            reset::ReceiveQueue::Keep,
            "uipc_socket.c soisdisconnected drops only the send buffer",
        ),
        error_opening: known(
            reset::OpeningError::Refused,
            "tcp_input.c tcp_do_segment: TCPS_SYN_RECEIVED is ECONNREFUSED",
        ),
        error_close_wait: known(reset::AfterFinError::Reset, "tcp_input.c: ECONNRESET"),
        error_closing: known(
            reset::AfterFinError::Reset,
            "r308745; freebsd-net tcp-testsuite rcv-rst-last-ack",
        ),
    },
    syn: syn::SynRules {
        in_sync: known(syn::InSync::Challenge, "tcp_input.c, net.inet.tcp.insecure_syn"),
    },
    ack: ack::AckRules {
        missing: known(ack::MissingAck::InOrder, "tcp_input.c: after RST and SYN"),
        too_old: assumed(
            ack::TooOld::Ignore,
            "tcp_do_segment of 13 counts it as a duplicate; no challenge was found",
        ),
        future: known(ack::FutureAck::Answered, "tcp_input.c: dropafterack"),
        syn_received: known(ack::SynReceivedAck::NewOnly, "tcp_input.c TCPS_SYN_RECEIVED"),
        duplicates: known(ack::Duplicates::Every, "tcp_input.c tcp_do_segment: ++t_dupacks"),
    },
    text: text::TextRules {
        orphan: known(
            text::LateData::Reset,
            "tcp_input.c: SS_NOFDREF, state beyond CLOSE-WAIT, text left",
        ),
        both_shut: known(
            text::LateData::Discard,
            "tcp-testsuite shutdown-rdwr: the RST branch needs the descriptor to be gone",
        ),
        read_shut: known(text::ReadShut::Discard, "tcp-testsuite shutdown-rd"),
        after_fin: known(text::AfterFin::OrphanResets, "tcp_input.c tcp_do_segment"),
        scope: known(text::LateScope::Any, "tcp_input.c: the test comes before reassembly"),
        form: known(text::LateForm::Reply, "tcp_input.c: dropwithreset"),
        error: assumed(text::LateError::AsByPeer, "only orphans are reset for late text"),
    },
    fin: fin::FinRules {
        ack: known(fin::FinAck::AtOnce, "tcp_input.c: TF_ACKNOW for a FIN"),
        repeat: known(fin::FinRepeat::Nothing, "close() looks at no unread byte"),
    },
    waiting: waiting::WaitingRules {
        rst: known(waiting::TimeWaitRst::Ignore, "sys/netinet/tcp_timewait.c tcp_twcheck"),
        restart: known(waiting::Restart::FinOnly, "tcp_timewait.c tcp_twcheck"),
        text: known(waiting::TimeWaitText::Ack, "tcp_timewait.c tcp_twcheck"),
        without_ack: known(waiting::WithoutAck::Dropped, "tcp_timewait.c tcp_twcheck"),
        bare: known(waiting::Bare::SilentWhereExact, "tcp_timewait.c tcp_twcheck"),
        syn: known(waiting::TimeWaitSyn::Newer, "tcp_timewait.c tcp_twcheck"),
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    nagle: known(
        output::NagleRule::ClassicBefore,
        "sys/netinet/tcp_output.c: idle, as it was before `again`, or TF_NODELAY",
    ),
    small_window: known(output::SmallWindow::HalfWindow, "tcp_output.c: len >= max_sndwnd / 2"),
    fin: known(output::FinPlace::UnsentTail, "tcp_output.c: TH_FIN where the rest fits"),
    fin_again: known(
        output::FinAgain::OnEveryAck,
        "tcp_output.c: TH_FIN until it is acknowledged, snd_nxt back by one; tcp_respond has none",
    ),
    resend: known(output::Resend::Merge, "tcp_output.c sends from SND.UNA what fits"),
    abort_seq: known(output::AbortSeq::Next, "tcp_output.c: snd_max in CLOSED"),
    abort_ack: known(output::AbortAck::Acked, "tcp_subr.c tcp_drop, tcp_outflags[CLOSED]"),
    abort_wnd: known(output::AbortWnd::Zero, "tcp_output.c: no window in CLOSED"),
    reply: known(output::ReplyAck::WhereNone, "tcp_input.c: tcp_dropwithreset"),
    update: known(
        output::WindowUpdate::Quarter,
        "tcp_output.c: adv against 2 * t_maxseg, sb_hiwat / 4, / 8 and / 2",
    ),
    offer: known(
        output::Offered::Space,
        "tcp_output.c: recwin is sbspace; tcp_input.c: rcv_wnd likewise",
    ),
};

const TIMER: timer::TimerRules = timer::TimerRules {
    fin_wait_2: known(timer::FinWait2Form::Full, "sys/netinet/tcp_timer.h: the tcpcb stays"),
    fin_wait_2_scope: known(
        timer::FinWait2Scope::ReadShut,
        "tcp_input.c: where SBS_CANTRCVMORE is set",
    ),
    fin_wait_2_over: known(timer::FinWait2Over::Silent, "tcp_timer.c tcp_timer_2msl"),
    persist: assumed(timer::PersistRestart::EachProbe, "tcp_setpersist where it is not set"),
    growth: known(Growth::RoundTrip, "tcp_timer.h TCPT_RANGESET adds tcp_rexmit_slop"),
};

const SOCKET: SocketRules = SocketRules {
    connect: connect::ConnectRules {
        failed: assumed(connect::Failed::Dead, "what a second connect() does was not read"),
        again: known(
            connect::Again::IsConnected,
            "sys/kern/uipc_socket.c soconnectat: EISCONN where it is connected",
        ),
    },
    close: close::CloseRules {
        unread: known(
            close::OnUnread::Fin,
            "sys/netinet/tcp_usrreq.c tcp_disconnect; tcp-testsuite close-unread-data-rst",
        ),
        hole: known(close::OnUnread::Fin, "tcp_usrreq.c tcp_disconnect"),
        states: assumed(
            close::UnreadStates::UntilTimeWait,
            "close() looks at no unread byte in any state",
        ),
        opening: known(close::OnOpening::Silent, "tcp_usrreq.c tcp_disconnect: tcp_close"),
        unaccepted: known(close::OnUnaccepted::Reset, "uipc_socket.c soclose: soabort on each"),
    },
    linger: linger::LingerRules {
        abort: known(
            linger::AbortStates::Synchronized,
            "tcp_subr.c tcp_drop from ESTABLISHED to LAST-ACK; silent before",
        ),
        condition: known(linger::Condition::Always, "tcp_usrreq.c tcp_disconnect"),
        nonblock: known(linger::NonBlocking::Skips, "uipc_socket.c soclose: SS_NBIO"),
        expiry: known(linger::Expiry::WouldBlock, "uipc_socket.c soclose: EWOULDBLOCK"),
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: known(shutdown::ReadFlush::Flush, "uipc_socket.c sorflush"),
        unread: known(shutdown::UnreadAtShutdown::Never, "uipc_socket.c soshutdown"),
        listener: assumed(
            shutdown::OnListener::NotConnected,
            "soshutdown needs a connection; not read for listeners",
        ),
    },
    error: error::ErrorRules {
        after_eof: known(
            error::AfterEof::ErrorFirst,
            "uipc_socket.c soreceive tests so_error before SBS_CANTRCVMORE",
        ),
        write: known(
            error::WriteOrder::PipeFirst,
            "uipc_socket.c sosend tests SBS_CANTSENDMORE before so_error",
        ),
        write_unconnected: known(
            error::WriteUnconnected::NotConnected,
            "uipc_socket.c sosend: ENOTCONN",
        ),
    },
};

const TUNING: TuningAnswers = TuningAnswers {
    mss: known(1460, "Ethernet without TCP options; timestamps would take 12 bytes of it"),
    initial_cwnd: known(10, "net.inet.tcp.initcwnd_segments"),
    snd_buf: known(32_768, "net.inet.tcp.sendspace; grows by itself up to 2 MiB"),
    rcv_buf: known(65_535, "net.inet.tcp.recvspace is 65,536; a SYN cannot say more than 65,535"),
    syn_wnd: known(65_535, "tcp_output.c: TCP_MAXWIN in a SYN"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    rto_min: known(
        200_000,
        "sys/netinet/tcp_timer.h TCPTV_CPU_VAR, hz/5: the slop TCPT_RANGESET adds to every RTO",
    ),
    rto_syn: known(1_000_000, "tcp_timer.h TCPTV_RTOBASE"),
    rto_max: known(64_000_000, "tcp_timer.h TCPTV_REXMTMAX"),
    retries: known(12, "tcp_timer.h TCP_MAXRXTSHIFT"),
    retries_orphan: assumed(12, "no separate limit for orphans was found"),
    retries_syn: assumed(
        6,
        "TCP_MAXRXTSHIFT is 12, but TCPTV_KEEP_INIT ends the attempt after 75 s: about here",
    ),
    syn_linear: known(0, "tcp_timer.c tcp_timer_rexmt: tcp_backoff for a SYN as well"),
    retries_syn_ack: known(3, "sys/netinet/tcp_syncache.c SYNCACHE_MAXREXMTS"),
    ack: assumed(
        AckPolicy::EverySecond,
        "DELAY_ACK holds an ACK back only while none is held back; options of the stack not read",
    ),
    delayed_ack: assumed(100_000, "TCPTV_DELACK is hz/10 in the copies that were not tuned"),
    challenge: assumed(0, "no limit on challenge ACKs was found in 13; later versions have one"),
    challenges: assumed(1, "there is no limit"),
    unacceptable: assumed(0, "no limit on ACKs outside the window was found in 13"),
    fin_wait_2: known(600_000_000, "tcp_timer.h: 8 x 75 s"),
    time_wait: known(60_000_000, "tcp_timer.h: 2 x TCPTV_MSL"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed"),
    on_overflow: known(OnOverflow::Reset, "tcp_syncache.c: net.inet.tcp.syncache.rst_on_sock_fail"),
    sack: known(Switchable::On, "net.inet.tcp.sack.enable"),
    rfc1337: known(Switchable::Off, "a RST in TIME-WAIT is ignored anyway"),
};
