//! RFC 9293 3.10.7.1: no connection.

use super::super::Gone;
use super::super::cx::{Cx, NoteSink, Whose};
use super::super::output;
use super::super::rule::Rule;
use super::super::tuning::Switchable;
use crate::answer::Halt;
use crate::wire::Segment;

pub(crate) static REPLY: Rule = Rule::new(
    "closed.reply",
    "9293 3.10.7.1",
    "a segment for no connection is answered with a RST that its sender will accept",
);
pub(crate) static SILENT: Rule =
    Rule::new("closed.silent", "9293 3.10.7.1", "a RST for no connection is dropped");

pub(super) fn arrive<S: NoteSink>(cx: &mut Cx<'_, S>, segment: &Segment) -> Result<(), Halt> {
    if segment.flags.rst() || cx.tuning.controls.silent_closed == Switchable::On {
        cx.apply(&SILENT);
        return Ok(());
    }
    cx.apply(&REPLY);
    cx.gone(segment.conn, Whose::Theirs, segment.text, Gone::DeadSocket);
    output::reset_reply(cx, segment)
}
