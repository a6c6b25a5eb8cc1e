//! Names of constants, and the numbers behind them where a script may write either.

use crate::drill::habits::Family;
use sim_core::tcp::Errno;

/// Numbers of names that are the same everywhere scripts are written for, or that nobody compares.
const NUMBERS: [(&str, i64); 38] = [
    ("O_RDONLY", 0),
    ("O_RDWR", 2),
    ("NULL", 0),
    ("SHUT_RD", 0),
    ("SHUT_WR", 1),
    ("SHUT_RDWR", 2),
    ("POLLIN", 1),
    ("POLLOUT", 4),
    ("POLLERR", 8),
    ("POLLHUP", 16),
    ("POLLRDNORM", 64),
    ("POLLWRNORM", 256),
    ("POLLRDHUP", 0x2000),
    ("F_GETFD", 1),
    ("F_SETFD", 2),
    ("F_GETFL", 3),
    ("F_SETFL", 4),
    ("MSG_OOB", 1),
    ("MSG_PEEK", 2),
    ("SOCK_STREAM", 1),
    ("AF_INET", 2),
    ("IPPROTO_TCP", 6),
    ("IPTOS_LOWDELAY", 0x10),
    ("IPTOS_THROUGHPUT", 0x08),
    ("IPTOS_RELIABILITY", 0x04),
    ("IPTOS_DSCP_CS0", 0x00),
    ("IPTOS_DSCP_CS1", 0x20),
    ("IPTOS_DSCP_CS2", 0x40),
    ("IPTOS_DSCP_CS3", 0x60),
    ("IPTOS_DSCP_CS4", 0x80),
    ("IPTOS_DSCP_CS5", 0xa0),
    ("IPTOS_DSCP_CS6", 0xc0),
    ("IPTOS_DSCP_CS7", 0xe0),
    ("IPTOS_DSCP_AF11", 0x28),
    ("IPTOS_DSCP_AF21", 0x48),
    ("IPTOS_DSCP_AF31", 0x68),
    ("IPTOS_DSCP_AF41", 0x88),
    ("IPTOS_DSCP_EF", 0xb8),
];

/// The number that names joined by `|` stand for.
pub(in crate::drill) fn number(names: &[String]) -> Option<i64> {
    let one = |name: &String| {
        name.parse()
            .ok()
            .or_else(|| NUMBERS.iter().find(|(it, _)| it == name).map(|(_, number)| *number))
    };
    names.iter().map(one).try_fold(0, |all, number| number.map(|number| all | number))
}

/// O_NONBLOCK.
pub(super) const fn nonblock(family: Family) -> i64 {
    match family {
        Family::Linux => 0x800,
        Family::Bsd | Family::Standard => 4,
    }
}

/// Numbers of errors that can be pending: Linux's, and the BSDs'.
const ERRORS: [(Errno, i64, i64); 9] = [
    (Errno::Again, 11, 35),
    (Errno::BrokenPipe, 32, 32),
    (Errno::InvalidArgument, 22, 22),
    (Errno::AddressInUse, 98, 48),
    (Errno::NotConnected, 107, 57),
    (Errno::ConnectionAborted, 103, 53),
    (Errno::ConnectionReset, 104, 54),
    (Errno::ConnectionRefused, 111, 61),
    (Errno::TimedOut, 110, 60),
];

/// The number of an error.
pub(super) fn errno_number(errno: Errno, family: Family) -> i64 {
    let of = |(_, linux, bsd): &(Errno, i64, i64)| match family {
        Family::Linux => *linux,
        Family::Bsd | Family::Standard => *bsd,
    };
    ERRORS.iter().find(|(it, _, _)| *it == errno).map_or(-1, of)
}

/// The error with this name; EWOULDBLOCK is EAGAIN.
pub(super) fn errno(name: &str) -> Option<Errno> {
    let name = if name == "EWOULDBLOCK" { "EAGAIN" } else { name };
    Errno::ALL.into_iter().find(|errno| errno.name() == name)
}
