//! The shortest way in: one server, one client, two stacks, and the question who loses the reply.

use crate::case::Impossible;
use crate::catalogue::{Scenario, Size, Variant, over_limit};
use crate::preset::Preset;
use crate::{client, server};
use sim_core::drive::explore::{Limits, Pulse};
use sim_core::drive::run::HORIZON;
use sim_core::pace::PaceName;
use sim_core::profile::{LINUX, Profile};
use sim_core::report::census::{Census, census};
use sim_core::report::odds::{Tally, odds};
use std::sync::Arc;

/// The founding case with everything that can be chosen about it.
#[derive(Clone, Debug)]
pub struct Race {
    strategy: Arc<Preset>,
    policy: Arc<Preset>,
    variant: Variant,
    stacks: [&'static Profile; 2],
}

/// A name that nothing has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {kind} called {name:?}; there are: {}", allowed.join(", "))]
pub struct UnknownName {
    /// Of what kind it should have been.
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// The names there are.
    pub allowed: Vec<String>,
}

impl Race {
    /// A server over its connection limit answers 503 (512 bytes) without having read the request
    /// (16 KiB), and closes; Linux to Linux. To begin with the server is `close`, the client
    /// `write-all/abort`.
    #[must_use]
    pub fn founding() -> Race {
        Race {
            strategy: Arc::clone(&server::generic()[0]),
            policy: Arc::clone(&client::generic()[0]),
            variant: Variant::Upload,
            stacks: [&LINUX, &LINUX],
        }
    }

    /// With this closing strategy.
    ///
    /// # Errors
    /// Where there is no strategy of this name.
    pub fn server(mut self, name: &str) -> Result<Race, UnknownName> {
        let allowed = server::all().iter().map(|preset| preset.name.clone()).collect();
        let unknown = || UnknownName { kind: "server strategy", name: name.to_owned(), allowed };
        self.strategy = server::named(name).ok_or_else(unknown)?;
        Ok(self)
    }

    /// With this client policy.
    ///
    /// # Errors
    /// Where there is no policy of this name.
    pub fn client(mut self, name: &str) -> Result<Race, UnknownName> {
        let allowed = client::all().iter().map(|preset| preset.name.clone()).collect();
        let unknown = || UnknownName { kind: "client policy", name: name.to_owned(), allowed };
        self.policy = client::named(name).ok_or_else(unknown)?;
        Ok(self)
    }

    /// On these stacks: the client's, the server's.
    #[must_use]
    pub fn stacks(mut self, client: &'static Profile, server: &'static Profile) -> Race {
        self.stacks = [client, server];
        self
    }

    /// The variant of the case.
    #[must_use]
    pub fn variant(mut self, variant: Variant) -> Race {
        self.variant = variant;
        self
    }

    /// The scenario at a size.
    ///
    /// # Errors
    /// A number that a profile does not give.
    pub fn scenario(&self, size: Size) -> Result<Scenario, Impossible> {
        over_limit((self.variant, size), &self.strategy, &self.policy, self.stacks)
    }

    /// All orderings of deliveries, calls and racing timers, at the small size: every outcome with
    /// its shortest trace.
    ///
    /// # Errors
    /// A number that a profile does not give.
    pub fn every_ordering(&self) -> Result<Census, Impossible> {
        let scenario = self.scenario(Size::Small)?;
        let limits = Limits { states: 5_000_000, depth: 10_000 };
        Ok(census(&scenario.setup, scenario.reply, PaceName::Racing, limits, Pulse::silent()))
    }

    /// So many runs in virtual time, at the full size, with delays drawn from the scenario's laws.
    ///
    /// # Errors
    /// A number that a profile does not give.
    pub fn trials(&self, seed: u64, count: u64) -> Result<Tally, Impossible> {
        let scenario = self.scenario(Size::Full)?;
        Ok(odds(&scenario.setup, scenario.reply, HORIZON, seed, 0..count))
    }
}
