//! Tokens. A number with a point in it is a time; everything else is as in C.

use super::Defines;
use crate::drill::script::Flaw;
use sim_core::wire::Micros;

/// What a script is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A whole number, decimal or hexadecimal.
    Number(i64),
    /// Seconds with a decimal point, in microseconds; negative ones are kept to be refused.
    Seconds(i64),
    /// A name.
    Word(String),
    /// In double quotes.
    Text(String),
    /// In back quotes.
    Shell(String),
    /// Between `%{` and `}%`.
    Code(String),
    /// `...`
    Dots,
    /// Anything else, one character.
    Mark(char),
}

impl Token {
    /// For messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Token::Number(n) => n.to_string(),
            Token::Seconds(us) => format!("{}.{:06}", us / 1_000_000, us.rem_euclid(1_000_000)),
            Token::Word(word) => word.clone(),
            Token::Text(text) => format!("{text:?}"),
            Token::Shell(text) => format!("`{text}`"),
            Token::Code(_) => "%{ ... }%".to_owned(),
            Token::Dots => "...".to_owned(),
            Token::Mark(mark) => mark.to_string(),
        }
    }
}

/// A token and its line.
pub(super) type Placed = (Token, u32);

/// The tokens of a text whose lines are numbered from 1.
pub(super) fn tokens(text: &str, defines: &Defines) -> Result<Vec<Placed>, Flaw> {
    let mut lexer = Lexer { chars: text.chars().collect(), at: 0, line: 1 };
    let mut tokens = Vec::new();
    while let Some((token, line)) = lexer.next()? {
        match token {
            Token::Word(word) => tokens.push((meaning(word, defines), line)),
            other @ (Token::Number(_)
            | Token::Seconds(_)
            | Token::Text(_)
            | Token::Shell(_)
            | Token::Code(_)
            | Token::Dots
            | Token::Mark(_)) => tokens.push((other, line)),
        }
    }
    Ok(tokens)
}

/// A word that was defined stands for its value.
fn meaning(word: String, defines: &Defines) -> Token {
    let Some(value) = defines.get(&word).filter(|value| !value.is_empty()) else {
        return Token::Word(word);
    };
    let inner = |quote: char| {
        value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).map(str::to_owned)
    };
    if let Some(text) = inner('"') {
        Token::Text(text)
    } else if let Some(shell) = inner('`') {
        Token::Shell(shell)
    } else {
        value.parse().map_or_else(|_| Token::Word(value.clone()), Token::Number)
    }
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: u32,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(n, c)| self.peek(n) == Some(c))
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        self.line += u32::from(c == '\n');
        Some(c)
    }

    fn next(&mut self) -> Result<Option<Placed>, Flaw> {
        self.skip_blank()?;
        let line = self.line;
        let Some(c) = self.peek(0) else { return Ok(None) };
        let next = self.peek(1);
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let token = match c {
            '"' => Token::Text(self.quoted('"')?),
            '`' => Token::Shell(self.quoted('`')?),
            '%' if next == Some('{') => Token::Code(self.code()?),
            '.' if self.starts_with("...") => {
                self.at += 3;
                Token::Dots
            }
            '.' if digit(next) => self.number()?,
            '-' if digit(next) || (next == Some('.') && digit(self.peek(2))) => self.number()?,
            c if c.is_ascii_digit() => self.number()?,
            c if c.is_ascii_alphabetic() || c == '_' => Token::Word(self.word()),
            other => {
                self.bump();
                Token::Mark(other)
            }
        };
        Ok(Some((token, line)))
    }

    /// Blanks and comments.
    fn skip_blank(&mut self) -> Result<(), Flaw> {
        loop {
            match self.peek(0) {
                Some(c) if c.is_whitespace() => drop(self.bump()),
                // A `#` at the beginning of a line may be a directive: those are gone here.
                Some('#') => {
                    while self.peek(0).is_some_and(|c| c != '\n') {
                        self.bump();
                    }
                }
                Some('/') if self.peek(1) == Some('/') => {
                    while self.peek(0).is_some_and(|c| c != '\n') {
                        self.bump();
                    }
                }
                Some('/') if self.peek(1) == Some('*') => {
                    let line = self.line;
                    self.until("*/", 2)
                        .ok_or_else(|| Flaw::syntax(line, "a comment without end"))?;
                }
                Some(_) | None => return Ok(()),
            }
        }
    }

    /// What lies between `skip` characters from here and a mark, both consumed.
    fn until(&mut self, mark: &str, skip: usize) -> Option<String> {
        for _ in 0..skip {
            self.bump();
        }
        let mut inside = String::new();
        while !self.starts_with(mark) {
            inside.push(self.bump()?);
        }
        for _ in mark.chars() {
            self.bump();
        }
        Some(inside)
    }

    fn quoted(&mut self, quote: char) -> Result<String, Flaw> {
        let line = self.line;
        self.bump();
        let mut inside = String::new();
        loop {
            match self.bump() {
                Some('\\') => {
                    inside.push('\\');
                    inside.extend(self.bump());
                }
                Some(c) if c == quote => return Ok(inside),
                Some(c) => inside.push(c),
                None => return Err(Flaw::syntax(line, format!("a {quote} without its second"))),
            }
        }
    }

    fn code(&mut self) -> Result<String, Flaw> {
        let line = self.line;
        self.until("}%", 2).ok_or_else(|| Flaw::syntax(line, "%{ without }%"))
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek(0).filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
            word.push(c);
            self.bump();
        }
        word
    }

    /// `12`, `-1`, `0x1f`, `.5`, `0.25`; a word where letters follow (a cookie).
    fn number(&mut self) -> Result<Token, Flaw> {
        let line = self.line;
        let too_large = || Flaw::syntax(line, "a number that is too large");
        let negative = self.peek(0) == Some('-');
        if negative {
            self.bump();
        }
        let whole = self.word();
        if let Some(hex) = whole.strip_prefix("0x") {
            let value = i64::from_str_radix(hex, 16);
            return value.map(Token::Number).map_err(|_| Flaw::syntax(line, "a bad number"));
        }
        if !whole.is_empty() && !whole.chars().all(|c| c.is_ascii_digit()) {
            return Ok(Token::Word(whole));
        }
        let sign = if negative { -1 } else { 1 };
        // `0.` as well, but not the first dot of `...`.
        let fraction = self.peek(0) == Some('.')
            && self.peek(1).is_some_and(|c| c.is_ascii_digit() || c.is_whitespace());
        if !fraction {
            let value: i64 = whole.parse().map_err(|_| too_large())?;
            return Ok(Token::Number(sign * value));
        }
        self.bump();
        let part = self.word();
        let whole: i64 =
            if whole.is_empty() { 0 } else { whole.parse().map_err(|_| too_large())? };
        let micros = micros(&part).ok_or_else(|| Flaw::syntax(line, "a bad number"))?;
        let seconds = whole.checked_mul(1_000_000).and_then(|it| it.checked_add(micros));
        Ok(Token::Seconds(sign * seconds.ok_or_else(too_large)?))
    }
}

/// The digits behind a decimal point as millionths; what is finer is cut off.
fn micros(part: &str) -> Option<i64> {
    let digits: String = part.chars().chain("000000".chars()).take(6).collect();
    digits.parse().ok().filter(|_| part.chars().all(|c| c.is_ascii_digit()))
}

/// A whole number of seconds in microseconds.
pub(super) fn seconds(n: i64) -> Option<Micros> {
    u64::try_from(n).ok()?.checked_mul(1_000_000)
}
