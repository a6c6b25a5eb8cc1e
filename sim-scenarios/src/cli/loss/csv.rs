//! The shares as a table.

use super::count::{Finish, Share};
use super::json::causes;
use super::{Computed, Subject, WORDS};
use crate::render::words;
use sim_core::report::outcome::Word;
use std::fmt::Write;

/// Columns: differences are of shares, against the first server. Six digits: the last ones that
/// doubles have are the machine's.
pub(super) const HEAD: &str = "server,client,scenario,seed,what,name,count,trials,share,low,high\n";

pub(super) fn csv(computed: &Computed) -> String {
    let Computed { subject: Subject { cases, .. }, counted, .. } = computed;
    let mut text = HEAD.to_owned();
    for n in 0..cases.len() {
        row(&mut text, computed, n, "lost", "", counted.lost(n));
        for word in WORDS {
            let share = counted.share(n, |finish: Finish| finish.word() == Some(word));
            row(&mut text, computed, n, "word", Word::name(word), share);
        }
        for (cause, share, _) in causes(counted, n) {
            row(&mut text, computed, n, "cause", cause.map_or("none", words::cause), share);
        }
    }
    for versus in counted.versus() {
        let (low, high) = versus.interval();
        let difference = versus.pairs.difference();
        let apart = versus.pairs.only_here + versus.pairs.only_there;
        let first = cases[0].server.to_string();
        begin(&mut text, computed, versus.server, "difference", &first);
        let _ = writeln!(text, "{apart},{},{difference:.6},{low:.6},{high:.6}", versus.pairs.of);
    }
    text
}

fn row(text: &mut String, computed: &Computed, n: usize, what: &str, name: &str, share: Share) {
    let (low, high) = share.interval();
    begin(text, computed, n, what, name);
    let part = share.count as f64 / share.of.max(1) as f64;
    let _ = writeln!(text, "{},{},{part:.6},{low:.6},{high:.6}", share.count, share.of);
}

fn begin(text: &mut String, computed: &Computed, n: usize, what: &str, name: &str) {
    let seed = computed.ask.seed.to_string();
    line(text, &computed.subject, (n, &seed), what, name);
}

/// The columns that say what a line is about.
pub(super) fn line(
    text: &mut String,
    subject: &Subject,
    (n, seed): (usize, &str),
    what: &str,
    name: &str,
) {
    let Subject { cases, hashes, .. } = subject;
    let (server, client) = (field(&cases[n].server), field(&cases[n].client));
    let (hash, name) = (&hashes[n], field(&name));
    let _ = write!(text, "{server},{client},{hash},{seed},{what},{name},");
}

/// A server with several numbers has commas.
fn field(value: &impl std::fmt::Display) -> String {
    let text = value.to_string();
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
