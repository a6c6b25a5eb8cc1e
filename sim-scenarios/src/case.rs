//! A case: everything that can be chosen about a scenario, as data. A command line, a file, a token
//! and the catalogue all make one; [`Case::scenario`] makes of it what the model runs.

mod change;
mod reduce;

pub use change::{Change, Key};
pub use reduce::{Scale, Size};

use crate::client::ID;
use crate::preset::{Actor, Flaw, Job, Role};
use sim_core::answer::Halt;
use sim_core::pace;
use sim_core::profile::Profile;
use sim_core::report::outcome::Reply;
use sim_core::wire::Side;
use sim_core::world::{End, LinkRules, Path, Setup};

/// Everything that can be chosen about a scenario.
#[derive(Clone, Debug)]
pub struct Case {
    /// The story's name, as on the command line.
    pub story: String,
    /// The story in a sentence.
    pub about: String,
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
        let [send, receive] = self.buffers;
        for tuning in &mut setup.tuning {
            tuning.snd_buf = send.unwrap_or(tuning.snd_buf);
            if let Some(bytes) = receive {
                (tuning.rcv_buf, tuning.syn_wnd) = (bytes, tuning.syn_wnd.min(bytes));
            }
        }
        Ok(setup)
    }
}
