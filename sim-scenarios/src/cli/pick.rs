//! Arguments that several commands share, and what they mean.

use super::Problem;
use crate::case::{Case, Change, Key, Size};
use crate::preset::{Actor, Preset, Unfit};
use crate::render::words::wrap;
use crate::{catalogue, client, server};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use sim_core::profile::{self, Profile};
use std::sync::Arc;

/// A story, a server, a client, their stacks, and what is changed.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Pick {
    /// How the server closes, as in close or lingering-close:idle=2s (see `closerace list`)
    #[arg(long, value_name = "STRATEGY", value_parser = server_actor)]
    pub server: Actor,
    /// What the client does
    #[arg(long, value_name = "POLICY", value_parser = client_actor)]
    pub client: Actor,
    /// The story: sizes of request and reply, delays
    #[arg(long, value_name = "STORY", default_value = "upload", value_parser = stories(),
          alias = "variant")]
    pub story: &'static str,
    #[command(flatten)]
    pub changes: Changes,
    #[command(flatten)]
    pub stacks: Stacks,
}

/// What is changed of a story.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Changes of the story")]
pub(super) struct Changes {
    /// Bytes of the request, as in 200, 64KiB, 10MB; it comes in four writes of at most 64KiB
    #[arg(long, value_name = "SIZE", visible_alias = "body")]
    request: Option<String>,
    /// Bytes that the client hands over in one call
    #[arg(long, value_name = "SIZE")]
    write: Option<String>,
    /// Bytes of the answer
    #[arg(long, value_name = "SIZE")]
    reply: Option<String>,
    /// The round trip, half of it each way, as in 40ms or 10ms..200ms
    #[arg(long, value_name = "LAW")]
    rtt: Option<String>,
    /// Between two writes of the client
    #[arg(long, value_name = "LAW")]
    gap: Option<String>,
    /// From data being there to the client's reading it
    #[arg(long, value_name = "LAW")]
    wake: Option<String>,
    /// The same for a client that is late
    #[arg(long, value_name = "LAW")]
    late: Option<String>,
    /// From a connection being there to the server's accept()
    #[arg(long, value_name = "LAW")]
    accept: Option<String>,
    /// Bytes a second that each link carries (without it a segment takes no time to send)
    #[arg(long, value_name = "SIZE")]
    rate: Option<String>,
    /// Bytes that every socket's send buffer holds (default: as the stack says)
    #[arg(long, value_name = "SIZE")]
    send_buffer: Option<String>,
    /// Bytes that every socket's receive buffer holds: the largest window it offers
    #[arg(long, value_name = "SIZE")]
    receive_buffer: Option<String>,
}

impl Changes {
    fn all(&self) -> [(Key, Option<&String>); 11] {
        let Changes {
            request,
            write,
            reply,
            rtt,
            gap,
            wake,
            late,
            accept,
            rate,
            send_buffer,
            receive_buffer,
        } = self;
        [
            (Key::Request, request.as_ref()),
            (Key::Write, write.as_ref()),
            (Key::Reply, reply.as_ref()),
            (Key::Rtt, rtt.as_ref()),
            (Key::Gap, gap.as_ref()),
            (Key::Wake, wake.as_ref()),
            (Key::Late, late.as_ref()),
            (Key::Accept, accept.as_ref()),
            (Key::Rate, rate.as_ref()),
            (Key::SendBuffer, send_buffer.as_ref()),
            (Key::ReceiveBuffer, receive_buffer.as_ref()),
        ]
    }

    /// Carries them out.
    pub(super) fn apply(&self, case: &mut Case) -> Result<(), Problem> {
        for (key, text) in self.all() {
            if let Some(text) = text {
                let refused = |why| Problem::Usage(format!("--{}: {why}", key.name()));
                case.change(key, text).map_err(refused)?;
            }
        }
        Ok(())
    }
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
    pub(super) fn case(&self, size: Size) -> Result<Case, Problem> {
        let absent = || Problem::Internal(format!("the story {} is gone", self.story));
        let mut case = catalogue::story(self.story).ok_or_else(absent)?.at(size);
        self.changes.apply(&mut case)?;
        case.server = self.server.clone();
        case.client = self.client.clone();
        case.stacks = self.stacks.both();
        Ok(case)
    }
}

/// The options that choose a case, as they are typed; defaults are left out.
pub(super) fn typed(case: &Case) -> String {
    let Case { story, server, client, stacks, changes, .. } = case;
    let mut text = format!("--server {server} --client {client}");
    if story != "upload" {
        text.push_str(&format!(" --story {story}"));
    }
    for Change { key, value } in changes {
        text.push_str(&format!(" --{} {value}", key.name()));
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

pub(super) fn stacks() -> impl TypedValueParser<Value = &'static Profile> {
    PossibleValuesParser::new(profile::ALL.map(|profile| profile.name))
        .try_map(|name| Profile::named(&name).ok_or(Absent))
}

pub(super) fn stories() -> impl TypedValueParser<Value = &'static str> {
    PossibleValuesParser::new(catalogue::names())
        .try_map(|name| catalogue::names().into_iter().find(|known| *known == name).ok_or(Absent))
}

/// A name that is in the list and belongs to nothing: cannot happen.
#[derive(Debug, thiserror::Error)]
#[error("no such name")]
pub(super) struct Absent;

pub(super) fn server_actor(text: &str) -> Result<Actor, String> {
    actor(text, "strategy", server::named, &server::all())
}

pub(super) fn client_actor(text: &str) -> Result<Actor, String> {
    actor(text, "policy", client::named, &client::all())
}

fn actor(
    text: &str,
    what: &str,
    named: fn(&str) -> Option<Arc<Preset>>,
    all: &[Arc<Preset>],
) -> Result<Actor, String> {
    Actor::parse(text, named).map_err(|unfit| match unfit {
        Unfit::Name(name) => {
            let names: Vec<&str> = all.iter().map(|preset| preset.name.as_str()).collect();
            format!("there is no such {what}\n{}", allowed(&name, &names))
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
    let all = format!("  [possible values: {}]", all.join(", "));
    format!("{tip}{}", wrap(&all, 98, "   "))
}

/// A refusal with the nearest name and all of them.
pub(super) fn unknown(what: &str, name: &str, all: &[&str]) -> Problem {
    Problem::Usage(format!("there is no {what} {name:?}\n{}", allowed(name, all)))
}
