//! `closerace drill`: packetdrill scripts against the model.

mod json;

pub(super) use json::{ScriptDocument, SummaryDocument};

use super::help::{self, Ends};
use super::parallel;
use super::{Exit, Printed, Problem, Say};
use crate::drill::report::{self, Counts, Detail, Row};
use crate::drill::{self, Defines};
use clap::ValueHint;
use sim_core::profile::Profile;
use std::path::{Path, PathBuf};

/// Which scripts, on which stack.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = format!("{}\n\n{NOTES}", help::after(EXAMPLES, ENDS)))]
pub(super) struct Args {
    /// Scripts, or folders that are searched for *.pkt
    #[arg(required = true, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// The stack under test
    #[arg(long, value_name = "NAME", value_parser = stack)]
    stack: &'static Profile,
    /// A name that #ifdef knows, or NAME=VALUE; instead of the stack's own name
    #[arg(short = 'D', long = "define", value_name = "NAME")]
    defines: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Threads [default: one a processor]
    #[arg(long, value_name = "N", value_parser = parallel::asked)]
    jobs: Option<usize>,
}

const EXAMPLES: &[help::Example] = &[
    ("closerace drill close.pkt --stack linux", "passed, or where it differs"),
    ("closerace drill close.pkt --stack freebsd --quiet", "the totals alone"),
    ("closerace drill close.pkt --stack rfc9293 -D STANDARD --format json", ""),
];

const ENDS: Ends = Ends {
    done: "every script passed",
    violated: Some("a script failed; the difference is printed"),
    inconclusive: Some("none failed, but some need something that is not here"),
};

const NOTES: &str = "\
A script is the application of one endpoint (system calls and what they must return) and its peer
(< segments that arrive, > segments that must be sent). Flags, numbers and lengths are compared
exactly, windows and options where they are written, instants within the script's tolerance or an
eighth of the time since the event before. Without -D, #ifdef knows the stack: Linux, FreeBSD, or
STANDARD for rfc9293.

What the language has and this program or the model lacks is \"unsupported\", by name; what is not
of the language has failed. Shell lines are not run: controls the model knows are set, probes of the
socket table are answered, everything else is unsupported.";

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line a script, the difference under those that failed, then totals
    Human,
    /// One JSON object a script, the summary last
    Json,
}

fn stack(name: &str) -> Result<&'static Profile, String> {
    let names = || {
        let names: Vec<&str> = sim_core::profile::ALL.iter().map(|it| it.name).collect();
        format!("a stack is one of {}", names.join(", "))
    };
    Profile::named(name).ok_or_else(names)
}

pub(super) fn drill(args: &Args, say: Say) -> Result<Printed, Problem> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in &args.paths {
        find(path, &mut files)?;
    }
    if files.is_empty() {
        return Err(Problem::Usage("no *.pkt there".to_owned()));
    }
    let mut texts: Vec<(String, String)> = Vec::new();
    for file in &files {
        let bytes = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
        texts.push((file.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    let defines = if args.defines.is_empty() {
        drill::own_defines(args.stack)
    } else {
        let pair = |define: &String| {
            let (name, value) = define.split_once('=').unwrap_or((define, ""));
            (name.to_owned(), value.to_owned())
        };
        args.defines.iter().map(pair).collect::<Defines>()
    };
    let rows = parallel::map(parallel::threads(args.jobs), &texts, |(file, text)| Row {
        file: file.clone(),
        checked: drill::check(text, args.stack, &defines),
    });
    let text = match args.format {
        Format::Human => report::human(
            &rows,
            match say {
                Say::All => Detail::Everything,
                Say::Answer => Detail::Sum,
            },
        ),
        Format::Json => json::lines(&rows, args.stack.name)
            .map_err(|error| Problem::Internal(error.to_string()))?,
    };
    let Counts { passed: _, failed, unsupported } = Counts::of(&rows);
    let exit = match (failed, unsupported) {
        (0, 0) => Exit::Done,
        (0, _) => Exit::Inconclusive,
        _ => Exit::Violated,
    };
    Ok(Printed { text, exit })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::Usage(format!("cannot read {}: {error}", path.display()))
}

/// A file as it is; of a folder every *.pkt below it, in the order of their names.
fn find(path: &Path, into: &mut Vec<PathBuf>) -> Result<(), Problem> {
    let kind = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !kind.is_dir() {
        into.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    let mut below: Vec<PathBuf> = Vec::new();
    for entry in entries {
        below.push(entry.map_err(|error| unreadable(path, &error))?.path());
    }
    below.sort();
    for entry in below {
        let link = std::fs::symlink_metadata(&entry).is_ok_and(|kind| kind.is_symlink());
        let script = entry.extension().is_some_and(|end| end == "pkt");
        if entry.is_dir() && !link {
            find(&entry, into)?;
        } else if script && entry.is_file() {
            into.push(entry);
        }
    }
    Ok(())
}
