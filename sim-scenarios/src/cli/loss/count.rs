//! The trials: in batches, until there are enough.
//!
//! Whether there are enough is asked after a whole batch only, and how large batches are depends on
//! nothing but their place: what is counted is the same on any number of threads.

use crate::case::Scenario;
use crate::cli::parallel;
use crate::cli::share::{Pairs, Sure};
use sim_core::answer::Halt;
use sim_core::drive::compiled::Compiled;
use sim_core::drive::run::{Ended, HORIZON};
use sim_core::drive::sample::{Paired, Tally, Tried, paired_known, trial};
use sim_core::report::outcome::{Outcome, Word, outcome};
use sim_core::tcp::Gone;
use sim_core::world::World;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// The least trials between two looks.
pub(super) const BATCH: u64 = 1_000;
/// Trials that one thread does at a time: few where each has to be stepped, so that a word to stop
/// is heard soon, many where their ends are looked up.
const CHUNK: u64 = 25;
const CHUNK_LOOKED_UP: u64 = 1_000;

/// When there are enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Until {
    /// So many.
    Trials(u64),
    /// When the 95 % interval of every share lost reaches no further than so far to either side on
    /// average, and at this many at the latest.
    Precise { half: f64, most: u64 },
}

/// What is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask {
    pub seed: u64,
    pub until: Until,
    pub threads: usize,
}

/// Why there are no more trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// As many as were asked for.
    Asked,
    /// As precise as was asked for.
    Precise,
    /// The most that were allowed, and not as precise as was asked for.
    Most,
    /// Ctrl-C.
    Stopped,
    /// A trial could not be carried to its end.
    Open,
}

/// How a trial ended, as far as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Finish {
    /// With this word, for this reason.
    Ended(Word, Option<Gone>),
    /// Not: the horizon came first, and the answer was not there yet.
    Cut,
}

/// A trial that came to no end, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Open {
    /// Of which of the servers.
    pub server: usize,
    pub trial: u64,
    /// `None` where the horizon came first.
    pub halt: Option<Halt>,
}

impl Open {
    /// In words.
    pub(super) fn why(&self) -> String {
        match &self.halt {
            Some(halt) => halt.to_string(),
            None => "the horizon came before the answer or its loss".to_owned(),
        }
    }
}

/// Everything that was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    pub paired: Paired<Finish>,
    pub sure: Sure,
    pub end: End,
    /// The first trial without an end.
    pub open: Option<Open>,
}

/// A count among trials, some of which have no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Share {
    pub count: u64,
    pub open: u64,
    pub of: u64,
    pub sure: Sure,
}

impl Share {
    /// Its 95 % interval, whatever would have become of the trials that are open.
    pub(super) fn interval(self) -> (f64, f64) {
        let Share { count, open, of, sure } = self;
        (sure.interval(count, of).0, sure.interval(count + open, of).1)
    }

    /// Half the width of that interval.
    pub(super) fn half_width(self) -> f64 {
        let (low, high) = self.interval();
        (high - low) / 2.0
    }
}

/// A server against the first one, on the same trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Versus {
    /// Its place among the servers.
    pub server: usize,
    /// Here is this server, there the first one.
    pub pairs: Pairs,
    /// Trials in which one of the two has no end.
    pub open: u64,
    pub sure: Sure,
}

impl Versus {
    /// At least 95 % sure, whatever would have become of the trials that are open.
    pub(super) fn interval(self) -> (f64, f64) {
        let Versus { server: _, pairs, open, sure } = self;
        let less = Pairs { only_there: pairs.only_there + open, ..pairs };
        let more = Pairs { only_here: pairs.only_here + open, ..pairs };
        (less.interval(sure).0, more.interval(sure).1)
    }
}

impl Finish {
    fn of(outcome: Outcome) -> Finish {
        let Outcome { word, read: _, told: _, cause, ended } = outcome;
        match (word, ended) {
            (Word::Truncated | Word::Lost | Word::Stuck, Ended::Horizon) => Finish::Cut,
            (Word::Seen, Ended::Horizon) | (_, Ended::Done | Ended::Stuck) => {
                Finish::Ended(word, cause)
            }
        }
    }

    /// Whether it ended without the whole answer.
    pub(super) const fn is_lost(self) -> bool {
        match self {
            Finish::Ended(Word::Truncated | Word::Lost | Word::Stuck, _) => true,
            Finish::Ended(Word::Seen, _) | Finish::Cut => false,
        }
    }

    /// Its word.
    pub(super) const fn word(self) -> Option<Word> {
        match self {
            Finish::Ended(word, _) => Some(word),
            Finish::Cut => None,
        }
    }

    /// Why the answer was lost.
    pub(super) const fn cause(self) -> Option<Gone> {
        match self {
            Finish::Ended(_, cause) => cause,
            Finish::Cut => None,
        }
    }
}

impl Counted {
    /// Trials.
    pub(super) fn trials(&self) -> u64 {
        self.paired.each.first().map_or(0, |tally| tally.trials)
    }

    /// How many trials of a server ended so.
    pub(super) fn share(&self, server: usize, is: impl Fn(Finish) -> bool) -> Share {
        let tally = &self.paired.each[server];
        let cut = tally.count(|finish| *finish == Finish::Cut);
        Share {
            count: tally.count(|finish| is(*finish)),
            open: tally.halted + cut,
            of: tally.trials,
            sure: self.sure,
        }
    }

    /// How many trials of a server ended without the whole answer.
    pub(super) fn lost(&self, server: usize) -> Share {
        self.share(server, Finish::is_lost)
    }

    /// The first trial of a server that ended so.
    pub(super) fn first(&self, server: usize, is: impl Fn(Finish) -> bool) -> Option<u64> {
        let counts = self.paired.each[server].counts.iter();
        counts.filter(|(finish, _, _)| is(*finish)).map(|(_, _, first)| *first).min()
    }

    /// Every other server against the first.
    pub(super) fn versus(&self) -> Vec<Versus> {
        let with_first = self.paired.pairs.iter().filter(|pair| pair.of[0] == 0);
        let versus = with_first.map(|pair| {
            let joint = &pair.joint;
            let count = |here, there| {
                let fits = |(first, other): &(Finish, Finish)| {
                    !open(*first, *other) && (other.is_lost(), first.is_lost()) == (here, there)
                };
                joint.count(fits)
            };
            let (only_here, only_there) = (count(true, false), count(false, true));
            Versus {
                server: pair.of[1],
                pairs: Pairs { only_here, only_there, of: joint.trials },
                open: joint.halted + joint.count(|(first, other)| open(*first, *other)),
                sure: self.sure,
            }
        });
        versus.collect()
    }
}

fn open(first: Finish, other: Finish) -> bool {
    first == Finish::Cut || other == Finish::Cut
}

/// Carries out trials of these scenarios until there are enough, or `stop` is set; `told` is told
/// of every few that are done.
///
/// What is counted is always trials 0 to some n, also where it was stopped.
pub(super) fn count(
    scenarios: &[Scenario],
    ask: Ask,
    stop: &AtomicBool,
    told: &(dyn Fn(u64) + Sync),
) -> Counted {
    let (most, sure) = match ask.until {
        Until::Trials(n) => (n, Sure::Fixed),
        Until::Precise { half: _, most } => (most, Sure::Looked),
    };
    let known = known(scenarios, ask);
    let tried: Vec<Tried<'_, Finish>> = scenarios
        .iter()
        .zip(&known)
        .map(|(scenario, known)| Tried { setup: &scenario.setup, known })
        .collect();
    let size = if known.iter().all(Compiled::is_whole) { CHUNK_LOOKED_UP } else { CHUNK };
    let chunk = |trials| chunk(scenarios, &tried, ask.seed, trials);
    let paired = chunk(0..0);
    let mut counted = Counted { paired, sure, end: End::Stopped, open: None };
    loop {
        let from = counted.trials();
        let until = next_look(from).min(most);
        // From the end, because the last is taken first: what is done is what comes first.
        let chunks: Vec<Range<u64>> = chunks(from..until, size).rev().collect();
        let done = parallel::map(ask.threads, &chunks, |trials| {
            (!stop.load(Ordering::Relaxed)).then(|| {
                let counted = chunk(trials.clone());
                told(trials.end - trials.start);
                counted
            })
        });
        for chunk in done.into_iter().rev().map_while(|chunk| chunk) {
            counted.paired.merge(chunk);
        }
        counted.open = first_open(scenarios, &counted, ask.seed, from..counted.trials());
        if counted.trials() < until {
            return counted;
        }
        if let Some(end) = end(&counted, scenarios.len(), ask.until) {
            return Counted { end, ..counted };
        }
    }
}

/// How many trials there are at the look after this one. A quarter more each time: the fewer looks,
/// the less they spoil.
const fn next_look(trials: u64) -> u64 {
    let quarter = trials / 4 / BATCH * BATCH;
    trials + if quarter > BATCH { quarter } else { BATCH }
}

fn chunks(trials: Range<u64>, size: u64) -> impl DoubleEndedIterator<Item = Range<u64>> {
    let count = (trials.end - trials.start).div_ceil(size);
    (0..count).map(move |n| {
        let from = trials.start + n * size;
        from..(from + size).min(trials.end)
    })
}

/// What can be worked out beforehand of the trials' ends, as far as it is worth it.
fn known(scenarios: &[Scenario], ask: Ask) -> Vec<Compiled<Finish>> {
    let trials = match ask.until {
        Until::Trials(n) => n,
        // About as many as it takes where one half is lost.
        Until::Precise { half, most } => most.min((1.0 / (half * half)) as u64),
    };
    parallel::map(ask.threads, scenarios, |scenario| {
        let Scenario { setup, reply, .. } = scenario;
        let read = |world: &World, ended| Finish::of(outcome(world, *reply, ended));
        Compiled::for_trials(setup, HORIZON, trials, read)
    })
}

fn chunk(
    scenarios: &[Scenario],
    tried: &[Tried<'_, Finish>],
    seed: u64,
    trials: Range<u64>,
) -> Paired<Finish> {
    paired_known(tried, HORIZON, seed, trials, |server, world, ended| {
        Finish::of(outcome(world, scenarios[server].reply, ended))
    })
}

/// Whether these trials are enough.
fn end(counted: &Counted, servers: usize, until: Until) -> Option<End> {
    if counted.open.is_some() {
        return Some(End::Open);
    }
    match until {
        Until::Trials(n) => (counted.trials() >= n).then_some(End::Asked),
        Until::Precise { half, most } => {
            if (0..servers).all(|server| counted.lost(server).half_width() <= half) {
                return Some(End::Precise);
            }
            (counted.trials() >= most).then_some(End::Most)
        }
    }
}

/// The first of these trials that came to no end, looked for only where there is one.
fn first_open(
    scenarios: &[Scenario],
    counted: &Counted,
    seed: u64,
    trials: Range<u64>,
) -> Option<Open> {
    let is_open = |tally: &Tally<Finish>| {
        tally.halted > 0 || tally.counts.iter().any(|(finish, _, _)| *finish == Finish::Cut)
    };
    if !counted.paired.each.iter().any(is_open) {
        return None;
    }
    let why = |server: usize, n: u64| {
        let Scenario { setup, reply, .. } = &scenarios[server];
        match trial(setup, HORIZON, seed, n, &mut (), |_, _| {}) {
            Ok((runner, ended)) => {
                let finish = Finish::of(outcome(&runner.world, *reply, ended));
                (finish == Finish::Cut).then_some(Open { server, trial: n, halt: None })
            }
            Err(halt) => Some(Open { server, trial: n, halt: Some(halt) }),
        }
    };
    trials.into_iter().find_map(|n| (0..scenarios.len()).find_map(|server| why(server, n)))
}

#[cfg(test)]
mod tests;
