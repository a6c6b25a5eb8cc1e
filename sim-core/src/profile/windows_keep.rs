//! Windows as documentation and reports tell it: there is no source. Experimental.
//!
//! Reports disagree on whether a RST destroys what was delivered and not read; in this reading it
//! stays readable. What nobody has said is unknown, and a run that needs it ends undetermined.

use super::{Profile, assumed, base, known};
use crate::answer::Answer;
use crate::socket::{SocketRules, close, error, linger, shutdown};
use crate::tcp::arrive::{ArriveRules, listen, reset, syn, text, waiting};
use crate::tcp::tuning::{Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};

/// Windows, where a RST keeps what is unread.
pub static WINDOWS_KEEP: Profile = Profile {
    name: "windows-keep",
    version: "Windows (documentation, reports)",
    tcp: TcpRules { arrive: ARRIVE, output: OUTPUT, timer: TIMER },
    socket: SOCKET,
    tuning: TUNING,
};

const ARRIVE: ArriveRules = ArriveRules {
    listen: listen::ListenRules {
        overflow_syn: assumed(
            listen::OverflowSyn::Reset,
            "KB 113576: a RST; newer versions were reported otherwise",
        ),
        ..base::ARRIVE.listen
    },
    syn_received: base::ARRIVE.syn_received,
    syn_sent: base::ARRIVE.syn_sent,
    sequence: base::ARRIVE.sequence,
    reset: reset::ResetRules {
        accept: assumed(reset::Accept::Exact, "a black-box survey of 2016"),
        anchor: assumed(reset::Anchor::Next, "a black-box survey of 2016"),
        after_fin: Answer::Unknown,
        one_more: Answer::Unknown,
        hole: Answer::Unknown,
        miss: assumed(reset::Miss::Challenge, "a black-box survey of 2016"),
        receive_queue: assumed(
            reset::ReceiveQueue::Keep,
            "as every other kernel; the formal model of XP keeps the queue",
        ),
        error_opening: base::ARRIVE.reset.error_opening,
        error_close_wait: Answer::Unknown,
        error_closing: Answer::Unknown,
    },
    syn: syn::SynRules { in_sync: Answer::Unknown },
    ack: base::ARRIVE.ack,
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
        ..base::ARRIVE.text
    },
    fin: base::ARRIVE.fin,
    waiting: waiting::WaitingRules {
        rst: Answer::Unknown,
        text: Answer::Unknown,
        syn: Answer::Unknown,
        ..base::ARRIVE.waiting
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    fin: assumed(output::FinPlace::UnsentTail, "not known; nearly every stack does it"),
    abort_seq: assumed(output::AbortSeq::Next, "not known; RFC 9293 3.10.5"),
    abort_ack: assumed(
        output::AbortAck::Acked,
        "observed, no source: RST and ACK (picotcp issue 248)",
    ),
    reply: assumed(output::ReplyAck::WhereNone, "not known; RFC 9293 3.10.7.1"),
    ..base::OUTPUT
};

const TIMER: timer::TimerRules = timer::TimerRules {
    fin_wait_2_scope: Answer::Unknown,
    fin_wait_2_over: Answer::Unknown,
    ..base::TIMER
};

const SOCKET: SocketRules = SocketRules {
    connect: base::SOCKET.connect,
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
        ..base::SOCKET.error
    },
};

const TUNING: TuningAnswers = TuningAnswers {
    mss: assumed(1460, "Ethernet without TCP options"),
    syn_wnd: assumed(65_535, "the largest window without scaling"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: assumed(1, "window scaling is not modelled; windows are then exact to the byte"),
    retries_orphan: assumed(12, "no separate limit for orphans was found"),
    challenge: assumed(0, "no limit was found"),
    challenges: assumed(1, "there is no limit"),
    unacceptable: assumed(0, "no limit was found"),
    fin_wait_2: assumed(120_000_000, "documentation of offloading: 120 s"),
    time_wait: assumed(120_000_000, "documentation of the 2003 server: 120 s"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
    ..base::TUNING
};
