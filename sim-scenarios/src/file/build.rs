//! From a document to a case and back.

use super::doc::{Client, Doc, Link, PathPart, ReplyPart, RequestPart, Server, StartsAt};
use super::text::{LawText, Name, Size, Stack};
use crate::case::{Case, Numbers, Shelf, usual_write};
use crate::preset::{Actor, Job, Knob, Lane, OWN, Preset, Role, Step};
use crate::{client, server};
use sim_core::profile::LINUX;
use sim_core::wire::Law;
use sim_core::world::{Budget, LinkRules, Path, Start};
use std::sync::Arc;

/// Connections that may wait to be accepted, when nobody says.
const BACKLOG: u8 = 8;

/// The steps of an application that stand in the file.
pub(super) struct Part<'d> {
    knobs: &'d [Knob],
    steps: &'d [Step],
    lanes: &'d [Lane],
}

impl<'d> From<&'d Server> for Part<'d> {
    fn from(server: &'d Server) -> Part<'d> {
        Part { knobs: &server.knobs, steps: &server.steps, lanes: &server.lanes }
    }
}

impl<'d> From<&'d Client> for Part<'d> {
    fn from(client: &'d Client) -> Part<'d> {
        Part { knobs: &client.knobs, steps: &client.steps, lanes: &client.lanes }
    }
}

/// The application whose steps stand in the file, if they do.
pub(super) fn own(role: Role, Part { knobs, steps, lanes }: Part<'_>) -> Option<Actor> {
    if steps.is_empty() && lanes.is_empty() {
        return None;
    }
    Some(Actor::from(Arc::new(Preset {
        name: OWN.to_owned(),
        about: "as the scenario says, step by step".to_owned(),
        role,
        origin: None,
        knobs: knobs.to_vec(),
        steps: steps.to_vec(),
        lanes: lanes.to_vec(),
    })))
}

/// The strategy with this text.
pub(super) fn server_named(text: &str) -> Result<Actor, String> {
    stand_in(None, None).server_named(text)
}

/// The policy with this text.
pub(super) fn client_named(text: &str) -> Result<Actor, String> {
    stand_in(None, None).client_named(text)
}

/// A case with the generic applications, for parts whose document is not whole.
pub(super) fn stand_in(request: Option<RequestPart>, reply: Option<ReplyPart>) -> Case {
    let job = job(request.as_ref(), reply.as_ref(), &Server::default(), &Client::default());
    Case {
        story: String::new(),
        shelf: Shelf::File,
        about: String::new(),
        tells: String::new(),
        job,
        size: crate::case::Size::Full,
        server: Actor::from(&server::generic()[0]),
        client: Actor::from(&client::generic()[0]),
        stacks: [&LINUX, &LINUX],
        path: Path::RoundTrip(Law::ZERO),
        links: [LinkRules::default(); 2],
        faults: None,
        buffers: [None; 2],
        numbers: Default::default(),
        start: Start::Listening,
        claims: Vec::new(),
        changes: Vec::new(),
    }
}

fn job(
    request: Option<&RequestPart>,
    reply: Option<&ReplyPart>,
    server: &Server,
    client: &Client,
) -> Job {
    let law = |law: Option<LawText>| law.map_or(Law::ZERO, |law| law.0);
    let bytes = request.map_or(1, |request| request.size.0);
    let write = request.and_then(|request| request.write).map(|write| write.0);
    Job {
        request: bytes,
        write: write.unwrap_or_else(|| usual_write(bytes)),
        reply: reply.map_or(1, |reply| reply.size.0),
        gap: law(request.and_then(|request| request.gap)),
        wake: law(client.wake),
        late: law(client.late),
        accept: law(server.accept),
        backlog: server.backlog.unwrap_or(BACKLOG),
    }
}

fn rules(link: Link) -> LinkRules {
    let Link { rate, jitter, loss, repeat, reorder } = link;
    LinkRules {
        rate: rate.map(|rate| rate.0.into()),
        jitter: jitter.map_or(Law::ZERO, |law| law.0),
        budget: Budget { loss, repeat, reorder },
    }
}

/// The case of a document. A name that nothing has becomes the first generic one; reading has
/// refused it before.
#[must_use]
pub fn case(doc: &Doc, shelf: Shelf) -> Case {
    let Doc { name, about, tells, start, request, reply, server, client, path, claims } = doc;
    let base = stand_in(None, None);
    let named = server.strategy.as_deref().and_then(|text| server_named(text).ok());
    let strategy = own(Role::Server, server.into()).or(named).unwrap_or(base.server);
    let named = client.policy.as_deref().and_then(|text| client_named(text).ok());
    let policy = own(Role::Client, client.into()).or(named).unwrap_or(base.client);
    let stack = |stack: Option<Stack>| stack.map_or(&LINUX, |stack| stack.0);
    let law = |law: Option<LawText>| law.map_or(Law::ZERO, |law| law.0);
    Case {
        story: name.0.clone(),
        shelf,
        about: about.clone(),
        tells: tells.clone(),
        job: job(Some(request), Some(reply), server, client),
        size: base.size,
        server: strategy,
        client: policy,
        stacks: [stack(client.stack), stack(server.stack)],
        path: match path.rtt {
            Some(rtt) => Path::RoundTrip(rtt.0),
            None => Path::OneWay(law(path.to_server), law(path.to_client)),
        },
        links: [rules(path.link_to_server), rules(path.link_to_client)],
        faults: None,
        buffers: [None; 2],
        numbers: [client.tuning.clone(), server.tuning.clone()],
        start: match start {
            StartsAt::Fresh => Start::Fresh,
            StartsAt::Listening => Start::Listening,
        },
        claims: claims.clone(),
        changes: Vec::new(),
    }
}

/// An application's name, or its steps with the numbers it has now.
fn written(actor: &Actor) -> (Option<String>, Vec<Knob>, Vec<Step>, Vec<Lane>) {
    if actor.preset.name != OWN {
        return (Some(actor.to_string()), Vec::new(), Vec::new(), Vec::new());
    }
    let Preset { knobs, steps, lanes, .. } = &*actor.preset;
    let values = actor.values.iter();
    let knobs = knobs
        .iter()
        .zip(values)
        .map(|(knob, value)| Knob { default: knob.shown(*value), ..knob.clone() });
    (None, knobs.collect(), steps.clone(), lanes.clone())
}

/// The numbers of a stack, with the buffers that were changed.
fn numbers(case: &Case, at: usize) -> Numbers {
    let mut numbers = case.numbers[at].clone();
    let [send, receive] = case.buffers;
    numbers.snd_buf = send.map(Size).or(numbers.snd_buf);
    if let Some(bytes) = receive {
        let own = case.stacks[at].tuning.syn_wnd.value();
        let said = numbers.syn_wnd.map(|size| size.0).or(own);
        numbers.rcv_buf = Some(Size(bytes));
        numbers.syn_wnd = Some(Size(said.unwrap_or(bytes).min(bytes)));
    }
    numbers
}

/// The document of a case at full size, with its changes carried out.
#[must_use]
pub fn doc(case: &Case) -> Doc {
    let Job { request, write, reply, gap, wake, late, accept, backlog } = case.job;
    let some = |law: Law| (law != Law::ZERO).then_some(LawText(law));
    let stack = |at: usize| {
        let stack = case.stacks[at];
        (stack.name != LINUX.name).then_some(Stack(stack))
    };
    let link = |at: usize| {
        let Budget { loss, repeat, reorder } = case.budgets()[at];
        let rate = case.links[at].rate.map(|rate| Size(u32::try_from(rate).unwrap_or(u32::MAX)));
        Link { rate, jitter: some(case.links[at].jitter), loss, repeat, reorder }
    };
    let (rtt, to_server, to_client) = match case.path {
        Path::RoundTrip(law) => (Some(LawText(law)), None, None),
        Path::OneWay(there, back) => (None, Some(LawText(there)), Some(LawText(back))),
    };
    let (strategy, knobs, steps, lanes) = written(&case.server);
    let server = Server {
        stack: stack(1),
        strategy,
        accept: some(accept),
        backlog: (backlog != BACKLOG).then_some(backlog),
        tuning: numbers(case, 1),
        knobs,
        steps,
        lanes,
    };
    let (policy, knobs, steps, lanes) = written(&case.client);
    let client = Client {
        stack: stack(0),
        policy,
        wake: some(wake),
        late: some(late),
        tuning: numbers(case, 0),
        knobs,
        steps,
        lanes,
    };
    Doc {
        name: Name(case.story.clone()),
        about: case.about.clone(),
        tells: case.tells.clone(),
        start: match case.start {
            Start::Fresh => StartsAt::Fresh,
            Start::Listening => StartsAt::Listening,
        },
        request: RequestPart {
            size: Size(request),
            write: (write != usual_write(request)).then_some(Size(write)),
            gap: some(gap),
        },
        reply: ReplyPart { size: Size(reply) },
        server,
        client,
        path: PathPart {
            rtt,
            to_server,
            to_client,
            link_to_server: link(0),
            link_to_client: link(1),
        },
        claims: case.claims.clone(),
    }
}

/// The text of a document.
///
/// # Errors
/// None is known: every part has a form in TOML.
pub fn text(doc: &Doc) -> Result<String, toml::ser::Error> {
    toml::to_string(doc)
}
