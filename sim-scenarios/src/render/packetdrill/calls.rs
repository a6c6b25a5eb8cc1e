//! System calls, as packetdrill writes them.

use super::{Closing, Unwritable, Writer, unwritable};
use crate::render::words;
use sim_core::socket::{Call, Fd, Readiness, Return, Which};
use sim_core::tcp::{Errno, Linger};
use sim_core::wire::Micros;

impl Writer {
    /// A call that was begun before this step returns.
    pub(super) fn later(
        &mut self,
        at: Micros,
        call: Call,
        returned: Return,
    ) -> Result<(), Unwritable> {
        match call {
            Call::Connect(fd, _) => {
                let errno = if let Return::Error(errno) = returned { errno.name() } else { "0" };
                let fd = self.number(fd);
                let text = format!("getsockopt({fd}, SOL_SOCKET, SO_ERROR, [{errno}], [4]) = 0");
                self.line(at, &text);
            }
            Call::Close(_) | Call::TryClose(_) => {
                if let Some(Closing { line, fd }) = self.closing.take() {
                    let line = &mut self.lines[line];
                    line.lasts = Some(at - line.at);
                    line.text = format!("close({fd}) = 0");
                }
            }
            Call::Write(fd, count) => {
                if let Return::Error(errno) = returned {
                    let (fd, errno) = (self.number(fd), errno.name());
                    let text =
                        format!("send({fd}, ..., {count}, MSG_DONTWAIT) = -1 {errno} (error)");
                    self.line(at, &text);
                }
            }
            Call::Socket(_)
            | Call::Listen(..)
            | Call::Accept(..)
            | Call::Read(..)
            | Call::Peek(..)
            | Call::Shutdown(..)
            | Call::SetLinger(..)
            | Call::NoFinWait2(_)
            | Call::NoDelay(_)
            | Call::SetRcvBuf(..)
            | Call::SetSndBuf(..)
            | Call::Poll(_)
            | Call::SoError(_)
            | Call::Dup(..)
            | Call::CloseEnds(_)
            | Call::Exit => {}
        }
        Ok(())
    }

    /// A call is made; `None` where it has not returned in this step.
    pub(super) fn called(
        &mut self,
        at: Micros,
        call: Call,
        returned: Option<Return>,
    ) -> Result<(), Unwritable> {
        let waits = matches!(returned, None | Some(Return::Would(_)));
        match call {
            // Told by what it has moved.
            Call::Write(..) if !matches!(returned, Some(Return::Error(_))) => return Ok(()),
            Call::Connect(fd, _) => return self.connect(at, fd),
            Call::Close(fd) if waits => {
                self.busy()?;
                let fd = self.number(fd);
                self.line(at, "");
                self.closing = Some(Closing { line: self.lines.len() - 1, fd });
                return Ok(());
            }
            Call::Close(_)
            | Call::TryClose(_)
            | Call::Write(..)
            | Call::Socket(_)
            | Call::Listen(..)
            | Call::Accept(..)
            | Call::Read(..)
            | Call::Peek(..)
            | Call::Shutdown(..)
            | Call::SetLinger(..)
            | Call::NoFinWait2(_)
            | Call::NoDelay(_)
            | Call::SetRcvBuf(..)
            | Call::SetSndBuf(..)
            | Call::Poll(_)
            | Call::SoError(_)
            | Call::Dup(..)
            | Call::CloseEnds(_)
            | Call::Exit => {}
        }
        let Some(returned) = returned.filter(|_| !waits) else { return Ok(()) };
        self.busy()?;
        self.at_once(at, call, returned)
    }

    fn begin(&mut self, at: Micros, fd: Fd) -> u32 {
        if let Some(number) = self.fds.get(&fd) {
            return *number;
        }
        let number = self.open(fd);
        self.line(at, &format!("socket(..., SOCK_STREAM, IPPROTO_TCP) = {number}"));
        for (name, bytes) in self.buffers.clone() {
            self.line(at, &format!("setsockopt({number}, SOL_SOCKET, {name}, [{bytes}], 4) = 0"));
        }
        number
    }

    fn connect(&mut self, at: Micros, fd: Fd) -> Result<(), Unwritable> {
        self.busy()?;
        let number = self.begin(at, fd);
        self.line(at, &format!("fcntl({number}, F_SETFL, O_RDWR|O_NONBLOCK) = 0"));
        let progress = "-1 EINPROGRESS (Operation now in progress)";
        self.line(at, &format!("connect({number}, ..., ...) = {progress}"));
        self.line(at, &format!("fcntl({number}, F_SETFL, O_RDWR) = 0"));
        Ok(())
    }

    fn at_once(&mut self, at: Micros, call: Call, returned: Return) -> Result<(), Unwritable> {
        let result = match returned {
            Return::Done | Return::Eof => "0".to_owned(),
            Return::Count(n) => n.to_string(),
            Return::Error(errno) => format!("-1 {} (error)", errno.name()),
            Return::Pending(_) | Return::Ready(_) | Return::Would(_) => String::new(),
        };
        let text = match call {
            Call::Socket(fd) => {
                self.begin(at, fd);
                return Ok(());
            }
            Call::Listen(fd, backlog) => {
                let fd = self.begin(at, fd);
                self.line(at, &format!("bind({fd}, ..., ...) = 0"));
                format!("listen({fd}, {backlog}) = {result}")
            }
            Call::Accept(from, into) => {
                let from = self.number(from);
                if returned != Return::Done {
                    return Ok(());
                }
                format!("accept({from}, ..., ...) = {}", self.open(into))
            }
            Call::Read(fd, n) => {
                format!("recv({}, ..., {n}, MSG_DONTWAIT) = {result}", self.number(fd))
            }
            Call::Peek(fd, n) => {
                let flags = "MSG_PEEK|MSG_DONTWAIT";
                format!("recv({}, ..., {n}, {flags}) = {result}", self.number(fd))
            }
            Call::Write(fd, n) => {
                format!("send({}, ..., {n}, MSG_DONTWAIT) = {result}", self.number(fd))
            }
            Call::Shutdown(fd, which) => {
                let how = match which {
                    Which::Rd => "SHUT_RD",
                    Which::Wr => "SHUT_WR",
                    Which::RdWr => "SHUT_RDWR",
                };
                format!("shutdown({}, {how}) = {result}", self.number(fd))
            }
            Call::Close(fd) | Call::TryClose(fd) => {
                let number = self.number(fd);
                format!("close({number}) = {result}")
            }
            Call::Poll(fd) => poll(self.number(fd), returned),
            Call::SoError(fd) => {
                let pending = if let Return::Pending(errno) = returned { errno } else { None };
                let errno = pending.map_or("0", Errno::name);
                let fd = self.number(fd);
                format!("getsockopt({fd}, SOL_SOCKET, SO_ERROR, [{errno}], [4]) = 0")
            }
            Call::Exit => return self.exit(at),
            Call::Dup(..) => return unwritable("dup()"),
            Call::CloseEnds(_) | Call::Connect(..) => return Ok(()),
            Call::SetLinger(..)
            | Call::NoFinWait2(_)
            | Call::NoDelay(_)
            | Call::SetRcvBuf(..)
            | Call::SetSndBuf(..) => self.option(call)?,
        };
        self.line(at, &text);
        Ok(())
    }

    fn option(&mut self, call: Call) -> Result<String, Unwritable> {
        Ok(match call {
            Call::SetLinger(fd, linger) => {
                self.linger = linger;
                let (on, seconds) = match linger {
                    Linger::Off => (0, 0),
                    Linger::Abort => (1, 0),
                    Linger::Seconds(seconds) => (1, seconds),
                };
                let value = format!("{{onoff={on}, linger={seconds}}}");
                format!("setsockopt({}, SOL_SOCKET, SO_LINGER, {value}, 8) = 0", self.number(fd))
            }
            Call::NoFinWait2(fd) => {
                format!("setsockopt({}, IPPROTO_TCP, TCP_LINGER2, [-1], 4) = 0", self.number(fd))
            }
            Call::NoDelay(fd) => {
                format!("setsockopt({}, IPPROTO_TCP, TCP_NODELAY, [1], 4) = 0", self.number(fd))
            }
            Call::SetRcvBuf(fd, n) => {
                format!("setsockopt({}, SOL_SOCKET, SO_RCVBUF, [{n}], 4) = 0", self.number(fd))
            }
            Call::SetSndBuf(fd, n) => {
                format!("setsockopt({}, SOL_SOCKET, SO_SNDBUF, [{n}], 4) = 0", self.number(fd))
            }
            Call::Socket(_)
            | Call::Listen(..)
            | Call::Accept(..)
            | Call::Connect(..)
            | Call::Read(..)
            | Call::Peek(..)
            | Call::Write(..)
            | Call::Shutdown(..)
            | Call::Close(_)
            | Call::TryClose(_)
            | Call::Poll(_)
            | Call::SoError(_)
            | Call::Dup(..)
            | Call::CloseEnds(_)
            | Call::Exit => return unwritable(words::call(call)),
        })
    }

    /// The process ends: everything it holds is closed.
    fn exit(&mut self, at: Micros) -> Result<(), Unwritable> {
        if let Linger::Seconds(_) = self.linger {
            return unwritable("the end of a process that would linger");
        }
        let fds: Vec<u32> = self.fds.values().copied().collect();
        for fd in fds {
            self.line(at, &format!("close({fd}) = 0"));
        }
        Ok(())
    }
}

fn poll(fd: u32, returned: Return) -> String {
    let bits = if let Return::Ready(bits) = returned { bits } else { Readiness(0) };
    let names: Vec<String> = bits
        .names()
        .split('|')
        .filter(|name| !name.is_empty())
        .map(|name| format!("POLL{name}"))
        .collect();
    let (found, count) = match names.is_empty() {
        true => ("0".to_owned(), 0),
        false => (names.join("|"), 1),
    };
    let asked = "POLLIN|POLLOUT|POLLRDHUP";
    format!("poll([{{fd={fd}, events={asked}, revents={found}}}], 1, 0) = {count}")
}
