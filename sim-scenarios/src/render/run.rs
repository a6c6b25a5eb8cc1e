//! A run with the sentences that stand around it: what every exporter is given.

use super::{Names, words};
use sim_core::report::outcome::Reply;
use sim_core::report::trace::{Step, Story};
use sim_core::socket::Call;
use sim_core::tcp::Sock;
use sim_core::wire::{Side, State};
use sim_core::world::{Setup, World};

/// One run, ready to be drawn or written down. Sentences carry no escape sequences.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    /// What stays as it is.
    pub setup: &'a Setup,
    /// What happened.
    pub story: &'a Story,
    /// The answer that is waited for.
    pub reply: Reply,
    /// A heading: who against whom.
    pub title: String,
    /// The scenario in a paragraph.
    pub subject: String,
    /// What became of the answer, in a paragraph.
    pub verdict: String,
    /// How to get the same run again.
    pub again: String,
}

impl Run<'_> {
    /// Whether steps have instants.
    #[must_use]
    pub fn time(&self) -> Time {
        let timed = |step: &Step| step.at.is_some();
        if self.story.steps.iter().any(timed) { Time::Micros } else { Time::Steps }
    }

    /// "21.163 ms" or "step 7".
    #[must_use]
    pub fn when(&self, step: usize) -> String {
        match self.story.steps.get(step).and_then(|step| step.at) {
            Some(at) => format!("{} ms", words::ms(at)),
            None => format!("step {step}"),
        }
    }

    /// "client (linux)".
    #[must_use]
    pub fn end(&self, side: Side) -> String {
        format!("{} ({})", Names::of(side), self.setup.profiles[side.index()].name)
    }
}

/// What the steps of a run are measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// Microseconds of virtual time.
    Micros,
    /// An order without a clock.
    Steps,
}

/// The state of the connection the answer travels on, by side; before there is one, a listener's;
/// `None` without any socket. Where TIME-WAIT has left the descriptor behind, it is TIME-WAIT.
#[must_use]
pub fn state(world: &World, side: Side, reply: Reply) -> Option<State> {
    let table = &world.hosts[side.index()].table;
    let ours = || table.iter().filter(|sock| sock.conn == reply.conn).map(Sock::state);
    let lives = ours().find(|state| *state != State::Closed);
    lives.or_else(|| ours().next()).or_else(|| table.first().map(Sock::state))
}

/// The states of a side over a story, one a step. A connection that is gone is CLOSED.
#[must_use]
pub fn states(story: &Story, side: Side, reply: Reply) -> Vec<Option<State>> {
    let mut was_there = false;
    let mut states = Vec::with_capacity(story.steps.len());
    for step in &story.steps {
        let table = &step.after.hosts[side.index()].table;
        let is_there = table.iter().any(|sock| sock.conn == reply.conn);
        was_there |= is_there;
        states.push(match (is_there, was_there) {
            (false, true) => Some(State::Closed),
            (true | false, _) => state(&step.after, side, reply),
        });
    }
    states
}

/// A call's name alone: `read`, `write`, `close`.
#[must_use]
pub fn verb(call: Call) -> String {
    let text = words::call(call);
    text.split('(').next().unwrap_or_default().to_owned()
}
