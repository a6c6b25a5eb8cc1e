//! What can be seen of one event on one stack: the cells of the event × state tables.

use crate::bench::{Bench, ID, IRS, ISS};
use crate::event::{self, SEGMENTS};
use crate::situation::{Detour, Held, Situation};
use sim_core::answer::Halt;
use sim_core::profile::Profile;
use sim_core::socket::Return;
use sim_core::tcp::{Gone, Whose};
use sim_core::wire::{Flags, Segment, Side, State};
use sim_core::world::Action;
use std::fmt::Write;

/// What a row says after the event's name and the stacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The state after the event.
    pub after: String,
    /// Segments sent.
    pub sends: String,
    /// What is returned, pending and gone.
    pub told: String,
    /// Rules that decided.
    pub rules: Vec<&'static str>,
}

/// The only function that knows the API: the event on a bench, and what can be seen afterwards.
#[must_use]
pub fn check(
    bench: &Result<Bench, Detour>,
    event: impl FnOnce(&mut Bench) -> Result<(), Halt>,
) -> Cell {
    let mut bench = match bench {
        Ok(bench) => bench.clone(),
        Err(detour) => return Cell::nothing(detour.to_string()),
    };
    match event(&mut bench) {
        Ok(()) => Cell {
            after: bench.state().map_or("(none)", State::name).to_owned(),
            sends: listed(bench.segments().iter().map(notation)),
            told: told(&bench),
            rules: bench.rules(),
        },
        Err(halt) => Cell::nothing(format!("halts: {halt}")),
    }
}

impl Cell {
    /// A cell in which nothing happens.
    #[must_use]
    pub fn nothing(after: String) -> Cell {
        Cell { after, sends: "-".to_owned(), told: "-".to_owned(), rules: Vec::new() }
    }

    /// The stack has not come into the situation.
    #[must_use]
    pub fn is_detour(&self) -> bool {
        self.after.starts_with("the way ")
    }
}

fn listed(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "-".to_owned() } else { parts.join(", ") }
}

fn notation(segment: &Segment) -> String {
    let flags: Flags = segment.flags;
    let mut text = String::new();
    let letters = [(flags.syn(), 'S'), (flags.fin(), 'F'), (flags.rst(), 'R')];
    text.extend(letters.iter().filter(|(set, _)| *set).map(|(_, letter)| *letter));
    text.push_str(if segment.ack.is_some() { "A " } else { " " });
    // A RST without a number of its own carries the number 0 itself.
    let _ = match segment.seq.raw() {
        0 => write!(text, "zero"),
        _ => write!(text, "{}", segment.seq.since(ISS)),
    };
    if !segment.text.is_empty() {
        let _ = write!(text, "+{}", segment.text.len());
    }
    if let Some(ack) = segment.ack {
        let _ = write!(text, " a{}", ack.since(IRS));
    }
    if segment.wnd == 0 && !flags.rst() {
        text.push_str(" w0");
    }
    text
}

fn told(bench: &Bench) -> String {
    let mut parts: Vec<String> = bench.returned().map(returned).into_iter().collect();
    parts.extend(bench.pending().map(|errno| format!("pending {}", errno.name())));
    let gone = |(whose, count, why): (Whose, u32, Gone)| {
        let whose = if whose == Whose::Ours { "our" } else { "their" };
        format!("{whose} {count} gone: {}", why.words())
    };
    parts.extend(bench.thrown_away().into_iter().map(gone));
    listed(parts.into_iter())
}

fn returned(value: Return) -> String {
    match value {
        Return::Done => "0".to_owned(),
        Return::Count(n) => format!("= {n}"),
        Return::Eof => "EOF".to_owned(),
        Return::Error(errno) => errno.name().to_owned(),
        Return::Pending(errno) => format!("= {}", errno.map_or("0", sim_core::tcp::Errno::name)),
        Return::Ready(bits) => format!("= {}", bits.names()),
        Return::Would(_) => "waits".to_owned(),
    }
}

/// An event and what can be seen of it.
pub type Deed = (String, Result<String, Halt>);

/// Every event in a situation on one stack, with everything that can be seen of it; an error where
/// an answer is missing.
///
/// # Errors
/// The stack does not come into the situation.
pub fn effects(situation: &Situation, stack: &'static Profile) -> Result<Vec<Deed>, Detour> {
    let bench = situation.bench(stack)?;
    let seen = |event: &dyn Fn(&mut Bench) -> Result<(), Halt>| {
        let mut bench = bench.clone();
        event(&mut bench)?;
        Ok(format!("{:?} {:?} {}", bench.state(), bench.pending(), bench.effects()))
    };
    let mut all = Vec::new();
    for (name, segment) in &SEGMENTS {
        let event = |bench: &mut Bench| bench.act(Action::Inject(Side::A, segment(bench)));
        all.push(((*name).to_owned(), seen(&event)));
    }
    for (name, timer) in event::timers().into_iter().filter(|(_, timer)| bench.armed(*timer)) {
        let event = |bench: &mut Bench| bench.act(Action::Fire(Side::A, ID, timer));
        all.push((name, seen(&event)));
    }
    if situation.held == Held::Yes {
        for (name, calls) in event::calls(bench.fd) {
            all.push((name, seen(&|bench| event::make(bench, &calls))));
        }
    }
    Ok(all)
}
