//! What a host's application calls and is told, and what its stack does, as short texts at their
//! instants. Calls that repeat within a few pixels share a text.

use super::place::{LINE, column};
use super::scale::{Scale, Tenths};
use super::sides::{Band, bands};
use crate::render::run::{Run, verb};
use crate::render::step::{lane_name, newly_gone};
use crate::render::words;
use sim_core::report::trace::Step;
use sim_core::script::{LaneEvent, LaneId};
use sim_core::socket::{Call, Return};
use sim_core::tcp::{Errno, Note, Timer};
use sim_core::wire::Side;
use sim_core::world::{Action, Event, World};

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// A call and what it returned.
    Call,
    /// An error, or bytes that are gone.
    Bad,
    /// A timer, a state.
    Kernel,
}

impl Tone {
    /// Its class in the style sheet.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Tone::Call => "call",
            Tone::Bad => "bad",
            Tone::Kernel => "kernel",
        }
    }
}

/// A text with its instant.
#[derive(Clone, Debug)]
pub(super) struct Saying {
    /// Where its instant is.
    pub y: Tenths,
    /// How it is set.
    pub tone: Tone,
    /// Which thread it belongs to.
    pub lane: Option<LaneId>,
    /// What it says.
    pub lines: Vec<String>,
    /// Where the text has its middle.
    pub middle: Tenths,
}

/// A call that moves bytes, and that may repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moved {
    lane: LaneId,
    call: Call,
    bytes: u64,
    times: u64,
}

/// A saying in the making.
struct Draft {
    y: Tenths,
    last_y: Tenths,
    tone: Tone,
    lane: Option<LaneId>,
    text: String,
    moved: Option<Moved>,
}

impl Draft {
    const fn plain(y: Tenths, tone: Tone, lane: Option<LaneId>, text: String) -> Draft {
        Draft { y, last_y: y, tone, lane, text, moved: None }
    }
}

/// How far apart calls are that share a text.
const NEAR: Tenths = 140;

/// Everything a side says, each text in its place in the column.
pub(super) fn sayings(
    run: &Run<'_>,
    side: Side,
    (at, scale): (&[u64], &Scale),
    columns: usize,
    top: Tenths,
) -> Vec<Saying> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut before: Option<&World> = None;
    // States too short for their names.
    let short: Vec<Band> = bands(run, side, at, scale);
    let mut short = short.into_iter().filter(|band| !band.has_room()).peekable();
    for (n, (step, at)) in run.story.steps.iter().zip(at).enumerate() {
        let folded = scale.routine((*at, *at)).is_some();
        let y = scale.y(*at);
        let mut says = Vec::new();
        timers(step, side, y, &mut says);
        for event in &step.events {
            of_event(run, side, event, y, &mut says);
        }
        if let Some(band) = short.next_if(|band| band.step == n) {
            let text = format!("[{}]", band.state.name());
            says.push(Draft::plain(y, Tone::Kernel, None, text));
        }
        if let (Some(before), true) = (before, touches(step, side)) {
            says.extend(
                newly_gone(before, &step.after, run.reply)
                    .into_iter()
                    .map(|text| Draft::plain(y, Tone::Bad, None, text)),
            );
        }
        before = Some(&step.after);
        if !folded {
            says.into_iter().for_each(|draft| add(&mut drafts, draft));
        }
    }
    placed(run, side, drafts, columns, top)
}

fn placed(
    run: &Run<'_>,
    side: Side,
    drafts: Vec<Draft>,
    columns: usize,
    top: Tenths,
) -> Vec<Saying> {
    let mut sayings: Vec<Saying> = drafts
        .into_iter()
        .map(|draft| {
            let text = match draft.moved {
                Some(Moved { lane, call, bytes, times }) if times > 1 => format!(
                    "{}{} \u{d7}{times} = {}",
                    lane_name(run.setup.script(side), lane.0 as usize),
                    verb(call),
                    words::count(bytes, "byte")
                ),
                Some(_) | None => draft.text,
            };
            let lines: Vec<String> =
                words::wrap(&text, columns, "  ").lines().map(str::to_owned).collect();
            Saying { y: draft.y, tone: draft.tone, lane: draft.lane, lines, middle: draft.y }
        })
        .collect();
    let height = |saying: &Saying| LINE * Tenths::try_from(saying.lines.len()).unwrap_or(1);
    let wishes: Vec<(Tenths, Tenths)> =
        sayings.iter().map(|saying| (saying.y, height(saying))).collect();
    for (saying, middle) in sayings.iter_mut().zip(column(&wishes, top)) {
        saying.middle = middle;
    }
    sayings
}

/// Adds a text, or lets the last one say it too.
fn add(drafts: &mut Vec<Draft>, draft: Draft) {
    let same = |old: &Draft| match (&old.moved, &draft.moved) {
        (Some(a), Some(b)) => {
            a.lane == b.lane
                && std::mem::discriminant(&a.call) == std::mem::discriminant(&b.call)
                && draft.y - old.last_y <= NEAR
        }
        (None, None) => old.text == draft.text && draft.y - old.last_y <= NEAR,
        (Some(_), None) | (None, Some(_)) => false,
    };
    // Threads take turns: the text that goes on may be the last but one.
    let near = drafts.iter_mut().rev().take(4).find(|old| same(old));
    match near {
        Some(old) => {
            old.last_y = draft.y;
            if let (Some(old), Some(new)) = (&mut old.moved, draft.moved) {
                old.bytes += new.bytes;
                old.times += new.times;
            }
        }
        None => drafts.push(draft),
    }
}

fn timers(step: &Step, side: Side, y: Tenths, says: &mut Vec<Draft>) {
    match step.action {
        // Routine: its ACK is drawn.
        Some(Action::Fire(_, _, Timer::DelayedAck | Timer::Challenge)) => {}
        Some(Action::Fire(by, _, timer)) if by == side => {
            let text = format!("{} timer fires", timer.words());
            says.push(Draft::plain(y, Tone::Kernel, None, text));
        }
        Some(Action::Wake(by, lane, timer)) if by == side => {
            let text = words::lane_timer(timer).to_owned();
            says.push(Draft::plain(y, Tone::Call, Some(lane), text));
        }
        Some(
            Action::Fire(..)
            | Action::Wake(..)
            | Action::Turn(..)
            | Action::Deliver(..)
            | Action::Lose(..)
            | Action::Repeat(..)
            | Action::Call(..)
            | Action::Inject(..),
        )
        | None => {}
    }
}

/// Whether bytes of the answer may have gone at this side in this step.
fn touches(step: &Step, side: Side) -> bool {
    let lost = step.events.iter().any(|event| match event {
        Event::Kernel(_, Note::Gone { .. }) | Event::Lost(..) => true,
        Event::Kernel(..) | Event::Arrived(..) | Event::Lane(..) | Event::Puppet(..) => false,
    });
    lost && crate::render::step::actor(step) == Some(side)
}

fn of_event(run: &Run<'_>, side: Side, event: &Event, y: Tenths, says: &mut Vec<Draft>) {
    match *event {
        Event::Lane(by, LaneEvent::Returned(lane, call, returned)) if by == side => {
            let who = lane_name(run.setup.script(side), lane.0 as usize);
            // The call that was made a moment ago has returned already.
            says.retain(|said| said.lane != Some(lane) || said.text != waits(&who, call));
            says.push(returned_text(y, (lane, &who), call, returned));
        }
        Event::Lane(by, LaneEvent::Called(lane, call)) if by == side => {
            let who = lane_name(run.setup.script(side), lane.0 as usize);
            says.push(Draft::plain(y, Tone::Call, Some(lane), waits(&who, call)));
        }
        Event::Puppet(by, call, returned) if by == side => {
            let text = format!("{} = {}", words::call(call), words::returned(returned));
            says.push(Draft::plain(y, Tone::Call, None, text));
        }
        Event::Kernel(by, Note::Failed(_, errno)) if by == side => {
            let text = format!("error pending: {}", errno.name());
            says.push(Draft::plain(y, Tone::Bad, None, text));
        }
        Event::Lane(..)
        | Event::Puppet(..)
        | Event::Kernel(..)
        | Event::Arrived(..)
        | Event::Lost(..) => {}
    }
}

fn waits(who: &str, call: Call) -> String {
    format!("{who}{} waits", words::call(call))
}

fn returned_text(y: Tenths, (lane, who): (LaneId, &str), call: Call, returned: Return) -> Draft {
    let name = words::call(call);
    let (tone, text, bytes) = match returned {
        Return::Count(n) => (Tone::Call, format!("{who}{name} = {n}"), Some(n)),
        Return::Error(Errno::Again) => (Tone::Call, format!("{who}{name}: nothing yet"), None),
        Return::Error(errno) => (Tone::Bad, format!("{who}{name} = {}", errno.name()), None),
        Return::Pending(Some(errno)) => {
            (Tone::Bad, format!("{who}{name} = {}", errno.name()), None)
        }
        Return::Done
        | Return::Eof
        | Return::Pending(None)
        | Return::Ready(_)
        | Return::Would(_) => {
            (Tone::Call, format!("{who}{name} = {}", words::returned(returned)), None)
        }
    };
    let moved = bytes.map(|n| Moved { lane, call, bytes: u64::from(n), times: 1 });
    Draft { y, last_y: y, tone, lane: Some(lane), text, moved }
}
