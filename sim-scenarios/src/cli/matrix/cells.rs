//! What a cell of the matrix knows: the words over all orders, and the odds under the laws.

use super::shared;
use crate::case::{Case, Impossible, Size};
pub(in crate::cli) use crate::cli::share::interval;
use crate::preset::{Actor, Job};
use sim_core::answer::Halt;
use sim_core::drive::explore::{End, Flow, Limits, Model, Pulse, Seen, Watch, kept};
use sim_core::drive::run::{Ended, lanes_ended};
use sim_core::drive::space::Worlds;
use sim_core::pace::PaceName;
use sim_core::report::odds::Tally;
use sim_core::report::outcome::{Reply, Word, outcome};
use sim_core::tcp::Gone;
use sim_core::world::Action;

/// What is computed.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Ask {
    /// Trials a cell.
    pub trials: u64,
    /// The seed.
    pub seed: u64,
    /// The most states a cell may have.
    pub states: u64,
}

/// One table: strategies against policies.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Table {
    /// What all cells have in common; its server and client are those of the first cell.
    pub case: Case,
    /// Down.
    pub servers: Vec<Actor>,
    /// Across.
    pub clients: Vec<Actor>,
    /// What the applications have to do where it is explored.
    pub explored: Job,
    /// Row by row.
    pub cells: Vec<Cell>,
}

/// One strategy against one policy.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Cell {
    /// At full size.
    pub case: Case,
    /// What was explored, at the small size.
    pub explored: Explored,
    /// What was sampled, at full size.
    pub tally: Tally,
}

/// All orders of the Racing pace.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Explored {
    /// States; 0 where an earlier cell has the same space.
    pub states: u64,
    /// How the search ended.
    pub end: Option<End>,
    /// The first action that could not be carried out.
    pub halted: Option<Halt>,
    /// Words with their causes, those with the shortest traces first.
    pub seen: Vec<(Word, Option<Gone>)>,
}

impl Cell {
    /// Words that occur, over all orders and in the trials.
    pub(in crate::cli) fn words(&self) -> Vec<Word> {
        let mut words: Vec<Word> = self.explored.seen.iter().map(|(word, _)| *word).collect();
        words.extend(self.tally.counts.iter().map(|(outcome, _, _)| outcome.word));
        words.sort_unstable();
        words.dedup();
        words
    }

    /// Trials in which the answer was not seen.
    pub(in crate::cli) fn missed(&self) -> u64 {
        self.tally.count(|outcome| outcome.word != Word::Seen)
    }

    /// The first trial in which it was not.
    pub(in crate::cli) fn first_missed(&self) -> Option<u64> {
        let counts = self.tally.counts.iter();
        counts.filter(|(o, _, _)| o.word != Word::Seen).map(|(_, _, first)| *first).min()
    }

    /// The cause with the largest share, without any the one with the shortest trace.
    pub(in crate::cli) fn cause(&self) -> Option<Gone> {
        let mut shares: Vec<(Gone, u64)> = Vec::new();
        for (outcome, count, _) in &self.tally.counts {
            let Some(cause) = outcome.cause else { continue };
            match shares.iter_mut().find(|(known, _)| *known == cause) {
                Some((_, sum)) => *sum += count,
                None => shares.push((cause, *count)),
            }
        }
        let most = shares.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
        most.map(|(cause, _)| cause)
            .or_else(|| self.explored.seen.iter().find_map(|(_, cause)| *cause))
    }

    /// Whether something was left open.
    pub(in crate::cli) fn is_determined(&self) -> bool {
        self.tally.halted == 0
            && self.explored.halted.is_none()
            && self.explored.end == Some(End::Complete)
    }

    /// Whether the words depend on the order of events.
    pub(in crate::cli) fn races(&self) -> bool {
        self.words().len() > 1
    }

    /// Whether a reader would call the two cells different: other words, another cause, or shares
    /// whose 95 % intervals do not meet. What is left open is like nothing.
    pub(in crate::cli) fn differs(&self, other: &Cell) -> bool {
        if !self.is_determined() || !other.is_determined() {
            return true;
        }
        let [a, b] = [self, other].map(|cell| interval(cell.missed(), cell.tally.trials));
        self.words() != other.words() || self.cause() != other.cause() || a.1 < b.0 || b.1 < a.0
    }
}

/// Computes tables of these servers and clients, all their cells side by side.
pub(in crate::cli) fn tables(
    wanted: &[Case],
    (servers, clients): (&[Actor], &[Actor]),
    ask: Ask,
    threads: usize,
) -> Result<Vec<Table>, Impossible> {
    let mut cases: Vec<Case> = Vec::new();
    for case in wanted {
        for server in servers {
            for client in clients {
                let (server, client) = (server.clone(), client.clone());
                cases.push(Case { server, client, ..case.clone() });
            }
        }
    }
    let cells = shared::cells(&cases, ask, threads)?;
    let tables = wanted.iter().zip(cells.chunks(servers.len() * clients.len()));
    tables
        .map(|(case, cells)| {
            Ok(Table {
                case: case.clone(),
                servers: servers.to_vec(),
                clients: clients.to_vec(),
                explored: cells[0].case.at(Size::Small).scenario()?.job,
                cells: cells.to_vec(),
            })
        })
        .collect()
}

pub(in crate::cli) fn explored(case: &Case, ask: Ask) -> Result<Explored, Impossible> {
    let small = case.at(Size::Small).scenario()?;
    let model = Worlds { setup: &small.setup, pace: PaceName::Racing };
    let mut taker = Taker { reply: small.reply, explored: Explored::default() };
    let limits = Limits { states: ask.states, depth: u32::MAX };
    let space = kept(&model, limits, &mut taker, Pulse::silent());
    let mut explored = taker.explored;
    explored.states = space.counts().states;
    explored.end = Some(space.end());
    Ok(explored)
}

/// Notes the word and the cause of every last state.
struct Taker {
    reply: Reply,
    explored: Explored,
}

impl Watch<Worlds<'_>> for Taker {
    fn terminal(&mut self, seen: Seen<'_, Worlds<'_>>) -> Flow {
        let world = seen.store.world(seen.key);
        let ended = if lanes_ended(&world) { Ended::Done } else { Ended::Stuck };
        let outcome = outcome(&world, self.reply, ended);
        let found = (outcome.word, outcome.cause);
        if !self.explored.seen.contains(&found) {
            self.explored.seen.push(found);
        }
        Flow::Continue(())
    }

    fn halt(
        &mut self,
        _: Seen<'_, Worlds<'_>>,
        _: Action,
        halt: <Worlds<'_> as Model>::Halt,
    ) -> Flow {
        self.explored.halted.get_or_insert(halt);
        Flow::Continue(())
    }
}
