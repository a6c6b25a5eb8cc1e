//! Replay tokens: a run as one word that can be pasted.
//!
//! ```text
//! cr1.upload.close.duplex/abort.linux-linux.clocked.h4k2m9qa.42-17.b6
//! cr1.upload-small.close.duplex/abort.linux-linux.racing.h4k2m9qa.9q3zk.b6
//! └┬┘ └──┬──┘ └─┬─┘ └────┬─────┘ └────┬────┘ └──┬──┘ └──┬───┘ └─┬─┘ └┬┘
//!  │  variant server   client     stacks of   pace  scenario's  │  check
//!  version  and size              client and        hash   seed-trial, or choices
//!                                 server
//! ```
//!
//! A choice is the place of an action among those the pace permits. Place n is written as n ones
//! and a zero; the bits go into base 32. The check catches a mistyped letter, the hash a token of
//! another scenario or of other answers of a stack.

use crate::case::{Case, Impossible, Key, Scenario, Shelf, Size};
use crate::catalogue;
use serde::Serialize;
use sim_core::pace::PaceName;
use sim_core::profile::Profile;
use sim_core::script::Script;
use sim_core::world::{Budget, Setup};
use siphasher::sip::SipHasher13;

/// The form this program writes and reads.
pub const VERSION: &str = "cr1";
/// Before the name of a scenario that is somebody's file.
pub const FILE: &str = "@";
/// What a token looks like, for messages.
pub const FORM: &str =
    "cr1.VARIANT.SERVER.CLIENT.STACK-STACK.PACE.HASH.CHOICES.CHECK, as printed by run and explore";

/// A run.
#[derive(Clone, Debug)]
pub struct Token {
    /// Of which case.
    pub case: Case,
    /// Which of its runs.
    pub which: Which,
}

/// Which run of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Virtual time with delays drawn from the scenario's laws.
    Drawn {
        /// The seed.
        seed: u64,
        /// The trial.
        trial: u64,
    },
    /// These choices under this pace.
    Chosen(PaceName, Vec<u16>),
}

/// Why a text is not a token of this program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It does not look like one.
    #[error("this is not a replay token: {0}")]
    Malformed(String),
    /// Another program wrote it.
    #[error("the token has version {0:?}; this closerace reads version {VERSION:?}")]
    Version(String),
    /// A letter is wrong.
    #[error("the token was mistyped or cut off: its check letters do not fit")]
    Check,
    /// The scenario it names is no longer the same.
    #[error(
        "the token is of another scenario (hash {0}); here {1} has hash {2}: a stack's answers, a \
         script or a size has changed since"
    )]
    Scenario(String, String, String),
    /// It is of a file, which is not there.
    #[error(
        "the token is of the scenario file with the name {0:?}; say where it is: \
         closerace replay TOKEN --scenario FILE"
    )]
    FileMissing(String),
    /// It is of another file.
    #[error("the token is of the scenario file with the name {0:?}, this file has the name {1:?}")]
    OtherFile(String, String),
    /// It is of a story.
    #[error("the token is of the story {0:?}, which needs no file")]
    FileUnneeded(String),
    /// The scenario cannot be built.
    #[error("{0}")]
    Impossible(Impossible),
}

/// A stack: name, version, and what it answers to every question.
type Stack = (&'static str, &'static str, Vec<(&'static str, String)>);

/// Everything that decides how a scenario goes on, in the order in which it is hashed.
#[derive(Serialize)]
struct Canon<'s> {
    version: &'static str,
    stacks: Vec<Stack>,
    tuning: &'s [sim_core::tcp::tuning::Tuning; 2],
    scripts: [Option<&'s Script>; 2],
    path: sim_core::world::Path,
    links: [sim_core::world::LinkRules; 2],
    iss: [sim_core::wire::Seq; 2],
    start: sim_core::world::Start,
    in_flight: usize,
    slack: u64,
    reply: sim_core::report::outcome::Reply,
}

/// The scenario's hash: eight letters.
#[must_use]
pub fn hash(scenario: &Scenario) -> String {
    let Setup { ends, profiles, tuning, path, links, iss, start, in_flight, slack } =
        &scenario.setup;
    let answers = |profile: &Profile| {
        profile.answers().into_iter().map(|(question, value, _)| (question.0, value)).collect()
    };
    let canon = Canon {
        version: VERSION,
        stacks: profiles.iter().map(|p| (p.name, p.version, answers(p))).collect(),
        tuning,
        scripts: [ends[0].script(), ends[1].script()],
        path: *path,
        links: *links,
        iss: *iss,
        start: *start,
        in_flight: *in_flight,
        slack: *slack,
        reply: scenario.reply,
    };
    // Plain data with string keys: it cannot fail.
    let text = serde_json::to_vec(&canon).unwrap_or_default();
    letters(digest(&text), 8)
}

fn digest(text: &[u8]) -> u64 {
    SipHasher13::new_with_keys(0x636c_6f73_6572_6163, 0x6531).hash(text)
}

impl Token {
    /// The token as text, for a scenario with this hash.
    #[must_use]
    pub fn text(&self, hash: &str) -> String {
        let Case { story, size, server, client, stacks, faults: said, changes, .. } = &self.case;
        let shelf = match self.case.shelf {
            Shelf::Catalogue => "",
            Shelf::File => FILE,
        };
        let size = match size {
            Size::Full => String::new(),
            size @ (Size::Small | Size::Medium) => format!("-{}", size.name()),
        };
        let changes: String = changes.iter().map(|change| format!("+{change}")).collect();
        let (pace, choices) = match &self.which {
            Which::Drawn { seed, trial } => (PaceName::Clocked, format!("{seed}-{trial}")),
            Which::Chosen(pace, choices) => (*pace, pack(choices)),
        };
        let text = format!(
            "{VERSION}.{shelf}{story}{size}{changes}.{server}.{client}.{}-{}.{}{}.{hash}.{choices}",
            stacks[0].name,
            stacks[1].name,
            pace.word(),
            said.map(faults).unwrap_or_default(),
        );
        let check = letters(digest(text.as_bytes()), 2);
        format!("{text}.{check}")
    }

    /// Reads a token and builds its scenario; `file` is the scenario's file, where it has one.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn parse(text: &str, file: Option<&Case>) -> Result<(Token, Scenario), Refused> {
        let text = text.trim();
        let malformed = |what: &str| Refused::Malformed(what.to_owned());
        let (version, rest) = text.split_once('.').unwrap_or((text, ""));
        if version != VERSION && version.starts_with("cr") && !rest.is_empty() {
            return Err(Refused::Version(version.to_owned()));
        }
        // Values that were changed may have dots of their own, the parts behind them have none.
        let mut parts: Vec<&str> = rest.rsplitn(8, '.').collect();
        parts.reverse();
        let [story, server, client, stacks, pace, hashed, choices, check] = parts[..] else {
            return Err(malformed("it does not have nine parts with dots between them"));
        };
        if version != VERSION {
            return Err(malformed("it does not begin with cr1"));
        }
        let body = &text[..text.len() - check.len() - 1];
        if letters(digest(body.as_bytes()), 2) != check {
            return Err(Refused::Check);
        }
        let (pace, budget) = read_pace(pace).ok_or_else(|| malformed("there is no such pace"))?;
        let case = read_case((story, file), [server, client], stacks, budget)?;
        let which =
            read_which(pace, choices).ok_or_else(|| malformed("the choices are garbled"))?;
        let scenario = case.scenario().map_err(Refused::Impossible)?;
        let here = hash(&scenario);
        if here != hashed {
            return Err(Refused::Scenario(hashed.to_owned(), scenario.name, here));
        }
        Ok((Token { case, which }, scenario))
    }
}

/// The case that a story's name stands for.
fn base(name: &str, file: Option<&Case>) -> Result<Case, Refused> {
    match (name.strip_prefix(FILE), file) {
        (Some(name), None) => Err(Refused::FileMissing(name.to_owned())),
        (Some(name), Some(file)) if file.story == name => Ok(file.clone()),
        (Some(name), Some(file)) => Err(Refused::OtherFile(name.to_owned(), file.story.clone())),
        (None, Some(_)) => Err(Refused::FileUnneeded(name.to_owned())),
        (None, None) => {
            catalogue::story(name).ok_or_else(|| Refused::Malformed(format!("no story {name:?}")))
        }
    }
}

fn read_case(
    (story, file): (&str, Option<&Case>),
    [server, client]: [&str; 2],
    stacks: &str,
    budget: Option<Budget>,
) -> Result<Case, Refused> {
    let unknown = |what: &str, name: &str| Refused::Malformed(format!("no {what} {name:?}"));
    let mut changes = story.split('+');
    let sized = changes.next().unwrap_or_default();
    let (name, size) = Size::ALL
        .into_iter()
        .find_map(|size| Some((sized.strip_suffix(size.name())?.strip_suffix('-')?, size)))
        .unwrap_or((sized, Size::Full));
    let mut case = base(name, file)?.at(size);
    for change in changes {
        let (key, value) = change.split_once('=').unwrap_or((change, ""));
        let key = Key::named(key).ok_or_else(|| unknown("change", key))?;
        case.change(key, value).map_err(|why| Refused::Malformed(why.to_string()))?;
    }
    case.server = case.server_named(server).map_err(Refused::Malformed)?;
    case.client = case.client_named(client).map_err(Refused::Malformed)?;
    let stack = |name: &str| Profile::named(name);
    // A stack's name may have a hyphen of its own.
    let halves = stacks.match_indices('-').map(|(at, _)| (&stacks[..at], &stacks[at + 1..]));
    let mut pairs = halves.filter_map(|(a, b)| Some([stack(a)?, stack(b)?]));
    case.stacks = pairs.next().ok_or_else(|| unknown("pair of stacks", stacks))?;
    case.faults = budget;
    Ok(case)
}

fn read_which(pace: PaceName, text: &str) -> Option<Which> {
    match pace {
        PaceName::Clocked => {
            let (seed, trial) = text.split_once('-')?;
            Some(Which::Drawn { seed: seed.parse().ok()?, trial: trial.parse().ok()? })
        }
        PaceName::Free | PaceName::Racing | PaceName::Quiet => {
            Some(Which::Chosen(pace, unpack(text)?))
        }
    }
}

/// The budget of faults that was said, as it stands behind the pace: `-loss1-reorder2`.
fn faults(budget: Budget) -> String {
    let Budget { loss, repeat, reorder } = budget;
    if budget == Budget::default() {
        return "-loss0".to_owned();
    }
    [("loss", loss), ("repeat", repeat), ("reorder", reorder)]
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(name, n)| format!("-{name}{n}"))
        .collect()
}

fn read_pace(text: &str) -> Option<(PaceName, Option<Budget>)> {
    let mut parts = text.split('-');
    let word = parts.next()?;
    let all = [PaceName::Free, PaceName::Racing, PaceName::Quiet, PaceName::Clocked];
    let pace = all.into_iter().find(|pace| pace.word() == word)?;
    let mut said = None;
    for part in parts {
        let budget = said.get_or_insert_with(Budget::default);
        let at = part.find(|c: char| c.is_ascii_digit())?;
        let (name, n) = part.split_at(at);
        let place = match name {
            "loss" => &mut budget.loss,
            "repeat" => &mut budget.repeat,
            "reorder" => &mut budget.reorder,
            _ => return None,
        };
        *place = n.parse().ok()?;
    }
    Some((pace, said))
}

/// Base 32 without letters that look like others.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn letters(number: u64, count: u32) -> String {
    (0..count).map(|n| ALPHABET[(number >> (5 * n) & 31) as usize] as char).collect()
}

/// n ones and a zero for every choice; a last group that is not full is filled with ones.
fn pack(choices: &[u16]) -> String {
    let mut text = String::new();
    let (mut group, mut bits) = (0_u8, 0);
    let mut push = |bit: u8| {
        group = group << 1 | bit;
        bits += 1;
        if bits == 5 {
            text.push(ALPHABET[usize::from(group)] as char);
            (group, bits) = (0, 0);
        }
    };
    for choice in choices {
        (0..*choice).for_each(|_| push(1));
        push(0);
    }
    (0..4).for_each(|_| push(1));
    text
}

fn unpack(text: &str) -> Option<Vec<u16>> {
    let mut choices = Vec::new();
    let mut ones = 0_u16;
    for letter in text.bytes() {
        let group = ALPHABET.iter().position(|known| *known == letter)?;
        for bit in (0..5).rev() {
            match group >> bit & 1 {
                1 => ones = ones.checked_add(1)?,
                _ => choices.push(std::mem::take(&mut ones)),
            }
        }
    }
    Some(choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_come_back() {
        for choices in [vec![], vec![0], vec![3, 0, 0, 1], vec![0; 40], vec![70, 1, 2, 3, 4, 5]] {
            assert_eq!(unpack(&pack(&choices)), Some(choices));
        }
    }
}
