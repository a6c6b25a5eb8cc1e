//! The profile: the same calls and segments at a bench of one stack.

use super::step::{Opening, Seen, Sent, Step, Told, Wire};
use sim_core::profile::Profile;
use sim_core::socket::{Call, Return, Which};
use sim_core::tcp::tuning::Tuning;
use sim_core::tcp::{Linger, Sock, Timer};
use sim_core::wire::{Segment, State};
use sim_tests::bench::{ACCEPTED, Bench, FIRST, ID, IRS, ISS};

/// The bench with what the sockets API adds to the crate's.
pub struct Ours {
    bench: Bench,
    /// Whether somebody still has to accept the connection.
    accepts: Accepts,
    /// An error is told once by the sockets API, and for ever by the crate's.
    failed: Failed,
    /// When the last challenge ACK went out, in milliseconds.
    challenged: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Accepts {
    Yet,
    Over,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Failed {
    Not,
    Told,
}

fn numbers(tuning: &mut Tuning) {
    tuning.mss = super::MSS as u16;
    tuning.rcv_buf = super::RCV_BUF;
    tuning.syn_wnd = super::RCV_BUF;
    tuning.snd_buf = super::SND_BUF;
}

impl Ours {
    pub fn new(profile: &'static Profile, opening: Opening) -> Ours {
        let mut bench = Bench::new(profile, numbers);
        let accepts = match opening {
            Opening::Active | Opening::SynSent => {
                bench.call(Call::Connect(FIRST, ID));
                Accepts::Over
            }
            Opening::Passive | Opening::Listening => {
                bench.call(Call::Listen(FIRST, 1));
                Accepts::Yet
            }
        };
        Ours { bench, accepts, failed: Failed::Not, challenged: None }
    }

    /// The connection, as the stack holds it.
    pub fn sock(&self) -> Option<&Sock> {
        self.bench.sock()
    }

    /// Whether the application has a descriptor of the connection.
    pub fn is_held(&self) -> bool {
        self.accepts == Accepts::Over
    }

    pub fn state(&self) -> State {
        self.bench.state().unwrap_or(State::Closed)
    }

    /// What the first call has sent.
    pub fn opened(&self) -> Seen {
        self.seen(Told::Nothing)
    }

    /// The timer that time would let fire next.
    pub fn due(&self) -> Option<Timer> {
        let all = [Timer::DelayedAck, Timer::Retransmit, Timer::Persist, Timer::TimeWait];
        all.into_iter().find(|timer| self.bench.armed(*timer))
    }

    pub fn take(&mut self, step: Step, wire: Option<Wire>, now: i64) -> Seen {
        let fd = self.bench.fd;
        if self.challenged.is_some_and(|then| now - then >= 1_000) {
            self.challenged = None;
            if self.bench.armed(Timer::Challenge) {
                self.bench.fires(Timer::Challenge);
            }
        }
        let returned = match step {
            Step::Write(count) => Some(self.bench.call(Call::Write(fd, count))),
            Step::Read(count) => Some(self.bench.call(Call::Read(fd, count))),
            // There close() gives the attempt up.
            Step::Finish if self.state() == State::SynSent => {
                self.bench.call(Call::Close(fd));
                None
            }
            Step::Finish => {
                self.bench.call(Call::Shutdown(fd, Which::Wr));
                None
            }
            Step::Close => {
                self.bench.call(Call::Close(fd));
                None
            }
            Step::Abort => {
                self.bench.call(Call::SetLinger(fd, Linger::Abort));
                self.bench.call(Call::Close(fd));
                None
            }
            Step::Arrives(_) => {
                let wire = wire.expect("a segment");
                let segment = self.segment(&wire);
                self.bench.arrives(segment);
                None
            }
            Step::Pass => {
                if let Some(timer) = self.due() {
                    self.bench.fires(timer);
                }
                None
            }
        };
        if self.bench.arms(Timer::Challenge) {
            self.challenged = Some(now);
        }
        let told = self.told(returned);
        let seen = self.seen(told);
        self.accept();
        seen
    }

    fn segment(&mut self, wire: &Wire) -> Segment {
        self.bench.offers = wire.wnd;
        let mut segment = self.bench.segment(wire.flags, wire.seq, wire.len, wire.ack);
        segment.mss = segment.mss.map(|_| super::MSS as u16);
        segment
    }

    /// The crate's listening socket becomes the connection; here it is accepted, and the listener
    /// closed.
    fn accept(&mut self) {
        let there = [State::Established, State::CloseWait];
        if self.accepts == Accepts::Yet && there.contains(&self.state()) {
            self.bench.call(Call::Accept(FIRST, ACCEPTED));
            self.bench.call(Call::Close(FIRST));
            self.bench.fd = ACCEPTED;
            self.accepts = Accepts::Over;
        }
    }

    fn told(&mut self, returned: Option<Return>) -> Told {
        let Some(returned) = returned else { return Told::Nothing };
        match returned {
            Return::Count(count) => Told::Count(count),
            Return::Would(_) => Told::Waits,
            Return::Eof if self.failed == Failed::Told && !self.at_eof() => Told::Error,
            Return::Eof => Told::Eof,
            Return::Error(_) => {
                self.failed = Failed::Told;
                Told::Error
            }
            Return::Done | Return::Pending(_) | Return::Ready(_) => Told::Nothing,
        }
    }

    fn at_eof(&self) -> bool {
        self.bench.sock().is_none_or(Sock::at_eof)
    }

    fn seen(&self, told: Told) -> Seen {
        let segments = self.bench.segments().into_iter().filter(|it| it.conn == ID);
        let sent = segments.map(|it| Sent {
            flags: it.flags,
            seq: (it.seq.raw() != 0).then(|| it.seq.since(ISS)),
            ack: it.ack.map(|ack| ack.since(IRS)),
            len: it.text.len(),
            wnd: it.wnd,
        });
        Seen { sent: sent.collect(), told, state: self.state() }
    }
}
