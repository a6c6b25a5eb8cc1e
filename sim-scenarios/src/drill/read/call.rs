//! A system call: name, arguments, result.

use super::lex::Token;
use super::parse::Reader;
use crate::drill::script::{Call, Flaw, Returns, Value};
use sim_core::wire::Micros;

/// How deep values may be nested.
const DEEPEST: usize = 16;

pub(super) fn call(reader: &mut Reader, until: Option<Micros>) -> Result<Call, Flaw> {
    let Some(Token::Word(name)) = reader.next() else {
        return Err(reader.unexpected("the name of a call"));
    };
    reader.wants('(')?;
    let args = if reader.takes(')') {
        Vec::new()
    } else {
        let args = values(reader, DEEPEST)?;
        reader.wants(')')?;
        args
    };
    reader.wants('=')?;
    let returns = returns(reader)?;
    Ok(Call { until, name, args, returns })
}

fn returns(reader: &mut Reader) -> Result<Returns, Flaw> {
    let returns = match value(reader, DEEPEST)? {
        Value::Any => Returns::Any,
        Value::Number(n) => match (n, reader.peek().cloned()) {
            (-1, Some(Token::Word(errno))) => {
                reader.next();
                Returns::Errno(errno)
            }
            _ => Returns::Number(n),
        },
        Value::Names(names) => {
            let number = super::super::act::names::number(&names);
            Returns::Number(number.ok_or_else(|| {
                Flaw::unsupported(reader.line(), format!("result {}", names.join("|")))
            })?)
        }
        Value::Text(_) | Value::List(_) | Value::Record(_) => {
            return Err(Flaw::unsupported(reader.line(), "a result that is no number"));
        }
    };
    note(reader)?;
    Ok(returns)
}

/// `(Connection refused)`: words that nobody compares.
fn note(reader: &mut Reader) -> Result<(), Flaw> {
    if !reader.takes('(') {
        return Ok(());
    }
    while !reader.takes(')') {
        match reader.next() {
            Some(_) => {}
            None => return Err(reader.unexpected("')'")),
        }
    }
    Ok(())
}

fn values(reader: &mut Reader, depth: usize) -> Result<Vec<Value>, Flaw> {
    let mut list = vec![value(reader, depth)?];
    while reader.takes(',') {
        list.push(value(reader, depth)?);
    }
    Ok(list)
}

fn value(reader: &mut Reader, depth: usize) -> Result<Value, Flaw> {
    if depth == 0 {
        return Err(Flaw::syntax(reader.line(), "a value nested too deeply"));
    }
    match reader.peek().cloned() {
        Some(Token::Dots) => {
            reader.next();
            Ok(Value::Any)
        }
        Some(Token::Number(_) | Token::Word(_)) => names(reader),
        Some(Token::Text(first)) => {
            let mut text = first;
            reader.next();
            while let Some(Token::Text(more)) = reader.peek().cloned() {
                text.push_str(&more);
                reader.next();
            }
            if reader.peek() == Some(&Token::Dots) {
                reader.next();
            }
            Ok(Value::Text(text))
        }
        Some(Token::Mark('[')) => {
            reader.next();
            let list = if reader.next_is(']') { Vec::new() } else { values(reader, depth - 1)? };
            reader.wants(']')?;
            Ok(Value::List(list))
        }
        Some(Token::Mark('{')) => {
            reader.next();
            let record = braces(reader, depth - 1)?;
            reader.wants('}')?;
            Ok(record)
        }
        Some(Token::Seconds(_) | Token::Shell(_) | Token::Code(_) | Token::Mark(_)) | None => {
            Err(reader.unexpected("a value"))
        }
    }
}

/// A number, or names joined by `|`; `htons(80)` and `inet_addr("...")` are taken whole.
fn names(reader: &mut Reader) -> Result<Value, Flaw> {
    let mut parts = Vec::new();
    loop {
        match reader.next() {
            Some(Token::Number(n)) if parts.is_empty() && !reader.next_is('|') => {
                return Ok(Value::Number(n));
            }
            Some(Token::Number(n)) => parts.push(n.to_string()),
            Some(Token::Word(word)) => {
                if reader.next_is('(') {
                    return function(reader, word);
                }
                parts.push(word);
            }
            Some(_) | None => return Err(reader.unexpected("a name")),
        }
        if !reader.takes('|') {
            return Ok(Value::Names(parts));
        }
    }
}

/// `htons(8080)`, `inet_addr("192.0.2.1")`: addresses and ports, which nothing here looks at.
fn function(reader: &mut Reader, name: String) -> Result<Value, Flaw> {
    reader.wants('(')?;
    let inside = reader.next();
    reader.wants(')')?;
    match inside {
        Some(Token::Number(n)) => Ok(Value::Number(n)),
        Some(Token::Text(text)) => Ok(Value::Text(text)),
        Some(Token::Dots) => Ok(Value::Names(vec![name])),
        Some(_) | None => Err(reader.unexpected("an address or a port")),
    }
}

/// `{fd=3, events=POLLIN}`, `{..., 1000}`, `{msg_name(...)=..., msg_iov(1)=[{..., 10}]}`.
fn braces(reader: &mut Reader, depth: usize) -> Result<Value, Flaw> {
    let mut fields = Vec::new();
    let mut list = Vec::new();
    if reader.next_is('}') {
        return Ok(Value::List(list));
    }
    loop {
        match field_name(reader) {
            Some(name) => fields.push((name, value(reader, depth)?)),
            None => list.push(value(reader, depth)?),
        }
        if !reader.takes(',') {
            break;
        }
    }
    match (fields.is_empty(), list.is_empty()) {
        (false, true) => Ok(Value::Record(fields)),
        (true, _) => Ok(Value::List(list)),
        (false, false) => Err(reader.unexpected("fields that all have names, or none")),
    }
}

/// `name =` or `name(n) =`, taken if it comes next.
fn field_name(reader: &mut Reader) -> Option<String> {
    let Some(Token::Word(name)) = reader.peek().cloned() else { return None };
    let ahead = match reader.ahead(1) {
        Some(Token::Mark('=')) => 2,
        Some(Token::Mark('(')) if reader.ahead(4) == Some(&Token::Mark('=')) => 5,
        Some(_) | None => return None,
    };
    for _ in 0..ahead {
        reader.next();
    }
    Some(name)
}
