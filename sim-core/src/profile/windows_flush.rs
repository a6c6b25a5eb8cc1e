//! Windows as documentation and reports tell it: there is no source. Experimental.
//!
//! Reports disagree on whether a RST destroys what was delivered and not read; in this reading it
//! is gone. What nobody has said is unknown, and a run that needs it ends undetermined.

use super::{Profile, assumed, known};
use crate::answer::Answer;
use crate::socket::{SocketRules, close, connect, error, linger, shutdown};
use crate::tcp::arrive::{
    ArriveRules, ack, fin, listen, reset, sequence, syn, syn_received, syn_sent, text, waiting,
};
use crate::tcp::tuning::{AckPolicy, OnOverflow, Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};
use crate::wire::Growth;

/// Windows, where a RST destroys what is unread.
pub static WINDOWS_FLUSH: Profile = Profile {
    name: "windows-flush",
    version: "Windows (documentation, reports)",
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
        overflow_syn: assumed(
            listen::OverflowSyn::Reset,
            "KB 113576: a RST; newer versions were reported otherwise",
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
        accept: assumed(reset::Accept::Exact, "a black-box survey of 2016"),
        anchor: assumed(reset::Anchor::Next, "a black-box survey of 2016"),
        after_fin: Answer::Unknown,
        one_more: Answer::Unknown,
        hole: Answer::Unknown,
        miss: assumed(reset::Miss::Challenge, "a black-box survey of 2016"),
        receive_queue: assumed(
            reset::ReceiveQueue::Flush,
            "reports of unread bytes gone (dotnet/runtime 57186, others)",
        ),
        error_close_wait: Answer::Unknown,
        error_closing: Answer::Unknown,
    },
    syn: syn::SynRules { in_sync: Answer::Unknown },
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
        orphan: assumed(text::LateData::Reset, "observed, no source: late text draws a RST"),
        both_shut: assumed(text::LateData::Reset, "inferred from the documentation of SD_RECEIVE"),
        read_shut: known(
            text::ReadShut::Reset,
            "vendor documentation: shutdown, SD_RECEIVE: later data resets the connection",
        ),
        after_fin: Answer::Unknown,
        scope: Answer::Unknown,
        form: assumed(text::LateForm::Reply, "not known; RFC 9293 3.10.7.1"),
        error: assumed(text::LateError::AsByPeer, "not read in this stack; a reset is a reset"),
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
        rst: Answer::Unknown,
        restart: assumed(
            waiting::Restart::FinOnly,
            "not read in this stack; RFC 9293 3.10.7.4 eighth",
        ),
        text: Answer::Unknown,
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
    fin: assumed(output::FinPlace::UnsentTail, "not known; nearly every stack does it"),
    resend: assumed(output::Resend::Merge, "not read in this stack; RFC 9293 3.8.1 allows it"),
    abort_seq: assumed(output::AbortSeq::Next, "not known; RFC 9293 3.10.5"),
    abort_ack: assumed(
        output::AbortAck::Acked,
        "observed, no source: RST and ACK (picotcp issue 248)",
    ),
    abort_wnd: assumed(output::AbortWnd::Zero, "not read in this stack; nobody looks at it"),
    reply: assumed(output::ReplyAck::WhereNone, "not known; RFC 9293 3.10.7.1"),
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
    fin_wait_2_scope: Answer::Unknown,
    fin_wait_2_over: Answer::Unknown,
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
        unread: assumed(
            close::OnUnread::Reset,
            "observed, no source: several independent reports of a RST at closesocket",
        ),
        hole: Answer::Unknown,
        states: Answer::Unknown,
        opening: Answer::Unknown,
        unaccepted: Answer::Unknown,
    },
    linger: linger::LingerRules {
        abort: assumed(
            linger::AbortStates::Any,
            "vendor documentation: closesocket, hard close; the states are not said",
        ),
        condition: assumed(
            linger::Condition::Always,
            "vendor documentation: closesocket names no condition",
        ),
        expiry: known(
            linger::Expiry::Reset,
            "vendor documentation: closesocket: the connection is terminated",
        ),
        nonblock: known(
            linger::NonBlocking::WouldBlock,
            "vendor documentation: closesocket: WSAEWOULDBLOCK",
        ),
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: Answer::Unknown,
        unread: known(
            shutdown::UnreadAtShutdown::ReadShut,
            "vendor documentation: shutdown, SD_RECEIVE: queued data resets the connection",
        ),
        listener: assumed(
            shutdown::OnListener::NotConnected,
            "vendor documentation: shutdown: WSAENOTCONN",
        ),
    },
    error: error::ErrorRules {
        after_eof: Answer::Unknown,
        write: assumed(
            error::WriteOrder::PendingFirst,
            "observed, no source: WSAECONNRESET comes first",
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
    fin_wait_2: assumed(120_000_000, "documentation of offloading: 120 s"),
    time_wait: assumed(120_000_000, "documentation of the 2003 server: 120 s"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    on_overflow: assumed(OnOverflow::Drop, "not read in this stack; the commonest answer"),
    sack: assumed(Switchable::On, "not read in this stack; nearly everybody has it on"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
};
