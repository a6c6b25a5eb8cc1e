//! What an application is told when a call fails.

/// What an application is told. Model output, never a Rust error.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "the names are POSIX's")]
pub enum Errno {
    Again,
    AddressInUse,
    AlreadyConnecting,
    BadFile,
    BrokenPipe,
    ConnectionAborted,
    ConnectionRefused,
    ConnectionReset,
    InProgress,
    InvalidArgument,
    IsConnected,
    NotConnected,
    NotSupported,
    TimedOut,
}

impl Errno {
    /// All, in the order of their names here.
    pub const ALL: [Errno; 14] = [
        Errno::Again,
        Errno::AddressInUse,
        Errno::AlreadyConnecting,
        Errno::BadFile,
        Errno::BrokenPipe,
        Errno::ConnectionAborted,
        Errno::ConnectionRefused,
        Errno::ConnectionReset,
        Errno::InProgress,
        Errno::InvalidArgument,
        Errno::IsConnected,
        Errno::NotConnected,
        Errno::NotSupported,
        Errno::TimedOut,
    ];

    /// As the C headers write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Errno::Again => "EAGAIN",
            Errno::AddressInUse => "EADDRINUSE",
            Errno::AlreadyConnecting => "EALREADY",
            Errno::BadFile => "EBADF",
            Errno::BrokenPipe => "EPIPE",
            Errno::ConnectionAborted => "ECONNABORTED",
            Errno::ConnectionRefused => "ECONNREFUSED",
            Errno::ConnectionReset => "ECONNRESET",
            Errno::InProgress => "EINPROGRESS",
            Errno::InvalidArgument => "EINVAL",
            Errno::IsConnected => "EISCONN",
            Errno::NotConnected => "ENOTCONN",
            Errno::NotSupported => "EOPNOTSUPP",
            Errno::TimedOut => "ETIMEDOUT",
        }
    }
}
