//! Servers, about their clients.

use super::super::{Topic, tale};
use super::message;

pub(super) static ALL: &[Topic] = &[message(
    (
        "client prematurely closed connection",
        &["client prematurely closed connection", "client closed connection while"],
    ),
    "nginx's logs, as information (status 499 where no answer had been sent)",
    "The client closed before it had its answer.",
    &tale::CLIENT_LEFT,
)];
