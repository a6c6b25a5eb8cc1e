//! The cause chain: from the bytes that nobody read to the rule, its citation, the answer with its
//! source, and the call or segment that set it off.
//!
//! The chain is read backwards. Bytes are gone in some step; that step was a call, or the arrival
//! of a segment; a segment was sent in an earlier step, a call failed because an error had become
//! pending in an earlier step; and so on, until a step that only an application is responsible for.

use super::outcome::{Reply, cause};
use super::trace::{Step, Story};
use crate::answer::{Basis, Question};
use crate::script::LaneEvent;
use crate::socket::{Call, Return};
use crate::tcp::{Gone, Note, Rule, Whose};
use crate::wire::{ConnId, Segment, Side, Span};
use crate::world::ledger::ledger;
use crate::world::{Action, Event};

/// A chain of causes, the effect first.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// Its links; each is the reason for the one before.
    pub links: Vec<Link>,
}

/// One step of a story as a cause.
#[derive(Clone, Debug)]
pub struct Link {
    /// Place in the story.
    pub step: usize,
    /// At which side.
    pub side: Side,
    /// What set it off.
    pub by: Trigger,
    /// What it did that matters here.
    pub effect: Effect,
    /// The rules that decided in this step.
    pub rules: Vec<&'static Rule>,
    /// What they asked the profile, and what the answer rests on.
    pub answers: Vec<(Question, Basis)>,
}

/// What set a step off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A call of the application.
    Call(Call),
    /// A segment that arrived.
    Segment(Segment),
    /// A timer.
    Timer,
    /// The link.
    Loss,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Bytes of the reply were gone.
    Gone(Span, Gone),
    /// The application stopped reading, with this much of the reply readable or on its way.
    Stopped(u32),
    /// The application that answers was done with the connection, or waits, with this much of the
    /// reply not written.
    Unwritten(u32),
    /// A segment was sent.
    Sent(Segment),
    /// A call failed.
    Failed(Call, crate::tcp::Errno),
    /// The application closed the connection.
    Closed,
    /// A reader was told that the stream had ended.
    Eof,
}

/// Why the rest of a reply was not read. Empty where all of it was.
#[must_use]
pub fn explain(story: &Story, reply: Reply) -> Chain {
    let mut chain = Chain::default();
    let Some((at, effect)) = first_loss(story, reply) else { return chain };
    let reader = reply.from.peer();
    push(&mut chain, story, at, effect);
    match effect {
        Effect::Gone(_, Gone::ApplicationStopped) | Effect::Stopped(_) => {
            if let Some((failed, call, errno)) = last_failure(story, at, reader) {
                push(&mut chain, story, failed, Effect::Failed(call, errno));
                if let Some(pending) = became_pending(story, failed, reader) {
                    follow(&mut chain, story, pending, Effect::Failed(call, errno));
                }
            }
        }
        // Its last call that failed is why it wrote no more; without one it has chosen to.
        Effect::Unwritten(_) => {
            if let Some((failed, call, errno)) = last_failure(story, at, reply.from) {
                push(&mut chain, story, failed, Effect::Failed(call, errno));
                if let Some(pending) = became_pending(story, failed, reply.from) {
                    follow(&mut chain, story, pending, Effect::Failed(call, errno));
                }
            }
        }
        Effect::Gone(..) | Effect::Sent(_) | Effect::Failed(..) | Effect::Closed | Effect::Eof => {
            follow_trigger(&mut chain, story, at)
        }
    }
    chain
}

/// The step in which most of what is missing went away.
fn first_loss(story: &Story, reply: Reply) -> Option<(usize, Effect)> {
    let reader = reply.from.peer();
    let last = story.steps.last()?;
    let read = last.after.hosts[reader.index()].app.account(reply.conn).read;
    if read >= reply.bytes {
        return None;
    }
    let ledger = ledger(&last.after, reply.from, reply.conn);
    if cause(&ledger, reply.bytes) == Some(Gone::NeverWritten) {
        let closed = |step: &Step| step.events.iter().any(|event| is_close(event, reply.from));
        // Whoever is done closes; whoever waits has not.
        let at = story.steps.iter().rposition(closed).unwrap_or(story.steps.len() - 1);
        return Some((at, Effect::Unwritten(reply.bytes.saturating_sub(ledger.written))));
    }
    // The newest reason is the one that counts: bytes that a closer threw away may still have been
    // on their way, and were gone for another reason later.
    let still = |span: Span, why: Gone| {
        last.after.links[reply.from.index()].gone.iter().any(|lost| {
            lost.conn == reply.conn && lost.why == why && !lost.span.meet(span).is_empty()
        })
    };
    let mut best: Option<(usize, Effect, u32)> = None;
    for (at, step) in story.steps.iter().enumerate() {
        for event in &step.events {
            let Some((span, why)) = loss_of(event, reply) else { continue };
            let missing = span.meet(Span::new(read, reply.bytes));
            if missing.is_empty() || !still(missing, why) {
                continue;
            }
            if best.is_none_or(|(_, _, most)| missing.len() > most) {
                best = Some((at, Effect::Gone(missing, why), missing.len()));
            }
        }
    }
    if let Some((at, effect, _)) = best {
        return Some((at, effect));
    }
    let closed = |step: &Step| step.events.iter().any(|event| is_close(event, reader));
    let at = story.steps.iter().rposition(closed)?;
    Some((at, Effect::Stopped(reply.bytes - read)))
}

fn loss_of(event: &Event, reply: Reply) -> Option<(Span, Gone)> {
    match *event {
        Event::Kernel(side, Note::Gone { conn, whose, span, why }) if conn == reply.conn => {
            let ours = (side == reply.from) == (whose == Whose::Ours);
            ours.then_some((span, why))
        }
        Event::Lost(side, segment) if side != reply.from && segment.conn == reply.conn => {
            Some((segment.text, Gone::LostOnLink))
        }
        Event::Kernel(..)
        | Event::Lost(..)
        | Event::Arrived(..)
        | Event::Lane(..)
        | Event::Puppet(..) => None,
    }
}

fn is_close(event: &Event, side: Side) -> bool {
    match event {
        Event::Lane(by, LaneEvent::Called(_, Call::Close(_) | Call::TryClose(_) | Call::Exit)) => {
            *by == side
        }
        Event::Puppet(by, Call::Close(_) | Call::TryClose(_) | Call::Exit, _) => *by == side,
        Event::Lane(..)
        | Event::Puppet(..)
        | Event::Arrived(..)
        | Event::Lost(..)
        | Event::Kernel(..) => false,
    }
}

/// The last call of a side that failed before a step.
fn last_failure(
    story: &Story,
    before: usize,
    side: Side,
) -> Option<(usize, Call, crate::tcp::Errno)> {
    (0..=before).rev().find_map(|at| {
        story.steps[at].events.iter().find_map(|event| match *event {
            Event::Lane(by, LaneEvent::Returned(_, call, Return::Error(errno)))
            | Event::Puppet(by, call, Return::Error(errno))
                if by == side
                    && errno != crate::tcp::Errno::Again
                    && errno != crate::tcp::Errno::InProgress =>
            {
                Some((at, call, errno))
            }
            Event::Lane(..)
            | Event::Puppet(..)
            | Event::Arrived(..)
            | Event::Lost(..)
            | Event::Kernel(..) => None,
        })
    })
}

/// The step in which a side's connection ended or an error became pending.
fn became_pending(story: &Story, before: usize, side: Side) -> Option<usize> {
    (0..before).rev().find(|at| {
        story.steps[*at]
            .events
            .iter()
            .any(|event| matches!(event, Event::Kernel(by, Note::Failed(..)) if *by == side))
    })
}

/// The step, and what it was set off by.
fn follow(chain: &mut Chain, story: &Story, at: usize, effect: Effect) {
    push(chain, story, at, effect);
    follow_trigger(chain, story, at);
}

/// Goes from a step to the one that sent the segment that set it off.
fn follow_trigger(chain: &mut Chain, story: &Story, at: usize) {
    if chain.links.len() > 12 {
        return;
    }
    let step = &story.steps[at];
    let Some((side, segment)) = arrived(step) else { return };
    let sender = side.peer();
    let sent = |step: &Step| {
        step.events.iter().any(|event| {
            matches!(event, Event::Kernel(by, Note::Sent(s)) if *by == sender && *s == segment)
        })
    };
    let Some(origin) = story.steps[..at].iter().rposition(sent) else { return };
    push(chain, story, origin, Effect::Sent(segment));
    if segment.flags.rst() && arrived(&story.steps[origin]).is_some() {
        // Somebody's segment met a connection that was closed: who closed it?
        let closed = |step: &Step| step.events.iter().any(|event| is_close(event, sender));
        if let Some(close) = story.steps[..origin].iter().rposition(closed) {
            push(chain, story, close, Effect::Closed);
        }
    }
}

fn arrived(step: &Step) -> Option<(Side, Segment)> {
    step.events.iter().find_map(|event| match *event {
        Event::Arrived(side, segment) => Some((side, segment)),
        Event::Lost(..) | Event::Lane(..) | Event::Puppet(..) | Event::Kernel(..) => None,
    })
}

fn push(chain: &mut Chain, story: &Story, at: usize, effect: Effect) {
    if chain.links.iter().any(|link| link.step == at) {
        return;
    }
    let step = &story.steps[at];
    let Some((side, by)) = trigger(step) else { return };
    let mut rules = Vec::new();
    let mut answers = Vec::new();
    for event in &step.events {
        match *event {
            Event::Kernel(by, Note::Applied(rule)) if by == side && !rules.contains(&rule) => {
                rules.push(rule);
            }
            Event::Kernel(by, Note::Asked(question, basis))
                if by == side && !answers.contains(&(question, basis)) =>
            {
                answers.push((question, basis));
            }
            Event::Kernel(..)
            | Event::Arrived(..)
            | Event::Lost(..)
            | Event::Lane(..)
            | Event::Puppet(..) => {}
        }
    }
    chain.links.push(Link { step: at, side, by, effect, rules, answers });
}

fn trigger(step: &Step) -> Option<(Side, Trigger)> {
    if let Some((side, segment)) = arrived(step) {
        return Some((side, Trigger::Segment(segment)));
    }
    match step.action? {
        Action::Turn(side, _) | Action::Call(side, _) => {
            let call = step.events.iter().find_map(|event| match *event {
                Event::Lane(_, LaneEvent::Called(_, call) | LaneEvent::Returned(_, call, _))
                | Event::Puppet(_, call, _) => Some(call),
                Event::Lane(..) | Event::Arrived(..) | Event::Lost(..) | Event::Kernel(..) => None,
            })?;
            Some((side, Trigger::Call(call)))
        }
        Action::Fire(side, _, _) | Action::Wake(side, _, _) => Some((side, Trigger::Timer)),
        Action::Lose(side, _) => Some((side, Trigger::Loss)),
        Action::Deliver(..) | Action::Repeat(..) | Action::Inject(..) => None,
    }
}

/// The connection a chain is about, for renderers.
#[must_use]
pub const fn subject(reply: Reply) -> (Side, ConnId) {
    (reply.from, reply.conn)
}
