//! The project's picture: the founding case, a map a strategy and a stack.

use super::looks;
use super::svg::{Panel, founding_sheet};
use crate::case::{Case, Key};
use crate::preset::Actor;
use crate::render::words::{cause_says, word_says};
use crate::timing::{BOUNDS, Ending, Map, Plane, Timing, open};
use crate::{catalogue, client, server};
use sim_core::profile::{LINUX, Profile, RFC9293};

/// A column: the strategy as it is written, and what it is called for people.
const SERVERS: [(&str, [&str; 2]); 4] = [
    ("close", ["close", "it answers and closes"]),
    ("shutdown-close", ["shutdown-close", "it says FIN first, then closes"]),
    ("lingering-close:total=10ms", ["lingering-close", "it goes on reading, but only 10 ms"]),
    ("drain", ["drain", "it reads the request first"]),
];

/// A row: the client's stack, and what it does.
const STACKS: [(&Profile, [&str; 2]); 2] = [
    (&LINUX, ["client on Linux", "what has arrived stays readable"]),
    (&RFC9293, ["client by RFC 9293's letter", "a reset throws away what is unread"]),
];

/// What is the same in all: two delays are open, the others fixed.
const DELAYS: [(Key, &str); 4] =
    [(Key::Rtt, "1ms..60ms"), (Key::Wake, "0ms..30ms"), (Key::Gap, "10ms"), (Key::Accept, "1ms")];

/// The client: it writes and reads at the same time, and gives up when a write fails.
const CLIENT: &str = "duplex/abort";

/// One of the maps.
#[derive(Debug)]
pub struct Cell {
    /// Its case.
    pub case: Case,
    /// What is where.
    pub map: Map,
    /// In the plane of round trip and read delay.
    pub plane: Plane,
}

/// A map that cannot be made: a mistake in this program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the founding map of {0} cannot be made: {1}")]
pub struct Unmade(String, String);

/// The map of a strategy against a client's stack.
///
/// # Errors
/// A mistake in this program.
pub fn cell(server: &str, stack: &'static Profile) -> Result<Cell, Unmade> {
    let unmade = |why: &dyn std::fmt::Display| Unmade(server.to_owned(), why.to_string());
    let mut case = catalogue::story("upload").ok_or_else(|| unmade(&"no story"))?;
    case.server = Actor::parse(server, server::named).map_err(|why| unmade(&why))?;
    case.client = Actor::parse(CLIENT, client::named).map_err(|why| unmade(&why))?;
    case.stacks = [stack, &LINUX];
    for (key, value) in DELAYS {
        case.change(key, value).map_err(|why| unmade(&why))?;
    }
    let timing = Timing::new(&case, &open(&case)).map_err(|why| unmade(&why))?;
    let map = Map::new(timing, BOUNDS).map_err(|why| unmade(&why))?;
    let plane = map.plane(["rtt", "wake"], &[]).map_err(|why| unmade(&why))?;
    Ok(Cell { case, map, plane })
}

/// The picture, as an SVG document.
///
/// # Errors
/// A mistake in this program.
pub fn founding() -> Result<String, Unmade> {
    let mut rows = Vec::new();
    for (stack, says) in STACKS {
        let cells: Result<Vec<Cell>, Unmade> =
            SERVERS.iter().map(|(server, _)| cell(server, stack)).collect();
        rows.push((says, cells?));
    }
    let mut endings: Vec<Ending> = Vec::new();
    for plane in rows.iter().flat_map(|(_, cells)| cells).map(|cell| &cell.plane) {
        for patch in &plane.patches {
            if !endings.contains(&patch.ending) {
                endings.push(patch.ending);
            }
        }
    }
    endings.sort();
    let legend: Vec<(&'static str, String)> = looks(&endings)
        .iter()
        .zip(&endings)
        .map(|(look, ending)| (look.class, sentence(*ending)))
        .collect();
    let columns = SERVERS.map(|(_, says)| says);
    Ok(founding_sheet(&columns, &rows, &legend))
}

/// An ending for those who have never heard of it.
fn sentence(ending: Ending) -> String {
    let says = match ending {
        Ending::Known(word, None) => word_says(word),
        Ending::Known(_, Some(cause)) => cause_says(cause),
        Ending::Undetermined => "a stack has no answer to a question",
    };
    match ending {
        Ending::Known(word, _) => format!("{}: {says}", word.name()),
        Ending::Undetermined => says.to_owned(),
    }
}

/// A row of maps with its words.
pub type Row = ([&'static str; 2], Vec<Cell>);

/// A map at its place.
#[must_use]
pub fn panel(cell: &Cell, at: (i64, i64), size: (i64, i64)) -> Panel<'_> {
    let [x, y] = &cell.plane.axes;
    Panel { at, size, axes: [x, y] }
}
