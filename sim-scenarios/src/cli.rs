//! The command line: one command a file.
//!
//! Data goes to standard output, everything else to standard error. The same input gives the same
//! bytes, on any number of threads.

mod advise;
pub mod conform;
mod drill;
mod exit;
mod explain;
mod explore;
mod export;
mod help;
mod list;
mod loss;
mod matrix;
mod measured;
mod names;
mod number;
mod out_file;
mod output;
mod parallel;
mod pick;
mod race;
mod replay;
mod run;
mod samples;
mod scenario;
mod share;
mod shell;
mod show;
mod stacks;
mod tell;
mod watch;

pub use exit::Exit;

use crate::case::Impossible;
use clap::{ColorChoice, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::io::{self, Write};

/// When a server answers and closes, does the client's application ever read the answer?
#[derive(Debug, Parser)]
#[command(name = "closerace", bin_name = "closerace", version, disable_help_subcommand = true)]
#[command(about, long_about = LONG, after_help = after())]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    matrix: matrix::Args,
    /// Colour: only on a terminal, always, or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    /// Only the answer: no progress, no ladders, legends, sources or lines to type next; an error
    /// is a line. What is for programs is the same
    #[arg(long, short, global = true)]
    quiet: bool,
}

const LONG: &str = "\
When a server answers and closes, does the client's application ever read the answer?

A deterministic model of two TCP endpoints. Without a command: the matrix of server strategies and
client policies.";

fn after() -> String {
    format!("{}\n{}", help::list(EXAMPLES), help::codes(|exit| Some(exit.says())))
}

const EXAMPLES: &[help::Example] = &[
    ("closerace", "the matrix, Linux to Linux"),
    ("closerace --server-stack freebsd --story upload", "the same, with another server"),
    ("closerace run --server close --client duplex/abort --lost", "a run that loses it"),
    ("closerace explore --story upload", "every order, and what the story claims"),
    ("closerace run --scenario my.toml", "a story of your own"),
    ("closerace loss --server close --client duplex/abort", "how often"),
    ("closerace race --story rtt-race", "for which timings"),
    ("closerace replay TOKEN", "a run again"),
    ("closerace export TOKEN --format svg", "a run as a picture"),
    ("closerace drill close.pkt --stack linux", "a packetdrill script, one endpoint"),
    ("closerace explain 'Broken pipe (os error 32)'", "what it means, and what to change"),
    ("closerace run --quiet", "only how it ended, and under what"),
];

#[derive(Debug, Subcommand)]
enum Command {
    /// Strategies x policies: can the answer be lost, how often, and why (the default)
    #[command(after_help = matrix::after())]
    Matrix(matrix::Args),
    /// One run as a ladder: who sent, called and was told what, when
    Run(run::Args),
    /// Every order in which things can happen: outcomes, shortest traces, claims
    Explore(explore::Args),
    /// For which timings the answer is lost, exactly: thresholds, maps, inequalities
    Race(race::Args),
    /// How often: sampled until it is precise enough; several servers on the same trials
    Loss(loss::Args),
    /// What to set: the smallest safe value of a server's numbers, and what strategies cost
    Advise(advise::Args),
    /// A run again, from its token
    Replay(replay::Args),
    /// A run for other programs: a picture with time to scale, diagrams, tables
    Export(export::Args),
    /// The model beside what real clients were measured to receive
    Measured(measured::Args),
    /// The model against rows recorded on a real kernel
    Conform(conform::ConformArgs),
    /// packetdrill scripts against the model: the field's own test suites
    Drill(drill::Args),
    /// Names that other commands take
    List(list::Args),
    /// A strategy or policy line by line, a stack's answers with sources, a story as its file
    Show(show::Args),
    /// The JSON Schema of scenario files, of presets, or of what commands print
    Schema(scenario::SchemaArgs),
    /// What a message, an error, a cause or a rule means, and what to change
    Explain(explain::Args),
    /// Completions for a shell, to standard output
    Completions(shell::Args),
    /// Manual pages: the program's or a command's to standard output, or all of them as files
    Man(shell::ManArgs),
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Human,
    /// For programs: one object with `schema_version` and `kind`
    Json,
}

/// What a command hands back.
struct Printed {
    text: String,
    exit: Exit,
}

impl Printed {
    const fn done(text: String) -> Printed {
        Printed { text, exit: Exit::Done }
    }

    /// A document for programs.
    fn json<D: output::Document>(document: &D, exit: Exit) -> Result<Printed, Problem> {
        Printed::value(&output::Versioned::new(document), exit)
    }

    fn value<T: serde::Serialize>(value: &T, exit: Exit) -> Result<Printed, Problem> {
        let mut text = serde_json::to_string_pretty(value)
            .map_err(|error| Problem::Internal(error.to_string()))?;
        text.push('\n');
        Ok(Printed { text, exit })
    }
}

/// Why a command has nothing to print.
#[derive(Debug, thiserror::Error)]
enum Problem {
    /// What was asked for does not exist, or does not fit.
    #[error("{0}")]
    Usage(String),
    /// A question without an answer, or a bound.
    #[error("undetermined: {0}")]
    Halted(#[from] sim_core::answer::Halt),
    /// A preset with a step that does not fit.
    #[error("{0}: {1}")]
    Flawed(String, crate::preset::Flaw),
    /// A scenario file that does not fit.
    #[error("{0}")]
    Scenario(Box<crate::file::Flawed>),
    /// A mistake in this program.
    #[error("internal error: {0}")]
    Internal(String),
    /// A search that came to its end without an answer.
    #[error("inconclusive: {0}")]
    Open(String),
    /// A file that was named.
    #[error("cannot write {0}: {1}")]
    File(String, io::Error),
    /// Standard output.
    #[error("cannot write standard output: {0}")]
    Output(io::Error),
}

impl From<Impossible> for Problem {
    fn from(why: Impossible) -> Problem {
        match why {
            Impossible::Halted(halt) => Problem::Halted(halt),
            Impossible::Flawed(name, flaw) => Problem::Flawed(name, flaw),
        }
    }
}

impl Problem {
    const fn exit(&self) -> Exit {
        match self {
            Problem::Usage(_) | Problem::Flawed(..) | Problem::Scenario(_) | Problem::File(..) => {
                Exit::Usage
            }
            Problem::Halted(_) | Problem::Open(_) => Exit::Inconclusive,
            Problem::Internal(_) | Problem::Output(_) => Exit::Internal,
        }
    }
}

/// Whether somebody is watching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Live {
    /// Progress may be shown on standard error, and Ctrl-C ends a search early.
    Terminal,
    /// Ctrl-C ends a search early, and nothing is shown.
    Silent,
    /// Neither.
    Batch,
}

/// How much is said to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Say {
    /// The answer, why, under what it holds, and what to type next.
    All,
    /// The answer, and under what it holds.
    Answer,
}

/// The program: reads its arguments, prints to the standard streams.
#[must_use]
pub fn main() -> Exit {
    let done = std::panic::catch_unwind(|| {
        let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
        let colour = if colour { Colour::Wanted } else { Colour::Unwanted };
        let (mut out, mut err) = (io::stdout().lock(), io::stderr());
        dispatch(std::env::args_os(), (&mut out, &mut err), colour, Live::Terminal)
    });
    done.unwrap_or(Exit::Internal)
}

/// The same with other arguments and streams, for tests: never live, colour only when asked for.
pub fn main_with(
    args: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Exit {
    dispatch(args, (out, err), Colour::Unwanted, Live::Batch)
}

/// Whether escape sequences are wanted when nobody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colour {
    Wanted,
    Unwanted,
}

fn dispatch(
    args: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    (out, err): (&mut dyn Write, &mut dyn Write),
    auto: Colour,
    live: Live,
) -> Exit {
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let say = say(&args);
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, (out, err), auto, say),
    };
    let colour = match cli.color {
        ColorChoice::Auto => auto,
        ColorChoice::Always => Colour::Wanted,
        ColorChoice::Never => Colour::Unwanted,
    };
    let live = match (live, say) {
        (Live::Terminal, Say::Answer) => Live::Silent,
        (live, Say::All | Say::Answer) => live,
    };
    let printed = match cli.command {
        None => matrix::matrix(&cli.matrix, say),
        Some(Command::Matrix(args)) => matrix::matrix(&args, say),
        Some(Command::Run(args)) => run::run(&args, say),
        Some(Command::Explore(args)) => explore::explore(&args, live, say),
        Some(Command::Race(args)) => race::race(&args, live, say),
        Some(Command::Loss(args)) => loss::loss(&args, live, say),
        Some(Command::Advise(args)) => advise::advise(&args, live, say),
        Some(Command::Replay(args)) => replay::replay(&args, say),
        Some(Command::Export(args)) => export::export(&args),
        Some(Command::Measured(args)) => measured::measured(&args, say),
        Some(Command::Conform(args)) => conform::printed(&args, say),
        Some(Command::Drill(args)) => drill::drill(&args, say),
        Some(Command::List(args)) => list::list(&args, say),
        Some(Command::Show(args)) => show::show(&args, say),
        Some(Command::Schema(args)) => scenario::schema(args),
        Some(Command::Explain(args)) => explain::explain(&args, say),
        Some(Command::Completions(args)) => Ok(shell::completions(&args)),
        Some(Command::Man(args)) => shell::man(&args),
    };
    match printed {
        Ok(Printed { text, exit }) => match print(out, &text, colour) {
            Ok(()) => exit,
            Err(error) => unprinted(error, err, exit),
        },
        Err(problem) => {
            let plain = live == Live::Batch
                || cli.color == ColorChoice::Never
                || anstream::AutoStream::choice(&io::stderr()) == anstream::ColorChoice::Never;
            let colour = if plain { Colour::Unwanted } else { Colour::Wanted };
            complain(err, &problem, colour, say)
        }
    }
}

/// Whether `--quiet` is among the arguments: an error in the others has to know it, too.
fn say(args: &[OsString]) -> Say {
    let mut before = args.iter().take_while(|arg| *arg != "--");
    match before.any(|arg| arg == "--quiet" || arg == "-q") {
        true => Say::Answer,
        false => Say::All,
    }
}

fn print(out: &mut dyn Write, text: &str, colour: Colour) -> io::Result<()> {
    match colour {
        Colour::Wanted => out.write_all(text.as_bytes())?,
        Colour::Unwanted => write!(out, "{}", anstream::adapter::strip_str(text))?,
    }
    out.flush()
}

/// A reader that has seen enough is no error; any other failure of standard output is.
fn unprinted(error: io::Error, err: &mut dyn Write, exit: Exit) -> Exit {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return exit;
    }
    complain(err, &Problem::Output(error), Colour::Unwanted, Say::All)
}

fn complain(err: &mut dyn Write, problem: &Problem, colour: Colour, say: Say) -> Exit {
    let text = match problem {
        Problem::Scenario(flawed) => match say {
            Say::All => scenario::picture(flawed, colour),
            Say::Answer => format!("{flawed}\n"),
        },
        problem @ (Problem::Usage(_)
        | Problem::Halted(_)
        | Problem::Flawed(..)
        | Problem::Internal(_)
        | Problem::Open(_)
        | Problem::File(..)
        | Problem::Output(_)) => shortened(&format!("error: {problem}\n"), say),
    };
    // Where standard error is gone as well, the exit code still speaks.
    let _ = err.write_all(text.as_bytes());
    problem.exit()
}

/// A message, or its first line: hints and lists of what is allowed stand below it.
fn shortened(message: &str, say: Say) -> String {
    match say {
        Say::All => message.to_owned(),
        Say::Answer => message.lines().take(1).map(|line| format!("{line}\n")).collect(),
    }
}

/// Help and version go to standard output and are no error.
fn usage(
    error: &clap::Error,
    (out, err): (&mut dyn Write, &mut dyn Write),
    auto: Colour,
    say: Say,
) -> Exit {
    let text = match auto {
        Colour::Wanted => error.render().ansi().to_string(),
        Colour::Unwanted => error.render().to_string(),
    };
    if error.use_stderr() {
        let text = shortened(&text, say);
        // Where standard error is gone, the exit code still speaks.
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
        return Exit::Usage;
    }
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Exit::Done,
        Err(error) => unprinted(error, err, Exit::Done),
    }
}

/// The command line as clap has it: what completions, manual pages and tests of the help read.
#[must_use]
pub fn command() -> clap::Command {
    let mut command = <Cli as clap::CommandFactory>::command();
    // Options of the program belong to every command; building hands them down.
    command.build();
    command
}
