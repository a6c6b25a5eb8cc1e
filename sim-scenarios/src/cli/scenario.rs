//! Scenario files on the command line: reading them, and showing what is wrong with one.

use super::help::{self, Ends};
use super::{Colour, Exit, Printed, Problem, output};
use crate::case::{Case, Shelf};
use crate::file::{self, Flaw, Flawed, LONGEST_FILE};
use clap::ValueEnum;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode,
};
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Reads the scenario of a file.
pub(super) fn read(path: &Path) -> Result<Case, Problem> {
    let name = path.display().to_string();
    let refused = |why: String| Problem::Usage(format!("cannot read {name}: {why}"));
    let open = File::open(path).map_err(|error| refused(error.to_string()))?;
    let kind = open.metadata().map_err(|error| refused(error.to_string()))?;
    if kind.is_dir() {
        return Err(refused("it is a directory; a scenario is a file".to_owned()));
    }
    // A byte more than is read tells that there are too many.
    let most = u64::try_from(LONGEST_FILE).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    open.take(most).read_to_end(&mut bytes).map_err(|error| refused(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        refused(format!("byte {at} is not UTF-8; a scenario is text"))
    })?;
    file::read(&name, &text, Shelf::File).map_err(|flawed| Problem::Scenario(Box::new(flawed)))
}

/// What is wrong with a file, each place underlined.
pub(super) fn picture(flawed: &Flawed, colour: Colour) -> String {
    let theme = match colour {
        Colour::Wanted => GraphicalTheme::unicode(),
        Colour::Unwanted => GraphicalTheme::unicode_nocolor(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(98).with_links(false);
    let source = NamedSource::new(&flawed.name, flawed.text.clone());
    let mut text = String::new();
    for flaw in &flawed.flaws {
        // A place that cannot be drawn is told in words.
        if handler.render_report(&mut text, &Drawn { flaw, source: &source }).is_err() {
            text.push_str(&format!("{flawed}\n"));
        }
    }
    let count = match flawed.flaws.len() {
        1 => "1 error".to_owned(),
        n => format!("{n} errors"),
    };
    format!("{text}error: {}: {count}; `closerace schema` tells what can be said\n", flawed.name)
}

/// A flaw as miette draws it.
#[derive(Debug)]
struct Drawn<'f> {
    flaw: &'f Flaw,
    source: &'f NamedSource<String>,
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.flaw.what)
    }
}

impl std::error::Error for Drawn<'_> {}

impl Diagnostic for Drawn<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let Flaw { span, label, .. } = self.flaw;
        let label = Some(label.clone()).filter(|label| !label.is_empty());
        let length = span.end - span.start;
        Some(Box::new(std::iter::once(LabeledSpan::new(label, span.start, length))))
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.flaw.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
}

/// Which schema.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, Ends::PLAIN))]
pub(super) struct SchemaArgs {
    /// Of what
    #[arg(value_enum, default_value_t)]
    of: Of,
}

const EXAMPLES: &[help::Example] = &[
    ("closerace schema", "of scenario files"),
    ("closerace schema preset", "of servers and clients as data"),
    ("closerace schema output", "of what commands print with --format json"),
];

/// What has a schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Of {
    /// A scenario file
    #[default]
    Scenario,
    /// A server's strategy or a client's policy
    Preset,
    /// What commands print with --format json
    Output,
}

/// `schema`: the JSON Schema of the files that this program reads, and of what it prints.
pub(super) fn schema(args: SchemaArgs) -> Result<Printed, Problem> {
    let value = match args.of {
        Of::Scenario => file::scenario_schema(),
        Of::Preset => file::preset_schema(),
        Of::Output => output::schema(),
    };
    Printed::value(value, Exit::Done)
}
