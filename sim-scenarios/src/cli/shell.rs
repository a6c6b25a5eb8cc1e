//! `completions SHELL` and `man`: from the same definitions as the command line itself.

use super::help::{self, Ends};
use super::{Cli, Exit, Printed, Problem};
use clap::builder::PossibleValuesParser;
use clap::{Arg, CommandFactory, ValueHint};
use clap_complete::Shell;
use std::path::{Path, PathBuf};

/// Which shell.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(after_help = help::after(COMPLETIONS, Ends::PLAIN))]
pub(super) struct Args {
    /// The shell to complete in
    shell: Shell,
}

const COMPLETIONS: &[help::Example] = &[
    ("closerace completions bash", "in ~/.bashrc: source <(closerace completions bash)"),
    ("closerace completions zsh", "to a file _closerace in a folder of $fpath"),
    ("closerace completions fish", "to ~/.config/fish/completions/closerace.fish"),
];

/// Which pages.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = help::after(MAN, Ends { done: "printed, or written", ..Ends::PLAIN }))]
pub(super) struct ManArgs {
    /// The command; without it the page of the program
    #[arg(value_name = "COMMAND", value_parser = PossibleValuesParser::new(help::VERBS))]
    of: Option<String>,
    /// Write every page into this folder instead (closerace.1, closerace-run.1 ...)
    #[arg(long, value_name = "FOLDER", conflicts_with = "of", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

const MAN: &[help::Example] = &[
    ("closerace man", "the program's page"),
    ("closerace man run", "a command's page; closerace man run | man -l - shows it"),
    ("closerace man --dir pages", "all of them, as files"),
];

pub(super) fn completions(args: &Args) -> Printed {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "closerace", &mut text);
    Printed::done(String::from_utf8_lossy(&text).into_owned())
}

pub(super) fn man(args: &ManArgs) -> Result<Printed, Problem> {
    let mut all = Cli::command();
    // Options of the program belong to every command; building hands them down.
    all.build();
    if let Some(dir) = &args.dir {
        let pages = std::iter::once(&all).chain(all.get_subcommands());
        pages.into_iter().try_for_each(|command| write(dir, command))?;
        return Ok(Printed { text: String::new(), exit: Exit::Done });
    }
    let of = args.of.as_deref();
    let command = of.and_then(|of| all.find_subcommand(of)).unwrap_or(&all);
    page(command).map(Printed::done)
}

/// The page of the program or of one of its commands.
fn page(command: &clap::Command) -> Result<String, Problem> {
    let man = clap_mangen::Man::new(command.clone().mut_args(with_aliases))
        .title(page_name(command))
        .source(concat!("closerace ", env!("CARGO_PKG_VERSION")))
        .manual("closerace");
    let mut text = Vec::new();
    let mut render = || {
        man.render_title(&mut text)?;
        man.render_name_section(&mut text)?;
        man.render_synopsis_section(&mut text)?;
        man.render_description_section(&mut text)?;
        man.render_options_section(&mut text)?;
        if command.has_subcommands() {
            man.render_subcommands_section(&mut text)?;
        }
        Ok(())
    };
    render().map_err(|error: std::io::Error| Problem::Internal(error.to_string()))?;
    let mut text = String::from_utf8_lossy(&text).into_owned();
    let end = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for (heading, section) in sections(&end) {
        text.push_str(&format!(".SH {heading}\n.nf\n{}.fi\n", literal(section)));
    }
    Ok(text)
}

/// An option whose text says how else it is called: pages leave that out.
fn with_aliases(arg: Arg) -> Arg {
    let aliases = arg.get_visible_aliases().unwrap_or_default();
    let aliases: Vec<String> = aliases.iter().map(|name| format!("--{name}")).collect();
    match (arg.get_help(), &aliases[..]) {
        (None, _) | (_, []) => arg,
        (Some(help), aliases) => {
            let help = format!("{help} [aliases: {}]", aliases.join(", "));
            arg.help(help)
        }
    }
}

/// The parts of a help's end, under the headings that manual pages have.
fn sections(end: &str) -> Vec<(&'static str, &str)> {
    let (examples, rest) = end.split_once("Exit codes:\n").unwrap_or((end, ""));
    let (codes, notes) = rest.split_once("\n\n").unwrap_or((rest, ""));
    let examples = examples.trim_start_matches("Examples:\n");
    let all = [("EXAMPLES", examples), ("EXIT STATUS", codes), ("NOTES", notes)];
    all.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect()
}

/// Lines as they are: nothing in them is a request to roff.
fn literal(text: &str) -> String {
    let line = |line: &str| {
        let line = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
        let guard = if line.starts_with('.') { "\\&" } else { "" };
        format!("{guard}{line}\n")
    };
    text.trim_end().lines().map(line).collect()
}

fn write(dir: &Path, command: &clap::Command) -> Result<(), Problem> {
    let path = dir.join(format!("{}.1", page_name(command)));
    std::fs::write(&path, page(command)?)
        .map_err(|error| Problem::File(path.display().to_string(), error))
}

/// `closerace`, `closerace-run`.
fn page_name(command: &clap::Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}
