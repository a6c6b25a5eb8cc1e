//! The strategies against each other, on every pair of stacks.

use sim_core::drive::run::HORIZON;
use sim_core::pace::PaceName;
use sim_core::profile::{FREEBSD, LINUX, Profile, RFC9293};
use sim_core::report::odds::odds;
use sim_core::report::outcome::Word;
use sim_scenarios::catalogue::{Scenario, Size, Variant, over_limit};
use sim_scenarios::preset::Preset;
use sim_scenarios::{client, server};
use sim_tests::census::{Books, Census, Seen3, look_at};
use sim_tests::golden;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

static STACKS: [&Profile; 3] = [&LINUX, &FREEBSD, &RFC9293];
/// Runs of each cell; trial `n` of both strategies draws the same numbers.
const TRIALS: u64 = 400;

fn named(name: &str) -> Arc<Preset> {
    server::named(name).unwrap_or_else(|| panic!("no strategy {name}"))
}

fn scenario(
    strategy: &Arc<Preset>,
    policy: &Arc<Preset>,
    (variant, size): (Variant, Size),
    stacks: Stacks,
) -> Scenario {
    over_limit((variant, size), strategy, policy, stacks).expect("every profile has its numbers")
}

type Stacks = [&'static Profile; 2];

/// What any order of deliveries, turns and racing timers can end in.
fn explored(
    strategy: &Arc<Preset>,
    policy: &Arc<Preset>,
    variant: Variant,
    stacks: Stacks,
) -> Census {
    let told = scenario(strategy, policy, (variant, Size::Small), stacks);
    let census = look_at(&told.setup, told.reply, PaceName::Racing, (u64::MAX, Books::Trusted));
    assert!(census.whole(), "{census:?}");
    census
}

/// In every order the client reads the whole reply, whatever it is told afterwards.
fn loses_nothing(strategy: &str, variants: &[Variant], server: &'static Profile) {
    for client in STACKS {
        for variant in variants {
            for policy in client::generic() {
                let found = explored(&named(strategy), policy, *variant, [client, server]).words();
                let cell = (client.name, server.name, variant.name(), &policy.name);
                let found: Vec<Word> = found.into_keys().collect();
                assert_eq!(found, [Word::Seen], "{strategy} {cell:?}");
            }
        }
    }
}

#[test]
fn drain_loses_nothing_of_the_reply_to_a_declared_request() {
    for server in STACKS {
        loses_nothing("drain", &Variant::ALL, server);
    }
}

#[test]
fn an_unhurried_lingering_close_loses_nothing_on_a_linux_server() {
    loses_nothing("lingering-close", &Variant::ALL, &LINUX);
}

#[test]
fn an_unhurried_lingering_close_loses_nothing_on_a_freebsd_server() {
    loses_nothing("lingering-close", &Variant::ALL, &FREEBSD);
}

#[test]
fn an_unhurried_lingering_close_loses_nothing_by_the_letter() {
    loses_nothing("lingering-close", &Variant::ALL, &RFC9293);
}

/// shutdown-close as compared with close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Compared {
    Better,
    Equal,
    Worse,
}

impl Compared {
    const fn name(self) -> &'static str {
        match self {
            Compared::Better => "better",
            Compared::Equal => "equal",
            Compared::Worse => "worse",
        }
    }
}

/// One cell of the comparison.
struct Cell {
    name: String,
    sets: Option<[BTreeSet<Seen3>; 2]>,
    counts: [Counts; 2],
    by_odds: Compared,
}

/// Trials by word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    lost: usize,
    truncated: usize,
}

impl Counts {
    fn of(trials: &[Word]) -> Counts {
        let count = |word| trials.iter().filter(|trial| **trial == word).count();
        assert_eq!(count(Word::Stuck), 0, "nothing is lost on the way, so nobody waits in vain");
        Counts { lost: count(Word::Lost), truncated: count(Word::Truncated) }
    }

    const fn unseen(self) -> usize {
        self.lost + self.truncated
    }
}

/// The word of every trial, one by one.
fn trials(
    strategy: &Arc<Preset>,
    policy: &Arc<Preset>,
    variant: Variant,
    stacks: Stacks,
) -> Vec<Word> {
    let told = scenario(strategy, policy, (variant, Size::Full), stacks);
    let trial = |n| odds(&told.setup, told.reply, HORIZON, 1, n..n + 1).counts[0].0.word;
    (0..TRIALS).map(trial).collect()
}

fn compared(policy: &Arc<Preset>, variant: Variant, stacks: Stacks) -> Cell {
    let both = [named("close"), named("shutdown-close")];
    let sets = match variant {
        // Five million states, for what the odds say better.
        Variant::LargeReply => None,
        Variant::Upload | Variant::SmallRequest => Some(both.each_ref().map(|strategy| {
            explored(strategy, policy, variant, stacks).set().into_iter().collect()
        })),
    };
    let [close, shutdown] =
        both.each_ref().map(|strategy| trials(strategy, policy, variant, stacks));
    let only = |these: &[Word], those: &[Word]| {
        let saved = |(this, that): (&Word, &Word)| *this != Word::Seen && *that == Word::Seen;
        these.iter().zip(those).filter(|pair| saved(*pair)).count()
    };
    let (saved, spoilt) = (only(&close, &shutdown), only(&shutdown, &close));
    // Trials that differ are throws of a coin if neither is better: three standard deviations.
    let differs = saved.abs_diff(spoilt).pow(2) > 9 * (saved + spoilt);
    Cell {
        name: format!("{:<14} {:<17}", variant.name(), policy.name),
        by_odds: order(!differs || saved > spoilt, !differs || saved < spoilt),
        counts: [Counts::of(&close), Counts::of(&shutdown)],
        sets,
    }
}

const fn order(not_worse: bool, not_better: bool) -> Compared {
    match (not_worse, not_better) {
        (true, true) => Compared::Equal,
        (true, false) => Compared::Better,
        (false, _) => Compared::Worse,
    }
}

fn words(set: &BTreeSet<Seen3>) -> BTreeSet<Word> {
    set.iter().map(|(word, _, _)| *word).collect()
}

impl Cell {
    /// By the words of the two sets; `told` where the words are the same, but not what the client
    /// has read and is told.
    fn by_set(&self) -> &'static str {
        let Some([close, shutdown]) = &self.sets else { return "-" };
        let (before, after) = (words(close), words(shutdown));
        match order(after.is_subset(&before), before.is_subset(&after)) {
            Compared::Equal if close != shutdown => "told",
            Compared::Equal => Compared::Equal.name(),
            Compared::Better => Compared::Better.name(),
            Compared::Worse => Compared::Worse.name(),
        }
    }

    fn row(&self) -> String {
        let listed = |set: &BTreeSet<Seen3>| {
            words(set).into_iter().map(Word::name).collect::<Vec<_>>().join("|")
        };
        let sets = self
            .sets
            .as_ref()
            .map_or_else(|| ["-".to_owned(), "-".to_owned()], |sets| sets.each_ref().map(listed));
        let [close, shutdown] = self.counts;
        format!(
            "{} {:<20} {:<20} {:<6} {:>4} {:>4} {:>4} {:>4}  {}",
            self.name,
            sets[0],
            sets[1],
            self.by_set(),
            close.lost,
            close.truncated,
            shutdown.lost,
            shutdown.truncated,
            self.by_odds.name()
        )
    }
}

/// What the cells of a pair of stacks come to.
fn sentence(client: &Profile, server: &Profile, cells: &[Cell]) -> String {
    let with = |how| cells.iter().filter(|cell| cell.by_odds == how).count();
    let sets = |how| cells.iter().filter(|cell| cell.by_set() == how).count();
    let unseen = |at: usize| cells.iter().map(|cell| cell.counts[at].unseen()).sum::<usize>();
    let (better, worse) = (with(Compared::Better), with(Compared::Worse));
    let odds = match (better, worse) {
        (0, 0) => "saves no reply and costs none".to_owned(),
        (_, 0) => format!("saves replies in {better} cells and costs none"),
        (0, _) => format!("costs replies in {worse} cells and saves none"),
        (_, _) => format!("saves replies in {better} cells and costs some in {worse}"),
    };
    let explored = cells.iter().filter(|cell| cell.sets.is_some()).count();
    let orders = match (sets("better"), sets("worse"), sets("told")) {
        (0, 0, 0) => "no order of events ends otherwise".to_owned(),
        (0, 0, told) => format!(
            "the same words are possible, in {told} of {explored} cells with other things told"
        ),
        (better, worse, _) => {
            format!("fewer words are possible in {better} cells, others in {worse}")
        }
    };
    format!(
        "A {} server and a {} client: shutdown(SHUT_WR) before close() {odds} ({} against {} of {} \
         replies not read as a whole); {orders}.",
        server.name,
        client.name,
        unseen(1),
        unseen(0),
        cells.len() as u64 * TRIALS,
    )
}

#[test]
fn shutdown_before_close_compared_with_close() {
    let mut text = HEAD.to_owned();
    for server in STACKS {
        for client in STACKS {
            let cells: Vec<Cell> = Variant::ALL
                .into_iter()
                .flat_map(|variant| client::generic().iter().map(move |policy| (variant, policy)))
                .map(|(variant, policy)| compared(policy, variant, [client, server]))
                .collect();
            let _ = writeln!(text, "\n{}", sentence(client, server, &cells));
            for cell in &cells {
                let _ = writeln!(text, "{}", cell.row());
            }
        }
    }
    golden::check("strategies/shutdown_close.rows", &text);
}

const HEAD: &str = "\
# shutdown-close against close. Columns: variant, policy; words of close and of shutdown-close in
# any order of events (small size), compared; trials lost and truncated with close, with
# shutdown-close (full size, the same draws), compared. `told`: the same words, but the client has
# read or is told something else. Calls follow each other without delay, so FIN and RST leave at
# one instant.
";
