//! What no schema says: names that nothing has, numbers that contradict each other, steps that do
//! not compile. A part is looked at where it has no other flaw.

use super::build::{self, Part};
use super::doc::{Client, Doc, PathPart, ReplyPart, RequestPart, Server};
use super::flaw::Flaw;
use super::place::{Into, Places};
use super::walk::{Fit, Root};
use crate::case::{Case, Scale, Shelf};
use crate::claim::{Claim, Ever, variants};
use crate::preset::{Lane, Role, Step};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sim_core::socket;

/// The most segments that a request and its answer may take.
const MOST_SEGMENTS: u32 = 100_000;

/// The document of a root without flaws.
pub(super) fn whole(root: &Root) -> Result<Doc, String> {
    serde_json::from_value(Value::Object(root.value.clone())).map_err(|why| why.to_string())
}

/// A part of the document, where it could be read.
fn part<T: DeserializeOwned>(root: &Root, key: &str) -> Option<T> {
    serde_json::from_value(root.value.get(key)?.clone()).ok()
}

struct Sense<'a> {
    root: &'a Root,
    places: &'a Places<'a>,
    flaws: Vec<Flaw>,
}

/// Everything that makes no sense; `known` is what is wrong already.
pub(super) fn sense(root: &Root, places: &Places<'_>, known: &[Flaw]) -> Vec<Flaw> {
    let mut sense = Sense { root, places, flaws: Vec::new() };
    sense.path();
    sense.server();
    sense.client();
    sense.flaws.retain(|flaw| !known.iter().any(|other| other.span == flaw.span));
    // Applications are compiled for sizes, so these come first.
    if known.is_empty() && sense.flaws.is_empty() {
        sense.together();
    } else {
        sense.steps_alone();
    }
    sense.flaws
}

impl Sense<'_> {
    fn flaw(&mut self, way: &[Into<'_>], what: String, label: &str, help: Option<String>) {
        let span = self.places.of(way);
        self.flaws.push(Flaw { span, what, label: label.to_owned(), help });
    }

    fn path(&mut self) {
        // What could not be read is not missing.
        if self.places.fit(&[Into::Key("path")]) == Fit::Flawed {
            return;
        }
        let Some(path) = part::<PathPart>(self.root, "path") else { return };
        let PathPart { rtt, to_server, to_client, link_to_server: _, link_to_client: _ } = path;
        let way = |key| [Into::Key("path"), Into::Key(key)];
        let help = || Some("write rtt, or to-server and to-client".to_owned());
        match (rtt, to_server, to_client) {
            (Some(_), None, None) | (None, Some(_), Some(_)) => {}
            (None, None, None) => {
                let what = "nothing says how long segments take".to_owned();
                self.flaw(&[Into::Key("path")], what, "no delay", help());
            }
            (Some(_), to_server, _) => {
                let key = if to_server.is_some() { "to-server" } else { "to-client" };
                let what = "the round trip is said already".to_owned();
                self.flaw(&way(key), what, "said twice", help());
            }
            (None, to_server, _) => {
                let (here, other) = match to_server {
                    Some(_) => ("to-server", "to-client"),
                    None => ("to-client", "to-server"),
                };
                self.flaw(&way(here), format!("{other} is missing beside it"), "half", help());
            }
        }
    }

    fn server(&mut self) {
        let Some(server) = part::<Server>(self.root, "server") else { return };
        let Server { strategy, knobs, steps, lanes, .. } = &server;
        self.application("server", "strategy", strategy.as_deref(), (knobs.len(), steps, lanes));
        if let Some(text) = strategy
            && let Err(why) = build::server_named(text)
        {
            self.unnamed(&[Into::Key("server"), Into::Key("strategy")], "strategy", why);
        }
    }

    fn client(&mut self) {
        let Some(client) = part::<Client>(self.root, "client") else { return };
        let Client { policy, knobs, steps, lanes, .. } = &client;
        self.application("client", "policy", policy.as_deref(), (knobs.len(), steps, lanes));
        if let Some(text) = policy
            && let Err(why) = build::client_named(text)
        {
            self.unnamed(&[Into::Key("client"), Into::Key("policy")], "policy", why);
        }
    }

    fn unnamed(&mut self, way: &[Into<'_>], kind: &str, why: String) {
        let (what, help) = match why.split_once("; ") {
            Some((what, help)) => (what.to_owned(), Some(help.to_owned())),
            None => (why, None),
        };
        self.flaw(way, what, &format!("not a {kind}"), help);
    }

    /// One way to say what an application does, and only one.
    fn application(
        &mut self,
        part: &'static str,
        name: &str,
        named: Option<&str>,
        (knobs, steps, lanes): (usize, &[Step], &[Lane]),
    ) {
        let way = |key| [Into::Key(part), Into::Key(key)];
        let help = || Some(format!("write {name} = \"NAME\", [[{part}.step]] or [[{part}.lane]]"));
        match (named, steps.is_empty(), lanes.is_empty()) {
            (Some(_), true, true) if knobs > 0 => {
                let what = format!("numbers go with steps; the {name} has its own");
                let help = Some(format!("write {name} = \"NAME:number=value\""));
                self.flaw(&way("knob"), what, "of nothing", help);
            }
            (Some(_), true, true) | (None, false, true) | (None, true, false) => {}
            (None, true, true) if self.places.fit(&[Into::Key(part)]) == Fit::Flawed => {}
            (None, true, true) => {
                let what = format!("nothing says what the {part} does");
                self.flaw(&[Into::Key(part)], what, "does nothing", help());
            }
            (Some(_), steps, _) => {
                let key = if steps { "lane" } else { "step" };
                self.flaw(&way(key), format!("the {name} is named already"), "said twice", help());
            }
            (None, false, false) => {
                self.flaw(&way("lane"), "there are steps already".to_owned(), "said twice", help());
            }
        }
    }

    /// Steps of applications whose document has other flaws: compiled for sizes that stand for
    /// those that are missing.
    fn steps_alone(&mut self) {
        let request = part::<RequestPart>(self.root, "request");
        let reply = part::<ReplyPart>(self.root, "reply");
        let case = build::stand_in(request, reply);
        let server = part::<Server>(self.root, "server");
        let client = part::<Client>(self.root, "client");
        if let Some(own) = server.and_then(|server| build::own(Role::Server, Part::from(&server))) {
            self.steps("server", &own, &case);
        }
        if let Some(own) = client.and_then(|client| build::own(Role::Client, Part::from(&client))) {
            self.steps("client", &own, &case);
        }
    }

    fn steps(&mut self, key: &'static str, actor: &crate::preset::Actor, case: &Case) {
        for (n, knob) in actor.preset.knobs.iter().enumerate() {
            let way = [Into::Key(key), Into::Key("knob"), Into::At(n)];
            if let Err(why) = knob.read(&knob.default) {
                let way = [way[0], way[1], way[2], Into::Key("default")];
                self.flaw(&way, why.to_string(), "no default", None);
            }
            if actor.preset.knobs[..n].iter().any(|other| other.name == knob.name) {
                let way = [way[0], way[1], way[2], Into::Key("name")];
                self.flaw(&way, format!("{} is there already", knob.name), "said twice", None);
            }
        }
        for flaw in actor.flaws(&Scale::full(case)) {
            let crate::preset::Flaw { lane, step, field, what } = flaw;
            let step = [Into::Key("step"), Into::At(step)];
            let lanes = [Into::Key("lane"), Into::At(lane)];
            let mut way = vec![Into::Key(key)];
            if !actor.preset.lanes.is_empty() {
                way.extend(lanes);
            }
            way.extend(step);
            // A verb that could not be read is no verb that is missing.
            if self.places.fit(&way) == Fit::Flawed {
                continue;
            }
            if field != "step" {
                way.push(Into::Key(field));
            }
            let (what, help) = match what.split_once("; ") {
                Some((what, help)) => (what.to_owned(), Some(help.to_owned())),
                None => (what, None),
            };
            self.flaw(&way, what, "does not fit", help);
        }
    }

    /// What only shows in the whole scenario.
    fn together(&mut self) {
        let Ok(doc) = whole(self.root) else { return };
        let case = build::case(&doc, Shelf::File);
        let before = self.flaws.len();
        for (role, key) in [(Role::Server, "server"), (Role::Client, "client")] {
            self.steps(key, case.actor(role), &case);
        }
        if self.flaws.len() > before {
            return;
        }
        match case.scenario() {
            Ok(scenario) => {
                let mss = scenario.setup.tuning.map(|tuning| u32::from(tuning.mss));
                let bytes = case.job.request.saturating_add(case.job.reply);
                let segments = bytes / mss[0].min(mss[1]).max(1);
                if segments > MOST_SEGMENTS {
                    let what = format!("request and answer take {segments} segments");
                    let help = Some(format!("at most {MOST_SEGMENTS} are possible"));
                    self.flaw(&[Into::Key("request"), Into::Key("size")], what, "too large", help);
                }
            }
            Err(why) => self.flaw(&[], why.to_string(), "", None),
        }
        for (n, claim) in doc.claims.iter().enumerate() {
            self.claim(n, claim, &case);
        }
    }

    fn claim(&mut self, n: usize, claim: &Claim, case: &Case) {
        let way = [Into::Key("claim"), Into::At(n)];
        let at = |key| [way[0], way[1], Into::Key(key)];
        if claim.is_idle() {
            let what = "this claim says nothing".to_owned();
            let help = "seen, truncated, lost, stuck = \"always\", \"possible\" or \"never\"; \
                        causes, only-causes, reads, share, decides, never-decides, \
                        unanswered";
            self.flaw(&way, what, "says nothing", Some(help.to_owned()));
        }
        for (key, rules) in [("decides", &claim.decides), ("never-decides", &claim.never_decides)] {
            for rule in
                rules.iter().filter(|rule| !socket::rules().iter().any(|it| it.id == **rule))
            {
                let help = Some("closerace explain names rules, as reset.exact".to_owned());
                self.flaw(&at(key), format!("there is no rule {rule:?}"), "no rule", help);
            }
        }
        let always = |(_, ever): &&(_, Option<Ever>)| *ever == Some(Ever::Always);
        let possible = |(_, ever): &&(_, Option<Ever>)| *ever == Some(Ever::Possible);
        let words = claim.words();
        let (always, possible) =
            (words.iter().filter(always).count(), words.iter().filter(possible).count());
        let none = words.iter().all(|(_, ever)| *ever == Some(Ever::Never));
        if always > 1 || always == 1 && possible > 0 || none {
            let what = "no scenario can be like that".to_owned();
            let help = "one word is always the end, or several are possible".to_owned();
            self.flaw(&way, what, "contradicts itself", Some(help));
        }
        match variants(case, claim) {
            Err((field, why)) => {
                let [claim, n, with] = at("with");
                self.unnamed(&[claim, n, with, Into::Key(field)], "value for this", why);
            }
            Ok(variants) => {
                if let Some(Err(why)) = variants.iter().map(Case::scenario).find(Result::is_err) {
                    self.flaw(&at("with"), why.to_string(), "does not fit", None);
                }
            }
        }
    }
}
