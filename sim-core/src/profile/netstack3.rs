//! Fuchsia's netstack3, as read in a mirror of its sources (`state.rs`, `socket.rs`), not measured.

use super::{Profile, assumed, base, known};
use crate::answer::Answer;
use crate::socket::{SocketRules, close, error, linger, shutdown};
use crate::tcp::arrive::{ArriveRules, listen, reset, syn, syn_received, text, waiting};
use crate::tcp::tuning::{Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};

/// Fuchsia's netstack3.
pub static NETSTACK3: Profile = Profile {
    name: "netstack3",
    version: "Fuchsia netstack3 (a mirror)",
    tcp: TcpRules { arrive: ARRIVE, output: OUTPUT, timer: TIMER },
    socket: SOCKET,
    tuning: TUNING,
};

const ARRIVE: ArriveRules = ArriveRules {
    listen: listen::ListenRules { overflow_syn: Answer::Unknown, ..base::ARRIVE.listen },
    syn_received: syn_received::SynReceivedRules {
        rst: known(reset::Accept::Window, "core/tcp/src/state.rs: any RST in the window"),
        ..base::ARRIVE.syn_received
    },
    syn_sent: base::ARRIVE.syn_sent,
    sequence: base::ARRIVE.sequence,
    reset: reset::ResetRules {
        accept: known(reset::Accept::Window, "core/tcp/src/state.rs on_segment: RFC 793"),
        anchor: known(reset::Anchor::Next, "core/tcp/src/state.rs on_segment"),
        miss: assumed(reset::Miss::Drop, "any RST in the window is taken: never asked"),
        receive_queue: known(
            reset::ReceiveQueue::Keep,
            "bindings socket/stream.rs: received bytes are in the zircon socket",
        ),
        error_close_wait: Answer::Unknown,
        error_closing: Answer::Unknown,
        ..base::ARRIVE.reset
    },
    syn: syn::SynRules {
        in_sync: known(syn::InSync::Reset, "core/tcp/src/state.rs on_segment: RST and CLOSED"),
    },
    ack: base::ARRIVE.ack,
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
    fin: base::ARRIVE.fin,
    waiting: waiting::WaitingRules {
        rst: assumed(waiting::TimeWaitRst::Window, "core/tcp/src/state.rs on_segment; inferred"),
        text: known(
            waiting::TimeWaitText::Reset,
            "core/tcp/src/state.rs rst_on_new_data: TIME-WAIT",
        ),
        syn: Answer::Unknown,
        ..base::ARRIVE.waiting
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    fin: known(output::FinPlace::UnsentTail, "core/tcp/src/state.rs poll_send"),
    abort_seq: known(output::AbortSeq::Next, "core/tcp/src/state.rs abort: SND.NXT"),
    abort_ack: known(output::AbortAck::Acked, "core/tcp/src/state.rs abort: RST and ACK"),
    reply: assumed(
        output::ReplyAck::WhereNone,
        "core/tcp/src/state.rs: as RFC 9293 3.10.7.1; inferred",
    ),
    ..base::OUTPUT
};

const TIMER: timer::TimerRules = timer::TimerRules {
    fin_wait_2_scope: known(
        timer::FinWait2Scope::Orphan,
        "core/tcp/src/state.rs: a timeout of defunct sockets",
    ),
    fin_wait_2_over: known(timer::FinWait2Over::Silent, "core/tcp/src/state.rs"),
    ..base::TIMER
};

const SOCKET: SocketRules = SocketRules {
    connect: base::SOCKET.connect,
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
        expiry: assumed(linger::Expiry::Silent, "SO_LINGER is not supported"),
        nonblock: assumed(linger::NonBlocking::Skips, "SO_LINGER is not supported"),
        ..base::SOCKET.linger
    },
    shutdown: shutdown::ShutdownRules { read_flush: Answer::Unknown, ..base::SOCKET.shutdown },
    error: error::ErrorRules {
        after_eof: Answer::Unknown,
        write: assumed(
            error::WriteOrder::PipeFirst,
            "not found in state.rs or socket.rs; the zircon socket is closed for writing",
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
    fin_wait_2: known(60_000_000, "core/tcp/src/state.rs DEFAULT_FIN_WAIT2_TIMEOUT"),
    time_wait: assumed(60_000_000, "not found in state.rs or socket.rs; twice an MSL of 30 s"),
    max_orphans: assumed(u16::MAX, "no such limit was noticed; not searched to the end"),
    rfc1337: assumed(Switchable::Off, "the rule for a RST in TIME-WAIT is the stack's own"),
    ..base::TUNING
};
