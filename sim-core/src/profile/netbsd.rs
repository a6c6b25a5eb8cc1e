//! NetBSD, as read in the sources of March 2014 (`tcp_input.c` 1.331; file and function), not
//! measured. Later versions were not read, but for `tcp_disconnect`.

use super::{Profile, assumed, base, known};
use crate::socket::{SocketRules, close, error, linger, shutdown};
use crate::tcp::arrive::{ArriveRules, listen, reset, syn, text, waiting};
use crate::tcp::tuning::{OnOverflow, Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};

/// NetBSD of 2014.
pub static NETBSD: Profile = Profile {
    name: "netbsd",
    version: "NetBSD (2014-03)",
    tcp: TcpRules { arrive: ARRIVE, output: OUTPUT, timer: TIMER },
    socket: SOCKET,
    tuning: TUNING,
};

const ARRIVE: ArriveRules = ArriveRules {
    listen: listen::ListenRules {
        overflow_syn: known(
            listen::OverflowSyn::Drop,
            "tcp_input.c tcp_input: a SYN that finds the queue full is dropped",
        ),
        ..base::ARRIVE.listen
    },
    syn_received: base::ARRIVE.syn_received,
    syn_sent: base::ARRIVE.syn_sent,
    sequence: base::ARRIVE.sequence,
    reset: reset::ResetRules {
        accept: known(reset::Accept::Exact, "tcp_input.c tcp_input, TH_RST"),
        anchor: known(
            reset::Anchor::Next,
            "tcp_input.c tcp_input: rcv_nxt since 2009, because of delayed ACKs",
        ),
        miss: known(reset::Miss::Challenge, "tcp_input.c tcp_input: a rate-limited ACK"),
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
        ..base::ARRIVE.reset
    },
    syn: syn::SynRules {
        in_sync: known(
            syn::InSync::Challenge,
            "tcp_input.c tcp_input: a SYN in the window draws an ACK",
        ),
    },
    ack: base::ARRIVE.ack,
    text: text::TextRules {
        orphan: known(
            text::LateData::Reset,
            "tcp_input.c tcp_input: SS_NOFDREF, state beyond CLOSE-WAIT, text left",
        ),
        both_shut: known(
            text::LateData::Discard,
            "tcp_input.c tcp_input: the RST needs the descriptor to be gone",
        ),
        read_shut: known(
            text::ReadShut::Discard,
            "sorflush; later text is acknowledged and not queued",
        ),
        after_fin: known(
            text::AfterFin::OrphanResets,
            "tcp_input.c tcp_input: SS_NOFDREF, state beyond CLOSE-WAIT, text left",
        ),
        scope: known(
            text::LateScope::Any,
            "tcp_input.c tcp_input: the test comes before reassembly",
        ),
        form: known(text::LateForm::Reply, "tcp_input.c tcp_input dropwithreset"),
        error: assumed(
            text::LateError::AsByPeer,
            "only connections that nobody holds are reset for late text",
        ),
    },
    fin: base::ARRIVE.fin,
    waiting: waiting::WaitingRules {
        rst: known(
            waiting::TimeWaitRst::Exact,
            "tcp_input.c tcp_input: TIME-WAIT is a full connection block, the RST test applies",
        ),
        text: known(
            waiting::TimeWaitText::Reset,
            "tcp_input.c tcp_input: TIME-WAIT is beyond CLOSE-WAIT as well",
        ),
        syn: known(waiting::TimeWaitSyn::Newer, "tcp_input.c tcp_input: beyond rcv_nxt"),
        ..base::ARRIVE.waiting
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    offer: assumed(
        output::Offered::Space,
        "what tcp_output.c of 4.4BSD does; not read in this stack",
    ),
    nagle: assumed(
        output::NagleRule::ClassicBefore,
        "as 4.4BSD: idle, as it was before `again`, or TF_NODELAY; not read here",
    ),
    fin: known(
        output::FinPlace::UnsentTail,
        "tcp_output.c tcp_output: TH_FIN on the segment that ends the send buffer",
    ),
    fin_again: assumed(
        output::FinAgain::OnEveryAck,
        "what tcp_output.c of 4.4BSD does; not read in this stack",
    ),
    abort_seq: assumed(output::AbortSeq::Next, "snd_max as its relatives; inferred"),
    abort_ack: known(
        output::AbortAck::Acked,
        "tcp_output.c tcp_output: tcp_outflags of CLOSED has RST and ACK",
    ),
    abort_wnd: assumed(output::AbortWnd::Zero, "as 4.4BSD: no window in CLOSED; not read here"),
    reply: known(output::ReplyAck::WhereNone, "tcp_input.c tcp_input dropwithreset"),
    ..base::OUTPUT
};

const TIMER: timer::TimerRules = timer::TimerRules {
    fin_wait_2: known(timer::FinWait2Form::Full, "the connection block stays"),
    fin_wait_2_scope: known(
        timer::FinWait2Scope::ReadShut,
        "tcp_input.c tcp_input: where SS_CANTRCVMORE is set",
    ),
    fin_wait_2_over: known(timer::FinWait2Over::Silent, "tcp_timer.c: tcp_close"),
    ..base::TIMER
};

const SOCKET: SocketRules = SocketRules {
    connect: base::SOCKET.connect,
    close: close::CloseRules {
        unread: known(
            close::OnUnread::Fin,
            "tcp_usrreq.c tcp_disconnect: flush and FIN, no look at the buffer",
        ),
        hole: known(
            close::OnUnread::Fin,
            "tcp_usrreq.c tcp_disconnect: no look at the reassembly queue",
        ),
        states: assumed(
            close::UnreadStates::UntilTimeWait,
            "close() looks at no unread byte in any state",
        ),
        opening: known(
            close::OnOpening::Silent,
            "tcp_usrreq.c tcp_disconnect: tcp_close before ESTABLISHED",
        ),
        unaccepted: assumed(
            close::OnUnaccepted::Reset,
            "soclose: soabort on each that waits, as 4.4BSD; not traced to the segment",
        ),
    },
    linger: linger::LingerRules {
        abort: known(
            linger::AbortStates::TimeWaitToo,
            "tcp_usrreq.c tcp_disconnect: tcp_drop from ESTABLISHED on, TIME-WAIT included",
        ),
        condition: known(
            linger::Condition::Always,
            "tcp_usrreq.c tcp_disconnect: SO_LINGER with so_linger == 0",
        ),
        expiry: assumed(
            linger::Expiry::WouldBlock,
            "soclose gives back what its sleep returned, as a relative does",
        ),
        nonblock: known(linger::NonBlocking::Skips, "soclose: SS_NBIO goes on in the background"),
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: known(shutdown::ReadFlush::Flush, "soshutdown, sorflush"),
        unread: known(shutdown::UnreadAtShutdown::Never, "soshutdown does not look at them"),
        ..base::SOCKET.shutdown
    },
    error: error::ErrorRules {
        after_eof: known(
            error::AfterEof::ErrorFirst,
            "soreceive tests so_error before SS_CANTRCVMORE",
        ),
        write: known(error::WriteOrder::PipeFirst, "sosend tests SS_CANTSENDMORE before so_error"),
        ..base::SOCKET.error
    },
};

const TUNING: TuningAnswers = TuningAnswers {
    mss: assumed(1460, "Ethernet without TCP options"),
    initial_cwnd: assumed(4, "tcp_init_win of its time; not read here"),
    snd_buf: assumed(32_768, "tcp_sendspace; not read here"),
    syn_wnd: assumed(65_535, "the largest window without scaling"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    rto_min: assumed(1_000_000, "TCPTV_MIN, one second in the tradition; not read here"),
    retries: known(12, "tcp_timer.h TCP_MAXRXTSHIFT"),
    retries_orphan: assumed(12, "no separate limit for orphans was found"),
    challenge: known(
        1_000_000,
        "tcp_subr.c tcp_rst_ppslim, tcp_ackdrop_ppslim: 100 a second and host; here a connection",
    ),
    challenges: known(100, "tcp_subr.c tcp_ackdrop_ppslim"),
    unacceptable: assumed(0, "no limit was found"),
    fin_wait_2: known(600_000_000, "tcp_subr.c: keepcnt x keepintvl"),
    time_wait: known(60_000_000, "tcp_timer.h: 2 x TCPTV_MSL"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    on_overflow: known(OnOverflow::Reset, "uipc_socket2.c sonewconn fails at the final ACK"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
    ..base::TUNING
};
