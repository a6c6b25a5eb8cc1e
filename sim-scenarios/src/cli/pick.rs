//! Arguments that several commands share, and what they mean.

use super::Problem;
use crate::catalogue::{Case, Size, Variant};
use crate::client::{self, Policy};
use crate::server::{self, Closing, Unfit};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use sim_core::profile::{self, Profile};
use sim_core::world::Budget;

/// A server, a client, their stacks, a variant.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Pick {
    /// How the server closes, as in close or lingering-close:idle=2s (see `closerace list`)
    #[arg(long, value_name = "STRATEGY", value_parser = closing)]
    pub server: Closing,
    /// What the client does
    #[arg(long, value_name = "POLICY", value_parser = policies())]
    pub client: &'static Policy,
    /// Sizes of request and reply
    #[arg(long, value_name = "VARIANT", default_value = "upload", value_parser = variants())]
    pub variant: Variant,
    #[command(flatten)]
    pub stacks: Stacks,
}

/// A stack at each end.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Stacks {
    /// The server's TCP stack
    #[arg(long, value_name = "STACK", default_value = "linux", value_parser = stacks())]
    pub server_stack: &'static Profile,
    /// The client's TCP stack
    #[arg(long, value_name = "STACK", default_value = "linux", value_parser = stacks())]
    pub client_stack: &'static Profile,
}

impl Stacks {
    /// Client's, server's.
    pub(super) const fn both(self) -> [&'static Profile; 2] {
        [self.client_stack, self.server_stack]
    }
}

impl Pick {
    /// The case, without faults on the link.
    pub(super) const fn case(&self, size: Size) -> Case {
        Case {
            variant: self.variant,
            size,
            server: self.server,
            client: self.client,
            stacks: self.stacks.both(),
            budget: Budget { loss: 0, repeat: 0, reorder: 0 },
        }
    }
}

/// The options that choose a case, as they are typed; defaults are left out.
pub(super) fn typed(case: &Case) -> String {
    let Case { variant, size: _, server, client, stacks, budget: _ } = case;
    let mut text = format!("--server {server} --client {}", client.name);
    if *variant != Variant::Upload {
        text.push_str(&format!(" --variant {}", variant.name()));
    }
    for (option, stack) in [("--client-stack", stacks[0]), ("--server-stack", stacks[1])] {
        if stack.name != "linux" {
            text.push_str(&format!(" {option} {}", stack.name));
        }
    }
    text
}

/// A whole number; what is not one is refused with the range, negative numbers too.
pub(super) fn whole(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text} is not in 0..={}", u64::MAX))
}

pub(super) fn policies() -> impl TypedValueParser<Value = &'static Policy> {
    PossibleValuesParser::new(client::ALL.map(|policy| policy.name))
        .try_map(|name| Policy::named(&name).ok_or(Absent))
}

pub(super) fn stacks() -> impl TypedValueParser<Value = &'static Profile> {
    PossibleValuesParser::new(profile::ALL.map(|profile| profile.name))
        .try_map(|name| Profile::named(&name).ok_or(Absent))
}

pub(super) fn variants() -> impl TypedValueParser<Value = Variant> {
    PossibleValuesParser::new(Variant::ALL.map(Variant::name))
        .try_map(|name| Variant::named(&name).ok_or(Absent))
}

/// A name that is in the list and belongs to nothing: cannot happen.
#[derive(Debug, thiserror::Error)]
#[error("no such name")]
pub(super) struct Absent;

fn closing(text: &str) -> Result<Closing, String> {
    Closing::parse(text).map_err(|unfit| match unfit {
        Unfit::Name(name) => {
            format!("there is no such strategy\n{}", allowed(&name, &server::ALL.map(|s| s.name)))
        }
        Unfit::Knob(..) | Unfit::Value(..) | Unfit::Twice(_) | Unfit::Empty(..) => {
            unfit.to_string()
        }
    })
}

/// The nearest name, and all of them.
pub(super) fn allowed(name: &str, all: &[&str]) -> String {
    let near = all
        .iter()
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let tip = near.map(|(_, known)| format!("  did you mean {known}?\n")).unwrap_or_default();
    format!("{tip}  [possible values: {}]", all.join(", "))
}

/// A refusal with the nearest name and all of them.
pub(super) fn unknown(what: &str, name: &str, all: &[&str]) -> Problem {
    Problem::Usage(format!("there is no {what} {name:?}\n{}", allowed(name, all)))
}
