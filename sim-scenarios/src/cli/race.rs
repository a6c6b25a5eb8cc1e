//! `race`: for which timings the answer is lost, exactly.

mod json;
mod possible;
mod text;

pub(super) use json::Document;
pub(super) use possible::Document as PossibleDocument;

use super::help::{self, Ends};
use super::out_file::{Old, write};
use super::pick::Pick;
use super::{Exit, Live, Printed, Problem, Say};
use crate::case::{Case, Size};
use crate::preset::Role;
use crate::render::map::svg;
use crate::timing::{Axis, BOUNDS, Map, Of, Parameter, Sampled, Timing, open, sampled};
use crate::token::{Token, Which};
use crate::units;
use clap::builder::RangedU64ValueParser;
use clap::{ValueEnum, ValueHint};
use sim_core::drive::race::Bounds;
use sim_core::wire::{Law, Micros};
use sim_core::world::LinkRules;
use std::path::PathBuf;

/// Which case, and what is open in it.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, ENDS))]
pub(super) struct Args {
    #[command(flatten)]
    pick: Pick,
    /// What is open beside the delays that the story gives as ranges, as in server.idle=1s..10s,
    /// rtt=1ms..300ms or kilobyte=80us..8ms (what a thousand bytes take on each link: 100 to 1
    /// megabits a second); may be said again
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "NAME=RANGE")]
    over: Vec<String>,
    /// The two that the map shows, as in rtt,gap; the others are held in the middle of their ranges
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "X,Y")]
    plane: Option<String>,
    /// Where another one is held in the map, as in gap=5ms; may be said again
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "NAME=TIME")]
    hold: Vec<String>,
    /// The most orders of events that are told apart; what is left is said [default: 20000; with
    /// --jitter 200000 states]
    #[arg(help_heading = HEADING)]
    #[arg(long, value_name = "N",
          value_parser = RangedU64ValueParser::<u64>::new().range(1..=1_000_000))]
    max_orders: Option<u64>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write to this file instead of standard output; a file that is there is kept without --force
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Overwrite the file
    #[arg(long, requires = "output")]
    force: bool,
}

/// Where these stand in the help.
const HEADING: &str = "What is open";

/// How a map is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: inequalities, and the map as text
    #[default]
    Human,
    /// For programs: one object with `schema_version` and `kind`
    Json,
    /// The map as a picture
    Svg,
}

const EXAMPLES: &[help::Example] = &[
    ("closerace race --story rtt-race", "one parameter: the threshold"),
    (
        "closerace race --server close --client write-all/abort --gap 20ms --wake 1ms --accept 1ms",
        "the same for the founding case",
    ),
    ("closerace race --server close --client write-all/abort --plane rtt,gap", "a map"),
    ("closerace race --server close --client late-reader --client-stack rfc9293 --quiet", ""),
    (
        "closerace race --story rtt-race --request 4KiB --rtt 40ms --jitter 0ms..20ms",
        "what is possible at all",
    ),
    ("closerace race --server lingering-close --over server.total=0s..1s --gap 5ms", "a wait"),
    ("closerace race --over kilobyte=8us..8ms --gap 1ms --plane rtt,kilobyte", "a rate"),
    ("closerace race --story upload --format json", ""),
    ("closerace race --story upload --plane rtt,gap --format svg --output pages/map.svg", ""),
];

const ENDS: Ends = Ends {
    done: "mapped, whatever it shows",
    violated: None,
    inconclusive: Some("an answer that nobody has, or a part that --max-orders or Ctrl-C left"),
};

/// What a map is printed from.
struct Mapped {
    case: Case,
    map: Map,
    /// The plane that is shown, where there are two parameters.
    plane: Option<[String; 2]>,
    held: Vec<(String, Micros)>,
    /// The plane from runs, where the map is not the whole.
    sampled: Option<Sampled>,
}

pub(super) fn race(args: &Args, live: Live, say: Say) -> Result<Printed, Problem> {
    let case = args.pick.case(Size::Full)?;
    if case.links.iter().any(LinkRules::has_jitter) {
        let Printed { text, exit } = possible::answer(args, case, (live, say))?;
        return placed(args, text, exit);
    }
    let mapped = mapped(args, case)?;
    let exit = match mapped.map.is_whole() && mapped.map.undetermined.is_none() {
        true => Exit::Done,
        false => Exit::Inconclusive,
    };
    let text = match args.format {
        Format::Human => text::text(&mapped, say)?,
        Format::Json => Printed::json(&json::document(&mapped)?, exit)?.text,
        Format::Svg => picture(&mapped)?,
    };
    placed(args, text, exit)
}

/// Where it is to go.
fn placed(args: &Args, text: String, exit: Exit) -> Result<Printed, Problem> {
    let Some(path) = &args.output else { return Ok(Printed { text, exit }) };
    write(path, &text, if args.force { Old::Overwritten } else { Old::Kept })?;
    Ok(Printed { text: String::new(), exit })
}

fn mapped(args: &Args, case: Case) -> Result<Mapped, Problem> {
    let usage = |what: String| Problem::Usage(what);
    let mut parameters = open(&case);
    for text in &args.over {
        let parameter = ranged(&case, text)?;
        parameters.retain(|known| known.of != parameter.of);
        parameters.push(parameter);
    }
    let names: Vec<String> = Of::all(&case).iter().map(Of::to_string).collect();
    let kilobyte = Of::Kilobyte.to_string();
    let example = names.iter().rfind(|name| **name != kilobyte).map(String::as_str);
    let place = |one: &Parameter| names.iter().position(|name| *name == one.of.to_string());
    parameters.sort_by_key(place);
    let timing = Timing::new(&case, &parameters).map_err(|why| usage(why.to_string()))?;
    if timing.parameters.is_empty() {
        return Err(usage(format!(
            "nothing is open: every duration that matters here is one time; give one of them a \
             range, as in --rtt 10ms..200ms or --over {}=1s..10s (there are {})",
            example.unwrap_or("accept"),
            names.join(", "),
        )));
    }
    if let Some(one) = timing.drawn() {
        return Err(usage(format!(
            "{one} is drawn from a law of its own in the scenario, each time anew; race needs one \
             time there"
        )));
    }
    let held = args.hold.iter().map(|text| held(&timing, text)).collect::<Result<_, _>>()?;
    let plane = plane(args.plane.as_deref(), &timing)?;
    let leaves = args.max_orders.map_or(BOUNDS.leaves, |most| most as usize);
    let bounds = Bounds { leaves, ..BOUNDS };
    let map = Map::new(timing, bounds).map_err(|why| usage(why.to_string()))?;
    let mut mapped = Mapped { case, map, plane, held, sampled: None };
    if !mapped.map.is_whole() {
        mapped.sampled = Some(mapped.runs()?);
    }
    Ok(mapped)
}

/// `name=low..high`.
fn ranged(case: &Case, text: &str) -> Result<Parameter, Problem> {
    let form = "write NAME=LOW..HIGH, as in server.idle=1s..10s";
    let usage = |why: String| Problem::Usage(format!("--over {text}: {why}"));
    let (name, range) = text.split_once('=').ok_or_else(|| usage(form.to_owned()))?;
    let of = named(case, name.trim()).map_err(usage)?;
    match units::law(range.trim()) {
        Ok(Law::Uniform(0, _)) if of == Of::Kilobyte => {
            Err(usage("a thousand bytes take at least 1us (1 GB a second)".to_owned()))
        }
        Ok(Law::Uniform(low, high)) if low < high => Ok(Parameter { of, low, high }),
        Ok(_) => Err(usage(form.to_owned())),
        Err(why) => Err(usage(why.to_string())),
    }
}

fn named(case: &Case, name: &str) -> Result<Of, String> {
    let all = Of::all(case);
    all.iter().find(|of| of.to_string() == name).cloned().ok_or_else(|| {
        let names: Vec<String> = all.iter().map(Of::to_string).collect();
        let [server, client] =
            [Role::Server, Role::Client].map(|role| case.actor(role).preset.name.clone());
        format!(
            "there is no duration {name:?}; with {server} and {client} there are {}",
            names.join(", ")
        )
    })
}

/// `name=time`.
fn held(timing: &Timing, text: &str) -> Result<(String, Micros), Problem> {
    let usage = |why: String| Problem::Usage(format!("--hold {text}: {why}"));
    let form = || usage("write NAME=TIME, as in gap=5ms".to_owned());
    let (name, time) = text.split_once('=').ok_or_else(form)?;
    let name = name.trim().to_owned();
    let known: Vec<String> = timing.parameters.iter().map(|one| one.of.to_string()).collect();
    if !known.contains(&name) {
        return Err(usage(format!("{name} is not open here; open are {}", known.join(", "))));
    }
    let us = units::time(time.trim()).map_err(|why| usage(why.to_string()))?;
    Ok((name, us))
}

/// The two axes: as asked, else the first two parameters.
fn plane(asked: Option<&str>, timing: &Timing) -> Result<Option<[String; 2]>, Problem> {
    let name = |n: usize| timing.parameters.get(n).map(|one| one.of.to_string());
    let Some(text) = asked else {
        return Ok(name(0).zip(name(1)).map(|(x, y)| [x, y]));
    };
    match text.split_once(',') {
        Some((x, y)) => Ok(Some([x.trim().to_owned(), y.trim().to_owned()])),
        None => Err(Problem::Usage(format!(
            "--plane {text}: write two names with a comma between them, as in rtt,gap"
        ))),
    }
}

impl Mapped {
    /// The plane that is shown, from runs in virtual time.
    fn runs(&self) -> Result<Sampled, Problem> {
        let usage = |why: String| Problem::Usage(why);
        let timing = &self.map.timing;
        let middle = |one: &Parameter| one.low + (one.high - one.low) / 2;
        let mut point: Vec<Micros> = timing.parameters.iter().map(middle).collect();
        for (name, us) in &self.held {
            let at = timing.parameters.iter().position(|one| one.of.to_string() == *name);
            if let Some(at) = at {
                point[at] = *us;
            }
        }
        let axes = match &self.plane {
            Some([x, y]) => {
                self.map.plane([x, y], &self.held).map_err(|why| usage(why.to_string()))?.axes
            }
            None => {
                // The same parameter twice: the second only says how high the strip is.
                let Parameter { of, low, high } = timing.parameters[0].clone();
                let axis = Axis { parameter: 0, of, low, high };
                [axis.clone(), Axis { low: 0, high: 1, ..axis }]
            }
        };
        sampled(timing, axes, point).map_err(|why| usage(why.to_string()))
    }

    /// The plane that is shown.
    fn shown(&self) -> Result<Option<crate::timing::Plane>, Problem> {
        if let Some(sampled) = &self.sampled {
            return Ok(Some(sampled.plane.clone()));
        }
        let Some([x, y]) = &self.plane else { return Ok(None) };
        let plane = self.map.plane([x, y], &self.held);
        plane.map(Some).map_err(|why| Problem::Usage(why.to_string()))
    }

    /// The run at a point inside an area, as a token.
    fn token(&self, point: &[Micros]) -> Option<String> {
        let case = self.map.timing.at(point);
        let scenario = case.scenario().ok()?;
        let token = Token { case, which: Which::Drawn { seed: 1, trial: 0 } };
        Some(token.text(&crate::token::hash(&scenario)))
    }
}

fn picture(mapped: &Mapped) -> Result<String, Problem> {
    let drawn = match mapped.shown()? {
        Some(plane) => svg::plane(&mapped.case, &mapped.map, &plane),
        None => svg::line(&mapped.case, &mapped.map),
    };
    drawn.map_err(|why| Problem::Usage(why.to_string()))
}
