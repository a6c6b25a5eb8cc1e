//! Files that commands write.

use super::Problem;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Old {
    Kept,
    Overwritten,
}

pub(super) fn write(path: &Path, text: &str, old: Old) -> Result<(), Problem> {
    let name = path.display();
    let mut options = OpenOptions::new();
    match old {
        Old::Kept => options.write(true).create_new(true),
        Old::Overwritten => options.write(true).create(true).truncate(true),
    };
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            Problem::Usage(format!(
                "{name} is there already, and was kept; say --force to overwrite it, or name \
                 another file"
            ))
        } else {
            Problem::File(name.to_string(), error)
        }
    })
}
