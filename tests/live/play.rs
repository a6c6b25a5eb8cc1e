//! A script on a real socket: every lane a thread, every call the system's.
//!
//! A lane that waits inside a call looks up every [`SLICE`], so that another lane can stop it; on
//! the wire that makes no difference. A socket has one connection; what a script may ask for beyond
//! that is refused by name.

use crate::PATIENCE;
use sim_core::script::{Goto, Lane, LaneId, Line, Look, Op, Script, Starts, Until};
use sim_core::socket::{Call, Which};
use sim_core::tcp::Linger;
use sim_core::wire::{Law, Micros};
use socket2::SockRef;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Scope;
use std::time::{Duration, Instant};

/// How long a call waits before its lane looks whether it has been stopped.
const SLICE: Duration = Duration::from_millis(2);
/// Linux's `MSG_DONTWAIT` and `MSG_PEEK`: look, take nothing, do not wait.
const LOOK: i32 = 0x40 | 0x02;

/// Sleeps: the kernel under test keeps real time.
#[expect(clippy::disallowed_methods, reason = "a server that waits, on a real kernel")]
pub(crate) fn wait(time: Duration) {
    std::thread::sleep(time);
}

/// Limits are in real time.
#[expect(clippy::disallowed_methods, reason = "limits in real time, on a real kernel")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// What the application knows in the end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    read: u64,
    last: Last,
    failed_write: Option<ErrorKind>,
}

/// The last thing recv() or send() said beyond a count.
#[derive(Clone, Copy, Debug, Default)]
enum Last {
    #[default]
    Nothing,
    Eof,
    Error(ErrorKind),
    /// Patience has ended: it would have waited for ever.
    Waits,
}

impl Told {
    /// As the model's words, in small letters.
    pub(crate) fn word(&self, reply: u32) -> &'static str {
        match self.last {
            _ if self.read >= u64::from(reply) => "seen",
            Last::Waits => "stuck",
            Last::Eof => "truncated",
            Last::Nothing | Last::Error(_) => "lost",
        }
    }

    pub(crate) fn words(&self) -> String {
        let last = match self.last {
            Last::Nothing => "nothing".to_owned(),
            Last::Eof => "the end".to_owned(),
            Last::Error(kind) => kind.to_string(),
            Last::Waits => "waits".to_owned(),
        };
        let write = self.failed_write.map(|kind| format!(", write failed: {kind}"));
        format!("{} bytes, {last}{}", self.read, write.unwrap_or_default())
    }
}

/// A lane as the others see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Dormant,
    Runs,
    /// It is to end before its next call.
    Stopped,
    Ended,
}

/// Everything the lanes share.
struct Shared {
    lanes: Vec<State>,
    conn: Option<Arc<TcpStream>>,
    told: Told,
    wrote: usize,
    refused: Option<String>,
}

/// A script with a socket.
pub(crate) struct Play<'p> {
    script: &'p Script,
    payload: &'p [u8],
    peer: Option<SocketAddr>,
    until: Instant,
    shared: Mutex<Shared>,
}

/// How a call ended, if it did.
enum Ended {
    /// As asked, or with the end of the stream.
    Done,
    Failed,
    Limit,
    /// The lane was stopped, or patience has ended.
    Stopped,
}

impl<'p> Play<'p> {
    pub(crate) fn new(script: &'p Script, payload: &'p [u8]) -> Play<'p> {
        let lanes = script.lanes.iter().map(|lane| match lane.starts {
            Starts::AtOnce => State::Runs,
            Starts::Spawned => State::Dormant,
        });
        let lanes = lanes.collect();
        let told = Told::default();
        let shared = Mutex::new(Shared { lanes, conn: None, told, wrote: 0, refused: None });
        Play { script, payload, peer: None, until: now() + PATIENCE, shared }
    }

    /// connect() goes there.
    pub(crate) const fn to(mut self, peer: SocketAddr) -> Play<'p> {
        self.peer = Some(peer);
        self
    }

    /// accept() has returned this.
    pub(crate) fn with(self, stream: TcpStream) -> Play<'p> {
        self.shared().conn = Some(Arc::new(stream));
        self
    }

    /// Plays every lane to its end.
    pub(crate) fn run(self) -> Result<Told, String> {
        if let Some(stream) = &self.conn() {
            slice(stream).map_err(|why| why.to_string())?;
        }
        std::thread::scope(|scope| {
            for (n, lane) in (0..).zip(&self.script.lanes) {
                if lane.starts == Starts::AtOnce {
                    let play = &self;
                    scope.spawn(move || play.lane(scope, LaneId(n)));
                }
            }
        });
        let shared = self.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        shared.refused.map_or(Ok(shared.told), Err)
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn conn(&self) -> Option<Arc<TcpStream>> {
        self.shared().conn.clone()
    }

    fn lane<'s, 'e>(&'e self, scope: &'s Scope<'s, 'e>, me: LaneId) {
        let Lane { name: _, starts: _, lines } = &self.script.lanes[usize::from(me.0)];
        let mut at = 0;
        while let Some(line) = lines.get(at).filter(|_| self.goes_on(me)) {
            let to = self.line(scope, me, line).unwrap_or_else(|why| {
                self.shared().refused.get_or_insert(why);
                Goto::End
            });
            at = match to {
                Goto::Next => at + 1,
                Goto::Line(n) => usize::from(n),
                Goto::End => break,
            };
        }
        self.shared().lanes[usize::from(me.0)] = State::Ended;
    }

    /// Whether nobody has stopped this lane, and patience is left.
    fn goes_on(&self, me: LaneId) -> bool {
        let late = self.until.saturating_duration_since(now()).is_zero();
        let mut shared = self.shared();
        if late {
            shared.told.last = Last::Waits;
        }
        shared.lanes[usize::from(me.0)] == State::Runs && !late
    }

    fn line<'s, 'e>(
        &'e self,
        scope: &'s Scope<'s, 'e>,
        me: LaneId,
        line: &Line,
    ) -> Result<Goto, String> {
        let ended = match line.op {
            Op::Spawn(other) => {
                self.shared().lanes[usize::from(other.0)] = State::Runs;
                scope.spawn(move || self.lane(scope, other));
                return Ok(line.then);
            }
            Op::Stop(other) => return Ok(self.stop(me, other, line)),
            Op::Jump => return Ok(line.then),
            Op::Sleep(Law::Fixed(us)) => {
                wait(Duration::from_micros(us));
                return Ok(line.then);
            }
            Op::Write { fd: _, total, chunk, look } => self.write(me, line, (total, chunk), look),
            Op::Read { fd: _, chunk, until } => self.read(me, line, (chunk, until)),
            Op::Call(call) => self.call(me, line, call)?,
            Op::Try(_)
            | Op::Poll { .. }
            | Op::Sleep(Law::Uniform(..) | Law::Shaped(_))
            | Op::SleepUntil(_)
            | Op::Join(_) => return Err(format!("cannot play {:?} on a real socket", line.op)),
        };
        Ok(match ended {
            Ended::Done => line.then,
            Ended::Failed => line.on_error,
            Ended::Limit => line.on_limit,
            Ended::Stopped => Goto::End,
        })
    }

    /// Ends another lane, unless that one was faster, and waits until it has done with its call.
    fn stop(&self, me: LaneId, other: LaneId, line: &Line) -> Goto {
        let [me, other] = [me, other].map(|lane| usize::from(lane.0));
        {
            let mut shared = self.shared();
            match (shared.lanes[me], shared.lanes[other]) {
                (State::Runs, State::Runs) => shared.lanes[other] = State::Stopped,
                (State::Runs, State::Dormant | State::Stopped | State::Ended) => {}
                (State::Dormant | State::Stopped | State::Ended, _) => return Goto::End,
            }
        }
        while self.shared().lanes[other] == State::Stopped {
            wait(Duration::from_micros(100));
        }
        line.then
    }

    fn call(&self, me: LaneId, line: &Line, call: Call) -> Result<Ended, String> {
        let done = |result: io::Result<()>| match result {
            Ok(()) => Ended::Done,
            Err(_) => Ended::Failed,
        };
        let conn = self.conn();
        Ok(match (call, conn) {
            // The socket is an accepted one.
            (Call::Listen(..) | Call::Accept(..), Some(_)) => Ended::Done,
            (Call::Connect(_, _), _) => done(self.connect().inspect_err(|why| {
                self.shared().told.last = Last::Error(why.kind());
            })),
            (Call::Write(_, n), _) => self.write(me, line, (n, n), Look::Never),
            (Call::Close(_), conn) => {
                self.shared().conn = None;
                drop(conn);
                Ended::Done
            }
            (Call::Shutdown(_, Which::Wr), Some(conn)) => done(conn.shutdown(Shutdown::Write)),
            (Call::SetLinger(_, Linger::Abort), Some(conn)) => {
                done(SockRef::from(&*conn).set_linger(Some(Duration::ZERO)))
            }
            (other, _) => return Err(format!("cannot play {other:?} on a real socket")),
        })
    }

    fn connect(&self) -> io::Result<()> {
        let peer = self.peer.ok_or_else(|| io::Error::other("nowhere to connect to"))?;
        let stream = TcpStream::connect_timeout(&peer, PATIENCE)?;
        slice(&stream)?;
        self.shared().conn = Some(Arc::new(stream));
        Ok(())
    }

    /// send() until so much is written, or until a look finds that the other side has answered.
    fn write(&self, me: LaneId, line: &Line, (total, chunk): (u32, u32), look: Look) -> Ended {
        let Some(conn) = self.conn() else {
            return Ended::Failed;
        };
        let (mut left, chunk) = (total as usize, chunk.max(1) as usize);
        while left > 0 {
            if look == Look::First && readable(&conn) {
                return Ended::Limit;
            }
            let mut piece = chunk.min(left);
            while piece > 0 {
                if !self.goes_on(me) {
                    return Ended::Stopped;
                }
                let from = self.shared().wrote.min(self.payload.len());
                let end = (from + piece).min(self.payload.len());
                match (&*conn).write(&self.payload[from..end]) {
                    Ok(0) => return Ended::Failed,
                    Ok(count) => {
                        self.shared().wrote += count;
                        (piece, left) = (piece - count, left - count);
                    }
                    Err(why) if again(&why) => {}
                    Err(why) => return self.failed_write(&why),
                }
            }
            pause(line.gap.longest());
        }
        Ended::Done
    }

    fn failed_write(&self, why: &io::Error) -> Ended {
        let told = &mut self.shared().told;
        told.failed_write.get_or_insert(why.kind());
        told.last = Last::Error(why.kind());
        Ended::Failed
    }

    /// recv() until what the line waits for.
    fn read(&self, me: LaneId, line: &Line, (chunk, until): (u32, Until)) -> Ended {
        let Some(conn) = self.conn() else {
            return Ended::Failed;
        };
        pause(line.wake.longest());
        let mut buffer = vec![0; chunk.max(1) as usize];
        let (begun, mut heard, mut done) = (now(), now(), 0_usize);
        let over = |since: Instant, limit: Option<Micros>| {
            limit.is_some_and(|us| since.elapsed() >= Duration::from_micros(us))
        };
        loop {
            if !self.goes_on(me) {
                return Ended::Stopped;
            }
            if over(begun, line.limit.total) || over(heard, line.limit.idle) {
                return Ended::Limit;
            }
            let most = match (until, line.limit.bytes) {
                (Until::Count(n), _) | (Until::Once | Until::Eof, Some(n)) => {
                    buffer.len().min((n as usize).saturating_sub(done).max(1))
                }
                (Until::Once | Until::Eof, None) => buffer.len(),
            };
            match (&*conn).read(&mut buffer[..most]) {
                Ok(0) => {
                    self.shared().told.last = Last::Eof;
                    return Ended::Done;
                }
                Ok(count) => {
                    self.shared().told.read += count as u64;
                    (done, heard) = (done + count, now());
                }
                Err(why) if again(&why) => continue,
                Err(why) => {
                    self.shared().told.last = Last::Error(why.kind());
                    return Ended::Failed;
                }
            }
            let enough = match until {
                Until::Once => true,
                Until::Eof => false,
                Until::Count(wanted) => done >= wanted as usize,
            };
            if enough {
                return Ended::Done;
            }
            if line.limit.bytes.is_some_and(|bytes| done >= bytes as usize) {
                return Ended::Limit;
            }
        }
    }
}

/// Whether data or the end of the stream is there; an error is left for the next call.
fn readable(conn: &TcpStream) -> bool {
    let mut byte = [MaybeUninit::new(0)];
    SockRef::from(conn).recv_with_flags(&mut byte, LOOK).is_ok()
}

fn pause(us: Micros) {
    if us > 0 {
        wait(Duration::from_micros(us));
    }
}

/// Calls on this socket return after [`SLICE`] at the latest.
fn slice(stream: &TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(SLICE))?;
    stream.set_write_timeout(Some(SLICE))
}

fn again(why: &io::Error) -> bool {
    matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
