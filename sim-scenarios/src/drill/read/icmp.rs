//! `< icmp unreachable port_unreachable [0:0(0)]`: what the network says of a segment.

use super::lex::Token;
use super::parse::Reader;
use crate::drill::script::{Flaw, Icmp};

/// Reads a message, if it is one: the quoted segment stands in front or behind.
pub(super) fn icmp(reader: &mut Reader) -> Result<Option<Icmp>, Flaw> {
    let icmp = Token::Word("icmp".to_owned());
    let word = |ahead: usize, reader: &Reader| reader.ahead(ahead) == Some(&icmp);
    // `[`, number, `:`, number, `(`, number, `)`, `]`.
    let quoted_first = reader.next_is('[') && word(8, reader);
    if !quoted_first && !word(0, reader) {
        return Ok(None);
    }
    let first = if quoted_first { Some(quoted(reader)?) } else { None };
    reader.next();
    let mut words = Vec::new();
    while let Some(Token::Word(word)) = reader.peek() {
        // `mtu 1300` is a word and a number.
        words.push(word.clone());
        reader.next();
        if words.last().is_some_and(|it| it == "mtu") {
            words.push(reader.number("an MTU")?.to_string());
        }
    }
    let seq = match first {
        Some(seq) => seq,
        None if reader.next_is('[') => quoted(reader)?,
        None => return Err(Flaw::unsupported(reader.line(), "ICMP that quotes no segment")),
    };
    Ok(Some(Icmp { says: words.join(" "), seq }))
}

/// `[1:11(10)]`: the first number.
fn quoted(reader: &mut Reader) -> Result<u32, Flaw> {
    reader.wants('[')?;
    let line = reader.line();
    let seq = u32::try_from(reader.number("a sequence number")?);
    let seq = seq.map_err(|_| Flaw::syntax(line, "a sequence number from 0 to 4294967295"))?;
    reader.wants(':')?;
    reader.number("a sequence number")?;
    reader.wants('(')?;
    reader.number("a length")?;
    reader.wants(')')?;
    reader.wants(']')?;
    Ok(seq)
}
