//! Presets: applications as data, one a file, with the source they were read from.
//!
//! A server's preset is what it does from accept() to the end, a client's is all of it. Its numbers
//! are knobs with defaults; an [`Actor`] is a preset with its knobs set, written
//! `lingering-close:idle=2s`.

mod actor;
mod compile;
mod step;
mod text;

pub use actor::{Actor, Unfit};
pub use compile::{Flaw, Job};
pub use step::{Bit, Step, Way, Which, Yes};
pub(crate) use text::text;
pub use text::{Amount, Compared, Condition, Declared, Delay, Lingering, Target, Time, Until};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim_core::socket::Fd;

/// The name of a preset that stands in a scenario's file and nowhere else.
pub const OWN: &str = "own";

/// An application as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Preset {
    /// As on the command line.
    pub name: String,
    /// What it does, in a few words.
    pub about: String,
    /// At which end it sits.
    pub role: Role,
    /// Where its sequence was read; absent for the generic ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Its numbers, with their defaults.
    #[serde(default, rename = "knob", skip_serializing_if = "Vec::is_empty")]
    pub knobs: Vec<Knob>,
    /// What it does, where it has a single thread of control.
    #[serde(default, rename = "step", skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Its threads of control, where it has several.
    #[serde(default, rename = "lane", skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<Lane>,
}

/// An end of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It listens, accepts, answers.
    Server,
    /// It connects, sends, and waits for the answer.
    Client,
}

/// Where a preset's sequence was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Origin {
    /// Of which program.
    pub of: String,
    /// Its version, as far as it is known.
    pub version: String,
    /// File and function, or thread, or measurement.
    pub source: String,
    /// How strong that is.
    pub evidence: Evidence,
    /// The day on which somebody last looked, as YYYY-MM-DD.
    pub verified: String,
    /// What the preset leaves out, and who could notice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaves_out: Vec<String>,
}

/// How strong the evidence for a preset is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Read in the program's source.
    Source,
    /// Read in its documentation.
    Documentation,
    /// Somebody said so in a thread.
    Thread,
    /// Seen by running it.
    Measured,
}

impl Evidence {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Evidence::Source => "read in its source",
            Evidence::Documentation => "read in its documentation",
            Evidence::Thread => "told in a thread, nobody here has read the source",
            Evidence::Measured => "measured",
        }
    }
}

/// A number of a preset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Knob {
    /// As on the command line, and as `$name` in steps.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// Its value when nobody says; none is no limit.
    pub default: String,
}

/// What a knob counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A time.
    Time,
    /// A time, or no limit.
    TimeLimit,
    /// Bytes, or no limit.
    ByteLimit,
}

/// A thread of control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Lane {
    /// For people, and for steps that start, stop or join it.
    pub name: String,
    /// When it begins.
    #[serde(default, skip_serializing_if = "Starts::is_at_once")]
    pub starts: Starts,
    /// What it does.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// When a lane begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Starts {
    /// With the run.
    #[default]
    AtOnce,
    /// When a step of another lane starts it.
    Started,
}

impl Starts {
    fn is_at_once(&self) -> bool {
        *self == Starts::AtOnce
    }
}

impl Role {
    /// The descriptor of the connection.
    #[must_use]
    pub const fn connection(self) -> Fd {
        match self {
            Role::Server => Fd(1),
            Role::Client => Fd(0),
        }
    }

    /// In a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Role::Server => "server",
            Role::Client => "client",
        }
    }
}

impl Preset {
    /// Its threads of control.
    #[must_use]
    pub fn lanes(&self) -> Vec<Lane> {
        if self.lanes.is_empty() {
            let name = self.role.word().to_owned();
            return vec![Lane { name, starts: Starts::AtOnce, steps: self.steps.clone() }];
        }
        self.lanes.clone()
    }
}

/// Presets that are part of the program.
///
/// # Panics
/// Where one of them cannot be read: a mistake in this program, and a test reads them all.
#[must_use]
pub(crate) fn shelf(files: &[&str]) -> Vec<std::sync::Arc<Preset>> {
    let read = |text: &&str| match toml::from_str::<Preset>(text) {
        Ok(preset) => std::sync::Arc::new(preset),
        Err(why) => panic!("a preset of this program: {why}\n{text}"),
    };
    files.iter().map(read).collect()
}
