//! Arguments that several commands share, and what they mean.

use super::samples::{Measured, Samples};
use super::{Problem, names, scenario};
use crate::case::{Case, Change, Key, Shelf, Size};
use crate::preset::{Actor, OWN};
use crate::{catalogue, units};
use clap::ValueHint;
use sim_core::profile::Profile;
use std::path::PathBuf;

/// A story, a server, a client, their stacks, and what is changed.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Pick {
    /// How the server closes, as in close or lingering-close:idle=2s (see `closerace list`);
    /// without it as the story says
    #[arg(long, value_name = "STRATEGY", value_parser = names::server(),
          hide_possible_values = true)]
    pub server: Option<Actor>,
    /// What the client does; without it as the story says
    #[arg(long, value_name = "POLICY", value_parser = names::client(),
          hide_possible_values = true)]
    pub client: Option<Actor>,
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub changes: Changes,
    #[command(flatten)]
    pub stacks: Stacks,
}

/// Where the story is.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Source {
    /// The story: sizes of request and reply, delays
    #[arg(long, value_name = "STORY", default_value = "upload", value_parser = names::stories(),
          alias = "variant", conflicts_with = "scenario")]
    pub story: &'static str,
    /// A story of your own: a scenario file (see `closerace schema`, `closerace show STORY`)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub scenario: Option<PathBuf>,
}

impl Source {
    /// The story as it is.
    fn case(&self) -> Result<Case, Problem> {
        if let Some(path) = &self.scenario {
            return scenario::read(path);
        }
        let absent = || Problem::Internal(format!("the story {} is gone", self.story));
        catalogue::story(self.story).ok_or_else(absent)
    }
}

/// Where these stand in the help; a heading for what follows would reach beyond them.
const HEADING: &str = "Changes of the story";

/// What is changed of a story.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Changes {
    /// Bytes of the request, as in 200, 64KiB, 10MB; it comes in four writes of at most 64KiB
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "SIZE", visible_alias = "body")]
    request: Option<String>,
    /// Bytes that the client hands over in one call
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "SIZE")]
    write: Option<String>,
    /// Bytes of the answer
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "SIZE")]
    reply: Option<String>,
    /// The round trip, half of it each way, as in 40ms or 10ms..200ms
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "LAW")]
    rtt: Option<String>,
    /// From the client to the server, in place of a round trip; the way back is as long, with a
    /// draw of its own, unless it is said
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "LAW", conflicts_with_all = ["rtt", "rtt_samples"])]
    to_server: Option<String>,
    /// From the server to the client, likewise
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "LAW", conflicts_with_all = ["rtt", "rtt_samples"])]
    to_client: Option<String>,
    /// Between two writes of the client
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "LAW")]
    gap: Option<String>,
    /// From data being there to the client's reading it
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "LAW")]
    wake: Option<String>,
    /// The same for a client that is late
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "LAW")]
    late: Option<String>,
    /// From a connection being there to the server's accept()
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "LAW")]
    accept: Option<String>,
    /// How much longer each segment takes than the path says, drawn for each; they stay in order
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "LAW")]
    jitter: Option<String>,
    /// Bytes a second that each link carries (without it a segment takes no time to send)
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "SIZE")]
    rate: Option<String>,
    /// Bytes that every socket's send buffer holds (default: as the stack says)
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "SIZE")]
    send_buffer: Option<String>,
    /// Bytes that every socket's receive buffer holds: the largest window it offers
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "SIZE")]
    receive_buffer: Option<String>,
    #[command(flatten)]
    measured: Measured,
}

/// What is changed, with the file of samples read.
#[derive(Clone, Debug)]
pub(super) struct Changed {
    values: Vec<(Key, String)>,
    /// Where the round trip comes from a file.
    pub samples: Option<Samples>,
}

impl Changes {
    fn all(&self) -> [(Key, Option<&String>); 14] {
        let Changes {
            request,
            write,
            reply,
            rtt,
            to_server,
            to_client,
            gap,
            wake,
            late,
            accept,
            jitter,
            rate,
            send_buffer,
            receive_buffer,
            measured: _,
        } = self;
        [
            (Key::Request, request.as_ref()),
            (Key::Write, write.as_ref()),
            (Key::Reply, reply.as_ref()),
            (Key::Rtt, rtt.as_ref()),
            (Key::ToServer, to_server.as_ref()),
            (Key::ToClient, to_client.as_ref()),
            (Key::Gap, gap.as_ref()),
            (Key::Wake, wake.as_ref()),
            (Key::Late, late.as_ref()),
            (Key::Accept, accept.as_ref()),
            (Key::Jitter, jitter.as_ref()),
            (Key::Rate, rate.as_ref()),
            (Key::SendBuffer, send_buffer.as_ref()),
            (Key::ReceiveBuffer, receive_buffer.as_ref()),
        ]
    }

    fn is_empty(&self) -> bool {
        self.all().iter().all(|(_, text)| text.is_none()) && self.measured.is_absent()
    }

    /// Reads the file that is named, which may be a pipe: once.
    pub(super) fn read(&self) -> Result<Changed, Problem> {
        let said = self.all().into_iter().filter_map(|(key, text)| Some((key, text?.clone())));
        let mut values: Vec<(Key, String)> = said.collect();
        let samples = self.measured.read()?;
        // As text, which is what a token and a line to type carry.
        values.extend(samples.as_ref().map(|samples| (Key::Rtt, units::show_law(samples.law))));
        Ok(Changed { values, samples })
    }
}

impl Changed {
    /// Carries it out.
    pub(super) fn apply(&self, case: &mut Case) -> Result<(), Problem> {
        for (key, text) in &self.values {
            let refused = |why| Problem::Usage(format!("--{}: {why}", key.name()));
            case.change(*key, text).map_err(refused)?;
        }
        Ok(())
    }
}

/// A stack at each end.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Stacks {
    /// The server's TCP stack; without it as the story says
    #[arg(long, value_name = "STACK", value_parser = names::stacks())]
    pub server_stack: Option<&'static Profile>,
    /// The client's TCP stack; without it as the story says
    #[arg(long, value_name = "STACK", value_parser = names::stacks())]
    pub client_stack: Option<&'static Profile>,
}

impl Stacks {
    /// Client's, server's; those of the story where nobody says.
    pub(super) fn over(self, [client, server]: [&'static Profile; 2]) -> [&'static Profile; 2] {
        [self.client_stack.unwrap_or(client), self.server_stack.unwrap_or(server)]
    }
}

/// A choice with its changes read: one of several servers, where there are several.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picked<'a> {
    pub server: Option<&'a Actor>,
    pub client: Option<&'a Actor>,
    pub source: &'a Source,
    pub changed: &'a Changed,
    pub stacks: Stacks,
}

impl Picked<'_> {
    /// The case, at a size.
    pub(super) fn case(self, size: Size) -> Result<Case, Problem> {
        let Picked { server, client, source, changed, stacks } = self;
        let mut case = source.case()?.at(size);
        changed.apply(&mut case)?;
        case.server = server.cloned().unwrap_or(case.server);
        case.client = client.cloned().unwrap_or(case.client);
        case.stacks = stacks.over(case.stacks);
        Ok(case)
    }
}

impl Pick {
    /// The case, at a size.
    pub(super) fn case(&self, size: Size) -> Result<Case, Problem> {
        let Pick { server, client, source, changes, stacks } = self;
        let changed = &changes.read()?;
        let (server, client) = (server.as_ref(), client.as_ref());
        Picked { server, client, source, changed, stacks: *stacks }.case(size)
    }

    /// Whether nothing of the story is changed.
    pub(super) fn is_as_told(&self) -> bool {
        let Pick { server, client, source: _, changes, stacks } = self;
        let Stacks { server_stack, client_stack } = stacks;
        server.is_none()
            && client.is_none()
            && changes.is_empty()
            && server_stack.is_none()
            && client_stack.is_none()
    }
}

/// The options that choose a case, as they are typed; defaults are left out.
pub(super) fn typed(case: &Case) -> String {
    let Case { story, shelf, server, client, stacks, changes, .. } = case;
    let own = |actor: &Actor| actor.preset.name == OWN;
    let mut parts = Vec::new();
    if !own(server) {
        parts.push(format!("--server {server}"));
    }
    if !own(client) {
        parts.push(format!("--client {client}"));
    }
    match shelf {
        Shelf::File => parts.push("--scenario FILE".to_owned()),
        Shelf::Catalogue if story != "upload" => parts.push(format!("--story {story}")),
        Shelf::Catalogue => {}
    }
    let mut text = parts.join(" ");
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
