//! Floor 6: two hosts, two links, and the only function that changes them.

mod action;
mod event;
pub mod ledger;
mod link;
mod step;

pub use action::{Action, Actions, enabled};
pub(crate) use action::{deliveries, faults, timers, turns};
pub use event::{Event, Sink};
pub use link::{Budget, Link, LinkRules, Lost};
pub(crate) use step::restart;
pub use step::{Step, apply, start, step};

use crate::profile::Profile;
use crate::script::{App, Script};
use crate::tcp::arrive::Table;
use crate::tcp::tuning::Tuning;
use crate::wire::{Law, Micros, Seq, Side};

/// Everything that can change. No clock, no history: equal worlds have equal futures.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// By side.
    pub hosts: [Host; 2],
    /// What is on its way, by the side that sent it.
    pub links: [Link; 2],
}

/// A host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Host {
    /// Its sockets.
    pub table: Table,
    /// Its application.
    pub app: App,
}

/// Everything that stays as it is during a run.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What sits at each end.
    pub ends: [End; 2],
    /// Each stack's behaviour.
    pub profiles: [&'static Profile; 2],
    /// Each stack's numbers.
    pub tuning: [Tuning; 2],
    /// The path.
    pub path: Path,
    /// What each link may do to segments, by the side that sends.
    pub links: [LinkRules; 2],
    /// Initial sequence numbers.
    pub iss: [Seq; 2],
    /// How much of the scripts has happened when the run begins.
    pub start: Start,
    /// The most segments in flight on a link.
    pub in_flight: usize,
    /// Added to the worst case that timers race with: where a setup stands for a larger one, what
    /// it takes longer (microseconds).
    pub slack: Micros,
}

/// What sits at an end of the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// A stack with an application.
    Script(Script),
    /// A stack whose calls come from outside.
    Calls,
    /// No stack: segments come from outside, and what is sent there is only seen.
    Wire,
}

impl End {
    /// The application, where there is one.
    #[must_use]
    pub const fn script(&self) -> Option<&Script> {
        match self {
            End::Script(script) => Some(script),
            End::Calls | End::Wire => None,
        }
    }
}

/// How much of the scripts has happened when a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Start {
    /// Nothing: a client may connect before anybody listens.
    Fresh,
    /// Every lane that begins with listen() has made that call.
    Listening,
}

/// How long segments take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Path {
    /// One draw of the round trip a run, half of it each way.
    RoundTrip(Law),
    /// One draw each a run: from A to B, from B to A.
    OneWay(Law, Law),
}

impl Path {
    /// The longest round trip.
    #[must_use]
    pub const fn longest(self) -> Micros {
        match self {
            Path::RoundTrip(law) => law.longest(),
            Path::OneWay(there, back) => there.longest() + back.longest(),
        }
    }
}

impl Setup {
    /// A setup on these profiles, numbered as they are.
    ///
    /// # Errors
    /// A number that a profile does not give.
    pub fn new(
        ends: [End; 2],
        profiles: [&'static Profile; 2],
        path: Path,
    ) -> Result<Setup, crate::answer::Halt> {
        let [a, b] = profiles;
        Ok(Setup {
            ends,
            profiles,
            tuning: [a.tuning.resolve()?, b.tuning.resolve()?],
            path,
            links: [LinkRules::default(); 2],
            iss: [Seq::new(0); 2],
            start: Start::Listening,
            in_flight: 65_536,
            slack: 0,
        })
    }

    /// The same, seen from the other side.
    #[must_use]
    pub fn swapped(&self) -> Setup {
        let mut other = self.clone();
        other.ends.swap(0, 1);
        other.profiles.swap(0, 1);
        other.tuning.swap(0, 1);
        other.links.swap(0, 1);
        other.iss.swap(0, 1);
        if let Path::OneWay(there, back) = self.path {
            other.path = Path::OneWay(back, there);
        }
        other
    }

    /// The application at an end.
    #[must_use]
    pub fn script(&self, side: Side) -> Option<&Script> {
        self.ends[side.index()].script()
    }

    /// What each stack's answers rest on that nobody has read or measured.
    #[must_use]
    pub fn assumed(&self) -> Vec<(&'static str, String)> {
        let mut list: Vec<(&'static str, String)> = Vec::new();
        for profile in self.profiles {
            for (question, _, basis) in profile.answers() {
                if let crate::answer::Basis::Assumed(why) = basis {
                    list.push((profile.name, format!("{question}: {why}")));
                }
            }
        }
        list.sort();
        list.dedup();
        list
    }
}
