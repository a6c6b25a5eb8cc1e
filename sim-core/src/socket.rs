//! Floor 3: the calls an application makes, and what it is told.
//!
//! Every call returns at once; one that would block says what it waits for, and [`ready`] tells
//! when trying again is worth it. Blocking is the business of the floor above.

pub mod close;
pub mod connect;
pub mod error;
pub mod linger;
pub mod read;
pub mod shutdown;
pub mod write;

use crate::answer::Halt;
use crate::tcp::arrive::Table;
use crate::tcp::{
    Closed, Cx, Errno, Linger, NoteSink, Opening, Owner, Phase, Rule, Sock, Stage, Switch, arrive,
};
use crate::wire::{ConnId, Seq};

/// A descriptor: a small number the application gives its sockets.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fd(pub u8);

impl Fd {
    /// How many there can be.
    pub const MAX: u8 = 8;

    const fn bit(self) -> u8 {
        1 << (self.0 % Fd::MAX)
    }
}

/// A direction of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Which {
    /// SHUT_RD.
    Rd,
    /// SHUT_WR.
    Wr,
    /// SHUT_RDWR.
    RdWr,
}

/// A socket call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Call {
    /// socket() and bind().
    Socket(Fd),
    /// listen() with this backlog.
    Listen(Fd, u8),
    /// accept() from the first into the second.
    Accept(Fd, Fd),
    /// connect(), as connection number so and so.
    Connect(Fd, ConnId),
    /// recv() of at most so many bytes.
    Read(Fd, u32),
    /// recv() with MSG_PEEK.
    Peek(Fd, u32),
    /// send() of so many bytes (with MSG_NOSIGNAL).
    Write(Fd, u32),
    /// shutdown().
    Shutdown(Fd, Which),
    /// setsockopt(SO_LINGER).
    SetLinger(Fd, Linger),
    /// setsockopt(TCP_LINGER2) with a negative value.
    NoFinWait2(Fd),
    /// setsockopt(TCP_NODELAY).
    NoDelay(Fd),
    /// setsockopt(SO_RCVBUF), in bytes of payload.
    SetRcvBuf(Fd, u32),
    /// setsockopt(SO_SNDBUF), in bytes of payload.
    SetSndBuf(Fd, u32),
    /// poll() without waiting.
    Poll(Fd),
    /// getsockopt(SO_ERROR).
    SoError(Fd),
    /// dup() of the first as the second.
    Dup(Fd, Fd),
    /// close().
    Close(Fd),
    /// close() of a non-blocking descriptor.
    TryClose(Fd),
    /// The waiting part of a close() that lingers is over.
    CloseEnds(Fd),
    /// The process ends: everything is closed, nothing waits.
    Exit,
}

/// What a call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Return {
    /// 0.
    Done,
    /// So many bytes.
    Count(u32),
    /// 0 from recv(): the end of the stream.
    Eof,
    /// -1 and this.
    Error(Errno),
    /// SO_ERROR's value.
    Pending(Option<Errno>),
    /// Poll's bits.
    Ready(Readiness),
    /// It would block, waiting for this.
    Would(Wait),
}

/// What a blocking call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wait {
    /// Data, EOF or an error.
    Readable(Fd),
    /// Room in the send buffer, or an error.
    Writable(Fd),
    /// A connection to accept.
    Acceptable(Fd),
    /// The end of the handshake.
    Connected(Fd),
    /// The peer's ACK of everything, or the end of the connection.
    Lingered(Fd),
}

/// Poll's bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Readiness(pub u8);

impl Readiness {
    /// POLLIN.
    pub const IN: u8 = 1;
    /// POLLOUT.
    pub const OUT: u8 = 2;
    /// POLLERR.
    pub const ERR: u8 = 4;
    /// POLLHUP.
    pub const HUP: u8 = 8;
    /// POLLRDHUP.
    pub const RDHUP: u8 = 16;

    /// As `IN|OUT|ERR|HUP|RDHUP`.
    #[must_use]
    pub fn names(self) -> String {
        let all = [
            (Self::IN, "IN"),
            (Self::OUT, "OUT"),
            (Self::ERR, "ERR"),
            (Self::HUP, "HUP"),
            (Self::RDHUP, "RDHUP"),
        ];
        let set: Vec<&str> =
            all.iter().filter(|(bit, _)| self.0 & bit != 0).map(|(_, name)| *name).collect();
        set.join("|")
    }
}

/// Every question the socket rules ask, by the file that asks.
#[derive(Clone, Copy, Debug)]
pub struct SocketRules {
    /// `connect.rs`.
    pub connect: connect::ConnectRules,
    /// `close.rs`.
    pub close: close::CloseRules,
    /// `linger.rs`.
    pub linger: linger::LingerRules,
    /// `shutdown.rs`.
    pub shutdown: shutdown::ShutdownRules,
    /// `error.rs`.
    pub error: error::ErrorRules,
}

/// Every rule of this floor and of the one below, in the order of their files.
#[must_use]
pub fn rules() -> Vec<&'static Rule> {
    let calls: [&[&'static Rule]; 5] = [
        &[&connect::OPEN],
        &[&read::DATA, &read::ERROR, &read::END, &read::UPDATE],
        &[&write::QUEUE, &write::ERROR, &write::FLUSH],
        &[&shutdown::FIN, &shutdown::READ_FLUSH, &shutdown::UNREAD_RESET, &shutdown::ABANDON],
        &[
            &close::UNREAD_RESET,
            &close::UNREAD_DROPPED,
            &close::LINGER_ABORT,
            &close::LINGER_OVER,
            &close::ORPHAN_LIMIT,
            &close::ABANDON,
            &close::UNACCEPTED,
        ],
    ];
    [crate::tcp::rule::all(), calls.concat()].concat()
}

/// A host's side of a call: its sockets and the answers for the socket floor.
pub struct Calls<'a, 'b, S: NoteSink> {
    /// The surroundings the TCP rules need.
    pub cx: &'a mut Cx<'b, S>,
    /// The host's sockets.
    pub table: &'a mut Table,
    /// Behaviour of the socket floor.
    pub rules: &'a SocketRules,
    /// Initial sequence number of a connection that this call begins.
    pub iss: Seq,
}

impl<S: NoteSink> Calls<'_, '_, S> {
    /// Carries out one call.
    ///
    /// # Errors
    /// A question without an answer, or a bound.
    pub fn call(&mut self, call: Call) -> Result<Return, Halt> {
        let returned = match call {
            Call::Socket(fd) => connect::socket(self, fd),
            Call::Listen(fd, backlog) => connect::listen(self, fd, backlog),
            Call::Accept(from, into) => Ok(connect::accept(self, from, into)),
            Call::Connect(fd, conn) => connect::connect(self, fd, conn),
            Call::Read(fd, n) => read::read(self, fd, n, read::Take::Consume),
            Call::Peek(fd, n) => read::read(self, fd, n, read::Take::Peek),
            Call::Write(fd, n) => write::write(self, fd, n),
            Call::Shutdown(fd, which) => shutdown::shutdown(self, fd, which),
            Call::SetLinger(fd, linger) => Ok(self.set(fd, |sock| sock.linger = linger)),
            Call::NoFinWait2(fd) => Ok(self.set(fd, |sock| sock.no_fin_wait_2 = Switch::On)),
            Call::NoDelay(fd) => write::no_delay(self, fd),
            Call::SetRcvBuf(fd, n) => Ok(self.set(fd, |sock| sock.rcv_buf = Some(n))),
            Call::SetSndBuf(fd, n) => Ok(self.set(fd, |sock| sock.snd_buf = Some(n))),
            Call::Poll(fd) => Ok(error::poll(self, fd)),
            Call::SoError(fd) => Ok(error::so_error(self, fd)),
            Call::Dup(fd, into) => Ok(self.dup(fd, into)),
            Call::Close(fd) => close::close(self, fd, close::Patience::AsLingerSays),
            Call::TryClose(fd) => close::close(self, fd, close::Patience::NonBlocking),
            Call::CloseEnds(fd) => close::ends(self, fd),
            Call::Exit => close::exit(self),
        }?;
        arrive::settle(self.cx, self.table)?;
        Ok(returned)
    }

    fn set(&mut self, fd: Fd, change: impl FnOnce(&mut Sock)) -> Return {
        match find(self.table, fd) {
            Some(at) => {
                change(&mut self.table[at]);
                Return::Done
            }
            None => Return::Error(Errno::BadFile),
        }
    }

    fn dup(&mut self, fd: Fd, into: Fd) -> Return {
        if into.0 >= Fd::MAX || find(self.table, into).is_some() {
            return Return::Error(Errno::InvalidArgument);
        }
        self.set(fd, |sock| {
            if let Owner::Descriptors(bits) = &mut sock.owner {
                *bits |= into.bit();
            }
        })
    }
}

/// The socket behind a descriptor.
#[must_use]
pub fn find(table: &Table, fd: Fd) -> Option<usize> {
    if fd.0 >= Fd::MAX {
        return None;
    }
    table.iter().position(|sock| match sock.owner {
        Owner::Descriptors(bits) => bits & fd.bit() != 0,
        Owner::Orphaned | Owner::Queued => false,
    })
}

/// Whether a call that waited for this would get on now.
#[must_use]
pub fn ready(table: &Table, wait: Wait, snd_buf: u32) -> bool {
    let (Wait::Readable(fd)
    | Wait::Writable(fd)
    | Wait::Acceptable(fd)
    | Wait::Connected(fd)
    | Wait::Lingered(fd)) = wait;
    let Some(sock) = find(table, fd).map(|at| &table[at]) else { return true };
    let failed = sock.error.is_some();
    match wait {
        Wait::Readable(_) => failed || read::would_return(sock),
        Wait::Writable(_) => failed || write::would_return(sock, snd_buf),
        Wait::Acceptable(_) => connect::first_queued(table).is_some(),
        Wait::Connected(_) => {
            !matches!(&sock.phase, Phase::Opening(Opening::SynSent { .. }))
                && sock.conn().is_none_or(|conn| conn.stage != Stage::SynReceived)
        }
        Wait::Lingered(_) => match &sock.phase {
            Phase::Open(conn) => match conn.stage {
                Stage::FinWait1 | Stage::Closing | Stage::LastAck => false,
                Stage::SynReceived | Stage::Established | Stage::FinWait2 | Stage::CloseWait => {
                    true
                }
            },
            Phase::Closed(Closed { .. })
            | Phase::Listen(_)
            | Phase::Opening(_)
            | Phase::Waiting(_) => true,
        },
    }
}
