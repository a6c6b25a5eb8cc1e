//! A run as a table: one row an event (RFC 4180, with a header; lines end in CR LF).

use super::run::Run;
use super::step::{actor, lane_name, newly_gone};
use super::{Names, words};
use sim_core::report::trace::Step;
use sim_core::script::LaneEvent;
use sim_core::tcp::Note;
use sim_core::wire::{Segment, Side};
use sim_core::world::{Action, Event, World};

const HEADER: [&str; 13] = [
    "time_us",
    "step",
    "side",
    "kind",
    "thread",
    "what",
    "result",
    "flags",
    "seq",
    "ack",
    "first_byte",
    "last_byte",
    "window",
];

/// The table. Fields that do not apply are empty; `time_us` is empty in a run without a clock.
///
/// Kinds: `call`, `return`, `sent`, `arrived`, `lost` (at the side that waited for it), `state`,
/// `timer` (it fired), `error` (pending from now on), `gone` (bytes of the answer). Bytes are
/// counted from 1; `seq` and `ack` are the numbers on the wire.
#[must_use]
pub fn csv(run: &Run<'_>) -> String {
    let mut text = line(&HEADER.map(str::to_owned));
    let mut before: Option<&World> = None;
    for (n, step) in run.story.steps.iter().enumerate() {
        for row in rows(run, step, before) {
            let time = step.at.map(|at| at.to_string()).unwrap_or_default();
            let Row { side, kind, thread, what, result, segment } = row;
            let [flags, seq, ack, first, last, window] =
                segment.as_ref().map(fields).unwrap_or_default();
            text.push_str(&line(&[
                time,
                n.to_string(),
                Names::of(side).to_owned(),
                kind.to_owned(),
                thread,
                what,
                result,
                flags,
                seq,
                ack,
                first,
                last,
                window,
            ]));
        }
        before = Some(&step.after);
    }
    text
}

/// An event in words.
struct Row {
    side: Side,
    kind: &'static str,
    thread: String,
    what: String,
    result: String,
    segment: Option<Segment>,
}

impl Row {
    const fn new(side: Side, kind: &'static str, what: String) -> Row {
        Row { side, kind, thread: String::new(), what, result: String::new(), segment: None }
    }

    fn wire(side: Side, kind: &'static str, segment: Segment) -> Row {
        Row { segment: Some(segment), ..Row::new(side, kind, words::segment(&segment)) }
    }
}

fn rows(run: &Run<'_>, step: &Step, before: Option<&World>) -> Vec<Row> {
    let mut rows = Vec::new();
    match step.action {
        Some(Action::Fire(side, _, timer)) => {
            rows.push(Row::new(side, "timer", timer.words().to_owned()));
        }
        Some(Action::Wake(side, lane, timer)) => rows.push(Row {
            thread: thread(run, side, lane.0 as usize),
            ..Row::new(side, "timer", words::lane_timer(timer).to_owned())
        }),
        Some(
            Action::Turn(..)
            | Action::Deliver(..)
            | Action::Lose(..)
            | Action::Repeat(..)
            | Action::Call(..)
            | Action::Inject(..),
        )
        | None => {}
    }
    rows.extend(step.events.iter().filter_map(|event| row(run, event)));
    if let (Some(before), Some(side)) = (before, actor(step)) {
        let gone = newly_gone(before, &step.after, run.reply);
        rows.extend(gone.into_iter().map(|text| Row::new(side, "gone", text)));
    }
    rows
}

fn row(run: &Run<'_>, event: &Event) -> Option<Row> {
    Some(match *event {
        Event::Arrived(side, segment) => Row::wire(side, "arrived", segment),
        Event::Lost(side, segment) => Row::wire(side, "lost", segment),
        Event::Kernel(side, note) => match note {
            Note::Sent(segment) => Row::wire(side, "sent", segment),
            Note::Entered(_, state) => Row::new(side, "state", state.name().to_owned()),
            Note::Failed(_, errno) => Row::new(side, "error", errno.name().to_owned()),
            Note::Applied(_)
            | Note::Asked(..)
            | Note::Armed(..)
            | Note::Disarmed(..)
            | Note::Gone { .. } => return None,
        },
        Event::Lane(side, event) => match event {
            LaneEvent::Called(lane, call) => Row {
                thread: thread(run, side, lane.0 as usize),
                ..Row::new(side, "call", words::call(call))
            },
            LaneEvent::Returned(lane, call, returned) => Row {
                thread: thread(run, side, lane.0 as usize),
                result: words::returned(returned),
                ..Row::new(side, "return", words::call(call))
            },
            LaneEvent::Armed(..)
            | LaneEvent::Disarmed(..)
            | LaneEvent::Limited(..)
            | LaneEvent::Ended(_) => return None,
        },
        Event::Puppet(side, call, returned) => {
            Row { result: words::returned(returned), ..Row::new(side, "return", words::call(call)) }
        }
    })
}

fn thread(run: &Run<'_>, side: Side, lane: usize) -> String {
    lane_name(run.setup.script(side), lane).trim_end_matches(": ").to_owned()
}

/// Flags, SEQ, ACK, first byte, last byte, window.
fn fields(segment: &Segment) -> [String; 6] {
    let Segment { conn: _, flags, mss: _, seq, ack, text, wnd } = segment;
    let names =
        [(flags.syn(), "SYN"), (flags.fin(), "FIN"), (flags.rst(), "RST"), (ack.is_some(), "ACK")];
    let set: Vec<&str> = names.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    let (first, last) = match text.is_empty() {
        true => (String::new(), String::new()),
        false => ((text.start + 1).to_string(), text.end.to_string()),
    };
    let ack = ack.map(|ack| ack.raw().to_string()).unwrap_or_default();
    [set.join("+"), seq.raw().to_string(), ack, first, last, wnd.to_string()]
}

/// A record with its line end.
fn line<const N: usize>(fields: &[String; N]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    format!("{}\r\n", fields.join(","))
}

/// Quoted where it must be (RFC 4180 2.6, 2.7).
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        assert_eq!(quoted("plain text"), "plain text");
        assert_eq!(quoted("set SO_LINGER {1, 0}"), "\"set SO_LINGER {1, 0}\"");
        assert_eq!(quoted("a \"b\"\nc"), "\"a \"\"b\"\"\nc\"");
    }
}
