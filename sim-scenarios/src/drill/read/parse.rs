//! Tokens to events: a time, then a segment, a call, a shell line or code.

use super::lex::{self, Placed, Token};
use super::{call, icmp, segment};
use crate::drill::script::{Event, Flaw, What, When};
use sim_core::wire::Micros;

/// The longest time that may be written: a day.
const LONGEST: Micros = 86_400_000_000;

/// Where the reader stands.
pub(super) struct Reader {
    tokens: Vec<Placed>,
    at: usize,
}

impl Reader {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.ahead(0)
    }

    pub(super) fn ahead(&self, n: usize) -> Option<&Token> {
        self.tokens.get(self.at + n).map(|(token, _)| token)
    }

    /// The line of the token that comes next, or of the last one.
    pub(super) fn line(&self) -> u32 {
        self.tokens.get(self.at).or_else(|| self.tokens.last()).map_or(1, |(_, line)| *line)
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += usize::from(token.is_some());
        token
    }

    pub(super) fn next_is(&self, mark: char) -> bool {
        self.peek() == Some(&Token::Mark(mark))
    }

    /// Takes a mark if it comes next.
    pub(super) fn takes(&mut self, mark: char) -> bool {
        let there = self.next_is(mark);
        self.at += usize::from(there);
        there
    }

    pub(super) fn wants(&mut self, mark: char) -> Result<(), Flaw> {
        if self.takes(mark) { Ok(()) } else { Err(self.unexpected(&format!("'{mark}'"))) }
    }

    pub(super) fn word_is(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(it)) if it == word)
    }

    pub(super) fn takes_word(&mut self, word: &str) -> bool {
        let there = self.word_is(word);
        self.at += usize::from(there);
        there
    }

    pub(super) fn number(&mut self, what: &str) -> Result<i64, Flaw> {
        match self.peek() {
            Some(Token::Number(n)) => {
                let n = *n;
                self.at += 1;
                Ok(n)
            }
            Some(_) | None => Err(self.unexpected(what)),
        }
    }

    /// "here is this, and that was expected".
    pub(super) fn unexpected(&self, wanted: &str) -> Flaw {
        let found = self.peek().map_or_else(|| "the end".to_owned(), Token::shown);
        Flaw::syntax(self.line(), format!("{found} where {wanted} is expected"))
    }
}

/// All events.
pub(super) fn events(tokens: Vec<Placed>) -> Result<Vec<Event>, Flaw> {
    let mut reader = Reader { tokens, at: 0 };
    let mut events = Vec::new();
    // A shell line without a time may stand at the beginning and at the end.
    while let Some(Token::Shell(_)) = reader.peek() {
        let line = reader.line();
        let Some(Token::Shell(text)) = reader.next() else { break };
        events.push(Event { line, when: When::After(0), what: What::Shell(text) });
    }
    while reader.peek().is_some() {
        let line = reader.line();
        if let Some(Token::Shell(text)) = reader.peek().cloned() {
            reader.at += 1;
            events.push(Event { line, when: When::After(0), what: What::Shell(text) });
            continue;
        }
        let when = when(&mut reader)?;
        let what = what(&mut reader)?;
        fits(line, when, &what)?;
        events.push(Event { line, when, what });
    }
    Ok(events)
}

fn time(reader: &mut Reader) -> Result<Micros, Flaw> {
    let micros = match reader.peek() {
        Some(Token::Number(n)) => lex::seconds(*n),
        Some(Token::Seconds(us)) => Micros::try_from(*us).ok(),
        Some(_) | None => return Err(reader.unexpected("a time")),
    };
    let micros = micros.filter(|us| *us <= LONGEST);
    let micros = micros.ok_or_else(|| reader.unexpected("a time from 0 to a day"))?;
    reader.at += 1;
    Ok(micros)
}

fn when(reader: &mut Reader) -> Result<When, Flaw> {
    if reader.takes('*') {
        return Ok(When::Any);
    }
    let relative = reader.takes('+');
    let from = time(reader)?;
    if !reader.takes('~') {
        return Ok(if relative { When::After(from) } else { When::At(from) });
    }
    if relative {
        reader.wants('+')?;
    }
    let line = reader.line();
    let to = time(reader)?;
    if to < from {
        return Err(Flaw::syntax(line, "a range of times that ends before it begins"));
    }
    Ok(if relative { When::WithinAfter(from, to) } else { When::Within(from, to) })
}

fn what(reader: &mut Reader) -> Result<What, Flaw> {
    match reader.peek() {
        Some(Token::Mark('<')) => {
            reader.at += 1;
            match icmp::icmp(reader)? {
                Some(icmp) => Ok(What::Hear(icmp)),
                None => segment::segment(reader, segment::Direction::In).map(What::Inject),
            }
        }
        Some(Token::Mark('>')) => {
            reader.at += 1;
            segment::segment(reader, segment::Direction::Out).map(What::Expect)
        }
        Some(Token::Shell(text)) => {
            let text = text.clone();
            reader.at += 1;
            Ok(What::Shell(text))
        }
        Some(Token::Code(text)) => {
            let text = text.clone();
            reader.at += 1;
            Ok(What::Code(text))
        }
        Some(Token::Dots) => {
            reader.at += 1;
            let until = time(reader)?;
            call::call(reader, Some(until)).map(What::Call)
        }
        Some(Token::Word(_)) => call::call(reader, None).map(What::Call),
        Some(_) | None => Err(reader.unexpected("a segment, a call, a shell line or code")),
    }
}

/// Only what the stack sends can come at a time that is not fixed.
fn fits(line: u32, when: When, what: &What) -> Result<(), Flaw> {
    let outbound = matches!(what, What::Expect(_));
    match when {
        When::At(_) | When::After(_) => Ok(()),
        When::Within(..) | When::WithinAfter(..) | When::Any if outbound => Ok(()),
        When::Within(..) | When::WithinAfter(..) | When::Any => {
            Err(Flaw::syntax(line, "* and a range of times are for segments that are sent"))
        }
    }
}
