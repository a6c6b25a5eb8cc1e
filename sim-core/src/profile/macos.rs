//! macOS, as read in the sources of XNU of May 2025 (file and function), not measured.

use super::{Profile, assumed, known};
use crate::socket::{SocketRules, close, connect, error, linger, shutdown};
use crate::tcp::arrive::{
    ArriveRules, ack, fin, listen, reset, sequence, syn, syn_received, syn_sent, text, waiting,
};
use crate::tcp::tuning::{AckPolicy, OnOverflow, Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};
use crate::wire::Growth;

/// macOS of 2025.
pub static MACOS: Profile = Profile {
    name: "macos",
    version: "macOS, XNU (2025-05)",
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
            "tcp_input.c tcp_input: a SYN that finds the queue full is dropped",
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
        accept: known(reset::Accept::Exact, "tcp_input.c tcp_input, TH_RST"),
        anchor: known(reset::Anchor::LastAck, "tcp_input.c tcp_input: compared with last_ack_sent"),
        after_fin: known(
            reset::AfterFin::BeforeLastAck,
            "tcp_input.c: last_ack_sent - 1 from CLOSE-WAIT on, or with a closed window",
        ),
        one_more: known(
            reset::OneMore::Missed,
            "tcp_input.c tcp_input: last_ack_sent, or one less",
        ),
        hole: known(reset::Hole::NextOnly, "tcp_input.c tcp_input: last_ack_sent alone"),
        miss: known(
            reset::Miss::Challenge,
            "tcp_input.c tcp_input: dropafterack, within tcp_is_ack_ratelimited",
        ),
        receive_queue: known(
            reset::ReceiveQueue::Keep,
            "soisdisconnected leaves the receive buffer; soreceive delivers before so_error",
        ),
        error_close_wait: known(
            reset::AfterFinError::Reset,
            "tcp_input.c tcp_input, TH_RST: ECONNRESET",
        ),
        error_closing: known(
            reset::AfterFinError::Nothing,
            "tcp_input.c tcp_input, TH_RST: CLOSING and LAST-ACK are closed without so_error",
        ),
    },
    syn: syn::SynRules {
        in_sync: known(
            syn::InSync::Challenge,
            "tcp_input.c tcp_input: a SYN in the window draws an ACK",
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
            "tcp_input.c tcp_input: SS_NOFDREF, state beyond CLOSE-WAIT, text left",
        ),
        both_shut: known(
            text::LateData::Reset,
            "tcp_input.c tcp_input: SS_CANTRCVMORE in any state",
        ),
        read_shut: known(
            text::ReadShut::Reset,
            "tcp_input.c tcp_input: SS_CANTRCVMORE in any state",
        ),
        after_fin: known(
            text::AfterFin::AnyResets,
            "tcp_input.c tcp_input: a FIN sets SS_CANTRCVMORE",
        ),
        scope: known(
            text::LateScope::Any,
            "tcp_input.c tcp_input: the test comes before reassembly",
        ),
        form: known(text::LateForm::Reply, "tcp_input.c tcp_input dropwithreset"),
        error: assumed(
            text::LateError::Nothing,
            "tcp_close() without so_error; inferred from tcp_input",
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
        rst: known(waiting::TimeWaitRst::Ignore, "tcp_input.c tcp_input: TCPS_TIME_WAIT, RFC 1337"),
        restart: assumed(
            waiting::Restart::FinOnly,
            "not read in this stack; RFC 9293 3.10.7.4 eighth",
        ),
        text: known(
            waiting::TimeWaitText::Reset,
            "tcp_input.c tcp_input: TIME-WAIT is beyond CLOSE-WAIT as well",
        ),
        syn: known(
            waiting::TimeWaitSyn::BeyondWindow,
            "tcp_input.c tcp_input: behind the window; in it a challenge ACK",
        ),
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    offer: assumed(
        output::Offered::Space,
        "what tcp_output.c of 4.4BSD does; not read in this stack",
    ),
    nagle: assumed(output::NagleRule::Classic, "as 4.4BSD: idle or TF_NODELAY; not read here"),
    small_window: assumed(
        output::SmallWindow::HalfWindow,
        "not read in this stack; RFC 9293 3.8.6.2.1 (3)",
    ),
    fin: known(
        output::FinPlace::UnsentTail,
        "tcp_output.c tcp_output: TH_FIN on the segment that ends the send buffer",
    ),
    resend: assumed(output::Resend::Merge, "not read in this stack; RFC 9293 3.8.1 allows it"),
    abort_seq: known(output::AbortSeq::Next, "tcp_output.c tcp_output: snd_max in CLOSED"),
    abort_ack: known(
        output::AbortAck::Acked,
        "tcp_output.c tcp_output: tcp_outflags of CLOSED has RST and ACK",
    ),
    abort_wnd: assumed(output::AbortWnd::Zero, "as 4.4BSD: no window in CLOSED; not read here"),
    reply: known(output::ReplyAck::WhereNone, "tcp_input.c tcp_input dropwithreset"),
    update: assumed(
        output::WindowUpdate::TwoSegments,
        "not read in this stack; RFC 9293 3.8.6.2.2",
    ),
};

const TIMER: timer::TimerRules = timer::TimerRules {
    growth: assumed(Growth::Whole, "not read in this stack; RFC 6298 5.5"),
    fin_wait_2: known(timer::FinWait2Form::Full, "the connection block stays"),
    fin_wait_2_scope: known(
        timer::FinWait2Scope::ReadShut,
        "tcp_input.c tcp_input: where SS_CANTRCVMORE is set",
    ),
    fin_wait_2_over: known(timer::FinWait2Over::Reset, "tcp_timer.c tcp_timers: tcp_drop"),
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
            close::OnUnread::Reset,
            "tcp_usrreq.c tcp_disconnect: so_rcv not empty, tested before everything else",
        ),
        hole: known(close::OnUnread::Reset, "tcp_usrreq.c tcp_disconnect: t_segq not empty"),
        states: known(
            close::UnreadStates::TimeWaitToo,
            "tcp_usr_detach calls tcp_disconnect in TIME-WAIT too",
        ),
        opening: known(
            close::OnOpening::Silent,
            "tcp_usrreq.c tcp_disconnect: tcp_close before ESTABLISHED",
        ),
        unaccepted: known(
            close::OnUnaccepted::ResetAll,
            "uipc_socket.c soclose: soabort on so_incomp and so_comp",
        ),
    },
    linger: linger::LingerRules {
        abort: known(
            linger::AbortStates::TimeWaitToo,
            "tcp_usrreq.c tcp_disconnect from ESTABLISHED on; silent below",
        ),
        condition: known(
            linger::Condition::Always,
            "tcp_usrreq.c tcp_disconnect: SO_LINGER with so_linger == 0",
        ),
        expiry: known(
            linger::Expiry::Silent,
            "uipc_socket.c soclose_locked: 0, and the FIN handshake goes on",
        ),
        nonblock: known(linger::NonBlocking::Skips, "soclose: SS_NBIO goes on in the background"),
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: known(shutdown::ReadFlush::Flush, "soshutdown, sorflush"),
        unread: known(shutdown::UnreadAtShutdown::Never, "soshutdown does not look at them"),
        listener: assumed(
            shutdown::OnListener::NotConnected,
            "not read in this stack; a listener has no connection",
        ),
    },
    error: error::ErrorRules {
        after_eof: known(
            error::AfterEof::ErrorFirst,
            "soreceive tests so_error before SS_CANTRCVMORE",
        ),
        write: known(error::WriteOrder::PipeFirst, "sosend tests SS_CANTSENDMORE before so_error"),
        write_unconnected: assumed(
            error::WriteUnconnected::NotConnected,
            "not read in this stack; the sockets API",
        ),
    },
};

const TUNING: TuningAnswers = TuningAnswers {
    mss: assumed(1460, "Ethernet without TCP options"),
    initial_cwnd: assumed(10, "not read in this stack; RFC 6928"),
    snd_buf: assumed(131_072, "net.inet.tcp.sendspace; grows by itself; not read here"),
    rcv_buf: assumed(65_535, "not read in this stack; the largest window without scaling"),
    syn_wnd: assumed(65_535, "the largest window without scaling"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    rto_min: assumed(200_000, "not read in this stack; a common minimum"),
    rto_syn: assumed(1_000_000, "not read in this stack; RFC 6298 2.1"),
    rto_max: assumed(64_000_000, "not read in this stack; RFC 6298 2.5 asks for 60 s at least"),
    retries: known(12, "tcp_timer.h TCP_MAXRXTSHIFT"),
    retries_orphan: assumed(12, "no separate limit for orphans was found"),
    retries_syn: assumed(6, "not read in this stack; about 75 s"),
    syn_linear: assumed(0, "not read in this stack; RFC 6298 5.5: every timeout doubles"),
    retries_syn_ack: assumed(3, "not read in this stack; as in a SYN cache"),
    ack: assumed(AckPolicy::EverySecond, "not read in this stack; RFC 9293 3.8.6.3"),
    delayed_ack: assumed(100_000, "not read in this stack; RFC 9293 3.8.6.3 allows up to 500 ms"),
    challenge: known(1_000_000, "tcp_input.c tcp_is_ack_ratelimited: a second"),
    challenges: known(10, "tcp_input.c tcp_is_ack_ratelimited: 10 a connection"),
    unacceptable: assumed(0, "no limit was found"),
    fin_wait_2: known(60_000_000, "tcp_timer.h, tcp_input.c"),
    time_wait: known(30_000_000, "tcp_timer.h: 2 x TCPTV_MSL of 15 s"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    on_overflow: assumed(OnOverflow::Drop, "not read in this stack; the commonest answer"),
    sack: assumed(Switchable::On, "not read in this stack; nearly everybody has it on"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
};
