//! Maps of timings: what is where in the plane of two parameters.

pub mod founding;
pub mod svg;
pub mod text;

use crate::timing::Ending;
use sim_core::report::outcome::Word;
use sim_core::tcp::Gone;

/// How an ending is drawn: nothing is told by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// In text.
    pub letter: char,
    /// In pictures: colour and hatching.
    pub class: &'static str,
}

/// The usual look of an ending.
const fn usual(ending: Ending) -> Look {
    let (letter, class) = match ending {
        Ending::Known(Word::Seen, _) => ('.', "seen"),
        Ending::Known(Word::Truncated, _) => ('~', "truncated"),
        Ending::Known(Word::Stuck, _) => ('=', "stuck"),
        Ending::Known(Word::Lost, None) => ('x', "lost-rare"),
        Ending::Known(Word::Lost, Some(cause)) => match cause {
            Gone::ApplicationStopped => ('#', "lost-stopped"),
            Gone::SendQueueDiscard => ('%', "lost-discard"),
            Gone::SendQueueReset => ('&', "lost-reset"),
            Gone::ReceiveQueueFlush => ('@', "lost-flush"),
            Gone::NeverWritten => ('n', "lost-unwritten"),
            Gone::DeadSocket => ('d', "lost-rare"),
            Gone::OutOfOrderDiscard => ('o', "lost-rare"),
            Gone::DiscardedAfterShutRd => ('r', "lost-rare"),
            Gone::LostOnLink => ('l', "lost-rare"),
            Gone::GivenUp => ('g', "lost-rare"),
        },
        Ending::Undetermined => ('?', "unknown"),
    };
    Look { letter, class }
}

/// How each of these endings is drawn in one map: no two have the same letter.
#[must_use]
pub fn looks(endings: &[Ending]) -> Vec<Look> {
    let mut looks: Vec<Look> = Vec::new();
    for ending in endings {
        let mut look = usual(*ending);
        let is_taken = |letter: char| looks.iter().any(|look| look.letter == letter);
        if is_taken(look.letter) {
            let free = ('a'..='z').find(|letter| !is_taken(*letter) && *letter != 'x');
            look.letter = free.unwrap_or(look.letter);
        }
        looks.push(look);
    }
    looks
}

/// An ending in words: the verdict and, where it is lost, why.
#[must_use]
pub fn words(ending: Ending) -> String {
    match ending {
        Ending::Known(word, None) => word.name().to_owned(),
        Ending::Known(word, Some(cause)) => {
            format!("{}: {}", word.name(), super::words::cause(cause))
        }
        Ending::Undetermined => "undetermined".to_owned(),
    }
}
