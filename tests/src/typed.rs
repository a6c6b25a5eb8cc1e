//! Command lines as they are typed, carried out by the program within the test.

use sim_scenarios::cli::{Exit, main_with};
use std::path::{Path, PathBuf};

/// What a command line came to: exit code, standard output, standard error.
pub type Came = (Exit, String, String);

/// Carries out a line that begins with `closerace`.
///
/// # Panics
/// Where what is printed is no text.
#[must_use]
pub fn run(line: &str) -> Came {
    run_words(&words(line))
}

/// The same, word by word.
///
/// # Panics
/// Where what is printed is no text.
#[must_use]
pub fn run_words(words: &[String]) -> Came {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = main_with(words, &mut out, &mut err);
    (exit, String::from_utf8(out).expect("text"), String::from_utf8(err).expect("text"))
}

/// The words of a line; what stands between single quotes is one.
#[must_use]
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (n, part) in line.split('\'').enumerate() {
        match n % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// The last word of what run prints for a case: its token.
///
/// # Panics
/// Where the run fails.
#[must_use]
pub fn token(options: &str) -> String {
    let (exit, out, err) = run(&format!("closerace run {options}"));
    assert_eq!(exit, Exit::Done, "{options}: {err}");
    out.split_whitespace().last().expect("a token").to_owned()
}

/// A folder that is gone when this is.
pub struct Folder(PathBuf);

impl Folder {
    /// An empty one for this test.
    ///
    /// # Panics
    /// Where there cannot be one.
    #[must_use]
    pub fn new(test: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("closerace-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A file in it, with these bytes.
    ///
    /// # Panics
    /// Where it cannot be written.
    #[must_use]
    pub fn keep(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Somebody else's temporary files are no reason to fail.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
