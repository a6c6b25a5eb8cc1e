//! The verdict in a sentence, and where every byte of the answer is.

use super::words::{self, bytes, count, paint, told, word_style};
use sim_core::report::outcome::{Outcome, Reply, Word};
use sim_core::script::Told;
use sim_core::world::World;
use sim_core::world::ledger::{Ledger, ledger};

/// What became of the answer, in a sentence.
#[must_use]
pub fn sentence(outcome: &Outcome, reply: Reply) -> String {
    let Outcome { word, read, told: last, cause, ended: _ } = *outcome;
    let whole = reply.bytes;
    let read = match (word, read) {
        (Word::Seen, _) => {
            format!("the client's application has read all {} of the answer", bytes(whole))
        }
        (_, 0) => {
            format!("the client's application has read nothing of the {} answer", adjective(whole))
        }
        (_, read) => {
            let (read, whole) = (words::thousands(read.into()), count(whole.into(), "byte"));
            format!("the client's application has read {read} of the {whole} of the answer")
        }
    };
    let end = match (word, last) {
        (Word::Seen, Told::Nothing) => String::new(),
        (Word::Seen, last) => format!("; afterwards it was told {}", told(last)),
        (Word::Truncated, _) => {
            ", was told that this was the end (EOF), and believes it".to_owned()
        }
        (Word::Lost, Told::Nothing) => "; it was told nothing".to_owned(),
        (Word::Lost, last) => format!("; the last thing it was told is {}", told(last)),
        (Word::Stuck, _) => ", and waits for ever".to_owned(),
    };
    let cause =
        cause.map(|gone| format!("\nWhy: {}.", words::cause_says(gone))).unwrap_or_default();
    format!("{}: {read}{end}.{cause}", paint(word_style(word), word.name()))
}

fn adjective(n: u32) -> String {
    match n {
        n if n >= 1024 && n.is_multiple_of(1024) => format!("{} KiB", n / 1024),
        n => format!("{n}-byte"),
    }
}

/// Where the answer is, place by place: each byte is counted once, at the furthest place it
/// reached.
#[must_use]
pub fn places(world: &World, reply: Reply) -> Vec<(String, u32)> {
    let Ledger { written, read, readable, out_of_order, in_flight, held, gone, missing } =
        ledger(world, reply.from, reply.conn);
    let mut places = vec![
        ("read by the client's application".to_owned(), read),
        ("in the client's socket, readable, unread".to_owned(), readable),
        ("in the client's socket, behind a hole".to_owned(), out_of_order),
        ("on the link".to_owned(), in_flight),
        ("held by the server's stack".to_owned(), held),
    ];
    places.extend(gone.iter().map(|(why, n)| (format!("gone: {}", why.words()), *n)));
    places.push(("unaccounted for (the model is wrong)".to_owned(), missing));
    places.push((
        "never written by the server's application".to_owned(),
        reply.bytes.saturating_sub(written),
    ));
    places.retain(|(_, n)| *n > 0);
    places
}

/// The ledger in one paragraph.
#[must_use]
pub fn ledger_text(world: &World, reply: Reply) -> String {
    let parts: Vec<String> = places(world, reply)
        .into_iter()
        .map(|(place, n)| format!("{} {place}", words::thousands(u64::from(n))))
        .collect();
    let text =
        format!("The {} of the answer: {}.", count(reply.bytes.into(), "byte"), parts.join(" | "));
    words::wrap(&text, 98, "  ")
}
