//! The letter of RFC 9293, with RFC 5961 where it points there. Nobody's stack: a yardstick.
//!
//! The receive queue is flushed by a RST here, as section 3.10.7.4 can be read. Every mainstream
//! kernel that was looked at keeps it; the text is ambiguous, and this profile takes the reading
//! that loses more.

use super::{Profile, assumed, known};
use crate::socket::{SocketRules, close, connect, error, linger, shutdown};
use crate::tcp::arrive::{
    ArriveRules, ack, fin, listen, reset, sequence, syn, syn_received, syn_sent, text, waiting,
};
use crate::tcp::tuning::{AckPolicy, OnOverflow, Switchable, TuningAnswers};
use crate::tcp::{TcpRules, output, timer};
use crate::wire::Growth;

/// RFC 9293 by the letter.
pub static RFC9293: Profile = Profile {
    name: "rfc9293",
    version: "RFC 9293 (August 2022), RFC 5961",
    tcp: TcpRules { arrive: ARRIVE, output: OUTPUT, timer: TIMER },
    socket: SOCKET,
    tuning: TUNING,
};

const NOT_SAID: &str = "the RFC does not say; the Berkeley sockets answer";

const ARRIVE: ArriveRules = ArriveRules {
    listen: listen::ListenRules {
        capacity: assumed(listen::Capacity::Backlog, "the RFC has no accept queue"),
        overflow_syn: assumed(listen::OverflowSyn::Drop, "the RFC has no accept queue"),
        with_fin: known(
            listen::WithFin::Answered,
            "RFC 9293 3.10.7.2 third: other controls are processed later",
        ),
    },
    syn_received: syn_received::SynReceivedRules {
        syn_inside: known(syn_received::SynInside::Silent, "RFC 9293 3.10.7.4 fourth"),
        rst: known(reset::Accept::Exact, "RFC 9293 3.10.7.4 second; RFC 5961 3.2"),
        order: known(syn_received::Order::WindowFirst, "RFC 9293 3.10.7.4 first"),
        rst_ack: known(syn_received::RstAck::Judged, "RFC 9293 3.10.7.4 second"),
    },
    syn_sent: syn_sent::SynSentRules {
        bad_ack: known(syn_sent::OnBadAck::Reset, "RFC 9293 3.10.7.3 first"),
        text: known(syn_sent::SynText::Taken, "RFC 9293 3.10.7.3 fourth"),
        crossing: known(syn_sent::CrossingText::Kept, "RFC 9293 3.10.7.3 fourth"),
    },
    sequence: sequence::SequenceRules {
        window: known(sequence::WindowTest::FromNext, "RFC 9293 3.10.7.4, table 6"),
    },
    reset: reset::ResetRules {
        accept: known(reset::Accept::Exact, "RFC 9293 3.10.7.4 second; RFC 5961 3.2"),
        anchor: known(reset::Anchor::Next, "RFC 5961 3.2"),
        after_fin: known(reset::AfterFin::NextOnly, "RFC 5961 3.2"),
        one_more: known(reset::OneMore::Missed, "RFC 5961 3.2"),
        hole: known(reset::Hole::NextOnly, "RFC 5961 3.2"),
        miss: known(reset::Miss::Challenge, "RFC 5961 3.2"),
        receive_queue: known(
            reset::ReceiveQueue::Flush,
            "RFC 9293 3.10.7.4 second: all segment queues should be flushed (read literally)",
        ),
        error_opening: known(reset::OpeningError::Refused, "RFC 9293 3.10.7.4 second"),
        error_close_wait: known(reset::AfterFinError::Reset, "RFC 9293 3.10.7.4 second"),
        error_closing: known(reset::AfterFinError::Nothing, "RFC 9293 3.10.7.4 second"),
    },
    syn: syn::SynRules { in_sync: known(syn::InSync::Challenge, "RFC 5961 4.2") },
    ack: ack::AckRules {
        missing: known(ack::MissingAck::InOrder, "RFC 9293 3.10.7.4 fifth"),
        too_old: known(ack::TooOld::Challenge, "RFC 5961 5.2"),
        future: known(ack::FutureAck::Answered, "RFC 9293 3.10.7.4 fifth"),
        syn_received: known(ack::SynReceivedAck::NewOnly, "RFC 9293 3.10.7.4 fifth"),
        duplicates: known(ack::Duplicates::Every, "RFC 5681 3.2"),
    },
    text: text::TextRules {
        orphan: known(text::LateData::Reset, "RFC 9293 3.6.1 (SHLD-3)"),
        both_shut: assumed(
            text::LateData::Discard,
            "the RFC has no SHUT_RD; its CLOSE goes on receiving",
        ),
        read_shut: assumed(text::ReadShut::Discard, "the RFC has no SHUT_RD"),
        after_fin: known(text::AfterFin::Ignored, "RFC 9293 3.10.7.4 seventh"),
        scope: assumed(text::LateScope::Any, "RFC 9293 3.6.1 makes no difference"),
        form: known(text::LateForm::Reply, "RFC 9293 3.10.7.1"),
        error: assumed(text::LateError::AsByPeer, "only orphans are reset for late text"),
    },
    fin: fin::FinRules {
        ack: known(fin::FinAck::AtOnce, "RFC 9293 3.10.7.4 eighth"),
        repeat: known(fin::FinRepeat::Nothing, "RFC 9293 3.6.1: pending data"),
    },
    waiting: waiting::WaitingRules {
        rst: known(waiting::TimeWaitRst::Exact, "RFC 9293 3.10.7.4 second"),
        restart: known(waiting::Restart::FinOnly, "RFC 9293 3.10.7.4 eighth"),
        text: known(waiting::TimeWaitText::Ignore, "RFC 9293 3.10.7.4 seventh"),
        without_ack: known(
            waiting::WithoutAck::DroppedInside,
            "RFC 9293 3.10.7.4 first, fourth, fifth",
        ),
        bare: assumed(waiting::Bare::Silent, "RFC 9293 3.10.7.4 fifth expects a FIN alone"),
        syn: known(waiting::TimeWaitSyn::Newer, "RFC 9293 3.6.1 (MAY-2)"),
    },
};

const OUTPUT: output::OutputRules = output::OutputRules {
    nagle: known(output::NagleRule::Classic, "RFC 9293 3.7.4"),
    small_window: known(output::SmallWindow::HalfWindow, "RFC 9293 3.8.6.2.1 (3)"),
    fin: assumed(output::FinPlace::UnsentTail, "the RFC leaves it open; every kernel does it"),
    fin_again: known(
        output::FinAgain::Bare,
        "RFC 9293 3.10.7.4: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>",
    ),
    resend: known(output::Resend::Merge, "RFC 9293 3.8.1 allows repacketization"),
    abort_seq: known(output::AbortSeq::Next, "RFC 9293 3.10.5"),
    abort_ack: known(output::AbortAck::Bare, "RFC 9293 3.10.5: <SEQ=SND.NXT><CTL=RST>"),
    abort_wnd: assumed(output::AbortWnd::Zero, "nobody looks at it"),
    reply: known(output::ReplyAck::WhereNone, "RFC 9293 3.10.7.1"),
    update: known(output::WindowUpdate::TwoSegments, "RFC 9293 3.8.6.2.2"),
    offer: known(output::Offered::Segments, "RFC 9293 3.8.6.2.2"),
};

const TIMER: timer::TimerRules = timer::TimerRules {
    fin_wait_2: known(timer::FinWait2Form::Full, "RFC 9293 3.3.2"),
    fin_wait_2_scope: assumed(timer::FinWait2Scope::Orphan, "the RFC has no such timer"),
    fin_wait_2_over: assumed(timer::FinWait2Over::Silent, "the RFC has no such timer"),
    persist: known(timer::PersistRestart::EachProbe, "RFC 9293 3.8.6.1"),
    growth: known(Growth::Whole, "RFC 6298 5.5"),
};

const SOCKET: SocketRules = SocketRules {
    connect: connect::ConnectRules {
        failed: assumed(
            connect::Failed::Fresh,
            "RFC 9293 3.10.1: a closed connection may be opened",
        ),
        again: known(
            connect::Again::IsConnected,
            "RFC 9293 3.10.1: an OPEN in any such state is an error; POSIX: EISCONN",
        ),
    },
    close: close::CloseRules {
        unread: known(close::OnUnread::Reset, "RFC 9293 3.6.1 (SHLD-3)"),
        hole: assumed(close::OnUnread::Fin, "RFC 9293 3.6.1 speaks of received data"),
        states: assumed(
            close::UnreadStates::UntilTimeWait,
            "RFC 9293 3.10.4: the connection has to be there",
        ),
        opening: known(close::OnOpening::Silent, "RFC 9293 3.10.4"),
        unaccepted: assumed(close::OnUnaccepted::Reset, "the RFC has no accept queue"),
    },
    linger: linger::LingerRules {
        abort: known(linger::AbortStates::NotAfterBoth, "RFC 9293 3.10.5"),
        condition: known(linger::Condition::Always, "RFC 9293 3.10.5"),
        nonblock: assumed(linger::NonBlocking::Waits, NOT_SAID),
        expiry: assumed(linger::Expiry::Silent, NOT_SAID),
    },
    shutdown: shutdown::ShutdownRules {
        read_flush: assumed(shutdown::ReadFlush::Keep, "the RFC has no SHUT_RD"),
        unread: assumed(shutdown::UnreadAtShutdown::Never, "the RFC has no SHUT_RD"),
        listener: assumed(shutdown::OnListener::NotConnected, NOT_SAID),
    },
    error: error::ErrorRules {
        after_eof: assumed(error::AfterEof::ErrorFirst, NOT_SAID),
        write: assumed(error::WriteOrder::PendingFirst, NOT_SAID),
        write_unconnected: assumed(error::WriteUnconnected::NotConnected, NOT_SAID),
    },
};

const TUNING: TuningAnswers = TuningAnswers {
    mss: assumed(1460, "Ethernet; the RFC's own default is 536"),
    initial_cwnd: known(10, "RFC 6928"),
    snd_buf: assumed(65_536, "the RFC does not say"),
    rcv_buf: known(65_535, "the largest window without scaling"),
    syn_wnd: known(65_535, "the largest window without scaling"),
    syn_share: assumed(100, "a SYN says what the buffer holds"),
    wnd_unit: known(1, "RFC 9293 3.8.6"),
    rto_min: known(1_000_000, "RFC 6298 2.4"),
    rto_syn: known(1_000_000, "RFC 6298 2.1"),
    rto_max: known(60_000_000, "RFC 6298 2.5"),
    retries: assumed(8, "RFC 9293 3.8.3 asks for at least 100 s"),
    retries_orphan: assumed(8, "as for anybody else"),
    retries_syn: assumed(8, "RFC 9293 3.8.3 asks for at least 3 minutes"),
    syn_linear: known(0, "RFC 6298 5.5: every timeout doubles"),
    retries_syn_ack: assumed(8, "as for a SYN"),
    ack: known(AckPolicy::Delayed { quick: 0 }, "RFC 9293 3.8.6.3"),
    delayed_ack: assumed(200_000, "RFC 9293 3.8.6.3 allows up to 500 ms; 200 ms is what is common"),
    challenge: assumed(500_000, "one in half a second stands for RFC 5961 7's 10 in 5 s"),
    challenges: assumed(1, "one in half a second stands for RFC 5961 7's 10 in 5 s"),
    unacceptable: known(0, "RFC 9293 3.10.7.4 first sets no limit"),
    fin_wait_2: known(0, "RFC 9293 3.3.2: FIN-WAIT-2 does not end by itself"),
    time_wait: known(240_000_000, "RFC 9293 3.4.2: 2 MSL of 2 minutes"),
    max_orphans: assumed(u16::MAX, "the RFC does not say"),
    on_overflow: assumed(OnOverflow::Drop, "the RFC has no accept queue"),
    sack: assumed(Switchable::Off, "RFC 2018 is another RFC"),
    rfc1337: known(Switchable::Off, "RFC 9293 3.10.7.4 second"),
};
