//! Fuchsia's netstack3, as read in a mirror of its sources (`state.rs`, `socket.rs`), not measured.

use super::{Profile, assumed, known};
use crate::answer::Answer;
use crate::socket::{SocketRules, close, connect, error, linger, shutdown};
use crate::tcp::arrive::{
    ArriveRules, ack, fin, listen, reset, sequence, syn, syn_received, syn_sent, text, waiting,
};
use crate::tcp::tuning::{AckPolicy, OnOverflow, Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};
use crate::wire::Growth;

/// Fuchsia's netstack3.
pub static NETSTACK3: Profile = Profile {
    name: "netstack3",
    version: "Fuchsia netstack3 (a mirror)",
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
        overflow_syn: Answer::Unknown,
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
        rst: known(reset::Accept::Window, "core/tcp/src/state.rs: any RST in the window"),
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
        accept: known(reset::Accept::Window, "core/tcp/src/state.rs on_segment: RFC 793"),
        anchor: known(reset::Anchor::Next, "core/tcp/src/state.rs on_segment"),
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
            "bindings socket/stream.rs: received bytes are in the zircon socket",
        ),
        error_close_wait: Answer::Unknown,
        error_closing: Answer::Unknown,
    },
    syn: syn::SynRules {
        in_sync: known(syn::InSync::Reset, "core/tcp/src/state.rs on_segment: RST and CLOSED"),
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
        orphan: known(text::LateData::Reset, "core/tcp/src/state.rs rst_on_new_data"),
        both_shut: known(
            text::LateData::Reset,
            "core/tcp/src/state.rs rst_on_new_data: receive side closed",
        ),
        read_shut: known(
            text::ReadShut::Discard,
            "core/tcp/src/state.rs: swallowed and acknowledged",
        ),
        after_fin: known(
            text::AfterFin::AnyResets,
            "core/tcp/src/state.rs rst_on_new_data: CLOSE-WAIT, CLOSING, LAST-ACK",
        ),
        scope: known(text::LateScope::Any, "core/tcp/src/state.rs rst_on_new_data: beyond RCV.NXT"),
        form: known(
            text::LateForm::BareNext,
            "core/tcp/src/state.rs rst_on_new_data: SND.MAX, no ACK",
        ),
        error: known(text::LateError::Reset, "core/tcp/src/state.rs: Closed with ConnectionReset"),
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
        rst: assumed(waiting::TimeWaitRst::Window, "core/tcp/src/state.rs on_segment; inferred"),
        restart: assumed(
            waiting::Restart::FinOnly,
            "not read in this stack; RFC 9293 3.10.7.4 eighth",
        ),
        text: known(
            waiting::TimeWaitText::Reset,
            "core/tcp/src/state.rs rst_on_new_data: TIME-WAIT",
        ),
        syn: Answer::Unknown,
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    offer: assumed(output::Offered::Segments, "not read in this stack; RFC 9293 3.8.6.2.2"),
    nagle: assumed(output::NagleRule::Classic, "not read in this stack; RFC 9293 3.7.4"),
    small_window: assumed(
        output::SmallWindow::HalfWindow,
        "not read in this stack; RFC 9293 3.8.6.2.1 (3)",
    ),
    fin: known(output::FinPlace::UnsentTail, "core/tcp/src/state.rs poll_send"),
    resend: assumed(output::Resend::Merge, "not read in this stack; RFC 9293 3.8.1 allows it"),
    abort_seq: known(output::AbortSeq::Next, "core/tcp/src/state.rs abort: SND.NXT"),
    abort_ack: known(output::AbortAck::Acked, "core/tcp/src/state.rs abort: RST and ACK"),
    abort_wnd: assumed(output::AbortWnd::Zero, "not read in this stack; nobody looks at it"),
    reply: assumed(
        output::ReplyAck::WhereNone,
        "core/tcp/src/state.rs: as RFC 9293 3.10.7.1; inferred",
    ),
    update: assumed(
        output::WindowUpdate::TwoSegments,
        "not read in this stack; RFC 9293 3.8.6.2.2",
    ),
};

const TIMER: timer::TimerRules = timer::TimerRules {
    growth: assumed(Growth::Whole, "not read in this stack; RFC 6298 5.5"),
    fin_wait_2: assumed(
        timer::FinWait2Form::Full,
        "not read in this stack; the connection block stays",
    ),
    fin_wait_2_scope: known(
        timer::FinWait2Scope::Orphan,
        "core/tcp/src/state.rs: a timeout of defunct sockets",
    ),
    fin_wait_2_over: known(timer::FinWait2Over::Silent, "core/tcp/src/state.rs"),
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
            "core/tcp/src/socket.rs do_close: shutdown_recv and close",
        ),
        hole: known(close::OnUnread::Fin, "core/tcp/src/socket.rs do_close"),
        states: assumed(
            close::UnreadStates::UntilTimeWait,
            "close() looks at no unread byte in any state",
        ),
        opening: known(
            close::OnOpening::Silent,
            "core/tcp/src/state.rs abort: nothing in SYN-SENT",
        ),
        unaccepted: Answer::Unknown,
    },
    linger: linger::LingerRules {
        abort: known(linger::AbortStates::NoOption, "SO_LINGER is not supported"),
        condition: assumed(
            linger::Condition::Always,
            "not read in this stack; no condition was noticed",
        ),
        expiry: assumed(linger::Expiry::Silent, "SO_LINGER is not supported"),
        nonblock: assumed(linger::NonBlocking::Skips, "SO_LINGER is not supported"),
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: Answer::Unknown,
        unread: assumed(
            shutdown::UnreadAtShutdown::Never,
            "not read in this stack; shutdown() was not seen to look at them",
        ),
        listener: assumed(
            shutdown::OnListener::NotConnected,
            "not read in this stack; a listener has no connection",
        ),
    },
    error: error::ErrorRules {
        after_eof: Answer::Unknown,
        write: assumed(
            error::WriteOrder::PipeFirst,
            "not found in state.rs or socket.rs; the zircon socket is closed for writing",
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
    snd_buf: assumed(65_536, "not read in this stack; a common size"),
    rcv_buf: assumed(65_535, "not read in this stack; the largest window without scaling"),
    syn_wnd: assumed(65_535, "the largest window without scaling"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    rto_min: assumed(200_000, "not read in this stack; a common minimum"),
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
    fin_wait_2: known(60_000_000, "core/tcp/src/state.rs DEFAULT_FIN_WAIT2_TIMEOUT"),
    time_wait: assumed(60_000_000, "not found in state.rs or socket.rs; twice an MSL of 30 s"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    on_overflow: assumed(OnOverflow::Drop, "not read in this stack; the commonest answer"),
    sack: assumed(Switchable::On, "not read in this stack; nearly everybody has it on"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
};
