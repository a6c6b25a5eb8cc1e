//! macOS, as read in the sources of XNU of May 2025 (file and function), not measured.

use super::{Profile, assumed, base, known};
use crate::socket::{SocketRules, close, error, linger, shutdown};
use crate::tcp::arrive::{ArriveRules, listen, reset, syn, text, waiting};
use crate::tcp::tuning::{Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};

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
        error_opening: base::ARRIVE.reset.error_opening,
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
    ack: base::ARRIVE.ack,
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
    fin: base::ARRIVE.fin,
    waiting: waiting::WaitingRules {
        rst: known(waiting::TimeWaitRst::Ignore, "tcp_input.c tcp_input: TCPS_TIME_WAIT, RFC 1337"),
        text: known(
            waiting::TimeWaitText::Reset,
            "tcp_input.c tcp_input: TIME-WAIT is beyond CLOSE-WAIT as well",
        ),
        syn: known(
            waiting::TimeWaitSyn::BeyondWindow,
            "tcp_input.c tcp_input: behind the window; in it a challenge ACK",
        ),
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
    abort_seq: known(output::AbortSeq::Next, "tcp_output.c tcp_output: snd_max in CLOSED"),
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
    fin_wait_2_over: known(timer::FinWait2Over::Reset, "tcp_timer.c tcp_timers: tcp_drop"),
    ..base::TIMER
};

const SOCKET: SocketRules = SocketRules {
    connect: base::SOCKET.connect,
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
    snd_buf: assumed(131_072, "net.inet.tcp.sendspace; grows by itself; not read here"),
    syn_wnd: assumed(65_535, "the largest window without scaling"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    retries: known(12, "tcp_timer.h TCP_MAXRXTSHIFT"),
    retries_orphan: assumed(12, "no separate limit for orphans was found"),
    challenge: known(1_000_000, "tcp_input.c tcp_is_ack_ratelimited: a second"),
    challenges: known(10, "tcp_input.c tcp_is_ack_ratelimited: 10 a connection"),
    unacceptable: assumed(0, "no limit was found"),
    fin_wait_2: known(60_000_000, "tcp_timer.h, tcp_input.c"),
    time_wait: known(30_000_000, "tcp_timer.h: 2 x TCPTV_MSL of 15 s"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
    ..base::TUNING
};
