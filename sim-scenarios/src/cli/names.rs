//! Names on the command line: what they stand for, which ones a shell can offer, and what is said
//! of one that is not there.

use super::Problem;
use crate::preset::{Actor, Preset, Unfit};
use crate::render::words::wrap;
use crate::{catalogue, client, near, server};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use sim_core::profile::{self, Profile};
use std::ffi::OsStr;
use std::sync::Arc;

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

/// A server, with the names that can stand there.
pub(super) fn server() -> Names<Actor> {
    Names { parse: server_actor, names: || own_names(&server::all(), &[]) }
}

/// A client, likewise.
pub(super) fn client() -> Names<Actor> {
    Names { parse: client_actor, names: || own_names(&client::all(), &[]) }
}

/// Servers as they are looked up later: by name, or several by a word.
pub(super) fn servers() -> Names<String> {
    Names { parse: as_it_is, names: || own_names(&server::all(), &SEVERAL) }
}

/// Clients, likewise.
pub(super) fn clients() -> Names<String> {
    Names { parse: as_it_is, names: || own_names(&client::all(), &SEVERAL) }
}

/// Whatever has something to show.
pub(super) fn shown() -> Names<String> {
    let all = || {
        let mut names = own_names(&server::all(), &[]);
        names.extend(own_names(&client::all(), &profile::ALL.map(|profile| profile.name)));
        names.extend(catalogue::names().into_iter().map(str::to_owned));
        names.push("stacks".to_owned());
        names
    };
    Names { parse: as_it_is, names: all }
}

/// Words that stand for several presets.
const SEVERAL: [&str; 2] = ["all", "generic"];

fn own_names(presets: &[Arc<Preset>], more: &[&str]) -> Vec<String> {
    let more = more.iter().map(|name| (*name).to_owned());
    presets.iter().map(|preset| preset.name.clone()).chain(more).collect()
}

fn as_it_is(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// Reads an argument, and knows names that a shell can offer for it; others may fit, too.
#[derive(Clone, Copy)]
pub(super) struct Names<T> {
    parse: fn(&str) -> Result<T, String>,
    names: fn() -> Vec<String>,
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Names<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        self.parse.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.names)().into_iter().map(PossibleValue::new)))
    }
}

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
    let tip = near::nearest(name, all)
        .map(|known| format!("  did you mean {known}?\n"))
        .unwrap_or_default();
    let all = format!("  [possible values: {}]", all.join(", "));
    format!("{tip}{}", wrap(&all, 98, "   "))
}

/// A refusal with the nearest name and all of them.
pub(super) fn unknown(what: &str, name: &str, all: &[&str]) -> Problem {
    Problem::Usage(format!("there is no {what} {name:?}\n{}", allowed(name, all)))
}
