//! A segment: bits, numbers, window, options.

use super::lex::Token;
use super::parse::Reader;
use crate::drill::script::{Ack, Bits, Flaw, OptionList, Packet, Segment, TcpOption};

/// Who sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// The script.
    In,
    /// The stack.
    Out,
}

/// What may stand behind `<` and `>` besides TCP, and why it cannot be run.
const OTHERS: [(&str, &str); 7] = [
    ("udp", "UDP"),
    ("udplite", "UDP-Lite"),
    ("sctp", "SCTP"),
    ("gre", "encapsulation (GRE)"),
    ("mpls", "encapsulation (MPLS)"),
    ("ipv4", "encapsulation (IPv4)"),
    ("ipv6", "encapsulation (IPv6)"),
];

pub(super) fn segment(reader: &mut Reader, direction: Direction) -> Result<Segment, Flaw> {
    let packet = ip_header(reader)?;
    if let Some(Token::Word(word)) = reader.peek()
        && let Some((_, name)) = OTHERS.iter().find(|(it, _)| it == word)
    {
        return Err(Flaw::unsupported(reader.line(), *name));
    }
    if matches!((reader.peek(), reader.ahead(1)), (Some(Token::Number(_)), Some(Token::Mark('>'))))
    {
        return Err(Flaw::unsupported(reader.line(), "ports in front of a segment"));
    }
    let bits = bits(reader)?;
    let (seq, len) = numbers(reader)?;
    let ack = ack(reader)?;
    let win = window(reader)?;
    if reader.takes_word("urg") {
        reader.number("an urgent pointer")?;
    }
    let options = options(reader)?;
    let line = reader.line();
    if reader.next_is('{') {
        return Err(Flaw::unsupported(line, "packets changed at random"));
    }
    if direction == Direction::In {
        if seq.is_none() || ack == Ack::Any || options == OptionList::Any {
            return Err(Flaw::syntax(line, "... in a segment that the script sends"));
        }
        if win.is_none() && !bits.has(Bits::RST) {
            return Err(Flaw::syntax(line, "a segment that the script sends has a window"));
        }
        if bits.has(Bits::URG) && len > 0 {
            return Err(Flaw::unsupported(line, "urgent data"));
        }
    }
    Ok(Segment { packet, bits, seq, len, ack, win, options })
}

/// `[noecn]`, `(ttl 3)`: what the model has no part in is refused, what it never does is passed.
fn ip_header(reader: &mut Reader) -> Result<Packet, Flaw> {
    let close = match reader.peek() {
        Some(Token::Mark('[')) => ']',
        Some(Token::Mark('(')) => ')',
        Some(_) | None => return Ok(Packet::default()),
    };
    reader.next();
    let mut tokens = Vec::new();
    while !reader.next_is(close) {
        let token = reader.next();
        tokens.push(token.ok_or_else(|| reader.unexpected("the end of an IP header"))?);
    }
    reader.next();
    packet(&tokens).ok_or_else(|| {
        let words: Vec<String> = tokens.iter().map(Token::shown).collect();
        Flaw::unsupported(reader.line(), format!("IP header [{}]", words.join(" ")))
    })
}

/// Fields and their values, with or without commas. Nothing here is ever marked (`noecn`).
fn packet(tokens: &[Token]) -> Option<Packet> {
    let mut packet = Packet::default();
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let Token::Word(name) = first else {
            (*first == Token::Mark(',')).then_some(())?;
            continue;
        };
        if name == "noecn" {
            continue;
        }
        let (value, after) = rest.split_first()?;
        let Token::Number(value) = value else { return None };
        let value = u8::try_from(*value).ok()?;
        rest = after;
        match name.as_str() {
            "ttl" | "hlim" => packet.ttl = Some(value),
            // The two lowest bits are those of ECN.
            "tos" | "class" if value & 3 == 0 => packet.tos = Some(value),
            _ => return None,
        }
    }
    Some(packet)
}

fn bits(reader: &mut Reader) -> Result<Bits, Flaw> {
    let mut bits = Bits::default();
    if reader.takes('-') {
        return Ok(bits);
    }
    let mut any = false;
    if let Some(Token::Word(word)) = reader.peek().cloned() {
        for letter in word.chars() {
            if letter == 'A' && word.contains('S') {
                return Err(Flaw::unsupported(reader.line(), "AccECN"));
            }
            let bit = Bits::of(letter);
            bits = bits.with(bit.ok_or_else(|| reader.unexpected("bits out of FSRPEWU"))?);
        }
        any = true;
        reader.next();
    }
    if let Some(Token::Seconds(_)) = reader.peek() {
        return Err(Flaw::unsupported(reader.line(), "AccECN"));
    }
    if reader.takes('.') {
        return Ok(bits.with(Bits::ACK));
    }
    if any { Ok(bits) } else { Err(reader.unexpected("the bits of a segment")) }
}

/// `1:11(10)`, `...(10)`, `1:...(10)`.
fn numbers(reader: &mut Reader) -> Result<(Option<u32>, u32), Flaw> {
    let first = number_or_dots(reader, "a sequence number")?;
    let end = if reader.takes(':') {
        number_or_dots(reader, "a sequence number")?
    } else if first.is_none() {
        None
    } else {
        return Err(reader.unexpected("':'"));
    };
    reader.wants('(')?;
    let line = reader.line();
    let len = reader.number("a length")?;
    reader.wants(')')?;
    let len = u32::try_from(len).ok().filter(|len| *len <= 65_535);
    let len = len.ok_or_else(|| Flaw::syntax(line, "a length from 0 to 65535"))?;
    if let (Some(first), Some(end)) = (first, end)
        && u64::from(first) + u64::from(len) != u64::from(end)
    {
        return Err(Flaw::syntax(line, format!("{first}:{end}({len}) does not add up")));
    }
    Ok((first, len))
}

fn number_or_dots(reader: &mut Reader, what: &str) -> Result<Option<u32>, Flaw> {
    if reader.peek() == Some(&Token::Dots) || reader.next_is('*') {
        reader.next();
        return Ok(None);
    }
    let line = reader.line();
    let n = reader.number(what)?;
    let n = u32::try_from(n);
    n.map(Some).map_err(|_| Flaw::syntax(line, format!("{what} from 0 to 4294967295")))
}

fn ack(reader: &mut Reader) -> Result<Ack, Flaw> {
    if !reader.takes_word("ack") {
        return Ok(Ack::Absent);
    }
    Ok(number_or_dots(reader, "what is acknowledged")?.map_or(Ack::Any, Ack::Number))
}

fn window(reader: &mut Reader) -> Result<Option<u16>, Flaw> {
    if !reader.takes_word("win") {
        return Ok(None);
    }
    let line = reader.line();
    let wide = || Flaw::syntax(line, "a window from 0 to 65535");
    let win = number_or_dots(reader, "a window")?;
    win.map(|win| u16::try_from(win).map_err(|_| wide())).transpose()
}

fn options(reader: &mut Reader) -> Result<OptionList, Flaw> {
    // `> .` on the next line is a segment: there a time stands between.
    if !reader.takes('<') {
        return Ok(OptionList::These(Vec::new()));
    }
    if reader.peek() == Some(&Token::Dots) {
        reader.next();
        reader.wants('>')?;
        return Ok(OptionList::Any);
    }
    let mut list = Vec::new();
    loop {
        list.push(option(reader)?);
        if reader.takes('>') {
            return Ok(OptionList::These(list));
        }
        reader.wants(',')?;
    }
}

fn option(reader: &mut Reader) -> Result<TcpOption, Flaw> {
    let line = reader.line();
    let name = match reader.next() {
        Some(Token::Word(name)) => name,
        Some(_) | None => return Err(Flaw::syntax(line, "a TCP option is expected")),
    };
    let small = |n: i64, what: &str| {
        u16::try_from(n).map_err(|_| Flaw::syntax(line, format!("{what} out of range")))
    };
    Ok(match name.as_str() {
        "nop" => TcpOption::Nop,
        "eol" => TcpOption::Eol,
        "sackOK" => TcpOption::SackOk,
        "mss" => TcpOption::Mss(small(reader.number("an MSS")?, "an MSS")?),
        "wscale" => {
            let shift = small(reader.number("a shift")?, "a window scale")?;
            TcpOption::Wscale(u8::try_from(shift).unwrap_or(u8::MAX))
        }
        "sack" => sack(reader)?,
        "TS" => {
            let mut clock = |word: &str| {
                if !reader.takes_word(word) {
                    return Err(reader.unexpected(word));
                }
                let n = reader.number("a timestamp")?;
                u32::try_from(n).map_err(|_| Flaw::syntax(line, "a timestamp out of range"))
            };
            TcpOption::Timestamps { val: clock("val")?, ecr: clock("ecr")? }
        }
        "FO" | "FOEXP" => return Err(Flaw::unsupported(line, "fast open")),
        "md5" => return Err(Flaw::unsupported(line, "MD5 signatures")),
        other => return Err(Flaw::unsupported(line, format!("TCP option {other}"))),
    })
}

fn sack(reader: &mut Reader) -> Result<TcpOption, Flaw> {
    let mut blocks = Vec::new();
    while let Some(Token::Number(_)) = reader.peek() {
        let line = reader.line();
        let bad = |_| Flaw::syntax(line, "a SACK block out of range");
        let left = u32::try_from(reader.number("a SACK block")?).map_err(bad)?;
        reader.wants(':')?;
        let right = u32::try_from(reader.number("a SACK block")?).map_err(bad)?;
        blocks.push((left, right));
    }
    if blocks.is_empty() {
        Err(reader.unexpected("a SACK block"))
    } else {
        Ok(TcpOption::Sack(blocks))
    }
}
