//! A case: everything that can be chosen about a scenario, as data. A command line, a file, a token
//! and the catalogue all make one; [`Case::scenario`] makes of it what the model runs.

mod change;
mod numbers;
mod reduce;

pub use change::{Change, Key, usual_write};
pub use numbers::{Acks, Numbers, Overflow, Switch};
pub use reduce::{Scale, Size};

use crate::claim::Claim;
use crate::client::ID;
use crate::near;
use crate::preset::{Actor, Flaw, Job, OWN, Preset, Role, Unfit};
use crate::{client, server};
use sim_core::answer::Halt;
use sim_core::pace;
use sim_core::profile::Profile;
use sim_core::report::outcome::Reply;
use sim_core::wire::Side;
use sim_core::world::{Budget, End, LinkRules, Path, Setup, Start};
use std::sync::Arc;

/// Where a case comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// It is a story of this program, and its name is enough to have it again.
    Catalogue,
    /// Somebody's file: to have it again, the file has to be there.
    File,
}

/// Everything that can be chosen about a scenario.
#[derive(Clone, Debug)]
pub struct Case {
    /// The story's name, as on the command line.
    pub story: String,
    /// Where it comes from.
    pub shelf: Shelf,
    /// The story in a sentence.
    pub about: String,
    /// What people should know about it, as long as it takes.
    pub tells: String,
    /// What both applications have to do, at full size.
    pub job: Job,
    /// At which size the scenario is made.
    pub size: Size,
    /// How the server closes.
    pub server: Actor,
    /// What the client does.
    pub client: Actor,
    /// The client's stack, the server's stack.
    pub stacks: [&'static Profile; 2],
    /// How long segments take.
    pub path: Path,
    /// What each link may do to segments: from the client, from the server.
    pub links: [LinkRules; 2],
    /// What every socket's send buffer and receive buffer hold (bytes of payload), where it is not
    /// what its stack says.
    pub buffers: [Option<u32>; 2],
    /// What both links may do instead, where somebody has said so.
    pub faults: Option<Budget>,
    /// Numbers of the client's stack and the server's that differ from their own.
    pub numbers: [Numbers; 2],
    /// How much of the applications has happened when a run begins.
    pub start: Start,
    /// What is claimed about it.
    pub claims: Vec<Claim>,
    /// What was changed of the story, as it was written.
    pub changes: Vec<Change>,
}

/// A scenario as the model runs it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// As on the command line.
    pub name: String,
    /// In a sentence.
    pub about: String,
    /// Everything that stays as it is during a run.
    pub setup: Setup,
    /// The answer that is waited for.
    pub reply: Reply,
    /// What both applications have to do, at this size.
    pub job: Job,
}

/// Why a case is no scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// A number that a profile does not give.
    #[error(transparent)]
    Halted(#[from] Halt),
    /// A step that does not fit.
    #[error("{0}: {1}")]
    Flawed(String, Flaw),
}

impl Case {
    /// The scenario of this case, at its size.
    ///
    /// # Errors
    /// A number that a profile does not give; a step that does not fit.
    pub fn scenario(&self) -> Result<Scenario, Impossible> {
        let full = self.setup(&Scale::full(self))?;
        let (setup, job) = match self.size {
            Size::Full => (full, self.job),
            Size::Small | Size::Medium => {
                let scale = Scale::reduced(self, &full);
                let mut small = self.setup(&scale)?;
                scale.tune(&mut small);
                // Timers race with what the whole case takes, not with its few segments.
                let missing = Scale::longest(self, &full).saturating_sub(pace::worst_case(&small));
                small.slack = missing;
                (small, scale.job)
            }
        };
        Ok(Scenario {
            name: self.story.clone(),
            about: self.about.clone(),
            reply: Reply { from: Side::B, conn: ID, bytes: job.reply },
            setup,
            job,
        })
    }

    /// The same at another size.
    #[must_use]
    pub fn at(&self, size: Size) -> Case {
        Case { size, ..self.clone() }
    }

    /// The application at an end.
    #[must_use]
    pub const fn actor(&self, role: Role) -> &Actor {
        match role {
            Role::Server => &self.server,
            Role::Client => &self.client,
        }
    }

    fn setup(&self, scale: &Scale) -> Result<Setup, Impossible> {
        let script = |actor: &Actor| {
            let flawed = |flaw| Impossible::Flawed(actor.preset.name.clone(), flaw);
            actor.script(scale).map(End::Script).map_err(flawed)
        };
        let ends = [script(&self.client)?, script(&self.server)?];
        let mut setup = Setup::new(ends, self.stacks, self.path)?;
        setup.links = self.links;
        setup.start = self.start;
        for (link, budget) in setup.links.iter_mut().zip(self.budgets()) {
            link.budget = budget;
        }
        let [send, receive] = self.buffers;
        for (tuning, numbers) in setup.tuning.iter_mut().zip(&self.numbers) {
            numbers.apply(tuning);
            tuning.snd_buf = send.unwrap_or(tuning.snd_buf);
            if let Some(bytes) = receive {
                (tuning.rcv_buf, tuning.syn_wnd) = (bytes, tuning.syn_wnd.min(bytes));
            }
        }
        Ok(setup)
    }

    /// What each link may do: from the client, from the server.
    #[must_use]
    pub fn budgets(&self) -> [Budget; 2] {
        self.links.map(|link| self.faults.unwrap_or(link.budget))
    }

    /// The strategy with this text; [`OWN`] is the case's own.
    ///
    /// # Errors
    /// Why it is none, and what there is.
    pub fn server_named(&self, text: &str) -> Result<Actor, String> {
        named(text, ("strategy", &self.server), server::named, &server::all())
    }

    /// The policy with this text; [`OWN`] is the case's own.
    ///
    /// # Errors
    /// Why it is none, and what there is.
    pub fn client_named(&self, text: &str) -> Result<Actor, String> {
        named(text, ("policy", &self.client), client::named, &client::all())
    }
}

fn named(
    text: &str,
    (what, here): (&str, &Actor),
    shelf: fn(&str) -> Option<Arc<Preset>>,
    all: &[Arc<Preset>],
) -> Result<Actor, String> {
    let own = (here.preset.name == OWN).then(|| Arc::clone(&here.preset));
    let find = |name: &str| own.clone().filter(|_| name == OWN).or_else(|| shelf(name));
    Actor::parse(text, find).map_err(|unfit| match unfit {
        Unfit::Name(name) => {
            let names: Vec<&str> = all.iter().map(|preset| preset.name.as_str()).collect();
            format!("there is no {what} {name:?}; {}", near::advice(&name, &names))
        }
        unfit @ (Unfit::Knob(..) | Unfit::Value(..) | Unfit::Twice(_) | Unfit::Empty(..)) => {
            unfit.to_string()
        }
    })
}
